"""Dicts, lists, tuples and their like, each by the expression that makes it: what its entries may be."""

import ast
import collections
from typing import TYPE_CHECKING

from migrate.codemod.proof.evaluation.containers import classes
from migrate.codemod.proof.evaluation.names.scopes import COMPREHENSIONS
from migrate.codemod.proof.evaluation.values import (
    ABSENT,
    MISSING,
    NONE,
    NOTHING,
    RAISES,
    UNKNOWN,
    Kind,
    Value,
    Values,
    const,
    item_of,
    raising,
)
from migrate.codemod.proof.evaluation.world import last_name

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator

GROWING = {"append": 0, "add": 0, "insert": 1, "appendleft": 0}
READING = frozenset({"get", "items", "values", "keys", "copy", "index", "count", "_asdict", "get_secret_value", "_replace"})
TEXTS = frozenset({"strip", "encode", "decode", "rstrip", "lstrip", "format"})
ANY = Value(Kind.UNKNOWN, "any entry")
_METHODS = frozenset(
    {*dir(dict), *dir(list), *dir(set), *dir(collections.deque), *dir(collections.OrderedDict), "get_secret_value", "get_value", "_replace", "_asdict", "_fields",
     "from_mapping", "from_object", "from_pyfile", "from_prefixed_env", "from_envvar", "from_file", "from_json"}
)  # fmt: skip
"""What objects with entries have beside them; any other attribute may be one of a class of their own, as a member of an enum has."""


def attribute(ev: "Evaluator", owner: Value, name: str) -> Values:
    """Return `x.name` for something that holds entries, or a text."""
    method = Value(Kind.METHOD, owner, name)
    if owner.kind is not Kind.OBJECT:
        if name == "value":
            return frozenset({owner})  # an enum's member
        return frozenset({method} if hasattr(str, name) or hasattr(bytes, name) else {method, UNKNOWN})
    node = owner.data
    if isinstance(node, ast.Call) and not is_dict_call(node):
        found = entries(ev, owner, frozenset({const(name)}))
        if found - {MISSING}:
            return found
    return frozenset({method} if name in _METHODS else {method, UNKNOWN})


def is_dict_call(node: ast.Call) -> bool:
    """Return whether a call makes a dict, and not an object whose fields are attributes."""
    return isinstance(node.func, ast.Name) and node.func.id == "dict"


def element(ev: "Evaluator", value: Value, step: int | str) -> Values:
    """Return what unpacking, or going through, a value gives."""
    if value.kind is Kind.OBJECT:
        if step == "*" and isinstance(value.data, ast.Dict | ast.DictComp):
            return frozenset(k for k in keys(ev, value.data)) or frozenset({UNKNOWN})
        found = entries(ev, value, frozenset({const(step) if step != "*" else ANY}))
        return found - {MISSING} if step == "*" else raising(found)
    if value.kind is Kind.ROW:
        return row(ev, value, step)
    if value.kind is Kind.LIBRARY:
        return frozenset({item_of(value)})
    if value.kind is Kind.INSTANCE and isinstance(step, int):
        fields = classes.is_record(ev, value.data) or []
        if step < len(fields) and fields[step] != "?":
            return classes.attribute(ev, value, fields[step])
    return frozenset({RAISES}) if value.kind in ABSENT or value == NONE else frozenset({UNKNOWN})


def row(ev: "Evaluator", value: Value, step: int | str) -> Values:
    """Return an element of one tuple of `zip(a, b)`, `enumerate(a)`, `d.items()`; or such a tuple."""
    call: ast.Call = value.data
    if step == "*":
        return frozenset({Value(Kind.ROW, call, "row")}) if value.more == "rows" else _all_of_row(ev, value)
    if value.more == "rows" or not isinstance(step, int):
        return frozenset({UNKNOWN})
    name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "items" and isinstance(call.func, ast.Attribute):
        base = ev.value(call.func.value)
        if step == 0:
            return NOTHING.union(*(frozenset(keys(ev, v.data)) if v.kind is Kind.OBJECT else {UNKNOWN} for v in base))
        return NOTHING.union(*(entries(ev, v, frozenset({ANY})) - {MISSING} for v in base))
    if name == "enumerate" and call.args:
        return frozenset({UNKNOWN}) if step == 0 else ev.project(ev.value(call.args[0]), ("*",))
    if name == "zip" and step < len(call.args) and not any(isinstance(a, ast.Starred) for a in call.args):
        return ev.project(ev.value(call.args[step]), ("*",))
    return frozenset({UNKNOWN})


