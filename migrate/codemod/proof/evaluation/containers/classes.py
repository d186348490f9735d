"""Classes of the program: where an attribute comes from, and what a class's own decorators and bases may make of it."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.libraries.records import MODELS, SETTINGS
from migrate.codemod.libraries.standard import BARE_BASES, CLASS_KEEPING, GIVING_BACK, KEEPING, PLAIN_BASES
from migrate.codemod.proof.evaluation.containers import models
from migrate.codemod.proof.evaluation.containers.presence import surely_set
from migrate.codemod.proof.evaluation.names.scopes import BindingKind
from migrate.codemod.proof.evaluation.values import MISSING, NOTHING, UNKNOWN, Kind, Value, Values, text_of
from migrate.codemod.proof.evaluation.world import last_name
from migrate.codemod.proof.evaluation.wrappers import is_transparent

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator

HOOKS = ("__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__init_subclass__", "__copy__", "__deepcopy__", "__getstate__",
         "__setstate__", "__reduce__", "__reduce_ex__", "__await__", "__iter__", "__next__", "__getitem__", "__set_name__")  # fmt: skip
"""Methods by which a class decides itself what its attributes are."""


def defined(ev: "Evaluator", node: ast.AST) -> Values:
    """Return what a `def` binds its name to."""
    out = frozenset({Value(Kind.FUNCTION, node)})
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not keeps_calls(ev, node):
        out |= {UNKNOWN}
    return out


def keeps(decorator: ast.expr, names: frozenset[str]) -> bool:
    """Return whether a decorator is one of these."""
    return last_name(decorator.func if isinstance(decorator, ast.Call) else decorator) in names


def keeps_calls(ev: "Evaluator", node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a function's decorators leave it what it is for those who call it."""
    return all(keeps(d, KEEPING) or is_transparent(ev, d) for d in node.decorator_list)


def has_decorator(node: ast.AST, *names: str) -> bool:
    """Return whether a definition has one of these decorators."""
    return any(keeps(d, frozenset(names)) for d in getattr(node, "decorator_list", ()))


def bases(ev: "Evaluator", node: ast.ClassDef) -> tuple[list[ast.ClassDef], bool]:
    """Return the bases that are classes of the program, and whether all others are known to be plain."""
    own: list[ast.ClassDef] = []
    plain = not node.keywords or all(k.arg in ("frozen", "total") for k in node.keywords)
    for base in node.bases:
        for v in ev.value(base):
            if v.kind is Kind.MAKER:
                continue
            if v.kind is Kind.CLASS:
                own.append(v.data)
                plain = plain and not models.is_model(ev, v.data)  # what is below a model may check and change its fields
            elif v.data in MODELS | SETTINGS:
                plain = plain and models.is_model(ev, node)
            elif v.kind is not Kind.LIBRARY or v.data not in PLAIN_BASES:
                plain = False
    return own, plain and all(keeps(d, CLASS_KEEPING) for d in node.decorator_list)


def line(ev: "Evaluator", node: ast.ClassDef) -> tuple[list[ast.ClassDef], bool]:
    """Return a class and those above it, nearest first, and whether all is known of them."""
    out, todo, known = [], [node], True
    while todo:
        at = todo.pop(0)
        if at not in out:
            out.append(at)
            own, plain = bases(ev, at)
            todo += own
            known = known and plain
    return out, known


def below(ev: "Evaluator", node: ast.ClassDef) -> set[ast.ClassDef]:
    """Return a class and all classes of the program below it."""
    return set(ev.read(("below", node), lambda: _below(ev, node))) | {node}  # type: ignore[return-value]


def _below(ev: "Evaluator", node: ast.ClassDef) -> Values:
    out = {node}
    every = [n for unit in list(ev.world.units.values()) for n in unit.scopes if isinstance(n, ast.ClassDef) and n.bases]
    grown = True
    while grown:
        grown = False
        for other in every:
            if other not in out and not out.isdisjoint(bases(ev, other)[0]):
                out.add(other)
                grown = True
    return frozenset(out)  # type: ignore[arg-type]


