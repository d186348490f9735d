"""The modules of a program under one root, and which file an import names."""

import ast
from dataclasses import dataclass, field
from pathlib import Path

from migrate.codemod.flow.values import Scope, Store
from migrate.codemod.source import Source


@dataclass(eq=False, slots=True)
class Module:
    """One source of the program with its global scope."""

    source: Source
    scope: Scope = field(init=False)
    final: dict[str, frozenset[Store]] = field(default_factory=dict)  # the globals when the module's body has run
    dunder_all: list[str] | None = None
    stars: list["Module"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scope = Scope(self, self.source.tree, None, "module")

    @property
    def path(self) -> Path:
        """The file."""
        return self.source.path


class Imports:
    """Finds the file that `import a.b` in some file means: packages, relative imports, plain script folders, `src` layouts.

    Nearest first: the importer's own folder (a script's folder is first on `sys.path`), then each folder above it up to
    the root, and `src` and `lib` below each.
    """

    def __init__(self, root: Path, files: set[Path]) -> None:
        self.root = root
        self.files = files
        self.folders = {p for f in files for p in f.parents}

    def _file(self, folder: Path, parts: list[str]) -> Path | None:
        target = folder.joinpath(*parts) if parts else folder
        for candidate in (target / "__init__.py", target.with_name(target.name + ".py") if parts else target / "__init__.py"):
            if candidate in self.files:
                return candidate
        return None

    def find(self, importer: Path, name: str, level: int) -> Path | None:
        """The file of module `name` as imported in `importer`; None where it is not of this tree."""
        parts = name.split(".") if name else []
        if level:
            folder = importer.parent
            for _ in range(level - 1):
                folder = folder.parent
            return self._file(folder, parts)
        folder = importer.parent
        while True:
            for start in (folder, folder / "src", folder / "lib"):
                if (start == folder or start in self.folders) and (found := self._file(start, parts)):
                    return found
            if folder == self.root or folder.parent == folder:
                return None
            folder = folder.parent

    def is_package(self, importer: Path, name: str, level: int) -> bool:
        """Is `name` a folder of this tree without `__init__.py` (a namespace package)?"""
        parts = name.split(".") if name else []
        folder = importer.parent
        if level:
            for _ in range(level - 1):
                folder = folder.parent
            return folder.joinpath(*parts) in self.folders
        while True:
            if parts and folder.joinpath(*parts) in self.folders:
                return True
            if folder == self.root or folder.parent == folder:
                return False
            folder = folder.parent


def imported_names(tree: ast.Module) -> set[str]:
    """The last parts of all module names that a tree imports, and the names it imports from them."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(p for a in node.names for p in a.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            names.update((node.module or "").split("."))
            names.update(a.name for a in node.names)
    return names
