"""Decorators of the program: whether the function that one puts in the place of another calls it with all that it is given, and gives its answer."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.proof.evaluation.names.scopes import FUNCTIONS
from migrate.codemod.proof.evaluation.values import Kind

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


def is_transparent(ev: "Evaluator", decorator: ast.expr) -> bool:
    """Return whether a decorator leaves a function what it is for those who call it: the same arguments go in, its answer or None comes out."""
    factory = isinstance(decorator, ast.Call)
    found = ev.value(decorator.func if isinstance(decorator, ast.Call) else decorator)
    if len(found) != 1 or (only := next(iter(found))).kind is not Kind.FUNCTION or not isinstance(only.data, ast.FunctionDef):
        return False
    if only.data.decorator_list:
        return False
    wrapping = _result(only.data) if factory else only.data
    if not isinstance(wrapping, ast.FunctionDef) or (factory and wrapping.decorator_list):
        return False
    parameters = wrapping.args
    plain = len(parameters.args) == 1 and not (parameters.vararg or parameters.kwarg or parameters.kwonlyargs or parameters.posonlyargs)
    inner = _result(wrapping)
    return plain and inner is not None and _is_faithful(ev, inner, parameters.args[0])


def _result(node: ast.FunctionDef) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the function that a function defines and returns, where it does nothing else."""
    made: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    for statement in node.body:
        match statement:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.FunctionDef() | ast.AsyncFunctionDef() if made is None:
                made = statement
            case ast.Return(value=ast.Name(id=name)) if made is not None and name == made.name and statement is node.body[-1]:
                return made
            case _:
                return None
    return None


def _is_faithful(ev: "Evaluator", inner: ast.FunctionDef | ast.AsyncFunctionDef, wrapped: ast.arg) -> bool:
    """Return whether a function takes anything, hands all of it to another and nothing of it elsewhere, and gives nothing but what that gives."""
    taken = inner.args
    if taken.vararg is None or taken.kwarg is None or taken.args or taken.posonlyargs or taken.kwonlyargs:
        return False
    for d in inner.decorator_list:
        if not any(v.data == "functools.wraps" for v in ev.value(d.func if isinstance(d, ast.Call) else d)):
            return False
    names = {wrapped.arg, taken.vararg.arg, taken.kwarg.arg}
    handing: set[ast.AST] = set()
    answers: set[str] = set()
    for node in ast.walk(inner):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom)) and node is not inner:
            return False
        if isinstance(node, ast.Call) and ast.unparse(node) == f"{wrapped.arg}(*{taken.vararg.arg}, **{taken.kwarg.arg})":
            handing |= set(ast.walk(node))
    marked = {n for d in inner.decorator_list for n in ast.walk(d)}
    for node in ast.walk(inner):
        if isinstance(node, ast.Name) and node.id in names and node not in handing and node not in marked:
            return False
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) and _is(node.value, handing):
            answers.add(node.targets[0].id)
    for node in ast.walk(inner):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in answers:
            home = ev.world.parent(node)
            if not (isinstance(home, ast.Assign) and _is(home.value, handing)):
                return False
        if isinstance(node, ast.Return) and not (node.value is None or _is(node.value, handing) or _is_nothing(node.value)):
            if not (isinstance(node.value, ast.Name) and node.value.id in answers):
                return False
    return bool(handing)


def _is(node: ast.expr, handing: set[ast.AST]) -> bool:
    value = node.value if isinstance(node, ast.Await) else node
    return isinstance(value, ast.Call) and value in handing


def _is_nothing(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
