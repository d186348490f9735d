"""The folder is somebody else's, who moves names about while the program writes in it; and what stands in the way of its own folders."""

import errno
import fcntl
import functools
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrate.changes.apply import apply
from migrate.changes.change import Change
from migrate.changes.folder import Folder, cut_name
from migrate.changes.undo import purge
from migrate.cli.invoke import run as main
from migrate.errors import Refusal
from tests.changes.home import apply_all, make, state
from tests.changes.killing import CHANGES_DISK, in_child, was_killed
from tests.conftest import Run
from tests.madeup import secret

SESSION = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2"]
CONVERT = ["config", *SESSION, "--map", "dev=111122223333/Admin", "--yes"]
STRANGER = 4321
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be asked to write as if for others")


def acting(number: int, act: Callable[[], None], work: Callable[[], int]) -> Callable[[], int]:
    """`work`, with `act` done right before its `number`-th change of the disk, as by another process. Ends with 77 where it came to fewer."""

    def run() -> int:
        count = 0

        def wrap(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **more: Any) -> Any:
                nonlocal count
                count += 1
                if count == number:
                    act()
                return real(*args, **more)

            return call

        wrapped = [*CHANGES_DISK, "setxattr", "listxattr", "removexattr"]
        originals = {name: getattr(os, name) for name in wrapped if name not in ("unlink", "open") and hasattr(os, name)}
        for name, real in originals.items():
            setattr(os, name, wrap(real))
        work()
        return 77 if count < number else 0

    return run


@needs_root
@pytest.mark.parametrize("kind", ["symlink", "hard link"])
def test_no_stranger_is_given_a_file_by_a_name_that_he_swaps(home: Path, tmp_path: Path, kind: str) -> None:
    """Root writes in a folder of his; before every single change of the disk he puts root's private file in the temporary file's place."""
    victim = tmp_path / "private"
    victim.write_text("root's")
    victim.chmod(0o600)
    for number in range(1, 200):
        config, credentials = make(home)
        for path in (home / ".aws", config, credentials):
            os.chown(path, STRANGER, STRANGER)

        def swap() -> None:
            for path in (home / ".aws").glob(".aws-sso-migrate-*.tmp"):
                path.unlink()
                path.symlink_to(victim) if kind == "symlink" else os.link(victim, path)

        status = in_child(acting(number, swap, lambda: apply_all(home)))
        about = victim.stat()
        assert (about.st_uid, about.st_mode & 0o777, victim.read_text()) == (0, 0o600, "root's"), number
        shutil.rmtree(home)
        home.mkdir()
        if os.waitstatus_to_exitcode(status) == 77:
            assert number > 10
            return
    raise AssertionError("no end")


def test_what_is_temporary_is_nobody_elses_to_read(home: Path, tmp_path: Path) -> None:
    """Whatever the umask is: before every single change of the disk, no file that others may read holds a secret."""
    bad = tmp_path / "bad"
    for number in range(1, 200):
        make(home)

        def look() -> None:
            for path in home.rglob("*"):
                if path.is_file() and path.stat().st_mode & 0o077 and secret("dev").encode() in path.read_bytes():
                    bad.write_text(str(path))

        def work() -> int:
            os.umask(0)
            return main(CONVERT)

        status = in_child(acting(number, look, work))
        assert not bad.exists(), bad.read_text()
        shutil.rmtree(home)
        home.mkdir()
        if os.waitstatus_to_exitcode(status) == 77:
            assert number > 10
            return
    raise AssertionError("no end")


