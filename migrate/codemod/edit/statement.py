"""The edits of a source's statements, carried out by LibCST: each statement is parsed alone, changed, and given back as text."""

import ast
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, assert_never

import libcst as cst

from migrate.codemod.edit import rows
from migrate.codemod.edit.kinds import (
    AppendArgument,
    Drop,
    DropDeclared,
    InsertAfter,
    InsertArgument,
    InsertEntry,
    NameArgument,
    NodeEdit,
    Pieces,
    Put,
    PutArgument,
    Rename,
    RenameDeclared,
    SupplyArgument,
    Unfit,
)
from migrate.codemod.edit.owners import laid_in, row_of
from migrate.codemod.edit.parsed import Home, Parsed, home_of
from migrate.codemod.edit.rows import Row
from migrate.codemod.source.python import Source

Change = Callable[[Any], cst.CSTNode]
RowEdit = NameArgument | PutArgument | InsertArgument | SupplyArgument | AppendArgument | InsertAfter | InsertEntry


class Statements:
    """The statements of a source that change, and the edits of each."""

    def __init__(self, source: Source, gone: Collection[ast.stmt], put: Collection[ast.stmt]) -> None:
        """Take a source. `gone` and `put` are statements that go or are replaced as a whole."""
        self.source = source
        self.whole = {*gone, *put}
        self.edits: dict[Home, list[NodeEdit]] = defaultdict(list)
        self._changed: dict[Home, Changed] = {}

    def add(self, edit: NodeEdit) -> None:
        """Plan an edit."""
        self.edits[home_of(self.source, place_of(edit))].append(edit)

    def of(self, home: Home) -> "Changed":
        """Return a statement with its edits."""
        if home not in self._changed:
            with _as_unfit(home):
                self._changed[home] = Changed(self, home, self.edits.get(home, []))
        return self._changed[home]

    def text(self, code: Pieces) -> str:
        """Return the text that pieces stand for."""
        return "".join(p if isinstance(p, str) else self.of(home_of(self.source, p)).text_of(p) for p in code)

    def cuts(self) -> Iterator[tuple[int, int, str]]:
        """Yield each changed stretch of the source, with its new text."""
        for home in self.edits:
            if not self.whole.isdisjoint((home, *self.source.ancestors(home))):
                continue
            changed = self.of(home)
            at = changed.parsed.stretch
            yield at.start, at.end, changed.text()


def place_of(edit: NodeEdit) -> ast.AST:
    """Return a node of the statement that an edit changes."""
    match edit:
        case Put(node) | Rename(node):
            return node
        case RenameDeclared(statement) | DropDeclared(statement):
            return statement
        case Drop(ast.arguments(), item) | InsertAfter(ast.arguments(), item):
            return item
        case Drop(owner) | InsertAfter(owner):
            return owner
        case NameArgument(call) | PutArgument(call) | InsertArgument(call) | SupplyArgument(call) | AppendArgument(call):
            return call
        case InsertEntry(display):
            return display
    assert_never(edit)


class _Changer(cst.CSTTransformer):
    """Applies changes to the nodes that they belong to, from the inside out."""

    def __init__(self, changes: dict[cst.CSTNode, list[Change]]) -> None:
        super().__init__()
        self.changes = changes

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        for change in self.changes.get(original_node, ()):
            updated_node = change(updated_node)
        return updated_node


