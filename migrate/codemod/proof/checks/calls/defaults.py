"""The default session: what the program gives it, and whether a new session in its place would have that, too."""

import ast

from migrate.codemod.libraries.spec import Style
from migrate.codemod.proof import sinks
from migrate.codemod.proof.case import CREDENTIALS, Case, Rejected
from migrate.codemod.proof.checks.around.running import apart
from migrate.codemod.proof.checks.names.variables import other_file
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule
from migrate.codemod.proof.signers import signers
from migrate.codemod.proof.sinks import Call


def default_session(case: Case) -> None:
    """Raise Rejected where the default session may be another than a fresh one, and a client made with a key was made by it."""
    chain = None in case.rewritten.profiles.values()
    words = [
        "DEFAULT_SESSION",
        "set_default_client_config",
        *(("setup_default_session", "AWS_PROFILE", "AWS_DEFAULT_PROFILE") if chain else ()),
    ]
    if chain and (found := case.rewritten.mentions.sets(CHAIN)) is not None:
        said = f"{found[0].name}, which the program loads, sets `{found[1]}`, which the default credential chain would read"
        raise Rejected(Rule.DEFAULT_SESSION, found[0], None, said)
    for unit in case.others():
        if chain and any(c.callee == "os.environ" for c in case.before):
            raise Rejected(
                Rule.DEFAULT_SESSION, unit, None, "the program sets keys in the environment, which the default credential chain would read"
            )
        for node in unit.parents:
            said = (
                last_name(node)
                or (node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "")
                or (node.name if isinstance(node, ast.alias) else "")
            )
            if said == "setup_default_session" and not _is_called(unit, node):
                raise Rejected(Rule.DEFAULT_SESSION, unit, node, "`setup_default_session` is handed on, and may be called later")
            if said in words or (isinstance(node, ast.Constant) and said == "_get_default_session"):
                raise Rejected(Rule.DEFAULT_SESSION, unit, node, f"`{said!s}` may change what a session without a profile uses")
    for call in case.old.world.calls.get("setup_default_session", ()):
        unit = case.unit(call)
        plain = all(k.arg in ("region_name", *CREDENTIALS, "profile_name") for k in call.keywords)
        regions = any(k.arg == "region_name" for k in call.keywords)
        statement = unit.parents.get(call)
        top = isinstance(statement, ast.Expr) and statement in unit.tree.body
        needs = [c for c in case.before if case.touches(c) and c.spec.style is Style.CLIENT and not names_region(c)]
        named = any(k.arg == "profile_name" for k in call.keywords)  # the region of that profile is that of clients that name none
        perhaps = any(sinks.AMBIENT in signers(case.old, c, case.rewritten.profiles) for c in before_default(case))
        bare = [
            n
            for p in case.changed
            for n in ast.walk(case.rewritten.new[p])
            if isinstance(n, ast.Call) and last_name(n.func) == "Session" and not any(k.arg == "region_name" for k in n.keywords)
        ]
        same = top and all(case.unit(c.node) is unit for c in needs)
        several = len(case.old.world.calls["setup_default_session"]) > 1  # which of them holds when a client is made is not asked
        if not plain or perhaps or (named and needs) or (regions and needs and (bare or not same or several)):
            raise Rejected(Rule.DEFAULT_SESSION, unit, call, "the default session may give its clients settings that a new one would lack")
    other_file(case, DEFAULTS, "may change the default session", apart(case, DEFAULTS))


def _is_called(unit: Unit, node: ast.AST) -> bool:
    """Return whether a name is what a call calls, or an import that gives it."""
    call = unit.parents.get(node)
    return (isinstance(node, ast.alias) and node.asname is None) or (isinstance(call, ast.Call) and call.func is node)


def before_default(case: Case) -> list[Call]:
    """Return the clients made with a key, or with none, by no session in particular."""
    return [c for c in case.before if case.touches(c) and c.spec.style is Style.CLIENT]


def names_region(call: Call) -> bool:
    """Return whether a call names its region itself."""
    return isinstance(call.node, ast.Call) and (any(k.arg == "region_name" for k in call.node.keywords) or len(call.node.args) > 1)


CHAIN = frozenset({"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN",
                   "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"})  # fmt: skip
"""Variables by which the default chain (botocore.credentials) finds its credentials."""
DEFAULTS = [
    r"(?<![A-Za-z0-9_])DEFAULT_SESSION(?!\w|\s*(?:=\s*None|is\s)\b)",
    "set_default_client_config",
    r"setup_default_session(?!\s*\(\s*\))",
    "_get_default_session",
]
"""What makes the default session another than a fresh one, as far as bytes show it."""
