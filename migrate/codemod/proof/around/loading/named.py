"""Which module a computed name may mean: what of it is written out, and the package that it is looked for in."""

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from migrate.codemod.proof.evaluation.names.outline import last_name
from migrate.codemod.proof.evaluation.names.scopes import Binding, BindingKind, Unit

_DEEP = 12
"""Steps that a name is followed."""


@dataclass(frozen=True, slots=True)
class Name:
    """A module's name: all of it, or what it begins with. `folder`: where it is looked for, instead of `text`."""

    text: str = ""
    exact: bool = False
    folder: Path | None = None

    def may_be(self, homes: Iterable[Path]) -> bool:
        """Return whether the module may be one of some files, or a package around one."""
        if self.folder is not None:
            return any(home.is_relative_to(self.folder) for home in homes)
        package = self.text if self.exact else self.text.rpartition(".")[0]
        last = package.rpartition(".")[2]
        if not last:
            return True
        around = (up.name for home in homes for up in home.parents)
        return last in around or (self.exact and any(last == home.stem for home in homes))


ANY = Name()
Names = frozenset[Name]
UNKNOWN: Names = frozenset({ANY})


def of_import(unit: Unit, call: ast.Call) -> Names:
    """Return the names of the module that `import_module` or `__import__` gives."""
    if not call.args or any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return UNKNOWN
    given = {k.arg: k.value for k in call.keywords}
    names = names_of(unit, call.args[0])
    if last_name(call.func) != "__import__":
        package = given.get("package") or (call.args[1] if len(call.args) > 1 else None)
        return frozenset(_relative(unit, n, package) if n.text.startswith(".") else n for n in names)
    level = given.get("level") or (call.args[4] if len(call.args) > 4 else None)
    if level is not None and not (isinstance(level, ast.Constant) and level.value == 0):
        return UNKNOWN
    listed = given.get("fromlist") or (call.args[3] if len(call.args) > 3 else None)
    if isinstance(listed, ast.List | ast.Tuple) and listed.elts:
        return names
    return frozenset(out for n in names for out in (n, _outermost(n)))


def _outermost(name: Name) -> Name:
    """Return what `__import__("a.b")` gives: the package `a`."""
    first, dot, _ = name.text.partition(".")
    return Name(first, exact=True) if name.folder is None and (dot or name.exact) else ANY


def _relative(unit: Unit, name: Name, package: ast.expr | None) -> Name:
    """Return the name that one with a dot in front means in a package."""
    if name.text.startswith("..") or package is None:
        return ANY
    if isinstance(package, ast.Constant) and isinstance(package.value, str) and package.value:
        return replace(name, text=package.value + name.text)
    if isinstance(package, ast.Name) and package.id in ("__package__", "__name__") and unit.cell(package) is None:
        return Name(folder=unit.path.parent)
    return ANY


def names_of(unit: Unit, node: ast.expr, deep: int = _DEEP) -> Names:
    """Return the names that an expression may be, as far as they are written out."""
    if deep <= 0:
        return UNKNOWN
    match node:
        case ast.Constant(value=str() as text):
            return frozenset({Name(text, exact=True)})
        case ast.JoinedStr(values=values):
            return _joined(unit, values, "", deep)
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return names_of(unit, value, deep - 1)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined(unit, [left, right], "", deep)
        case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod()):
            return frozenset({Name(text.split("%", 1)[0])})
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format")):
            return frozenset({Name(text.split("{", 1)[0])})
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as between), attr="join"), args=[listed]):
            parts = listed if isinstance(listed, ast.List | ast.Tuple) else _only_value(unit, listed)
            if isinstance(parts, ast.List | ast.Tuple) and _unchanged(unit, listed):
                return _joined(unit, parts.elts, between, deep)
        case ast.IfExp(body=body, orelse=orelse):
            return names_of(unit, body, deep - 1) | names_of(unit, orelse, deep - 1)
        case ast.Attribute(value=module, attr="__name__"):
            return _imported(unit, module)
        case ast.Attribute(value=ast.Name() as info, attr="name"):
            return _listed(unit, _bindings(unit, info), (), deep)
        case ast.Name():
            return _variable(unit, node, deep)
    return UNKNOWN


def _joined(unit: Unit, parts: list[ast.expr], between: str, deep: int) -> Names:
    """Return what texts one after another may be: up to the first that is not written out."""
    begun = {""}
    for n, part in enumerate(parts):
        found = names_of(unit, part, deep - 1)
        if any(name.folder is not None for name in found) and n:
            return frozenset(Name(b) for b in begun)
        if not all(name.exact for name in found) or len(begun) * len(found) > 64:
            return frozenset(replace(name, text=b + name.text, exact=False) for b in begun for name in found)
        begun = {b + name.text + (between if n < len(parts) - 1 else "") for b in begun for name in found}
    return frozenset(Name(b, exact=True) for b in begun)


