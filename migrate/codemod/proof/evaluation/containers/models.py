"""Models of pydantic's that hold texts: classes whose constructor takes their fields by name and keeps each as it is.

pydantic.main.BaseModel gives a model more ways to all fields at once than a plain class has, so its objects may stand in few places only.
"""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.libraries.records import MODELS
from migrate.codemod.proof.evaluation.values import Kind, Value

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator

_BUILT_IN = frozenset({"str", "int", "float", "bool"})


def is_model(ev: "Evaluator", node: ast.ClassDef) -> bool:
    """Return whether a class is a model with plain fields and methods alone: no settings, aliases, validators, or classes above it."""
    if len(node.bases) != 1 or node.keywords or node.decorator_list:
        return False
    if not all(v.kind is Kind.LIBRARY and v.data in MODELS for v in ev.value(node.bases[0])):
        return False
    return all(_is_plain(ev, n) for n in node.body)


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
            ok = held.kind is Kind.INSTANCE or (parent.func is node and not parent.args and all(k.arg is not None for k in parent.keywords))
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