def _all_of_row(ev: "Evaluator", value: Value) -> Values:
    return row(ev, value, 0) | row(ev, value, 1)


def keys(ev: "Evaluator", node: ast.AST) -> set[Value]:
    """Return the keys of a dict."""
    if isinstance(node, ast.Dict):
        out = {v for k in node.keys if k is not None for v in ev.value(k)}
        if None in node.keys or stores(ev, Value(Kind.OBJECT, node)):
            out |= {UNKNOWN}
        return out
    if _is_written_out(node) and isinstance(node, ast.Call) and not stores(ev, Value(Kind.OBJECT, node)):
        return {const(k.arg) for k in node.keywords}
    return {UNKNOWN}


def _is_written_out(node: ast.AST) -> bool:
    """Return whether an expression makes a dict whose keys all stand in it: `{"a": 1}`, `dict(a=1)`."""
    if isinstance(node, ast.Call):
        return is_dict_call(node) and not node.args and all(k.arg is not None for k in node.keywords)
    return isinstance(node, ast.Dict) and None not in node.keys


def entries(ev: "Evaluator", owner: Value, wanted: Values) -> Values:
    """Return what an entry may be; MISSING among them where it may not be there. `wanted` holds the keys, or ANY."""
    if owner.kind is Kind.ROW:
        return NOTHING.union(*(row(ev, owner, k.more) if isinstance(k.more, int) else {UNKNOWN} for k in wanted))
    if owner.kind is not Kind.OBJECT:
        return frozenset({UNKNOWN}) if owner.kind not in ABSENT else NOTHING
    out = NOTHING
    for key in wanted:
        key = key if key.kind is Kind.CONST else ANY
        out |= ev.read(("entry", owner.data, owner.more, key), lambda key=key: _entry(ev, owner, key))  # type: ignore[misc]
    return out


def _entry(ev: "Evaluator", owner: Value, key: Value) -> Values:
    if key is not ANY and isinstance(owner.data, ast.List | ast.Tuple | ast.Call | ast.ListComp) and moves(ev, owner):
        key = ANY
    out, certain = made_with(ev, owner, key)
    for k, value, sure in stores(ev, owner):
        if k is None or key is ANY or k.kind is not Kind.CONST or k == key:
            out |= value
            certain = certain or (sure and k == key)
    return out if certain and not shrinks(ev, owner, key) else out | {MISSING}


