"""The table of a proof that holds: each call that signed with a key, and the profile that it signs with now."""

import ast
from pathlib import Path

from migrate.codemod.proof import sinks
from migrate.codemod.proof.case import Case, function_of
from migrate.codemod.proof.checks.sessions import names_region
from migrate.codemod.proof.checks.signing import sequences
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
                    presigned=presigned(case, call) if profiles[key] is not None else (),
                    names_region=call.takes.style != "client" or region_is_named(case, call),
                )
            )
    return rows


def presigned(case: Case, call: sinks.Call) -> tuple[tuple[Path, int], ...]:
    """Return where URLs are presigned with a client that a call makes, or with one of its session."""
    world = case.old.world
    made: set[ast.AST] = {call.node}
    for name in ("client", "resource", "create_client"):
        made |= {c for c in world.calls.get(name, ()) if any(v.more is call.node for v in case.old.value(c.func))}
    found = set()
    for name in ("generate_presigned_url", "generate_presigned_post"):
        for node in world.attributes.get(name, ()):
            if any(v.more in made for v in case.old.value(node)):
                found.add((case.unit(node).path, node.lineno))
    return tuple(sorted(found))


def region_is_named(case: Case, call: sinks.Call) -> bool:
    """Return whether a client names its region, or a session does, or every client made of that session."""
    if names_region(call) or not isinstance(call.node, ast.Call):
        return True
    session = call.node.func.value if isinstance(call.node.func, ast.Attribute) else None
    if isinstance(session, ast.Call) and any(k.arg == "region_name" for k in session.keywords):
        return True
    if not call.callee.endswith("Session"):
        return False
    made = [
        c
        for name in ("client", "resource", "create_client")
        for c in case.old.world.calls.get(name, ())
        if any(v.more is call.node for v in case.old.value(c.func))
    ]
    return bool(made) and all(len(c.args) > 1 or any(k.arg == "region_name" for k in c.keywords) for c in made)


def _other(kind: str) -> str:
    return "default chain" if kind in ("ambient", "chain") else "outside"
