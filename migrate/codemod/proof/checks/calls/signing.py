"""Whom each call signs with, before and after: compared one by one, as sets."""

import ast
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from migrate.codemod.libraries.sessions import CONFIGURED
from migrate.codemod.libraries.spec import Role
from migrate.codemod.libraries.standard import TEXTUAL
from migrate.codemod.proof import sinks
from migrate.codemod.proof.case import Case, Rejected, function_of
from migrate.codemod.proof.checks.calls.arguments import check_arguments
from migrate.codemod.proof.evaluation.evaluate import Evaluator
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.values import NONE, Kind, text_of
from migrate.codemod.proof.rules import Rule
from migrate.codemod.proof.signers import signers
from migrate.codemod.proof.sinks import Call, Signer

Signed = dict[tuple[Path, str], list[tuple[frozenset[sinks.Who], ast.AST]]]
"""For each function of each file its calls in order, with whom each may sign as."""


class Literal(NamedTuple):
    """A text of a file: its node, and what it says."""

    node: ast.Constant
    value: str


def check_signers(case: Case) -> None:
    """Raise Rejected where the calls of a function, one by one, may sign with another set than they did."""
    profiles = case.rewritten.profiles
    was, now = sequences(case, case.old, case.before, profiles), sequences(case, case.new, case.after, profiles)
    compare(Rule.SIGNERS, was, now, "it could not be verified that each call keeps its signer")
    check_clients(case)
    check_signed(case)
    check_arguments(case)
    check_order(case)
    missing_values(case)
    late_profiles(case)
    for call in case.before:
        if call.of_partial and call.named:
            raise Rejected(Rule.PARTIAL_OVERRIDDEN, case.unit(call.node), call.node, "the call of a partial also passes credentials")
        if any(who.kind is Signer.UNKNOWN for who in signers(case.old, call, profiles)) and case.touches(call):
            raise Rejected(
                Rule.UNKNOWN_SIGNER, case.unit(call.node), call.node, "this call may also sign with credentials that could not be analyzed"
            )


_UNDERSTOOD = frozenset({Kind.CONST, Kind.OUTSIDE, Kind.MISSING, Kind.RAISES})
"""Kinds of values that are no key on a way that was not followed."""


def check_signed(case: Case) -> None:
    """Raise Rejected where the program reads a key that goes, and no call was found that signs with it.

    Whatever takes it then takes it on a way that was not followed, and "not followed" is not "not used".
    """
    ev = case.old
    if all(_is_understood(call) for call in case.before):
        return  # each call is known to sign with something else, and what is handed on is looked at by itself
    signed = {(text_of(v) or "").strip() for call in case.before for v in call.roles.get(Role.KEY_ID, ())}
    for path in case.changed:
        unit = ev.world.units[path]
        for node in unit.parents:
            key = node.value.strip() if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if key not in case.rewritten.profiles or key in signed or isinstance(unit.parents[node], ast.Expr) or not ev.matters(node):
                continue
            if not _is_unread(case, unit, node):
                raise Rejected(Rule.UNSIGNED, unit, node, "no call was found that signs with this key, although the program reads it")


def _is_understood(call: Call) -> bool:
    """Return whether it is known what may stand for the id of a call; nothing at all, or a dict that is not followed, is not known."""
    ids = call.roles.get(Role.KEY_ID)
    return not call.open and (ids is None or (bool(ids) and all(v.kind in _UNDERSTOOD for v in ids)))


def _is_unread(case: Case, unit: Unit, node: ast.AST) -> bool:
    """Return whether a literal is bound to plain names that nothing reads, by themselves or in a dict, list or tuple."""
    at: ast.AST | None = node
    while isinstance(at := unit.parents.get(at), ast.Dict | ast.Tuple | ast.List | ast.keyword):  # type: ignore[arg-type]
        pass
    if not isinstance(at, ast.Assign | ast.AnnAssign):
        return False
    targets = at.targets if isinstance(at, ast.Assign) else [at.target]
    names = [getattr(n, "id", getattr(n, "attr", None)) for t in targets for n in (t.elts if isinstance(t, ast.Tuple | ast.List) else [t])]
    world = case.old.world
    read = [n for name in names for n in [*world.names.get(name or "", ()), *world.attributes.get(name or "", ())]]
    return None not in names and not any(isinstance(n.ctx, ast.Load) for n in read)


def compare(rule: Rule, was: Signed, now: Signed, reason: str) -> None:
    """Raise Rejected at the first call that may sign with another set than it did."""
    for place in sorted(set(was) | set(now), key=str):
        one, two = was.get(place, []), now.get(place, [])
        if [w for w, _ in one] != [w for w, _ in two]:
            differing = next(((w, x, n) for (w, n), (x, _) in zip(one, two, strict=False) if w != x), None)
            if differing is None:
                raise Rejected(rule, place[0], one[-1][1] if one else None, reason)
            before, after, at = differing
            raise Rejected(
                rule,
                place[0],
                at,
                f"this call may sign with {said(before, 'the key of')} now, and with {said(after, 'profile')} afterwards",
            )


