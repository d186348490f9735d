"""docs/security.md, what no other test is about: what is read, run, written and asked when somebody only looks, and without a network."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bulk.places import arguments, identity, remote
from tests.conftest import Run
from tests.madeup import key_id, plan, secret

SESSION = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "eu-west-1"]
CODE = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{key_id("dev")}", aws_secret_access_key="{secret("dev")}")\n'
WATCHED = """
import os, sys
log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def heard(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind"):
        os.write(log, f"{event} {args[1:]}\\n".encode())
sys.addaudithook(heard)
from migrate.cli.app import main
main()
"""
"""The program, with every attempt to reach somebody by a socket written down (https://docs.python.org/3/library/audit_events.html)."""


@pytest.fixture
def place(home: Path) -> Path:
    """A home folder with a key, a repository with the same, and a plan for both."""
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[profile dev]\nregion = eu-west-1\n")
    (home / ".aws/credentials").write_text(f"[dev]\naws_access_key_id = {key_id('dev')}\naws_secret_access_key = {secret('dev')}\n")
    identity(home)
    Path("app").mkdir()
    Path("app/app.py").write_text(CODE)
    for args in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", "app", *args], check=True)
    Path("plan.ini").write_text(plan("eu-west-1"))
    return home


def watched(line: list[str], **more: str) -> "subprocess.CompletedProcess[str]":
    """Run a command line; what it asked of the network is in asked.log."""
    command = [sys.executable, "-c", WATCHED, "asked.log", *line]
    return subprocess.run(command, env={**os.environ, **more}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def snapshot(*folders: Path) -> dict[Path, tuple[int, int, bytes]]:
    """Every file and folder there: its rights, the time of its last change, and its bytes."""
    found = {}
    for path in (path for folder in folders for path in (folder, *folder.rglob("*"))):
        about = path.lstat()
        found[path] = (about.st_mode, about.st_mtime_ns, path.read_bytes() if path.is_file() else b"")
    return found


@pytest.mark.parametrize(
    "line",
    [
        "scan app --history",
        "plan app -o new.ini",
        "config --plan plan.ini --yes",
        "code app --profile dev --yes",
        "run app --plan plan.ini --offline --yes",
        "verify --offline",
        "undo --list",
        "undo --yes",
        "explain AWS101",
        "demo",
        "--version",
    ],
)
def test_nobody_is_asked_by_the_commands_that_use_no_network(line: str, place: Path, run: Run) -> None:
    if line == "undo --yes":
        run("config", "--plan", "plan.ini", "--yes")
    if line.startswith("plan"):
        line = shlex.join([*shlex.split(line), *SESSION])
    done = watched(shlex.split(line))
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr
    assert Path("asked.log").read_text() == ""


def test_the_watch_hears_a_connection(place: Path) -> None:
    line = ["login", "corp", "--no-browser"]
    Path(place / ".aws/config").write_text(
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n"
    )
    watched(line, AWS_ENDPOINT_URL_SSO_OIDC="http://127.0.0.1:9")
    assert "127.0.0.1" in Path("asked.log").read_text()


@pytest.mark.parametrize(
    "line",
    [
        "scan app --history",
        "verify --offline",
        "verify --offline --plan plan.ini",
        "config --plan plan.ini --dry-run",
        "config --plan plan.ini --check",
        "code app --profile dev --dry-run",
        "code app --profile dev --check",
        "run app --plan plan.ini --offline --dry-run",
        "plan app -o new.ini --dry-run",
        "undo --list",
        "undo --dry-run",
        "explain AWS101",
    ],
)
def test_who_only_looks_writes_nothing(line: str, place: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    if line.startswith("plan"):
        line = shlex.join([*shlex.split(line), *SESSION])
    here = [place, Path.cwd()]
    before = snapshot(*here)
    done = run(*shlex.split(line))
    assert done.returncode in (0, 1), done.stderr
    assert snapshot(*here) == before
    assert [path for path in temporary.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("line", ["scan app --history", "code app --profile dev --yes", "run app --plan plan.ini --offline --yes", "bulk"])
def test_code_that_is_looked_at_is_never_run(line: str, place: Path, run: Run) -> None:
    mark = Path("ran").absolute()
    acts = f"open({str(mark)!r}, 'a').close()\n"
    names = "app.py conftest.py setup.py sitecustomize.py boto3.py pkg/__init__.py pkg/__main__.py botocore/__init__.py"
    files = dict.fromkeys(names.split(), acts + CODE)
    for name, text in files.items():
        (Path("app") / name).parent.mkdir(exist_ok=True)
        (Path("app") / name).write_text(text)
    args = shlex.split(line)
    if line == "bulk":
        args = arguments([str(remote("one", **files))], "--dry-run")
        args.remove("--yes")
    done = run(*args)
    assert done.returncode in (0, 1) and not mark.exists(), done.stderr


@pytest.mark.parametrize("command", ["scan --paths-only", "code --profile dev --dry-run"])
def test_links_below_a_path_and_what_is_no_file_are_passed_over(command: str, place: Path, tmp_path: Path, run: Run) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text(CODE)
    folder = Path("looked")
    folder.mkdir()
    (folder / "clean.py").write_text("x = 1\n")
    (folder / "folder").symlink_to(outside)
    (folder / "linked.py").symlink_to(outside / "secret.py")
    (folder / "null.py").symlink_to(os.devnull)
    os.mkfifo(folder / "pipe.py")
    done = run(*shlex.split(command), str(folder), timeout=60)
    assert not any(name in done.stdout for name in ("secret.py", "linked.py", "null.py")), done.stdout
    # `code` tells what it would have read as Python
    assert ("pipe.py" in done.stdout) == (done.returncode == 1) == command.startswith("code"), done.stdout
