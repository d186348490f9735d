"""What is known of a program when its rewrites are planned, and the plan for one cluster: its edits, and what becomes of each binding."""

import ast
from collections import defaultdict
from dataclasses import dataclass, field

from migrate.codemod.edit.kinds import Drop, DropStatement, Edit
from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.kinds import StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, Class, Store, Text, Value
from migrate.codemod.keys.cluster import Cluster, Credentials
from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.keys.sinks import Sink
from migrate.codemod.libraries.spec import Role
from migrate.codemod.verdict.uses import Uses
from migrate.keys import is_key_id


@dataclass(frozen=True, eq=False, slots=True)
class Facts:
    """A program as the analysis left it, looked up from several sides.

    `new_names` are names that some plan gives, and to what: two plans must not give the same name to different things.
    """

    interpreter: Interpreter
    found: Credentials
    uses: Uses
    mapping: KeyMap
    readers: dict[Store, list[ast.AST]] = field(default_factory=lambda: defaultdict(list))
    slots: dict[tuple[object, str], list[Store]] = field(default_factory=lambda: defaultdict(list))
    spread_into: dict[ast.AST, list[Store]] = field(default_factory=lambda: defaultdict(list))  # the parameters that a `**CONF` gives
    imports_at: dict[ast.AST, list[Store]] = field(default_factory=lambda: defaultdict(list))
    stars: dict[tuple[ast.AST, str], list[Store]] = field(default_factory=lambda: defaultdict(list))
    new_names: dict[Module, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))


def facts_of(interpreter: Interpreter, found: Credentials, uses: Uses, mapping: KeyMap) -> Facts:
    """Return the facts about a program."""
    facts = Facts(interpreter, found, uses, mapping)
    for node, stores in interpreter.all_reads():
        for s in stores:
            facts.readers[s].append(node)
    for s in interpreter.stores():
        facts.slots[s.owner, s.name].append(s)
        if s.kind is StoreKind.STAR:
            facts.stars[s.node, s.name].append(s)
        elif s.kind is StoreKind.IMPORT:
            facts.imports_at[s.node].append(s)
        elif s.kind is StoreKind.SPLAT:
            facts.spread_into[s.node].append(s)
    return facts


@dataclass(eq=False, slots=True)
class Rewrite:
    """What one cluster does to each module. `functions` are those that go; `carried`: the profile's name takes the way of the key id."""

    cluster: Cluster
    edits: list[tuple[Module, Edit]] = field(default_factory=list)
    functions: list[tuple[Module, ast.FunctionDef | ast.AsyncFunctionDef]] = field(default_factory=list)
    carried: bool = False

    @property
    def modules(self) -> set[Module]:
        """Return the modules that change."""
        return {module for module, _ in self.edits}


@dataclass(eq=False, slots=True)
class Plan:
    """The plan for one cluster: what goes, what is kept, what is renamed.

    `carry`: the profile's name has to take the way of the key id, rather than to be written at the call.
    """

    facts: Facts
    rewrite: Rewrite
    carry: bool
    taken_out: set[Box] = field(default_factory=set)  # those of them that clients take the profile out of before they get the rest
    converted: dict[Box, str] = field(default_factory=dict)  # dicts of keys that become dicts with a profile, and the entry's name there
    kept: set[Store] = field(default_factory=set)
    becoming: set[Store] = field(default_factory=set)  # entries that become the profile's
    renamed: set[Store] = field(default_factory=set)  # entries of dicts whose keys change
    removed: set[Store] = field(default_factory=set)
    roots: set[ast.AST] = field(default_factory=set)  # expressions and statements that go, with all that is in them
    unspread: set[tuple[ast.AST, str]] = field(default_factory=set)  # `**CONF` and what of it no parameter takes any more
    unlisted: dict[Class, set[str]] = field(default_factory=lambda: defaultdict(set))  # fields of a `namedtuple(…)` that go
    constructed: set[ast.AST] = field(default_factory=set)  # calls that make a session and get the profile

    @property
    def cluster(self) -> Cluster:
        """Return the cluster that is planned."""
        return self.rewrite.cluster

    def add(self, module: Module, edit: Edit) -> None:
        """Plan an edit."""
        self.rewrite.edits.append((module, edit))

    def drop_statement(self, module: Module, statement: ast.stmt) -> None:
        """Plan a statement's removal."""
        self.add(module, DropStatement(statement))
        self.roots.add(statement)

    def drop_item(self, module: Module, owner: ast.AST, item: ast.AST) -> None:
        """Plan the removal of an argument, entry, name or parameter."""
        if isinstance(owner, ast.Dict) and item not in owner.values:
            item = owner.values[owner.keys.index(item)]  # type: ignore[arg-type]
        self.add(module, Drop(owner, item))
        self.roots.add(item)

    def kill(self, node: ast.AST) -> None:
        """Note that an expression is not there any more afterwards."""
        self.roots.add(node)

    def dead(self, node: ast.AST) -> bool:
        """Return whether a node stands in something that goes."""
        if node in self.roots:
            return True
        home = self.facts.uses.homes.get(node)
        return home is not None and any(up in self.roots for up in home.source.ancestors(node))

    def unread(self, s: Store) -> bool:
        """Return whether every reader of a binding is gone."""
        return all(
            self.dead(n) or self.star_unread(n, s) or (n, s.name) in self.unspread or self.deletion(n) is not None
            for n in self.facts.readers.get(s, ())
        )

    def star_unread(self, n: ast.AST, s: Store) -> bool:
        """Return whether a reader is `from m import *`, and nobody reads the name behind it."""
        if not isinstance(n, ast.alias) or n.name != "*":
            return False
        return all(self.unread(x) for x in self.facts.stars[n, s.name])

    def deletion(self, n: ast.AST) -> tuple[Module, ast.Delete] | None:
        """Return the `del` statement that a name stands in."""
        home = self.facts.uses.homes.get(n)
        parent = home.source.parents.get(n) if home is not None else None
        return (home, parent) if home is not None and isinstance(parent, ast.Delete) else None


def profiles_of(facts: Facts, values: set[Value]) -> set[str | None]:
    """Return the profiles of the key ids among some values."""
    return {facts.mapping.profile(v.text.strip()) for v in values if isinstance(v, Text) and is_key_id(v.text.strip())}


def sink_profiles(facts: Facts, sink: Sink) -> set[str | None]:
    """Return the profiles that a sink may sign with."""
    return set[str | None]().union(*(profiles_of(facts, a.values) for a in sink.of(Role.KEY_ID)))
