"""What calls give: functions of the program, generators, callables of the standard library, and what is made by a call."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from migrate.codemod.libraries.standard import GETTING, HOLDING, KEEPING, LISTING, REORDERING, SAME
from migrate.codemod.proof.evaluation.callers import Function, invocation
from migrate.codemod.proof.evaluation.containers import methods
from migrate.codemod.proof.evaluation.containers.classes import copied, fields_of, has_decorator, keeps, made_by_class
from migrate.codemod.proof.evaluation.containers.objects import ANY, entries
from migrate.codemod.proof.evaluation.names.scopes import FUNCTIONS
from migrate.codemod.proof.evaluation.values import (
    MISSING,
    NONE,
    NOTHING,
    RAISES,
    UNKNOWN,
    Kind,
    Value,
    Values,
    const,
    made_by,
    raising,
    text_of,
)

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


def result(ev: "Evaluator", call: ast.Call) -> Values:
    """Return what a call gives."""
    out = NOTHING
    for f in ev.value(call.func):
        match f.kind:
            case Kind.FUNCTION | Kind.BOUND:
                out |= returned(ev, f.data)
            case Kind.CLASS:
                out |= made_by_class(ev, f.data)
            case Kind.MAKER:
                out |= {Value(Kind.OBJECT, call)}
            case Kind.METHOD:
                out |= methods.method(ev, f, call)
            case Kind.PARTIAL:
                out |= _of_partial(ev, f.data)
            case Kind.LIBRARY:
                out |= of_library(ev, str(f.data), call)
            case Kind.MISSING | Kind.RAISES:
                out |= {RAISES}
            case _:
                out |= {UNKNOWN}
    return out


def _of_partial(ev: "Evaluator", call: ast.Call) -> Values:
    out = NOTHING
    for f in ev.value(call.args[0]):
        if f.kind in (Kind.FUNCTION, Kind.BOUND):
            out |= returned(ev, f.data)
        elif f.kind is Kind.LIBRARY:
            out |= {made_by(str(f.data), call)}
        else:
            out |= {UNKNOWN}
    return out


def of_library(ev: "Evaluator", name: str, call: ast.Call) -> Values:  # noqa: C901 - a case for each callable
    """Return what a call of something outside the program gives."""
    if name in GETTING and call.args:
        out = frozenset(Value(Kind.OUTSIDE, text_of(k)) if text_of(k) is not None else UNKNOWN for k in ev.value(call.args[0]))
        default = call.args[1] if len(call.args) > 1 else next((k.value for k in call.keywords if k.arg == "default"), None)
        return out | (ev.value(default) if default is not None else {NONE})
    if name == "builtins.next" and call.args:
        found = NOTHING.union(*(ev.project(frozenset({v}), ("*",)) for v in ev.value(call.args[0])))
        return found | (ev.value(call.args[1]) if len(call.args) > 1 else NOTHING)
    if name == "builtins.type" and len(call.args) == 1:
        return frozenset(Value(Kind.CLASS, v.data) if v.kind is Kind.INSTANCE else UNKNOWN for v in ev.value(call.args[0]))
    if name in SAME and call.args:
        given = ev.value(call.args[-1] if name == "typing.cast" else call.args[0])
        if name in LISTING:
            return frozenset(
                Value(Kind.OBJECT, call) if v.kind is Kind.OBJECT and isinstance(v.data, ast.Dict | ast.DictComp) else v for v in given
            )
        return NOTHING.union(*(copied(ev, v) for v in given)) if name.startswith("copy.") else given
    if name in HOLDING:
        return frozenset({Value(Kind.OBJECT, call)})
    if name in REORDERING and call.args:
        return frozenset({Value(Kind.OBJECT, call)})
    if name in ("builtins.zip", "builtins.enumerate"):
        return frozenset({Value(Kind.ROW, call, "rows")})
    if name == "builtins.getattr" and len(call.args) >= 2:
        out = NOTHING
        for key in ev.value(call.args[1]):
            text = text_of(key)
            out |= ev.attribute(ev.value(call.args[0]), text, True) if text is not None else {UNKNOWN}
        if len(call.args) < 3:
            return raising(out)
        return (out - {MISSING}) | (ev.value(call.args[2]) if MISSING in out or not out else NOTHING)
    if name in ("dataclasses.field", "attr.ib", "attr.field", "attrs.field"):
        default = next((k.value for k in call.keywords if k.arg == "default"), None)
        factory = next((k.value for k in call.keywords if k.arg in ("default_factory", "factory")), None)
        if factory is not None:
            return NOTHING.union(*(returned(ev, f.data) if f.kind is Kind.FUNCTION else {UNKNOWN} for f in ev.value(factory)))
        return ev.value(default)
    if name in ("dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve") and call.args:
        return ev.value(call.args[0])
    if name in ("collections.namedtuple", "typing.NamedTuple"):
        return frozenset({Value(Kind.MAKER, call)})
    if name == "functools.partial" and call.args:
        return frozenset({Value(Kind.PARTIAL, call)})
    return frozenset({made_by(name, call)})


def returned(ev: "Evaluator", node: Function) -> Values:
    """Return what a function gives, whoever calls it."""
    return ev.read(("return", node), lambda: _returned(ev, node))


def own(node: ast.AST, dead: frozenset[ast.AST] = frozenset()) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body, those of functions and classes within it apart, and what never runs."""
    todo: list[ast.AST] = list(node.body) if isinstance(node.body, list) else [node.body]  # type: ignore[attr-defined]
    while todo:
        at = todo.pop()
        if at in dead:
            continue
        yield at
        if not isinstance(at, (*FUNCTIONS, ast.ClassDef)):
            todo += ast.iter_child_nodes(at)


