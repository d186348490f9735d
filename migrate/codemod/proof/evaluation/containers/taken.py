"""A dict of options that gives its profile to a session before a client gets the rest: `Session(profile_name=kw.pop("profile_name", None)).client("s3", **kw)`."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.proof.evaluation.names.scopes import BindingKind, Scope

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def is_taken_out(ev: "Evaluator", client: ast.Call, spread: ast.expr) -> bool:
    """Return whether the session of a client takes the profile out of the dict that the client gets by `**`, and nobody else has that dict.

    It has to be a function's own, made in it, filled, and given to this one call, once for each time that it is made.
    """
    taken = _taken_from(client)
    if taken is None or not isinstance(spread, ast.Name) or taken.id != spread.id:
        return False
    unit = ev.world.unit_of[spread]
    scope = unit.scope_of.get(spread)
    if scope is None or not isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef) or not _is_own(scope, spread.id):
        return False
    made = [b.node for b in scope.bindings[spread.id]]
    loops = {up for up in _above(ev, spread) if isinstance(up, _LOOPS)}
    if any(not loops <= set(_above(ev, n)) for n in made):
        return False
    said = [n for n in ev.world.names[spread.id] if ev.world.unit_of[n] is unit and (scope.node in _above(ev, n))]
    return all(unit.scope_of.get(n) is scope and (n is spread or n is taken or _only_fills(ev, n)) for n in said)


def _taken_from(client: ast.Call) -> ast.Name | None:
    """Return the name of the dict that the session which makes a client takes its profile out of."""
    session = client.func.value if isinstance(client.func, ast.Attribute) else None
    if not isinstance(session, ast.Call) or session.args or len(session.keywords) != 1 or session.keywords[0].arg != "profile_name":
        return None
    match session.keywords[0].value:
        case ast.Call(
            func=ast.Attribute(value=ast.Name() as name, attr="pop"),
            args=[ast.Constant(value="profile_name"), ast.Constant(value=None)],
            keywords=[],
        ):
            return name
    return None


def _is_own(scope: Scope, name: str) -> bool:
    """Return whether a name is a function's own, and only ever bound to a dict that is written out there."""
    bindings = scope.bindings.get(name, [])
    if not bindings or name in scope.globals | scope.nonlocals | scope.foreign:
        return False
    return all(b.kind is BindingKind.VALUE and not b.steps and _is_dict(b.value) for b in bindings)


def _is_dict(value: ast.expr | None) -> bool:
    named = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict" and not value.args
    return isinstance(value, ast.Dict) or named


def _only_fills(ev: "Evaluator", name: ast.Name) -> bool:
    """Return whether a dict is made, or given an entry, where its name stands: `kw = {}`, `kw["region_name"] = …`, `kw.update(config=…)`."""
    if isinstance(name.ctx, ast.Store):
        return True
    up = ev.world.parent(name)
    if isinstance(up, ast.Subscript):
        return up.value is name and isinstance(up.ctx, ast.Store)
    call = ev.world.parent(up) if isinstance(up, ast.Attribute) and up.attr == "update" else None
    return isinstance(call, ast.Call) and isinstance(ev.world.parent(call), ast.Expr)


def _above(ev: "Evaluator", node: ast.AST) -> list[ast.AST]:
    """Return what stands around a node, from within."""
    out: list[ast.AST] = []
    at = ev.world.parent(node)
    while at is not None:
        out.append(at)
        at = ev.world.parent(at)
    return out
