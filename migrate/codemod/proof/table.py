"""The table of a proof that holds: each call that signed with a key, and the profile that it signs with now."""

import ast

from migrate.codemod.proof import sinks
from migrate.codemod.proof.case import Case, function_of
from migrate.codemod.proof.signing import sequences
from migrate.outcome import SignedCall


def signed_calls(case: Case) -> list[SignedCall]:
    """Return one row for each call of the old program and each key that goes with which it may sign."""
    profiles = case.rewritten.profiles
    now = sequences(case, case.new, case.after, profiles)
    after: dict[ast.AST, ast.AST] = {}
    for place, calls in sequences(case, case.old, case.before, profiles).items():
        after.update((old, new) for (_, old), (_, new) in zip(calls, now.get(place, ()), strict=False))
    rows = []
    for call in case.before:
        who = sinks.signers(case.old, call, {})
        keys = sorted(name for kind, name in who if kind == "key" and name in profiles)
        unit = case.unit(call.node)
        others = tuple(sorted({_other(kind) for kind, name in who if not (kind == "key" and name in keys)}))
        for key in keys:
            rows.append(
                SignedCall(
                    unit.path,
                    getattr(call.node, "lineno", 1),
                    call.callee.removeprefix("*."),
                    key,
                    profiles[key],
                    new_line=getattr(after.get(call.node), "lineno", None),
                    function=function_of(unit, call.node),
                    others=others,
                )
            )
    return rows


def _other(kind: str) -> str:
    return "default chain" if kind in ("ambient", "chain") else "outside"
