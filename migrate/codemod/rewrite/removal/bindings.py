"""How a binding goes, for each kind of binding."""

import ast
from collections.abc import Iterable

from migrate.codemod.edit.kinds import Drop, DropPair, Put
from migrate.codemod.flow.kinds import BoxKind, ScopeKind, StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, BoxRef, Class, Const, Scope, Store, Text
from migrate.codemod.keys.cluster import roles_of
from migrate.codemod.libraries.spec import Role
from migrate.codemod.rewrite.plan import Plan
from migrate.codemod.rewrite.removal.imports import keep_effects
from migrate.codemod.source.parameters import default_of


def remove(plan: Plan, s: Store, todo: set[Store]) -> None:
    """Remove one binding if its kind allows it now."""
    match s.kind:
        case StoreKind.ATTRIBUTE if isinstance(s.module.source.parents.get(s.node), ast.Tuple | ast.List):
            remove_unpacked(plan, s, todo)
        case StoreKind.ASSIGN | StoreKind.ATTRIBUTE:
            remove_assignment(plan, s, todo)
        case StoreKind.UNPACK:
            remove_unpacked(plan, s, todo)
        case StoreKind.ITEM:
            statement = s.module.source.statement(s.node)
            if (isinstance(statement, ast.Assign) and statement.targets == [s.node]) or set_by_default(statement) is s.node:
                plan.drop_statement(s.module, statement)
                plan.removed.add(s)
        case StoreKind.ENTRY:
            owner = s.module.source.parents[s.node]
            plan.drop_item(s.module, owner, s.value or s.node)
            plan.roots.add(s.node)
            plan.removed.add(s)
        case StoreKind.ARGUMENT:
            if isinstance(s.owner, Box):
                if isinstance(s.node, ast.keyword):
                    plan.drop_item(s.module, s.module.source.parents[s.node], s.node)
                    plan.removed.add(s)
            else:
                remove_parameter(plan, s, todo)
        case StoreKind.DEFAULT | StoreKind.SPLAT:
            remove_parameter(plan, s, todo)
        case StoreKind.IMPORT:
            remove_alias(plan, s)
        case StoreKind.WALRUS:
            if plan.dead(s.node):
                plan.removed.add(s)


def remove_assignment(plan: Plan, s: Store, todo: set[Store]) -> None:
    """Remove a binding by `a = b = KEY`, `a: str = KEY` or `self.a = KEY`, with all targets of the statement at once."""
    statement = s.module.source.statement(s.node)
    if isinstance(statement, ast.AnnAssign):
        if s.owner in {c.scope for c in plan.facts.uses.by_class if c.fields}:
            remove_parameter(plan, s, todo)
            return
        plan.drop_statement(s.module, statement)
        plan.removed.add(s)
        mend_all(plan, s)
        return
    if not isinstance(statement, ast.Assign) or s.node not in statement.targets:
        return
    if isinstance(s.owner, Scope) and s.owner.kind is ScopeKind.CLASS and plan.facts.interpreter.field_of(statement) == s.name:
        remove_parameter(plan, s, todo)
        return
    mine = [x for x in todo if x.node in statement.targets]
    if {x.node for x in mine} == set(statement.targets) and all(plan.unread(x) for x in mine):
        plan.drop_statement(s.module, statement)
        for x in mine:
            plan.removed.add(x)
            mend_all(plan, x)


def mend_all(plan: Plan, s: Store) -> None:
    """Take a name that is gone out of `__all__`."""
    if not isinstance(s.owner, Scope) or s.owner.kind is not ScopeKind.MODULE:
        return
    for listed in s.module.scope.stores.get("__all__", ()):
        if isinstance(listed.value, ast.List | ast.Tuple):
            for e in listed.value.elts:
                if isinstance(e, ast.Constant) and e.value == s.name:
                    plan.drop_item(s.module, listed.value, e)


def remove_unpacked(plan: Plan, s: Store, todo: set[Store]) -> None:
    """Remove targets of `a, b = KEY, SECRET`: the whole statement, or the same places on both sides."""
    target = s.module.source.parents.get(s.node)
    statement = s.module.source.statement(s.node)
    if not isinstance(target, ast.Tuple | ast.List) or not isinstance(statement, ast.Assign) or statement.targets != [target]:
        return
    mine = {x.node: x for x in todo if x.kind in (StoreKind.UNPACK, StoreKind.ATTRIBUTE) and x.node in target.elts and plan.unread(x)}
    value = statement.value
    elements = {x.value: x for x in todo if x.kind is StoreKind.ELEMENT}
    if (
        not isinstance(value, ast.Tuple | ast.List)
        or len(value.elts) != len(target.elts)
        or any(isinstance(e, ast.Starred) for e in value.elts)
    ):
        if len(mine) == len(target.elts):
            plan.drop_statement(s.module, statement)
            plan.removed.update(mine.values())
            plan.roots.update(mine)
            for x in mine.values():
                mend_all(plan, x)
        return
    pending = {x.node for x in todo if x.kind in (StoreKind.UNPACK, StoreKind.ATTRIBUTE) and x.node in target.elts}
    if pending != set(mine):
        return  # some of them are still read; perhaps not any more in the next round
    for node, x in mine.items():
        i = target.elts.index(node)
        plan.roots |= {node, value.elts[i]}
        plan.removed.add(x)
        mend_all(plan, x)
        if value.elts[i] in elements:
            plan.removed.add(elements[value.elts[i]])
        plan.add(s.module, DropPair(statement, i))


