"""The modules that a file takes by a computed name, a path or the table of all of them, and what is read of each."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from migrate.codemod.proof.around.dynamic import PLAIN
from migrate.codemod.proof.around.loading.following import MODULE, TABLE, VALUE, Following
from migrate.codemod.proof.around.loading.named import ANY, UNKNOWN, Name, Names, names_of, of_import
from migrate.codemod.proof.evaluation.names.outline import last_name
from migrate.codemod.proof.evaluation.names.scopes import BindingKind, Unit

GIVING = frozenset({"import_module", "__import__", "module_from_spec", "load_module", "load_source"})
"""What gives a module."""
RUNNING = frozenset({"run_path", "run_module"})
"""What gives a dict of all names of a file."""
_BY_PATH = frozenset({"import_string", "resolve_name", "locate", "importorskip"})
"""What gives a module, or something of one, by a path that it is given."""
_CONFIGURED = frozenset({"from_object", "config_from_object"})
"""What reads all settings that are in a module."""
_BESIDE = frozenset({"__globals__", "__builtins__", "f_globals", "f_locals", "f_back", "tb_frame", "gi_frame", "cr_frame", "getmodule", "get_objects", "get_referrers"})  # fmt: skip
"""What gets from a function or class to all names of its module."""
_LIBRARIES = frozenset({"importlib", "importlib.util", "imp", "runpy", "builtins", "django.utils.importlib"})
_TABLE_ASKED = frozenset({"pop", "keys", "setdefault", "update", "__contains__", "__delitem__", "__setitem__"})
_TABLE_PATCHING = frozenset({"setitem", "delitem", "dict", "sorted", "list", "set", "len", "tuple", "frozenset"})
_IN_TEXT = re.compile(r"(?<![A-Za-z0-9_])(?:(?:import_module|__import__|run_path|run_module|exec_module|load_module)\s*\(|sys\.modules)")


class Taken(NamedTuple):
    """A module that a file takes. `whole`: all its names may be read; `called`: classes and functions of it are, under any name."""

    device: str
    names: Names
    read: frozenset[str]
    whole: bool
    called: bool
    exposed: frozenset[str]


def taken(tree: ast.Module, path: Path) -> tuple[Taken, ...]:
    """Return the modules that a file takes in such a way."""
    unit = Unit(path, tree)
    beside = any(_said(n) in _BESIDE for n in unit.parents)
    return tuple(_taken(unit, beside))


def _said(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _taken(unit: Unit, beside: bool) -> Iterator[Taken]:
    whole = Taken("", UNKNOWN, frozenset(), True, True, frozenset())
    for node in unit.parents:
        yield from _by_path(unit, node, beside)
        said = _said(node)
        parent = unit.parents[node]
        if said == "exec_module" and isinstance(parent, ast.Call) and parent.func is node and not _fills_one_from_a_spec(unit, parent):
            yield whole._replace(device=said)
        elif said in GIVING | RUNNING:
            if _is_of_the_program(unit, node):
                continue
            if not (isinstance(parent, ast.Call) and parent.func is node):
                yield whole._replace(device=said)  # handed on, or called by another name
            elif said in RUNNING:
                yield _followed(unit, parent, said, _of_file(unit, parent, said), TABLE, beside)
            else:
                names = of_import(unit, parent) if said in ("import_module", "__import__") else _of_spec(unit, parent)
                yield _followed(unit, parent, said, names, MODULE, beside)
        elif isinstance(node, ast.alias):
            last = node.name.rpartition(".")[2]
            if last in GIVING | RUNNING and node.asname not in (None, last):
                yield whole._replace(device=last)
            elif last == "modules" and isinstance(parent, ast.ImportFrom) and parent.module == "sys":
                yield whole._replace(device="sys.modules")
        elif isinstance(node, ast.Attribute) and said == "modules" and _is_sys(unit, node.value):
            yield from _of_table(unit, node, beside)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := _IN_TEXT.search(node.value)) is not None:
            if not isinstance(parent, ast.Expr) or ">>>" in node.value:
                yield from _of_text(unit, node.value, whole._replace(device=found.group()))


def _by_path(unit: Unit, node: ast.AST, beside: bool) -> Iterator[Taken]:
    """Yield what is taken by a path in dots, or by a function whose name is a text: `getattr(importlib, "import_module")`."""
    said = _said(node)
    parent = unit.parents[node]
    whole = Taken(said, UNKNOWN, frozenset(), True, True, frozenset())
    if said == "EntryPoint" and isinstance(parent, ast.Call) and parent.func is node:
        yield whole
    if not isinstance(parent, ast.Call) or not parent.args:
        return
    if parent.func is not node:
        if isinstance(node, ast.Constant) and node.value in GIVING | RUNNING and last_name(parent.func) in ("getattr", "attrgetter"):
            yield whole._replace(device=str(node.value))
    elif said in _BY_PATH and not _is_of_the_program(unit, node) and not _is_method(node):
        kind = MODULE if said == "importorskip" else VALUE
        yield _followed(unit, parent, said, _of_path_in_dots(unit, parent.args[0], kind), kind, beside)
    elif said in _CONFIGURED and _may_be_text(unit, parent.args[0]) and isinstance(node, ast.Attribute):
        if said != "from_object" or "conf" in ast.unparse(node.value).lower():
            yield whole._replace(names=names_of(unit, parent.args[0]))


def _is_method(node: ast.AST) -> bool:
    """Return whether `locate` is one of some other object than the module `pydoc`."""
    return isinstance(node, ast.Attribute) and node.attr == "locate" and last_name(node.value) != "pydoc"


def _may_be_text(unit: Unit, node: ast.expr) -> bool:
    """Return whether what is handed over may be a module's name: no class or object of the file, nor a text, which is followed."""
    if isinstance(node, ast.Name):
        cell = unit.cell(node) if node in unit.scope_of else None
        found = cell.scope.bindings.get(cell.name, []) if cell is not None else []
        return not found or any(b.kind not in (BindingKind.CLASS, BindingKind.FROM, BindingKind.IMPORT) for b in found)
    said = ast.unparse(node)
    return isinstance(node, ast.JoinedStr | ast.BinOp) or any(w in said for w in ("environ", "getenv", "argv"))


