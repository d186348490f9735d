"""What a parameter, a field of a dataclass, and an entry of `*args` or `**kwargs` are given by all calls."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.proof.evaluation.callers import Function, Invocation, callers, escapes, handed, harmless, invocation
from migrate.codemod.proof.evaluation.containers.classes import below, has_decorator
from migrate.codemod.proof.evaluation.containers.escapes import class_escapes, other_names
from migrate.codemod.proof.evaluation.containers.objects import ANY, entries
from migrate.codemod.proof.evaluation.frameworks import click
from migrate.codemod.proof.evaluation.values import MISSING, NOTHING, UNKNOWN, Kind, Value, Values, const, text_of

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


def parameter(ev: "Evaluator", node: ast.arg) -> Values:
    """Return what a parameter is given by all calls, its default included where a call leaves it out."""
    return ev.read(("parameter", node), lambda: _parameter(ev, node))


def _parameter(ev: "Evaluator", node: ast.arg) -> Values:
    unit = ev.world.unit_of[node]
    function: Function = unit.scope_of[node].node  # type: ignore[assignment]
    arguments = function.args
    if node in (arguments.vararg, arguments.kwarg):
        return frozenset({Value(Kind.OBJECT, node)})
    cls = unit.parents.get(function)
    names = [*arguments.posonlyargs, *arguments.args]
    if isinstance(cls, ast.ClassDef) and not isinstance(function, ast.Lambda):
        if names and node is names[0] and not has_decorator(function, "staticmethod"):
            kind = (
                Kind.CLASS if has_decorator(function, "classmethod") or function.name in ("__new__", "__init_subclass__") else Kind.INSTANCE
            )
            return frozenset(Value(kind, c) for c in below(ev, cls))
    if isinstance(function, ast.FunctionDef) and click.is_command(ev, function) and not click.reads_whole(ev):
        handed_on = any(not harmless(ev, n) for n in handed(ev, function))
        return frozenset({UNKNOWN}) if handed_on else click.given(ev, function, node)
    default = default_of(arguments, node)
    out = NOTHING
    found = callers(ev, function)
    for given, bound in found:
        values = given_to(ev, node, names, given, bound)
        out |= values - {MISSING}
        if MISSING in values:
            out |= ev.value(default) if default is not None else NOTHING
    if not found:  # nobody is seen to call it: a framework, a test runner or another program may
        out |= ev.value(default) if default is not None else {UNKNOWN}
    if escapes(ev, function):
        out |= {UNKNOWN}
    return out


def default_of(arguments: ast.arguments, node: ast.arg) -> ast.expr | None:
    """Return a parameter's default."""
    placed = [*arguments.posonlyargs, *arguments.args]
    if node in placed:
        at = placed.index(node) - (len(placed) - len(arguments.defaults))
        return arguments.defaults[at] if at >= 0 else None
    return arguments.kw_defaults[arguments.kwonlyargs.index(node)] if node in arguments.kwonlyargs else None


def given_to(ev: "Evaluator", node: ast.arg, names: list[ast.arg], given: Invocation, bound: bool) -> Values:
    """Return what one call gives a parameter; MISSING where it leaves it out."""
    if node in names:
        at = names.index(node) - bound
        if at < len(given.places):
            return given.places[at] if at >= 0 else NOTHING
    if node.arg in given.names:
        return given.names[node.arg]
    out = NOTHING
    for v in given.spread:
        out |= entries(ev, v, frozenset({const(node.arg)}))
    if given.rest:
        out |= {UNKNOWN, MISSING}
    return out or frozenset({MISSING})


def rest(ev: "Evaluator", node: ast.arg, key: Value) -> Values:
    """Return an entry of `*args` or `**kwargs`."""
    unit = ev.world.unit_of[node]
    function: Function = unit.scope_of[node].node  # type: ignore[assignment]
    arguments = function.args
    taken = {a.arg for a in [*arguments.args, *arguments.kwonlyargs]}
    out: Values = frozenset({UNKNOWN}) if escapes(ev, function) else NOTHING
    for given, bound in callers(ev, function):
        if given.rest:
            out |= {UNKNOWN}
        if node is arguments.kwarg:
            for name in given.names:
                if name not in taken and (key is ANY or key == const(name)):
                    out |= given.names[name]
            for v in given.spread:
                if key is ANY or text_of(key) not in taken:
                    out |= entries(ev, v, frozenset({key})) - {MISSING}
        else:
            more = given.places[max(len(arguments.posonlyargs) + len(arguments.args) - bound, 0) :]
            for n in range(len(more)):
                if key is ANY or key == const(n):
                    out |= more[n]
    return out


def constructed_with(ev: "Evaluator", cls: ast.ClassDef, fields: list[str], name: str) -> Values:
    """Return what a dataclass's constructor is given for a field."""
    out: Values = frozenset({UNKNOWN}) if class_escapes(ev, cls) else NOTHING
    at = fields.index(name)
    for c in below(ev, cls):
        for label in {c.name, "cls", "replace", "_replace", "evolve"} | other_names(ev, c.name):
            for call in ev.world.calls.get(label, ()):
                functions = ev.value(call.func)
                if label in ("replace", "_replace", "evolve"):
                    given = [k for k in call.keywords if k.arg == name]
                    out |= NOTHING.union(*(ev.value(k.value) for k in given))
                    if any(k.arg is None for k in call.keywords):
                        out |= {UNKNOWN}
                elif any(f.kind is Kind.CLASS and f.data is c for f in functions):
                    made_by = invocation(ev, call)
                    if ("?" in fields[: at + 1] and len(made_by.places) > fields.index("?")) or made_by.rest:
                        out |= {UNKNOWN}
                    if at < len(made_by.places):
                        out |= made_by.places[at]
                    out |= made_by.names.get(name, NOTHING)
                    for v in made_by.spread:
                        out |= entries(ev, v, frozenset({const(name)})) - {MISSING}
    return out
