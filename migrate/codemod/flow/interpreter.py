"""The fixpoint: every module, class body and function is walked again until no value is added any more.

Within a scope the order of statements counts (a name assigned again is another binding); across functions, classes and
modules it does not, and all bindings that may reach a place are taken together. Calls inside the program bind arguments to
parameters and answers to calls, without telling call sites apart.
"""

import ast
from collections.abc import Iterable

from migrate.codemod.flow import click, relevance, texts
from migrate.codemod.flow.control import Control, merge
from migrate.codemod.flow.decorators import hands_all_on
from migrate.codemod.flow.elements import elements
from migrate.codemod.flow.module import Imports, Module
from migrate.codemod.flow.tables import Env
from migrate.codemod.flow.values import (
    UNKNOWN,
    BoxKind,
    BoxRef,
    Class,
    ClassRef,
    FuncRef,
    Function,
    Instance,
    Lib,
    ModuleRef,
    Outside,
    Scope,
    ScopeKind,
    Store,
    StoreKind,
    Value,
)
from migrate.codemod.libraries.records import DATACLASSES, RECORDS
from migrate.codemod.libraries.standard import DECORATORS

_ROUNDS = 12
_INCOMING = frozenset(
    {
        StoreKind.ARGUMENT,
        StoreKind.DEFAULT,
        StoreKind.MAPPED,
        StoreKind.OPEN,
        StoreKind.OPTION,
        StoreKind.SELF,
        StoreKind.SPLAT,
        StoreKind.STARRED,
    }
)
"""What fills a parameter."""


