"""Keys that a program hands to its surroundings: the environment, and settings that a framework reads."""

import ast

from migrate.codemod.edit.kinds import DropStatement, InsertLine, Pieces, Put
from migrate.codemod.flow.kinds import ScopeKind, StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Outside, Scope, Text, in_order
from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.sinks import ROLES, Sink
from migrate.codemod.libraries import without_profile
from migrate.codemod.libraries.spec import Role
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.names import quoted
from migrate.codemod.rewrite.plan import Plan
from migrate.codemod.rewrite.removal.sweep import block
from migrate.codemod.rewrite.shapes.base import profile_code, stop, takes_converted
from migrate.codemod.rewrite.shapes.keywords import as_keyword
from migrate.codemod.source.magics import runs_shell
from migrate.codemod.source.python import imported_roots

_KEYS_ALONE = {"pyspark": "", "findspark": "", "obstore": "", "datafusion": "", "boto": "", "agno": "aws", "duckdb": "s3:"}
"""What looks for keys in the environment and for no profile, or for none with SSO (S3A's default chain, object_store's `from_env`, DuckDB's
httpfs), where a program says this word."""
_SETTINGS_IDS = ("AWS_S3_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID")


def as_environment(plan: Plan, sink: Sink) -> None:
    """Set AWS_PROFILE where the keys were set. Keys that the program was started with are taken out, as they were overwritten."""
    module, source = sink.module, sink.module.source
    if reads_environment(plan):
        stop(sink, Rule.ENVIRONMENT_IN_USE, "AWS206", "the program itself reads or removes these variables elsewhere, or sets AWS_PROFILE")
    if any(runs_shell(m.source.hidden, m.source.text) for m in plan.facts.interpreter.modules.values()):
        stop(sink, Rule.STARTS_PROGRAM, "AWS211", "a notebook starts programs, which inherit these variables")
    texts = [m.source.text for m in plan.facts.interpreter.modules.values()]
    for name in sorted(_KEYS_ALONE.keys() & {root for m in plan.facts.interpreter.modules.values() for root in imported_roots(m.source)}):
        if any(_KEYS_ALONE[name] in text for text in texts):
            spec = without_profile(f"{name}.")
            raise Blocked(
                module,
                sink.call,
                Rule.NO_PROFILE,
                "AWS203",
                f"{name} reads these variables, but not AWS_PROFILE",
                spec.advice if spec else "rewrite by hand",
            )
    like = source.text
    if isinstance(sink.call, ast.Call):  # update(…)
        if not (isinstance(source.parents.get(sink.call), ast.Expr)):
            stop(sink, Rule.ANSWER_USED, "AWS202", "the return value of this call is used")
        statement = source.statement(sink.call)
        receiver = source.code(sink.function.value)  # type: ignore[attr-defined]
        names = [a.name for a in sink.of(*ROLES)]
        if not takes_converted(plan, sink):
            as_keyword(plan, sink)
        lines = [
            f"{receiver}.pop({quoted(n, like)}, None)" for n in (*names, *(() if plan.facts.mapping.chain else ("AWS_DEFAULT_PROFILE",)))
        ]
        for line in lines:
            plan.add(module, InsertLine(statement, line))
        return
    for a in sink.of(*ROLES):
        statement = a.at
        assert isinstance(statement, ast.stmt) and a.node is not None
        target = statement.targets[0].value if isinstance(statement, ast.Assign) else statement.value.func.value
        receiver = source.code(target)
        soft = isinstance(statement, ast.Expr)
        pop = f"{receiver}.pop({quoted(a.name, like)}, None)"
        if plan.facts.mapping.chain:
            plan.add(module, DropStatement(statement))
            continue
        if a.role is Role.KEY_ID:
            indent = source.text[source.lines[statement.lineno - 1] : source.span(statement).start]
            gap = source.newline + indent if not indent.strip() else "; "
            other = f"{receiver}.pop({quoted('AWS_DEFAULT_PROFILE', like)}, None)"  # goes before AWS_PROFILE, and did not before a key
            before = gap.join([other] if soft else [pop, other])
            value: Pieces = profile_code(plan, sink, plan.carry) or ("None",)
            plan.add(module, Put(statement, (f"{before}{gap}{receiver}[{quoted('AWS_PROFILE', like)}] = ", *value)))
        elif soft:
            plan.add(module, DropStatement(statement))
        else:
            plan.add(module, Put(statement, (pop,)))


