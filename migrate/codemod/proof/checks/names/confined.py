"""Whether an expression may be what holds a part of a key: one question, for all checks that meet something that is not understood."""

import ast
import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from migrate.codemod.proof.around import dynamic
from migrate.codemod.proof.around.below import module_name
from migrate.codemod.proof.around.loading.readers import Going
from migrate.codemod.proof.case import Case
from migrate.codemod.proof.checks.around.running import imports_any
from migrate.codemod.proof.checks.names.holding import module_names
from migrate.codemod.proof.confinement.names import in_a_text, says_whole
from migrate.codemod.proof.confinement.spread import Loose, Spread
from migrate.codemod.proof.confinement.words import ANNOTATIONS, ANY_CLASS, ANY_OBJECT, BELOW, COMPUTED_BELOW, DECIDING, OBJECT_HANDED
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.values import Kind, Values


def may_be_one(case: Case, owners: Collection[ast.AST | None], node: ast.expr) -> bool:
    """Return whether an expression of the old program may be one of some holders: objects of classes, classes, dicts. None: any other."""
    where = spread(case, frozenset(owners))
    return where is None or node in where.nodes


def may_have_lost(case: Case, name: str, node: ast.expr) -> bool:
    """Return whether an expression of the new program may be what had an attribute before and no longer has it."""
    if node not in case.old.world.unit_of:
        return True  # it stands in a file that changes
    owners: set[ast.AST | None] = set()
    for path in case.changed:
        unit = case.old.world.units[path]
        owners |= {s.node for s in unit.scopes.values() if s.is_class and name in s.bindings}
        for target in case.old.world.attributes.get(name, ()):
            if target in unit.parents and isinstance(target.ctx, ast.Store):
                owners |= owners_of(case.old.value(target.value))
    return may_be_one(case, owners, node)


def owners_of(values: Values) -> set[ast.AST | None]:
    """Return what has the names that are set on some values: classes, dicts that are written down, calls that make an object with fields."""
    out: set[ast.AST | None] = set() if values else {None}
    for v in values:
        own = v.kind in (Kind.INSTANCE, Kind.CLASS) and isinstance(v.data, ast.ClassDef)
        written = v.kind is Kind.OBJECT and isinstance(v.data, ast.Dict | ast.Call)
        out.add(v.data if own or written else None)
    return out


def spread(case: Case, owners: frozenset[ast.AST | None]) -> Spread | None:
    """Return the expressions that some holders may be; None where they may be anything that is not understood."""
    if owners not in case.spreads:
        case.spreads[owners] = _spread(case, owners)
    return case.spreads[owners]


def _spread(case: Case, owners: frozenset[ast.AST | None]) -> Spread | None:
    told = [o for o in owners if o is not None]
    if len(told) < len(owners) or not told:
        return None
    try:
        found = Spread(case.old, told, lambda call: call in case.held.sinks)
        while _takes_in(case, found):
            found = Spread(case.old, told, lambda call: call in case.held.sinks)
    except Loose:
        return None
    return found if _is_complete(case, found) else None


def _takes_in(case: Case, found: Spread) -> bool:
    """Take in the files that ask for a holder by a name, or import a file that has one, and have not been followed. Return whether there were any.

    Raise Loose where one cannot be.
    """
    world, names, mentions = case.old.world, found.names, case.rewritten.mentions
    known = set(world.units)
    others = {p for p, _ in mentions(names.said, names.homes, known)}
    stems = "|".join(sorted({re.escape(module_name(p)) for p in names.homes}))
    if stems:
        importing = rf"\b(?:from|import)\b(?:[^\n(]|\\\n)*(?:\([^)]*)?\b(?:{stems})\b"
        others |= {p for p in mentions.all_that_say([importing], known) if not names.homes.isdisjoint(mentions.runs(p))}
    if any(p.suffix != ".py" or world.unit(p) is None for p in others):
        raise Loose
    return bool(others)


def _is_complete(case: Case, found: Spread) -> bool:
    """Return whether nothing gets at a holder but by the names that were followed."""
    mentions, names = case.rewritten.mentions, found.names
    units = list(case.old.world.units.values())
    of_classes = [BELOW if any(c.bases for c in found.classes) else ANY_CLASS] if found.classes else []
    if found.noted:
        of_classes.append(ANNOTATIONS)
    if found.compared:
        of_classes.append(DECIDING)
    if found.classes and all(mentions.says([word], set()) is not None for word in (COMPUTED_BELOW, OBJECT_HANDED)):
        return False
    if says_whole(found.units) or mentions.says([*ANY_OBJECT, *of_classes], set()) is not None:
        return False
    if not names.homes:
        return True
    near = [u for u in units if u.path in names.homes or imports_any(case, u, names.homes)]
    paths = {u.path for u in near}
    through = frozenset(module_names(replace(case, homes=names.homes), paths))
    steady = not found.classes and not found.gives  # classes and functions of a module give no holder
    return not (
        any(True for unit in near for _ in dynamic.uses(unit, case.old))
        or any(_hands_module(case, unit, names.homes) for unit in near)
        or in_a_text(units, names.said)
        or mentions.reads_whole(names.homes, paths, Going(frozenset(names.said), through, listed=True, steady=steady)) is not None
        or mentions.loads(names.said, {u.path for u in units}) is not None
    )


def _hands_module(case: Case, unit: Unit, homes: set[Path]) -> bool:
    """Return whether a file does anything with one of some modules but ask it for an attribute."""
    for node, parent in unit.parents.items():
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load) and not isinstance(parent, ast.Attribute):
            if any(v.kind is Kind.MODULE and v.data in homes for v in case.old.value(node)):
                return True
    return False
