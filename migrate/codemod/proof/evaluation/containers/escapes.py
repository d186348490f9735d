"""Where a class may go: whether something that is not seen may make an object of it, or derive from it."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.libraries.standard import CLASS_KEEPING
from migrate.codemod.proof.evaluation.containers.classes import below, keeps, line
from migrate.codemod.proof.evaluation.frameworks import flask
from migrate.codemod.proof.evaluation.values import NOTHING, UNKNOWN, Kind
from migrate.codemod.proof.evaluation.world import last_name

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


def other_names(ev: "Evaluator", name: str) -> set[str]:
    """Return the names under which `from m import name as other` brings something in."""
    return ev.world.aliases.get(name, set())


def class_escapes(ev: "Evaluator", cls: ast.ClassDef) -> bool:
    """Return whether a class, or one below it, may be made or subclassed by something that is not seen."""
    return bool(ev.read(("class escapes", cls), lambda: frozenset({UNKNOWN}) if _class_escapes(ev, cls) else NOTHING))


def _class_escapes(ev: "Evaluator", cls: ast.ClassDef) -> bool:
    for c in below(ev, cls):
        if not all(keeps(d, CLASS_KEEPING) for d in c.decorator_list):
            return True
        if any("__init_subclass__" in ev.world.unit_of[b].scopes[b].bindings for b in line(ev, c)[0]):
            return True
        if any(not _kept(ev, c, n, set()) for n in uses(ev, c.name) if any(v.kind is Kind.CLASS and v.data is c for v in ev.value(n))):
            return True
    return False


def _kept(ev: "Evaluator", cls: ast.ClassDef, node: ast.expr, seen: set[ast.AST]) -> bool:  # noqa: C901 - a case for each place of a class
    """Return whether an expression that may be a class is only called, derived from, asked for an attribute, named in an annotation or
    a check of types, or kept under names and in dicts of which the same is true."""
    if node in seen:
        return True
    seen.add(node)
    parent = ev.world.parent(node)
    match parent:
        case ast.Call():
            if parent.func is node or last_name(parent.func) in ("isinstance", "issubclass", "super"):
                return True
            return flask.takes_names(ev, parent) or _kept_by_callee(ev, cls, parent, seen)
        case ast.keyword() if parent.arg is not None:
            call = ev.world.parent(parent)
            return isinstance(call, ast.Call) and _kept_by_callee(ev, cls, call, seen)
        case ast.arguments():  # a default
            function = ev.world.parent(parent)
            return isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and _kept_as_parameter(ev, cls, function, seen)
        case ast.Attribute():
            return parent.attr not in ("__subclasses__", "__init__", "__new__", "__dict__", "mro")
        case ast.ClassDef():
            return node in parent.bases
        case ast.AnnAssign() | ast.arg() if parent.annotation is node:
            return True
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return parent.returns is node
        case ast.Subscript() | ast.BinOp():  # `Optional[Store]`, `Store | None`, `Color["RED"]`
            return True
        case ast.ExceptHandler() | ast.MatchClass():
            return True
        case ast.IfExp() if node is not parent.test:
            return _kept(ev, cls, parent, seen)
        case ast.BoolOp():
            return _kept(ev, cls, parent, seen)
        case ast.Assign() if len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
            return all(
                _kept(ev, cls, use, seen)
                for use in uses(ev, parent.targets[0].id)
                if any(v.kind is Kind.CLASS and v.data is cls for v in ev.value(use))
            )
        case ast.Dict() if node in parent.values:
            return _kept_in(ev, cls, parent, seen)
    return False


def _kept_by_callee(ev: "Evaluator", cls: ast.ClassDef, call: ast.Call, seen: set[ast.AST]) -> bool:
    """Return whether a class that is an argument goes to functions of the program alone, and these keep it."""
    functions = ev.value(call.func)
    return bool(functions) and all(
        f.kind is Kind.FUNCTION and isinstance(f.data, ast.FunctionDef | ast.AsyncFunctionDef) and _kept_as_parameter(ev, cls, f.data, seen)
        for f in functions
    )


def _kept_as_parameter(ev: "Evaluator", cls: ast.ClassDef, function: ast.FunctionDef | ast.AsyncFunctionDef, seen: set[ast.AST]) -> bool:
    """Return whether a function keeps a class that one of its parameters may be."""
    given = function.args
    if given.vararg is not None or given.kwarg is not None:
        return False
    names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return all(_kept(ev, cls, use, seen) for name in names for use in uses(ev, name) if any(v.data is cls for v in ev.value(use)))


def _kept_in(ev: "Evaluator", cls: ast.ClassDef, table: ast.Dict, seen: set[ast.AST]) -> bool:
    """Return whether a dict of classes has a name, and is only asked for its entries, which are kept."""
    home = ev.world.parent(table)
    if isinstance(home, ast.Subscript) and home.value is table:
        return _kept(ev, cls, home, seen)
    if isinstance(home, ast.Attribute) and home.attr == "get" and isinstance(call := ev.world.parent(home), ast.Call) and call.func is home:
        return _kept(ev, cls, call, seen)
    if not (isinstance(home, ast.Assign) and len(home.targets) == 1 and isinstance(home.targets[0], ast.Name)):
        return False
    for use in uses(ev, home.targets[0].id):
        if not any(v.data is table for v in ev.value(use)):
            continue
        parent = ev.world.parent(use)
        if isinstance(parent, ast.Attribute) and parent.attr == "get":
            parent = ev.world.parent(parent)
        elif not (isinstance(parent, ast.Subscript) and parent.value is use and isinstance(parent.ctx, ast.Load)):
            return False
        if not isinstance(parent, ast.Call | ast.Subscript) or not _kept(ev, cls, parent, seen):
            return False
    return True


def uses(ev: "Evaluator", name: str) -> list[ast.expr]:
    """Return every place where a name, or one that it is imported as, is read, alone or as an attribute."""
    names = {name} | other_names(ev, name)
    return [n for one in names for n in [*ev.world.names.get(one, ()), *ev.world.attributes.get(one, ())] if isinstance(n.ctx, ast.Load)]