def _of_text(unit: Unit, text: str, whole: Taken) -> Iterator[Taken]:
    """Yield what a text takes, as the program that it may be."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield whole
        return
    inner = Unit(unit.path, tree)
    if any(isinstance(n, ast.Constant) and isinstance(n.value, str) and _IN_TEXT.search(n.value) for n in inner.parents):
        yield whole
    else:
        yield from (one._replace(whole=one.whole or bool(one.exposed)) for one in _taken(inner, True))


def _is_of_the_program(unit: Unit, node: ast.AST) -> bool:
    """Return whether a name that Python's own libraries have too is a function of the program."""
    if isinstance(node, ast.Attribute):
        own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
        return own and node.attr.startswith("load_") and any(isinstance(n, ast.FunctionDef) and n.name == node.attr for n in unit.parents)
    cell = unit.cell(node) if isinstance(node, ast.Name) and node in unit.scope_of else None
    found = cell.scope.bindings.get(cell.name, []) if cell is not None else []
    return bool(found) and all(b.kind is BindingKind.DEF or (b.kind is BindingKind.FROM and b.module not in _LIBRARIES) for b in found)


def _followed(unit: Unit, node: ast.expr, device: str, names: Names, kind: str, beside: bool) -> Taken:
    following = Following(unit)
    following.follow(node, kind)
    read = frozenset(following.names)
    whole = following.whole or (beside and bool(read or following.called))
    whole |= following.tested and not following.called and read <= PLAIN  # who only asks whether it is there may ask for a text
    return Taken(device, names, read, whole, following.called, frozenset(following.exposed))


def _of_path_in_dots(unit: Unit, path: ast.expr, kind: str) -> Names:
    """Return what `resolve_name("app.conf:KEY")` may take something of: any module on the way."""
    found = names_of(unit, path)
    if kind == MODULE:
        return found
    if any(name.folder is not None for name in found):
        return UNKNOWN
    texts = {(name.text.replace(":", "."), name.exact) for name in found}
    ups = {Name(text[:end], exact=True) for text, _ in texts for end in (*_dots(text), len(text)) if end}
    return frozenset(ups | {Name(t, exact=False) for t, exact in texts if not exact})


