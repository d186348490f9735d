"""Tuples that carry id and secret side by side: `for name, key, secret in ACCOUNTS` becomes `for name, profile in ACCOUNTS`."""

import ast
from collections import defaultdict

from migrate.codemod.edit.kinds import Put
from migrate.codemod.flow.kinds import BoxKind, StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, BoxRef, Store
from migrate.codemod.keys.cluster import roles_of
from migrate.codemod.libraries.spec import Role
from migrate.codemod.rewrite.plan import Plan

Target = ast.Tuple | ast.List


class Tuples:
    """Finds displays and the targets that take them apart, and drops the secret's place from both."""

    def __init__(self, plan: Plan) -> None:
        """Take the plan that loses places."""
        self.plan = plan
        self.interpreter = plan.facts.interpreter
        self.uses = plan.facts.uses
        self.stores: dict[ast.AST, Store] = {}
        self.groups: list[tuple[set[Target], set[Box]]] | None = None
        self.dropped: set[tuple[int, int]] = set()

    def find(self) -> list[tuple[set[Target], set[Box]]]:
        """Return groups of displays and targets that only meet each other."""
        targets: dict[Target, set[Box]] = {}
        for s in sorted(
            self.plan.cluster.stores, key=lambda s: (str(s.module.path), getattr(s.node, "lineno", 0), getattr(s.node, "col_offset", 0))
        ):
            up = s.module.source.parents.get(s.node)
            if s.kind in (StoreKind.LOOP, StoreKind.UNPACK) and isinstance(up, Target):
                self.stores[s.node] = s
                targets[up] = {r.owner for e in up.elts for r in self.interpreter.reads(e) if isinstance(r.owner, Box)}
        groups = []
        left = dict(targets)
        while left:
            group, boxes = set[Target](), set[Box]()
            fresh = {next(iter(left))}
            while fresh:
                group |= fresh
                for t in fresh:
                    boxes |= left.pop(t, set())
                fresh = {t for t, b in left.items() if b & boxes}
            boxes |= self.beside(boxes)
            if self.closed(group, boxes):
                groups.append((group, boxes))
        return groups

    def shrink(self) -> bool:
        """Drops each secret's place that nobody reads any more; tells whether there was one."""
        if self.groups is None:
            self.groups = self.find()
        dropped = False
        for targets, boxes in self.groups:
            for i in range(len(next(iter(targets)).elts)):
                if (id(targets), i) in self.dropped:
                    continue
                here = [s for b in boxes for s in b.items[i]]
                roles = set[str]().union(*(roles_of(s.values, self.plan.facts.found) for s in here))
                if roles == {Role.SECRET} and all(t.elts[i] in self.stores and self.plan.unread(self.stores[t.elts[i]]) for t in targets):
                    self.dropped.add((id(targets), i))
                    self.drop(i, targets, boxes, self.stores)
                    dropped = True
        return dropped

    def finish(self) -> None:
        """Take the brackets off what is left with a single place."""
        for targets, boxes in self.groups or ():
            if any(key[0] == id(targets) for key in self.dropped):
                self.collapse(targets, boxes)

    def beside(self, boxes: set[Box]) -> set[Box]:
        """Return the other rows of the tables that these rows stand in."""
        out: set[Box] = set()
        for table in self.interpreter.boxes():
            rows = {v.box for s in table.all() for v in s.values if isinstance(v, BoxRef) and v.box.kind is BoxKind.SEQ}
            if rows & boxes:
                out |= rows
        return out

    def closed(self, targets: set[Target], boxes: set[Box]) -> bool:
        """Return whether these displays and targets only meet each other, place by place."""
        sizes = {len(t.elts) for t in targets}
        if len(sizes) != 1 or any(isinstance(e, ast.Starred) for t in targets for e in t.elts):
            return False
        size = sizes.pop()
        for b in boxes:
            if b.open or b.spreads or not isinstance(b.node, ast.Tuple | ast.List) or set(b.items) != set(range(size)):
                return False
            for node in self.uses.by_box.get(b, ()):
                if node is b.node:
                    continue
                home = self.uses.homes.get(node)
                parent = home.source.parents.get(node) if home else None
                values = self.interpreter.values_of(node)
                if not all(isinstance(v, BoxRef) and v.box in boxes for v in values):
                    return False
                if isinstance(parent, ast.Await):
                    continue  # what it gives is looked at by itself
                if not (isinstance(parent, ast.Assign) and parent.targets[0] in targets):
                    return False
        # `a, b = x, y` is taken care of where it stands
        return not any(b.module.source.parents.get(b.node) in self._assigns(targets) for b in boxes)

    def _assigns(self, targets: set[Target]) -> set[ast.AST]:
        return {p for t in targets if isinstance(p := self.uses.homes[t].source.parents.get(t), ast.Assign)}

    def drop(self, i: int, targets: set[Target], boxes: set[Box], stores: dict[ast.AST, Store]) -> None:
        """Take one place out of all."""
        for b in boxes:
            node = b.node
            assert isinstance(node, ast.Tuple | ast.List)
            self.plan.drop_item(b.module, node, node.elts[i])
            self.plan.removed.update(b.items[i])
        for t in targets:
            self.plan.drop_item(self.uses.homes[t], t, t.elts[i])
            self.plan.removed.add(stores[t.elts[i]])

    def collapse(self, targets: set[Target], boxes: set[Box]) -> None:
        """Put what is left in the place of tuples that have a single place left."""
        nodes: dict[Target, Module] = {t: self.uses.homes[t] for t in targets}
        nodes.update({b.node: b.module for b in boxes if isinstance(b.node, ast.Tuple | ast.List)})
        rest: dict[Target, list[ast.expr]] = defaultdict(list)
        for node in nodes:
            rest[node] = [e for e in node.elts if e not in self.plan.roots]
        if all(len(r) == 1 for r in rest.values()):
            for node, module in nodes.items():
                self.plan.add(module, Put(node, (rest[node][0],)))
