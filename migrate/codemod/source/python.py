"""One Python source as the codemod sees it: bytes, text, tree, and the way from a node's position to an offset in the text.

Nothing here normalises: line ends, byte-order mark, form feeds and the encoding stay what they were, because every
edit is a splice of `text` and everything outside the splices is copied.
"""

import ast
import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from migrate.codemod.source.notes import Note
from migrate.keys import KEY_ID

_NO_NODES = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)  # shared by all places where they stand
_LINE_END = re.compile(r"\r\n|\r|\n")
_DEEPEST = 400  # brackets within brackets; CPython's own parser gives up at 200, LibCST's stack some way above


class Unreadable(Exception):
    """Why a source cannot be worked on; `line` (1-based) where the parser knows it. The text never quotes the source."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source's text, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Frozen:
    """Why nothing in a source may change: a code of `migrate.codes`, the reason, and what to do."""

    code: str
    reason: str
    help: str


BY_MAGIC = Frozen("AWS215", "left unchanged: the notebook sets a key in a magic or shell line", "fix that line by hand, then run again")


@dataclass(eq=False, slots=True)
class Source:
    """A parsed Python source. `opaque` are identifiers in stretches that the running Python cannot parse (see `newer`).

    `frozen` says why nothing in it may change (None: it may); `notes` are keys in magics and shell lines.
    """

    path: Path
    data: bytes
    text: str
    encoding: str
    bom: bool
    tree: ast.Module
    opaque: frozenset[str] = frozenset()
    frozen: Frozen | None = None
    notes: list[Note] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)  # a notebook's magics and shell lines, which stand in its text as marks
    lines: list[int] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = [0, *(m.end() for m in _LINE_END.finditer(self.text))]
        todo: list[ast.AST] = [self.tree]
        for node in todo:  # in the order of ast.walk, at half its cost
            for child in ast.iter_child_nodes(node):
                if not isinstance(child, _NO_NODES):
                    self.parents[child] = node
                    todo.append(child)

    def offset(self, line: int, column: int) -> int:
        """Offset of a position as `ast` gives it (line 1-based, column in UTF-8 bytes)."""
        start = self.lines[line - 1]
        end = self.lines[line] if line < len(self.lines) else len(self.text)
        text = self.text[start:end]
        if text.isascii():
            return start + column
        return start + len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "surrogatepass"))

    def span(self, node: ast.AST) -> Span:
        """Where a node stands in the text (parentheses around an expression are not part of it)."""
        return Span(
            self.offset(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            self.offset(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def code(self, node: ast.AST) -> str:
        """A node's own text."""
        span = self.span(node)
        return self.text[span.start : span.end]

    @property
    def newline(self) -> str:
        """The line end that the file uses (the first one; a file of one line gets LF)."""
        m = _LINE_END.search(self.text)
        return m.group() if m else "\n"

    def line_of(self, offset: int) -> int:
        """The 1-based line of an offset."""
        return bisect_right(self.lines, offset)

    def column_of(self, offset: int) -> int:
        """The 1-based column of an offset."""
        return offset - self.lines[self.line_of(offset) - 1] + 1

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, innermost first."""
        while (up := self.parents.get(node)) is not None:
            yield up
            node = up

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that a node stands in."""
        if isinstance(node, ast.stmt):
            return node
        return next(up for up in self.ancestors(node) if isinstance(up, ast.stmt))

    def encode(self, text: str) -> bytes:
        """`text` as the file's bytes.

        Raises UnicodeEncodeError where the file's encoding cannot hold it.
        """
        data = text.encode("utf-8" if self.encoding == "utf-8-sig" else self.encoding)
        return b"\xef\xbb\xbf" + data if self.bom else data


_BODY = re.compile(r"""("{3}|'{3}|"|')((?:\\.|(?!\1).)+)\1""", re.S)


