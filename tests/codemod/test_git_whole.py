"""`--git-commit` is whole or not at all: killed anywhere, interrupted, locked out; and what its owner hid from git stays out of it."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import migrate.repositories.sealed
from migrate.cli.invoke import run as start
from tests.changes.killing import CHANGES_DISK, code_of, in_child, was_killed
from tests.codemod.test_git import AFTER, CODE, KEY, git, repository
from tests.conftest import Run

ARGS = ["code", "one", "two", "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile", "--git-commit", "--jobs", "1"]
BRANCH = [*ARGS, "--git-branch", "sso/keys"]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder and a working folder in memory, where the system has such a place."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        place = Path(folder).resolve()
        (place / "home").mkdir()
        (place / "work").mkdir()
        monkeypatch.setenv("HOME", str(place / "home"))
        monkeypatch.chdir(place / "work")
        yield place / "work"


def again(work: Path) -> None:
    """Both repositories as new, nothing in the home folder."""
    for left in work.iterdir():
        shutil.rmtree(left)
    shutil.rmtree(work.parent / "home")
    (work.parent / "home").mkdir()
    original = work.parent / "original"
    if not original.exists():
        repository("one")
        repository("two")
        original.mkdir()
        for name in ("one", "two"):
            shutil.copytree(work / name, original / name)
    else:
        for name in ("one", "two"):
            shutil.copytree(original / name, work / name)
            git(work / name, "update-index", "-q", "--refresh")


def dying(work: Callable[[], int], number: int, after: bool) -> Callable[[], int]:
    """`work`, killed at its `number`-th change of the disk or call of git, before it or right after."""

    def run() -> int:
        count = 0
        without_limits()

        def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **more: Any) -> Any:
                nonlocal count
                if name == "open" and not args[1] & os.O_CREAT:
                    return real(*args, **more)
                count += 1
                if count == number and not after:
                    os.kill(os.getpid(), signal.SIGKILL)
                last = count == number
                try:
                    return real(*args, **more)
                finally:
                    if last:
                        os.kill(os.getpid(), signal.SIGKILL)

            return call

        for name in CHANGES_DISK:
            if name != "write":
                setattr(os, name, wrap(name, getattr(os, name)))
        subprocess.run = wrap("run", subprocess.run)  # type: ignore[assignment]
        return work()

    return run


def without_limits() -> None:
    """git as it is, in the fork that this runs in: to hold it back takes a fork of all that the tests have in memory, for thousands of calls.

    tests/scan/test_bounds.py and the tests that run the program look at the limits.
    """
    migrate.repositories.sealed.held_back = lambda command, largest: (command, None)


def unlimited(args: list[str]) -> int:
    """The program, with git `without_limits`."""
    without_limits()
    return start(args)


def check_no_way_back(folder: Path) -> None:
    """What a plain `git commit` would make of it: it never takes a new commit's files back."""
    new = "profile_name" in git(folder, "show", "HEAD:app.py")
    staged = git(folder, "show", ":app.py")
    assert not (new and KEY in staged)
    if new:
        assert (folder / "app.py").read_text() == AFTER


def check_new(folder: Path, branch: str) -> None:
    assert (folder / "app.py").read_text() == AFTER
    status = git(folder, "status", "--porcelain=v2", "--branch").splitlines()
    assert status[1:] == [f"# branch.head {branch}"], "the file is as committed, and on that branch"
    assert git(folder, "rev-list", "--count", "HEAD") == "2"
    assert not [p.name for p in (folder / ".git").iterdir() if p.name.endswith(".lock") or "aws-sso" in p.name]
    git(folder, "fsck", "--strict")


@pytest.mark.slow
@pytest.mark.parametrize("args", [ARGS, BRANCH], ids=["commit", "branch"])
@pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
def test_killed_at_any_moment_and_run_again(work: Path, args: list[str], after: bool, tmp_path: Path) -> None:
    branch = "sso/keys" if args is BRANCH else "main"
    log = tmp_path / "log"
    killed = 0
    for number in range(1 + after, 400, 13):
        again(work)
        status = in_child(dying(lambda: start(args), number, after), log=log)
        for name in ("one", "two"):
            check_no_way_back(work / name)
        if not was_killed(status):
            assert code_of(status) == 0, log.read_text()
            break
        killed += 1
        log.write_text("")
        assert code_of(in_child(lambda: unlimited(args), log=log)) == 0, (number, log.read_text())
        for name in ("one", "two"):
            check_new(work / name, branch)
    assert killed > 8
    for name in ("one", "two"):
        check_new(work / name, branch)


def test_killed_at_any_moment_and_undone(work: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    for number in range(20, 400, 12):
        again(work)
        status = in_child(dying(lambda: start(BRANCH), number, False), log=log)
        if not was_killed(status):
            break
        log.write_text("")
        assert code_of(in_child(lambda: unlimited(["undo", "--yes"]), log=log)) == 0, (number, log.read_text())
        for name in ("one", "two"):
            assert (work / name / "app.py").read_text() == CODE, number
            if git(work / name, "symbolic-ref", "--short", "HEAD") == "main":
                assert git(work / name, "status", "--porcelain") == "" and git(work / name, "branch", "--list", "sso/keys") == "", number


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda s: s.name)
def test_a_real_signal_at_a_random_moment(work: Path, run: Run, number: signal.Signals) -> None:
    chance = random.Random(number)
    for _ in range(3):
        again(work)
        process = subprocess.Popen([sys.executable, "-m", "migrate", *ARGS], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.3 + chance.random() * 1.2)
        process.send_signal(number)
        process.wait(60)
        for name in ("one", "two"):
            check_no_way_back(work / name)
        assert run(*ARGS).returncode == 0
        for name in ("one", "two"):
            check_new(work / name, "main")


