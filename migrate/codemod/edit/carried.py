"""All edits of a source, carried out at once: LibCST changes statements from within, whole lines are cut and put in as text."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from migrate.codemod.edit.kinds import Drop, DropPair, DropStatement, Edit, InsertLine, KeepImport, NeedImport, NodeEdit, Pieces, Put
from migrate.codemod.edit.lines import Lines, splice
from migrate.codemod.source.python import Source

if TYPE_CHECKING:
    from migrate.codemod.edit.statement import Statements


def carried_out(source: Source, edits: Iterable[Edit]) -> str:
    """Return a source's text with some edits carried out.

    Raise Unfit where one cannot be.
    """
    return _Plan(source, edits).text()


class _Plan:
    """The edits of a source by what carries them out."""

    def __init__(self, source: Source, edits: Iterable[Edit]) -> None:
        self.source = source
        self.dropped: set[ast.stmt] = set()
        self.put: dict[ast.stmt, Pieces] = {}
        self.above: dict[ast.stmt, list[str]] = defaultdict(list)
        self.imports: dict[str, list[ast.AST]] = {}  # a line, and what needs it
        self.kept: dict[ast.stmt, str] = {}
        self.inside: list[NodeEdit] = []
        pairs: dict[ast.Assign, set[int]] = defaultdict(set)
        names: dict[ast.stmt, list[Drop]] = defaultdict(list)
        for edit in dict.fromkeys(edits):
            match edit:
                case DropStatement(statement):
                    self.dropped.add(statement)
                case Put(ast.stmt() as statement, code):
                    self.put[statement] = code
                case DropPair(statement, index):
                    pairs[statement].add(index)
                case InsertLine(statement, line):
                    self.above[statement].append(line)
                case NeedImport(line, user):
                    self.imports.setdefault(line, []).append(user)
                case KeepImport(statement, line):
                    self.kept.setdefault(statement, line)
                case Drop(ast.Import() | ast.ImportFrom() as statement):
                    names[statement].append(edit)
                case _:
                    self.inside.append(edit)
        for assign, gone in pairs.items():
            self._settle_pairs(assign, gone)
        for statement, drops in names.items():
            self._settle_import(statement, drops)

    def _settle_pairs(self, statement: ast.Assign, gone: set[int]) -> None:
        """An unpacking that loses all its targets goes, one that keeps a single one becomes a plain assignment."""
        target, value = statement.targets[0], statement.value
        assert isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List)
        keep = [i for i in range(len(target.elts)) if i not in gone]
        if not keep:
            self.dropped.add(statement)
        elif len(keep) == 1:
            self.put[statement] = (target.elts[keep[0]], " = ", value.elts[keep[0]])
        else:
            self.inside += [Drop(row, row.elts[i]) for row in (target, value) for i in sorted(gone)]

    def _settle_import(self, statement: ast.stmt, drops: list[Drop]) -> None:
        """An import that loses all its names goes; a new import of the same library takes its line."""
        assert isinstance(statement, ast.Import | ast.ImportFrom)
        if not {d.item for d in drops}.issuperset(statement.names):
            self.inside += drops
            return
        top = (statement.module or "") if isinstance(statement, ast.ImportFrom) else statement.names[0].name
        line = next((x for x in self.imports if x.split()[1].split(".")[0] == top.split(".")[0]), None)
        home = self.source.parents.get(statement)
        if line is not None and (isinstance(home, ast.Module) or all(home in list(self.source.ancestors(n)) for n in self.imports[line])):
            del self.imports[line]
            self.put[statement] = (line,)
        elif statement in self.kept:
            self.put[statement] = (self.kept[statement],)
        else:
            self.dropped.add(statement)

    def text(self) -> str:
        """Return the new text."""
        lines = Lines(self.source)
        cuts = [lines.above(statement, new) for statement, new in self.above.items()]
        cuts += lines.cuts(self.dropped)
        if self.inside or any(isinstance(p, ast.AST) for code in self.put.values() for p in code):
            statements = self._statements()
            cuts += statements.cuts()
            put = {s: statements.text(code) for s, code in self.put.items() if s not in self.dropped}
        else:
            put = {s: "".join(str(p) for p in code) for s, code in self.put.items() if s not in self.dropped}
        for statement, new in put.items():
            span = self.source.span(statement)
            cuts.append((span.start, span.end, new))
        if self.imports:
            cuts.append(lines.imported(self.imports, cuts))
        return splice(self.source.text, cuts)

    def _statements(self) -> "Statements":
        """Return what changes statements from within. LibCST is loaded here, and only where something changes."""
        from migrate.codemod.edit.statement import Statements

        statements = Statements(self.source, self.dropped, self.put)
        for edit in self.inside:
            statements.add(edit)
        return statements
