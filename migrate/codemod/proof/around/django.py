"""Django's settings that hold a part of a key: an app or a backend may read what nothing of the program does."""

import ast
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from migrate.codemod.libraries.clients.django_storages import QUIET_APPS, SETTINGS
from migrate.codemod.libraries.frameworks import DJANGO_LISTS
from migrate.codemod.proof.evaluation.frameworks.outside import settings_modules
from migrate.codemod.proof.evaluation.names.scopes import Unit
from migrate.codemod.proof.evaluation.values import Kind, Value

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.\w+)*")


def other_reader(ev: "Evaluator", target: ast.expr, value: ast.expr, has_part: Callable[[Value], bool]) -> str | None:
    """Return what is wrong with an assignment that holds a key, where it makes a setting that Django may hand to others."""
    unit = ev.world.unit_of[target]
    if not (
        isinstance(target, ast.Name)
        and target.id.isupper()
        and unit.scope_of[target] is unit.module
        and unit.path in settings_modules(ev)
        and "INSTALLED_APPS" in unit.module.bindings
    ):
        return None
    if (app := other_app(ev, unit)) is not None:
        return f"the setting `{target.id}` may be read by `{app}`"
    if target.id == "STORAGES" or (target.id in SETTINGS and not any(has_part(v) for v in ev.value(value))):
        return None
    read = any(isinstance(n.ctx, ast.Load) for n in [*ev.world.attributes.get(target.id, ()), *ev.world.names.get(target.id, ())])
    return None if read else f"the setting `{target.id}` may be read by a Django app"


def other_app(ev: "Evaluator", unit: Unit) -> str | None:
    """Return an app, or the package of a class, that Django's settings name and that may read the settings of AWS."""
    for node in unit.parents:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or not _DOTTED.fullmatch(node.value):
            continue
        first, _, rest = node.value.partition(".")
        class_path = rest.rpartition(".")[2][:1].isupper()
        if first in QUIET_APPS or not (class_path or _listed(unit, node)):
            continue
        # what is not surely a file of the tree may be somebody else's
        if ev.world.find(unit.path, first, 0).kind is not Kind.MODULE:
            return first
    return None


def _listed(unit: Unit, node: ast.AST) -> bool:
    """Return whether a text stands in what makes a list of apps or middleware."""
    at: ast.AST | None = node
    while at is not None and not isinstance(at, ast.Assign | ast.AugAssign):
        at = unit.parents.get(at)
    targets = at.targets if isinstance(at, ast.Assign) else [at.target] if isinstance(at, ast.AugAssign) else []
    return any(isinstance(t, ast.Name) and t.id.endswith(DJANGO_LISTS) for t in targets)
