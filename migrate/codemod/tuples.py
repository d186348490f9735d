"""Tuples that carry id and secret side by side: `for name, key, secret in ACCOUNTS` becomes `for name, profile in ACCOUNTS`."""

import ast
from collections import defaultdict
from typing import TYPE_CHECKING

from migrate.codemod.cluster import Cluster, roles_of
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, BoxRef, Store

if TYPE_CHECKING:
    from migrate.codemod.removal import Removal

Target = ast.Tuple | ast.List


class Tuples:
    """Finds displays and the targets that take them apart, and drops the secret's place from both."""

    def __init__(self, removal: "Removal", cluster: Cluster) -> None:
        self.removal = removal
        self.cluster = cluster
        self.rewriter = removal.rewriter
        self.interpreter = removal.rewriter.interpreter
        self.uses = removal.rewriter.uses

    def shrink(self) -> None:
        """Each group of displays and targets that only meet each other loses its secrets."""
        targets: dict[Target, set[Box]] = {}
        stores: dict[ast.AST, Store] = {}
        for s in self.cluster.stores:
            up = s.module.source.parents.get(s.node)
            if s.kind in ("loop", "unpack") and isinstance(up, Target):
                stores[s.node] = s
                boxes = {r.owner for e in up.elts for r in self.interpreter.reads(e) if isinstance(r.owner, Box)}
                targets[up] = boxes
        left = dict(targets)
        while left:
            group, boxes = set[Target](), set[Box]()
            fresh = {next(iter(left))}
            while fresh:
                group |= fresh
                for t in fresh:
                    boxes |= left.pop(t, set())
                fresh = {t for t, b in left.items() if b & boxes}
            self.group(group, boxes | self.beside(boxes), stores)

    def beside(self, boxes: set[Box]) -> set[Box]:
        """The other rows of the tables that these rows stand in."""
        out: set[Box] = set()
        for table in self.interpreter.boxes():
            rows = {v.box for s in table.all() for v in s.values if isinstance(v, BoxRef) and v.box.kind == "seq"}
            if rows & boxes:
                out |= rows
        return out

    def group(self, targets: set[Target], boxes: set[Box], stores: dict[ast.AST, Store]) -> None:
        """One closed group, if it is one."""
        sizes = {len(t.elts) for t in targets}
        if len(sizes) != 1 or any(isinstance(e, ast.Starred) for t in targets for e in t.elts):
            return
        size = sizes.pop()
        for b in boxes:
            if b.open or b.spreads or not isinstance(b.node, ast.Tuple | ast.List) or set(b.items) != set(range(size)):
                return
            for node in self.uses.by_box.get(b, ()):
                if node is b.node:
                    continue
                home = self.uses.homes.get(node)
                parent = home.source.parents.get(node) if home else None
                values = self.interpreter.values_of(node)
                if not all(isinstance(v, BoxRef) and v.box in boxes for v in values):
                    return
                if not (isinstance(parent, ast.Assign) and parent.targets[0] in targets):
                    return
        if any(b.module.source.parents.get(b.node) in self._assigns(targets) for b in boxes):
            return  # `a, b = x, y` is taken care of where it stands
        for i in range(size):
            here = [s for b in boxes for s in b.items[i]]
            roles = set[str]().union(*(roles_of(s.values, self.rewriter.found) for s in here))
            if roles == {"secret"} and all(t.elts[i] in stores and self.removal.unread(stores[t.elts[i]]) for t in targets):
                self.drop(i, targets, boxes, stores)
        self.collapse(targets, boxes)

    def _assigns(self, targets: set[Target]) -> set[ast.AST]:
        return {p for t in targets if isinstance(p := self.uses.homes[t].source.parents.get(t), ast.Assign)}

    def drop(self, i: int, targets: set[Target], boxes: set[Box], stores: dict[ast.AST, Store]) -> None:
        """Takes place i out of all."""
        for b in boxes:
            node = b.node
            assert isinstance(node, ast.Tuple | ast.List)
            self.removal.drop_item(b.module, node, node.elts[i])
            self.removal.removed.update(b.items[i])
        for t in targets:
            self.removal.drop_item(self.uses.homes[t], t, t.elts[i])
            self.removal.removed.add(stores[t.elts[i]])

    def collapse(self, targets: set[Target], boxes: set[Box]) -> None:
        """A tuple with a single place left becomes what stands there."""
        nodes: dict[Target, Module] = {t: self.uses.homes[t] for t in targets}
        nodes.update({b.node: b.module for b in boxes if isinstance(b.node, ast.Tuple | ast.List)})
        rest: dict[Target, list[ast.expr]] = defaultdict(list)
        for node in nodes:
            rest[node] = [e for e in node.elts if e not in self.removal.roots]
        if all(len(r) == 1 for r in rest.values()):
            for node, module in nodes.items():
                only = rest[node][0]

                def step(e: object, node: Target = node, only: ast.expr = only) -> None:
                    e.items.pop(node, None)  # type: ignore[attr-defined]
                    e.replace(node, e.render(only))  # type: ignore[attr-defined]

                self.removal.do(module, step, 1)
