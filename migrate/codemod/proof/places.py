"""Where a part of a key may stand: the list of forms that are understood. Anything else leaves its carrier open, and the key as it is."""

import ast
from functools import partial
from typing import TYPE_CHECKING

from migrate.codemod.libraries.frameworks import FLASK_ADDING
from migrate.codemod.libraries.records import FROM_ROWS
from migrate.codemod.proof.around.django import other_reader
from migrate.codemod.proof.deciding import decides, may_come_from_outside
from migrate.codemod.proof.evaluation import callers, results
from migrate.codemod.proof.evaluation.containers import classes, models, objects
from migrate.codemod.proof.evaluation.frameworks import flask
from migrate.codemod.proof.evaluation.names import conditions
from migrate.codemod.proof.evaluation.names.scopes import COMPREHENSIONS, FUNCTIONS, BindingKind
from migrate.codemod.proof.evaluation.values import NONE, UNKNOWN, Kind, Value, Values, text_of
from migrate.codemod.proof.handing import argument, has_parts, is_table, short, spread

if TYPE_CHECKING:
    from migrate.codemod.proof.evaluation.evaluate import Evaluator
    from migrate.codemod.proof.evaluation.names.scopes import Scope
    from migrate.codemod.proof.sinks import Call


KEEPING = frozenset({"append", "appendleft", "add", "insert", "extend", "update", "setdefault", "get"})
"""Methods of dicts and lists that keep an object, or give it back, and ask nothing of it."""


HARMLESS = (
    *(ast.NamedExpr, ast.Tuple, ast.List, ast.Set, ast.Starred, ast.Expr, ast.Await, ast.arguments, ast.Lambda, ast.Delete),
    *(ast.IfExp, ast.BoolOp, ast.UnaryOp, ast.If, ast.While, ast.Assert, ast.For, ast.AsyncFor, ast.comprehension, *COMPREHENSIONS),
)
"""What only binds, groups or tests: what comes of it is looked at where it is read."""


