"""What lies in the folder that the program is started in, and what it says of files with other names."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bulk.places import arguments, git, identity, remote
from tests.changes.home import make
from tests.conftest import Run
from tests.madeup import key_id, secret

CODE = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{key_id("dev")}", aws_secret_access_key="{secret("dev")}")'
SESSION = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2"]
CONVERT = ["config", *SESSION, "--map", "dev=111122223333/Admin"]


def test_nothing_of_a_hostile_folder_is_loaded_or_started(home: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sprung = tmp_path / "sprung"
    trap = f"open({str(sprung)!r}, 'a').write(__name__)\nraise SystemExit(3)\n"
    for name in (
        "boto3",
        "botocore",
        "typer",
        "libcst",
        "markupsafe",
        "pathspec",
        "json",
        "sqlite3",
        "configobj",
        "rich",
        "filelock",
        "tomllib",
        "resource",
    ):
        Path(f"{name}.py").write_text(trap)
    for name in ("git", "aws", "sh", "vi"):
        Path(name).write_text(f"#!/bin/sh\necho {name} >> {sprung}\nexit 3\n")
        Path(name).chmod(0o755)
    make(home)
    Path("p/.git").mkdir(parents=True)
    Path("p/app.py").write_text(CODE)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}:")
    for args in (
        [*CONVERT, "--dry-run"],
        ["code", "p", "--dry-run", "--map-key", f"{key_id('dev')}=dev", "--allow-missing-profile"],
        ["scan", "--paths-only", "p", "--history", "--report", "r.html"],
        ["verify", "--offline"],
        ["plan", "-o", "x.ini"],
        ["login", "--aws-cli"],
    ):
        done = run(*args)
        assert not sprung.exists(), (args, sprung.read_text())
        assert done.returncode in (0, 1, 2) and "Traceback" not in done.stderr


@pytest.mark.parametrize("more", [["--yes"], ["--dry-run"]])
def test_a_file_with_hard_links_is_told_of_at_once(home: Path, run: Run, more: list[str]) -> None:
    _, credentials = make(home)
    os.link(credentials, home / "other")
    done = run(*CONVERT, *more)
    assert done.returncode == 0 and "credentials has another hard link, which keeps the old content" in done.stderr


def test_no_core_dump_is_left(run: Run) -> None:
    script = "import resource, signal, os\nfrom migrate.cli.app import _be_careful\n_be_careful()\nprint(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout.strip() == "0"


def test_two_plans_at_once_end_in_one_plan(home: Path) -> None:
    make(home)
    for _ in range(3):
        both = [
            subprocess.Popen([sys.executable, "-m", "migrate", "plan", "-o", "one.ini"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(2)
        ]
        said = [process.communicate(timeout=300)[1].decode() for process in both]
        assert all(
            process.returncode in (0, 1) or "was changed after it was read" in text for process, text in zip(both, said, strict=True)
        ), said
        assert "[[dev]]" in Path("one.ini").read_text()
        assert [p.name for p in Path.cwd().iterdir()] == ["one.ini"]
        Path("one.ini").unlink()


@pytest.mark.parametrize("comment", ["ignore[AWS201", "ignore[", "ignore [AWS201]", "ignored", "ignore-not"])
def test_an_unclosed_comment_silences_nothing(run: Run, comment: str) -> None:
    Path("app.py").write_text(f"{CODE}  # aws-sso-migrate: {comment}\n")
    expected = "ignore [" in comment
    assert run("scan", "--paths-only", "app.py").returncode == (0 if expected else 1)
    assert run("code", "app.py", "--check").returncode == (0 if expected else 1)


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


@needs_full
@pytest.mark.parametrize(("more", "status"), [([], 2), (["--format", "json"], 1)], ids=["before", "afterwards"])
def test_a_full_disk_for_the_output_ends_with_what_is_true(home: Path, run: Run, more: list[str], status: int) -> None:
    """The diff is said before anything is written, the document after all is."""
    config, _ = make(home)
    with open("/dev/full", "w") as full:
        done = run(*CONVERT, "--yes", *more, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == status and "cannot be written" in done.stderr, done.stderr
    assert ("sso_session" in config.read_text()) == (status == 1)


@needs_full
def test_nor_is_it_2_after_a_push(home: Path, run: Run) -> None:
    identity(home)
    bare = remote("one")
    with open("/dev/full", "w") as full:
        done = run(*arguments([str(bare)], "--push"), capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1 and "remain" in done.stderr, done.stderr
    assert git(bare, "branch", "--list", "aws-sso-migrate")


@pytest.mark.parametrize(
    "args",
    [
        ["scan", ".", "--baseline", "pipe"],
        ["report", "html", "pipe"],
        ["report", "trend", "pipe"],
        ["bulk", "pipe", "--dry-run"],
        ["bulk", os.devnull, "--dry-run", "--commit-message", "@pipe"],
        ["config", "--plan", "pipe", "--dry-run"],
        ["plan", "-o", "pipe", "--dry-run"],
        ["code", "pipe", "--profile", "dev", "--allow-missing-profile", "--dry-run"],
        ["scan", "pipe"],
        ["scan", ".", "--report", "pipe"],
    ],
    ids=" ".join,
)
def test_a_pipe_in_a_files_place_is_refused_at_once(run: Run, args: list[str]) -> None:
    os.mkfifo("pipe.json" if "--report" in args else "pipe")
    done = run(*["pipe.json" if arg == "pipe" and "--report" in args else arg for arg in args], timeout=60)
    assert done.returncode == 2 and ("pipe" in done.stderr or "regular file" in done.stderr), done.stderr


def test_nor_does_the_baseline_of_a_strangers_repository_wait_for_one(run: Run) -> None:
    Path("pyproject.toml").write_text('[tool.aws-sso-migrate]\nbaseline = "pipe"\n')
    os.mkfifo("pipe")
    assert run("scan", "--paths-only", ".", timeout=60).returncode == 2


@pytest.mark.parametrize("command", ["code --profile dev --allow-missing-profile --dry-run", "scan --paths-only"])
def test_nor_does_anything_wait_for_what_a_repository_ignores(run: Run, command: str) -> None:
    """Settings files and modules that are not there are looked up in `.gitignore`, which may be a pipe, or have a pattern without end."""
    subprocess.run(["git", "init", "-q", "app"], check=True)
    Path("app/.env").write_text(f"AWS_ACCESS_KEY_ID={key_id('dev')}\nAWS_SECRET_ACCESS_KEY={secret('dev')}\n")
    Path("app/main.py").write_text(
        "import os\nimport boto3\nfrom dotenv import load_dotenv\nfrom gone import BUCKET\nload_dotenv()\n"
        'boto3.client("s3", aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"])\n'
    )
    os.mkfifo("app/.gitignore")
    assert run(*shlex.split(command), "app", timeout=60).returncode in (0, 1)
    Path("app/.gitignore").unlink()
    Path("app/.gitignore").write_text("**/" * 40 + "a" * 200 + "*" * 60 + "b\n")
    assert run(*shlex.split(command), "app", timeout=60).returncode in (0, 1)


def test_a_list_of_repositories_may_come_from_the_shell(home: Path, run: Run) -> None:
    identity(home)
    line = shlex.join([sys.executable, "-m", "migrate", *arguments([str(remote("one"))], "--dry-run")]).replace(" --yes", "")
    done = subprocess.run(["bash", "-c", line.replace("list.txt", "<(cat list.txt)")], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "1 changed" in done.stdout, done.stderr
