"""What all styles of sink share: the text that names the profile, the name of a session, arguments that go."""

import ast
from typing import Any, NoReturn

from migrate.codemod.edit.kinds import Drop, NameArgument, NeedImport, Pieces
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import BoxRef, Const, spread_of
from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.sinks import ROLES, Argument, Sink
from migrate.codemod.libraries.spec import Role
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.names import identifiers, imported_only, quoted, visible
from migrate.codemod.rewrite.plan import Plan, sink_profiles


def stop(sink: Sink, rule: Rule, code: str, message: str) -> NoReturn:
    """Raise Blocked at a sink."""
    raise Blocked(sink.module, sink.call, rule, code, message, "rewrite by hand")


def profile_code(plan: Plan, sink: Sink, carry: bool) -> Pieces | None:
    """Return the expression that names the profile: a literal, or what held the id (`carry`). None for the default chain."""
    ids = [a for a in sink.of(Role.KEY_ID) if a.node is not None]
    if carry and ids:
        node = ids[0].node
        assert node is not None
        return (node,)
    profiles = sink_profiles(plan.facts, sink)
    profile = next(iter(profiles)) if profiles else None
    if profile is None:
        return None
    like = sink.module.source.text
    for a in ids:
        if isinstance(a.node, ast.Constant):
            like = sink.module.source.code(a.node).lstrip("rRbBuUfF")
    return (quoted(profile, like),)


def session_name(plan: Plan, sink: Sink, dotted: str = "boto3") -> str:
    """Return how the sink's file says `boto3.Session` (or botocore's), after adding an import where it has none."""
    scope = plan.facts.interpreter.scopes.get(sink.call) or sink.module.scope
    short = {"boto3": "Session", "aioboto3": "Session", "botocore.session": "Session", "aiobotocore.session": "AioSession"}[dotted]
    if name := visible(plan.facts.interpreter, scope, dotted, sink.call):
        return f"{name}.{short}"
    if name := visible(plan.facts.interpreter, scope, f"{dotted}.{short}", sink.call):
        return name
    top = dotted.split(".")[0]
    if (name := visible(plan.facts.interpreter, scope, top, sink.call)) and "." in dotted and imports_submodule(sink.module, dotted):
        return f"{name}.{dotted.split('.', 1)[1]}.{short}"
    if top in identifiers(sink.module) and not only_module(sink.module, top) and not imported_only(sink.module, scope, top):
        stop(sink, Rule.NAME_TAKEN, "AWS202", f"the name `{top}` means something else in this file, so a session cannot be created")
    plan.add(sink.module, NeedImport(f"import {dotted}", sink.call))
    return f"{dotted}.{short}"


def imports_submodule(module: Module, dotted: str) -> bool:
    """Return whether a file has `import botocore.session`, without another name for it."""
    return any(isinstance(n, ast.Import) and any(a.name == dotted and not a.asname for a in n.names) for n in ast.walk(module.source.tree))


def only_module(module: Module, name: str) -> bool:
    """Return whether an identifier appears only in import statements (`from boto3 import client`) and as an attribute."""
    for n in ast.walk(module.source.tree):
        if isinstance(n, ast.Name) and n.id == name:
            return False
        if isinstance(n, ast.alias) and (n.asname or n.name) == name:
            return False
        if isinstance(n, ast.arg | ast.FunctionDef | ast.ClassDef) and getattr(n, "arg", getattr(n, "name", "")) == name:
            return False
    return True


def takes_converted(plan: Plan, sink: Sink) -> bool:
    """Return whether a sink takes a dict whose keys become a profile, or one into which such a dict is spread."""
    return any(b in plan.converted for _, values in sink.boxes for v in values if isinstance(v, BoxRef) for b in (v.box, *spread_of(v.box)))


def explicit_arguments(sink: Sink) -> list[Argument]:
    """Return the credential arguments that are written in the call itself, in the order of the text."""
    found = [a for a in sink.of(*ROLES) if a.at is not None]
    return sorted(found, key=lambda a: sink.module.source.span(a.at).start)  # type: ignore[arg-type]


def signer_library(sink: Sink) -> str:
    """Return the library whose session signs: boto3, unless the file only knows botocore."""
    names = {a.name.split(".")[0] for n in ast.walk(sink.module.source.tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {(n.module or "").split(".")[0] for n in ast.walk(sink.module.source.tree) if isinstance(n, ast.ImportFrom)}
    return "botocore.session" if "botocore" in names and "boto3" not in names else "boto3"


def name_positionals(plan: Plan, sink: Sink, gone: set[Any]) -> None:
    """Pass arguments by position behind one that goes by their name."""
    behind = False
    gone = gone | {a.at for a in sink.of(Role.PROFILE)}
    for i, expr in enumerate(sink.positional):
        if expr in gone:
            behind = True
        elif behind:
            names = sink.spec.positional
            if i >= len(names) or isinstance(expr, ast.Starred):
                stop(sink, Rule.PLACES_UNKNOWN, "AWS202", "positional arguments follow the keys, and their names are unknown")
            plan.add(sink.module, NameArgument(sink.call, expr, names[i]))


def check_beside(plan: Plan, sink: Sink) -> None:
    """Raise Blocked where a profile does not go together with another argument (`SinkSpec.conflicts`, `SinkSpec.allowed_options`)."""
    spec = sink.spec
    if spec.overridden_by and any(spec.overridden_by in m.source.text for m in plan.facts.interpreter.modules.values()):
        stop(sink, Rule.CONFLICTING_OPTION, "AWS202", f"`{spec.overridden_by}` would override the profile here")
    for a in sink.arguments:
        name = a.name.lower()
        if name in spec.conflicts_even_none or (name in spec.conflicts and not a.values <= {Const(None), Const(False)}):
            stop(sink, Rule.CONFLICTING_OPTION, "AWS202", f"with `{a.name}`, the call would not use a profile")
        if spec.allowed_options and a.box is not None and not a.nested and a.role is Role.OTHER and name not in spec.allowed_options:
            stop(sink, Rule.CONFLICTING_OPTION, "AWS202", f"`{spec.profile}` cannot be combined with the option `{a.name}`")


def drop_empty_profile(plan: Plan, sink: Sink) -> None:
    """Drop `profile_name=None` where a profile comes: no call takes an argument twice."""
    for a in sink.of(Role.PROFILE):
        if a.at is not None:
            drop_argument(plan, sink, a)
        elif a.stores:
            stop(sink, Rule.NAMES_PROFILE_TOO, "AWS202", "the dict passed to this call also names a profile")


def drop_argument(plan: Plan, sink: Sink, a: Argument) -> None:
    """Drop one argument."""
    at = a.at
    assert at is not None
    plan.add(sink.module, Drop(sink.call, at))
