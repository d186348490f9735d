"""What declares names or parameters that go: `@overload`, and protocols."""

import ast

from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.containers.classes import has_decorator
from migrate.codemod.proof.rules import Rule


def check_overloads(case: Case, functions: set[str]) -> None:
    """Raise Rejected where a function takes other parameters, and `@overload` declares the old ones."""
    for path in case.changed:
        for node in ast.walk(case.rewritten.new[path]):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in functions and has_decorator(node, "overload"):
                raise Rejected(Rule.UNDEFINED, path, node, f"an overload declares the parameters of `{node.name}` that would change")


def check_protocols(case: Case, names: set[str]) -> None:
    """Raise Rejected where a protocol asks for an attribute that goes: `isinstance(x, Protocol)` would be false."""
    for unit in list(case.old.world.units.values()):
        for node, scope in unit.scopes.items():
            if not isinstance(node, ast.ClassDef) or names.isdisjoint(scope.bindings):
                continue
            if any(str(v.data).startswith("typing") and "Protocol" in str(v.data) for b in node.bases for v in case.old.value(b)):
                gone = min(names & set(scope.bindings))
                raise Rejected(Rule.UNDEFINED, unit, node, f"the protocol `{node.name}` asks for `{gone}`, which would be removed")
