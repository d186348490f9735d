"""Models of pydantic's that hold texts: classes whose constructor takes their fields by name and keeps each as it is.

pydantic.main.BaseModel gives a model more ways to all fields at once than a plain class has, so its objects may stand in few places only.
"""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.libraries.records import MODELS, SETTINGS
from migrate.codemod.proof.evaluation.values import NOTHING, Kind, Value, Values

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator

_BUILT_IN = frozenset({"str", "int", "float", "bool"})


_SAID = frozenset({"env_file", "env_file_encoding", "env_prefix", "extra", "case_sensitive"})
"""What a class of settings may say of itself: where else its texts come from, and what their names are there."""


def is_model(ev: "Evaluator", node: ast.ClassDef) -> bool:
    """Return whether a class is a model with plain fields and methods alone: no settings, aliases, validators, or classes above it."""
    if not _derives(ev, node, MODELS):
        return is_settings(ev, node)
    return all(_is_plain(ev, n) for n in node.body)


def is_settings(ev: "Evaluator", node: ast.ClassDef) -> bool:
    """Return whether a class is such a model whose fields the environment, or a file of variables, may fill.

    Its defaults are validated (pydantic_settings.BaseSettings.model_config), so None needs a type that takes it.
    """
    if not _derives(ev, node, SETTINGS):
        return False
    for n in node.body:
        if isinstance(n, ast.AnnAssign) and isinstance(n.value, ast.Constant) and n.value.value is None and not _takes_none(n.annotation):
            return False
        if not _is_plain(ev, n) and not _is_said(n):
            return False
    return True


def _derives(ev: "Evaluator", node: ast.ClassDef, names: frozenset[str]) -> bool:
    if len(node.bases) != 1 or node.keywords or node.decorator_list:
        return False
    return all(v.kind is Kind.LIBRARY and v.data in names for v in ev.value(node.bases[0]))


def _takes_none(note: ast.expr) -> bool:
    return any(
        (isinstance(n, ast.Constant) and n.value is None) or (isinstance(n, ast.Name) and n.id == "Optional") for n in ast.walk(note)
    )


def _is_said(statement: ast.stmt) -> bool:
    """Return whether a statement says where a class of settings finds its texts: `model_config = …`, or a class `Config`."""
    match statement:
        case ast.Assign(targets=[ast.Name(id="model_config")], value=ast.Call(args=[], keywords=keywords)):
            return all(k.arg in _SAID and isinstance(k.value, ast.Constant) for k in keywords)
        case ast.Assign(targets=[ast.Name(id="model_config")], value=ast.Dict(keys=keys, values=values)):
            return all(isinstance(k, ast.Constant) and k.value in _SAID for k in keys) and all(isinstance(v, ast.Constant) for v in values)
        case ast.ClassDef(name="Config", bases=[], keywords=[], decorator_list=[], body=body):
            return all(
                isinstance(n, ast.Assign)
                and isinstance(n.value, ast.Constant)
                and all(isinstance(t, ast.Name) and t.id in _SAID for t in n.targets)
                for n in body
            )
    return False


def _is_plain(ev: "Evaluator", statement: ast.stmt) -> bool:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            plain = value is None or isinstance(value, ast.Constant)
            return plain and _is_type(ev, annotation) and not name.startswith(("_", "model_"))
        case ast.FunctionDef(name=name):
            return not statement.decorator_list and not name.startswith(("_", "model_"))
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
    return False


def _is_type(ev: "Evaluator", note: ast.expr) -> bool:
    """Return whether an annotation is a type that takes what it is given as it is: str and its like, or None as well."""
    match note:
        case ast.Name(id=name):
            return name in _BUILT_IN and any(v.kind is Kind.LIBRARY and v.data == f"builtins.{name}" for v in ev.value(note))
        case ast.Constant(value=None):
            return True
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return _is_type(ev, left) and _is_type(ev, right)
        case ast.Subscript(value=of, slice=inside):
            return any(v.kind is Kind.LIBRARY and v.data == "typing.Optional" for v in ev.value(of)) and _is_type(ev, inside)
    return False


def fields(node: ast.ClassDef) -> list[str]:
    """Return the fields of a model."""
    return [n.target.id for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)]


def from_outside(ev: "Evaluator", classes: list[ast.ClassDef], name: str) -> Values:
    """Return the text that the environment may give a field of one of some classes."""
    filled = any(is_settings(ev, cls) and name in fields(cls) for cls in classes)
    return frozenset({Value(Kind.OUTSIDE, name)}) if filled else NOTHING


def misplaced(ev: "Evaluator", node: ast.expr, held: Value) -> str | None:
    """Return what is wrong with the place of a model's object, or of the model itself, that holds a part of a key; None where nothing is."""
    cls: ast.ClassDef = held.data
    parent = ev.world.parent(node)
    ok = False
    match parent:
        case ast.Attribute(attr=name):
            own = {*fields(cls), *(n.name for n in cls.body if isinstance(n, ast.FunctionDef))}
            ok = held.kind is Kind.INSTANCE and name in own and (isinstance(parent.ctx, ast.Load) or name not in fields(cls))
        case ast.Call():
            plain = not parent.args and all(k.arg is not None and not k.arg.startswith("_") for k in parent.keywords)
            ok = held.kind is Kind.INSTANCE or (parent.func is node and plain)
        case ast.Assign(targets=targets):
            ok = held.kind is Kind.INSTANCE and all(isinstance(t, ast.Name | ast.Attribute) for t in targets)
        case ast.AnnAssign() | ast.arg() | ast.FunctionDef() if _annotates(parent, node):
            ok = True
        case ast.AnnAssign() | ast.keyword() | ast.Return() | ast.List() | ast.Tuple() | ast.NamedExpr() | ast.IfExp() | ast.Expr():
            ok = held.kind is Kind.INSTANCE
        case ast.Dict():
            ok = held.kind is Kind.INSTANCE and node in parent.values
    return None if ok else "a model that holds a key is used in a way that may read all of its fields"


def _annotates(parent: ast.AST, node: ast.expr) -> bool:
    if isinstance(parent, ast.FunctionDef):
        return parent.returns is node
    return isinstance(parent, ast.AnnAssign | ast.arg) and parent.annotation is node
