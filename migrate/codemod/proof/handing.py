"""A part of a key, or what holds one, as an argument: whether a call is known to sign with it, to keep it, or to hand it to a function of the program."""

import ast
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from migrate.codemod.libraries.spec import Role
from migrate.codemod.libraries.standard import GETTING, HOLDING, SAME
from migrate.codemod.proof.evaluation import callers
from migrate.codemod.proof.evaluation.containers import classes, objects
from migrate.codemod.proof.evaluation.values import ABSENT, MISSING, Kind, Value
from migrate.codemod.proof.evaluation.world import last_name

if TYPE_CHECKING:
    from migrate.codemod.proof.places import Places
    from migrate.codemod.proof.sinks import Call

LOOKING = frozenset({"len", "bool", "isinstance", "any", "all"})
"""Builtins that look at a key and give nothing of it."""
PASSING = (
    SAME
    | HOLDING
    | GETTING
    | {f"builtins.{name}" for name in ("zip", "enumerate", "sorted", "reversed", "set", "next", "getattr", *LOOKING)}
    | {"os.environ.update"}
)
"""Callables that give on what they are given, keep it, or only look at it."""
RUNNING = ("submit", "run_in_executor", "to_thread", "map", "starmap", "Thread", "partial", "Process", "apply_async")
"""Callables by the end of their name that call a function with arguments."""


def is_table(places: "Places", v: Value) -> bool:
    """Return whether a value is a dict of which no entry is a part of a key itself: its own keys stay."""
    return v.kind is Kind.OBJECT and isinstance(v.data, ast.Dict) and not has_parts(places, v)


class Handed(NamedTuple):
    """A part of a key as an argument: the call, the argument, its keyword, and what is known of the call as one that signs."""

    call: ast.Call
    node: ast.expr
    keyword: ast.keyword | None
    sink: "Call | None"

    @property
    def name(self) -> str | None:
        """Return the name that the argument is given by."""
        return self.keyword.arg if self.keyword is not None else None

    @property
    def callee(self) -> str:
        """Return how the callee is written."""
        return short(self.call.func)


def argument(places: "Places", call: ast.Call, node: ast.expr, keyword: ast.keyword | None) -> str | None:
    """Return what is wrong with a part of a key as an argument; None where nothing is."""
    if node is call.func:
        return None
    functions = frozenset(f for f in places.ev.value(call.func) if f.kind not in ABSENT)
    if not functions:
        return None  # nothing that could be called: never reached
    sink = places.sinks.get(call)
    if sink is not None and len(functions) > 1 and not sink.skip and not sink.callee.startswith("*."):
        return f"`{short(call.func)}` may be one of several callables"
    handed = Handed(call, node, keyword, sink)
    return next(filter(None, (_to(places, handed, f) for f in functions)), None)


def _to(places: "Places", handed: Handed, f: Value) -> str | None:
    """Return what is wrong with an argument, where this is what is called."""
    if f.kind in (Kind.FUNCTION, Kind.BOUND, Kind.CLASS, Kind.MAKER, Kind.PARTIAL):
        return _to_program(places, handed, f)
    if f.kind is Kind.METHOD:
        if f.more == "join" and not all(map(partial(is_table, places), places.ev.value(handed.node))):
            return "its entries are joined to a text"
        return None
    if f.kind in (Kind.CONST, Kind.MISSING, Kind.RAISES):
        return None  # an exception
    if f.kind is not Kind.LIBRARY:
        return f"it is passed to `{handed.callee}`, which could not be analyzed"
    sink = handed.sink
    if sink is not None and (f.data == sink.callee or sink.skip or sink.callee.startswith("*.")):
        return _to_sink(places, handed, sink)
    return _to_library(places, handed, str(f.data))


def _to_program(places: "Places", handed: Handed, f: Value) -> str | None:
    """Return what is wrong with an argument of a function, class or partial of the program."""
    if f.kind is Kind.CLASS and not constructor(places, f.data):
        return f"it is passed to the class `{handed.callee}`, whose constructor could not be analyzed"
    if f.kind is Kind.PARTIAL:
        return "it is passed to a partial"
    if f.kind in (Kind.FUNCTION, Kind.BOUND, Kind.CLASS) and not callers.is_seen(places.ev, handed.call, f):
        return f"it is passed to `{handed.callee}`, which stands for a function of another name"
    if f.kind is Kind.FUNCTION and isinstance(f.data, ast.Lambda) and callers.name_of(places.ev, f.data) is None:
        return "it is passed to a lambda"
    return None


def _to_sink(places: "Places", handed: Handed, sink: "Call") -> str | None:
    """Return what is wrong with an argument of a call that takes credentials: it is to be one of them."""
    from migrate.codemod.proof.sinks import role_of, unwrapped

    node, name, values = handed.node, handed.name, places.ev.value(handed.node)
    at = handed.call.args.index(node) - sink.skip if node in handed.call.args else None
    given = name if name is not None else sink.spec.positional[at] if at is not None and 0 <= at < len(sink.spec.positional) else None
    scalar = any(places.is_part(v) for v in values)
    if handed.keyword is not None and name is None and not scalar:
        return None  # `**conf`
    scalar = scalar or any(places.is_part(v) for v in unwrapped(places.ev, values))
    if given is not None:
        credential = scalar and role_of(sink.spec, given) in (Role.KEY_ID, Role.SECRET, Role.TOKEN)
        if credential or (not scalar and given in (*sink.spec.options, *sink.spec.nested)):
            return None
    if isinstance(node, ast.Starred) or (at is not None and at < 0):
        return None
    return f"it is another argument of `{handed.callee}`"


