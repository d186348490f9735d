"""Statements: what each binds, and where control goes after it."""

import ast

from migrate.codemod.flow.evaluation import texts
from migrate.codemod.flow.functions import enter_function
from migrate.codemod.flow.kinds import BoxKind, ScopeKind, StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.state import Env, Walk
from migrate.codemod.flow.values import BoxRef, Class, ClassRef, FuncRef, Lib, ModuleRef, Scope, Value
from migrate.codemod.flow.walking.control import loop, match_, merge, try_, with_
from migrate.codemod.flow.walking.targets import assign, bind
from migrate.codemod.libraries.records import DATACLASSES, RECORDS


def block(walk: Walk, body: list[ast.stmt], env: Env | None, scope: Scope) -> Env | None:
    """Run statements; return the names afterwards, or None where control never comes out."""
    for n, s in enumerate(body):
        if env is None:
            block(walk, body[n:], {}, scope)  # dead code still may hold keys; what it binds reaches nowhere
            return None
        env = statement(walk, s, env, scope)
    return env


def statement(walk: Walk, s: ast.stmt, env: Env, scope: Scope) -> Env | None:  # noqa: C901 - a case for each kind of statement
    """Run one statement; return the names afterwards, or None where control does not come out."""
    match s:
        case ast.Assign():
            values = walk.eval(s.value, env, scope)
            for t in s.targets:
                assign(walk, t, s.value, values, env, scope, StoreKind.ASSIGN)
        case ast.AnnAssign():
            if s.value is not None:
                assign(walk, s.target, s.value, walk.eval(s.value, env, scope), env, scope, StoreKind.ASSIGN)
        case ast.AugAssign():
            walk.eval(s.value, env, scope)
            walk.eval(s.target, env, scope)
            dicts = [v.box for v in walk.values_of(s.target) if isinstance(v, BoxRef) and v.box.kind is BoxKind.DICT]
            if isinstance(s.op, ast.BitOr) and dicts:
                for box in dicts:
                    walk.spread(box, walk.values_of(s.value))
                return env
            values = texts.binary(walk, s.op, walk.values_of(s.target), walk.values_of(s.value))
            assign(walk, s.target, s.value, values, env, scope, StoreKind.AUGMENTED)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            f = enter_function(walk, s, env, scope)
            bind(walk, s.name, walk.store(StoreKind.DEF, scope.module, s, s.name, None, {FuncRef(f)}, scope), env, scope)
        case ast.ClassDef():
            cls = enter_class(walk, s, env, scope)
            bind(walk, s.name, walk.store(StoreKind.DEF, scope.module, s, s.name, None, {ClassRef(cls)}, scope), env, scope)
        case ast.Import():
            import_(walk, s, env, scope)
        case ast.ImportFrom():
            import_from(walk, s, env, scope)
        case ast.Return():
            if s.value is not None:
                returned(walk, s, walk.eval(s.value, env, scope), scope)
            return None
        case ast.Raise() | ast.Continue() | ast.Break():
            for child in ast.iter_child_nodes(s):
                if isinstance(child, ast.expr):
                    walk.eval(child, env, scope)
            return None if isinstance(s, ast.Raise) else env
        case ast.If():
            walk.eval(s.test, env, scope)
            return merge(block(walk, s.body, dict(env), scope), block(walk, s.orelse, dict(env), scope))
        case ast.For() | ast.AsyncFor() | ast.While():
            return loop(walk, s, env, scope)
        case ast.Try() | ast.TryStar():
            return try_(walk, s, env, scope)
        case ast.With() | ast.AsyncWith():
            return with_(walk, s, env, scope)
        case ast.Match():
            return match_(walk, s, env, scope)
        case ast.Global():
            scope.globals.update(s.names)
        case ast.Nonlocal():
            scope.nonlocals.update(s.names)
        case ast.Delete():
            for t in s.targets:
                walk.eval(t, env, scope)
                if isinstance(t, ast.Name):
                    env.pop(t.id, None)
        case _:
            for child in ast.iter_child_nodes(s):
                if isinstance(child, ast.expr):
                    walk.eval(child, env, scope)
    return env


