"""Texts that are only shown to somebody."""

import ast
import re

from migrate.codemod.data.following.names import File

_TELLS = {"debug", "info", "warning", "error", "critical", "exception", "exit", "echo", "secho"}
_TELLERS = re.compile(r"(?i)^(?:self\.)?_?(?:log|logger|logging|parser|sys|click|typer|console)(?:\.get_?logger\(.*\))?$")


def told(file: File, node: ast.expr) -> bool:
    """Is a text only shown to somebody: by `print`, in a message of an error or a log?"""
    below: ast.AST = node
    for up in file.source.ancestors(node):
        if isinstance(up, ast.Call) and below in up.args:
            builtin = isinstance(up.func, ast.Name) and up.func.id in ("print", "exit", "quit") and file.home(up.func) is None
            method = (
                isinstance(up.func, ast.Attribute) and up.func.attr in _TELLS and _TELLERS.search(ast.unparse(up.func.value)) is not None
            )
            raised = isinstance(file.source.parents[up], ast.Raise)
            return builtin or method or raised
        if not isinstance(up, ast.JoinedStr | ast.FormattedValue | ast.BinOp):
            return False
        below = up
    return False
