"""Single strings that are a part of a key: is each used only in ways that a rewrite can take along?"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Origin, Text
from migrate.codemod.keys.cluster import Cluster
from migrate.codemod.keys.rules import Rule
from migrate.codemod.verdict.objects import is_passing
from migrate.codemod.verdict.reasons import Reason, reason_for

if TYPE_CHECKING:
    from migrate.codemod.verdict.uses import Uses


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a literal of a key may stand, and what stands around it. `flows`: what is around it gives the same literal."""

    uses: "Uses"
    home: Module
    node: ast.AST
    parent: ast.AST | None
    origin: Origin
    flows: bool


def string(uses: "Uses", cluster: Cluster, node: ast.AST, origin: Origin) -> None:
    """Check one expression that may stand for a literal of the cluster."""
    home = uses.homes.get(node)
    if home is None or uses.inside_consumed(node):
        return
    parent = home.source.parents.get(node)
    if node in uses.carried and not uses.asking.only_asked(home, parent):
        return
    use = Use(uses, home, node, parent, origin, parent is not None and holds(uses, parent, origin))
    if any(form(use) for form in FORMS):
        return
    if isinstance(parent, ast.Subscript) and node is parent.slice:
        uses.add(cluster, home, node, origin, Reason(Rule.CONTAINER_KEY, "AWS207", "the key is used as a container key"))
    elif not uses.asking.asked(cluster, home, node, origin):
        embedded = origin in uses.found.embedded and node is origin.node
        uses.add(cluster, home, node, origin, reason_for(uses.interpreter, home, node, parent, embedded))


def holds(uses: "Uses", node: ast.AST, origin: Origin) -> bool:
    """Return whether an expression may be a text that is made of a literal."""
    return any(isinstance(v, Text) and origin in v.origins for v in uses.interpreter.values_of(node))


def goes_with_its_name(use: Use) -> bool:
    """Return whether it stands in a `del`, or alone, as a docstring does: it goes with what it stands for."""
    return isinstance(use.parent, ast.Delete | ast.Expr)


def put_outside(use: Use) -> bool:
    """Return whether it is put into something of a library: that is said where it is put."""
    return isinstance(use.parent, ast.Assign | ast.AnnAssign) and use.node is use.parent.value and use.node in use.uses.put


def handed_through(use: Use) -> bool:
    """Return whether `it or x`, `x if y else it`, `(a := it)` gives it again, and nobody asks for its truth."""
    if isinstance(use.parent, ast.IfExp):
        return use.node is not use.parent.test and use.flows
    return (
        isinstance(use.parent, ast.BoolOp | ast.NamedExpr | ast.Await)
        and use.flows
        and not use.uses.asking.counts_as_truth(use.home, use.node)
    )


def joins_conditions(use: Use) -> bool:
    """Return whether it is an `and` or `or` in a condition: what it joins is looked at by itself."""
    return isinstance(use.node, ast.BoolOp) and use.uses.asking.counts_as_truth(use.home, use.node)


def piece_of_a_key(use: Use) -> bool:
    """Return whether it is a piece of a longer text that is a key by itself."""
    if not isinstance(use.parent, ast.BinOp | ast.FormattedValue | ast.JoinedStr):
        return False
    found = use.uses.found
    top: ast.AST | None = use.parent
    while isinstance(top, ast.BinOp | ast.FormattedValue | ast.JoinedStr):
        if not isinstance(top, ast.FormattedValue):
            texts = [v for v in use.uses.interpreter.values_of(top) if isinstance(v, Text) and use.origin in v.origins]
            parts = [o for t in texts for o in t.origins if o.node is top or o is use.origin]
            if texts and all(o in found.ids or o in found.secrets for o in parts):
                return True
        top = use.home.source.parents.get(top)
    return False


def method_or_callee(use: Use) -> bool:
    """Return whether an attribute of it is taken, or it is called: what that gives is looked at by itself."""
    return isinstance(use.parent, ast.Attribute) or (isinstance(use.parent, ast.Call) and use.node is use.parent.func)


def passed_on(use: Use) -> bool:
    """Return whether a call only passes it on: `str(it)`, `os.getenv("X", it)`."""
    call = use.home.source.parents.get(use.parent) if isinstance(use.parent, ast.keyword) else use.parent
    if not isinstance(call, ast.Call) or not is_passing(use.uses.interpreter.values_of(call.func)):
        return False
    return holds(use.uses, call, use.origin)


def returned(use: Use) -> bool:
    """Return whether a function gives it back to callers that are all known."""
    function = None
    if isinstance(use.parent, ast.Return):
        function = use.uses.function_around(use.home, use.parent)
    elif isinstance(use.parent, ast.Lambda) and use.node is use.parent.body:
        function = use.uses.interpreter.function_of(use.parent)
    return function is not None and not function.escapes


FORMS: tuple[Callable[[Use], bool], ...] = (
    goes_with_its_name,
    put_outside,
    handed_through,
    joins_conditions,
    piece_of_a_key,
    method_or_callee,
    passed_on,
    returned,
)
"""The ways in which a part of a key may be used. Any other is a problem, but for conditions that the rewrite can answer (`asking`)."""
