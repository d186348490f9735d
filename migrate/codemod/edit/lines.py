"""Whole lines: statements that go, lines that are put above a statement, new imports. What stays is copied."""

import ast
import re
from collections.abc import Collection, Iterable

from migrate.codemod.source.cells import MARKED
from migrate.codemod.source.python import Source, Span

_LINE_END = re.compile(r"\r\n|\r|\n")
Cut = tuple[int, int, str]


class Lines:
    """The lines of a source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text

    def cuts(self, statements: Collection[ast.stmt]) -> list[Cut]:
        """Return the stretches to delete so that some statements go, with the blank lines around them."""
        self.statements = statements
        cuts = self._cut_statements()
        return _merge([c for c in cuts if not c[2]], self) + [c for c in cuts if c[2]]

    def above(self, statement: ast.stmt, lines: Iterable[str]) -> Cut:
        """Return the insertion of lines above a statement, indented as it is."""
        at = self._line_start(self.source.span(statement).start)
        indent = self.text[at : self.source.span(statement).start]
        return at, at, "".join(indent + line + self.source.newline for line in lines)

    def imported(self, imports: Collection[str], cuts: Iterable[Cut]) -> Cut:
        """Return the insertion of new imports, clear of other cuts."""
        at = self.import_place(min(imports))
        at = min([a for a, b, _ in cuts if a < at < b], default=at)
        return at, at, "".join(line + self.source.newline for line in imports)

    def _cut_statements(self) -> list[tuple[int, int, str]]:
        """The stretches to delete so that some statements go; a block that would be empty gets `pass`."""
        cuts: list[tuple[int, int, str]] = []
        for body in self._bodies():
            gone = [s for s in body if s in self.statements]
            if not gone:
                continue
            empty = len(gone) == len(body) and not isinstance(self.source.parents.get(body[0]), ast.Module)
            if empty:
                keep = gone[0]
                span = self._statement_span(keep)
                cuts.append((span.start, span.end, "pass"))
                gone = gone[1:]
            for s in gone:
                cuts.append((*self._cut_statement(s, body), ""))
        return cuts

    def _bodies(self) -> list[list[ast.stmt]]:
        out: dict[int, list[ast.stmt]] = {}
        for s in self.statements:
            parent = self.source.parents[s]
            for name in ("body", "orelse", "finalbody"):
                body = getattr(parent, name, None)
                if isinstance(body, list) and s in body:
                    out[id(body)] = body
        return list(out.values())

    def _statement_span(self, s: ast.stmt) -> Span:
        """A statement with its decorators."""
        span = self.source.span(s)
        decorators = getattr(s, "decorator_list", None)
        return Span(self.text.rindex("@", 0, self.source.span(decorators[0]).start), span.end) if decorators else span

    def _cut_statement(self, s: ast.stmt, body: list[ast.stmt]) -> tuple[int, int]:
        span = self._statement_span(s)
        start, end = span.start, span.end
        line_start = self._line_start(start)
        tail = re.compile(r"[ \t\f]*;?[ \t\f]*(?:#[^\r\n]*)?(\r\n|\r|\n|$)(?!\Z\A)").match(self.text, end)
        if not self.text[line_start:start].strip() and tail:
            return line_start, tail.end()
        i = body.index(s)
        if i + 1 < len(body) and self.source.line_of(self.source.span(body[i + 1]).start) == self.source.line_of(end):
            return start, self.source.span(body[i + 1]).start
        before = self.text[:start].rstrip(" \t\f")
        return (len(before) - 1 if before.endswith(";") else len(before)), end

    def _tidy(self, start: int, end: int) -> tuple[int, int]:
        """Blank lines on both sides of what goes: those below go too, as many as stand above."""
        above, at = 0, start
        while at > 0:
            prior = self._line_start(at - 1)
            if self.text[prior:at].strip():
                break
            above, at = above + 1, prior
        if at == 0 or (not above and self._opens_block(at)):
            above = 99  # the file or a block begins here
        below, line = end, 0
        while line < above:
            m = re.compile(r"[ \t\f]*(?:\r\n|\r|\n)").match(self.text, below)
            if not m:
                break
            below, line = m.end(), line + 1
        return start, below

    def _opens_block(self, at: int) -> bool:
        """Does the line above end with the colon of a block?"""
        return re.search(r":[ \t]*(#.*)?$", self.text[self._line_start(at - 1) : at].rstrip("\r\n")) is not None

    def _stands_for_a_magic(self, statement: ast.stmt) -> bool:
        """In a notebook: is it a magic or a shell line (`!pip install boto3`), which an import may need to come after?"""
        start = self._line_start(self.source.span(statement).start)
        return (
            isinstance(statement, ast.Pass)
            and MARKED.search(self.text, start, self.text.find("\n", start) + 1 or len(self.text)) is not None
        )

    def import_place(self, wanted: str) -> int:
        """Where a new import goes: into the last block of leading imports, before its `from` imports and by the alphabet."""
        body = self.source.tree.body
        leading: list[ast.stmt] = []
        for i, s in enumerate(body):
            docstring = i == 0 and isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) and isinstance(s.value.value, str)
            if isinstance(s, ast.Import | ast.ImportFrom):
                leading.append(s)
            elif not docstring and not self._stands_for_a_magic(s):
                break
        future = [s for s in leading if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
        block: list[ast.stmt] = []
        for s in leading:
            if s in future:
                block = []
                continue
            near = block and self.text[self.source.span(block[-1]).end : self.source.span(s).start].count("\n") + 0 <= 1
            block = [*block, s] if near else [s]
        for s in block:
            if isinstance(s, ast.ImportFrom) or self.source.code(s) > wanted:
                start = self.source.span(s).start
                if start == self._line_start(start):
                    return start
                break
        anchor = (
            block[-1]
            if block
            else future[-1]
            if future
            else body[0]
            if body and isinstance(body[0], ast.Expr) and ast.get_docstring(self.source.tree)
            else None
        )
        if anchor is None:
            first = next((s for s in body if not self._stands_for_a_magic(s)), None)
            return self._line_start(self.source.span(first).start) if first is not None else len(self.text)
        m = _LINE_END.search(self.text, self.source.span(anchor).end)
        return m.end() if m else len(self.text)

    def _line_start(self, offset: int) -> int:
        return self.source.lines[self.source.line_of(offset) - 1]


def _merge(cuts: list[tuple[int, int, str]], lines: Lines) -> list[tuple[int, int, str]]:
    """Joins neighbouring whole-line cuts, so that the blank lines around the whole are tidied once."""
    out: list[tuple[int, int, str]] = []
    for a, b, new in sorted(cuts):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]), "")
        elif out and not lines.text[out[-1][1] : a].strip() and a == lines._line_start(a):
            out[-1] = (out[-1][0], b, "") if not lines.text[out[-1][1] : a] else out[-1]
            if lines.text[out[-1][1] : a]:
                out.append((a, b, ""))
        else:
            out.append((a, b, new))
    done = []
    for a, b, new in out:
        whole = a == lines._line_start(a) and (b == len(lines.text) or lines.text[b - 1] in "\r\n")
        done.append((*lines._tidy(a, b), new) if whole else (a, b, new))
    return done


def splice(text: str, cuts: list[tuple[int, int, str]]) -> str:
    """Applies cuts; one that lies within another is dropped with it."""
    out: list[str] = []
    at = 0
    for start, end, new in sorted(cuts, key=lambda c: (c[0], c[0] != c[1], -c[1])):
        if start < at:
            if end > at and not new:  # two deletions that overlap: the later one's rest goes too
                at = end
            continue
        out += [text[at:start], new]
        at = end
    return "".join([*out, text[at:]])
