"""The modules of a program under one root, and which file an import names."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from migrate.codemod.flow.kinds import ScopeKind
from migrate.codemod.flow.values import Scope, Store
from migrate.codemod.source.python import Source
from migrate.tree.installed import is_installed


@dataclass(eq=False, slots=True)
class Module:
    """One source of the program with its global scope."""

    source: Source
    scope: Scope = field(init=False)
    final: dict[str, frozenset[Store]] = field(default_factory=dict)  # the globals when the module's body has run
    stars: list["Module"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scope = Scope(self, self.source.tree, None, ScopeKind.MODULE)

    @property
    def path(self) -> Path:
        """Return the path of the file."""
        return self.source.path


def last_name(path: Path) -> str:
    """Return the last part of the name by which a file is imported."""
    return path.stem if path.name != "__init__.py" else path.parent.name


class Imports:
    """Finds the file that `import a.b` in some file means: packages, relative imports, plain script folders, `src` layouts.

    Nearest first: the importer's own folder (a script's folder is first on `sys.path`), then each folder above it up to
    the root, and `src` and `lib` below each.
    """

    def __init__(self, root: Path, files: set[str]) -> None:
        self.root = str(root)
        self.files = files
        self.folders: set[str] = set()
        for file in files:
            folder = os.path.dirname(file)  # noqa: PTH120 - tens of thousands of paths
            while folder not in self.folders:
                self.folders.add(folder)
                folder = os.path.dirname(folder)  # noqa: PTH120
        self._known: dict[tuple[str, str, int], Path | None] = {}

    def find(self, importer: Path, name: str, level: int) -> Path | None:
        """Return the file of module `name` as imported in `importer`; None where it is not of this tree."""
        folder = str(importer.parent)
        if (key := (folder, name, level)) not in self._known:
            found = self._find(folder, name, level)
            self._known[key] = None if found is None else Path(found)
        return self._known[key]

    def is_package(self, importer: Path, name: str, level: int) -> bool:
        """Return whether `name` is a folder of this tree without `__init__.py` (a namespace package)."""
        below = "/" + name.replace(".", "/") if name else ""
        folder = str(importer.parent)
        if level:
            return self._up(folder, level - 1) + below in self.folders
        return bool(below) and any(above + below in self.folders for above in self._upwards(folder))

    def _find(self, folder: str, name: str, level: int) -> str | None:
        below = "/" + name.replace(".", "/") if name else ""
        if level:
            return self._file(self._up(folder, level - 1) + below, bool(below))
        for above in self._upwards(folder):
            for start in (above, above + "/src", above + "/lib"):
                if (start == above or start in self.folders) and (found := self._file(start + below, bool(below))):
                    return None if is_installed(start, name.split(".")[0]) else found
        return None

    def _file(self, target: str, named: bool) -> str | None:
        for candidate in (target + "/__init__.py", target + ".py" if named else target + "/__init__.py"):
            if candidate in self.files:
                return candidate
        return None

    def _up(self, folder: str, levels: int) -> str:
        for _ in range(levels):
            folder = os.path.dirname(folder)  # noqa: PTH120
        return folder

    def _upwards(self, folder: str) -> Iterator[str]:
        """Yield a folder and those above it, up to the root."""
        while True:
            yield folder
            above = os.path.dirname(folder)  # noqa: PTH120
            if folder == self.root or above == folder:
                return
            folder = above


def imported_names(tree: ast.Module) -> set[str]:
    """Return the last parts of all module names that a tree imports, and the names it imports from them."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(p for a in node.names for p in a.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            names.update((node.module or "").split("."))
            names.update(a.name for a in node.names)
    return names