def attribute(ev: "Evaluator", owner: Value, name: str) -> Values:
    """Return what `x.name` may be for a class or an object of it."""
    if not isinstance(owner.data, ast.ClassDef):
        return frozenset({UNKNOWN})  # an object of a class that is not the program's own
    if name == "__class__" and owner.kind is Kind.INSTANCE:
        return frozenset({Value(Kind.CLASS, owner.data)})
    found = ev.read(("attribute", owner.kind, owner.data, name), lambda: _attribute(ev, owner, name))
    out = NOTHING
    for v in found:
        if v.kind is Kind.INSTANCE and _decides(ev, v.data, "__get__", "__set__", "__delete__"):
            out |= {v, UNKNOWN}  # a descriptor, whose methods give what they like
        elif v.kind in (Kind.INSTANCE, Kind.CLASS) and is_enum(ev, owner.data):
            out |= {v, UNKNOWN}  # a member, which has the object as its `value`
        elif v.kind is Kind.FUNCTION and isinstance(v.data, ast.FunctionDef | ast.AsyncFunctionDef) and _is_method(ev, v.data):
            if has_decorator(v.data, "property", "cached_property"):
                out |= ev.returned(v.data) if owner.kind is Kind.INSTANCE else {UNKNOWN}
            elif has_decorator(v.data, "staticmethod"):
                out |= {v}
            elif owner.kind is Kind.INSTANCE or has_decorator(v.data, "classmethod"):
                out |= {Value(Kind.BOUND, v.data)}
            else:
                out |= {v}
        else:
            out |= {v}
    return out


def _decides(ev: "Evaluator", node: object, *methods: str) -> bool:
    """Return whether a class of the program, or one above it, has one of some special methods."""
    if not isinstance(node, ast.ClassDef):
        return False
    return any(m in ev.world.unit_of[c].scopes[c].bindings for c in line(ev, node)[0] for m in methods)


_COPIED = ("__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__getnewargs__", "__getnewargs_ex__")


def copied(ev: "Evaluator", v: Value) -> Values:
    """Return what a copy of an object is: the like of it, unless its class decides."""
    if v.kind is Kind.OBJECT:
        return frozenset(
            {v, UNKNOWN} if any(method in ev.world.functions for method in _COPIED) else {v}
        )  # which may have such objects in it
    return frozenset({v, UNKNOWN}) if v.kind is Kind.INSTANCE and _decides(ev, v.data, *_COPIED) else frozenset({v})


def awaited(ev: "Evaluator", v: Value) -> Values:
    """Return what `await x` gives: what an asynchronous function gives, and anything where a class decides."""
    return frozenset({v, UNKNOWN}) if v.kind is Kind.INSTANCE and _decides(ev, v.data, "__await__") else frozenset({v})


def is_enum(ev: "Evaluator", node: ast.ClassDef) -> bool:
    """Return whether a class is an enum."""
    return any(str(v.data).startswith("enum.") for c in line(ev, node)[0] for b in c.bases for v in ev.value(b) if v.kind is Kind.LIBRARY)


def made_by_class(ev: "Evaluator", node: ast.ClassDef) -> Values:
    """Return what a call of a class gives: an object of it, and anything where `__new__` or a metaclass decides."""
    if not isinstance(node, ast.ClassDef):
        return frozenset({UNKNOWN})  # a class that is not the program's own
    mro = line(ev, node)[0]
    decides = _decides(ev, node, "__new__") or any(k.arg == "metaclass" or k.arg is None for c in mro for k in c.keywords)
    return frozenset({Value(Kind.INSTANCE, node), UNKNOWN} if decides else {Value(Kind.INSTANCE, node)})


def _is_method(ev: "Evaluator", node: ast.AST) -> bool:
    return isinstance(ev.world.parent(node), ast.ClassDef)


def _attribute(ev: "Evaluator", owner: Value, name: str) -> Values:
    node: ast.ClassDef = owner.data
    mro, known = line(ev, node)
    if is_private(name) and len(_users(ev, name)) > 1:
        return frozenset({UNKNOWN})  # mangled: another attribute in each class
    if any(hook in ev.world.unit_of[c].scopes[c].bindings for c in mro for hook in HOOKS):
        return frozenset({UNKNOWN})
    out = NOTHING
    found = False
    for cls in mro:
        unit = ev.world.unit_of[cls]
        scope = unit.scopes[cls]
        bound = [b for b in scope.bindings.get(name, []) if b.kind is not BindingKind.DELETE]
        if bound:
            out |= NOTHING.union(*(ev.bound(unit.path, b) for b in bound))
            found = name in scope.definite or bool(is_record(ev, cls))
            if found:
                break
    related = set(mro) | (below(ev, node) if owner.kind is Kind.CLASS else set())
    stored = NOTHING
    for target in ev.world.attributes.get(name, ()):
        if isinstance(target.ctx, ast.Store):
            base = ev.value(target.value)
            if any(v.kind in (Kind.INSTANCE, Kind.CLASS) and v.data in related for v in base):
                stored |= ev.stored(target)
            elif any(
                v.kind is Kind.UNKNOWN or (v.kind is Kind.OBJECT and not isinstance(v.data, ast.Call)) or from_library(v) for v in base
            ):
                stored |= {UNKNOWN}
    for cls in mro:
        if (fields := is_record(ev, cls)) is not None and name in fields:
            stored |= ev.constructed_with(cls, fields, name)
    out |= stored
    out |= models.from_outside(ev, mro, name)
    if (
        not found
        and not any((fields := is_record(ev, cls)) is not None and name in fields for cls in mro)
        and not surely_set(ev, mro, name)
    ):
        out |= {MISSING} if known and bare(ev, mro, name) else {UNKNOWN}
    if not known:
        out |= {UNKNOWN}
    if ev.class_escapes(node) and not any(v.kind is Kind.FUNCTION for v in out):
        out |= {UNKNOWN}  # a class below it that is not seen may have its own
    return out


