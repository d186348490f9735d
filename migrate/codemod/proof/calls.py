"""Calls: what they give, and what a parameter is given by all of them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrate.codemod.proof.scopes import FUNCTIONS
from migrate.codemod.proof.values import MISSING, NONE, NOTHING, UNKNOWN, Kind, Value, Values, const, library, text_of
from migrate.codemod.proof.world import last_name

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluate import Evaluator

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

SAME = frozenset(
    {
        "builtins.str", "builtins.list", "builtins.tuple", "builtins.iter", "copy.copy", "copy.deepcopy", "builtins.bytes",
        "asyncio.run", "os.fspath", "typing.cast", "builtins.reversed",
    }
)  # fmt: skip
"""Callables that give what they are given, as far as a key is concerned."""
HOLDING = frozenset({"builtins.dict", "types.SimpleNamespace", "pydantic.SecretStr", "pydantic.types.SecretStr", "collections.OrderedDict"})
"""Callables whose result holds what they are given."""
ENVIRONMENT = frozenset({"os.getenv", "os.environ.get", "os.environ.setdefault", "os.environ.pop"})
HANDING = {
    "functools.partial": 0, "asyncio.to_thread": 0, "threading.Timer": 1, "submit": 0, "run_in_executor": 1, "apply_async": 0, "run_sync": 0,
}  # fmt: skip
"""What calls a function with the arguments behind it, by dotted name or method; and at which place the function stands."""
TARGETING = frozenset({"threading.Thread", "multiprocessing.Process"})
MAPPING = frozenset({"map", "starmap", "imap"})


@dataclass(slots=True)
class Invocation:
    """One way in which a function is called: values by place and by name; `rest` where more may come that is not known."""

    site: ast.Call
    places: list[Values] = field(default_factory=list)
    names: dict[str, Values] = field(default_factory=dict)
    spread: list[Value] = field(default_factory=list)
    rest: bool = False


def result(ev: "Evaluator", call: ast.Call) -> Values:
    """Return what a call gives."""
    from migrate.codemod.proof import objects

    out = NOTHING
    for f in ev.value(call.func):
        match f.kind:
            case Kind.FUNCTION | Kind.BOUND:
                out |= returned(ev, f.data)
            case Kind.CLASS:
                out |= {Value(Kind.INSTANCE, f.data)}
            case Kind.MAKER:
                out |= {Value(Kind.OBJECT, call)}
            case Kind.METHOD:
                out |= objects.method(ev, f, call)
            case Kind.PARTIAL:
                out |= _of_partial(ev, f.data)
            case Kind.LIBRARY:
                out |= of_library(ev, str(f.data), call)
            case Kind.MISSING:
                pass
            case _:
                out |= {UNKNOWN}
    return out


def _of_partial(ev: "Evaluator", call: ast.Call) -> Values:
    out = NOTHING
    for f in ev.value(call.args[0]):
        if f.kind in (Kind.FUNCTION, Kind.BOUND):
            out |= returned(ev, f.data)
        elif f.kind is Kind.LIBRARY:
            out |= {library(f"{f.data}()", call)}
        else:
            out |= {UNKNOWN}
    return out


def of_library(ev: "Evaluator", name: str, call: ast.Call) -> Values:
    """Return what a call of something outside the program gives."""
    if name in ENVIRONMENT and call.args:
        out = frozenset(Value(Kind.OUTSIDE, text_of(k)) if text_of(k) is not None else UNKNOWN for k in ev.value(call.args[0]))
        default = call.args[1] if len(call.args) > 1 else next((k.value for k in call.keywords if k.arg == "default"), None)
        return out | (ev.value(default) if default is not None else {NONE})
    if name == "builtins.next" and call.args:
        found = NOTHING.union(*(ev.project(frozenset({v}), ("*",)) for v in ev.value(call.args[0])))
        return found | (ev.value(call.args[1]) if len(call.args) > 1 else NOTHING)
    if name == "builtins.type" and len(call.args) == 1:
        return frozenset(Value(Kind.CLASS, v.data) if v.kind is Kind.INSTANCE else UNKNOWN for v in ev.value(call.args[0]))
    if name in SAME and call.args:
        return ev.value(call.args[-1] if name == "typing.cast" else call.args[0])
    if name in HOLDING:
        return frozenset({Value(Kind.OBJECT, call)})
    if name in ("builtins.sorted", "builtins.set", "builtins.filter") and call.args:
        return frozenset({Value(Kind.OBJECT, call)})
    if name in ("builtins.zip", "builtins.enumerate"):
        return frozenset({Value(Kind.ROW, call, "rows")})
    if name == "builtins.getattr" and len(call.args) >= 2:
        out = NOTHING
        for key in ev.value(call.args[1]):
            text = text_of(key)
            out |= ev.attribute(ev.value(call.args[0]), text, True) if text is not None else {UNKNOWN}
        other = ev.value(call.args[2]) if len(call.args) > 2 else NOTHING
        return (out - {MISSING}) | (other if MISSING in out or not out else NOTHING)
    if name in ("dataclasses.field", "attr.ib", "attr.field", "attrs.field"):
        default = next((k.value for k in call.keywords if k.arg == "default"), None)
        factory = next((k.value for k in call.keywords if k.arg in ("default_factory", "factory")), None)
        if factory is not None:
            return NOTHING.union(*(returned(ev, f.data) if f.kind is Kind.FUNCTION else {UNKNOWN} for f in ev.value(factory)))
        return ev.value(default)
    if name in ("dataclasses.replace", "copy.replace", "attr.evolve", "attrs.evolve") and call.args:
        return ev.value(call.args[0])
    if name in ("collections.namedtuple", "typing.NamedTuple"):
        return frozenset({Value(Kind.MAKER, call)})
    if name == "functools.partial" and call.args:
        return frozenset({Value(Kind.PARTIAL, call)})
    return frozenset({library(f"{name}()", call)})


def returned(ev: "Evaluator", node: Function) -> Values:
    """Return what a function gives, whoever calls it."""
    return ev.read(("return", node), lambda: _returned(ev, node))


def own(node: ast.AST, dead: frozenset[ast.AST] = frozenset()) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body, those of functions and classes within it apart, and what never runs."""
    todo: list[ast.AST] = list(node.body) if isinstance(node.body, list) else [node.body]  # type: ignore[attr-defined]
    while todo:
        at = todo.pop()
        if at in dead:
            continue
        yield at
        if not isinstance(at, (*FUNCTIONS, ast.ClassDef)):
            todo += ast.iter_child_nodes(at)


