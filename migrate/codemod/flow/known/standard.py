"""Calls of Python and its standard library: what passes a value on, calls a function, makes a container, reads the environment."""

import ast

from migrate.codemod.flow.evaluation.elements import elements
from migrate.codemod.flow.evaluation.lookups import attribute
from migrate.codemod.flow.kinds import BoxKind, ScopeKind, StoreKind
from migrate.codemod.flow.known.registry import LibraryCall, known
from migrate.codemod.flow.state import Arguments
from migrate.codemod.flow.values import (
    UNKNOWN,
    BoxRef,
    ClassRef,
    FuncRef,
    Instance,
    Items,
    Lib,
    ModuleRef,
    Outside,
    PartialRef,
    Scope,
    Text,
    Value,
)
from migrate.codemod.libraries.standard import DEFERRED, ENVIRONMENT, MAPPED, PASSING, STARTING


@known(also=ENVIRONMENT)
def environment(call: LibraryCall) -> set[Value]:
    """Answer `os.getenv("NAME", default)`."""
    default = call.named("default")
    outside: set[Value] = {Outside(v.text) for v in call.at(0) if isinstance(v, Text)}
    return (outside or {Outside()}) | (default if default is not None else call.at(1))


@known(also=PASSING)
def passed_on(call: LibraryCall) -> set[Value]:
    """Answer `str(x)`, `cast(T, x)`."""
    return set(call.at(1) if call.name == "typing.cast" else call.at(0))


@known(also=DEFERRED)
def deferred(call: LibraryCall) -> set[Value] | None:
    """Answer `executor.submit(f, x)`: the function is called with the rest."""
    at, args = DEFERRED[call.name], call.args
    if len(args.positional) <= at or args.star:
        return None
    rest = Arguments()
    rest.positional, rest.keywords, rest.splats = args.positional[at + 1 :], args.keywords, args.splats
    answers = set[Value]().union(*(call.walk.invoke(call.node, f, rest, call.scope) for f in call.at(at)))
    return answers if call.name == "asyncio.to_thread" else {UNKNOWN}


@known(also=STARTING)
def started(call: LibraryCall) -> None:
    """Note that `Thread(target=f, args=row)` calls the function with the elements of the row."""
    if starts(call.node):
        row, values = call.args.keywords["args"]
        rest = Arguments()
        rest.positional, rest.spread = [(row.value, values)], row.value
        for f in call.args.keywords["target"][1]:
            call.walk.invoke(call.node, f, rest, call.scope)


def starts(node: ast.Call) -> bool:
    """Return whether a `Thread(…)` says which function it calls, and with which arguments."""
    names = {k.arg for k in node.keywords}
    return {"target", "args"} <= names and "kwargs" not in names and None not in names


@known(also=MAPPED)
def mapped(call: LibraryCall) -> None:
    """Note that `map(f, rows)` calls the function with each element."""
    if call.args.star or call.args.splats:
        return
    each = Arguments()
    each.positional = [(a, elements(call.walk, a, values, a, call.scope.module)) for a, values in call.args.positional[1:]]
    each.mapped = frozenset(a for a, _ in each.positional)
    for f in call.at(0):
        if isinstance(f, PartialRef | FuncRef):
            call.walk.invoke(call.node, f, each, call.scope)


@known("functools.partial")
def partial(call: LibraryCall) -> set[Value] | None:
    """Answer `functools.partial(f, x)`."""
    if not call.node.args:
        return None
    ref = call.walk.partial_ref(call.node)
    call.walk.add(ref.partial.functions, call.at(0))
    return {ref}


@known("dict", "collections.OrderedDict")
def dict_of(call: LibraryCall) -> set[Value]:
    """Answer `dict(rows, key=x, **more)`."""
    walk, args = call.walk, call.args
    box = walk.box(BoxKind.DICT, call.scope.module, call.node)
    for key, (k, values) in args.keywords.items():
        walk.put(box, key, walk.store(StoreKind.ARGUMENT, call.scope.module, k, key, k.value, values, box))
    for _, values in args.splats:
        walk.spread(box, values)
    if args.positional:
        walk.spread(box, call.at(0))
    return {BoxRef(box)}


