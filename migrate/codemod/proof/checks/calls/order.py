"""Whether something may sign before the program puts AWS_PROFILE into the environment.

Keys in the environment are read whenever a client is made. A session reads its profile once, when it makes its first client or is first asked for
credentials (botocore.credentials.create_credential_resolver): a profile that is named later comes too late for it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.libraries.packages import READING_NO_PROFILE, Trait, having
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.evaluation.containers.classes import line
from migrate.codemod.proof.evaluation.names.scopes import FUNCTIONS
from migrate.codemod.proof.evaluation.values import Kind, Value
from migrate.codemod.proof.rules import Rule

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator


def check_in_time(case: Case) -> None:
    """Raise Rejected where a call may make a session read its profile before a key leaves the environment for AWS_PROFILE."""
    ev = case.old
    stores = {c.node for c in case.before if c.callee == "os.environ" and case.touches(c)}
    if not stores:
        return
    followed: set[Path] = set()
    while todo := [u for p, u in list(ev.world.units.items()) if p not in followed]:
        followed |= {u.path for u in todo}
        for path in {p for u in todo for n in u.parents if isinstance(n, ast.alias) for p in imported(ev, n)}:
            ev.world.unit(path)
    blocks: list[ast.AST] = [
        b for u in list(ev.world.units.values()) for b in (u.tree, *(n for n in u.parents if isinstance(n, FUNCTIONS)))
    ]
    order = {b: list(events(b)) for b in blocks}
    runs = {n: targets(ev, n) for nodes in order.values() for n in nodes}
    sets = reaching(order, runs, {b for b in blocks if any(n in stores for n in order[b])})
    signs = reaching(order, runs, {b for b in blocks if any(reads_profile(ev, n) for n in order[b])})
    for block in sets:
        for node in order[block]:
            if node in stores or (runs[node] & sets and not (runs[node] & signs) - sets):
                break
            if reads_profile(ev, node) or runs[node] & signs:
                raise Rejected(
                    Rule.ENVIRONMENT_LATE,
                    case.unit(node),
                    node,
                    "a client may be made here before the environment is set, and AWS_PROFILE would come too late",
                )


def events(block: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a block runs, in the order of the text: all nodes but those of functions within it."""
    for child in ast.iter_child_nodes(block):
        if isinstance(child, FUNCTIONS):
            outer = [*child.args.defaults, *(d for d in child.args.kw_defaults if d is not None), *getattr(child, "decorator_list", ())]
            for node in outer:
                yield from events(node)
                yield node
        else:
            yield from events(child)
            yield child


def reaching(order: dict[ast.AST, list[ast.AST]], runs: dict[ast.AST, set[ast.AST]], found: set[ast.AST]) -> set[ast.AST]:
    """Return the blocks that run one of some blocks, however far down, those included. `runs`: the blocks that each node runs."""
    out = set(found)
    while True:
        more = {b for b, nodes in order.items() if b not in out and any(runs[n] & out for n in nodes)}
        if not more:
            return out
        out |= more


def targets(ev: "Evaluator", node: ast.AST) -> set[ast.AST]:
    """Return the blocks that a call, an attribute, a decorator or an import may run."""
    if isinstance(node, ast.alias):
        return {u.tree for path in imported(ev, node) if (u := ev.world.unit(path)) is not None}
    if isinstance(node, ast.Attribute):  # a property, by its name
        return set(ev.world.functions.get(node.attr, ())) if isinstance(node.ctx, ast.Load) else set()
    if not isinstance(node, ast.expr):
        return set()
    parent = ev.world.parent(node)
    if node in getattr(parent, "decorator_list", ()):
        return {b for v in ev.value(node) for b in _run_by(ev, v)}
    if not isinstance(node, ast.Call):
        return set()
    handed = [*node.args, *(k.value for k in node.keywords)]
    out = {b for v in ev.value(node.func) for b in _run_by(ev, v)}
    if any(v.kind is Kind.LIBRARY for v in ev.value(node.func)):
        out |= {b for a in handed for v in ev.value(a) for b in _run_by(ev, v)}
    return out


def imported(ev: "Evaluator", node: ast.alias) -> set[Path]:
    """Return the files of the program that one name of an import runs."""
    return ev.world.run_by(ev.world.unit_of[node].path, ev.world.parent(node), node)


def _run_by(ev: "Evaluator", value: Value) -> set[ast.AST]:
    if value.kind in (Kind.FUNCTION, Kind.BOUND):
        return {value.data}
    if value.kind is Kind.PARTIAL:
        return {v.data for v in ev.value(value.data.args[0]) if v.kind in (Kind.FUNCTION, Kind.BOUND)}
    if value.kind in (Kind.CLASS, Kind.INSTANCE):
        return {
            s
            for cls in line(ev, value.data)[0]
            for s in cls.body
            if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef) and s.name.startswith("__")
        }
    return set()


def reads_profile(ev: "Evaluator", node: ast.AST) -> bool:
    """Return whether a call or import may make a session read its profile; one that is not understood may."""
    if isinstance(node, ast.alias):
        return any(ev.world.unit(path) is None for path in imported(ev, node))
    if not isinstance(node, ast.Call):
        return False
    handed = [*node.args, *(k.value for k in node.keywords)]
    return any(v.kind is Kind.UNKNOWN or _signs(v) for v in ev.value(node.func)) or any(
        _signs(v) and "()" not in str(v.data) for a in handed for v in ev.value(a)
    )


def _signs(value: Value) -> bool:
    name = str(value.data)
    return (
        value.kind is Kind.LIBRARY
        and name.partition(".")[0] in having(Trait.READS_PROFILE)
        and name.rpartition(".")[2] not in READING_NO_PROFILE
    )
