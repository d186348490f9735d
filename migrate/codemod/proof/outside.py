"""What programs read from outside through a library: command lines parsed by argparse, Django's settings."""

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.proof.values import NONE, NOTHING, UNKNOWN, Kind, Value, Values, text_of

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluate import Evaluator


def attribute(ev: "Evaluator", library: str, name: str) -> Values | None:
    """Return what `args.NAME` and `settings.NAME` may be; None for anything else of a library."""
    if library.endswith((".parse_args()", ".parse_known_args()[]")) and library.startswith("argparse."):
        return of_arguments(ev, name)
    if library == "django.conf.settings":
        return of_django(ev, name)
    return None


def of_arguments(ev: "Evaluator", name: str) -> Values | None:
    """Return what a parsed argument may be: what the command line says, else its default."""
    out = NOTHING
    for call in ev.world.calls.get("add_argument", ()):
        keywords = {k.arg: k.value for k in call.keywords}
        flags = [t for a in call.args for v in ev.value(a) if (t := text_of(v)) is not None]
        dests = [t for v in ev.value(keywords["dest"]) if (t := text_of(v)) is not None] if "dest" in keywords else flags
        long = next((f for f in dests if f.startswith("--")), dests[0] if dests else None)
        if long is None or long.lstrip("-").replace("-", "_") != name:
            continue
        if not set(keywords) <= {"dest", "default", "help", "required", "metavar", "type", None}:
            return frozenset({UNKNOWN})
        if "type" in keywords and not all(v.data == "builtins.str" for v in ev.value(keywords["type"])):
            return frozenset({UNKNOWN})
        out |= {Value(Kind.OUTSIDE, long)}
        required = isinstance(required := keywords.get("required"), ast.Constant) and required.value is True
        if not required and flags and flags[0].startswith("-"):
            out |= ev.value(keywords["default"]) if "default" in keywords else {NONE}
    for call in ev.world.calls.get("set_defaults", ()):
        out |= NOTHING.union(*(ev.value(k.value) for k in call.keywords if k.arg == name))
        if any(k.arg is None for k in call.keywords):
            out |= {UNKNOWN}
    return out or None


def of_django(ev: "Evaluator", name: str) -> Values | None:
    """Return what a setting may be, in any module of settings of the program."""
    out = NOTHING
    found = False
    for path in settings_modules(ev):
        unit = ev.world.units[path]
        if name in unit.module.bindings or unit.module.stars:
            found = True
            out |= ev.member(path, name)
    return out if found else None


def settings_modules(ev: "Evaluator") -> list[Path]:
    """Return the files that hold Django's settings."""
    return [
        p
        for p, u in list(ev.world.units.items())
        if "settings" in p.stem or "settings" in p.parent.name or "INSTALLED_APPS" in u.module.bindings
    ]