def bare(ev: "Evaluator", mro: list[ast.ClassDef], name: str) -> bool:
    """Return whether no base outside of the program can bring an attribute of this name."""
    if name.startswith("_"):
        return False
    outside = {v.data for cls in mro for base in cls.bases for v in ev.value(base) if v.kind is Kind.LIBRARY}
    return outside <= BARE_BASES and not ("typing.NamedTuple" in outside and name in ("index", "count"))


def is_private(name: str) -> bool:
    """Return whether Python mangles a name within a class (`__key` becomes `_Store__key`)."""
    return name.startswith("__") and not name.endswith("__")


def _users(ev: "Evaluator", name: str) -> set[ast.AST | None]:
    """Return the classes in whose bodies a private name is used, None for code outside of any."""
    out: set[ast.AST | None] = set()
    for unit in ev.world.units.values():
        out |= {node for node, scope in unit.scopes.items() if scope.is_class and name in scope.bindings}
    for use in ev.world.attributes.get(name, ()):
        at: ast.AST | None = use
        while at is not None and not isinstance(at, ast.ClassDef):
            at = ev.world.parent(at)
        out.add(at)
    return out


def from_library(v: Value) -> bool:
    """Return whether a value came out of a library, which may give back what it was given."""
    return v.kind is Kind.LIBRARY and ("(" in str(v.data) or "[" in str(v.data))


def gives_back(v: Value) -> bool:
    """Return whether a value came out of a call of a library that keeps objects of the program, and may be one of them."""
    return from_library(v) and (str(v.data).split(".")[0] in GIVING_BACK or str(v.data).startswith("?"))


def is_record(ev: "Evaluator", node: ast.ClassDef) -> list[str] | None:
    """Return the fields of a dataclass, attrs class or NamedTuple in the order of its constructor; None for any other class.

    An entry `?` is a field whose place is not understood.
    """
    for base in node.bases:
        for v in ev.value(base):
            if v.kind is Kind.MAKER:
                return fields_of(ev, v.data)
    if models.is_model(ev, node):
        return models.fields(node)
    named = any(last_name(b) == "NamedTuple" for b in node.bases)
    if not named and not has_decorator(node, "dataclass", "define", "frozen", "attrs", "s"):
        return None
    fields: list[str] = []
    for above in reversed(bases(ev, node)[0]):
        fields += [f for f in is_record(ev, above) or [] if f not in fields]
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            note = ast.dump(statement.annotation)
            if "ClassVar" in note or "InitVar" in note or "KW_ONLY" in note:
                if "ClassVar" not in note:
                    fields.append("?")
                continue
            if isinstance(statement.value, ast.Call) and any(k.arg in ("init", "kw_only", "alias") for k in statement.value.keywords):
                fields.append("?")
                continue
            if statement.target.id not in fields:
                fields.append(statement.target.id)
        elif (
            isinstance(statement, ast.Assign)
            and isinstance(statement.value, ast.Call)
            and last_name(statement.value.func) in ("ib", "field")
        ):
            fields += [t.id for t in statement.targets if isinstance(t, ast.Name)]
    if any(isinstance(d, ast.Call) and d.keywords and any(k.arg not in ("frozen", "slots", "repr", "eq", "auto_attribs", "order", "hash") for k in d.keywords)
           for d in node.decorator_list):  # fmt: skip
        return ["?", *fields]
    return fields


def is_generic(ev: "Evaluator", node: ast.ClassDef) -> bool:
    """Return whether a class in brackets (`Box[str]`) is the class: it, or one above it, takes types, and none says what the brackets mean."""
    above, _ = line(ev, node)
    spec = any(
        getattr(c, "type_params", ())
        or any(isinstance(b, ast.Subscript) and last_name(b.value) in ("Generic", "Protocol") for b in c.bases)
        for c in above
    )
    return spec and not any("__class_getitem__" in ev.world.unit_of[c].scopes[c].bindings or c.keywords for c in above)


def member_by_name(ev: "Evaluator", owner: Value, keys: Values) -> Values:
    """Return what `Enum["NAME"]` may be."""
    out = NOTHING
    for key in keys:
        text = text_of(key)
        out |= attribute(ev, owner, text) if text is not None else {UNKNOWN}
    return out


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
