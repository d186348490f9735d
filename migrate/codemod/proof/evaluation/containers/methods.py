"""What methods of dicts, lists, tuples and texts give."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.proof.evaluation.containers import choice
from migrate.codemod.proof.evaluation.containers.objects import ANY, entries
from migrate.codemod.proof.evaluation.values import MISSING, NONE, NOTHING, UNKNOWN, Kind, Value, Values, const, library, raising, text_of

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


def method(ev: "Evaluator", value: Value, call: ast.Call) -> Values:
    """Return what `x.get(…)` and the like give."""
    owner: Value = value.data
    name = value.more
    if owner.kind is not Kind.OBJECT:
        if name == "strip" or name in ("rstrip", "lstrip"):
            return frozenset({const(t.strip())} if (t := text_of(owner)) is not None and not call.args else {owner})
        if name in ("encode", "decode"):
            return frozenset({owner})
        return frozenset({UNKNOWN})
    if name == "get" and call.args:
        found = _looked_up(ev, owner, call.args[0])
        default = ev.value(call.args[1]) if len(call.args) > 1 else frozenset({NONE})
        return (found - {MISSING}) | (default if MISSING in found else NOTHING)
    if name == "setdefault" and call.args:
        return _looked_up(ev, owner, call.args[0]) - {MISSING}
    if name == "pop" and call.args and not isinstance(owner.data, ast.List):
        found = _looked_up(ev, owner, call.args[0])
        return (found - {MISSING}) | ev.value(call.args[1]) if len(call.args) > 1 else raising(found)
    if name == "copy":
        return frozenset({owner})
    if name == "items":
        return frozenset({Value(Kind.ROW, call, "rows")})
    if name == "values":
        return frozenset({Value(Kind.OBJECT, call)})
    if name == "keys":
        return frozenset({library("dict.keys()")})
    if name in ("get_secret_value", "get_value"):
        return entries(ev, owner, frozenset({ANY})) - {MISSING}
    if name in ("append", "extend", "update", "add", "insert", "clear", "sort"):
        return frozenset({NONE})
    return frozenset({UNKNOWN})


def _looked_up(ev: "Evaluator", owner: Value, key: ast.expr) -> Values:
    found = entries(ev, owner, ev.value(key))
    return found | choice.could_be(ev, owner, key, found)
