"""Expressions: what each may stand for, which bindings it reads, and what assignment targets bind."""

import ast
from collections.abc import Iterable
from pathlib import Path

from migrate.codemod.flow import lookups, texts
from migrate.codemod.flow.calls import Calls
from migrate.codemod.flow.module import Imports, Module
from migrate.codemod.flow.tables import Env
from migrate.codemod.flow.values import (
    UNKNOWN,
    Box,
    BoxKind,
    BoxRef,
    ClassRef,
    Const,
    FuncRef,
    Function,
    Instance,
    Lib,
    Method,
    ModuleRef,
    Origin,
    Outside,
    Partial,
    PartialRef,
    Scope,
    ScopeKind,
    Store,
    StoreKind,
    Tainted,
    Text,
    Value,
    origins_of,
)
from migrate.codemod.libraries.standard import BUILTINS

_MOST = 48
_MOST_STEPS = 12_000_000  # about a minute


class TooLarge(Exception):
    """A program that cannot be followed in reasonable time."""


_LONGEST_CHAIN = 4


class Expressions(Calls):
    """The expression half of the interpreter."""

    def __init__(self, imports: Imports, modules: dict[Path, Module]) -> None:
        super().__init__()
        self.imports = imports
        self.modules = modules
        self.changed = False
        self.settled = False
        self.steps = 0
        self._values: dict[ast.AST, set[Value]] = {}
        self._reads: dict[ast.AST, set[Store]] = {}
        self._origins: dict[ast.AST, Origin] = {}
        self._submodules: dict[str, ModuleRef] = {}
        self._homes = {node: m for m in modules.values() for node in m.source.parents}
        self.scopes: dict[ast.AST, Scope] = {}  # call expressions, and the scope that they stand in

    # -- what was found

    def values_of(self, node: ast.AST) -> set[Value]:
        """What an expression may stand for."""
        return self._values.get(node, set())

    def reads(self, node: ast.AST) -> set[Store]:
        """The bindings whose value an expression (or an import's alias) may take."""
        return self._reads.get(node, set())

    def unread_again(self, node: ast.AST) -> set[Store]:
        """What an expression that does not stand in the program has read, and has not from now on."""
        return self._reads.pop(node, set())

    def all_values(self) -> Iterable[set[Value]]:
        """What each expression may stand for."""
        return self._values.values()

    def all_nodes(self) -> Iterable[tuple[ast.AST, set[Value]]]:
        """Every expression that was evaluated, with what it may stand for."""
        return self._values.items()

    def all_reads(self) -> Iterable[tuple[ast.AST, set[Store]]]:
        """Every expression that reads a binding, with those it may read."""
        return self._reads.items()

    def of_library(self, dotted: str) -> Value:
        """Something of a library; what a long chain of its calls gives is anything (`x = x.next()` would never end)."""
        return UNKNOWN if dotted.count("(") > _LONGEST_CHAIN or dotted.count(".") > 3 * _LONGEST_CHAIN else Lib(dotted)

    def missing(self) -> set[Value]:
        """What stands for a value that nothing is known of: nothing yet, while the first fixpoint is under way."""
        return {UNKNOWN} if self.settled else set()

    def note(self, node: ast.AST, values: Iterable[Value]) -> set[Value]:
        """Adds what an expression may stand for."""
        known = self._values.setdefault(node, set())
        self.add(known, values)
        return known

    def read(self, node: ast.AST, stores: Iterable[Store]) -> None:
        """Notes that an expression reads these bindings."""
        self.add(self._reads.setdefault(node, set()), stores)  # type: ignore[arg-type]

    def add(self, known: set[Value], more: Iterable[Value]) -> None:
        """Grows a set, and remembers that something grew."""
        fresh = set(more) - known
        if not fresh:
            return
        if len(known) > _MOST and all(isinstance(v, Lib | Method | Outside) for v in fresh):
            fresh = set[Value]({UNKNOWN}) - known  # of so many things none is known
        elif len(known) > _MOST and all(isinstance(v, Text | Tainted) for v in fresh):
            fresh = set[Value]({Tainted(origins_of(fresh))}) - known
        if not fresh or len(known) > 4 * _MOST:
            return
        known |= fresh
        self.changed = True

    def origin(self, module: Module, node: ast.expr) -> Origin:
        """The origin that stands for a literal."""
        if node not in self._origins:
            self._origins[node] = Origin(module, node)
        return self._origins[node]

    # -- modules

    def imported_module(self, importer: Module, name: str, level: int) -> Value:
        """What `import name` gives: a module of the program, or something outside."""
        path = self.imports.find(importer.path, name, level)
        if path is not None and path in self.modules:
            ref = ModuleRef(self.modules[path])
            self._submodules.setdefault(name, ref)
            return ref
        if path is not None or level:
            return UNKNOWN  # of the tree, but not under analysis: it holds nothing of interest
        return Lib(self.canonical(name))

    def module_stores(self, module: Module, name: str) -> list[Store]:
        """The bindings of a module's global as another module sees it."""
        if name in module.final:
            return list(module.final[name])
        return list(module.scope.stores.get(name, ()))

    # -- expressions

    def eval(self, node: ast.expr, env: Env, scope: Scope) -> set[Value]:
        """What an expression may stand for, given the names that are bound before it.

        Raises TooLarge where the program takes more steps than any of its size should.
        """
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise TooLarge
        return self.note(node, self._eval(node, env, scope))

    def _eval(self, node: ast.expr, env: Env, scope: Scope) -> Iterable[Value]:
        module = scope.module
        match node:
            case ast.Constant():
                if isinstance(node.value, str | bytes):
                    text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                    return {Text(text, frozenset({self.origin(module, node)}))}
                return {Const(node.value if node.value is not Ellipsis else None)}
            case ast.Name():
                return self.name(node, env, scope)
            case ast.Attribute():
                base = self.eval(node.value, env, scope)
                return set().union(*(self.attribute(node, v, node.attr) for v in base)) if base else self.missing()
            case ast.Call():
                return self.call(node, env, scope)
            case ast.NamedExpr():
                values = self.eval(node.value, env, scope)
                self.assign(node.target, node.value, values, env, scope, StoreKind.WALRUS)
                return values
            case ast.BoolOp():
                first = self.eval(node.values[0], env, scope)
                others = set[Value]().union(*(self.perhaps(v, env, scope) for v in node.values[1:]))
                if isinstance(node.op, ast.Or) and any(isinstance(v, Instance) for v in others):
                    first = first - {Const(None)}  # `config or Config()`
                return first | others
            case ast.IfExp():
                self.eval(node.test, env, scope)
                return self.perhaps(node.body, env, scope) | self.perhaps(node.orelse, env, scope)
            case ast.BinOp():
                left, right = self.eval(node.left, env, scope), self.eval(node.right, env, scope)
                if isinstance(node.op, ast.BitOr) and any(isinstance(v, BoxRef) and v.box.kind is BoxKind.DICT for v in left | right):
                    both = self.box(BoxKind.DICT, module, node)
                    self.spread(both, left)
                    self.spread(both, right)
                    return {BoxRef(both)}
                return texts.binary(self, node.op, left, right)
            case ast.JoinedStr():
                return texts.joined(self, node, env, scope)
            case ast.Dict():
                return {BoxRef(self.dict_display(node, env, scope))}
            case ast.List() | ast.Tuple() | ast.Set():
                box = self.box(BoxKind.SEQ, module, node)
                for i, e in enumerate(node.elts):
                    values = self.eval(e, env, scope)
                    if isinstance(e, ast.Starred):
                        box.open = True
                    else:
                        self.put(box, i, self.store(StoreKind.ELEMENT, module, e, str(i), e, values, box))
                return {BoxRef(box)}
            case ast.Subscript():
                base, key = self.eval(node.value, env, scope), self.eval(node.slice, env, scope)
                return set().union(*(lookups.subscript(self, node, v, key) for v in base)) if base else self.missing()
            case ast.Await() | ast.Starred():
                return self.eval(node.value, env, scope)
            case ast.Lambda():
                return {FuncRef(self.enter_function(node, env, scope))}
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                inner = dict(env)
                watching, self.bindings = self.bindings, []  # the targets are names of the comprehension alone
                for g in node.generators:
                    self.loop_target(g.target, g.iter, self.eval(g.iter, inner, scope), inner, scope)
                    for condition in g.ifs:
                        self.eval(condition, inner, scope)
                box = self.box(BoxKind.DICT if isinstance(node, ast.DictComp) else BoxKind.SEQ, module, node)
                if isinstance(node, ast.DictComp):
                    self.eval(node.key, inner, scope)
                    self.put(
                        box, None, self.store(StoreKind.EACH, module, node.value, "", node.value, self.eval(node.value, inner, scope), box)
                    )
                else:
                    self.put(box, None, self.store(StoreKind.EACH, module, node.elt, "", node.elt, self.eval(node.elt, inner, scope), box))
                self.bindings = watching
                for n in ast.walk(node):
                    if isinstance(n, ast.NamedExpr) and isinstance(n.target, ast.Name) and n.target.id in inner:
                        self.may_be(n.target.id, inner[n.target.id], env, scope)
                return {BoxRef(box)}
            case _:
                inside: set[Value] = set()
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        inside |= self.eval(child, env, scope)
                return {UNKNOWN}

    def perhaps(self, node: ast.expr, env: Env, scope: Scope) -> set[Value]:
        """What stands where it may not be evaluated: a walrus in it binds, or does not."""
        inner = dict(env)
        values = self.eval(node, inner, scope)
        for name, stores in inner.items():
            if env.get(name) is not stores:
                env[name] = env.get(name, frozenset()) | stores
        return values

    def may_be(self, name: str, stores: frozenset[Store], env: Env, scope: Scope) -> None:
        """A name that a comprehension binds outside of itself, if it runs at all."""
        env[name] = env.get(name, frozenset()) | stores
        for bound in self.bindings:
            bound.setdefault((scope, name), set()).update(stores)

    def name(self, node: ast.Name, env: Env, scope: Scope) -> Iterable[Value]:
        """A name, by Python's scoping."""
        name = node.id
        stores: Iterable[Store] | None = env.get(name)
        if stores is not None and name in scope.shared:
            stores = {*stores, *scope.stores.get(name, ())}
        if stores is None:
            here: Scope | None = scope
            while here is not None:
                if here is scope or here.kind is not ScopeKind.CLASS:
                    found = here.stores.get(name)
                    if found and name not in here.globals and name not in here.nonlocals:
                        stores = found
                        break
                here = here.parent
        if stores is None:
            return {Lib(name)} if name in BUILTINS else self.missing()
        self.read(node, stores)
        return set().union(*(s.values for s in stores))

    def attribute(self, node: ast.Attribute, base: Value, name: str) -> set[Value]:
        """Return what `base.name` may be."""
        return lookups.attribute(self, node, base, name)

    def inside(self, values: set[Value]) -> set[Value]:
        """The strings within lists and tuples (what `%` fills in)."""
        return {v for b in values if isinstance(b, BoxRef) for s in b.box.all() for v in s.values if isinstance(v, Text | Tainted)}

    def dict_display(self, node: ast.Dict, env: Env, scope: Scope) -> Box:
        """`{…}`."""
        box = self.box(BoxKind.DICT, scope.module, node)
        for k, v in zip(node.keys, node.values, strict=True):
            values = self.eval(v, env, scope)
            if k is None:
                self.spread(box, values)
                continue
            keys = self.eval(k, env, scope)
            named = [x.text if isinstance(x, Text) else x.value for x in keys if isinstance(x, Text | Const)]
            key: object = named[0] if len(named) == 1 and len(keys) == 1 else None
            self.put(box, key, self.store(StoreKind.ENTRY, scope.module, k, str(key), v, values, box))
        return box

    # -- targets

    def assign(self, target: ast.expr, source: ast.expr | None, values: set[Value], env: Env, scope: Scope, kind: StoreKind) -> None:
        """`target = source`, where source may stand for `values`."""
        module = scope.module
        match target:
            case ast.Name():
                self.bind(target.id, self.store(kind, module, target, target.id, source, values, scope), env, scope)
            case ast.Attribute():
                for base in self.eval(target.value, env, scope):
                    if isinstance(base, Instance | ClassRef):
                        store = self.store(StoreKind.ATTRIBUTE, module, target, target.attr, source, values, base.cls)
                        known = base.cls.attributes.setdefault(target.attr, [])
                        if store not in known:
                            known.append(store)
                            self.changed = True
                    elif isinstance(base, ModuleRef):
                        store = self.store(StoreKind.ATTRIBUTE, module, target, target.attr, source, values, base.module.scope)
                        self.bind_scope(base.module.scope, target.attr, store)
                        base.module.final[target.attr] = base.module.final.get(target.attr, frozenset()) | {store}
                    elif isinstance(base, Lib):
                        self.store(StoreKind.OUTSIDE, module, target, target.attr, source, values, base.name)
            case ast.Subscript():
                base_values, key = self.eval(target.value, env, scope), self.eval(target.slice, env, scope)
                self.note(target, set())
                for base in base_values:
                    if isinstance(base, BoxRef):
                        named = [k.text if isinstance(k, Text) else k.value for k in key if isinstance(k, Text | Const)]
                        where: object = named[0] if len(named) == 1 and len(key) == 1 else None
                        self.put(base.box, where, self.store(StoreKind.ITEM, module, target, str(where), source, values, base.box))
                    elif isinstance(base, Lib):
                        self.store(StoreKind.OUTSIDE, module, target, base.name, source, values, base.name)
            case ast.Tuple() | ast.List():
                self.unpack(target, source, values, env, scope, kind)
            case ast.Starred():
                self.assign(target.value, None, {UNKNOWN}, env, scope, kind)

    def unpack(
        self, target: ast.Tuple | ast.List, source: ast.expr | None, values: set[Value], env: Env, scope: Scope, kind: StoreKind
    ) -> None:
        """`a, b = …`."""
        for i, t in enumerate(target.elts):
            each: set[Value] = set()
            node: ast.expr | None = None
            for v in values:
                if isinstance(v, BoxRef) and v.box.kind is BoxKind.SEQ:
                    stores = v.box.at(i) if i in v.box.keys() else v.box.all()
                    if any(isinstance(e, ast.Starred) for e in target.elts[:i]):
                        stores = v.box.all()
                    self.read(t, stores)
                    each |= set().union(*(s.values for s in stores)) if stores else set()
                    node = stores[0].value if len(values) == 1 and len(stores) == 1 else None
                elif isinstance(v, Instance) and v.cls.fields:
                    names = self.field_names(v.cls)
                    stores = list(lookups.attribute_stores(v, names[i])) if i < len(names) else []
                    self.read(t, stores)
                    each |= set().union(*(s.values for s in stores)) if stores else set()
                elif isinstance(v, Text | Tainted):
                    each |= {Tainted(v.origins)}
                else:
                    each.add(UNKNOWN)
            self.assign(t, node, each or self.missing(), env, scope, StoreKind.UNPACK if kind is StoreKind.ASSIGN else kind)

    def bind_scope(self, scope: Scope, name: str, store: Store) -> None:
        """Adds a store to all that a name may stand for in a scope."""
        known = scope.stores.setdefault(name, [])
        if store not in known:
            known.append(store)
            self.changed = True

    def partial_ref(self, node: ast.Call) -> PartialRef:
        """The value of a `functools.partial` call."""
        if node not in self._partials:
            self._partials[node] = Partial(node)
        return PartialRef(self._partials[node])

    # -- given by the statement half

    def bind(self, name: str, store: Store, env: Env, scope: Scope) -> None:
        """See `Interpreter.bind`."""
        raise NotImplementedError

    def loop_target(self, target: ast.expr, source: ast.expr, values: set[Value], env: Env, scope: Scope) -> None:
        """See `Interpreter.loop_target`."""
        raise NotImplementedError

    def enter_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, env: Env, scope: Scope) -> Function:
        """See `Interpreter.enter_function`."""
        raise NotImplementedError
