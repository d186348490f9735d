"""What programs read from outside through a library: command lines parsed by argparse, Django's settings."""

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.libraries.frameworks import ARGPARSE_PARSER, FLASK_SETTINGS
from migrate.codemod.proof.evaluation.frameworks import flask
from migrate.codemod.proof.evaluation.values import NONE, NOTHING, UNKNOWN, Kind, Value, Values, item_of, text_of

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


def attribute(ev: "Evaluator", library: str, name: str) -> Values | None:
    """Return what `args.NAME` and `settings.NAME` may be; None for anything else of a library."""
    if library.endswith((".parse_args()", ".parse_known_args()[]")) and library.startswith("argparse."):
        return of_arguments(ev, name)
    if library == "django.conf.settings":
        return of_django(ev, name)
    if f"{library}.{name}" in FLASK_SETTINGS:
        return flask.settings(ev)
    return None


def item(ev: "Evaluator", of: Value, keys: Values) -> Values:
    """Return what `os.environ[KEY]`, `sys.argv[1]` and the like of other libraries give."""
    if of.data == "os.environ":
        return frozenset(Value(Kind.OUTSIDE, text) if (text := text_of(k)) is not None else UNKNOWN for k in keys)
    if of.data == "sys.argv" and keys and all(k.kind is Kind.CONST and type(k.more) is int for k in keys):
        return frozenset({UNKNOWN}) if _changes_argv(ev) else frozenset(Value(Kind.OUTSIDE, f"sys.argv[{k.more}]") for k in keys)
    return frozenset({item_of(of)})


def _changes_argv(ev: "Evaluator") -> bool:
    """Return whether a program may put something of its own among the arguments that it was started with."""
    for node in ev.world.attributes.get("argv", ()):
        parent = ev.world.parent(node)
        match parent:
            case ast.Subscript(value=value):
                plain = value is node and isinstance(parent.ctx, ast.Load)
            case ast.Attribute(attr=attr):
                plain = attr in ("pop", "remove", "index", "count")
            case ast.Call(func=ast.Name(id=name)):
                plain = name in ("len", "print")
            case _:
                plain = isinstance(parent, ast.Compare | ast.If | ast.IfExp | ast.BoolOp | ast.UnaryOp)
        if not plain or not isinstance(node.ctx, ast.Load):
            return True
    statements = (n for u in list(ev.world.units.values()) for n in u.parents if isinstance(n, ast.ImportFrom) and n.module == "sys")
    return any(alias.name in ("argv", "*") for n in statements for alias in n.names)


def is_parsed(v: Value) -> bool:
    """Return whether a value is what `parse_args()` gives."""
    return (
        v.kind is Kind.LIBRARY
        and str(v.data).startswith("argparse.")
        and str(v.data).endswith((".parse_args()", ".parse_known_args()", ".parse_known_args()[]"))
    )


def opened(ev: "Evaluator") -> Values:
    """Return UNKNOWN where a parser, or what it parsed, is used otherwise than by its plain methods and names."""
    return ev.read(("argparse",), lambda: frozenset({UNKNOWN}) if _opened(ev) else NOTHING)


def _opened(ev: "Evaluator") -> bool:
    for unit in list(ev.world.units.values()):
        for node in unit.parents:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "%(default)" in node.value:
                return True
            if (
                isinstance(node, ast.Name | ast.Attribute)
                and getattr(node, "id", getattr(node, "attr", "")) == "ArgumentDefaultsHelpFormatter"
            ):
                return True
            if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
                continue
            values = ev.value(node)
            parent = unit.parents.get(node)
            if any(is_parsed(v) for v in values):
                argument = unit.parents.get(parent) if isinstance(parent, ast.keyword) else parent
                handed = isinstance(argument, ast.Call) and parent is not None and getattr(argument, "func", None) is not node
                own = handed and all(f.kind in (Kind.FUNCTION, Kind.BOUND, Kind.CLASS) for f in ev.value(argument.func))  # type: ignore[union-attr]
                if not (isinstance(parent, ast.Attribute | ast.Assign | ast.Return | ast.AnnAssign) or own):
                    return True
            elif any(v.kind is Kind.LIBRARY and str(v.data).startswith("argparse.") and str(v.data).endswith("Parser()") for v in values):
                if isinstance(parent, ast.Attribute) and parent.attr not in ARGPARSE_PARSER:
                    return True
    parsing = [c for name in ("parse_args", "parse_known_args") for c in ev.world.calls.get(name, ())]
    return any(len(c.args) > 1 or any(k.arg == "namespace" for k in c.keywords) for c in parsing)


def of_arguments(ev: "Evaluator", name: str) -> Values | None:
    """Return what a parsed argument may be: what the command line says, else its default, and what is stored over it."""
    out = opened(ev)
    for target in ev.world.attributes.get(name, ()):
        if not isinstance(target.ctx, ast.Load):
            base = ev.value(target.value)
            if UNKNOWN in base or any(is_parsed(v) for v in base):
                out |= ev.stored(target) if isinstance(target.ctx, ast.Store) else {UNKNOWN}
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
