"""Repositories that are small and have no end, files too large to be looked into, and that git ends with us."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bulk.places import bulk, identity
from tests.conftest import Run
from tests.madeup import key_id, secret

CODE = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{key_id("dev")}", aws_secret_access_key="{secret("dev")}")\n'


def git(folder: Path, *args: str, data: str | None = None) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), "-c", "user.name=Kim", "-c", "user.email=kim@example.com", *args],
        input=data, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def bomb(folder: Path) -> Path:
    """Ten trees of ten trees …, ten deep: ten thousand million files in a few hundred bytes."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    kind, oid = "100644 blob", git(folder, "hash-object", "-w", "--stdin", data=CODE)
    for _ in range(10):
        oid = git(folder, "mktree", data="".join(f"{kind} {oid}\td{n}.py\n" for n in range(10)))
        kind = "040000 tree"
    git(folder, "update-ref", "refs/heads/main", git(folder, "commit-tree", oid, "-m", "boom"))
    return folder


def git_processes(folder: Path) -> list[str]:
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            try:
                line = Path(entry.path, "cmdline").read_bytes()
            except OSError:
                continue
            if line.startswith(b"git\0") and os.fsencode(folder) in line:
                found.append(entry.name)
    return found


LIMITS = """
import subprocess
from migrate.repositories import limits
ways = [limits._ending(), None]
for way in ways:
    limits._ending = lambda: way
    command, before = limits.held_back(["sh", "-c", "ulimit -S -d; ulimit -S -f; ulimit -S -c; echo $PPID"], 1 << 20)
    print(subprocess.run(command, preexec_fn=before, capture_output=True, text=True, check=True).stdout.split()[:3])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits and processes as Linux has them")
@pytest.mark.parametrize(("most", "memory"), [("unlimited", "2097152"), ("1000000", "1000000")])
def test_limits_are_the_same_whether_a_shell_puts_them_on_or_not(most: str, memory: str) -> None:
    held = ["sh", "-c", f'ulimit -d {most}; exec "$@"', "sh", sys.executable, "-c", LIMITS]
    done = subprocess.run(
        held, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, check=True
    )
    assert done.stdout.splitlines() == [str([memory, "2048", "0"])] * 2, done.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits and processes as Linux has them")
def test_a_tree_without_end_is_a_finding(run: Run) -> None:
    folder = bomb(Path("one").absolute())
    done = run("scan", "--paths-only", "--history", "one", "--format", "json", timeout=300)
    assert done.returncode == 1, done.stderr
    assert "AWS338" in [f["code"] for f in json.loads(done.stdout)["findings"]]
    assert git_processes(folder) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits and processes as Linux has them")
def test_bulk_fails_on_it_and_goes_on(home: Path, run: Run) -> None:
    identity(home)
    folder = bomb(Path("one").absolute())
    done = bulk(run, [str(folder)], timeout=500)
    assert done.returncode == 1 and "failed" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="limits and processes as Linux has them")
@pytest.mark.parametrize("setpriv", ["", "exit 1"], ids=["as util-linux has it", "as busybox has it"])
def test_git_ends_with_us(setpriv: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if setpriv:
        (tmp_path / "setpriv").write_text(f"#!/bin/sh\n{setpriv}\n")
        (tmp_path / "setpriv").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    folder = bomb(Path("one").absolute())
    process = subprocess.Popen(
        [sys.executable, "-m", "migrate", "scan", "--paths-only", "--history", "one"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not git_processes(folder) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for _ in range(500):
        if not git_processes(folder):
            break
        time.sleep(0.02)
    assert git_processes(folder) == []


def test_a_file_too_large_to_be_looked_into_is_named(run: Run) -> None:
    folder = Path("one").absolute()
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    with (folder / "dump.sql").open("wb") as file:
        file.truncate((64 << 20) + 1)
    git(folder, "-c", "core.compression=1", "add", ".")
    git(folder, "commit", "-q", "-m", "dump")
    (folder / "dump.sql").unlink()
    done = run("scan", "--paths-only", "--history", "one", timeout=300)
    assert "too large to scan: blob" in done.stdout, done.stdout
