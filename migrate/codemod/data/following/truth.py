"""Whether an expression is only asked if it is there: `if KEY and SECRET:`, `KEY is None`, `assert KEY`, `all([KEY, SECRET])`."""

import ast

from migrate.codemod.data.following.names import File

_BUILTIN = {"bool", "all", "any"}


def only_asked(file: File, node: ast.expr) -> bool:
    """Return whether nothing of an expression's value counts but whether it is there."""
    up = file.source.parents[node]
    if isinstance(up, ast.Compare) and up.left is node and len(up.ops) == 1 and isinstance(up.ops[0], ast.Is | ast.IsNot):
        other = up.comparators[0]
        return isinstance(other, ast.Constant) and other.value is None
    below: ast.AST = node
    while isinstance(up, ast.BoolOp) or (isinstance(up, ast.UnaryOp) and isinstance(up.op, ast.Not)):
        if isinstance(up, ast.UnaryOp):
            return True  # what comes of it is no longer the value
        below, up = up, file.source.parents[up]
    match up:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            return test is below
        case ast.comprehension(ifs=ifs):
            return below in ifs
        case ast.List() | ast.Tuple() | ast.Set():
            call = file.source.parents[up]
            return isinstance(call, ast.Call) and _builtin(file, call) in ("all", "any") and call.args == [up]
        case ast.Call():
            return _builtin(file, up) == "bool" and up.args == [below]
    return False


def _builtin(file: File, call: ast.Call) -> str:
    """The builtin that this calls, of those that ask only that; nothing for anything else."""
    plain = isinstance(call.func, ast.Name) and not call.keywords and file.home(call.func) is None
    return call.func.id if plain and isinstance(call.func, ast.Name) and call.func.id in _BUILTIN else ""