def made_with(ev: "Evaluator", owner: Value, key: Value) -> tuple[Values, bool]:  # noqa: C901 - a case for each way of making an object
    """Return what an entry is where the object is made, and whether it is surely there."""
    node = owner.data
    if node is ev.world.flask:
        return ev.flask_setting(key)
    if isinstance(node, ast.Dict):
        out, certain = NOTHING, key is ANY
        for k, v in zip(node.keys, node.values, strict=True):
            if k is None:
                for spread in ev.value(v):
                    found = entries(ev, spread, frozenset({key})) if spread.kind is Kind.OBJECT else frozenset({UNKNOWN})
                    certain = certain or MISSING not in found
                    out |= found - {MISSING}
                continue
            is_key = ev.value(k)
            if key is ANY or key in is_key or any(x.kind is not Kind.CONST for x in is_key):
                if is_key == {key}:
                    out = NOTHING if not any(x is None for x in node.keys) else out  # a later entry takes the place of an earlier one
                    certain = True
                out |= ev.value(v)
        return out, certain
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        if key is ANY or any(isinstance(e, ast.Starred) for e in node.elts):
            return NOTHING.union(
                *(ev.project(ev.value(e.value), ("*",)) if isinstance(e, ast.Starred) else ev.value(e) for e in node.elts)
            ), key is ANY
        at = key.more
        if isinstance(at, int) and not isinstance(at, bool) and -len(node.elts) <= at < len(node.elts):
            return ev.value(node.elts[at]), True
        return NOTHING, False
    if isinstance(node, COMPREHENSIONS):
        return ev.value(node.value if isinstance(node, ast.DictComp) else node.elt), key is ANY  # it may be empty
    if isinstance(node, ast.BinOp):
        left, right = ([entries(ev, v, frozenset({key})) for v in ev.value(side)] for side in (node.left, node.right))
        sure = key is not ANY and bool(right) and all(MISSING not in r for r in right)  # one entry of the right is none of the others
        both = NOTHING.union(*right) if sure else NOTHING.union(*left, *right)
        return both - {MISSING}, sure or (bool(left) and all(MISSING not in x for x in left))
    if isinstance(node, ast.Call):
        return ev.made(node, key)
    if isinstance(node, ast.Subscript):  # a slice: the same elements, at other places
        return ev.project(ev.value(node.value), ("*",)), key is ANY
    if isinstance(node, ast.arg):
        return ev.rest(node, key), False
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ev.yielded(node), key is ANY
    return frozenset({UNKNOWN}), False


_CHANGING = frozenset({*GROWING, "extend", "update", "setdefault", "pop", "remove", "sort", "reverse", "popleft", "clear", "popitem"})
"""Methods that change what has entries."""


def changes(ev: "Evaluator", owner: Value) -> set[ast.AST]:
    """Return the places of the program that may change an object: targets that are stored into or deleted, and calls of its methods.

    The places of all objects are one cell, and those of each object another: who asks for one hangs on these alone.
    """
    found = ev.read(("changes", owner), lambda: ev.grouped(("changed",), ev.read(("changed",), lambda: _changed(ev)), owner))
    return {v.more for v in found}


def _changed(ev: "Evaluator") -> Values:
    bases: list[tuple[ast.AST, ast.expr]] = [(target, target.value) for target in [*ev.world.stores, *ev.world.deletes]]
    bases += [(a, a.value) for some in ev.world.attributes.values() for a in some if not isinstance(a.ctx, ast.Load)]  # SimpleNamespace
    for method in _CHANGING:
        bases += [(call, call.func.value) for call in ev.world.calls.get(method, ()) if isinstance(call.func, ast.Attribute)]
    return frozenset(Value(Kind.OBJECT, v, place) for place, base in bases for v in ev.value(base) if v.kind is Kind.OBJECT)


def stores(ev: "Evaluator", owner: Value) -> list[tuple[Value | None, Values, bool]]:
    """Return what is stored in an object after it is made: key (None: any), values, and whether that surely happens before it is read."""
    out: list[tuple[Value | None, Values, bool]] = []
    places = changes(ev, owner)
    if not places:
        return out
    for target in places:
        if isinstance(target, ast.Subscript) and target in ev.world.stores:
            value = ev.world.stores[target]
            values = ev.value(value) if value is not target else frozenset({UNKNOWN})
            found = ev.value(target.slice)
            sure = len(found) == 1 and follows(ev, owner, target)
            out += [(k if k.kind is Kind.CONST else None, values, sure) for k in found]
        elif isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Store):
            out.append((const(target.attr), ev.stored(target), False))
    calls = [place for place in places if isinstance(place, ast.Call) and isinstance(place.func, ast.Attribute)]
    for call in calls:
        place = GROWING.get(last_name(call.func))
        if place is not None:
            out.append((None, ev.value(call.args[place]) if len(call.args) > place else frozenset({UNKNOWN}), False))
    for call in calls:
        name = last_name(call.func)
        if name == "setdefault" and call.args:
            given = ev.value(call.args[1]) if len(call.args) > 1 else frozenset({NONE})
            out += [(k if k.kind is Kind.CONST else None, given, follows(ev, owner, call)) for k in ev.value(call.args[0])]
        elif name == "extend":
            out += [(None, ev.project(ev.value(a), ("*",)), False) for a in call.args]
        elif name in ("update", "setdefault"):
            out += _updated(ev, owner, call)
    return out


