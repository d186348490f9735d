"""Is a settings file surely read before something signs? A session keeps the profile and the keys that it found when it was first used."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.data.following.trail import Problem

_SDKS = {"boto3", "botocore", "aioboto3", "aiobotocore"}
_HARMLESS = (
    "boto3.s3.transfer",
    "boto3.dynamodb",
    "boto3.exceptions",
    "boto3.__version__",
    "boto3.set_stream_logger",
    "botocore.exceptions",
    "botocore.config",
    "botocore.client.ClientError",
    "botocore.client.Config",
    "botocore.response",
    "botocore.UNSIGNED",
    "botocore.__version__",
)
"""Parts of the SDKs that neither sign nor look for credentials."""
_NOT_AWS = {"*", "hashlib", "hmac", "smtplib", "aiosmtplib"}
_BY_TEXT = (b"getattr(", b"globals(", b"locals(", b"vars(", b"eval(", b"exec(", b"methodcaller", b"__dict__")
"""What may call a function that nothing names."""
_ROUTES = {"route", "get", "post", "put", "delete", "patch"}


class Order:
    """The order in which a program reads a file into the environment (`loaders`) and signs."""

    def __init__(self, sources: Sources, loaders: Sequence[tuple[File, ast.AST]]) -> None:
        self.sources = sources
        self.loaders = loaders
        self._reached: dict[Path, set[Path]] = {}

    def first_unsure(self) -> Problem | None:
        """Return the first use of an SDK, or of a library that signs, that may come before the file is read; None where there is none."""
        for file, node in signers(self.sources):
            if not self.certain(file, node):
                return Problem(file, node, "this may sign before the file is read, and would keep what it found then")
        return None

    def certain(self, file: File, node: ast.AST) -> bool:
        """Return whether the file is read before this runs, in whatever order the modules are imported."""
        if any(isinstance(at, ast.Import | ast.ImportFrom) for _, at in self.loaders):
            return _answers_a_request(file, node)
        return self._surely(file, node, frozenset())

    def _surely(self, file: File, node: ast.AST, seen: frozenset[Path]) -> bool:
        if self._by(file, getattr(node, "lineno", 0), {file.path}, file.path) or self._in_function(file, node, frozenset()):
            return True
        return self._later(file, seen)

    def _in_function(self, file: File, node: ast.AST, seen: frozenset[ast.AST]) -> bool:
        """Does this run only in a function that has read the file before, or that is called only after it is read?"""
        below = node
        for up in file.source.ancestors(node):
            if isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef):
                if below not in up.body:
                    return False  # a default or a decorator: the module's, or the outer function's
                for statement in up.body[: up.body.index(below)]:
                    value = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
                    if any(of is file and at is value for of, at in self.loaders):
                        return True
                return up not in seen and self._called_late(file, up, seen | {up})
            below = up
        return False

    def _called_late(self, file: File, function: ast.FunctionDef | ast.AsyncFunctionDef, seen: frozenset[ast.AST]) -> bool:
        """Is a function mentioned only where the file has surely been read?"""
        cls, name = file.scope(function), function.name
        if name == "__init__" and isinstance(cls, ast.ClassDef):
            name = cls.name
        of_library = isinstance(cls, ast.ClassDef) and (cls.bases or cls.decorator_list)
        if function.decorator_list or name.startswith("__") or of_library or any(True for w in _BY_TEXT for _ in self.sources.holding(w)):
            return False
        places = []
        for path in self.sources.holding(name.encode()):
            if (other := self.sources.file(path)) is None:
                return False
            places += [(other, n) for n in other.source.parents if _mentions(n, name)]
        return bool(places) and all(
            self._by(other, getattr(n, "lineno", 0), {other.path}, other.path) or self._in_function(other, n, seen) for other, n in places
        )

    def _later(self, file: File, seen: frozenset[Path]) -> bool:
        """Is a module, which does not read the file itself, imported only after it is read, or by nothing that reads it?"""
        if file.path in seen or not (self._imports(file) | {file.path}).isdisjoint({of.path for of, _ in self.loaders}):
            return False
        stem = file.path.stem if file.path.name != "__init__.py" else file.path.parent.name
        word = re.compile(rf"(?<!\w){re.escape(stem)}(?!\w)")
        places = []
        for path in self.sources.holding(stem.encode()):
            if path == file.path:
                continue
            if (other := self.sources.file(path)) is None:
                return False
            for node in other.source.parents:
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and word.search(node.value):
                    return False  # a framework may import it by this name
                if isinstance(node, ast.ImportFrom) and node.module and stem in node.module.split("."):
                    if any(self.sources.imported(other, alias) is None for alias in node.names):
                        return False
                if isinstance(node, ast.alias) and (stem in node.name.split(".") or self._means(other, node, file.path)):
                    if not self._means(other, node, file.path):
                        return False
                    places.append((other, node))
        return all(self._surely(other, node, seen | {file.path}) for other, node in places)

    def _means(self, file: File, alias: ast.alias, path: Path) -> bool:
        there = self.sources.imported(file, alias)
        return there is not None and there[0] == path

    def _by(self, file: File, line: int | None, seen: set[Path], start: Path) -> bool:
        """Has a module surely read the file before a line, or (None) at its end? A notebook's cells may be run in any order."""
        if file.path.suffix == ".ipynb":
            return False
        for statement in file.source.tree.body:
            if line is not None and (statement.end_lineno or 0) >= line:
                break
            value = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
            if any(of is file and at is value for of, at in self.loaders):
                return True
            if isinstance(statement, ast.Import | ast.ImportFrom):
                for alias in statement.names:
                    there = self.sources.imported(file, alias)
                    if there is None or there[0] in seen or (other := self.sources.file(there[0])) is None:
                        continue
                    # a module that imports this one in turn may still be at its beginning when this one runs
                    if start not in self._imports(other) and self._by(other, None, {*seen, other.path}, start):
                        return True
        return False

    def _imports(self, file: File) -> set[Path]:
        """The modules that a module imports anywhere, and those that they import."""
        if file.path not in self._reached:
            out: set[Path] = set()
            todo = [file]
            while todo:
                one = todo.pop()
                for node in one.source.parents:
                    if isinstance(node, ast.alias) and (there := self.sources.imported(one, node)) is not None and there[0] not in out:
                        out.add(there[0])
                        if (more := self.sources.file(there[0])) is not None:
                            todo.append(more)
            self._reached[file.path] = out
        return self._reached[file.path]


