"""Calls: arguments reach parameters, answers come back, and the few library calls that only pass a value on are known."""

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from migrate.codemod.flow.values import (
    UNKNOWN,
    Box,
    BoxRef,
    Class,
    ClassRef,
    Const,
    FuncRef,
    Function,
    Instance,
    Items,
    Lib,
    Method,
    Murk,
    Outside,
    Partial,
    PartialRef,
    Scope,
    Store,
    Text,
    Value,
    origins_of,
)

if TYPE_CHECKING:
    from migrate.codemod.flow.module import Module

Env = dict[str, frozenset[Store]]
PASSING = {"str", "bytes", "pydantic.SecretStr", "pydantic.types.SecretStr", "pydantic.v1.SecretStr", "typing.cast", "copy.copy", "copy.deepcopy",
           "sys.intern", "dataclasses.replace", "pydantic.SecretBytes"}  # fmt: skip
"""Library calls whose answer is their (first) argument, as far as a key is concerned."""
ENVIRONMENT = {
    "os.getenv",
    "os.environ.get",
    "os.environb.get",
    "os.environ.setdefault",
    "environ.Env()",
    "decouple.config",
    "os.environ.pop",
}
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
_ALIASES = {"boto3.session": "boto3", "botocore.session.get_session": "botocore.session.Session", "aiobotocore.session.get_session": "aiobotocore.session.AioSession",
            "aiobotocore.get_session": "aiobotocore.session.AioSession", "aioboto3.session": "aioboto3", "s3fs.core": "s3fs",
            "boto3.DEFAULT_SESSION": "boto3.Session()", "boto3._get_default_session()": "boto3.Session()"}  # fmt: skip


class Arguments:
    """A call's arguments: positional, by keyword, and what `*` and `**` bring."""

    def __init__(self) -> None:
        self.positional: list[tuple[ast.expr, set[Value]]] = []
        self.keywords: dict[str, tuple[ast.keyword, set[Value]]] = {}
        self.splats: list[tuple[ast.keyword, set[Value]]] = []
        self.star = False


