"""Parameters of functions and lambdas."""

import ast


def default_of(arguments: ast.arguments, parameter: ast.AST) -> ast.expr | None:
    """Return the default of a parameter; None where it has none."""
    positional = [*arguments.posonlyargs, *arguments.args]
    for a, d in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        if a is parameter:
            return d
    for a, kd in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if a is parameter:
            return kd
    return None
