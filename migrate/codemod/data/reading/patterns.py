"""Paths in a settings file with steps that are not written down: `accounts`, some entry of it, `key`.

Such a step has a mark of its own for where it comes from: a loop, a name, an expression. Two paths with the same mark mean the same entry.
"""

from collections.abc import Iterator
from typing import Any

from migrate.codemod.data.formats.entries import Path

_MARK = "\0"


def step(mark: int) -> str:
    """Return a step that may be any entry, by its mark."""
    return f"{_MARK}{mark}"


def is_open(path: Path) -> bool:
    """Return whether a path has such a step."""
    return any(s.startswith(_MARK) for s in path)


def marked(path: Path, mark: int) -> Path:
    """Return a path whose open steps have another mark: what it means is fixed at another place."""
    return tuple(f"{_MARK}{mark}.{n}" if s.startswith(_MARK) else s for n, s in enumerate(path))


def meets(pattern: Path, path: Path) -> bool:
    """Return whether a path is one of those that a pattern means."""
    return len(pattern) == len(path) and all(p == s or p.startswith(_MARK) for p, s in zip(pattern, path, strict=True))


def beside(first: Path, path: Path, second: Path) -> Path | None:
    """Return the path that `second` means where `first` means `path`; None where that is not sure."""
    said = {p: s for p, s in zip(first, path, strict=True) if p.startswith(_MARK)}
    if any(p.startswith(_MARK) and p not in said for p in second):
        return None
    return tuple(said.get(p, p) for p in second)


class Paths(frozenset[Path]):
    """Some paths of a file; a pattern is among them where it means one."""

    def __contains__(self, pattern: object) -> bool:
        if super().__contains__(pattern):
            return True
        return isinstance(pattern, tuple) and is_open(pattern) and any(meets(pattern, path) for path in self)


def values_at(data: Any, pattern: Path) -> list[Any]:
    """Return what stands in a document at a path, or at all that a pattern means."""
    return [value for _, value in _reached(data, pattern)]


def paths_at(data: Any, pattern: Path) -> list[Path]:
    """Return the paths in a document that a pattern means."""
    return [path for path, _ in _reached(data, pattern)]


def _reached(data: Any, pattern: Path) -> Iterator[tuple[Path, Any]]:
    if not pattern:
        yield (), data
        return
    first = pattern[0]
    if isinstance(data, dict):
        items = [(str(k), v) for k, v in data.items()]
    elif isinstance(data, list):
        items = [(f"[{n}]", v) for n, v in enumerate(data)]
    else:
        items = []
    for name, value in items:
        if first == name or first.startswith(_MARK):
            for rest, found in _reached(value, pattern[1:]):
                yield (name, *rest), found
