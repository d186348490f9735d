"""What a call had beside its key: the default session, hooks, credentials that are taken apart, caches, the environment of children."""

import ast
from collections import Counter
from collections.abc import Iterable

from migrate.codemod.libraries.clients.django_storages import SETTINGS
from migrate.codemod.libraries.sessions import OWN_USER, READ_VARIABLES
from migrate.codemod.libraries.spec import Style
from migrate.codemod.proof import sinks
from migrate.codemod.proof.around import dynamic
from migrate.codemod.proof.case import Case, Rejected, statement_of
from migrate.codemod.proof.checks.around import host
from migrate.codemod.proof.checks.around.running import beside
from migrate.codemod.proof.checks.around.standins import check_standins
from migrate.codemod.proof.checks.calls.caches import check_caches, check_sorted
from migrate.codemod.proof.checks.calls.defaults import default_session
from migrate.codemod.proof.checks.calls.order import check_in_time
from migrate.codemod.proof.checks.names.variables import check_readers, environment_read, other_file
from migrate.codemod.proof.checks.purity import check_imports
from migrate.codemod.proof.evaluation.containers.classes import gives_back
from migrate.codemod.proof.evaluation.values import UNKNOWN, Kind, text_of
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule
from migrate.codemod.proof.signers import signers
from migrate.codemod.source.shown import shown


def check_surroundings(case: Case) -> None:
    """Raise Rejected where a session would lose what the program gave it, or a child what it inherits; or an import its effects."""
    if any(c.spec.style is Style.CLIENT and case.touches(c) for c in case.before) or None in case.rewritten.profiles.values():
        default_session(case)
    changed_sessions = any(c.spec.style is Style.CLIENT and case.touches(c) for c in case.before)
    if changed_sessions:
        for unit in case.others():
            for node, how in dynamic.session_state(unit, case.old, unit.path in case.homes or unit.path in case.changed):
                raise Rejected(Rule.SESSION_STATE, unit, node, f"`{how}` gives the session settings that a new one would lack")
    if any(name is not None for name in case.rewritten.profiles.values()):
        host.check_own_files(case)
        host.check_whole_environment(case)
        check_storages(case)
    if any(case.touches(c) for c in case.before):
        callees = frozenset(c.callee for c in case.before if case.touches(c))
        for unit in case.others():
            for node, how in dynamic.replaced(unit, case.old, callees) if beside(case, unit.path) else ():
                raise Rejected(Rule.CALLEE_REPLACED, unit, node, f"`{how}` may be replaced at run time")
        check_standins(case)
        credentials_taken_out(case)
        for call in case.before:
            if case.touches(call) and call.spec.style is Style.CLIENT and isinstance(call.node, ast.Call):
                methods = {str(v.data).rpartition(".")[2] for v in case.old.value(call.node.func) if "()." in str(v.data)}
                if methods - {last_name(call.node.func)} or (methods and isinstance(call.node.func, ast.Name)):
                    raise Rejected(
                        Rule.SESSION_STATE, case.unit(call.node), call.node, "the client is made by a session's method under another name"
                    )
            if case.touches(call) and isinstance(call.node, ast.Call) and any(k.arg == "botocore_session" for k in call.node.keywords):
                raise Rejected(
                    Rule.SESSION_STATE, case.unit(call.node), call.node, "the botocore session passed to it may already have been used"
                )
        regions_of_sessions(case)
        unsigned(case)
        ambient_changes(case)
        session_only(case)
        own_user(case)
        by_text(case)
    check_caches(case)
    check_sorted(case)
    check_imports(case)


def check_environment(case: Case) -> None:
    """Raise Rejected where the program's own environment is to name the profile instead of the key, and something else reads it."""
    was, now = (
        sum(isinstance(n, ast.Constant) and n.value == "AWS_PROFILE" for p in case.changed for n in ast.walk(trees[p]))
        for trees in (case.rewritten.old, case.rewritten.new)
    )
    if now > was:
        environment_read(case)
        check_readers(case)
        check_in_time(case)
        for unit in list(case.old.world.units.values()):
            for node, how in dynamic.children(unit):
                raise Rejected(Rule.CHILDREN, unit, node, f"{how} starts programs, which inherit the environment")


def ambient_changes(case: Case) -> None:
    """Raise Rejected where a call may sign with a key or with what the environment has, and the program changes that.

    The default session has read its profile then; a new session, which the call makes afterwards, reads it anew.
    """
    if not any(sinks.AMBIENT in signers(case.old, c, case.rewritten.profiles) for c in case.before if case.touches(c)):
        return
    names = {*READ_VARIABLES, "AWS_DEFAULT_PROFILE"}
    for unit in list(case.old.world.units.values()):
        for node in unit.parents:
            if isinstance(node, ast.Constant) and node.value in names:
                changes = host.changes(unit, node) or isinstance(unit.parents.get(node), ast.Dict)
            else:
                changes = isinstance(node, ast.keyword) and node.arg in names
            if changes:
                raise Rejected(Rule.DEFAULT_SESSION, unit, node, "the program changes what a call without a key signs with")


