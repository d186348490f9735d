"""The fixpoint: every module, class body and function is walked again until no value is added any more.

Within a scope the order of statements counts (a name assigned again is another binding); across functions, classes and
modules it does not, and all bindings that may reach a place are taken together. Calls inside the program bind arguments to
parameters and answers to calls, without telling call sites apart.
"""

import ast
from collections.abc import Iterable

from migrate.codemod.flow import relevance
from migrate.codemod.flow.evaluation import calls, expressions
from migrate.codemod.flow.functions import annotated, called_unseen, decorated, is_classmethod, is_static
from migrate.codemod.flow.kinds import BoxKind, StoreKind
from migrate.codemod.flow.known import click
from migrate.codemod.flow.module import Imports, Module
from migrate.codemod.flow.state import Arguments, Env, Walk
from migrate.codemod.flow.values import UNKNOWN, BoxRef, ClassRef, Function, Instance, Outside, Scope, Value
from migrate.codemod.flow.walking import statements

_ROUNDS = 12
_MOST_STEPS = 12_000_000  # about a minute
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


class TooLarge(Exception):
    """A program that cannot be followed in reasonable time."""


class Interpreter(Walk):
    """Runs the analysis over modules. Ask `values_of` and `reads` afterwards."""

    def __init__(self, imports: Imports, modules: Iterable[Module]) -> None:
        super().__init__(imports, modules)
        self.steps = 0

    def run(self) -> None:
        """Walk the program to the fixpoint, or to a bound beyond which nothing new is believed."""
        idle: set[ast.AST] = set()
        if sum(len(m.source.text) for m in self.modules.values()) >= relevance.SMALLEST:
            idle = relevance.Relevance(self.imports, self.modules.values()).irrelevant()
        for _ in range(3 * _ROUNDS):
            self.changed = False
            for module in list(self.modules.values()):
                env: Env = {}
                out = self.block(module.source.tree.body, env, module.scope)
                module.final = out if out is not None else {}
            for function in list(self.functions.values()):
                if function.node not in idle:
                    function_body(self, function)
            if not self.changed:
                if self.settled:
                    return
                self.settled = self.opened  # what such parameters may be has to arrive first, before "nothing" counts as "anything"
                self.opened = True
        self.opened = self.settled = True

    def eval(self, node: ast.expr, env: Env, scope: Scope) -> set[Value]:
        """Return what an expression may stand for. Raises TooLarge where the program takes more steps than any of its size should."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise TooLarge
        return self.note(node, expressions.evaluate(self, node, env, scope))

    def invoke(self, node: ast.Call, f: Value, args: Arguments, scope: Scope) -> set[Value]:
        """Return what one callee of a call gives."""
        return calls.invoke(self, node, f, args, scope)

    def block(self, body: list[ast.stmt], env: Env | None, scope: Scope) -> Env | None:
        """Run statements; return the names afterwards, or None where control never comes out."""
        return statements.block(self, body, env, scope)


def function_body(walk: Walk, f: Function) -> None:
    """Walk a function's body with its parameters bound to all that calls give them."""
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
    options = click.options(node, walk.values_of) if click.is_command(node, walk.values_of) else {}
    for a in every:
        if a.arg == first and f.owner is not None and not is_static(node):
            of: Value = ClassRef(f.owner) if is_classmethod(node) else Instance(f.owner)
            store = walk.store(StoreKind.SELF, f.module, a, a.arg, None, {of}, scope)
        elif (k := options.get(a.arg)) is not None:
            given = walk.values_of(k.value) | {Outside(a.arg)}
            store = walk.store(StoreKind.OPTION, f.module, k, a.arg, k.value, given, scope)
        elif a.arg in defaults:
            store = walk.store(StoreKind.DEFAULT, f.module, a, a.arg, defaults[a.arg], walk.values_of(defaults[a.arg]), scope)
        else:
            store = None
        if store is not None:
            walk.bind_scope(scope, a.arg, store)
        if walk.opened and not any(s.kind in _INCOMING for s in scope.stores.get(a.arg, ())):
            walk.bind_scope(scope, a.arg, walk.store(StoreKind.OPEN, f.module, a, a.arg, None, annotated(walk, a, scope), scope))
        elif (f.escapes or decorated(walk, node) or called_unseen(walk, f)) and a.arg != first:
            walk.bind_scope(scope, a.arg, walk.store(StoreKind.OPEN, f.module, a, a.arg, None, {UNKNOWN}, scope))
        env[a.arg] = frozenset(s for s in scope.stores.get(a.arg, ()) if s.kind in _INCOMING)
    if args.vararg:
        env[args.vararg.arg] = frozenset({walk.store(StoreKind.OPEN, f.module, args.vararg, args.vararg.arg, None, {UNKNOWN}, scope)})
    if args.kwarg:
        box = walk.box(BoxKind.DICT, f.module, args.kwarg)
        if f.escapes or decorated(walk, node):
            box.open = True
        env[args.kwarg.arg] = frozenset({walk.store(StoreKind.KWARGS, f.module, args.kwarg, args.kwarg.arg, None, {BoxRef(box)}, scope)})
        walk.bind_scope(scope, args.kwarg.arg, next(iter(env[args.kwarg.arg])))
    if isinstance(node, ast.Lambda):
        walk.add(f.returns, walk.eval(node.body, env, scope))
        return
    walk.block(node.body, env, scope)
