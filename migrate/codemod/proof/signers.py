"""Whom a call may sign with, as a set: what its roles may be, taken together."""

import ast
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from migrate.codemod.libraries.spec import Role
from migrate.codemod.proof.evaluation.names.scopes import BindingKind
from migrate.codemod.proof.evaluation.values import MISSING, NONE, RAISES, Kind, Value, Values, text_of
from migrate.codemod.proof.sinks import AMBIENT, CHAIN, Call, Signer, Who
from migrate.keys import is_key_id

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator
    from migrate.codemod.proof.evaluation.names.scopes import Binding


def signers(ev: "Evaluator", call: Call, profiles: Mapping[str, str | None]) -> frozenset[Who]:
    """Return whom a call may sign with. `profiles` maps each key that goes to its profile (None: the default chain)."""
    ids, profile = call.roles.get(Role.KEY_ID), call.roles.get(Role.PROFILE)
    if call.open:
        return frozenset({Who(Signer.UNKNOWN, "a part of its arguments")})
    if ids is not None and profile is not None and ids - {NONE} and profile - {NONE}:
        return both(call, ids, profile, profiles)
    out: set[Who] = set()
    for v in ids if ids is not None and (profile is None or not profile - {NONE, MISSING}) else profile or ():
        out.add(one(v, profiles, ids is not None and v in ids))
    if any(RAISES in values for values in call.roles.values()):
        out.add(Who(Signer.RAISES))
    if RAISES in call.roles.get(Role.SECRET, ()) and not same_way(ev, call):
        out.add(Who(Signer.RAISES, "for the secret alone"))
    if ids is not None and profile is None:
        parallel(call, ids, out)
    return frozenset(out)


def same_way(ev: "Evaluator", call: Call) -> bool:
    """Return whether id and secret are there or not there together: parts of one object, or set side by side in each place."""
    key, secret = call.written.get(Role.KEY_ID), call.written.get(Role.SECRET)
    if isinstance(key, ast.Subscript) and isinstance(secret, ast.Subscript):
        return ast.dump(key.value) == ast.dump(secret.value) or ast.dump(key.slice) == ast.dump(secret.slice)
    if isinstance(key, ast.Attribute) and isinstance(secret, ast.Attribute):
        if ast.dump(key.value) != ast.dump(secret.value):
            return False
        one, other = ([n for n in ev.world.attributes.get(x.attr, ()) if isinstance(n.ctx, ast.Store)] for x in (key, secret))
    elif isinstance(key, ast.Name) and isinstance(secret, ast.Name):
        one, other = ([b.node for b in _bindings(ev, x) if b.kind is not BindingKind.DELETE] for x in (key, secret))  # type: ignore[assignment]
    else:
        return False
    return Counter(_block(ev, n) for n in one) == Counter(_block(ev, n) for n in other)


def _bindings(ev: "Evaluator", name: ast.Name) -> "list[Binding]":
    cell = ev.world.unit_of[name].cell(name)
    return cell.scope.bindings.get(cell.name, []) if cell is not None else []


def _block(ev: "Evaluator", node: ast.AST) -> int | None:
    """Return what tells the block of a statement from all others: its first statement."""
    at: ast.AST | None = node
    while at is not None and not isinstance(at, ast.stmt):
        at = ev.world.parent(at)
    parent = ev.world.parent(at) if at is not None else None
    for part in ("body", "orelse", "finalbody"):
        block = getattr(parent, part, None)
        if isinstance(block, list) and at in block:
            return id(block[0])
    return None


def one(v: Value, profiles: Mapping[str, str | None], is_id: bool) -> Who:
    """Return whom one value of an id, or of a profile's name, stands for."""
    text = text_of(v)
    if v.kind is Kind.MISSING or v == NONE or (text == "" and is_id):
        return AMBIENT  # a profile with an empty name is one that is not found (botocore.session.Session.get_scoped_config)
    if v.kind is Kind.RAISES:
        return Who(Signer.RAISES)
    if text is not None and is_id:
        key = text.strip()
        if key in profiles:
            name = profiles[key]
            return Who(Signer.PROFILE, name) if name is not None else CHAIN
        return Who(Signer.KEY, key if is_key_id(key) else "other")
    if text is not None:
        return Who(Signer.PROFILE, text)
    if v.kind is Kind.OUTSIDE:
        return Who(Signer.OUTSIDE if is_id else Signer.PROFILE_FROM_OUTSIDE, f"{v.data}{' if not empty' if v.more else ''}")
    return Who(Signer.UNKNOWN, "" if is_id else "profile")


def parallel(call: Call, ids: Values, out: set[Who]) -> None:
    """Add an unknown where the secret may be there without the id, or the other way round."""
    secrets = call.roles.get(Role.SECRET, frozenset({MISSING}))
    one, other = _shape(ids), _shape(secrets)
    if one[1] and not one[0]:
        other = (False, *other[1:])  # an id of outside without its secret is refused by botocore, before and after
    if one != other:
        out.add(Who(Signer.UNKNOWN, "key ID and secret come from different sources"))


def _shape(values: Values) -> tuple[bool, bool, bool, int]:
    texts = {t.strip() for v in values if (t := text_of(v))}
    none = any(v.kind is Kind.MISSING or v == NONE or text_of(v) == "" for v in values)
    outside = any(v.kind is Kind.OUTSIDE for v in values)
    return none, outside, any(v.kind in (Kind.UNKNOWN, Kind.LIBRARY) for v in values), len(texts)


def both(call: Call, ids: Values, profile: Values, profiles: Mapping[str, str | None]) -> frozenset[Who]:
    """Return whom a call signs with that has an id and a profile: right where the profile is named only where the id is missing."""
    test = call.written.get(Role.PROFILE)
    written = call.written.get(Role.KEY_ID)
    if isinstance(test, ast.IfExp) and written is not None:
        there = ast.dump(written)
        named, empty = test.body, test.orelse
        condition = test.test
        strict: bool | None = None
        if isinstance(condition, ast.Compare) and len(condition.ops) == 1 and ast.dump(condition.left) == there:
            right = condition.comparators[0]
            if isinstance(condition.ops[0], ast.Is) and isinstance(right, ast.Constant) and right.value is None:
                strict = True
        elif isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not) and ast.dump(condition.operand) == there:
            strict = False
        plain = isinstance(empty, ast.Constant) and empty.value is None and isinstance(named, ast.Constant) and isinstance(named.value, str)
        if strict is not None and plain and isinstance(named, ast.Constant) and isinstance(named.value, str):
            out: set[Who] = {Who(Signer.PROFILE, named.value)}
            for v in ids:
                if v.kind is Kind.OUTSIDE:
                    out.add(Who(Signer.OUTSIDE, f"{v.data}{' if not empty' if v.more or not strict else ''}"))
                elif not (v == NONE or v.kind is Kind.MISSING):
                    out.add(one(v, profiles, True))
            return frozenset(out)
    return frozenset({Who(Signer.UNKNOWN, "it has a key and a profile")})