def _returned(ev: "Evaluator", node: Function) -> Values:
    if isinstance(node, ast.Lambda):
        return ev.value(node.body)
    nodes = list(own(node, ev.dead))
    if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in nodes):
        from migrate.codemod.proof.classes import has_decorator

        if has_decorator(node, "contextmanager", "asynccontextmanager"):
            return yielded(ev, node)
        return frozenset({Value(Kind.OBJECT, node)})
    out = NOTHING.union(*(ev.value(n.value) if n.value is not None else frozenset({NONE}) for n in nodes if isinstance(n, ast.Return)))
    return out if _ends([s for s in node.body if s not in ev.dead] or node.body) else out | {NONE}


def _ends(block: list[ast.stmt]) -> bool:
    """Return whether a block always ends in `return` or `raise`."""
    last = block[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and _ends(last.body) and _ends(last.orelse)
    if isinstance(last, ast.With | ast.AsyncWith):
        return _ends(last.body)
    if isinstance(last, ast.Try):
        return (_ends(last.body) or bool(last.orelse and _ends(last.orelse))) and all(_ends(h.body) for h in last.handlers)
    return False


def yielded(ev: "Evaluator", node: Function) -> Values:
    """Return what a generator gives, one after the other."""
    out = NOTHING
    for n in own(node):
        if isinstance(n, ast.Yield):
            out |= ev.value(n.value) if n.value is not None else {NONE}
        elif isinstance(n, ast.YieldFrom):
            out |= ev.project(ev.value(n.value), ("*",))
    return out


def made(ev: "Evaluator", call: ast.Call, key: Value) -> tuple[Values, bool]:
    """Return an entry of what a call makes (`dict(…)`, SimpleNamespace, a namedtuple, SecretStr), and whether it is surely there."""
    from migrate.codemod.proof.objects import ANY, entries

    functions = ev.value(call.func)
    maker = next((f for f in functions if f.kind is Kind.MAKER), None)
    names = {str(f.data) for f in functions if f.kind is Kind.LIBRARY}
    if maker is not None:
        fields = fields_of(ev, maker.data)
        given = invocation(ev, call)
        out = NOTHING
        for n, name in enumerate(fields):
            if key is ANY or key in (const(name), const(n)):
                out |= (
                    given.places[n] if n < len(given.places) else given.names.get(name, frozenset({UNKNOWN} if given.rest else {MISSING}))
                )
        return (out, True) if fields and not given.rest else (frozenset({UNKNOWN}), False)
    if names & {"builtins.sorted", "builtins.set", "builtins.filter"}:
        return ev.project(ev.value(call.args[-1 if "builtins.filter" in names else 0]), ("*",)), True
    method = next((f for f in functions if f.kind is Kind.METHOD), None)
    if method is not None and method.more == "values":
        return entries(ev, method.data, frozenset({ANY})) - {MISSING}, True
    if names & {"pydantic.SecretStr", "pydantic.types.SecretStr"}:
        return (ev.value(call.args[0]), True) if call.args else (frozenset({UNKNOWN}), False)
    out, certain = NOTHING, key is ANY
    for k in call.keywords:
        if k.arg is not None and (key is ANY or key == const(k.arg)):
            out |= ev.value(k.value)
            certain = True
    for source in [*call.args, *(k.value for k in call.keywords if k.arg is None)]:
        for v in ev.value(source):
            found = (
                entries(ev, v, frozenset({key}))
                if v.kind is Kind.OBJECT and isinstance(v.data, ast.Dict | ast.Call | ast.arg)
                else frozenset({UNKNOWN})
            )
            certain = certain or MISSING not in found
            out |= found - {MISSING}
    return out, certain


def fields_of(ev: "Evaluator", call: ast.Call) -> list[str]:
    """Return the fields of a namedtuple by the call that makes its class; none where they are not written down."""
    if len(call.args) < 2 or call.keywords:
        return []
    listed = call.args[1]
    if isinstance(listed, ast.Constant) and isinstance(listed.value, str):
        return listed.value.replace(",", " ").split()
    if isinstance(listed, ast.List | ast.Tuple):
        if listed.elts and all(isinstance(e, ast.Tuple) and len(e.elts) == 2 for e in listed.elts):
            firsts = [e.elts[0] for e in listed.elts if isinstance(e, ast.Tuple)]
            return [e.value for e in firsts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
        out = [e.value for e in listed.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
        return out if len(out) == len(listed.elts) else []
    return []


def invocation(ev: "Evaluator", call: ast.Call, skip: int = 0) -> Invocation:
    """Return what a call hands over, the first `skip` arguments apart."""
    from migrate.codemod.proof.objects import stores

    out = Invocation(call)
    for a in call.args[skip:]:
        if not isinstance(a, ast.Starred):
            out.places.append(ev.value(a))
            continue
        rows = list(ev.value(a.value))
        fixed = len(rows) == 1 and isinstance(rows[0].data, ast.Tuple | ast.List) and not stores(ev, rows[0])
        if fixed and not any(isinstance(e, ast.Starred) for e in rows[0].data.elts):
            out.places += [ev.value(e) for e in rows[0].data.elts]
        else:
            out.rest = True
            break
    for k in call.keywords:
        if k.arg is not None:
            out.names[k.arg] = ev.value(k.value)
            continue
        for v in ev.value(k.value):
            if v.kind is Kind.OBJECT:
                out.spread.append(v)
            elif v != NONE and v.kind is not Kind.MISSING:
                out.rest = True
    return out


def parameter(ev: "Evaluator", node: ast.arg) -> Values:
    """Return what a parameter is given by all calls, its default included where a call leaves it out."""
    return ev.read(("parameter", node), lambda: _parameter(ev, node))


def _parameter(ev: "Evaluator", node: ast.arg) -> Values:
    unit = ev.world.unit_of[node]
    function: Function = unit.scope_of[node].node  # type: ignore[assignment]
    arguments = function.args
    if node in (arguments.vararg, arguments.kwarg):
        return frozenset({Value(Kind.OBJECT, node)})
    cls = unit.parents.get(function)
    names = [*arguments.posonlyargs, *arguments.args]
    if isinstance(cls, ast.ClassDef) and not isinstance(function, ast.Lambda):
        from migrate.codemod.proof.classes import below, has_decorator

        if names and node is names[0] and not has_decorator(function, "staticmethod"):
            kind = (
                Kind.CLASS if has_decorator(function, "classmethod") or function.name in ("__new__", "__init_subclass__") else Kind.INSTANCE
            )
            return frozenset(Value(kind, c) for c in below(ev, cls))
    default = default_of(arguments, node)
    out = NOTHING
    found = callers(ev, function)
    for given, bound in found:
        values = given_to(ev, node, names, given, bound)
        out |= values - {MISSING}
        if MISSING in values:
            out |= ev.value(default) if default is not None else NOTHING
    if default is not None and not found:
        out |= ev.value(default)
    if escapes(ev, function):
        out |= {UNKNOWN}
    return out


def default_of(arguments: ast.arguments, node: ast.arg) -> ast.expr | None:
    """Return a parameter's default."""
    placed = [*arguments.posonlyargs, *arguments.args]
    if node in placed:
        at = placed.index(node) - (len(placed) - len(arguments.defaults))
        return arguments.defaults[at] if at >= 0 else None
    return arguments.kw_defaults[arguments.kwonlyargs.index(node)] if node in arguments.kwonlyargs else None


def given_to(ev: "Evaluator", node: ast.arg, names: list[ast.arg], given: Invocation, bound: bool) -> Values:
    """Return what one call gives a parameter; MISSING where it leaves it out."""
    from migrate.codemod.proof.objects import entries

    if node in names:
        at = names.index(node) - bound
        if at < len(given.places):
            return given.places[at] if at >= 0 else NOTHING
    if node.arg in given.names:
        return given.names[node.arg]
    out = NOTHING
    for v in given.spread:
        out |= entries(ev, v, frozenset({const(node.arg)}))
    if given.rest:
        out |= {UNKNOWN, MISSING}
    return out or frozenset({MISSING})


def rest(ev: "Evaluator", node: ast.arg, key: Value) -> Values:
    """Return an entry of `*args` or `**kwargs`."""
    from migrate.codemod.proof.objects import ANY, entries

    unit = ev.world.unit_of[node]
    function: Function = unit.scope_of[node].node  # type: ignore[assignment]
    arguments = function.args
    taken = {a.arg for a in [*arguments.args, *arguments.kwonlyargs]}
    out: Values = frozenset({UNKNOWN}) if escapes(ev, function) else NOTHING
    for given, bound in callers(ev, function):
        if given.rest:
            out |= {UNKNOWN}
        if node is arguments.kwarg:
            for name, values in given.names.items():
                if name not in taken and (key is ANY or key == const(name)):
                    out |= values
            for v in given.spread:
                if key is ANY or text_of(key) not in taken:
                    out |= entries(ev, v, frozenset({key})) - {MISSING}
        else:
            more = given.places[max(len(arguments.posonlyargs) + len(arguments.args) - bound, 0) :]
            for n, values in enumerate(more):
                if key is ANY or key == const(n):
                    out |= values
    return out


def callers(ev: "Evaluator", function: Function) -> list[tuple[Invocation, bool]]:
    """Return every call of a function that is seen, and whether its first argument is the object."""
    out: list[tuple[Invocation, bool]] = []
    label = name_of(ev, function)
    if label is None:
        return out
    cls = ev.world.parent(function)
    constructor = isinstance(cls, ast.ClassDef) and label in ("__init__", "__new__")
    names = {label}
    if constructor:
        from migrate.codemod.proof.classes import below

        names |= {c.name for c in below(ev, cls)} | {"cls", "__class__", ""}  # type: ignore[arg-type]
    for name in names | set().union(*(other_names(ev, n) for n in names)):
        for call in ev.world.calls.get(name, ()):
            for f in ev.value(call.func):
                if f.data is function and f.kind in (Kind.FUNCTION, Kind.BOUND):
                    out.append((invocation(ev, call), f.kind is Kind.BOUND))
                elif (
                    (constructor and f.kind is Kind.CLASS and constructs(ev, f.data, function))
                    or (f == UNKNOWN and isinstance(cls, ast.ClassDef) and name == label)
                    or (name == label and f.kind is Kind.LIBRARY and str(f.data).startswith("builtins.super()"))
                ):
                    out.append((invocation(ev, call), True))
    for node in handed(ev, function):
        given = hands(ev, node)
        if given is not None:
            bound = any(f.kind is Kind.BOUND for f in ev.value(node))
            out += [(g, bound) for g in ([given] if last_name(given.site.func) != "partial" else _of_partials(ev, given))]
    return out


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
    for calls in list(ev.world.calls.values()):
        for call in calls:
            if any(f.kind is Kind.PARTIAL and f.data is given.site for f in ev.value(call.func)):
                more = invocation(ev, call)
                both = Invocation(call, [*given.places, *more.places], {**given.names, **more.names}, [*given.spread, *more.spread])
                both.rest = given.rest or more.rest
                out.append(both)
            elif any(
                v.kind is Kind.PARTIAL and v.data is given.site
                for a in [*call.args, *(k.value for k in call.keywords)]
                for v in ev.value(a)
            ):
                out.append(Invocation(call, list(given.places), dict(given.names), list(given.spread), True))
    return out or [given]


def constructs(ev: "Evaluator", cls: ast.ClassDef, function: Function) -> bool:
    """Return whether making an object of a class calls this `__init__`."""
    from migrate.codemod.proof.classes import line

    for c in line(ev, cls)[0]:
        bound = ev.world.unit_of[c].scopes[c].bindings.get("__init__", [])
        if bound:
            return any(b.node is function for b in bound)
    return False


def other_names(ev: "Evaluator", name: str) -> set[str]:
    """Return the names under which `from m import name as other` brings something in."""
    return ev.world.aliases.get(name, set())


def handed(ev: "Evaluator", function: Function) -> list[ast.expr]:
    """Return the places where a function is named and not called."""
    label = name_of(ev, function)
    if label is None:
        return []
    out: list[ast.expr] = []
    for name in {label} | other_names(ev, label):
        for node in [*ev.world.names.get(name, ()), *ev.world.attributes.get(name, ())]:
            if isinstance(node.ctx, ast.Load):
                parent = ev.world.parent(node)
                called = isinstance(parent, ast.Call) and parent.func is node
                if not called and any(f.data is function and f.kind in (Kind.FUNCTION, Kind.BOUND) for f in ev.value(node)):
                    out.append(node)
    return out


def hands(ev: "Evaluator", node: ast.expr) -> Invocation | None:
    """Return how a function that is an argument will be called; None where that is not known."""
    call = ev.world.parent(node)
    if isinstance(call, ast.keyword):
        keyword, call = call, ev.world.parent(call)
        if isinstance(call, ast.Call) and keyword.arg == "target" and any(v.data in TARGETING for v in ev.value(call.func)):
            out = Invocation(call)
            for k in call.keywords:
                if k.arg == "args" and isinstance(k.value, ast.Tuple | ast.List):
                    out.places = [ev.value(e) for e in k.value.elts]
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
        out = Invocation(call)
        if last == "starmap":
            rows = ev.project(ev.value(call.args[1]), ("*",))
            sizes = {len(v.data.elts) if isinstance(v.data, ast.Tuple) else -1 for v in rows}
            if len(sizes) == 1 and (size := sizes.pop()) > 0:
                out.places = [ev.project(rows, (n,)) for n in range(size)]
                return out
            return None
        out.places = [ev.project(ev.value(a), ("*",)) for a in call.args[1:]]
        return out
    return None


def escapes(ev: "Evaluator", function: Function) -> bool:
    """Return whether a function may be called by something that is not seen."""
    from migrate.codemod.proof.classes import KEEPING, keeps

    if name_of(ev, function) is None:
        return True
    if not isinstance(function, ast.Lambda) and not all(keeps(d, KEEPING) for d in function.decorator_list):
        return True
    cls = ev.world.parent(function)
    if isinstance(cls, ast.ClassDef) and name_of(ev, function) in ("__init__", "__new__") and class_escapes(ev, cls):
        return True
    return any(hands(ev, node) is None for node in handed(ev, function) if not harmless(ev, node))


def class_escapes(ev: "Evaluator", cls: ast.ClassDef) -> bool:
    """Return whether a class, or one below it, may be made or subclassed by something that is not seen."""
    return bool(ev.read(("class escapes", cls), lambda: frozenset({UNKNOWN}) if _class_escapes(ev, cls) else NOTHING))


def _class_escapes(ev: "Evaluator", cls: ast.ClassDef) -> bool:
    from migrate.codemod.proof.classes import CLASS_KEEPING, below, keeps, line

    for c in below(ev, cls):
        if not all(keeps(d, CLASS_KEEPING) for d in c.decorator_list):
            return True
        if any("__init_subclass__" in ev.world.unit_of[b].scopes[b].bindings for b in line(ev, c)[0]):
            return True
        for name in {c.name} | other_names(ev, c.name):
            for node in [*ev.world.names.get(name, ()), *ev.world.attributes.get(name, ())]:
                if (
                    isinstance(node.ctx, ast.Load)
                    and not _names_class(ev, node)
                    and any(v.kind is Kind.CLASS and v.data is c for v in ev.value(node))
                ):
                    return True
    return False


def _names_class(ev: "Evaluator", node: ast.expr) -> bool:
    """Return whether a class is only called, derived from, asked for an attribute, or named in an annotation or a check of types."""
    parent = ev.world.parent(node)
    if isinstance(parent, ast.Call):
        return parent.func is node or last_name(parent.func) in ("isinstance", "issubclass", "super")
    if isinstance(parent, ast.Attribute):
        return parent.attr not in ("__subclasses__", "__init__", "__new__", "__dict__", "mro")
    if isinstance(parent, ast.ClassDef):
        return node in parent.bases
    if isinstance(parent, ast.AnnAssign | ast.arg):
        return parent.annotation is node
    if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
        return parent.returns is node
    if isinstance(parent, ast.Subscript | ast.BinOp):  # `Optional[Store]`, `Store | None`, `Color["RED"]`
        return isinstance(parent, ast.BinOp) or True
    return isinstance(parent, ast.ExceptHandler | ast.MatchClass)


def harmless(ev: "Evaluator", node: ast.expr) -> bool:
    """Return whether naming a function calls it with nothing: a decorator that keeps it, a `raise`, a comparison."""
    parent = ev.world.parent(node)
    return isinstance(parent, (ast.Attribute, ast.Compare))


def constructed_with(ev: "Evaluator", cls: ast.ClassDef, fields: list[str], name: str) -> Values:
    """Return what a dataclass's constructor is given for a field."""
    from migrate.codemod.proof.classes import below

    out: Values = frozenset({UNKNOWN}) if class_escapes(ev, cls) else NOTHING
    at = fields.index(name)
    for c in below(ev, cls):
        for label in {c.name, "cls", "replace", "_replace", "evolve"} | other_names(ev, c.name):
            for call in ev.world.calls.get(label, ()):
                functions = ev.value(call.func)
                if label in ("replace", "_replace", "evolve"):
                    given = [k for k in call.keywords if k.arg == name]
                    out |= NOTHING.union(*(ev.value(k.value) for k in given))
                    if any(k.arg is None for k in call.keywords):
                        out |= {UNKNOWN}
                elif any(f.kind is Kind.CLASS and f.data is c for f in functions):
                    made_by = invocation(ev, call)
                    if ("?" in fields[: at + 1] and len(made_by.places) > fields.index("?")) or made_by.rest:
                        out |= {UNKNOWN}
                    if at < len(made_by.places):
                        out |= made_by.places[at]
                    out |= made_by.names.get(name, NOTHING)
                    for v in made_by.spread:
                        from migrate.codemod.proof.objects import entries

                        out |= entries(ev, v, frozenset({const(name)})) - {MISSING}
    return out