def signers(sources: Sources) -> Iterator[tuple[File, ast.AST]]:
    """Every use of an SDK, or of a library that may look for credentials, in whatever way it is reached."""
    from migrate.codemod.libraries import by_callee

    known = ({callee.partition(".")[0] for callee in by_callee()} | _SDKS) - _NOT_AWS
    words = [name.encode() for name in known]
    for path in sources.paths:
        data = sources.data(path)
        if not any(word in data for word in words) or (file := sources.file(path)) is None:
            continue
        for node in file.source.parents:
            if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
                continue
            up = file.source.parents[node]
            if isinstance(up, ast.Attribute) or (name := sources.library(file, node)) is None:
                continue
            if name.partition(".")[0] in known and not name.startswith(_HARMLESS) and not _in_annotation(file, node):
                yield file, node


def _mentions(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Constant):
        return node.value == name
    return (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)


def _answers_a_request(file: File, node: ast.AST) -> bool:
    """Does something run only while Flask answers a request? By then `flask run` and `app.run()` have read the file."""
    for up in file.source.ancestors(node):
        if isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef):
            made = [d.func for d in up.decorator_list if isinstance(d, ast.Call)]
            return any(isinstance(d, ast.Attribute) and d.attr in _ROUTES for d in made) and len(made) == len(up.decorator_list)
    return False


def _in_annotation(file: File, node: ast.AST) -> bool:
    below = node
    for up in file.source.ancestors(node):
        if isinstance(up, ast.arg | ast.AnnAssign):
            return up.annotation is below
        if isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef):
            return up.returns is below
        if isinstance(up, ast.stmt):
            return False
        below = up
    return False
