"""Every call that may be given a key or a profile, and whom it may sign with, as a set. What takes them is known from `libraries/`."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from migrate.codemod.libraries import by_callee
from migrate.codemod.libraries.clients.django_storages import SETTINGS
from migrate.codemod.libraries.sessions import CONFIGURED, ENVIRONMENT, PROFILED, READ_VARIABLES, ROLES
from migrate.codemod.libraries.spec import Role, SinkSpec, Style
from migrate.codemod.libraries.standard import HANDING
from migrate.codemod.proof.evaluation.containers.objects import ANY, entries
from migrate.codemod.proof.evaluation.containers.taken import is_taken_out
from migrate.codemod.proof.evaluation.values import MISSING, NONE, NOTHING, UNKNOWN, Kind, Values, const, in_order, text_of
from migrate.codemod.proof.evaluation.world import last_name

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator
    from migrate.codemod.proof.evaluation.names.scopes import Unit


class Signer(Enum):
    """Whose credentials sign a call."""

    AMBIENT = "the session's, or the default chain's"
    CHAIN = "the default chain's, where a key came to it by name"
    KEY = "a key's"
    PROFILE = "a profile's"
    OUTSIDE = "a key's that comes from outside"
    PROFILE_FROM_OUTSIDE = "a profile's whose name comes from outside"
    RAISES = "nobody's: a look-up fails before"
    UNKNOWN = "not known"

    __hash__ = object.__hash__


class Who(NamedTuple):
    """One who may sign, and the key, profile or variable, where one is known."""

    kind: Signer
    name: str = ""


AMBIENT = Who(Signer.AMBIENT)
"""Whatever the session, or the default chain, has."""
CHAIN = Who(Signer.CHAIN)
"""The default chain by name: what a key comes to under `--target default-chain`."""


@dataclass(eq=False, slots=True)
class Call:
    """A call that may be given credentials: what each of its roles may be."""

    node: ast.AST
    callee: str
    spec: SinkSpec
    roles: dict[Role, Values] = field(default_factory=dict)
    open: bool = False
    written: dict[Role, ast.expr] = field(default_factory=dict)
    skip: int = 0  # arguments before those of the call: `partial(f, …)`, `submit(f, …)`
    of_partial: bool = False  # a call of a partial, which may give it other credentials

    @property
    def named(self) -> bool:
        """Whether it is given any credential, or a profile."""
        return bool(self.roles)


def find(ev: "Evaluator") -> list[Call]:
    """Return every call of the program's files that a library's description fits, and what is put into the environment or Django's settings."""
    table = {**by_callee(), **PROFILED}
    lasts = {name.rpartition(".")[2] for name in table}
    out: list[Call] = []
    wanted = lasts | set(HANDING)
    for unit in list(ev.world.units.values()):
        for node in unit.parents:
            if isinstance(node, ast.ImportFrom):
                wanted |= {a.asname for a in node.names if a.asname and a.name in lasts}
    for name, calls in list(ev.world.calls.items()):
        for node in calls:
            if name not in wanted and not ev.matters(node):
                continue
            if (found := _of(ev, node, table, lasts)) is not None:
                out.append(found)
    for unit in list(ev.world.units.values()):
        out += environment(ev, unit) + settings(ev, unit)
    return joined(out)


def joined(found: list[Call]) -> list[Call]:
    """Return the calls with `Session(profile_name=…).client(…, aws_access_key_id=…)` as the one call that it is."""
    by_node = {c.node: c for c in found}
    gone: set[ast.AST] = set()
    for call in found:
        function = call.node.func if isinstance(call.node, ast.Call) else None
        session = by_node.get(function.value) if isinstance(function, ast.Attribute) else None
        if session is not None and Role.PROFILE in session.roles and Role.KEY_ID in call.roles and call.spec.style is Style.CLIENT:
            call.roles[Role.PROFILE] = session.roles[Role.PROFILE]
            if Role.PROFILE in session.written:
                call.written[Role.PROFILE] = session.written[Role.PROFILE]
            gone.add(session.node)
    return [c for c in found if c.node not in gone]


