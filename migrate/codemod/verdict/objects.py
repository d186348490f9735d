"""Objects, classes and modules that hold a key: do they go anywhere that may look inside?"""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Class, ClassRef, FuncRef, Lib, Text, Unknown, Value, in_order
from migrate.codemod.keys.cluster import Cluster
from migrate.codemod.keys.rules import Rule
from migrate.codemod.libraries.records import FIELDS, NAMESPACES, REPLACING, WHOLE
from migrate.codemod.libraries.standard import ENVIRONMENT, PASSING
from migrate.codemod.verdict.reasons import Reason

if TYPE_CHECKING:
    from migrate.codemod.verdict.uses import Uses


class Objects:
    """The part of the check of uses that is about what holds a key as an attribute."""

    def __init__(self, uses: "Uses") -> None:
        self.uses = uses

    def check(self, cluster: Cluster) -> None:
        """Check the objects, classes and modules that hold something of the cluster and are handed to what may look inside."""
        classes = {s.owner for s in cluster.stores if isinstance(s.owner, Class)}
        bound = cluster.stores | {s for box in cluster.boxes for s in self.uses.holders.get(box, ())}
        classes |= {c for c in self.uses.by_class if any(s.owner is c.scope for s in bound)}
        origin = in_order(cluster.origins)[0]
        for cls in classes:
            if isinstance(order := ordered(cls), ast.expr) and any(s.owner in (cls, cls.scope) for s in cluster.stores):
                self.uses.add(
                    cluster, cls.module, order, origin, Reason(Rule.OBJECT_ORDERED, "AWS202", "objects that hold the key are sorted by it")
                )
            for stranger in (k for c in cls.lineage() for k in c.unknown_keywords):
                self.uses.add(
                    cluster,
                    self.uses.homes[stranger],
                    stranger,
                    origin,
                    Reason(
                        Rule.OBJECT_UNKNOWN_FIELD,
                        "AWS202",
                        "an object that holds the key is created with an argument that is not a field (perhaps an alias)",
                    ),
                )
            for node in self.uses.by_class.get(cls, ()):
                if (home := self.uses.homes.get(node)) is not None:
                    for reason in self._reasons(cluster, cls, home, node):
                        self.uses.add(cluster, home, node, origin, reason)
        for s in in_order(cluster.stores):
            if s.kind is StoreKind.STAR or s.owner is not s.module.scope:
                continue
            for node in self.uses.by_module.get(s.module, ()):
                home = self.uses.homes.get(node)
                parent = home.source.parents.get(node) if home else None
                if home and (
                    self.picked(home, node, parent)
                    or self.handed_out(home, node, parent)
                    or (isinstance(parent, ast.Attribute) and parent.attr == "__dict__")
                ):
                    self.uses.add(
                        cluster,
                        home,
                        node,
                        origin,
                        Reason(Rule.MODULE_AS_WHOLE, "AWS210", "the namespace of the module that holds the key is accessed as a whole"),
                    )

    def _reasons(self, cluster: Cluster, cls: Class, home: Module, node: ast.AST) -> Iterator[Reason]:
        """Yield what is in the way where a class that holds a key, or an object of it, is read."""
        parent = home.source.parents.get(node)
        if isinstance(parent, ast.Attribute) and parent.attr in WHOLE and not self.uses.interpreter.reads(parent):
            yield Reason(Rule.OBJECT_DUMPED, "AWS202", f"`.{parent.attr}` of an object that holds the key")
        if self.picked(home, node, parent):
            yield Reason(Rule.OBJECT_BY_NAME, "AWS210", "attributes of an object that holds the key are accessed by a computed name")
        elif self.handed_out(home, node, parent):
            yield Reason(Rule.OBJECT_HANDED_OUT, "AWS202", "an object that holds the key is passed to unknown code")
        elif cls.fields and (isinstance(parent, ast.FormattedValue) or (isinstance(parent, ast.Compare) and compares(parent))):
            yield Reason(Rule.OBJECT_AS_WHOLE, "AWS202", "an object that holds the key is printed or compared as a whole")
        elif isinstance(parent, ast.MatchClass) and (parent.patterns or any(s.name in parent.kwd_attrs for s in cluster.stores)):
            yield Reason(Rule.OBJECT_MATCHED, "AWS202", "a match pattern unpacks an object that holds the key")
        elif is_enum(cls) and by_member(node, parent):
            yield Reason(Rule.ENUM_ITERATED, "AWS202", "the members of an enum that holds the key are iterated over")
        elif is_tuple(cls) and by_place(node, parent):
            yield Reason(Rule.TUPLE_BY_PLACE, "AWS202", "a tuple that holds the key is accessed by position")

    def namespaces(self, cluster: Cluster) -> None:
        """Check that what argparse gives is only asked for its attributes."""
        if not any(s.kind is StoreKind.OPTION for s in cluster.stores):
            return
        origin = in_order(cluster.origins)[0]
        for node, values in self.uses.interpreter.all_nodes():
            if any(
                isinstance(v, Lib) and v.name.startswith("argparse.") and v.name.endswith(("parse_args()", "parse_known_args()"))
                for v in values
            ):
                home = self.uses.homes.get(node)
                parent = home.source.parents.get(node) if home else None
                if (
                    home
                    and isinstance(node, ast.expr)
                    and not isinstance(parent, ast.Attribute | ast.Assign)
                    and self.handed_out(home, node, parent)
                ):
                    self.uses.add(
                        cluster,
                        home,
                        node,
                        origin,
                        Reason(Rule.OPTIONS_AS_WHOLE, "AWS210", "the command-line arguments are accessed as a whole"),
                    )

    def picked(self, home: Module, node: ast.AST, parent: ast.AST | None) -> bool:
        """Return whether an attribute of an object is taken by `getattr` with a name that is not written down."""
        if not isinstance(parent, ast.Call) or node not in parent.args[:1] or len(parent.args) < 2:
            return False
        names = self.uses.interpreter.values_of(parent.args[1])
        written = isinstance(parent.args[1], ast.Constant) or (
            names and all(isinstance(v, Text) and v.text.startswith("__") for v in names)
        )
        return is_lib(self.uses.interpreter.values_of(parent.func), "getattr", "hasattr", "setattr", "delattr") and not written

    def handed_out(self, home: Module | None, node: ast.AST, parent: ast.AST | None) -> bool:
        """Return whether an object is an argument of a call that leads out of the program."""
        if home is None:
            return False
        call = parent if isinstance(parent, ast.Call) and node is not parent.func else None
        if isinstance(parent, ast.keyword) and isinstance(up := home.source.parents.get(parent), ast.Call):
            call = up
        if call is None:
            return False
        functions = self.uses.interpreter.values_of(call.func)
        if makes_object(call) and node in call.args[:1]:
            return False
        if is_lib(
            functions, "isinstance", "issubclass", "super", "id", "type", "getattr", "hasattr", *NAMESPACES, *REPLACING
        ) or is_passing(functions):
            return False
        return any(isinstance(f, Lib | Unknown) for f in functions) and not any(isinstance(f, FuncRef | ClassRef) for f in functions)


