"""Accesses to what holds a key, under the name of a part of it, through something that the evaluation did not follow to the end.

The witness knows each object by the expressions that lead to it. An answer of a library (`next(…)`, `future.result()`), a descriptor or an operator
may lead to the same object on a way that it does not see; the name of the part is what gives such an access away.
"""

import ast
from collections.abc import Iterator

from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.containers.classes import gives_back
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.values import ABSENT, Kind
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule

_ASKING = frozenset({"get", "pop", "setdefault", "__getitem__", "__setitem__", "__delitem__"})
_CHANGING = frozenset({"update", "_replace", "__setattr__", "__delattr__"})


def check_untraced(case: Case) -> None:
    """Raise Rejected where an attribute or entry with the name of a part of a key is accessed on something that may be what holds it."""
    attributes, entries = _names(case)
    if not attributes and not entries:
        return
    for unit in list(case.old.world.units.values()):
        for node in unit.parents:
            for base, name in _accesses(node, attributes, entries):
                if may_be_the_holder(case, base):
                    raise Rejected(
                        Rule.UNKNOWN_READER, unit, node, f"`{name}` is accessed on an object that could not be analyzed, and may be a part of the key"
                    )  # fmt: skip


def may_be_the_holder(case: Case, base: ast.expr) -> bool:
    """Return whether an expression was not followed to what it stands for: anything, or what a call outside of the program gave back."""
    values = case.old.value(base)
    return any(v.kind is Kind.UNKNOWN or gives_back(v) for v in values) or all(v.kind in ABSENT for v in values)


def _accesses(node: ast.AST, attributes: set[str], entries: set[str]) -> Iterator[tuple[ast.expr, str]]:
    """Yield what an expression asks or changes under one of some names, and the name."""
    if isinstance(node, ast.Attribute) and node.attr in attributes:
        yield node.value, node.attr
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value in entries:
        yield node.value, str(node.slice.value)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = last_name(node.func)
        if name in _ASKING and node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value in entries:
            yield node.func.value, str(node.args[0].value)
        elif name in _CHANGING:
            given = {k.arg for k in node.keywords} | {
                key.value for a in node.args if isinstance(a, ast.Dict) for key in a.keys if isinstance(key, ast.Constant)
            }
            for said in sorted((entries | attributes) & {g for g in given if isinstance(g, str)}):
                yield node.func.value, said


def _names(case: Case) -> tuple[set[str], set[str]]:
    """Return the names of the attributes, and those of the entries, that hold a part of a key."""
    attributes: set[str] = set()
    entries: set[str] = set()
    for unit in list(case.old.world.units.values()):
        for node in unit.parents:
            match node:
                case ast.Assign(value=value, targets=targets) if _holds(case, value):
                    for target in targets:
                        _add(unit, target, attributes, entries)
                case ast.AnnAssign(value=ast.expr() as value, target=target) if _holds(case, value):
                    _add(unit, target, attributes, entries)
                case ast.Dict(keys=keys, values=values):
                    entries |= {
                        k.value
                        for k, v in zip(keys, values, strict=True)
                        if isinstance(k, ast.Constant) and isinstance(k.value, str) and _holds(case, v)
                    }
                case ast.Call(keywords=keywords) if node not in case.held.sinks:
                    named = {k.arg for k in keywords if k.arg is not None and _holds(case, k.value)}
                    made = case.old.value(node) if named else ()
                    if any(v.kind is Kind.OBJECT for v in made):
                        entries |= named
                        attributes |= named
                    elif any(v.kind is Kind.INSTANCE for v in made):
                        attributes |= named
    return attributes, entries


def _add(unit: Unit, target: ast.expr, attributes: set[str], entries: set[str]) -> None:
    """Add the name under which an assignment stores a part of a key in an object, class or dict."""
    if isinstance(target, ast.Attribute):
        attributes.add(target.attr)
    elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str):
        entries.add(target.slice.value)
    elif isinstance(target, ast.Name) and target in unit.scope_of and unit.scope_of[target].is_class:
        attributes.add(target.id)


def _holds(case: Case, node: ast.expr) -> bool:
    """Return whether an expression may be a part of a key, or a dict, list or the like that holds one."""
    return case.old.matters(node) and case.held.holds(node)
