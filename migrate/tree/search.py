"""Passes over the bytes of all files of a run: which may hold a key, which import some module, which mention a name.

Each pass reads every file again rather than keep it: the system's cache is quick, and memory stays small.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from migrate.tree.files import interesting, read, read_most
from migrate.tree.processes import in_processes

FEW = 1500
"""Below so many files a second process costs more than it saves."""
SMALL = 300
"""Up to so many files, all that hangs together in any way is analysed together; in larger trees, what names of keys tie together."""
_REACHED = re.compile(rb"""[.'"]([A-Za-z_\x80-\xff][\w\x80-\xff]{5,})""")
_STAR = re.compile(rb"import\s*\(?\s*\*")
_MOST_BEGINNINGS = 12
_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")


@dataclass(slots=True)
class Found:
    """What a pass over a share of the files came to. `imports` are import statements by path."""

    hits: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    imports: list[tuple[str, list[bytes]]] = field(default_factory=list)
    standard: list[str] = field(default_factory=list)  # files that name the variables which the default chain reads

    def add(self, other: "Found") -> None:
        """Takes in what came of another share."""
        self.hits += other.hits
        self.unreadable += other.unreadable
        self.imports += other.imports
        self.standard += other.standard


def search(paths: Sequence[str], jobs: int, of: int | None = None) -> Found:
    """The files that may hold a key, and those that cannot be read.

    In a small tree that is also each file that names the arguments which take keys: another file may compute what it hands on.
    `of`: how many files the tree has, where these are not all.
    """
    return _spread(partial(search_share, mentions=(len(paths) if of is None else of) <= SMALL), paths, jobs)


Accept = Callable[[str, list[bytes], bytes], bool]
"""Given a path, import statements in it and all its bytes: does it count?"""


def importers(
    paths: Sequence[str], stems: frozenset[bytes], accept: Accept, jobs: int, names: frozenset[bytes] | None = None
) -> list[tuple[str, list[bytes]]]:
    """The files with import statements in which one of some words stands, and those statements, where `accept` says so.

    With `names` only files count in which one of them stands as well, or that import a whole module's names.
    """
    hint = _hint(names) if names is not None else None

    def share(part: Sequence[str]) -> Found:
        out = Found()
        for path in part:
            data = _data(path)
            if b"import" not in data or (hint is not None and not hint(data) and _STAR.search(data) is None):
                continue
            statements = [s for s in import_statements(data) if not stems.isdisjoint(_WORD.findall(s))]
            if statements and accept(path, statements, data):
                out.imports.append((path, statements))
        return out

    return _spread(share, paths, jobs).imports


def mentioning(paths: Sequence[str], names: frozenset[bytes], jobs: int) -> list[str]:
    """The files in which one of some words stands: as an attribute or in quotes, and in a small tree in any way."""
    words = _WORD if len(paths) <= SMALL else _REACHED
    hint = _hint(names)

    def share(part: Sequence[str]) -> Found:
        return Found([path for path in part if hint(data := _data(path)) and not names.isdisjoint(words.findall(data))])

    return _spread(share, paths, jobs).hits


def _hint(names: frozenset[bytes]) -> Callable[[bytes], bool]:
    """A quick test that every text passes in which one of some names stands: by the names' beginnings, where these are few."""
    beginnings = sorted({n[:4] for n in names})
    if len(beginnings) > _MOST_BEGINNINGS:
        return lambda data: True
    if len({b[:1] for b in beginnings}) == 1:  # an alternation with one first character is searched for by that character
        pattern = re.compile(b"|".join(map(re.escape, beginnings)))
        return lambda data: pattern.search(data) is not None
    return lambda data: any(b in data for b in beginnings)


def import_statements(data: bytes) -> Iterator[bytes]:
    """The stretches of a source that look like import statements, names in brackets included, and lines that import by a call."""
    at = data.find(b"import")
    while at >= 0:
        start = data.rfind(b"\n", 0, at) + 1
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        line = data[start:end]
        if b"(" in line or line.rstrip().endswith(b"\\"):
            close = data.find(b")", at) if b"(" in line else data.find(b"\n", end + 1)
            end = min(len(data) if close < 0 else close + 1, at + 20_000)
            line = data[start:end]
        yield line
        at = data.find(b"import", max(end, at + 6))


def search_share(part: Sequence[str], mentions: bool = False) -> Found:
    """What `search` comes to in a share of the files of a large tree, or with `mentions` of a small one."""
    out = Found()
    for path in part:
        try:
            data = read_most(path)
        except OSError as e:
            out.unreadable.append((path, e.strerror or "error"))
            continue
        if interesting(data, mentions):
            out.hits.append(path)
        if b"AWS_ACCESS_KEY_ID" in data:
            out.standard.append(path)
    return out


def _data(path: str) -> bytes:
    """The bytes of a source, or of a notebook with the line ends of its sources as line ends; nothing where it cannot be read."""
    try:
        data = read(path)
    except OSError:
        return b""
    return data.replace(b"\\n", b"\n").replace(b'"', b"\n") if path.endswith(".ipynb") else data


def _spread(function: Callable[[Sequence[str]], Found], paths: Sequence[str], jobs: int) -> Found:
    whole = Found()
    for share, part in in_processes(function, paths, jobs if len(paths) >= FEW else 1):
        whole.add(part if part is not None else function(share))
    return whole
