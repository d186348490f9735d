"""A dict that a function fills with a key, and boto3's calls get by `**`: `kwargs["aws_access_key_id"] = KEY`, then `boto3.client("s3", **kwargs)`."""

import ast

from migrate.codemod.data.following.calls import CLIENTS, ROLES, SESSIONS, Call, at_aws
from migrate.codemod.data.following.names import File, Sources

_PLAIN = {"service_name", "region_name", "config", "use_ssl", "verify", "api_version", "endpoint_url"}
"""What else such a dict may hold: nothing that has to do with who signs."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def filled(sources: Sources, file: File, statement: ast.Assign) -> list[Call]:
    """Return the calls that get a dict into which a statement puts a part of a key; none where more may become of it.

    Whether it gets them may be a matter of conditions: a call without them signs with the default chain.
    """
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Name):
        return []
    made = file.bound(target.value)
    scope = file.scope(target)
    if not isinstance(made, ast.Name) or not isinstance(scope, _FUNCTIONS) or file.scope(made) is not scope or not _is_dict(file, made):
        return []
    parts: dict[ast.AST, str] = {}
    calls: list[ast.Call] = []
    for reader in file.readers(made, made.id) or ():
        up = file.source.parents[reader]
        if file.scope(reader) is not scope:
            return []
        match up:
            case ast.Subscript(value=value, slice=ast.Constant(value=str() as key), ctx=ast.Store()) if value is reader:
                put = file.source.parents[up]
                if not isinstance(put, ast.Assign) or len(put.targets) != 1 or key not in _PLAIN | ROLES.keys():
                    return []
                if key in ROLES:
                    parts[put] = ROLES[key]
                elif key == "endpoint_url" and not at_aws(put.value):
                    return []
            case ast.keyword(arg=None) if (call := _call(sources, file, up)) is not None:
                calls.append(call)
            case _:
                return []
    if not calls or _by_all_names(scope) or sorted(parts.values()) not in (["id", "secret"], ["id", "secret", "token"]):
        return []
    if any(_in_loop(file, node, made) for node in (*parts, *calls)) or any(p.lineno >= c.lineno for p in parts for c in calls):  # type: ignore[attr-defined]
        return []
    names = [(call, sources.library(file, call.func) or "") for call in calls]
    return [Call(call, name in SESSIONS, call.func, name.partition(".")[0], parts) for call, name in names]


def _is_dict(file: File, made: ast.Name) -> bool:
    """Return whether a name is bound to a dict that is written out, and holds nothing that has to do with who signs."""
    up = file.source.parents[made]
    value = up.value if isinstance(up, ast.Assign) and up.targets == [made] else up.value if isinstance(up, ast.AnnAssign) else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict" and file.home(value.func) is None:
        entries = [(k.arg, k.value) for k in value.keywords]
        plain = not value.args
    elif isinstance(value, ast.Dict):
        names = [str(k.value) if isinstance(k, ast.Constant) else None for k in value.keys]
        entries = list(zip(names, value.values, strict=True))
        plain = True
    else:
        return False
    return plain and all(name in _PLAIN and (name != "endpoint_url" or at_aws(v)) for name, v in entries)


def _call(sources: Sources, file: File, spread: ast.keyword) -> ast.Call | None:
    """Return the call of boto3's that gets a dict by `**`, and beside it nothing that has to do with who signs."""
    call = file.source.parents[spread]
    name = sources.library(file, call.func) if isinstance(call, ast.Call) else None
    if not isinstance(call, ast.Call) or name not in CLIENTS | SESSIONS or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    if len(call.args) > (0 if name in SESSIONS else 2):
        return None
    others = [k for k in call.keywords if k is not spread]
    return call if all(k.arg in _PLAIN and (k.arg != "endpoint_url" or at_aws(k.value)) for k in others) else None


def _by_all_names(function: ast.AST) -> bool:
    """Return whether a function gets at its names without saying them."""
    return any(isinstance(n, ast.Name) and n.id in ("locals", "vars", "eval", "exec") for n in ast.walk(function))


def _in_loop(file: File, node: ast.AST, made: ast.AST) -> bool:
    """Return whether a node may be carried out more often than the dict is made."""
    around = set(file.source.ancestors(made))
    return any(isinstance(up, _LOOPS) and up not in around for up in file.source.ancestors(node))
