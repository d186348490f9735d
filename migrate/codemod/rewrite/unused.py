"""Keys that no call is seen to use: they go only where nothing else is likely to read them."""

import ast

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.kinds import ScopeKind, StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, Class, Lib, Scope, Store, in_order
from migrate.codemod.keys.cluster import Cluster
from migrate.codemod.keys.rules import Rule
from migrate.codemod.libraries import by_callee, without_profile
from migrate.codemod.libraries.spec import Style
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.shapes.surroundings import is_settings
from migrate.codemod.source.python import imported_roots
from migrate.codemod.verdict.uses import Uses

_SETTINGS = ("settings", "config", "conf", "secret", "cred", "const", "keys")
_READERS = ("pynamodb", "celery", "airflow", "flask_s3", "django_s3_storage")
_PLAIN = {
    "dict",
    "list",
    "set",
    "tuple",
    "Path",
    "get",
    "getenv",
    "timedelta",
    "resolve",
    "join",
    "int",
    "bool",
    "str",
    "split",
    "dirname",
    "abspath",
}


def check_unused(cluster: Cluster, uses: Uses) -> None:
    """Raise Blocked for constants that no call is seen to use, where something else is likely to read them.

    That is so for class attributes, and for modules that frameworks read as a whole.
    """
    if cluster.sinks:
        return
    for s in in_order(cluster.stores):
        if s.kind in (StoreKind.IMPORT, StoreKind.STAR):
            continue
        plain = (
            isinstance(s.owner, Scope)
            and s.owner.kind in (ScopeKind.MODULE, ScopeKind.FUNCTION)
            and s.kind in (StoreKind.ASSIGN, StoreKind.UNPACK)
        )
        stem = s.module.path.stem.lower()
        settings = (
            any(w in stem for w in _SETTINGS) or any(w in s.module.path.parent.name.lower() for w in _SETTINGS) or only_settings(s.module)
        )
        settings = settings and not is_settings(s.module)
        if s.kind is StoreKind.ELEMENT and not settings:
            holders = uses.holders.get(s.owner, ()) if isinstance(s.owner, Box) else ()
            held = [h for h in holders if isinstance(h.owner, Class) or (isinstance(h.owner, Scope) and h.owner.kind is ScopeKind.CLASS)]
            if not held:
                continue
        if not plain or settings:
            if (profile := profile_of_base(s, uses.interpreter)) is not None:
                raise Blocked(
                    s.module,
                    s.node,
                    Rule.READ_ELSEWHERE,
                    "AWS202",
                    "the base class reads this key",
                    f"replace the keys with `{profile} = …`",
                )
            reader = next((r for r in _READERS if r in imported_roots(s.module.source)), None)
            spec = without_profile(f"{reader}.") if reader else None
            raise Blocked(
                s.module,
                s.node,
                Rule.READ_ELSEWHERE,
                "AWS203" if spec else "AWS202",
                f"no call was found that uses this key, but {reader or 'other code'} may read it from here",
                spec.advice if spec else "find what reads it, then remove it by hand",
            )


def profile_of_base(store: Store, interpreter: Interpreter) -> str | None:
    """Return what a library's class takes as the profile, where a class inherits from it and the attribute is its parameter for a key."""
    around = next((up for up in store.module.source.ancestors(store.node) if isinstance(up, ast.ClassDef)), None)
    table = by_callee()
    for base in around.bases if around is not None else ():
        for spec in (table.get(v.name) for v in interpreter.values_of(base) if isinstance(v, Lib)):
            if spec is not None and spec.style is Style.KEYWORD and store.name in spec.key_id + spec.secret + spec.token:
                return spec.profile
    return None


def only_settings(module: Module) -> bool:
    """Return whether a module does nothing but bind names. Something reads these: a framework (Scrapy, Flask), or code that is not seen."""
    todo = list(module.source.tree.body)
    while todo:
        node = todo.pop()
        match node:
            case ast.If() | ast.Try():
                todo += [*node.body, *node.orelse]
                if isinstance(node, ast.Try):
                    todo += [*node.finalbody, *(inner for handler in node.handlers for inner in handler.body)]
            case ast.Assign(value=ast.Call() as call) | ast.AnnAssign(value=ast.Call() as call):
                if ast.unparse(call.func).rpartition(".")[2] not in _PLAIN:
                    return False
            case (
                ast.Import()
                | ast.ImportFrom()
                | ast.Assign()
                | ast.AnnAssign()
                | ast.AugAssign()
                | ast.Pass()
                | ast.Expr(value=ast.Constant())
            ):
                pass
            case _:
                return False
    return True
