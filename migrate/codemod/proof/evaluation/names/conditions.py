"""Conditions that are always true, or never; and what therefore never runs."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.proof.evaluation.values import ABSENT, NONE, Kind, Value, Values, const

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


def truth(ev: "Evaluator", node: ast.expr) -> bool | None:
    """Return whether a condition is always true, or never; None where that is not known."""
    if isinstance(node, ast.BoolOp):
        parts = [truth(ev, v) for v in node.values]
        if isinstance(node.op, ast.And):
            return False if False in parts else True if all(p is True for p in parts) else None
        return True if True in parts else False if all(p is False for p in parts) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = truth(ev, node.operand)
        return None if inner is None else not inner
    if isinstance(node, ast.Compare):
        right = node.comparators[0]
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.Is | ast.IsNot) and isinstance(right, ast.Constant) and right.value is None:
            values = ev.value(node.left)
            nones = {v == NONE for v in values if v.kind is Kind.CONST}
            if len(nones) == 1 and all(v.kind is Kind.CONST for v in values):
                return nones.pop() is isinstance(node.ops[0], ast.Is)
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq) and isinstance(right, ast.Constant) and right.value:
            values = ev.value(node.left)
            same = {v == const(right.value) for v in values}
            if len(same) == 1 and all(v.kind is Kind.CONST and isinstance(v.more, str) for v in values) and isinstance(right.value, str):
                return same.pop() is isinstance(node.ops[0], ast.Eq)
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.In | ast.NotIn) and isinstance(right, ast.Tuple | ast.List | ast.Set):
            among = {e.value for e in right.elts if isinstance(e, ast.Constant) and (isinstance(e.value, str) or e.value is None)}
            values = ev.value(node.left)
            found = {v.more in among for v in values}
            if len(found) == 1 and len(among) == len(right.elts) and all(v.kind is Kind.CONST and isinstance(v.more, str) for v in values):
                return found.pop() is isinstance(node.ops[0], ast.In)
        return None
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords and isinstance(node.args[0], ast.List | ast.Tuple):
        names = {v.data for v in ev.value(node.func)}
        parts = [truth(ev, e) for e in node.args[0].elts]
        if names == {"builtins.all"}:
            return False if False in parts else True if all(p is True for p in parts) else None
        if names == {"builtins.any"}:
            return True if True in parts else False if all(p is False for p in parts) else None
    values = ev.value(node)
    found = {bool(v.more) for v in values if v.kind is Kind.CONST}
    return found.pop() if len(found) == 1 and all(v.kind is Kind.CONST for v in values) else None


def never_run(ev: "Evaluator") -> frozenset[ast.AST]:
    """Return the statements, and arms of conditional expressions, that no run gets to."""
    out: set[ast.AST] = set()
    for unit in list(ev.world.units.values()):
        for node in unit.parents:
            if (
                isinstance(node, ast.If | ast.IfExp)
                and ev.matters(node.test)
                and not isinstance(node.test, ast.Constant)
                and (known := truth(ev, node.test)) is not None
            ):
                arm = node.orelse if known else node.body
                out |= set(arm) if isinstance(arm, list) else {arm}
    return frozenset(out)


def narrowed(values: Values, what: str) -> Values:
    """Return what is left of some values where they are not None, or not empty either."""
    if what == "not None":
        return values - {NONE}
    return frozenset(
        Value(Kind.OUTSIDE, v.data, True) if v.kind is Kind.OUTSIDE else v for v in values if not falsy(v) or v.kind is Kind.RAISES
    )


def falsy(value: Value) -> bool:
    """Return whether a value is None, empty, zero or nothing at all."""
    return value.kind in ABSENT or (value.kind is Kind.CONST and not value.more)
