"""Which literals, bindings and calls hang together: either all of a cluster can be rewritten, or none of it."""

import ast
import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.kinds import BoxKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Box, BoxRef, Origin, Store, Tainted, Text, Value, in_order, origins_of
from migrate.codemod.keys.sinks import ROLES, Sink
from migrate.codemod.libraries.spec import Role
from migrate.keys import is_key_id, is_secret, real_ids


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a cluster is left: a place, a code of `migrate.codes`, and words for this case."""

    module: Module
    node: ast.AST
    code: str
    message: str
    help: str = ""
    key: str | None = None
    libraries: tuple[str, ...] = ()
    rule: str = ""  # the name of the rule that refused: `migrate.codemod.keys.rules`, or the witness's
    keys: tuple[tuple[str, Module, ast.AST], ...] = ()  # the ids that stay because of it, each with its place


@dataclass(eq=False, slots=True)
class Cluster:
    """Literals of keys, the bindings that they pass through, and the sinks that they reach."""

    origins: set[Origin] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    stores: set[Store] = field(default_factory=set)
    sinks: list[Sink] = field(default_factory=list)
    boxes: set[Box] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    asked: list[tuple[Module, ast.expr]] = field(default_factory=list)  # where a condition asks whether the id is there
    unasked: dict[ast.BoolOp | ast.List | ast.Tuple, tuple[Module, set[ast.expr]]] = field(
        default_factory=dict
    )  # and the secret, as one of several things

    pointless: list[tuple[Module, ast.stmt]] = field(default_factory=list)  # asks for a secret that is there, and does nothing

    def places(self, found: "Credentials") -> tuple[tuple[str, Module, ast.AST], ...]:
        """Return each id of the cluster with the literals that it stands in, in the order of the files."""
        return tuple((key, o.module, o.node) for o in in_order(self.origins) for key in sorted(found.ids.get(o, ())))

    @property
    def modules(self) -> set[Module]:
        """Return the modules that it touches."""
        return {o.module for o in self.origins} | {s.module for s in self.stores} | {s.module for s in self.sinks}


@dataclass(eq=False, slots=True)
class Credentials:
    """Which literals are parts of keys."""

    ids: dict[Origin, set[str]] = field(default_factory=lambda: defaultdict(set))
    secrets: set[Origin] = field(default_factory=set)
    embedded: dict[Origin, set[str]] = field(default_factory=lambda: defaultdict(set))
    shaped: set[Module] = field(default_factory=set)  # modules with a text of a secret's shape that belongs to no id for sure
    texts: set[str] = field(default_factory=set)  # every secret's text, for masking and for the last check

    @property
    def all(self) -> set[Origin]:
        """Return every literal concerned."""
        return set(self.ids) | self.secrets | set(self.embedded)


def find_credentials(interpreter: Interpreter, sinks: list[Sink]) -> Credentials:
    """Return the key ids in all known strings, and the secrets where sinks or shapes show them."""
    found = Credentials()
    strict: dict[Origin, str] = {}
    for values in interpreter.all_values():
        for v in values:
            if not isinstance(v, Text):
                continue
            ids = real_ids(v.text)
            if ids:
                whole = is_key_id(v.text.strip())
                for o in v.origins:
                    (found.ids if whole else found.embedded)[o] |= ids
            elif is_secret(v.text.strip()):
                for o in v.origins:
                    strict[o] = v.text.strip()
    for o in list(found.embedded):
        if o in found.ids:
            del found.embedded[o]
    for sink in sinks:
        if not any(origins_of(a.values) & set(found.ids) for a in sink.of(*ROLES)):
            continue
        for a in sink.of(Role.SECRET, Role.TOKEN, Role.KEY_ID):
            for v in a.values:
                if isinstance(v, Text) and not is_key_id(v.text.strip()) and len(v.text) >= 16:
                    found.secrets |= v.origins - set(found.ids)
                    found.texts.add(v.text)
    paired = _paired_ids(sinks, found)
    loose = {o for o in [*found.ids, *found.embedded] if o not in paired}
    _named_secrets(interpreter, found, loose)
    _shaped_secrets(strict, found, loose)
    return found


def _paired_ids(sinks: list[Sink], found: Credentials) -> set[Origin]:
    """Return the ids that some call pairs with a secret."""
    out: set[Origin] = set()
    for sink in sinks:
        ids = {o for a in sink.of(Role.KEY_ID) for o in origins_of(a.values)} & set(found.ids)
        if any(origins_of(a.values) & found.secrets for a in sink.of(Role.SECRET)):
            out |= ids
    return out


def _shaped_secrets(strict: dict[Origin, str], found: Credentials, loose: set[Origin]) -> None:
    """Take texts of a secret's shape for the secrets of ids that no call pairs with one, where a module holds as many of them as of such ids."""
    for module in {o.module for o in loose}:
        some = {o: t for o, t in strict.items() if o.module is module and o not in found.ids and o not in found.secrets}
        ids = {t for o in loose if o.module is module for t in (found.ids.get(o) or found.embedded[o])}
        if len(set(some.values())) <= len(ids) - len({found_text(o) for o in found.secrets if o.module is module and o not in some}):
            for o, text in some.items():
                found.secrets.add(o)
                found.texts.add(text)
        elif some:
            found.shaped.add(module)


