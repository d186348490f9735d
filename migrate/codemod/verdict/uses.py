"""Is every use of a cluster's literals one that a rewrite can take along? Each that is not becomes a problem, with its place."""

import ast

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import (
    Box,
    BoxRef,
    Class,
    ClassRef,
    Function,
    Instance,
    Items,
    ModuleRef,
    Origin,
    Store,
    in_order,
    origins_of,
)
from migrate.codemod.keys.cluster import Cluster, Credentials, Problem
from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.sinks import ROLES, Sink
from migrate.codemod.verdict import containers, strings
from migrate.codemod.verdict.asking import Asking
from migrate.codemod.verdict.objects import Objects
from migrate.codemod.verdict.reasons import Reason, reason_for_target

_FOLLOWED_STORES = frozenset(
    {
        StoreKind.ASSIGN,
        StoreKind.ATTRIBUTE,
        StoreKind.ENTRY,
        StoreKind.ARGUMENT,
        StoreKind.DEFAULT,
        StoreKind.ELEMENT,
        StoreKind.UNPACK,
        StoreKind.ITEM,
        StoreKind.WALRUS,
        StoreKind.IMPORT,
        StoreKind.STAR,
        StoreKind.LOOP,
        StoreKind.PAIR,
        StoreKind.EACH,
        StoreKind.OPTION,
    }
)
"""Bindings whose readers are all known."""


class Uses:
    """Checks the uses of clusters. Problems are added to each cluster."""

    def __init__(self, interpreter: Interpreter, found: Credentials, sinks: list[Sink]) -> None:
        self.interpreter = interpreter
        self.found = found
        self.homes: dict[ast.AST, Module] = {}
        for module in interpreter.modules.values():
            for node in module.source.parents:
                self.homes[node] = module
            self.homes[module.source.tree] = module
        self.consumed: dict[ast.AST, Sink] = {}
        self.splatted: dict[ast.AST, list[Sink]] = {}
        for sink in sinks:
            for a in sink.of(*ROLES):
                if a.node is not None:
                    self.consumed[a.node] = sink
            for node, _ in sink.boxes:
                self.splatted.setdefault(node, []).append(sink)
            for a in sink.arguments:
                if a.name in sink.spec.nested and a.node is not None:
                    self.splatted.setdefault(a.node, []).append(sink)
        self.carried = {
            s.value: s for s in interpreter.stores() if s.value is not None and (s.kind in _FOLLOWED_STORES or s.kind is StoreKind.MAPPED)
        }
        self.put = {s.value for s in interpreter.stores() if s.kind is StoreKind.OUTSIDE and s.value is not None and s.name != "os.environ"}
        self.splats = {s.node.value: s for s in interpreter.stores() if s.kind is StoreKind.SPLAT and isinstance(s.node, ast.keyword)}
        self.asking = Asking(interpreter, found)
        self._index()

    def _index(self) -> None:
        """Index the nodes by the literals and boxes that they may stand for."""
        self.by_origin: dict[Origin, list[ast.AST]] = {}
        self.by_box: dict[Box, list[ast.AST]] = {}
        self.by_class: dict[Class, list[ast.AST]] = {}
        self.by_module: dict[Module, list[ast.AST]] = {}
        self.holders: dict[Box, list[Store]] = {}  # the bindings that a container has itself, and not as part of another
        for s in self.interpreter.stores():
            for v in s.values:
                if isinstance(v, BoxRef) and not isinstance(s.owner, Box):
                    self.holders.setdefault(v.box, []).append(s)
        for node, values in self.interpreter.all_nodes():
            if not isinstance(node, ast.expr):
                continue
            for o in origins_of(values):
                self.by_origin.setdefault(o, []).append(node)
            for v in values:
                if isinstance(v, (BoxRef, Items)):
                    self.by_box.setdefault(v.box, []).append(node)
                elif isinstance(v, Instance | ClassRef):
                    self.by_class.setdefault(v.cls, []).append(node)
                elif isinstance(v, ModuleRef):
                    self.by_module.setdefault(v.module, []).append(node)

    def check(self, cluster: Cluster) -> None:
        """Add to a cluster what stands against its rewrite."""
        for o in in_order(cluster.origins):
            for node in self.by_origin.get(o, ()):
                strings.string(self, cluster, node, o)
        for box in in_order(cluster.boxes):
            for node in self.by_box.get(box, ()):
                containers.container(self, cluster, node, box)
        self.stores(cluster)
        objects = Objects(self)
        objects.check(cluster)
        objects.namespaces(cluster)

    def inside_consumed(self, node: ast.AST) -> bool:
        """Return whether an expression stands within an argument that the rewrite takes out."""
        home = self.homes.get(node)
        return node in self.consumed or (home is not None and any(up in self.consumed for up in home.source.ancestors(node)))

    def function_around(self, home: Module, node: ast.AST) -> Function | None:
        """Return the analysed function that a node stands in."""
        for up in home.source.ancestors(node):
            if isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                return self.interpreter.function_of(up)
        return None

    def add(self, cluster: Cluster, home: Module, node: ast.AST, origin: Origin, reason: Reason) -> None:
        """Add a problem to a cluster, once for each line."""
        line = getattr(node, "lineno", 0)
        if any(p.module is home and getattr(p.node, "lineno", 0) == line and p.code == reason.code for p in cluster.problems):
            return
        key = min(self.found.ids.get(origin, ()), default=None)
        cluster.problems.append(Problem(home, node, reason.code, reason.message, reason.help, key, rule=reason.rule.label))

    def stores(self, cluster: Cluster) -> None:
        """Check the bindings whose kind is not followed."""
        for s in in_order(cluster.stores):
            if s.kind in _FOLLOWED_STORES or s.kind in (StoreKind.SPLAT, StoreKind.SELF, StoreKind.KWARGS):
                continue
            origin = in_order(origins_of(s.values) & cluster.origins)[0]
            if s.kind is StoreKind.OUTSIDE:
                if s.name == "os.environ" and isinstance(s.node, ast.Subscript):
                    continue
                self.add(cluster, s.module, s.node, origin, reason_for_target(self.interpreter, s.module, s.node))
            else:
                self.add(
                    cluster,
                    s.module,
                    s.node,
                    origin,
                    Reason(Rule.UNTRACED_BINDING, "AWS202", "the key is assigned in a way that cannot be traced"),
                )
