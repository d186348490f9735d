"""Imports that go, and what is left of one whose module does something when it is imported."""

import ast
from functools import lru_cache

from migrate.codemod.edit.kinds import Drop, KeepImport
from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import ModuleRef, Store
from migrate.codemod.rewrite.plan import Plan
from migrate.codemod.source.python import Source

_PURE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.AnnAssign, ast.Pass)


def keep_effects(plan: Plan, module: Module, statement: ast.AST) -> None:
    """Keep an import for the sake of what its module does when it is imported."""
    if not isinstance(statement, ast.ImportFrom):
        return
    home = plan.facts.interpreter.imported_module(module, statement.module or "", statement.level)
    if not isinstance(home, ModuleRef) or pure(home.module):
        return
    if statement.level:
        package, _, last = (statement.module or "").rpartition(".")
        if not last:
            return
        line = f"from {'.' * statement.level}{package} import {last}  # noqa: F401"
    else:
        line = f"import {statement.module}  # noqa: F401"
    plan.add(module, KeepImport(statement, line))


def unused_imports(plan: Plan) -> None:
    """Drop imports that only served what went. Names that were unused before stay."""
    changed = plan.rewrite.modules
    for s in plan.facts.interpreter.stores():
        if s.kind is not StoreKind.IMPORT or s in plan.removed or not isinstance(s.node, ast.alias) or s.node in plan.roots:
            continue
        if s.module not in changed:
            continue
        readers = plan.facts.readers.get(s, [])
        names = any(isinstance(n, ast.Name) for n in readers) or annotates(plan, s)
        if not names or not all(plan.dead(n) for n in readers) or s.name in s.module.source.opaque:
            continue
        if s.module.path.name == "__init__.py":
            continue
        statement = s.module.source.parents[s.node]
        up = s.module.source.parents.get(statement)
        if not isinstance(up, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if any(isinstance(v, ModuleRef) and not pure(v.module) for v in s.values):
            continue
        if any(
            isinstance(n, ast.Name) and n.id == s.name and not plan.dead(n)
            for n in ast.walk(s.module.source.tree)
            if s.module.source.parents.get(n) is not None
        ):
            continue
        if any(
            s.name in (e.value if isinstance(e.value, str) else "")
            for x in s.module.scope.stores.get("__all__", ())
            if isinstance(x.value, ast.List | ast.Tuple)
            for e in x.value.elts
            if isinstance(e, ast.Constant)
        ):
            continue
        plan.add(s.module, Drop(statement, s.node))
        plan.roots.add(s.node)


def annotates(plan: Plan, s: Store) -> bool:
    """Return whether an import served nothing but the annotations of what went, as `Final` and `Optional` do."""
    inside = annotations(s.module.source)
    quoted = any(isinstance(n, ast.Constant) and isinstance(n.value, str) and s.name in n.value for n in inside)
    return not quoted and any(isinstance(n, ast.Name) and n.id == s.name and plan.dead(n) for n in inside)


@lru_cache(maxsize=16)
def annotations(source: Source) -> tuple[ast.Name | ast.Constant, ...]:
    """Return the names and texts in the annotations of a source."""
    inside = []
    for n in source.parents:
        for a in (getattr(n, "annotation", None), getattr(n, "returns", None)):
            if isinstance(a, ast.expr):
                inside += [x for x in ast.walk(a) if isinstance(x, ast.Name | ast.Constant)]
    return tuple(inside)


def pure(module: Module) -> bool:
    """Return whether a module does nothing but define things when it is imported."""
    for s in module.source.tree.body:
        if isinstance(s, _PURE):
            continue
        if isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant):
            continue
        if isinstance(s, ast.Assign) and not any(isinstance(t, ast.Subscript | ast.Attribute) for t in s.targets):
            continue
        return False
    return True
