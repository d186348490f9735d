"""What holds a key where it is a name of a module: the module as an object, and what may be it."""

import ast
from collections import Counter
from collections.abc import Collection
from functools import cached_property
from itertools import repeat
from pathlib import Path

from migrate.codemod.proof.around.imports import PARSED
from migrate.codemod.proof.around.loading.objects import holders
from migrate.codemod.proof.around.loading.readers import Going, gives_any
from migrate.codemod.proof.case import LOAD, Case, Rejected
from migrate.codemod.proof.checks.changes import entry_names
from migrate.codemod.proof.evaluation.names.scopes import Binding, BindingKind, Unit
from migrate.codemod.proof.evaluation.values import Kind
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule


def going(case: Case, names: set[str], listed: set[str], callables: set[str], near: Collection[Path]) -> Going:
    """Return what goes, for who takes modules by computed names.

    `listed`: names that are not there any more, or stand for something else. `callables`: functions and classes that take or give something else.
    """
    steady = not callables and constants_are_plain(case)
    return Going(frozenset(names), frozenset(module_names(case, near)), bool(listed), steady, not callables and only_modules(case))


def only_modules(case: Case) -> bool:
    """Return whether nothing goes but names of modules: no attribute, entry or parameter, and no object or class holds a key."""
    if case.held.holders or not all(map(_stands_plainly, repeat(case), sorted(case.homes))):
        return False
    for path in case.changed:
        was, now = case.rewritten.old[path], case.rewritten.new[path]
        if entry_names(was) != entry_names(now) or _inner(case.old.world.units[path]) != _inner(case.new_world.units[path]):
            return False
    return True


def _stands_plainly(case: Case, path: Path) -> bool:
    """Return whether each part of a key in a file is the value of a plain name, or what a call that signs or asks the environment is given."""
    unit = case.old.world.units[path]
    for node in list(unit.parents):
        if not isinstance(node, ast.expr) or node not in unit.scope_of or not isinstance(getattr(node, "ctx", LOAD), ast.Load):
            continue
        if (path in case.old.world.program and not case.old.matters(node)) or not case.held.holds(node):
            continue
        parent = unit.parents[node]
        if isinstance(parent, ast.keyword):
            parent = unit.parents[parent]
        match parent:
            case ast.Assign(targets=targets):
                plain = all(_is_plain_name(unit, t) for t in targets)
            case ast.AnnAssign(target=target):
                plain = _is_plain_name(unit, target)
            case ast.Call():
                plain = parent in case.held.sinks or _asks_environment(case, parent)
            case ast.Tuple():
                plain = isinstance(assigned := unit.parents[parent], ast.Assign) and all(isinstance(t, ast.Tuple) for t in assigned.targets)
            case _:
                plain = isinstance(parent, ast.IfExp | ast.BoolOp | ast.If | ast.Compare | ast.Expr | ast.UnaryOp | ast.Attribute)
        if not plain:
            return False
    return True


def _is_plain_name(unit: Unit, target: ast.expr) -> bool:
    """Return whether a target is a name, or several, of the module or of a function."""
    if isinstance(target, ast.Tuple):
        return all(_is_plain_name(unit, t) for t in target.elts)
    return isinstance(target, ast.Name) and target in unit.scope_of and not unit.scope_of[target].is_class


def _asks_environment(case: Case, call: ast.Call) -> bool:
    asked = case.old.value(call.func)
    return bool(asked) and all(v.kind is Kind.LIBRARY and str(v.data).startswith(("os.environ", "os.getenv")) for v in asked)


def _inner(unit: Unit) -> Counter[str]:
    """Count the names of a file that are no names of the module: those of classes, parameters and attributes."""
    out: Counter[str] = Counter()
    for scope in unit.scopes.values():
        if not scope.is_module:
            out.update(n for n, bs in scope.bindings.items() if scope.is_class or any(b.kind is BindingKind.PARAM for b in bs))
    out.update(n.attr for n in unit.parents if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store))
    return out


