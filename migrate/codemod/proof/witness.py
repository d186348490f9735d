"""The proof of one rewrite: old and new trees in, accepted or a reason out."""

import ast
import builtins
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping as Pairs
from dataclasses import dataclass
from pathlib import Path

from migrate.codemod.libraries import by_callee
from migrate.codemod.proof import classes, dynamic, objects, remains, sinks
from migrate.codemod.proof.evaluate import Evaluator, never_run, truth
from migrate.codemod.proof.places import Places
from migrate.codemod.proof.scopes import Unit, parameters
from migrate.codemod.proof.sinks import Call
from migrate.codemod.proof.values import NONE, UNKNOWN, Kind, text_of
from migrate.codemod.proof.world import Read, World, last_name
from migrate.keys import is_key_id


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a rewrite is not accepted: the rule, the place in the old text, and words for it that hold no part of a key."""

    rule: str
    path: Path
    line: int
    reason: str
    code: str = "AWS230"


class Rejected(Exception):
    """Ends a proof."""

    def __init__(self, rule: str, unit: Unit | Path, node: ast.AST | None, reason: str, code: str = "AWS230") -> None:
        super().__init__(rule)
        path = unit.path if isinstance(unit, Unit) else unit
        self.rejection = Rejection(rule, path, getattr(node, "lineno", 1), reason, code)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What is to be proved: the trees of a program before and after, the files that differ, and the profile of each key that went."""

    root: Path
    old: dict[Path, ast.Module]
    new: dict[Path, ast.Module]
    profiles: Pairs[str, str | None]
    read: Read
    mentions: "Mentions"
    notebooks: frozenset[Path] = frozenset()


Mentions = "object"
_LOAD = ast.Load()
_SINKS = frozenset(by_callee())
PURE = frozenset(
    f"{module}.{name}"
    for module, names in {
        "os": ("getenv", "environ.get"),
        "builtins": ("str", "bytes", "dict", "list", "tuple", "set", "frozenset", "len", "sorted", "zip", "enumerate", "getattr", "isinstance", "bool",
                     "all", "any", "reversed", "property", "staticmethod", "classmethod", "object"),
        "collections": ("namedtuple", "OrderedDict"),
        "types": ("SimpleNamespace",),
        "typing": ("cast", "NamedTuple", "TypeVar", "NewType"),
        "dataclasses": ("field", "dataclass", "replace"),
        "attr": ("ib", "s", "define", "field", "frozen"),
        "attrs": ("field", "define", "frozen"),
        "pydantic": ("SecretStr", "Field"),
        "functools": ("partial",),
        "copy": ("copy", "deepcopy"),
        "boto3": ("Session", "Session().get_credentials"),
        "botocore": ("config.Config", "session.Session"),
        "aiobotocore": ("session.AioSession",),
        "pathlib": ("Path",),
        "re": ("compile",),
        "logging": ("getLogger",),
        "enum": ("auto",),
    }.items()
    for name in names
)
"""Callables outside the program that give an answer and do nothing else."""
_TEXTUAL = frozenset({"builtins.len", "builtins.str", "builtins.bytes", "builtins.print", "builtins.sorted", "builtins.iter", "builtins.list", "builtins.tuple", "builtins.hash"})
_CREDENTIALS = frozenset(n for takes in by_callee().values() for n in (*takes.key_id, *takes.secret, *takes.token))


def prove(case: Rewritten) -> Rejection | None:
    """Return None where a rewrite is accepted, else why it is not."""
    try:
        _Proof(case).run()
    except Rejected as e:
        return e.rejection
    except RecursionError:
        return Rejection("too-deep", min(case.new), 1, "the program nests too deep to be checked")
    return None