def reads_environment(plan: Plan) -> bool:
    """Return whether the program reads or removes the key variables itself, or chooses a profile by the environment."""
    wanted = Outside("AWS_ACCESS_KEY_ID"), Outside("AWS_SECRET_ACCESS_KEY")
    for module in plan.facts.interpreter.modules.values():
        if "AWS_PROFILE" in module.source.text or "AWS_DEFAULT_PROFILE" in module.source.text:
            return True
    for node, values in plan.facts.interpreter.all_nodes():
        if any(w in values for w in wanted) and not is_own_write(plan.facts.uses.homes, node):
            return True
    return False


def settings(plan: Plan) -> None:
    """Make the id's Django setting AWS_S3_SESSION_PROFILE, which django-storages reads itself."""
    for s in in_order(plan.cluster.stores):
        if (
            s.name not in _SETTINGS_IDS
            or s.kind is not StoreKind.ASSIGN
            or not isinstance(s.owner, Scope)
            or s.owner.kind is not ScopeKind.MODULE
        ):
            continue
        if not is_settings(s.module):
            continue
        if other := other_reader(s.module):
            raise Blocked(
                s.module, s.node, Rule.NO_PROFILE, "AWS202", f"`{other}` also reads these settings, but no profile",
                "give it its own keys or its own profile setting (django-ses: AWS_SESSION_PROFILE), then run again",
            )  # fmt: skip
        endpoint = s.module.scope.stores.get("AWS_S3_ENDPOINT_URL", [])
        if endpoint:
            raise Blocked(
                s.module,
                s.node,
                Rule.OTHER_ENDPOINT,
                "AWS209",
                "the settings contain an endpoint that may not belong to AWS",
                "decide by hand",
            )
        values = {v for v in s.values if isinstance(v, Text)}
        profiles = {
            plan.facts.mapping.profile(v.text.strip())
            for v in values
            if v.text.strip() in plan.cluster.ids and v.text.strip() in plan.facts.mapping
        }
        if len(profiles) != 1:
            why = plan.facts.mapping.unmapped(next((v.text.strip() for v in values), ""))
            raise Blocked(s.module, s.node, Rule.NOT_MAPPED, why.code, why.reason, why.help)
        profile = next(iter(profiles))
        if profile is None or any(x.name == "AWS_S3_SESSION_PROFILE" for x in s.module.scope.stores.get("AWS_S3_SESSION_PROFILE", [])):
            continue
        if any(t.name in _SETTINGS_IDS and t is not s and t.name == _SETTINGS_IDS[0] for t in plan.cluster.stores if t.owner is s.owner):
            continue
        statement = s.module.source.statement(s.node)
        if (isinstance(statement, ast.Assign) and statement.targets == [s.node]) or isinstance(statement, ast.AnnAssign):
            text = quoted(
                profile,
                s.module.source.code(statement.value).lstrip("rRbBuUfF")
                if isinstance(statement.value, ast.Constant)
                else s.module.source.text,
            )
            plan.add(s.module, Put(statement, (f"AWS_S3_SESSION_PROFILE = {text}",)))
            for n in plan.facts.readers.get(s, ()):
                if not plan.dead(n):
                    block(plan, s)
            plan.removed.add(s)
            plan.kill(statement)


_OTHER_READERS = ("django_ses", "s3direct", "django_s3_storage", "eb_sqs", "django_amazon_ses", "sqs_taskrunner")


def other_reader(module: Module) -> str | None:
    """Return an app in the settings that signs with AWS_ACCESS_KEY_ID itself (django-ses falls back to it: its README, "Full List of Settings")."""
    return next((name for name in _OTHER_READERS if name in module.source.text), None)


def is_settings(module: Module) -> bool:
    """Return whether a module is a Django settings module that configures django-storages."""
    text = module.source.text
    return ("INSTALLED_APPS" in text or "settings" in module.path.stem or "settings" in module.path.parent.name) and ("storages" in text)


def is_own_write(homes: dict[ast.AST, Module], node: ast.AST) -> bool:
    """Return whether a node is `os.environ.setdefault(…)` as a statement, whose answer nobody takes."""
    home = homes.get(node)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "setdefault"
        and home is not None
        and isinstance(home.source.parents.get(node), ast.Expr)
    )
