"""Calls: arguments reach parameters, answers come back, and calls of libraries go to `known`."""

import ast
from functools import lru_cache

from migrate.codemod.flow.evaluation.lookups import field_names
from migrate.codemod.flow.kinds import BoxKind, StoreKind
from migrate.codemod.flow.known import library
from migrate.codemod.flow.known.methods import known_method
from migrate.codemod.flow.known.registry import LibraryCall
from migrate.codemod.flow.known.standard import starts
from migrate.codemod.flow.state import Arguments, Env, Walk
from migrate.codemod.flow.values import (
    UNKNOWN,
    Box,
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
    Value,
)
from migrate.codemod.libraries.records import FIELDS
from migrate.codemod.libraries.standard import DEFERRED, MAPPED, STARTING

_CALLING = frozenset({"functools.partial", "partial", *DEFERRED, *FIELDS, *MAPPED})
"""Library calls that call a function which they are given only in ways that are followed."""


def call(walk: Walk, node: ast.Call, env: Env, scope: Scope) -> set[Value]:
    """Return what a call gives, and hand its arguments over."""
    walk.scopes[node] = scope
    functions = walk.eval(node.func, env, scope)
    walk.add(walk.invoked.setdefault(node, set()), functions)
    args = Arguments()
    for a in node.args:
        values = walk.eval(a, env, scope)
        if isinstance(a, ast.Starred):
            args.star = True
        args.positional.append((a, values))
    for k in node.keywords:
        values = walk.eval(k.value, env, scope)
        if k.arg is None:
            args.splats.append((k, values))
        else:
            args.keywords[k.arg] = (k, values)
    out: set[Value] = set()
    for f in functions or walk.missing():
        out |= invoke(walk, node, f, args, scope)
    if isinstance(node.func, ast.Attribute) and any(isinstance(f, type(UNKNOWN)) for f in functions):
        walk.unresolved.setdefault(node.func.attr, []).append(node)
    for _, values in [*args.positional, *((k.value, v) for k, v in args.keywords.values())]:
        handed_over(walk, node, values, functions)
    return out


def handed_over(walk: Walk, node: ast.Call, values: set[Value], functions: set[Value]) -> None:
    """Note that a function which is given to something unknown may be called with anything."""
    for v in values:
        if isinstance(v, FuncRef) and not v.function.escapes and not any(isinstance(f, FuncRef | ClassRef) for f in functions):
            names = {f.name for f in functions if isinstance(f, Lib)}
            if names & _CALLING or (names & STARTING and starts(node)):
                continue
            v.function.escapes = walk.changed = True


def invoke(walk: Walk, node: ast.Call, f: Value, args: Arguments, scope: Scope) -> set[Value]:
    """Return what one callee of a call gives."""
    match f:
        case FuncRef(function, bound):
            if node not in function.calls:
                function.calls.append(node)
            pass_arguments(walk, function, args, node, bound)
            if not isinstance(function.node, ast.Lambda) and _is_generator(function.node):
                return {UNKNOWN} if not _is_context(function.node) else set(_yields(walk, function)) or walk.missing()
            return set(function.returns)
        case ClassRef(cls):
            instantiate(walk, cls, args, node)
            return {Instance(cls)}
        case PartialRef(partial):
            out: set[Value] = set()
            for inner in list(partial.functions):
                out |= invoke(walk, node, inner, with_partial(walk, partial, args), scope)
            return out
        case Lib(name):
            return library(LibraryCall(walk, node, name, args, scope))
        case Method(of, name):
            return known_method(walk, node, of, name, args, scope)
    return {UNKNOWN}


def pass_arguments(walk: Walk, f: Function, args: Arguments, node: ast.Call, bound: bool) -> None:
    """Bind a call's arguments to a function's parameters."""
    a = f.node.args
    positional = [*a.posonlyargs, *a.args]
    if bound and positional:
        positional = positional[1:]
    for i, place in enumerate(places(walk, args)):
        for expr, values, unknown in place:
            if unknown:
                for p in positional[i:]:
                    give(walk, f, p.arg, StoreKind.STARRED, expr, expr, {UNKNOWN})
            elif i < len(positional):
                give(walk, f, positional[i].arg, StoreKind.MAPPED if expr in args.mapped else StoreKind.ARGUMENT, expr, expr, values)
    names = {p.arg for p in [*positional, *a.kwonlyargs]}
    rest = walk.box(BoxKind.DICT, f.module, a.kwarg) if a.kwarg else None
    for name, (k, values) in args.keywords.items():
        if name in names:
            give(walk, f, name, StoreKind.ARGUMENT, k, k.value, values)
        elif rest is not None:
            walk.put(rest, name, walk.store(StoreKind.ARGUMENT, walk.module_at(node), k, name, k.value, values, rest))
    for k, values in args.splats:
        for v in values:
            pass_splat(walk, f, k, v, names, rest)


