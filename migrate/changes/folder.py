"""A folder held open: what is done in it is done in this folder and to its own names, whoever moves names about meanwhile.

A name may lead elsewhere at any moment where its folder is somebody else's (root mends the files of a user): between making a file and
`chown` by its name, its owner puts a symlink there. So nothing is given rights by name, no link is followed, and the way to the folder is
opened part by part (openat(2), O_NOFOLLOW). Paths given here are real ones, with their links resolved.
"""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from types import TracebackType

Identity = tuple[int, int]
"""Device and number of a file: tells one from another of the same name. The number of one that is gone may be the next one's."""

_PART = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EROFS}
_A_LINK = {errno.ELOOP, errno.EMLINK, errno.ENXIO}  # what systems say of a link (or a pipe, or a socket) that is not to be opened
_ACL = "system.posix_acl_access"
_LONGEST_NAME = 255


class Folder:
    """As a context: the folder of that real path. Raises OSError where there is none, or a link stands in the way to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = _walk(path)

    def __enter__(self) -> "Folder":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._fd)

    def about(self, name: str) -> os.stat_result:
        """Return what stands under a name, a link being a link. Raise OSError."""
        return os.stat(name, dir_fd=self._fd, follow_symlinks=False)

    def has(self, name: str) -> bool:
        """Does anything stand under that name?"""
        try:
            self.about(name)
        except FileNotFoundError:
            return False
        return True

    def open(self, name: str, flags: int, mode: int = 0o600) -> int:
        """Return a descriptor of the file of that name, never of what a link leads to. Raise OSError."""
        return os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, mode, dir_fd=self._fd)

    def subfolder(self, name: str) -> int:
        """Return a descriptor of the folder of that name, for `fstat`, `fchmod` and `listdir`. Raise OSError."""
        return self.open(name, os.O_RDONLY | os.O_DIRECTORY)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name in this folder, over what stood there. Raise OSError."""
        os.replace(old, new, src_dir_fd=self._fd, dst_dir_fd=self._fd)

    def link(self, old: str, new: str) -> None:
        """Give a file a second name in this folder, which nothing may have yet. Raise OSError."""
        os.link(old, new, src_dir_fd=self._fd, dst_dir_fd=self._fd, follow_symlinks=False)

    def unlink(self, name: str) -> None:
        """Remove a name. Raise OSError."""
        os.unlink(name, dir_fd=self._fd)

    def rmdir(self, name: str) -> None:
        """Remove an empty folder. Raise OSError."""
        os.rmdir(name, dir_fd=self._fd)

    def mkdir(self, name: str) -> None:
        """Make a folder for its owner only, whatever the umask is. Raise OSError."""
        before = os.umask(0o077)
        try:
            os.mkdir(name, 0o700, dir_fd=self._fd)
        finally:
            os.umask(before)

    def sync(self) -> None:
        """Make the names in it last. Raise OSError; file systems that cannot sync a folder are let off."""
        try:
            fd = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._fd)
        except PermissionError:
            return  # a folder that may be written but not read (0300)
        try:
            os.fsync(fd)
        except OSError as error:
            if error.errno not in _CANNOT_SYNC:
                raise
        finally:
            os.close(fd)

    def write_new(
        self, name: str, data: bytes, mode: int = 0o600, *, owner: tuple[int, int] | None = None, like: int | None = None
    ) -> Identity:
        """Write a file that must not exist yet, synced, 0600 until all is in it; return which it is.

        `owner` is who it is given to, `like` a descriptor of a file whose access list and attributes it takes. What the folder's default
        access list would let in is not let in. Raise OSError, and leave nothing then.
        """
        fd = self.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(fd, view[: 1 << 24]) :]
                made = os.fstat(fd)
                if owner is not None and owner != (made.st_uid, made.st_gid):
                    os.fchown(fd, *owner)
                if owner is not None or like is not None:
                    _copy_attributes(like, fd)
                if stat.S_IMODE(os.fstat(fd).st_mode) != mode:  # the umask may have taken even the owner's rights
                    os.fchmod(fd, mode)
                os.fsync(fd)
            finally:
                os.close(fd)
        except BaseException:
            with suppress(OSError):
                self.unlink(name)
            raise
        return made.st_dev, made.st_ino

    def held(self, name: str, which: Identity | None, data: bytes) -> int:
        """Return a descriptor of the file that was written under that name: no other has its number for as long as it is open.

        Raise OSError where another is in its place, or something else in it.
        """
        try:
            fd = self.open(name, os.O_RDONLY)
        except OSError as error:
            raise _replaced() if error.errno in _A_LINK else error from None
        try:
            about = os.fstat(fd)
            if not stat.S_ISREG(about.st_mode) or (about.st_dev, about.st_ino) != which or not _holds(fd, data):
                raise _replaced()
        except BaseException:
            os.close(fd)
            raise
        return fd


def _replaced() -> OSError:
    return OSError(errno.ESTALE, "the temporary file was replaced by another file")


def _holds(fd: int, data: bytes) -> bool:
    view = memoryview(data)
    while piece := os.read(fd, 1 << 20):
        if view[: len(piece)] != piece:
            return False
        view = view[len(piece) :]
    return not view


def _walk(path: Path) -> int:
    """A descriptor of the folder, each part of the way opened without following a link."""
    top, *parts = path.parts
    fd = os.open(top, _PART)
    try:
        for part in parts:
            below = os.open(part, _PART, dir_fd=fd)
            os.close(fd)
            fd = below
    except BaseException as error:
        os.close(fd)
        if isinstance(error, PermissionError) and not hasattr(os, "O_PATH"):  # a part that may be passed but not read
            return os.open(path, _PART)
        raise
    return fd


def _copy_attributes(source: int | None, target: int) -> None:
    """Access lists, security labels and the like, where the system has them and lets us."""
    if not hasattr(os, "listxattr"):
        return
    names: list[str] = []
    with suppress(OSError):
        names = os.listxattr(source) if source is not None else []
    for name in names:
        with suppress(OSError):
            os.setxattr(target, name, os.getxattr(source, name))  # type: ignore[arg-type]
    if _ACL not in names:
        with suppress(OSError):
            os.removexattr(target, _ACL)


def cut_name(start: str, name: str, end: str) -> str:
    """Return `start`, `name` and `end` as one file name that is not too long for a file system: those count bytes, not letters."""
    room = _LONGEST_NAME - len(os.fsencode(start)) - len(os.fsencode(end))
    while len(os.fsencode(name)) > room:
        name = name[:-1]
    return f"{start}{name}{end}"
