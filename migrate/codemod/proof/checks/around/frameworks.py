"""Frameworks that take all names of a module as their settings: who reads them there cannot be seen."""

import ast
import re
from pathlib import Path

from migrate.codemod.libraries.frameworks import TAKING_MODULES
from migrate.codemod.proof.around.below import module_name
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.checks.around.flask import is_closed
from migrate.codemod.proof.evaluation.values import Kind
from migrate.codemod.proof.rules import Rule


def check_settings(case: Case, names: set[str]) -> None:
    """Raise Rejected where a framework takes all names of a module that loses some (`names`).

    Flask: https://flask.palletsprojects.com/en/stable/config/. Its settings travel with the application, into extensions and templates.
    """
    stems = {module_name(p) for p in case.homes}
    for name in sorted(TAKING_MODULES):
        for call in case.old.world.calls.get(name, ()):
            unit = case.unit(call)
            if not any(_means(case, a, unit.path, stems) for a in [*call.args, *(k.value for k in call.keywords)]):
                continue
            if is_closed(case, call, names):
                continue
            raise Rejected(Rule.FRAMEWORK_SETTINGS, unit, call, f"`{name}` takes all names of the module that holds the key")
    found = case.rewritten.mentions.says([rf"(?:{'|'.join(sorted(TAKING_MODULES))})\s*\([^)\n]*(?:{'|'.join(map(re.escape, sorted(stems)))})"],
                                         set(case.old.world.units)) if stems else None  # fmt: skip
    if found is not None:
        raise Rejected(
            Rule.FRAMEWORK_SETTINGS,
            found[0],
            None,
            f"{found[0].name}, which was not analyzed, takes all names of a module that holds the key",
        )


def _means(case: Case, argument: ast.expr, path: Path, stems: set[str]) -> bool:
    """Return whether an argument may be a module that loses names: itself, its name, or the name of a class in it."""
    if isinstance(argument, ast.Name) and argument.id == "__name__":
        return path in case.homes
    if isinstance(argument, ast.Constant):
        return isinstance(argument.value, str) and bool(stems & set(re.split(r"[./:\\]", argument.value)))
    for v in case.old.value(argument):
        if v.kind is Kind.MODULE:
            return v.data in case.homes
        if v.kind in (Kind.CLASS, Kind.INSTANCE):
            return case.old.world.unit_of[v.data].path in case.homes
        if v.kind is Kind.UNKNOWN:
            return True
    return False
