"""Reads of an entry: of a table by its key, of an object by its name, of a configparser by section and option."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.data.following.each import chosen_by, gone_through
from migrate.codemod.data.following.names import File
from migrate.codemod.data.holding.kept import is_held
from migrate.codemod.data.reading.patterns import step

if TYPE_CHECKING:
    from migrate.codemod.data.following.follower import Follower
    from migrate.codemod.data.formats.entries import Path

_READS_NO_OPTION = {"read", "read_file", "sections", "has_section"}
_OPTION = {"get", "getint", "getfloat", "getboolean", "has_option"}


def entry(follower: "Follower", file: File, node: ast.expr, up: ast.AST, path: "Path") -> bool:  # noqa: C901 - a case for each form of a look-up
    """A read of an entry of a table."""
    style = follower.style_of(path)
    if isinstance(up, ast.Subscript) and up.value is node and style != "object":
        if not isinstance(up.ctx, ast.Load):
            follower.stop(file, up, "it is written to")
        elif isinstance(up.slice, ast.Constant) and isinstance(up.slice.value, str):
            follower.leaf(file, up, (*path, _key(follower, up.slice.value, path)), up.slice, False)
        elif isinstance(up.slice, ast.Constant) and type(up.slice.value) is int and up.slice.value >= 0 and follower.kind(path) is list:
            follower.leaf(file, up, (*path, f"[{up.slice.value}]"), up.slice, False)
        else:
            _some(follower, file, up, up.slice, path)
        return True
    if not isinstance(up, ast.Attribute) or up.value is not node:
        return False
    call = file.source.parents[up]
    called = isinstance(call, ast.Call) and call.func is up
    if style == "object" or (style == "both" and not called):
        if called and up.attr in follower.methods:
            return True
        if called or up.attr.startswith("_" if is_held(path) else "__"):
            follower.stop(file, up, "a method of it is called" if called else "an attribute of it is read")
        elif not isinstance(up.ctx, ast.Load):
            follower.stop(file, up, "it is written to")
        else:
            follower.leaf(file, up, (*path, up.attr), up, False)
        return True
    if not isinstance(call, ast.Call) or not called:
        follower.stop(file, up, "an attribute of it is read")
    elif style == "ini" and not path:
        _option(follower, file, call, up.attr)
    elif up.attr == "get" and call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
        at = (*path, _key(follower, call.args[0].value, path))
        if not follower.matters(at) or _plain_default(call, at in follower.credentials or is_held(at), 1):
            follower.leaf(file, call, at, call.args[0], True)
        else:
            follower.stop(file, call, "it is read with a default")
    elif up.attr == "get" and len(call.args) in (1, 2) and not call.keywords and _plain_default(call, False, 1):
        _some(follower, file, call, call.args[0], path)
    elif not gone_through(follower, file, call, up.attr, path):
        follower.stop(file, call, f"its method {up.attr} is called")
    return True


def _some(follower: "Follower", file: File, node: ast.expr, key: ast.expr, path: "Path") -> None:
    """An entry whose key is computed: one of several tables, each with its key. Names with one value choose the same wherever they stand."""
    if (
        follower.style not in ("dict", "ini")
        or is_held(path)
        or isinstance(key, ast.Slice | ast.Starred)
        or follower.direct(path)
        or follower.data is None
    ):
        follower.stop(file, node, "an entry with a computed name is read")
        return
    follower.value(file, node, (*path, step(follower.mark(chosen_by(file, key) or node))))


def _key(follower: "Follower", key: str, path: "Path") -> str:
    return key.lower() if follower.style_of(path) == "ini" and path else key


def _option(follower: "Follower", file: File, call: ast.Call, method: str) -> None:
    """A method of a configparser."""
    names = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if method in _READS_NO_OPTION:
        return
    if method in _OPTION and len(call.args) == 2 and len(names) == 1 and isinstance(call.args[1], ast.Constant):
        names = [step(follower.mark(chosen_by(file, call.args[0]) or call)), *names]
    if method not in _OPTION or len(call.args) != 2 or len(names) != 2:
        follower.stop(file, call, f"its method {method} is called")
        return
    path = (names[0], names[1].lower())
    if path not in follower.credentials:
        return
    if method != "get" or not _plain_default(call, True, 2):
        follower.stop(file, call, "it is read with a default" if method == "get" else f"its method {method} is called")
    else:
        follower.leaf(file, call, path, call.args[1], bool(call.keywords))


def _plain_default(call: ast.Call, credential: bool, at: int) -> bool:
    """Is the default of a `get` None or an empty text, or for a table an empty one?"""
    if len(call.args) > at + 1 or any(k.arg not in ("fallback", "default") for k in call.keywords):
        return False
    given = [*call.args[at:], *(k.value for k in call.keywords)]
    return all(
        (isinstance(d, ast.Constant) and (d.value is None or d.value == ""))
        or (not credential and ((isinstance(d, ast.Dict) and not d.keys) or (isinstance(d, ast.List) and not d.elts)))
        for d in given
    )