class Calls:
    """The call half of the interpreter."""

    changed: bool

    def __init__(self) -> None:
        self._stores: dict[tuple[ast.AST, str, str, int], Store] = {}
        self._boxes: dict[ast.AST, Box] = {}
        self._partials: dict[ast.AST, Partial] = {}
        self.options = Box("dict", None, ast.Pass())  # type: ignore[arg-type]
        self.invoked: dict[ast.Call, set[Value]] = {}
        self.wild: dict[str, list[ast.Call]] = {}

    # -- tables

    def store(
        self, kind: str, module: "Module", node: ast.AST, name: str, value: ast.expr | None, values: Iterable[Value], owner: object
    ) -> Store:
        """The binding at one place, made once and grown since."""
        key = (node, kind, name, id(owner) if not isinstance(owner, str) else hash(owner))
        store = self._stores.get(key)
        if store is None:
            store = self._stores[key] = Store(kind, module, node, value, name, set(), owner)
            self.changed = True
        if store.value is not value and value is not None:
            store.value = value
        self.add(store.values, values)
        return store

    def stores(self) -> Iterable[Store]:
        """All bindings of the program."""
        return self._stores.values()

    def box(self, kind: str, module: "Module", node: ast.AST) -> Box:
        """The container made at one place."""
        if node not in self._boxes:
            self._boxes[node] = Box(kind, module, node)
            self.changed = True
        return self._boxes[node]

    def boxes(self) -> Iterable[Box]:
        """All containers of the program."""
        return self._boxes.values()

    def put(self, box: Box, key: object, store: Store) -> None:
        """An entry of a container."""
        known = box.items.setdefault(key, [])
        if store not in known:
            known.append(store)
            self.changed = True

    def spread(self, box: Box, values: set[Value]) -> None:
        """`{**values}` or `.update(values)`."""
        for v in values:
            if isinstance(v, BoxRef) and v.box.kind == "dict":
                if v.box not in box.spreads and v.box is not box:
                    box.spreads.append(v.box)
                    self.changed = True
            elif not box.open:
                box.open = self.changed = True

    @staticmethod
    def canonical(dotted: str) -> str:
        """One name for what a library exports under several."""
        for old, new in _ALIASES.items():
            if dotted == old or dotted.startswith((old + ".", old + "(")):
                return new + dotted[len(old) :]
        return dotted

    # -- calls

    def call(self, node: ast.Call, env: Env, scope: Scope) -> set[Value]:
        """A call's answer."""
        self.scopes[node] = scope
        functions = self.eval(node.func, env, scope)
        self.add(self.invoked.setdefault(node, set()), functions)
        args = Arguments()
        for a in node.args:
            values = self.eval(a, env, scope)
            if isinstance(a, ast.Starred):
                args.star = True
            args.positional.append((a, values))
        for k in node.keywords:
            values = self.eval(k.value, env, scope)
            if k.arg is None:
                args.splats.append((k, values))
            else:
                args.keywords[k.arg] = (k, values)
        out: set[Value] = set()
        for f in functions or self.missing():
            out |= self.invoke(node, f, args, scope)
        if isinstance(node.func, ast.Attribute) and any(isinstance(f, type(UNKNOWN)) for f in functions):
            self.wild.setdefault(node.func.attr, []).append(node)
        for a, values in [*args.positional, *((k.value, v) for k, v in args.keywords.values())]:
            self.handed_over(a, values, functions)
        return out

    def handed_over(self, node: ast.expr, values: set[Value], functions: set[Value]) -> None:
        """A function given to something unknown may be called with anything."""
        for v in values:
            if isinstance(v, FuncRef) and not v.function.escapes and not any(isinstance(f, FuncRef | ClassRef) for f in functions):
                if any(isinstance(f, Lib) and f.name in ("functools.partial", "partial") for f in functions):
                    continue
                v.function.escapes = self.changed = True

    def invoke(self, node: ast.Call, f: Value, args: Arguments, scope: Scope) -> set[Value]:
        """One callee of a call."""
        match f:
            case FuncRef(function, bound):
                if node not in function.calls:
                    function.calls.append(node)
                self.pass_arguments(function, args, node, bound or (function.owner is not None and self.needs_self(function, bound)))
                if not isinstance(function.node, ast.Lambda) and _is_generator(function.node):
                    return {UNKNOWN} if not _is_context(function.node) else set(_yields(self, function)) or self.missing()
                return set(function.returns)
            case ClassRef(cls):
                self.instantiate(cls, args, node)
                return {Instance(cls)}
            case PartialRef(partial):
                out: set[Value] = set()
                for inner in list(partial.functions):
                    out |= self.invoke(node, inner, self.with_partial(partial, args), scope)
                return out
            case Lib(name):
                return self.library(node, name, args, scope)
            case Method(of, name):
                return self.known_method(node, of, name, args, scope)
        return {UNKNOWN}

    @staticmethod
    def needs_self(function: Function, bound: bool) -> bool:
        """Methods that are called on the class get their object by position, so nothing is skipped."""
        return bound

    def pass_arguments(self, f: Function, args: Arguments, node: ast.Call, bound: bool) -> None:
        """Binds a call's arguments to a function's parameters."""
        a = f.node.args
        positional = [*a.posonlyargs, *a.args]
        if bound and positional:
            positional = positional[1:]
        names = {p.arg: p for p in [*positional, *a.kwonlyargs]}
        for i, (expr, values) in enumerate(args.positional):
            if isinstance(expr, ast.Starred):
                for p in positional[i:]:
                    self.give(f, p.arg, "starred", expr, expr.value, {UNKNOWN})
                break
            if i < len(positional):
                self.give(f, positional[i].arg, "argument", expr, expr, values)
        rest = self.box("dict", f.module, a.kwarg) if a.kwarg else None
        for name, (k, values) in args.keywords.items():
            if name in names:
                self.give(f, name, "argument", k, k.value, values)
            elif rest is not None:
                self.put(rest, name, self.store("argument", self.module_at(node), k, name, k.value, values, rest))
        for k, values in args.splats:
            for v in values:
                if not isinstance(v, BoxRef):
                    if rest is not None and not rest.open:
                        rest.open = self.changed = True
                    for name in names:
                        self.give(f, name, "splat", k, None, {UNKNOWN})
                    continue
                for name in names:
                    if found := v.box.at(name):
                        self.read(k, found)
                        self.give(f, name, "splat", k, None, set().union(*(s.values for s in found)))
                if rest is not None:
                    self.spread(rest, {v})

    def give(self, f: Function, name: str, kind: str, node: ast.AST, value: ast.expr | None, values: set[Value]) -> None:
        """One argument for one parameter."""
        f.given.add(name)
        store = self.store(kind, self.module_at(node), node, name, value, values, f.scope)
        self.bind_scope(f.scope, name, store)

    def module_at(self, node: ast.AST) -> "Module":
        """The module whose source holds a node."""
        for m in self.modules.values():
            if node in m.source.parents:
                return m
        raise KeyError(node)

    def field_names(self, cls: Class) -> list[str]:
        """The fields of a dataclass, NamedTuple or model, in the order of its constructor."""
        names: list[str] = []
        for c in [*reversed(cls.bases), cls]:
            source = self.field_names(c) if c is not cls else [
                s.target.id for s in cls.node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
            ]  # fmt: skip
            names += [n for n in source if n not in names]
        return names

    def instantiate(self, cls: Class, args: Arguments, node: ast.Call) -> None:
        """A class called: `__init__`, or the fields."""
        made = False
        for c in [cls, *(b for b in cls.lineage() if b is not cls and b not in cls.subclasses)]:
            for store in c.scope.stores.get("__init__", ()):
                for v in store.values:
                    if isinstance(v, FuncRef):
                        if node not in v.function.calls:
                            v.function.calls.append(node)
                        self.pass_arguments(v.function, args, node, True)
                        made = True
            if made:
                return
        if cls.fields:
            names = self.field_names(cls)
            given = [(n, e, e, v) for n, (e, v) in zip(names, args.positional, strict=False)]
            given += [(n, k, k.value, v) for n, (k, v) in args.keywords.items()]
            for name, at, value, values in given:
                self.field(cls, name, self.store("argument", self.module_at(node), at, name, value, values, cls))
            for k, values in args.splats:
                for v in values:
                    for name in names:
                        found = v.box.at(name) if isinstance(v, BoxRef) else []
                        self.read(k, found)
                        inside = (
                            set[Value]().union(*(s.values for s in found)) if found else ({UNKNOWN} if not isinstance(v, BoxRef) else set())
                        )
                        if inside:
                            self.field(cls, name, self.store("splat", self.module_at(node), k, name, None, inside, cls))

    def field(self, cls: Class, name: str, store: Store) -> None:
        """One field of the instances of a class."""
        known = cls.attributes.setdefault(name, [])
        if store not in known:
            known.append(store)
            self.changed = True

    def with_partial(self, partial: Partial, args: Arguments) -> Arguments:
        """The arguments of a partial with those of its call."""
        out = Arguments()
        out.positional = [(a, self.values_of(a)) for a in partial.call.args[1:]] + args.positional
        out.keywords = {k.arg: (k, self.values_of(k.value)) for k in partial.call.keywords if k.arg is not None} | args.keywords
        out.splats = [(k, self.values_of(k.value)) for k in partial.call.keywords if k.arg is None] + args.splats
        out.star = args.star
        return out

    def library(self, node: ast.Call, name: str, args: Arguments, scope: Scope) -> set[Value]:
        """A call of something outside the program."""
        first = args.positional[0][1] if args.positional else set()
        second = args.positional[1][1] if len(args.positional) > 1 else set()
        if name in ENVIRONMENT or name.endswith((".Env()", "getenv")):
            default = args.keywords["default"][1] if "default" in args.keywords else second
            named = {Outside(v.text) for v in first if isinstance(v, Text)} or {Outside()}
            return {*named, *default}
        if name in PASSING:
            return set(second if name == "typing.cast" else first)
        if name == "functools.partial" and node.args:
            ref = self.partial_ref(node)
            self.add(ref.partial.functions, first)
            return {ref}
        if name in ("dict", "collections.OrderedDict", "types.SimpleNamespace"):
            box = self.box("dict", scope.module, node)
            for key, (k, values) in args.keywords.items():
                self.put(box, key, self.store("argument", scope.module, k, key, k.value, values, box))
            for _, values in args.splats:
                self.spread(box, values)
            if args.positional:
                self.spread(box, first)
            return {BoxRef(box)} if name != "types.SimpleNamespace" else {UNKNOWN}
        if name in ("list", "tuple", "iter", "sorted", "reversed", "set") and any(isinstance(v, BoxRef | Items) for v in first):
            return set(first)
        if name == "getattr" and len(node.args) >= 2 and isinstance(node.args[1], ast.Constant) and isinstance(node.args[1].value, str):
            wanted = ast.Attribute(value=node.args[0], attr=node.args[1].value, ctx=ast.Load())
            out: set[Value] = {UNKNOWN}
            for v in first:
                out |= self.attribute_read(node, wanted, v)
            return out
        if name in ("importlib.import_module", "__import__") and len(first) == 1 and isinstance(v := next(iter(first)), Text):
            home = self.imported_module(scope.module, v.text.lstrip("."), len(v.text) - len(v.text.lstrip(".")))
            return {home}
        if name == "super":
            here: Scope | None = scope
            while here is not None and here.kind != "class":
                here = here.parent
            cls = next(
                (v.cls for s in self._stores.values() if here and s.node is here.node for v in s.values if isinstance(v, ClassRef)), None
            )
            return {Instance(b) for b in cls.bases} or {Lib(f"{b}()") for b in cls.outside} if cls else {UNKNOWN}
        if name in ("dataclasses.field", "pydantic.Field", "pydantic.fields.Field"):
            given = [args.keywords[n][1] for n in ("default",) if n in args.keywords] or ([first] if name != "dataclasses.field" else [])
            return set(given[0]) if given else {UNKNOWN}
        if name.endswith("add_argument") and name.startswith("argparse.") and "default" in args.keywords:
            k, values = args.keywords["default"]
            self.put(
                self.options,
                self.destination(args),
                self.store("option", scope.module, k, self.destination(args), k.value, values, self.options),
            )
        every = first.union(*(v for _, v in args.positional), *(v for _, v in args.keywords.values()))
        if name.partition(".")[0] in ("base64", "binascii", "codecs", "zlib", "urllib", "json", "hashlib", "string", "bytes", "hmac", "itertools", "ast") or name in (
            "str.join", "bytes.fromhex", "map", "zip", "filter", "eval", "repr", "format", "enumerate", "next", "bytearray.fromhex",
        ):  # fmt: skip
            origins = origins_of(every | self.inside(every))
            return {Murk(origins), UNKNOWN} if origins else {UNKNOWN}
        return {Lib(self.canonical(name + "()"))}

    @staticmethod
    def destination(args: Arguments) -> str:
        """The attribute that `add_argument` fills (argparse's own rule)."""
        if "dest" in args.keywords:
            return next((v.text for v in args.keywords["dest"][1] if isinstance(v, Text)), "?")
        flags = [v.text for _, values in args.positional for v in values if isinstance(v, Text)]
        long = next((f for f in flags if f.startswith("--")), flags[0] if flags else "?")
        return long.lstrip("-").replace("-", "_")

    def attribute_read(self, node: ast.Call, wanted: ast.Attribute, base: Value) -> set[Value]:
        """`getattr(base, "name")` reads what `base.name` would."""
        found = self.attribute(wanted, base, wanted.attr)
        self.read(node, self.reads(wanted))
        return found

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
            return {Murk(of.origins | origins_of(every | self.inside(every))), UNKNOWN}
        if isinstance(of, Murk):
            return {of, UNKNOWN}
        if isinstance(of, Outside) and name in _SAME:
            return {of}
        return {UNKNOWN}

    def box_method(self, node: ast.Call, box: Box, name: str, args: Arguments, first: set[Value], scope: Scope) -> set[Value]:
        """`.get`, `.pop`, `.update`, `.items` … of a dict, `.append` of a list."""
        if name in ("get", "pop", "setdefault") and box.kind == "dict":
            keys = {k.text for k in first if isinstance(k, Text)}
            stores = [s for k in keys for s in box.at(k)] if keys and keys <= box.keys() else box.all()
            self.read(node, stores)
            default = args.positional[1][1] if len(args.positional) > 1 else {Const(None)}
            if name == "setdefault" and len(args.positional) > 1 and len(keys) == 1:
                key = next(iter(keys))
                value = args.positional[1][0]
                self.put(box, key, self.store("item", scope.module, value, key, value, default, box))
            found = set[Value]().union(*(s.values for s in stores)) if stores else set()
            return (found if keys and keys <= box.keys() and name != "setdefault" else found | default) | ({UNKNOWN} if box.open else set())
        if name == "update":
            for key, (k, values) in args.keywords.items():
                self.put(box, key, self.store("argument", scope.module, k, key, k.value, values, box))
            for _, values in [*args.positional, *args.splats]:
                self.spread(box, values)
            return {Const(None)}
        if name == "copy":
            return {BoxRef(box)}
        if name in ("items", "values"):
            return {Items(box, name == "items")}
        if name == "append" and args.positional:
            at, values = args.positional[0]
            self.put(box, at, self.store("element", scope.module, at, "append", at, values, box))
            return {Const(None)}
        return {UNKNOWN}

    # -- given by the expression half

    def imported_module(self, importer: "Module", name: str, level: int) -> Value:
        """See `Expressions.imported_module`."""
        raise NotImplementedError

    modules: "dict[object, Module]"  # type: ignore[assignment]
    scopes: dict[ast.AST, Scope]

    def eval(self, node: ast.expr, env: Env, scope: Scope) -> set[Value]:
        """See `Expressions.eval`."""
        raise NotImplementedError

    def missing(self) -> set[Value]:
        """See `Expressions.missing`."""
        raise NotImplementedError

    def values_of(self, node: ast.AST) -> set[Value]:
        """See `Expressions.values_of`."""
        raise NotImplementedError

    def read(self, node: ast.AST, stores: Iterable[Store]) -> None:
        """See `Expressions.read`."""
        raise NotImplementedError

    def reads(self, node: ast.AST) -> set[Store]:
        """See `Expressions.reads`."""
        raise NotImplementedError

    def add(self, known: set[Value], more: Iterable[Value]) -> None:
        """See `Expressions.add`."""
        raise NotImplementedError

    def attribute(self, node: ast.Attribute, base: Value, name: str) -> set[Value]:
        """See `Expressions.attribute`."""
        raise NotImplementedError

    def inside(self, values: set[Value]) -> set[Value]:
        """See `Expressions.inside`."""
        raise NotImplementedError

    def partial_ref(self, node: ast.Call) -> PartialRef:
        """See `Expressions.partial_ref`."""
        raise NotImplementedError

    def bind_scope(self, scope: Scope, name: str, store: Store) -> None:
        """See `Expressions.bind_scope`."""
        raise NotImplementedError


def _is_generator(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for s in node.body for n in ast.walk(s))


def _is_context(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("contextmanager" in ast.unparse(d) for d in node.decorator_list)


def _yields(calls: Calls, function: Function) -> set[Value]:
    return set().union(
        *(calls.values_of(n.value) for s in function.node.body for n in ast.walk(s) if isinstance(n, ast.Yield) and n.value is not None)
    )  # type: ignore[union-attr]


_ = Outside
