"""Functions that only gave the key back."""

import ast

from migrate.codemod.edit.kinds import Drop
from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.flow.values import BoxRef, Store, Value, in_order
from migrate.codemod.rewrite.plan import Plan
from migrate.codemod.rewrite.removal.bindings import mend_all


def idle_functions(plan: Plan) -> set[Store]:
    """Drop functions that only gave the key back, and whose every call is gone."""
    for o in in_order(plan.cluster.origins):
        around = next((u for u in o.module.source.ancestors(o.node) if isinstance(u, ast.FunctionDef | ast.AsyncFunctionDef)), None)
        function = plan.facts.interpreter.function_of(around) if around is not None else None
        if function is None or around is None or function.escapes or around in plan.roots:
            continue
        if plan.dead(o.node) and not emptied_dicts(plan, function.returns):
            continue
        up = o.module.source.parents.get(around)
        defined = [s for s in plan.facts.slots[function.scope.parent, around.name] if s.kind is StoreKind.DEF]
        read = any(plan.facts.readers.get(s) for s in defined)
        if not isinstance(up, ast.Module | ast.ClassDef) or not read or (around.decorator_list and not isinstance(up, ast.ClassDef)):
            continue
        if not all(isinstance(x, ast.Return | ast.Expr) or emptied_dict(plan, x) for x in around.body):
            continue
        if all(plan.dead(c) for c in function.calls) and all(reader_gone(plan, n) for s in defined for n in plan.facts.readers.get(s, ())):
            plan.drop_statement(o.module, around)
            plan.rewrite.functions.append((o.module, around))
            plan.removed.update(s for s in plan.cluster.stores if s.module is o.module and plan.dead(s.node))
            for s in defined:
                mend_all(plan, s)
                for n in plan.facts.readers.get(s, ()):
                    if isinstance(n, ast.alias):
                        home = plan.facts.uses.homes[n]
                        plan.add(home, Drop(home.source.parents[n], n))
                        plan.roots.add(n)
    return set()


def emptied_dict(plan: Plan, statement: ast.stmt) -> bool:
    """Return whether a statement binds nothing but a dict out of which everything went."""
    return isinstance(statement, ast.Assign) and emptied_dicts(plan, plan.facts.interpreter.values_of(statement.value))


def emptied_dicts(plan: Plan, values: set[Value]) -> bool:
    """Return whether values are dicts of the cluster with nothing in them any more."""
    return bool(values) and all(
        isinstance(v, BoxRef) and v.box in plan.cluster.boxes and not v.box.open and plan.removed.issuperset(v.box.all()) for v in values
    )


def reader_gone(plan: Plan, n: ast.AST) -> bool:
    """Return whether a reader is gone, or is an import whose own readers are."""
    if isinstance(n, ast.alias):
        stores = [s for s in plan.facts.interpreter.stores() if s.node is n]
        return all(plan.unread(s) for s in stores)
    return plan.dead(n)
