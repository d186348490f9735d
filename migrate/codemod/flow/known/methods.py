"""Methods of strings and containers: what they give, and what they put where."""

import ast

from migrate.codemod.flow.evaluation import choice
from migrate.codemod.flow.evaluation.texts import inside
from migrate.codemod.flow.kinds import BoxKind, StoreKind
from migrate.codemod.flow.known import flask
from migrate.codemod.flow.known.records import changed_fields
from migrate.codemod.flow.state import Arguments, Walk
from migrate.codemod.flow.values import UNKNOWN, Box, BoxRef, Const, Instance, Items, Outside, Scope, Tainted, Text, Value, origins_of
from migrate.codemod.libraries.frameworks import FLASK_ADDING

_SAME = frozenset(
    {"strip", "lstrip", "rstrip", "decode", "encode", "get_secret_value", "value", "__str__", "removeprefix", "removesuffix", "expandtabs"}
)
"""Methods of a text that leave it what it is, as far as a key is concerned."""


def known_method(walk: Walk, node: ast.Call, of: Value, name: str, args: Arguments, scope: Scope) -> set[Value]:
    """Return what a method of a known value gives."""
    first = args.positional[0][1] if args.positional else set()
    if isinstance(of, BoxRef):
        return box_method(walk, node, of.box, name, args, first, scope)
    if isinstance(of, Text):
        if name in _SAME and not (name.startswith("remove") and args.positional):
            if name in ("strip", "lstrip", "rstrip") and not args.positional:
                return {Text(getattr(of.text, name)(), of.origins, of.computed)}
            return {of}
        every = first.union(*(v for _, v in args.positional), *(v for _, v in args.keywords.values()))
        return {Tainted(of.origins | origins_of(every | inside(every))), UNKNOWN}
    if isinstance(of, Tainted):
        return {of, UNKNOWN}
    if isinstance(of, Instance) and name == "_replace":
        changed_fields(walk, of, node, args)
        return {of}
    if isinstance(of, Outside) and name in _SAME:
        return {of}
    return {UNKNOWN}


def box_method(walk: Walk, node: ast.Call, box: Box, name: str, args: Arguments, first: set[Value], scope: Scope) -> set[Value]:
    """Return what `.get`, `.pop`, `.update`, `.items` … of a dict give, or `.append` of a list."""
    if name in ("get", "pop", "setdefault") and box.kind is BoxKind.DICT:
        keys = {k.text for k in first if isinstance(k, Text)}
        stores = [s for k in keys for s in box.at(k)] if keys and (keys <= box.keys() or box.closed()) else box.all()
        if not choice.is_fixed(node.args[0], walk.reads):
            stores += choice.alike(box, stores)
        if name != "setdefault" or not isinstance(walk.module_at(node).source.parents.get(node), ast.Expr):
            walk.read(node, stores)
        default = args.positional[1][1] if len(args.positional) > 1 else {Const(None)}
        if name == "setdefault" and len(args.positional) > 1 and len(keys) == 1:
            key = next(iter(keys))
            value = args.positional[1][0]
            walk.put(box, key, walk.store(StoreKind.ITEM, scope.module, node, key, value, default, box))
        found = set[Value]().union(*(s.values for s in stores)) if stores else set()
        return (found if keys and keys <= box.keys() and name != "setdefault" else found | default) | ({UNKNOWN} if box.open else set())
    if box is walk.flask and name in FLASK_ADDING - {"from_mapping"}:
        flask.add(walk, node, name, first)
        return {Const(None)}
    if name in ("update", "from_mapping"):
        for key, (k, values) in args.keywords.items():
            walk.put(box, key, walk.store(StoreKind.ARGUMENT, scope.module, k, key, k.value, values, box))
        for _, values in [*args.positional, *args.splats]:
            walk.spread(box, values)
        return {Const(None)}
    if name == "copy":
        return {BoxRef(box)}
    if name in ("items", "values"):
        return {Items(box, name == "items")}
    if name == "append" and args.positional:
        at, values = args.positional[0]
        walk.put(box, at, walk.store(StoreKind.ELEMENT, scope.module, at, "append", at, values, box))
        return {Const(None)}
    return {UNKNOWN}
