"""Library calls that only pass a value on, and the methods of strings and containers: what they give."""

import ast

from migrate.codemod.flow import choice, flask
from migrate.codemod.flow.elements import elements
from migrate.codemod.flow.tables import Arguments, Tables
from migrate.codemod.flow.values import (
    UNKNOWN,
    Box,
    BoxKind,
    BoxRef,
    ClassRef,
    Const,
    FuncRef,
    Instance,
    Items,
    Lib,
    ModuleRef,
    Outside,
    PartialRef,
    Scope,
    ScopeKind,
    StoreKind,
    Tainted,
    Text,
    Value,
    origins_of,
)
from migrate.codemod.libraries.frameworks import FLASK_ADDING
from migrate.codemod.libraries.records import FIELDS, FIELDS_BY_PLACE, REPLACING
from migrate.codemod.libraries.standard import DEFERRED, ENVIRONMENT, MAPPED, PASSING, STARTING

_SAME = {
    "strip",
    "lstrip",
    "rstrip",
    "decode",
    "encode",
    "get_secret_value",
    "value",
    "__str__",
    "removeprefix",
    "removesuffix",
    "expandtabs",
}


class KnownCalls(Tables):
    """Calls whose answer is known."""

    def library(self, node: ast.Call, name: str, args: Arguments, scope: Scope) -> set[Value]:
        """A call of something outside the program."""
        first = args.positional[0][1] if args.positional else set()
        second = args.positional[1][1] if len(args.positional) > 1 else set()
        if name in ENVIRONMENT or name.endswith((".Env()", "getenv")):
            default = args.keywords["default"][1] if "default" in args.keywords else second
            named = {Outside(v.text) for v in first if isinstance(v, Text)} or {Outside()}
            return {*named, *default}
        if (at := DEFERRED.get(name)) is not None and len(args.positional) > at and not args.star:
            rest = Arguments()
            rest.positional, rest.keywords, rest.splats = args.positional[at + 1 :], args.keywords, args.splats
            answers = set[Value]().union(*(self.invoke(node, f, rest, scope) for f in args.positional[at][1]))
            return answers if name == "asyncio.to_thread" else {UNKNOWN}
        if name in STARTING and starts(node):
            row, values = args.keywords["args"]
            rest = Arguments()
            rest.positional, rest.spread = [(row.value, values)], row.value
            for f in args.keywords["target"][1]:
                self.invoke(node, f, rest, scope)
        if name in MAPPED and not args.star and not args.splats:
            each = Arguments()
            each.positional = [(a, elements(self, a, values, a, scope.module)) for a, values in args.positional[1:]]
            each.mapped = frozenset(a for a, _ in each.positional)
            for f in first:
                if isinstance(f, PartialRef | FuncRef):
                    self.invoke(node, f, each, scope)
        if name in REPLACING:
            for v in first:
                if isinstance(v, Instance):
                    self.changed_fields(v, node, args)
            return set(first)
        if name in PASSING:
            return set(second if name == "typing.cast" else first)
        if name == "functools.partial" and node.args:
            ref = self.partial_ref(node)
            self.add(ref.partial.functions, first)
            return {ref}
        if name in ("dict", "collections.OrderedDict"):
            box = self.box(BoxKind.DICT, scope.module, node)
            for key, (k, values) in args.keywords.items():
                self.put(box, key, self.store(StoreKind.ARGUMENT, scope.module, k, key, k.value, values, box))
            for _, values in args.splats:
                self.spread(box, values)
            if args.positional:
                self.spread(box, first)
            return {BoxRef(box)}
        if name in ("types.SimpleNamespace", "argparse.Namespace") and not args.positional and not args.splats:
            one = self.record(node, scope)
            for key, (k, values) in args.keywords.items():
                self.field(one, key, self.store(StoreKind.ARGUMENT, scope.module, k, key, k.value, values, one))
            return {Instance(one)}
        if name == "collections.namedtuple" and len(node.args) == 2 and not node.keywords and (fields := listed_fields(node.args[1])):
            return {ClassRef(self.record(node, scope, fields, node.args[1]))}
        if name == "typing.NamedTuple" and len(node.args) == 2 and not node.keywords and (fields := listed_fields(node.args[1])):
            return {ClassRef(self.record(node, scope, fields, node.args[1]))}
        if name in ("list", "tuple", "iter", "sorted", "reversed", "set") and any(isinstance(v, BoxRef | Items) for v in first):
            return {UNKNOWN if isinstance(v, BoxRef) and v.box.kind is BoxKind.DICT else v for v in first}  # of a dict the keys
        if name == "enumerate" and first and all(isinstance(v, BoxRef) and v.box.kind is BoxKind.SEQ for v in first):
            return {Items(v.box, pairs=True) for v in first if isinstance(v, BoxRef)}
        if name == "enumerate" and first and all(isinstance(v, Items) for v in first):
            rows = self.box(BoxKind.SEQ, scope.module, node)
            self.put(
                rows,
                None,
                self.store(
                    StoreKind.EACH, scope.module, node, "", None, elements(self, node.args[0], first, node.func, scope.module), rows
                ),
            )
            return {Items(rows, pairs=True)}
        if name == "type" and len(node.args) == 1 and first and all(isinstance(v, Instance) for v in first):
            return {ClassRef(v.cls) for v in first if isinstance(v, Instance)}
        if name == "getattr" and len(node.args) >= 2 and isinstance(node.args[1], ast.Constant) and isinstance(node.args[1].value, str):
            wanted = ast.Attribute(value=node.args[0], attr=node.args[1].value, ctx=ast.Load())
            out = set[Value]() if first else self.missing()
            for v in first:
                read, known = self.attribute_read(node, wanted, v)
                out |= read
                if not known:
                    out |= {UNKNOWN} if self.settled else set()
                elif len(args.positional) > 2 and not isinstance(v, ModuleRef):
                    out |= args.positional[2][1]
            return out
        if name in ("importlib.import_module", "__import__") and len(first) == 1 and isinstance(v := next(iter(first)), Text):
            home = self.imported_module(scope.module, v.text.lstrip("."), len(v.text) - len(v.text.lstrip(".")))
            return {home}
        if name == "super":
            here: Scope | None = scope
            while here is not None and here.kind is not ScopeKind.CLASS:
                here = here.parent
            cls = next(
                (v.cls for s in self._stores.values() if here and s.node is here.node for v in s.values if isinstance(v, ClassRef)), None
            )
            if cls is None:
                return {UNKNOWN}
            return {Instance(cls, above=True)} if cls.beyond() else {Lib(f"{b}()") for b in cls.outside}
        if name in FIELDS:
            made = next((args.keywords[n][1] for n in ("default_factory", "factory") if n in args.keywords), None)
            if made is not None:
                return set[Value]().union(*(v.function.returns if isinstance(v, FuncRef) else {UNKNOWN} for v in made)) or self.missing()
            given = [args.keywords[n][1] for n in ("default",) if n in args.keywords] or ([first] if name in FIELDS_BY_PLACE else [])
            return set(given[0]) if given else set()
        if name.endswith("add_argument") and name.startswith("argparse.") and "default" in args.keywords:
            k, values = args.keywords["default"]
            self.put(
                self.options,
                self.destination(args),
                self.store(StoreKind.OPTION, scope.module, k, self.destination(args), k.value, values, self.options),
            )
        every = first.union(*(v for _, v in args.positional), *(v for _, v in args.keywords.values()))
        if name.partition(".")[0] in ("base64", "binascii", "codecs", "zlib", "urllib", "json", "hashlib", "string", "bytes", "hmac", "itertools", "ast") or name in (
            "str.join", "bytes.fromhex", "map", "zip", "filter", "eval", "repr", "format", "enumerate", "next", "bytearray.fromhex",
        ):  # fmt: skip
            origins = origins_of(every | self.inside(every))
            return {Tainted(origins), UNKNOWN} if origins else {UNKNOWN}
        return {self.of_library(self.canonical(name + "()"))}

    def changed_fields(self, of: Instance, node: ast.Call, args: Arguments) -> None:
        """`replace(x, key=KEY)`: the fields of a class are bound there too."""
        for key, (k, values) in args.keywords.items():
            self.field(of.cls, key, self.store(StoreKind.ARGUMENT, self.module_at(node), k, key, k.value, values, of.cls))
        for k, _ in args.splats:
            self.read(k, [s for stores in of.cls.attributes.values() for s in stores])

    @staticmethod
    def destination(args: Arguments) -> str:
        """The attribute that `add_argument` fills (argparse's own rule)."""
        if "dest" in args.keywords:
            return next((v.text for v in args.keywords["dest"][1] if isinstance(v, Text)), "?")
        flags = [v.text for _, values in args.positional for v in values if isinstance(v, Text)]
        long = next((f for f in flags if f.startswith("--")), flags[0] if flags else "?")
        return long.lstrip("-").replace("-", "_")

    def attribute_read(self, node: ast.Call, wanted: ast.Attribute, base: Value) -> tuple[set[Value], bool]:
        """`getattr(base, "name")` reads what `base.name` would; whether that is known."""
        found = self.attribute(wanted, base, wanted.attr)
        stores = self.unread_again(wanted)
        self.read(node, stores)
        return found, bool(stores)

    def known_method(self, node: ast.Call, of: Value, name: str, args: Arguments, scope: Scope) -> set[Value]:
        """A method of a string or container that is known."""
        first = args.positional[0][1] if args.positional else set()
        if isinstance(of, BoxRef):
            return self.box_method(node, of.box, name, args, first, scope)
        if isinstance(of, Text):
            if name in _SAME and not (name.startswith("remove") and args.positional):
                if name in ("strip", "lstrip", "rstrip") and not args.positional:
                    return {Text(getattr(of.text, name)(), of.origins, of.computed)}
                return {of}
            every = first.union(*(v for _, v in args.positional), *(v for _, v in args.keywords.values()))
            return {Tainted(of.origins | origins_of(every | self.inside(every))), UNKNOWN}
        if isinstance(of, Tainted):
            return {of, UNKNOWN}
        if isinstance(of, Instance) and name == "_replace":
            self.changed_fields(of, node, args)
            return {of}
        if isinstance(of, Outside) and name in _SAME:
            return {of}
        return {UNKNOWN}

    def box_method(self, node: ast.Call, box: Box, name: str, args: Arguments, first: set[Value], scope: Scope) -> set[Value]:
        """`.get`, `.pop`, `.update`, `.items` … of a dict, `.append` of a list."""
        if name in ("get", "pop", "setdefault") and box.kind is BoxKind.DICT:
            keys = {k.text for k in first if isinstance(k, Text)}
            stores = [s for k in keys for s in box.at(k)] if keys and (keys <= box.keys() or box.closed()) else box.all()
            if not choice.is_fixed(node.args[0], self.reads):
                stores += choice.alike(box, stores)
            if name != "setdefault" or not isinstance(self.module_at(node).source.parents.get(node), ast.Expr):
                self.read(node, stores)
            default = args.positional[1][1] if len(args.positional) > 1 else {Const(None)}
            if name == "setdefault" and len(args.positional) > 1 and len(keys) == 1:
                key = next(iter(keys))
                value = args.positional[1][0]
                self.put(box, key, self.store(StoreKind.ITEM, scope.module, node, key, value, default, box))
            found = set[Value]().union(*(s.values for s in stores)) if stores else set()
            return (found if keys and keys <= box.keys() and name != "setdefault" else found | default) | ({UNKNOWN} if box.open else set())
        if box is self.flask and name in FLASK_ADDING - {"from_mapping"}:
            flask.add(self, node, name, first)
            return {Const(None)}
        if name in ("update", "from_mapping"):
            for key, (k, values) in args.keywords.items():
                self.put(box, key, self.store(StoreKind.ARGUMENT, scope.module, k, key, k.value, values, box))
            for _, values in [*args.positional, *args.splats]:
                self.spread(box, values)
            return {Const(None)}
        if name == "copy":
            return {BoxRef(box)}
        if name in ("items", "values"):
            return {Items(box, name == "items")}
        if name == "append" and args.positional:
            at, values = args.positional[0]
            self.put(box, at, self.store(StoreKind.ELEMENT, scope.module, at, "append", at, values, box))
            return {Const(None)}
        return {UNKNOWN}


def starts(node: ast.Call) -> bool:
    """Does a `Thread(…)` say which function it calls, and with which arguments?"""
    names = {k.arg for k in node.keywords}
    return {"target", "args"} <= names and "kwargs" not in names and None not in names


def listed_fields(node: ast.expr) -> list[str]:
    """The fields of a `namedtuple`: one text with names, or a list of such; nothing where they are not plain."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace(",", " ").split()
    if isinstance(node, ast.List | ast.Tuple):
        named = [e.elts[0] if isinstance(e, ast.Tuple) and len(e.elts) == 2 else e for e in node.elts]  # `NamedTuple("X", [("key", str)])`
        names = [e.value for e in named if isinstance(e, ast.Constant) and isinstance(e.value, str)]
        return names if len(names) == len(node.elts) else []
    return []
