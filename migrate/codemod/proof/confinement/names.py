"""Every place where a name is read, in whatever file and under whatever other name it is imported there."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.proof.confinement.words import SCOPES
from migrate.codemod.proof.evaluation.names.scopes import BindingKind, Scope, Unit
from migrate.codemod.proof.evaluation.values import Kind

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


class Names:
    """Finds where names are read, and keeps which of them other files may ask for."""

    def __init__(self, ev: "Evaluator") -> None:
        self.ev = ev
        self.said: set[str] = set()  # names by which other files may ask for it
        self.homes: set[Path] = set()  # the files that have them

    def uses(self, unit: Unit, scope: Scope, name: str, seen: set[tuple[Scope, str]] | None = None) -> Iterator[ast.expr]:
        """Yield each place where a name of a scope is read: by it, as an attribute of a module or class, or imported under another name."""
        home = unit.home(scope, name) or scope
        world = self.ev.world
        seen = set() if seen is None else seen
        if (home, name) in seen:
            return
        seen.add((home, name))
        for node in world.names.get(name, ()):
            if is_read(self.ev, node) and node in (other := world.unit_of[node]).scope_of:
                cell = other.cell(node)
                starred = any(s.stars for s in other.scopes.values())
                if (cell is not None and cell.scope is home) or (starred and (cell is None or cell.scope.is_module)):
                    yield node
        if not (home.is_module or home.is_class):
            return
        self.said.add(name)
        self.homes.add(unit.path)
        for attribute in world.attributes.get(name, ()):
            if is_read(self.ev, attribute) and (home.is_class or not is_other(self.ev, attribute.value, set())):
                yield attribute
        for other in list(world.units.values()):
            for inner in other.scopes.values():
                if inner.stars:
                    self.homes.add(other.path)
                for called, bindings in list(inner.bindings.items()):
                    if any(b.kind is BindingKind.FROM and b.name == name for b in bindings):
                        yield from self.uses(other, inner, called, seen)


def is_read(ev: "Evaluator", node: ast.Name | ast.Attribute) -> bool:
    """Return whether a name or attribute is asked for what it has: by `x += y` too, which gives it to a method of either."""
    return isinstance(node.ctx, ast.Load) or isinstance(ev.world.parent(node), ast.AugAssign)


def says_whole(units: Iterable[Unit]) -> bool:
    """Return whether one of some files uses a builtin that gives all names of a scope."""
    return any(
        isinstance(n, ast.Name) and n.id in SCOPES and (n.id == "__class__" or unit.cell(n) is None) for unit in units for n in unit.parents
    )


def in_a_text(units: Iterable[Unit], names: set[str]) -> bool:
    """Return whether a text in some files says one of some names; what only documents is left out."""
    said = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, names)))})(?!\w)")
    return any(
        isinstance(n, ast.Constant)
        and isinstance(n.value, str)
        and (not isinstance(parent, ast.Expr) or ">>>" in n.value)  # an example that doctest runs
        and said.search(n.value)
        for unit in units
        for n, parent in unit.parents.items()
    )


def is_other(ev: "Evaluator", base: ast.expr, owners: set[ast.ClassDef]) -> bool:
    """Return whether an expression surely is an object of another class, or a library's module, class or function."""
    found = ev.value(base)
    return bool(found) and all(
        (v.kind in (Kind.INSTANCE, Kind.CLASS) and isinstance(v.data, ast.ClassDef) and v.data not in owners)
        or (v.kind is Kind.LIBRARY and all(part.isidentifier() for part in str(v.data).split(".")))
        for v in found
    )
