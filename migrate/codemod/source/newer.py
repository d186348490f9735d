"""Sources in newer syntax than the running Python's: LibCST parses them, and what `ast` cannot read is blanked in place.

LibCST's parser is its own and knows the grammar of later versions. Positions must stay what they are, so each construct
that is new (type aliases, type parameters, f-strings that reuse their quotes) is overwritten with as many blanks or with a
plain literal of the same length. The identifiers in what was overwritten are handed on: nothing that they name may be changed.
"""

import ast
import re

from migrate.tree.processes import isolated

_SECONDS = 8.0
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def parse_newer(text: str) -> tuple[ast.Module, frozenset[str]] | None:
    """The tree of `text` with newer constructs blanked, and the identifiers in them; None where LibCST refuses it too.

    LibCST 1.9 overflows its stack on long concatenations and takes minutes for others, so it works in a process of its own, and not for ever.
    """
    import libcst.metadata  # noqa: F401 - here, so that every such process has it

    if (made := isolated(_blanked, text, _SECONDS)) is None:
        return None
    try:
        return ast.parse(made[0]), made[1]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _blanked(text: str) -> tuple[str, frozenset[str]] | None:
    """`text` with newer constructs blanked, and the identifiers in them."""
    import libcst as cst
    from libcst.metadata import MetadataWrapper, PositionProvider

    if not text.isascii() and any(len(c.encode("utf-16-le")) > 2 for c in text):
        pass  # LibCST counts characters, as this does
    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    except (cst.ParserSyntaxError, RecursionError, ValueError):
        return None
    found: list[tuple[int, int, str]] = []
    lines = [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", text))]

    class Finder(cst.CSTVisitor):
        METADATA_DEPENDENCIES = (PositionProvider,)

        def add(self, node: cst.CSTNode, kind: str) -> None:
            at = self.get_metadata(PositionProvider, node)
            found.append((lines[at.start.line - 1] + at.start.column, lines[at.end.line - 1] + at.end.column, kind))

        def visit_TypeAlias(self, node: cst.TypeAlias) -> bool:
            self.add(node, "statement")
            return False

        def visit_TypeParameters(self, node: cst.TypeParameters) -> bool:
            self.add(node, "blank")
            return False

        def visit_FormattedString(self, node: cst.FormattedString) -> bool:
            self.add(node, "string")
            return False

    wrapper.visit(Finder())
    out, names = list(text), set[str]()
    for start, end, kind in found:
        piece = text[start:end]
        if kind == "string":
            try:
                ast.parse(piece.strip(), mode="eval")
                continue  # this Python reads it
            except SyntaxError:
                pass
        names.update(_IDENTIFIER.findall(piece))
        if kind == "string":
            new = "''" + re.sub(r"[^\r\n]", " ", piece[2:])
            if "\n" in piece or "\r" in piece:
                return None
        elif kind == "statement":
            new = "pass" + re.sub(r"[^\r\n]", " ", piece[4:])
        else:
            new = re.sub(r"[^\r\n]", " ", piece)
        out[start:end] = new
    return "".join(out), frozenset(names)
