"""Writing files so that each is the old one or the new one, whatever happens.

A temporary file beside it, synced, renamed over it, and the folder synced.

Nothing here knows of journals or backups; `apply` and `undo` do.
"""

import errno
import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from migrate.changes.interrupts import Interrupts
from migrate.errors import Refusal

_IGNORED_BY_FSYNC = {errno.EINVAL, errno.ENOTSUP, errno.EROFS}


@dataclass(slots=True)
class Seen:
    """A file as it stands: where it really is (links followed), its bytes (None: there is none), rights and owner."""

    path: Path
    real: Path
    data: bytes | None
    stat: os.stat_result | None

    @property
    def identity(self) -> tuple[int, int] | None:
        """Tells one file from another of the same name."""
        return (self.stat.st_dev, self.stat.st_ino) if self.stat else None


def look(path: Path) -> Seen:
    """Reads the file at `path`, links followed. Raises Refusal for what is no plain file, cannot be read, or is a ring of links."""
    real = Path(os.path.realpath(path))
    if real.is_symlink():
        raise Refusal("a ring of symlinks", path=path)
    try:
        # O_NONBLOCK: opening a pipe must not wait for somebody to write into it
        fd = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return Seen(path, real, None, None)
    except OSError as error:
        raise Refusal(f"cannot be read: {error.strerror}", path=path) from None
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            raise Refusal("a folder stands in the file's place" if stat.S_ISDIR(status.st_mode) else "is no plain file", path=path)
        with open(fd, "rb", closefd=False) as file:
            data = file.read()
    except OSError as error:
        raise Refusal(f"cannot be read: {error.strerror}", path=path) from None
    finally:
        os.close(fd)
    return Seen(path, real, data, status)


