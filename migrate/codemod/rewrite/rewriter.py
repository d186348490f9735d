"""From a cluster without problems to the edits that take its key out and put a profile in."""

import ast
import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from migrate.codemod.edit.kinds import Drop, Edit, Put, Rename
from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import (
    Box,
    BoxKind,
    BoxRef,
    Class,
    Const,
    Murk,
    Outside,
    Scope,
    Store,
    StoreKind,
    Text,
    Unknown,
    Value,
    in_order,
    spread_of,
)
from migrate.codemod.keys.cluster import Cluster, Credentials, roles_of
from migrate.codemod.keys.mapping import Mapping
from migrate.codemod.keys.sinks import ROLES, Argument, Sink, elsewhere
from migrate.codemod.libraries.spec import Role, Style
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.names import quoted
from migrate.codemod.rewrite.removal import Removal, set_by_default
from migrate.codemod.rewrite.renaming import Renaming
from migrate.codemod.verdict.asking import is_nothing
from migrate.codemod.verdict.reasons import short
from migrate.codemod.verdict.uses import Uses
from migrate.keys import is_key_id

_AND_OR = re.compile(r"[\s\\()]*(?:and|or)[\s\\()]*")  # and no comment, of which nobody knows whose it is
_LOOK_AT_KEYS = {
    "list",
    "tuple",
    "set",
    "iter",
    "sorted",
    "reversed",
    "frozenset",
    "len",
    "enumerate",
    "zip",
    "map",
    "filter",
    "max",
    "min",
}
SESSION_ENTRIES = {"region_name", "profile_name", "botocore_session", "aws_account_id"}


@dataclass(eq=False, slots=True)
class Rewrite:
    """What one cluster does to each module."""

    cluster: Cluster
    edits: list[tuple[Module, Edit]] = field(default_factory=list)
    profiles: set[str] = field(default_factory=set)
    functions: list[tuple[Module, ast.FunctionDef | ast.AsyncFunctionDef]] = field(default_factory=list)
    marks: set[object] = field(default_factory=set)
    carried: bool = False  # the profile's name takes the way of the key id, rather than to be written at the call

    def add(self, module: Module, edit: Edit) -> None:
        """Plan one more edit."""
        self.edits.append((module, edit))

    @property
    def modules(self) -> set[Module]:
        """The modules that change."""
        return {module for module, _ in self.edits}


