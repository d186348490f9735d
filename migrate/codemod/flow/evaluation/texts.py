"""Texts made of others: f-strings and `+` of known texts are known, anything else of them is tainted."""

import ast
from collections.abc import Iterable

from migrate.codemod.flow.state import Env, Walk
from migrate.codemod.flow.values import (
    UNKNOWN,
    BoxRef,
    Scope,
    Tainted,
    Text,
    Value,
    origins_of,
)


def joined(walk: Walk, node: ast.JoinedStr, env: Env, scope: Scope) -> Iterable[Value]:
    """Return what an f-string may be: known where everything in its braces is known and plain."""
    mine = walk.origin(scope.module, node)
    parts, origins, plain = "", {mine}, True
    for piece in node.values:
        if isinstance(piece, ast.Constant):
            parts += str(piece.value)
            continue
        if not isinstance(piece, ast.FormattedValue):
            plain = False
            continue
        values = walk.eval(piece.value, env, scope)
        origins |= origins_of(values)
        if len(values) == 1 and isinstance(only := next(iter(values)), Text) and piece.conversion == -1 and piece.format_spec is None:
            parts += only.text
        else:
            plain = False
        if piece.format_spec is not None:
            walk.eval(piece.format_spec, env, scope)
    return {Text(parts, frozenset(origins))} if plain else {Tainted(frozenset(origins)), UNKNOWN}


def binary(walk: Walk, op: ast.operator, left: set[Value], right: set[Value]) -> set[Value]:
    """Return what an operator gives: `+` of known strings is known, anything else of them is tainted."""
    out: set[Value] = set()
    if isinstance(op, ast.Add) and len(left) * len(right) <= 16:
        for a in left:
            for b in right:
                if isinstance(a, Text) and isinstance(b, Text):
                    out.add(Text(a.text + b.text, a.origins | b.origins, a.computed or b.computed))
                elif origins := origins_of({a, b}):
                    out |= {Tainted(origins), UNKNOWN}
                else:
                    out.add(UNKNOWN)
        return out
    origins = origins_of(left | right | (inside(right) if isinstance(op, ast.Mod) else set()))
    return {Tainted(origins), UNKNOWN} if origins else {UNKNOWN}


def inside(values: set[Value]) -> set[Value]:
    """Return the strings within lists and tuples (what `%` fills in)."""
    return {v for b in values if isinstance(b, BoxRef) for s in b.box.all() for v in s.values if isinstance(v, Text | Tainted)}
