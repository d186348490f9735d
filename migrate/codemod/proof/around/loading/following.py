"""What is done with a module that was taken by a computed name: which names of it are read, and whether anything may read all of them."""

import ast
import re

from migrate.codemod.proof.around.dynamic import PLAIN, reaching
from migrate.codemod.proof.around.loading.listing import Filter, is_entry
from migrate.codemod.proof.evaluation.names.outline import last_name
from migrate.codemod.proof.evaluation.names.scopes import BindingKind, Cell, Unit

_OF_TEXTS = frozenset(name for kind in (str, bytes, tuple, list, dict) for name in dir(kind))
"""What a text, tuple or dict has itself: a value that is asked for anything else is none of them."""
_LOGGING = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
_LOGGER = re.compile(r"(?i)(?:\w+\.)*_*(?:\w+_)?log(?:ger|ging)?(?:\(\))?")
_TELLING = frozenset({"print", "str", "repr", "isinstance", "id"})
"""Builtins that show a module by its name and path, or tell what it is."""
_ASKING_KIND = frozenset({"isinstance", "issubclass", "callable", "isclass", "isfunction", "iscoroutinefunction"})
_CACHING = frozenset({"cache", "lru_cache"})

MODULE, VALUE, TABLE = "module", "value", "table"
"""What is followed: a module, a value of one under a computed name, a dict of all its names."""


