"""What held a key id holds a profile name: literals change, and names say so, as far as their bindings and readers hang together."""

import ast

from migrate.codemod.edit.kinds import Edit, Put, Rename, RenameDeclared
from migrate.codemod.flow.kinds import BoxKind, StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, Class, Const, Scope, Store, in_order
from migrate.codemod.keys.cluster import literal_text, roles_of
from migrate.codemod.keys.rules import Rule
from migrate.codemod.libraries.spec import Role
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.group import Group, group_of
from migrate.codemod.rewrite.names import identifiers, profile_name_for, quoted, says_key
from migrate.codemod.rewrite.plan import Plan
from migrate.codemod.rewrite.removal.bindings import set_by_default
from migrate.codemod.rewrite.removal.vestiges import home_of
from migrate.keys import is_key_id


def carry_profiles(plan: Plan) -> None:
    """Write profile names where ids were written, and rename what held these.

    Raise Blocked where an id is not one literal, or shares a variable with a secret.
    """
    for o in in_order(plan.cluster.origins & set(plan.facts.found.ids)):
        if plan.dead(o.node):
            continue
        text = literal_text(o.node)
        if text is None or not is_key_id(text.strip()):
            raise Blocked(o.module, o.node, Rule.COMPUTED, "AWS205", "the key ID is assembled from pieces")
        profile = plan.facts.mapping.profile(text.strip())
        new = "None" if profile is None else quoted(profile, o.module.source.code(o.node).lstrip("rRbBuUfF"))
        plan.add(o.module, Put(o.node, (new,)))
    for s in in_order(plan.cluster.stores):
        roles = roles_of(s.values, plan.facts.found)
        if roles == {Role.KEY_ID}:
            plan.kept.add(s)
        elif Role.KEY_ID in roles:
            raise Blocked(
                s.module, s.node, Rule.SHARED_VARIABLE, "AWS202", "key IDs and secrets pass through the same variable", "rewrite by hand"
            )
    rename(plan)


def rename(plan: Plan) -> None:
    """Give names that held ids a name that says profile, wherever they stand."""
    done: set[Store] = set()
    for s in in_order(plan.cluster.stores & plan.kept):
        if s not in done and isinstance(s.owner, Scope | Class) and s.kind is not StoreKind.STAR:
            rename_group(plan, s, done)
    for s in in_order(beside_ids(plan, plan.kept)):
        if s not in done and s not in plan.removed:
            rename_group(plan, s, done)
    entries = [s for s in plan.cluster.stores & plan.kept if isinstance(s.owner, Box) and s.owner.kind is BoxKind.DICT]
    seen: set[Store] = set()
    for s in in_order(entries):
        if s not in seen and s not in plan.becoming:
            rename_entries(plan, s, seen)


def beside_ids(plan: Plan, kept: set[Store]) -> set[Store]:
    """Return parameters that are None unless a caller says otherwise, and join an id: `key or KEY`."""
    found: set[Store] = set()
    joins = [a.node for sink in plan.cluster.sinks for a in sink.of(Role.KEY_ID)] + [s.value for s in kept]
    for join in (j for j in joins if isinstance(j, ast.BoolOp | ast.IfExp)):
        for n in ast.walk(join):
            found |= {s for s in plan.facts.interpreter.reads(n) if s.kind is StoreKind.DEFAULT and s.values == {Const(None)}}
    return found


def _joined_keys(plan: Plan, box: Box) -> set[object]:
    """Return the keys of a dict, and of all that it is put into: `BASE | CREDS`."""
    return set[object]().union(*(other.keys() for other in plan.facts.interpreter.boxes() if other is box or box in other.whole()))


def rename_entries(plan: Plan, first: Store, seen: set[Store]) -> None:
    """Rename the entry that held an id in all dicts that are read at the same places."""
    name = first.name
    stores, places, todo = set[Store](), set[ast.AST](), [first]
    while todo:
        s = todo.pop()
        if s in stores:
            continue
        stores.add(s)
        if not isinstance(s.owner, Box) or s.name != name or s in plan.becoming:
            return
        for node in plan.facts.readers.get(s, ()):
            if node not in places:
                places.add(node)
                todo += list(plan.facts.interpreter.reads(node))
    seen |= stores
    taken = {str(k) for s in stores if isinstance(s.owner, Box) for k in _joined_keys(plan, s.owner)}
    new = profile_name_for(name, taken)
    if new is None or not name.isidentifier() or not (says_key(name) or len(name) < 3):
        return
    steps: list[tuple[Module, Edit]] = []
    for s in stores:
        key: ast.AST | None = s.node if s.kind in (StoreKind.ENTRY, StoreKind.ITEM, StoreKind.ARGUMENT) else None
        if isinstance(s.node, ast.Call):  # `d.setdefault("key", KEY)`
            key = s.node.args[0] if set_by_default(s.module.source.statement(s.node)) is s.node else None
        step = renaming_key(s.module, key, new) if key is not None else None
        if step is None:
            return
        steps.append((s.module, step))
    for node in places:
        home = plan.facts.uses.homes.get(node)
        key = node.slice if isinstance(node, ast.Subscript) else node.args[0] if isinstance(node, ast.Call) and node.args else None
        if home is None or not isinstance(key, ast.Constant) or key.value != name:
            return
        steps.append((home, Put(key, (quoted(new, home.source.code(key)),))))
    for module, step in steps:
        plan.add(module, step)
    plan.renamed |= stores