def found_text(o: Origin) -> str | None:
    """Return the text of a literal."""
    return literal_text(o.node)


_SECRET_NAME = re.compile(r"(?i)(secret|sak|private).*(key|access)|^(aws_?)?secret$|secret_?key|_secret$")
_TOKEN_NAME = re.compile(r"(?i)session_?token|security_?token")
_ROLE_WORDS = re.compile(r"(?i)secret|access|key|id|sak|private|token|session|security|_|[0-9]")


def _named_secrets(interpreter: Interpreter, found: Credentials, loose: set[Origin]) -> None:
    """Take literals for secrets by the name they are bound to, beside an id that no call pairs with one and whose name begins alike."""
    near: dict[Module, list[tuple[int, str]]] = defaultdict(list)
    for s in interpreter.stores():
        for v in s.values:
            if isinstance(v, Text):
                near[s.module] += [(o.node.lineno, _prefix(s.name)) for o in v.origins & loose if o.module is s.module]
    for s in interpreter.stores():
        if s.module not in near or not (_SECRET_NAME.search(s.name) or _TOKEN_NAME.search(s.name)):
            continue
        token = _TOKEN_NAME.search(s.name)
        for v in s.values:
            if not isinstance(v, Text) or real_ids(v.text) or not (is_secret(v.text.strip()) or (token and len(v.text) >= 100)):
                continue
            beside = [p for n, p in near[s.module] if any(o.module is s.module and abs(o.node.lineno - n) <= 6 for o in v.origins)]
            if _prefix(s.name) in beside and not any(o in found.ids or o in found.embedded for o in v.origins):
                found.secrets |= v.origins
                found.texts.add(v.text)


def _prefix(name: str) -> str:
    """Return what is left of a name without the words for a key's parts: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` are both `aws`."""
    return _ROLE_WORDS.sub("", name).lower()