class _Proof:
    """One proof."""

    def __init__(self, case: Rewritten) -> None:
        self.case = case
        self.changed = [p for p in case.new if ast.dump(case.old[p]) != ast.dump(case.new[p])]

    def run(self) -> None:
        """Raise Rejected where anything is not accounted for."""
        case = self.case
        self.old, before = self.settled(case.old)
        self.texts = self.parts(before)
        self.places(before)
        self.new, after = self.settled({**case.old, **case.new})
        self.signers(before, after)
        self.remains()
        self.names()
        self.surroundings(before, after)

    def settled(self, trees: dict[Path, ast.Module]) -> tuple[Evaluator, list[Call]]:
        """Return all values of a program and its calls that may sign; a second look leaves out what the first showed never to run."""
        ev = Evaluator(World(self.case.root, dict(trees), self.case.read, self.case.notebooks))
        found = self.calls(ev)
        dead = never_run(ev)
        if dead:
            ev = Evaluator(ev.world, dead)
            found = self.calls(ev)
        return ev, found

    def calls(self, ev: Evaluator) -> list[Call]:
        """Settle a program, and return its calls that may sign."""
        asked: list[ast.expr] = []
        while True:
            asked = [n for u in list(ev.world.units.values()) for n in u.parents if isinstance(n, ast.expr) and n in u.scope_of]
            size = len(ev.world.units)
            ev.settle(asked)
            found = sinks.find(ev)
            if not ev.converged:
                raise Rejected("not-converged", self.changed[0], None, "the program is too entangled to be followed to its end")
            if size == len(ev.world.units):
                return found

    def parts(self, found: list[Call]) -> frozenset[str]:
        """Return the ids that go, and what calls pair with them."""
        texts = set(self.case.profiles)
        for call in found:
            ids = {t.strip() for v in call.roles.get("id", ()) if (t := text_of(v))}
            if not ids or not ids & set(self.case.profiles):
                continue
            if ids - set(self.case.profiles):
                raise Rejected("mixed", self.unit(call.node), call.node, "a key that nothing maps may reach the same call")
            for role in ("secret", "token"):
                texts |= {t.strip() for v in call.roles.get(role, ()) if (t := text_of(v)) and len(t.strip()) >= 8 and not is_key_id(t.strip())}
        return frozenset(texts)

    def unit(self, node: ast.AST) -> Unit:
        """Return the file that a node of the old program stands in."""
        return self.old.world.unit_of[node]

    def places(self, found: list[Call]) -> None:
        """Raise Rejected where a part of a key stands in a form that is not understood."""
        ev = self.old
        self.held = Places(ev, found, self.texts)
        self.carriers: set[str] = set()
        self.homes: set[Path] = set()
        gone = self.gone_parts()
        for unit in list(ev.world.units.values()):
            for node in list(unit.parents):
                if not isinstance(node, ast.expr) or node not in unit.scope_of:
                    continue
                if not isinstance(getattr(node, "ctx", _LOAD), ast.Load):
                    continue
                if self.held.holds(node):
                    if (why := self.held.trouble(node)) is not None and self.concerned(node, gone):
                        raise Rejected("open-carrier", unit, node, why)
                    self.homes.add(unit.path)
                elif (why := self.held.passing(node)) is not None:
                    raise Rejected("object-handed-on", unit, node, why)

    def gone_parts(self) -> frozenset[str]:
        """Return the parts of keys that are no longer anywhere in the new texts."""
        return self.texts

    def concerned(self, node: ast.expr, gone: frozenset[str]) -> bool:
        """Return whether what an expression holds goes by this rewrite."""
        return True

    def signers(self, before: list[Call], after: list[Call]) -> None:
        """Raise Rejected where the calls of a function, one by one, may sign with another set than they did."""
        profiles = self.case.profiles
        was, now = self._sequences(self.old, before, profiles), self._sequences(self.new, after, profiles)
        for place in sorted(set(was) | set(now), key=str):
            one, two = was.get(place, []), now.get(place, [])
            if [w for w, _ in one] != [w for w, _ in two]:
                at = next((c for (w, c), (x, _) in zip(one, two, strict=False) if w != x), one[-1][1] if one else None)
                raise Rejected("signers", place[0], at.node if at is not None else None, "it could not be shown that each call keeps its signer")
        self.clients(before, after)
        self.missing_values()
        self.late_profiles(after)
        for call in before:
            if call.of_partial and call.named:
                raise Rejected("partial-overridden", self.unit(call.node), call.node, "the call of a partial names credentials as well")
            if any(who[0] == "unknown" for who in sinks.signers(self.old, call, profiles)) and self._touches(call):
                raise Rejected("unknown-signer", self.unit(call.node), call.node, "something that is not understood may sign at this call too")

    def clients(self, before: list[Call], after: list[Call]) -> None:
        """Raise Rejected where a client, one by one, may sign with another set than it did, its session's credentials included."""
        was, now = self._clients(self.old, before), self._clients(self.new, after)
        for place in sorted(set(was) | set(now), key=str):
            one, two = was.get(place, []), now.get(place, [])
            if [w for w, _ in one] != [w for w, _ in two]:
                at = next((n for (w, n), (x, _) in zip(one, two, strict=False) if w != x), one[-1][1] if one else None)
                raise Rejected("clients", place[0], at, "it could not be shown that each client keeps its signer")

    def _clients(self, ev: Evaluator, found: list[Call]) -> dict[tuple[Path, str], list[tuple[frozenset[sinks.Who], ast.AST]]]:
        out: dict[tuple[Path, str], list[tuple[frozenset[sinks.Who], ast.AST]]] = defaultdict(list)
        by_node = {c.node: sinks.signers(ev, c, self.case.profiles) for c in found}
        own = {c.node: c for c in found}
        named = {n: None for name in ("client", "resource", "create_client") for n in ev.world.calls.get(name, ())}
        for node in [*named, *(c.node for c in found if c.node not in named and isinstance(c.node, ast.Call) and not c.skip)]:
            if isinstance(node, ast.Call):
                who: set[sinks.Who] = set()
                for v in ev.value(node.func):
                    if v.kind is not Kind.LIBRARY or not str(v.data).endswith((".client", ".resource", ".create_client")):
                        continue
                    given = by_node.get(node, frozenset()) if node in own and own[node].roles.get("id") else frozenset()
                    session = by_node.get(v.more, frozenset({sinks.AMBIENT})) or frozenset({sinks.AMBIENT})  # type: ignore[call-overload]
                    joined = node in own and "profile" in own[node].roles
                    who |= given if joined else (given - {sinks.AMBIENT}) | (session if not given or sinks.AMBIENT in given else set())
                if who:
                    unit = ev.world.unit_of[node]
                    plain = frozenset(sinks.AMBIENT if w == sinks.CHAIN else w for w in who)
                    out[unit.path, _function(unit, node)].append((plain, node))
        for calls in out.values():
            calls.sort(key=lambda x: (x[1].end_lineno, x[1].end_col_offset))  # type: ignore[attr-defined]
        return out

    def missing_values(self) -> None:
        """Raise Rejected where a value may be None now that could not be before, and something is asked of it that None does not have."""
        for path in self.changed:
            new, old = self.new.world.units[path], self.old.world.units[path]
            was = {ast.dump(n) for n in old.parents if isinstance(n, ast.expr) and self._asked_of(self.old, old, n)}
            for node in list(new.parents):
                if isinstance(node, ast.expr) and self._asked_of(self.new, new, node) and ast.dump(node) not in was:
                    raise Rejected("none", new, node, "a value that may be missing would be used as a text")

    def _asked_of(self, ev: Evaluator, unit: Unit, node: ast.expr) -> bool:
        parent = unit.parents.get(node)
        used = (isinstance(parent, ast.Attribute | ast.Subscript) and parent.value is node) or isinstance(parent, ast.BinOp | ast.FormattedValue)
        if isinstance(parent, ast.Call) and node in parent.args:
            used = any(v.kind is Kind.LIBRARY and v.data in _TEXTUAL for v in ev.value(parent.func))
        return used and node in unit.scope_of and NONE in ev.value(node)

    def late_profiles(self, after: list[Call]) -> None:
        """Raise Rejected where a botocore session would get its profile after it has served, which it no longer heeds."""
        for call in after:
            if call.callee not in sinks.CONFIGURED or not isinstance(call.node, ast.Call):
                continue
            sessions = {v.more for v in self.new.value(call.node.func)}
            unit = self.new.world.unit_of[call.node]
            for attributes in list(self.new.world.attributes.values()):
                for node in attributes:
                    other = self.new.world.unit_of[node]
                    if node is call.node.func or not any(v.kind is Kind.LIBRARY and v.more in sessions and "Session()." in str(v.data) for v in self.new.value(node)):
                        continue
                    same = other is unit and _function(other, node) == _function(unit, call.node)
                    if not same or node.lineno < call.node.lineno or node.attr == "set_config_variable":
                        raise Rejected("late-profile", unit, call.node, "the session may have served before it gets its profile")

    def _touches(self, call: Call) -> bool:
        return any(self.held.is_part(v) for vs in call.roles.values() for v in vs)

    def _sequences(
        self, ev: Evaluator, found: list[Call], profiles: Pairs[str, str | None]
    ) -> dict[tuple[Path, str], list[tuple[frozenset[sinks.Who], Call]]]:
        out: dict[tuple[Path, str], list[tuple[frozenset[sinks.Who], Call]]] = defaultdict(list)
        for call in found:
            unit = ev.world.unit_of[call.node]
            who = frozenset(sinks.AMBIENT if w == sinks.CHAIN else w for w in sinks.signers(ev, call, profiles))
            if call.named and (who - {sinks.AMBIENT}):
                out[unit.path, _function(unit, call.node)].append((who, call))
        for calls in out.values():
            calls.sort(key=lambda x: (x[1].node.lineno, x[1].node.col_offset))  # type: ignore[attr-defined]
        return out

    def remains(self) -> None:
        """Raise Rejected where a statement changed that has nothing to do with a key, or something went that is not a key's."""
        for path in self.changed:
            gone, come = remains.changed(self.case.old[path], self.case.new[path])
            unit = self.old.world.units[path]
            lost = remains.counted(gone, ast.Constant) - remains.counted(come, ast.Constant)
            for text in lost:
                value = ast.literal_eval(text)
                word = value.decode("latin-1") if isinstance(value, bytes) else value
                if not isinstance(word, str) or len(word) < 16 or self.is_label(word, gone):
                    continue
                rest = word
                for t in self.texts:
                    rest = rest.replace(t, "")
                if word.strip() not in self.texts and not any(t in word for t in self.texts) and not any(word in t for t in self.texts):
                    at = next((n for s in gone for n in remains.own(s) if isinstance(n, ast.Constant) and repr(n.value) == text), None)
                    raise Rejected("deleted-literal", unit, at, "a text would go that no call pairs with the key")
            for statement in gone:
                for node in remains.own(statement):
                    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                        for f in self.properties(node):
                            if not self.pure_function(f, 0):
                                raise Rejected("deleted-call", unit, node, f"`.{node.attr}` would no longer be read, and its reading may do something")
            effects = remains.counted(gone, ast.Call) - remains.counted(come, ast.Call)
            for name in effects:
                nodes = [n for s in gone if not isinstance(s, ast.Raise | ast.Assert) for n in remains.own(s) if isinstance(n, ast.Call) and remains.label(n.func) == name]
                node = next((n for n in nodes if not self.pure(n) and not self.stores_key(n)), None)
                if node is not None:
                    raise Rejected("deleted-call", unit, node, f"the call of `{name}` would go, and it may do something")
            self.arguments(unit, gone, come)
            self.conditions(unit, path, gone, come)
            more = remains.counted(come, ast.Call) - remains.counted(gone, ast.Call)
            for name in set(more) - remains.COMING:
                raise Rejected("new-call", unit, gone[0] if gone else None, f"`{name}` would be called, which was not before")
            for kind in (ast.Raise, ast.Await, ast.Yield, ast.Return, ast.Delete):
                lost_of_kind = remains.counted([s for s in gone if not self.within(unit, s, gone)], kind) - remains.counted(come, kind)
                if lost_of_kind and kind is not ast.Raise and kind is not ast.Delete:
                    raise Rejected("deleted-flow", unit, gone[0], f"a `{kind.__name__.lower()}` would go")

    def arguments(self, unit: Unit, gone: list[ast.AST], come: list[ast.AST]) -> None:
        """Raise Rejected where an argument or a name would go that holds nothing of a key."""
        lost = remains.counted(gone, ast.keyword) - remains.counted(come, ast.keyword)
        for name in lost:
            some = [n for s in gone for n in remains.own(s) if isinstance(n, ast.keyword) and remains.label(n) == name]
            if not any(self.held.holds(n.value) or name in _CREDENTIALS or name in ("default", "repr", "init", "default_factory") for n in some):
                raise Rejected("deleted-argument", unit, some[0], f"the argument `{name}` would go")
        names = remains.counted(gone, ast.Name) - remains.counted(come, ast.Name)
        for name in names:
            nodes = [n for s in gone for n in remains.own(s) if isinstance(n, ast.Name) and n.id == name]
            if any(not isinstance(n.ctx, ast.Load) or self.held.holds(n) or self._plain(n) for n in nodes):
                continue
            raise Rejected("deleted-name", unit, nodes[0], f"`{name}` would no longer be read here")

    def _plain(self, node: ast.Name) -> bool:
        """Return whether a name stands for something whose reading does nothing: a callable, a module, a type, or what lacks a key by itself."""
        return all(v.kind in (Kind.FUNCTION, Kind.CLASS, Kind.MODULE, Kind.LIBRARY, Kind.MAKER, Kind.CONST, Kind.OBJECT, Kind.OUTSIDE, Kind.INSTANCE, Kind.MISSING)
                   for v in self.old.value(node))  # fmt: skip

    def conditions(self, unit: Unit, path: Path, gone: list[ast.AST], come: list[ast.AST]) -> None:
        """Raise Rejected where a condition would be asked of something else, or no longer, although it may go either way."""
        was, now = remains.tests(gone), remains.tests(come)
        now = [n for n in now if not (isinstance(n, ast.IfExp) and isinstance(n.orelse, ast.Constant) and n.orelse.value is None and "is None" in ast.unparse(n.test))]
        if len(was) == len(now):
            for one, two in zip(was, now, strict=True):
                old, new = truth(self.old, one.test), truth(self.new, two.test)
                if old != new or (old is None and self.skeleton(one.test) != self.skeleton(two.test, True)):
                    raise Rejected("condition", unit, one, "a condition would be asked of something else")
            return
        for one in was:
            if isinstance(one.test, ast.Name | ast.Attribute) and last_name(one.test) == "TYPE_CHECKING":
                continue
            if truth(self.old, one.test) is None and not any(self.skeleton(one.test) == self.skeleton(two.test, True) for two in now):
                if not self.within(unit, remains_statement(unit, one), gone):
                    raise Rejected("condition", unit, one, "a condition would no longer be asked, although it may go either way")

    def skeleton(self, node: ast.AST, new: bool = False) -> str:
        """Return a condition's shape: the parts of a key by their role alone, a secret beside an id left out."""
        ev = self.new if new else self.old
        if isinstance(node, ast.BoolOp):
            parts = sorted({s for v in node.values if (s := self.skeleton(v, new)) != "secret"})
            return parts[0] if len(parts) == 1 else f"{type(node.op).__name__}({','.join(parts)})"
        if isinstance(node, ast.UnaryOp):
            inner = self.skeleton(node.operand, new)
            return inner if inner == "secret" else f"{type(node.op).__name__}({inner})"
        if isinstance(node, ast.Compare) and len(node.comparators) == 1:
            inner = self.skeleton(node.left, new)
            return inner if inner == "secret" else f"{type(node.ops[0]).__name__}({inner},{self.skeleton(node.comparators[0], new)})"
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.NamedExpr):
            texts = {(text_of(v) or "").strip() for v in ev.value(node)}
            if texts & (set(self.case.profiles) | ({str(p) for p in self.case.profiles.values()} if new else set())):
                return "id"
            if texts & self.texts:
                return "secret"
        known = self.texts | {str(p) for p in self.case.profiles.values()}
        if any(isinstance(n, ast.expr) and getattr(n, "ctx", _LOAD).__class__ is ast.Load and {(text_of(v) or "").strip() for v in ev.value(n)} & known
               for n in ast.walk(node)):  # fmt: skip
            return f"{type(node).__name__}:{remains.label(node)}"
        return ast.dump(node)

    def within(self, unit: Unit, statement: ast.AST, gone: list[ast.AST]) -> bool:
        """Return whether a statement stands in a function that went as a whole."""
        at = unit.parents.get(statement)
        while at is not None:
            if isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef) and at in gone:
                return True
            at = unit.parents.get(at)
        return False

    def is_label(self, word: str, gone: list[ast.AST]) -> bool:
        """Return whether a text names a parameter, setting or entry, or says what is wrong in a `raise`, wherever it stands in some statements."""
        for statement in gone:
            for node in remains.own(statement):
                if isinstance(node, ast.Dict) and any(isinstance(v, ast.Constant) and v.value == word for v in node.values):
                    return False
                if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return | ast.NamedExpr | ast.keyword) and isinstance(node.value, ast.Constant) and node.value.value == word:
                    return False
        return True

    def pure(self, call: ast.Call, depth: int = 0) -> bool:
        """Return whether leaving a call out changes nothing but its value."""
        if depth > 6:
            return False
        for f in self.old.value(call.func):
            if f.kind is Kind.LIBRARY and (str(f.data) in PURE or str(f.data) in _SINKS):
                continue
            if f.kind is Kind.MAKER or (f.kind is Kind.METHOD and f.more in (objects.READING | objects.TEXTS)):
                continue
            if f.kind in (Kind.FUNCTION, Kind.BOUND):
                if self.pure_function(f.data, depth):  # type: ignore[arg-type]
                    continue
                return False
            if f.kind is Kind.CLASS:
                body = f.data.body  # type: ignore[union-attr]
                if not any(isinstance(n, ast.Call) and not self.pure(n, depth + 1) for s in body if getattr(s, "name", "__init__") in ("__init__", "__post_init__") for n in ast.walk(s)):
                    continue
                return False
            return False
        return True

    def stores_key(self, call: ast.Call) -> bool:
        """Return whether a call puts a part of a key into a dict or the environment, and does nothing else."""
        if last_name(call.func) not in ("setdefault", "update", "append", "add"):
            return False
        known = all(f.kind is Kind.METHOD or (f.kind is Kind.LIBRARY and str(f.data).startswith("os.environ.")) for f in self.old.value(call.func))
        return known and any(self.held.holds(n) for n in [*call.args, *(k.value for k in call.keywords)])

    def properties(self, node: ast.Attribute) -> list[ast.AST]:
        """Return the properties of the program's classes that reading an attribute may call."""
        out: list[ast.AST] = []
        for v in self.old.value(node.value):
            if v.kind is Kind.INSTANCE:
                for cls in classes.line(self.old, v.data)[0]:  # type: ignore[arg-type]
                    scope = self.old.world.unit_of[cls].scopes[cls]
                    out += [b.node for b in scope.bindings.get(node.attr, ()) if classes.has_decorator(b.node, "property", "cached_property")]
        return out

    def pure_function(self, function: ast.AST, depth: int) -> bool:
        """Return whether running a function does nothing but give its answer."""
        nodes = [n for n in ast.walk(function) if n is not function]
        if any(isinstance(n, ast.Global | ast.Nonlocal | ast.Raise | ast.Delete | ast.Yield | ast.Import | ast.ImportFrom | ast.Assert) for n in nodes):
            return False
        if any(isinstance(n, ast.Attribute | ast.Subscript) and isinstance(n.ctx, ast.Store) for n in nodes):
            return False
        return all(self.pure(n, depth + 1) for n in nodes if isinstance(n, ast.Call))

    def names(self) -> None:
        """Raise Rejected where a name that went may still be reached, or one that came may mean something already."""
        old, new = self.old.world, self.new.world
        removed: set[str] = set()
        for path in self.changed:
            before, after = _bound(old.units[path]), _bound(new.units[path])
            gone = set(before - after)
            removed |= gone
            if gone:
                self.homes.add(path)
        self.undefined()
        wide: set[str] = set()
        for path in self.changed:
            before, after = _bound(old.units[path], outer=True), _bound(new.units[path], outer=True)
            wide |= set(before - after)
        wide |= self.changed_functions()
        came = self.new_attributes()
        for unit in list(old.units.values()):
            near = unit.path in self.homes or unit.path in self.changed or self.imports_home(unit)
            uses = dynamic.uses(unit, self.old) if near else dynamic.uses_of(unit, self.old, self.held.is_holder)
            for node, how in uses:
                raise Rejected("reached-without-a-name", unit, node, f"{how} may reach what holds the key")
            for node, name in dynamic.spoken(unit, wide | came):
                if self.still_there(unit, node) and not self.for_environment(unit, node) and not self.key_of_a_dict(unit, node):
                    raise Rejected("spoken-name", unit, node, f"the text may mean `{name}`, which would be gone or mean something else")
        mentioned = self.case.mentions(wide, self.homes, set(old.units))  # type: ignore[operator]
        if mentioned is not None:
            raise Rejected("mentioned-elsewhere", mentioned[0], None, f"`{mentioned[1]}` is mentioned in {mentioned[0].name}, which was not followed")

    def changed_functions(self) -> set[str]:
        """Return the names of the functions and classes that take other arguments than they did."""
        out: set[str] = set()
        for path in self.changed:
            was, now = _signatures(self.case.old[path]), _signatures(self.case.new[path])
            out |= {name.rpartition(".")[2] for name in was if name in now and was[name] != now[name] or name not in now}
        return {n for n in out if n not in ("__init__", "__new__", "")}

    def for_environment(self, unit: Unit, node: ast.AST) -> bool:
        """Return whether a text names a variable of the environment."""
        parent = unit.parents.get(node)
        if isinstance(parent, ast.Call):
            return any(v.kind is Kind.LIBRARY and str(v.data).startswith("os.") for v in self.old.value(parent.func))
        if isinstance(parent, ast.Subscript):
            return any(v.kind is Kind.LIBRARY and str(v.data).startswith("os.environ") for v in self.old.value(parent.value))
        return False

    def key_of_a_dict(self, unit: Unit, node: ast.AST) -> bool:
        """Return whether a text is the key of a dict that is known, or asks one for an entry."""
        parent = unit.parents.get(node)
        if isinstance(parent, ast.Dict):
            return node in parent.keys
        if isinstance(parent, ast.Subscript) and node is parent.slice:
            return UNKNOWN not in self.old.value(parent.value)
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr in ("get", "pop", "setdefault"):
            return all(v.kind is Kind.METHOD for v in self.old.value(parent.func))
        return isinstance(parent, ast.Compare)

    def still_there(self, unit: Unit, node: ast.Constant) -> bool:
        """Return whether the new text has such a string as well."""
        if unit.path not in self.changed:
            return True
        after = Counter(n.value for n in ast.walk(self.case.new[unit.path]) if isinstance(n, ast.Constant) and isinstance(n.value, str))
        return after[str(node.value)] > 0

    def imports_home(self, unit: Unit) -> bool:
        """Return whether a file imports one that holds a key."""
        for scope in unit.scopes.values():
            for bindings in [*scope.bindings.values(), scope.stars]:
                for b in bindings:
                    if b.kind in ("import", "from", "star"):
                        found = self.old.world.find(unit.path, b.module, b.level)
                        if found.kind is Kind.MODULE and found.data in self.homes:
                            return True
        return False

    def new_attributes(self) -> set[str]:
        """Raise Rejected where a name that is new in some class or module was in use already; return the names that came."""
        came: set[str] = set()
        for path in self.changed:
            old, new = self.old.world.units[path], self.new.world.units[path]
            more = _bound(new, outer=True) - _bound(old, outer=True)
            for name in more:
                if any(isinstance(n, ast.alias) for n in _binders(new, name)):
                    continue
                came.add(name)
                uses = [a for a in self.old.world.attributes.get(name, ())]
                if uses:
                    raise Rejected("name-in-use", self.unit(uses[0]), uses[0], f"`{name}` would be new, and `.{name}` is in use already")
                for unit in self.old.world.units.values():
                    for node, scope in unit.scopes.items():
                        if isinstance(node, ast.ClassDef) and name in scope.bindings and unit.path != path:
                            raise Rejected("name-in-use", unit, node, f"`{name}` would be new, and a class has one already")
        return came

    def undefined(self) -> None:
        """Raise Rejected where the new program names something that is no longer there."""
        ev = self.new
        for unit in list(ev.world.units.values()):
            had = self.old.world.units.get(unit.path)
            for node in unit.parents:
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node in unit.scope_of:
                    if unit.cell(node) is None and not hasattr(builtins, node.id) and not node.id.startswith("__"):
                        if not any(s.stars for s in unit.scopes.values()) and had is not None and _knows(had, node.id):
                            raise Rejected("undefined", unit, node, f"`{node.id}` would not be defined any more")
                elif isinstance(node, ast.alias):
                    self._imported(unit, node)
                elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    base = ev.value(node.value)
                    for v in base:
                        if v.kind is Kind.MODULE and v.data in self.changed and self._lost(v.data, node.attr):  # type: ignore[arg-type]
                            raise Rejected("undefined", unit, node, f"`{node.attr}` would not be in its module any more")
                    if UNKNOWN in base and self._class_lost(node.attr):
                        raise Rejected("unknown-reader", unit, node, f"`.{node.attr}` is read from something that is not understood")
                    if any(v.kind in (Kind.INSTANCE, Kind.CLASS) for v in base) and self._class_lost(node.attr) and not (ev.value(node) - {NONE}):
                        raise Rejected("undefined", unit, node, f"`.{node.attr}` would not be there any more")
                elif isinstance(node, ast.Call):
                    self._fits(unit, node)

    def _imported(self, unit: Unit, node: ast.alias) -> None:
        parent = unit.parents.get(node)
        if isinstance(parent, ast.ImportFrom) and node.name != "*":
            found = self.new.world.find(unit.path, parent.module or "", parent.level)
            if found.kind is Kind.MODULE and self._lost(found.data, node.name):  # type: ignore[arg-type]
                raise Rejected("undefined", unit, node, f"`{node.name}` would not be in its module any more")

    def _lost(self, module: Path, name: str) -> bool:
        old, new = self.old.world.units.get(module), self.new.world.units.get(module)
        if old is None or new is None:
            return False
        return name in old.module.bindings and name not in new.module.bindings and not new.module.stars

    def _class_lost(self, name: str) -> bool:
        if not hasattr(self, "_lost_attributes"):
            self._lost_attributes: set[str] = set()
            for path in self.changed:
                self._lost_attributes |= _attributes(self.old.world.units[path]) - _attributes(self.new.world.units[path])
        return name in self._lost_attributes

    def _fits(self, unit: Unit, call: ast.Call) -> None:
        for f in self.new.value(call.func):
            if f.kind in (Kind.FUNCTION, Kind.BOUND) and isinstance(f.data, ast.FunctionDef | ast.AsyncFunctionDef):
                arguments = f.data.args
                if arguments.kwarg is None:
                    known = {a.arg for a in parameters(arguments)}
                    bad = [k.arg for k in call.keywords if k.arg is not None and k.arg not in known]
                    if bad and self.new.world.unit_of[f.data].path in self.changed:
                        raise Rejected("undefined", unit, call, f"`{last_name(call.func)}` would not take `{bad[0]}` any more")
                places = len(arguments.posonlyargs) + len(arguments.args) - (f.kind is Kind.BOUND)
                given = [a for a in call.args if not isinstance(a, ast.Starred)]
                if arguments.vararg is None and len(given) > places and len(given) == len(call.args):
                    if self.new.world.unit_of[f.data].path in self.changed:
                        raise Rejected("undefined", unit, call, f"`{last_name(call.func)}` would not take as many arguments any more")

    def surroundings(self, before: list[Call], after: list[Call]) -> None:
        """Raise Rejected where a session would lose what the program gave it, or a child what it inherits; or an import its effects."""
        if any(c.takes.style == "client" and self._touches(c) for c in before) or None in self.case.profiles.values():
            self.default_session(before)
        changed_sessions = any(c.takes.style == "client" and self._touches(c) for c in before)
        if changed_sessions:
            for path in {*self.homes, *self.changed}:
                for node, how in dynamic.session_state(self.old.world.units[path]):
                    raise Rejected("session-state", self.old.world.units[path], node, f"`{how}` gives the session something that a new one lacks")
        environment = any(
            isinstance(n, ast.Constant) and n.value == "AWS_PROFILE" for p in self.changed for n in ast.walk(self.case.new[p])
        ) and not any(isinstance(n, ast.Constant) and n.value == "AWS_PROFILE" for p in self.changed for n in ast.walk(self.case.old[p]))
        if environment:
            self.environment_read()
            for unit in list(self.old.world.units.values()):
                for node, how in dynamic.children(unit):
                    raise Rejected("children", unit, node, f"{how} starts programs, which inherit the environment")
        if any(self._touches(c) for c in before):
            for unit in list(self.old.world.units.values()):
                for node, how in dynamic.replaced(unit, self.old):
                    raise Rejected("callee-replaced", unit, node, f"something else may be put in the place of `{how}`")
            self.credentials_taken_out()
            for call in before:
                if self._touches(call) and isinstance(call.node, ast.Call) and any(k.arg == "botocore_session" for k in call.node.keywords):
                    raise Rejected("session-state", self.unit(call.node), call.node, "the botocore session that it is given may have served already")
            self.session_only(before)
        distinct = Counter(p for p in self.case.profiles.values())
        if any(n > 1 for n in distinct.values()):
            for unit in list(self.old.world.units.values()):
                for node in unit.scopes:
                    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(last_name(d.func if isinstance(d, ast.Call) else d) in ("lru_cache", "cache", "cached", "memoize") for d in node.decorator_list):
                        raise Rejected("cache", unit, node, "a cache tells keys apart that would be one profile")
        self.imports()

    def made_with_key(self, before: list[Call]) -> set[ast.AST]:
        """Return the calls that make a session or client with a key, and the clients of those sessions."""
        made: set[ast.AST] = {c.node for c in before if self._touches(c)}
        grown = True
        while grown:
            grown = False
            for name in ("client", "resource", "create_client", "Session", "assume_role"):
                for call in self.old.world.calls.get(name, ()):
                    if call not in made and any(v.kind is Kind.LIBRARY and v.more in made for v in self.old.value(call.func)):
                        made.add(call)
                        grown = True
        return made

    def credentials_taken_out(self) -> None:
        """Raise Rejected where the credentials of a session are taken apart otherwise than to hand on all three parts, or it is asked for its profile."""
        world = self.old.world
        for name in ("access_key", "secret_key", "token", "profile_name", "available_profiles"):
            for node in world.attributes.get(name, ()):
                values = self.old.value(node.value)
                if not isinstance(node.ctx, ast.Load) or not any(v.kind is Kind.LIBRARY and ("redentials()" in str(v.data) or "profile" in name) for v in values):
                    continue
                call = world.parent(node)
                call = world.parent(call) if isinstance(call, ast.keyword) else call
                whole = isinstance(call, ast.Call) and {"access_key", "secret_key", "token"} <= {n.attr for n in ast.walk(call) if isinstance(n, ast.Attribute)}
                if name in ("profile_name", "available_profiles") or not whole:
                    raise Rejected("token-left-out", world.unit_of[node], node, f"`.{name}` of a session is read, which would be another, or lack its token")

    def default_session(self, before: list[Call]) -> None:
        """Raise Rejected where the default session may be another than a fresh one, and a client made with a key was made by it."""
        chain = None in self.case.profiles.values()
        words = ["DEFAULT_SESSION", "set_default_client_config", *(("setup_default_session", "AWS_PROFILE", "AWS_DEFAULT_PROFILE") if chain else ())]
        for unit in list(self.old.world.units.values()):
            if chain and any(c.callee == "os.environ" for c in before):
                raise Rejected("default-session", unit, None, "the program sets the environment's own keys, which the default chain would read")
            for node in unit.parents:
                said = last_name(node) or (node.value if isinstance(node, ast.Constant) else "") or (node.name if isinstance(node, ast.alias) else "")
                if said in words:
                    raise Rejected("default-session", unit, node, f"`{said}` may change what a session without a profile is")
        for call in self.old.world.calls.get("setup_default_session", ()):
            unit = self.unit(call)
            plain = all(k.arg in ("region_name", *_CREDENTIALS, "profile_name") for k in call.keywords)
            regions = any(k.arg == "region_name" for k in call.keywords)
            statement = unit.parents.get(call)
            top = isinstance(statement, ast.Expr) and statement in unit.tree.body
            needs = [c for c in before if self._touches(c) and c.takes.style == "client" and not self._names_region(c)]
            if not plain or (regions and needs and not (top and all(self.unit(c.node) is unit for c in needs))):
                raise Rejected("default-session", unit, call, "the default session may give its clients something that a new one would not")
        found = self.case.mentions.says(words[:2] + ["setup_default_session"], set(self.old.world.units))  # type: ignore[attr-defined]
        if found is not None:
            raise Rejected("default-session", found[0], None, f"`{found[1]}` in {found[0].name}, which was not followed, may change the default session")

    def _names_region(self, call: Call) -> bool:
        return isinstance(call.node, ast.Call) and (any(k.arg in ("region_name", None) for k in call.node.keywords) or len(call.node.args) > 1)

    def environment_read(self) -> None:
        """Raise Rejected where the program looks at the variables of the environment that a rewrite takes away."""
        for unit in list(self.old.world.units.values()):
            for node in unit.parents:
                if isinstance(node, ast.Constant) and node.value in sinks.VARIABLES:
                    statement = remains_statement(unit, node)
                    gone, _ = remains.changed(unit.tree, self.case.new.get(unit.path, unit.tree))
                    if statement not in gone:
                        raise Rejected("environment-read", unit, node, f"`{node.value}` of the environment is looked at here as well")
                elif isinstance(node, ast.Attribute) and node.attr == "environ" and any(v.data == "os.environ" for v in self.old.value(node)):
                    parent = unit.parents.get(node)
                    if not (isinstance(parent, ast.Attribute) and parent.attr in ("get", "pop", "setdefault", "update")) and not (isinstance(parent, ast.Subscript) and parent.value is node):
                        raise Rejected("environment-read", unit, node, "the environment as a whole is looked at or handed on")

    def session_only(self, before: list[Call]) -> None:
        """Raise Rejected where a client made with a key makes a call that AWS refuses to a role's session.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html, "Comparing AWS STS credentials", and role chaining:
        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.
        """
        made = self.made_with_key(before)
        for name in ("get_session_token", "get_federation_token", "assume_role"):
            for call in self.old.world.calls.get(name, ()):
                values = self.old.value(call.func)
                if not any((v.kind is Kind.LIBRARY and v.more in made) or v == UNKNOWN for v in values):
                    continue
                unit = self.old.world.unit_of[call]
                if name != "assume_role":
                    raise Rejected("session-refused", unit, call, f"a role's session cannot call `{name}`", "AWS231")
                duration = next((k.value for k in call.keywords if k.arg == "DurationSeconds"), None)
                spread = any(k.arg is None for k in call.keywords)
                if duration is not None and not all(isinstance(v.more, int) and v.more <= 3600 for v in self.old.value(duration)) or spread:
                    raise Rejected("session-refused", unit, call, "a role that is assumed by a role's session gets one hour at most", "AWS231")

    def imports(self) -> None:
        """Raise Rejected where a file is no longer imported that does something when it is."""
        for path in self.changed:
            was, now = _imported(self.old.world, self.case.old, path), _imported(self.new.world, self.case.new, path)
            for module in was - now:
                unit = self.old.world.units.get(module)
                if unit is None or not self._quiet(unit, set()):
                    raise Rejected("import-effects", path, None, f"{module.name} would not be imported any more, and its import may do something")

    def _quiet(self, unit: Unit, seen: set[Path]) -> bool:
        seen.add(unit.path)
        for statement in unit.tree.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                if statement.decorator_list or not all(self.pure(c) for d in [*statement.args.defaults, *statement.args.kw_defaults] if d is not None for c in ast.walk(d) if isinstance(c, ast.Call)):
                    return False
                continue
            for cls in ast.walk(statement):
                if isinstance(cls, ast.ClassDef) and (classes.bases(self.old, cls)[0] or not classes.bases(self.old, cls)[1]):
                    return False
            for n in ast.walk(statement):
                if isinstance(n, ast.Call) and not self.pure(n) and not _within_function(unit, n):
                    return False
                if isinstance(n, ast.Raise | ast.Delete | ast.While | ast.For | ast.With) and not _within_function(unit, n):
                    return False
                if isinstance(n, ast.Attribute | ast.Subscript) and isinstance(n.ctx, ast.Store) and not _within_function(unit, n):
                    return False
        for module in _imported(self.old.world, {unit.path: unit.tree}, unit.path):
            inner = self.old.world.unit(module) if module.suffix == ".py" else None
            if inner is not None and module not in seen and not self._quiet(inner, seen):
                return False
        return True


