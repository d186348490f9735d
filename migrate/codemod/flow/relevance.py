"""Which function bodies can have to do with a key at all: the others need not be walked.

A value gets from one body to another only through a name that the program defines: a global, a function, a class, a method, an
attribute. So pieces of the program (functions, class bodies, module-level statements) that mention the same such name hang
together, and a body from which no chain of names leads to something key-shaped can neither bring a key, nor take one, nor say
anything about a value that stands beside one. Names are compared as text, strings included; more hangs together than need be,
never less.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from migrate.codemod.flow.module import Imports, Module

SMALLEST = 3_000
"""Programs of fewer characters are walked whole: there it costs more to find out what can be left out."""
_SEED = re.compile(
    r"""A[KS]IA|AWS_|aws_|access_?key|secret_?key|b64decode|b32decode|b16decode|unhexlify|fromhex|rot_?13|decompress|\[::-1\]|reversed\("""
    r"""|chr\(|['"]AK|['"][A-Z2-7]{12,20}['"]|(?<![A-Za-z0-9/+])(?=[A-Za-z/+]*[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])|parse_args|parse_known_args"""
    r"""|default_session|DEFAULT_SESSION|storages|set_credentials"""
)
_KEY = re.compile(r"A[KS]IA")
_SECRET = re.compile(r"(?i)secret|private|token|sak")
_NEAR = 8
"""So many lines around a key id count with it: a secret is also known by the name that it has beside an id."""
_ATTRIBUTE = re.compile(r"\.\s*([^\W\d]\w*)")
_BARE = re.compile(r"(?<![\w.])([^\W\d]\w*)")
_QUOTED = re.compile(r"""['"]([^\W\d]\w*)['"]""")
_BY_TEXT = re.compile(r"[gs]etattr|hasattr|attrgetter|methodcaller|__dict__|vars\(|import_module|__import__|patch")
_INERT_CALLS = re.compile(r"(?:\w+\.)*(?:getLogger|get_logger|compile|TypeVar|NewType|frozenset|getenv)")


class _Piece:
    """A function with all that is in it, a class without its methods, or another module-level statement."""

    __slots__ = ("body", "links", "module", "names", "text")

    def __init__(self, module: Module, text: str, body: ast.AST | None = None) -> None:
        self.module = module
        self.text = text
        self.body = body
        self.names: set[str] = set()  # what it defines under a name that its text does not show as such
        self.links: list[_Piece] = []


class Relevance:
    """The pieces of a program, and which hang together with something key-shaped."""

    def __init__(self, imports: Imports, modules: Iterable[Module]) -> None:
        self.imports = imports
        self.modules = list(modules)
        self.paths = {m.path for m in self.modules}
        self.pieces: list[_Piece] = []
        self.globals: dict[Module, set[str]] = {}
        self.attributes: set[str] = set()
        self.inert: dict[str, bool] = {}
        self.seeds: list[_Piece] = []
        self.stars: set[Module] = set()
        for module in self.modules:
            self._read(module)

    def irrelevant(self) -> set[ast.AST]:
        """Return the function definitions whose bodies need not be walked."""
        everywhere = set().union(*self.globals.values())
        named: dict[str, list[_Piece]] = defaultdict(list)
        mentions: dict[_Piece, set[str]] = {}
        for piece in self.pieces:
            mentions[piece] = self._mentions(piece, everywhere)
            for name in mentions[piece]:
                named[name].append(piece)
        reached = set(self.seeds)
        todo = list(self.seeds)
        seen: set[str] = set()
        while todo:
            piece = todo.pop()
            following = list(piece.links)
            for name in mentions[piece] - seen:
                seen.add(name)
                following += named[name]
            fresh = set(following) - reached
            reached |= fresh
            todo += fresh
        return {p.body for p in self.pieces if p.body is not None and p not in reached}

    def _mentions(self, piece: _Piece, everywhere: set[str]) -> set[str]:
        """Return the names that the program defines and a piece mentions."""
        own = self.globals[piece.module]
        attributes = set(_ATTRIBUTE.findall(piece.text))
        bare = set(_BARE.findall(piece.text))
        found = (attributes & self.attributes) | (attributes & (everywhere - own)) | (bare & own) | piece.names
        if "import" in piece.text or piece.module in self.stars or piece.module.source.opaque:
            found |= bare & everywhere
        if _BY_TEXT.search(piece.text):
            found |= set(_QUOTED.findall(piece.text)) & (self.attributes | everywhere)
        return {n for n in found if not self.inert.get(n, False) and not (n.startswith("__") and n.endswith("__"))}

    # -- reading

    def _read(self, module: Module) -> None:
        source = module.source
        own = self.globals[module] = set[str]()
        near = {line for m in _KEY.finditer(source.text) for line in _around(source.line_of(m.start()))}
        first = len(self.pieces)
        for statement in source.tree.body:
            self._statement(module, statement, own)
        for node in source.parents:
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                self.attributes.add(node.attr)
                self.inert[node.attr] = False
            elif isinstance(node, ast.Global):
                own.update(node.names)
                self.inert.update(dict.fromkeys(node.names, False))
        for piece in self.pieces[first:]:
            lines = range(0)
            if isinstance(piece.body, ast.stmt):
                lines = range(piece.body.lineno, (piece.body.end_lineno or piece.body.lineno) + 1)
            if _SEED.search(piece.text) or (not near.isdisjoint(lines) and _SECRET.search(piece.text)):
                self.seeds.append(piece)

    def _statement(self, module: Module, node: ast.stmt, own: set[str]) -> None:
        """Read a module-level statement, with the functions and classes in it."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._function(module, node)
            self._defines(own, node.name)
        elif isinstance(node, ast.ClassDef):
            self._class(module, node)
            self._defines(own, node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._import(module, node, own)
        else:
            piece = _Piece(module, module.source.code(node))
            self.pieces.append(piece)
            inert = isinstance(node, ast.Assign | ast.AnnAssign) and _is_inert(node.value) and not _SEED.search(piece.text)
            for inner in _outside_functions(node):
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    self._function(module, inner)
                    self._defines(own, inner.name)
                elif isinstance(inner, ast.ClassDef):
                    self._class(module, inner)
                    self._defines(own, inner.name)
                elif isinstance(inner, ast.Import | ast.ImportFrom):
                    self._import(module, inner, own)
                elif isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
                    self._defines(own, inner.id, inert)
                elif not isinstance(inner, ast.alias) and isinstance(name := getattr(inner, "name", getattr(inner, "rest", None)), str):
                    self._defines(own, name)

    def _defines(self, own: set[str], name: str, inert: bool = False) -> None:
        own.add(name)
        self.inert[name] = inert and self.inert.get(name, True)

    def _import(self, module: Module, node: ast.Import | ast.ImportFrom, own: set[str]) -> None:
        """Read an import from the program itself; what comes from outside ties nothing together."""
        piece = _Piece(module, module.source.code(node))
        for alias in node.names:
            if not self._inside(module, node, alias):
                continue
            if alias.name == "*":
                self.stars.add(module)
            else:
                self._defines(own, alias.asname or alias.name.split(".")[0])
            piece.names |= set(alias.name.split(".")) | {alias.asname or alias.name}
        if piece.names:
            self.pieces.append(piece)

    def _inside(self, module: Module, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
        """Return whether an import leads to a module of the program. One of the tree that is not under analysis holds nothing of interest."""
        level, name = 0, alias.name
        if isinstance(node, ast.ImportFrom):
            level, name = node.level, ".".join(p for p in (node.module, alias.name) if p)
        parts = name.split(".")
        names = [".".join(parts[:n]) for n in range(1 if not level else 0, len(parts) + 1)]
        return any(self.imports.find(module.path, n, level) in self.paths for n in names)

    def _function(self, module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> _Piece:
        piece = _Piece(module, _with_decorators(module, node), node)
        self.pieces.append(piece)
        return piece

    def _class(self, module: Module, node: ast.ClassDef) -> _Piece:
        """Read a class: its header and its own statements, tied to its methods."""
        text = [module.source.text[_start(module, node) : _start(module, node.body[0])]]
        methods: list[_Piece] = []
        names = {node.name}
        for statement in node.body:
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                text.append(module.source.code(statement))
            for inner in [statement] if isinstance(statement, ast.ClassDef) else _outside_functions(statement):
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    methods.append(self._function(module, inner))
                    methods[-1].names.add(inner.name)
                    names.add(inner.name)
                elif isinstance(inner, ast.ClassDef):
                    methods.append(self._class(module, inner))
                    names.add(inner.name)
                elif isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
                    names.add(inner.id)
        piece = _Piece(module, "\n".join(text))
        piece.names = names
        piece.links = methods
        for method in methods:
            method.links.append(piece)
        self.attributes |= names - {node.name}
        self.inert.update(dict.fromkeys(names, False))
        self.pieces.append(piece)
        return piece


def _around(line: int) -> range:
    return range(line - _NEAR, line + _NEAR + 1)


def _start(module: Module, node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min(module.source.span(n).start for n in [node, *decorators])


def _with_decorators(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    return module.source.text[_start(module, node) : module.source.span(node).end]


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a statement; functions and classes, but not what is in them."""
    todo = [node]
    while todo:
        here = todo.pop()
        yield here
        if here is node or not isinstance(here, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            todo.extend(ast.iter_child_nodes(here))


def _is_inert(value: ast.expr | None) -> bool:
    """Return whether nothing can be put into a value, and it says nothing of a key: a constant, a logger, a pattern."""
    if value is None or isinstance(value, ast.Constant):
        return True
    if isinstance(value, ast.Tuple):
        return all(_is_inert(e) for e in value.elts)
    if isinstance(value, ast.UnaryOp):
        return _is_inert(value.operand)
    if isinstance(value, ast.BinOp):
        return _is_inert(value.left) and _is_inert(value.right)
    return isinstance(value, ast.Call) and _INERT_CALLS.fullmatch(ast.unparse(value.func)) is not None