class Following:
    """Follows a module through one file. Whatever is not listed here may read all its names."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.filter = Filter(unit)
        self.names: set[str] = set()  # that are read, set or asked for
        self.called = False  # a class or function under a computed name is called
        self.tested = False  # it is asked whether there is something under a computed name
        self.exposed: set[str] = set()  # names by which another file could get at it
        self.whole = False
        self._seen: set[tuple[object, str]] = set()

    def follow(self, node: ast.expr, kind: str) -> None:
        """Follow what an expression gives."""
        if self.whole or (node, kind) in self._seen:
            return
        self._seen.add((node, kind))
        parent = self.unit.parents.get(node)
        if not (self._is_used(node, parent, kind) or self._is_bound(parent, kind)):
            self.whole = True

    def _is_used(self, node: ast.expr, parent: ast.AST | None, kind: str) -> bool:
        """Follow what an expression gives where it is a part of another; return whether that is understood."""
        match parent:
            case ast.Expr() | ast.If() | ast.While() | ast.Assert() | ast.UnaryOp(op=ast.Not()):
                self.tested |= kind == VALUE
                return True
            case ast.Compare():
                self.tested |= kind == VALUE
                return kind == MODULE or all(isinstance(op, ast.Is | ast.IsNot) for op in parent.ops)
            case ast.IfExp() | ast.BoolOp():
                if not (isinstance(parent, ast.IfExp) and node is parent.test):
                    self.follow(parent, kind)
                self.tested |= kind == VALUE
                return True
            case ast.FormattedValue() | ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod()) if kind == MODULE:
                return True  # its name and path
            case ast.Attribute(attr=attr):
                self._attribute(parent, attr, kind)
                return True
            case ast.Call(func=func):
                if func is not node:
                    self._argument(parent, node, kind)
                self.called |= kind == VALUE
                return func is not node or kind == VALUE
            case ast.Subscript(value=base, slice=ast.Constant(value=str() as name)) if kind == TABLE and base is node:
                self.names.add(name)
                return True
        return False

    def _is_bound(self, parent: ast.AST | None, kind: str) -> bool:
        """Follow what an expression gives where it is given a name, or returned; return whether it is."""
        match parent:
            case ast.Assign(targets=targets):
                for target in targets:
                    self._target(target, kind)
            case ast.AnnAssign(target=target):
                self._target(target, kind)
            case ast.NamedExpr(target=target):
                self._target(target, kind)
                self.follow(parent, kind)
            case ast.Return():
                self._returned(parent, kind)
            case _:
                return False
        return True

    def _attribute(self, node: ast.Attribute, attr: str, kind: str) -> None:
        parent = self.unit.parents.get(node)
        if kind == TABLE:
            match parent:
                case ast.Call(func=func, args=[ast.Constant(value=str() as name), *_]) if func is node and attr in ("get", "pop"):
                    self.names.add(name)
                    return
            self._listed(node, attr)
        elif kind == VALUE:
            if attr in _OF_TEXTS - PLAIN or reaching(attr) or (isinstance(parent, ast.Attribute) and reaching(parent.attr)):
                self.whole = True
            self.names.add(attr)
        elif attr == "__dict__":
            self.follow(node, TABLE)
        elif attr == "__all__" or reaching(attr) or (isinstance(parent, ast.Attribute) and reaching(parent.attr)):
            self.whole = True
        else:
            self.names.add(attr)

    def _argument(self, call: ast.Call, node: ast.expr, kind: str) -> None:
        """Follow what is an argument of a call."""
        name = last_name(call.func)
        plain = isinstance(call.func, ast.Name)
        first = bool(call.args) and call.args[0] is node
        if kind == MODULE and first and plain and name in ("getattr", "hasattr", "setattr", "delattr") and len(call.args) > 1:
            if isinstance(call.args[1], ast.Constant):
                self.names.add(said := str(call.args[1].value))
                self.whole |= said == "__all__" or reaching(said)
            elif name == "getattr":
                if not self._within_loop(call, node):
                    self.follow(call, VALUE)
            else:
                self.whole = True
        elif (kind == MODULE and self._tells(call.func)) or (kind == VALUE and name in _ASKING_KIND):
            return
        elif kind == MODULE and (name == "exec_module" or (first and self._runs_examples(call.func))):
            return  # which only fills it, or runs the examples in its docstrings
        elif kind == MODULE and name in ("import_module", "__import__"):
            return  # a module is no name: that is what the variable was before
        elif kind == MODULE and first and name == "reload":
            self.follow(call, MODULE)
        elif kind == MODULE and first and plain and name == "vars":
            self.follow(call, TABLE)
        elif kind == MODULE and first and name == "getmembers" and len(call.args) > 1 and self.filter.only_kinds(call.args[1]):
            self.called = True
        elif kind == MODULE and first and (name == "getmembers" or (plain and name == "dir")):
            self._gone_through(call, "pair" if name == "getmembers" else "name", node)
        else:
            self._handed(call, node, kind)

    def _tells(self, func: ast.expr) -> bool:
        """Return whether a function only shows a module by its name and path, or tells what it is."""
        if isinstance(func, ast.Name):
            starred = any(scope.stars for scope in self.unit.scopes.values())
            return func.id in _TELLING and not starred and func in self.unit.scope_of and self.unit.cell(func) is None
        return isinstance(func, ast.Attribute) and func.attr in _LOGGING and _LOGGER.fullmatch(ast.unparse(func.value)) is not None

    def _lists_attributes(self) -> bool:
        """Return whether the file reads all attributes of an object: that which has the module may be it."""
        return any(
            (isinstance(n, ast.Attribute) and n.attr == "__dict__")
            or (isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "vars")
            for n in self.unit.parents
        )

    def _runs_examples(self, func: ast.expr) -> bool:
        """Return whether a function of `doctest` looks for the examples of a module: in the docstrings of its functions and classes."""
        match func:
            case ast.Attribute(value=ast.Name(id="doctest"), attr="testmod" | "DocTestSuite"):
                return True
            case ast.Attribute(value=ast.Name() as finder, attr="find") if finder in self.unit.scope_of:
                cell = self.unit.cell(finder)
                found = cell.scope.bindings.get(cell.name, []) if cell is not None else []
                return bool(found) and all(ast.unparse(b.value) == "doctest.DocTestFinder()" for b in found if b.value is not None)
        return False

    def _listed(self, node: ast.Attribute, attr: str) -> None:
        """Follow `table.items()` or `table.values()`."""
        call = self.unit.parents.get(node)
        if isinstance(call, ast.Call) and call.func is node and attr in ("items", "values"):
            self._gone_through(call, "pair" if attr == "items" else "value", None)
        else:
            self.whole = True

    def _gone_through(self, listing: ast.expr, listed: str, module: ast.expr | None) -> None:
        at = listing
        parent = self.unit.parents.get(at)
        while isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id in ("list", "sorted", "tuple"):
            at, parent = parent, self.unit.parents.get(parent)
        if isinstance(parent, ast.For) and parent.iter is at and self.filter.loop(parent, listed, _id(module)):
            self.called = True
            return
        match parent:
            case ast.Compare(left=ast.Constant(value=str() as name), ops=[ast.In() | ast.NotIn()]) if listed == "name":
                self.names.add(name)
                return
        if isinstance(parent, ast.comprehension) and parent.iter is at and listed in ("value", "pair"):
            value = parent.target.elts[-1] if listed == "pair" and isinstance(parent.target, ast.Tuple) else parent.target
            if isinstance(value, ast.Name) and parent.ifs and self.filter.lets_through(parent.ifs[0], {value.id}):
                self.called = True
                return
        self.whole = True

    def _within_loop(self, call: ast.Call, module: ast.expr) -> bool:
        """Return whether a loop over all names of a module asks for each, and lets nothing through but classes and functions."""
        statement = self.unit.parents.get(call)
        loop = self.unit.parents.get(statement) if isinstance(statement, ast.Assign) else None
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name) or not is_entry(call, {loop.target.id}, _id(module)):
            return False
        listing = loop.iter
        while isinstance(listing, ast.Call) and isinstance(listing.func, ast.Name) and listing.func.id in ("list", "sorted", "tuple"):
            listing = listing.args[0] if listing.args else loop.target
        match listing:
            case ast.Call(func=ast.Name(id="dir"), args=[ast.Name(id=listed)]) if listed == _id(module):
                return self.filter.loop(loop, "name", listed)
        return False

    def _target(self, target: ast.expr, kind: str) -> None:
        """Follow what an assignment binds."""
        cell = self.unit.cell(target) if isinstance(target, ast.Name) and target in self.unit.scope_of else None
        if cell is not None and not cell.scope.is_class:
            self._cell(cell, kind)
        elif isinstance(target, ast.Attribute) and target.attr.startswith("_") and not self._lists_attributes():
            self.exposed.add(target.attr)
            for node in self.unit.parents:
                if isinstance(node, ast.Attribute) and node.attr == target.attr and isinstance(node.ctx, ast.Load):
                    self.follow(node, kind)
        else:
            self.whole = True

    def _cell(self, cell: Cell, kind: str) -> None:
        """Follow all that reads a name."""
        if (cell, kind) in self._seen:
            return
        self._seen.add((cell, kind))
        if cell.scope.is_module:
            self.exposed.add(cell.name)
        for node in self.unit.parents:
            if isinstance(node, ast.Name) and node.id == cell.name and isinstance(node.ctx, ast.Load) and node in self.unit.scope_of:
                if self.unit.cell(node) == cell:
                    self.follow(node, kind)

    def _handed(self, call: ast.Call, node: ast.expr, kind: str) -> None:
        """Follow what is handed to a function of the same file."""
        function = self._function(call.func)
        if function is None or any(isinstance(a, ast.Starred) for a in call.args) or node not in call.args:
            self.whole = True
            return
        arguments = [*function.args.posonlyargs, *function.args.args]
        at = call.args.index(node)
        if at >= len(arguments):
            self.whole = True
            return
        self._cell(Cell(self.unit.scopes[function], arguments[at].arg), kind)

    def _function(self, func: ast.expr) -> ast.FunctionDef | None:
        """Return the function of this file that a name means, where it is that and nothing else."""
        cell = self.unit.cell(func) if isinstance(func, ast.Name) and func in self.unit.scope_of else None
        found = cell.scope.bindings.get(cell.name, []) if cell is not None and not cell.scope.is_class else []
        if len(found) != 1 or found[0].kind is not BindingKind.DEF or not isinstance(found[0].node, ast.FunctionDef):
            return None
        return found[0].node if _is_plain(found[0].node) else None

    def _returned(self, node: ast.Return, kind: str) -> None:
        """Follow the answer of a function to all who call it in this file; nobody else may say its name."""
        at: ast.AST | None = node
        while at is not None and not isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef):
            at = self.unit.parents.get(at)
        if not isinstance(at, ast.FunctionDef) or not _is_plain(at) or at.name.startswith("__"):
            self.whole = True
            return
        self.exposed.add(at.name)
        for use in self.unit.parents:
            said = use.attr if isinstance(use, ast.Attribute) else use.id if isinstance(use, ast.Name) else None
            if said != at.name:
                continue
            call = self.unit.parents.get(use)
            if isinstance(call, ast.Call) and call.func is use:
                self.follow(call, kind)
            else:
                self.whole = True


def _is_plain(function: ast.FunctionDef) -> bool:
    """Return whether a call of a function runs it, and gives what it returns."""
    decorated = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    yields = any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(function))
    return not yields and all(last_name(d) in _CACHING for d in decorated)


def _id(node: ast.expr | None) -> str | None:
    return node.id if isinstance(node, ast.Name) else None
