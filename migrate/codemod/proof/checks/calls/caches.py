"""What tells calls or objects apart by a key, and would no longer: caches of functions, and sets."""

import ast
from collections import Counter, defaultdict

from migrate.codemod.libraries.standard import CACHING
from migrate.codemod.proof.case import Case, Rejected
from migrate.codemod.proof.checks import remains
from migrate.codemod.proof.evaluation.callers import callers
from migrate.codemod.proof.evaluation.values import Kind
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.rules import Rule


def check_sorted(case: Case) -> None:
    """Raise Rejected where pairs of a dict that holds a key are put in order by a function, which may look at the key."""
    for name in ("sorted", "min", "max"):
        for call in case.old.world.calls.get(name, ()):
            rows = {v for a in call.args[:1] for v in case.old.value(a) if v.kind is Kind.ROW and v.more == "rows"}
            if any(k.arg == "key" and not _takes_name(k.value) for k in call.keywords) and any(
                case.held.is_part(e) or case.held.has_part(e)
                for v in rows
                for e in case.old.project(case.old.project(frozenset({v}), ("*",)), (1,))
            ):
                raise Rejected(Rule.OPEN_CARRIER, case.unit(call), call, "its rows are sorted with a key function")


def _takes_name(function: ast.expr) -> bool:
    """Return whether a function gives the first part of what it is given, and that is the name in a pair of a dict."""
    if not isinstance(function, ast.Lambda) or len(function.args.args) != 1 or function.args.defaults:
        return False
    match function.body:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=0)):
            return name == function.args.args[0].arg
    return False


def check_caches(case: Case) -> None:
    """Raise Rejected where a cache or set tells keys apart that become one profile, or calls that hand over the same by another order of names."""
    cached = [
        (unit, node)
        for unit in list(case.old.world.units.values())
        for node in unit.scopes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(last_name(d.func if isinstance(d, ast.Call) else d) in CACHING for d in node.decorator_list)
    ]
    for unit, node in cached:
        sites = [given.site for given, _ in callers(case.old, node)]
        orders: dict[frozenset[str], set[tuple[str, ...]]] = defaultdict(set)
        for site in sites:
            names = tuple(k.arg or "" for k in site.keywords)
            orders[frozenset(names)].add(names)
        parts = any(case.held.holds(k.value) for site in sites for k in site.keywords)
        if parts and any(len(found) > 1 for found in orders.values()):
            raise Rejected(
                Rule.CACHE, unit, node, "a cache distinguishes calls by the order of their keywords, of which some would be removed"
            )
    if all(n == 1 for n in Counter(case.rewritten.profiles.values()).values()):
        return
    for unit, node in cached:
        raise Rejected(Rule.CACHE, unit, node, "a cache distinguishes keys that would become one profile")
    for path in case.changed:
        _, come = remains.changed(case.rewritten.old[path], case.rewritten.new[path])
        for statement in come:
            for n in remains.own(statement):
                if isinstance(n, ast.Set | ast.SetComp) or (isinstance(n, ast.Call) and last_name(n.func) in ("set", "frozenset")):
                    raise Rejected(Rule.CACHE, case.new_world.units[path], None, "a set distinguishes keys that would become one profile")
