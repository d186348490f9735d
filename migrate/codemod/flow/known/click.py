"""What click hands to a function: the options of a command are its arguments (https://click.palletsprojects.com/en/stable/options/)."""

import ast

from migrate.codemod.flow.values import FuncRef, Lib, Text, ValuesOf
from migrate.codemod.libraries.frameworks import CLICK_BESIDE, CLICK_COMMANDS, CLICK_PLAIN


def is_command(node: ast.AST, values_of: ValuesOf) -> bool:
    """Return whether a function is a command of click, and decorated with nothing that click does not know."""
    decorators = getattr(node, "decorator_list", [])
    names = [{v.name for v in values_of(d) if isinstance(v, Lib)} for d in decorators]
    commands = [bool(found & CLICK_COMMANDS) or _of_group(d, values_of) for d, found in zip(decorators, names, strict=True)]
    return any(commands) and all(c or found & CLICK_BESIDE for c, found in zip(commands, names, strict=True))


def _of_group(decorator: ast.expr, values_of: ValuesOf) -> bool:
    """Return whether a decorator is `@cli.command()`, where `cli` is a group of the program."""
    function = decorator.func if isinstance(decorator, ast.Call) else None
    if not isinstance(function, ast.Attribute) or function.attr not in ("command", "group"):
        return False
    groups = [v.function.node for v in values_of(function.value) if isinstance(v, FuncRef)]
    return bool(groups) and all(any(Lib("click.group()") in values_of(d) for d in getattr(g, "decorator_list", ())) for g in groups)


def options(node: ast.AST, values_of: ValuesOf) -> dict[str, ast.keyword | None]:
    """Return the parameters that options fill, each with the keyword of its default; None where the option has none, or is not plain."""
    out: dict[str, ast.keyword | None] = {}
    for d in getattr(node, "decorator_list", ()):
        if isinstance(d, ast.Call) and Lib("click.option()") in values_of(d):
            texts = [v.text for a in d.args for v in values_of(a) if isinstance(v, Text)]
            plain = len(texts) == len(d.args) and all(k.arg in CLICK_PLAIN for k in d.keywords)
            default = next((k for k in d.keywords if k.arg == "default"), None)
            out[destination(texts)] = default if plain else None
    return out


def destination(names: list[str]) -> str:
    """Return the parameter that an option fills (click.Option._parse_decls)."""
    plain = [n for n in names if n.isidentifier()]
    longest = sorted(names, key=lambda n: len(n) - len(n.lstrip("-")), reverse=True)
    return plain[0] if plain else longest[0].lstrip("-").replace("-", "_").lower() if longest else ""