def _to_library(places: "Places", handed: Handed, known: str) -> str | None:
    """Return what is wrong with an argument of a library's callable that does not sign."""
    values = places.ev.value(handed.node)
    if known in ("builtins.sorted", "builtins.min", "builtins.max") and not all(map(partial(told_apart, places), values)):
        return "the order of its rows may depend on the key"
    if known == "builtins.sorted" and any(k.arg == "key" for k in handed.call.keywords):
        return "it is sorted with a key function"
    if known in ("builtins.str", "builtins.bytes", "os.fspath") and any(places.has_part(v) for v in values):
        return "it is converted to a string"
    if known == "builtins.len" and of_parts(places, handed.node):
        return "its parts are counted"
    if known in PASSING or known.startswith("builtins.super()") or _is_default(places, handed, known) or _is_run(places, handed, known):
        return None
    return f"it is passed to `{handed.callee}`, which is not known to sign with it"


def _is_default(places: "Places", handed: Handed, known: str) -> bool:
    """Return whether an argument is a default, a choice or a new value that a library hands on as it is."""
    last = known.rpartition(".")[2]
    if last == "add_argument" and handed.name == "choices":
        return all(map(partial(is_table, places), places.ev.value(handed.node)))
    if known in ("dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve"):
        return handed.name is not None
    takes = known in ("click.option", "dataclasses.field", "attr.ib", "attr.field", "attrs.field")
    return handed.name == "default" and (takes or (known.startswith("argparse.") and last == "add_argument"))


def _is_run(places: "Places", handed: Handed, known: str) -> bool:
    """Return whether an argument goes to a function of the program that an executor, a thread or a partial calls with it."""
    if known.rpartition(".")[2] not in RUNNING:
        return False
    arguments = [*handed.call.args, *(k.value for k in handed.call.keywords)]
    functions = [a for a in arguments if any(v.kind in (Kind.FUNCTION, Kind.BOUND) for v in places.ev.value(a))]
    return bool(functions) and all(callers.hands(places.ev, a) is not None for a in functions)


def spread(places: "Places", call: ast.Call, argument: ast.Starred) -> str | None:
    """Return what is wrong with `*row` in a call, where the row holds a part of a key."""
    functions = [f for f in places.ev.value(call.func) if f.kind not in ABSENT]
    if any(f.kind in (Kind.FUNCTION, Kind.BOUND, Kind.CLASS, Kind.MAKER, Kind.PARTIAL) for f in functions):
        spread = callers.spread_out(places.ev, argument)
        if spread is None or (argument is not call.args[-1] and any(MISSING in values for values in spread)):
            return "it is spread with `*`, at places that are not known"
    return None


def constructor(places: "Places", cls: ast.ClassDef) -> bool:
    mro, known = classes.line(places.ev, cls)
    if any(str(v.data).startswith("enum.") for b in cls.bases for v in places.ev.value(b) if v.kind is Kind.LIBRARY):
        return False
    if any(v.kind is Kind.MAKER for b in cls.bases for v in places.ev.value(b)):
        return not any(n in places.ev.world.unit_of[cls].scopes[cls].bindings for n in ("__init__", "__new__"))
    if classes.is_record(places.ev, cls) is not None:
        return known and "?" not in (classes.is_record(places.ev, cls) or [])
    has = any("__init__" in places.ev.world.unit_of[c].scopes[c].bindings for c in mro)
    new = any("__new__" in places.ev.world.unit_of[c].scopes[c].bindings for c in mro)
    return has and not new and not any(c.keywords for c in mro)


def of_parts(places: "Places", node: ast.expr) -> bool:
    """Return whether an expression may be a container of which a part of a key is an element itself."""
    return any(has_parts(places, v) for v in places.ev.value(node))


def has_parts(places: "Places", v: Value) -> bool:
    return v.kind is Kind.OBJECT and any(places.is_part(e) for e in objects.entries(places.ev, v, frozenset({objects.ANY})))


def told_apart(places: "Places", rows: Value) -> bool:
    """Return whether rows differ in their first parts, which are literals and no part of a key: then nothing else is compared."""
    if rows.kind is not Kind.OBJECT or not isinstance(rows.data, ast.List | ast.Tuple | ast.Dict) or objects.stores(places.ev, rows):
        return not places.has_part(rows)
    if isinstance(rows.data, ast.Dict):
        return not has_parts(places, rows)  # its keys are put in order, and one of a pair's would be another
    firsts = [e.elts[0] if isinstance(e, ast.Tuple | ast.List) and e.elts else None for e in rows.data.elts]
    labels = [f.value for f in firsts if isinstance(f, ast.Constant) and not places.holds(f)]
    return len(labels) == len(firsts) == len(set(labels))


def short(node: ast.expr) -> str:
    """Return how a callee is written, cut; no part of a key can stand in names."""
    return last_name(node) or type(node).__name__.lower()
