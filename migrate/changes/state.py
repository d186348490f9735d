"""Where this program keeps its journal and backups, and the lock that lets one run at a time write.

The place is the XDG base directory specification's (https://specifications.freedesktop.org/basedir-spec/latest/): a
relative XDG_STATE_HOME is ignored. Folders are 0700 and files 0600, since a backup holds live keys.
"""

import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from migrate.changes.folder import Folder
from migrate.errors import Refusal

LOCK_SECONDS = 20.0
_ELSEWHERE = "set XDG_STATE_HOME to another directory"


def state_folder() -> Path:
    """The folder of journals and backups, made or not. Raises Refusal where there is neither XDG_STATE_HOME nor a home folder."""
    given = os.environ.get("XDG_STATE_HOME", "")
    if given and Path(given).is_absolute():
        return Path(given) / "aws-sso-migrate"
    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises where this leaves "~"
    if not Path(home).is_absolute():
        raise Refusal("there is no home directory to keep backups in", help="set HOME or XDG_STATE_HOME")
    return Path(home) / ".local" / "state" / "aws-sso-migrate"


def make_private_folder(folder: Path) -> list[Path]:
    """Makes `folder` and what is missing above it, each 0700; gives those that it made, topmost first. Raises OSError."""
    made: list[Path] = []
    missing = folder
    while not missing.is_dir():
        if missing.is_symlink() or missing.exists():
            raise NotADirectoryError(20, "not a directory", str(missing))
        made.insert(0, missing)
        missing = missing.parent
    for path in made:
        with Folder(Path(os.path.realpath(path.parent))) as parent, suppress(FileExistsError):
            parent.mkdir(path.name)
    return made


def is_out_of_others_reach(folder: Path) -> bool:
    """Can nobody but root and this user write in a folder, made or not, or put another in its place or in that of one above it?

    Give its real path. A group that may write is one that its members trust. Raise OSError.
    """
    for place in (folder, *folder.parents):
        try:
            about = place.lstat()
        except FileNotFoundError:
            continue
        shared = about.st_mode & 0o002 and (place == folder or not about.st_mode & stat.S_ISVTX)
        if about.st_uid not in (0, os.geteuid()) or shared:
            return False
    return True


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
            raise _unwritable(folder, "Permission denied" if place.is_dir() else "it cannot be created")


def ready_state() -> Path:
    """The state folder, made if need be, for its owner only. Raises Refusal where that cannot be."""
    folder = state_folder()
    try:
        make_private_folder(folder)
        own(folder, _ELSEWHERE)
        make_private_folder(folder / "runs")
        own(folder / "runs", _ELSEWHERE)
    except OSError as error:
        raise _unwritable(folder, error.strerror) from None
    return folder


def own(folder: Path, otherwise: str) -> None:
    """See to it that a folder of the program's is this user's alone: nobody else's, no link of somebody else's, open to nobody else.

    Raise Refusal where it is not (`otherwise` says how to do without it), OSError where it cannot be looked at.
    """
    about = folder.lstat()
    if stat.S_ISLNK(about.st_mode):
        raise Refusal(
            "is a symlink, but it must be a directory because backups contain keys", path=folder, help=f"remove the link, or {otherwise}"
        )
    with Folder(Path(os.path.realpath(folder.parent))) as parent:
        fd = parent.subfolder(folder.name)
        try:
            about = os.fstat(fd)
            if about.st_uid != os.geteuid():
                raise _not_ours(folder, about.st_uid, otherwise)
            if about.st_mode & 0o077:
                os.fchmod(fd, 0o700)
        finally:
            os.close(fd)


def _not_ours(folder: Path, owner: int, otherwise: str) -> Refusal:
    """The refusal of a folder that belongs to somebody else, with the command that gives it back where that was `sudo`."""
    if owner == 0:
        mend = f'sudo chown -R "$(id -u):$(id -g)" {shlex.quote(str(folder))}'
        return Refusal("belongs to root, probably because of an earlier run with sudo", path=folder, help=f"{mend}, or {otherwise}")
    return Refusal(f"belongs to another user (uid {owner})", path=folder, help=f"run as that user, or {otherwise}")


def _unwritable(folder: Path, reason: str | None) -> Refusal:
    return Refusal(f"the backup folder cannot be written: {reason}", path=folder, help=f"fix it, or {_ELSEWHERE}")


@contextmanager
def locked(folder: Path, otherwise: str = _ELSEWHERE) -> Iterator[None]:
    """Holds the lock of `folder`, so that one run at a time writes. Raises Refusal where another does not let go of it.

    Where its file system has no locks, that is what is told (`otherwise` says how to do without it), and nothing is locked by other means:
    what a killed run leaves of those keeps everybody out.
    """
    from filelock import FileLock, Timeout

    path = folder / "lock"
    try:
        with Folder(Path(os.path.realpath(folder))) as held:
            with suppress(FileExistsError):
                held.write_new(path.name, b"")
            if path.is_symlink():
                raise Refusal("is a symlink instead of a lock file", path=path, help="remove it")
            _try_lock(held.open(path.name, os.O_RDWR))
        lock = FileLock(path, mode=0o600)
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise Refusal("another aws-sso-migrate process is writing", path=path, help="wait for it to finish, then run again") from None
    except (OSError, NotImplementedError) as error:
        raise Refusal(
            f"cannot be locked: {getattr(error, 'strerror', None) or error}",
            path=folder,
            help=f"its file system must support locks: {otherwise}",
        ) from None
    try:
        yield
    finally:
        lock.release()


def _try_lock(descriptor: int) -> None:
    """Close a descriptor after asking whether locks work on it at all. Raise OSError where they do not; that somebody holds one is no matter."""
    import fcntl

    try:
        with suppress(BlockingIOError, PermissionError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)
