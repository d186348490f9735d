"""A program as the witness sees it: its files, and which file or library an import means."""

import ast
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from migrate.codemod.proof.evaluation.names.outline import last_name, outlined
from migrate.codemod.proof.evaluation.names.reaching import Reaching
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.values import UNKNOWN, Kind, Value, Values, library
from migrate.tree.installed import is_installed

Read = Callable[[Path], ast.Module | None]
"""Gives the tree of a file of the root that is not among the program's; None where there is none or it is not understood."""

_FURTHER = 12
"""Files outside of a program that are read where it imports them; what is in any more of them is not understood."""


class World:
    """The files of a program, with an index of their nodes; further files below the root are read when they are imported."""

    def __init__(self, root: Path, trees: dict[Path, ast.Module], read: Read, cells: Mapping[Path, tuple[int, ...]] | None = None) -> None:
        self.root = root
        self.cells = cells or {}
        self.units: dict[Path, Unit] = {}
        self.reaching: dict[Path, Reaching] = {}
        self.unit_of: dict[ast.AST, Unit] = {}
        self.calls: dict[str, list[ast.Call]] = defaultdict(list)  # by the last name of what is called
        self.calls_of: dict[Path, list[ast.Call]] = defaultdict(list)  # by the file that they stand in
        self.attributes: dict[str, list[ast.Attribute]] = defaultdict(list)  # every `x.NAME`
        self.functions: dict[str, list[ast.AST]] = defaultdict(list)  # by their names
        self.names: dict[str, list[ast.Name]] = defaultdict(list)
        self.stores: dict[ast.Subscript, ast.expr] = {}  # `x[k] = v`
        self.deletes: list[ast.Subscript] = []
        self.flask = ast.Pass()  # stands for the settings of a Flask application, which no one expression makes
        self.aliases: dict[str, set[str]] = defaultdict(set)  # what `from m import NAME as other` calls it
        self._read = read
        self._missing: set[Path] = set()
        self._found: dict[tuple[Path, str, int], Value] = {}
        self.grown = 0
        self.program = set(trees)
        self._most = len(trees) + _FURTHER
        for path, tree in trees.items():
            self.add(path, tree)

    def add(self, path: Path, tree: ast.Module) -> Unit:
        """Take a file in."""
        known = outlined(path, tree, self.cells.get(path, ()))
        unit = self.units[path] = known.unit
        self.reaching[path] = known.reaching
        self.grown += 1
        self.unit_of[tree] = unit
        self.unit_of.update(dict.fromkeys(unit.parents, unit))
        for call in known.calls:
            self.calls[last_name(call.func)].append(call)
        self.calls_of[path] += known.calls
        for attribute in known.attributes:
            self.attributes[attribute.attr].append(attribute)
        for name in known.names:
            self.names[name.id].append(name)
        for function in known.functions:
            self.functions[function.name].append(function)
        for was, called in known.aliases:
            self.aliases[was].add(called)
        self.stores.update(known.stores)
        self.deletes += known.deletes
        return unit

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return the node around a node."""
        return self.unit_of[node].parents.get(node)

    def unit(self, path: Path) -> Unit | None:
        """Return a file of the program, taken in now where it was not."""
        if path not in self.units and path not in self._missing:
            tree = self._read(path) if self.grown < self._most else None
            if tree is None:
                self._missing.add(path)
                return None
            self.add(path, tree)
        return self.units.get(path)

    def find(self, importer: Path, name: str, level: int) -> Value:
        """Return what `import name` means in a file: a file of the tree, a library, or UNKNOWN where that depends on how it is run."""
        key = (importer.parent, name, level)
        if key not in self._found:
            self._found[key] = self._find(importer, name, level)
        return self._found[key]

    def _find(self, importer: Path, name: str, level: int) -> Value:
        if level:
            folder = importer.parent
            for _ in range(level - 1):
                folder = folder.parent
            return self._file(folder, name) or UNKNOWN
        if name.split(".")[0] in sys.stdlib_module_names and not (importer.parent / f"{name.split('.')[0]}.py").exists():
            return library(name)
        first, found = name.split(".")[0], []
        for base in self._bases(importer):
            if (base / f"{first}.py").is_file() or (base / first / "__init__.py").is_file() or self._namespace(base / first):
                value = library(name) if is_installed(str(base), first) else self._file(base, name) or UNKNOWN
                if value not in found:
                    found.append(value)
        if not found:
            return library(name)
        return found[0] if len(found) == 1 else UNKNOWN

    def _namespace(self, folder: Path) -> bool:
        return folder.is_dir() and folder != self.root and any(found for deep in ("", "*/", "*/*/") for found in folder.glob(f"{deep}*.py"))

    def _bases(self, importer: Path) -> Iterator[Path]:
        """The folders that may be on `sys.path` for a file: its own, those above it, and `src` and `lib` below each."""
        seen = set()
        folder = importer.parent
        while True:
            for base in (folder, folder / "src", folder / "lib"):
                if base not in seen and base.is_dir():
                    seen.add(base)
                    yield base
            if folder in (self.root, folder.parent):
                return
            folder = folder.parent

    def _file(self, base: Path, name: str) -> Value | None:
        target = base.joinpath(*name.split(".")) if name else base
        for candidate in (target / "__init__.py", target.with_name(target.name + ".py")):
            if candidate in self.units or candidate.is_file():
                return Value(Kind.MODULE, candidate)
        if target.is_dir():
            return Value(Kind.MODULE, target)
        return None

    def run_by(self, here: Path, statement: ast.AST | None, alias: ast.alias) -> set[Path]:
        """Return the files of the tree that one name of an import of a file runs, those of the packages around them included."""
        if isinstance(statement, ast.ImportFrom):
            found = [self.find(here, statement.module or "", statement.level)]
            found += (self.submodule(found[0].data, alias.name) or ()) if found[0].kind is Kind.MODULE else ()
        else:
            found = [self.find(here, alias.name, 0)]
        out = {v.data for v in found if v.kind is Kind.MODULE and v.data.suffix == ".py"}
        return out | {init for p in out for up in p.parents if up.is_relative_to(self.root) and (init := up / "__init__.py").exists()}

    def runs(self, here: Path, tree: ast.Module) -> set[Path]:
        """Return the files of the tree that all imports of a file run."""
        imports = (n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom))
        return {p for node in imports for alias in node.names for p in self.run_by(here, node, alias)}

    def submodule(self, module: Path, name: str) -> Values | None:
        """Return a module of a package; None where there is none of that name."""
        base = module.parent if module.name == "__init__.py" else module if module.suffix != ".py" else None
        if base is None:
            return None
        found = self._file(base, name)
        return frozenset({found}) if found is not None else None


__all__ = ["World", "last_name"]