def remains_statement(unit: Unit, node: ast.AST) -> ast.AST:
    """Return the statement that a node stands in."""
    at: ast.AST | None = node
    while at is not None and not isinstance(at, ast.stmt):
        at = unit.parents.get(at)
    return at if at is not None else node


def _within_function(unit: Unit, node: ast.AST) -> bool:
    at = unit.parents.get(node)
    while at is not None:
        if isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return True
        at = unit.parents.get(at)
    return False


def _imported(world: World, trees: dict[Path, ast.Module], path: Path) -> set[Path]:
    out: set[Path] = set()
    for node in ast.walk(trees[path]):
        found = []
        if isinstance(node, ast.Import):
            found = [world.find(path, name, 0) for a in node.names for name in _above(a.name)]
        elif isinstance(node, ast.ImportFrom):
            found = [world.find(path, name, node.level) for name in _above(node.module or "")]
            found += [world.find(path, f"{node.module}.{a.name}" if node.module else a.name, node.level) for a in node.names if a.name != "*"]
        for v in found:
            if v.kind is Kind.MODULE and v.data.suffix == ".py":  # type: ignore[union-attr]
                out.add(v.data)  # type: ignore[arg-type]
    return out


def _signatures(tree: ast.Module) -> dict[str, str]:
    """Return the parameters of each function by its name and those of the classes and functions around it."""
    out: dict[str, str] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                out[f"{prefix}{child.name}"] = ",".join(a.arg for a in parameters(child.args))
            inner = f"{prefix}{child.name}." if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else prefix
            visit(child, inner)

    visit(tree, "")
    return out


