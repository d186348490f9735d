"""Whether the settings that a Flask application takes from a module are read by nothing but their names.

Flask copies all upper-case names of the module into `app.config`, a dict that travels with the application, into extensions and templates
(https://flask.palletsprojects.com/en/stable/config/).
"""

import ast
import re
from collections.abc import Collection, Iterator

from migrate.codemod.libraries.frameworks import FLASK_ADDING, FLASK_APPLICATION
from migrate.codemod.libraries.packages import Trait, having
from migrate.codemod.proof.around.flask import shown
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.containers import objects
from migrate.codemod.proof.evaluation.frameworks import flask
from migrate.codemod.proof.evaluation.names.scopes import FUNCTIONS
from migrate.codemod.proof.evaluation.values import ABSENT, Kind
from migrate.codemod.proof.rules import Rule

HARMLESS = frozenset(f"builtins.{name}" for name in ("print", "isinstance", "id", "type", "repr", "str", "bool", "len"))
"""Functions of Python that may be given the application, and read no setting of it by a name that is computed (as `getattr` and `vars` may)."""
ADDING = FLASK_ADDING | {"update"}
_ELSEWHERE = [r"\.config\b", r"""[(,]\s*["']config["']""", r"[(,=]\s*current_app\s*[,)\n]"]
"""How a file that was not analyzed may read the settings: `x.config`, `getattr(x, "config")`, or by handing the application on."""
ASKING = frozenset({"get", "setdefault", "pop"})


def is_closed(case: Case, call: ast.Call, names: set[str]) -> bool:
    """Return whether `app.config.from_object(…)` may lose some names: each read of the settings, in code and templates, names what it reads.

    A read that names one of `names` is found as any text is that says a name.
    """
    function = call.func
    if not (
        isinstance(function, ast.Attribute)
        and function.attr in ("from_object", "from_pyfile")
        and isinstance(function.value, ast.Attribute)
    ):
        return False
    if {v.data for v in case.old.value(function.value.value)} != {FLASK_APPLICATION}:
        return False
    return is_read_by_name(case, names)


def check_flask(case: Case) -> None:
    """Raise Rejected where settings that hold a part of a key are read otherwise than by names that are written out."""
    stores = list(_stores_of_parts(case))
    if stores and not is_read_by_name(case, {name for name, _ in stores}):
        at = stores[0][1]
        raise Rejected(Rule.FRAMEWORK_SETTINGS, case.unit(at), at, "Flask's settings hold the key, and may be read without naming it")


def _stores_of_parts(case: Case) -> Iterator[tuple[str, ast.AST]]:
    """Yield what holds a part of a key in the settings, each with a place where it is stored."""
    ev = case.old
    for target, value in ev.world.stores.items():
        if any(flask.is_settings(v, ev) for v in ev.value(target.value)) and case.held.holds(value):
            yield from ((str(k.more), target) for k in ev.value(target.slice) if k.kind is Kind.CONST)
    for method in (*FLASK_ADDING, "update", "setdefault"):
        for call in ev.world.calls.get(method, ()):
            if not (isinstance(call.func, ast.Attribute) and any(flask.is_settings(v, ev) for v in ev.value(call.func.value))):
                continue
            if method == "setdefault" and len(call.args) > 1 and case.held.holds(call.args[1]):
                yield from ((str(k.more), call) for k in ev.value(call.args[0]))
            if method != "from_object":
                yield from ((k.arg, call) for k in call.keywords if k.arg is not None and case.held.holds(k.value))
            for v in (v for a in [*call.args, *(k.value for k in call.keywords if k.arg is None)] for v in ev.value(a)):
                if v.kind is Kind.OBJECT and case.held.has_part(v):
                    yield from ((str(k.more), call) for k in objects.keys(ev, v.data))