def returned(walk: Walk, s: ast.Return, values: set[Value], scope: Scope) -> None:
    """Add to what a function gives back."""
    here: Scope | None = scope
    while here is not None and here.kind is not ScopeKind.FUNCTION:
        here = here.parent
    if here is not None and (f := walk.functions.get(here.node)) is not None:
        walk.add(f.returns, values)


def import_(walk: Walk, s: ast.Import, env: Env, scope: Scope) -> None:
    """Bind the names of `import a.b`, `import a.b as c`."""
    for alias in s.names:
        bound = alias.asname or alias.name.split(".")[0]
        wanted = alias.name if alias.asname else bound
        value = walk.imported_module(scope.module, wanted, 0)
        if not alias.asname and "." in alias.name:
            walk.imported_module(scope.module, alias.name, 0)  # registers the submodule
        bind(walk, bound, walk.store(StoreKind.IMPORT, scope.module, alias, bound, None, {value}, scope), env, scope)


def import_from(walk: Walk, s: ast.ImportFrom, env: Env, scope: Scope) -> None:
    """Bind the names of `from a import b as c`, relative ones and `*`."""
    home = walk.imported_module(scope.module, s.module or "", s.level)
    for alias in s.names:
        if alias.name == "*":
            if isinstance(home, ModuleRef):
                if home.module not in scope.module.stars:
                    scope.module.stars.append(home.module)
                    walk.changed = True
                for name in exported(home.module):
                    stores = walk.module_stores(home.module, name)
                    values = set[Value]().union(*(x.values for x in stores))
                    store = walk.store(StoreKind.STAR, scope.module, alias, name, None, values, scope)
                    walk.read(alias, stores)
                    bind(walk, name, store, env, scope)
            continue
        bound = alias.asname or alias.name
        values = set()
        if isinstance(home, ModuleRef):
            stores = walk.module_stores(home.module, alias.name)
            walk.read(alias, stores)
            values = set().union(*(x.values for x in stores))
        if not values:
            full = f"{s.module}.{alias.name}" if s.module else alias.name
            inner = walk.imported_module(scope.module, full, s.level)
            values = {inner} if isinstance(inner, ModuleRef) or not isinstance(home, ModuleRef) else walk.missing()
        walk.note(alias, values)
        bind(walk, bound, walk.store(StoreKind.IMPORT, scope.module, alias, bound, None, values, scope), env, scope)


def enter_class(walk: Walk, node: ast.ClassDef, env: Env, scope: Scope) -> Class:
    """Return the class of a class statement. Its body runs once, in a scope of its own."""
    cls = walk.classes.get(node)
    if cls is None:
        cls = walk.classes[node] = Class(scope.module, node, Scope(scope.module, node, scope, ScopeKind.CLASS))
        walk.changed = True
    for base in node.bases:
        for v in walk.eval(base, env, scope):
            if isinstance(v, ClassRef) and v.cls is not cls:
                if v.cls not in cls.bases:
                    cls.bases.append(v.cls)
                    v.cls.subclasses.append(cls)
                    walk.changed = True
            elif isinstance(v, Lib) and v.name not in cls.outside:
                cls.outside.append(v.name)
                walk.changed = True
    for k in node.keywords:
        walk.eval(k.value, env, scope)
    marks = {v.name for d in node.decorator_list for v in walk.eval(d, env, scope) if isinstance(v, Lib)}
    if marks & DATACLASSES or set(cls.outside) & RECORDS or any(b.fields for b in cls.bases):
        cls.fields = True
    block(walk, node.body, {}, cls.scope)
    return cls


def exported(module: Module) -> list[str]:
    """Return the names that `from module import *` brings."""
    for store in module.scope.stores.get("__all__", ()):
        if isinstance(store.value, ast.List | ast.Tuple):
            return [e.value for e in store.value.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    return [n for n in module.scope.stores if not n.startswith("_")]
