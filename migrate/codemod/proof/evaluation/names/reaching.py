"""Which bindings of a name may reach a place where it is read, in one scope: Python's control flow, followed from top to bottom."""

import ast
from collections.abc import Iterable, Sequence

from migrate.codemod.proof.evaluation.names.constructs import plain_manager, used_at_once
from migrate.codemod.proof.evaluation.names.scopes import COMPREHENSIONS, FUNCTIONS, Binding, BindingKind, Scope, Unit
from migrate.codemod.proof.evaluation.names.states import UNBOUND, State, asks_for, merge

_ROUNDS = 40


class Reaching:
    """What reaches each name that is read in its own scope."""

    def __init__(self, unit: Unit) -> None:
        self.at: dict[ast.Name, frozenset[Binding]] = {}
        self._unit = unit
        for scope in unit.scopes.values():
            _Walk(unit, scope, self.at)


class _Walk:
    """One scope's body."""

    def __init__(self, unit: Unit, scope: Scope, at: dict[ast.Name, frozenset[Binding]]) -> None:
        self.unit = unit
        self.scope = scope
        self.at = at
        self.by_node: dict[ast.AST, tuple[str, Binding]] = {b.node: (n, b) for n, bs in scope.bindings.items() for b in bs}
        self.loops: list[tuple[list[State], list[State]]] = []  # states at break, at continue
        self.watching: list[list[State]] = []  # states that an exception may leave a `try` in
        self.exits: list[State] = []
        self.borders = sorted(unit.cells)
        self.below: dict[tuple[Binding, str], Binding] = {}
        start: State = {n: frozenset({UNBOUND}) for n in scope.bindings}
        for name, bindings in scope.bindings.items():
            parameters = frozenset(b for b in bindings if b.kind is BindingKind.PARAM)
            if parameters:
                start[name] = parameters
        node = scope.node
        if isinstance(node, COMPREHENSIONS):
            for name, bindings in scope.bindings.items():
                start[name] = frozenset(bindings)
            self.state: State | None = start
            self.generators(node)
        elif isinstance(node, ast.Lambda):
            self.state = start
            self.expression(node.body)
        else:
            self.state = start
            self.block(node.body)  # type: ignore[attr-defined]
        ends = [s for s in [self.state, *self.exits] if s is not None]
        scope.definite = {n for n in scope.bindings if ends and all(UNBOUND not in s[n] for s in ends)}

    def generators(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.comprehension):
                self.expression(child.iter)
                for condition in child.ifs:
                    self.expression(condition)
            else:
                self.expression(child)

    def block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self.border(statement)
            if self.state is None:  # nothing gets here; its reads are noted all the same, with everything
                self.state = {n: frozenset(bs) or frozenset({UNBOUND}) for n, bs in self.scope.bindings.items()}
                self.statement(statement)
                self.state = None
                continue
            self.statement(statement)

    def border(self, statement: ast.stmt) -> None:
        """Where a cell of a notebook begins, any other cell may have run before: each name may be what any of them makes it."""
        if not self.borders or not self.scope.is_module or statement.lineno <= self.borders[0]:
            return
        self.borders = [line for line in self.borders if line > statement.lineno]
        if self.state is not None:
            self.state = {n: s | {b for b in self.scope.bindings[n] if b.kind is not BindingKind.DELETE} for n, s in self.state.items()}

    def expression(self, node: ast.AST | None) -> None:  # noqa: C901 - a case for each kind of expression
        """Note the names that are read, and what a walrus binds."""
        if node is None or self.state is None:
            return
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load) and self.unit.home(self.scope, node.id) is self.scope:
                self.at[node] = self.at.get(node, frozenset()) | self.state[node.id]
            return
        if isinstance(node, FUNCTIONS):
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                self.expression(default)
            return
        if isinstance(node, ast.NamedExpr):
            self.expression(node.value)
            self.bound(node.target)
            return
        before: State | None
        if isinstance(node, ast.BoolOp):
            self.expression(node.values[0])
            before = self.state
            for value in node.values[1:]:
                self.expression(value)
            self.state = merge(before, self.state)
            return
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            for operand in (node.left, node.comparators[0]):
                self.expression(operand)
            for operand in node.comparators[1:]:  # asked only where the comparisons before hold
                before = self.state
                self.expression(operand)
                self.state = merge(before, self.state)
            return
        if isinstance(node, ast.IfExp):
            self.state, before = self.asked(node.test)
            self.expression(node.body)
            one, self.state = self.state, before
            self.expression(node.orelse)
            self.state = merge(one, self.state)
            return
        if isinstance(node, ast.GeneratorExp) and not used_at_once(self.unit, node):
            self.expression(node.generators[0].iter)  # the rest runs when somebody asks for it: `reads` takes every binding
            return
        if isinstance(node, COMPREHENSIONS):
            before = self.state
            self.names_within(node)
            self.state = merge(before, self.state)
            return
        for child in ast.iter_child_nodes(node):
            self.expression(child)

    def asked(self, test: ast.expr) -> tuple[State | None, State | None]:
        """Note a condition, and return what holds where it is true and where it is not."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            true, false = self.asked(test.operand)
            return false, true
        if isinstance(test, ast.BoolOp):
            both = isinstance(test.op, ast.And)
            others: list[State | None] = []
            for operand in test.values:
                true, false = self.asked(operand)
                others.append(false if both else true)
                self.state = true if both else false
            return (self.state, merge(*others)) if both else (merge(*others), self.state)
        self.expression(test)
        if (narrow := asks_for(test)) is not None and self.state is not None and self.unit.home(self.scope, narrow[0]) is self.scope:
            name, what, where_true = narrow
            there = {**self.state, name: frozenset(self.narrowed(b, what) for b in self.state[name] if b is not UNBOUND)}
            return (there, self.state) if where_true else (self.state, there)
        if isinstance(test, ast.Constant):
            return (self.state, None) if test.value else (None, self.state)
        return self.state, self.state

    def narrowed(self, binding: Binding, what: str) -> Binding:
        """Return a binding below a condition; the same one each time."""
        if binding.kind not in (BindingKind.VALUE, BindingKind.NARROWED):
            return binding
        key = (binding, what)
        if key not in self.below:
            self.below[key] = Binding(BindingKind.NARROWED, binding.node, name=what, of=binding) if binding.name != what else binding
        return self.below[key]

    def names_within(self, node: ast.AST) -> None:
        """Note what a comprehension reads of this scope, where it stands. A class's names are not seen from within, but for the first iterable."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load) and self.state is not None:
                if self.unit.home(self.unit.scope_of[child], child.id) is self.scope:
                    self.at[child] = self.at.get(child, frozenset()) | self.state[child.id]
            elif isinstance(child, ast.NamedExpr):
                self.names_within(child)
                self.bound(child.target)
            elif not isinstance(child, FUNCTIONS):
                self.names_within(child)

    def bound(self, target: ast.AST) -> None:
        """Note that a target, or a part of one, is bound now."""
        if self.state is None:
            return
        for node in ast.walk(target):
            if node in self.by_node:
                self.bind(node)
            elif isinstance(node, ast.Attribute | ast.Subscript):
                for child in ast.iter_child_nodes(node):
                    self.expression(child)

    def bind(self, node: ast.AST) -> None:
        name, binding = self.by_node[node]
        if self.state is None:
            return
        self.state = {**self.state, name: frozenset({UNBOUND if binding.kind is BindingKind.DELETE else binding})}
        for states in self.watching:
            states.append(self.state)

    def statement(self, node: ast.stmt) -> None:
        method = getattr(self, f"_{type(node).__name__}", None)
        if method is not None:
            method(node)
            return
        for child in ast.iter_child_nodes(node):
            self.expression(child)

    def _Assign(self, node: ast.Assign) -> None:
        self.expression(node.value)
        for target in node.targets:
            self.bound(target)

    def _AnnAssign(self, node: ast.AnnAssign) -> None:
        self.expression(node.value)
        if node.value is not None:
            self.bound(node.target)

    def _AugAssign(self, node: ast.AugAssign) -> None:
        self.expression(node.value)
        self.bound(node.target)

    def _Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self.bound(target)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        for part in node.decorator_list:
            self.expression(part)
        if isinstance(node, ast.ClassDef):
            for part in [*node.bases, *(k.value for k in node.keywords)]:
                self.expression(part)
        else:
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                self.expression(default)
        self.nodes([node])

    _FunctionDef = _AsyncFunctionDef = _ClassDef = _definition

    def nodes(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            if node in self.by_node:
                self.bind(node)

    def _Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.nodes(node.names)

    _ImportFrom = _Import

    def _Return(self, node: ast.Return | ast.Raise) -> None:
        for child in ast.iter_child_nodes(node):
            self.expression(child)
        if self.state is not None and isinstance(node, ast.Return):
            self.exits.append(self.state)
        self.state = None

    _Raise = _Return

    def _Break(self, node: ast.Break) -> None:
        if self.state is not None and self.loops:
            self.loops[-1][0].append(self.state)
        self.state = None

    def _Continue(self, node: ast.Continue) -> None:
        if self.state is not None and self.loops:
            self.loops[-1][1].append(self.state)
        self.state = None

    def _If(self, node: ast.If) -> None:
        self.state, before = self.asked(node.test)
        self.block(node.body)
        one, self.state = self.state, before
        self.block(node.orelse)
        self.state = merge(one, self.state)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        if not isinstance(node, ast.While):
            self.expression(node.iter)
        entry = self.state
        breaks: list[State] = []
        for _ in range(_ROUNDS):
            self.loops.append(([], []))
            self.state = entry
            if isinstance(node, ast.While):
                self.expression(node.test)
            after_test = self.state
            if not isinstance(node, ast.While):
                self.bound(node.target)
            self.block(node.body)
            breaks, continues = self.loops.pop()
            again = merge(entry, self.state, *continues)
            self.state = after_test
            if again == entry:
                break
            entry = again
        if isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and node.test.value:
            self.state = None
        self.block(node.orelse)
        self.state = merge(self.state, *breaks)

    _For = _AsyncFor = _While = _loop

    def _With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.expression(item.context_expr)
            if item.optional_vars is not None:
                self.bound(item.optional_vars)
        before = self.state
        self.watching.append([])
        self.block(node.body)
        seen = self.watching.pop()
        if not all(plain_manager(self.unit, item.context_expr) for item in node.items):
            self.state = merge(self.state, before, *seen)  # one that swallows an exception

    _AsyncWith = _With

    def _Try(self, node: ast.Try) -> None:
        before = self.state
        self.watching.append([])
        self.block(node.body)
        raised = merge(before, *self.watching.pop())
        self.watching.append([])
        self.block(node.orelse)
        ends = [self.state]
        for handler in node.handlers:
            self.state = raised
            self.expression(handler.type)
            self.nodes([handler])
            self.block(handler.body)
            ends.append(self.state)
        anywhere = merge(raised, *self.watching.pop(), *ends)
        self.state = merge(*ends)
        if node.finalbody:
            alive = self.state is not None
            self.state = anywhere
            self.block(node.finalbody)
            if not alive:
                self.state = None

    _TryStar = _Try

    def _Match(self, node: ast.Match) -> None:
        self.expression(node.subject)
        before = self.state
        ends: list[State | None] = []
        for case in node.cases:
            self.state = before
            self.nodes(ast.walk(case.pattern))
            self.expression(case.guard)
            before = merge(before, self.state)  # a pattern or guard that fails may have bound names before
            self.block(case.body)
            ends.append(self.state)
        self.state = merge(before, *ends)