@pytest.mark.parametrize("lock", ["index.lock", "HEAD.lock", "refs/heads/main.lock"])
def test_a_lock_of_gits_leaves_everything_as_it_was(run: Run, lock: str) -> None:
    one, two = repository("one"), repository("two")
    (two / ".git" / lock).write_text("")
    done = run(*ARGS)
    assert done.returncode == 2 and (two / ".git" / lock).read_text() == "", done.stderr
    for folder in (one, two):
        assert (folder / "app.py").read_text() == CODE and git(folder, "rev-list", "--count", "HEAD") == "1"
        assert git(folder, "diff", "--cached", "--name-only") == ""
    (two / ".git" / lock).unlink()
    assert run(*ARGS).returncode == 0
    for folder in (one, two):
        check_new(folder, "main")


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_what_is_hidden_from_git_is_not_committed_along(run: Run, flag: str) -> None:
    folder = repository("one")
    (folder / "rest.py").write_text(CODE)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "rest")
    git(folder, "update-index", flag, "rest.py")
    private = CODE + "\nPRIVATE = 1\n"
    (folder / "rest.py").write_text(private)
    done = run("code", "one", "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile", "--git-commit")
    assert done.returncode == 1 and "rest.py" in done.stdout and "assume-unchanged" in done.stdout, done.stdout + done.stderr
    assert (folder / "rest.py").read_text() == private and git(folder, "show", "HEAD:rest.py") + "\n" == CODE
    assert git(folder, "show", "HEAD:app.py") + "\n" == AFTER


def test_a_git_file_that_leads_to_another_repository_moves_no_head_there(run: Run) -> None:
    theirs = repository("theirs")
    folder = Path("one").absolute()
    folder.mkdir()
    (folder / "app.py").write_text(CODE)
    (folder / ".git").write_text(f"gitdir: {theirs}/.git\n")
    done = run("code", "one", "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile", "--git-commit")
    assert done.returncode == 2 and "another folder" in done.stderr
    assert git(theirs, "rev-list", "--count", "HEAD") == "1" and (folder / "app.py").read_text() == CODE


def test_a_linked_worktree_and_a_submodule_are_their_own(run: Run) -> None:
    main = repository("main")
    git(main, "worktree", "add", "-q", "-b", "side", "../side")
    outer = repository("outer", "print()\n")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(main), "sub")
    git(outer, "commit", "-q", "-m", "sub")
    git(outer / "sub", "config", "user.name", "Kim")
    git(outer / "sub", "config", "user.email", "kim@example.com")
    for folder in (Path("side"), outer / "sub"):
        done = run("code", str(folder), "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile", "--git-commit")
        assert done.returncode == 0, done.stderr
        assert git(folder, "show", "HEAD:app.py") + "\n" == AFTER and git(folder, "status", "--porcelain") == ""
    assert git(main, "show", "HEAD:app.py") + "\n" == CODE


def test_an_include_for_the_branch_that_is_made_runs_nothing(run: Run, tmp_path: Path) -> None:
    folder = repository("one")
    sprung, trap, more = tmp_path / "sprung", tmp_path / "trap.sh", tmp_path / "more"
    trap.write_text(f'#!/bin/sh\necho "$0 $@" >> {sprung}\ncat\n')
    trap.chmod(0o755)
    (folder / ".gitattributes").write_text("*.txt filter=evil diff=evil\n")
    (folder / "data.txt").write_text("x\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "traps")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("reference-transaction", "post-index-change", "post-checkout"):
        (hooks / hook).symlink_to(trap)
    for name in ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "core.fsmonitor", "diff.evil.textconv"):
        git(folder, "config", "--file", str(more), name, str(trap))
    git(folder, "config", "--file", str(more), "core.hooksPath", str(hooks))
    git(folder, "config", "includeIf.onbranch:sso/**.path", str(more))
    os.utime(folder / "data.txt", (1, 1))
    done = run("code", "one", "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile", "--git-branch", "sso/keys", "--git-commit")
    assert done.returncode == 0, done.stderr
    assert not sprung.exists(), sprung.read_text()
    assert run("scan", "--paths-only", "--history", "one").returncode == 1
    assert not sprung.exists(), sprung.read_text()


def test_nothing_is_left_in_the_folder_for_temporary_files(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not after a run, and what a killed one left goes with the next."""
    repository("one")
    repository("two")
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    ended = subprocess.Popen(["true"])
    ended.wait()
    (place / f"aws-sso-migrate-git-{ended.pid}-x").mkdir()
    assert run(*ARGS).returncode == 0
    assert list(place.iterdir()) == []
