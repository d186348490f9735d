"""Calls: arguments reach parameters, answers come back, and the few library calls that only pass a value on are known."""

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from migrate.codemod.flow.known import KnownCalls, starts
from migrate.codemod.flow.tables import Arguments, Env
from migrate.codemod.flow.values import (
    UNKNOWN,
    BoxKind,
    BoxRef,
    Class,
    ClassRef,
    FuncRef,
    Function,
    Instance,
    Lib,
    Method,
    Partial,
    PartialRef,
    Scope,
    Store,
    StoreKind,
    Value,
)
from migrate.codemod.libraries.records import FIELDS
from migrate.codemod.libraries.standard import DEFERRED, MAPPED, STARTING

if TYPE_CHECKING:
    from migrate.codemod.flow.module import Module

_CALLING = {"functools.partial", "partial", *DEFERRED, *FIELDS, *MAPPED}
"""Library calls that call a function which they are given only in ways that are followed."""


class Calls(KnownCalls):
    """The call half of the interpreter."""

    def call(self, node: ast.Call, env: Env, scope: Scope) -> set[Value]:
        """A call's answer."""
        self.scopes[node] = scope
        functions = self.eval(node.func, env, scope)
        self.add(self.invoked.setdefault(node, set()), functions)
        args = Arguments()
        for a in node.args:
            values = self.eval(a, env, scope)
            if isinstance(a, ast.Starred):
                args.star = True
            args.positional.append((a, values))
        for k in node.keywords:
            values = self.eval(k.value, env, scope)
            if k.arg is None:
                args.splats.append((k, values))
            else:
                args.keywords[k.arg] = (k, values)
        out: set[Value] = set()
        for f in functions or self.missing():
            out |= self.invoke(node, f, args, scope)
        if isinstance(node.func, ast.Attribute) and any(isinstance(f, type(UNKNOWN)) for f in functions):
            self.unresolved.setdefault(node.func.attr, []).append(node)
        for _, values in [*args.positional, *((k.value, v) for k, v in args.keywords.values())]:
            self.handed_over(node, values, functions)
        return out

    def handed_over(self, node: ast.Call, values: set[Value], functions: set[Value]) -> None:
        """A function given to something unknown may be called with anything."""
        for v in values:
            if isinstance(v, FuncRef) and not v.function.escapes and not any(isinstance(f, FuncRef | ClassRef) for f in functions):
                names = {f.name for f in functions if isinstance(f, Lib)}
                if names & _CALLING or (names & STARTING and starts(node)):
                    continue
                v.function.escapes = self.changed = True

    def invoke(self, node: ast.Call, f: Value, args: Arguments, scope: Scope) -> set[Value]:
        """One callee of a call."""
        match f:
            case FuncRef(function, bound):
                if node not in function.calls:
                    function.calls.append(node)
                self.pass_arguments(function, args, node, bound or (function.owner is not None and self.needs_self(function, bound)))
                if not isinstance(function.node, ast.Lambda) and _is_generator(function.node):
                    return {UNKNOWN} if not _is_context(function.node) else set(_yields(self, function)) or self.missing()
                return set(function.returns)
            case ClassRef(cls):
                self.instantiate(cls, args, node)
                return {Instance(cls)}
            case PartialRef(partial):
                out: set[Value] = set()
                for inner in list(partial.functions):
                    out |= self.invoke(node, inner, self.with_partial(partial, args), scope)
                return out
            case Lib(name):
                return self.library(node, name, args, scope)
            case Method(of, name):
                return self.known_method(node, of, name, args, scope)
        return {UNKNOWN}

    @staticmethod
    def needs_self(function: Function, bound: bool) -> bool:
        """Methods that are called on the class get their object by position, so nothing is skipped."""
        return bound

    def pass_arguments(self, f: Function, args: Arguments, node: ast.Call, bound: bool) -> None:
        """Binds a call's arguments to a function's parameters."""
        a = f.node.args
        positional = [*a.posonlyargs, *a.args]
        if bound and positional:
            positional = positional[1:]
        names = {p.arg: p for p in [*positional, *a.kwonlyargs]}
        for i, place in enumerate(self.places(args)):
            for expr, values, unknown in place:
                if unknown:
                    for p in positional[i:]:
                        self.give(f, p.arg, StoreKind.STARRED, expr, expr, {UNKNOWN})
                elif i < len(positional):
                    self.give(f, positional[i].arg, StoreKind.MAPPED if expr in args.mapped else StoreKind.ARGUMENT, expr, expr, values)
        rest = self.box(BoxKind.DICT, f.module, a.kwarg) if a.kwarg else None
        for name, (k, values) in args.keywords.items():
            if name in names:
                self.give(f, name, StoreKind.ARGUMENT, k, k.value, values)
            elif rest is not None:
                self.put(rest, name, self.store(StoreKind.ARGUMENT, self.module_at(node), k, name, k.value, values, rest))
        for k, values in args.splats:
            for v in values:
                if not isinstance(v, BoxRef):
                    if rest is not None and not rest.open:
                        rest.open = self.changed = True
                    for name in names:
                        self.give(f, name, StoreKind.SPLAT, k, None, {UNKNOWN})
                    continue
                for name in names:
                    if found := v.box.at(name):
                        self.read(k, found)
                        self.give(f, name, StoreKind.SPLAT, k, None, set().union(*(s.values for s in found)))
                if rest is not None:
                    self.spread(rest, {v})

    def places(self, args: Arguments) -> list[list[tuple[ast.expr, set[Value], bool]]]:
        """What stands at each place of a call, `*CREDS` spread out where it is known; one that is not known comes last, and says so."""
        out: list[list[tuple[ast.expr, set[Value], bool]]] = []
        for expr, values in args.positional:
            if not isinstance(expr, ast.Starred) and expr is not args.spread:
                out.append([(expr, values, False)])
                continue
            rows = [row(v) for v in values]
            if not values and not self.settled:
                return out
            if not rows or any(r is None or len(r) != len(rows[0] or ()) for r in rows):
                return [*out, [(expr, values, True)]]
            for same in zip(*(r for r in rows if r is not None), strict=True):
                out.append([(s.value, s.values, False) for s in same if s.value is not None])
        return out

    def give(self, f: Function, name: str, kind: StoreKind, node: ast.AST, value: ast.expr | None, values: set[Value]) -> None:
        """One argument for one parameter."""
        f.given.add(name)
        store = self.store(kind, self.module_at(node), node, name, value, values, f.scope)
        self.bind_scope(f.scope, name, store)

    def module_at(self, node: ast.AST) -> "Module":
        """The module whose source holds a node."""
        return self._homes[node]

    def field_names(self, cls: Class) -> list[str]:
        """The fields of a dataclass, NamedTuple or model, in the order of its constructor."""
        places = self._fields(cls)
        return sorted(places, key=lambda name: places[name])  # stable: those by name alone come last

    def _fields(self, cls: Class) -> dict[str, bool]:
        """The fields of a class and its bases; is each given by name alone?"""
        found: dict[str, bool] = {}
        for c in reversed(cls.bases):
            found.update(self._fields(c))
        for s in cls.node.body:
            name = self.field_of(s)
            options = {k.arg: k.value for k in s.value.keywords} if isinstance(s, _DECLARING) and isinstance(s.value, ast.Call) else {}
            if name and not _is(options.get("init"), False):
                found[name] = _is(options.get("kw_only"), True)
        return found

    def field_of(self, statement: ast.stmt) -> str | None:
        """The field that a statement in a class declares: `key: str`, `key = attr.ib()`."""
        if isinstance(statement, ast.AnnAssign):
            kept_by_class = ast.unparse(statement.annotation).startswith(("ClassVar", "typing.ClassVar"))
            return statement.target.id if isinstance(statement.target, ast.Name) and not kept_by_class else None
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call) or len(statement.targets) != 1:
            return None
        made = self.values_of(statement.value.func)
        target = statement.targets[0]
        return target.id if isinstance(target, ast.Name) and any(isinstance(v, Lib) and v.name in FIELDS for v in made) else None

    def instantiate(self, cls: Class, args: Arguments, node: ast.Call) -> None:
        """A class called: `__init__`, or the fields."""
        made = False
        for c in cls.upwards():
            for store in c.scope.stores.get("__init__", ()):
                for v in store.values:
                    if isinstance(v, FuncRef):
                        if node not in v.function.calls:
                            v.function.calls.append(node)
                        self.pass_arguments(v.function, args, node, True)
                        made = True
            if made:
                return
        if cls.fields:
            names = self.field_names(cls)
            given: list[tuple[str, ast.AST, ast.expr, set[Value]]] = []
            for i, place in enumerate(self.places(args)):
                for e, inside, unknown in place:
                    given += [(n, e, e, {UNKNOWN} if unknown else inside) for n in (names[i:] if unknown else names[i : i + 1])]
            for n, (k, inside) in args.keywords.items():
                known = n if n in names else f"_{n}" if f"_{n}" in names else ""  # attrs drops the underscore
                if known:
                    given.append((known, k, k.value, inside))
                elif k not in cls.unknown_keywords:
                    cls.unknown_keywords.append(k)
            for name, at, value, values in given:
                self.field(cls, name, self.store(StoreKind.ARGUMENT, self.module_at(node), at, name, value, values, cls))
            for k, values in args.splats:
                for v in values:
                    for name in names:
                        found = v.box.at(name) if isinstance(v, BoxRef) else []
                        self.read(k, found)
                        inside = (
                            set[Value]().union(*(s.values for s in found)) if found else ({UNKNOWN} if not isinstance(v, BoxRef) else set())
                        )
                        if inside:
                            self.field(cls, name, self.store(StoreKind.SPLAT, self.module_at(node), k, name, None, inside, cls))

    def with_partial(self, partial: Partial, args: Arguments) -> Arguments:
        """The arguments of a partial with those of its call."""
        out = Arguments()
        out.positional = [(a, self.values_of(a)) for a in partial.call.args[1:]] + args.positional
        out.keywords = {k.arg: (k, self.values_of(k.value)) for k in partial.call.keywords if k.arg is not None} | args.keywords
        out.splats = [(k, self.values_of(k.value)) for k in partial.call.keywords if k.arg is None] + args.splats
        out.star = args.star
        out.mapped = args.mapped
        return out


_DECLARING = ast.Assign | ast.AnnAssign


def _is(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def row(value: Value) -> list[Store] | None:
    """The elements of a tuple or list that is written down, in order."""
    if not isinstance(value, BoxRef) or value.box.open or not isinstance(value.box.node, ast.Tuple | ast.List):
        return None
    stores = [value.box.items.get(i, []) for i in range(len(value.box.node.elts))]
    return [s[0] for s in stores] if len(stores) == len(value.box.items) and all(len(s) == 1 for s in stores) else None


@lru_cache(maxsize=20_000)  # asked for at every call of the function, in every round
def _yielding(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[ast.Yield | ast.YieldFrom, ...]:
    return tuple(n for s in node.body for n in ast.walk(s) if isinstance(n, ast.Yield | ast.YieldFrom))


def _is_generator(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(_yielding(node))


@lru_cache(maxsize=20_000)
def _is_context(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("contextmanager" in ast.unparse(d) for d in node.decorator_list)


def _yields(calls: Calls, function: Function) -> set[Value]:
    found = () if isinstance(function.node, ast.Lambda) else _yielding(function.node)
    return set().union(*(calls.values_of(n.value) for n in found if isinstance(n, ast.Yield) and n.value is not None))
