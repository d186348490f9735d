"""Whether a session that is new is given only what a session takes: what stood in a client's `**options` may be a client's alone."""

import ast

from migrate.codemod.libraries.sessions import PARAMETERS
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.callers import callers, escapes
from migrate.codemod.proof.evaluation.containers.objects import stores
from migrate.codemod.proof.evaluation.evaluate import Evaluator
from migrate.codemod.proof.evaluation.names.scopes import FUNCTIONS
from migrate.codemod.proof.evaluation.values import ABSENT, NONE, Kind, Value, text_of
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule


def check_accepted(case: Case) -> None:
    """Raise Rejected where a new `Session(**options)` may be given a name that no session takes."""
    for path in case.changed:
        had = {ast.dump(n) for n in ast.walk(case.rewritten.old[path]) if isinstance(n, ast.Call) and last_name(n.func) == "Session"}
        for node in ast.walk(case.rewritten.new[path]):
            if not (isinstance(node, ast.Call) and last_name(node.func) == "Session") or ast.dump(node) in had:
                continue
            for spread in (k.value for k in node.keywords if k.arg is None):
                for v in case.new.value(spread):
                    if v.kind in ABSENT or v == NONE:
                        continue
                    if names_of(case.new, v).difference(PARAMETERS):
                        unit = case.new_world.unit_of[node]
                        raise Rejected(
                            Rule.NEW_ARGUMENT, unit, node, "the session that would be made may be given something that it does not take"
                        )


def names_of(ev: Evaluator, v: Value) -> set[str]:
    """Return the entries that a dict may have; `?` among them where they are not known."""
    if v.kind is not Kind.OBJECT:
        return {"?"}
    stored = {"?" if k is None else text_of(k) or "?" for k, _, _ in stores(ev, v)}
    match v.data:
        case ast.arg():
            return _given(ev, v.data) | stored
        case ast.BinOp():
            return _all(ev, [v.data.left, v.data.right]) | stored
        case ast.Call():
            named = {k.arg for k in v.data.keywords if k.arg is not None}
            return named | _all(ev, [*v.data.args, *(k.value for k in v.data.keywords if k.arg is None)]) | stored
        case ast.Dict():
            spread = [x for k, x in zip(v.data.keys, v.data.values, strict=True) if k is None]
            return {text_of(k) or "?" for n in v.data.keys if n is not None for k in ev.value(n)} | _all(ev, spread) | stored
    return {"?"}


def _all(ev: Evaluator, spread: list[ast.expr]) -> set[str]:
    """Return the entries of all dicts that some expressions may be; none of None, which nothing is spread of."""
    return set[str]().union(*(names_of(ev, s) for x in spread for s in ev.value(x) if s != NONE and s.kind not in ABSENT))


def _given(ev: Evaluator, rest: ast.arg) -> set[str]:
    """Return the names that calls of a function may give its `**rest`; anything where some of them, or all, are not seen."""
    function = ev.world.unit_of[rest].scope_of[rest].node
    if not isinstance(function, FUNCTIONS) or escapes(ev, function):
        return {"?"}
    given = [g for g, _ in callers(ev, function)]
    if not given or any(g.rest for g in given):
        return {"?"}
    own = {a.arg for a in [*function.args.args, *function.args.kwonlyargs]}
    return {n for g in given for n in g.names}.union(*(names_of(ev, s) for g in given for s in g.spread)) - own
