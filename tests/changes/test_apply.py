"""What `config` does to real files in real trouble: links, rights, owners, races, strange things in a file's place."""

import importlib
import os
import pkgutil
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

import migrate
from migrate.changes.apply import apply
from migrate.cli.invoke import run as start
from migrate.errors import Refusal
from tests.changes.home import CONFIG, make, outcome
from tests.changes.home import CREDENTIALS as WRITTEN
from tests.changes.killing import code_of, in_child
from tests.conftest import Run
from tests.madeup import key_id, secret

SESSION = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2"]
CONVERT = ["config", *SESSION, "--map", "dev=111122223333/Admin"]
CREDENTIALS = f"[dev]\naws_access_key_id = {key_id('dev')}\naws_secret_access_key = {secret('dev')}\n"


@pytest.fixture
def aws(home: Path) -> Path:
    """~/.aws with a static profile `dev`."""
    folder = home / ".aws"
    folder.mkdir()
    (folder / "config").write_text("[profile dev]\nregion = eu-west-1\n")
    (folder / "credentials").write_text(CREDENTIALS)
    (folder / "credentials").chmod(0o600)
    return folder


def unchanged(aws: Path) -> bool:
    """Do both files stand as the fixture wrote them?"""
    return (aws / "config").read_text() == "[profile dev]\nregion = eu-west-1\n" and (aws / "credentials").read_text() == CREDENTIALS


def temporaries(folder: Path) -> list[Path]:
    """Temporary files that were left."""
    return list(folder.rglob("*.tmp"))


def test_a_run_and_its_undo(aws: Path, home: Path, run: Run) -> None:
    done = run(*CONVERT, "--yes")
    assert done.returncode == 0, done.stderr
    assert "sso_session = corp" in (aws / "config").read_text()
    assert (aws / "credentials").read_text() == ""
    assert "aws-sso-migrate undo --purge" in done.stderr
    assert secret("dev") not in done.stdout + done.stderr and key_id("dev") not in done.stdout + done.stderr
    assert run("undo", "--yes").returncode == 0
    assert unchanged(aws)
    again = run("undo", "--yes")
    assert again.returncode == 0 and "There is nothing to undo" in again.stderr
    assert again.stdout == ""
    unknown = run("undo", "--purge", "nosuch")
    assert unknown.returncode == 2 and "there is no run nosuch" in unknown.stderr


def test_symlinks_are_written_through(aws: Path, home: Path, run: Run) -> None:
    (home / "dotfiles").mkdir()
    (aws / "config").rename(home / "dotfiles/real")
    (home / "dotfiles/middle").symlink_to("real")
    (aws / "config").symlink_to("../dotfiles/middle")
    aws.rename(home / "elsewhere")
    aws.symlink_to("elsewhere")
    assert run(*CONVERT, "--yes").returncode == 0
    assert (
        aws.is_symlink()
        and str((aws / "config").readlink()) == "../dotfiles/middle"
        and str((home / "dotfiles/middle").readlink()) == "real"
    )
    assert "sso_session" in (home / "dotfiles/real").read_text()
    assert run("undo", "--yes").returncode == 0
    assert unchanged(aws) and str((aws / "config").readlink()) == "../dotfiles/middle"


def test_a_link_to_nothing_is_followed_and_the_file_made_there(aws: Path, home: Path, run: Run) -> None:
    (aws / "config").unlink()
    (aws / "config").symlink_to("../stow/config")
    (home / "stow").mkdir()
    assert run(*CONVERT, "--yes").returncode == 0
    assert (aws / "config").is_symlink() and "sso_session" in (home / "stow/config").read_text()
    assert (home / "stow/config").stat().st_mode & 0o777 == 0o600
    assert run("undo", "--yes").returncode == 0
    assert (aws / "config").is_symlink() and not (home / "stow/config").exists()


def test_a_ring_of_links_is_refused(aws: Path, run: Run) -> None:
    (aws / "config").unlink()
    (aws / "config").symlink_to("loop")
    (aws / "loop").symlink_to("config")
    done = run(*CONVERT, "--yes")
    assert done.returncode == 2 and "config" in done.stderr and "Traceback" not in done.stderr