def unsigned(case: Case) -> None:
    """Raise Rejected where requests are made without a signature: such a client needs no profile, and would fail without one."""
    for unit in list(case.old.world.units.values()):
        for node in unit.parents:
            if isinstance(node, ast.alias) and node.name in ("UNSIGNED", "botocore.UNSIGNED"):
                raise Rejected(Rule.SESSION_STATE, unit, node, "requests without a signature may be made with this key")
    for node in case.old.world.attributes.get("UNSIGNED", ()):
        raise Rejected(Rule.SESSION_STATE, case.old.world.unit_of[node], node, "requests without a signature may be made with this key")


def regions_of_sessions(case: Case) -> None:
    """Raise Rejected where a rewrite reads the region of something that may not be a session."""
    for path in case.changed:
        unit = case.new_world.units[path]
        known = Counter(ast.dump(n) for n in ast.walk(case.rewritten.old[path]) if isinstance(n, ast.Attribute) and n.attr == "region_name")
        for node in unit.parents:
            if not isinstance(node, ast.Attribute) or node.attr != "region_name" or not isinstance(node.ctx, ast.Load):
                continue
            known[ast.dump(node)] -= 1
            base = case.new.value(node.value)
            if known[ast.dump(node)] < 0 and not all(v.kind is Kind.LIBRARY and str(v.data).endswith("Session()") for v in base):
                raise Rejected(Rule.SESSION_STATE, path, None, f"`{shown(node.value)}`, which makes a client, may not be a session")


def made_with_key(case: Case) -> set[ast.AST]:
    """Return the calls that make a session or client with a key, and the clients of those sessions."""
    made: set[ast.AST] = {c.node for c in case.before if case.touches(c)}
    grown = True
    while grown:
        grown = False
        for name in ("client", "resource", "create_client", "Session", "assume_role"):
            for call in case.old.world.calls.get(name, ()):
                if call not in made and any(v.kind is Kind.LIBRARY and v.more in made for v in case.old.value(call.func)):
                    made.add(call)
                    grown = True
    return made


def credentials_taken_out(case: Case) -> None:
    """Raise Rejected where the credentials of a session are taken apart otherwise than to hand on all three parts, or it is asked for its profile."""
    world = case.old.world
    if world.attributes.get("get_credentials"):
        _taken_apart(case)
    for name in ("access_key", "secret_key", "token", "profile_name", "available_profiles"):
        for node in world.attributes.get(name, ()):
            values = case.old.value(node.value)
            if not isinstance(node.ctx, ast.Load) or not any(
                v.kind is Kind.LIBRARY and ("redentials" in str(v.data) or "profile" in name) for v in values
            ):
                continue
            call = world.parent(node)
            call = world.parent(call) if isinstance(call, ast.keyword) else call
            whole = isinstance(call, ast.Call) and {"access_key", "secret_key", "token"} <= {
                n.attr for n in ast.walk(call) if isinstance(n, ast.Attribute)
            }
            if name in ("profile_name", "available_profiles") or not whole:
                raise Rejected(
                    Rule.TOKEN_LEFT_OUT,
                    world.unit_of[node],
                    node,
                    f"`.{name}` of a session is read, which would change, or lack its token",
                )


_OF_CREDENTIALS = frozenset({"get_credentials", "get_frozen_credentials", "access_key", "secret_key", "token"})
"""Attributes of credentials that a check looks at by itself, or that give them whole."""

_TAKING_APART = ("builtins.", "copy.", "dataclasses.", "itertools.", "json.", "operator.", "pickle.", "functools.")
_LOOKING_ON = frozenset({"builtins.bool", "builtins.callable", "builtins.hasattr", "builtins.id", "builtins.isinstance", "builtins.type"})


def _taken_apart(case: Case) -> None:
    """Raise Rejected where credentials are read by index, unpacked, looped over, or asked for anything but their three parts."""
    world = case.old.world

    def are_credentials(node: ast.AST) -> bool:
        return any(v.kind is Kind.LIBRARY and str(v.data).endswith("_credentials()") for v in case.old.value(node))

    for unit in list(world.units.values()):
        for node in unit.parents:
            taken: Iterable[ast.expr] = ()
            match node:
                case ast.Attribute(value=value, attr=name) if name not in _OF_CREDENTIALS:
                    taken = [value]
                case ast.Subscript(value=value) | ast.Starred(value=value) | ast.YieldFrom(value=value):
                    taken = [value]
                case ast.Assign(targets=[*_, ast.Tuple() | ast.List()], value=value):
                    taken = [value]
                case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
                    taken = [value]
                case ast.Call(args=[_, *_] as args) if any(are_credentials(a) for a in args):
                    callees = {str(v.data) for v in case.old.value(node.func) if v.kind is Kind.LIBRARY}
                    taken = args if any(c.startswith(_TAKING_APART) and c not in _LOOKING_ON for c in callees) else ()
            for value in taken:
                if are_credentials(value):
                    raise Rejected(Rule.TOKEN_LEFT_OUT, unit, node, "a session's credentials are taken apart, and would lack their token")


