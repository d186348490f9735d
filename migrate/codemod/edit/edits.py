"""All cutting of text: rules say which nodes go or what takes their place, this says which characters that is.

What stays is copied; a removed argument or entry takes its comma and, where it had lines of its own, those lines with it.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable

from migrate.codemod.edit.kinds import (
    AppendArgument,
    Drop,
    DropDeclared,
    DropPair,
    DropStatement,
    Edit,
    InsertAfter,
    InsertArgument,
    InsertEntry,
    InsertLine,
    KeepImport,
    NameArgument,
    NeedImport,
    Pieces,
    Put,
    PutArgument,
    Rename,
    RenameDeclared,
    SupplyArgument,
)
from migrate.codemod.edit.lists import Lists
from migrate.codemod.source.cells import MARKED
from migrate.codemod.source.python import Source, Span

_LINE_END = re.compile(r"\r\n|\r|\n")


def edited(source: Source, edits: Iterable[Edit]) -> str:
    """Return a source's text with some edits carried out."""
    made = Edits(source)
    for late in (0, 1, 2):
        for edit in edits:
            if lateness(edit) == late:
                made.carry_out(edit)
        if not late:
            made.settle_terms()
            made.settle_declared()
    return made.apply()


def lateness(edit: Edit) -> int:
    """Return when an edit's turn comes: what is composed of other code is put in when that is changed."""
    match edit:
        case SupplyArgument():
            return 2
        case PutArgument() | InsertArgument() | AppendArgument() | InsertAfter() | InsertEntry():
            return 1
        case Put(code=code):
            return int(any(isinstance(p, ast.AST) for p in code))
    return 0


