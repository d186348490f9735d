"""The calls of a program that sign with keys: which arguments hold id, secret and token, wherever they were written down."""

import ast
import re
from dataclasses import dataclass, field

from migrate.codemod.flow.interpreter import Interpreter
from migrate.codemod.flow.kinds import BoxKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import UNKNOWN, Box, BoxRef, Const, Lib, PartialRef, Store, Text, Value
from migrate.codemod.libraries import by_callee
from migrate.codemod.libraries.sessions import ROLES as NESTED
from migrate.codemod.libraries.spec import Role, SinkSpec, Style
from migrate.codemod.libraries.standard import DEFERRED

HANDING_ON = {"functools.partial": 0, **DEFERRED}
ROLES: tuple[Role, ...] = (Role.KEY_ID, Role.SECRET, Role.TOKEN)


@dataclass(eq=False, slots=True)
class Argument:
    """One argument of a sink: written in the call (`at` is the keyword or expression), or an entry of a dict that the call takes."""

    role: Role
    name: str
    values: set[Value]
    at: ast.keyword | ast.expr | None = None
    node: ast.expr | None = None
    box: Box | None = None
    stores: list[Store] = field(default_factory=list)
    nested: bool = False


@dataclass(eq=False, slots=True)
class Sink:
    """One call (or `functools.partial`) that signs."""

    module: Module
    call: ast.Call
    callee: str
    spec: SinkSpec
    function: ast.expr
    positional: list[ast.expr]
    arguments: list[Argument] = field(default_factory=list)
    boxes: list[tuple[ast.expr, set[Value]]] = field(default_factory=list)  # `**X`, or the dict of an options parameter
    open: bool = False  # something is handed over that is not followed
    reach: list["Sink"] = field(default_factory=list)  # the clients that a session makes (`migrate.codemod.keys.reach`)
    surroundings: bool = False  # the program sets AWS_ENDPOINT_URL for all that name no endpoint
    away: bool = False  # and that is plainly not AWS's

    def of(self, *roles: Role) -> list[Argument]:
        """Return the arguments of these roles."""
        return [a for a in self.arguments if a.role in roles]

    def named(self, name: str) -> list[Argument]:
        """Return the arguments for one parameter."""
        return [a for a in self.arguments if a.name == name and not a.nested]


def find_sinks(interpreter: Interpreter) -> list[Sink]:
    """Return every call that a library module describes, with at least one credential argument."""
    found = []
    for call, functions in interpreter.invoked.items():
        if not isinstance(call, ast.Call) or call not in interpreter.scopes:
            continue
        scope = interpreter.scopes[call]
        function, positional = call.func, list(call.args)
        values = functions
        at = next((HANDING_ON[f.name] for f in functions if isinstance(f, Lib) and f.name in HANDING_ON), None)
        if at is not None and len(call.args) > at:
            function, positional = call.args[at], list(call.args[at + 1 :])
            values = interpreter.values_of(function)
        match = match_spec(call, function, values)
        if match is None:
            continue
        sink = Sink(scope.module, call, match[0], match[1], function, positional)
        collect(interpreter, sink)
        if sink.of(*ROLES):
            found.append(sink)
    for sink in found:
        if sink.function is not sink.call.func:
            add_of_partial(interpreter, sink)
    return found


def add_of_partial(interpreter: Interpreter, sink: Sink) -> None:
    """Add the endpoints that calls of a `functools.partial` give."""
    partials = {v.partial for v in interpreter.values_of(sink.call) if isinstance(v, PartialRef)}
    names, given = sink.spec.positional, len(sink.positional)
    for call, functions in interpreter.invoked.items():
        if not any(isinstance(f, PartialRef) and f.partial in partials for f in functions) or call is sink.call:
            continue
        added = [(names[given + i], a) for i, a in enumerate(call.args) if given + i < len(names)] + [
            (k.arg or "", k.value) for k in call.keywords
        ]
        for name, value in added:
            values = interpreter.values_of(value)
            if name in sink.spec.endpoint:
                sink.arguments.append(Argument(Role.ENDPOINT, name, values or {UNKNOWN}))
            elif not name or name in sink.spec.nested:  # `**more`
                add_nested(interpreter, sink, values)


def match_spec(call: ast.Call, function: ast.expr, values: set[Value]) -> tuple[str, SinkSpec] | None:
    """Return the description of what is called."""
    table = by_callee()
    for v in values:
        if isinstance(v, Lib) and v.name in table:
            return v.name, table[v.name]
        if isinstance(v, Lib) and v.name.endswith(("set_credentials", "create_client")) and v.name in table:
            return v.name, table[v.name]
    name = function.attr if isinstance(function, ast.Attribute) else None
    if name and (wild := table.get(f"*.{name}")) and any(k.arg in wild.options for k in call.keywords):
        return f"*.{name}", wild
    return None