def _updated(ev: "Evaluator", owner: Value, call: ast.Call) -> list[tuple[Value | None, Values, bool]]:
    out: list[tuple[Value | None, Values, bool]] = []
    out += [(const(k.arg), ev.value(k.value), follows(ev, owner, call)) for k in call.keywords if k.arg is not None]
    for source in [*call.args, *(k.value for k in call.keywords if k.arg is None)]:
        for v in ev.value(source):
            if v.kind is Kind.OBJECT and _is_written_out(v.data) and v != owner:
                out += [(k, entries(ev, v, frozenset({k})) - {MISSING}, follows(ev, owner, call)) for k in keys(ev, v.data) if k != UNKNOWN]
            elif v != owner:
                out.append((None, frozenset({UNKNOWN}), False))
    return out


def follows(ev: "Evaluator", owner: Value, change: ast.AST) -> bool:
    """Return whether a change of an object stands below its making in the same block, and nothing reads the object in between."""
    node = owner.data
    if not isinstance(node, ast.expr) or (isinstance(change, ast.Call) and not isinstance(ev.world.parent(change), ast.Expr)):
        return False
    made = statement(ev, node)
    later = statement(ev, change)
    block = block_of(ev, made)
    if not isinstance(made, ast.Assign | ast.AnnAssign) or block is None or later not in block:
        return False
    targets = made.targets if isinstance(made, ast.Assign) else [made.target]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name) or made.value is not node:
        return False
    name = targets[0].id
    between = block[block.index(made) + 1 : block.index(later)]
    for s in between:
        for n in ast.walk(s):
            if isinstance(n, ast.Name) and n.id == name and not _is_base_of_store(ev, n):
                return False
            if isinstance(n, ast.Return | ast.Break | ast.Continue | ast.Raise):
                return False
    return True


def _is_base_of_store(ev: "Evaluator", name: ast.Name) -> bool:
    parent = ev.world.parent(name)
    if isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store):
        return True
    return isinstance(parent, ast.Attribute) and parent.attr in ("update", "setdefault") and isinstance(ev.world.parent(parent), ast.Call)


def statement(ev: "Evaluator", node: ast.AST) -> ast.AST:
    """Return the statement that a node stands in."""
    at: ast.AST | None = node
    while at is not None and not isinstance(at, ast.stmt):
        at = ev.world.parent(at)
    return at if at is not None else node


def block_of(ev: "Evaluator", node: ast.AST) -> list[ast.stmt] | None:
    """Return the list of statements that a statement is one of."""
    parent = ev.world.parent(node)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and node in block:
            return block
    return None


def moves(ev: "Evaluator", owner: Value) -> bool:
    """Return whether the elements of a list may change their places."""
    places = changes(ev, owner)
    if not places:
        return False
    if not places.isdisjoint(ev.world.deletes):
        return True
    return not isinstance(owner.data, ast.Dict) and any(isinstance(p, ast.Call) and last_name(p.func) in _MOVING for p in places)


_MOVING = frozenset({"insert", "pop", "remove", "sort", "reverse", "appendleft", "popleft", "clear"})


def shrinks(ev: "Evaluator", owner: Value, key: Value) -> bool:
    """Return whether an entry may be taken out again."""
    places = changes(ev, owner)
    if not places:
        return False
    for target in places:
        if isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Del) and (key is ANY or key == const(target.attr)):
            return True
        if isinstance(target, ast.Subscript) and isinstance(target.ctx, ast.Del):
            gone = ev.value(target.slice)
            if key is ANY or key in gone or any(k.kind is not Kind.CONST for k in gone):
                return True
    for call in places:
        if isinstance(call, ast.Call) and last_name(call.func) in ("pop", "popitem", "clear", "remove"):
            gone = ev.value(call.args[0]) if call.args else NOTHING
            if not gone or key is ANY or key in gone or any(k.kind is not Kind.CONST for k in gone):
                return True
    return False
