"""Which entry a look-up takes: one that is written down where it stands, or one that a name chooses which something else may change.

A module's constant, a class's attribute or a parameter is believed to be what the program stores in it everywhere else. Where it chooses whose
key is used that is not enough: a test, a shell, a framework or another program sets it too, without a file that says so. So all keys are
taken that it could choose.
"""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.proof.evaluation.containers import objects
from migrate.codemod.proof.evaluation.names.scopes import FUNCTIONS, BindingKind, Cell
from migrate.codemod.proof.evaluation.values import MISSING, NOTHING, Kind, Value, Values, text_of

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator

_DEEPEST = 3
_CALLED = frozenset({Kind.FUNCTION, Kind.BOUND, Kind.PARTIAL})
_HOLDING = frozenset({Kind.OBJECT, Kind.ROW, Kind.INSTANCE, Kind.CLASS})


def is_fixed(ev: "Evaluator", node: ast.expr, asked: frozenset[Cell] = frozenset()) -> bool:
    """Return whether an index or key is written down where it is used, or in the same function, or is what a loop goes through.

    `asked` are the names on the way: one that is made of itself (`i = i + 1`) is what its other bindings are.
    """
    if isinstance(node, ast.Constant | ast.Slice):
        return True
    if isinstance(node, ast.UnaryOp):
        return is_fixed(ev, node.operand, asked)
    if isinstance(node, ast.BinOp):
        return is_fixed(ev, node.left, asked) and is_fixed(ev, node.right, asked)
    if isinstance(node, ast.JoinedStr):
        return all(is_fixed(ev, v.value, asked) for v in node.values if isinstance(v, ast.FormattedValue))
    if not isinstance(node, ast.Name):
        return False
    cell = ev.world.unit_of[node].cell(node)
    if cell is None:
        return False
    if cell in asked:
        return True
    bindings = cell.scope.bindings.get(cell.name, [])
    if bindings and all(b.kind is BindingKind.VALUE and "*" in b.steps for b in bindings):
        return True  # a loop's own name
    own = isinstance(cell.scope.node, FUNCTIONS) and cell.name not in cell.scope.foreign
    return (
        own
        and bool(bindings)
        and all(b.kind is BindingKind.VALUE and b.value is not None and is_fixed(ev, b.value, asked | {cell}) for b in bindings)
    )


def could_be(ev: "Evaluator", owner: Value, node: ast.expr, found: Values) -> Values:
    """Return what else a look-up in an object may give than what was `found`, if the name that chooses is set by something else.

    MISSING is among it: the name may choose an entry that is not there.
    """
    if owner.kind is not Kind.OBJECT or is_fixed(ev, node):
        return NOTHING
    more = alike(ev, found, objects.entries(ev, owner, frozenset({objects.ANY})) - {MISSING})
    return more | {MISSING} if more else NOTHING


def alike(ev: "Evaluator", found: Values, others: Values) -> Values:
    """Return those of some values that could stand in the place of what was found, where that says who signs."""
    if any(_names(ev, v) for v in found):
        return frozenset(v for v in others if _names(ev, v) or v.kind is not Kind.CONST or not v.more)
    if any(v.kind in _CALLED or v.kind is Kind.LIBRARY for v in found):
        return frozenset(v for v in others if v.kind is not Kind.CONST or not v.more)
    if any(v.kind in _HOLDING and holds(ev, v) for v in found):
        named = {k for v in found for k in _keys(ev, v)}
        return frozenset(
            v for v in others if v.kind not in (Kind.CONST, Kind.OBJECT) or not v.more or not (keys := _keys(ev, v)) or keys & named
        )
    return NOTHING


def _keys(ev: "Evaluator", value: Value) -> set[Value]:
    """Return the keys of a dict, or what stands for the places of another object."""
    if value.kind is not Kind.OBJECT:
        return {objects.ANY}
    return objects.keys(ev, value.data) if isinstance(value.data, ast.Dict) else {objects.ANY}


def _names(ev: "Evaluator", value: Value) -> bool:
    """Return whether a text says who signs: a key's id, or a profile of the rewrite."""
    return (text_of(value) or "").strip() in ev.signers


def holds(ev: "Evaluator", value: Value, depth: int = 0) -> bool:
    """Return whether something is, or holds, the text that says who signs."""
    if value.kind is Kind.CONST:
        return _names(ev, value)
    if value.kind in (Kind.INSTANCE, Kind.CLASS, Kind.ROW):
        return True
    inner = objects.entries(ev, value, frozenset({objects.ANY})) if value.kind is Kind.OBJECT and depth < _DEEPEST else NOTHING
    return any(holds(ev, v, depth + 1) for v in inner)
