"""Expressions: what each may stand for, and which bindings it reads."""

import ast
from collections.abc import Iterable

from migrate.codemod.flow.evaluation import lookups, texts
from migrate.codemod.flow.evaluation.calls import call
from migrate.codemod.flow.evaluation.lookups import attribute
from migrate.codemod.flow.functions import enter_function
from migrate.codemod.flow.kinds import BoxKind, ScopeKind, StoreKind
from migrate.codemod.flow.state import Env, Walk
from migrate.codemod.flow.values import UNKNOWN, Box, BoxRef, Const, FuncRef, Instance, Lib, Scope, Store, Text, Value
from migrate.codemod.flow.walking.targets import assign, loop_target, may_be
from migrate.codemod.libraries.standard import BUILTINS


def evaluate(walk: Walk, node: ast.expr, env: Env, scope: Scope) -> Iterable[Value]:  # noqa: C901 - a case for each kind of expression
    """Return what an expression may be: one case for each kind of expression, and what needs more than two lines by itself."""
    match node:
        case ast.Constant():
            return {constant(walk, node, scope)}
        case ast.Name():
            return read_name(walk, node, env, scope)
        case ast.Attribute():
            base = walk.eval(node.value, env, scope)
            return set().union(*(attribute(walk, node, v, node.attr) for v in base)) if base else walk.missing()
        case ast.Call():
            return call(walk, node, env, scope)
        case ast.NamedExpr():
            values = walk.eval(node.value, env, scope)
            assign(walk, node.target, node.value, values, env, scope, StoreKind.WALRUS)
            return values
        case ast.BoolOp():
            return either(walk, node, env, scope)
        case ast.IfExp():
            walk.eval(node.test, env, scope)
            return perhaps(walk, node.body, env, scope) | perhaps(walk, node.orelse, env, scope)
        case ast.BinOp():
            return binary(walk, node, env, scope)
        case ast.JoinedStr():
            return texts.joined(walk, node, env, scope)
        case ast.Dict():
            return {BoxRef(dict_display(walk, node, env, scope))}
        case ast.List() | ast.Tuple() | ast.Set():
            return {BoxRef(sequence(walk, node, env, scope))}
        case ast.Subscript():
            base, key = walk.eval(node.value, env, scope), walk.eval(node.slice, env, scope)
            return set().union(*(lookups.subscript(walk, node, v, key) for v in base)) if base else walk.missing()
        case ast.Await() | ast.Starred():
            return walk.eval(node.value, env, scope)
        case ast.Lambda():
            return {FuncRef(enter_function(walk, node, env, scope))}
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            return {BoxRef(comprehension(walk, node, env, scope))}
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            walk.eval(child, env, scope)
    return {UNKNOWN}


def constant(walk: Walk, node: ast.Constant, scope: Scope) -> Value:
    """Return what a literal is."""
    if isinstance(node.value, str | bytes):
        text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
        return Text(text, frozenset({walk.origin(scope.module, node)}))
    return Const(node.value if node.value is not Ellipsis else None)


def either(walk: Walk, node: ast.BoolOp, env: Env, scope: Scope) -> set[Value]:
    """Return what `a or b`, `a and b` may be."""
    first = walk.eval(node.values[0], env, scope)
    others = set[Value]().union(*(perhaps(walk, v, env, scope) for v in node.values[1:]))
    if isinstance(node.op, ast.Or) and any(isinstance(v, Instance) for v in others):
        first = first - {Const(None)}  # `config or Config()`
    return first | others


def binary(walk: Walk, node: ast.BinOp, env: Env, scope: Scope) -> set[Value]:
    """Return what `a + b` may be, or `a | b` of dicts."""
    left, right = walk.eval(node.left, env, scope), walk.eval(node.right, env, scope)
    if isinstance(node.op, ast.BitOr) and any(isinstance(v, BoxRef) and v.box.kind is BoxKind.DICT for v in left | right):
        both = walk.box(BoxKind.DICT, scope.module, node)
        walk.spread(both, left)
        walk.spread(both, right)
        return {BoxRef(both)}
    return texts.binary(walk, node.op, left, right)


def sequence(walk: Walk, node: ast.List | ast.Tuple | ast.Set, env: Env, scope: Scope) -> Box:
    """Return the container that `[…]`, `(…)` or a set makes."""
    box = walk.box(BoxKind.SEQ, scope.module, node)
    for i, e in enumerate(node.elts):
        values = walk.eval(e, env, scope)
        if isinstance(e, ast.Starred):
            box.open = True
        else:
            walk.put(box, i, walk.store(StoreKind.ELEMENT, scope.module, e, str(i), e, values, box))
    return box


def comprehension(walk: Walk, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, env: Env, scope: Scope) -> Box:
    """Return the container that a comprehension makes."""
    inner = dict(env)
    watching, walk.bindings = walk.bindings, []  # the targets are names of the comprehension alone
    for g in node.generators:
        loop_target(walk, g.target, g.iter, walk.eval(g.iter, inner, scope), inner, scope)
        for condition in g.ifs:
            walk.eval(condition, inner, scope)
    box = walk.box(BoxKind.DICT if isinstance(node, ast.DictComp) else BoxKind.SEQ, scope.module, node)
    if isinstance(node, ast.DictComp):
        walk.eval(node.key, inner, scope)
    each = node.value if isinstance(node, ast.DictComp) else node.elt
    walk.put(box, None, walk.store(StoreKind.EACH, scope.module, each, "", each, walk.eval(each, inner, scope), box))
    walk.bindings = watching
    for n in ast.walk(node):
        if isinstance(n, ast.NamedExpr) and isinstance(n.target, ast.Name) and n.target.id in inner:
            may_be(walk, n.target.id, inner[n.target.id], env, scope)
    return box


def perhaps(walk: Walk, node: ast.expr, env: Env, scope: Scope) -> set[Value]:
    """Return what an expression may be that may not be evaluated: a walrus in it binds, or does not."""
    inner = dict(env)
    values = walk.eval(node, inner, scope)
    for name, stores in inner.items():
        if env.get(name) is not stores:
            env[name] = env.get(name, frozenset()) | stores
    return values


def read_name(walk: Walk, node: ast.Name, env: Env, scope: Scope) -> Iterable[Value]:
    """Return what a name may be, by Python's scoping."""
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
        return {Lib(name)} if name in BUILTINS else walk.missing()
    walk.read(node, stores)
    return set().union(*(s.values for s in stores))


def dict_display(walk: Walk, node: ast.Dict, env: Env, scope: Scope) -> Box:
    """Return the container that `{…}` makes."""
    box = walk.box(BoxKind.DICT, scope.module, node)
    for k, v in zip(node.keys, node.values, strict=True):
        values = walk.eval(v, env, scope)
        if k is None:
            walk.spread(box, values)
            continue
        keys = walk.eval(k, env, scope)
        named = [x.text if isinstance(x, Text) else x.value for x in keys if isinstance(x, Text | Const)]
        key: object = named[0] if len(named) == 1 and len(keys) == 1 else None
        walk.put(box, key, walk.store(StoreKind.ENTRY, scope.module, k, str(key), v, values, box))
    return box
