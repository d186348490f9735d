"""Dicts of keys that become dicts with a profile."""

import ast
from collections import defaultdict
from collections.abc import Mapping

from migrate.codemod.edit.kinds import Put, Rename
from migrate.codemod.flow.kinds import BoxKind, StoreKind
from migrate.codemod.flow.values import Box, BoxRef, Store, in_order, spread_of
from migrate.codemod.keys.cluster import roles_of
from migrate.codemod.keys.rules import Rule
from migrate.codemod.keys.sinks import ROLES, Sink
from migrate.codemod.libraries.spec import Role, Style
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.names import quoted
from migrate.codemod.rewrite.plan import Plan, profiles_of, sink_profiles
from migrate.codemod.rewrite.removal.bindings import set_by_default
from migrate.codemod.verdict.asking import is_nothing

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


def convertible(plan: Plan) -> dict[Box, str]:
    """Return the dicts of keys that become dicts with a profile, each with the name of the profile's entry.

    Raise Blocked where a dict is passed to calls that do not agree on that name.
    """
    wanted: dict[Box, set[str]] = defaultdict(set)
    at: dict[Box, Sink] = {}
    for sink in plan.cluster.sinks:
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
                            sink.module,
                            sink.call,
                            Rule.PARTS_APART,
                            "AWS206",
                            why,
                            "pass all parts of the key in the same way, then run again",
                        )
                    box = held[0]
                    holder = next((b for b in [v.box, *spread_of(v.box)] if b.items.keys() & set(sink.spec.key_id)), box)
                    wanted[holder].add(entry_name(sink, v.box))
                    at[holder] = sink
    out: dict[Box, str] = {}
    for box, names in wanted.items():
        sink = at[box]
        if plan.facts.mapping.chain:
            continue
        single = all(len(sink_profiles(plan.facts, s)) == 1 for s in plan.cluster.sinks)
        if len(names) == 1 and "" not in names:
            out[box] = names.pop()
        elif plan.carry or not single or sink.spec.style in (Style.OPTIONS, Style.ENVIRONMENT):
            if names == {""} and all(is_taken_out(plan, s, box) for s in plan.cluster.sinks if any(a.box is box for a in s.of(*ROLES))):
                out[box] = "profile_name"
                plan.taken_out.add(box)
                continue
            raise Blocked(
                sink.module,
                sink.call,
                Rule.NAMES_DIFFER,
                "AWS206",
                "this dict of keys is passed to calls that use different names for a profile",
                "split it by hand",
            )
    return out


def entry_name(sink: Sink, box: Box) -> str:
    """Return the entry from which a call would take the profile in its dict; "" where it would not."""
    if sink.spec.style in (Style.KEYWORD, Style.OPTIONS, Style.ENVIRONMENT):
        return sink.spec.profile
    if sink.spec.style is Style.CLIENT and sink.callee.startswith("boto3."):
        others = [v.box for _, values in sink.boxes for v in values if isinstance(v, BoxRef) and v.box is not box]
        parts = {*SESSION_ENTRIES, *sink.spec.key_id, *sink.spec.secret, *sink.spec.token}
        if any(other.open or not other.keys() <= parts for other in others):
            return ""  # `**(more or CONF)`
        keys = {k for k in box.keys() if isinstance(k, str)} - set(sink.spec.key_id) - set(sink.spec.secret) - set(sink.spec.token)
        plain = "Session()" not in sink.callee and isinstance(sink.function, ast.Name | ast.Attribute)
        if keys <= SESSION_ENTRIES and plain and len(sink.boxes) == 1 and len(keys) == len(list(box.keys())) - len(
            {k for k in box.keys() if isinstance(k, str)} & {*sink.spec.key_id, *sink.spec.secret, *sink.spec.token}
        ):  # fmt: skip
            return "profile_name"
    return ""


def is_taken_out(plan: Plan, sink: Sink, box: Box) -> bool:
    """Return whether a client may take the profile out of its dict just before it gets the rest: `Session(profile_name=kw.pop(…)).client("s3", **kw)`.

    The dict has to be one of the function's own, made anew each time, that is only filled and given to this one call.
    """
    source = sink.module.source
    spread = [k.value for k in sink.call.keywords if k.arg is None]
    if sink.spec.style is not Style.CLIENT or not sink.callee.startswith("boto3.") or "Session()" in sink.callee:
        return False
    if len(spread) != 1 or not isinstance(name := spread[0], ast.Name) or box.open or spread_of(box):
        return False
    made = source.statement(box.node) if isinstance(box.node, ast.expr) else None
    target = (
        made.targets[0]
        if isinstance(made, ast.Assign) and len(made.targets) == 1
        else made.target
        if isinstance(made, ast.AnnAssign)
        else None
    )
    function = _around(sink, name)
    if not isinstance(target, ast.Name) or target.id != name.id or not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    declared = {d for n in ast.walk(function) if isinstance(n, ast.Global | ast.Nonlocal) for d in n.names}
    if plan.facts.interpreter.values_of(name) != {BoxRef(box)} or name.id in declared:
        return False
    said = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name.id]
    loops = {up for up in source.ancestors(sink.call) if isinstance(up, ast.For | ast.AsyncFor | ast.While)} - set(
        source.ancestors(box.node)
    )
    return not loops and all(_around(sink, n) is function and (n is name or n is target or _is_filled(source.parents, n)) for n in said)