def said(who: frozenset[sinks.Who], profile: str) -> str:
    """Return in words whom a call may sign with. `profile` is what comes before a profile's name."""
    words = {
        Signer.AMBIENT: "the default credentials",
        Signer.CHAIN: "the default credentials",
        Signer.RAISES: "nothing, because a lookup may fail",
        Signer.UNKNOWN: "credentials that could not be analyzed",
        Signer.KEY: "a key that is not mapped",
    }
    found = []
    for kind, name in sorted(who, key=lambda w: (w.kind.name, w.name)):
        if kind is Signer.PROFILE:
            found.append(f"{profile} {name}")
        elif kind in (Signer.OUTSIDE, Signer.PROFILE_FROM_OUTSIDE):
            found.append(f"{'a profile' if kind is not Signer.OUTSIDE else 'credentials'} from {name or 'outside'}")
        else:
            found.append(words[kind])
    return " or ".join(dict.fromkeys(found)) or "nothing"


def check_order(case: Case) -> None:
    """Raise Rejected where profiles do not stand in the order of the keys whose places they take.

    Sets do not tell `f("dev"); f("prod")` from `f("prod"); f("dev")`, where both reach one call.
    """
    for path in case.changed:
        profiles, before, after = case.rewritten.profiles, literals(case.rewritten.old[path]), literals(case.rewritten.new[path])
        left = Counter(n.value.strip() for n in after if n.value.strip() in profiles)
        gone = Counter(n.value.strip() for n in before if n.value.strip() in profiles) - left
        places = Counter(name for key, n in gone.items() for name in [profiles[key]] * n if name is not None)
        direct = {n for call in case.after for n in written(call)}
        direct |= {n for node in direct if isinstance(node, ast.IfExp) for n in ast.walk(node)}  # type: ignore[misc]
        old_keys, new_keys = keys_of(case.rewritten.old[path]), keys_of(case.rewritten.new[path])
        sunk = Counter(text(n) for call in case.before for n in written(call) if case.unit(n).path == path)
        old_texts = Counter(n.value for n in before if n.node not in old_keys)
        carried = Counter(n.value for n in after if n.node not in direct and n.node not in new_keys)
        named = {str(p) for p in profiles.values() if p is not None}
        for profile in named:
            kept = sum(n.value == profile for n in new_keys) <= sum(n.value == profile for n in old_keys)
            if not kept or not old_texts[profile] - sunk[profile] <= carried[profile] <= old_texts[profile] + places[profile]:
                raise Rejected(Rule.ORDER, path, None, "the profiles would not replace their keys one for one")
        if pairs(case.rewritten.new[path], named) - pairs(case.rewritten.old[path], named):
            raise Rejected(Rule.ORDER, path, None, "a dict entry would have a different name")
        was = [name for n in before if (name := profiles.get(n.value.strip())) is not None]
        now = [n.value for n in after if n.value in named and n.node not in direct and n.node not in new_keys and not old_texts[n.value]]
        rest = iter(was)
        if not all(any(x == name for x in rest) for name in now):
            raise Rejected(Rule.ORDER, path, None, "the profiles would not replace their keys one for one")


def written(call: Call) -> list[ast.expr]:
    """Return what stands in a call for its key or profile, in a dict that is written in the call itself too.

    Such a dict belongs to no other call, so the signers of the calls, compared one by one, say all about it.
    """
    found = list(call.written.values())
    for k in call.node.keywords if isinstance(call.node, ast.Call) else ():
        if isinstance(k.value, ast.Dict) and k.arg in call.spec.options:
            entries = zip(k.value.keys, k.value.values, strict=True)
            found += [v for key, v in entries if key is not None and sinks.role_of(call.spec, text(key) or "") is not None]
    return found


def text(node: ast.expr) -> str | None:
    """Return the text of a literal; None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def keys_of(tree: ast.Module) -> set[ast.Constant]:
    """Return the texts that are keys of dicts."""
    return {
        k for n in ast.walk(tree) if isinstance(n, ast.Dict) for k in n.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)
    }


def pairs(tree: ast.Module, names: set[str]) -> set[tuple[object, object]]:
    """Return the entries of all dicts whose key and value are literals, those that name a profile apart."""
    return {
        (k.value, v.value)
        for n in ast.walk(tree)
        if isinstance(n, ast.Dict)
        for k, v in zip(n.keys, n.values, strict=True)
        if isinstance(k, ast.Constant) and isinstance(v, ast.Constant) and v.value not in names
    }


def literals(tree: ast.Module) -> list[Literal]:
    """Return the texts of a file in their order."""
    found: list[Literal] = [Literal(n, n.value) for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return sorted(found, key=lambda n: (n.node.lineno, n.node.col_offset))


def check_clients(case: Case) -> None:
    """Raise Rejected where a client, one by one, may sign with another set than it did, its session's credentials included."""
    was, now = clients_of(case, case.old, case.before), clients_of(case, case.new, case.after)
    compare(Rule.CLIENTS, was, now, "it could not be verified that each client keeps its signer")


