"""Whether what reaches a call that signs is known, mapped, and meant for AWS."""

from migrate.codemod.flow.values import (
    Const,
    Outside,
    Tainted,
    Text,
    Unknown,
    Value,
)
from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.sinks import ROLES, Argument, Sink, elsewhere
from migrate.codemod.libraries.spec import Role, Style
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.plan import Facts
from migrate.codemod.verdict.reasons import short
from migrate.keys import is_key_id


def check_sink(facts: Facts, sink: Sink) -> None:
    """Raise Blocked where what reaches a sink is not known, not mapped, or not meant for AWS."""
    at = sink.call
    if sink.spec.style is Style.REPORT:
        raise Blocked(sink.module, at, Rule.NO_PROFILE, "AWS203", f"`{short(sink.call)}` accepts keys, but no profile", sink.spec.advice)
    ids, secrets = sink.of(Role.KEY_ID), sink.of(Role.SECRET)
    if swapped(ids, secrets):
        for a in (*ids, *secrets):
            a.role = Role.SECRET if a.role is Role.KEY_ID else Role.KEY_ID
        ids, secrets = secrets, ids
    values = set[Value]().union(*(a.values for a in ids)) if ids else set()
    keys = {v.text.strip() for v in values if isinstance(v, Text) and is_key_id(v.text.strip())}
    away = elsewhere(sink)
    if away is not False:
        word = "an endpoint that does not belong to AWS" if away else "an endpoint that is known only at run time"
        raise Blocked(
            sink.module, at, Rule.OTHER_ENDPOINT, "AWS209", f"the key is used at {word}", "SSO profiles work only with AWS: decide by hand"
        )
    unmapped = sorted(k for k in keys if k not in facts.mapping)
    if unmapped:
        why = facts.mapping.unmapped(unmapped[0])
        raise Blocked(sink.module, at, Rule.NOT_MAPPED, why.code, why.reason, why.help)
    written = any(isinstance(v, Text) and v.origins & facts.found.secrets for a in secrets for v in a.values)
    if not keys or not written:
        what = "only the secret" if not keys else "only the key ID"
        raise Blocked(
            sink.module,
            at,
            Rule.HALF_ALONE,
            "AWS208",
            f"{what} is hardcoded here; the other half comes from elsewhere",
            "remove the key ID and the secret together",
        )
    for a in (*ids, *secrets, *sink.of(Role.TOKEN)):
        for v in a.values:
            check_value(facts, sink, a, v)
    if any(v == Const(None) for a in ids for v in a.values) != any(v == Const(None) for a in secrets for v in a.values):
        raise Blocked(
            sink.module,
            at,
            Rule.HALF_MISSING,
            "AWS206",
            "the key ID may be missing while the secret is present, or vice versa",
            "rewrite by hand",
        )
    if sum(a.at is not None for a in ids) > 1:
        raise Blocked(sink.module, at, Rule.SEVERAL_KEYS, "AWS206", "this call receives several keys at once", "rewrite by hand")
    if sink.open and any(a.at is None for a in sink.of(*ROLES)):
        raise Blocked(
            sink.module, at, Rule.UNKNOWN_ENTRIES, "AWS206", "the dict passed to this call may contain unknown entries", "rewrite by hand"
        )
    existing = [v for a in sink.of(Role.PROFILE) for v in a.values if v != Const(None)]
    if existing and sink.spec.style is not Style.CLIENT:
        raise Blocked(
            sink.module, at, Rule.NAMES_PROFILE_TOO, "AWS206", "this call names a profile as well as the key", "remove one of them by hand"
        )


def check_value(facts: Facts, sink: Sink, a: Argument, v: Value) -> None:
    """Raise Blocked where a value that may arrive at a sink is neither a key as it is written, nor None, nor one from outside."""
    several = "the key is one of several possible values, and the others are"
    if isinstance(v, Tainted) or (isinstance(v, Text) and v.computed):
        raise Blocked(
            sink.module,
            sink.call,
            Rule.COMPUTED,
            "AWS205",
            "the key is computed from literals",
            "write it as a plain literal and run again, or rewrite by hand",
        )
    if isinstance(v, Unknown):
        raise Blocked(sink.module, sink.call, Rule.OTHER_VALUES, "AWS206", f"{several} unknown", "rewrite by hand")
    if isinstance(v, Text) and not (v.origins & facts.found.all) and v.text and a.role is not Role.OTHER:
        raise Blocked(sink.module, sink.call, Rule.OTHER_VALUES, "AWS206", f"{several} not keys", "rewrite by hand")
    if not isinstance(v, Text | Outside) and v != Const(None):
        raise Blocked(
            sink.module, sink.call, Rule.OTHER_VALUES, "AWS206", "the value passed to this call is not a plain string", "rewrite by hand"
        )


def swapped(ids: list[Argument], secrets: list[Argument]) -> bool:
    """Return whether the id's arguments hold a secret and the secret's an id."""

    def texts(args: list[Argument]) -> set[str]:
        return {v.text.strip() for a in args for v in a.values if isinstance(v, Text)}

    a, b = texts(ids), texts(secrets)
    return bool(a and b) and all(len(x) == 40 for x in a) and all(is_key_id(x) for x in b)
