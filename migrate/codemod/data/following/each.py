"""Tables that are gone through: `for account in config["accounts"]`, and what else is done with a table of tables as a whole."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.data.following.names import File
from migrate.codemod.data.following.truth import only_asked
from migrate.codemod.data.holding.kept import is_held
from migrate.codemod.data.reading.patterns import step

if TYPE_CHECKING:
    from migrate.codemod.data.following.follower import Follower
    from migrate.codemod.data.formats.entries import Path

_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module)
_LATE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp)
_OF_KEYS = {"list", "sorted", "set", "tuple", "len"}


def each(follower: "Follower", file: File, node: ast.expr, up: ast.AST, path: "Path") -> bool:
    """A table or list whose entries are tables is gone through, counted, or asked whether it has an entry."""
    if follower.style not in ("dict", "ini") or follower.data is None or is_held(path) or follower.direct(path):
        return False
    kind = dict if follower.style == "ini" and not path else follower.kind(path)
    if only_asked(file, node) and kind in (dict, list):
        return True  # whether there is any
    if isinstance(up, ast.Compare):
        return node in up.comparators and all(isinstance(o, ast.In | ast.NotIn) for o in up.ops) and kind is dict
    if isinstance(up, ast.Call) and isinstance(up.func, ast.Name) and file.home(up.func) is None and up.args[:1] == [node]:
        if up.func.id == "len" or (kind is dict and up.func.id in _OF_KEYS):
            return True
        if up.func.id == "enumerate" and kind is list and (target := _target(file, up)) is not None:
            return _second(follower, file, target, path)
    target = _target(file, node)
    if target is not None and kind is dict:
        return True  # its keys, which stay
    if target is not None and kind is list:
        return _named(follower, file, target, path)
    return False


def gone_through(follower: "Follower", file: File, call: ast.Call, method: str, path: "Path") -> bool:
    """The entries of a table of tables are gone through by one of its methods."""
    if (
        follower.style_of(path) != "dict"
        or follower.data is None
        or is_held(path)
        or follower.direct(path)
        or follower.kind(path) is not dict
        or call.args
    ):
        return False
    if method == "keys":
        return True
    target = _target(file, call)
    if method == "values" and target is not None:
        return _named(follower, file, target, path)
    return method == "items" and target is not None and _second(follower, file, target, path)


def _target(file: File, node: ast.AST) -> ast.expr | None:
    """What gets each entry of this in turn."""
    up = file.source.parents[node]
    return up.target if isinstance(up, ast.For | ast.AsyncFor | ast.comprehension) and up.iter is node else None


def _second(follower: "Follower", file: File, target: ast.expr, path: "Path") -> bool:
    return isinstance(target, ast.Tuple) and len(target.elts) == 2 and _named(follower, file, target.elts[1], path)


def _named(follower: "Follower", file: File, target: ast.expr, path: "Path") -> bool:
    if not isinstance(target, ast.Name):
        return False
    if any(file.home(n) is file.scope(target) and file.scope(n) is not file.scope(target) for n in file.by_name[target.id]):
        follower.stop(file, target, "a function reads it, perhaps in another round")
    follower.binding(file, target, target.id, (*path, step(follower.mark(target))))
    return True


def chosen_by(file: File, key: ast.expr) -> ast.AST | None:
    """Return the binding of a name that chooses an entry, where all that read it at a time read the same; None for any other key."""
    bound = file.bound(key) if isinstance(key, ast.Name) else None
    up = file.source.parents.get(bound) if bound is not None else None
    if isinstance(bound, ast.arg | ast.alias):
        return bound
    loop = file.source.parents[up] if isinstance(up, ast.Tuple) else up
    if isinstance(loop, ast.For | ast.comprehension) and loop.target in (bound, up):
        return bound if bound is not None and file.scope(bound) is file.scope(key) else None
    if isinstance(up, ast.Assign | ast.AnnAssign):
        for around in file.source.ancestors(up):
            if isinstance(around, ast.For | ast.AsyncFor | ast.While):
                return None
            if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
                return bound
    return None


def held_safely(file: File, up: ast.AST) -> bool:
    """Return whether a name that is assigned here holds this round's value wherever it is read; for all but an assignment it does."""
    if not isinstance(up, ast.Assign | ast.AnnAssign | ast.Tuple):
        return True
    statement: ast.AST = up
    while not isinstance(statement, ast.stmt):
        statement = file.source.parents[statement]
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return True
    below: ast.AST = statement
    for around in file.source.ancestors(statement):
        if isinstance(around, _LOOPS):
            break
        if not isinstance(around, ast.With):
            return False
        below = around
    if below not in getattr(around, "body", ()):
        return False
    if not isinstance(around, ast.For | ast.AsyncFor | ast.While):
        return not isinstance(around, ast.ClassDef)
    inside = {id(n) for later in around.body[around.body.index(below) :] for n in ast.walk(later)}  # type: ignore[arg-type]
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    late = [n for later in around.body for n in ast.walk(later) if isinstance(n, _LATE)]
    if any(isinstance(n, ast.Name) and n.id in names for function in late for n in ast.walk(function)):
        return False
    return all(id(n) in inside for name in names for n in file.by_name[name] if isinstance(n.ctx, ast.Load))
