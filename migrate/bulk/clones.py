"""Where clones are made, and that none is left lying: they hold the old keys."""

import fcntl
import os
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

from migrate.bulk.task import Task

_NAME = "aws-sso-migrate-bulk-"
_YOUNG = 60.0
"""Seconds after which a folder that is in use has been locked."""


class Clones:
    """The clones of one station: in the working folder, or in a folder of its own for as long as it lives."""

    def __init__(self) -> None:
        self._own: Path | None = None
        self._lock: int | None = None
        self._made: set[Path] = set()

    def new(self, task: Task) -> Path:
        """An empty folder for its owner alone. Raises OSError; FileNotFoundError where this machine does not see the working folder."""
        if task.folder is None:
            where = self._own_folder()
        else:
            where = Path(task.folder) / "clones"
            if (Path(task.folder) / "run").read_text(encoding="ascii") != task.run:
                raise FileNotFoundError(2, "another folder with that name")
        clone = Path(tempfile.mkdtemp(prefix=f"part-{task.remote.id}-", dir=where)).resolve()
        self._made.add(clone)
        return clone

    def drop(self, clone: Path) -> None:
        """Takes a clone away, where it was not kept under another name."""
        _remove(clone)
        self._made.discard(clone)

    def close(self) -> None:
        """Takes all away."""
        for clone in list(self._made):
            self.drop(clone)
        if self._own is not None:
            _remove(self._own)

    def _own_folder(self) -> Path:
        if self._own is None:
            _sweep()
            self._own = Path(tempfile.mkdtemp(prefix=_NAME))
            self._lock = _locked(self._own)
        return self._own


def _locked(folder: Path, make: int = os.O_CREAT) -> int | None:
    """A lock that lasts as long as this process; None where another has it. Raises OSError."""
    lock = os.open(folder / "lock", make | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def _sweep() -> None:
    """Takes away what stations left that were killed on this machine."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_NAME}*"):
        with suppress(OSError):
            about = folder.lstat()
            if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or time.time() - about.st_mtime < _YOUNG:
                continue
            lock = _locked(folder, 0)
            if lock is not None:
                _remove(folder)
                os.close(lock)


def _remove(folder: Path) -> None:
    rmtree(folder, ignore_errors=True)
    if folder.exists():  # a command of --then may have taken rights away
        for here, _, _ in os.walk(folder):
            with suppress(OSError):
                Path(here).chmod(0o700)
        rmtree(folder, ignore_errors=True)
