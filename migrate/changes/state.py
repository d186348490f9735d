"""Where this program keeps its journal and backups, and the lock that lets one run at a time write.

The place is the XDG base directory specification's (https://specifications.freedesktop.org/basedir-spec/latest/): a
relative XDG_STATE_HOME is ignored. Folders are 0700 and files 0600, since a backup holds live keys.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from migrate.errors import Refusal

LOCK_SECONDS = 20.0


def state_folder() -> Path:
    """The folder of journals and backups, made or not. Raises Refusal where there is neither XDG_STATE_HOME nor a home folder."""
    given = os.environ.get("XDG_STATE_HOME", "")
    if given and Path(given).is_absolute():
        return Path(given) / "aws-sso-migrate"
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises where this leaves "~"
    if not Path(home).is_absolute():
        raise Refusal("no home folder to keep backups in", help="set HOME or XDG_STATE_HOME")
    return Path(home) / ".local" / "state" / "aws-sso-migrate"


def make_private_folder(folder: Path) -> list[Path]:
    """Makes `folder` and what is missing above it, each 0700; gives those that it made, topmost first. Raises OSError."""
    made: list[Path] = []
    missing = folder
    while not missing.is_dir():
        if missing.is_symlink() or missing.exists():
            raise NotADirectoryError(20, "not a folder", str(missing))
        made.insert(0, missing)
        missing = missing.parent
    for path in made:
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
            path.chmod(0o700)  # whatever the umask took
    return made


def may_hold_files(folder: Path) -> bool:
    """May files be made in `folder`, or in what is there of the folders above it, where it is yet to be made?"""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def could_be_ready() -> None:
    """Raises the Refusal that `ready_state` would raise, as far as can be told without making anything."""
    folder = state_folder()
    for place in (folder / "runs", folder):
        if not may_hold_files(place):
            raise _unwritable(folder, "Permission denied" if place.is_dir() else "it may not be made")


def ready_state() -> Path:
    """The state folder, made if need be, for its owner only. Raises Refusal where that cannot be."""
    folder = state_folder()
    try:
        make_private_folder(folder / "runs")
        for path in (folder, folder / "runs"):
            if path.stat().st_mode & 0o077:
                path.chmod(0o700)
    except OSError as error:
        raise _unwritable(folder, error.strerror) from None
    return folder


def _unwritable(folder: Path, reason: str | None) -> Refusal:
    return Refusal(
        f"the folder of backups cannot be written: {reason}", path=folder, help="mend it, or set XDG_STATE_HOME to another folder"
    )


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the lock of `folder`, so that one run at a time writes. Raises Refusal where another does not let go of it."""
    from filelock import FileLock, Timeout

    path = folder / "lock"
    try:
        with suppress(FileExistsError):
            made = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600)
            os.fchmod(made, 0o600)  # whatever the umask took
            os.close(made)
        lock = FileLock(path, mode=0o600)
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise Refusal("another aws-sso-migrate is writing", path=path, help="wait until it has ended, then run again") from None
    except (OSError, NotImplementedError) as error:
        raise Refusal(f"cannot lock the folder of backups: {getattr(error, 'strerror', None) or error}", path=path) from None
    try:
        yield
    finally:
        lock.release()
