"""What assignments bind: names, attributes, entries, and several of them at once."""

import ast

from migrate.codemod.flow.evaluation import lookups
from migrate.codemod.flow.evaluation.elements import elements, zipped
from migrate.codemod.flow.evaluation.lookups import field_names
from migrate.codemod.flow.kinds import BoxKind, ScopeKind, StoreKind
from migrate.codemod.flow.state import Env, Walk
from migrate.codemod.flow.values import UNKNOWN, BoxRef, ClassRef, Const, Instance, Lib, ModuleRef, Scope, Store, Tainted, Text, Value


def assign(walk: Walk, target: ast.expr, source: ast.expr | None, values: set[Value], env: Env, scope: Scope, kind: StoreKind) -> None:
    """Bind a target, where its source may stand for `values`."""
    module = scope.module
    match target:
        case ast.Name():
            bind(walk, target.id, walk.store(kind, module, target, target.id, source, values, scope), env, scope)
        case ast.Attribute():
            for base in walk.eval(target.value, env, scope):
                if isinstance(base, Instance | ClassRef):
                    store = walk.store(StoreKind.ATTRIBUTE, module, target, target.attr, source, values, base.cls)
                    known = base.cls.attributes.setdefault(target.attr, [])
                    if store not in known:
                        known.append(store)
                        walk.changed = True
                elif isinstance(base, ModuleRef):
                    store = walk.store(StoreKind.ATTRIBUTE, module, target, target.attr, source, values, base.module.scope)
                    walk.bind_scope(base.module.scope, target.attr, store)
                    base.module.final[target.attr] = base.module.final.get(target.attr, frozenset()) | {store}
                elif isinstance(base, Lib):
                    walk.store(StoreKind.OUTSIDE, module, target, target.attr, source, values, base.name)
        case ast.Subscript():
            base_values, key = walk.eval(target.value, env, scope), walk.eval(target.slice, env, scope)
            walk.note(target, set())
            for base in base_values:
                if isinstance(base, BoxRef):
                    named = [k.text if isinstance(k, Text) else k.value for k in key if isinstance(k, Text | Const)]
                    where: object = named[0] if len(named) == 1 and len(key) == 1 else None
                    walk.put(base.box, where, walk.store(StoreKind.ITEM, module, target, str(where), source, values, base.box))
                elif isinstance(base, Lib):
                    walk.store(StoreKind.OUTSIDE, module, target, base.name, source, values, base.name)
        case ast.Tuple() | ast.List():
            unpack(walk, target, source, values, env, scope, kind)
        case ast.Starred():
            assign(walk, target.value, None, {UNKNOWN}, env, scope, kind)


def unpack(
    walk: Walk, target: ast.Tuple | ast.List, source: ast.expr | None, values: set[Value], env: Env, scope: Scope, kind: StoreKind
) -> None:
    """Bind several targets at once: `a, b = …`."""
    for i, t in enumerate(target.elts):
        each: set[Value] = set()
        node: ast.expr | None = None
        for v in values:
            if isinstance(v, BoxRef) and v.box.kind is BoxKind.SEQ:
                stores = v.box.at(i) if i in v.box.keys() else v.box.all()
                if any(isinstance(e, ast.Starred) for e in target.elts[:i]):
                    stores = v.box.all()
                walk.read(t, stores)
                each |= set().union(*(s.values for s in stores)) if stores else set()
                node = stores[0].value if len(values) == 1 and len(stores) == 1 else None
            elif isinstance(v, Instance) and v.cls.fields:
                names = field_names(walk, v.cls)
                stores = list(lookups.attribute_stores(v, names[i])) if i < len(names) else []
                walk.read(t, stores)
                each |= set().union(*(s.values for s in stores)) if stores else set()
            elif isinstance(v, Text | Tainted):
                each |= {Tainted(v.origins)}
            else:
                each.add(UNKNOWN)
        assign(walk, t, node, each or walk.missing(), env, scope, StoreKind.UNPACK if kind is StoreKind.ASSIGN else kind)


def bind(walk: Walk, name: str, store: Store, env: Env, scope: Scope) -> None:
    """Bind a name, in this scope or in the one that `global` or `nonlocal` says."""
    if name in scope.globals and scope.kind is not ScopeKind.MODULE:
        scope.module.scope.shared.add(name)
        walk.bind_scope(scope.module.scope, name, store)
    elif name in scope.nonlocals:
        outer = scope.parent
        while outer is not None and name not in outer.locals:
            outer = outer.parent
        (outer or scope).shared.add(name)
        walk.bind_scope(outer or scope, name, store)
    else:
        walk.bind_scope(scope, name, store)
        env[name] = frozenset({store})
        for bound in walk.bindings:
            bound.setdefault((scope, name), set()).add(store)


def loop_target(walk: Walk, target: ast.expr, source: ast.expr, values: set[Value], env: Env, scope: Scope) -> None:
    """Bind the target of a `for` or of a comprehension."""
    if isinstance(source, ast.Call) and Lib("zip") in walk.values_of(source.func) and (pairs := zipped(target, source)) is not None:
        for one, rows in pairs:
            loop_target(walk, one, rows, walk.values_of(rows), env, scope)
        return
    each = elements(walk, source, values, target, scope.module)
    assign(walk, target, source, each or walk.missing(), env, scope, StoreKind.LOOP)


def may_be(walk: Walk, name: str, stores: frozenset[Store], env: Env, scope: Scope) -> None:
    """Note that a comprehension binds a name outside of itself, if it runs at all."""
    env[name] = env.get(name, frozenset()) | stores
    for bound in walk.bindings:
        bound.setdefault((scope, name), set()).update(stores)