_GIVING_ALL = frozenset({"f_globals", "f_locals", "f_builtins", "cell_contents", "__globals__", "__builtins__", "__loader__", "__spec__", "__closure__",
                         "__getattribute__", "__code__", "__reduce__", "__reduce_ex__"})  # fmt: skip
"""Attributes that give all names of a module, or of a function, of something else than the module."""
_OF_ONE = frozenset({"vars", "dir", "getattr", "hasattr", "setattr", "delattr", "getmembers", "get_type_hints", "asdict", "astuple", "fields", "signature"})  # fmt: skip
"""What reads or sets attributes of its first argument."""
_TAKING = frozenset({"__import__", "import_module", "run_path", "run_module"})
"""What takes a module: see `migrate.codemod.proof.around.loading`."""
_OF_INSPECT = frozenset({"isclass", "isfunction", "ismethod", "isroutine", "isbuiltin", "iscoroutinefunction", "iscoroutine", "isawaitable", "isgenerator", "isabstract",
                         "isgeneratorfunction", "isasyncgen", "isasyncgenfunction", "signature", "Signature", "Parameter", "BoundArguments", "getmembers", "cleandoc",
                         "currentframe", "stack", "getfullargspec", "ismodule", "unwrap"})  # fmt: skip
"""What a file may use of `inspect`: the rest gives texts of functions, or modules."""


class Holding:
    """Tells whether an expression may be what holds a key, where that is a module and nothing else."""

    def __init__(self, case: Case, goes: Going) -> None:
        self.case = case
        self.goes = goes
        self.packages = {up for home in case.homes for up in home.parents}

    @cached_property
    def alone(self) -> bool:
        """Whether nothing but modules hold a key, and nobody has one of them as an object of which nothing is known."""
        if not self.goes.alone:
            return False
        root, homes = self.case.rewritten.root, frozenset(self.case.homes)
        found = holders(root, homes)
        return found is not None and (found.files == homes or not gives_any(root, found.files, found.names))

    def reached(self, unit: Unit, node: ast.AST) -> bool:
        """Return whether a place that reaches names without naming them may reach one of what holds a key."""
        if self.goes.alone and not self.goes.listed and not self._is_own(unit):
            return False  # no name stands for anything else than it did
        if unit.path.suffix not in PARSED or not self.alone:
            return True
        match node:
            case ast.Call(args=args):
                return self._reached_by(unit, node, last_name(node.func), args)
            case ast.Attribute(attr=attr, value=base):
                return attr != "modules" and (attr in _GIVING_ALL or self.held_by(base))
            case ast.Name(id=name):
                return name != "__annotations__" or self._is_own(unit)
            case ast.alias(name=name):
                if isinstance(unit.parents.get(node), ast.ImportFrom):
                    return name == "*"
                return name != "runpy" and (name != "inspect" or not self._only_asks(unit, node.asname or name))
        return True

    def _reached_by(self, unit: Unit, call: ast.Call, name: str, args: list[ast.expr]) -> bool:
        if name in ("globals", "locals", "vars", "dir") and not args:
            return self._is_own(unit) or self._has_module(unit)
        if name in ("attrgetter", "methodcaller"):
            return not all(isinstance(a, ast.Constant) for a in args)
        if name in _OF_ONE and args:
            return self.held_by(args[0])
        return name not in _TAKING

    def held_by(self, node: ast.expr) -> bool:
        """Return whether an expression may be a module that holds a key, or a package around one. Nobody has these as objects of which nothing is known."""
        return any(v.kind is Kind.MODULE and is_around(v.data, self.case.homes, self.packages) for v in self.case.old.value(node))

    def _is_own(self, unit: Unit) -> bool:
        return unit.path in self.case.homes or unit.path in self.case.changed

    def _has_module(self, unit: Unit) -> bool:
        """Return whether a file has such a module under a name of its own, or names that are not written out."""
        bindings = (b for scope in unit.scopes.values() for bs in (*scope.bindings.values(), scope.stars) for b in bs)
        return any(b.kind is BindingKind.STAR or gives_module(self.case, unit, b, self.packages) for b in bindings)

    def _only_asks(self, unit: Unit, module: str) -> bool:
        """Return whether a file uses nothing of `inspect` but what tells kinds and parameters."""
        for node in unit.parents:
            if isinstance(node, ast.Name) and node.id == module and isinstance(node.ctx, ast.Load):
                parent = unit.parents[node]
                if not (isinstance(parent, ast.Attribute) and parent.attr in _OF_INSPECT):
                    return False
        return True


