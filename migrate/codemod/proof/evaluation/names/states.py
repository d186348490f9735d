"""Which bindings each name may have at one point, and what a condition says of them."""

import ast

from migrate.codemod.proof.evaluation.names.scopes import Binding, BindingKind

UNBOUND = Binding(BindingKind.UNBOUND, ast.Pass())
"""Stands for "nothing has bound it yet"."""

State = dict[str, frozenset[Binding]]


def merge(*states: State | None) -> State | None:
    """Return what holds where several ways meet; None where none of them gets there."""
    out: State | None = None
    for state in states:
        if state is None or state is out:
            continue
        out = state if out is None else {n: out[n] | state[n] for n in out}
    return out


def asks_for(test: ast.expr) -> tuple[str, str, bool] | None:
    """Return the name that a condition asks for, whether it is not None or not empty then, and whether that is so where it is true."""
    if isinstance(test, ast.Name):
        return test.id, "not empty", True
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and len(test.ops) == 1:
        right = test.comparators[0]
        if isinstance(right, ast.Constant) and right.value is None and isinstance(test.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
            return test.left.id, "not None", isinstance(test.ops[0], ast.IsNot | ast.NotEq)
    return None