def pass_splat(walk: Walk, f: Function, k: ast.keyword, v: Value, names: set[str], rest: Box | None) -> None:
    """Bind what one value of `**options` brings to the parameters of these names, and to the dict of a `**` parameter."""
    if not isinstance(v, BoxRef):
        if rest is not None and not rest.open:
            rest.open = walk.changed = True
        for name in names:
            give(walk, f, name, StoreKind.SPLAT, k, None, {UNKNOWN})
        return
    for name in names:
        if found := v.box.at(name):
            walk.read(k, found)
            give(walk, f, name, StoreKind.SPLAT, k, None, set().union(*(s.values for s in found)))
    if rest is not None:
        walk.spread(rest, {v})


def places(walk: Walk, args: Arguments) -> list[list[tuple[ast.expr, set[Value], bool]]]:
    """Return what stands at each place of a call, `*CREDS` spread out where it is known; one that is not known comes last, and says so."""
    out: list[list[tuple[ast.expr, set[Value], bool]]] = []
    for expr, values in args.positional:
        if not isinstance(expr, ast.Starred) and expr is not args.spread:
            out.append([(expr, values, False)])
            continue
        rows = [row(v) for v in values]
        if not values and not walk.settled:
            return out
        if not rows or any(r is None or len(r) != len(rows[0] or ()) for r in rows):
            return [*out, [(expr, values, True)]]
        for same in zip(*(r for r in rows if r is not None), strict=True):
            out.append([(s.value, s.values, False) for s in same if s.value is not None])
    return out


def give(walk: Walk, f: Function, name: str, kind: StoreKind, node: ast.AST, value: ast.expr | None, values: set[Value]) -> None:
    """Bind one argument to one parameter."""
    f.given.add(name)
    store = walk.store(kind, walk.module_at(node), node, name, value, values, f.scope)
    walk.bind_scope(f.scope, name, store)


def instantiate(walk: Walk, cls: Class, args: Arguments, node: ast.Call) -> None:
    """Bind the arguments of a class's constructor: those of `__init__`, or the fields."""
    made = False
    for c in cls.upwards():
        for store in c.scope.stores.get("__init__", ()):
            for v in store.values:
                if isinstance(v, FuncRef):
                    if node not in v.function.calls:
                        v.function.calls.append(node)
                    pass_arguments(walk, v.function, args, node, True)
                    made = True
        if made:
            return
    if cls.fields:
        fill_fields(walk, cls, args, node)


def fill_fields(walk: Walk, cls: Class, args: Arguments, node: ast.Call) -> None:
    """Bind the arguments of a constructor to the fields that it fills."""
    names, module = field_names(walk, cls), walk.module_at(node)
    given: list[tuple[str, ast.AST, ast.expr, set[Value]]] = []
    for i, place in enumerate(places(walk, args)):
        for e, inside, unknown in place:
            given += [(n, e, e, {UNKNOWN} if unknown else inside) for n in (names[i:] if unknown else names[i : i + 1])]
    for n, (k, inside) in args.keywords.items():
        known = n if n in names else f"_{n}" if f"_{n}" in names else ""  # attrs drops the underscore
        if known:
            given.append((known, k, k.value, inside))
        elif k not in cls.unknown_keywords:
            cls.unknown_keywords.append(k)
    for name, at, value, values in given:
        walk.field(cls, name, walk.store(StoreKind.ARGUMENT, module, at, name, value, values, cls))
    for k, values in args.splats:
        for v in values:
            for name in names:
                found = v.box.at(name) if isinstance(v, BoxRef) else []
                walk.read(k, found)
                inside = set[Value]().union(*(s.values for s in found)) if isinstance(v, BoxRef) else {UNKNOWN}
                if inside:
                    walk.field(cls, name, walk.store(StoreKind.SPLAT, module, k, name, None, inside, cls))


def with_partial(walk: Walk, partial: Partial, args: Arguments) -> Arguments:
    """Return the arguments of a partial with those of its call."""
    out = Arguments()
    out.positional = [(a, walk.values_of(a)) for a in partial.call.args[1:]] + args.positional
    out.keywords = {k.arg: (k, walk.values_of(k.value)) for k in partial.call.keywords if k.arg is not None} | args.keywords
    out.splats = [(k, walk.values_of(k.value)) for k in partial.call.keywords if k.arg is None] + args.splats
    out.star = args.star
    out.mapped = args.mapped
    return out


def row(value: Value) -> list[Store] | None:
    """Return the elements of a tuple or list that is written down, in order."""
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


def _yields(walk: Walk, function: Function) -> set[Value]:
    found = () if isinstance(function.node, ast.Lambda) else _yielding(function.node)
    return set().union(*(walk.values_of(n.value) for n in found if isinstance(n, ast.Yield) and n.value is not None))
