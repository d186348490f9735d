"""Where an object that holds a key may be, by its names alone.

It starts where the object comes from: a class, a dict that is written down, a call. From there each place in which such an expression stands must be one
of the listed forms. A form may give the object a further name, whose places are looked at in turn; it may ask the object for something and keep nothing of it.
Any other form lets the object go: then it may be anything that is not understood. Where it never goes, only what has one of its names can be it.
"""

import ast
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from migrate.codemod.proof.confinement.classes import Function, is_plain, is_property, is_static, takes_class
from migrate.codemod.proof.confinement.names import Names, is_other, is_read
from migrate.codemod.proof.confinement.words import ASKED, STAYING, TAKING, TOLD
from migrate.codemod.proof.evaluation.containers.classes import below, line
from migrate.codemod.proof.evaluation.names.scopes import FUNCTIONS, Scope, Unit
from migrate.codemod.proof.evaluation.values import Kind

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator

CLASS, OBJECT, RECORD, TABLE, BOX = "a class", "an object", "fields and no more", "a dict that holds a key", "something with holders in it"


class Loose(Exception):
    """Ends the search: the object stands in a form that is not listed."""


class Spread:
    """All expressions that may be an object of some classes, one of them, or one of some dicts. Raises Loose where these may be anything."""

    def __init__(self, ev: "Evaluator", owners: Collection[ast.AST], signing: Callable[[ast.AST], bool]) -> None:
        self.ev = ev
        self.signing = signing
        self.nodes: set[ast.AST] = set()
        self.classes: set[ast.ClassDef] = set()
        self.gives = False  # whether functions give it
        self.compared = False  # whether `isinstance` or `issubclass` asks about it
        self.noted = False  # whether annotations name its class
        self.names = Names(ev)
        self.units: set[Unit] = set()  # files in which it stands
        self._seen: set[tuple[object, ...]] = set()
        self._todo: list[tuple[ast.expr, str]] = []
        self._inside: set[str] = set()
        self._takers: list[Callable[[str], None]] = []
        for owner in owners:
            if isinstance(owner, ast.ClassDef):
                self._class(owner)
            elif isinstance(owner, ast.Dict) or (isinstance(owner, ast.Call) and getattr(owner.func, "id", "") == "dict"):
                self._add(owner, TABLE)
            elif isinstance(owner, ast.Call):
                self._add(owner, RECORD)
            else:
                raise Loose
        while self._todo:
            node, kind = self._todo.pop()
            self.units.add(ev.world.unit_of[node])
            self._look(node, kind)

    # what is known to be the object

    def _once(self, *key: object) -> bool:
        """Return whether something is asked for the first time."""
        new = key not in self._seen
        self._seen.add(key)
        return new

    def _add(self, node: ast.expr, kind: str) -> None:
        if self._once(node, kind):
            self.nodes.add(node)
            self._todo.append((node, kind))

    def _class(self, cls: ast.ClassDef) -> None:
        """Take in a class with those above and below it: what each names, and the first parameters of their methods."""
        for c in {*line(self.ev, cls)[0], *below(self.ev, cls)}:
            if not self._once(c):
                continue
            if not is_plain(self.ev, c):
                raise Loose
            self.classes.add(c)
            unit = self.ev.world.unit_of[c]
            self._name(unit, unit.scope_of[c], c.name, CLASS)
            for function in c.body:
                if isinstance(function, Function):
                    first = [*function.args.posonlyargs, *function.args.args][:1]
                    if not first and not is_static(function):
                        raise Loose
                    if not is_static(function):
                        self._name(unit, unit.scopes[function], first[0].arg, CLASS if takes_class(function) else OBJECT)
                    for node in ast.walk(function):
                        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
                            self._add(node, OBJECT)
            if cls is not c:
                self._class(c)

    def _name(self, unit: Unit, scope: Scope, name: str, kind: str) -> None:
        for node in self.names.uses(unit, scope, name):
            self._add(node, kind)

    def _attribute(self, name: str, kind: str, owners: set[ast.ClassDef]) -> None:
        """Take in an attribute of objects of some classes: whatever has this name, unless it surely is asked of something else."""
        for node in self.ev.world.attributes.get(name, ()):
            if is_read(self.ev, node) and not is_other(self.ev, node.value, owners):
                self._add(node, kind)

    def _put(self, kind: str) -> None:
        """Note that there is a holder in some dict, list or tuple: what is taken out of any of them may be it."""
        if kind not in self._inside:
            self._inside.add(kind)
            for take in self._takers:
                take(kind)

    def _taken(self, take: Callable[[str], None]) -> None:
        self._takers.append(take)
        for kind in list(self._inside):
            take(kind)

    # where it stands

    def _look(self, node: ast.expr, kind: str) -> None:  # noqa: C901 - a case for each form
        parent = self.ev.world.parent(node)
        match parent:
            case ast.Attribute():
                self._asked(parent, node, kind)
            case ast.Call() if parent.func is node:
                if kind is CLASS:
                    self._add(parent, OBJECT)
            case ast.Call():
                self._passed(parent, kind)
            case ast.keyword(arg=None):
                if not (kind is TABLE and self.signing(self.ev.world.parent(parent) or parent)):
                    raise Loose
            case ast.Subscript() if node is parent.value and kind in (TABLE, BOX):
                if kind is BOX and isinstance(parent.ctx, ast.Load):
                    self._taken(lambda k: self._add(parent, k))
                    if isinstance(parent.slice, ast.Slice):
                        self._add(parent, BOX)
            case ast.Subscript() if node is parent.value and kind is OBJECT:
                pass  # a method of its own
            case ast.Assign() if node is parent.value:
                for target in parent.targets:
                    self._bind(target, kind)
            case ast.AnnAssign() if node is parent.value:
                self._bind(parent.target, kind)
            case ast.NamedExpr() if node is parent.value:
                self._bind(parent.target, kind)
                self._add(parent, kind)
            case ast.Return():
                self._returned(parent, kind)
            case ast.Compare(ops=[ast.Is() | ast.IsNot()]):
                pass
            case ast.Compare(ops=[ast.In() | ast.NotIn()]) if node is not parent.left and kind is TABLE:
                pass
            case ast.BoolOp() | ast.Await():
                self._add(parent, kind)
            case ast.IfExp():
                if node is not parent.test:
                    self._add(parent, kind)
            case ast.Dict() if node in parent.values:
                if kind is TABLE and parent.keys[parent.values.index(node)] is None:
                    self._add(parent, kind)
                else:
                    self._put(kind)
                    self._add(parent, BOX)
            case ast.List() | ast.Tuple() if isinstance(parent.ctx, ast.Load):
                self._put(kind)
                self._add(parent, BOX)
            case ast.For() | ast.comprehension() if node is parent.iter and kind is not TABLE:  # whose names could make another
                if kind is BOX:
                    self._each(parent.target)
            case ast.withitem() if kind is OBJECT:
                if parent.optional_vars is not None:
                    self._bind(parent.optional_vars, kind)
            case ast.arg() | ast.AnnAssign() if node is parent.annotation:
                self._annotated(parent)
            case ast.FunctionDef() | ast.AsyncFunctionDef() if node is parent.returns:
                self.noted = True
            case ast.ClassDef() if node in parent.bases and kind is CLASS:
                self._class(parent)
            case ast.UnaryOp(op=ast.Not()) | ast.If() | ast.While() | ast.Expr() | ast.FormattedValue():
                pass
            case ast.Assert() if node is parent.test:
                pass
            case _:
                raise Loose

    def _asked(self, attribute: ast.Attribute, node: ast.expr, kind: str) -> None:
        """Look at `x.name`: what it gives of the object, and whether a method is handed on that knows it."""
        parent = self.ev.world.parent(attribute)
        name = attribute.attr
        call = parent if isinstance(parent, ast.Call) and parent.func is attribute else None
        if name.startswith("__") and name.endswith("__"):
            inherited = isinstance(node, ast.Call) and call is not None and name == "__init__"
            if name == "__class__" and kind is OBJECT:
                self._add(attribute, CLASS)
            elif name not in TOLD and not inherited:
                raise Loose
        elif kind is RECORD:
            if name.startswith("_"):
                raise Loose
        elif kind in (TABLE, BOX):
            if call is None:
                raise Loose
            self._method(call, name, kind)
        elif not isinstance(attribute.ctx, ast.Load):
            if kind is CLASS:
                raise Loose
        elif call is None and any(not is_property(f) and not is_static(f) for f in self._methods(name)):
            raise Loose

    def _methods(self, name: str) -> list[Function]:
        return [f for c in self.classes for f in c.body if isinstance(f, Function) and f.name == name]

    def _method(self, call: ast.Call, name: str, kind: str) -> None:
        """Look at a call of a method of a dict, list or tuple."""
        parent = self.ev.world.parent(call)
        if name == "copy":
            self._add(call, kind)
        elif name in ("items", "values") and kind is BOX:
            if not (isinstance(parent, ast.For | ast.comprehension) and parent.iter is call):
                raise Loose
            if name == "items" and not isinstance(parent.target, ast.Tuple):
                raise Loose
            self._each(parent.target)
        elif name in TAKING:
            if kind is BOX:
                self._taken(lambda k: self._add(call, k))
        elif name not in STAYING or (name == "keys" and kind is TABLE):
            raise Loose

    def _each(self, target: ast.expr) -> None:
        """Take in the names that are bound to the elements of something, or to parts of these."""
        for part in ast.walk(target):
            if isinstance(part, ast.Attribute | ast.Subscript | ast.Starred):
                raise Loose
            if isinstance(part, ast.Name):
                self._taken(lambda k, part=part: self._bind(part, k))  # type: ignore[misc]

    def _bind(self, target: ast.expr, kind: str) -> None:
        """Take in what an assignment of the object gives a name."""
        unit = self.ev.world.unit_of[target]
        if isinstance(target, ast.Name):
            scope = unit.scope_of[target]
            if scope.is_class:
                raise Loose
            self._name(unit, scope, target.id, kind)
        elif isinstance(target, ast.Attribute):
            found = self.ev.value(target.value)
            owners = {v.data for v in found if v.kind in (Kind.INSTANCE, Kind.CLASS) and isinstance(v.data, ast.ClassDef)}
            setters = any(isinstance(f, Function) and f.decorator_list for f in self.ev.world.functions.get(target.attr, ()))
            if not found or len(owners) < len(found) or setters or kind is CLASS:
                raise Loose
            for owner in owners:
                self._class(owner)
            self._attribute(target.attr, kind, {c for o in owners for c in (*line(self.ev, o)[0], *below(self.ev, o))})
        elif isinstance(target, ast.Subscript):
            self._into(target.value, kind)
        elif isinstance(target, ast.Tuple | ast.List) and kind in (BOX, TABLE, RECORD):
            if kind is BOX:
                self._each(target)
        else:
            raise Loose

    def _into(self, base: ast.expr, kind: str) -> None:
        """Take in a dict or list that the object is put into."""
        found = self.ev.value(base)
        if not found or any(v.kind is not Kind.OBJECT or not isinstance(v.data, ast.Dict | ast.List) for v in found):
            raise Loose
        self._put(kind)
        for v in found:
            self._add(v.data, BOX)

    def _passed(self, call: ast.Call, kind: str) -> None:
        """Look at the object as an argument by place."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name and all(v.kind is Kind.LIBRARY and v.data == f"builtins.{name}" for v in self.ev.value(call.func)):
            if name in ASKED:
                self.compared = self.compared or name.startswith("is")
                return
            if name == "type" and len(call.args) == 1 and kind is OBJECT:
                self._add(call, CLASS)
                return
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "insert") and kind is not CLASS:
            self._into(call.func.value, kind)
            return
        raise Loose

    def _annotated(self, at: ast.arg | ast.AnnAssign) -> None:
        """Take in what is said to be an object of the class: something else may make one of it, for this place alone."""
        unit = self.ev.world.unit_of[at]
        self.noted = True
        if isinstance(at, ast.arg):
            function = unit.scope_of[at].node
            if not isinstance(function, Function) or at in (function.args.vararg, function.args.kwarg):
                raise Loose
            self._name(unit, unit.scope_of[at], at.arg, OBJECT)
        elif isinstance(at.target, ast.Name) and not unit.scope_of[at].is_class:
            self._name(unit, unit.scope_of[at], at.target.id, OBJECT)
        else:
            raise Loose

    def _returned(self, statement: ast.Return, kind: str) -> None:
        """Look at the object as what a function gives: each place that names the function must be a call of it."""
        unit = self.ev.world.unit_of[statement]
        at: ast.AST | None = statement
        while at is not None and not isinstance(at, FUNCTIONS):
            at = unit.parents.get(at)
        if not isinstance(at, Function) or not self._once("gives", at, kind):
            if isinstance(at, Function):
                return
            raise Loose
        self.gives = True
        cls = unit.parents.get(at)
        if at.name in ("__enter__", "__aenter__") and cls in self.classes and kind is OBJECT:
            return
        plain = all(isinstance(d, ast.Name) and d.id in ("staticmethod", "classmethod", "property") for d in at.decorator_list)
        if at.name.startswith("__") or not plain or any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(at)):
            raise Loose
        if isinstance(cls, ast.ClassDef):
            self._class(cls)
        for use in self.names.uses(unit, unit.scope_of[at], at.name):
            parent = self.ev.world.parent(use)
            if is_property(at):
                self._add(use, kind)
            elif isinstance(parent, ast.Call) and parent.func is use:
                self._add(parent, kind)
            else:
                raise Loose


__all__ = ["Loose", "Spread"]
