"""A dict with a key that boto3's calls get by `**`: `kwargs["aws_access_key_id"] = KEY`, or `{"aws_access_key_id": KEY, …}`, then `boto3.client("s3", **kwargs)`."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from migrate.codemod.data.following.calls import CLIENTS, ROLES, SESSIONS, Call, at_aws
from migrate.codemod.data.following.names import File, Sources

_PLAIN = {"service_name", "region_name", "config", "use_ssl", "verify", "api_version", "endpoint_url"}
"""What else such a dict may hold: nothing that has to do with who signs."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
Callers = Callable[[File, ast.FunctionDef], list[tuple[File, ast.Call]]]
"""Gives all calls of a function of a module."""


class _Open(Exception):
    """More may become of the dict."""


@dataclass(slots=True)
class _Dict:
    """What is known of a dict: where the parts of a key are put, and the calls that get it."""

    parts: dict[ast.AST, str] = field(default_factory=dict)
    calls: list[tuple[File, ast.Call]] = field(default_factory=list)


def filled(sources: Sources, file: File, value: ast.expr, callers: Callers) -> tuple[ast.AST, list[tuple[File, Call]]] | None:
    """Return what puts a part of a key into a dict (a statement, or the entry's value), and the calls that get that dict; None where more may become of it.

    Whether the dict gets its parts may be a matter of conditions: a call without them signs with the default chain.
    """
    up = file.source.parents[value]
    found = _Dict()
    try:
        if isinstance(up, ast.Assign):
            target = up.targets[0]
            made = file.bound(target.value) if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) else None
            if isinstance(made, ast.Name):
                _named(sources, file, made, found, callers)
        elif isinstance(up, ast.Dict):
            _entries(up, found)
            home = file.source.parents[up]
            if isinstance(home, ast.Assign | ast.AnnAssign):
                made = home.targets[0] if isinstance(home, ast.Assign) and len(home.targets) == 1 else getattr(home, "target", None)
                if isinstance(made, ast.Name):
                    _named(sources, file, made, found, callers)
            elif isinstance(home, ast.Return):
                _returned(sources, file, home, found, callers)
            elif isinstance(home, ast.keyword):
                _spread(sources, file, home, found)
    except _Open:
        return None
    put = up if isinstance(up, ast.Assign) else value
    if put not in found.parts or not found.calls or sorted(found.parts.values()) not in (["id", "secret"], ["id", "secret", "token"]):
        return None
    return put, [(other, _signing(sources, other, call, found.parts)) for other, call in found.calls]


def _signing(sources: Sources, file: File, call: ast.Call, parts: Mapping[ast.AST, str]) -> Call:
    name = sources.library(file, call.func) or ""
    return Call(call, name in SESSIONS, call.func, name.partition(".")[0], parts)


def _named(sources: Sources, file: File, made: ast.Name, found: _Dict, callers: Callers) -> None:
    """A dict under a name of a function, or of a module that nobody imports it from. Raises _Open."""
    scope = file.scope(made)
    readers = file.readers(made, made.id)
    if readers is None or not isinstance(scope, (*_FUNCTIONS, ast.Module)) or _by_all_names(scope):
        raise _Open
    if isinstance(scope, ast.Module) and any(there in (made.id, "*", None) for _, _, there in sources.imports_of(file.path)):
        raise _Open
    _made(file, made, found)
    stores: list[ast.Assign] = []
    for reader in readers:
        up = file.source.parents[reader]
        match up:
            case ast.Subscript(value=value, slice=ast.Constant(value=str() as key), ctx=ast.Store()) if value is reader:
                put = file.source.parents[up]
                if not isinstance(put, ast.Assign) or len(put.targets) != 1 or file.scope(put) is not scope:
                    raise _Open
                stores.append(put)
                _entry(key, put.value, put, found)
            case ast.keyword(arg=None):
                _spread(sources, file, up, found)
            case ast.Return() if file.scope(up) is scope:
                _returned(sources, file, up, found, callers)
            case _:
                raise _Open
        if stores and file.scope(reader) is not scope:
            raise _Open
    if stores and any(_in_loop(file, node, made) for node in (*stores, *readers)):
        raise _Open
    last = max((s.lineno for s in stores if s in found.parts), default=0)
    if any(reader.lineno <= last for reader in readers if not isinstance(file.source.parents[reader], ast.Subscript)):
        raise _Open


def _made(file: File, made: ast.Name, found: _Dict) -> None:
    """A name is bound to a dict that is written out. Raises _Open."""
    up = file.source.parents[made]
    value = up.value if isinstance(up, ast.Assign) and up.targets == [made] else up.value if isinstance(up, ast.AnnAssign) else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict" and file.home(value.func) is None:
        if value.args or any(k.arg not in _PLAIN or (k.arg == "endpoint_url" and not at_aws(k.value)) for k in value.keywords):
            raise _Open
    elif isinstance(value, ast.Dict):
        _entries(value, found)
    else:
        raise _Open


def _entries(made: ast.Dict, found: _Dict) -> None:
    for key, value in zip(made.keys, made.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            raise _Open
        _entry(key.value, value, value, found)


def _entry(name: str, value: ast.expr, put: ast.AST, found: _Dict) -> None:
    """An entry: a part of a key, or something that has nothing to do with who signs. Raises _Open."""
    if name in ROLES:
        found.parts[put] = ROLES[name]
    elif name not in _PLAIN or (name == "endpoint_url" and not at_aws(value)):
        raise _Open


def _returned(sources: Sources, file: File, statement: ast.Return, found: _Dict, callers: Callers) -> None:
    """A plain function gives the dict: each of its calls hands it to a call of boto3's. Raises _Open."""
    function = file.scope(statement)
    returns = [n for n in ast.walk(function) if isinstance(n, ast.Return | ast.Yield | ast.YieldFrom)]
    if (
        not isinstance(function, ast.FunctionDef)
        or function.decorator_list
        or file.scope(function) is not file.source.tree
        or len(returns) != 1
    ):
        raise _Open
    for other, call in callers(file, function):
        home = other.source.parents[call]
        if not isinstance(home, ast.keyword) or home.arg is not None:
            raise _Open
        _spread(sources, other, home, found)


def _spread(sources: Sources, file: File, spread: ast.keyword, found: _Dict) -> None:
    """A call of boto3's gets the dict by `**`, and beside it nothing that has to do with who signs. Raises _Open."""
    call = file.source.parents[spread]
    name = sources.library(file, call.func) if isinstance(call, ast.Call) else None
    if spread.arg is not None or not isinstance(call, ast.Call) or name not in CLIENTS | SESSIONS:
        raise _Open
    if any(isinstance(a, ast.Starred) for a in call.args) or len(call.args) > (0 if name in SESSIONS else 2):
        raise _Open
    if any(k.arg not in _PLAIN or (k.arg == "endpoint_url" and not at_aws(k.value)) for k in call.keywords if k is not spread):
        raise _Open
    found.calls.append((file, call))


def _by_all_names(scope: ast.AST) -> bool:
    """Return whether a function or module gets at its names without saying them."""
    return any(isinstance(n, ast.Name) and n.id in ("locals", "vars", "eval", "exec", "globals") for n in ast.walk(scope))


def _in_loop(file: File, node: ast.AST, made: ast.AST) -> bool:
    """Return whether a node may be carried out more often than the dict is made."""
    around = set(file.source.ancestors(made))
    return any(isinstance(up, _LOOPS) and up not in around for up in file.source.ancestors(node))
