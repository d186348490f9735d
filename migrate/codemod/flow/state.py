"""What an analysis knows so far: values, bindings, containers, functions and classes, all of which only grow."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from migrate.codemod.flow.kinds import BoxKind, ScopeKind, StoreKind
from migrate.codemod.flow.module import Imports, Module
from migrate.codemod.flow.values import (
    UNKNOWN,
    Box,
    BoxRef,
    Class,
    Function,
    Lib,
    Method,
    ModuleRef,
    Origin,
    Outside,
    Partial,
    PartialRef,
    Scope,
    Store,
    Tainted,
    Text,
    Value,
    origins_of,
)
from migrate.codemod.libraries.records import FIELDS
from migrate.codemod.libraries.sessions import ALIASES, DEFAULT_SESSIONS

Env = dict[str, frozenset[Store]]
"""The bindings that each name of a scope may have at one point."""
Bound = dict[tuple[Scope, str], set[Store]]
_ALIASES = {**ALIASES, **DEFAULT_SESSIONS}
_MOST = 48
_LONGEST_CHAIN = 4


class Arguments:
    """A call's arguments: positional, by keyword, and what `*` and `**` bring."""

    def __init__(self) -> None:
        self.positional: list[tuple[ast.expr, set[Value]]] = []
        self.keywords: dict[str, tuple[ast.keyword, set[Value]]] = {}
        self.splats: list[tuple[ast.keyword, set[Value]]] = []
        self.star = False
        self.mapped: frozenset[ast.expr] = frozenset()  # what is gone through, so that each call gets an element of it
        self.spread: ast.expr | None = None  # a tuple whose elements are the arguments: `Thread(args=…)`


