"""The settings of a Flask application: a dict that the program fills by name, and from classes and modules.

https://flask.palletsprojects.com/en/stable/config/. A program has one of them for the analysis; `current_app.config` is the same.
"""

import ast

from migrate.codemod.flow.module import Module
from migrate.codemod.flow.state import State
from migrate.codemod.flow.values import Class, ClassRef, Instance, Lib, ModuleRef, Store, Text, Value


def add(state: State, node: ast.Call, name: str, values: set[Value]) -> None:
    """Put what `app.config.from_object(…)` takes, all upper-case names of a class or module, into the settings; `from_pyfile` those of a file."""
    given = node.args[0] if len(node.args) == 1 and all(k.arg == "silent" and name == "from_pyfile" for k in node.keywords) else None
    sources = None
    if given is not None and name == "from_object":
        sources = _named(state, node, given, values)
    elif given is not None and name == "from_pyfile":
        sources = _of_files(state, state.module_at(node), values)
    if sources is None:
        if not state.flask.open:
            state.flask.open = state.changed = True
        return
    for key, store in sources:
        if key.isupper():
            state.put(state.flask, key, store)


def _named(state: State, node: ast.Call, given: ast.expr, values: set[Value]) -> list[tuple[str, Store]] | None:
    """Return the names that an object has, or the module or class that a text names, with their bindings; None where that is not known."""
    home = state.module_at(node)
    if isinstance(given, ast.Name) and given.id == "__name__":
        return _of_module(state, home)
    out: list[tuple[str, Store]] = []
    for value in values:
        for found in _imported(state, home, value.text) if isinstance(value, Text) else {value}:
            match found:
                case ModuleRef(module):
                    out += _of_module(state, module)
                case ClassRef(cls) | Instance(cls):
                    out += _of_class(cls)
                case _:
                    return None
    return out


_PLAIN = {"static_folder", "static_url_path", "template_folder"}
"""What an application may be told that has nothing to do with the folder of its files."""


def _of_files(state: State, home: Module, values: set[Value]) -> list[tuple[str, Store]] | None:
    """Return the names in files of Python that stand beside the one that makes the application; None where they are not known."""
    made = [n for n in home.source.parents if isinstance(n, ast.Call) and ast.unparse(n.func).rpartition(".")[2] == "Flask"]
    for call in made:
        named = len(call.args) == 1 and isinstance(call.args[0], ast.Name) and call.args[0].id == "__name__"
        if not named or any(k.arg not in _PLAIN for k in call.keywords):
            return None
    out: list[tuple[str, Store]] = []
    for value in values:
        text = value.text if isinstance(value, Text) else ""
        path = home.path.parent / text
        module = state.modules.get(path)
        if not made or not text.endswith(".py") or ".." in text or text.startswith("/") or module is None:
            return None
        out += _of_module(state, module)
    return out


def _imported(state: State, home: Module, dotted: str) -> set[Value]:
    """Return the module or class that werkzeug's `import_string` gives for a text."""
    whole = state.imported_module(home, dotted.replace(":", "."), 0)
    package, _, last = dotted.replace(":", ".").rpartition(".")
    if isinstance(whole, ModuleRef) or not package:
        return {whole}
    module = state.imported_module(home, package, 0)
    if not isinstance(module, ModuleRef):
        return {Lib(dotted)}
    return set[Value]().union(*(s.values for s in module.module.scope.stores.get(last, ())))


def _of_module(state: State, module: Module) -> list[tuple[str, Store]]:
    return [(name, s) for name in list(module.scope.stores) for s in state.module_stores(module, name)]


def _of_class(cls: Class) -> list[tuple[str, Store]]:
    """Return the attributes of a class; a base's only where no class below it has its own."""
    out: dict[str, list[Store]] = {}
    for c in cls.upwards():
        for name, stores in c.scope.stores.items():
            out.setdefault(name, stores)
    return [(name, s) for name, stores in out.items() for s in stores]
