"""The table of a proof that holds: each call that signed with a key, and the profile that it signs with now."""

import ast
from pathlib import Path

from migrate.codemod.libraries.sessions import MAKING_CLIENTS, MAKING_SESSIONS, REGION_VARIABLES
from migrate.codemod.libraries.spec import Style
from migrate.codemod.proof import sinks
from migrate.codemod.proof.case import Case, function_of
from migrate.codemod.proof.checks.calls.signing import sequences
from migrate.codemod.proof.evaluation.values import NONE, Kind
from migrate.codemod.proof.signers import signers
from migrate.codemod.proof.sinks import Signer
from migrate.outcome import SignedCall

_OTHERS = {
    Signer.AMBIENT: "default chain",
    Signer.CHAIN: "default chain",
    Signer.KEY: "another key",
    Signer.PROFILE: "a profile",
    Signer.OUTSIDE: "outside",
    Signer.PROFILE_FROM_OUTSIDE: "outside",
    Signer.UNKNOWN: "unknown",
}
"""Who else may sign, as a report says it. A look-up that fails signs with nothing."""


def signed_calls(case: Case) -> list[SignedCall]:
    """Return one row for each call of the old program and each key that goes with which it may sign."""
    profiles = case.rewritten.profiles
    now = sequences(case, case.new, case.after, profiles)
    after: dict[ast.AST, ast.AST] = {}
    for place, calls in sequences(case, case.old, case.before, profiles).items():
        after.update((old, new) for (_, old), (_, new) in zip(calls, now.get(place, ()), strict=False))
    rows = []
    for call in case.before:
        who = signers(case.old, call, {})
        keys = sorted(name for kind, name in who if kind is Signer.KEY and name in profiles)
        unit = case.unit(call.node)
        others = tuple(sorted({_OTHERS[kind] for kind, name in who if kind in _OTHERS and not (kind is Signer.KEY and name in keys)}))
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
                    names_region=region_is_named(case, call),
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
    """Return whether a client surely names its region, or a session does, or every client that is made of it or of the environment.

    Other libraries take no region from a profile that their calls would need.
    """
    if call.callee == "os.environ":
        return _program_names_region(case)
    if not isinstance(call.node, ast.Call) or not (call.spec.style is Style.CLIENT or call.callee.endswith(MAKING_SESSIONS)):
        return True
    if _names(case, call.node, call.spec.style is Style.CLIENT):
        return True
    session = call.node.func.value if isinstance(call.node.func, ast.Attribute) else None
    if isinstance(session, ast.Call) and _names(case, session, False):
        return True
    if call.callee.endswith("setup_default_session"):
        return _program_names_region(case)
    if not call.callee.endswith("Session"):
        return False
    made = [
        c for name in MAKING_CLIENTS for c in case.old.world.calls.get(name, ()) if any(v.more is call.node for v in case.old.value(c.func))
    ]
    asked = [a for a in case.old.world.attributes.get("region_name", ()) if any(v.more is call.node for v in case.old.value(a.value))]
    return bool(made) and not asked and all(_names(case, c, True) for c in made)


def _names(case: Case, call: ast.Call, client: bool) -> bool:
    """Return whether a call names a region: in the second place of a client, or by its name, and not as None."""
    named = [k.value for k in call.keywords if k.arg == "region_name"]
    if client and not named:
        named = call.args[1:2]
    return bool(named) and NONE not in case.old.value(named[0])


def _program_names_region(case: Case) -> bool:
    """Return whether a program sets the region in its environment, or each of its clients names one."""
    for unit in list(case.old.world.units.values()):
        if any(
            getattr(n, "value", getattr(n, "arg", None)) in REGION_VARIABLES
            for n in unit.parents
            if isinstance(n, ast.Constant | ast.keyword)
        ):
            return True
    made = [
        c
        for name in MAKING_CLIENTS
        for c in case.old.world.calls.get(name, ())
        if any(v.kind is Kind.LIBRARY for v in case.old.value(c.func))
    ]
    return all(_names(case, c, True) for c in made)