def remove_parameter(plan: Plan, s: Store, todo: set[Store]) -> None:
    """Remove a parameter with its default and what every call gives for it, or a field of a dataclass likewise."""
    owner = s.owner
    cls: Class | None = None
    if isinstance(owner, Class):
        cls = owner
    elif isinstance(owner, Scope) and owner.kind is ScopeKind.CLASS:
        cls = next((c for c in plan.facts.uses.by_class if c.scope is owner), None)
    slots = plan.facts.slots
    line = cls.lineage() if cls is not None else []
    stores = [x for c in line for o in (c, c.scope) for x in slots[o, s.name]] if cls is not None else slots[owner, s.name]
    for x in stores:
        if x.kind is StoreKind.ATTRIBUTE and cls is not None:
            continue
        if not (x in todo or harmless(plan, x)) or x.kind in (StoreKind.OPEN, StoreKind.STARRED) or not plan.unread(x):
            return
        if x.kind is StoreKind.SPLAT and not spreads_known(plan, x):
            return
    if cls is not None:
        drop_fields(plan, line, s.name)
    elif isinstance(owner, Scope) and isinstance(owner.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        drop_parameters(plan, owner.module, owner.node.args, s.name)
    for x in stores:
        plan.removed.add(x)
        if x.kind is StoreKind.SPLAT:
            plan.unspread.add((x.node, s.name))
        if x.kind is StoreKind.ARGUMENT:
            call = x.module.source.parents[x.node]
            plan.drop_item(x.module, call, x.node)


def drop_fields(plan: Plan, line: Iterable[Class], name: str) -> None:
    """Drop the fields of this name out of a class and those that it inherits from."""
    for c in line:
        for b in c.node.body if c.listed is None else ():
            if plan.facts.interpreter.field_of(b) == name:
                plan.drop_statement(c.module, b)
        unlist(plan, c, name)


def drop_parameters(plan: Plan, module: Module, arguments: ast.arguments, name: str) -> None:
    """Drop the parameter of this name with its default."""
    for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        if a.arg == name:
            plan.drop_item(module, arguments, a)
            if (d := default_of(arguments, a)) is not None:
                plan.roots.add(d)


def harmless(plan: Plan, s: Store) -> bool:
    """Return whether what a parameter is given may go with it: a secret out of a dict, or a literal."""
    if s.kind is StoreKind.SPLAT:
        return roles_of(s.values, plan.facts.found) == {Role.SECRET}
    if s.kind not in (StoreKind.ARGUMENT, StoreKind.DEFAULT, StoreKind.ASSIGN) or not all(isinstance(v, Const | Text) for v in s.values):
        return False
    return isinstance(s.value, ast.Constant) or (s.kind is StoreKind.ASSIGN and not s.values)


def spreads_known(plan: Plan, s: Store) -> bool:
    """Return whether `**CONF` brings nothing but what is known to be in CONF."""
    values = plan.facts.interpreter.values_of(s.node.value) if isinstance(s.node, ast.keyword) else set()
    return bool(values) and all(
        isinstance(v, BoxRef) and v.box.kind is BoxKind.DICT and not any(b.open for b in v.box.whole()) for v in values
    )


def unlist(plan: Plan, cls: Class, name: str) -> None:
    """Take a field out of the list of a `namedtuple(…)`."""
    if isinstance(cls.listed, ast.List | ast.Tuple):
        for e in cls.listed.elts:
            named = e.elts[0] if isinstance(e, ast.Tuple) and e.elts else e
            if isinstance(named, ast.Constant) and named.value == name:
                plan.drop_item(cls.module, cls.listed, e)
    elif cls.listed is not None:
        plan.unlisted[cls].add(name)


def remove_alias(plan: Plan, s: Store) -> None:
    """Take a name out of an import."""
    if not isinstance(s.node, ast.alias):
        return
    statement = s.module.source.parents[s.node]
    plan.add(s.module, Drop(statement, s.node))
    keep_effects(plan, s.module, statement)
    plan.roots.add(s.node)
    plan.removed.add(s)
    mend_all(plan, s)


def replace_element(plan: Plan, s: Store) -> None:
    """Put None in a place of a tuple or list whose other places others count on."""
    node = s.value
    assert node is not None
    plan.add(s.module, Put(node, ("None",)))
    plan.roots.add(node)
    plan.removed.add(s)


def set_by_default(statement: ast.stmt) -> ast.Call | None:
    """Return the call, where a statement is `d.setdefault("key", value)`; else None."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "setdefault" and len(call.args) == 2:
        return call
    return None