class Changed:
    """One statement, parsed, and what its edits make of it."""

    def __init__(self, statements: Statements, home: Home, edits: list[NodeEdit]) -> None:
        self.statements = statements
        self.source = statements.source
        self.parsed = Parsed(self.source, home)
        self.changes: dict[cst.CSTNode, list[Change]] = defaultdict(list)
        self.gone: dict[ast.AST, list[ast.AST]] = defaultdict(list)
        self.added: dict[ast.AST, list[RowEdit]] = defaultdict(list)
        for edit in edits:
            self._plan(edit)
        for owner in {**self.gone, **self.added}:
            change, original = self._row_change(owner)
            self.changes[original].insert(0, change)  # before what puts something in the place of the whole

    def text(self) -> str:
        """Return the statement's new text."""
        with _as_unfit(self.parsed.home):
            return self.parsed.code(self._visited(self.parsed.module))

    def text_of(self, node: ast.AST) -> str:
        """Return the new text of an expression of the statement, without the parentheses around it."""
        with _as_unfit(node):
            new = self._visited(self.parsed.expression(node))
            if isinstance(node, ast.NamedExpr):
                return f"({self.parsed.module.code_for_node(new.with_changes(lpar=[], rpar=[]))})"
            own = self._own_parentheses(node)
            return self.parsed.module.code_for_node(
                new.with_changes(lpar=new.lpar[len(new.lpar) - own :], rpar=new.rpar[: min(own, len(new.rpar))])
            )

    def _own_parentheses(self, node: ast.AST) -> int:
        """Return 1 where `ast` takes a pair of parentheses for a part of the node that LibCST does not, else 0."""
        return int(isinstance(node, ast.Tuple | ast.GeneratorExp) and self.source.text[self.source.span(node).start] == "(")

    def _visited(self, node: Any) -> Any:
        return node.visit(_Changer(self.changes))

    def _plan(self, edit: NodeEdit) -> None:
        parsed, changes = self.parsed, self.changes
        match edit:
            case Put(node, code):
                changes[parsed.expression(node)].append(lambda new: self._put(node, new, code))
            case Rename(ast.Name() as node, name):
                changes[parsed.expression(node)].append(lambda new: new.with_changes(value=name))
            case Rename(ast.Attribute() as node, name):
                changes[parsed.expression(node)].append(lambda new: new.with_changes(attr=cst.Name(name)))
            case Rename(ast.arg() as node, name):
                changes[parsed.parameter(node)].append(lambda new: new.with_changes(name=cst.Name(name)))
            case Rename(ast.keyword() as node, name):
                changes[parsed.argument(node)].append(lambda new: new.with_changes(keyword=cst.Name(name)))
            case Rename(ast.alias() as node, name):
                changes[parsed.of_kind(node, cst.ImportAlias)].append(lambda new: new.with_changes(name=cst.Name(name)))
            case Rename(node):
                raise Unfit(node, "this name cannot be changed where it stands")
            case RenameDeclared(_, old, name):
                changes[parsed.statement()].append(lambda new: _declared(new, {old: name}))
            case DropDeclared(_, old):
                changes[parsed.statement()].append(lambda new: _declared(new, {old: None}))
            case Drop(owner, item):
                self.gone[owner].append(item)
            case InsertAfter(owner):
                self.added[owner].append(edit)
            case NameArgument(call) | PutArgument(call) | InsertArgument(call) | SupplyArgument(call) | AppendArgument(call):
                self.added[call].append(edit)
            case InsertEntry(display):
                self.added[display].append(edit)

    def _put(self, node: ast.AST, old: Any, code: Pieces) -> cst.CSTNode:
        """Return other code in the place of an expression, in the parentheses that are around it."""
        new: Any = cst.parse_expression(f"({self.statements.text(code)})", self.parsed.module.config_for_parsing)
        own = self._own_parentheses(node)
        left, right = old.lpar[: len(old.lpar) - own], old.rpar[own:]
        return new.with_changes(lpar=[*left, *new.lpar[1:]], rpar=[*new.rpar[:-1], *right])  # type: ignore[no-any-return]

    def _made(self, owner: type[ast.AST], code: Pieces) -> Any:
        """Return a new item of a row."""
        text, config = self.statements.text(code), self.parsed.module.config_for_parsing
        if owner is ast.Call:
            call: Any = cst.parse_expression(f"f({text})", config)
            return call.args[0]
        if owner is ast.Dict:
            display: Any = cst.parse_expression(f"{{{text}}}", config)
            return display.elements[0]
        statement: Any = cst.parse_statement(f"def f({text}): pass" if owner is ast.arguments else f"from m import {text}", config)
        return statement.params.params[0] if owner is ast.arguments else statement.body[0].names[0]

    def _row_change(self, owner: ast.AST) -> tuple[Change, cst.CSTNode]:
        """Return what changes the row of an owner, and the node that has the row."""
        gone, added, parsed = self.gone.get(owner, []), self.added.get(owner, []), self.parsed
        if isinstance(owner, ast.BoolOp):
            whole = parsed.expression(owner)
            assert isinstance(whole, cst.BooleanOperation)
            terms = [parsed.expression(v) for v in owner.values]
            stay = [v not in gone for v in owner.values]
            return lambda new: _fewer_terms(whole, new, terms, stay), whole
        if isinstance(owner, ast.Assign):
            left = [t not in gone for t in owner.targets]
            return lambda new: new.with_changes(
                targets=[t for t, stays in zip(new.targets, left, strict=True) if stays]
            ), parsed.statement()
        original, find = self._owner(owner)
        before = [i.node for i in row_of(original).items]
        places = [before.index(find(n)) for n in gone]
        return lambda new: self._changed_row(owner, new, places, added, before, find), original

    def _owner(self, owner: ast.AST) -> tuple[cst.CSTNode, Callable[[Any], cst.CSTNode]]:
        """Return LibCST's node with the row of an owner, and what finds an item there."""
        parsed = self.parsed
        match owner:
            case ast.Call():
                return parsed.of_kind(owner, cst.Call), parsed.argument
            case ast.Dict() | ast.List() | ast.Set() | ast.Tuple():
                return parsed.expression(owner), parsed.element
            case ast.Import() | ast.ImportFrom():
                return parsed.statement(), lambda alias: parsed.of_kind(alias, cst.ImportAlias)
            case ast.arguments():
                function = self.source.parents[owner]
                if isinstance(function, ast.Lambda):
                    return parsed.of_kind(function, cst.Lambda), parsed.parameter
                return parsed.statement(), parsed.parameter
        raise Unfit(owner, "this code cannot be edited where it stands")

    def _changed_row(
        self, owner: ast.AST, new: Any, gone: list[int], added: list[RowEdit], before: list[cst.CSTNode], find: Callable[[Any], cst.CSTNode]
    ) -> cst.CSTNode:
        """Return the owner of a row with items put in and taken out. Places count as in the row that was."""
        row = row_of(new)
        kind = type(owner)
        stays: list[bool | None] = [i not in gone for i in range(len(before))]  # None: for what is put in
        now: list[int | None] = list(range(len(before)))

        def put(at: int, other: Row) -> None:
            nonlocal row
            row = other
            now.insert(at, None)

        for edit in added:
            match edit:
                case NameArgument(_, argument, name):
                    i = before.index(find(argument))
                    equal = cst.AssignEqual(rows.NONE, rows.NONE)
                    named: Any = row.items[now.index(i)].node
                    row = rows.replaced(row, now.index(i), named.with_changes(keyword=cst.Name(name), equal=equal))
                case PutArgument(_, argument, code):
                    at = now.index(before.index(find(argument)))
                    row = rows.replaced(row, at, self._made(kind, code))
                case SupplyArgument(_, place, code):
                    i = before.index(find(place))
                    at = now.index(i)
                    made = self._made(kind, code)
                    if stays[i]:
                        put(at, rows.inserted(row, at, made))
                    else:
                        stays[i] = True
                        row = rows.replaced(row, at, made)
                case InsertArgument(_, place, code):
                    at = now.index(before.index(find(place)))
                    put(at, rows.inserted(row, at, self._made(kind, code)))
                case InsertEntry(_, place, code):
                    at = now.index(before.index(find(place)))
                    put(at, rows.inserted(row, at, self._made(kind, code)))
                case AppendArgument(_, code):
                    at = len(now) - 1
                    put(at + 1, rows.appended(row, at, self._made(kind, code)))
                case InsertAfter(_, item, code):
                    at = now.index(before.index(find(item)))
                    put(at + 1, rows.appended(row, at, self._made(kind, code)))
        out = [i is not None and not stays[i] for i in now]
        return laid_in(new, rows.without(row, out))


