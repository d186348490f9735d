"""What `base.name` and `base[key]` give, for each kind of value that the base may be."""

import ast

from migrate.codemod.flow.evaluation import choice
from migrate.codemod.flow.kinds import BoxKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.state import Walk, canonical, of_library
from migrate.codemod.flow.values import (
    UNKNOWN,
    Box,
    BoxRef,
    Class,
    ClassRef,
    Const,
    FuncRef,
    Instance,
    Lib,
    Method,
    ModuleRef,
    Outside,
    Store,
    Tainted,
    Text,
    Value,
)
from migrate.codemod.libraries.frameworks import FLASK_SETTINGS
from migrate.codemod.libraries.records import SETTINGS
from migrate.codemod.libraries.sessions import SDKS


def attribute(walk: Walk, node: ast.Attribute, base: Value, name: str) -> set[Value]:
    """Return what `base.name` may be."""
    match base:
        case ModuleRef(module):
            return of_module(walk, node, module, name)
        case Lib(dotted):
            return of_library_name(walk, node, dotted, name)
        case Instance(cls) if name == "__class__":
            return {ClassRef(cls)}
        case Instance() | ClassRef():
            return of_class(walk, node, base, name)
        case Text() if name == "value":
            return {base}  # an enum's member
        case Text() | BoxRef() | Outside() | Const() | Tainted():
            return {Method(base, name)}
    return {UNKNOWN}


def of_module(walk: Walk, node: ast.Attribute, module: Module, name: str) -> set[Value]:
    """Return what a name of a module of the program may be."""
    stores = walk.module_stores(module, name)
    if stores:
        walk.read(node, stores)
        return set().union(*(s.values for s in stores))
    inner = walk.imports.find(module.path, name, 1) if module.path.name == "__init__.py" else None
    return {ModuleRef(walk.modules[inner])} if inner in walk.modules else walk.missing()


def of_library_name(walk: Walk, node: ast.Attribute, dotted: str, name: str) -> set[Value]:
    """Return what an attribute of something of a library may be: a module of the program below it, an option, a setting."""
    full = canonical(f"{dotted}.{name}")
    if full in walk.submodules:
        return {walk.submodules[full]}
    if dotted.startswith("argparse.") and dotted.endswith(("parse_args()", "parse_known_args()")):
        stores = walk.options.at(name)
        walk.read(node, stores)
        return set().union({Outside(name)}, *(s.values for s in stores))
    if full in FLASK_SETTINGS:
        return {BoxRef(walk.flask)}
    if dotted == "django.conf.settings":
        return django_setting(walk, node, name)
    return {of_library(full)}


def of_class(walk: Walk, node: ast.Attribute, base: Instance | ClassRef, name: str) -> set[Value]:
    """Return what an attribute of an object or class of the program may be."""
    found: set[Value] = set()
    stores: list[Store] = []
    for c in base.lineage():
        stores += c.scope.stores.get(name, [])
        stores += c.attributes.get(name, [])
    walk.read(node, stores)
    if name == "_replace" and not stores and base.cls.fields and isinstance(base, Instance):
        return {Method(base, name)}
    for value in set[Value]().union(*(s.values for s in stores)):
        if isinstance(value, FuncRef):
            found |= method(walk, value, isinstance(base, Instance))
        else:
            found.add(value)
    outside = [b for c in base.cls.lineage() for b in c.outside]
    if any(b in SETTINGS for b in outside):
        found.add(Outside(name))
    if not stores:
        found |= {Lib(canonical(f"{b}().{name}")) for b in outside if b.partition(".")[0] in SDKS}
    return found or walk.missing()


def method(walk: Walk, ref: FuncRef, on_instance: bool) -> set[Value]:
    """Return what a function gives that is taken from an object: a property's value, or the function bound."""
    node = ref.function.node
    if not isinstance(node, ast.Lambda):
        names = {ast.unparse(d).split(".")[-1] for d in node.decorator_list}
        if on_instance and names & {"property", "cached_property"}:
            return set(ref.function.returns) or walk.missing()
        if names & {"staticmethod"}:
            return {ref}
        if names & {"classmethod"}:
            return {FuncRef(ref.function, bound=True)}
    return {FuncRef(ref.function, bound=on_instance)}


