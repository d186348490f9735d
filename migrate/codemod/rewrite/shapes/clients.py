"""Clients: a session with the profile makes them, or the session that made them gets the profile."""

import ast

from migrate.codemod.edit.kinds import AppendArgument, Drop, Pieces, Put, Rename
from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import BoxRef, Const, Lib, Text
from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.sinks import Sink
from migrate.codemod.rewrite.names import identifiers, quoted
from migrate.codemod.rewrite.plan import Plan, sink_profiles
from migrate.codemod.rewrite.shapes.base import (
    drop_argument,
    explicit_arguments,
    name_positionals,
    profile_code,
    session_name,
    stop,
    takes_converted,
)


def as_client(plan: Plan, sink: Sink) -> None:
    """Make `boto3.client(…)` a `boto3.Session(profile_name=…).client(…)`, and another session's client likewise, with its region."""
    explicit = explicit_arguments(sink)
    name_positionals(plan, sink, {a.at for a in explicit})
    for a in explicit:
        drop_argument(plan, sink, a)
    if plan.facts.mapping.chain and not own_session(sink):
        return
    splat, taken_out = None, False
    if takes_converted(plan, sink):
        splat = next(k for k in sink.call.keywords if k.arg is None)
        taken_out = any(isinstance(v, BoxRef) and v.box in plan.taken_out for _, values in sink.boxes for v in values)
        if not taken_out:
            plan.add(sink.module, Drop(sink.call, splat))
    library = sink.callee.split(".")[0]
    if construct(plan, sink, splat is not None):
        return
    dotted = {"boto3": "boto3", "aioboto3": "aioboto3", "botocore": "botocore.session", "aiobotocore": "aiobotocore.session"}[library]
    function = sink.function
    method = sink.callee.rsplit(".", 1)[1]
    receiver = function.value if isinstance(function, ast.Attribute) else None
    on_module = receiver is not None and any(isinstance(v, Lib) and v.name == library for v in plan.facts.interpreter.values_of(receiver))
    session = None if on_module else session_name(plan, sink, dotted)
    region = session_region(plan, sink, receiver if receiver is not None and is_session(plan, sink, receiver) else None)
    said_again = session is not None and any(isinstance(n, ast.Name) and n.id == session.split(".")[0] for n in ast.walk(function))
    if not on_module and not said_again:  # `boto3.Session().client` still needs its `boto3`
        plan.kill(function)
    made: Pieces = (receiver, ".Session") if on_module and receiver is not None else (str(session),)
    given: Pieces = (
        ("**", splat.value) if splat is not None else (f"{sink.spec.profile}=", *(profile_code(plan, sink, plan.carry) or ("None",)))
    )
    if taken_out and splat is not None:
        given = (f"{sink.spec.profile}=", splat.value, f".pop({quoted(sink.spec.profile, sink.module.source.text)}, None)")
    if plan.facts.mapping.chain:
        given = ()
    if region:
        given = (*given, ", " if given else "", region)
    plan.add(sink.module, Put(function, (*made, "(", *given, f").{method}")))


def own_session(sink: Sink) -> bool:
    """Return whether the client is made by a session that has credentials of its own."""
    return "Session()" in sink.callee


def is_session(plan: Plan, sink: Sink, receiver: ast.expr) -> bool:
    """Return whether a client is made by a session, and not by what a module or object of the program has under the name `client`."""
    values = plan.facts.interpreter.values_of(receiver)
    sessions = [v for v in values if isinstance(v, Lib) and v.name.endswith("Session()")]
    if sessions and len(sessions) < len(values):
        stop(sink, Rule.REGION_UNKNOWN, "AWS202", "this client's session may be something else, and its region is unknown")
    return bool(sessions)


def session_region(plan: Plan, sink: Sink, receiver: ast.expr | None) -> str | None:
    """Return the region that the old session would have given, where the call names none."""
    named = [v for a in sink.named("region_name") for v in a.values]
    if receiver is None:
        if not named and (node := default_session_region(plan, sink)) is not None:
            return node
        return None
    if named and Const(None) not in named:
        return None
    if sink.callee.startswith(("boto3", "aioboto3")):
        if not isinstance(receiver, ast.Name | ast.Attribute):
            stop(sink, Rule.REGION_UNKNOWN, "AWS202", "this client's session is created by a call, and its region is unknown")
        return f"region_name={sink.module.source.code(receiver)}.region_name"
    if isinstance(receiver, ast.Call) and not receiver.args and not receiver.keywords:
        return None
    stop(sink, Rule.REGION_UNKNOWN, "AWS202", "this client's session may have its own region")
    return None


