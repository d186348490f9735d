"""Whether a class hands its objects, or itself, to something else by what it is: bases, decorators, and what its body binds."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.proof.confinement.words import PLAIN_BASES, PLAIN_CALLS
from migrate.codemod.proof.evaluation.containers import classes
from migrate.codemod.proof.evaluation.values import Kind

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator

Function = ast.FunctionDef | ast.AsyncFunctionDef
_HOOKS = frozenset(
    {*classes.HOOKS, "__get__", "__set__", "__delete__", "__class_getitem__", "__mro_entries__", "__prepare__", "__instancecheck__"}
)


def is_plain(ev: "Evaluator", cls: ast.ClassDef) -> bool:
    """Return whether nothing but what names an object of a class, or the class, gets at it."""
    if cls.keywords or any(not _keeps(ev, d) for d in cls.decorator_list):
        return False
    for base in cls.bases:
        found = ev.value(base)
        if not found or any(v.kind is not Kind.CLASS and not (v.kind is Kind.LIBRARY and v.data in PLAIN_BASES) for v in found):
            return False
    bound = ev.world.unit_of[cls].scopes[cls].bindings
    return _HOOKS.isdisjoint(bound) and all(_binds_plainly(ev, s) for s in cls.body)


def _keeps(ev: "Evaluator", decorator: ast.expr) -> bool:
    """Return whether a decorator is that of a dataclass."""
    made = ev.value(decorator.func if isinstance(decorator, ast.Call) else decorator)
    return bool(made) and all(v.kind is Kind.LIBRARY and v.data == "dataclasses.dataclass" for v in made)


def _binds_plainly(ev: "Evaluator", statement: ast.stmt) -> bool:
    """Return whether a statement of a class's body binds methods and values, and nothing that is called with the class or an object of it."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return all(_leaves(ev, d) for d in statement.decorator_list)
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign() if all(isinstance(t, ast.Name) for t in statement.targets):
            return _is_value(ev, statement.value)
        case ast.AnnAssign() if isinstance(statement.target, ast.Name):
            return statement.value is None or _is_value(ev, statement.value)
    return False


def _leaves(ev: "Evaluator", decorator: ast.expr) -> bool:
    """Return whether a decorator of a method leaves it what it is: one of Python's own, as which nothing else is meant."""
    if isinstance(decorator, ast.Attribute):
        return decorator.attr in ("setter", "getter", "deleter") and isinstance(decorator.value, ast.Name)
    found = ev.value(decorator)
    known = ("builtins.property", "builtins.staticmethod", "builtins.classmethod", "abc.abstractmethod")
    return bool(found) and all(v.kind is Kind.LIBRARY and v.data in known for v in found)


def _is_value(ev: "Evaluator", node: ast.expr) -> bool:
    """Return whether an expression gives a text, number, dict or list, and no function or descriptor."""
    if isinstance(node, ast.Call):
        made = ev.value(node.func)
        given = [*node.args, *(k.value for k in node.keywords)]
        factory = (k.value for k in node.keywords if k.arg == "default_factory")
        if bool(made) and all(v.kind is Kind.LIBRARY and v.data in PLAIN_CALLS for v in made):
            return all(_is_value(ev, a) or (a in factory and isinstance(a, ast.Name)) for a in given)
        return False
    if isinstance(node, ast.Dict | ast.List | ast.Tuple | ast.Set | ast.JoinedStr | ast.Compare | ast.UnaryOp):
        return True
    found = ev.value(node)
    return bool(found) and all(v.kind in (Kind.CONST, Kind.OBJECT, Kind.OUTSIDE) for v in found)


def is_property(function: Function) -> bool:
    """Return whether a method is asked for like an attribute."""
    return any(isinstance(d, ast.Name) and d.id == "property" for d in function.decorator_list)


def is_static(function: Function) -> bool:
    """Return whether a method is not given its object."""
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)


def takes_class(function: Function) -> bool:
    """Return whether a method is given its class."""
    return function.name in ("__new__", "__init_subclass__") or any(
        isinstance(d, ast.Name) and d.id == "classmethod" for d in function.decorator_list
    )
