"""A part of a key that decides what else happens: as an operand of `and` or `or`, where a value from outside may take its place."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.libraries.standard import GETTING, SAME
from migrate.codemod.proof.evaluation.values import Kind
from migrate.codemod.proof.handing import LOOKING

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator
    from migrate.codemod.proof.places import Places

_HARMLESS = SAME | GETTING | {f"builtins.{name}" for name in LOOKING}


def decides(places: "Places", operation: ast.BoolOp, node: ast.expr) -> str | None:
    """Return what is wrong with an operand whose truth decides what follows; None where nothing is.

    A key that is a default becomes None where nothing is given: `KEY or exit()` would end the program.
    """
    ev = places.ev
    if node is operation.values[-1] or not may_come_from_outside(ev, node) or _is_tested(ev, operation):
        return None
    later = operation.values[operation.values.index(node) + 1 :]
    calls = [n for one in later for n in ast.walk(one) if isinstance(n, ast.Call)]
    if any(v.kind is not Kind.LIBRARY or v.data not in _HARMLESS for call in calls for v in ev.value(call.func)):
        return "whether it is there decides whether something is called"
    if isinstance(operation.op, ast.And) and not all(places.holds(one) for one in later):
        return "whether it is there decides what another value is"
    return None


def may_come_from_outside(ev: "Evaluator", node: ast.expr) -> bool:
    """Return whether a value from outside may take the place of a part of a key."""
    return any(v.kind is Kind.OUTSIDE for v in ev.value(node))


def _is_tested(ev: "Evaluator", node: ast.expr) -> bool:
    """Return whether only the truth of an expression is asked for: in a condition, or by `bool(…)`."""
    parent = ev.world.parent(node)
    while isinstance(parent, ast.BoolOp) or (isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)):
        node, parent = parent, ev.world.parent(parent)
    if isinstance(parent, ast.Call):
        return any(v.data == "builtins.bool" for v in ev.value(parent.func))
    return isinstance(parent, ast.If | ast.While | ast.IfExp | ast.Assert) and parent.test is node
