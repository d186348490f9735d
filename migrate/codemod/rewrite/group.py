"""One name as far as its bindings and readers hang together: what is renamed together or not at all."""

import ast
from dataclasses import dataclass, field

from migrate.codemod.flow.kinds import ScopeKind, StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import BoxRef, Class, Const, Scope, Store, Text
from migrate.codemod.rewrite.plan import Plan
from migrate.codemod.rewrite.removal.bindings import spreads_known

_GIVEN = (StoreKind.ARGUMENT, StoreKind.DEFAULT, StoreKind.SPLAT)


@dataclass(eq=False, slots=True)
class Group:
    """The bindings of a name, the places where it stands, and the entries of dicts that are spread into calls under this name.

    `inner`: it is a parameter's name. `torn`: one of the bindings is not plain, and the rest is not known.
    """

    name: str
    stores: set[Store] = field(default_factory=set)
    places: dict[ast.AST, Module] = field(default_factory=dict)
    entries: set[Store] = field(default_factory=set)
    inner: bool = False
    torn: bool = False

    @property
    def homes(self) -> set[Module]:
        """The modules in which it stands."""
        return set(self.places.values()) | {e.module for e in self.entries}


def group_of(plan: Plan, first: Store) -> Group:
    """Return the group of a binding."""
    group = Group(first.name)
    todo = [first]
    while todo:
        s = todo.pop()
        if s in group.stores or s.kind is StoreKind.STAR:
            continue
        group.stores.add(s)
        more = _beside(plan, group, s) if _plain(plan, group, s) else None
        readers = _readers(plan, group, s) if more is not None else None
        if more is None or readers is None:
            group.torn = True
            return group
        todo += [*more, *readers]
    return group


def _plain(plan: Plan, group: Group, s: Store) -> bool:
    """Return whether a binding is of a kind that can be renamed, and holds nothing but ids."""
    if s.kind in (StoreKind.STARRED, StoreKind.OPEN, StoreKind.PAIR, StoreKind.EACH) or s.name != group.name:
        return False
    if not isinstance(s.owner, Scope | Class):
        return False
    return all(isinstance(v, Const) or (isinstance(v, Text) and v.origins & plan.facts.found.ids.keys()) for v in s.values)


def _beside(plan: Plan, group: Group, s: Store) -> list[Store] | None:
    """Note where a binding stands, and return the other bindings of its name there; None where they are not plain."""
    facts, name = plan.facts, group.name
    more: list[Store] = []
    if s.kind is StoreKind.SPLAT:
        spread = spread_entries(plan, s)
        if spread is None:
            return None
        group.entries |= spread
        more += [x for e in spread for n in facts.readers.get(e, ()) for x in facts.spread_into[n] if x.name == name]
    elif s.kind is not StoreKind.ARGUMENT or not isinstance(s.node, ast.expr):
        group.places[s.node] = s.module
    if isinstance(s.owner, Class) or (isinstance(s.owner, Scope) and s.owner.kind is ScopeKind.CLASS):
        fields = _fields(plan, group, s)
        if fields is None:
            return None
        more += fields
    elif isinstance(s.owner, Scope) and s.kind in _GIVEN and isinstance(s.owner.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        a = s.owner.node.args
        group.places.update({x: s.owner.module for x in [*a.posonlyargs, *a.args, *a.kwonlyargs] if x.arg == name})
        more += [x for x in facts.slots[s.owner, name] if x.kind in (*_GIVEN, StoreKind.STARRED, StoreKind.OPEN)]
        group.inner = True
    if isinstance(s.owner, Scope) and name in s.owner.shared:
        more += facts.slots[s.owner, name]
    if isinstance(s.node, ast.alias) and s.node.asname is None:
        more += facts.interpreter.reads(s.node)
    return more


def _fields(plan: Plan, group: Group, s: Store) -> list[Store] | None:
    """Note where an attribute is declared in its class and those above, and return its bindings there; None for a `namedtuple(…)`."""
    facts, name = plan.facts, group.name
    cls = s.owner if isinstance(s.owner, Class) else next((c for c in facts.uses.by_class if c.scope is s.owner), None)
    if cls is None or any(c.listed is not None for c in cls.lineage()):
        return None
    for c in cls.lineage():
        for b in c.node.body:
            if isinstance(b, ast.AnnAssign) and isinstance(b.target, ast.Name) and b.target.id == name:
                group.places[b.target] = c.module
            elif isinstance(b, ast.Assign) and facts.interpreter.field_of(b) == name:
                group.places[b.targets[0]] = c.module
    return [x for c in cls.lineage() for o in (c, c.scope) for x in facts.slots[o, name]]


def _readers(plan: Plan, group: Group, s: Store) -> list[Store] | None:
    """Note where a binding is read, and return the other bindings that are read there; None where a reader is not known."""
    facts = plan.facts
    more: list[Store] = []
    for node in facts.readers.get(s, ()):
        home = facts.uses.homes.get(node)
        if home is None:
            return None
        group.places[node] = home
        if not isinstance(node, ast.alias):
            more += [x for x in facts.interpreter.reads(node) if x.kind is not StoreKind.STAR]
        elif node.name != "*":
            more += [x for x in facts.imports_at[node] if node.asname is None]
        else:
            for n in [n for x in facts.stars[node, group.name] for n in facts.readers.get(x, ())]:
                if (there := facts.uses.homes.get(n)) is None:
                    return None
                group.places[n] = there
                more += [y for y in facts.interpreter.reads(n) if y.kind is not StoreKind.STAR]
    return more


def spread_entries(plan: Plan, s: Store) -> set[Store] | None:
    """Return the entries that `**CONF` brings for a parameter; None where they are not plain."""
    values = plan.facts.interpreter.values_of(s.node.value) if isinstance(s.node, ast.keyword) else set()
    if not values or not spreads_known(plan, s):
        return None
    found = {e for v in values if isinstance(v, BoxRef) for e in v.box.at(s.name)}
    return found if found.isdisjoint(plan.becoming) else None
