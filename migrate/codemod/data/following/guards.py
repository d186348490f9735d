"""Code that goes another way where a variable or a setting is missing: after a rewrite nothing may be missing any more, or something begins to be."""

import ast

from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.data.following.trail import Problem

_CATCH_OTHERS = {
    "OSError",
    "IOError",
    "EnvironmentError",
    "FileNotFoundError",
    "FileExistsError",
    "PermissionError",
    "ConnectionError",
    "TimeoutError",
    "KeyboardInterrupt",
    "SystemExit",
    "ImportError",
    "ModuleNotFoundError",
    "UnicodeDecodeError",
    "ZeroDivisionError",
    "StopIteration",
    "json.JSONDecodeError",
    "json.decoder.JSONDecodeError",
}
_LIBRARIES = ("botocore.exceptions.", "boto3.exceptions.", "requests.", "socket.", "subprocess.", "configparser.")
_MADE_BY = {"__init__", "__new__", "__post_init__", "__call__", "__enter__"}


def guarded(sources: Sources, file: File, node: ast.AST) -> Problem | None:  # noqa: C901 - a case for each form of a guard
    """Return where something may catch what a read raises if there is nothing to read; None where that ends the program.

    Callers are looked for by name alone, so that no alias hides one.
    """
    todo = [(file, node)]
    seen: set[ast.AST] = set()
    names: set[str] = set()
    while todo:
        file, node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        below, name = node, ""
        for up in file.source.ancestors(node):
            if isinstance(up, ast.Try | ast.TryStar) and below in up.body and (up.handlers or isinstance(up, ast.TryStar)):
                if any(_catches(sources, file, handler) for handler in up.handlers):
                    return Problem(file, up, "an `except` may catch what is raised when it is not set")
            elif isinstance(up, ast.With | ast.AsyncWith) and below in up.body:
                if not all(_plain(sources, file, item.context_expr) for item in up.items):
                    return Problem(file, up, "a `with` may catch what is raised when it is not set")
            elif isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef) and below in up.body:
                if (own := _own_decorator(sources, file, up)) is not None:
                    return Problem(file, own, "this decorator may catch what is raised when it is not set")
                name = up.name
                if name in _MADE_BY and isinstance(cls := file.scope(up), ast.ClassDef):
                    name = cls.name
                break
            below = up
        if name and name not in names:
            names.add(name)
            for path in sources.holding(name.encode()):
                if (other := sources.file(path)) is not None:
                    named = [n for n in other.source.parents if _names(n, name)]
                    if (given := next((n for n in named if _given(other, n)), None)) is not None:
                        return Problem(other, given, "whatever calls this function may catch what is raised when it is not set")
                    todo += [(other, n) for n in named]
        elif not name:
            todo += [(other, alias) for other, alias, _ in sources.imports_of(file.path)]
    return None


def _names(node: ast.AST, name: str) -> bool:
    return (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)


def _given(file: File, node: ast.AST) -> bool:
    """Return whether a function is handed on, to a thread, a table of commands or a caller of its own: the program may go on where it raises."""
    up = file.source.parents[node]
    if not isinstance(getattr(node, "ctx", None), ast.Load) or isinstance(up, ast.Attribute | ast.Subscript):
        return False
    if isinstance(up, ast.Call) and up.func is node:
        return any(
            isinstance(call, ast.Call) and any(k.arg == "return_exceptions" for k in call.keywords) for call in file.source.ancestors(up)
        )
    if isinstance(node, ast.Name) and not isinstance(
        file.bound(node), ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.alias | None
    ):
        return False  # a variable of that name
    decorated = isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node in up.decorator_list
    annotated = isinstance(up, ast.arg | ast.AnnAssign) or (isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef) and up.returns is node)
    base = isinstance(up, ast.ClassDef) and node in up.bases
    return not (decorated or annotated or base)


def _own_decorator(sources: Sources, file: File, function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.expr | None:
    """Return the decorator that the program itself defines: it may catch what the function raises."""
    return next((d for d in function.decorator_list if _is_own(sources, file, d.func if isinstance(d, ast.Call) else d)), None)


def _is_own(sources: Sources, file: File, node: ast.expr) -> bool:
    bound = file.bound(node) if isinstance(node, ast.Name) else None
    if isinstance(bound, ast.alias):
        return sources.imported(file, bound) is not None
    return isinstance(bound, ast.FunctionDef | ast.ClassDef)


def _catches(sources: Sources, file: File, handler: ast.ExceptHandler) -> bool:
    """May a handler catch the errors of a missing value?"""
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    for kind in kinds:
        name = sources.library(file, kind) or (kind.id if isinstance(kind, ast.Name) and file.home(kind) is None else "")
        if name not in _CATCH_OTHERS and not name.startswith(_LIBRARIES):
            return True
    return False


def _plain(sources: Sources, file: File, manager: ast.expr) -> bool:
    """Does a `with` let errors pass?"""
    if not isinstance(manager, ast.Call):
        return False
    if isinstance(manager.func, ast.Name):
        return manager.func.id == "open" and file.home(manager.func) is None
    return isinstance(manager.func, ast.Attribute) and manager.func.attr == "open"
