"""Accesses to what holds a key, under the name of a part of it, through something that the evaluation did not follow to the end.

The witness knows each object by the expressions that lead to it. An answer of a library (`next(…)`, `future.result()`), a descriptor or an operator
may lead to the same object on a way that it does not see; the name of the part is what gives such an access away.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.checks.names.confined import may_be_one, owners_of, spread
from migrate.codemod.proof.checks.names.patterns import check_matched
from migrate.codemod.proof.evaluation.containers.classes import gives_back, line
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.values import ABSENT, Kind
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule

_ASKING = frozenset({"get", "pop", "setdefault", "__getitem__", "__setitem__", "__delitem__"})
_CHANGING = frozenset({"update", "_replace", "__setattr__", "__delattr__"})

_ATTRIBUTE = r"(?<![\w.]self)\.[ ]*(?:{})\b"
_ENTRY = r"(?:\[|\.(?:get|pop|setdefault|__getitem__)\()\s*[\"'](?:{})[\"']"
"""How a file that was not followed accesses an attribute, or an entry."""

Owners = dict[str, set[ast.AST | None]]
"""What has parts of a key, by the names of these: classes, dicts, calls that make an object with fields; None for anything else."""


def check_untraced(case: Case) -> None:
    """Raise Rejected where an attribute or entry with the name of a part of a key is accessed on something that may be what holds it."""
    attributes, entries = _names(case)
    if not attributes and not entries:
        return
    for owners in (*attributes.values(), *entries.values()):
        spread(case, frozenset(owners))  # which may take in further files
    loose = [{name for name, owners in names.items() if spread(case, frozenset(owners)) is None} for names in (attributes, entries)]
    check_matched(case, *loose)  # what is confined is never matched
    for unit in case.others():
        for node in unit.parents:
            for base, name, owners in _accesses(node, attributes, entries):
                if _may_be_meant(case, unit, owners, base) and may_be_one(case, owners, base):
                    raise Rejected(
                        Rule.UNKNOWN_READER, unit, node, f"`{name}` is accessed on an object that could not be analyzed, and may be a part of the key"
                    )  # fmt: skip
    for names, form in zip(loose, (_ATTRIBUTE, _ENTRY), strict=True):
        if names and (found := _outside(case, names, form)) is not None:
            raise Rejected(
                Rule.UNKNOWN_READER, found, None, f"{found.name}, which was not analyzed, may access a part of the key in an object"
            )


def _outside(case: Case, names: set[str], form: str) -> Path | None:
    """Return a file that was not followed, accesses one of some names on something other than its own object, and may run beside the key.

    An object gets into files that import nothing of the one that makes it, but out of a process only where it is handed to a library.
    """
    said = form.format("|".join(sorted(map(re.escape, names))))
    mentions = case.rewritten.mentions
    return next((p for p in mentions.all_that_say([said], set(case.old.world.units)) if mentions.share(p, case.homes)), None)


def _may_be_meant(case: Case, unit: Unit, owners: set[ast.AST | None], base: ast.expr) -> bool:
    """Return whether nobody else answers for an expression: it was not followed, or is known as a holder in a file that was only taken in later."""
    if may_be_the_holder(case, base):
        return True
    found = [v.data for v in case.old.value(base)] if unit.path not in case.old.world.program else ()
    return any(not owners.isdisjoint(line(case.old, d)[0] if isinstance(d, ast.ClassDef) else {d}) for d in found)


def may_be_the_holder(case: Case, base: ast.expr) -> bool:
    """Return whether an expression was not followed to what it stands for: anything, or what a call outside of the program gave back."""
    values = case.old.value(base)
    return any(v.kind is Kind.UNKNOWN or gives_back(v) for v in values) or all(v.kind in ABSENT for v in values)


def _accesses(node: ast.AST, attributes: Owners, entries: Owners) -> Iterator[tuple[ast.expr, str, set[ast.AST | None]]]:
    """Yield what an expression asks or changes under one of some names, the name, and what has a part of a key under it."""
    if isinstance(node, ast.Attribute) and node.attr in attributes:
        yield node.value, node.attr, attributes[node.attr]
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value in entries:
        yield node.value, str(node.slice.value), entries[str(node.slice.value)]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = last_name(node.func)
        if name in _ASKING and node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value in entries:
            yield node.func.value, str(node.args[0].value), entries[str(node.args[0].value)]
        elif name in _CHANGING:
            given = {k.arg for k in node.keywords} | {
                key.value for a in node.args if isinstance(a, ast.Dict) for key in a.keys if isinstance(key, ast.Constant)
            }
            for said in sorted((entries.keys() | attributes.keys()) & {g for g in given if isinstance(g, str)}):
                yield node.func.value, said, entries.get(said, set()) | attributes.get(said, set())


def _names(case: Case) -> tuple[Owners, Owners]:
    """Return the names of the attributes, and those of the entries, that hold a part of a key, each with what has it."""
    attributes: Owners = defaultdict(set)
    entries: Owners = defaultdict(set)
    for unit in list(case.old.world.units.values()):
        for node in unit.parents:
            match node:
                case ast.Assign(value=value, targets=targets) if _holds(case, value):
                    for target in targets:
                        _add(case, unit, target, attributes, entries)
                case ast.AnnAssign(value=ast.expr() as value, target=target) if _holds(case, value):
                    _add(case, unit, target, attributes, entries)
                case ast.Dict(keys=keys, values=values):
                    for k, v in zip(keys, values, strict=True):
                        if isinstance(k, ast.Constant) and isinstance(k.value, str) and _holds(case, v):
                            entries[k.value].add(node)
                case ast.Call(keywords=keywords) if node not in case.held.sinks:
                    named = {k.arg for k in keywords if k.arg is not None and _holds(case, k.value)}
                    made = case.old.value(node) if named else frozenset()
                    for name in named:
                        if any(v.kind is Kind.OBJECT for v in made):
                            entries[name] |= owners_of(made)
                            attributes[name] |= owners_of(made)
                        elif any(v.kind is Kind.INSTANCE for v in made):
                            attributes[name] |= owners_of(made)
    return attributes, entries


def _add(case: Case, unit: Unit, target: ast.expr, attributes: Owners, entries: Owners) -> None:
    """Add the name under which an assignment stores a part of a key in an object, class or dict."""
    if isinstance(target, ast.Attribute):
        attributes[target.attr] |= owners_of(case.old.value(target.value))
    elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str):
        entries[target.slice.value] |= owners_of(case.old.value(target.value))
    elif isinstance(target, ast.Name) and target in unit.scope_of and unit.scope_of[target].is_class:
        attributes[target.id].add(unit.scope_of[target].node)


def _holds(case: Case, node: ast.expr) -> bool:
    """Return whether an expression may be a part of a key, or a dict, list or the like that holds one."""
    return case.old.matters(node) and case.held.holds(node)
