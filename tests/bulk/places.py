"""What the tests of `bulk` work on: bare repositories, lists of them, and the program run over a list."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
CODE = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}")\n'
AFTER = 'import boto3\n\ns3 = boto3.Session(profile_name="dev").client("s3")'

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def git(folder: Path, *args: str) -> str:
    """What git says in a folder."""
    return subprocess.run(["git", "-C", str(folder), *args], capture_output=True, text=True, check=True).stdout.rstrip("\n")


def identity(home: Path) -> None:
    """Tells git who commits."""
    (home / ".gitconfig").write_text("[user]\n\tname = Kim\n\temail = kim@example.com\n")


def remote(name: str, text: str | None = CODE, default: str = "main", **more: str | bytes) -> Path:
    """A bare repository with one commit (None: with none)."""
    bare = Path(f"{name}.git").absolute()
    subprocess.run(["git", "init", "-q", "--bare", "-b", default, str(bare)], check=True)
    if text is not None:
        work = Path(f"{name}-work").absolute()
        subprocess.run(["git", "init", "-q", "-b", default, str(work)], check=True)
        for path, content in {"app.py": text, **more}.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        git(work, "add", "-A")
        git(work, "commit", "-q", "-m", "first")
        git(work, "push", "-q", "--no-verify", str(bare), default)  # git-lfs has a hook that asks a server
    return bare


def arguments(urls: list[str], *args: str) -> list[str]:
    """The command line for a list of these URLs."""
    Path("list.txt").write_text("# all\n\n" + "".join(f"{u}\n" for u in urls))
    return ["bulk", "list.txt", "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile", "--retry", "0", "--jobs", "2", *args]


def bulk(run: Run, urls: list[str], *args: str, **more: object) -> "subprocess.CompletedProcess[str]":
    """The program over these URLs. Whatever comes of it, no key is shown."""
    done = run(*arguments(urls, *args), **more)
    assert SECRET not in done.stdout + done.stderr and KEY not in done.stdout + done.stderr and "Traceback" not in done.stderr
    return done


def commits(bare: Path) -> int:
    """How many commits a repository holds, on a branch or not."""
    said = git(bare, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")
    return said.split().count("commit")


def next_second() -> None:
    """Wait for a time that git writes down otherwise: two commits of one second are one."""
    now = int(time.time())
    while int(time.time()) == now:
        time.sleep(0.05)
