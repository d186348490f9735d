"""`bulk --scheduler`: a Dask scheduler and workers as separate processes, which die, come back, and lack what they need."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.bulk.places import AFTER, CODE, KEY, SECRET, arguments, bulk, commits, git, identity, remote
from tests.conftest import Run


@pytest.fixture(autouse=True)
def _identity(home: Path) -> None:
    identity(home)


class Cluster:
    """A scheduler and workers, each with a log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *args: str, **env: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "dask", *args, "--no-dashboard"]
        with (self.folder / f"log{len(self.running)}").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, env=os.environ | env, start_new_session=True)
        self.running.append(process)
        return process

    def scheduler(self) -> "subprocess.Popen[bytes]":
        return self.start("scheduler", "--host", "127.0.0.1", "--port", str(self.port))

    def worker(self, **env: str) -> "subprocess.Popen[bytes]":
        return self.start("worker", self.address, "--nthreads", "1", "--local-directory", str(self.folder), **env)

    def wait(self, workers: int) -> None:
        from distributed import Client

        with Client(self.address, timeout=300, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=300)

    def logs(self) -> str:
        return "".join(p.read_text() for p in self.folder.glob("log*"))


def kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    it = Cluster(folder)
    yield it
    for process in it.running:
        kill(process)
    assert KEY not in it.logs() and SECRET not in it.logs()


@contextmanager
def started(args: list[str]) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen([sys.executable, "-m", "migrate", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until_seen(folder: Path) -> None:
    """Waits until a repository is under way, and forgets it again."""
    for _ in range(6000):
        if list(folder.iterdir()):
            break
        time.sleep(0.05)
    else:
        raise AssertionError("nothing is under way")
    for file in folder.iterdir():
        file.unlink()


def report(path: str) -> dict[str, object]:
    whole = json.loads(Path(path).read_text())
    return {k: whole[k] for k in ("status", "changes", "findings", "summary", "repositories")}


def test_a_cluster_comes_to_the_same_as_processes(run: Run, cluster: Cluster) -> None:
    cluster.scheduler()
    cluster.worker()
    cluster.worker()
    names = [remote("one"), remote("odd", default="trunk"), remote("clean", "print()\n"), remote("empty", None)]
    names.append(remote("left", CODE.replace(KEY, KEY[:10] + "A2A2A2A2A2")))
    hook = remote("protected") / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'https://kim:hunter2hunter2@x/' >&2\nexit 1\n")
    hook.chmod(0o755)
    urls = [*(n.as_uri() for n in names), Path("protected.git").absolute().as_uri(), "file:///nowhere/x.git"]
    cluster.wait(2)
    done = bulk(run, urls, "--push", "--report", "far.json", "--scheduler", cluster.address)
    assert done.returncode == 1, done.stderr
    far = {n: git(Path(f"{n}.git"), "rev-parse", "aws-sso-migrate") for n in ("one", "odd")}
    for name in far:
        git(Path(f"{name}.git"), "branch", "-D", "aws-sso-migrate")
    assert bulk(run, urls, "--push", "--report", "near.json", "--workdir", "other").returncode == 1
    assert report("far.json") == report("near.json")
    for name in far:
        assert git(Path(f"{name}.git"), "show", "aws-sso-migrate:app.py") == AFTER
    assert "hunter2" not in done.stdout + cluster.logs() and "one.git" not in cluster.logs()
    # without --push the clones are the result, where the workers see the working folder
    kept = bulk(run, urls[:1], "--scheduler", cluster.address, "--workdir", "third")
    assert kept.returncode == 0, kept.stdout
    (clone,) = Path("third/clones").iterdir()
    assert git(clone, "show", "aws-sso-migrate:app.py") == AFTER and git(clone, "log", "-1", "--format=%ae") == "kim@example.com"


def test_a_local_cluster_will_do(run: Run) -> None:
    from distributed import LocalCluster

    one = remote("one")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local:
        done = bulk(run, [one.as_uri()], "--push", "--scheduler", local.scheduler_address)
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(one, "show", "aws-sso-migrate:app.py") == AFTER


def test_a_worker_and_then_the_scheduler_die_and_nothing_is_done_twice(run: Run, cluster: Cluster) -> None:
    scheduler = cluster.scheduler()
    first = cluster.worker()
    bares = [remote(f"r{n}") for n in range(6)]
    gate, seen = Path("gate").absolute(), Path("seen").absolute()
    seen.mkdir()
    # each repository stays under way, pushed, until the gate opens
    then = f"touch {seen}/$(basename $AWS_SSO_MIGRATE_REPOSITORY); while ! test -e {gate}; do sleep 0.1; done"
    args = arguments([b.as_uri() for b in bares], "--push", "--then", then, "--scheduler", cluster.address)
    with started(args) as process:
        until_seen(seen)
        kill(first)
        second = cluster.worker()
        until_seen(seen)
        kill(scheduler)
        kill(second)
        cluster.scheduler()
        cluster.worker()
        until_seen(seen)
        gate.touch()
        out, said = process.communicate(timeout=300)
    assert process.returncode == 0 and "6 changed" in out, out + said
    for bare in bares:
        assert git(bare, "show", "aws-sso-migrate:app.py") == AFTER and commits(bare) == 2


def test_workers_without_git_or_the_package_get_no_work_and_are_named(run: Run, cluster: Cluster, tmp_path: Path) -> None:
    cluster.scheduler()
    nothing = tmp_path / "nothing"
    (nothing / "migrate").mkdir(parents=True)
    (nothing / "migrate/__init__.py").write_text("raise ImportError('there is no such package')\n")
    cluster.worker(PYTHONPATH=str(nothing))
    cluster.worker(PATH=str(nothing))
    bares = [remote(f"r{n}") for n in range(3)]
    urls = [b.as_uri() for b in bares]
    cluster.wait(2)
    refused = bulk(run, urls, "--push", "--scheduler", cluster.address)
    assert refused.returncode == 2 and "no worker of the cluster can be used" in refused.stderr, refused.stderr
    cluster.worker()
    cluster.wait(3)
    done = bulk(run, urls, "--push", "--scheduler", cluster.address)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "git is not installed there" in done.stderr and "aws-sso-migrate is not installed there" in done.stderr
    assert all(commits(b) == 2 for b in bares)


def test_what_cannot_go_to_a_cluster_is_refused(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    secret = bulk(run, ["https://kim:hunter2hunter2@127.0.0.1/x.git"], "--push", "--scheduler", address)
    assert secret.returncode == 2 and "credential helper" in secret.stderr and "hunter2" not in secret.stderr
    assert bulk(run, ["x"], "--push", "--scheduler", "nonsense://x").returncode == 2
    shadow = tmp_path / "shadow/distributed"
    shadow.mkdir(parents=True)
    (shadow / "__init__.py").write_text("raise ImportError\n")
    none = bulk(run, ["x"], "--push", "--scheduler", address, env=os.environ | {"PYTHONPATH": str(shadow.parent)})
    assert none.returncode == 2 and "aws-sso-migrate[dask]" in none.stderr