class Rewriter(Renaming):
    """Plans clusters."""

    def __init__(self, interpreter: Interpreter, found: Credentials, uses: Uses, mapping: Mapping) -> None:
        self.interpreter = interpreter
        self.found = found
        self.uses = uses
        self.mapping = mapping
        self.readers: dict[Store, list[ast.AST]] = defaultdict(list)
        for node, stores in interpreter.all_reads():
            for s in stores:
                self.readers[s].append(node)
        self.slots: dict[tuple[object, str], list[Store]] = defaultdict(list)
        for s in interpreter.stores():
            self.slots[s.owner, s.name].append(s)
        self.renamed: dict[Module, dict[str, str]] = defaultdict(dict)  # new names that are spoken for, and whose
        self.spread_into: dict[ast.AST, list[Store]] = defaultdict(list)  # the parameters that a `**CONF` gives
        self.imports_at: dict[ast.AST, list[Store]] = defaultdict(list)
        self.stars: dict[tuple[ast.AST, str], list[Store]] = defaultdict(list)
        for s in interpreter.stores():
            if s.kind is StoreKind.STAR:
                self.stars[s.node, s.name].append(s)
            elif s.kind is StoreKind.IMPORT:
                self.imports_at[s.node].append(s)
            elif s.kind is StoreKind.SPLAT:
                self.spread_into[s.node].append(s)

    def plan(self, cluster: Cluster, carry: bool = False) -> Rewrite:
        """Return the edits for a cluster. `carry`: the profile's name has to take the way of the key id.

        Raise Blocked if the cluster cannot be rewritten.
        """
        rewrite = Rewrite(cluster)
        for sink in cluster.sinks:
            self.check_sink(sink, cluster)
        fallback = any(isinstance(v, Outside) for sink in cluster.sinks for a in sink.of(Role.KEY_ID, Role.SECRET) for v in a.values)
        carry = not fallback and (carry or self.must_carry(cluster))
        rewrite.carried = carry or fallback
        removal = Removal(self, rewrite, carry)
        self.ask_no_more(cluster, rewrite, removal)
        if fallback:
            self.plan_fallback(cluster, rewrite, removal)
        else:
            converted = self.convertible(cluster, carry)
            for sink in cluster.sinks:
                self.sink_edits(sink, rewrite, removal, carry, converted)
            for box in converted:
                self.convert_box(box, converted[box], rewrite, removal, carry)
            self.settings(cluster, rewrite, removal)
            if carry:
                self.carry(cluster, rewrite, removal)
        removal.sweep(cluster)
        self.check_keys_of_dicts(cluster, removal)
        return rewrite

    def check_keys_of_dicts(self, cluster: Cluster, removal: Removal) -> None:
        """Raises Blocked where something looks at the keys of a dict some of which go or change."""
        changed = removal.removed | removal.converted | removal.renamed
        for box in in_order(b for b in cluster.boxes if b.kind is BoxKind.DICT):
            gone = {key for b in box.whole() for key, stores in b.items.items() if changed.intersection(stores)}
            for node in self.uses.by_box.get(box, ()) if gone else ():
                home = self.uses.homes.get(node)
                parent = home.source.parents.get(node) if home else None
                if home is None or removal.dead(node) or not isinstance(node, ast.expr):
                    continue
                if looks_at_keys(node, parent, gone):
                    raise Blocked(
                        home, node, "AWS202", "the entry names matter here, and the key's entries are among them", "rewrite by hand"
                    )

    def check_sink(self, sink: Sink, cluster: Cluster) -> None:
        """Is what reaches a sink known, mapped, and meant for AWS?"""
        at = sink.call
        if sink.takes.style is Style.REPORT:
            raise Blocked(sink.module, at, "AWS203", f"`{short(sink.call)}` accepts keys, but no profile", sink.takes.advice)
        ids, secrets = sink.of(Role.KEY_ID), sink.of(Role.SECRET)
        if swapped(ids, secrets):
            for a in (*ids, *secrets):
                a.role = Role.SECRET if a.role is Role.KEY_ID else Role.KEY_ID
            ids, secrets = secrets, ids
        values = set[Value]().union(*(a.values for a in ids)) if ids else set()
        keys = {v.text.strip() for v in values if isinstance(v, Text) and is_key_id(v.text.strip())}
        away = elsewhere(sink)
        if away is not False:
            word = "an endpoint that does not belong to AWS" if away else "an endpoint that is known only at run time"
            raise Blocked(sink.module, at, "AWS209", f"the key is used at {word}", "SSO profiles work only with AWS: decide by hand")
        unmapped = sorted(k for k in keys if k not in self.mapping)
        if unmapped:
            raise Blocked(sink.module, at, "AWS201", "this key is not mapped to a profile", "map it: --map-key KEY_ID=PROFILE")
        written = any(isinstance(v, Text) and v.origins & self.found.secrets for a in secrets for v in a.values)
        if not keys or not written:
            what = "only the secret" if not keys else "only the key ID"
            raise Blocked(
                sink.module,
                at,
                "AWS208",
                f"{what} is hardcoded here; the other half comes from elsewhere",
                "remove the key ID and the secret together",
            )
        for a in (*ids, *secrets, *sink.of(Role.TOKEN)):
            for v in a.values:
                if isinstance(v, Murk) or (isinstance(v, Text) and v.computed):
                    raise Blocked(
                        sink.module,
                        at,
                        "AWS205",
                        "the key is computed from literals",
                        "write it as a plain literal and run again, or rewrite by hand",
                    )
                if isinstance(v, Unknown):
                    raise Blocked(
                        sink.module,
                        at,
                        "AWS206",
                        "the key is one of several possible values, and the others are unknown",
                        "rewrite by hand",
                    )
                if isinstance(v, Text) and not (v.origins & self.found.all) and v.text and a.role is not Role.OTHER:
                    raise Blocked(
                        sink.module,
                        at,
                        "AWS206",
                        "the key is one of several possible values, and the others are not keys",
                        "rewrite by hand",
                    )
                if not isinstance(v, Text | Outside) and v != Const(None):
                    raise Blocked(sink.module, at, "AWS206", "the value passed to this call is not a plain string", "rewrite by hand")
        if any(v == Const(None) for a in ids for v in a.values) != any(v == Const(None) for a in secrets for v in a.values):
            raise Blocked(
                sink.module, at, "AWS206", "the key ID may be missing while the secret is present, or vice versa", "rewrite by hand"
            )
        if sum(a.at is not None for a in ids) > 1:
            raise Blocked(sink.module, at, "AWS206", "this call receives several keys at once", "rewrite by hand")
        if sink.open and any(a.at is None for a in sink.of(*ROLES)):
            raise Blocked(sink.module, at, "AWS206", "the dict passed to this call may contain unknown entries", "rewrite by hand")
        existing = [v for a in sink.of(Role.PROFILE) for v in a.values if v != Const(None)]
        if existing and sink.takes.style is not Style.CLIENT:
            raise Blocked(sink.module, at, "AWS206", "this call names a profile as well as the key", "remove one of them by hand")

    def profiles_of(self, values: set[Value]) -> set[str | None]:
        """The profiles of the key ids among these values."""
        return {self.mapping.profile(v.text.strip()) for v in values if isinstance(v, Text) and is_key_id(v.text.strip())}

    def sink_profiles(self, sink: Sink) -> set[str | None]:
        """The profiles that a sink may sign with."""
        return set[str | None]().union(*(self.profiles_of(a.values) for a in sink.of(Role.KEY_ID)))

    def ask_no_more(self, cluster: Cluster, rewrite: Rewrite, removal: Removal) -> None:
        """Conditions ask for the profile instead of the key, and for the secret no more. Raises Blocked where they cannot."""
        for home, node in cluster.asked if self.mapping.chain else ():
            raise Blocked(home, node, "AWS207", "the code tests whether there is a key", "test for something else instead, then run again")
        for whole, (home, terms) in cluster.unasked.items():
            if not isinstance(whole, ast.BoolOp):
                if all(v in terms for v in whole.elts):
                    raise Blocked(
                        home, whole, "AWS207", "the code tests whether there is a key", "test for the profile instead, then run again"
                    )
                for term in sorted(terms, key=lambda t: (t.lineno, t.col_offset)):
                    rewrite.add(home, Drop(whole, term))
                removal.roots |= terms
                continue
            spans = [home.source.span(v) for v in whole.values]
            between = [home.source.text[a.end : b.start] for a, b in pairwise(spans)]
            if all(v in terms for v in whole.values) or not all(_AND_OR.fullmatch(text) for text in between):
                raise Blocked(
                    home, whole, "AWS207", "the code tests whether there is a key", "test for the profile instead, then run again"
                )
            for term in (v for v in whole.values if v in terms):
                rewrite.add(home, Drop(whole, term))
            removal.roots |= terms
        for home, statement in cluster.pointless:
            if statement not in removal.roots:
                removal.drop_statement(home, statement)

    def must_carry(self, cluster: Cluster) -> bool:
        """Does the profile's name have to take the way that the key id took?"""
        if self.mapping.chain:
            return any(Const(None) in a.values for sink in cluster.sinks for a in sink.of(Role.KEY_ID))
        if cluster.asked:
            return True
        for sink in cluster.sinks:
            if len(self.sink_profiles(sink)) > 1 or any(v == Const(None) for a in sink.of(Role.KEY_ID) for v in a.values):
                return True
        for s in cluster.stores:
            if (
                s.kind in (StoreKind.ARGUMENT, StoreKind.DEFAULT, StoreKind.SPLAT)
                and isinstance(s.owner, Scope | Class)
                and Role.KEY_ID in roles_of(s.values, self.found)
            ):
                return True
            if s.kind in (StoreKind.LOOP, StoreKind.PAIR, StoreKind.EACH):
                return True
            if s.kind is StoreKind.UNPACK and isinstance(statement := s.module.source.statement(s.node), ast.Assign):
                if not isinstance(statement.value, ast.Tuple | ast.List | ast.Call):
                    return True
        return False

    def convertible(self, cluster: Cluster, carry: bool) -> dict[Box, str]:
        """Dicts of keys that become dicts with a profile, and the entry's name there."""
        wanted: dict[Box, set[str]] = defaultdict(set)
        at: dict[Box, Sink] = {}
        for sink in cluster.sinks:
            for _, values in sink.boxes:
                for v in values:
                    if isinstance(v, BoxRef) and any(a.box is v.box or a.box in spread_of(v.box) for a in sink.of(*ROLES) if not a.nested):
                        held = [
                            a.box
                            for a in sink.of(Role.KEY_ID)
                            if a.box is not None and (a.box is v.box or a.box in spread_of(v.box)) and not a.nested
                        ]
                        if not held:
                            why = "the key ID is passed by name, and its secret or token in a dict"
                            raise Blocked(
                                sink.module, sink.call, "AWS206", why, "pass all parts of the key in the same way, then run again"
                            )
                        box = held[0]
                        holder = next((b for b in [v.box, *spread_of(v.box)] if b.items.keys() & set(sink.takes.key_id)), box)
                        wanted[holder].add(self.entry_name(sink, v.box))
                        at[holder] = sink
        out: dict[Box, str] = {}
        for box, names in wanted.items():
            sink = at[box]
            if self.mapping.chain:
                continue
            single = all(len(self.sink_profiles(s)) == 1 for s in cluster.sinks)
            if len(names) == 1 and "" not in names:
                out[box] = names.pop()
            elif carry or not single or sink.takes.style in (Style.OPTIONS, Style.ENVIRONMENT):
                raise Blocked(
                    sink.module,
                    sink.call,
                    "AWS206",
                    "this dict of keys is passed to calls that use different names for a profile",
                    "split it by hand",
                )
        return out

    def entry_name(self, sink: Sink, box: Box) -> str:
        """The entry by which a call would take the profile from its dict; "" where it cannot."""
        if sink.takes.style in (Style.KEYWORD, Style.OPTIONS, Style.ENVIRONMENT):
            return sink.takes.profile
        if sink.takes.style is Style.CLIENT and sink.callee.startswith("boto3."):
            others = [v.box for _, values in sink.boxes for v in values if isinstance(v, BoxRef) and v.box is not box]
            parts = {*SESSION_ENTRIES, *sink.takes.key_id, *sink.takes.secret, *sink.takes.token}
            if any(other.open or not other.keys() <= parts for other in others):
                return ""  # `**(more or CONF)`
            keys = {k for k in box.keys() if isinstance(k, str)} - set(sink.takes.key_id) - set(sink.takes.secret) - set(sink.takes.token)
            plain = "Session()" not in sink.callee and isinstance(sink.function, ast.Name | ast.Attribute)
            if keys <= SESSION_ENTRIES and plain and len(sink.boxes) == 1 and len(keys) == len(list(box.keys())) - len(
                {k for k in box.keys() if isinstance(k, str)} & {*sink.takes.key_id, *sink.takes.secret, *sink.takes.token}
            ):  # fmt: skip
                return "profile_name"
        return ""

    def convert_box(self, box: Box, name: str, rewrite: Rewrite, removal: Removal, carry: bool) -> None:
        """The id's entry becomes the profile's; the others go."""
        for stores in box.items.values():
            for s in stores:
                roles = roles_of(s.values, self.found)
                if roles == {Role.KEY_ID}:
                    self.convert_entry(s, name, rewrite, removal, carry)

    def convert_entry(self, s: Store, name: str, rewrite: Rewrite, removal: Removal, carry: bool) -> None:
        """One entry `"aws_access_key_id": KEY` becomes `"profile_name": "dev"`."""
        source = s.module.source
        profiles = self.profiles_of(s.values)
        key: ast.AST = s.node
        if s.kind is StoreKind.ENTRY and isinstance(key, ast.expr):
            text = quoted(name, source.code(key).lstrip("rRbBuUfF"))
            rewrite.add(s.module, Put(key, (text,)))
        elif s.kind is StoreKind.ARGUMENT and isinstance(key, ast.keyword) and key.arg:
            rewrite.add(s.module, Rename(key, name))
        elif s.kind is StoreKind.ITEM and isinstance(key, ast.Subscript):
            inner = key.slice
            rewrite.add(s.module, Put(inner, (quoted(name, source.code(inner)),)))
        elif isinstance(key, ast.Call) and set_by_default(source.statement(key)) is key:
            inner = key.args[0]
            rewrite.add(s.module, Put(inner, (quoted(name, source.code(inner)),)))
        else:
            raise Blocked(s.module, s.node, "AWS202", "this entry of a dict of keys is created in a way that cannot be traced")
        removal.kept.add(s)
        removal.converted.add(s)
        for node in self.readers.get(s, ()):
            home = self.uses.homes.get(node)
            if home is None or removal.dead(node):
                continue
            if isinstance(node, ast.keyword):
                raise Blocked(
                    home, node, "AWS202", "this dict of keys is also passed to a function that expects these names", "rewrite by hand"
                )
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                rewrite.add(home, Put(node.slice, (quoted(name, home.source.code(node.slice)),)))
            elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                rewrite.add(home, Put(node.args[0], (quoted(name, home.source.code(node.args[0])),)))
        if not carry and s.value is not None:
            if len(profiles) != 1:
                raise Blocked(s.module, s.node, "AWS206", "this entry may hold several keys")
            profile = next(iter(profiles)) or ""
            text = quoted(profile, source.code(s.value).lstrip("rRbBuUfF"))
            rewrite.add(s.module, Put(s.value, (text,)))
            removal.kill(s.value)


def looks_at_keys(node: ast.expr, parent: ast.AST | None, gone: set[object]) -> bool:
    """Does a dict stand where its keys are gone through or asked for, some of which are among `gone`?"""
    if isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension):
        return node is parent.iter
    if isinstance(parent, ast.Compare):
        if node is parent.left and is_nothing(parent.comparators[0]):
            return False
        asked = parent.left if isinstance(parent.ops[0], ast.In | ast.NotIn) else None
        return not (isinstance(asked, ast.Constant) and asked.value not in gone)
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("keys", "popitem", "__contains__", "__len__", "__iter__")
    return isinstance(parent, ast.Starred) or (
        isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id in _LOOK_AT_KEYS and node in parent.args
    )


def swapped(ids: list[Argument], secrets: list[Argument]) -> bool:
    """Do the id's arguments hold a secret and the secret's an id?"""

    def texts(args: list[Argument]) -> set[str]:
        return {v.text.strip() for a in args for v in a.values if isinstance(v, Text)}

    a, b = texts(ids), texts(secrets)
    return bool(a and b) and all(len(x) == 40 for x in a) and all(is_key_id(x) for x in b)
