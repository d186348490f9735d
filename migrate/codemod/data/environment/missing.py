"""Whether a variable's name is told only where the variable is missing: in a message, or by way of a list of the missing."""

import ast
from collections.abc import Collection

from migrate.codemod.data.following.names import File

_Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp
_ENDS = ("sys.exit", "parser.error")
_MEASURES = ("len", "sum", "set", "frozenset", "Counter", "hash", "id")
"""What asks more of the missing than which they are: there may be one fewer, as both halves of the key become the profile."""


def told(file: File, name: ast.Name, over: ast.AST, tests: Collection[ast.expr]) -> bool:
    """Is a name that a loop or comprehension goes over told, or kept to be told, only where one of its tests finds it missing?"""
    if isinstance(over, _Comprehension) and over.elt is name:
        missing = len(over.generators) == 1 and any(_absent(test, tests) for test in over.generators[0].ifs)
        return missing and _only_told(file, over)
    if not _where_missing(file, name, over, tests):
        return False
    for up in file.source.ancestors(name):
        if up is over:
            return False
        if isinstance(up, ast.Call) and isinstance(up.func, ast.Attribute) and up.func.attr in ("append", "add"):
            kept = up.func.value
            return isinstance(kept, ast.Name) and isinstance(file.source.parents[up], ast.Expr) and _all_told(file, kept)
        if _tells(file, up) or (isinstance(up, ast.Call) and _is_builtin(file, up.func, ("print",))):
            return True
    return False


def leaks(file: File, target: ast.Name, over: ast.AST) -> bool:
    """Is the variable of a loop read after it? A comprehension's is its own."""
    if not isinstance(over, ast.For):
        return False
    scope = file.scope(target)
    for other in file.by_name[target.id]:
        if other is target or not isinstance(other.ctx, ast.Load) or file.home(other) is not scope:
            continue
        if not any(up is over or _binds(up, target.id) for up in file.source.ancestors(other)):
            return True
    return False


def _binds(node: ast.AST, name: str) -> bool:
    """Does a loop or comprehension have a variable of this name?"""
    if isinstance(node, ast.For):
        return isinstance(node.target, ast.Name) and node.target.id == name
    generators = node.generators if isinstance(node, _Comprehension | ast.DictComp) else []
    return any(isinstance(g.target, ast.Name) and g.target.id == name for g in generators)


def _where_missing(file: File, name: ast.AST, over: ast.AST, tests: Collection[ast.expr]) -> bool:
    """Does a node inside of a loop run only where a test has found the variable missing?"""
    below: ast.AST = name
    for up in file.source.ancestors(name):
        if isinstance(up, ast.If | ast.IfExp):
            then = up.body if isinstance(up.body, list) else [up.body]
            otherwise = up.orelse if isinstance(up.orelse, list) else [up.orelse]
            if (below in then and _absent(up.test, tests)) or (below in otherwise and _there(up.test, tests)):
                return True
        if up is over:
            body = up.body if isinstance(up, ast.For) else []
            before = body[: body.index(below)] if isinstance(below, ast.stmt) and below in body else []
            return any(isinstance(s, ast.If) and isinstance(s.body[-1], ast.Continue) and _there(s.test, tests) for s in before)
        below = up
    return False


def _absent(test: ast.expr, tests: Collection[ast.expr]) -> bool:
    """Does a condition hold only where the variable is missing, or empty?"""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _there(operand, tests)
        case ast.Compare(ops=[ast.NotIn()]):
            return test in tests
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None | "")]):
            return left in tests
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_absent(v, tests) for v in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return all(_absent(v, tests) for v in values)
    return False


def _there(test: ast.expr, tests: Collection[ast.expr]) -> bool:
    """Does a condition hold wherever the variable is set, and not empty?"""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _absent(operand, tests)
        case ast.Compare(ops=[ast.In()]):
            return test in tests
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None | "")]):
            return left in tests
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_there(v, tests) for v in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_there(v, tests) for v in values)
    return test in tests


def _only_told(file: File, node: ast.expr) -> bool:
    """Is a list of the missing only asked whether it is empty, or told where it is not?"""
    up = file.source.parents[node]
    if isinstance(up, ast.NamedExpr) and up.value is node:
        return _asked(file, up) and _all_told(file, up.target)
    if isinstance(up, ast.Assign | ast.AnnAssign) and up.value is node:
        target = up.targets[0] if isinstance(up, ast.Assign) and len(up.targets) == 1 else getattr(up, "target", None)
        return isinstance(target, ast.Name) and _all_told(file, target)
    return _asked(file, node) or _in_message(file, node)


def _all_told(file: File, name: ast.Name) -> bool:
    """Are all uses of the name of such a list of that kind?"""
    binding = file.bound(name) if isinstance(name.ctx, ast.Load) else name
    if not isinstance(binding, ast.Name) or isinstance(file.scope(binding), ast.ClassDef):
        return False
    readers = file.readers(binding, binding.id)
    return readers is not None and all(_grown(file, r) or _asked(file, r) or _in_message(file, r) for r in readers)


def _grown(file: File, name: ast.Name) -> bool:
    """Is it only that something is added to it?"""
    up = file.source.parents[name]
    call = file.source.parents[up]
    added = isinstance(up, ast.Attribute) and up.attr in ("append", "add") and isinstance(call, ast.Call) and call.func is up
    return added and isinstance(file.source.parents[call], ast.Expr)


def _asked(file: File, node: ast.expr) -> bool:
    """Is it the condition itself, or what a condition denies?"""
    up = file.source.parents[node]
    if isinstance(up, ast.UnaryOp) and isinstance(up.op, ast.Not):
        node, up = up, file.source.parents[up]
    return isinstance(up, ast.If | ast.While | ast.IfExp | ast.Assert) and up.test is node


def _in_message(file: File, node: ast.expr) -> bool:
    """Is it told where the program ends, or printed where it is not empty?"""
    below: ast.AST = node
    for up in file.source.ancestors(node):
        if isinstance(up, ast.Compare) or (isinstance(up, ast.Call) and getattr(up.func, "attr", getattr(up.func, "id", "")) in _MEASURES):
            return False
        if _tells(file, up):
            return True
        if isinstance(up, ast.Assert):
            return up.msg is below
        if isinstance(up, ast.Call) and _is_builtin(file, up.func, ("print",)):
            return isinstance(node, ast.Name) and _in_its_condition(file, node)
        if isinstance(up, ast.stmt):
            return False
        below = up
    return False


def _in_its_condition(file: File, name: ast.Name) -> bool:
    below: ast.AST = name
    for up in file.source.ancestors(name):
        test = up.test if isinstance(up, ast.If) else None
        held = test.target if isinstance(test, ast.NamedExpr) else test
        if isinstance(up, ast.If) and below in up.body and isinstance(held, ast.Name) and held.id == name.id:
            return True
        below = up
    return False


def _tells(file: File, node: ast.AST) -> bool:
    """Does a node end the program with a message?"""
    if isinstance(node, ast.Raise):
        return True
    return isinstance(node, ast.Call) and (_is_builtin(file, node.func, ("exit", "quit")) or ast.unparse(node.func) in _ENDS)


def _is_builtin(file: File, function: ast.expr, names: tuple[str, ...]) -> bool:
    return isinstance(function, ast.Name) and function.id in names and file.home(function) is None