def clients_of(case: Case, ev: Evaluator, found: list[Call]) -> Signed:
    out: Signed = defaultdict(list)
    by_node = {c.node: signers(ev, c, case.rewritten.profiles) for c in found}
    own = {c.node: c for c in found}
    named = {n: None for name in ("client", "resource", "create_client") for n in ev.world.calls.get(name, ())}
    for node in [*named, *(c.node for c in found if c.node not in named and isinstance(c.node, ast.Call) and not c.skip)]:
        if isinstance(node, ast.Call):
            who: set[sinks.Who] = set()
            for v in ev.value(node.func):
                if v.kind is not Kind.LIBRARY or not str(v.data).endswith((".client", ".resource", ".create_client")):
                    continue
                given = by_node.get(node, frozenset()) if node in own and own[node].roles.get(Role.KEY_ID) else frozenset()
                session = by_node.get(v.more, frozenset({sinks.AMBIENT})) or frozenset({sinks.AMBIENT})
                joined = node in own and Role.PROFILE in own[node].roles
                who |= given if joined else (given - {sinks.AMBIENT}) | (session if not given or sinks.AMBIENT in given else set())
            if who:
                unit = ev.world.unit_of[node]
                plain = frozenset(sinks.AMBIENT if w == sinks.CHAIN else w for w in who)
                out[unit.path, function_of(unit, node)].append((plain, node))
    for calls in out.values():
        calls.sort(key=lambda x: (x[1].end_lineno, x[1].end_col_offset))  # type: ignore[attr-defined]
    return out


def missing_values(case: Case) -> None:
    """Raise Rejected where a value may be None now that could not be before, and something is asked of it that None does not have."""
    for path in case.changed:
        new, old = case.new_world.units[path], case.old.world.units[path]
        was = {_answer(n) for n in old.parents if isinstance(n, ast.expr) and asked_of(case, case.old, old, n)}
        for node in list(new.parents):
            if isinstance(node, ast.expr) and asked_of(case, case.new, new, node) and _answer(node) not in was:
                raise Rejected(Rule.NONE, new, node, "a value that may be missing would be used as a string")


def _answer(node: ast.expr) -> str:
    """Return what an expression is, the arguments of a call apart: whether a function may give None does not depend on them."""
    return f"{ast.dump(node.func)}()" if isinstance(node, ast.Call) else ast.dump(node)


def asked_of(case: Case, ev: Evaluator, unit: Unit, node: ast.expr) -> bool:
    parent = unit.parents.get(node)
    used = (isinstance(parent, ast.Attribute | ast.Subscript) and parent.value is node) or isinstance(
        parent, ast.BinOp | ast.FormattedValue
    )
    if isinstance(parent, ast.Call) and node in parent.args:
        used = any(v.kind is Kind.LIBRARY and v.data in TEXTUAL for v in ev.value(parent.func))
    return used and node in unit.scope_of and NONE in ev.value(node) and not _is_type(unit, node)


def _is_type(unit: Unit, node: ast.AST) -> bool:
    """Return whether an expression stands in the annotation of a field: `key: str | None`."""
    below, at = node, unit.parents.get(node)
    while isinstance(at, ast.expr):
        below, at = at, unit.parents.get(at)
    return isinstance(at, ast.AnnAssign) and at.annotation is below


def late_profiles(case: Case) -> None:
    """Raise Rejected where a botocore session would get its profile after it has served, which it no longer heeds."""
    for call in case.after:
        if call.callee not in CONFIGURED or not isinstance(call.node, ast.Call):
            continue
        sessions = {v.more for v in case.new.value(call.node.func)}
        unit = case.new_world.unit_of[call.node]
        for attributes in list(case.new_world.attributes.values()):
            for node in attributes:
                other = case.new_world.unit_of[node]
                if node is call.node.func or not any(
                    v.kind is Kind.LIBRARY and v.more in sessions and "Session()." in str(v.data) for v in case.new.value(node)
                ):
                    continue
                same = other is unit and function_of(other, node) == function_of(unit, call.node)
                if not same or node.lineno < call.node.lineno or node.attr == "set_config_variable":
                    raise Rejected(Rule.LATE_PROFILE, unit, call.node, "the session may be used before its profile is set")


def sequences(case: Case, ev: Evaluator, found: list[Call], profiles: Mapping[str, str | None]) -> Signed:
    out: Signed = defaultdict(list)
    for call in found:
        unit = ev.world.unit_of[call.node]
        who = frozenset(sinks.AMBIENT if w == sinks.CHAIN else w for w in signers(ev, call, profiles))
        if call.named and (who - {sinks.AMBIENT}):
            out[unit.path, function_of(unit, call.node)].append((who, call.node))
    for calls in out.values():
        calls.sort(key=lambda x: (x[1].lineno, x[1].col_offset))  # type: ignore[attr-defined]
    return out
