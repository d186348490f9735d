"""Classes that are a list of fields, and say and do nothing with those that hold a part of a key: dataclasses, and tuples with names."""

import ast
import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from migrate.codemod.data.following.names import File
from migrate.codemod.data.following.objects import fields_of, says_nothing

if TYPE_CHECKING:
    from migrate.codemod.data.following.follower import Follower

_DATACLASS = {"dataclasses.dataclass"}
_TUPLE = {"typing.NamedTuple"}
_OPTIONS = {"frozen", "slots", "kw_only", "repr", "eq"}
_PLAIN = re.compile(r"(?:\w+\.)?Optional\[str\]|str(?:\s*\|\s*None)?")


def class_with(follower: "Follower", file: File, cls: ast.ClassDef, names: Collection[str]) -> frozenset[str] | None:
    """Return all names that a class has, where it is plain and these are fields of it for texts; None for any other class."""
    made = [d.func if isinstance(d, ast.Call) else d for d in cls.decorator_list]
    library = follower.sources.library
    data = not cls.bases and len(made) == 1 and library(file, made[0]) in _DATACLASS
    named = not made and len(cls.bases) == 1 and library(file, cls.bases[0]) in _TUPLE
    options = [d for d in cls.decorator_list if isinstance(d, ast.Call)]
    if not (data or named) or cls.keywords or file.scope(cls) is not file.source.tree:
        return None
    if any(d.args or any(k.arg not in _OPTIONS for k in d.keywords) for d in options):
        return None
    fields = fields_of(cls)
    if any(name not in fields or _PLAIN.fullmatch(file.source.code(fields[name].annotation)) is None for name in names):
        return None
    others = (ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef, ast.Expr, ast.Pass)
    if not all(isinstance(n, others) and says_nothing(file, n, set(names)) for n in cls.body):
        return None
    return frozenset(fields) | {n.name for n in cls.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


def class_called(follower: "Follower", file: File, call: ast.AST) -> tuple[File, ast.ClassDef] | None:
    """Return the class of the program that a call makes an object of, and where it stands."""
    bound = file.bound(call.func) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else None
    home: File | None = file
    if isinstance(bound, ast.alias) and (there := follower.sources.imported(file, bound)) is not None and there[1] is not None:
        home = follower.sources.file(there[0])
        found = home.binds[home.source.tree].get(there[1], []) if home is not None else []
        bound = found[0] if len(found) == 1 else None
    return (home, bound) if home is not None and isinstance(bound, ast.ClassDef) else None


def given_to(cls: ast.ClassDef, call: ast.Call, value: ast.AST) -> ast.AnnAssign | None:
    """Return the field that gets an argument; None where that is not sure."""
    fields = fields_of(cls)
    if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return None
    if isinstance(value, ast.keyword):
        return fields.get(value.arg or "")
    at = call.args.index(value) if value in call.args else len(fields)
    plain = all(_counts(f) for f in fields.values())
    return list(fields.values())[at] if plain and at < len(fields) else None


def _counts(field: ast.AnnAssign) -> bool:
    """Return whether a field is surely one that a positional argument may give."""
    said = ast.unparse(field.annotation)
    return (field.value is None or isinstance(field.value, ast.Constant)) and not any(w in said for w in ("ClassVar", "InitVar", "KW_ONLY"))


def factory_of(follower: "Follower", file: File, function: ast.Lambda) -> tuple[ast.AnnAssign, ast.expr] | None:
    """Return the field whose default a function gives, and what is called for it: `field(default_factory=lambda: …)`."""
    keyword = file.source.parents[function]
    if not isinstance(keyword, ast.keyword) or keyword.arg != "default_factory":
        return None
    call = file.source.parents[keyword]
    made = file.source.parents[call]
    if not isinstance(call, ast.Call) or call.args or len(call.keywords) != 1:
        return None
    if follower.sources.library(file, call.func) != "dataclasses.field" or ast.unparse(function.args):
        return None
    return (made, call.func) if isinstance(made, ast.AnnAssign) and made.value is call else None