def _of(ev: "Evaluator", node: ast.Call, table: Mapping[str, SinkSpec], lasts: set[str]) -> Call | None:
    last = last_name(node.func)
    for f in in_order(ev.value(node.func)):
        name = str(f.data) if f.kind is Kind.LIBRARY else ""
        if name in CONFIGURED and len(node.args) == 2 and any(text_of(v) == "profile" for v in ev.value(node.args[0])):
            return Call(node, name, ENVIRONMENT, {Role.PROFILE: ev.value(node.args[1])}, written={Role.PROFILE: node.args[1]})
        if name in table and table[name].style is not Style.REPORT:
            return collect(ev, node, name, table[name], 0)
        at = HANDING.get(name, HANDING.get(last) if f.kind is not Kind.FUNCTION else None)
        if at is not None and len(node.args) > at:
            for g in in_order(ev.value(node.args[at])):
                if g.kind is Kind.LIBRARY and str(g.data) in table:
                    return collect(ev, node, str(g.data), table[str(g.data)], at + 1)
        if f.kind is Kind.PARTIAL and isinstance(f.data, ast.Call):
            for g in in_order(ev.value(f.data.args[0])):
                if g.kind is Kind.LIBRARY and str(g.data) in table:
                    found = collect(ev, node, str(g.data), table[str(g.data)], 0)
                    found.of_partial = True
                    return found
    if last in lasts and isinstance(node.func, ast.Attribute):
        wild = table.get(f"*.{node.func.attr}")
        if wild is not None and any(k.arg in wild.options for k in node.keywords):
            return collect(ev, node, f"*.{node.func.attr}", wild, 0)
    return None


Writes = list[tuple[str, ast.AST, ast.expr | None, Values]]


def environment(ev: "Evaluator", unit: "Unit") -> list[Call]:
    """Return what a file puts into the environment for AWS, the ids and secrets of one function paired in their order."""
    found: dict[ast.AST | None, Writes] = {}
    for node in unit.parents:
        writes: Writes = []
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and _environ(ev, target.value):
                    writes += [
                        (t, node, node.value, ev.value(node.value))
                        for k in ev.value(target.slice)
                        if (t := text_of(k)) in READ_VARIABLES and t
                    ]
        elif isinstance(node, ast.Call) and last_name(node.func) in ("setdefault", "putenv", "update"):
            base = node.func.value if isinstance(node.func, ast.Attribute) else None
            if base is not None and (_environ(ev, base) or last_name(node.func) == "putenv"):
                if last_name(node.func) == "update":
                    writes += [(k.arg, node, k.value, ev.value(k.value)) for k in node.keywords if k.arg in READ_VARIABLES and k.arg]
                    dicts = [v for a in node.args for v in ev.value(a) if v.kind is Kind.OBJECT]
                    for name in READ_VARIABLES:
                        values = NOTHING.union(*(entries(ev, v, frozenset({const(name)})) for v in dicts)) - {MISSING}
                        if values:
                            writes.append((name, node, None, values))
                elif len(node.args) == 2:
                    writes += [
                        (t, node, node.args[1], ev.value(node.args[1]))
                        for k in ev.value(node.args[0])
                        if (t := text_of(k)) in READ_VARIABLES and t
                    ]
        for write in writes:
            found.setdefault(_function_of(unit, node), []).append(write)
    return [call for writes in found.values() for call in _paired("os.environ", writes)]


def _environ(ev: "Evaluator", node: ast.expr) -> bool:
    return any(v.kind is Kind.LIBRARY and v.data == "os.environ" for v in ev.value(node))


def _function_of(unit: "Unit", node: ast.AST) -> ast.AST | None:
    at = unit.parents.get(node)
    while at is not None and not isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.If | ast.ExceptHandler):
        at = unit.parents.get(at)
    return at


def settings(ev: "Evaluator", unit: "Unit") -> list[Call]:
    """Return what a file of Django's settings gives django-storages."""
    if "INSTALLED_APPS" not in unit.module.bindings and "settings" not in unit.path.stem and "settings" not in unit.path.parent.name:
        return []
    if not any(
        _says_storages(u) for u in list(ev.world.units.values()) if "settings" in str(u.path) or "INSTALLED_APPS" in u.module.bindings
    ):
        return []
    writes: Writes = []
    for statement in unit.tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name) and target.id in SETTINGS:
                    writes.append((target.id, statement, statement.value, ev.value(statement.value)))
    if not any(name != "AWS_SESSION_TOKEN" for name, *_ in writes):
        return []
    if not writes:
        return []
    whole = Call(writes[0][1], "settings", ENVIRONMENT)  # one storage, whatever the names are that it is told by
    for name, _, value, values in writes:
        role = SETTINGS[name]
        whole.roles[role] = whole.roles.get(role, NOTHING) | values
        if value is not None:
            whole.written[role] = value
    return [whole]


def _says_storages(unit: "Unit") -> bool:
    return any(isinstance(n, ast.Constant) and isinstance(n.value, str) and "storages" in n.value for n in unit.parents)


