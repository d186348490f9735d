"""Calls that make or copy objects with fields: fields of dataclasses and models, namespaces, named tuples, `replace`."""

import ast

from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.flow.known.registry import LibraryCall, known
from migrate.codemod.flow.state import Arguments, Walk
from migrate.codemod.flow.values import UNKNOWN, ClassRef, FuncRef, Instance, Value
from migrate.codemod.libraries.records import FIELDS, FIELDS_BY_PLACE, NAMESPACES, REPLACING


@known(also=FIELDS)
def field(call: LibraryCall) -> set[Value]:
    """Answer `field(default=x)`: the value that the field has where none is given."""
    made = call.named("default_factory", "factory")
    if made is not None:
        return set[Value]().union(*(v.function.returns if isinstance(v, FuncRef) else {UNKNOWN} for v in made)) or call.walk.missing()
    given = call.named("default")
    return set(given if given is not None else call.at(0) if call.name in FIELDS_BY_PLACE else ())


@known(also=REPLACING)
def replaced(call: LibraryCall) -> set[Value]:
    """Answer `replace(x, key=y)`: an object of the same class, whose fields are bound once more."""
    for v in call.at(0):
        if isinstance(v, Instance):
            changed_fields(call.walk, v, call.node, call.args)
    return set(call.at(0))


@known(*NAMESPACES)
def namespace(call: LibraryCall) -> set[Value] | None:
    """Answer `SimpleNamespace(key=x)`."""
    if call.args.positional or call.args.splats:
        return None
    walk = call.walk
    one = walk.record(call.node, call.scope)
    for key, (k, values) in call.args.keywords.items():
        walk.field(one, key, walk.store(StoreKind.ARGUMENT, call.scope.module, k, key, k.value, values, one))
    return {Instance(one)}


@known("collections.namedtuple", "typing.NamedTuple")
def named_tuple(call: LibraryCall) -> set[Value] | None:
    """Answer `namedtuple("Name", "key secret")`."""
    args = call.node.args
    if len(args) != 2 or call.node.keywords or not (fields := listed_fields(args[1])):
        return None
    return {ClassRef(call.walk.record(call.node, call.scope, fields, args[1]))}


def changed_fields(walk: Walk, of: Instance, node: ast.Call, args: Arguments) -> None:
    """Bind the fields of a class to the arguments of `replace(x, …)` or `x._replace(…)`."""
    for key, (k, values) in args.keywords.items():
        walk.field(of.cls, key, walk.store(StoreKind.ARGUMENT, walk.module_at(node), k, key, k.value, values, of.cls))
    for k, _ in args.splats:
        walk.read(k, [s for stores in of.cls.attributes.values() for s in stores])


def listed_fields(node: ast.expr) -> list[str]:
    """Return the fields of a `namedtuple`: one text with names, or a list of such; nothing where they are not plain."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace(",", " ").split()
    if isinstance(node, ast.List | ast.Tuple):
        named = [e.elts[0] if isinstance(e, ast.Tuple) and len(e.elts) == 2 else e for e in node.elts]  # `NamedTuple("X", [("key", str)])`
        names = [e.value for e in named if isinstance(e, ast.Constant) and isinstance(e.value, str)]
        return names if len(names) == len(node.elts) else []
    return []
