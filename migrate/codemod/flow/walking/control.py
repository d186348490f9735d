"""Where control may go: loops, `try`, `with` and `match`, and what the names may be bound to after them."""

import ast
import re

from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.flow.state import Bound, Env, Walk
from migrate.codemod.flow.values import UNKNOWN, Lib, Scope, Value
from migrate.codemod.flow.walking.targets import assign, bind, loop_target


def loop(walk: Walk, s: ast.For | ast.AsyncFor | ast.While, env: Env, scope: Scope) -> Env | None:
    """Run a loop: its body runs any number of times, and `continue` and `break` may leave it at any point."""
    if isinstance(s, ast.While):
        walk.eval(s.test, env, scope)
    else:
        loop_target(walk, s.target, s.iter, walk.eval(s.iter, env, scope), env, scope)
    with walk.watched() as bound:
        once = walk.block(s.body, dict(env), scope)
    early = any(leaves(b) for b in s.body)
    again = merge(dict(env), at_any_point(env, bound, scope) if early else once) or dict(env)
    if isinstance(s, ast.While):
        walk.eval(s.test, again, scope)
    with walk.watched() as bound:
        twice = walk.block(s.body, dict(again), scope)
    out = merge(merge(env, twice), at_any_point(env, bound, scope) if early else None)
    if not s.orelse:
        return out
    past = dict(out) if out is not None and early else None
    return merge(past, walk.block(s.orelse, out, scope))


def try_(walk: Walk, s: ast.Try | ast.TryStar, env: Env, scope: Scope) -> Env | None:
    """Run a `try`: handlers start from any point of the body, and `finally` from any point of all that stands before it."""
    with walk.watched() as everything:
        with walk.watched() as bound:
            body = walk.block(s.body, dict(env), scope)
        out = walk.block(s.orelse, body, scope) if s.orelse and body is not None else body
        start = at_any_point(env, bound, scope)
        for h in s.handlers:
            inner = dict(start)
            if h.type is not None:
                walk.eval(h.type, inner, scope)
            if h.name:
                bind(walk, h.name, walk.store(StoreKind.EXCEPT, scope.module, h, h.name, None, {UNKNOWN}, scope), inner, scope)
            out = merge(out, walk.block(h.body, inner, scope))
    if s.finalbody:
        walk.block(s.finalbody, at_any_point(env, everything, scope), scope)
        return walk.block(s.finalbody, dict(out), scope) if out is not None else None
    return out


def pattern(walk: Walk, p: ast.pattern, values: set[Value], env: Env, scope: Scope) -> None:
    """Bind the names of a case pattern; what they hold is not followed."""
    for node in ast.walk(p):
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if isinstance(name, str):
            whole = values if isinstance(node, ast.MatchAs) and node.pattern is None and node is p else {UNKNOWN}
            bind(walk, name, walk.store(StoreKind.MATCH, scope.module, node, name, None, whole, scope), env, scope)
        if isinstance(node, ast.MatchValue):
            walk.eval(node.value, env, scope)
        elif isinstance(node, ast.MatchClass):
            walk.eval(node.cls, env, scope)


def with_(walk: Walk, s: ast.With | ast.AsyncWith, env: Env, scope: Scope) -> Env | None:
    """Run a `with`: where its manager may swallow what is raised, control may leave the body at any point."""
    swallows = False
    for item in s.items:
        values = walk.eval(item.context_expr, env, scope)
        swallows = swallows or not all(isinstance(v, Lib) and not re.search("suppress|raises|assertRaises", v.name) for v in values)
        if item.optional_vars is not None:
            assign(walk, item.optional_vars, item.context_expr, values, env, scope, StoreKind.WITH)
    with walk.watched() as bound:
        out = walk.block(s.body, dict(env), scope)
    return merge(at_any_point(env, bound, scope), out) if swallows else out


def match_(walk: Walk, s: ast.Match, env: Env, scope: Scope) -> Env | None:
    """Run a `match`: any of its cases, or none."""
    subject = walk.eval(s.subject, env, scope)
    out: Env | None = dict(env)
    for case in s.cases:
        inner = dict(env)
        pattern(walk, case.pattern, subject, inner, scope)
        if case.guard is not None:
            walk.eval(case.guard, inner, scope)
        out = merge(out, walk.block(case.body, inner, scope))
    return out


def at_any_point(env: Env, bound: Bound, scope: Scope) -> Env:
    """Return the names where control may have left a stretch after any of its bindings."""
    out = dict(env)
    for (where, name), stores in bound.items():
        if where is scope:
            out[name] = out.get(name, frozenset()) | stores
    return out


def leaves(node: ast.AST) -> bool:
    """Return whether there is a `break` or `continue` in a statement that belongs to the loop around it."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):
        return any(map(leaves, node.orelse))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
        return False
    return isinstance(node, ast.Break | ast.Continue) or any(map(leaves, ast.iter_child_nodes(node)))


def merge(a: Env | None, b: Env | None) -> Env | None:
    """Return the names after two ways that meet."""
    if a is None or b is None:
        return b if a is None else a
    out = dict(a)
    for name, stores in b.items():
        out[name] = out[name] | stores if name in out else stores
    return out
