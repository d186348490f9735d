"""The journal: one folder for each run, with its backups and a journal.json that says what became of what.

It holds no secret and no whole key id.

A run's life: `begun` (written before its first change) · `done` · `undoing` · `undone`.
One that was killed before it changed anything is forgotten.
"""

import base64
import json
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from migrate.changes.folder import Folder
from migrate.changes.write import replace_private
from migrate.errors import Refusal

RunState = Literal["begun", "done", "undoing", "undone"]
RUN = re.compile(r"\d{8}-\d{6}-\d{3,}")
"""A run's id."""

OWN = re.compile(r"\d{5,}\.(?:backup|index)|secrets\.backup|journal\.json(?:\.new)?")
"""The names of the files that the program makes in a run's folder."""

_VERSION = 1
_PATHS = ("path", "real", "top", "git_dir")
_CODED = "base64:"
_KEY_ID = re.compile(r"(?:AKIA|ASIA)[A-Z2-7]{12}")
JOURNAL = "journal.json"
SECRETS = "secrets.backup"
"""Values that no display of this run's files may show, kept with the backups that hold them too, and wiped with them."""


@dataclass(slots=True)
class FileEntry:
    """What became of one file. `before` and `after` are sha256 of its bytes, None where there was or is none."""

    path: str
    real: str
    before: str | None
    after: str | None
    backup: str | None
    temporary: str
    mode: int
    uid: int | None = None
    gid: int | None = None


@dataclass(slots=True)
class KeyEntry:
    """A key that the run took out, masked, and the profile in its place."""

    key: str
    profile: str | None


@dataclass(slots=True)
class GitEntry:
    """What a run does in one repository: where HEAD was, where it goes, and its index before (kept as `backup`) and after, by their sha256."""

    top: str
    git_dir: str
    ref: str | None
    old: str
    new: str
    branch: str | None
    index_before: str | None
    index_after: str | None
    backup: str | None


@dataclass(slots=True)
class Journal:
    """One run. `folder` is where it lies; all else is what journal.json holds."""

    folder: Path
    run: str
    command: str
    time: str
    state: RunState = "begun"
    purged: bool = False
    files: list[FileEntry] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    keys: list[KeyEntry] = field(default_factory=list)
    git: list[GitEntry] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def undoable(self) -> bool:
        """May `undo` take this run?"""
        return self.state in ("begun", "done", "undoing") and not self.purged

    def save(self) -> None:
        """Writes journal.json whole or not at all. Raises OSError."""
        content = {"version": _VERSION, **asdict(self)}
        del content["folder"]
        for entry in (*content["files"], *content["git"]):
            entry |= {name: _without_key(value) for name, value in entry.items() if name in _PATHS}
        for name in ("folders", "paths"):
            content[name] = [_without_key(path) for path in content[name]]
        replace_private(self.folder / JOURNAL, json.dumps(content, indent=1).encode("utf-8", "backslashreplace"))

    def backup(self, entry: FileEntry) -> bytes:
        """The bytes of a file before the run. Raises Refusal where the backup is gone or is not what it was."""
        assert entry.backup is not None
        path = self.folder / entry.backup
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Refusal(f"the backup cannot be read: {error.strerror}", path=path) from None
        if digest(data) != entry.before:
            raise Refusal("the backup was changed or is damaged", path=path)
        return data

    def secrets(self) -> frozenset[str]:
        """What no display of the run's files may show; nothing where it was wiped."""
        try:
            return frozenset(json.loads((self.folder / SECRETS).read_bytes()))
        except (OSError, ValueError, TypeError):
            return frozenset()


def _without_key(path: str) -> str:
    """A path as the journal holds it: one with a key id in it in a form in which nobody reads, or finds, a key id."""
    return _CODED + base64.b64encode(os.fsencode(path)).decode() if _KEY_ID.search(path) else path