def _above(name: str) -> list[str]:
    """Return a module's name and those of the packages around it."""
    parts = name.split(".")
    return [".".join(parts[: n + 1]) for n in range(len(parts))]


def _function(unit: Unit, node: ast.AST) -> str:
    """Return the names of the functions and classes around a node."""
    names: list[str] = []
    at: ast.AST | None = node
    while at is not None:
        if isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(at.name)
        at = unit.parents.get(at)
    return ".".join(reversed(names))


def _bound(unit: Unit, outer: bool = False) -> Counter[str]:
    """Count the names that a file binds; `outer`: those that can be seen from outside, attributes and parameters among them."""
    out: Counter[str] = Counter()
    for scope in unit.scopes.values():
        if outer and not scope.is_module and not scope.is_class:
            for name, bindings in scope.bindings.items():
                out[name] += any(b.kind == "param" for b in bindings)
            continue
        out.update({n: 1 for n in scope.bindings})
    for node in unit.parents:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            out[node.attr] += 1
    return Counter({n: c for n, c in out.items() if c})


def _binders(unit: Unit, name: str) -> Iterable[ast.AST]:
    return [b.node for scope in unit.scopes.values() for b in scope.bindings.get(name, ())]


def _knows(unit: Unit, name: str) -> bool:
    return any(name in scope.bindings for scope in unit.scopes.values())


def _attributes(unit: Unit) -> set[str]:
    out = {n.attr for n in unit.parents if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
    for scope in unit.scopes.values():
        if scope.is_class:
            out |= set(scope.bindings)
    return out