@needs_root
def test_a_report_that_a_stranger_swaps_is_not_called_written(home: Path, tmp_path: Path) -> None:
    """Root writes a report in a folder of his; before every single change of the disk he puts a link to root's private file in its place."""
    victim, folder, log = tmp_path / "private", tmp_path / "his", tmp_path / "log"
    victim.write_text("root's")
    victim.chmod(0o600)
    for number in range(1, 60):
        make(home)
        folder.mkdir()
        os.chown(folder, STRANGER, STRANGER)

        def swap() -> None:
            for path in folder.iterdir():
                path.unlink()
                path.symlink_to(victim)

        report = folder / "report.json"
        status = in_child(acting(number, swap, functools.partial(main, ["scan", "--report", str(report)])), log=log)
        about = victim.stat()
        assert (about.st_uid, about.st_mode & 0o777, victim.read_text()) == (0, 0o600, "root's"), number
        said = log.read_text()
        assert "replaced by another file" in said or (report.is_file() and not report.is_symlink()), (number, said)
        log.unlink()
        shutil.rmtree(folder)
        shutil.rmtree(home)
        home.mkdir()
        if os.waitstatus_to_exitcode(status) == 77:
            assert number > 3
            return
    raise AssertionError("no end")


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL], ids=lambda n: errno.errorcode[n])
@pytest.mark.parametrize("args", [CONVERT, ["bulk", os.devnull, "--yes"]], ids=["config", "bulk"])
def test_a_file_system_without_locks_is_told_as_such(home: Path, tmp_path: Path, number: int, args: list[str]) -> None:
    """The system call answers as it does on such a file system; all else is real."""
    config, _ = make(home)
    before = config.read_bytes()
    log = tmp_path / "log"

    def work() -> int:
        def refuse(descriptor: object, operation: int) -> None:
            raise OSError(number, os.strerror(number))

        fcntl.flock = refuse
        return main(args)

    assert os.waitstatus_to_exitcode(in_child(work, log=log)) == 2
    said = log.read_text()
    assert "must support locks" in said and "another aws-sso-migrate process" not in said and "Warning" not in said, said
    assert config.read_bytes() == before


@needs_root
def test_no_stranger_has_a_folder_of_roots_narrowed_or_given(home: Path, tmp_path: Path) -> None:
    """The state folder is made in a folder of his, and he swaps what was made for a link to a folder of root's."""
    victim = tmp_path / "www"
    victim.mkdir()
    victim.chmod(0o755)
    for number in range(1, 40):
        make(home)

        def swap() -> None:
            made = home / ".local/state/aws-sso-migrate"
            for path in (made / "runs", made):
                if path.is_dir() and not path.is_symlink():
                    path.rename(tmp_path / f"away-{os.getpid()}-{path.name}")
                    path.symlink_to(victim)

        in_child(acting(number, swap, lambda: apply_all(home)))
        assert victim.stat().st_mode & 0o777 == 0o755, number
        assert not any(p.is_file() for p in victim.rglob("*") if p.name != "lock")
        shutil.rmtree(home)
        home.mkdir()


def test_a_default_access_list_lets_nobody_new_read_a_rewritten_file(home: Path, run: Run) -> None:
    config, _ = make(home)
    entries = [(0x01, 7, 0xFFFFFFFF), (0x02, 7, STRANGER), (0x04, 5, 0xFFFFFFFF), (0x10, 7, 0xFFFFFFFF), (0x20, 5, 0xFFFFFFFF)]
    access = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(home / ".aws", "system.posix_acl_default", access)
    except (OSError, AttributeError):
        pytest.skip("this file system has no access lists")
    assert run(*CONVERT).returncode == 0
    assert b"sso_session" in config.read_bytes()
    assert "system.posix_acl_access" not in os.listxattr(config) and config.stat().st_mode & 0o777 == 0o644


@needs_root
@pytest.mark.parametrize("which", [".", "runs"])
def test_a_state_folder_of_somebody_elses_is_refused(home: Path, run: Run, which: str) -> None:
    config, _ = make(home)
    (state(home) / "runs").mkdir(parents=True, mode=0o700)
    os.chown(state(home) / which, STRANGER, STRANGER)
    done = run(*CONVERT)
    assert done.returncode == 2 and f"uid {STRANGER}" in done.stderr and b"sso_session" not in config.read_bytes()


@needs_root
def test_after_sudo_the_command_that_mends_it_is_told(home: Path) -> None:
    """The run is that of a user whose state folder root has made."""
    make(home)
    (state(home) / "runs").mkdir(parents=True, mode=0o755)
    (state(home) / "runs").chmod(0o755)
    log = home / "log"
    log.touch()
    for path in (home, *home.rglob("*")):
        if state(home) not in (path, *path.parents):
            os.chown(path, STRANGER, STRANGER)
    for above in home.parents:
        if above.stat().st_mode & 0o001 == 0 and str(above).startswith("/tmp/"):
            above.chmod(0o711)

    def as_user() -> int:
        os.setgid(STRANGER)
        os.setuid(STRANGER)
        return apply_all(home)

    assert os.waitstatus_to_exitcode(in_child(as_user, log=log)) == 2
    assert "belongs to root" in log.read_text() or "another user" in log.read_text()