def session_only(case: Case) -> None:
    """Raise Rejected where a client made with a key makes a call that AWS refuses to a role's session.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html, "Comparing AWS STS credentials", and role chaining:
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.
    """
    made = made_with_key(case)
    for name in ("get_session_token", "get_federation_token", "assume_role"):
        for node in case.old.world.attributes.get(name, ()):
            if not any((v.kind is Kind.LIBRARY and v.more in made) or v == UNKNOWN or gives_back(v) for v in case.old.value(node)):
                continue
            unit = case.old.world.unit_of[node]
            if name != "assume_role":
                raise Rejected(Rule.SESSION_REFUSED, unit, node, f"a role session cannot call `{name}`", "AWS231")
            call = case.old.world.parent(node)
            if not isinstance(call, ast.Call) or call.func is not node:
                raise Rejected(Rule.SESSION_REFUSED, unit, node, "a role assumed from a role session is limited to one hour", "AWS231")
            duration = next((k.value for k in call.keywords if k.arg == "DurationSeconds"), None)
            spread = any(k.arg is None for k in call.keywords)
            if (duration is not None and not all(isinstance(v.more, int) and v.more <= 3600 for v in case.old.value(duration))) or spread:
                raise Rejected(Rule.SESSION_REFUSED, unit, call, "a role assumed from a role session is limited to one hour", "AWS231")


def may_be_service(case: Case, client: ast.Call, service: str) -> bool:
    """Return whether a client or resource may be one of a service, by what its first argument or `service_name` may be."""
    named = [*client.args[:1], *(k.value for k in client.keywords if k.arg in ("service_name", None))]
    return any(text_of(v) in (None, service) for n in named for v in case.old.value(n))


def by_text(case: Case) -> None:
    """Raise Rejected where a method of a client made with a key is looked up by a text, and may be one that AWS refuses to a role's session."""
    made = made_with_key(case)
    for call in case.old.world.calls.get("getattr", ()):
        if len(call.args) > 1 and any(v.kind is Kind.LIBRARY and v.more in made for v in case.old.value(call.args[0])):
            asked = {text_of(v) for v in case.old.value(call.args[1])}
            if asked & {None, "get_session_token", "get_federation_token", "assume_role", *OWN_USER}:
                raise Rejected(
                    Rule.SESSION_REFUSED, case.unit(call), call, "the method may be one that a role session cannot call", "AWS231"
                )


def own_user(case: Case) -> None:
    """Raise Rejected where a client of IAM made with a key asks for its own user."""
    made = made_with_key(case)
    for name in sorted(OWN_USER):
        for node in case.old.world.attributes.get(name, ()):
            makers = {v.more for v in case.old.value(node) if v.kind is Kind.LIBRARY and v.more in made}
            if not any(isinstance(m, ast.Call) and may_be_service(case, m, "iam") for m in makers):
                continue
            call = case.old.world.parent(node)
            named = isinstance(call, ast.Call) and call.func is node and any(k.arg in ("UserName", None) for k in call.keywords)
            if not named:
                raise Rejected(
                    Rule.SESSION_REFUSED, case.unit(node), node, f"`{name}` without a user name needs an IAM user, not a role", "AWS231"
                )


def check_storages(case: Case) -> None:
    """Raise Rejected where django-storages gets a profile for all storages, and one of them may have keys of its own, which it refuses."""
    came = any(
        isinstance(n, ast.Name) and n.id == "AWS_S3_SESSION_PROFILE" and isinstance(n.ctx, ast.Store)
        for p in case.changed
        for n in ast.walk(case.rewritten.new[p])
    )
    if not came:
        return
    for unit in list(case.old.world.units.values()):
        for node in unit.parents:
            said = (
                node.value
                if isinstance(node, ast.Constant)
                else getattr(node, "arg", None)
                if isinstance(node, ast.keyword)
                else getattr(node, "id", None)
            )
            if said in ("access_key", "secret_key", "security_token", "session_profile"):
                raise Rejected(
                    Rule.STORAGES,
                    unit,
                    node,
                    "another storage may have its own keys, which cannot be combined with a profile for all storages",
                )
            if isinstance(node, ast.ClassDef) and any("storages." in str(v.data) for b in node.bases for v in case.old.value(b)):
                raise Rejected(Rule.STORAGES, unit, node, "a storage class of the program may have its own keys")
            if isinstance(node, ast.Name) and node.id in SETTINGS and not isinstance(node.ctx, ast.Load):
                statement = statement_of(unit, node)
                if statement not in unit.tree.body or "TOKEN" in node.id:
                    raise Rejected(Rule.STORAGES, unit, node, "a setting is conditional, or part of temporary credentials")
    other_file(case, ["access_key", "S3Storage", "S3Boto3Storage", "session_profile"], "may create a storage with its own keys")
    for call in case.before:
        if call.callee == "settings" and len(signers(case.old, call, case.rewritten.profiles)) != 1:
            raise Rejected(Rule.STORAGES, case.unit(call.node), call.node, "the settings may sign with more than one key")
