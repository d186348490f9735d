"""What a rewrite changed, by names: which a file has no more, which are new, and which functions take other arguments."""

import ast
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from migrate.codemod.proof.case import Case, Rejected, function_of
from migrate.codemod.proof.evaluation.names.scopes import BindingKind, Unit, parameters
from migrate.codemod.proof.rules import Rule


def changed_functions(case: Case) -> set[str]:
    """Return the names of the functions and classes that take other arguments than they did."""
    out: set[str] = set()
    for path in case.changed:
        was, now = signatures(case.rewritten.old[path]), signatures(case.rewritten.new[path])
        out |= {name.rpartition(".")[2] for name in was if (name in now and was[name] != now[name]) or name not in now}
    return {n for n in out if n not in ("__init__", "__new__", "")}


def changed_constructors(case: Case) -> set[str]:
    """Return the names of the classes whose constructor takes other arguments than it did."""
    out: set[str] = set()
    for path in case.changed:
        was, now = signatures(case.rewritten.old[path]), signatures(case.rewritten.new[path])
        changed = [n.split(".") for n in was if was[n] != now.get(n)]
        out |= {parts[-2] for parts in changed if len(parts) > 1 and parts[-1] in ("__init__", "__new__")}
    return out


def changed_classes(case: Case) -> set[ast.ClassDef]:
    """Return the classes of which a method takes other arguments than it did."""
    out: set[ast.ClassDef] = set()
    for path in case.changed:
        was, now = signatures(case.rewritten.old[path]), signatures(case.rewritten.new[path])
        changed = {n.rpartition(".")[0] for n in was if was[n] != now.get(n)}
        unit = case.old.world.units[path]
        out |= {n for n in unit.scopes if isinstance(n, ast.ClassDef) and function_of(unit, n) in changed}
    return out


def new_attributes(case: Case) -> set[str]:
    """Raise Rejected where a name that is new in some class or module was in use already; return the names that came."""
    came: set[str] = set()
    for path in case.changed:
        old, new = case.old.world.units[path], case.new_world.units[path]
        more = bound_names(new, outer=True) - bound_names(old, outer=True)
        for name in more:
            if any(isinstance(n, ast.alias) for n in binders(new, name)):
                continue
            came.add(name)
            uses = list(case.old.world.attributes.get(name, ()))
            if uses:
                raise Rejected(Rule.NAME_IN_USE, case.unit(uses[0]), uses[0], f"`{name}` would be new, but `.{name}` is already used")
            for unit in case.old.world.units.values():
                for node, scope in unit.scopes.items():
                    if isinstance(node, ast.ClassDef) and name in scope.bindings and unit.path != path:
                        raise Rejected(Rule.NAME_IN_USE, unit, node, f"`{name}` would be new, but a class already has one")
    return came


def entry_names(tree: ast.Module) -> Counter[str]:
    """Return the keys of the dicts that a file writes down, and how often it does: another dict may have a name already."""
    keys = (k for n in ast.walk(tree) if isinstance(n, ast.Dict) for k in n.keys)
    stored = (n.slice for n in ast.walk(tree) if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store))
    out = Counter(k.value for k in (*keys, *stored) if isinstance(k, ast.Constant) and isinstance(k.value, str))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in ("dict", "update"):
            out.update(k.arg for k in node.keywords if k.arg is not None)
    return out


def field_names(tree: ast.Module) -> set[str]:
    """Return the names of all keyword arguments of a file: what holds fields and no more, as SimpleNamespace, has them as attributes."""
    return {k.arg for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords if k.arg is not None}


def class_names(tree: ast.Module) -> set[str]:
    """Return the names of all classes of a file."""
    return {n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}


def lost_anywhere(case: Case) -> set[str]:
    """Return the names and attributes that some file no longer has."""
    out: set[str] = set()
    for p in case.changed:
        old, new = case.old.world.units[p], case.new_world.units[p]
        out |= (attribute_names(old) - attribute_names(new)) | (set(old.module.bindings) - set(new.module.bindings))
    return out


def lost(case: Case, module: Path, name: str) -> bool:
    old, new = case.old.world.units.get(module), case.new_world.units.get(module)
    if old is None or new is None:
        return False
    return name in old.module.bindings and name not in new.module.bindings and not new.module.stars


def class_lost(case: Case, name: str) -> bool:
    """Return whether an attribute is no longer set anywhere in a file where it was."""
    return any(
        name in attribute_names(case.old.world.units[p]) and name not in attribute_names(case.new_world.units[p]) for p in case.changed
    )


def signatures(tree: ast.Module) -> dict[str, str]:
    """Return the parameters of each function by its name and those of the classes and functions around it; `**` stands for any others."""
    out: dict[str, str] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [a.arg for a in parameters(child.args)] + (["**"] if child.args.kwarg is not None else [])
                out[f"{prefix}{child.name}"] = ",".join(names)
            inner = f"{prefix}{child.name}." if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else prefix
            visit(child, inner)

    visit(tree, "")
    return out


def bound_names(unit: Unit, outer: bool = False) -> Counter[str]:
    """Count the names that a file binds; `outer`: those that can be seen from outside, attributes and parameters among them."""
    out: Counter[str] = Counter()
    for scope in unit.scopes.values():
        if outer and not scope.is_module and not scope.is_class:
            for name, bindings in scope.bindings.items():
                out[name] += any(b.kind is BindingKind.PARAM for b in bindings)
            continue
        out.update(dict.fromkeys(scope.bindings, 1))
    for node in unit.parents:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            out[node.attr] += 1
    return Counter({n: c for n, c in out.items() if c})


def binders(unit: Unit, name: str) -> Iterable[ast.AST]:
    return [b.node for scope in unit.scopes.values() for b in scope.bindings.get(name, ())]


def knows(unit: Unit, name: str) -> bool:
    return any(name in scope.bindings for scope in unit.scopes.values())


@lru_cache(maxsize=256)
def attribute_names(unit: Unit) -> set[str]:
    out = {n.attr for n in unit.parents if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
    for scope in unit.scopes.values():
        if scope.is_class:
            out |= set(scope.bindings)
    return out