def test_rights_and_owner_stay(aws: Path, run: Run) -> None:
    (aws / "config").chmod(0o640)
    (aws / "credentials").chmod(0o400)
    if os.geteuid() == 0:
        os.chown(aws / "config", 1234, 2345)
    assert run(*CONVERT, "--yes").returncode == 0
    status = (aws / "config").stat()
    assert status.st_mode & 0o777 == 0o640 and (aws / "credentials").stat().st_mode & 0o777 == 0o400
    if os.geteuid() == 0:
        assert (status.st_uid, status.st_gid) == (1234, 2345)


def test_extended_attributes_stay(aws: Path, run: Run) -> None:
    try:
        os.setxattr(aws / "config", "user.note", b"mine")
    except (OSError, AttributeError):
        pytest.skip("this file system has no extended attributes")
    assert run(*CONVERT, "--yes").returncode == 0
    assert os.getxattr(aws / "config", "user.note") == b"mine"


def test_the_other_name_of_a_hard_linked_file_keeps_the_old_text(aws: Path, home: Path, run: Run) -> None:
    os.link(aws / "credentials", home / "other")
    assert run(*CONVERT, "--yes").returncode == 0
    assert (home / "other").read_text() == CREDENTIALS and (aws / "credentials").read_text() == ""


def test_new_files_and_folders_are_private(home: Path, run: Run) -> None:
    place = home / "a/b"
    place.mkdir(parents=True)
    (place / "cred").write_text(CREDENTIALS)
    old = os.umask(0)
    try:
        done = run(*CONVERT, "--yes", "--credentials-file", str(place / "cred"), "--config-file", str(home / "new/folder/config"))
    finally:
        os.umask(old)
    assert done.returncode == 0
    assert (home / "new/folder/config").stat().st_mode & 0o777 == 0o600
    assert (home / "new").stat().st_mode & 0o777 == 0o700 and (home / "new/folder").stat().st_mode & 0o777 == 0o700
    assert run("undo", "--yes").returncode == 0
    assert not (home / "new").exists()
    assert (place / "cred").read_text() == CREDENTIALS


def test_undo_leaves_a_folder_that_somebody_has_used_since(home: Path, run: Run) -> None:
    (home / "cred").write_text(CREDENTIALS)
    assert run(*CONVERT, "--yes", "--credentials-file", str(home / "cred"), "--config-file", str(home / "new/config")).returncode == 0
    (home / "new/mine").write_text("x")
    assert run("undo", "--yes").returncode == 0
    assert (home / "new/mine").read_text() == "x" and not (home / "new/config").exists()


@pytest.mark.parametrize("name", ["config", "credentials"])
def test_a_pipe_or_a_folder_in_a_files_place_is_refused_at_once(aws: Path, run: Run, name: str) -> None:
    for put in (os.mkfifo, os.mkdir):
        (aws / name).unlink() if (aws / name).is_file() else None
        put(aws / name)
        done = run(*CONVERT, "--yes", timeout=300)
        assert done.returncode == 2 and name in done.stderr and "Traceback" not in done.stderr
        (aws / name).rmdir() if (aws / name).is_dir() else (aws / name).unlink()


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user, which only root can")


class Done(NamedTuple):
    """What came of a run as another user: the exit status, and all that it printed."""

    returncode: int
    output: str


def as_nobody(home: Path, *args: str, own: bool = True, user: int = 65534, umask: str = "022") -> Done:
    """The program run as another user, to whom everything below `home` belongs.

    In a forked process, since that user may not even read the interpreter of whoever runs the tests; what it needs is imported before.
    """
    for path in [home, *home.rglob("*")] if own else ():
        os.chown(path, user, user, follow_symlinks=False)
    for folder in home.parents:
        if folder not in (Path("/"), Path("/tmp")):
            folder.chmod(folder.stat().st_mode | 0o055)
    log = home.parent / "log"
    log.unlink(missing_ok=True)

    def work() -> int:
        import filelock  # noqa: F401

        with suppress(ImportError):
            importlib.import_module("typer._adapters")
        for package in ("awsfiles", "changes", "cli", "plan", "reports", "repositories"):
            for module in pkgutil.iter_modules([str(Path(migrate.__file__).parent / package)], f"migrate.{package}."):
                importlib.import_module(module.name)
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
        os.umask(int(umask, 8))
        os.chdir("/")
        sys.stdin = open(os.devnull)  # noqa: SIM115
        return start(list(args))

    status = in_child(work, log=log)
    return Done(code_of(status), log.read_text())


