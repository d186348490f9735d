"""The settings of a Flask application as one dict: what is stored in them by name, and what they take from classes and modules.

https://flask.palletsprojects.com/en/stable/config/
"""

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.libraries.frameworks import FLASK_ADDING, FLASK_APPLICATION, FLASK_OPAQUE
from migrate.codemod.proof.evaluation.containers import classes, objects
from migrate.codemod.proof.evaluation.values import ABSENT, MISSING, NOTHING, UNKNOWN, Kind, Value, Values, library, text_of

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


def settings(ev: "Evaluator") -> Values:
    """Return the settings; anything where a program has several applications, which are not told apart."""
    made = [c for name in {"Flask"} | ev.world.aliases.get("Flask", set()) for c in ev.world.calls.get(name, ())]
    applications = [c for c in made if any(v.data == "flask.Flask" for v in ev.value(c.func))]
    return frozenset({Value(Kind.OBJECT, ev.world.flask)}) if len(applications) == 1 else frozenset({UNKNOWN})


def made(ev: "Evaluator", key: Value) -> tuple[Values, bool]:
    """Return what a setting may be by what fills the settings, plain stores of a dict apart, and whether it is surely there when it is read."""
    out, certain, named = NOTHING, False, False
    owner = Value(Kind.OBJECT, ev.world.flask)
    name = text_of(key)
    for target in ev.world.stores:
        base = ev.value(target.value)
        if owner in base:
            keys = ev.value(target.slice)
            named = named or key in keys or any(k.kind is not Kind.CONST for k in keys)
            certain = certain or (keys == {key} and _always(ev, target, name))
        elif UNKNOWN in base and _is_config(target.value):
            out |= {UNKNOWN}  # perhaps this application's
    for method in (*FLASK_ADDING, "update", "setdefault"):
        for call in ev.world.calls.get(method, ()):
            if not isinstance(call.func, ast.Attribute):
                continue
            base = ev.value(call.func.value)
            if UNKNOWN in base and _is_config(call.func.value):
                out |= {UNKNOWN}
            if owner not in base:
                continue
            found, sure = _given(ev, method, call, key, name)
            out |= found
            named = named or sure or bool(call.args and method in ("update", "setdefault"))
            certain = certain or (sure and _always(ev, call, name))
    if not out and not named and key is not objects.ANY:
        return frozenset({library(f"{FLASK_APPLICATION}.config[]")}), True  # one of Flask's own, or of an extension
    return out, certain


