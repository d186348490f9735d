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

from migrate.changes.folder import Folder, Identity
from migrate.changes.interrupts import Interrupts
from migrate.errors import Refusal


@dataclass(slots=True)
class Seen:
    """A file as it stands: where it really is (links followed), its bytes (None: there is none), rights and owner."""

    path: Path
    real: Path
    data: bytes | None
    stat: os.stat_result | None


def look(path: Path) -> Seen:
    """Reads the file at `path`, links followed. Raises Refusal for what is not a regular file, cannot be read, or is a ring of links."""
    real = Path(os.path.realpath(path))
    if real.is_symlink():
        raise Refusal("symlinks form a loop", path=path)
    try:
        with Folder(real.parent) as folder:
            fd = folder.open(real.name, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return Seen(path, real, None, None)
    except OSError as error:
        raise Refusal(f"cannot be read: {error.strerror}", path=path) from None
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            raise Refusal("is a directory, not a file" if stat.S_ISDIR(status.st_mode) else "is not a regular file", path=path)
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
    private: bool = False
    """Is `mode` for a file that is there already as well?"""
    temporary: str = ""
    made: Identity | None = None
    """Which file the temporary one is: whoever may write in its folder could put another in its place."""


def sync_folder(path: Path) -> None:
    """Make the names in a folder last. Raise OSError; file systems that cannot sync a folder are let off."""
    with Folder(_real(path)) as folder:
        folder.sync()


def write_new(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file that must not exist yet, synced, 0600 until all is in it. Raise OSError, and leave nothing then."""
    with Folder(_real(path.parent)) as folder:
        folder.write_new(path.name, data, mode)


def replace_private(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write one of the program's own files whole or not at all. Raise OSError."""
    with Folder(_real(path.parent)) as folder:
        new = path.name + ".new"
        with suppress(FileNotFoundError):
            folder.unlink(new)
        folder.write_new(new, data, mode)
        folder.rename(new, path.name)
        folder.sync()


def remove(path: Path) -> None:
    """Remove a file or a link of that name, not what a link leads to. Raise OSError."""
    with Folder(_real(path.parent)) as folder:
        folder.unlink(path.name)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


class Transaction:
    """Several files changed in order, or none: what was written is put back where a later step fails."""

    def __init__(self, steps: Sequence[Step], name_of: Callable[[int], str], interrupts: Interrupts) -> None:
        """`name_of(n)` is the name of step n's temporary file, which the caller has noted, so that a killed run's can be found."""
        self._steps = steps
        self._interrupts = interrupts
        self._done: list[Step] = []
        self.stuck = False  # could something not be put back? Then the backups must stay
        for n, step in enumerate(steps):
            step.temporary = name_of(n)

    def prepare(self) -> None:
        """Writes every temporary file, so that a full disk or a folder without rights shows before the first change. Raises Refusal."""
        for step in self._steps:
            self._interrupts.check()
            seen = look(step.path)
            _expect(step, seen)
            if step.after is None:
                if not os.access(step.real.parent, os.W_OK | os.X_OK):
                    raise Refusal("no permission to write in its folder", path=step.path)
                continue
            try:
                _write_temporary(step, step.after, seen)
            except OSError as error:
                raise _refusal(step, error) from None

    def commit(self, then: Callable[[], None] | None = None) -> None:
        """Makes each change, in order, and calls `then`. Raises Refusal (after putting back) where one fails, KeyboardInterrupt where a signal came."""
        try:
            for step in self._steps:
                self._interrupts.check()
                self._make(step)
            self._interrupts.check()
            if then is not None:
                then()
        except BaseException as error:
            left = self.put_back()
            if left:
                self.stuck = True
                raise Refusal(
                    f"{error.strerror if isinstance(error, OSError) else error}; could not be restored: {', '.join(left)}",
                    path=self._steps[0].path,
                    help="`aws-sso-migrate undo` restores the backup",
                ) from None
            raise

    def put_back(self) -> list[str]:
        """Puts back what was written, last first, and removes temporary files; gives the files where that failed."""
        self.clean()
        left = []
        done, self._done = self._done, []
        for step in reversed(done):
            back = Step(step.path, step.real, step.after, step.before, step.mode, step.owner, temporary=step.temporary)
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
            with suppress(OSError), Folder(step.real.parent) as folder:
                folder.unlink(step.temporary)

    def _make(self, step: Step) -> None:
        seen = look(step.path)
        _expect(step, seen)
        try:
            with Folder(step.real.parent) as folder:
                if step.after is None:
                    folder.unlink(step.real.name)
                elif step.before is None:
                    _link_new(step, folder)
                else:
                    _replace(step, seen, folder)
                self._done.append(step)  # before what may still fail: the change is made, and must be put back then
                folder.sync()
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
        raise Refusal("was changed after it was read", path=step.path, help="nothing was written; run again")


def _write_temporary(step: Step, data: bytes, seen: Seen) -> None:
    """The new file beside the old, with the old one's rights and owner. Raises OSError."""
    mode = stat.S_IMODE(seen.stat.st_mode) if seen.stat and not step.private else step.mode
    owner = (seen.stat.st_uid, seen.stat.st_gid) if seen.stat else step.owner
    with Folder(step.real.parent) as folder:
        with suppress(FileNotFoundError):
            folder.unlink(step.temporary)
        old = None
        try:
            if seen.stat is not None:
                with suppress(OSError):
                    old = folder.open(step.real.name, os.O_RDONLY)
                if old is not None and not os.path.samestat(os.fstat(old), seen.stat):
                    raise OSError(errno.ESTALE, "was replaced by another file")
            step.made = folder.write_new(step.temporary, data, mode, owner=owner, like=old)
        finally:
            if old is not None:
                os.close(old)


def _replace(step: Step, seen: Seen, folder: Folder) -> None:
    """Renames over the old file, and looks afterwards whether somebody wrote into it between the last look and the renaming.

    Raises OSError; Refusal, with that somebody's version back in place.
    """
    _still_ours(step, folder)
    with open(folder.open(step.real.name, os.O_RDONLY), "rb") as old:
        folder.rename(step.temporary, step.real.name)
        now = os.fstat(old.fileno())
        if seen.stat is None or (now.st_ino, now.st_size, now.st_mtime_ns) == (seen.stat.st_ino, seen.stat.st_size, seen.stat.st_mtime_ns):
            return
        theirs = old.read()
        if theirs == step.before:
            return
        step.made = folder.write_new(step.temporary, theirs, stat.S_IMODE(now.st_mode), owner=(now.st_uid, now.st_gid), like=old.fileno())
        folder.rename(step.temporary, step.real.name)
    raise Refusal("was changed while it was being written", path=step.path, help="nothing was written; run again")


def _link_new(step: Step, folder: Folder) -> None:
    """Gives the temporary file its name only if nothing has that name: somebody may have made the file meanwhile. Raises OSError.

    The temporary name goes with `Transaction.clean`: the file is there whether or not that succeeds.
    """
    _still_ours(step, folder)
    try:
        folder.link(step.temporary, step.real.name)
    except FileExistsError:
        raise
    except OSError:  # no hard links on this file system
        if folder.has(step.real.name):
            raise
        folder.rename(step.temporary, step.real.name)
        return
    with suppress(OSError):
        folder.unlink(step.temporary)


def _still_ours(step: Step, folder: Folder) -> None:
    """Raises OSError where the temporary file is not the one that was written."""
    os.close(folder.held(step.temporary, step.made, step.after or b""))


def _refusal(step: Step, error: OSError) -> Refusal:
    if error.errno == errno.EBUSY:
        return Refusal(
            "is a mount point and cannot be replaced",
            path=step.path,
            help="run on the machine that has the file, or mount its folder instead",
        )
    return Refusal(f"cannot be written: {error.strerror}", path=step.path, help="nothing was changed")
