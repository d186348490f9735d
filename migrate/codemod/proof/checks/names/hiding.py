"""Whether a name that came hides one that the code around it reads: a parameter `profile` in front of a module's `profile`."""

import ast
from collections import defaultdict

from migrate.codemod.proof.case import Case, Rejected, function_of
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.rules import Rule


def check_hidden(case: Case) -> None:
    """Raise Rejected where a function or module binds a new name that its code reads from further outside, or from the builtins."""
    for path in case.changed:
        old, new = case.old.world.units[path], case.new_world.units[path]
        was, now = _bound(old), _bound(new)
        fresh = {where: names - was.get(where, set()) for where, names in now.items()}
        if not any(fresh.values()):
            continue
        for node in old.parents:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node in old.scope_of:
                hidden = _between(old, node)
                if any(node.id in fresh.get(where, ()) for where in hidden):
                    raise Rejected(Rule.NAME_IN_USE, old, node, f"`{node.id}` is read here, and a new name would hide it")


def _bound(unit: Unit) -> dict[str, set[str]]:
    """Return the names that the scopes of a file bind, by the names of the functions and classes around them."""
    out: dict[str, set[str]] = defaultdict(set)
    for node, scope in unit.scopes.items():
        out[function_of(unit, node)] |= set(scope.bindings) - scope.globals - scope.nonlocals
    return out


def _between(unit: Unit, node: ast.Name) -> set[str]:
    """Return the scopes that Python asks for a name, or that another binding would make it ask, before the one that it means."""
    cell = unit.cell(node)
    out: set[str] = set()
    scope = unit.scope_of[node]
    first = True
    while scope is not None and (cell is None or scope is not cell.scope):
        if first or not scope.is_class:
            out.add(function_of(unit, scope.node))
        first = False
        scope = scope.parent  # type: ignore[assignment]
    return out
