"""`--git-branch` and `--git-commit`: one branch and one commit for each repository, or a refusal before anything is written."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
CODE = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}")\n'
AFTER = 'import boto3\n\ns3 = boto3.Session(profile_name="dev").client("s3")\n'
ME = ["-c", "user.name=Kim", "-c", "user.email=kim@example.com"]


def git(folder: Path | str, *args: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *ME, *args], capture_output=True, text=True, check=True)
    return done.stdout.rstrip("\n")


def repository(name: str, text: str = CODE) -> Path:
    folder = Path(name).absolute()
    folder.mkdir()
    (folder / "app.py").write_text(text)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "Kim")
    git(folder, "config", "user.email", "kim@example.com")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def code(run: Run, *args: str) -> "subprocess.CompletedProcess[str]":
    return run("code", *args, "--yes", "--map-key", f"{KEY}=dev", "--git-branch", "sso/keys", "--git-commit")


def test_one_branch_and_one_commit_for_each_repository_that_changes(run: Run) -> None:
    one, two, clean = repository("one"), repository("two"), repository("clean", "print()\n")
    (one / "notes.txt").write_text("untracked\n")
    done = code(run, "one", "two", "clean")
    assert done.returncode == 0, done.stderr
    for folder in (one, two):
        assert git(folder, "symbolic-ref", "--short", "HEAD") == "sso/keys"
        assert git(folder, "log", "--format=%s", "main..HEAD").count("\n") == 0
        assert git(folder, "show", "HEAD:app.py") + "\n" == AFTER
        assert git(folder, "status", "--porcelain", "--untracked-files=no") == ""
        message = git(folder, "log", "-1", "--format=%B")
        assert "profile dev" in message and KEY not in message and KEY[-4:] in message
    assert git(clean, "symbolic-ref", "--short", "HEAD") == "main" and git(clean, "branch", "--list", "sso/keys") == ""


def test_what_is_left_is_in_the_message(run: Run) -> None:
    folder = repository("one")
    other = key_id("other")
    (folder / "rest.py").write_text(CODE.replace(KEY, other))
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "rest")
    assert code(run, "one").returncode == 1
    message = git(folder, "log", "-1", "--format=%B")
    assert "rest.py:3: AWS201" in message and other not in message and SECRET not in message


def test_crlf_is_committed_as_the_attributes_say(run: Run) -> None:
    folder = Path("one").absolute()
    repository("one")
    (folder / ".gitattributes").write_text("*.py text eol=crlf\n")
    (folder / "app.py").write_bytes(CODE.replace("\n", "\r\n").encode())
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "crlf")
    assert code(run, "one").returncode == 0
    assert git(folder, "diff", "--numstat", "HEAD~1", "HEAD") == "1\t1\tapp.py"
    assert (folder / "app.py").read_bytes() == AFTER.replace("\n", "\r\n").encode()
    assert git(folder, "status", "--porcelain") == ""


def dirty(folder: Path) -> None:
    (folder / "app.py").write_text(CODE + "\n")


def staged(folder: Path) -> None:
    (folder / "new.py").write_text("")
    git(folder, "add", "new.py")


def branch_exists(folder: Path) -> None:
    git(folder, "branch", "sso/keys")


def branch_of_first_part(folder: Path) -> None:
    git(folder, "branch", "sso")


def merging(folder: Path) -> None:
    (folder / ".git/MERGE_HEAD").write_text(git(folder, "rev-parse", "HEAD") + "\n")


def untracked(folder: Path) -> None:
    git(folder, "rm", "-q", "--cached", "app.py")
    git(folder, "commit", "-q", "-m", "away")


def filtered(folder: Path) -> None:
    (folder / ".gitattributes").write_text("*.py filter=crypt\n")
    git(folder, "add", ".gitattributes")
    git(folder, "commit", "-q", "-m", "filter")


def nobody(folder: Path) -> None:
    git(folder, "config", "--unset", "user.name")
    git(folder, "config", "--unset", "user.email")
    git(folder, "config", "user.useConfigOnly", "true")


def no_commit_yet(folder: Path) -> None:
    git(folder, "update-ref", "-d", "HEAD")


def no_repository(folder: Path) -> None:
    (folder / ".git").rename(folder / "away")


@pytest.mark.parametrize(
    "spoil",
    [dirty, staged, branch_exists, branch_of_first_part, merging, untracked, filtered, nobody, no_commit_yet, no_repository],
    ids=lambda f: f.__name__,
)
def test_refused_before_anything_is_written(run: Run, spoil: "object") -> None:
    good, bad = repository("a-good-one"), repository("bad")
    spoil(bad)  # type: ignore[operator]
    text = (bad / "app.py").read_text()
    done = code(run, "a-good-one", "bad")
    assert done.returncode == 2, done.stdout
    assert (bad / "app.py").read_text() == text and (good / "app.py").read_text() == CODE
    assert git(good, "branch", "--list", "sso/keys") == "" and git(good, "symbolic-ref", "--short", "HEAD") == "main"


@pytest.mark.parametrize("name", ["-x", "a b", "a..b", "", "x.lock"])
def test_a_name_that_git_would_not_take_is_refused(run: Run, name: str) -> None:
    folder = repository("one")
    done = run("code", "one", "--yes", "--map-key", f"{KEY}=dev", f"--git-branch={name}", "--git-commit")
    assert done.returncode == 2 and (folder / "app.py").read_text() == CODE


def test_a_detached_head_needs_a_branch(run: Run) -> None:
    folder = repository("one")
    git(folder, "checkout", "-q", "--detach")
    assert run("code", "one", "--yes", "--map-key", f"{KEY}=dev", "--git-commit").returncode == 2
    assert (folder / "app.py").read_text() == CODE
    assert code(run, "one").returncode == 0


def test_nothing_that_a_repository_configures_is_run(run: Run, tmp_path: Path) -> None:
    folder = repository("one")
    trap = tmp_path / "trap.sh"
    sprung = tmp_path / "sprung"
    trap.write_text(f'#!/bin/sh\necho "$0 $@" >> {sprung}\ncat\n')
    trap.chmod(0o755)
    hooks = folder / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for hook in (
        "pre-commit",
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
        "post-checkout",
        "reference-transaction",
        "post-index-change",
    ):
        (hooks / hook).symlink_to(trap)
    (folder / ".gitattributes").write_text("*.txt filter=evil diff=evil\n")
    (folder / "data.txt").write_text("x\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "traps", "--no-verify")
    sprung.unlink(missing_ok=True)
    for name in ("core.fsmonitor", "core.editor", "core.pager", "core.sshCommand", "core.askPass", "gpg.program", "diff.external",
                 "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv", "diff.evil.command",
                 "credential.helper", "sequence.editor"):  # fmt: skip
        git(folder, "config", name, str(trap))
    git(folder, "config", "commit.gpgSign", "true")
    git(folder, "config", "filter.evil.required", "true")
    os.utime(folder / "data.txt", (1, 1))
    sprung.unlink(missing_ok=True)
    done = code(run, "one")
    assert not sprung.exists(), sprung.read_text()
    assert done.returncode == 0, done.stderr


def test_undo_puts_the_files_back_and_leaves_the_commit(run: Run) -> None:
    folder = repository("one")
    assert code(run, "one").returncode == 0
    assert run("undo", "--yes").returncode == 0
    assert (folder / "app.py").read_text() == CODE
    assert git(folder, "show", "sso/keys:app.py") + "\n" == AFTER