def _paired(callee: str, writes: Writes, roles: Mapping[str, Role] = READ_VARIABLES) -> list[Call]:
    writes.sort(key=lambda w: (w[1].lineno, w[1].col_offset))  # type: ignore[attr-defined]
    out: list[Call] = []
    for role in (Role.KEY_ID, Role.PROFILE):
        for _, node, value, values in [w for w in writes if roles[w[0]] is role]:
            call = Call(node, callee, ENVIRONMENT, {role: values})
            if value is not None:
                call.written[role] = value
            out.append(call)
    for role in (Role.SECRET, Role.TOKEN):
        some = [w for w in writes if roles[w[0]] is role]
        ids = [c for c in out if Role.KEY_ID in c.roles]
        for n, write in enumerate(some):
            if n < len(ids):
                ids[n].roles[role] = write[3]
            else:
                out.append(Call(write[1], callee, ENVIRONMENT, {role: write[3]}))
    return out


def role_of(spec: SinkSpec, name: str) -> Role | None:
    """Return what a parameter's value is for: id, secret, token or profile."""
    for role, names in (
        (Role.KEY_ID, spec.key_id),
        (Role.SECRET, spec.secret),
        (Role.TOKEN, spec.token),
        (Role.PROFILE, (spec.profile,)),
    ):
        if name in names:
            return role
    return None


def collect(ev: "Evaluator", node: ast.Call, callee: str, spec: SinkSpec, skip: int) -> Call:
    """Return a call with the values of its credential arguments, written in it or in a dict that it is given."""
    out = Call(node, callee, spec, skip=skip)
    for n, a in enumerate(node.args[skip:]):
        if isinstance(a, ast.Starred):
            for v in ev.value(a.value):
                known = isinstance(v.data, ast.Tuple | ast.List) and not any(isinstance(e, ast.Starred) for e in v.data.elts)
                if v.kind is Kind.OBJECT and known:
                    for m, e in enumerate(v.data.elts):
                        if n + m < len(spec.positional):
                            _give(ev, out, spec.positional[n + m], e)
                elif any(role_of(spec, name) for name in spec.positional[n:]):
                    out.open = True
            break
        if n < len(spec.positional):
            _give(ev, out, spec.positional[n], a)
    for k in node.keywords:
        if k.arg is not None:
            _give(ev, out, k.arg, k.value)
        else:
            profile = out.roles.get(Role.PROFILE)
            _spread(ev, out, ev.value(k.value))
            if profile is None and Role.PROFILE in out.roles and is_taken_out(ev, node, k.value):
                del out.roles[Role.PROFILE]  # the session has it
    return out


def _give(ev: "Evaluator", out: Call, name: str, value: ast.expr) -> None:
    role = role_of(out.spec, name)
    if name in out.spec.options or name in out.spec.nested:
        _spread(ev, out, ev.value(value), name in out.spec.nested)
    elif role is not None and out.spec.style is not Style.OPTIONS:
        values = unwrapped(ev, ev.value(value))
        if role is Role.PROFILE and all(v.kind is Kind.LIBRARY for v in values):
            return  # credentials of a session, which is a call of its own
        out.roles[role] = out.roles.get(role, NOTHING) | values
        out.written[role] = value


def unwrapped(ev: "Evaluator", values: Values) -> Values:
    """Return what SecretStr and the like hold, in their place."""
    out = NOTHING
    for v in values:
        if v.kind is Kind.OBJECT and isinstance(v.data, ast.Call) and last_name(v.data.func) == "SecretStr":
            out |= entries(ev, v, frozenset({ANY})) - {MISSING}
        else:
            out |= {v}
    return out


def _spread(ev: "Evaluator", out: Call, values: Values, nested: bool = False) -> None:
    for v in values:
        if v.kind is not Kind.OBJECT:
            out.open = out.open or (v != NONE and not nested)
            continue
        names = [*out.spec.key_id, *out.spec.secret, *out.spec.token, out.spec.profile]
        for name in ROLES if nested else names:
            role = ROLES[name] if nested else role_of(out.spec, name)
            found = unwrapped(ev, entries(ev, v, frozenset({const(name)})))
            if found - {MISSING} and role is not None:
                spellings = out.spec.key_id if role is Role.KEY_ID else out.spec.secret if role is Role.SECRET else ()
                others = any(entries(ev, v, frozenset({const(o)})) - {MISSING} for o in spellings if o != name)
                out.roles[role] = out.roles.get(role, NOTHING) | (found - {MISSING} if others else found)
        if not nested:
            for name in (*out.spec.nested, "client_kwargs"):
                _spread(ev, out, entries(ev, v, frozenset({const(name)})) - {MISSING, UNKNOWN}, True)
        for name in out.spec.options:
            inner = entries(ev, v, frozenset({const(name)})) - {MISSING, UNKNOWN}
            if inner and not nested:
                _spread(ev, out, inner)
