"""Objects with credentials, and methods that set them."""

import ast

from migrate.codemod.edit.kinds import DropStatement, Put
from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.sinks import Sink
from migrate.codemod.rewrite.plan import Plan
from migrate.codemod.rewrite.shapes.base import profile_code, session_name, signer_library, stop


def as_credentials(plan: Plan, sink: Sink) -> None:
    """Make `Credentials(KEY, SECRET)` the credentials of a session."""
    dotted = signer_library(sink)
    session = session_name(plan, sink, dotted)
    keyword = "profile" if dotted == "botocore.session" else "profile_name"
    frozen = ".get_frozen_credentials()" if sink.callee.endswith("ReadOnlyCredentials") else ""
    plan.kill(sink.function)
    profile = profile_code(plan, sink, plan.carry)
    inside = (f"{keyword}=", *profile) if profile else ()
    plan.add(sink.module, Put(sink.call, (f"{session}(", *inside, f").get_credentials(){frozen}")))


def as_method(plan: Plan, sink: Sink) -> None:
    """Make `session.set_credentials(…)` another method of the same object."""
    function = sink.function
    statement = sink.module.source.parents.get(sink.call)
    if not isinstance(function, ast.Attribute) or not isinstance(statement, ast.Expr):
        stop(sink, Rule.UNTRACED_ARGUMENTS, "AWS202", "the keys reach this call in a way that cannot be traced")
    if plan.facts.mapping.chain:
        plan.add(sink.module, DropStatement(statement))
        return
    before, _, behind = sink.spec.profile.partition("{}")
    profile = profile_code(plan, sink, plan.carry) or ("None",)
    plan.add(sink.module, Put(sink.call, (function.value, f".{before}", *profile, behind)))
