"""A part of a key, or what holds one, as an argument: whether a call is known to sign with it, to keep it, or to hand it to a function of the program."""

import ast
from functools import partial
from typing import TYPE_CHECKING

from migrate.codemod.libraries.spec import Role
from migrate.codemod.libraries.standard import GETTING, HOLDING, SAME
from migrate.codemod.proof.evaluation import callers
from migrate.codemod.proof.evaluation.containers import classes, objects
from migrate.codemod.proof.evaluation.values import ABSENT, MISSING, UNKNOWN, Kind, Value
from migrate.codemod.proof.evaluation.world import last_name

if TYPE_CHECKING:
    from migrate.codemod.proof.places import Places

LOOKING = frozenset({"len", "bool", "isinstance", "any", "all"})
"""Builtins that look at a key and give nothing of it."""


def is_table(places: "Places", v: Value) -> bool:
    """Return whether a value is a dict of which no entry is a part of a key itself: its own keys stay."""
    return v.kind is Kind.OBJECT and isinstance(v.data, ast.Dict) and not has_parts(places, v)


def argument(places: "Places", call: ast.Call, node: ast.expr, keyword: ast.keyword | None) -> str | None:
    """Return what is wrong with a part of a key as an argument."""
    from migrate.codemod.proof.sinks import role_of, unwrapped

    ev = places.ev
    if node is call.func:
        return None
    functions = frozenset(f for f in ev.value(call.func) if f.kind not in ABSENT)
    if not functions:
        return None  # nothing that could be called: never reached
    sink = places.sinks.get(call)
    if sink is not None and len(functions) > 1 and not sink.skip and not sink.callee.startswith("*."):
        return f"`{short(call.func)}` may be one of several callables"
    name = keyword.arg if keyword is not None else None
    for f in functions:
        if f == UNKNOWN:
            return f"it is passed to `{short(call.func)}`, which could not be analyzed"
        if f.kind in (Kind.FUNCTION, Kind.BOUND, Kind.CLASS, Kind.MAKER, Kind.PARTIAL):
            if f.kind is Kind.CLASS and not constructor(places, f.data):
                return f"it is passed to the class `{short(call.func)}`, whose constructor could not be analyzed"
            if f.kind is Kind.PARTIAL:
                return "it is passed to a partial"
            if f.kind in (Kind.FUNCTION, Kind.BOUND, Kind.CLASS) and not callers.is_seen(ev, call, f):
                return f"it is passed to `{short(call.func)}`, which stands for a function of another name"
            if f.kind is Kind.FUNCTION and isinstance(f.data, ast.Lambda) and callers.name_of(ev, f.data) is None:
                return "it is passed to a lambda"
            continue
        if f.kind is Kind.METHOD:
            if f.more == "join" and not all(map(partial(is_table, places), ev.value(node))):
                return "its entries are joined to a text"
            continue
        if f.kind in (Kind.CONST, Kind.MISSING, Kind.RAISES):
            continue  # an exception
        if f.kind is not Kind.LIBRARY:
            return f"it is passed to `{short(call.func)}`, which could not be analyzed"
        if sink is not None and (f.data == sink.callee or sink.skip or sink.callee.startswith("*.")):
            at = call.args.index(node) - sink.skip if node in call.args else None
            given = (
                name if name is not None else sink.spec.positional[at] if at is not None and 0 <= at < len(sink.spec.positional) else None
            )
            scalar = any(places.is_part(v) for v in ev.value(node))
            if keyword is not None and name is None and not scalar:
                continue  # `**conf`
            scalar = scalar or any(places.is_part(v) for v in unwrapped(ev, ev.value(node)))
            if given is not None and ((scalar and role_of(sink.spec, given) in (Role.KEY_ID, Role.SECRET, Role.TOKEN))
                                      or (not scalar and given in (*sink.spec.options, *sink.spec.nested))):  # fmt: skip
                continue
            if isinstance(node, ast.Starred) or (at is not None and at < 0):
                continue
            return f"it is another argument of `{short(call.func)}`"
        known = str(f.data)
        last = known.rpartition(".")[2]
        if known in ("builtins.sorted", "builtins.min", "builtins.max") and not all(map(partial(told_apart, places), ev.value(node))):
            return "the order of its rows may depend on the key"
        if known == "builtins.sorted" and any(k.arg == "key" for k in call.keywords):
            return "it is sorted with a key function"
        if known in ("builtins.str", "builtins.bytes", "os.fspath") and any(places.has_part(v) for v in ev.value(node)):
            return "it is converted to a string"
        if known == "builtins.next":
            continue
        if known in SAME | HOLDING | GETTING or known in (
            "builtins.zip",
            "builtins.enumerate",
            "builtins.sorted",
            "builtins.reversed",
            "builtins.set",
        ):
            continue
        if known == "click.option" and name == "default":
            continue
        if known.startswith("argparse.") and last == "add_argument" and name == "default":
            continue
        if last == "add_argument" and name == "choices" and all(map(partial(is_table, places), ev.value(node))):
            continue
        if known in ("dataclasses.field", "attr.ib", "attr.field", "attrs.field") and name == "default":
            continue
        if known in ("dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve") and name is not None:
            continue
        if known == "builtins.len" and of_parts(places, node):
            return "its parts are counted"
        if known == "builtins.getattr" or (known.startswith("builtins.") and last in LOOKING):
            continue
        if known == "os.environ.update":
            continue
        if last in ("submit", "run_in_executor", "to_thread", "map", "starmap", "Thread", "partial", "Process", "apply_async"):
            handed = [
                a
                for a in [*call.args, *(k.value for k in call.keywords)]
                if any(v.kind in (Kind.FUNCTION, Kind.BOUND) for v in ev.value(a))
            ]
            if handed and all(callers.hands(ev, a) is not None for a in handed):
                continue
        if known.startswith("builtins.super()"):
            continue
        return f"it is passed to `{short(call.func)}`, which is not known to sign with it"
    return None