def written(source: Source, node: ast.AST) -> set[str]:
    """What a display of the source would show of a literal: its value, and its pieces where it is written in several or with escapes."""
    value = node.value if isinstance(node, ast.Constant) else None
    text = value if isinstance(value, str) else value.decode("latin-1") if isinstance(value, bytes) else None
    code = source.code(node)
    out = {text} if text is not None else set()
    if text is None or text not in code:
        out |= {m.group(2) for m in _BODY.finditer(code) if len(m.group(2)) >= 6 and not KEY_ID.fullmatch(m.group(2))}
    return out


def decode(data: bytes) -> tuple[str, str, bool]:
    """Text, encoding and byte-order mark of a source, as Python itself would decode it (PEP 263).

    Raises Unreadable where Python would not.
    """
    bom = data.startswith(b"\xef\xbb\xbf")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data[3:].decode("utf-8") if bom else data.decode(encoding)  # codecs raise what they like (punycode: UnicodeError)
    except (SyntaxError, ValueError, LookupError, TypeError, AttributeError) as e:
        raise Unreadable("it cannot be decoded with its declared encoding (UTF-8 by default)") from e
    if encoding not in ("utf-8", "utf-8-sig") and not _comes_back(text, encoding, data):
        raise Unreadable("it does not survive decoding and encoding unchanged")
    if "\x00" in text:
        raise Unreadable("it contains a NUL byte", text[: text.index("\x00")].count("\n") + 1)
    return text, encoding, bom


def _comes_back(text: str, encoding: str, data: bytes) -> bool:
    """Do the bytes of a text come out of it again? Of `unicode_escape`, say, the line ends would not."""
    try:
        return text.encode(encoding) == data
    except (ValueError, LookupError, TypeError, AttributeError):
        return False


def too_deep(text: str) -> bool:
    """Are brackets nested so deep that a parser's stack is in danger? Cheap, and errs towards no inside strings."""
    depth = 0
    for m in re.finditer(r"[(\[{]|[)\]}]", text):
        if m.group() in "([{":
            depth += 1
            if depth > _DEEPEST:
                return True
        elif depth:
            depth -= 1
    return False


def parse_text(text: str) -> tuple[ast.Module, frozenset[str]]:
    """The tree of a text; newer syntax than the running Python's is handled by `migrate.codemod.source.newer`.

    Raises Unreadable.
    """
    if too_deep(text):
        raise Unreadable("its brackets are nested too deeply to parse safely")
    try:
        return ast.parse(text), frozenset()
    except RecursionError as e:
        raise Unreadable("it is nested too deeply or too large to parse") from e
    except MemoryError as e:
        raise Unreadable("it is nested too deeply or too large to parse") from e
    except (SyntaxError, ValueError) as e:
        from migrate.codemod.source.newer import parse_newer

        tree = parse_newer(text)
        if tree is None:
            line = e.lineno if isinstance(e, SyntaxError) else None
            raise Unreadable("it is not Python 3 code that this version can parse", line) from None
        return tree


def parse(path: Path, data: bytes) -> Source:
    """Reads one source.

    Raises Unreadable where it cannot be decoded or parsed.
    """
    text, encoding, bom = decode(data)
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in the file under work are its own affair
        tree, opaque = parse_text(text)
    source = Source(path, data, text, encoding, bom, tree, opaque)
    if "# MAGIC" in text or "%%" in text:
        from migrate.codemod.source.magics import comment_magics

        source.notes = comment_magics(text)
        source.frozen = BY_MAGIC if source.notes else None
    return source


@lru_cache(maxsize=16)
def imported_roots(source: Source) -> frozenset[str]:
    """The first parts of the names of all modules that a source imports, relative ones apart."""
    roots: set[str] = set()
    for n in source.parents:
        if isinstance(n, ast.Import):
            roots.update(a.name.split(".")[0] for a in n.names)
        elif isinstance(n, ast.ImportFrom) and not n.level:
            roots.add((n.module or "").split(".")[0])
    return frozenset(roots)
