"""Calls that take a profile by a keyword or an option, in the place of the keys."""

import ast

from migrate.codemod.edit.kinds import InsertEntry, Pieces, Put, PutArgument, SupplyArgument
from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.sinks import ROLES, Sink
from migrate.codemod.libraries.spec import Role, Style
from migrate.codemod.rewrite.names import quoted
from migrate.codemod.rewrite.plan import Plan
from migrate.codemod.rewrite.shapes.base import (
    drop_argument,
    explicit_arguments,
    name_positionals,
    profile_code,
    session_name,
    signer_library,
    stop,
    takes_converted,
)


def as_keyword(plan: Plan, sink: Sink) -> None:
    """Make the same call with `profile=` in the place of the keys."""
    explicit = explicit_arguments(sink)
    name = sink.spec.profile
    signer = sink.spec.style is Style.SIGNER
    session = session_name(plan, sink, signer_library(sink)) if signer else ""
    value = profile_code(plan, sink, plan.carry) or ("None",)
    if signer:
        keyword = "profile" if "botocore" in session or session.endswith("AioSession") else "profile_name"
        given = (f"{keyword}=", *value) if profile_code(plan, sink, plan.carry) else ()
        value = (f"{session}(", *given, ").get_credentials()")
    if explicit:
        slot = next((a for a in explicit if a.role is Role.KEY_ID), explicit[0])
        name_positionals(plan, sink, {a.at for a in explicit})
        for a in explicit:
            if a is not slot or (plan.facts.mapping.chain and not signer):
                drop_argument(plan, sink, a)
        if not plan.facts.mapping.chain or signer:
            at = slot.at
            assert at is not None
            plan.add(sink.module, PutArgument(sink.call, at, (f"{name}=", *value)))
        return
    if takes_converted(plan, sink) or plan.facts.mapping.chain:
        return
    nested = [a for a in sink.of(*ROLES) if a.nested]
    if sink.spec.style is Style.OPTIONS or (nested and not any(k.arg in sink.spec.nested for k in sink.call.keywords)):
        nested_option(plan, sink)
        return
    add_keyword(plan, sink, (f"{name}=", *value))


def nested_option(plan: Plan, sink: Sink) -> None:
    """Put the profile in the place of keys in `client_kwargs` within `storage_options`, or beside that dict where it has other entries."""
    outer = [a for a in sink.arguments if a.name in sink.spec.nested and a.stores]
    inner = {a.box for a in sink.of(*ROLES) if a.nested and a.box is not None}
    if len(outer) != 1 or len(outer[0].stores) != 1 or plan.carry or len(inner) != 1:
        stop(sink, Rule.NESTED_DICT, "AWS202", "the keys are in a nested dict")
    store, box = outer[0].stores[0], next(iter(inner))
    creds = {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}
    if store.kind is not StoreKind.ENTRY or store.value is None or not isinstance(store.value, ast.Dict):
        stop(sink, Rule.NESTED_DICT, "AWS202", "the keys are in a nested dict")
    node, value = store.node, store.value
    assert isinstance(node, ast.expr)
    text = quoted(sink.spec.profile, store.module.source.code(node))
    if box.keys() <= creds:
        plan.add(store.module, Put(node, (text,)))
        plan.add(store.module, Put(value, profile_code(plan, sink, False) or ("None",)))
        plan.kill(value)
        plan.kept.add(store)
        plan.removed |= {s for stores in box.items.values() for s in stores}
    else:
        around = store.module.source.parents[node]
        assert isinstance(around, ast.Dict)
        plan.add(store.module, InsertEntry(around, value, (f"{text}: ", *(profile_code(plan, sink, False) or ("None",)))))


def add_keyword(plan: Plan, sink: Sink, code: Pieces) -> None:
    """Put a keyword argument in the place of the dict that the keys came in, or before it where the dict stays."""
    splat = next((k for k in sink.call.keywords if k.arg is None or k.arg in sink.spec.nested), None)
    if splat is None:
        stop(sink, Rule.UNTRACED_ARGUMENTS, "AWS202", "the keys reach this call in a way that cannot be traced")
    plan.add(sink.module, SupplyArgument(sink.call, splat, code))
