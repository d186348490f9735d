"""Objects of the program's own that are made of a table: `Config(**json.load(f))`, a dataclass or a model of pydantic's."""

import ast
import re
from typing import TYPE_CHECKING

from migrate.codemod.data.following.names import File
from migrate.codemod.data.following.trail import Made
from migrate.codemod.data.reading.patterns import is_open

if TYPE_CHECKING:
    from migrate.codemod.data.following.follower import Follower
    from migrate.codemod.data.formats.entries import Path

_DATACLASS = {"dataclasses.dataclass", "pydantic.dataclasses.dataclass"}
_MODEL = {"pydantic.BaseModel", "pydantic.main.BaseModel"}
_PLAIN = re.compile(r"(?:\w+\.)?Optional\[(?:str|SecretStr)\]|(?:str|SecretStr)(?:\s*\|\s*None)?")
_PLAIN_METHODS = {"__post_init__", "__str__", "__repr__", "__enter__", "__exit__", "__bool__", "__len__", "__call__"}
_SAYS_LITTLE = {"arbitrary_types_allowed", "frozen", "str_strip_whitespace", "title", "extra"}


def made_of(follower: "Follower", file: File, keyword: ast.AST, path: "Path") -> Made | None:
    """Return the object that a table is spread into; None where it is none, or where its class is more than a list of fields."""
    call = file.source.parents[keyword]
    if follower.style != "dict" or follower.data is None or is_open(path) or not isinstance(call, ast.Call):
        return None
    if call.args or len(call.keywords) != 1 or not isinstance(call.func, ast.Name):
        return None
    bound, home = file.bound(call.func), file
    if isinstance(bound, ast.alias) and (there := follower.sources.imported(file, bound)) is not None and there[1] is not None:
        other = follower.sources.file(there[0])
        found = other.binds[other.source.tree].get(there[1], []) if other is not None else []
        bound, home = (found[0] if len(found) == 1 else None), other or file
    names = {c[-1] for c in follower.credentials if c[:-1] == path}
    if not isinstance(bound, ast.ClassDef) or not names or not _only_fields(follower, home, bound, names):
        return None
    for where in follower.sources.holding(bound.name.encode()):
        if (one := follower.sources.file(where)) is None or not all(
            _harmless(one, n, call) for n in one.source.parents if _means(n, bound.name)
        ):
            return None
    return Made(file, call, home, bound, path)


def follow_methods(follower: "Follower", made: Made) -> None:
    """Follows the object into the methods of its class, which may be called."""
    for node in made.cls.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (me := _me(node)) is not None:
            follower.methods.add(node.name)
            readers = made.home.readers(me, me.arg)
            if readers is None:
                follower.stop(made.home, node, f"{me.arg} is assigned more than once")
            for reader in readers or ():
                follower.value(made.home, reader, made.path)


def _me(node: ast.AST) -> ast.arg | None:
    """The parameter of a method that is the object."""
    given = [*node.args.posonlyargs, *node.args.args] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
    return given[0] if given else None


def fields_of(cls: ast.ClassDef) -> dict[str, ast.AnnAssign]:
    """Return the fields of a class by their names."""
    return {n.target.id: n for n in cls.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}


def _only_fields(follower: "Follower", home: File, cls: ast.ClassDef, names: set[str]) -> bool:
    """Is a class a plain dataclass or model with fields of these names, which nothing in it speaks of?"""
    made = [d.func if isinstance(d, ast.Call) else d for d in cls.decorator_list]
    dataclass = not cls.bases and len(made) == 1 and follower.sources.library(home, made[0]) in _DATACLASS
    model = not made and len(cls.bases) == 1 and follower.sources.library(home, cls.bases[0]) in _MODEL
    if not (dataclass or model) or cls.keywords or any(isinstance(d, ast.Call) and d.args for d in cls.decorator_list):
        return False
    fields = fields_of(cls)
    for name in names:
        field = fields.get(name)
        if field is None or not (field.value is None or (isinstance(field.value, ast.Constant) and field.value.value in (None, ""))):
            return False
        if _PLAIN.fullmatch(home.source.code(field.annotation)) is None:
            return False  # a type that may refuse a profile's name
    settings = {said for n in cls.body if isinstance(n, ast.Assign) for said in _settings(n)}
    if not settings <= _SAYS_LITTLE or any(isinstance(n, ast.ClassDef) for n in cls.body):
        return False
    return all(says_nothing(home, n, names) for n in cls.body)


def _settings(statement: ast.Assign) -> list[str]:
    """What `model_config = …` sets: by a call, or by a dict; any other form of it is told by a name that no setting has."""
    if not any(isinstance(t, ast.Name) and t.id == "model_config" for t in statement.targets):
        return []
    if isinstance(statement.value, ast.Call):
        return [k.arg or "**" for k in statement.value.keywords]
    if isinstance(statement.value, ast.Dict):
        return [k.value if isinstance(k, ast.Constant) and isinstance(k.value, str) else "**" for k in statement.value.keys]
    return ["**"]


def says_nothing(home: File, statement: ast.stmt, names: set[str]) -> bool:
    """Return whether a statement of a class names some fields only as attributes of the object, and does not hand that on as a whole."""
    if isinstance(statement, ast.AnnAssign):
        return True
    first = _me(statement)
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        if first is None or (statement.name.startswith("__") and statement.name not in _PLAIN_METHODS):
            return False  # `def show(*args)`; what decides itself what an attribute is, or what the class makes
    me = first.arg if first is not None else None
    for node in ast.walk(statement):
        if isinstance(node, ast.Constant) and node.value in names:
            return False
        if isinstance(node, ast.Attribute) and node.attr in names and not (isinstance(node.value, ast.Name) and node.value.id == me):
            return False
        if isinstance(node, ast.Name) and (node.id in ("super", "vars", "locals") or node.id in names):
            return False
        if isinstance(node, ast.Name) and node.id == me and not isinstance(home.source.parents[node], ast.Attribute):
            return False
        if isinstance(node, ast.Attribute) and node.attr.startswith(("__", "model_", "dict", "json")):
            return False
    return True


def _means(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return name in node.value.replace(":", ".").split(".")
    if isinstance(node, ast.alias):
        return node.name == name and node.asname is not None  # by that name it is not looked for
    return (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)


def _harmless(file: File, node: ast.AST, call: ast.Call) -> bool:
    """Is a mention of a class the call itself, or an annotation?"""
    up = file.source.parents[node]
    annotation = (isinstance(up, ast.arg | ast.AnnAssign) and up.annotation is node) or (
        isinstance(up, ast.FunctionDef) and up.returns is node
    )
    return node is call.func or annotation
