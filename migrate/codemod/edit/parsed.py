"""The smallest statement around a node, parsed by LibCST alone, and which of LibCST's nodes stands where one of `ast` stands.

A simple statement is parsed as it stands; of a compound statement, its head with ` pass` behind it. A head that cannot stand alone
(`elif`, `except`, `case`) gets what makes a statement of it. What is added is taken off again.
"""

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TypeVar

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from migrate.codemod.edit.kinds import Unfit
from migrate.codemod.source.python import Source

_MOST_NODES = 40_000
_DEEPEST = 200
"""LibCST 1.9 takes some milliseconds for a hundred nodes, quadratic time for brackets in brackets, and overflows its stack, which no
exception tells, at some thousand operands or pieces of a string in a row."""
_NOTHING = re.compile(r"(?:[ \t\f]|\\(?:\r\n|\r|\n)|#[^\r\n]*|\r\n|\r|\n)*")
Node = TypeVar("Node", bound=cst.CSTNode)
Home = ast.stmt | ast.ExceptHandler | ast.match_case


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a statement or head stands, and what is put around it to parse it."""

    start: int
    end: int
    before: str = ""
    behind: str = ""


def home_of(source: Source, node: ast.AST) -> Home:
    """Return the innermost statement, handler or case that a node stands in."""
    return next(up for up in (node, *source.ancestors(node)) if isinstance(up, Home))


def stretch_of(source: Source, home: Home) -> Stretch:
    """Return what is parsed for a statement, handler or case."""
    if isinstance(home, ast.match_case):
        start = source.text.rindex("case", 0, source.span(home.pattern).start)
        return Stretch(start, _colon(source, home, start), f"match _:{source.newline} ", " pass")
    start = source.span(home).start
    if not isinstance(getattr(home, "body", None), list):
        return Stretch(start, source.span(home).end)
    before = ""
    if decorators := getattr(home, "decorator_list", None):
        start = source.text.rindex("@", 0, source.span(decorators[0]).start)
        if indent := source.text[source.lines[source.line_of(start) - 1] : start]:
            before = f"class _:{source.newline}{indent}"  # the second line is indented, and so has the first to be
    end = _colon(source, home, start)
    if isinstance(home, ast.ExceptHandler):
        return Stretch(start, end, f"try: pass{source.newline}", " pass")
    if isinstance(home, ast.If) and source.text.startswith("elif", start):
        return Stretch(start + len("el"), end, "", " pass")
    if isinstance(home, ast.Match):
        return Stretch(start, end, "", f"{source.newline} case _: pass")
    return Stretch(start, end, before, " pass")


def _colon(source: Source, home: Home | ast.Match, start: int) -> int:
    """Return where the head of a compound statement ends, its colon included."""
    body = home.cases[0].pattern if isinstance(home, ast.Match) else home.body[0]  # type: ignore[union-attr]
    inner = source.span(body).start
    if isinstance(home, ast.Match):
        inner = source.text.rindex("case", 0, inner)
    elif decorators := getattr(body, "decorator_list", None):
        inner = source.text.rindex("@", 0, source.span(decorators[0]).start)
    parts = [n for n in ast.iter_child_nodes(home) if n not in getattr(home, "body", ()) and hasattr(n, "end_lineno")]
    parts += list(ast.iter_child_nodes(home.args)) if isinstance(home, ast.FunctionDef | ast.AsyncFunctionDef) else []
    ends = [source.span(n).end for n in parts if hasattr(n, "end_lineno")]
    at = max((e for e in ends if e <= inner), default=start)
    while (at := source.text.index(":", at, inner) + 1) and not _NOTHING.fullmatch(source.text, at, inner):
        pass
    return at


def check_size(source: Source, home: Home) -> None:
    """Raise Unfit for a statement that LibCST cannot take."""
    inside = {id(n) for name in ("body", "orelse", "finalbody", "handlers", "cases") for n in _list(home, name)}
    todo: list[tuple[ast.AST, int]] = [(home, 0)]
    for count, (node, depth) in enumerate(todo):
        pieces = source.code(node).count("'") + source.code(node).count('"') if _is_text(node) else 0
        if count > _MOST_NODES or depth > _DEEPEST or (pieces > 2 * _DEEPEST and _pieces(source.code(node)) > _DEEPEST):
            raise Unfit(home, "this statement is too large or too deeply nested to be edited")
        todo += [(child, depth + 1) for child in ast.iter_child_nodes(node) if id(child) not in inside]


def _list(node: ast.AST, name: str) -> list[ast.AST]:
    found = getattr(node, name, None)
    return found if isinstance(found, list) else []


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _pieces(code: str) -> int:
    """Return of how many literals in a row a text is made."""
    literal = r"""\w{0,3}(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    return len(re.findall(literal, code, re.S))


class Parsed:
    """A statement or head as LibCST sees it."""

    def __init__(self, source: Source, home: Home) -> None:
        """Parse it.

        Raise Unfit where LibCST cannot take it, or would not give it back as it is.
        """
        check_size(source, home)
        self.source = source
        self.home = home
        self.stretch = at = stretch_of(source, home)
        text = at.before + source.text[at.start : at.end] + at.behind
        try:
            self.module = cst.parse_module(text)
            if self.module.code != text:
                raise Unfit(home, "LibCST does not give this statement back as it is")
            spans = MetadataWrapper(self.module, unsafe_skip_copy=True).resolve(ByteSpanPositionProvider)
        except (cst.ParserSyntaxError, RecursionError, ValueError):
            raise Unfit(home, "LibCST cannot parse this statement") from None
        offsets = None if text.isascii() else _offsets(text)
        self.at: dict[tuple[int, int], list[cst.CSTNode]] = defaultdict(list)
        for node, span in spans.items():
            start, end = span.start, span.start + span.length
            self.at[(start, end) if offsets is None else (offsets.get(start, -1), offsets.get(end, -1))].append(node)
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        todo: list[cst.CSTNode] = [self.module]
        for node in todo:
            for child in node.children:
                self.parents[child] = node
                todo.append(child)

    def _nodes(self, start: int, end: int) -> list[cst.CSTNode]:
        shift = len(self.stretch.before) - self.stretch.start
        return self.at.get((start + shift, end + shift), [])

    def expression(self, node: ast.AST) -> cst.BaseExpression:
        """Return the expression that stands where one of `ast` stands."""
        span = self.source.span(node)
        found = [n for n in self._nodes(span.start, span.end) if isinstance(n, cst.BaseExpression)]
        if isinstance(node, ast.Tuple) and not any(isinstance(n, cst.Tuple) for n in found) and node.elts:
            return self.around(node.elts[0], cst.Tuple)  # the parentheses belong to the tuple
        if not found:
            raise Unfit(node, "this expression cannot be edited where it stands")
        return found[0]

    def around(self, node: ast.AST, kind: type[Node]) -> Node:
        """Return the innermost node of a kind around an expression."""
        up: cst.CSTNode | None = self.expression(node)
        while up is not None and not isinstance(up, kind):
            up = self.parents.get(up)
        if up is None:
            raise Unfit(node, "this expression cannot be edited where it stands")
        return up

    def of_kind(self, node: ast.AST, kind: type[Node]) -> Node:
        """Return the node of a kind that stands exactly where a node of `ast` stands."""
        span = self.source.span(node)
        return self._one(node, span.start, span.end, kind)

    def parameter(self, node: ast.arg) -> cst.Param:
        """Return a parameter."""
        start = self.source.span(node).start
        found = self.parents[self._one(node, start, start + len(node.arg), cst.Name)]
        assert isinstance(found, cst.Param)
        return found

    def _one(self, node: ast.AST, start: int, end: int, kind: type[Node]) -> Node:
        found = [n for n in self._nodes(start, end) if isinstance(n, kind)]
        if not found:
            raise Unfit(node, "this code cannot be edited where it stands")
        return found[0]

    def argument(self, node: ast.AST) -> cst.Arg:
        """Return an argument of a call, named by its keyword or by its value."""
        if isinstance(node, ast.keyword | ast.Starred):
            return self.of_kind(node, cst.Arg)
        return self.around(node, cst.Arg)

    def element(self, node: ast.AST) -> cst.CSTNode:
        """Return an element of a display, named by its value."""
        if isinstance(node, ast.Starred):
            return self.of_kind(node, cst.StarredElement)
        return self.parents[self.expression(node)]

    def statement(self) -> cst.BaseStatement | cst.BaseSmallStatement:
        """Return the statement itself: a small one within its line."""
        whole = self.module.body[0]
        if self.stretch.before.startswith("class") and isinstance(whole, cst.ClassDef):
            whole = whole.body.body[0]  # type: ignore[assignment]
        return whole.body[0] if isinstance(whole, cst.SimpleStatementLine) else whole

    def code(self, module: cst.Module) -> str:
        """Return a changed statement's text without what was put around it."""
        at, code = self.stretch, module.code
        if not code.startswith(at.before) or not code.endswith(at.behind):
            raise Unfit(self.home, "this statement cannot be edited")
        return code[len(at.before) : len(code) - len(at.behind)]


def _offsets(text: str) -> dict[int, int]:
    """Return the offset in characters of each offset in UTF-8 bytes."""
    out, at = {}, 0
    for i, c in enumerate(text):
        out[at] = i
        at += len(c.encode("utf-8", "surrogatepass"))
    out[at] = len(text)
    return out
