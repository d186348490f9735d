"""Constructs whose effect is known: context managers that let exceptions pass, generators that are used up where they stand."""

import ast

from migrate.codemod.libraries.packages import Trait, having
from migrate.codemod.libraries.standard import MANAGERS, USING_UP
from migrate.codemod.proof.evaluation.names.scopes import BindingKind, Unit


def plain_manager(unit: Unit, node: ast.expr) -> bool:
    """Return whether a context manager is one of those that let exceptions pass: by its name, and by where the name comes from."""
    name = node.func if isinstance(node, ast.Call) else node
    last = name.id if isinstance(name, ast.Name) else name.attr if isinstance(name, ast.Attribute) else ""
    root: ast.expr = name
    while isinstance(root, ast.Attribute):
        root = root.value
    if isinstance(root, ast.Call):
        return last in MANAGERS and plain_manager(unit, root)  # `boto3.Session().client("s3")`
    if last not in MANAGERS or not isinstance(root, ast.Name):
        return False
    cell = unit.cell(root)
    if cell is None:
        return name is root and last == "open" and not any(s.stars for s in unit.scopes.values())
    bindings = cell.scope.bindings.get(cell.name, [])
    renamed = name is root and any(b.name not in MANAGERS for b in bindings)  # `from contextlib import suppress as closing`
    known = all(
        b.kind in (BindingKind.IMPORT, BindingKind.FROM) and not b.level and b.module.split(".")[0] in having(Trait.PLAIN_MANAGERS)
        for b in bindings
    )
    return bool(bindings) and known and not renamed


def used_at_once(unit: Unit, node: ast.GeneratorExp) -> bool:
    """Return whether a generator is used up where it is written: it is the only argument of a builtin that does so, or of `join`."""
    call = unit.parents.get(node)
    if not isinstance(call, ast.Call) or call.args[:1] != [node]:
        return False
    if isinstance(call.func, ast.Attribute):
        return call.func.attr == "join"
    return isinstance(call.func, ast.Name) and call.func.id in USING_UP and unit.cell(call.func) is None