def _bindings(unit: Unit, node: ast.Name) -> list[Binding]:
    cell = unit.cell(node) if node in unit.scope_of else None
    return cell.scope.bindings.get(cell.name, []) if cell is not None else []


def _only_value(unit: Unit, node: ast.expr) -> ast.expr | None:
    """Return what a name stands for where one assignment gives it all that it ever is."""
    found = _bindings(unit, node) if isinstance(node, ast.Name) else []
    if len(found) != 1 or found[0].kind is not BindingKind.VALUE or found[0].steps or _is_shared(unit, node):
        return None
    return found[0].value


def _is_shared(unit: Unit, node: ast.expr) -> bool:
    """Return whether another file may have set a name before it is read: that of a module, read later than when the module is run."""
    cell = unit.cell(node) if isinstance(node, ast.Name) and node in unit.scope_of else None
    return cell is None or cell.scope.is_class or (cell.scope.is_module and unit.scope_of[node] is not cell.scope)


def _unchanged(unit: Unit, node: ast.expr) -> bool:
    """Return whether a list is only read where its name is said: joined, or gone through."""
    if not isinstance(node, ast.Name):
        return True
    cell = unit.cell(node)
    for other in unit.parents:
        if not isinstance(other, ast.Name) or not isinstance(other.ctx, ast.Load) or other.id != node.id or unit.cell(other) != cell:
            continue
        match unit.parents[other]:
            case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="join")):
                continue
            case ast.For() | ast.comprehension() | ast.Compare() | ast.FormattedValue():
                continue
        return False
    return True


def _variable(unit: Unit, node: ast.Name, deep: int) -> Names:
    if (value := _only_value(unit, node)) is not None:
        return names_of(unit, value, deep - 1)
    if node in unit.scope_of and unit.cell(node) is None and node.id in ("__name__", "__package__"):
        return frozenset({Name(folder=unit.path.parent)})
    found = _bindings(unit, node)
    if not found or _is_shared(unit, node) or any(b.kind is not BindingKind.VALUE for b in found):
        return UNKNOWN
    out: set[Name] = set()
    for b in found:
        if not b.steps and isinstance(b.value, ast.Call) and last_name(b.value.func) in ("import_module", "__import__") and len(found) > 1:
            continue  # a module is no name
        if not b.steps and b.value is not None:
            out |= names_of(unit, b.value, deep - 3)
        else:
            out |= _element(unit, b, deep)
    return frozenset(out)


def _element(unit: Unit, b: Binding, deep: int) -> Names:
    """Return what a loop's variable may be: each of some texts, or the name that goes through the modules of a package."""
    if b.value is None:
        return UNKNOWN
    listed = b.value if not isinstance(b.value, ast.Name) else _only_value(unit, b.value)
    if b.steps == ("*",) and isinstance(listed, ast.List | ast.Tuple | ast.Set) and _unchanged(unit, b.value):
        return frozenset(n for e in listed.elts for n in names_of(unit, e, deep - 1))
    if b.steps == ("*",) and isinstance(listed, ast.Call) and last_name(listed.func) == "sorted" and len(listed.args) == 1:
        listed = listed.args[0]
    if b.steps == ("*",) and isinstance(listed, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        return names_of(unit, listed.elt, deep - 1)
    return _listed(unit, [b], (1,), deep)


def _listed(unit: Unit, found: list[Binding], steps: tuple[int, ...], deep: int) -> Names:
    """Return the names of the modules that `walk_packages(path, prefix)` goes through."""
    out: set[Name] = set()
    for b in found:
        call = b.value
        if b.kind is not BindingKind.VALUE or b.steps != ("*", *steps) or not isinstance(call, ast.Call):
            return UNKNOWN
        if last_name(call.func) not in ("walk_packages", "iter_modules"):
            return UNKNOWN
        prefix = next((k.value for k in call.keywords if k.arg == "prefix"), call.args[1] if len(call.args) > 1 else None)
        if prefix is None:
            return UNKNOWN
        out |= {replace(n, exact=False) for n in names_of(unit, prefix, deep - 1)}
    return frozenset(out) or UNKNOWN


def _imported(unit: Unit, module: ast.expr) -> Names:
    """Return the name of a module that is imported by imports alone: `import a.b`, then `a.b.__name__`."""
    first = module
    while isinstance(first, ast.Attribute):
        first = first.value
    found = _bindings(unit, first) if isinstance(first, ast.Name) else []
    if not found or any(b.kind is not BindingKind.IMPORT for b in found):
        return UNKNOWN
    if module is first:
        return frozenset(Name(b.module, exact=True) for b in found)
    dotted = ast.unparse(module)
    return (
        frozenset({Name(dotted, exact=True)})
        if all(b.name == b.module or b.name.startswith(b.module + ".") for b in found) and any(b.name == dotted for b in found)
        else UNKNOWN
    )


def may_be_any(names: Collection[Name], homes: Collection[Path]) -> bool:
    """Return whether one of some names may mean one of some files, or a package around one."""
    return any(name.may_be(homes) for name in names)
