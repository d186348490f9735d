"""Dicts and lists out of which everything went."""

import ast

from migrate.codemod.flow.kinds import BoxKind, StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, BoxRef, Store
from migrate.codemod.keys.sinks import Sink
from migrate.codemod.rewrite.plan import Plan

_NOTHING = frozenset({StoreKind.STAR, StoreKind.SELF, StoreKind.KWARGS, StoreKind.SPLAT, StoreKind.OUTSIDE, StoreKind.OPEN, StoreKind.DEF})


def hollow(plan: Plan) -> set[Store]:
    """Remove what is in tuples and lists of nothing but keys that nobody reads any more; they go as a whole."""
    for b in plan.cluster.boxes:
        inside = b.all()
        if b.kind is not BoxKind.SEQ or b.open or not inside or not plan.facts.uses.holders.get(b):
            continue
        if all(s in plan.cluster.stores and s not in plan.kept and s not in plan.removed and plan.unread(s) for s in inside) and all(
            n is b.node or plan.dead(n) for n in plan.facts.uses.by_box.get(b, ())
        ):
            plan.removed.update(inside)
    return set()


def emptied(plan: Plan) -> set[Store]:
    """Return the bindings of dicts and lists out of which everything went, and drop the `**` of such a dict in a sink."""
    empty = {
        b for b in plan.cluster.boxes
        if b.items and not b.open and not b.spreads and all(s in plan.removed for stores in b.items.values() for s in stores)
    }  # fmt: skip
    more: set[Store] = set()
    if not empty:
        return more - plan.kept
    for sink in plan.cluster.sinks:
        drop_empty_splats(plan, sink, empty)
    for s in plan.facts.interpreter.stores():
        if s.values and all(isinstance(v, BoxRef) and v.box in empty for v in s.values) and s.kind not in _NOTHING:
            if all(plan.dead(n) for n in plan.facts.readers.get(s, ())) and s not in plan.removed:
                more.add(s)
    return more - plan.kept


def drop_empty_splats(plan: Plan, sink: Sink, empty: set[Box]) -> None:
    """Drop `**X` or `client_kwargs=X` with nothing in X any more."""
    for k in getattr(sink.call, "keywords", ()):
        values = plan.facts.interpreter.values_of(k.value)
        if values and all(isinstance(v, BoxRef) and v.box in empty for v in values) and k.value not in plan.roots:
            if k.arg is None or k.arg in sink.spec.nested:
                plan.drop_item(sink.module, sink.call, k)
                plan.roots.add(k.value)


def empty_updates(plan: Plan) -> set[Store]:
    """Drop `kw.update(…)` and `kw |= …` with nothing to put in any more."""
    for box in plan.cluster.boxes:
        if box.open or box.spreads or box.kind is not BoxKind.DICT:
            continue
        for s in box.all():
            call = s.module.source.parents.get(s.node) if s in plan.removed and s.kind is StoreKind.ARGUMENT else None
            if isinstance(call, ast.Call) and not call.args and plan.roots.issuperset(call.keywords):
                drop_update(plan, s.module, call)
        if not box.items or not plan.removed.issuperset(box.all()):
            continue
        for node in plan.facts.uses.by_box.get(box, ()):
            home = plan.facts.uses.homes.get(node)
            up = home.source.parents.get(node) if home is not None else None
            if home is not None and isinstance(up, ast.AugAssign) and node is up.value and up not in plan.roots:
                plan.drop_statement(home, up)
            elif home is not None and isinstance(up, ast.Call) and up.args == [node] and not up.keywords:
                drop_update(plan, home, up)
    return set()


def drop_update(plan: Plan, module: Module, call: ast.Call) -> None:
    """Drops `kw.update(…)` where it is a statement."""
    statement = module.source.parents.get(call)
    if isinstance(call.func, ast.Attribute) and call.func.attr == "update" and isinstance(statement, ast.Expr):
        if statement not in plan.roots:
            plan.drop_statement(module, statement)
