"""Is every use of a cluster's literals one that a rewrite can take along? Each that is not becomes a problem, with its place."""

import ast

from migrate.codemod.flow.elements import zipped
from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.known.standard import starts
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import (
    Box,
    BoxKind,
    BoxRef,
    Class,
    ClassRef,
    FuncRef,
    Function,
    Instance,
    Items,
    ModuleRef,
    Origin,
    PartialRef,
    Store,
    StoreKind,
    Text,
    in_order,
    origins_of,
)
from migrate.codemod.keys.cluster import Cluster, Credentials, Problem
from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.sinks import ROLES, Sink
from migrate.codemod.libraries.frameworks import FLASK_ADDING
from migrate.codemod.libraries.standard import STARTING
from migrate.codemod.verdict.asking import Asking, in_condition, is_nothing
from migrate.codemod.verdict.objects import Objects, is_lib, is_passing
from migrate.codemod.verdict.reasons import Reason, reason_for, reason_for_container, reason_for_target

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
_SAFE_METHODS = {"get", "pop", "items", "values", "keys", "copy", "update", "setdefault", "append"}


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
        """Nodes by the literals and boxes that they may stand for."""
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
        """Adds to a cluster what stands against its rewrite."""
        for o in in_order(cluster.origins):
            for node in self.by_origin.get(o, ()):
                self.scalar(cluster, node, o)
        for box in in_order(cluster.boxes):
            for node in self.by_box.get(box, ()):
                self.container(cluster, node, box)
        self.stores(cluster)
        objects = Objects(self)
        objects.check(cluster)
        objects.namespaces(cluster)

    # -- single strings

    def inside_consumed(self, node: ast.AST) -> bool:
        """Does it stand within an argument that the rewrite takes out?"""
        home = self.homes.get(node)
        return node in self.consumed or (home is not None and any(up in self.consumed for up in home.source.ancestors(node)))

    def scalar(self, cluster: Cluster, node: ast.AST, origin: Origin) -> None:
        """One expression that may stand for a literal of the cluster."""
        home = self.homes.get(node)
        if home is None or self.inside_consumed(node):
            return None
        if node in self.carried and not self.asking.only_asked(home, home.source.parents.get(node)):
            return None
        parent = home.source.parents.get(node)
        values = self.interpreter.values_of(parent) if parent is not None else set()
        flows = parent is not None and any(isinstance(v, Text) and origin in v.origins for v in values)
        match parent:
            case ast.Delete():
                return None  # the name goes, and so does this
            case ast.Expr():
                return None  # a docstring, or nothing at all
            case ast.Assign() | ast.AnnAssign() if node is parent.value and node in self.put:
                return None  # what it is put into is said there
            case ast.BoolOp() | ast.NamedExpr() | ast.Await() if flows and not in_condition(home, node):
                return None
            case _ if isinstance(node, ast.BoolOp) and in_condition(home, node):
                return None  # what it joins is looked at by itself
            case ast.IfExp() if node is not parent.test and flows:
                return None
            case ast.BinOp() | ast.FormattedValue() | ast.JoinedStr() if self.whole(node, parent, origin):
                return None
            case ast.Attribute():
                return None  # the call or value it leads to is looked at by itself
            case ast.Call() if node is parent.func:
                return None
            case ast.Call() if flows and is_passing(self.interpreter.values_of(parent.func)):
                return None
            case ast.keyword() if isinstance(call := home.source.parents.get(parent), ast.Call):
                if is_passing(self.interpreter.values_of(call.func)) and any(
                    isinstance(v, Text) and origin in v.origins for v in self.interpreter.values_of(call)
                ):
                    return None
            case ast.Return():
                if function := self.function_around(home, parent):
                    if not function.escapes:
                        return None
            case ast.Lambda() if node is parent.body and (function := self.interpreter.function_of(parent)) and not function.escapes:
                return None
            case ast.Subscript() if node is parent.slice:
                return self.add(cluster, home, node, origin, Reason(Rule.CONTAINER_KEY, "AWS207", "the key is used as a container key"))
        if not self.asking.asked(cluster, home, node, origin):
            embedded = origin in self.found.embedded and node is origin.node
            self.add(cluster, home, node, origin, reason_for(self.interpreter, home, node, parent, embedded))
        return None

    def whole(self, node: ast.AST, parent: ast.AST, origin: Origin) -> bool:
        """Is the whole that a piece goes into a key by itself?"""
        home = self.homes[node]
        top: ast.AST | None = parent
        while isinstance(top, ast.BinOp | ast.FormattedValue | ast.JoinedStr):
            values = self.interpreter.values_of(top)
            if any(isinstance(v, Text) and origin in v.origins for v in values) and not isinstance(top, ast.FormattedValue):
                texts = [v for v in values if isinstance(v, Text) and origin in v.origins]
                if all(o in self.found.ids or o in self.found.secrets for t in texts for o in t.origins if o.node is top or o is origin):
                    return True
            top = home.source.parents.get(top)
        return False

    def function_around(self, home: Module, node: ast.AST) -> Function | None:
        """The analysed function that a node stands in."""
        for up in home.source.ancestors(node):
            if isinstance(up, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                return self.interpreter.function_of(up)
        return None

    def add(self, cluster: Cluster, home: Module, node: ast.AST, origin: Origin, reason: Reason) -> None:
        """One more problem of a cluster, once for each line."""
        line = getattr(node, "lineno", 0)
        if any(p.module is home and getattr(p.node, "lineno", 0) == line and p.code == reason.code for p in cluster.problems):
            return
        key = min(self.found.ids.get(origin, ()), default=None)
        cluster.problems.append(Problem(home, node, reason.code, reason.message, reason.help, key, rule=reason.rule.label))

    # -- containers

    def container(self, cluster: Cluster, node: ast.AST, box: Box) -> None:
        """One expression that may stand for a dict or list which holds something of the cluster."""
        home = self.homes.get(node)
        if home is None or node in self.carried or node in self.splatted or node in self.splats or self.inside_consumed(node):
            return
        parent = home.source.parents.get(node)
        values = self.interpreter.values_of(parent) if parent is not None else set()
        flows = any(isinstance(v, BoxRef | Items) and v.box is box for v in values)
        if any(isinstance(v, Items) and v.box is box for v in self.interpreter.values_of(node)) and not self.gone_through(parent):
            parent = None  # what `.values()` and `.items()` give is followed in loops alone
        match parent:
            case ast.Expr() | ast.Subscript() if node is not getattr(parent, "slice", None):
                return
            case ast.Call() if self.asking.only_asked(home, node) and in_condition(home, parent):
                return
            case ast.Attribute():
                if parent.attr in _SAFE_METHODS or (box is self.interpreter.flask and parent.attr in FLASK_ADDING):
                    return
            case ast.BoolOp() | ast.IfExp() | ast.NamedExpr() | ast.Await() if flows:
                return
            case ast.BinOp(op=ast.BitOr()) if self.merged(parent, box):
                return
            case ast.Starred() | ast.Call() | ast.keyword() if isinstance(box.node, ast.Tuple | ast.List) and self.only_spread(box):
                return
            case ast.AugAssign(op=ast.BitOr()) if node is parent.target or self.merged(parent.target, box):
                return
            case ast.Call() if flows and not (
                is_lib(self.interpreter.values_of(parent.func), "sorted") and not self.in_order_of_names(node) and self.orders(cluster, box)
            ):
                return
            case ast.Call() if isinstance(parent.func, ast.Attribute) and parent.func.attr == "update":
                return
            case ast.Call() if (
                box.kind is BoxKind.DICT
                and node in parent.args
                and is_lib(self.interpreter.values_of(parent.func), "dict", "collections.OrderedDict")
            ):
                return
            case ast.Call() if is_lib(self.interpreter.values_of(parent.func), "zip") and self.taken_apart(home, parent):
                return
            case ast.Call() if is_lib(self.interpreter.values_of(parent.func), "enumerate"):
                return
            case ast.Call() if box.kind is BoxKind.DICT and self.names_alone(parent, node) and not self.of_parts(cluster, box):
                return
            case ast.keyword(arg="choices") if box.kind is BoxKind.DICT and not self.of_parts(cluster, box):
                return
            case ast.Call() if is_lib(self.interpreter.values_of(parent.func), "len") and not self.of_parts(cluster, box):
                return
            case ast.Compare() if node is parent.left and is_nothing(parent.comparators[0]) and len(parent.ops) == 1:
                return
            case _ if in_condition(home, node):
                return  # that it is not empty then is looked at by the proof
            case ast.Compare() if node in parent.comparators and all(isinstance(op, ast.In | ast.NotIn) for op in parent.ops):
                return
            case ast.For() | ast.AsyncFor() | ast.comprehension() if node is parent.iter:
                return
            case ast.Assign() if isinstance(parent.targets[0], ast.Tuple | ast.List):
                return
            case ast.Return():
                function = self.function_around(home, parent)
                if function is not None and not function.escapes:
                    return
            case ast.Dict() if node in parent.values and parent.keys[parent.values.index(node)] is None:
                return
            case ast.keyword() if isinstance(call := home.source.parents.get(parent), ast.Call):
                functions = self.interpreter.values_of(call.func)
                if parent.arg is None and (
                    is_lib(functions, "dict", "functools.partial") or any(isinstance(f, FuncRef | ClassRef | PartialRef) for f in functions)
                ):
                    return
        origin = in_order(cluster.origins)[0]
        self.add(cluster, home, node, origin, reason_for_container(self.interpreter, home, node))

    def names_alone(self, call: ast.Call, node: ast.AST) -> bool:
        """Return whether a call takes only the keys of a dict: `list(ACCOUNTS)`, `", ".join(ACCOUNTS)`."""
        if node not in call.args:
            return False
        joined = isinstance(call.func, ast.Attribute) and call.func.attr == "join"
        return joined or is_lib(
            self.interpreter.values_of(call.func), "list", "tuple", "sorted", "set", "iter", "enumerate", "random.choice"
        )

    def gone_through(self, parent: ast.AST | None) -> bool:
        """Does what `.items()` or `.values()` gives stand where a loop, or a call that gives the same to a loop, takes it?"""
        if isinstance(parent, ast.Call):
            return is_lib(self.interpreter.values_of(parent.func), "list", "tuple", "sorted", "reversed", "iter", "enumerate")
        return isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension | ast.Expr | ast.NamedExpr | ast.Attribute | ast.Return)

    def taken_apart(self, home: Module, call: ast.Call) -> bool:
        """Return whether a loop takes the rows that `zip(…)` gives apart, one target for each argument."""
        loop = home.source.parents.get(call)
        return isinstance(loop, ast.For | ast.AsyncFor | ast.comprehension) and loop.iter is call and zipped(loop.target, call) is not None

    def of_parts(self, cluster: Cluster, box: Box) -> bool:
        """Return whether a part of a key is an element of a container itself."""
        return any(s in cluster.stores for s in box.all())

    def in_order_of_names(self, node: ast.AST) -> bool:
        """Return whether what is sorted are a dict's pairs, which differ in their first parts, the keys."""
        values = self.interpreter.values_of(node)
        home = self.homes.get(node)
        call = home.source.parents.get(node) if home is not None else None
        by_key = isinstance(call, ast.Call) and any(k.arg != "reverse" and not by_name(k) for k in call.keywords)
        return bool(values) and not by_key and all(isinstance(v, Items) and v.pairs for v in values)

    def orders(self, cluster: Cluster, box: Box) -> bool:
        """Would sorting what is in a list compare keys first?"""
        rows = [v.box for s in box.all() for v in s.values if isinstance(v, BoxRef)]
        return any(s in cluster.stores for b in (box, *rows) for s in (b.all() if b is box else b.at(0)))

    def only_spread(self, box: Box) -> bool:
        """Is a tuple taken apart nowhere but by `*` in calls of the program's functions, and as a thread's arguments?"""
        for node in self.by_box.get(box, ()):
            home = self.homes.get(node)
            parent = home.source.parents.get(node) if home is not None else None
            if home is None or (isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)) or node in self.carried:
                continue
            if isinstance(node, ast.Starred):
                call, parent = parent, None
            elif isinstance(parent, ast.Starred):
                call = home.source.parents.get(parent)
            else:
                call = home.source.parents.get(parent) if isinstance(parent, ast.keyword) and parent.arg == "args" else None
            if not isinstance(call, ast.Call) or not self.calls_known(call, in_star=not isinstance(parent, ast.keyword)):
                return False
        return True

    def calls_known(self, call: ast.Call, in_star: bool) -> bool:
        """Does it call functions of the program and nothing else, or start a thread that does?"""
        functions = self.interpreter.values_of(call.func)
        if in_star:
            return bool(functions) and all(isinstance(f, FuncRef | ClassRef) for f in functions)
        targets = [self.interpreter.values_of(k.value) for k in call.keywords if k.arg == "target"]
        return is_lib(functions, *STARTING) and starts(call) and all(isinstance(f, FuncRef) for t in targets for f in t)

    def merged(self, node: ast.expr, box: Box) -> bool:
        """Does `a | b`, or `a` after `a |= b`, give a dict into which this one goes?"""
        return any(isinstance(v, BoxRef) and box in v.box.whole() for v in self.interpreter.values_of(node))

    # -- bindings and objects

    def stores(self, cluster: Cluster) -> None:
        """Bindings whose kind is not followed."""
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


def by_name(keyword: ast.keyword) -> bool:
    """Return whether pairs are put in order by their first part: `key=lambda pair: pair[0]`."""
    function = keyword.value
    if keyword.arg != "key" or not isinstance(function, ast.Lambda) or len(function.args.args) != 1:
        return False
    return ast.unparse(function.body) == f"{function.args.args[0].arg}[0]"