def renaming_key(module: Module, node: ast.AST, new: str) -> Edit | None:
    """Return the edit that renames the key of one entry; None where the key is not plain."""
    if isinstance(node, ast.keyword) and node.arg:
        return Rename(node, new)
    if isinstance(node, ast.Subscript):
        node = node.slice
    if isinstance(node, ast.Constant):
        return Put(node, (quoted(new, module.source.code(node).lstrip("rRbBuUfF")),))
    return None


def rename_group(plan: Plan, first: Store, done: set[Store]) -> None:
    """Rename one name, as far as its bindings and readers hang together; not at all where one of them is not plain."""
    group = group_of(plan, first)
    done |= group.stores
    new = None if group.torn else new_name(plan, group)
    edits = edits_of(plan, group, new) if new is not None else None
    if new is None or edits is None:
        return
    plan.renamed |= group.entries
    for module in group.homes:
        plan.facts.new_names[module][new] = group.name
    for module, edit in edits:
        plan.add(module, edit)


def new_name(plan: Plan, group: Group) -> str | None:
    """Return what a name that held ids becomes; None where every candidate is taken, or a string says the old one."""
    taken = set[str]().union(*(identifiers(m) for m in group.homes))
    if group.inner and not any(isinstance(n, ast.Name) and n.id == "profile_name" for m in group.homes for n in m.source.parents):
        taken -= {"profile_name"}  # the keyword of other calls is no name that a parameter could hide
    taken |= {new for m in group.homes for new, old in plan.facts.new_names[m].items() if old != group.name}
    new = profile_name_for(group.name, taken)
    named = {n for e in group.entries for n in naming(plan, e)}
    return None if new is None or in_strings(group.homes, group.name, named) else new


def edits_of(plan: Plan, group: Group, new: str) -> list[tuple[Module, Edit]] | None:
    """Return the edits that rename a group; None where one place is not plain."""
    edits: list[tuple[Module, Edit]] = []
    for e in group.entries:
        changes = renaming_entry(plan, e, new)
        if changes is None or new in (_joined_keys(plan, e.owner) if isinstance(e.owner, Box) else ()):
            return None
        edits += changes
    for node, module in group.places.items():
        if isinstance(node, ast.alias) and node.name == "*":
            continue
        edit = renaming(node, group.name, new)
        if edit is None:
            return None
        edits.append((module, edit))
    scopes = {home_of(s.owner, group.name) for s in group.stores if isinstance(s.owner, Scope)}
    for module in group.homes:
        for n in ast.walk(module.source.tree):
            if isinstance(n, ast.Global | ast.Nonlocal) and group.name in n.names and declares(plan, module, n, group.name) in scopes:
                edits.append((module, RenameDeclared(n, group.name, new)))
    return edits


def declares(plan: Plan, module: Module, statement: ast.Global | ast.Nonlocal, name: str) -> Scope | None:
    """Return the scope whose name a declaration means."""
    for up in module.source.ancestors(statement):
        if (function := plan.facts.interpreter.function_of(up)) is not None:
            return home_of(function.scope, name)
    return module.scope


def naming(plan: Plan, e: Store) -> list[ast.AST]:
    """Return where an entry of a dict is named: in the dict, and by those who read it."""
    keys: list[ast.AST] = [e.node.slice if isinstance(e.node, ast.Subscript) else e.node]
    for n in plan.facts.readers.get(e, ()):
        if isinstance(n, ast.Subscript):
            keys.append(n.slice)
        elif isinstance(n, ast.Call) and n.args:
            keys.append(n.args[0])
    return keys


def renaming_entry(plan: Plan, e: Store, new: str) -> list[tuple[Module, Edit]] | None:
    """Return the edits that rename an entry of a dict wherever it is named; None where one place is not plain."""
    first = renaming_key(e.module, e.node, new) if e.kind in (StoreKind.ENTRY, StoreKind.ITEM, StoreKind.ARGUMENT) else None
    if first is None or (e.kind is StoreKind.ITEM and not isinstance(e.node, ast.Subscript)):
        return None
    steps = [(e.module, first)]
    for n in plan.facts.readers.get(e, ()):
        home = plan.facts.uses.homes.get(n)
        if isinstance(n, ast.keyword) and n.arg is None:
            continue
        key = n.slice if isinstance(n, ast.Subscript) else n.args[0] if isinstance(n, ast.Call) and n.args else None
        if home is None or not isinstance(key, ast.Constant) or key.value != e.name:
            return None
        steps.append((home, Put(key, (quoted(new, home.source.code(key)),))))
    return steps


def in_strings(homes: set[Module], name: str, known: set[ast.AST]) -> bool:
    """Return whether a name stands in a string, as in `__all__` or getattr."""
    return any(
        isinstance(n, ast.Constant) and n.value == name and n not in known and not isinstance(m.source.parents.get(n), ast.keyword | ast.Expr)
        for m in homes for n in ast.walk(m.source.tree)
    )  # fmt: skip


def renaming(node: ast.AST, name: str, new: str) -> Edit | None:
    """Return the edit that renames one place; None where the place is not plain."""
    match node:
        case ast.Name(id=x) | ast.Attribute(attr=x) | ast.arg(arg=x) | ast.keyword(arg=x) | ast.alias(name=x) if x == name:
            return Rename(node, new)
    return None