class Interpreter(Control):
    """Runs the analysis over modules. Ask `values_of` and `reads` afterwards."""

    def __init__(self, imports: Imports, modules: Iterable[Module]) -> None:
        super().__init__(imports, {m.path: m for m in modules})
        self._functions: dict[ast.AST, Function] = {}
        self._classes: dict[ast.AST, Class] = {}

    def run(self) -> None:
        """To the fixpoint, or to a bound beyond which nothing new is believed."""
        idle: set[ast.AST] = set()
        if sum(len(m.source.text) for m in self.modules.values()) >= relevance.SMALLEST:
            idle = relevance.Relevance(self.imports, self.modules.values()).irrelevant()
        for _ in range(2 * _ROUNDS):
            self.changed = False
            for module in list(self.modules.values()):
                env: Env = {}
                out = self.block(module.source.tree.body, env, module.scope)
                module.final = out if out is not None else {}
            for function in list(self._functions.values()):
                if function.node not in idle:
                    self.function_body(function)
            if not self.changed:
                if self.settled:
                    return
                self.settled = True
        self.settled = True

    def function_of(self, node: ast.AST) -> Function | None:
        """The function of a def statement or lambda."""
        return self._functions.get(node)

    # -- scopes

    def function_body(self, f: Function) -> None:
        """A function's body with its parameters bound to all that calls give them."""
        node, scope = f.node, f.scope
        args = node.args
        env: Env = {}
        every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
        defaults: dict[str, ast.expr] = {}
        positional = [*args.posonlyargs, *args.args]
        for a, d in zip(reversed(positional), reversed(args.defaults), strict=False):
            defaults[a.arg] = d
        for a, kd in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            if kd is not None:
                defaults[a.arg] = kd
        first = positional[0].arg if positional else None
        options = click.options(node, self.values_of) if click.is_command(node, self.values_of) else {}
        for a in every:
            if a.arg == first and f.owner is not None and not self.is_static(node):
                of: Value = ClassRef(f.owner) if self.is_classmethod(node) else Instance(f.owner)
                store = self.store(StoreKind.SELF, f.module, a, a.arg, None, {of}, scope)
            elif (k := options.get(a.arg)) is not None:
                given = self.values_of(k.value) | {Outside(a.arg)}
                store = self.store(StoreKind.OPTION, f.module, k, a.arg, k.value, given, scope)
            elif a.arg in defaults:
                store = self.store(StoreKind.DEFAULT, f.module, a, a.arg, defaults[a.arg], self.values_of(defaults[a.arg]), scope)
            else:
                store = None
            if store is not None:
                self.bind_scope(scope, a.arg, store)
            if self.settled and not any(s.kind in _INCOMING for s in scope.stores.get(a.arg, ())):
                self.bind_scope(scope, a.arg, self.store(StoreKind.OPEN, f.module, a, a.arg, None, self.annotated(a, scope), scope))
            elif (f.escapes or self.decorated(node) or self.called_unseen(f)) and a.arg != first:
                self.bind_scope(scope, a.arg, self.store(StoreKind.OPEN, f.module, a, a.arg, None, {UNKNOWN}, scope))
            env[a.arg] = frozenset(s for s in scope.stores.get(a.arg, ()) if s.kind in _INCOMING)
        if args.vararg:
            env[args.vararg.arg] = frozenset({self.store(StoreKind.OPEN, f.module, args.vararg, args.vararg.arg, None, {UNKNOWN}, scope)})
        if args.kwarg:
            box = self.box(BoxKind.DICT, f.module, args.kwarg)
            if f.escapes or self.decorated(node):
                box.open = True
            env[args.kwarg.arg] = frozenset(
                {self.store(StoreKind.KWARGS, f.module, args.kwarg, args.kwarg.arg, None, {BoxRef(box)}, scope)}
            )
            self.bind_scope(scope, args.kwarg.arg, next(iter(env[args.kwarg.arg])))
        if isinstance(node, ast.Lambda):
            self.add(f.returns, self.eval(node.body, env, scope))
            return
        self.block(node.body, env, scope)

    def called_unseen(self, f: Function) -> bool:
        """May a call on an object that is not known, by a method's name, be a call of this method?"""
        return f.owner is not None and any(c.args or c.keywords for c in self.unresolved.get(getattr(f.node, "name", ""), ()))

    def annotated(self, a: ast.arg, scope: Scope) -> set[Value]:
        """What a parameter's annotation says of it, where that is a library's class; nothing is known otherwise."""
        if isinstance(a.annotation, ast.Name | ast.Attribute):
            named = self.eval(a.annotation, {}, scope.parent or scope)
            if named and all(isinstance(v, Lib) and "." in v.name for v in named):
                return {Lib(self.canonical(v.name + "()")) for v in named if isinstance(v, Lib)}
        return {UNKNOWN}

    @staticmethod
    def is_static(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
        """Is it decorated as a static method?"""
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in decorators)

    @staticmethod
    def is_classmethod(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
        """Is it decorated as a class method, or as good as one?"""
        if isinstance(node, ast.Lambda):
            return False
        names = {d.id if isinstance(d, ast.Name) else d.attr if isinstance(d, ast.Attribute) else "" for d in node.decorator_list}
        return bool(names & {"classmethod", "validator", "root_validator", "model_validator", "field_validator"}) or node.name in (
            "__new__",
            "__init_subclass__",
        )

    def decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
        """May a decorator call it with arguments that the program does not show?"""
        if isinstance(node, ast.Lambda):
            return False
        if click.is_command(node, self.values_of):
            return False
        return not all(
            any(isinstance(v, Lib) and v.name in DECORATORS for v in self.values_of(d)) or hands_all_on(d, self.values_of)
            for d in node.decorator_list
        )

    def enter_class(self, node: ast.ClassDef, env: Env, scope: Scope) -> Class:
        """A class statement: its body runs once, in a scope of its own."""
        cls = self._classes.get(node)
        if cls is None:
            cls = self._classes[node] = Class(scope.module, node, Scope(scope.module, node, scope, ScopeKind.CLASS))
            self.changed = True
        for base in node.bases:
            for v in self.eval(base, env, scope):
                if isinstance(v, ClassRef) and v.cls is not cls:
                    if v.cls not in cls.bases:
                        cls.bases.append(v.cls)
                        v.cls.subclasses.append(cls)
                        self.changed = True
                elif isinstance(v, Lib) and v.name not in cls.outside:
                    cls.outside.append(v.name)
                    self.changed = True
        for k in node.keywords:
            self.eval(k.value, env, scope)
        marks = {v.name for d in node.decorator_list for v in self.eval(d, env, scope) if isinstance(v, Lib)}
        if marks & DATACLASSES or set(cls.outside) & RECORDS or any(b.fields for b in cls.bases):
            cls.fields = True
        self.block(node.body, {}, cls.scope)
        return cls

    def enter_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, env: Env, scope: Scope) -> Function:
        """A def statement or lambda: its body is walked later, its defaults and decorators now."""
        f = self._functions.get(node)
        if f is None:
            inner = Scope(scope.module, node, scope, ScopeKind.FUNCTION)
            inner.locals, inner.globals, inner.nonlocals = bound_names(node)
            owner = self._classes.get(scope.node) if scope.kind is ScopeKind.CLASS else None
            f = self._functions[node] = Function(scope.module, node, inner, owner)
            self.changed = True
        for d in [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]:
            self.eval(d, env, scope)
        if not isinstance(node, ast.Lambda):
            for d in node.decorator_list:
                self.eval(d, env, scope)
        return f

    # -- statements

    def block(self, body: list[ast.stmt], env: Env | None, scope: Scope) -> Env | None:
        """Runs statements; gives the names afterwards, or None where control never comes out."""
        for statement in body:
            if env is None:
                env = {}  # dead code still may hold keys; what it binds reaches nowhere
                self.block(body[body.index(statement) :], env, scope)
                return None
            env = self.statement(statement, env, scope)
        return env

    def statement(self, s: ast.stmt, env: Env, scope: Scope) -> Env | None:
        """One statement."""
        match s:
            case ast.Assign():
                values = self.eval(s.value, env, scope)
                for t in s.targets:
                    self.assign(t, s.value, values, env, scope, StoreKind.ASSIGN)
            case ast.AnnAssign():
                if s.value is not None:
                    self.assign(s.target, s.value, self.eval(s.value, env, scope), env, scope, StoreKind.ASSIGN)
            case ast.AugAssign():
                self.eval(s.value, env, scope)
                self.eval(s.target, env, scope)
                dicts = [v.box for v in self.values_of(s.target) if isinstance(v, BoxRef) and v.box.kind is BoxKind.DICT]
                if isinstance(s.op, ast.BitOr) and dicts:
                    for box in dicts:
                        self.spread(box, self.values_of(s.value))
                    return env
                values = texts.binary(self, s.op, self.values_of(s.target), self.values_of(s.value))
                self.assign(s.target, s.value, values, env, scope, StoreKind.AUGMENTED)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                f = self.enter_function(s, env, scope)
                self.bind(s.name, self.store(StoreKind.DEF, scope.module, s, s.name, None, {FuncRef(f)}, scope), env, scope)
            case ast.ClassDef():
                cls = self.enter_class(s, env, scope)
                self.bind(s.name, self.store(StoreKind.DEF, scope.module, s, s.name, None, {ClassRef(cls)}, scope), env, scope)
            case ast.Import():
                self.import_(s, env, scope)
            case ast.ImportFrom():
                self.import_from(s, env, scope)
            case ast.Return():
                if s.value is not None:
                    self.returned(s, self.eval(s.value, env, scope), scope)
                return None
            case ast.Raise() | ast.Continue() | ast.Break():
                for child in ast.iter_child_nodes(s):
                    if isinstance(child, ast.expr):
                        self.eval(child, env, scope)
                return None if isinstance(s, ast.Raise) else env
            case ast.If():
                self.eval(s.test, env, scope)
                return merge(self.block(s.body, dict(env), scope), self.block(s.orelse, dict(env), scope))
            case ast.For() | ast.AsyncFor() | ast.While():
                return self.loop(s, env, scope)
            case ast.Try() | ast.TryStar():
                return self.try_(s, env, scope)
            case ast.With() | ast.AsyncWith():
                return self.with_(s, env, scope)
            case ast.Match():
                return self.match_(s, env, scope)
            case ast.Global():
                scope.globals.update(s.names)
            case ast.Nonlocal():
                scope.nonlocals.update(s.names)
            case ast.Delete():
                for t in s.targets:
                    self.eval(t, env, scope)
                    if isinstance(t, ast.Name):
                        env.pop(t.id, None)
            case _:
                for child in ast.iter_child_nodes(s):
                    if isinstance(child, ast.expr):
                        self.eval(child, env, scope)
        return env

    def returned(self, s: ast.Return, values: set[Value], scope: Scope) -> None:
        """What a function gives back."""
        here: Scope | None = scope
        while here is not None and here.kind is not ScopeKind.FUNCTION:
            here = here.parent
        if here is not None and (f := self._functions.get(here.node)) is not None:
            self.add(f.returns, values)

    def import_(self, s: ast.Import, env: Env, scope: Scope) -> None:
        """`import a.b`, `import a.b as c`."""
        for alias in s.names:
            bound = alias.asname or alias.name.split(".")[0]
            wanted = alias.name if alias.asname else bound
            value = self.imported_module(scope.module, wanted, 0)
            if not alias.asname and "." in alias.name:
                self.imported_module(scope.module, alias.name, 0)  # registers the submodule
            self.bind(bound, self.store(StoreKind.IMPORT, scope.module, alias, bound, None, {value}, scope), env, scope)

    def import_from(self, s: ast.ImportFrom, env: Env, scope: Scope) -> None:
        """`from a import b as c`, relative ones and `*`."""
        home = self.imported_module(scope.module, s.module or "", s.level)
        for alias in s.names:
            if alias.name == "*":
                if isinstance(home, ModuleRef):
                    if home.module not in scope.module.stars:
                        scope.module.stars.append(home.module)
                        self.changed = True
                    for name in self.exported(home.module):
                        stores = self.module_stores(home.module, name)
                        values = set[Value]().union(*(x.values for x in stores))
                        store = self.store(StoreKind.STAR, scope.module, alias, name, None, values, scope)
                        self.read(alias, stores)
                        self.bind(name, store, env, scope)
                continue
            bound = alias.asname or alias.name
            values = set()
            if isinstance(home, ModuleRef):
                stores = self.module_stores(home.module, alias.name)
                self.read(alias, stores)
                values = set().union(*(x.values for x in stores))
            if not values:
                full = f"{s.module}.{alias.name}" if s.module else alias.name
                inner = self.imported_module(scope.module, full, s.level)
                values = {inner} if isinstance(inner, ModuleRef) or not isinstance(home, ModuleRef) else self.missing()
            self.note(alias, values)
            self.bind(bound, self.store(StoreKind.IMPORT, scope.module, alias, bound, None, values, scope), env, scope)

    def exported(self, module: Module) -> list[str]:
        """The names that `from module import *` brings."""
        for store in module.scope.stores.get("__all__", ()):
            if isinstance(store.value, ast.List | ast.Tuple):
                return [e.value for e in store.value.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
        return [n for n in module.scope.stores if not n.startswith("_")]

    # -- bindings

    def bind(self, name: str, store: Store, env: Env, scope: Scope) -> None:
        """`name` now stands for this store, in this scope or in the one that `global` or `nonlocal` says."""
        if name in scope.globals and scope.kind is not ScopeKind.MODULE:
            scope.module.scope.shared.add(name)
            self.bind_scope(scope.module.scope, name, store)
        elif name in scope.nonlocals:
            outer = scope.parent
            while outer is not None and name not in outer.locals:
                outer = outer.parent
            (outer or scope).shared.add(name)
            self.bind_scope(outer or scope, name, store)
        else:
            self.bind_scope(scope, name, store)
            env[name] = frozenset({store})
            for bound in self.bindings:
                bound.setdefault((scope, name), set()).add(store)

    def loop_target(self, target: ast.expr, source: ast.expr, values: set[Value], env: Env, scope: Scope) -> None:
        """The target of a `for` or of a comprehension."""
        if isinstance(source, ast.Call) and Lib("zip") in self.values_of(source.func) and (pairs := zipped(target, source)) is not None:
            for one, rows in pairs:
                self.loop_target(one, rows, self.values_of(rows), env, scope)
            return
        each = elements(self, source, values, target, scope.module)
        self.assign(target, source, each or self.missing(), env, scope, StoreKind.LOOP)


def bound_names(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> tuple[set[str], set[str], set[str]]:
    """Local, global and nonlocal names of a function, as Python's symbol table would have them."""
    args = node.args
    local = {a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg] if a is not None}
    out: set[str] = set()
    free: set[str] = set()
    todo: list[ast.AST] = [] if isinstance(node, ast.Lambda) else list(node.body)
    while todo:
        n = todo.pop()
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            local.add(n.name)
            continue
        if isinstance(n, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            continue
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
            local.add(n.id)
        elif isinstance(n, ast.alias):
            local.add(n.asname or n.name.split(".")[0])
        elif isinstance(n, ast.Global):
            out.update(n.names)
        elif isinstance(n, ast.Nonlocal):
            free.update(n.names)
        todo.extend(ast.iter_child_nodes(n))
    return local - out - free, out, free


def zipped(target: ast.expr, call: ast.Call) -> list[tuple[ast.expr, ast.expr]] | None:
    """Return what goes through which argument where a loop takes the rows of `zip(…)` apart; None where it does not, one for one."""
    if not isinstance(target, ast.Tuple | ast.List) or len(target.elts) != len(call.args):
        return None
    if any(isinstance(n, ast.Starred) for n in [*target.elts, *call.args]):
        return None
    return list(zip(target.elts, call.args, strict=True))