@known("list", "tuple", "iter", "sorted", "reversed", "set")
def listed(call: LibraryCall) -> set[Value] | None:
    """Answer `list(rows)`: of a dict the keys, else the same elements."""
    first = call.at(0)
    if not any(isinstance(v, BoxRef | Items) for v in first):
        return None
    return {UNKNOWN if isinstance(v, BoxRef) and v.box.kind is BoxKind.DICT else v for v in first}


@known("enumerate")
def enumerated(call: LibraryCall) -> set[Value] | None:
    """Answer `enumerate(rows)`: pairs, of which the second is an element."""
    first, walk = call.at(0), call.walk
    if first and all(isinstance(v, BoxRef) and v.box.kind is BoxKind.SEQ for v in first):
        return {Items(v.box, pairs=True) for v in first if isinstance(v, BoxRef)}
    if not first or not all(isinstance(v, Items) for v in first):
        return None
    module = call.scope.module
    rows = walk.box(BoxKind.SEQ, module, call.node)
    inside = elements(walk, call.node.args[0], first, call.node.func, module)
    walk.put(rows, None, walk.store(StoreKind.EACH, module, call.node, "", None, inside, rows))
    return {Items(rows, pairs=True)}


@known("type")
def type_of(call: LibraryCall) -> set[Value] | None:
    """Answer `type(x)`."""
    first = call.at(0)
    known_all = len(call.node.args) == 1 and first and all(isinstance(v, Instance) for v in first)
    return {ClassRef(v.cls) for v in first if isinstance(v, Instance)} if known_all else None


@known("getattr")
def attribute_by_name(call: LibraryCall) -> set[Value] | None:
    """Answer `getattr(x, "name", default)`, which reads what `x.name` would."""
    node, walk = call.node, call.walk
    if len(node.args) < 2 or not isinstance(node.args[1], ast.Constant) or not isinstance(node.args[1].value, str):
        return None
    wanted = ast.Attribute(value=node.args[0], attr=node.args[1].value, ctx=ast.Load())
    out = set[Value]() if call.at(0) else walk.missing()
    for v in call.at(0):
        out |= attribute(walk, wanted, v, wanted.attr)
        stores = walk.unread_again(wanted)
        walk.read(node, stores)
        if not stores:
            out |= {UNKNOWN} if walk.settled else set()
        elif not isinstance(v, ModuleRef):
            out |= call.at(2)
    return out


@known("importlib.import_module", "__import__")
def imported(call: LibraryCall) -> set[Value] | None:
    """Answer `import_module("package.module")`."""
    first = call.at(0)
    if len(first) != 1 or not isinstance(v := next(iter(first)), Text):
        return None
    name = v.text.lstrip(".")
    return {call.walk.imported_module(call.scope.module, name, len(v.text) - len(name))}


@known("super")
def above(call: LibraryCall) -> set[Value]:
    """Answer `super()`: what follows the class in the method resolution order of its objects."""
    here: Scope | None = call.scope
    while here is not None and here.kind is not ScopeKind.CLASS:
        here = here.parent
    of = (v.cls for s in call.walk.stores() if here and s.node is here.node for v in s.values if isinstance(v, ClassRef))
    cls = next(of, None)
    if cls is None:
        return {UNKNOWN}
    return {Instance(cls, above=True)} if cls.beyond() else {Lib(f"{b}()") for b in cls.outside}


def option(call: LibraryCall) -> None:
    """Note that `parser.add_argument("--name", default=x)` puts the default under the option's name."""
    walk = call.walk
    if "default" in call.args.keywords:
        k, values = call.args.keywords["default"]
        name = destination(call.args)
        walk.put(walk.options, name, walk.store(StoreKind.OPTION, call.scope.module, k, name, k.value, values, walk.options))


def destination(args: Arguments) -> str:
    """Return the attribute that `add_argument` fills (argparse's own rule)."""
    if "dest" in args.keywords:
        return next((v.text for v in args.keywords["dest"][1] if isinstance(v, Text)), "?")
    flags = [v.text for _, values in args.positional for v in values if isinstance(v, Text)]
    long = next((f for f in flags if f.startswith("--")), flags[0] if flags else "?")
    return long.lstrip("-").replace("-", "_")