@needs_root
def test_a_file_that_may_not_be_read(aws: Path, home: Path) -> None:
    (aws / "credentials").chmod(0o000)
    done = as_nobody(home, *CONVERT, "--yes")
    assert done.returncode == 2 and "credentials" in done.output and "Permission denied" in done.output
    (aws / "credentials").chmod(0o600)
    assert unchanged(aws)


@needs_root
def test_a_folder_that_may_not_be_written(aws: Path, home: Path) -> None:
    aws.chmod(0o500)
    for how in ("--yes", "--dry-run", "--check"):
        done = as_nobody(home, *CONVERT, how)
        assert done.returncode == 2, done.output
        assert "+sso_session = corp" in done.output  # what it would have done is shown all the same
        assert "Permission denied" in done.output or "no permission to write in its folder" in done.output
    assert unchanged(aws) and not temporaries(home)
    assert not list((home / ".local/state/aws-sso-migrate/runs").glob("*"))  # no backup of what was not changed


@needs_root
def test_the_second_file_cannot_be_written_so_the_first_is_put_back(aws: Path, home: Path) -> None:
    sealed = home / "sealed"
    sealed.mkdir()
    (aws / "credentials").rename(sealed / "credentials")
    sealed.chmod(0o500)
    done = as_nobody(home, *CONVERT, "--yes", "--credentials-file", str(sealed / "credentials"))
    assert done.returncode == 2
    assert (aws / "config").read_text() == "[profile dev]\nregion = eu-west-1\n"
    assert (sealed / "credentials").read_text() == CREDENTIALS and not temporaries(home)


@needs_root
@pytest.mark.parametrize("how", ["--yes", "--dry-run", "--check"])
def test_a_state_folder_that_may_not_be_written(aws: Path, home: Path, how: str) -> None:
    (home / ".local").mkdir(mode=0o500)
    done = as_nobody(home, *CONVERT, how)
    assert done.returncode == (1 if how == "--check" else 2)
    assert ("the backup folder cannot be written" in done.output) == (how != "--check")
    assert "Traceback" not in done.output and unchanged(aws)


@needs_root
@pytest.mark.parametrize("umask", ["777", "277", "000"])
def test_a_umask_that_takes_everything_or_nothing(aws: Path, home: Path, umask: str) -> None:
    done = as_nobody(home, *CONVERT, "--yes", umask=umask)
    assert done.returncode == 0, done.output
    state = home / ".local/state/aws-sso-migrate"
    assert {stat.S_IMODE(p.stat().st_mode) for p in [state, *state.rglob("*")] if p.is_dir()} == {0o700}
    assert {stat.S_IMODE(p.stat().st_mode) for p in state.rglob("*") if p.is_file()} == {0o600}
    assert as_nobody(home, "undo", "--yes", umask=umask).returncode == 0
    assert unchanged(aws)


def test_dev_null_is_a_file_with_nothing_in_it(aws: Path, run: Run) -> None:
    """To read; never to be replaced."""
    (aws / "config").write_text(CREDENTIALS.replace("[dev]", "[profile dev]"))
    done = run(*CONVERT, "--yes", "--credentials-file", "/dev/null")
    assert done.returncode == 0 and "sso_session = corp" in (aws / "config").read_text()
    for how in ("--dry-run", "--yes"):
        done = run(*CONVERT, how, "--config-file", "/dev/null")
        assert done.returncode == 2 and "/dev/null: is not a regular file" in done.stderr
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode) and (aws / "credentials").read_text() == CREDENTIALS


def test_an_older_run_is_taken_back_after_the_newer(aws: Path, home: Path, run: Run) -> None:
    run(*CONVERT, "--yes")
    (older,) = (home / ".local/state/aws-sso-migrate/runs").iterdir()
    run("config", *SESSION, "--map", "dev=111122223333/Other", "--yes")
    (newer,) = (p for p in older.parent.iterdir() if p != older)
    done = run("undo", older.name, "--yes")
    assert done.returncode == 2 and f"first run `aws-sso-migrate undo {newer.name}`" in done.stderr
    assert run("undo", newer.name, "--yes").returncode == run("undo", older.name, "--yes").returncode == 0
    assert unchanged(aws)