def _with_key(path: str) -> str:
    return os.fsdecode(base64.b64decode(path.removeprefix(_CODED))) if path.startswith(_CODED) else path


def digest(data: bytes | None) -> str | None:
    """The sha256 of a file's bytes; None for no file."""
    return None if data is None else sha256(data).hexdigest()


def new_run(state: Path) -> tuple[str, Path]:
    """A new run's id, later in sort order than every other, and its folder, made 0700. The caller holds the lock. Raises OSError."""
    runs = state / "runs"
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    newest = max((p.name for p in runs.iterdir() if RUN.fullmatch(p.name)), default="")
    number = 0
    if newest and newest[:15] >= stamp:  # the same second, or the clock was set back
        stamp, number = newest[:15], int(newest[16:]) + 1
    run = f"{stamp}-{number:03d}"
    with Folder(Path(os.path.realpath(runs))) as folder:
        folder.mkdir(run)
        folder.sync()
    return run, runs / run


def load(folder: Path) -> Journal:
    """The journal in a run's folder. Raises Refusal where it cannot be read or is none."""
    path = folder / JOURNAL
    try:
        raw: dict[str, Any] = json.loads(path.read_bytes())
        if raw.pop("version") != _VERSION:
            raise Refusal("was written by another version of this program", path=path)
        for entry in (*raw["files"], *raw.get("git", ())):
            entry |= {name: _with_key(value) for name, value in entry.items() if name in _PATHS}
        for name in ("folders", "paths"):
            raw[name] = [_with_key(path) for path in raw.get(name, [])]
        raw["files"] = [FileEntry(**entry) for entry in raw["files"]]
        raw["git"] = [GitEntry(**entry) for entry in raw.get("git", [])]
        raw["keys"] = [KeyEntry(**entry) for entry in raw["keys"]]
        return Journal(folder=folder, **raw)
    except OSError as error:
        raise Refusal(f"the journal cannot be read: {error.strerror}", path=path) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refusal("is not a journal of this program, or is damaged", path=path) from None


def runs(state: Path, damaged: list[str] | None = None) -> Iterator[Journal]:
    """Every run, newest first. A damaged journal raises Refusal; where a list for them is given, its run's id goes there instead."""
    with suppress(FileNotFoundError):
        for folder in sorted((state / "runs").iterdir(), reverse=True):
            if not (RUN.fullmatch(folder.name) and (folder / JOURNAL).exists()):
                continue
            try:
                journal = load(folder)
            except Refusal:
                if damaged is None:
                    raise
                damaged.append(folder.name)
            else:
                yield journal


def wipe(folder: Path, keep: Iterable[str] = ()) -> None:
    """Overwrite and remove the files of a run's folder but those named in `keep`, and the folder where nothing is left. Raise OSError.

    Only what the program itself makes there goes: files of its own names, no link and nothing that a link leads to.
    Overwriting is worth what the file system makes of it: on a copying one, or on flash, the old blocks may live on.
    """
    keep = set(keep)
    with Folder(Path(os.path.realpath(folder))) as run:
        for name in sorted(p.name for p in folder.iterdir()):
            if name not in keep and OWN.fullmatch(name):
                _overwrite(run, name)
                run.unlink(name)
        run.sync()
    if not keep:
        with suppress(OSError), Folder(Path(os.path.realpath(folder.parent))) as runs:
            runs.rmdir(folder.name)  # what somebody else put there keeps it


def _overwrite(folder: Folder, name: str) -> None:
    """Zeros over a file, where it is one and has no other name under which somebody means to keep it. Raises OSError."""
    about = folder.about(name)
    if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
        return
    with open(folder.open(name, os.O_WRONLY), "wb", buffering=0) as file:
        about = os.fstat(file.fileno())
        left = about.st_size if stat.S_ISREG(about.st_mode) and about.st_nlink == 1 else 0
        while left > 0:
            left -= file.write(b"\0" * min(left, 1 << 20))
        os.fsync(file.fileno())
