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


def ready_state() -> Path:
    """The state folder, made if need be, for its owner only. Raises Refusal where that cannot be."""
    folder = state_folder()
    try:
        make_private_folder(folder / "runs")
        for path in (folder, folder / "runs"):
            if path.stat().st_mode & 0o077:
                path.chmod(0o700)
    except OSError as error:
        raise Refusal(
            f"the folder of backups cannot be written: {error.strerror}",
            path=folder,
            help="mend it, or set XDG_STATE_HOME to another folder",
        ) from None
    return folder


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the lock of `folder`, so that one run at a time writes. Raises Refusal where another does not let go of it."""
    from filelock import FileLock, Timeout

    path = folder / "lock"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600))
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