def module_names(case: Case, near: Collection[Path]) -> set[str]:
    """Return the names by which files have a module of `homes`, or a package around one: its own and those of imports."""
    out: set[str] = set()
    packages: set[Path] = set()
    for home in case.homes:
        inside = home.relative_to(case.rewritten.root).parts
        out |= {*inside[:-1], home.stem}
        packages |= set(home.parents)
    size = -1
    while size != len(out):
        size = len(out)
        for path in near:
            unit = case.old.world.units[path]
            for scope in unit.scopes.values():
                for name, bindings in scope.bindings.items():
                    if name not in out and any(
                        gives_module(case, unit, b, packages) or (b.kind is BindingKind.FROM and b.name in out) for b in bindings
                    ):
                        out.add(name)
    return out


def gives_module(case: Case, unit: Unit, b: Binding, packages: Collection[Path]) -> bool:
    """Return whether an import gives a module of `homes`, or a package around one."""
    if b.kind not in (BindingKind.IMPORT, BindingKind.FROM):
        return False
    name = b.module if b.kind is BindingKind.IMPORT else f"{b.module}.{b.name}".lstrip(".")
    found = case.old.world.find(unit.path, name, b.level)
    return found.kind is Kind.MODULE and is_around(found.data, case.homes, packages)


def is_around(module: Path, homes: Collection[Path], packages: Collection[Path]) -> bool:
    """Return whether a module is one of `homes`, or a package around one."""
    return module in homes or (module.parent if module.name == "__init__.py" else module) in packages


def constants_are_plain(case: Case) -> bool:
    """Return whether each name of a module that goes stands for a text, or what is made of texts: no object of a class."""
    for path in case.changed:
        old, new = case.old.world.units[path].module, case.new_world.units[path].module
        for name in old.bindings.keys() - new.bindings.keys():
            for b in old.bindings[name]:
                if b.kind in (BindingKind.IMPORT, BindingKind.FROM):
                    continue
                if b.kind is not BindingKind.VALUE or b.value is None or not _is_plain(case, b.value):
                    return False
    return True


def _is_plain(case: Case, node: ast.expr) -> bool:
    match node:
        case ast.Constant() | ast.JoinedStr():
            return True
        case ast.Tuple(elts=elts) | ast.List(elts=elts):
            return all(_is_plain(case, e) for e in elts)
        case ast.Call() | ast.Subscript():
            asked = case.old.value(node.func if isinstance(node, ast.Call) else node.value)
            return bool(asked) and all(v.kind is Kind.LIBRARY and str(v.data).startswith(("os.environ", "os.getenv")) for v in asked)
    return False


def check_readers(case: Case, near: set[Path], goes: Going) -> None:
    """Raise Rejected where a file may read a module that holds a key without saying the names in it."""
    if (text := case.rewritten.mentions.reads_text(case.homes, goes.names)) is not None:
        raise Rejected(Rule.READ_WHOLE, text[0], None, f"{text[0].name} may read the text of the file that holds the key, by `{text[1]}`")
    if (reader := case.rewritten.mentions.reads_whole(case.homes, near, goes)) is None:
        return
    path, how = reader
    if path in near:
        raise Rejected(Rule.REACHED_WITHOUT_A_NAME, path, None, f"a module that `{how}` gives may be what holds the key")
    raise Rejected(Rule.READ_WHOLE, path, None, f"{path.name}, which was not analyzed, may read all names by `{how}`")


def callables(case: Case) -> set[str]:
    """Return the names of the functions and classes of the files that change."""
    modules = [case.old.world.units[path].module.bindings for path in case.changed]
    kinds = (BindingKind.DEF, BindingKind.CLASS)
    return {name for bindings in modules for name, found in bindings.items() if any(b.kind in kinds for b in found)}