def django_setting(walk: Walk, node: ast.AST, name: str) -> set[Value]:
    """Return what `django.conf.settings.NAME` may be, in the settings modules of the program."""
    found: set[Value] = set()
    for module in walk.modules.values():
        if "settings" in module.path.stem or "settings" in module.path.parent.name:
            stores = walk.module_stores(module, name)
            walk.read(node, stores)
            found |= set().union(*(s.values for s in stores))
    return found or walk.missing()


def subscript(walk: Walk, node: ast.Subscript, base: Value, key: set[Value]) -> set[Value]:
    """Return what `base[key]` may be."""
    if isinstance(base, BoxRef) and isinstance(node.slice, ast.Slice) and (part := slice_of(walk, node, base.box)) is not None:
        return {BoxRef(part)}
    if isinstance(base, BoxRef):
        stores: list[Store] = []
        wanted = {k.text if isinstance(k, Text) else k.value for k in key if isinstance(k, Text | Const)}
        known = wanted <= base.box.keys() or (bool(wanted) and base.box.kind is BoxKind.DICT and base.box.closed())
        exact = len(wanted) == len(key) and not isinstance(node.slice, ast.Slice) and known
        if exact:
            for k in wanted:
                stores += base.box.at(k)
            if not choice.is_fixed(node.slice, walk.reads):
                stores += choice.alike(base.box, stores)
        else:
            stores = base.box.all()
        walk.read(node, stores)
        found = set().union(*(s.values for s in stores)) if stores else set()
        if base.box.open:
            found |= {UNKNOWN}
        return found or walk.missing()
    if isinstance(base, Lib) and base.name == "os.environ":
        return {Outside(k.text) for k in key if isinstance(k, Text)} or {Outside()}
    if isinstance(base, Lib) and base.name == "sys.argv" and key and all(isinstance(k, Const) and type(k.value) is int for k in key):
        return {Outside(f"sys.argv[{k.value}]") for k in key if isinstance(k, Const)}
    if isinstance(base, Text | Tainted):
        return {Tainted(base.origins)}
    if base == Const(None):
        return set()  # an exception
    if isinstance(base, ClassRef) and any(is_generic(c.node) for c in base.cls.upwards()):
        return {base}  # `Box[str]`
    if isinstance(base, Instance) and (method := attribute_stores(base, "__getitem__")):
        return set().union(*(f.function.returns for s in method for f in s.values if isinstance(f, FuncRef))) or walk.missing()
    return {UNKNOWN}


def slice_of(walk: Walk, node: ast.Subscript, box: Box) -> Box | None:
    """Return a slice of a list of containers: the same elements, each at some place; None of one that holds texts itself."""
    if box.kind is not BoxKind.SEQ or any(isinstance(v, Text | Tainted) for s in box.all() for v in s.values):
        return None
    part = walk.box(BoxKind.SEQ, walk.module_at(node), node)
    for s in box.all():
        walk.put(part, None, s)
    part.open = part.open or box.open
    return part


def attribute_stores(base: Instance, name: str) -> list[Store]:
    """Return the bindings of an instance's attribute."""
    return [s for c in base.lineage() for s in [*c.scope.stores.get(name, ()), *c.attributes.get(name, ())]]


def is_generic(node: ast.ClassDef) -> bool:
    """Return whether a class says of itself that it takes types in brackets."""
    named = any(isinstance(b, ast.Subscript) and ast.unparse(b.value).rpartition(".")[2] in ("Generic", "Protocol") for b in node.bases)
    return named or bool(getattr(node, "type_params", ()))


def field_names(walk: Walk, cls: Class) -> list[str]:
    """Return the fields of a dataclass, NamedTuple or model, in the order of its constructor."""
    places = _fields(walk, cls)
    return sorted(places, key=lambda name: places[name])  # stable: those by name alone come last


def _fields(walk: Walk, cls: Class) -> dict[str, bool]:
    """Return the fields of a class and its bases, and whether each is given by name alone."""
    found: dict[str, bool] = {}
    for c in reversed(cls.bases):
        found.update(_fields(walk, c))
    for s in cls.node.body:
        name = walk.field_of(s)
        options = (
            {k.arg: k.value for k in s.value.keywords}
            if isinstance(s, ast.Assign | ast.AnnAssign) and isinstance(s.value, ast.Call)
            else {}
        )
        if name and not _is(options.get("init"), False):
            found[name] = _is(options.get("kw_only"), True)
    return found


def _is(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value
