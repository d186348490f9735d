"""What a path's expression surely gives: a text that is absolute, or relative to the folder that the program is started in."""

import ast
import os.path
from pathlib import PurePath

from migrate.codemod.data.following.names import File, Sources

_SAME = {"str", "os.fspath", "os.path.abspath", "os.path.realpath", "os.path.normpath", "pathlib.Path", "pathlib.PurePath"}
_METHODS = {"resolve", "absolute", "as_posix"}
_DEEPEST = 12


def where(sources: Sources, file: File, node: ast.expr, depth: int = 0) -> str | None:  # noqa: C901 - a case for each form of a path
    """Return the path that an expression gives; None where that is not sure."""
    if depth > _DEEPEST:
        return None

    def of(one: ast.expr) -> str | None:
        return where(sources, file, one, depth + 1)

    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Name(id="__file__") if file.home(node) is None:
            return str(file.path)
        case ast.Name():
            bound = file.bound(node)
            up = file.source.parents.get(bound) if bound is not None else None
            if isinstance(up, ast.Assign) and up.targets == [bound]:
                return of(up.value)
            return of(up.value) if isinstance(up, ast.AnnAssign) and up.target is bound and up.value is not None else None
        case ast.Attribute(attr="parent", value=value):
            return None if (inner := of(value)) is None or ".." in inner else str(PurePath(inner).parent)
        case ast.Subscript(value=ast.Attribute(attr="parents", value=value), slice=ast.Constant(value=int() as n)):
            inner = of(value)
            above = list(PurePath(inner).parents) if inner is not None and ".." not in inner else []
            return str(above[n]) if 0 <= n < len(above) else None
        case ast.BinOp(op=ast.Div() | ast.Add(), left=left, right=right):
            first, second = of(left), of(right)
            if first is None or second is None:
                return None
            return str(PurePath(first) / second) if isinstance(node.op, ast.Div) else first + second
        case ast.JoinedStr(values=values):
            parts = [of(v.value if isinstance(v, ast.FormattedValue) else v) for v in values]
            plain = all(not isinstance(v, ast.FormattedValue) or (v.conversion == -1 and v.format_spec is None) for v in values)
            return "".join(p for p in parts if p is not None) if plain and None not in parts else None
        case ast.Call(func=ast.Attribute(attr=method, value=value), keywords=[]) if method in {*_METHODS, "joinpath", "with_name"}:
            if sources.library(file, node.func) is None:
                inner, given = of(value), [of(a) for a in node.args]
                if inner is None or None in given or (method in _METHODS and given):
                    return None
                rest = [g for g in given if g is not None]
                if method == "with_name":
                    return str(PurePath(inner).parent / rest[0]) if len(rest) == 1 else None
                return str(PurePath(inner, *rest))
    return _called(sources, file, node, depth) if isinstance(node, ast.Call) and not node.keywords else None


def _called(sources: Sources, file: File, call: ast.Call, depth: int) -> str | None:
    """The path that a function of `os.path` or `pathlib` gives."""
    name = sources.library(file, call.func)
    if name is None and isinstance(call.func, ast.Name) and file.home(call.func) is None:
        name = call.func.id
    given = [where(sources, file, a, depth + 1) for a in call.args]
    rest = [g for g in given if g is not None]
    if len(rest) != len(given) or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    if name in ("os.getcwd", "pathlib.Path.cwd") and not rest:
        return ""
    if name == "os.path.dirname" and len(rest) == 1:
        return os.path.dirname(rest[0])  # noqa: PTH120 - as the program does
    if name == "os.path.join" and rest:
        return os.path.join(*rest)  # noqa: PTH118 - as the program does
    if name in ("pathlib.Path", "pathlib.PurePath"):
        return str(PurePath(*rest))
    return rest[0] if name in _SAME and len(rest) == 1 else None


def is_it(path: str, target: PurePath) -> bool | None:
    """Return whether a path is a file's. One that is relative is, where the program is started in a folder above; None: it may be."""
    plain = os.path.normpath(path)
    if plain.startswith(("..", "~")):
        return None
    if PurePath(plain).is_absolute():
        return plain == str(target)
    parts = PurePath(plain).parts
    return target.parts[-len(parts) :] == parts if parts else False