def default_session_region(plan: Plan, sink: Sink) -> str | None:
    """Return the region that `setup_default_session` gave to clients that name none."""
    for call, functions in plan.facts.interpreter.invoked.items():
        if any(isinstance(f, Lib) and f.name.endswith("setup_default_session") for f in functions):
            for k in call.keywords:
                if k.arg == "region_name":
                    values = plan.facts.interpreter.values_of(k.value)
                    if len(values) == 1 and isinstance(v := next(iter(values)), Text):
                        return f"region_name={quoted(v.text, sink.module.source.text)}"
                    stop(sink, Rule.REGION_UNKNOWN, "AWS202", "the region of the default session is unknown here")
    return None


def construct(plan: Plan, sink: Sink, splat: bool) -> bool:
    """Put the profile where the session is made, and return True, if that session serves nothing else."""
    if splat or plan.carry or plan.facts.mapping.chain or not own_session(sink) or not isinstance(sink.function, ast.Attribute):
        return False
    maker, home = maker_of(plan, sink, sink.function.value)
    if not isinstance(maker, ast.Call):
        return False
    if any(k.arg is None or k.arg == sink.spec.profile or k.arg.startswith("aws_") for k in maker.keywords):
        return False
    if sink.spec.profile == "profile_name" and maker.args:
        return False
    if maker in plan.constructed:
        return True
    if not isinstance(maker.func, ast.Attribute | ast.Name) or "get_session" in home.source.code(maker.func):
        if not make_by_class(plan, maker, home):
            return False
    plan.constructed.add(maker)
    plan.add(home, AppendArgument(maker, (f"{sink.spec.profile}=", *(profile_code(plan, sink, plan.carry) or ("None",)))))
    return True


def maker_of(plan: Plan, sink: Sink, receiver: ast.expr) -> tuple[ast.expr | None, Module]:
    """Return what makes the session of a client, and where; None where the session serves something else as well."""
    if not isinstance(receiver, ast.Name | ast.Attribute):
        return receiver, sink.module
    stores = plan.facts.interpreter.reads(receiver)
    if len(stores) != 1 or (s := next(iter(stores))).kind is not StoreKind.ASSIGN or s.value is None:
        return None, sink.module
    profile = sink_profiles(plan.facts, sink)
    clients = {x.function.value: x for x in plan.cluster.sinks if isinstance(x.function, ast.Attribute)}
    for n in plan.facts.readers.get(s, []):
        if n not in clients or sink_profiles(plan.facts, clients[n]) != profile:
            return None, sink.module
    return s.value, s.module


def make_by_class(plan: Plan, maker: ast.Call, home: Module) -> bool:
    """Make a session by its class instead of `get_session()`, which takes no profile; return False where that is not possible."""
    function = maker.func
    if maker.args or maker.keywords:
        return False
    names = {v.name for v in plan.facts.interpreter.values_of(function) if isinstance(v, Lib)}
    short = "AioSession" if any("aiobotocore" in n for n in names) else "Session"
    if isinstance(function, ast.Name):
        imported = plan.facts.interpreter.reads(function)
        if len(imported) != 1 or short in identifiers(home):
            return False
        one = next(iter(imported))
        if not isinstance(one.node, ast.alias) or one.node.asname or one.module is not home or plan.facts.readers.get(one) != [function]:
            return False
        plan.add(home, Rename(one.node, short))
    elif isinstance(function, ast.Attribute):
        by_class = any(n.endswith(("session.Session", "AioSession")) for n in names)
        if home.source.code(function.value).split(".")[-1] != "session" and not by_class:
            return False
        if not any(isinstance(v, Lib) and v.name.endswith(".session") for v in plan.facts.interpreter.values_of(function.value)):
            return False
    else:
        return False
    plan.add(home, Rename(function, short))
    return True