def spread(places: "Places", call: ast.Call, argument: ast.Starred) -> str | None:
    """Return what is wrong with `*row` in a call, where the row holds a part of a key."""
    functions = [f for f in places.ev.value(call.func) if f.kind not in ABSENT]
    if any(f.kind in (Kind.FUNCTION, Kind.BOUND, Kind.CLASS, Kind.MAKER, Kind.PARTIAL) for f in functions):
        spread = callers.spread_out(places.ev, argument)
        if spread is None or (argument is not call.args[-1] and any(MISSING in values for values in spread)):
            return "it is spread with `*`, at places that are not known"
    return None


def constructor(places: "Places", cls: ast.ClassDef) -> bool:
    mro, known = classes.line(places.ev, cls)
    if any(str(v.data).startswith("enum.") for b in cls.bases for v in places.ev.value(b) if v.kind is Kind.LIBRARY):
        return False
    if any(v.kind is Kind.MAKER for b in cls.bases for v in places.ev.value(b)):
        return not any(n in places.ev.world.unit_of[cls].scopes[cls].bindings for n in ("__init__", "__new__"))
    if classes.is_record(places.ev, cls) is not None:
        return known and "?" not in (classes.is_record(places.ev, cls) or [])
    has = any("__init__" in places.ev.world.unit_of[c].scopes[c].bindings for c in mro)
    new = any("__new__" in places.ev.world.unit_of[c].scopes[c].bindings for c in mro)
    return has and not new and not any(c.keywords for c in mro)


def of_parts(places: "Places", node: ast.expr) -> bool:
    """Return whether an expression may be a container of which a part of a key is an element itplaces."""
    return any(has_parts(places, v) for v in places.ev.value(node))


def has_parts(places: "Places", v: Value) -> bool:
    return v.kind is Kind.OBJECT and any(places.is_part(e) for e in objects.entries(places.ev, v, frozenset({objects.ANY})))


def told_apart(places: "Places", rows: Value) -> bool:
    """Return whether rows differ in their first parts, which are literals and no part of a key: then nothing else is compared."""
    if rows.kind is not Kind.OBJECT or not isinstance(rows.data, ast.List | ast.Tuple | ast.Dict) or objects.stores(places.ev, rows):
        return not places.has_part(rows)
    if isinstance(rows.data, ast.Dict):
        return not has_parts(places, rows)  # its keys are put in order, and one of a pair's would be another
    firsts = [e.elts[0] if isinstance(e, ast.Tuple | ast.List) and e.elts else None for e in rows.data.elts]
    labels = [f.value for f in firsts if isinstance(f, ast.Constant) and not places.holds(f)]
    return len(labels) == len(firsts) == len(set(labels))


def short(node: ast.expr) -> str:
    """Return how a callee is written, cut; no part of a key can stand in names."""
    return last_name(node) or type(node).__name__.lower()