def _dots(text: str) -> list[int]:
    return [n for n, letter in enumerate(text) if letter == "."]


def _of_file(unit: Unit, call: ast.Call, device: str) -> Names:
    """Return what `run_path` or `run_module` runs."""
    if not call.args:
        return UNKNOWN
    return names_of(unit, call.args[0]) if device == "run_module" else _of_path(call.args[0])


def _of_path(path: ast.expr) -> Names:
    if isinstance(path, ast.Constant) and isinstance(path.value, str):
        return frozenset({Name(Path(path.value).stem, exact=True)})
    return UNKNOWN


def _of_spec(unit: Unit, call: ast.Call) -> Names:
    """Return what `module_from_spec(spec)` is made of, where the spec is made of a path that is written out."""
    spec = call.args[0] if len(call.args) == 1 else None
    cell = unit.cell(spec) if isinstance(spec, ast.Name) and spec in unit.scope_of else None
    found = cell.scope.bindings.get(cell.name, []) if cell is not None else []
    made = [b.value for b in found if b.kind is BindingKind.VALUE and not b.steps]
    if len(found) != 1 or not made or not isinstance(made[0], ast.Call) or last_name(made[0].func) != "spec_from_file_location":
        return UNKNOWN
    return _of_path(made[0].args[1]) if len(made[0].args) > 1 else UNKNOWN


def _fills_one_from_a_spec(unit: Unit, call: ast.Call) -> bool:
    """Return whether what `loader.exec_module(module)` fills is a name that `module_from_spec` alone gives a module, which is followed."""
    module = call.args[0] if len(call.args) == 1 else None
    cell = unit.cell(module) if isinstance(module, ast.Name) and module in unit.scope_of else None
    found = cell.scope.bindings.get(cell.name, []) if cell is not None else []
    return bool(found) and all(
        isinstance(b.value, ast.Call) and not b.steps and last_name(b.value.func) == "module_from_spec" for b in found
    )


def _is_sys(unit: Unit, base: ast.expr) -> bool:
    """Return whether an expression may be the module `sys`."""
    if isinstance(base, ast.Call):
        return last_name(base.func) in GIVING
    if not isinstance(base, ast.Name):
        return isinstance(base, ast.Attribute) and base.attr == "sys"
    cell = unit.cell(base) if base in unit.scope_of else None
    return cell is None or any(b.kind is BindingKind.IMPORT and b.module == "sys" for b in cell.scope.bindings.get(cell.name, ()))


def _of_table(unit: Unit, table: ast.Attribute, beside: bool) -> Iterator[Taken]:
    """Yield what is taken out of `sys.modules`."""
    parent = unit.parents[table]
    match parent:
        case ast.Subscript(slice=key) if parent.value is table:
            if isinstance(parent.ctx, ast.Load):
                yield _followed(unit, parent, "sys.modules", _of_key(unit, key), MODULE, beside)
            return
        case ast.Compare() | ast.For() | ast.comprehension() | ast.FormattedValue():
            return  # only the names of modules
        case ast.Call() if table in parent.args and last_name(parent.func) in _TABLE_PATCHING:
            return
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="join")):
            return
        case ast.Attribute(attr="get"):
            call = unit.parents[parent]
            if isinstance(call, ast.Call) and call.func is parent and call.args:
                yield _followed(unit, call, "sys.modules", _of_key(unit, call.args[0]), MODULE, beside)
                return
        case ast.Attribute(attr="pop"):
            call = unit.parents[parent]
            if isinstance(call, ast.Call) and call.func is parent and call.args:
                yield _followed(unit, call, "sys.modules", _of_key(unit, call.args[0]), MODULE, beside)
                return
        case ast.Attribute(attr=attr) if attr in _TABLE_ASKED and isinstance(unit.parents[parent], ast.Call):
            return
    yield Taken("sys.modules", UNKNOWN, frozenset(), True, True, frozenset())


def _of_key(unit: Unit, key: ast.expr) -> Names:
    if isinstance(key, ast.Name) and key.id == "__name__" and unit.cell(key) is None:
        return frozenset({Name(folder=unit.path)})
    return names_of(unit, key)


__all__ = ["ANY", "Taken", "taken"]