class State:
    """The tables of an analysis. Whoever adds to one sets `changed`, so that the walk goes on."""

    def __init__(self, imports: Imports, modules: Iterable[Module]) -> None:
        self.imports = imports
        self.modules: dict[Path, Module] = {m.path: m for m in modules}
        self.changed = False
        self.opened = False  # whether parameters that no call of the program fills may be anything by now
        self.settled = False  # whether the first fixpoint is reached: what is still nothing then is unknown
        self.options = Box(BoxKind.DICT, None, ast.Pass())  # type: ignore[arg-type]
        self.flask = Box(BoxKind.DICT, None, ast.Pass())  # type: ignore[arg-type]
        self.functions: dict[ast.AST, Function] = {}
        self.classes: dict[ast.AST, Class] = {}
        self.invoked: dict[ast.Call, set[Value]] = {}
        self.scopes: dict[ast.AST, Scope] = {}  # call expressions, and the scope that they stand in
        self.homes = {node: m for m in self.modules.values() for node in m.source.parents}
        self.bindings: list[Bound] = []  # what is bound, for each who wants to know
        self.unresolved: dict[str, list[ast.Call]] = {}  # calls of methods of what is not known, by name
        self.submodules: dict[str, ModuleRef] = {}
        self._values: dict[ast.AST, set[Value]] = {}
        self._reads: dict[ast.AST, set[Store]] = {}
        self._origins: dict[ast.AST, Origin] = {}
        self._stores: dict[tuple[ast.AST, StoreKind, str, int], Store] = {}
        self._boxes: dict[ast.AST, Box] = {}
        self._partials: dict[ast.AST, Partial] = {}
        self._records: dict[ast.Call, Class] = {}

    def store(
        self, kind: StoreKind, module: Module, node: ast.AST, name: str, value: ast.expr | None, values: Iterable[Value], owner: object
    ) -> Store:
        """Return the binding at one place, made once and grown since."""
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
        """Return all bindings of the program."""
        return self._stores.values()

    def box(self, kind: BoxKind, module: Module, node: ast.AST) -> Box:
        """Return the container made at one place."""
        if node not in self._boxes:
            self._boxes[node] = Box(kind, module, node)
            self.changed = True
        return self._boxes[node]

    def record(self, call: ast.Call, scope: Scope, fields: list[str] | None = None, listed: ast.expr | None = None) -> Class:
        """Return the class that a `namedtuple(…)` makes, or the one of the single object that a `SimpleNamespace(…)` is."""
        if call not in self._records:
            body: list[ast.stmt] = [ast.AnnAssign(ast.Name(f, ast.Store()), ast.Constant(None), None, 1) for f in fields or ()]
            node = ast.ClassDef("", [], [], body, [])
            inner = Scope(scope.module, node, scope, ScopeKind.CLASS)
            self._records[call] = Class(scope.module, node, inner, fields=bool(fields), listed=listed)
            self.changed = True
        return self._records[call]

    def field(self, cls: Class, name: str, store: Store) -> None:
        """Add a binding to a field of the instances of a class."""
        known = cls.attributes.setdefault(name, [])
        if store not in known:
            known.append(store)
            self.changed = True

    def boxes(self) -> Iterable[Box]:
        """Return all containers of the program."""
        return self._boxes.values()

    def put(self, box: Box, key: object, store: Store) -> None:
        """Add an entry to a container."""
        known = box.items.setdefault(key, [])
        if store not in known:
            known.append(store)
            self.changed = True

    def spread(self, box: Box, values: set[Value]) -> None:
        """Spread other dicts into a container: `{**values}`, `.update(values)`."""
        for v in values:
            if isinstance(v, BoxRef) and v.box.kind is BoxKind.DICT:
                if v.box not in box.spreads and v.box is not box:
                    box.spreads.append(v.box)
                    self.changed = True
            elif not box.open:
                box.open = self.changed = True

    def values_of(self, node: ast.AST) -> set[Value]:
        """Return what an expression may stand for."""
        return self._values.get(node, set())

    def reads(self, node: ast.AST) -> set[Store]:
        """Return the bindings whose value an expression (or an import's alias) may take."""
        return self._reads.get(node, set())

    def unread_again(self, node: ast.AST) -> set[Store]:
        """Return what an expression that does not stand in the program has read, and forget it."""
        return self._reads.pop(node, set())

    def all_values(self) -> Iterable[set[Value]]:
        """Return what each expression may stand for."""
        return self._values.values()

    def all_nodes(self) -> Iterable[tuple[ast.AST, set[Value]]]:
        """Return every expression that was evaluated, with what it may stand for."""
        return self._values.items()

    def all_reads(self) -> Iterable[tuple[ast.AST, set[Store]]]:
        """Return every expression that reads a binding, with those it may read."""
        return self._reads.items()

    def missing(self) -> set[Value]:
        """Return what stands for a value that nothing is known of: nothing yet, while the first fixpoint is under way."""
        return {UNKNOWN} if self.settled else set()

    def note(self, node: ast.AST, values: Iterable[Value]) -> set[Value]:
        """Add what an expression may stand for."""
        known = self._values.setdefault(node, set())
        self.add(known, values)
        return known

    def read(self, node: ast.AST, stores: Iterable[Store]) -> None:
        """Note that an expression reads these bindings."""
        self.add(self._reads.setdefault(node, set()), stores)  # type: ignore[arg-type]

    def add(self, known: set[Value], more: Iterable[Value]) -> None:
        """Grow a set, and remember that something grew."""
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
        """Return the origin that stands for a literal."""
        if node not in self._origins:
            self._origins[node] = Origin(module, node)
        return self._origins[node]

    def imported_module(self, importer: Module, name: str, level: int) -> Value:
        """Return what `import name` gives: a module of the program, or something outside."""
        path = self.imports.find(importer.path, name, level)
        if path is not None and path in self.modules:
            ref = ModuleRef(self.modules[path])
            self.submodules.setdefault(name, ref)
            return ref
        if path is not None or level:
            return UNKNOWN  # of the tree, but not under analysis: it holds nothing of interest
        return Lib(canonical(name))

    def module_stores(self, module: Module, name: str) -> list[Store]:
        """Return the bindings of a module's global as another module sees it."""
        if name in module.final:
            return list(module.final[name])
        return list(module.scope.stores.get(name, ()))

    def bind_scope(self, scope: Scope, name: str, store: Store) -> None:
        """Add a binding to all that a name may stand for in a scope."""
        known = scope.stores.setdefault(name, [])
        if store not in known:
            known.append(store)
            self.changed = True

    def partial_ref(self, node: ast.Call) -> PartialRef:
        """Return the value of a `functools.partial` call."""
        if node not in self._partials:
            self._partials[node] = Partial(node)
        return PartialRef(self._partials[node])

    def module_at(self, node: ast.AST) -> Module:
        """Return the module whose source holds a node."""
        return self.homes[node]

    def function_of(self, node: ast.AST) -> Function | None:
        """Return the function of a def statement or lambda."""
        return self.functions.get(node)

    @contextmanager
    def watched(self) -> Iterator[Bound]:
        """Gather what is bound in the meantime."""
        before, bound = self.bindings, Bound()
        self.bindings = [*before, bound]
        try:
            yield bound
        finally:
            self.bindings = before

    def field_of(self, statement: ast.stmt) -> str | None:
        """Return the field that a statement in a class declares: `key: str`, `key = attr.ib()`."""
        if isinstance(statement, ast.AnnAssign):
            kept_by_class = ast.unparse(statement.annotation).startswith(("ClassVar", "typing.ClassVar"))
            return statement.target.id if isinstance(statement.target, ast.Name) and not kept_by_class else None
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call) or len(statement.targets) != 1:
            return None
        made = self.values_of(statement.value.func)
        target = statement.targets[0]
        return target.id if isinstance(target, ast.Name) and any(isinstance(v, Lib) and v.name in FIELDS for v in made) else None


class Walk(State, ABC):
    """A state with the three ways back into the walk, for what is called from it."""

    @abstractmethod
    def eval(self, node: ast.expr, env: Env, scope: Scope) -> set[Value]:
        """Return what an expression may stand for, given the names that are bound before it."""

    @abstractmethod
    def invoke(self, node: ast.Call, f: Value, args: Arguments, scope: Scope) -> set[Value]:
        """Return what one callee of a call gives for some arguments."""

    @abstractmethod
    def block(self, body: list[ast.stmt], env: Env | None, scope: Scope) -> Env | None:
        """Run statements; return the names afterwards, or None where control never comes out."""


def canonical(dotted: str) -> str:
    """Return the one name for what a library exports under several."""
    for old, new in _ALIASES.items():
        if dotted == old or dotted.startswith((old + ".", old + "(")):
            return new + dotted[len(old) :]
    return dotted


def of_library(dotted: str) -> Value:
    """Return something of a library; what a long chain of its calls gives is anything (`x = x.next()` would never end)."""
    return UNKNOWN if dotted.count("(") > _LONGEST_CHAIN or dotted.count(".") > 3 * _LONGEST_CHAIN else Lib(dotted)
