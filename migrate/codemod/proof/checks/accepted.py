"""Whether a session that is new is given only what a session takes: what stood in a client's `**options` may be a client's alone."""

import ast

from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.callers import callers
from migrate.codemod.proof.evaluation.evaluate import Evaluator
from migrate.codemod.proof.evaluation.objects import keys, stores
from migrate.codemod.proof.evaluation.scopes import FUNCTIONS
from migrate.codemod.proof.evaluation.values import ABSENT, NONE, Kind, Value, text_of
from migrate.codemod.proof.evaluation.world import last_name

TAKEN = frozenset({"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "region_name", "botocore_session", "profile_name",
                   "aws_account_id"})  # fmt: skip
"""The parameters of boto3.Session (boto3/session.py)."""


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
                    if names_of(case.new, v) - TAKEN:
                        unit = case.new.world.unit_of[node]
                        raise Rejected(
                            "new-argument", unit, node, "the session that would be made may be given something that it does not take"
                        )


def names_of(ev: Evaluator, v: Value) -> set[str]:
    """Return the entries that a dict may have; `?` among them where they are not known."""
    if v.kind is not Kind.OBJECT:
        return {"?"}
    if isinstance(v.data, ast.arg):
        function = ev.world.unit_of[v.data].scope_of[v.data].node
        if not isinstance(function, FUNCTIONS):
            return {"?"}
        own = {a.arg for a in [*function.args.args, *function.args.kwonlyargs]}
        given = [g for g, _ in callers(ev, function)]
        inner = set[str]().union(*(names_of(ev, s) for g in given for s in g.spread))
        out = {n for g in given for n in g.names} | inner | ({"?"} if any(g.rest for g in given) else set())
        return (out | {text_of(k) or "?" for k, _, _ in stores(ev, v) if k is not None}) - own
    if isinstance(v.data, ast.BinOp):
        return set[str]().union(*(names_of(ev, s) for side in (v.data.left, v.data.right) for s in ev.value(side)))
    if isinstance(v.data, ast.Call):
        spread = [s for k in v.data.keywords if k.arg is None for s in ev.value(k.value)] + [s for a in v.data.args for s in ev.value(a)]
        return {k.arg for k in v.data.keywords if k.arg is not None}.union(*(names_of(ev, s) for s in spread))
    if isinstance(v.data, ast.Dict):
        inner = set[str]().union(
            *(names_of(ev, s) for k, x in zip(v.data.keys, v.data.values, strict=True) if k is None for s in ev.value(x))
        )
        written = {text_of(k) or "?" for n in v.data.keys if n is not None for k in ev.value(n)}
        return inner | written | {text_of(k) or "?" for k, _, _ in stores(ev, v) if k is not None}
    return {text_of(k) or "?" for k in keys(ev, v.data)}
