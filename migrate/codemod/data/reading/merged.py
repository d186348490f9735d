"""A dict of several sources, such as `{**dotenv_values(".env"), **os.environ}`: where the values of the file are that came through it."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from migrate.codemod.data.following.names import File, Sources

VALUES = {"dotenv.dotenv_values", "dotenv.main.dotenv_values"}
_NAMES = re.compile(rb"(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=")
_LARGEST = 1 << 20
_ENVIRONMENT = re.compile(rb"(?:\*\*|\|=?|,|\()\s*(?:os\s*\.\s*)?environ\s*(?=[,})\]|\n])|^\s*from os import [\w, ]*\benviron\b|environ\s*(?=\|)", re.MULTILINE)  # fmt: skip


@dataclass(slots=True)
class Merged:
    """The whole dict. `outside`: something that comes after the file may have its names, too. `taken` are names in other files of it."""

    node: ast.expr
    outside: bool = False
    taken: set[str] = field(default_factory=set)


def merged(sources: Sources, file: File, call: ast.Call, target: Path) -> Merged | None:
    """Return the dict that the answer of `dotenv_values` goes into; the answer itself where it goes into none; None where that is unclear."""
    found = _parts(sources, file, call)
    if found is None:
        return Merged(call)
    node, parts = found
    if call not in parts:
        return None
    at = parts.index(call)
    out = Merged(node, at + 1 < len(parts))
    ours = _names(target)
    for n, part in enumerate(parts):
        if part is call or sources.library(file, part) == "os.environ":
            continue
        if (name := _of_file(sources, file, part)) is None:
            return None
        there = target.parent / name
        if there.name == target.name or not (there.is_file() or n > at):
            return None  # one that comes before may have the names on another machine
        its = _names(there)
        if its & ours:
            return None
        out.taken |= its
    return out


def only_merged(data: bytes) -> bool:
    """Return whether a source has the environment in such dicts only."""
    return b"environ" not in _ENVIRONMENT.sub(b"", data)


def _parts(sources: Sources, file: File, call: ast.Call) -> tuple[ast.expr, Sequence[ast.expr]] | None:
    """Return the dict and what it is made of, the last of which counts."""
    up = file.source.parents[call]
    if isinstance(up, ast.Dict):
        return up, up.values if all(key is None for key in up.keys) else []
    if isinstance(up, ast.BinOp) and isinstance(up.op, ast.BitOr):
        whole: ast.expr = up
        while isinstance(above := file.source.parents[whole], ast.BinOp) and isinstance(above.op, ast.BitOr):
            whole = above
        return whole, _operands(whole)
    of = file.source.parents[up] if isinstance(up, ast.keyword) and up.arg is None else up
    if isinstance(of, ast.Call) and (call in of.args or isinstance(up, ast.keyword)):
        name = sources.library(file, of.func)
        plain = name is None and isinstance(of.func, ast.Name) and file.home(of.func) is None and of.func.id == "dict"
        if plain or name == "builtins.dict":
            return of, [*of.args, *(k.value for k in of.keywords)] if all(k.arg is None for k in of.keywords) else []
        if name == "collections.ChainMap" and not of.keywords:
            return of, of.args[::-1]
    return None


def _operands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_operands(node.left), *_operands(node.right)]
    return [node]


def _of_file(sources: Sources, file: File, node: ast.expr) -> str | None:
    """Return the path of another file that is read by `dotenv_values`, as it is written."""
    if not isinstance(node, ast.Call) or sources.library(file, node.func) not in VALUES or len(node.args) != 1 or node.keywords:
        return None
    path = node.args[0]
    return path.value if isinstance(path, ast.Constant) and isinstance(path.value, str) else None


def _names(path: Path) -> set[str]:
    try:
        if path.stat().st_size > _LARGEST:
            return set()
        return {name.decode() for name in _NAMES.findall(path.read_bytes())}
    except OSError:
        return set()