class Clusters:
    """Union-find over literals; bindings, boxes and sinks join those that pass through them."""

    def __init__(self, interpreter: Interpreter, sinks: list[Sink], found: Credentials) -> None:
        self.interpreter = interpreter
        self.found = found
        self._up: dict[Origin, Origin] = {o: o for o in found.all}
        self.stores = [(s, origins_of(s.values) & found.all) for s in interpreter.stores()]
        self._join_values(sinks)
        self._join_texts()
        self._pair_loose_secrets()
        self._tables()
        self.clusters = self._groups(sinks)

    def _join_values(self, sinks: list[Sink]) -> None:
        """Join the literals that one value, one binding or one sink is made of."""
        known = self.found.all
        for values in self.interpreter.all_values():
            for v in values:
                if isinstance(v, Text | Tainted) and len(v.origins & known) > 1:
                    self._join(v.origins & known)
        for _, origins in self.stores:
            self._join(origins)
        for sink in sinks:
            self._join(self._of_sink(sink))

    def _join_texts(self) -> None:
        """Join the literals of a file that hold the same id, or the same secret."""
        same: dict[tuple[Module, str], set[Origin]] = defaultdict(set)
        for o, ids in [*self.found.ids.items(), *self.found.embedded.items()]:
            for key in ids:
                same[o.module, key].add(o)
        for o in self.found.secrets:
            text = literal_text(o.node)
            if text:
                same[o.module, text].add(o)
        for group in same.values():
            self._join(group)

    def _groups(self, sinks: list[Sink]) -> list[Cluster]:
        """Return the clusters that the joined literals make, with their ids, bindings, sinks and containers."""
        groups: dict[Origin, Cluster] = {}
        for o in in_order(self.found.all):
            cluster = groups.setdefault(self._root(o), Cluster())
            cluster.origins.add(o)
            cluster.ids |= self.found.ids.get(o, set()) | self.found.embedded.get(o, set())
        for s, origins in self.stores:
            if origins:
                groups[self._root(next(iter(origins)))].stores.add(s)
        for sink in sinks:
            if reached := self._of_sink(sink):
                groups[self._root(next(iter(reached)))].sinks.append(sink)
        for cluster in groups.values():
            self._boxes(cluster)
        return list(groups.values())

    def _root(self, o: Origin) -> Origin:
        while self._up[o] is not o:
            self._up[o] = self._up[self._up[o]]
            o = self._up[o]
        return o

    def _join(self, origins: Collection[Origin]) -> None:
        first: Origin | None = None
        for o in origins:
            if first is None:
                first = self._root(o)
            else:
                self._up[self._root(o)] = first

    def _of_sink(self, sink: Sink) -> set[Origin]:
        return set().union(*(origins_of(a.values) for a in sink.of(*ROLES))) & self.found.all

    def _pair_loose_secrets(self) -> None:
        """Join each secret that no sink pairs with an id to the id that stands nearest in its file."""
        everything = [*self.found.ids, *self.found.embedded]
        taken = {self._root(o) for o in self.found.secrets}
        roots_with_ids = {self._root(o) for o in everything}
        loose: dict[Module, list[Origin]] = defaultdict(list)
        for o in self.found.secrets:
            if self._root(o) not in roots_with_ids:
                loose[o.module].append(o)
        for module, secrets in loose.items():
            here = sorted((i for i in everything if i.module is module), key=_place)
            alone = [i for i in here if self._root(i) not in taken]
            secrets.sort(key=_place)
            if len(alone) == len(secrets):  # ids together, secrets together: by their order
                for i, o in zip(alone, secrets, strict=True):
                    self._join({i, o})
            elif here:
                for o in secrets:
                    self._join(
                        {o, min(here, key=lambda i: (abs(i.node.lineno - o.node.lineno), abs(i.node.col_offset - o.node.col_offset)))}
                    )

    def _tables(self) -> None:
        """Join tuples that stand side by side in one container: they are rewritten together or not at all."""
        inside: dict[Box, set[Origin]] = defaultdict(set)
        for s in self.interpreter.stores():
            if isinstance(s.owner, Box) and s.owner.kind is BoxKind.SEQ:
                inside[s.owner] |= origins_of(s.values) & self.found.all
        for box in self.interpreter.boxes():
            rows = {v.box for s in box.all() for v in s.values if isinstance(v, BoxRef) and v.box.kind is BoxKind.SEQ}
            self._join(set().union(*(inside[r] for r in rows if r in inside)))

    def _boxes(self, cluster: Cluster) -> None:
        """Fill in the containers that hold something of a cluster, and the bindings of those containers."""
        holding = {s.owner for s in cluster.stores if isinstance(s.owner, Box)}
        todo = list(holding)
        while todo:
            box = todo.pop()
            for s in self.interpreter.stores():
                if any(isinstance(v, BoxRef) and v.box is box for v in s.values) and isinstance(s.owner, Box) and s.owner not in holding:
                    holding.add(s.owner)
                    todo.append(s.owner)
            for other in self.interpreter.boxes():
                if box in other.spreads and other not in holding:
                    holding.add(other)
                    todo.append(other)
        cluster.boxes = {b for b in holding if isinstance(b, Box)}


def _place(o: Origin) -> tuple[int, int]:
    """Return where a literal stands."""
    return o.node.lineno, o.node.col_offset


def literal_text(node: ast.expr) -> str | None:
    """Return the text of a string or bytes literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value if isinstance(node.value, str) else node.value.decode("latin-1")
    return None


def roles_of(values: set[Value], found: Credentials) -> set[Role]:
    """Return which parts of a key some values hold."""
    out = set()
    for o in origins_of(values):
        if o in found.ids:
            out.add(Role.KEY_ID)
        elif o in found.secrets:
            out.add(Role.SECRET)
    return out
