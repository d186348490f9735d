"""What each expression may be: all that is ever stored in a name, attribute, entry or parameter, in any file, taken together."""

import ast
import builtins
from collections.abc import Callable
from pathlib import Path

from migrate.codemod.proof.evaluation import callers, operators, parameters, results
from migrate.codemod.proof.evaluation.cells import Cells
from migrate.codemod.proof.evaluation.containers import choice, classes, objects, presence
from migrate.codemod.proof.evaluation.containers.escapes import class_escapes
from migrate.codemod.proof.evaluation.frameworks import flask, outside
from migrate.codemod.proof.evaluation.names.conditions import narrowed
from migrate.codemod.proof.evaluation.names.reads import reads
from migrate.codemod.proof.evaluation.names.scopes import COMPREHENSIONS, Binding, BindingKind, Scope, Unit
from migrate.codemod.proof.evaluation.values import (
    ABSENT,
    MISSING,
    NOTHING,
    RAISES,
    SOMETHING,
    UNKNOWN,
    Kind,
    Value,
    Values,
    const,
    library,
    raising,
    unknown,
)
from migrate.codemod.proof.evaluation.world import World

_LONGEST = 6


class Evaluator:
    """All cells of a program."""

    def __init__(self, world: World, signers: frozenset[str], dead: frozenset[ast.AST] = frozenset()) -> None:
        self.world = world
        self.signers = signers  # the texts that say who signs: ids of keys that go, and the profiles that come
        self.dead = dead  # statements that never run
        self.cells = Cells(lambda: world.grown)
        self._groups: dict[tuple[object, ...], tuple[Values, dict[object, Values]]] = {}
        self.heated: set[ast.AST] | None = None  # the statements that have to do with a key; None: all of them

    @property
    def converged(self) -> bool:
        """Whether all values are known to the end."""
        return self.cells.converged

    def matters(self, node: ast.AST) -> bool:
        """Return whether a node stands in a statement that may have to do with a key."""
        if self.heated is None:
            return self.world.unit_of[node].path in self.world.program
        parents = self.world.unit_of[node].parents
        at: ast.AST | None = node
        while at is not None and not isinstance(at, ast.stmt | ast.ExceptHandler | ast.match_case):
            at = parents.get(at)
        return at in self.heated

    # cells

    def read(self, key: tuple[object, ...], compute: Callable[[], Values]) -> Values:
        """Return the values of a cell."""
        known = self.cells.known(key)
        return known if known is not None else self.cells.ask(key, compute)

    def grouped(self, key: tuple[object, ...], found: Values, of: object) -> Values:
        """Return those values of a cell that belong to something, which is their data."""
        known = self._groups.get(key)
        if known is None or known[0] is not found:
            groups: dict[object, set[Value]] = {}
            for v in found:
                groups.setdefault(v.data, set()).add(v)
            known = self._groups[key] = found, {data: frozenset(some) for data, some in groups.items()}
        return known[1].get(of, NOTHING)

    def parameters(self) -> list[tuple[ast.arg, Values]]:
        """Return all parameters that have been asked for, with their values."""
        return [(k[1], self.cells.values[k]) for k in self.cells.named if k[0] == "parameter"]  # type: ignore[misc]

    # expressions

    def value(self, node: ast.AST | None) -> Values:
        """Return what an expression may be."""
        if node is None:
            return NOTHING
        if isinstance(node, ast.Constant):
            return frozenset({const(node.value)})
        known = self.cells.known(node)
        return known if known is not None else self.cells.ask(node, lambda: self._value(node))

    def _value(self, node: ast.AST) -> Values:  # noqa: C901 - a case for each kind of expression
        match node:
            case ast.Name():
                return self.name(node)
            case ast.Attribute():
                base = self.value(node.value)
                found = self.attribute(base, node.attr)
                return found - {RAISES} if RAISES in found - base and presence.set_before(self, node) else found
            case ast.Subscript():
                return self.subscript(node)
            case ast.Call():
                return results.result(self, node)
            case ast.Dict() | ast.List() | ast.Tuple() | ast.Set():
                return frozenset({Value(Kind.OBJECT, node)})
            case ast.Lambda():
                return frozenset({Value(Kind.FUNCTION, node)})
            case ast.IfExp():
                return NOTHING.union(*(self.value(part) for part in (node.body, node.orelse) if part not in self.dead))
            case ast.BoolOp():
                return operators.either(self, node)
            case ast.NamedExpr():
                return self.value(node.value)
            case ast.Await():
                return NOTHING.union(*(classes.awaited(self, v) for v in self.value(node.value)))
            case ast.Starred():
                return self.value(node.value)
            case ast.BinOp():
                return operators.binary(self, node)
            case ast.JoinedStr():
                return operators.joined(self, node)
            case ast.Compare() | ast.UnaryOp():
                return frozenset({library("bool()")})
            case ast.FormattedValue():
                return self.value(node.value)
        if isinstance(node, COMPREHENSIONS):
            return frozenset({Value(Kind.OBJECT, node)})
        return frozenset({UNKNOWN})

    def name(self, node: ast.Name) -> Values:
        """Return what a name may be where it is read."""
        unit = self.world.unit_of[node]
        cell, bindings, missing = reads(unit, self.world.reaching[unit.path], node)
        if cell is None:
            return self.free(unit.path, node)
        out = NOTHING.union(*(self.bound(unit.path, b) for b in bindings))
        if cell.scope.is_module:
            out |= self.stored_from_elsewhere(unit.path, node.id)
            if cell.scope.stars and not all(self.star_is_known(unit.path, s) for s in cell.scope.stars):
                out |= {UNKNOWN}
            out |= NOTHING.union(*(self.of_star(unit.path, s, node.id) for s in cell.scope.stars))
        if missing and (cell.scope.is_class or cell.scope.is_module):
            return out | self.beyond(unit, node, cell.scope)
        return out | {RAISES} if missing else out

    def beyond(self, unit: Unit, node: ast.Name, scope: Scope) -> Values:
        """Return what a name may be that its class or module has not bound yet: Python asks the module, and then the builtins."""
        if scope.is_class and node.id in unit.module.bindings:
            out = NOTHING.union(*(self.bound(unit.path, b) for b in unit.module.bindings[node.id] if b.kind is not BindingKind.DELETE))
            out |= self.stored_from_elsewhere(unit.path, node.id)
            return out if node.id in unit.module.definite else out | {RAISES}
        if any(s.stars for s in unit.scopes.values()):
            return self.free(unit.path, node) | {RAISES}
        return frozenset({library(f"builtins.{node.id}")}) if hasattr(builtins, node.id) else frozenset({RAISES})

    def free(self, path: Path, node: ast.Name) -> Values:
        """Return what a name may be that nothing in its file binds: a builtin, or one of a star import."""
        unit = self.world.units[path]
        stars = [s for scope in unit.scopes.values() for s in scope.stars]
        out = NOTHING.union(*(self.of_star(path, s, node.id) for s in stars))
        if any(not self.star_is_known(path, s) for s in stars):
            out |= {UNKNOWN}
        if out:
            return out
        return frozenset({library(f"builtins.{node.id}")})

    def star_is_known(self, path: Path, star: Binding) -> bool:
        """Return whether a star import brings in a file of the program."""
        found = self.world.find(path, star.module, star.level)
        return found.kind is Kind.MODULE and self.world.unit(found.data) is not None

    def of_star(self, path: Path, star: Binding, name: str) -> Values:
        """Return what a star import may bring in under a name."""
        found = self.world.find(path, star.module, star.level)
        if found.kind is not Kind.MODULE:
            return NOTHING
        unit = self.world.unit(found.data)
        if unit is None or (name not in unit.module.bindings and not unit.module.stars):
            return NOTHING
        return self.member(found.data, name) - {MISSING}

    def bound(self, path: Path, binding: Binding) -> Values:
        """Return what a binding gives its name."""
        match binding.kind:
            case BindingKind.VALUE:
                return self.project(self.value(binding.value), binding.steps)
            case BindingKind.DEF:
                return classes.defined(self, binding.node)
            case BindingKind.CLASS:
                return frozenset({Value(Kind.CLASS, binding.node)})
            case BindingKind.NARROWED if binding.of is not None:
                return narrowed(self.bound(path, binding.of), binding.name)
            case BindingKind.PARAM:
                return parameters.parameter(self, binding.node)  # type: ignore[arg-type]
            case BindingKind.IMPORT:
                return frozenset({self.world.find(path, binding.module, 0)})
            case BindingKind.FROM:
                module = self.world.find(path, binding.module, binding.level)
                if module.kind is Kind.MODULE:
                    return self.member(module.data, binding.name)
                return frozenset({library(f"{module.data}.{binding.name}") if module.kind is Kind.LIBRARY else UNKNOWN})
        return frozenset({UNKNOWN})

    def member(self, module: Path, name: str) -> Values:
        """Return what a module's name may be, asked from outside at any time."""
        return self.read(("member", module, name), lambda: self._member(module, name))

    def _member(self, module: Path, name: str) -> Values:
        unit = self.world.unit(module) if module.suffix == ".py" or module in self.world.units else None
        if unit is None:
            return self.world.submodule(module, name) or frozenset({UNKNOWN})
        scope = unit.module
        out = NOTHING
        if name in scope.bindings:
            out = NOTHING.union(*(self.bound(module, b) for b in scope.bindings[name] if b.kind is not BindingKind.DELETE))
            if name not in scope.definite:
                out |= {MISSING}
        elif (sub := self.world.submodule(module, name)) is not None:
            out = sub
        elif not scope.stars or "__getattr__" in scope.bindings:
            out = frozenset({UNKNOWN})
        for star in scope.stars:
            out |= self.of_star(module, star, name)
            if not self.star_is_known(module, star):
                out |= {UNKNOWN}
        return out | self.stored_from_elsewhere(module, name)

    def stored_from_elsewhere(self, module: Path, name: str) -> Values:
        """Return what other files store in a module's name: `config.KEY = …`."""
        out = NOTHING
        for attribute in self.world.attributes.get(name, ()):
            if isinstance(attribute.ctx, ast.Store):
                base = self.value(attribute.value)
                if any(v.kind is Kind.MODULE and v.data == module for v in base):
                    out |= self.stored(attribute)
                elif UNKNOWN in base or any(classes.from_library(v) for v in base):
                    out |= {UNKNOWN}
        return out

    def stored(self, target: ast.expr) -> Values:
        """Return what an assignment to `x.a` or `x[k]` stores there."""
        parent = self.world.parent(target)
        if isinstance(parent, ast.Assign) and target in parent.targets:
            return self.value(parent.value)
        if isinstance(parent, ast.AnnAssign) and parent.value is not None:
            return self.value(parent.value)
        if isinstance(parent, ast.Tuple | ast.List):
            up = self.world.parent(parent)
            if isinstance(up, ast.Assign) and parent in up.targets and not any(isinstance(e, ast.Starred) for e in parent.elts):
                return self.project(self.value(up.value), (parent.elts.index(target),))
        return frozenset({UNKNOWN})

    def project(self, values: Values, steps: tuple[int | str, ...]) -> Values:
        """Return what is found in some values on the way to a target."""
        for step in steps:
            if step == "with":
                values = NOTHING.union(*(self.entered(v) for v in values))
                continue
            values = NOTHING.union(*(objects.element(self, v, step) for v in values))
        return values

    def entered(self, value: Value) -> Values:
        """Return what `with x as y` gives: what `__enter__` of a class of the program gives, else the object itself."""
        if value.kind is not Kind.INSTANCE:
            return frozenset({value})
        found = classes.attribute(self, value, "__enter__") | classes.attribute(self, value, "__aenter__")
        methods = [f for f in found if f.kind is Kind.BOUND]
        return NOTHING.union(*(results.returned(self, f.data) for f in methods)) if methods else frozenset({UNKNOWN})

    def attribute(self, base: Values, name: str, lenient: bool = False) -> Values:
        """Return what `x.name` may be; MISSING among it, where it may not be there, only for those who are `lenient` about that."""
        out = NOTHING
        for v in base:
            match v.kind:
                case Kind.LIBRARY if (known := outside.attribute(self, str(v.data), name)) is not None:
                    out |= known
                case Kind.LIBRARY if v.data == SOMETHING:
                    out |= {v} | (unknown(name) - {UNKNOWN})
                case Kind.LIBRARY:
                    dotted = f"{v.data}.{name}"
                    out |= {library(dotted, v.more)} if dotted.count(".") < _LONGEST else unknown(name)
                case Kind.MODULE:
                    out |= self.member(v.data, name) if lenient else raising(self.member(v.data, name))
                case Kind.CLASS | Kind.INSTANCE:
                    out |= classes.attribute(self, v, name) if lenient else raising(classes.attribute(self, v, name))
                case Kind.CONST if v.more is None:
                    out |= {RAISES}
                case Kind.OBJECT | Kind.CONST | Kind.OUTSIDE:
                    out |= objects.attribute(self, v, name)
                case Kind.MISSING | Kind.RAISES:
                    out |= {RAISES} | (unknown(name) - {UNKNOWN})
                case _:
                    out |= unknown(name)
        return out

    def subscript(self, node: ast.Subscript) -> Values:
        """Return what `x[k]` may be."""
        out = NOTHING
        for v in self.value(node.value):
            if v.kind is Kind.LIBRARY:
                out |= outside.item(self, v, self.value(node.slice))
            elif isinstance(node.slice, ast.Slice):
                out |= {Value(Kind.OBJECT, node)} if v.kind is Kind.OBJECT else {UNKNOWN}
            elif v.kind in (Kind.OBJECT, Kind.ROW):
                wanted = self.value(node.slice)
                found = objects.entries(self, v, wanted)
                out |= raising(found | choice.could_be(self, v, node.slice, found))
                if any(k.kind is not Kind.CONST for k in wanted):
                    out |= {RAISES}  # a key that is not known may not be there
            elif v.kind is Kind.CLASS and classes.is_generic(self, v.data):
                out |= {v}
            elif v.kind is Kind.CLASS and classes.is_enum(self, v.data):
                out |= classes.member_by_name(self, v, self.value(node.slice))
            else:
                out |= {RAISES if v.kind in ABSENT else UNKNOWN}
        return out

    # what classes and objects ask of calls

    def returned(self, function: callers.Function) -> Values:
        """Return what a function gives, whoever calls it."""
        return results.returned(self, function)

    def yielded(self, function: callers.Function) -> Values:
        """Return what a generator gives, one after the other."""
        return results.yielded(self, function)

    def made(self, call: ast.Call, key: Value) -> tuple[Values, bool]:
        """Return an entry of what a call makes, and whether it is surely there."""
        return results.made(self, call, key)

    def flask_setting(self, key: Value) -> tuple[Values, bool]:
        """Return a setting of the Flask application, and whether it is surely there."""
        return flask.made(self, key)

    def rest(self, parameter: ast.arg, key: Value) -> Values:
        """Return an entry of `*args` or `**kwargs`."""
        return parameters.rest(self, parameter, key)

    def constructed_with(self, cls: ast.ClassDef, fields: list[str], name: str) -> Values:
        """Return what a dataclass's constructor is given for a field."""
        return parameters.constructed_with(self, cls, fields, name)

    def class_escapes(self, cls: ast.ClassDef) -> bool:
        """Return whether a class may be made or subclassed by something that is not seen."""
        return class_escapes(self, cls)