def makes_object(call: ast.Call) -> bool:
    """Return whether a call is `super().__new__(cls)` or `object.__new__(cls)`, as a class with one object makes it."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "__new__":
        return False
    base = call.func.value.func if isinstance(call.func.value, ast.Call) else call.func.value
    return isinstance(base, ast.Name) and base.id in ("super", "object")


def ordered(cls: Class) -> ast.expr | None:
    """Return what says that the objects of a class are compared by their fields: `@dataclass(order=True)`."""
    options = [k for d in cls.node.decorator_list if isinstance(d, ast.Call) for k in d.keywords]
    return next((k.value for k in options if k.arg == "order" and isinstance(k.value, ast.Constant) and k.value.value is True), None)


def is_tuple(cls: Class) -> bool:
    """Return whether a class's objects are tuples, which code may also take by place."""
    return any(c.listed is not None or "typing.NamedTuple" in c.outside for c in cls.lineage())


def is_enum(cls: Class) -> bool:
    """Return whether a class's attributes are members, which code may also go through."""
    return any(name.startswith("enum.") for c in cls.lineage() for name in c.outside)


def compares(node: ast.Compare) -> bool:
    """Return whether a comparison looks at what is in the things that it compares."""
    return not all(isinstance(op, ast.Is | ast.IsNot) for op in node.ops)


def by_member(node: ast.AST, parent: ast.AST | None) -> bool:
    """Return whether an enum stands where its members are looked up or gone through."""
    if isinstance(parent, ast.Subscript | ast.For | ast.AsyncFor | ast.comprehension | ast.Call):
        return node in (getattr(parent, "value", None), getattr(parent, "iter", None), getattr(parent, "func", None))
    return isinstance(parent, ast.Starred | ast.Compare) or (isinstance(parent, ast.Attribute) and parent.attr == "__members__")


def by_place(node: ast.AST, parent: ast.AST | None) -> bool:
    """Return whether an expression stands where a tuple's places count. Unpacking into names is followed."""
    if isinstance(parent, ast.Subscript | ast.For | ast.AsyncFor | ast.comprehension):
        return node in (getattr(parent, "value", None), getattr(parent, "iter", None))
    return isinstance(parent, ast.Starred | ast.Compare | ast.BinOp)


def is_passing(functions: set[Value]) -> bool:
    """Return whether a call of some callables only passes its argument on (as a default, or as it is)."""
    return any(isinstance(f, Lib) and (f.name in PASSING or f.name in ENVIRONMENT or f.name in FIELDS) for f in functions)


def is_lib(values: set[Value], *names: str) -> bool:
    """Return whether one of some values is a library's thing of one of these names."""
    return any(isinstance(v, Lib) and v.name in names for v in values)
