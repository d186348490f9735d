"""Reads of the standard variables that are not followed to a call: with `--environment` each is named, so that none is passed over."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

from migrate.codemod.data.environment.variables import STANDARD, Variables
from migrate.codemod.data.following.follower import Follower
from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.keys.sinks import is_aws

_SETS = {"setdefault", "pop", "setenv", "delenv", "putenv", "unsetenv", "delitem", "setitem"}
_TESTS = (ast.Compare, ast.Assert)
_FAKE = {"", "test", "testing", "fake", "dummy", "mock", "foo", "x", "none"}
Place = tuple[Path, int, int, str]


def untraced(sources: Sources, found: Variables, calls: Collection[ast.Call]) -> Iterator[Place]:
    """Yield the places that read these variables, one for each function or class, but for reads that end in some calls."""
    ended = {read.key for read in found.reads if _ends_in(sources, read.file, read.node, read.name, calls)}
    for path in sources.paths:
        data = sources.data(path)
        if not any(name.encode() in data for name in STANDARD):
            continue
        if (file := sources.file(path)) is None:
            at = min(data.find(n.encode()) for n in STANDARD if n.encode() in data)
            yield path, data.count(b"\n", 0, at) + 1, 1, "the standard variables are read here, and where they go cannot be traced"
            continue
        scopes = set()
        for node in file.source.parents:
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node.value not in STANDARD or node in ended:
                continue
            if _handed_on(file, node) and (scope := file.scope(node)) not in scopes:
                scopes.add(scope)
                yield path, node.lineno, node.col_offset + 1, f"{node.value} is read here, and where it goes cannot be traced"


def by_classes(sources: Sources) -> Iterator[Place]:
    """Yield the settings classes of pydantic's whose fields are these variables: their names are lower case, and may lack a prefix."""
    for path in sources.holding(b"BaseSettings"):
        if (file := sources.file(path)) is None:
            continue
        for node in file.source.parents:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(cls := file.scope(node), ast.ClassDef):
                for prefix in {"", *_prefixes(cls)}:
                    name = f"{prefix}{node.target.id}".upper()
                    if STANDARD.get(name) == "id":
                        message = f"class {cls.name} reads {name}, and where it goes cannot be traced"
                        yield path, node.lineno, node.col_offset + 1, message


def _prefixes(cls: ast.ClassDef) -> Iterator[str]:
    """Every `env_prefix` in a class, in a dict or an inner class."""
    for node in ast.walk(cls):
        named = (isinstance(node, ast.keyword) and node.arg == "env_prefix") or (
            isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "env_prefix"
        )
        if named and isinstance(node.value, ast.Constant):  # type: ignore[attr-defined]  # both have a value
            yield str(node.value.value)  # type: ignore[attr-defined]


def _ends_in(sources: Sources, file: File, node: ast.expr, name: str, calls: Collection[ast.Call]) -> bool:
    """Does a read end in these calls, or for a store that is not AWS's, and nowhere else?"""
    follower = Follower(sources, [(name,)], "dict")
    follower.value(file, node, (name,))
    trail = follower.trail
    ends = all(use.call.node in calls for use in trail.uses) and all(_not_at_aws(p.node) for p in trail.problems)
    return ends and bool(trail.uses or trail.problems)


def _not_at_aws(call: ast.AST) -> bool:
    """Does a call name an endpoint that is surely not AWS's?"""
    return isinstance(call, ast.Call) and any(
        k.arg == "endpoint_url" and isinstance(k.value, ast.Constant) and isinstance(k.value.value, str) and not is_aws(k.value.value)
        for k in call.keywords
    )


def _handed_on(file: File, node: ast.Constant) -> bool:
    """May the value of the variable that a text names go anywhere? Not where it is set, or only asked whether it is there."""
    up = file.source.parents[node]
    if isinstance(up, (ast.Expr, *_TESTS)) or (isinstance(up, ast.Dict) and node in up.keys and _environment(file, up, node)):
        return False
    if isinstance(up, ast.Subscript) and not isinstance(up.ctx, ast.Load):
        return False
    if isinstance(up, ast.Call) and _name_of(up) in _SETS and isinstance(file.source.parents[up], ast.Expr):
        return False
    if isinstance(up, ast.Subscript | ast.Call):
        below: ast.AST = up
        for around in file.source.ancestors(up):
            if isinstance(around, _TESTS) or (isinstance(around, ast.If | ast.IfExp | ast.While) and around.test is below):
                return False
            if not isinstance(around, ast.BoolOp | ast.UnaryOp):
                break
            below = around
    return True


def _name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def _environment(file: File, table: ast.Dict, key: ast.Constant) -> bool:
    """Does a dict set the variable for somebody, rather than say what becomes of it?"""
    value, up = table.values[table.keys.index(key)], file.source.parents[table]
    if not isinstance(value, ast.Constant) or str(value.value).lower() in _FAKE:
        return True
    return (isinstance(up, ast.keyword) and up.arg in ("env", "environment")) or (
        isinstance(up, ast.Call) and _name_of(up) in ("update", "dict")
    )