@dataclass(slots=True)
class Step:
    """One file's way from `before` to `after` (None: no file). `mode` and `owner` are for a file that is not there yet."""

    path: Path
    real: Path
    before: bytes | None
    after: bytes | None
    mode: int = 0o600
    owner: tuple[int, int] | None = None
    temporary: Path | None = None


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` last. Raises OSError; file systems that cannot sync a folder are let off."""
    try:
        fd = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | os.O_CLOEXEC)
    except PermissionError:
        return  # a folder that may be written but not read (0300)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in _IGNORED_BY_FSYNC:
            raise
    finally:
        os.close(fd)


def write_new(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Writes a file that must not exist yet, synced, 0600 until all is in it. Raises OSError, and leaves nothing then."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view[: 1 << 24]) :]
            if stat.S_IMODE(os.fstat(fd).st_mode) != mode:  # the umask may have taken even the owner's rights
                os.fchmod(fd, mode)
            os.fsync(fd)
        finally:
            os.close(fd)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def replace_private(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Writes one of the program's own files whole or not at all. Raises OSError."""
    new = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        new.unlink()
    write_new(new, data, mode)
    new.replace(path)
    sync_folder(path.parent)


class Transaction:
    """Several files changed in order, or none: what was written is put back where a later step fails."""

    def __init__(self, steps: Sequence[Step], name_of: Callable[[int], str], interrupts: Interrupts) -> None:
        """`name_of(n)` is the name of step n's temporary file, which the caller has noted, so that a killed run's can be found."""
        self._steps = steps
        self._interrupts = interrupts
        self._done: list[Step] = []
        self.stuck = False  # could something not be put back? Then the backups must stay
        for n, step in enumerate(steps):
            step.temporary = step.real.with_name(name_of(n))

    def prepare(self) -> None:
        """Writes every temporary file, so that a full disk or a folder without rights shows before the first change. Raises Refusal."""
        for step in self._steps:
            self._interrupts.check()
            seen = look(step.path)
            _expect(step, seen)
            if step.after is None:
                if not os.access(step.real.parent, os.W_OK | os.X_OK):
                    raise Refusal("its folder may not be written", path=step.path)
                continue
            try:
                _write_temporary(step, step.after, seen)
            except OSError as error:
                raise _refusal(step, error) from None

    def commit(self) -> None:
        """Makes each change, in order. Raises Refusal (after putting back) where one fails, KeyboardInterrupt where a signal came."""
        try:
            for step in self._steps:
                self._interrupts.check()
                self._make(step)
            self._interrupts.check()
        except BaseException as error:
            left = self.put_back()
            if left:
                self.stuck = True
                raise Refusal(
                    f"{error.strerror if isinstance(error, OSError) else error}; could not be put back: {', '.join(left)}",
                    path=self._steps[0].path,
                    help="`aws-sso-migrate undo` puts the backup back",
                ) from None
            raise

    def put_back(self) -> list[str]:
        """Puts back what was written, last first, and removes temporary files; gives the files where that failed."""
        self.clean()
        left = []
        done, self._done = self._done, []
        for step in reversed(done):
            back = Step(step.path, step.real, step.after, step.before, step.mode, step.owner, step.temporary)
            try:
                seen = look(back.path)
                if seen.data == back.after:
                    continue
                _expect(back, seen)
                if back.after is not None:
                    _write_temporary(back, back.after, seen)
                self._make(back)
            except (OSError, Refusal):
                if not _stands(back):
                    left.append(str(step.path))
            self.clean()
        self._done = []  # `_make` notes what it does; what was put back is nothing to put back
        return left

    def clean(self) -> None:
        """Removes what temporary files there are."""
        for step in self._steps:
            if step.temporary is not None:
                with suppress(OSError):
                    step.temporary.unlink()

    def _make(self, step: Step) -> None:
        assert step.temporary is not None
        seen = look(step.path)
        _expect(step, seen)
        try:
            if step.after is None:
                step.real.unlink()
            elif step.before is None:
                _link_new(step)
            else:
                _replace(step, seen)
            self._done.append(step)  # before the sync: where that fails, the change stands and must be put back
            sync_folder(step.real.parent)
        except OSError as error:
            raise _refusal(step, error) from None


def _stands(step: Step) -> bool:
    """Is the file as the step makes it? Where only the syncing behind it failed, it is."""
    try:
        return look(step.path).data == step.after
    except Refusal:
        return False


def _expect(step: Step, seen: Seen) -> None:
    if seen.data != step.before or seen.real != step.real:
        raise Refusal("changed since it was read", path=step.path, help="nothing was written; run again")


def _write_temporary(step: Step, data: bytes, seen: Seen) -> None:
    """The new file beside the old, with the old one's rights and owner. Raises OSError."""
    assert step.temporary is not None
    with suppress(FileNotFoundError):
        step.temporary.unlink()
    write_new(step.temporary, data)
    mode = stat.S_IMODE(seen.stat.st_mode) if seen.stat else step.mode
    owner = (seen.stat.st_uid, seen.stat.st_gid) if seen.stat else step.owner
    status = step.temporary.stat()
    if owner and owner != (status.st_uid, status.st_gid):
        os.chown(step.temporary, *owner)
    if seen.stat:
        _copy_attributes(step.real, step.temporary)
    if stat.S_IMODE(step.temporary.stat().st_mode) != mode:
        step.temporary.chmod(mode)


def _replace(step: Step, seen: Seen) -> None:
    """Renames over the old file, and looks afterwards whether somebody wrote into it between the last look and the renaming.

    Raises OSError; Refusal, with that somebody's version back in place.
    """
    assert step.temporary is not None
    with step.real.open("rb") as old:
        step.temporary.replace(step.real)
        now = os.fstat(old.fileno())
        if seen.stat is None or (now.st_ino, now.st_size, now.st_mtime_ns) == (seen.stat.st_ino, seen.stat.st_size, seen.stat.st_mtime_ns):
            return
        theirs = old.read()
        if theirs == step.before:
            return
        _write_temporary(step, theirs, Seen(step.path, step.real, theirs, now))
        step.temporary.replace(step.real)
    raise Refusal("changed while it was being written", path=step.path, help="nothing was written; run again")


def _copy_attributes(source: Path, target: Path) -> None:
    """Access lists, security labels and the like, where the system has them and lets us."""
    if not hasattr(os, "listxattr"):
        return
    with suppress(OSError):
        for name in os.listxattr(source):
            with suppress(OSError):
                os.setxattr(target, name, os.getxattr(source, name))


def _link_new(step: Step) -> None:
    """Gives the temporary file its name only if nothing has that name: somebody may have made the file meanwhile. Raises OSError."""
    assert step.temporary is not None
    try:
        os.link(step.temporary, step.real)
    except FileExistsError:
        raise
    except OSError:  # no hard links on this file system
        if step.real.exists():
            raise
        step.temporary.replace(step.real)
        return
    step.temporary.unlink()


def _refusal(step: Step, error: OSError) -> Refusal:
    if error.errno == errno.EBUSY:
        return Refusal(
            "is a mount point and cannot be replaced", path=step.path, help="run where the file itself lies, or mount its folder instead"
        )
    return Refusal(f"cannot be written: {error.strerror}", path=step.path, help="nothing was changed")