@pytest.mark.parametrize("which", [".", "runs"])
def test_links_in_the_state_folder_are_not_followed(home: Path, tmp_path: Path, run: Run, which: str) -> None:
    config, _ = make(home)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    link = state(home) / which
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere)
    done = run(*CONVERT)
    assert done.returncode == 2 and "is a symlink" in done.stderr and b"sso_session" not in config.read_bytes()
    assert list(elsewhere.iterdir()) == [] and elsewhere.stat().st_mode & 0o777 == 0o755


def test_what_the_program_did_not_make_is_never_wiped(home: Path, tmp_path: Path, run: Run) -> None:
    make(home)
    assert run(*CONVERT).returncode == 0
    runs = state(home) / "runs"
    mine = runs / "photos"
    mine.mkdir()
    (mine / "one.jpg").write_text("x")
    orphan = runs / "20200101-000000-000"
    orphan.mkdir()
    (orphan / "notes.txt").write_text("x")
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (orphan / "00000.backup").symlink_to(precious)
    (real,) = (p for p in runs.iterdir() if (p / "journal.json").exists())
    (real / "00099.backup").symlink_to(precious)
    os.link(precious, real / "00098.backup")
    assert run("undo", "--yes", "--purge", real.name).returncode == 0
    assert run(*CONVERT[:-1], "--yes").returncode in (0, 1)
    assert (mine / "one.jpg").read_text() == "x" and (orphan / "notes.txt").read_text() == "x" and precious.read_text() == "precious"
    assert not list(real.glob("*.backup"))


def test_a_purge_that_is_killed_does_not_say_that_it_is_done(home: Path, run: Run) -> None:
    make(home)
    assert run(*CONVERT).returncode == 0
    (folder,) = (state(home) / "runs").iterdir()

    def work() -> int:
        purge(folder.name)
        return 0

    killed = 0
    for number in range(1, 60):
        status = in_child(work, kill_at=number)
        listed = run("undo", "--list").stdout
        left = list(folder.glob("*.backup"))
        assert not (left and "purged" in listed), number
        if not was_killed(status):
            break
        killed += 1
    assert killed > 3 and not left and "purged" in run("undo", "--list").stdout


@pytest.mark.parametrize("name", ["config", "credentials"])
def test_a_pipe_in_a_files_place_is_refused_at_once(home: Path, run: Run, name: str) -> None:
    make(home)
    (home / ".aws" / name).unlink()
    os.mkfifo(home / ".aws" / name)
    for args in (CONVERT, ["plan"], ["verify", "--offline"]):
        done = run(*args, timeout=300)
        assert done.returncode == 2 and name in done.stderr, args


@pytest.mark.parametrize("letter", ["a", "ä", "🦊"])
def test_names_are_cut_by_bytes(tmp_path: Path, letter: str) -> None:
    name = cut_name(".", letter * 250, ".aws-sso-migrate.tmp")
    (tmp_path / name).touch()
    assert len(os.fsencode(name)) > 240


def test_a_plan_of_the_longest_name_is_written(home: Path, run: Run) -> None:
    make(home)
    name = "ä" * 125 + ".ini"
    assert run("plan", "-o", name).returncode in (0, 1)
    assert Path(name).exists()


def test_a_new_file_that_cannot_be_taken_away_again_is_in_the_journal(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fails behind the new file, and will not let go of it: the run is told as it is, and `undo` takes the file away."""
    folder = home / "new"
    folder.mkdir()
    changes = [Change(folder / "one", None, b"new"), Change(folder / "two", None, b"new")]
    real, count = Folder.sync, 0

    def failing(self: Folder) -> None:
        nonlocal count
        if self.path == folder:
            count += 1
            monkeypatch.setattr(Folder, "unlink", lambda self, name: (_ for _ in ()).throw(OSError(5, "Input/output error")))
            raise OSError(5, "Input/output error")
        real(self)

    unlink = Folder.unlink
    monkeypatch.setattr(Folder, "sync", failing)
    with pytest.raises(Refusal):
        apply(changes, command="code")
    monkeypatch.setattr(Folder, "sync", real)
    monkeypatch.setattr(Folder, "unlink", unlink)
    assert count and (folder / "one").exists()
    assert run("undo", "--yes").returncode == 0
    assert list(folder.iterdir()) == []