@needs_root
def test_a_file_of_somebody_elses_is_not_taken_over(aws: Path, home: Path) -> None:
    """Its owner could not be kept, so it is refused and nothing changes."""
    as_nobody(home, "--version")
    os.chown(aws / "config", 0, 0)
    done = as_nobody(home, *CONVERT, "--yes", own=False)
    assert done.returncode == 2 and unchanged(aws) and not temporaries(home)
    assert (aws / "config").stat().st_uid == 0


@needs_root
def test_a_full_disk(home: Path, run: Run) -> None:
    """On a file system of a few pages: nothing is half written, and where there is room again the run goes through."""
    place = home / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)], capture_output=True).returncode:
        pytest.skip("no tmpfs can be mounted here")
    try:
        filler = "# " + "x" * 20_000 + "\n"
        (place / "config").write_text("[profile dev]\nregion = eu-west-1\n" + filler)
        (place / "credentials").write_text(CREDENTIALS)
        before = (place / "config").read_text()
        ballast = place / "ballast"
        with pytest.raises(OSError), ballast.open("wb") as file:
            while True:
                file.write(b"x" * 4096)
                file.flush()
        files = ["--credentials-file", str(place / "credentials"), "--config-file", str(place / "config")]
        for more in ({}, {"env": {**os.environ, "XDG_STATE_HOME": str(place)}}):
            done = run(*CONVERT, "--yes", *files, **more)
            assert done.returncode == 2 and "No space left" in done.stderr, done.stderr
            assert (place / "config").read_text() == before and (place / "credentials").read_text() == CREDENTIALS
            assert not temporaries(place) and not list(place.glob("aws-sso-migrate/runs/*/*"))
        ballast.unlink()
        assert run(*CONVERT, "--yes", *files).returncode == 0
        assert "sso_session" in (place / "config").read_text()
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def test_two_runs_at_once(aws: Path, home: Path) -> None:
    """One converts, the others find the work done or the files changed under them; nothing is lost."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "migrate", *CONVERT, "--yes"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for _ in range(5)
    ]
    outputs = [process.communicate(timeout=300)[0].decode() for process in started]
    codes = [process.returncode for process in started]
    assert 0 in codes and set(codes) <= {0, 2}, outputs
    assert "sso_session = corp" in (aws / "config").read_text() and (aws / "credentials").read_text() == ""
    assert (aws / "config").read_text().count("[sso-session corp]") == 1
    assert not temporaries(home)
    assert len([o for o in outputs if "Backup" in o]) == 1


def test_without_a_home_folder(aws: Path, home: Path, run: Run) -> None:
    env = {k: v for k, v in os.environ.items() if k != "HOME"}
    done = run("undo", "--list", env=env)
    assert "Traceback" not in done.stderr


@needs_root
def test_a_user_whom_the_system_does_not_know_and_no_home_variable(aws: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    done = as_nobody(home, *CONVERT, "--yes", user=54321)
    assert done.returncode == 2 and "HOME" in done.output and "Traceback" not in done.output and unchanged(aws)


def test_undo_refuses_where_a_file_has_changed_since_and_force_keeps_that_version(aws: Path, run: Run) -> None:
    assert run(*CONVERT, "--yes").returncode == 0
    with (aws / "config").open("a") as file:
        file.write("# mine\n")
    newer = (aws / "config").read_text()
    done = run("undo", "--yes")
    assert done.returncode == 2 and "config" in done.stderr and "--force" in done.stderr
    assert (aws / "config").read_text() == newer and (aws / "credentials").read_text() == ""
    assert run("undo", "--yes", "--force").returncode == 0
    assert unchanged(aws)
    kept = [path for path in aws.iterdir() if "kept" in path.name]
    assert [path.read_text() for path in kept] == [newer] and kept[0].stat().st_mode & 0o777 == 0o600


def test_undo_makes_a_file_anew_that_is_gone_only_by_force(aws: Path, run: Run) -> None:
    (aws / "credentials").chmod(0o640)
    assert run(*CONVERT, "--yes").returncode == 0
    (aws / "credentials").unlink()
    assert run("undo", "--yes").returncode == 2
    assert run("undo", "--yes", "--force").returncode == 0
    assert unchanged(aws) and (aws / "credentials").stat().st_mode & 0o777 == 0o640


def test_runs_are_listed_undone_by_name_and_purged(aws: Path, home: Path, run: Run) -> None:
    (aws / "credentials").write_text(CREDENTIALS + CREDENTIALS.replace("dev", "ops"))
    assert run(*CONVERT, "--yes").returncode == 1  # ops is left for a person
    assert run("config", "--sso-session", "corp", "--map", "ops=111122223333/Admin", "--yes").returncode == 0
    listed = run("undo", "--list").stdout.splitlines()
    assert len(listed) == 2
    _, first = (line.split()[0] for line in listed)
    assert run("undo", first, "--yes").returncode == 2  # the second run came after it
    assert run("undo", "nonsense", "--yes").returncode == 2 and run("undo", "../runs", "--yes").returncode == 2
    assert run("undo", "--purge", first).returncode == 2  # it asks, and there is no terminal
    assert run("undo", "--purge", first, "--yes").returncode == 0
    state = home / ".local/state/aws-sso-migrate/runs"
    assert [path.name for path in (state / first).iterdir()] == ["journal.json"]
    assert run("undo", first, "--yes").returncode == 2
    assert run("undo", "--yes").returncode == 0  # the second
    assert run("undo", "--yes").returncode == 0  # none is left
    assert "ops" in (aws / "credentials").read_text() and "dev" not in (aws / "credentials").read_text()


def test_a_damaged_backup_or_journal_is_refused(aws: Path, home: Path, run: Run) -> None:
    assert run(*CONVERT, "--yes").returncode == 0
    folder = next((home / ".local/state/aws-sso-migrate/runs").iterdir())
    backup = next(folder.glob("00000.backup"))
    good = backup.read_bytes()
    backup.write_bytes(good + b"x")
    done = run("undo", "--yes")
    assert done.returncode == 2 and "backup" in done.stderr and "sso_session" in (aws / "config").read_text()
    backup.write_bytes(good)
    journal = (folder / "journal.json").read_text()
    (folder / "journal.json").write_text(journal[:50])
    done = run("undo", "--yes")
    assert done.returncode == 2 and "journal" in done.stderr and "Traceback" not in done.stderr
    listed = run("undo", "--list")
    assert listed.returncode == 0 and folder.name in listed.stderr
    (folder / "journal.json").write_text(journal)
    assert run("undo", "--yes").returncode == 0 and unchanged(aws)
    (folder / "journal.json").write_text("[]")
    assert run("undo", "--purge", folder.name, "--yes").returncode == 0 and not folder.exists()


def test_whatever_fails_after_the_first_file_puts_it_back_and_ends(home: Path) -> None:
    """The second file's new text is taken away right before it is given its name."""
    config, credentials = make(home)

    def spoil(run: str) -> None:
        for path in credentials.parent.glob(f".aws-sso-migrate-{run}-1.tmp"):
            path.unlink()

    with pytest.raises(Refusal, match="cannot be written"):
        apply(outcome(home).changes, command="config", before_commit=spoil)
    assert (config.read_bytes(), credentials.read_bytes()) == (CONFIG, WRITTEN)
    assert not temporaries(home) and not list((home / ".local/state/aws-sso-migrate/runs").iterdir())


@needs_root
@pytest.mark.parametrize("args", [CONVERT, ["undo"]], ids=["config", "undo"])
def test_a_file_that_is_a_mount_point(aws: Path, home: Path, run: Run, args: list[str]) -> None:
    """As in a container with single files mounted into it: it cannot be renamed over, which shows only when the other file is done."""
    if args == ["undo"]:
        assert run(*CONVERT, "--yes").returncode == 0
    mounted = aws / ("config" if args == ["undo"] else "credentials")
    before = {path.name: path.read_text() for path in aws.iterdir()}
    if subprocess.run(["mount", "--bind", str(mounted), str(mounted)], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        done = run(*args, "--yes", timeout=300)
    finally:
        subprocess.run(["umount", "-l", str(mounted)], check=True)
    assert done.returncode == 2 and "is a mount point" in done.stderr
    assert {path.name: path.read_text() for path in aws.iterdir()} == before
