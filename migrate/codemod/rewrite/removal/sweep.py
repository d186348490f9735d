"""Everything that a cluster's key stood in goes, to the fixpoint: bindings that nobody reads, then what served only them."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator

from migrate.codemod.edit.kinds import Put
from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, Store, in_order, origins_of
from migrate.codemod.keys.cluster import roles_of
from migrate.codemod.keys.rules import Rule
from migrate.codemod.libraries.spec import Role
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.plan import Plan
from migrate.codemod.rewrite.removal.bindings import remove, replace_element
from migrate.codemod.rewrite.removal.containers import emptied, empty_updates, hollow
from migrate.codemod.rewrite.removal.functions import idle_functions
from migrate.codemod.rewrite.removal.imports import unused_imports
from migrate.codemod.rewrite.removal.tuples import Tuples
from migrate.codemod.rewrite.removal.vestiges import bare_annotations, companions, emptied_conditions, emptied_tries, undeclare

_NOTHING = frozenset({StoreKind.STAR, StoreKind.SELF, StoreKind.KWARGS, StoreKind.SPLAT, StoreKind.OUTSIDE, StoreKind.OPEN, StoreKind.DEF})


def sweep(plan: Plan) -> None:
    """Remove all that the cluster's key stood in.

    Raise Blocked where something still needs it.
    """
    tuples = Tuples(plan)
    todo = {s for s in plan.cluster.stores if s not in plan.kept and s not in plan.removed and s.kind not in _NOTHING}
    todo |= {s for s in plan.cluster.stores if s.kind is StoreKind.SPLAT and roles_of(s.values, plan.facts.found) == {Role.SECRET}}
    while True:
        before = len(plan.removed), len(plan.roots), len(todo)
        if plan.carry:
            tuples.shrink()
        for s in in_order(todo - plan.removed):
            if s not in plan.removed and plan.unread(s):
                remove(plan, s, todo)
        for rule in RULES:
            todo |= rule(plan)
        if before == (len(plan.removed), len(plan.roots), len(todo)):
            break
    tuples.finish()
    for s in in_order(todo - plan.removed):
        if s.value is not None and plan.dead(s.value) and isinstance(s.owner, Box):
            plan.removed.add(s)
        elif isinstance(s.owner, Box) and s.kind is StoreKind.ELEMENT and plan.unread(s) and s.value is not None:
            replace_element(plan, s)
        elif needed(plan, s):
            block(plan, s)
    for o in in_order(plan.cluster.origins):
        if not plan.dead(o.node) and not replaced(plan, o.node, o.module):
            parent = o.module.source.parents.get(o.node)
            if not isinstance(parent, ast.Expr):
                block_at(o.module, o.node)
    for mend in MENDING:
        mend(plan)


def needed(plan: Plan, s: Store) -> bool:
    """Return whether a binding that could not be removed keeps the key in the file."""
    return (not (s.value is not None and plan.dead(s.value)) and not isinstance(s.node, ast.alias)) or bool(
        origins_of(s.values) & plan.cluster.origins and s.kind is StoreKind.IMPORT and not plan.dead(s.node)
    )


def replaced(plan: Plan, node: ast.AST, module: Module) -> bool:
    """Return whether one of the planned edits replaces a literal."""
    around = {node, *module.source.ancestors(node)}
    return any(
        m is module and isinstance(edit, Put) and edit.node in around and all(isinstance(p, str) for p in edit.code)
        for m, edit in plan.rewrite.edits
    )


def block(plan: Plan, s: Store) -> None:
    """Raise Blocked at the first reader of a binding that has to go, or at the binding."""
    for n in plan.facts.readers.get(s, ()):
        if not plan.dead(n) and not plan.star_unread(n, s):
            home = plan.facts.uses.homes[n]
            block_at(home, n, f"`{s.name}` is still needed here")
    block_at(s.module, s.node)


def block_at(module: Module, node: ast.AST, message: str = "the key cannot be removed here") -> None:
    """Raise Blocked at a node."""
    raise Blocked(module, node, Rule.NOT_REMOVABLE, "AWS202", message, "rewrite by hand")


def mend_deletions(plan: Plan) -> None:
    """Take names that are gone out of `del key, secret`."""
    gone: dict[ast.Delete, tuple[Module, set[ast.AST]]] = {}
    for s in plan.removed:
        for n in plan.facts.readers.get(s, ()):
            if (found := plan.deletion(n)) is not None:
                gone.setdefault(found[1], (found[0], set()))[1].add(n)
    for statement, (module, names) in gone.items():
        rest = [t for t in statement.targets if t not in names]
        if rest:
            plan.add(module, Put(statement, ("del ", *listed(rest))))
        else:
            plan.drop_statement(module, statement)


def listed(nodes: Iterable[ast.AST]) -> Iterator[str | ast.AST]:
    """Yield the pieces of some nodes with commas between them."""
    for i, node in enumerate(nodes):
        if i:
            yield ", "
        yield node


def shorten_lists(plan: Plan) -> None:
    """Take fields that go out of lists that are one text: `namedtuple("C", "key secret")`."""
    for cls, names in plan.unlisted.items():
        assert cls.listed is not None
        code = cls.module.source.code(cls.listed)
        for name in names:
            code = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)[,\s]*", "", code)
        code = re.sub(r"[,\s]+(?=['\"]+$)", "", code)
        plan.add(cls.module, Put(cls.listed, (code,)))


RULES: tuple[Callable[[Plan], set[Store]], ...] = (
    hollow,
    empty_updates,
    emptied,
    idle_functions,
    companions,
    emptied_conditions,
    emptied_tries,
)
"""What goes with what went, in each round. A rule gives bindings that may go next."""
MENDING: tuple[Callable[[Plan], None], ...] = (shorten_lists, mend_deletions, undeclare, bare_annotations, unused_imports)
"""What is put right at the end."""
