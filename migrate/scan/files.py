"""Which files under a path are looked at, and what stands in them. Reading is all that is done here, and reading costs the most.

`.gitignore` does not count: a `.env` is ignored by git just because it holds keys, and here it is what is looked for. Left out are
packages that others wrote (`node_modules`, virtual environments but for their start scripts), `.git`, caches, and what `--exclude` names. Symlinks below a path
are not followed, so that no loop and no way out of the tree is one.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migrate.errors import Refusal
from migrate.scan.pairs import Pair, is_binary, may_hold, pairs_in
from migrate.tree.environments import own_of_environment
from migrate.tree.files import SKIPPED

_ONE_GO = 32 << 20
_BLOCK = 16 << 20
_OVERLAP = 64 << 10
_PEEK = 8192
_SUSPICIOUS = 256 << 10
SDK_CACHES = (".aws/cli/cache", ".aws/sso/cache", ".aws/boto/cache", ".aws/login/cache")
"""Where the AWS CLI and the SDKs keep temporary credentials. They expire by themselves."""
_RAW = (".swp", ".swo", ".swn")
"""Binary files of editors in which the edited text stands as it is."""
_DOTENV = re.compile(r"(?:^|/)(?:\.env[^/]*|[^/]+\.env)$")
"""The names of files that are read as variables whatever bytes are in them."""


@dataclass(slots=True)
class Listing:
    """What there is below some paths: files, git folders, and what could not be read with its reason."""

    files: list[str] = field(default_factory=list)
    repositories: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Hit:
    """A file with keys in it. `opening` are its first bytes: they tell what kind of file it is."""

    path: str
    pairs: list[Pair]
    opening: bytes = field(repr=False)


@dataclass(slots=True)
class Searched:
    """What came of looking into files."""

    hits: list[Hit] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)


class Exclusion:
    """The patterns of `--exclude` and of `exclude`, as in `.gitignore`, each set with the folder that it is relative to."""

    def __init__(self, patterns: Iterable[tuple[Path, Sequence[str]]]) -> None:
        self._specs: list[tuple[str, Any]] = []
        for base, lines in patterns:
            if lines:
                self._specs.append((str(base).rstrip("/") + "/", _spec(lines)))

    def covers(self, path: str, folder: bool = False) -> bool:
        """Is this file or folder left out?"""
        for base, spec in self._specs:
            if path.startswith(base):
                relative = path[len(base) :]
                if spec.match_file(relative + "/" if folder else relative):
                    return True
        return False

    def __bool__(self) -> bool:
        return bool(self._specs)


def _spec(lines: Sequence[str]) -> Any:
    import pathspec

    try:
        return pathspec.GitIgnoreSpec.from_lines(lines)
    except ValueError:
        raise Refusal("a pattern of --exclude is invalid", help="use patterns as in .gitignore") from None


def list_files(path: Path, exclude: Exclusion, skip: frozenset[str], into: Listing) -> None:
    """Adds the files under a path. `skip` are real paths of folders that are left out. Raises Refusal for a path that does not exist."""
    start = os.path.abspath(path)  # noqa: PTH100 - symlinks stay as they were named
    try:
        mode = os.stat(start).st_mode  # noqa: PTH116 - a str everywhere here
    except OSError as e:
        there = os.path.lexists(start)
        raise Refusal(
            e.strerror if there and e.strerror else "the file or folder does not exist", path=path, help="name files or folders"
        ) from None
    if not stat.S_ISDIR(mode):
        if not stat.S_ISREG(mode):
            raise Refusal("is neither a regular file nor a folder", path=path, help="name files or folders")
        if not exclude.covers(start):
            into.files.append(start)
        return
    stack = [start]
    while stack:
        here = stack.pop()
        try:
            with os.scandir(here) as entries:
                listed = sorted(entries, key=lambda e: e.name)
        except OSError as e:
            into.unreadable.append((here, e.strerror or "cannot be read"))
            continue
        folders = []
        for entry in listed:
            name = entry.name
            if name == ".git":
                into.repositories.append(here)
            elif entry.is_dir(follow_symlinks=False):
                if name in SKIPPED:
                    into.files += (f for f in own_of_environment(entry.path) if not (exclude and exclude.covers(f)))
                elif not entry.path.endswith(SDK_CACHES) and entry.path not in skip:
                    folders.append(entry.path)
            elif name == "pyvenv.cfg" and here != start:
                folders = []
                into.files += (f for f in own_of_environment(here) if not (exclude and exclude.covers(f)))
                break
            elif entry.is_file(follow_symlinks=False) and not (exclude and exclude.covers(entry.path)):
                into.files.append(entry.path)
        stack += [f for f in reversed(folders) if not (exclude and exclude.covers(f, True))]


def search(paths: Sequence[str]) -> Searched:
    """The files of some that hold keys."""
    out = Searched()
    for path in paths:
        try:
            if (hit := look(path)) is not None:
                out.hits.append(hit)
        except OSError as e:
            out.unreadable.append((path, e.strerror or "cannot be read"))
    return out


def look(path: str, raw: bool = False) -> Hit | None:
    """The keys in one file; None where there are none, and for a binary file unless `raw`. Raises OSError."""
    raw = raw or path.endswith(_RAW) or ("env" in path[-12:] and _DOTENV.search(path) is not None)
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        about = os.fstat(fd)
        if not stat.S_ISREG(about.st_mode):
            return None
        if about.st_size > _SUSPICIOUS and not raw and is_binary(os.pread(fd, _PEEK, 0)):
            return None
        if about.st_size > _ONE_GO:
            return _in_blocks(path, lambda size: os.read(fd, size))
        data = os.read(fd, about.st_size + 1)
        if len(data) != about.st_size:  # it grew, it came in parts, or it is one of /proc
            while len(data) <= _ONE_GO and (piece := os.read(fd, 1 << 20)):
                data += piece
    finally:
        os.close(fd)
    if not may_hold(data) or (not raw and is_binary(data)):
        return None
    pairs = pairs_in(data.replace(b"\0", b"\n") if raw and is_binary(data) else data)
    return Hit(path, pairs, data[:_PEEK]) if pairs else None


def _in_blocks(path: str, read: Callable[[int], bytes]) -> Hit | None:
    """A large file, a block at a time; what stands over the seam is seen by the overlap."""
    opening = b""
    found: dict[str, Pair] = {}
    for lines, block in _blocks(read):
        opening = opening or block[:_PEEK]
        if may_hold(block):
            for p in pairs_in(block):
                found.setdefault(p.key, Pair(p.key, p.line + lines, p.column, p.silenced))
    return Hit(path, sorted(found.values(), key=lambda p: p.line), opening) if found else None


def _blocks(read: Callable[[int], bytes]) -> Iterator[tuple[int, bytes]]:
    """Blocks with the number of line ends before each."""
    rest, lines = b"", 0
    while data := read(_BLOCK):
        block = rest + data
        yield lines, block
        rest = block[-_OVERLAP:]
        lines += block.count(b"\n", 0, len(block) - len(rest))