def _is_config(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "config"


def _given(ev: "Evaluator", method: str, call: ast.Call, key: Value, name: str | None) -> tuple[Values, bool]:
    """Return what a call puts into a setting, and whether it surely puts something there."""
    if method in FLASK_OPAQUE and method != "from_pyfile":
        return frozenset({UNKNOWN}), False
    if method in ("from_object", "from_pyfile"):
        return _of_object(ev, call, key, name)
    named = any(k.arg == name for k in call.keywords) and name is not None
    if method != "from_mapping":  # the others are those of any dict
        return NOTHING, named or (method == "setdefault" and bool(call.args) and ev.value(call.args[0]) == {key})
    out = NOTHING.union(*(ev.value(k.value) for k in call.keywords if k.arg is not None and (k.arg == name or key is objects.ANY)))
    for source in [*call.args, *(k.value for k in call.keywords if k.arg is None)]:
        for v in ev.value(source):
            out |= objects.entries(ev, v, frozenset({key})) - {MISSING} if v.kind is Kind.OBJECT else {UNKNOWN}
    return out, named


def _of_object(ev: "Evaluator", call: ast.Call, key: Value, name: str | None) -> tuple[Values, bool]:
    out, certain = NOTHING, True
    for v in sources(ev, call):
        if v.kind in ABSENT:
            continue  # an exception: nothing is stored
        if v.kind is Kind.MODULE:
            unit = ev.world.unit(v.data)
            names = list(unit.module.bindings) if unit is not None and name is None else [name] if name is not None else []
            found = NOTHING.union(*(ev.member(v.data, n) for n in names if unit is not None and n in unit.module.bindings))
            found |= {UNKNOWN} if unit is None or unit.module.stars else NOTHING
        elif v.kind in (Kind.CLASS, Kind.INSTANCE):
            own = [n for c in classes.line(ev, v.data)[0] for n in ev.world.unit_of[c].scopes[c].bindings]
            names = own if name is None else [name] if name in own else []
            found = NOTHING.union(*(classes.attribute(ev, v, n) for n in names if n.isupper()))
        else:
            found = frozenset({UNKNOWN})
        certain = certain and bool(found) and MISSING not in found
        out |= found - {MISSING}
    return out, certain


def sources(ev: "Evaluator", call: ast.Call) -> Values:
    """Return the modules, classes and objects whose names `from_object(…)` takes, and the file that `from_pyfile(…)` does."""
    unit = ev.world.unit_of[call]
    if isinstance(call.func, ast.Attribute) and call.func.attr == "from_pyfile":
        return _file(ev, call, unit.path)
    if len(call.args) != 1 or call.keywords:
        return frozenset({UNKNOWN})
    given = call.args[0]
    if isinstance(given, ast.Name) and given.id == "__name__":
        return frozenset({Value(Kind.MODULE, unit.path)})
    out = NOTHING
    for v in ev.value(given):
        if v.kind is Kind.CONST and (dotted := text_of(v)) is not None:
            out |= _imported(ev, unit.path, dotted.replace(":", "."))
        else:
            out |= {v}
    return out


def _file(ev: "Evaluator", call: ast.Call, home: Path) -> Values:
    """Return the file that `from_pyfile("name.py")` runs: beside the one that makes the application, `Flask(__name__)` with no other root."""
    own = [c for name in {"Flask"} | ev.world.aliases.get("Flask", set()) for c in ev.world.calls.get(name, ())]
    own = [c for c in own if any(v.data == "flask.Flask" for v in ev.value(c.func))]
    given = ev.value(call.args[0]) if len(call.args) == 1 and all(k.arg == "silent" for k in call.keywords) else NOTHING
    texts = [text_of(v) for v in given]
    if len(own) != 1 or len(texts) != 1 or (text := texts[0]) is None or ev.world.unit_of[own[0]].path != home:
        return frozenset({UNKNOWN})
    root = own[0].args[0] if len(own[0].args) == 1 else None
    plain = all(k.arg in ("static_folder", "static_url_path", "template_folder") for k in own[0].keywords)
    path = home.parent / text
    if not (isinstance(root, ast.Name) and root.id == "__name__" and plain) or path.suffix != ".py" or ".." in path.parts:
        return frozenset({UNKNOWN})
    unit = ev.world.unit(path) if path.is_relative_to(ev.world.root) else None
    return frozenset({Value(Kind.MODULE, path) if unit is not None else UNKNOWN})


def _imported(ev: "Evaluator", path: object, dotted: str) -> Values:
    """Return what werkzeug's `import_string` gives for a text: a module, or something of one."""
    whole = ev.world.find(path, dotted, 0)  # type: ignore[arg-type]
    package, _, last = dotted.rpartition(".")
    if whole.kind is Kind.MODULE and whole.data.suffix == ".py":
        return frozenset({whole})
    module = ev.world.find(path, package, 0) if package else UNKNOWN  # type: ignore[arg-type]
    return ev.member(module.data, last) if module.kind is Kind.MODULE else frozenset({UNKNOWN})


def _always(ev: "Evaluator", change: ast.AST, name: str | None) -> bool:
    """Return whether a change stands below the making of the application in the same block, and nothing reads the setting above it there."""
    statement = objects.statement(ev, change)
    block = objects.block_of(ev, statement)
    if block is None:
        return False
    above = block[: block.index(statement)]  # type: ignore[arg-type]
    makes = any(isinstance(s, ast.Assign | ast.AnnAssign) and any(v.data == FLASK_APPLICATION for v in ev.value(s.value)) for s in above)
    return makes and not any(isinstance(n, ast.Constant) and n.value == name for s in above for n in ast.walk(s))


def is_settings(v: Value, ev: "Evaluator") -> bool:
    """Return whether a value is the settings."""
    return v.kind is Kind.OBJECT and v.data is ev.world.flask


def takes_names(ev: "Evaluator", call: ast.Call) -> bool:
    """Return whether a call is `app.config.from_object(…)`, which copies the names of a class or object and keeps nothing else of it."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "from_object":
        return False
    base = ev.value(call.func.value)
    return bool(base) and all(is_settings(v, ev) for v in base)
