"""The proof of one rewrite: old and new trees in, accepted or a reason out."""

import ast
from pathlib import Path

from migrate.codemod.libraries.spec import Role
from migrate.codemod.proof import sinks
from migrate.codemod.proof.case import LOAD, After, Case, Known, Rejected, Rejection, Rewritten
from migrate.codemod.proof.checks.around.flask import check_flask
from migrate.codemod.proof.checks.calls.accepted import check_accepted
from migrate.codemod.proof.checks.calls.sessions import check_environment, check_surroundings
from migrate.codemod.proof.checks.calls.signing import check_signers
from migrate.codemod.proof.checks.deletions import check_halves, check_remains
from migrate.codemod.proof.checks.names.naming import check_names, check_new_names
from migrate.codemod.proof.checks.names.untraced import check_untraced
from migrate.codemod.proof.evaluation.evaluate import Evaluator
from migrate.codemod.proof.evaluation.names.conditions import never_run
from migrate.codemod.proof.evaluation.values import text_of
from migrate.codemod.proof.evaluation.world import World
from migrate.codemod.proof.places import Places
from migrate.codemod.proof.relevance import hot
from migrate.codemod.proof.rules import Rule
from migrate.codemod.proof.sinks import Call
from migrate.codemod.proof.table import signed_calls
from migrate.keys import is_key_id

_KEPT = 2
"""Programs whose values are kept for the next proof: one of some hundred files takes a hundred megabytes."""
SMALL = 1_500
"""Nodes of a program above which only the statements are evaluated that a chain of names ties to a key."""


def prove(rewritten: Rewritten) -> Rejection | None:
    """Return None where a rewrite is accepted, else why it is not."""
    try:
        _prove(rewritten)
    except Rejected as e:
        return e.rejection
    except RecursionError:
        return Rejection(Rule.TOO_DEEP.label, min(rewritten.new), 1, "the program is nested too deeply to verify")
    return None


def _prove(rewritten: Rewritten) -> None:
    changed = [p for p in rewritten.new if ast.dump(rewritten.old[p]) != ast.dump(rewritten.new[p])]
    if not changed:
        return
    old, found = before(rewritten, changed)
    texts = parts(rewritten, old, found)
    held = Places(old, found, texts)
    homes = places(rewritten, old, held)
    case = Case(rewritten, changed, old, found, after(rewritten, changed), texts, held, homes)
    for check in (
        check_names,  # the first ones ask little or nothing of the new program's values, which cost the most
        check_untraced,
        check_flask,
        check_surroundings,
        check_signers,
        check_remains,
        check_halves,
        check_new_names,
        check_environment,
        check_accepted,
    ):
        check(case)
    if not (old.converged and case.new.converged):  # a check may have asked for cells that were not filled before
        raise not_converged(changed)
    rewritten.signed[:] = signed_calls(case)


def before(rewritten: Rewritten, changed: list[Path]) -> tuple[Evaluator, list[Call]]:
    """Return the values of the old program: found once where several rewrites of it are proved, one after the other."""
    known = rewritten.known if rewritten.known is not None else Known(frozenset())
    files = frozenset(rewritten.old)
    if files not in known.found:
        while len(known.found) >= _KEPT:
            known.found.pop(next(iter(known.found)))
        world = World(rewritten.root, dict(rewritten.old), rewritten.read, rewritten.cells)
        known.found[files] = settled(rewritten, world, changed, known.signers)
    old, found = known.found[files]
    old.cells.renew()
    return old, list(found)


def not_converged(changed: list[Path]) -> Rejected:
    """Return the rejection of a program whose values are not known to the end: nothing that was read of them may be believed."""
    return Rejected(Rule.NOT_CONVERGED, changed[0], None, "the program is too complex to analyze completely")


def after(rewritten: Rewritten, changed: list[Path]) -> After:
    """Return the new program."""
    trees, cells = {**rewritten.old, **rewritten.new}, {**rewritten.cells, **rewritten.new_cells}
    return After(World(rewritten.root, trees, rewritten.read, cells), lambda world: settled(rewritten, world, changed))


def settled(rewritten: Rewritten, world: World, changed: list[Path], signers: frozenset[str] = frozenset()) -> tuple[Evaluator, list[Call]]:
    """Return all values of a program and its calls that may sign; a second look leaves out what the first showed never to run."""
    signers = signers | frozenset({*rewritten.profiles, *(p for p in rewritten.profiles.values() if p is not None)})
    ev = Evaluator(world, signers)
    trees = set(world.program)
    if sum(len(u.parents) for u in ev.world.units.values()) > SMALL:
        ev.heated = hot(ev.world, trees, set(signers))
    found = calls(ev, trees, changed)
    dead = never_run(ev)
    if dead:
        heated = ev.heated
        ev = Evaluator(ev.world, signers, dead)
        ev.heated = heated
        found = calls(ev, trees, changed)
    return ev, found


def calls(ev: Evaluator, program: set[Path], changed: list[Path]) -> list[Call]:
    """Settle a program, and return its calls that may sign. Files that it imports and that are none of it are read where they are asked for."""
    asked = [
        n for p in program for u in [ev.world.units[p]] for n in u.parents if isinstance(n, ast.expr) and n in u.scope_of and ev.matters(n)
    ]
    while True:
        size = ev.world.grown
        for node in asked:
            ev.value(node)
        found = sinks.find(ev)
        if not ev.converged:
            raise not_converged(changed)
        if size == ev.world.grown:
            return found


def parts(rewritten: Rewritten, ev: Evaluator, found: list[Call]) -> frozenset[str]:
    """Return the ids that go, and what calls pair with them."""
    texts = set(rewritten.profiles)
    for call in found:
        ids = {t.strip() for v in call.roles.get(Role.KEY_ID, ()) if (t := text_of(v))}
        if not ids & set(rewritten.profiles):
            continue
        unit = ev.world.unit_of[call.node]
        if ids - set(rewritten.profiles) and unit.path not in ev.world.program:
            continue  # it stays as it is, and its signers are compared; what only it pairs with the key is no part of one that goes
        if ids - set(rewritten.profiles):
            raise Rejected(Rule.MIXED, unit, call.node, "a key that is not mapped may reach the same call")
        given = {t.strip() for role in (Role.SECRET, Role.TOKEN) for v in call.roles.get(role, ()) if (t := text_of(v))}
        texts |= {t for t in given if len(t) >= 8 and not is_key_id(t)}
    return frozenset(texts)


def places(rewritten: Rewritten, ev: Evaluator, held: Places) -> set[Path]:
    """Return the files in which a part of a key stands. Raise Rejected where one stands in a form that is not understood."""
    homes: set[Path] = set()
    done: set[Path] = set()
    todo = set(rewritten.old)
    while todo:
        for path in sorted(todo, reverse=True):
            unit = ev.world.units[path]
            for node in list(unit.parents):
                if not isinstance(node, ast.expr) or node not in unit.scope_of or not isinstance(getattr(node, "ctx", LOAD), ast.Load):
                    continue
                if path in ev.world.program and not ev.matters(node):
                    continue
                if held.holds(node):
                    if (why := held.trouble(node)) is not None:
                        raise Rejected(Rule.OPEN_CARRIER, unit, node, why)
                    homes.add(unit.path)
                elif (why := held.passing(node)) is not None:
                    raise Rejected(Rule.OBJECT_HANDED_ON, unit, node, why)
        done |= todo
        handed = {ev.world.unit_of[p].path for p, values in ev.parameters() if any(held.is_part(v) or held.has_part(v) for v in values)}
        todo = handed - done  # files that a part of a key is handed into
    return homes
