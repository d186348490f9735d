"""Which files belong to one program: those that may hold a key, what they import, who imports them, who names what they hold."""

import ast
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.flow.module import Imports, last_name
from migrate.codemod.proof.around.passing import passed, says
from migrate.codemod.run.importing import IDENTIFIER, Asking
from migrate.codemod.source.magics import runs
from migrate.codemod.source.python import Source, Unreadable, parse
from migrate.findings import Finding
from migrate.tree.files import holds_id, interesting, read
from migrate.tree.search import SMALL, importers, mentioning

if TYPE_CHECKING:
    from migrate.codemod.run.program import Followed

_MOST_TAKEN_IN = 400
_MOST_PASSED = 60
_LARGEST_SOURCE = 8 * 1024 * 1024


@lru_cache(maxsize=256)
def _reaching(name: str) -> re.Pattern[str]:
    """Finds a name where it is reached through something else: `settings.NAME`, `getattr(conf, "NAME")`, `config["NAME"]`."""
    return re.compile(rf"""\.{name}\b|(?:getattr\([^()]*,|(?<!environ)\[|(?<!environ)\.get\()\s*["']{name}["']""")


class Gathering:
    """The files of one root that matter, parsed once each."""

    def __init__(self, root: Path, paths: list[str], jobs: int) -> None:
        self.root = root
        self.paths = paths
        self.jobs = jobs
        self.imports = Imports(root, {p for p in paths if not p.endswith(".ipynb")})
        self.taken: dict[Path, Source] = {}
        self.links: dict[Path, set[Path]] = defaultdict(set)  # what hangs together: importer and imported, name and mention
        self.findings: list[Finding] = []
        self.followed: dict[frozenset[Path], Followed] = {}  # the values of the programs that were surveyed last
        self._sources: dict[Path, Source | None] = {}
        self._asked: set[Path] = set()
        self._run: set[Path] = set()
        self._names: set[str] = set()
        self._unresolved: dict[Path, list[bytes]] = {}
        self._tainted: dict[Path, tuple[set[str], set[str]]] = {}
        self._spread: set[str] = set()
        self.large = len(paths) > SMALL

    def take_in(self, paths: Iterable[Path], depth: int = 3) -> None:
        """Files and what they import from this tree, some levels deep."""
        level = sorted(p for p in paths if p not in self.taken)
        first = True
        while level and depth > 0 and (first or len(self.taken) < _MOST_TAKEN_IN):
            following: set[Path] = set()
            for path in level:
                source = self.source(path)
                if source is None or path in self.taken:
                    continue
                self.taken[path] = source
                if self.large and first:
                    found = self.imported(source, self.tainted(source)[1]) if holds_id(source.data) else set()
                else:
                    found = self.imported(source)
                self.links[path] |= found
                following |= found - set(self.taken)
            level, depth, first = sorted(following), depth - (2 if self.large else 1), False

    def source(self, path: Path) -> Source | None:
        """A parsed source, once; None, with a finding where it may hold a key, where it cannot be parsed."""
        if path not in self._sources:
            self._sources[path] = self._read(path)
        return self._sources[path]

    def _read(self, path: Path) -> Source | None:
        try:
            data = read(path)
        except OSError as e:
            self.findings.append(unreadable(path, e.strerror or "error"))
            return None
        try:
            if path.suffix == ".ipynb":
                from migrate.codemod.run.notebooks import parse_notebook

                return parse_notebook(path, data)
            if len(data) > _LARGEST_SOURCE:
                raise Unreadable(f"it is larger than {_LARGEST_SOURCE >> 20} MiB")
            return parse(path, data)
        except Unreadable as e:
            if interesting(data):
                line = e.line or _first_line(data)
                self.findings.append(
                    Finding("AWS212", str(path), f"left unchanged: {e.reason}", line, 1, "fix it and run again, or remove the key by hand")
                )
            return None

    def tainted(self, source: Source) -> tuple[set[str], set[str]]:
        """The module-level names of a file that have to do with a key in it, and all identifiers of the statements that bind them.

        A statement has if a key stands in it or it reads such a name; an import, if what it imports is such a name elsewhere.
        """
        if source.path not in self._tainted:
            parts = [_Part(s, source.code(s)) for s in source.tree.body]
            handed = set() if holds_id(source.data) else self._spread
            names = {n for p in parts if isinstance(p.node, ast.Import | ast.ImportFrom) for n in p.binds & handed}
            inside: set[str] = set()
            marked: set[int] = set()
            grown = True
            while grown:
                grown = False
                for n, p in enumerate(parts):
                    if n in marked or isinstance(p.node, ast.Import | ast.ImportFrom):
                        continue
                    if interesting(p.code.encode("utf-8", "surrogatepass"), mentions=False) or not names.isdisjoint(p.reads):
                        marked.add(n)
                        names |= p.binds
                        inside |= p.reads
                        grown = True
            self._tainted[source.path] = names, inside
            self._spread |= names
        return self._tainted[source.path]

    def imported(self, source: Source, only: set[str] | None = None) -> set[Path]:
        """The files of this tree that a source imports, or that it imports under some names."""
        out: set[Path] = set()
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import):
                for a in node.names:
                    if only is None or (a.asname or a.name).split(".")[0] in only:
                        out |= self.found(source.path, a.name, 0)
            elif isinstance(node, ast.Call) and (called := imported_by_call(node)):
                out |= self.found(source.path, called.lstrip("."), len(called) - len(called.lstrip(".")))
            elif isinstance(node, ast.ImportFrom):
                if only is not None and not any((a.asname or a.name) in only or a.name == "*" for a in node.names):
                    continue
                out |= self.found(source.path, node.module or "", node.level)
                for a in node.names:
                    out |= self.found(source.path, f"{node.module}.{a.name}" if node.module else a.name, node.level)
        return out

    def found(self, importer: Path, name: str, level: int) -> set[Path]:
        """The file of a module, and of the packages above it."""
        parts = name.split(".")
        found = (self.imports.find(importer, ".".join(parts[:i]), level) for i in range(1, len(parts) + 1))
        return {f for f in found if f is not None}

    def take_importers(self, paths: Iterable[Path], names: Iterable[str] = ()) -> None:
        """Files that import some others: they may use the same constants or call the same functions.

        An import that leads to no file of the tree may mean one all the same (a `sys.path` that the program makes). Where the
        importer also mentions one of `names`, it is taken in. In a large tree only what has to do with a key counts.
        """
        asking = Asking(self, {p for p in paths if p.suffix != ".ipynb"} - self._asked)
        self._asked |= asking.files
        if asking.stems:
            wanted = frozenset(n.encode() for f in asking.files for n in asking.tainted[f]) if self.large else None
            for name, statements in importers(
                self.paths, frozenset(os.fsencode(s) for s in asking.stems), asking.accept, self.jobs, wanted
            ):
                path = Path(name)
                if path in self.taken:
                    continue
                if self.large or any(asking.leads(name, s.decode("utf-8", "replace"), b"") for s in statements):
                    self.take_in([path])
                    if path in self.taken and not self.links[path] & asking.files:
                        self._link_by_stem(path, statements)
                else:
                    self._unresolved.setdefault(path, []).extend(statements)
        telling = {n for n in names if n.isidentifier()}
        for path in [p for p in self._unresolved if p not in self.taken]:
            if telling and self._mentions(path, telling):
                self.take_in([path])
                self._link_by_stem(path, self._unresolved[path])

    def take_passed(self, paths: set[Path], names: set[str]) -> None:
        """Files that get something of some others through further imports (`pkg/__init__.py` imports it from `pkg/store.py`), under whatever name."""
        homes = frozenset(p for p in paths if p in self.taken and p.suffix != ".ipynb")
        found = passed(self.root, homes, frozenset(names))
        further = [p for p in sorted(found.files - homes) if str(p) in self.imports.files and says(p, found.names) is not None]
        if len(further) > _MOST_PASSED:
            return  # what is not taken in is an obstacle
        self.take_in(further)
        for path in further:
            if path in self.taken:
                self.links[path] |= homes

    def _mentions(self, path: Path, names: set[str]) -> bool:
        try:
            return not names.isdisjoint(IDENTIFIER.findall(read(path).decode("utf-8", "replace")))
        except OSError:
            return False

    def _link_by_stem(self, path: Path, statements: list[bytes]) -> None:
        """Ties a file to the files that its unresolved imports may mean."""
        words = set(IDENTIFIER.findall(b" ".join(statements).decode("utf-8", "replace")))
        self.links[path] |= {other for other in self.taken if last_name(other) in words}

    def take_running(self, names: dict[str, set[Path]]) -> None:
        """What runs a file that holds a key (`%run ./keys`, `exec(open("keys.py").read())`) sees its names.

        In a large tree that is asked of notebooks (Databricks has them as plain files too) and of what is taken in.
        """
        homes = set().union(*names.values()) - self._run if names else set()
        self._run |= homes
        if not homes:
            return
        plain = any(p in self.taken and self.taken[p].text.startswith("# Databricks") for p in homes)
        by_stem = {p.stem: p for p in homes}
        for name in self.paths:
            path = Path(name)
            if self.large and not name.endswith(".ipynb") and not plain and path not in self.taken:
                continue
            with suppress(OSError):
                ran = by_stem.keys() & runs(read(path)) if path not in homes else set()
                if ran:
                    self.take_in([path])
                    if path in self.taken:
                        self.links[path] |= {by_stem[stem] for stem in ran}

    def take_mentioning(self, names: dict[str, set[Path]]) -> None:
        """Files in which a name that goes stands in any way: the analysis has to see what they do with it."""
        telling = {n: where for n, where in names.items() if len(n) > 5 and "_" in n}
        new = frozenset(n.encode() for n in set(telling) - self._names)
        self._names |= set(telling)
        if not new:
            return
        for name in mentioning(self.paths, new, self.jobs):
            path = Path(name)
            known = path in self.taken
            self.take_in([path])
            if path in self.taken:
                text = self.taken[path].text
                for n, where in telling.items():
                    # one that was taken in for a key of its own may well have a constant of the same name
                    if n in text and path not in where and (not known or _reaching(n).search(text)):
                        self.links[path] |= where

    def programs(self) -> list[dict[Path, Source]]:
        """The files taken in, as programs that have nothing to do with each other."""
        up = {p: p for p in self.taken}

        def top(p: Path) -> Path:
            while up[p] != p:
                up[p] = up[up[p]]
                p = up[p]
            return p

        for path, others in self.links.items():
            for other in others:
                if path in up and other in up:
                    up[top(path)] = top(other)
        groups: dict[Path, dict[Path, Source]] = defaultdict(dict)
        for path, source in self.taken.items():
            groups[top(path)][path] = source
        return list(groups.values())


class _Part:
    """A module-level statement: what it binds, and every identifier in it."""

    def __init__(self, node: ast.stmt, code: str) -> None:
        self.node = node
        self.code = code
        self.reads = set(IDENTIFIER.findall(code))
        self.binds: set[str] = set()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.binds = {node.name}
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self.binds = {(a.asname or a.name).split(".")[0] for a in node.names}
        else:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
                    self.binds.add(inner.id)
                elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    self.binds.add(inner.name)


def unreadable(path: Path | str, why: str) -> Finding:
    """The finding for a file or folder that cannot be read."""
    return Finding("AWS212", str(path), f"cannot be read: {why}", help="check its permissions and run again, or skip it with --exclude")


def _first_line(data: bytes) -> int:
    """The line of the first key id, or 1."""
    m = re.search(rb"(?:AKIA|ASIA)[A-Z2-7]{16}", data)
    return data[: m.start()].count(b"\n") + 1 if m else 1


def imported_by_call(node: ast.Call) -> str | None:
    """The module that `importlib.import_module("…")` or `__import__("…")` names."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
    if name in ("import_module", "__import__") and node.args and isinstance(node.args[0], ast.Constant):
        return node.args[0].value if isinstance(node.args[0].value, str) else None
    return None