class Edits(Lists):
    """Changes to one source, gathered and then applied at once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.replaced: dict[tuple[int, int], str] = {}
        self.items: dict[ast.AST, set[ast.AST]] = defaultdict(set)  # call, display, import or arguments: what goes out of it
        self.statements: set[ast.stmt] = set()
        self.imports: dict[str, list[ast.AST]] = {}  # a line, and what needs it
        self.instead: dict[ast.AST, str] = {}  # what an import whose module does something leaves behind
        self.before: dict[ast.stmt, list[str]] = defaultdict(list)
        self.pairs: dict[ast.Assign, set[int]] = defaultdict(set)
        self.terms: dict[ast.BoolOp, set[ast.AST]] = defaultdict(set)
        self.declared: dict[ast.Global | ast.Nonlocal, set[str]] = defaultdict(set)

    def __bool__(self) -> bool:
        return bool(self.replaced or self.items or self.statements or self.imports or self.before)

    def carry_out(self, edit: Edit) -> None:
        """Carry out one edit."""
        match edit:
            case Put(node, code):
                for owner in [o for o in self.items if code and o is node]:
                    del self.items[owner]
                self.replace(node, self.composed(code))
            case Rename(node, name):
                span = self.source.span(node)
                if isinstance(node, ast.Attribute):
                    span = Span(span.end - len(node.attr), span.end)
                elif isinstance(node, ast.arg | ast.keyword):
                    span = Span(span.start, span.start + len(node.arg or ""))
                elif isinstance(node, ast.alias):
                    span = Span(span.start, span.start + len(node.name))
                self.replace_span(span, name)
            case RenameDeclared(statement, old, new):
                at = self.source.span(statement).start
                found = re.search(rf"\b{re.escape(old)}\b", self.source.code(statement))
                assert found is not None
                self.replace_span(Span(at + found.start(), at + found.end()), new)
            case DropDeclared(statement, name):
                self.declared[statement].add(name)
            case Drop(ast.BoolOp() as owner, item):
                self.terms[owner].add(item)
            case Drop(ast.Assign() as owner, item):
                i = owner.targets.index(item)  # type: ignore[arg-type]
                behind = [*owner.targets, owner.value][i + 1]
                self.replace_span(Span(self.source.span(item).start, self.source.span(behind).start), "")
            case Drop(owner, item):
                self.remove_item(owner, item)
            case DropPair(statement, index):
                self.remove_pair(statement, index)
            case DropStatement(statement):
                self.remove_statement(statement)
            case NameArgument(_, argument, name):
                at = self.source.span(argument).start
                self.replace_span(Span(at, at), f"{name}=")
            case PutArgument(call, argument, code):
                self.replace_item(call, argument, self.composed(code))
            case InsertArgument(_, before, code, line):
                at = self.source.span(before).start
                indent = self.text[self._line_start(at) : at]
                self.replace_span(Span(at, at), self.composed(code) + (f",{self.source.newline}{indent}" if line else ", "))
            case SupplyArgument(call, place, code):
                gone = self.items.get(call, set())
                if place in gone:
                    gone.discard(place)
                    self.replace(place, self.composed(code))
                else:
                    at = self.source.span(place).start
                    self.replace_span(Span(at, at), self.composed(code) + ", ")
            case AppendArgument(call, code):
                ends = [self.source.span(x).end for x in [*call.args, *call.keywords]]
                at = max(ends, default=self.source.span(call).end - 1)
                self.replace_span(Span(at, at), (", " if ends else "") + self.composed(code))
            case InsertAfter(owner, item, code):
                at = (self.whole_item(owner, item) if isinstance(owner, ast.Call) else self.item_span(owner, item)).end
                self.replace_span(Span(at, at), ", " + self.composed(code))
            case InsertEntry(display, value, code):
                at = self.item_span(display, value).start
                self.replace_span(Span(at, at), self.composed(code) + ", ")
            case InsertLine(statement, line):
                if line not in self.before[statement]:
                    self.before[statement].append(line)
            case NeedImport(line, user):
                self.imports.setdefault(line, []).append(user)
            case KeepImport(statement, line):
                self.instead.setdefault(statement, line)

    def composed(self, code: Pieces) -> str:
        """Return the text that pieces stand for."""
        return "".join(p if isinstance(p, str) else self.render(p) for p in code)

    def settle_terms(self) -> None:
        """Terms of a condition that go take the operator with them."""
        for owner, gone in self.terms.items():
            around = self.source.span(owner)
            spans = [self.widen(self.source.span(v), around.start, around.end) for v in owner.values]
            first = next(i for i, v in enumerate(owner.values) if v not in gone)
            if first:
                self.replace_span(Span(spans[0].start, spans[first].start), "")
            for i, v in enumerate(owner.values):
                if i > first and v in gone:
                    self.replace_span(Span(spans[i - 1].end, spans[i].end), "")

    def settle_declared(self) -> None:
        """Names that go out of `global` and `nonlocal` take a comma with them."""
        for statement, names in self.declared.items():
            at = self.source.span(statement).start
            spans = [(m.group(), at + m.start(), at + m.end()) for m in re.finditer(r"\w+", self.source.code(statement))][1:]
            first = next(i for i, (name, _, _) in enumerate(spans) if name not in names)
            if first:
                self.replace_span(Span(spans[0][1], spans[first][1]), "")
            for i, (name, _, end) in enumerate(spans):
                if i > first and name in names:
                    self.replace_span(Span(spans[i - 1][2], end), "")

    def replace(self, node: ast.AST, text: str) -> None:
        """Puts `text` in the place of a node."""
        span = self.source.span(node)
        self.replace_span(span, text)

    def replace_span(self, span: Span, text: str) -> None:
        """Puts `text` in the place of a stretch."""
        self.replaced[span.start, span.end] = text

    def remove_item(self, owner: ast.AST, item: ast.AST) -> None:
        """Takes an argument out of a call, an entry (named by its value) out of a display, a name out of an import, a parameter out of a def."""
        self.items[owner].add(item)

    def remove_pair(self, statement: ast.Assign, index: int) -> None:
        """Takes a target and its value out of `a, b = x, y`."""
        self.pairs[statement].add(index)

    def remove_statement(self, statement: ast.stmt) -> None:
        """Takes a statement out."""
        self.statements.add(statement)

    def render(self, node: ast.AST) -> str:
        """A node's text with the replacements that fall inside it made."""
        span = self.source.span(node)
        if isinstance(node, ast.NamedExpr):
            return f"({self._rendered(span)})"
        return self._rendered(span)

    def _rendered(self, span: Span) -> str:
        inside = sorted((k, v) for k, v in self.replaced.items() if span.start <= k[0] and k[1] <= span.end)
        out, at = [], span.start
        for (start, end), new in inside:
            if start < at:
                continue
            out += [self.text[at:start], new]
            at = end
        return "".join([*out, self.text[at : span.end]])

    def replace_item(self, owner: ast.AST, item: ast.AST, text: str) -> None:
        """Puts `text` in the place of an argument, the parentheses around it included."""
        self.replace_span(self.whole_item(owner, item), text)

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

    def apply(self) -> str:
        """The new text."""
        self._settle_pairs()
        self._settle_imports()
        cuts: list[tuple[int, int, str]] = [(a, b, new) for (a, b), new in self.replaced.items()]
        for owner, gone in self.items.items():
            stretches = self._cut_list(owner, gone)
            if isinstance(owner, ast.Call) and len(gone) == len(owner.args) + len(owner.keywords):
                low, high = self._bounds(owner, [])
                stretches = [(low, high)] if "#" not in self.text[low:high] else stretches
            cuts += [(a, b, "") for a, b in stretches]
            cuts += self._comma_of_one(owner, gone, stretches)
        statements = self._cut_statements()
        for s, lines in self.before.items():
            at = self._line_start(self.source.span(s).start)
            indent = self.text[at : self.source.span(s).start]
            cuts.append((at, at, "".join(indent + line + self.source.newline for line in lines)))
        whole = _merge([c for c in statements if not c[2]], self)
        cuts += whole + [c for c in statements if c[2]]
        if self.imports:
            at = self.import_place()
            at = min([a for a, b, _ in cuts if a < at < b], default=at)
            cuts.append((at, at, "".join(line + self.source.newline for line in self.imports)))
        return splice(self.text, cuts)

    def _settle_pairs(self) -> None:
        """An unpacking that loses all its targets goes, one that keeps a single one becomes a plain assignment."""
        for statement, gone in self.pairs.items():
            target, value = statement.targets[0], statement.value
            assert isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List)
            keep = [i for i in range(len(target.elts)) if i not in gone]
            if not keep:
                self.remove_statement(statement)
            elif len(keep) == 1:
                self.replace(statement, f"{self.render(target.elts[keep[0]])} = {self.render(value.elts[keep[0]])}")
            else:
                for i in gone:
                    self.remove_item(target, target.elts[i])
                    self.remove_item(value, value.elts[i])

    def _settle_imports(self) -> None:
        """An import that loses all its names goes; a new import of the same library takes its line."""
        for owner in [o for o in self.items if isinstance(o, ast.Import | ast.ImportFrom)]:
            if self.items[owner] >= set(owner.names):
                del self.items[owner]
                top = (owner.module or "") if isinstance(owner, ast.ImportFrom) else owner.names[0].name
                line = next((x for x in self.imports if x.split()[1].split(".")[0] == top.split(".")[0]), None)
                home = self.source.parents.get(owner)
                if line is not None and (
                    isinstance(home, ast.Module) or all(home in list(self.source.ancestors(n)) for n in self.imports[line])
                ):
                    del self.imports[line]
                    self.replace(owner, line)
                elif owner in self.instead:
                    self.replace(owner, self.instead[owner])
                else:
                    self.remove_statement(owner)

    def _stands_for_a_magic(self, statement: ast.stmt) -> bool:
        """In a notebook: is it a magic or a shell line (`!pip install boto3`), which an import may need to come after?"""
        start = self._line_start(self.source.span(statement).start)
        return (
            isinstance(statement, ast.Pass)
            and MARKED.search(self.text, start, self.text.find("\n", start) + 1 or len(self.text)) is not None
        )

    def import_place(self) -> int:
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
        wanted = min(self.imports, default="")
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


def _merge(cuts: list[tuple[int, int, str]], edits: Edits) -> list[tuple[int, int, str]]:
    """Joins neighbouring whole-line cuts, so that the blank lines around the whole are tidied once."""
    out: list[tuple[int, int, str]] = []
    for a, b, new in sorted(cuts):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]), "")
        elif out and not edits.text[out[-1][1] : a].strip() and a == edits._line_start(a):
            out[-1] = (out[-1][0], b, "") if not edits.text[out[-1][1] : a] else out[-1]
            if edits.text[out[-1][1] : a]:
                out.append((a, b, ""))
        else:
            out.append((a, b, new))
    done = []
    for a, b, new in out:
        whole = a == edits._line_start(a) and (b == len(edits.text) or edits.text[b - 1] in "\r\n")
        done.append((*edits._tidy(a, b), new) if whole else (a, b, new))
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