def _around(sink: Sink, node: ast.AST) -> ast.AST | None:
    """Return the function, lambda, class or comprehension around a node of a sink's file."""
    scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    return next((up for up in sink.module.source.ancestors(node) if isinstance(up, scopes)), None)


def _is_filled(parents: Mapping[ast.AST, ast.AST], name: ast.Name) -> bool:
    """Return whether a dict is only given an entry where its name stands: `kw["region_name"] = …`, `kw.update(…)`."""
    up = parents[name]
    if isinstance(up, ast.Subscript):
        return isinstance(up.ctx, ast.Store) and isinstance(up.slice, ast.Constant)
    call = parents[up] if isinstance(up, ast.Attribute) and up.attr == "update" else None
    return isinstance(call, ast.Call) and not call.args and all(k.arg for k in call.keywords) and isinstance(parents[call], ast.Expr)


def convert_box(plan: Plan, box: Box, name: str) -> None:
    """Make the id's entry of a dict the profile's; the other entries of the key go by themselves."""
    for stores in box.items.values():
        for s in stores:
            roles = roles_of(s.values, plan.facts.found)
            if roles == {Role.KEY_ID}:
                convert_entry(plan, s, name)


def convert_entry(plan: Plan, s: Store, name: str) -> None:
    """Make one entry `"aws_access_key_id": KEY` an entry `"profile_name": "dev"`, and read it under that name.

    Raise Blocked where it is made or read in another way.
    """
    source = s.module.source
    profiles = profiles_of(plan.facts, s.values)
    key: ast.AST = s.node
    if s.kind is StoreKind.ENTRY and isinstance(key, ast.expr):
        text = quoted(name, source.code(key).lstrip("rRbBuUfF"))
        plan.add(s.module, Put(key, (text,)))
    elif s.kind is StoreKind.ARGUMENT and isinstance(key, ast.keyword) and key.arg:
        plan.add(s.module, Rename(key, name))
    elif s.kind is StoreKind.ITEM and isinstance(key, ast.Subscript):
        inner = key.slice
        plan.add(s.module, Put(inner, (quoted(name, source.code(inner)),)))
    elif isinstance(key, ast.Call) and set_by_default(source.statement(key)) is key:
        inner = key.args[0]
        plan.add(s.module, Put(inner, (quoted(name, source.code(inner)),)))
    else:
        raise Blocked(
            s.module, s.node, Rule.UNTRACED_BINDING, "AWS202", "this entry of a dict of keys is created in a way that cannot be traced"
        )
    plan.kept.add(s)
    plan.becoming.add(s)
    for node in plan.facts.readers.get(s, ()):
        home = plan.facts.uses.homes.get(node)
        if home is None or plan.dead(node):
            continue
        if isinstance(node, ast.keyword):
            raise Blocked(
                home,
                node,
                Rule.ENTRY_NAMES_MATTER,
                "AWS202",
                "this dict of keys is also passed to a function that expects these names",
                "rewrite by hand",
            )
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            plan.add(home, Put(node.slice, (quoted(name, home.source.code(node.slice)),)))
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            plan.add(home, Put(node.args[0], (quoted(name, home.source.code(node.args[0])),)))
    if not plan.carry and s.value is not None:
        if len(profiles) != 1:
            raise Blocked(s.module, s.node, Rule.SEVERAL_KEYS, "AWS206", "this entry may hold several keys")
        profile = next(iter(profiles)) or ""
        text = quoted(profile, source.code(s.value).lstrip("rRbBuUfF"))
        plan.add(s.module, Put(s.value, (text,)))
        plan.kill(s.value)


def check_keys_of_dicts(plan: Plan) -> None:
    """Raises Blocked where something looks at the keys of a dict some of which go or change."""
    changed = plan.removed | plan.becoming | plan.renamed
    for box in in_order(b for b in plan.cluster.boxes if b.kind is BoxKind.DICT):
        gone = {key for b in box.whole() for key, stores in b.items.items() if changed.intersection(stores)}
        for node in plan.facts.uses.by_box.get(box, ()) if gone else ():
            home = plan.facts.uses.homes.get(node)
            parent = home.source.parents.get(node) if home else None
            if home is None or plan.dead(node) or not isinstance(node, ast.expr):
                continue
            if looks_at_keys(node, parent, gone):
                raise Blocked(
                    home,
                    node,
                    Rule.ENTRY_NAMES_MATTER,
                    "AWS202",
                    "the entry names matter here, and the key's entries are among them",
                    "rewrite by hand",
                )


def looks_at_keys(node: ast.expr, parent: ast.AST | None, gone: set[object]) -> bool:
    """Return whether a dict stands where its keys are iterated over or asked for, and `gone` has some of these."""
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
