"""Python sources for the question where a value goes: which name means what, in the plain cases.

This is no evaluator. A name that is bound twice, by `global`, by a loop or by a star import means nothing here, and what needs it is left.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from migrate.codemod.flow.module import Imports
from migrate.codemod.source.python import Source, Unreadable, parse

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module)
_LARGEST = 2 << 20
NotebookReader = Callable[[Path, bytes], tuple[Source, list[str]]]
"""Reads a notebook: its code cells as one source, and the magics and shell lines between them. Raises Unreadable."""
_HARMLESS = re.compile(
    r"%matplotlib\b|[%!](?:pip3?|conda) install\b|%(?:load_ext )?autoreload\b|%config InlineBackend\b|%precision\b|"
    r"%load_ext (?:tensorboard|memory_profiler|line_profiler|nb_black|lab_black|watermark|jupyter_black)\b|"
    r"!(?:pwd|nvidia-smi|date|python3? --version)\s*\Z"
)
"""Magics and shell lines that read neither files nor names nor the environment of the notebook."""
_WORD = re.compile(r"[^\W\d]\w*")
_LIKE = {"tomli": "tomllib"}
"""Libraries that are another's older form, and stand beside it in `try: import …`."""


class File:
    """One source with its scopes."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.path = source.path
        self.binds: dict[ast.AST, dict[str, list[ast.AST]]] = defaultdict(lambda: defaultdict(list))
        self.stars = False
        self.by_name: dict[str, list[ast.Name]] = defaultdict(list)
        self.loads: list[ast.Name] = []
        for node in source.parents:
            self._note(node)

    def _note(self, node: ast.AST) -> None:
        match node:
            case ast.Name(id=name):
                self.by_name[name].append(node)
                if not isinstance(node.ctx, ast.Load):
                    self.binds[self.scope(node)][name].append(node)
            case ast.arg(arg=name):
                self.binds[self.scope(node)][name].append(node)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self.binds[self.scope(node)][name].append(node)
            case ast.alias():
                if node.name == "*":
                    self.stars = True
                self.binds[self.scope(node)][(node.asname or node.name).split(".")[0]].append(node)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                for name in names:  # bound from two scopes: two bindings everywhere
                    for scope in [self.source.tree, *self.source.ancestors(node)]:
                        if isinstance(scope, _SCOPES):
                            self.binds[scope][name] += [node, node]
            case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
                self.binds[self.scope(node)][name] += [node, node]
            case ast.MatchMapping(rest=str() as name):
                self.binds[self.scope(node)][name] += [node, node]

    def scope(self, node: ast.AST) -> ast.AST:
        """The scope that a node's names belong to. A function's name, decorators and defaults belong to the scope around it."""
        here, below = self.source.parents.get(node), node
        while here is not None:
            if isinstance(here, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                inside = here.body if isinstance(here.body, list) else [here.body]
                if below in inside or isinstance(node, ast.arg):
                    return here
            elif isinstance(here, ast.ClassDef):
                if below in here.body:
                    return here
            elif isinstance(here, ast.Module):
                return here
            below, here = here, self.source.parents.get(here)
        return self.source.tree

    def home(self, name: ast.Name) -> ast.AST | None:
        """The scope in which the name that is read here is bound; None for a builtin."""
        first = here = self.scope(name)
        while True:
            if name.id in self.binds.get(here, ()) and (here is first or not isinstance(here, ast.ClassDef)):
                return here
            if here is self.source.tree:
                return None
            here = self.scope(here)

    def bound(self, name: ast.Name) -> ast.AST | None:
        """The one binding of a name that is read; None where there is none, or more than one."""
        home = self.home(name)
        found = self.binds[home][name.id] if home is not None else []
        return found[0] if len(found) == 1 else None

    def readers(self, binding: ast.AST, name: str) -> list[ast.Name] | None:
        """All that read a name by its one binding; None where it has more than one."""
        scope = self.scope(binding)
        if len(self.binds[scope][name]) != 1 or self.stars:
            return None
        return [n for n in self.by_name[name] if isinstance(n.ctx, ast.Load) and self.home(n) is scope]


class Sources:
    """All Python sources below a root, parsed when they are asked for. `read` gives a file's bytes as this run leaves them."""

    def __init__(self, root: Path, paths: list[str], read: Callable[[Path], bytes], notebook: "NotebookReader | None" = None) -> None:
        self.root = root
        self.notebook = notebook
        self.paths = [Path(p) for p in paths]
        self.read = read
        self.imports = Imports(root, {p for p in paths if not p.endswith(".ipynb")})
        self._bytes: dict[Path, bytes] = {}
        self._files: dict[Path, File | None] = {}

    def part(self, paths: Iterable[Path]) -> "Sources":
        """Some of these sources, as if there were no others; what is read and parsed is shared."""
        few = Sources(self.root, [str(p) for p in paths], self.read, self.notebook)
        few.imports, few._files, few._bytes = self.imports, self._files, self._bytes
        return few

    def data(self, path: Path) -> bytes:
        """A file's bytes; nothing where it cannot be read."""
        if path not in self._bytes:
            try:
                self._bytes[path] = self.read(path)
            except OSError:
                self._bytes[path] = b""
        return self._bytes[path]

    def holding(self, word: bytes) -> Iterator[Path]:
        """The files in which some bytes stand."""
        return (p for p in self.paths if word in self.data(p))

    def file(self, path: Path) -> File | None:
        """A file, parsed; None for what does not parse, and for a notebook with magics that may do something."""
        if path not in self._files:
            self._files[path] = None
            data = self.data(path)
            if len(data) < _LARGEST:
                try:
                    source = self._notebook(path, data) if path.suffix == ".ipynb" else parse(path, data)
                    if source is not None and (path.suffix == ".ipynb" or not source.opaque) and source.frozen is None:
                        self._files[path] = File(source)
                except Unreadable:
                    pass
        return self._files[path]

    def _notebook(self, path: Path, data: bytes) -> Source | None:
        """A notebook's code cells as one program; None where a magic or a shell line may read files or the environment."""
        if self.notebook is None:
            return None
        book, hidden = self.notebook(path, data)
        # what a magic says is no name of the notebook's; `%%time` and `%%capture` stand above cells that are Python
        named = {"time", "capture", *(word for text in hidden for word in _WORD.findall(text))}
        return (
            book
            if all(_HARMLESS.match(text.strip()) and "{" not in text and "$" not in text for text in hidden) and book.opaque <= named
            else None
        )

    def imported(self, file: File, alias: ast.alias) -> tuple[Path, str | None] | None:
        """The file of this tree that an alias means, and the name in it (None: the module itself); None for a library."""
        statement = file.source.parents[alias]
        if isinstance(statement, ast.ImportFrom):
            below = f"{statement.module}.{alias.name}" if statement.module else alias.name
            if (module := self.imports.find(file.path, below, statement.level)) is not None:
                return module, None
            home = self.imports.find(file.path, statement.module or "", statement.level)
            return None if home is None else (home, alias.name)
        home = self.imports.find(file.path, alias.name, 0)
        if home is None or (alias.asname is None and "." in alias.name):
            return None
        return home, None

    def library(self, file: File, node: ast.AST) -> str | None:
        """The dotted name of something of a library: `boto3.client`, `os.environ`; None for all else, and where the tree has that module."""
        if isinstance(node, ast.Attribute):
            base = self.library(file, node.value)
            return None if base is None else f"{base}.{node.attr}"
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or file.stars:
            return None
        home = file.home(node)
        names = set()
        for binding in file.binds[home][node.id] if home is not None else ():
            statement = file.source.parents.get(binding)
            if not isinstance(binding, ast.alias):
                return None
            if isinstance(statement, ast.ImportFrom):
                top, dotted = statement.module or "", f"{statement.module}.{binding.name}"
                if statement.level or not top:
                    return None
            else:
                top, dotted = binding.name, binding.name if binding.asname else binding.name.split(".")[0]
            if self.shadowed(file, top.split(".")[0]):
                return None
            names.add(_LIKE.get(dotted, dotted))
        return names.pop() if len(names) == 1 else None

    def shadowed(self, file: File, top: str) -> bool:
        """Has the tree a module of a library's name?"""
        return self.imports.find(file.path, top, 0) is not None or self.imports.is_package(file.path, top, 0)

    def importers(self, path: Path, name: str) -> Iterator[tuple[File, ast.alias]]:
        """Every `from module import name` of a file's, anywhere in the tree."""
        for file, alias, there in self.imports_of(path):
            if there == name:
                yield file, alias

    def modules(self, path: Path) -> Iterator[tuple[File, ast.alias]]:
        """Every import of a file as a module."""
        for file, alias, there in self.imports_of(path):
            if there is None:
                yield file, alias

    def imports_of(self, path: Path) -> Iterator[tuple[File, ast.alias, str | None]]:
        """Every import of a file or of a name in it (None: the module itself)."""
        stem = path.stem if path.name != "__init__.py" else path.parent.name
        for one in self.holding(stem.encode()):
            if one == path or (file := self.file(one)) is None:
                continue
            for node in file.source.parents:
                if isinstance(node, ast.alias) and (found := self.imported(file, node)) is not None and found[0] == path:
                    yield file, node, found[1]
