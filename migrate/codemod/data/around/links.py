"""Symbolic links to Python: a file to which one leads has a second path, where it is another module and imports others by the same names."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.findings import Finding
from migrate.tree.files import ENDINGS, SKIPPED, read

if TYPE_CHECKING:
    from migrate.codemod.run.engine import Repository

_MOST = 2000
"""Links, and files below a folder to which one leads: what is beyond them is taken for a link to all."""
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Link:
    """A link below the root, and where it leads, both as real paths."""

    path: Path
    target: Path
    folder: bool


class Links:
    """The links below a root. Looks only when it is asked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real = Path(os.path.realpath(root))
        self._said: dict[Path, str] = {}

    @cached_property
    def all(self) -> list[Link]:
        """The links that lead to Python, or to a folder, below the root."""
        out: list[Link] = []
        todo = [str(self._real)]
        while todo:
            here = todo.pop()
            try:
                with os.scandir(here) as entries:
                    listed = list(entries)
            except OSError:
                continue
            if any(e.name == "pyvenv.cfg" for e in listed) and here != str(self._real):
                continue
            for entry in listed:
                if entry.is_symlink() and entry.name not in SKIPPED:
                    out += self._link(entry.path)
                elif entry.name not in SKIPPED and entry.is_dir(follow_symlinks=False):
                    todo.append(entry.path)
        return out

    def _link(self, path: str) -> Iterator[Link]:
        target = Path(os.path.realpath(path))
        if self._real == target or self._real in target.parents or target in self._real.parents:
            if target.is_dir():
                yield Link(Path(path), target, True)
            elif target.name.endswith(ENDINGS) or target.suffix == "":
                yield Link(Path(path), target, False)

    def to(self, paths: Iterable[Path]) -> tuple[Path, Path] | None:
        """Return a file of some that a link gives a second path, or that what a link leads to may import there, and the link."""
        for path in sorted(paths) if self.all else ():
            real = self._real / path.relative_to(self.root) if path.is_relative_to(self.root) else Path(os.path.realpath(path))
            for link in self.all:
                leads = link.target in (real, *real.parents) if link.folder else link.target == real
                if leads or (link.path.parent in real.parents and self._imports(link, real)):
                    return path, self.root / link.path.relative_to(self._real)
        return None

    def _imports(self, link: Link, real: Path) -> bool:
        """May what a link leads to import a file that stands beside the link, or below it?"""
        name = real.parent.name if real.stem == "__init__" else real.stem
        return re.search(rf"(?m)\b(?:from|import)\b[^\n]*\b{re.escape(name)}\b", self._text(link)) is not None

    def _text(self, link: Link) -> str:
        """Return what stands in all Python to which a link leads."""
        if link.target not in self._said:
            found = [link.target] if not link.folder else _python(link.target)
            self._said[link.target] = "\n".join(_lines(p) for p in found)
        return self._said[link.target]


def _python(folder: Path) -> list[Path]:
    out: list[Path] = []
    for here, below, names in os.walk(folder):
        below[:] = [b for b in below if b not in SKIPPED]
        out += [Path(here, n) for n in names if n.endswith(ENDINGS)]
        if len(out) > _MOST:
            break
    return out


def _lines(path: Path) -> str:
    try:
        return read(path).decode("utf-8", "replace") if path.stat().st_size <= _LARGEST else ""
    except OSError:
        return ""


def settle_links(one: "Repository", links: Links) -> "Repository":
    """A root's result without what a link gives a second path."""
    if not one.changes or not links.all:
        return one
    left = [(group, found) for group in one.groups if (found := links.to(group.paths)) is not None]
    if not left:
        return one
    gone = {p for group, _ in left for p in group.paths}
    groups = [g for g in one.groups if g.paths.isdisjoint(gone)]
    findings = [f for f in one.findings if not (f.code in ("AWS214", "AWS232", "AWS233") and Path(f.path) in gone)]
    for group, (path, link) in left:
        key = next(iter(group.replaced), None)
        before = next((c.before for c in one.changes if c.path == path), None) or b""
        where = re.search(rb"(?:AKIA|ASIA)[A-Z2-7]{16}", before)
        line = before[: where.start()].count(b"\n") + 1 if where else 1
        shown = link.relative_to(one.root).as_posix()
        findings.append(
            Finding("AWS210", str(path), f"left unchanged: {link_words(shown)}", line, 1,
                    "replace the link by an import, or rewrite by hand", key.key if key else None, repository=str(one.root))
        )  # fmt: skip
    replaced = {r.key: r.profile for g in groups for r in g.replaced}
    return replace(one, changes=[c for c in one.changes if c.path not in gone], groups=groups, findings=findings, replaced=replaced)


def link_words(shown: str) -> str:
    """Return what is said of a link."""
    return f"the symbolic link {shown} makes it, or what imports it, a module in another folder as well"
