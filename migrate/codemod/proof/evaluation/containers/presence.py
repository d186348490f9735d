"""Whether an attribute is surely there when it is read: set by whatever makes the object, or earlier in the same function."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.proof.evaluation.names.constructs import plain_manager
from migrate.codemod.proof.evaluation.names.scopes import FUNCTIONS, BindingKind

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator

MAKING = ("__init__", "__new__")
"""Methods that run whenever an object is made. Others (`setUp`, `__enter__`, `__post_init__`) run only where somebody calls them."""
_DEEPEST = 4


def surely_set(ev: "Evaluator", mro: list[ast.ClassDef], name: str) -> bool:
    """Return whether making an object of a class, given with those above it, sets an attribute on every way."""
    for making in MAKING:
        for cls in mro:
            method = _method(ev, [cls], making)
            if method is None:
                continue
            if _sets(ev, mro, method, name, 0):
                return True
            break  # the first one is it
    return False


def _method(ev: "Evaluator", mro: list[ast.ClassDef], name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for cls in mro:
        for b in ev.world.unit_of[cls].scopes[cls].bindings.get(name, []):
            if isinstance(b.node, ast.FunctionDef | ast.AsyncFunctionDef):
                return b.node
    return None


def _sets(ev: "Evaluator", mro: list[ast.ClassDef], function: ast.FunctionDef | ast.AsyncFunctionDef, name: str, depth: int) -> bool:
    return _block_sets(ev, mro, function, function.body, name, depth)


def _block_sets(
    ev: "Evaluator", mro: list[ast.ClassDef], function: ast.FunctionDef | ast.AsyncFunctionDef, block: list[ast.stmt], name: str, depth: int
) -> bool:
    """Return whether a block of a function sets an attribute of its object before it can end."""

    def inner(body: list[ast.stmt]) -> bool:
        return _block_sets(ev, mro, function, body, name, depth)

    for statement in block:
        own = function.args.args[0].arg if function.args.args else ""
        for target in targets(statement):
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            if any(isinstance(n, ast.Attribute) and n.attr == name and isinstance(n.value, ast.Name) and n.value.id == own for n in parts):
                return True
        match statement:
            case ast.Raise():
                return True  # no object comes of it
            case ast.If() if statement.orelse and inner(statement.body) and inner(statement.orelse):
                return True
            case ast.With() | ast.AsyncWith() if all(
                plain_manager(ev.world.unit_of[statement], i.context_expr) for i in statement.items
            ) and inner(statement.body):
                return True
            case ast.Try() if inner(statement.finalbody) or (inner(statement.body) and all(inner(h.body) for h in statement.handlers)):
                return True
            case ast.Expr() | ast.Assign() | ast.Return() if depth < _DEEPEST and _helper_sets(ev, mro, function, statement, name, depth):
                return True
            case ast.Return():
                return False
        if any(isinstance(n, ast.Return) for n in ast.walk(statement)):
            return False
    return False


def _helper_sets(
    ev: "Evaluator", mro: list[ast.ClassDef], function: ast.FunctionDef | ast.AsyncFunctionDef, statement: ast.stmt, name: str, depth: int
) -> bool:
    """Return whether a statement calls another method of the object, or the same of a class above, that sets an attribute."""
    value = getattr(statement, "value", None)
    value = value.value if isinstance(value, ast.Await) else value
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
        return False
    owner = ev.world.parent(function)
    at = mro.index(owner) if isinstance(owner, ast.ClassDef) and owner in mro else 0
    base = value.func.value
    if isinstance(base, ast.Call) or (isinstance(base, ast.Name) and base.id in {c.name for c in mro[at + 1 :]}):
        method = _method(ev, mro[at + 1 :], value.func.attr)
    elif isinstance(base, ast.Name) and function.args.args and base.id == function.args.args[0].arg:
        method = _method(ev, mro, value.func.attr)
    else:
        return False
    return method is not None and method is not function and _sets(ev, mro, method, name, depth + 1)


def targets(statement: ast.stmt) -> list[ast.expr]:
    """Return what a statement assigns to."""
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, ast.AnnAssign) and statement.value is not None else []


def set_before(ev: "Evaluator", node: ast.Attribute) -> bool:
    """Return whether a statement above the read, in its own block or one around it in the same function, sets the attribute."""
    if not isinstance(node.value, ast.Name):
        return False
    cell = ev.world.unit_of[node].cell(node.value)
    if cell is None or [b.kind for b in cell.scope.bindings.get(cell.name, [])] != [BindingKind.PARAM]:
        return False  # the name may be another object by now
    same = ast.dump(node.value)
    at: ast.AST | None = node
    while at is not None and not isinstance(at, FUNCTIONS):
        parent = ev.world.parent(at)
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(parent, block, None)
            if isinstance(statements, list) and at in statements:
                for earlier in statements[: statements.index(at)]:
                    for target in targets(earlier):
                        if any(
                            isinstance(n, ast.Attribute) and n.attr == node.attr and ast.dump(n.value) == same for n in ast.walk(target)
                        ):
                            return True
        at = parent
    return False
