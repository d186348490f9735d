"""The tables of an analysis: bindings, containers, and how they grow."""

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.flow.values import (
    Box,
    BoxKind,
    BoxRef,
    Class,
    Partial,
    PartialRef,
    Scope,
    ScopeKind,
    Store,
    StoreKind,
    Value,
)
from migrate.codemod.libraries.sessions import ALIASES, DEFAULT_SESSIONS

if TYPE_CHECKING:
    from migrate.codemod.flow.module import Module

Env = dict[str, frozenset[Store]]
Bound = dict[tuple[Scope, str], set[Store]]
_ALIASES = {**ALIASES, **DEFAULT_SESSIONS}


class Arguments:
    """A call's arguments: positional, by keyword, and what `*` and `**` bring."""

    def __init__(self) -> None:
        self.positional: list[tuple[ast.expr, set[Value]]] = []
        self.keywords: dict[str, tuple[ast.keyword, set[Value]]] = {}
        self.splats: list[tuple[ast.keyword, set[Value]]] = []
        self.star = False
        self.mapped: frozenset[ast.expr] = frozenset()  # what is gone through, so that each call gets an element of it
        self.spread: ast.expr | None = None  # a tuple whose elements are the arguments: `Thread(args=…)`


class Tables:
    """What the halves of the interpreter share."""

    changed: bool
    settled: bool
    modules: "dict[Path, Module]"
    _homes: "dict[ast.AST, Module]"
    scopes: dict[ast.AST, Scope]

    def __init__(self) -> None:
        self._stores: dict[tuple[ast.AST, StoreKind, str, int], Store] = {}
        self._boxes: dict[ast.AST, Box] = {}
        self._partials: dict[ast.AST, Partial] = {}
        self._records: dict[ast.Call, Class] = {}
        self.options = Box(BoxKind.DICT, None, ast.Pass())  # type: ignore[arg-type]
        self.flask = Box(BoxKind.DICT, None, ast.Pass())  # type: ignore[arg-type]
        self.invoked: dict[ast.Call, set[Value]] = {}
        self.bindings: list[Bound] = []  # what is bound, for each who wants to know
        self.unresolved: dict[str, list[ast.Call]] = {}

    def store(
        self, kind: StoreKind, module: "Module", node: ast.AST, name: str, value: ast.expr | None, values: Iterable[Value], owner: object
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

    def box(self, kind: BoxKind, module: "Module", node: ast.AST) -> Box:
        """The container made at one place."""
        if node not in self._boxes:
            self._boxes[node] = Box(kind, module, node)
            self.changed = True
        return self._boxes[node]

    def record(self, call: ast.Call, scope: Scope, fields: list[str] | None = None, listed: ast.expr | None = None) -> Class:
        """The class that a `namedtuple(…)` makes, or the one of the single object that a `SimpleNamespace(…)` is."""
        if call not in self._records:
            body: list[ast.stmt] = [ast.AnnAssign(ast.Name(f, ast.Store()), ast.Constant(None), None, 1) for f in fields or ()]
            node = ast.ClassDef("", [], [], body, [])
            inner = Scope(scope.module, node, scope, ScopeKind.CLASS)
            self._records[call] = Class(scope.module, node, inner, fields=bool(fields), listed=listed)
            self.changed = True
        return self._records[call]

    def field(self, cls: Class, name: str, store: Store) -> None:
        """One field of the instances of a class."""
        known = cls.attributes.setdefault(name, [])
        if store not in known:
            known.append(store)
            self.changed = True

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
            if isinstance(v, BoxRef) and v.box.kind is BoxKind.DICT:
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

    def eval(self, node: ast.expr, env: Env, scope: Scope) -> set[Value]:
        """See `Expressions.eval`."""
        raise NotImplementedError

    def of_library(self, dotted: str) -> Value:
        """See `Expressions.of_library`."""
        raise NotImplementedError

    def missing(self) -> set[Value]:
        """See `Expressions.missing`."""
        raise NotImplementedError

    def values_of(self, node: ast.AST) -> set[Value]:
        """See `Expressions.values_of`."""
        raise NotImplementedError

    def reads(self, node: ast.AST) -> set[Store]:
        """See `Expressions.reads`."""
        raise NotImplementedError

    def read(self, node: ast.AST, stores: Iterable[Store]) -> None:
        """See `Expressions.read`."""
        raise NotImplementedError

    def unread_again(self, node: ast.AST) -> set[Store]:
        """See `Expressions.unread_again`."""
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

    def invoke(self, node: ast.Call, f: Value, args: Arguments, scope: Scope) -> set[Value]:
        """See `Calls.invoke`."""
        raise NotImplementedError

    def module_at(self, node: ast.AST) -> "Module":
        """See `Calls.module_at`."""
        raise NotImplementedError

    def partial_ref(self, node: ast.Call) -> PartialRef:
        """See `Expressions.partial_ref`."""
        raise NotImplementedError

    def bind_scope(self, scope: Scope, name: str, store: Store) -> None:
        """See `Expressions.bind_scope`."""
        raise NotImplementedError

    def imported_module(self, importer: "Module", name: str, level: int) -> Value:
        """See `Expressions.imported_module`."""
        raise NotImplementedError

    def module_stores(self, module: "Module", name: str) -> list[Store]:
        """See `Expressions.module_stores`."""
        raise NotImplementedError
