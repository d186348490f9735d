"""Functions of the program: what binds their names, and who may call them unseen."""

import ast

from migrate.codemod.flow.kinds import ScopeKind
from migrate.codemod.flow.known import click
from migrate.codemod.flow.known.decorators import hands_all_on
from migrate.codemod.flow.state import Env, Walk, canonical
from migrate.codemod.flow.values import UNKNOWN, Function, Lib, Scope, Value
from migrate.codemod.libraries.standard import DECORATORS


def enter_function(walk: Walk, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, env: Env, scope: Scope) -> Function:
    """Return the function of a def statement or lambda. Its body is walked later, its defaults and decorators now."""
    f = walk.functions.get(node)
    if f is None:
        inner = Scope(scope.module, node, scope, ScopeKind.FUNCTION)
        inner.locals, inner.globals, inner.nonlocals = bound_names(node)
        owner = walk.classes.get(scope.node) if scope.kind is ScopeKind.CLASS else None
        f = walk.functions[node] = Function(scope.module, node, inner, owner)
        walk.changed = True
    for d in [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]:
        walk.eval(d, env, scope)
    if not isinstance(node, ast.Lambda):
        for d in node.decorator_list:
            walk.eval(d, env, scope)
    return f


def decorated(walk: Walk, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
    """Return whether a decorator may call a function with arguments that the program does not show."""
    if isinstance(node, ast.Lambda):
        return False
    if click.is_command(node, walk.values_of):
        return False
    return not all(
        any(isinstance(v, Lib) and v.name in DECORATORS for v in walk.values_of(d)) or hands_all_on(d, walk.values_of)
        for d in node.decorator_list
    )


def called_unseen(walk: Walk, f: Function) -> bool:
    """Return whether a call of a method's name, on an object that is not known, may be a call of this method."""
    return f.owner is not None and any(c.args or c.keywords for c in walk.unresolved.get(getattr(f.node, "name", ""), ()))


def annotated(walk: Walk, a: ast.arg, scope: Scope) -> set[Value]:
    """Return what a parameter's annotation says of it, where that is a library's class; nothing is known otherwise."""
    if isinstance(a.annotation, ast.Name | ast.Attribute):
        named = walk.eval(a.annotation, {}, scope.parent or scope)
        if named and all(isinstance(v, Lib) and "." in v.name for v in named):
            return {Lib(canonical(v.name + "()")) for v in named if isinstance(v, Lib)}
    return {UNKNOWN}


def is_static(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
    """Return whether a function is decorated as a static method."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in decorators)


def is_classmethod(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
    """Return whether a function is decorated as a class method, or is as good as one."""
    if isinstance(node, ast.Lambda):
        return False
    names = {d.id if isinstance(d, ast.Name) else d.attr if isinstance(d, ast.Attribute) else "" for d in node.decorator_list}
    return bool(names & {"classmethod", "validator", "root_validator", "model_validator", "field_validator"}) or node.name in (
        "__new__",
        "__init_subclass__",
    )


def bound_names(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> tuple[set[str], set[str], set[str]]:
    """Return the local, global and nonlocal names of a function, as Python's symbol table would have them."""
    args = node.args
    local = {a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg] if a is not None}
    out: set[str] = set()
    free: set[str] = set()
    todo: list[ast.AST] = [] if isinstance(node, ast.Lambda) else list(node.body)
    while todo:
        n = todo.pop()
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            local.add(n.name)
            continue
        if isinstance(n, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            continue
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
            local.add(n.id)
        elif isinstance(n, ast.alias):
            local.add(n.asname or n.name.split(".")[0])
        elif isinstance(n, ast.Global):
            out.update(n.names)
        elif isinstance(n, ast.Nonlocal):
            free.update(n.names)
        todo.extend(ast.iter_child_nodes(n))
    return local - out - free, out, free
