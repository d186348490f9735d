"""Who calls a function: each call that is seen, what it hands over, and whether others may call that are not seen."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, overload

from migrate.codemod.libraries.standard import HANDING, MAPPING, STARTING
from migrate.codemod.proof.evaluation.containers.classes import below, has_decorator, keeps_calls, line
from migrate.codemod.proof.evaluation.containers.escapes import class_escapes, other_names
from migrate.codemod.proof.evaluation.containers.objects import stores
from migrate.codemod.proof.evaluation.values import ABSENT, MISSING, NONE, UNKNOWN, Kind, Value, Values
from migrate.codemod.proof.evaluation.world import last_name

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Places(Sequence[Values]):
    """What the arguments of a call may be, each asked for when it is looked at: who asks for one hangs on no other."""

    def __init__(self, ev: "Evaluator", some: Sequence[ast.expr | Values] = ()) -> None:
        self.ev = ev
        self.all = list(some)

    def __len__(self) -> int:
        return len(self.all)

    @overload
    def __getitem__(self, at: int) -> Values: ...
    @overload
    def __getitem__(self, at: slice) -> "Places": ...
    def __getitem__(self, at: int | slice) -> "Values | Places":
        if isinstance(at, slice):
            return Places(self.ev, self.all[at])
        found = self.all[at]
        return self.ev.value(found) if isinstance(found, ast.expr) else found


class Names(Mapping[str, Values]):
    """The same for arguments that are given by name."""

    def __init__(self, ev: "Evaluator", some: Mapping[str, ast.expr] | None = None) -> None:
        self.ev = ev
        self.all = dict(some or {})

    def __len__(self) -> int:
        return len(self.all)

    def __iter__(self) -> Iterator[str]:
        return iter(self.all)

    def __contains__(self, name: object) -> bool:
        return name in self.all

    def __getitem__(self, name: str) -> Values:
        return self.ev.value(self.all[name])


@dataclass(slots=True)
class Invocation:
    """One way in which a function is called: values by place and by name; `rest` where more may come that is not known."""

    site: ast.Call
    places: Places
    names: Names
    spread: list[Value] = field(default_factory=list)
    rest: bool = False

    @classmethod
    def at(cls, ev: "Evaluator", site: ast.Call, places: Sequence[ast.expr | Values] = ()) -> "Invocation":
        """Return one with nothing but what is given by place."""
        return cls(site, Places(ev, places), Names(ev))


def invocation(ev: "Evaluator", call: ast.Call, skip: int = 0) -> Invocation:
    """Return what a call hands over, the first `skip` arguments apart."""
    places: list[ast.expr | Values] = []
    names: dict[str, ast.expr] = {}
    out = Invocation.at(ev, call)
    for a in call.args[skip:]:
        if not isinstance(a, ast.Starred):
            places.append(a)
            continue
        spread = spread_out(ev, a)
        if spread is None or (a is not call.args[-1] and any(MISSING in values for values in spread)):
            out.rest = True
            break
        places += spread
    for k in call.keywords:
        if k.arg is not None:
            names[k.arg] = k.value
            continue
        for v in ev.value(k.value):
            if v.kind is Kind.OBJECT:
                out.spread.append(v)
            elif v != NONE and v.kind not in ABSENT:
                out.rest = True
    out.places, out.names = Places(ev, places), Names(ev, names)
    return out


def spread_out(ev: "Evaluator", argument: ast.Starred) -> list[Values] | None:
    """Return what `*rows` brings, place by place, with MISSING where not every row is as long; None where that is not known."""
    rows = [v for v in ev.value(argument.value) if v.kind not in ABSENT]
    if not rows or not all(isinstance(v.data, ast.Tuple | ast.List) and v.kind is Kind.OBJECT and not stores(ev, v) for v in rows):
        return None
    if any(isinstance(e, ast.Starred) for v in rows for e in v.data.elts):
        return None
    size = max(len(v.data.elts) for v in rows)
    return [frozenset().union(*(ev.value(v.data.elts[n]) if n < len(v.data.elts) else {MISSING} for v in rows)) for n in range(size)]


def is_seen(ev: "Evaluator", call: ast.Call, callee: Value) -> bool:
    """Return whether what a call gives a function or class of the program is among what its parameters are given."""
    if callee.kind is Kind.CLASS:
        names = {c.name for c in below(ev, callee.data)} | {"cls", "__class__", "super", ""}
        return last_name(call.func) in names.union(*(other_names(ev, n) for n in names))
    return any(given.site is call for given, _ in callers(ev, callee.data))


def callers(ev: "Evaluator", function: Function) -> list[tuple[Invocation, bool]]:
    """Return every call of a function that is seen, and whether its first argument is the object."""
    out: list[tuple[Invocation, bool]] = []
    if name_of(ev, function) is None:
        return out
    for v in ev.read(("called", function), lambda: frozenset(_called(ev, function))):
        if v == UNKNOWN:  # not converged
            continue
        out.append((invocation(ev, v.data), bool(v.more)))
    for node in handed(ev, function):
        given = hands(ev, node)
        if given is not None:
            bound = any(f.kind is Kind.BOUND for f in ev.value(node))
            out += [(g, bound) for g in ([given] if last_name(given.site.func) != "partial" else _of_partials(ev, given))]
    return out


def _called(ev: "Evaluator", function: Function) -> Iterator[Value]:
    """Yield each call of a function, with whether its first argument is the object."""
    label = name_of(ev, function) or ""
    cls = ev.world.parent(function)
    constructor = isinstance(cls, ast.ClassDef) and label in ("__init__", "__new__")
    names = {label}
    if constructor:
        names |= {c.name for c in below(ev, cls)} | {"cls", "__class__", ""}  # type: ignore[arg-type]
    for name in names | set().union(*(other_names(ev, n) for n in names)):
        for call in ev.world.calls.get(name, ()):
            for f in ev.value(call.func):
                if f.data is function and f.kind in (Kind.FUNCTION, Kind.BOUND):
                    yield Value(Kind.FUNCTION, call, f.kind is Kind.BOUND)
                elif (
                    (constructor and f.kind is Kind.CLASS and constructs(ev, f.data, function))
                    or (f == UNKNOWN and isinstance(cls, ast.ClassDef) and name == label)
                    or (name == label and f.kind is Kind.LIBRARY and str(f.data).startswith("builtins.super()"))
                ):
                    yield Value(Kind.FUNCTION, call, True)


def name_of(ev: "Evaluator", function: Function) -> str | None:
    """Return the name that a function is called by; for a lambda that of the only variable it is assigned to, None for any other."""
    if not isinstance(function, ast.Lambda):
        return function.name
    parent = ev.world.parent(function)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
        return parent.targets[0].id
    return None


def _of_partials(ev: "Evaluator", given: Invocation) -> list[Invocation]:
    """Return how a partial calls its function: what it holds, and what each call of it adds or puts in its place."""
    out: list[Invocation] = []
    for path in list(ev.world.units):
        found = ev.read(("partials", path), lambda path=path: _partials_of(ev, path))  # type: ignore[misc]
        known = _uses(ev, path) if UNKNOWN in found else ((v.data, v.more) for v in found)
        for call, called in sorted((use for partial, use in known if partial is given.site), key=_place):
            if called:
                more = invocation(ev, call)
                both = Invocation.at(ev, call, [*given.places.all, *more.places.all])
                both.names, both.spread = Names(ev, {**given.names.all, **more.names.all}), [*given.spread, *more.spread]
                both.rest = given.rest or more.rest
                out.append(both)
            else:
                out.append(Invocation(call, given.places, given.names, list(given.spread), True))
    return out or [given]


def _place(use: tuple[ast.Call, bool]) -> tuple[int, int]:
    return use[0].lineno, use[0].col_offset


def _partials_of(ev: "Evaluator", path: Path) -> Values:
    """Return the partials that a file calls or hands on, each with the call. One cell for a file: who asks for one partial hangs on few values."""
    return frozenset(Value(Kind.PARTIAL, partial, use) for partial, use in _uses(ev, path))


def _uses(ev: "Evaluator", path: Path) -> Iterator[tuple[ast.Call, tuple[ast.Call, bool]]]:
    """Yield each partial of a file with the call that calls it, or that is given it."""
    for call in ev.world.calls_of[path]:
        called = {f.data for f in ev.value(call.func) if f.kind is Kind.PARTIAL}
        given = {v.data for a in [*call.args, *(k.value for k in call.keywords)] for v in ev.value(a) if v.kind is Kind.PARTIAL}
        yield from ((partial, (call, True)) for partial in called)
        yield from ((partial, (call, False)) for partial in given - called)


def constructs(ev: "Evaluator", cls: ast.ClassDef, function: Function) -> bool:
    """Return whether making an object of a class calls this `__init__`."""
    for c in line(ev, cls)[0] if isinstance(cls, ast.ClassDef) else ():  # a class outside of the program has none of its functions
        bound = ev.world.unit_of[c].scopes[c].bindings.get("__init__", [])
        if bound:
            return any(b.node is function for b in bound)
    return False


def handed(ev: "Evaluator", function: Function) -> list[ast.expr]:
    """Return the places where a function is named and not called."""
    if name_of(ev, function) is None:
        return []
    return [v.data for v in ev.read(("handed", function), lambda: frozenset(_handed(ev, function))) if v != UNKNOWN]


def _handed(ev: "Evaluator", function: Function) -> Iterator[Value]:
    label = name_of(ev, function) or ""
    for name in {label} | other_names(ev, label):
        for node in [*ev.world.names.get(name, ()), *ev.world.attributes.get(name, ())]:
            if isinstance(node.ctx, ast.Load):
                parent = ev.world.parent(node)
                called = isinstance(parent, ast.Call) and parent.func is node
                if not called and any(f.data is function and f.kind in (Kind.FUNCTION, Kind.BOUND) for f in ev.value(node)):
                    yield Value(Kind.FUNCTION, node)


def hands(ev: "Evaluator", node: ast.expr) -> Invocation | None:
    """Return how a function that is an argument will be called; None where that is not known."""
    call = ev.world.parent(node)
    if isinstance(call, ast.keyword):
        keyword, call = call, ev.world.parent(call)
        if isinstance(call, ast.Call) and keyword.arg == "target" and any(v.data in STARTING for v in ev.value(call.func)):
            out = Invocation.at(ev, call)
            for k in call.keywords:
                if k.arg == "args" and isinstance(k.value, ast.Tuple | ast.List):
                    out.places = Places(ev, k.value.elts)
                elif k.arg == "kwargs" and isinstance(k.value, ast.Dict):
                    out.spread = [Value(Kind.OBJECT, k.value)]
                elif k.arg in ("args", "kwargs"):
                    return None
            return out
        return None
    if not isinstance(call, ast.Call) or node not in call.args:
        return None
    names = {str(v.data) for v in ev.value(call.func) if v.kind is Kind.LIBRARY}
    last = last_name(call.func)
    place = next((HANDING[n] for n in names if n in HANDING), None)
    if place is None and last in HANDING and not any(v.kind in (Kind.FUNCTION, Kind.BOUND) for v in ev.value(call.func)):
        place = HANDING[last]
    if place is not None and call.args.index(node) == place:
        return invocation(ev, call, place + 1)
    if last in MAPPING and call.args.index(node) == 0 and len(call.args) >= 2:
        if last == "starmap":
            rows = ev.project(ev.value(call.args[1]), ("*",))
            sizes = {len(v.data.elts) if isinstance(v.data, ast.Tuple) else -1 for v in rows}
            if len(sizes) == 1 and (size := sizes.pop()) > 0:
                return Invocation.at(ev, call, [ev.project(rows, (n,)) for n in range(size)])
            return None
        return Invocation.at(ev, call, [ev.project(ev.value(a), ("*",)) for a in call.args[1:]])
    return None


def escapes(ev: "Evaluator", function: Function) -> bool:
    """Return whether a function may be called by something that is not seen."""
    if name_of(ev, function) is None:
        return True
    if not isinstance(function, ast.Lambda) and not keeps_calls(ev, function):
        return True
    cls = ev.world.parent(function)
    if isinstance(cls, ast.ClassDef) and not isinstance(function, ast.Lambda):
        if called_by_python(function):
            return True
        if function.name in ("__init__", "__new__") and class_escapes(ev, cls):
            return True
    return any(hands(ev, node) is None for node in handed(ev, function) if not harmless(ev, node))


def called_by_python(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a method is called by what looks like no call of it: `x()`, `x + y`, `with x`, `x.name = value`."""
    name = function.name
    special = name.startswith("__") and name.endswith("__") and name not in ("__init__", "__new__")
    return special or has_decorator(function, "setter", "deleter")


def harmless(ev: "Evaluator", node: ast.expr) -> bool:
    """Return whether naming a function calls it with nothing: one of its names is asked for, or an attribute set, or it is compared."""
    parent = ev.world.parent(node)
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("__name__", "__doc__", "__module__", "__qualname__") or isinstance(parent.ctx, ast.Store)
    return isinstance(parent, ast.Compare)