def _returned(ev: "Evaluator", node: Function) -> Values:
    if isinstance(node, ast.Lambda):
        return ev.value(node.body)
    nodes = list(own(node, ev.dead))
    if is_generator(ev, node):
        if has_decorator(node, "contextmanager", "asynccontextmanager"):
            return yielded(ev, node)
        return frozenset({Value(Kind.OBJECT, node)})
    wrapped = any(not keeps(d, KEEPING) for d in node.decorator_list)  # a decorator of the program, which may give None instead
    out = NOTHING.union(*(ev.value(n.value) if n.value is not None else frozenset({NONE}) for n in nodes if isinstance(n, ast.Return)))
    ends = _ends([s for s in node.body if s not in ev.dead] or node.body)
    return out if ends and not wrapped else out | {NONE}


def is_generator(ev: "Evaluator", node: Function) -> bool:
    """Return whether a call of a function makes a generator, or an asynchronous one."""
    return not isinstance(node, ast.Lambda) and any(isinstance(n, ast.Yield | ast.YieldFrom) for n in own(node, ev.dead))


def _ends(block: list[ast.stmt]) -> bool:
    """Return whether a block always ends in `return` or `raise`."""
    last = block[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and _ends(last.body) and _ends(last.orelse)
    if isinstance(last, ast.With | ast.AsyncWith):
        return _ends(last.body)
    if isinstance(last, ast.Try):
        return (_ends(last.body) or bool(last.orelse and _ends(last.orelse))) and all(_ends(h.body) for h in last.handlers)
    return False


def yielded(ev: "Evaluator", node: Function) -> Values:
    """Return what a generator gives, one after the other."""
    out = NOTHING
    for n in own(node):
        if isinstance(n, ast.Yield):
            out |= ev.value(n.value) if n.value is not None else {NONE}
        elif isinstance(n, ast.YieldFrom):
            out |= ev.project(ev.value(n.value), ("*",))
    return out


def made(ev: "Evaluator", call: ast.Call, key: Value) -> tuple[Values, bool]:
    """Return an entry of what a call makes (`dict(…)`, SimpleNamespace, a namedtuple, SecretStr), and whether it is surely there."""
    functions = ev.value(call.func)
    maker = next((f for f in functions if f.kind is Kind.MAKER), None)
    names = {str(f.data) for f in functions if f.kind is Kind.LIBRARY}
    if maker is not None:
        fields = fields_of(ev, maker.data)
        given = invocation(ev, call)
        out = NOTHING
        for n, name in enumerate(fields):
            if key is ANY or key in (const(name), const(n)):
                out |= (
                    given.places[n] if n < len(given.places) else given.names.get(name, frozenset({UNKNOWN} if given.rest else {MISSING}))
                )
        return (out, True) if fields and not given.rest else (frozenset({UNKNOWN}), False)
    if names & (REORDERING | LISTING):
        return ev.project(ev.value(call.args[-1 if "builtins.filter" in names else 0]), ("*",)), key is ANY
    method = next((f for f in functions if f.kind is Kind.METHOD), None)
    if method is not None and method.more == "values":
        return entries(ev, method.data, frozenset({ANY})) - {MISSING}, key is ANY
    if names & {"pydantic.SecretStr", "pydantic.types.SecretStr"}:
        return (ev.value(call.args[0]), True) if call.args else (frozenset({UNKNOWN}), False)
    out, certain = NOTHING, key is ANY
    for k in call.keywords:
        if k.arg is not None and (key is ANY or key == const(k.arg)):
            out |= ev.value(k.value)
            certain = True
    for source in [*call.args, *(k.value for k in call.keywords if k.arg is None)]:
        for v in ev.value(source):
            found = (
                entries(ev, v, frozenset({key}))
                if v.kind is Kind.OBJECT and isinstance(v.data, ast.Dict | ast.Call | ast.arg)
                else frozenset({UNKNOWN})
            )
            certain = certain or MISSING not in found
            out |= found - {MISSING}
    return out, certain
