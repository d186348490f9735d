"""Handlers of functions: what Lambda calls has a name by which it is known, or parameters that nothing else has."""

import ast
import re
from collections.abc import Iterator

_MAY_BE = re.compile(r"handler|event|LambdaContext")
_EVENT = re.compile(r"_*(?:event|evt|ev|e)s?_*|_+")
_CONTEXT = re.compile(r"_*(?:lambda_?)?(?:context|ctx|c)_*|_+")
_SIGNALS = re.compile(r"_*(?:sig\w*|signum|signo|s|exc\w*|self|cls|frame|request|req)_*")
"""How the first parameter of another kind of handler is called: of signals, of exceptions, of a server's requests."""
_FRAME = re.compile(r"_*(?:frame|fr|stack\w*|exc\w*|response|resp|tb|traceback)_*")
_MAKES = {"Mangum", "make_lambda_handler", "serverless_wsgi", "awsgi", "lambda_handler_decorator"}
_WRITTEN = re.compile(r"^(?:async )?def (?:lambda_)?handler\(\s*_?event\b", re.M)
"""The same, for a file that is not this Python's."""


def has_handler(text: str) -> bool:
    """Return whether a file holds a handler that Lambda may call."""
    if _MAY_BE.search(text) is None:
        return False
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _WRITTEN.search(text) is not None
    signals = "signal.signal(" in text
    return any(_is_handler(node, signals) for node in _top(tree.body))


def _top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module, also those under a condition or in a `try`."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
            for name in ("body", "orelse", "finalbody"):
                yield from _top(getattr(node, name, []))
            for handler in getattr(node, "handlers", []):
                yield from _top(handler.body)


def _is_handler(node: ast.stmt, signals: bool) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return _is_called(node, signals)
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        names = {t.id for t in (node.targets if isinstance(node, ast.Assign) else [node.target]) if isinstance(t, ast.Name)}
        if "lambda_handler" in names:
            return True
        made = {getattr(n, "id", getattr(n, "attr", None)) for n in ast.walk(node.value) if isinstance(n, ast.Name | ast.Attribute)}
        return any(n.endswith("handler") for n in names) and not made.isdisjoint(_MAKES)
    return False


def _is_called(function: ast.FunctionDef | ast.AsyncFunctionDef, signals: bool) -> bool:
    """Return whether Lambda may call a function: it takes two arguments by position, and their names or its own tell.

    `signals`: some function of the module handles signals.
    """
    a = function.args
    positional = [*a.posonlyargs, *a.args]
    required = len(positional) - len(a.defaults)
    if required > 2 or (len(positional) < 2 and a.vararg is None) or any(d is None for d in a.kw_defaults):
        return False
    if function.name == "lambda_handler" or any("LambdaContext" in ast.unparse(p.annotation) for p in positional if p.annotation):
        return True
    first = positional[0].arg if positional else "_"
    second = positional[1].arg if len(positional) > 1 else "_"
    if function.name in ("handler", "handle", "handle_event", "main_handler", "entrypoint") and _FRAME.fullmatch(second) is None:
        if function.name == "handler" and positional and not signals and _SIGNALS.fullmatch(first) is None:
            return True
        return "ev" in first and _EVENT.fullmatch(first) is not None and _CONTEXT.fullmatch(second) is not None
    return "handler" in function.name.lower() and first.strip("_") in ("event", "evt") and _CONTEXT.fullmatch(second) is not None