def is_read_by_name(case: Case, names: set[str]) -> bool:
    """Return whether each read of the settings, in code and templates, names what it reads."""
    reads = case.old.world.attributes.get("config", ())
    if any(_reads_more(case, node) or _asks_another(case, node, names) for node in reads) or _is_handed_on(case):
        return False
    mentions = case.rewritten.mentions
    if mentions.says([rf"(?:import|from)\s+(?!(?:{'|'.join(sorted(having(Trait.FLASK)))})\b)flask_\w+"], set()) is not None:
        return False
    return mentions.says(_ELSEWHERE, set(case.old.world.units)) is None and shown(mentions, names) is None


def _reads_more(case: Case, node: ast.Attribute) -> bool:
    """Return whether `x.config` may be an application's settings and is read otherwise than by a name that is written out."""
    if not any(v.kind in (Kind.LIBRARY, Kind.UNKNOWN) for v in case.old.value(node.value)):
        return False
    return _is_read_otherwise(case, node, set())


def _asks_another(case: Case, node: ast.Attribute, names: Collection[str]) -> bool:
    """Return whether `x.config` is asked for one of some names, and x is not known to be the application: Flask hands it over in many ways."""
    ev = case.old
    parent = ev.world.parent(node)
    call = ev.world.parent(parent) if isinstance(parent, ast.Attribute) else None
    asked = parent.slice if isinstance(parent, ast.Subscript) else call.args[0] if isinstance(call, ast.Call) and call.args else None
    if not isinstance(asked, ast.Constant) or asked.value not in names or any(flask.is_settings(v, ev) for v in ev.value(node)):
        return False
    return any(v.kind in (Kind.LIBRARY, Kind.UNKNOWN) for v in ev.value(node.value))


def _is_read_otherwise(case: Case, node: ast.expr, seen: set[ast.expr]) -> bool:
    """Return whether what may be the settings is read otherwise than by a name that is written out, under a local name (`conf = app.config`) too."""
    if node in seen:
        return False
    seen.add(node)
    parent = case.old.world.parent(node)
    if isinstance(parent, ast.Subscript):
        return not (parent.value is node and isinstance(parent.slice, ast.Constant))
    if isinstance(parent, ast.Assign) and parent.value is node:
        aliases = [_uses_of_local(case, target) for target in parent.targets]
        return any(uses is None or any(_is_read_otherwise(case, use, seen) for use in uses) for uses in aliases)
    call = case.old.world.parent(parent) if isinstance(parent, ast.Attribute) else None
    if not (isinstance(parent, ast.Attribute) and isinstance(call, ast.Call) and call.func is parent):
        return True
    return parent.attr not in ADDING and not (parent.attr in ASKING and call.args and isinstance(call.args[0], ast.Constant))


def _uses_of_local(case: Case, target: ast.expr) -> list[ast.Name] | None:
    """Return where a function's own name is read, in functions within it too; None for anything else."""
    unit = case.unit(target)
    scope = unit.scope_of.get(target)
    if not isinstance(target, ast.Name) or scope is None or not isinstance(scope.node, FUNCTIONS) or target.id not in scope.bindings:
        return None
    return [n for n in case.old.world.names[target.id] if isinstance(n.ctx, ast.Load) and case.unit(n) is unit]


def _is_handed_on(case: Case) -> bool:
    """Return whether something that is not known to read other settings only is given the application."""
    for calls in list(case.old.world.calls.values()):
        for call in calls:
            given = [*call.args, *(k.value for k in call.keywords)]
            if not any(v.data == FLASK_APPLICATION for a in given for v in case.old.value(a)):
                continue
            for f in case.old.value(call.func):
                if f.kind in ABSENT:
                    continue  # an exception: nothing is called
                own = f.kind in (Kind.FUNCTION, Kind.BOUND, Kind.CLASS)
                known = f.kind is Kind.LIBRARY and (f.data in HARMLESS or re.split(r"[.(]", str(f.data))[0] in having(Trait.FLASK))
                if not own and not known:
                    return True
    return False
