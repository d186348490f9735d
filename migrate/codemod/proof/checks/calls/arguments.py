"""The order in which a call's arguments are evaluated: a profile's name is read before all of them, the key it stands for was read in its place."""

import ast
from collections.abc import Iterator

from migrate.codemod.libraries.spec import Role
from migrate.codemod.libraries.standard import CALLING_BACK
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.values import NOTHING, Kind
from migrate.codemod.proof.rules import Rule
from migrate.codemod.proof.sinks import Call

CHANGING = frozenset(
    {"pop", "popitem", "append", "extend", "insert", "remove", "clear", "update", "setdefault", "sort", "reverse", "popleft"}
)
"""Methods that change what they are asked of."""


def check_arguments(case: Case) -> None:
    """Raise Rejected where an argument in front of the key's own may change what that is, or what is done before it fails."""
    for call in case.before:
        if not isinstance(call.node, ast.Call) or not case.touches(call):
            continue
        spread = [k.value for k in call.node.keywords if k.arg is None]
        written = call.written.get(Role.KEY_ID) or (spread[-1] if spread else None)
        if written is None:
            continue
        values = call.roles.get(Role.KEY_ID, NOTHING)
        if len(values) == 1 and all(v.kind is Kind.CONST for v in values):
            continue
        for node in before(call, written):
            if busy(case, node):
                raise Rejected(
                    Rule.ARGUMENT_ORDER,
                    case.unit(node),
                    node,
                    "this argument is evaluated before the key, and would be evaluated after the profile",
                )


def before(call: Call, written: ast.expr) -> Iterator[ast.AST]:
    """Yield the nodes of the arguments that stand in front of the key's."""
    assert isinstance(call.node, ast.Call)
    start = (written.lineno, written.col_offset)
    for part in [*call.node.args, *(k.value for k in call.node.keywords)]:
        if (part.lineno, part.col_offset) < start and part is not written:
            yield from (n for n in ast.walk(part) if isinstance(n, ast.expr) and n is not written)


def busy(case: Case, node: ast.AST) -> bool:
    """Return whether evaluating something may change what names of the program are."""
    if isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
        return True
    if not isinstance(node, ast.Call):
        return False
    for f in case.old.value(node.func):
        if f.kind is Kind.METHOD:
            if f.more in CHANGING:
                return True
        elif f.kind is not Kind.LIBRARY or f.data in CALLING_BACK or str(f.data).rpartition(".")[2] in CHANGING:
            return True
    return False
