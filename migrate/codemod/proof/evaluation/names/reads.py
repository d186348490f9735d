"""Which bindings a name may have where it is read, in its own scope or in another."""

import ast

from migrate.codemod.proof.evaluation.names.reaching import Reaching
from migrate.codemod.proof.evaluation.names.scopes import Binding, BindingKind, Cell, Scope, Unit
from migrate.codemod.proof.evaluation.names.states import UNBOUND


def reads(unit: Unit, reaching: Reaching, node: ast.Name) -> tuple[Cell | None, list[Binding], bool]:
    """Return what a name means, the bindings that may have made it what it is, and whether it may not be bound at all."""
    cell = unit.cell(node)
    if cell is None:
        return None, [], False
    every = cell.scope.bindings.get(cell.name, [])
    here = reaching.at.get(node)
    if here is not None and cell.name not in cell.scope.foreign:
        return cell, [b for b in here if b is not UNBOUND], UNBOUND in here
    # read from another scope, at a time that is not known
    missing = cell.name not in cell.scope.definite or any(b.kind is BindingKind.DELETE for b in every) or too_early(cell.scope, every)
    return cell, [b for b in every if b.kind is not BindingKind.DELETE], missing


def too_early(scope: Scope, bindings: list[Binding]) -> bool:
    """Return whether a module calls something above the bindings of a name where it catches what an unbound name raises."""
    if not scope.is_module or "NameError" not in scope.unit.handled:
        return False
    first = min((getattr(b.node, "lineno", 0) for b in bindings), default=0)
    tries = [s for s in scope.unit.tree.body if isinstance(s, ast.Try) and s.lineno < first]
    return any(isinstance(n, ast.Call) for s in tries for part in s.body for n in ast.walk(part))
