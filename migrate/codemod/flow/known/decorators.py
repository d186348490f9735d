"""Decorators of the program that hand on all that a function is given: `def inner(*args, **kwargs): … return f(*args, **kwargs)`."""

import ast

from migrate.codemod.flow.values import FuncRef, ValuesOf

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def hands_all_on(decorator: ast.expr, values_of: ValuesOf) -> bool:
    """Return whether a decorator, or what a call of it gives, puts a function in the place of another that calls it with the same arguments."""
    called = isinstance(decorator, ast.Call)
    made = values_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
    nodes = [v.function.node for v in made if isinstance(v, FuncRef)]
    if len(nodes) != len(made) or len(nodes) != 1 or not isinstance(nodes[0], ast.FunctionDef):
        return False
    inner = _given_back(nodes[0]) if called else nodes[0]
    return isinstance(inner, ast.FunctionDef) and _wraps(inner)


def _given_back(node: ast.FunctionDef) -> Definition | None:
    """Return the function that a function makes and gives back; None where it does something else."""
    body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if len(body) != 2 or not isinstance(body[0], Definition):
        return None
    last = body[1]
    named = isinstance(last, ast.Return) and isinstance(last.value, ast.Name) and last.value.id == body[0].name
    return body[0] if named else None


def _wraps(node: ast.FunctionDef) -> bool:
    inner = _given_back(node)
    arguments = node.args
    if inner is None or len(arguments.args) != 1 or arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg:
        return False
    star, stars = inner.args.vararg, inner.args.kwarg
    if star is None or stars is None or inner.args.args or inner.args.posonlyargs or inner.args.kwonlyargs:
        return False
    if not all(ast.unparse(d).startswith(("wraps(", "functools.wraps(")) for d in inner.decorator_list):
        return False
    calls = [n for n in ast.walk(inner) if isinstance(n, ast.Call) and _passes(n, arguments.args[0].arg, star.arg, stars.arg)]
    allowed = {id(n) for c in calls for n in ast.walk(c)} | {id(n) for d in inner.decorator_list for n in ast.walk(d)}
    names = {arguments.args[0].arg, star.arg, stars.arg}
    used = [n for s in [*inner.body, *inner.decorator_list] for n in ast.walk(s) if isinstance(n, ast.Name) and n.id in names]
    return bool(calls) and all(id(n) in allowed for n in used)


def _passes(call: ast.Call, function: str, star: str, stars: str) -> bool:
    """Return whether a call is `f(*args, **kwargs)`."""
    if not (isinstance(call.func, ast.Name) and call.func.id == function and len(call.args) == len(call.keywords) == 1):
        return False
    one, more = call.args[0], call.keywords[0]
    placed = isinstance(one, ast.Starred) and isinstance(one.value, ast.Name) and one.value.id == star
    return placed and more.arg is None and isinstance(more.value, ast.Name) and more.value.id == stars
