"""Keys that are only a default for something from outside: the default goes, and the profile signs where nothing comes."""

import ast

from migrate.codemod.edit.kinds import AppendArgument, Drop, InsertArgument, Pieces, Put
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Lib, Outside, Store, in_order
from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.sinks import ROLES, Sink
from migrate.codemod.libraries.records import SETTINGS
from migrate.codemod.libraries.spec import Role, Style
from migrate.codemod.rewrite.plan import Plan, sink_profiles
from migrate.codemod.rewrite.shapes.base import check_beside, explicit_arguments, profile_code, session_name, stop
from migrate.codemod.rewrite.shapes.clients import own_session


def plan_fallback(plan: Plan) -> None:
    """Plan calls such as `f(os.getenv("K", KEY))`: the default goes, and the profile signs where the environment says nothing."""
    for sink in plan.cluster.sinks:
        if not sink.spec.fallback or len(sink_profiles(plan.facts, sink)) != 1 or any(a.at is None for a in sink.of(*ROLES)):
            stop(sink, Rule.FALLBACK, "AWS206", "the key is a fallback for an outside value, and this call cannot accept both")
        check_beside(plan, sink)
        if sink.of(Role.PROFILE):
            stop(
                sink, Rule.NAMES_PROFILE_TOO, "AWS206", "the key is a fallback for an outside value, and this call already names a profile"
            )
        fallback_sink(plan, sink)
    for s in in_order(plan.cluster.stores):
        if any(isinstance(v, Outside) for v in s.values):
            plan.kept.add(s)
    kept = {(s.owner, s.name) for s in plan.facts.interpreter.stores() if any(isinstance(v, Outside) for v in s.values)}
    for s in in_order(plan.cluster.stores - plan.kept):
        if (s.owner, s.name) in kept and s.value in {o.node for o in plan.cluster.origins}:
            plan.kept.add(s)  # `KEY = "AKIA…"` on one branch, and the environment on the other
            to_none(plan, s.module, s.value)
    for s in in_order(plan.cluster.stores - plan.kept):
        if s.value in {o.node for o in plan.cluster.origins} and of_settings(plan, s):
            plan.kept.add(s)
            to_none(plan, s.module, s.value)
    for o in in_order(plan.cluster.origins):
        drop_default(plan, o.module, o.node)
    for s in in_order(plan.cluster.stores - plan.kept):
        for n in plan.facts.readers.get(s, ()):
            home = plan.facts.uses.homes.get(n)
            if home is not None and not plan.dead(n):
                drop_default(plan, home, n)


def of_settings(plan: Plan, store: Store) -> bool:
    """Return whether this is the default of a field of pydantic's settings, which may be None then; it is validated as other values are."""
    field = store.module.source.statement(store.node)
    cls = store.module.source.parents.get(field)
    if not isinstance(field, ast.AnnAssign) or not isinstance(cls, ast.ClassDef):
        return False
    if not any(isinstance(v, Lib) and v.name in SETTINGS for b in cls.bases for v in plan.facts.interpreter.values_of(b)):
        return False
    kind = store.module.source.code(field.annotation)
    if "None" not in kind and "Optional" not in kind:
        plan.add(store.module, Put(field.annotation, (f"{kind} | None",)))
    return True


def to_none(plan: Plan, module: Module, node: ast.AST | None) -> None:
    """Put None in the place of a literal: where it is read, the profile signs."""
    assert node is not None
    plan.add(module, Put(node, ("None",)))
    plan.kill(node)


def guarded(plan: Plan, sink: Sink) -> Pieces:
    """Return the expression that names the profile only where no id came from outside."""
    written = next(a.node for a in sink.of(Role.KEY_ID) if a.node is not None)
    said: Pieces = (written,)
    source = sink.module.source
    if isinstance(written, ast.Call) and len(written.args) == 2:
        said = (f"{source.code(written.func)}({source.code(written.args[0])})",)
    elif isinstance(written, ast.IfExp):
        said = ("(", written, ")")
    elif isinstance(written, ast.BoolOp):
        said = (f"({source.code(written.values[0])} or None)",)
    return (*(profile_code(plan, sink, False) or ("None",)), " if ", *said, " is None else None")


def fallback_sink(plan: Plan, sink: Sink) -> None:
    """Keep a call's keys, which may be None now, and give its session the profile."""
    if plan.facts.mapping.chain:
        return
    if sink.spec.style is Style.KEYWORD:
        source = sink.module.source
        first = next((a.at for a in explicit_arguments(sink)), None)
        behind = source.span(first).start if first is not None else 0
        line = source.text[source.lines[source.line_of(behind) - 1] : behind]
        if isinstance(first, ast.keyword) and not line.strip() and all(source.span(x).start < behind for x in sink.call.args):
            plan.add(sink.module, InsertArgument(sink.call, first, (f"{sink.spec.profile}=", *guarded(plan, sink))))
        else:
            plan.add(sink.module, AppendArgument(sink.call, (f"{sink.spec.profile}=", *guarded(plan, sink))))
        return
    if own_session(sink) or sink.spec.style is not Style.CLIENT:
        stop(sink, Rule.NAMES_PROFILE_TOO, "AWS206", "the key is a fallback for an outside value, and this session has its own credentials")
    function = sink.function
    receiver = function.value if isinstance(function, ast.Attribute) else None
    library = sink.callee.split(".")[0]
    on_module = receiver is not None and any(isinstance(v, Lib) and v.name == library for v in plan.facts.interpreter.values_of(receiver))
    session = None if on_module else session_name(plan, sink, library)
    method = sink.callee.rsplit(".", 1)[1]
    made: Pieces = (receiver, ".Session") if on_module and receiver is not None else (str(session),)
    plan.add(sink.module, Put(function, (*made, f"({sink.spec.profile}=", *guarded(plan, sink), f").{method}")))


def drop_default(plan: Plan, module: Module, node: ast.AST) -> None:
    """Take a literal out of `getenv(…, LITERAL)` or `… or LITERAL`."""
    if plan.dead(node):
        return
    parent = module.source.parents.get(node)
    if isinstance(parent, ast.keyword):
        call = module.source.parents.get(parent)
        if isinstance(call, ast.Call) and parent.arg == "default" and is_env(plan, call):
            plan.add(module, Drop(call, parent))
            plan.kill(parent)
    elif isinstance(parent, ast.Call) and len(parent.args) == 2 and node is parent.args[1] and is_env(plan, parent):
        plan.add(module, Drop(parent, node))
        plan.kill(node)
    elif isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or) and node is parent.values[-1] and len(parent.values) == 2:
        to_none(plan, module, node)  # an empty text stays a missing one, and `client()` would sign with it
    elif isinstance(parent, ast.IfExp) and node is not parent.test:
        to_none(plan, module, node)


def is_env(plan: Plan, call: ast.Call) -> bool:
    """Return whether a call gives None where the environment has nothing."""
    return any(
        isinstance(v, Lib)
        and (
            v.name in ("os.getenv", "os.environ.get", "click.option")
            or (v.name.startswith("argparse.") and v.name.endswith("add_argument"))
        )
        for v in plan.facts.interpreter.values_of(call.func)
    )