def _fewer_terms(whole: cst.BooleanOperation, new: Any, terms: list[cst.BaseExpression], stay: list[bool]) -> cst.CSTNode:
    """Return a condition without some terms, each of which takes the operator before it, the first one that behind it."""
    found: list[tuple[Any, Any]] = []  # each operator, and the term behind it

    def take(old: cst.CSTNode, now: Any) -> None:
        if isinstance(old, cst.BooleanOperation) and old not in terms and (old is whole or not old.lpar):
            take(old.left, now.left)
            found.append((now.operator, now.right))
        else:
            found.append((None, now))

    take(whole, new)
    if len(found) != len(terms):
        raise ValueError("a condition with other terms")
    left = [one for one, stays in zip(found, stay, strict=True) if stays]
    out = left[0][1]
    for operator, term in left[1:]:
        out = cst.BooleanOperation(out, operator, term)
    return out.with_changes(lpar=[*new.lpar, *out.lpar], rpar=[*out.rpar, *new.rpar])  # type: ignore[no-any-return]


def _declared(new: Any, names: dict[str, str | None]) -> cst.CSTNode:
    """Return `global` or `nonlocal` with other names, or with fewer."""
    row = row_of(new)
    items = []
    for one in row.items:
        old = one.node.name.value  # type: ignore[attr-defined]
        to = names.get(old, old)
        items.append(rows.renamed(one, to) if to is not None else one)
    gone = [one.node.name.value in names and names[one.node.name.value] is None for one in row.items]  # type: ignore[attr-defined]
    return laid_in(new, rows.without(Row(row.opening, tuple(items)), gone))


@contextmanager
def _as_unfit(node: ast.AST) -> Iterator[None]:
    """Turn what LibCST says about code that it cannot make into Unfit. Its own words quote the source, and are dropped."""
    try:
        yield
    except (cst.CSTValidationError, cst.ParserSyntaxError, RecursionError, ValueError, TypeError):
        raise Unfit(node, "this statement cannot be edited as planned") from None
