"""The arguments that click gives a command: what stands on the command line, else an option's default.

https://click.palletsprojects.com/en/stable/options/
"""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.libraries.frameworks import CLICK_PLAIN, CLICK_SHOWN, CLICK_TEXTS, CLICK_WHOLE
from migrate.codemod.proof.evaluation.values import NONE, NOTHING, UNKNOWN, Kind, Value, Values, text_of

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


def is_command(ev: "Evaluator", function: ast.AST) -> bool:
    """Return whether click calls a function with the options that its decorators declare, and with nothing else."""
    decorators = getattr(function, "decorator_list", [])
    if not isinstance(function, ast.FunctionDef) or not any(_declares_command(ev, d) for d in decorators):
        return False
    return all(_declares_command(ev, d) or _name(ev, d) in ("click.option", "click.argument", "click.version_option") for d in decorators)


def _name(ev: "Evaluator", decorator: ast.expr) -> str:
    found = ev.value(decorator.func) if isinstance(decorator, ast.Call) else frozenset()
    return str(next(iter(found)).data) if len(found) == 1 and next(iter(found)).kind is Kind.LIBRARY else ""


def _declares_command(ev: "Evaluator", decorator: ast.expr) -> bool:
    """Return whether a decorator is `@click.command()`, or `@cli.command()` of a group of the program, with a name and a help at most."""
    if not isinstance(decorator, ast.Call) or any(k.arg not in ("name", "help", "short_help", "epilog") for k in decorator.keywords):
        return False
    if _name(ev, decorator) in ("click.command", "click.group"):
        return True
    function = decorator.func
    if not isinstance(function, ast.Attribute) or function.attr not in ("command", "group"):
        return False
    groups = [v.data for v in ev.value(function.value) if v != UNKNOWN]
    made = [g for g in groups if isinstance(g, ast.FunctionDef) and any(_name(ev, d) == "click.group" for d in g.decorator_list)]
    return bool(made) and len(made) == len(groups)


def given(ev: "Evaluator", function: ast.FunctionDef, parameter: ast.arg) -> Values:
    """Return what a parameter of a command may be."""
    for d in function.decorator_list:
        if not isinstance(d, ast.Call) or _name(ev, d) != "click.option":
            continue
        names = [text_of(v) for a in d.args for v in ev.value(a)]
        if None in names or _parameter([n for n in names if n is not None]) != parameter.arg:
            continue
        keywords = {k.arg: k.value for k in d.keywords}
        texts = "type" not in keywords or all(v.data in CLICK_TEXTS for v in ev.value(keywords["type"]))
        if not texts or not set(keywords) <= CLICK_PLAIN:
            return frozenset({UNKNOWN})
        required = keywords.get("required")
        outside = Value(Kind.OUTSIDE, f"--{parameter.arg}")
        if required is not None and not (isinstance(required, ast.Constant) and not required.value):
            return frozenset({UNKNOWN})
        return frozenset({outside}) | (ev.value(keywords["default"]) if "default" in keywords else frozenset({NONE}))
    return frozenset({UNKNOWN})


def _parameter(names: list[str]) -> str:
    """Return which parameter an option fills: a name without dashes, else the one with the most of them."""
    for name in names:
        if name.isidentifier():
            return name
    most = max((len(n) - len(n.lstrip("-")) for n in names), default=0)
    first = next((n for n in names if len(n) - len(n.lstrip("-")) == most), "")
    return first.lstrip("-").replace("-", "_").lower()


def reads_whole(ev: "Evaluator") -> bool:
    """Return whether a program reads the parameters of a command as a whole, or shows its defaults: `ctx.params`, `show_default`."""
    return bool(ev.read(("click",), lambda: frozenset({UNKNOWN}) if _reads_whole(ev) else NOTHING))


def _reads_whole(ev: "Evaluator") -> bool:
    if any(ev.world.attributes.get(name) for name in CLICK_WHOLE):
        return True
    return any(isinstance(n, ast.keyword) and n.arg in CLICK_SHOWN for u in list(ev.world.units.values()) for n in u.parents)