class Places:
    """The nodes of a program that hold a part of a key, and whether each stands in a form that is understood."""

    def __init__(self, ev: "Evaluator", sinks: "list[Call]", texts: frozenset[str]) -> None:
        self.ev = ev
        self.sinks = {c.node: c for c in sinks}
        self.texts = texts
        self._objects: dict[Value, bool] = {}
        self._parts: dict[str, bool] = {}
        self.holders: set[ast.ClassDef] = set()
        size = -1
        while size != len(self.holders):
            size = len(self.holders)
            self._objects.clear()
            self._find_holders()
        self._objects.clear()

    def holds(self, node: ast.AST) -> bool:
        """Return whether an expression may be a part of a key, or something that holds one."""
        return any(self.is_part(v) or self.has_part(v) for v in self.ev.value(node))

    def is_holder(self, node: ast.AST) -> bool:
        """Return whether an expression may be an object or class that has an attribute with a part of a key."""
        return any(v.kind in (Kind.INSTANCE, Kind.CLASS) and v.data in self.holders for v in self.ev.value(node))

    def is_part(self, v: Value) -> bool:
        """Return whether a value is an id, secret or token, or a text with one in it."""
        text = text_of(v)
        if text is None or len(text) <= 3:
            return False
        if text not in self._parts:
            self._parts[text] = any(t in text for t in self.texts)
        return self._parts[text]

    def has_part(self, v: Value) -> bool:
        """Return whether a value is a dict, list or the like with a part of a key in it."""
        if v.kind is Kind.ROW and v.more == "rows":
            return False
        if v.kind not in (Kind.OBJECT, Kind.ROW):
            return False
        if v not in self._objects:
            within, todo = {v}, [v]  # containers may hold each other
            while todo:
                at = todo.pop()
                any_entry = frozenset({objects.ANY})
                found = objects.entries(self.ev, at, any_entry) if at.kind is Kind.OBJECT else objects.element(self.ev, at, "*")
                for e in found:
                    if self.is_part(e) or self._objects.get(e) or (e.kind is Kind.INSTANCE and e.data in self.holders):
                        self._objects[v] = True
                        return True
                    if e.kind in (Kind.OBJECT, Kind.ROW) and e not in within and not (e.kind is Kind.ROW and e.more == "rows"):
                        within.add(e)
                        todo.append(e)
            self._objects.update(dict.fromkeys(within, False))
        return self._objects[v]

    def _makes_holder(self, maker: Value) -> bool:
        """Return whether a namedtuple that some call makes of this class holds a part of a key."""
        for calls in list(self.ev.world.calls.values()):
            for call in calls:
                if maker in self.ev.value(call.func) and self.has_part(Value(Kind.OBJECT, call)):
                    return True
        return False

    def _find_holders(self) -> None:
        ev = self.ev
        for unit in list(ev.world.units.values()):
            for node, scope in unit.scopes.items():
                if isinstance(node, ast.ClassDef):
                    bound = [b for bs in scope.bindings.values() for b in bs if b.kind is BindingKind.VALUE]
                    if any(self._carries(v) for b in bound for v in ev.bound(unit.path, b)) or self._gives_parts(scope):
                        self.holders |= classes.below(ev, node)
                    elif fields := classes.is_record(ev, node):
                        values = [v for f in fields if f != "?" for v in classes.attribute(ev, Value(Kind.INSTANCE, node), f)]
                        if any(self._carries(v) for v in values):
                            self.holders |= classes.below(ev, node)
        for attributes in list(ev.world.attributes.values()):
            for target in attributes:
                if isinstance(target.ctx, ast.Store) and any(self._carries(v) for v in ev.stored(target)):
                    for v in ev.value(target.value):
                        if v.kind in (Kind.INSTANCE, Kind.CLASS):
                            self.holders |= classes.below(ev, v.data)

    def _carries(self, v: Value) -> bool:
        """Return whether a value is, or has in it, a part of a key or an object that holds one."""
        return self.is_part(v) or self.has_part(v) or (v.kind is Kind.INSTANCE and v.data in self.holders)

    def _gives_parts(self, scope: "Scope") -> bool:
        """Return whether a method of a class gives a part of a key: who has the object can ask for it."""
        functions = [b.node for bs in scope.bindings.values() for b in bs if isinstance(b.node, ast.FunctionDef | ast.AsyncFunctionDef)]
        other = scope.unit.path not in self.ev.world.program  # of which it is not known what has to do with a key
        tied = [f for f in functions if other or any(isinstance(n, ast.Return | ast.Yield) and self.ev.matters(n) for n in results.own(f))]
        return any(self.is_part(v) or self.has_part(v) for f in tied for v in results.returned(self.ev, f))

    def trouble(self, node: ast.expr) -> str | None:
        """Return why a part of a key where it stands is not understood; None where it is."""
        parent = self.ev.world.parent(node)
        values = self.ev.value(node)
        if any(v == UNKNOWN for v in values):
            return "its value may also come from elsewhere"
        if any(self.is_part(v) and (text_of(v) or "").strip() not in self.texts for v in values):
            if not isinstance(parent, ast.Expr) and not isinstance(parent, ast.JoinedStr):
                return "the key is part of a longer string"
        if not isinstance(parent, ast.Starred) and any(self._is_rest(v) and has_parts(self, v) for v in values):
            return "it is one of `*args`, whose number would change"
        return self._at(node, parent)

    def _at(self, node: ast.expr, parent: ast.AST | None) -> str | None:
        """Return what is wrong with a part of a key by what it is a part of: whatever is not listed is."""
        match parent:
            case ast.Assign() if node is parent.value:
                readers = (other_reader(self.ev, t, node, self.has_part) for t in parent.targets)
                return next(filter(None, readers), None) or self._targets(parent.targets)
            case ast.AnnAssign() if node is parent.value:
                return self._targets([parent.target])
            case ast.Call():
                return argument(self, parent, node, None)
            case ast.keyword():
                call = self.ev.world.parent(parent)
                return argument(self, call, node, parent) if isinstance(call, ast.Call) else "it is passed to a class definition"
            case ast.Return() | ast.Yield() | ast.YieldFrom():
                return self._given_back(parent)
            case ast.Starred() if isinstance(call := self.ev.world.parent(parent), ast.Call) and parent in call.args:
                return spread(self, call, parent)
            case ast.Dict():
                return "it is used as a dict key" if node in parent.keys else None
            case ast.Attribute():
                return self._attribute(parent, node)
            case ast.Subscript():
                return None if node is parent.value else "it is used as a lookup key"
            case ast.Compare():
                return self._compared(parent)
            case ast.BoolOp():
                return decides(self, parent, node)
            case ast.BinOp() | ast.JoinedStr() | ast.FormattedValue():
                known = UNKNOWN not in self.ev.value(parent)
                return None if known and self.holds(parent) else "it becomes part of a string"
        return None if isinstance(parent, HARMLESS) else f"it is used in {type(parent).__name__.lower()}"

    def _targets(self, targets: list[ast.expr]) -> str | None:
        if (cls := self._in_open_class(targets[0])) is not None:
            return f"it is an attribute of the class `{cls}`, whose base may read it"
        for target in targets:
            for part in ast.walk(target):
                if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
                    base = self.ev.value(part.value)
                    if any(v.kind not in (Kind.INSTANCE, Kind.CLASS, Kind.MODULE) for v in base) or not base:
                        return f"`.{part.attr}` is set on an object that could not be analyzed"
                elif isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store):
                    base = self.ev.value(part.value)
                    environ = any(v.kind is Kind.LIBRARY and v.data == "os.environ" for v in base)
                    if not environ and (any(v.kind is not Kind.OBJECT for v in base) or not base):
                        return "it is stored in an object that could not be analyzed"
                    if any(v.kind is not Kind.CONST for v in self.ev.value(part.slice)):
                        return "it is stored under a computed name"
                elif isinstance(part, ast.Starred):
                    return "it is unpacked with `*`"
        return None

    def _in_open_class(self, target: ast.expr) -> str | None:
        """Return the class whose body a target stands in, or one around it, if its bases are not known to be plain."""
        at = self.ev.world.parent(target)
        while at is not None and not isinstance(at, FUNCTIONS):
            if isinstance(at, ast.ClassDef) and not classes.bases(self.ev, at)[1]:
                return at.name
            at = self.ev.world.parent(at)
        return None

    def _given_back(self, node: ast.AST) -> str | None:
        """Return what is wrong with a part of a key as the answer of a function."""
        at: ast.AST | None = node
        while at is not None and not isinstance(at, FUNCTIONS):
            at = self.ev.world.parent(at)
        if at is None:
            return None
        if callers.escapes(self.ev, at):
            return "it is returned by a function that other code may call"
        if isinstance(node, ast.Return) and results.is_generator(self.ev, at):
            return "it is what a generator returns"
        if any(not callers.harmless(self.ev, n) and not self._answers(n) for n in callers.handed(self.ev, at)):
            return "it is returned by a function that something else calls"
        cls = self.ev.world.parent(at)
        if isinstance(cls, ast.ClassDef) and not classes.bases(self.ev, cls)[1]:
            return f"it is returned by a method of the class `{cls.name}`, whose base may call it"
        return None

    def _answers(self, function: ast.expr) -> bool:
        """Return whether the answer of a function that is handed to a call is what the call gives, as far as that is followed."""
        call = self.ev.world.parent(function)
        known = ("functools.partial", "dataclasses.field", "attr.field", "attrs.field", "attr.ib")
        if isinstance(call, ast.keyword):
            call = self.ev.world.parent(call)
        return isinstance(call, ast.Call) and any(v.data in known for v in self.ev.value(call.func))

    def _compared(self, node: ast.Compare) -> str | None:
        if sum(self.holds(other) for other in [node.left, *node.comparators]) > 1:
            return "it is compared with another key"
        for other in [node.left, *node.comparators]:
            if self.holds(other):
                if isinstance(other, ast.Tuple | ast.List | ast.Set) and any(may_come_from_outside(self.ev, e) for e in other.elts):
                    return "it is looked for among others, and may come from outside"
                continue
            if all(isinstance(op, ast.In | ast.NotIn) for op in node.ops) and not self.holds(node.left):
                if all(map(partial(is_table, self), self.ev.value(node.comparators[-1]))):
                    continue  # one of its names is asked for
            asked = isinstance(other, ast.Constant) and other.value in (None, "")
            if not asked and conditions.truth(self.ev, node) is None:
                return "it is compared"
        return None if len(node.comparators) == 1 else "it is compared"

    def _attribute(self, node: ast.Attribute, base: ast.expr) -> str | None:
        """Return what is wrong with `x.name` where x is a part of a key or holds one."""
        parent = self.ev.world.parent(node)
        called = isinstance(parent, ast.Call) and parent.func is node
        found = self.ev.value(node)
        for v in found:
            if v.kind is not Kind.METHOD:
                continue
            owner: Value = v.data
            if not called:
                return f"its method `.{node.attr}` is referenced without being called"
            known = (
                objects.READING | {"append", "extend", "update", "setdefault", "add", "insert"}
                if owner.kind is Kind.OBJECT
                else objects.TEXTS
            )
            if flask.is_settings(owner, self.ev):
                known = known | FLASK_ADDING
            if node.attr not in known and not (node.attr == "pop" and isinstance(owner.data, ast.Dict)):
                return f"the result of its `.{node.attr}()` cannot be traced"
            if node.attr in ("index", "count", "format", "_replace", "_asdict"):
                return f"the result of its `.{node.attr}()` cannot be traced"
        return None

    def _is_rest(self, v: Value) -> bool:
        """Return whether a value is the `*args` of a function."""
        if not isinstance(v.data, ast.arg):
            return False
        function = self.ev.world.unit_of[v.data].scope_of[v.data].node
        return isinstance(function, FUNCTIONS) and function.args.vararg is v.data

    def passing(self, node: ast.expr) -> str | None:
        """Return what is wrong with an object of a class that holds a key, where it is handed on."""
        parent = self.ev.world.parent(node)
        values = self.ev.value(node)
        if isinstance(parent, ast.Attribute) and (why := self._listed(parent, values)) is not None:
            return why
        if not any(v.kind in (Kind.INSTANCE, Kind.CLASS) and v.data in self.holders for v in values):
            return None
        for v in values:
            if v.kind in (Kind.INSTANCE, Kind.CLASS) and v.data in self.holders and models.is_model(self.ev, v.data):
                if (why := models.misplaced(self.ev, node, v)) is not None:
                    return why
        if isinstance(parent, ast.Assign) and node is parent.value and any(map(self._is_elsewhere, parent.targets)):
            return "an object that holds a key is stored in an object that could not be analyzed"
        if isinstance(parent, ast.Return | ast.Yield) and any(v.kind is Kind.INSTANCE and v.data in self.holders for v in values):
            return self._given_back(parent)
        if isinstance(parent, ast.keyword):
            parent = self.ev.world.parent(parent)
        if (
            isinstance(parent, ast.Set)
            or (isinstance(parent, ast.Dict) and node in parent.keys)
            or (isinstance(parent, ast.Subscript) and node is parent.slice)
        ):
            return "an object that holds a key is used as a lookup key"
        if isinstance(parent, ast.Starred | ast.FormattedValue | ast.BinOp):
            return "an object that holds a key is unpacked or printed"
        if isinstance(parent, ast.Compare) and not any(isinstance(c, ast.Constant) and c.value is None for c in parent.comparators):
            return "an object that holds a key is compared"
        return self._passed(parent) if isinstance(parent, ast.Call) and parent.func is not node else None

    def _listed(self, attribute: ast.Attribute, values: Values) -> str | None:
        """Return what is wrong with an attribute of a partial or class that gives or takes all parts at once."""
        if attribute.attr in ("keywords", "args"):
            held = [v.data for v in values if v.kind is Kind.PARTIAL]
            if any(self.holds(a) for c in held for a in [*c.args, *(k.value for k in c.keywords)]):
                return "the arguments of a partial are listed"
        if attribute.attr in FROM_ROWS:
            for v in values:
                if (v.kind is Kind.MAKER and self._makes_holder(v)) or (v.kind is Kind.CLASS and v.data in self.holders):
                    return f"objects that hold a key may be made by `.{attribute.attr}`"
        return None

    def _passed(self, call: ast.Call) -> str | None:
        """Return what is wrong with an object that holds a key as an argument."""
        for f in self.ev.value(call.func):
            if f.kind is Kind.UNKNOWN:
                return f"an object that holds a key is passed to `{short(call.func)}`, which could not be analyzed"
            if f.kind is Kind.METHOD and not (f.data.kind is Kind.OBJECT and f.more in KEEPING) and not flask.takes_names(self.ev, call):
                return "an object that holds a key is printed or compared"
            if f.kind is Kind.LIBRARY and not str(f.data).startswith(("builtins.super", "builtins.object.__new__", "builtins.isinstance", "builtins.getattr", "builtins.type", "builtins.len",
                                                                      "builtins.id", "copy.", "dataclasses.replace", "attr.evolve", "attrs.evolve", "threading.", "builtins.issubclass")):  # fmt: skip
                return f"an object that holds a key is passed to `{short(call.func)}`, which could not be analyzed"
        return None

    def _is_elsewhere(self, target: ast.expr) -> bool:
        """Return whether a target is an attribute or entry of something outside of the program."""
        if not isinstance(target, ast.Attribute | ast.Subscript):
            return False
        return any(v.kind in (Kind.LIBRARY, Kind.UNKNOWN) for v in self.ev.value(target.value))


__all__ = ["FUNCTIONS", "NONE", "Places"]
