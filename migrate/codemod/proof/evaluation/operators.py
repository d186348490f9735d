"""What operators and f-strings give: `a or b`, `a + b`, `f"{a}"`."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.proof.evaluation.names.conditions import falsy
from migrate.codemod.proof.evaluation.values import NONE, NOTHING, UNKNOWN, Kind, Value, Values, const, text_of

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


def either(ev: "Evaluator", node: ast.BoolOp) -> Values:
    """Return what `a or b`, `a and b` may be."""
    out = NOTHING
    for operand in node.values[:-1]:
        values = ev.value(operand)
        if isinstance(node.op, ast.Or):
            out |= {v if v.kind is not Kind.OUTSIDE else Value(Kind.OUTSIDE, v.data, True) for v in values if not falsy(v)}
        else:
            out |= {v for v in values if falsy(v) or v.kind not in (Kind.CONST, Kind.CLASS, Kind.FUNCTION)}
            out |= {NONE} if any(v.kind is Kind.OUTSIDE for v in values) else set()
    return out | ev.value(node.values[-1])


def binary(ev: "Evaluator", node: ast.BinOp) -> Values:
    """Return what `a + b` may be: texts are put together, `|` joins dicts, anything else is not understood."""
    if isinstance(node.op, ast.BitOr):
        both = ev.value(node.left) | ev.value(node.right)
        return frozenset({Value(Kind.OBJECT, node)}) if all(v.kind is Kind.OBJECT for v in both) else frozenset({UNKNOWN})
    left, right = ev.value(node.left), ev.value(node.right)
    texts = []
    if isinstance(node.op, ast.Add):
        for one in left:
            for two in right:
                a, b = one.more, two.more
                if one.kind is Kind.CONST and two.kind is Kind.CONST and isinstance(a, str | bytes) and type(a) is type(b):
                    texts.append(const(a + b))  # type: ignore[operator]
                else:
                    return frozenset({UNKNOWN})
    return frozenset(texts) if texts and len(texts) <= 16 else frozenset({UNKNOWN})


def joined(ev: "Evaluator", node: ast.JoinedStr) -> Values:
    """Return what an f-string may be, where all its parts are single literals."""
    parts = []
    for part in node.values:
        values = ev.value(part)
        text = text_of(next(iter(values))) if len(values) == 1 else None
        plain = not isinstance(part, ast.FormattedValue) or (part.conversion == -1 and part.format_spec is None)
        if text is None or not plain:
            return frozenset({UNKNOWN})
        parts.append(text)
    return frozenset({const("".join(parts))})
