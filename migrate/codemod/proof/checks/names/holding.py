"""What holds a key where it is a name of a module: the module as an object, and what may be it."""

import ast
from collections.abc import Collection
from pathlib import Path

from migrate.codemod.proof.around.loading.readers import Going
from migrate.codemod.proof.case import Case
from migrate.codemod.proof.evaluation.names.scopes import Binding, BindingKind, Unit
from migrate.codemod.proof.evaluation.values import Kind


def going(case: Case, names: set[str], listed: set[str], callables: set[str], near: Collection[Path]) -> Going:
    """Return what goes, for who takes modules by computed names.

    `listed`: names that are not there any more, or stand for something else. `callables`: functions and classes that take or give something else.
    """
    return Going(frozenset(names), frozenset(module_names(case, near)), bool(listed), not callables and constants_are_plain(case))


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
                        is_around(case, unit, b, packages) or (b.kind is BindingKind.FROM and b.name in out) for b in bindings
                    ):
                        out.add(name)
    return out


def is_around(case: Case, unit: Unit, b: Binding, packages: Collection[Path]) -> bool:
    """Return whether an import gives a module of `homes`, or a package around one."""
    if b.kind not in (BindingKind.IMPORT, BindingKind.FROM):
        return False
    name = b.module if b.kind is BindingKind.IMPORT else f"{b.module}.{b.name}".lstrip(".")
    found = case.old.world.find(unit.path, name, b.level)
    if found.kind is not Kind.MODULE:
        return False
    return found.data in case.homes or found.data in packages or (found.data.name == "__init__.py" and found.data.parent in packages)


def constants_are_plain(case: Case) -> bool:
    """Return whether each name of a module that goes stands for a text, or what is made of texts: no object of a class."""
    for path in case.changed:
        old, new = case.old.world.units[path].module, case.new.world.units[path].module
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
            asked = node.func if isinstance(node, ast.Call) else node.value
            return any(str(v.data).startswith(("os.environ", "os.getenv")) for v in case.old.value(asked) if v.kind is Kind.LIBRARY)
    return False