def collect(interpreter: Interpreter, sink: Sink) -> None:
    """Fill in a sink's arguments."""
    spec, call = sink.spec, sink.call
    for i, expr in enumerate(sink.positional):
        if isinstance(expr, ast.Starred):
            sink.open = True
            break
        name = spec.positional[i] if i < len(spec.positional) else f"#{i}"
        add_argument(interpreter, sink, name, expr, expr)
    for k in call.keywords:
        if k.arg is not None:
            add_argument(interpreter, sink, k.arg, k, k.value)
            continue
        values = interpreter.values_of(k.value)
        sink.boxes.append((k.value, values))
        for v in values:
            if isinstance(v, BoxRef):
                add_entries(interpreter, sink, v.box)
            else:
                sink.open = True


def add_argument(interpreter: Interpreter, sink: Sink, name: str, at: ast.keyword | ast.expr, value: ast.expr) -> None:
    """Add one argument that is written in the call."""
    values = interpreter.values_of(value)
    if name in sink.spec.options:
        sink.boxes.append((value, values))
        for v in values:
            if isinstance(v, BoxRef):
                add_entries(interpreter, sink, v.box)
            elif v != Const(None):
                sink.open = True
        return
    if name in sink.spec.nested:
        add_nested(interpreter, sink, values)
    role = Role.OTHER if sink.spec.style is Style.OPTIONS and name not in sink.spec.endpoint else role_of(sink.spec, name)
    sink.arguments.append(Argument(role, name, values, at, value))


def add_entries(interpreter: Interpreter, sink: Sink, box: Box, nested: bool = False) -> None:
    """Add the entries of a dict that the call takes."""
    if box.open or box.kind is not BoxKind.DICT:
        sink.open = sink.open or not nested
    for key in sorted(box.keys(), key=str):
        stores = box.at(key)
        values = set[Value]().union(*(s.values for s in stores)) if stores else set()
        name = key if isinstance(key, str) else "?"
        role = nested_role(name) if nested else role_of(sink.spec, name)
        sink.arguments.append(Argument(role, name, values, None, None, box, stores, nested))
        if name in sink.spec.options and not nested:  # xarray: backend_kwargs={"storage_options": {…}}
            for store in stores:
                sink.boxes += [(store.value, {v}) for v in store.values if isinstance(v, BoxRef) and store.value is not None]
            for v in values:
                if isinstance(v, BoxRef) and v.box is not box:
                    add_entries(interpreter, sink, v.box)
        if name in sink.spec.nested and not nested:
            add_nested(interpreter, sink, values)


def add_nested(interpreter: Interpreter, sink: Sink, values: set[Value]) -> None:
    """Add the entries of a dict within the arguments (`client_kwargs`), which may name an endpoint; where it is not known, it may name any."""
    for v in values:
        if isinstance(v, BoxRef):
            add_entries(interpreter, sink, v.box, nested=True)
    unknown: set[Value] = {v for v in values if not isinstance(v, BoxRef) and v != Const(None)}
    if any(isinstance(v, BoxRef) and v.box.open for v in values):
        unknown.add(UNKNOWN)
    if unknown:
        sink.arguments.append(Argument(Role.ENDPOINT, "endpoint_url", unknown, nested=True))


def role_of(spec: SinkSpec, name: str) -> Role:
    """Return what a parameter's value is for."""
    if name in spec.key_id:
        return Role.KEY_ID
    if name in spec.secret:
        return Role.SECRET
    if name in spec.token:
        return Role.TOKEN
    if name in spec.endpoint:
        return Role.ENDPOINT
    return Role.PROFILE if name == spec.profile else Role.OTHER


def nested_role(name: str) -> Role:
    """Return the same for `client_kwargs`, whose names are botocore's."""
    return Role.ENDPOINT if name == "endpoint_url" else NESTED.get(name, Role.OTHER)


def elsewhere(sink: Sink) -> bool | None:
    """Return whether a sink talks to something that is not AWS; None where its endpoint is not known."""
    known: bool | None = False
    for a in sink.of(Role.ENDPOINT):
        for v in a.values:
            if v == Const(None) or (isinstance(v, Text) and v.text == ""):
                continue
            if isinstance(v, Text) and not is_aws(v.text):
                return True
            if not isinstance(v, Text):
                known = None
    if known is False and sink.surroundings:
        return True if sink.away else None
    if known is False and sink.reach:
        reached = {elsewhere(client) for client in sink.reach}
        return reached.pop() if len(reached) == 1 else None
    return known


def is_aws(url: str) -> bool:
    """Return whether a URL's host is AWS's own: https://docs.aws.amazon.com/general/latest/gr/rande.html"""
    host = re.split(r"[/?#\\]", url.split("://", 1)[-1], maxsplit=1)[0].rsplit("@", 1)[-1].split(":", 1)[0].lower().rstrip(".")
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".aws.dev", ".amazonaws.eu")) or host == "amazonaws.com"
