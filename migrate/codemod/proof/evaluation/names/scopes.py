"""One file as Python's compiler sees its names: scopes, what binds a name in each, and which scope a name that is read belongs to.

The rules are those of https://docs.python.org/3/reference/executionmodel.html#naming-and-binding.
"""

import ast
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import NamedTuple

Steps = tuple[int | str, ...]
"""The way from a value to what a target gets of it: an index, `*` for any element, `with` for what a context manager gives."""

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class BindingKind(Enum):
    """What a place does to a name."""

    VALUE = "an expression is assigned to it, or a part of what an expression gives"
    IMPORT = "`import module`"
    FROM = "`from module import name`"
    STAR = "`from module import *`"
    DEF = "a def statement"
    CLASS = "a class statement"
    PARAM = "a parameter"
    DELETE = "`del name`"
    NARROWED = "another binding below a condition that says something of its value"
    UNBOUND = "no binding: the name is not bound yet"
    UNKNOWN = "something is bound that is not understood"

    __hash__ = object.__hash__


@dataclass(eq=False, slots=True)
class Binding:
    """One place that binds, or unbinds, a name.

    A narrowed binding is another one (`of`) below a condition: `name` says whether it is not None there, or not empty either.
    """

    kind: BindingKind
    node: ast.AST
    value: ast.expr | None = None
    steps: Steps = ()
    module: str = ""
    level: int = 0
    name: str = ""
    of: "Binding | None" = None


@dataclass(eq=False, slots=True)
class Scope:
    """A module, class, function or comprehension."""

    unit: "Unit"
    node: ast.AST
    parent: "Scope | None"
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    stars: list[Binding] = field(default_factory=list)
    definite: set[str] = field(default_factory=set)  # names that are bound whenever the scope has run to its end
    foreign: set[str] = field(default_factory=set)  # names that other scopes bind too, by `global` or `nonlocal`

    @property
    def is_class(self) -> bool:
        """Whether this is the body of a class."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_module(self) -> bool:
        """Whether this is a file's own scope."""
        return self.parent is None


class Cell(NamedTuple):
    """A name in the scope that it belongs to."""

    scope: Scope
    name: str


class Unit:
    """One file: tree, parents, scopes."""

    def __init__(self, path: Path, tree: ast.Module, cells: tuple[int, ...] = ()) -> None:
        self.path = path
        self.tree = tree
        self.cells = cells  # the lines above the cells of a notebook
        self.parents: dict[ast.AST, ast.AST] = {}
        self.scopes: dict[ast.AST, Scope] = {}
        self.scope_of: dict[ast.AST, Scope] = {}
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                if not isinstance(child, ast.expr_context | ast.operator | ast.boolop | ast.unaryop | ast.cmpop):
                    self.parents[child] = node
        self.handled = {
            n.id
            for h in self.parents
            if isinstance(h, ast.ExceptHandler)
            for n in ([] if h.type is None else ast.walk(h.type))
            if isinstance(n, ast.Name)
        } | {"NameError" for h in self.parents if isinstance(h, ast.ExceptHandler) and h.type is None}
        if {"Exception", "BaseException", "NameError"} & self.handled:
            self.handled |= {"NameError", "AttributeError"}
        self.module = self._scope(tree, None)
        for statement in tree.body:
            self._visit(statement, self.module)
        for scope in self.scopes.values():
            for name in scope.globals | scope.nonlocals:
                if (home := self.home(scope, name)) is not None and home is not scope:
                    home.foreign.add(name)
                    home.bindings.setdefault(name, []).extend(scope.bindings.pop(name, []))

    def _scope(self, node: ast.AST, parent: Scope | None) -> Scope:
        scope = self.scopes[node] = Scope(self, node, parent)
        return scope

    def home(self, scope: Scope, name: str) -> Scope | None:
        """Return the scope that a name means where it is read or bound in `scope`; None for a builtin, or a name of a star import."""
        if name in scope.globals:
            return self.module
        at: Scope | None = scope
        first = name not in scope.nonlocals
        while at is not None:
            if (at is scope and first) or (at is not scope and not at.is_class):
                if name in at.globals and at is not scope:
                    return self.module
                if name in at.bindings and not (at is not scope and name in at.nonlocals):
                    return at
            at = at.parent
        return None

    def cell(self, node: ast.Name) -> Cell | None:
        """Return what a name means where it stands; None for a builtin, or a name of a star import."""
        scope = self.scope_of[node]
        home = self.home(scope, node.id)
        return Cell(home, node.id) if home is not None else None

    def bind(self, scope: Scope, name: str, binding: Binding) -> None:
        """Record a binding."""
        scope.bindings.setdefault(name, []).append(binding)

    def target(self, scope: Scope, target: ast.expr, value: ast.expr | None, steps: Steps) -> None:
        """Record what an assignment's target binds."""
        if isinstance(target, ast.Name):
            self.scope_of[target] = scope
            self.bind(scope, target.id, Binding(BindingKind.VALUE if value is not None else BindingKind.UNKNOWN, target, value, steps))
        elif isinstance(target, ast.Tuple | ast.List):
            self.scope_of[target] = scope
            starred = False
            for n, part in enumerate(target.elts):
                if isinstance(part, ast.Starred):
                    starred = True
                    self.scope_of[part] = scope
                    self.target(scope, part.value, None, ())
                else:
                    self.target(scope, part, value, (*steps, "*" if starred else n))
        else:
            self._visit(target, scope)

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        self.scope_of[node] = scope
        method = getattr(self, f"_{type(node).__name__}", None)
        if method is not None:
            method(node, scope)
        else:
            self._children(node, scope)

    def _children(self, node: ast.AST, scope: Scope) -> None:
        for child in ast.iter_child_nodes(node):
            self._visit(child, scope)

    def _Assign(self, node: ast.Assign, scope: Scope) -> None:
        self._visit(node.value, scope)
        for target in node.targets:
            self.target(scope, target, node.value, ())

    def _AnnAssign(self, node: ast.AnnAssign, scope: Scope) -> None:
        self._visit(node.annotation, scope)
        if node.value is not None:
            self._visit(node.value, scope)
            self.target(scope, node.target, node.value, ())
        else:
            self._visit(node.target, scope)
            if isinstance(node.target, ast.Name) and not scope.is_module:
                scope.bindings.setdefault(node.target.id, [])

    def _AugAssign(self, node: ast.AugAssign, scope: Scope) -> None:
        self._visit(node.value, scope)
        if isinstance(node.target, ast.Name):
            self.scope_of[node.target] = scope
            self.bind(scope, node.target.id, Binding(BindingKind.UNKNOWN, node.target))
        else:
            self._visit(node.target, scope)

    def _NamedExpr(self, node: ast.NamedExpr, scope: Scope) -> None:
        self._visit(node.value, scope)
        home = scope
        while isinstance(home.node, COMPREHENSIONS) and home.parent is not None:
            home = home.parent
        self.target(home, node.target, node.value, ())

    def _For(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        self._visit(node.iter, scope)
        self.target(scope, node.target, node.iter, ("*",))
        for statement in [*node.body, *node.orelse]:
            self._visit(statement, scope)

    _AsyncFor = _For

    def _With(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        for item in node.items:
            self._visit(item.context_expr, scope)
            if item.optional_vars is not None:
                self.target(scope, item.optional_vars, item.context_expr, ("with",))
        for statement in node.body:
            self._visit(statement, scope)

    _AsyncWith = _With

    def _Import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            first = alias.name.split(".")[0]
            bound = Binding(BindingKind.IMPORT, alias, module=alias.name if alias.asname else first, name=alias.name)
            self.bind(scope, alias.asname or first, bound)

    def _ImportFrom(self, node: ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            bound = Binding(BindingKind.FROM, alias, module=node.module or "", level=node.level, name=alias.name)
            if alias.name == "*":
                bound.kind = BindingKind.STAR
                scope.stars.append(bound)
            else:
                self.bind(scope, alias.asname or alias.name, bound)

    def _Delete(self, node: ast.Delete, scope: Scope) -> None:
        for target in node.targets:
            self.scope_of[target] = scope
            if isinstance(target, ast.Name):
                self.bind(scope, target.id, Binding(BindingKind.DELETE, target))
            else:
                self._visit(target, scope)

    def _Global(self, node: ast.Global, scope: Scope) -> None:
        scope.globals.update(node.names)

    def _Nonlocal(self, node: ast.Nonlocal, scope: Scope) -> None:
        scope.nonlocals.update(node.names)

    def _ExceptHandler(self, node: ast.ExceptHandler, scope: Scope) -> None:
        if node.type is not None:
            self._visit(node.type, scope)
        if node.name:
            self.bind(scope, node.name, Binding(BindingKind.UNKNOWN, node))
        for statement in node.body:
            self._visit(statement, scope)

    def _MatchAs(self, node: ast.MatchAs, scope: Scope) -> None:
        if node.name:
            self.bind(scope, node.name, Binding(BindingKind.UNKNOWN, node))
        self._children(node, scope)

    def _MatchStar(self, node: ast.MatchStar, scope: Scope) -> None:
        if node.name:
            self.bind(scope, node.name, Binding(BindingKind.UNKNOWN, node))

    def _MatchMapping(self, node: ast.MatchMapping, scope: Scope) -> None:
        if node.rest:
            self.bind(scope, node.rest, Binding(BindingKind.UNKNOWN, node))
        self._children(node, scope)

    def _FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        self.bind(scope, node.name, Binding(BindingKind.DEF, node))
        for part in [*node.decorator_list, *([node.returns] if node.returns else [])]:
            self._visit(part, scope)
        inner = self._function(node, scope)
        for statement in node.body:
            self._visit(statement, inner)

    _AsyncFunctionDef = _FunctionDef

    def _Lambda(self, node: ast.Lambda, scope: Scope) -> None:
        inner = self._function(node, scope)
        self._visit(node.body, inner)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> Scope:
        arguments = node.args
        self.scope_of[arguments] = scope
        for default in [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]:
            self._visit(default, scope)
        inner = self._scope(node, scope)
        for a in parameters(arguments):
            self.scope_of[a] = inner
            if a.annotation is not None:
                self._visit(a.annotation, scope)
            self.bind(inner, a.arg, Binding(BindingKind.PARAM, a))
        return inner

    def _ClassDef(self, node: ast.ClassDef, scope: Scope) -> None:
        self.bind(scope, node.name, Binding(BindingKind.CLASS, node))
        for part in [*node.decorator_list, *node.bases, *node.keywords]:
            self._visit(part, scope)
        inner = self._scope(node, scope)
        for statement in node.body:
            self._visit(statement, inner)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, scope: Scope) -> None:
        inner = self._scope(node, scope)
        for n, generator in enumerate(node.generators):
            self.scope_of[generator] = inner
            self._visit(generator.iter, scope if n == 0 else inner)
            self.target(inner, generator.target, generator.iter, ("*",))
            for condition in generator.ifs:
                self._visit(condition, inner)
        for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self._visit(part, inner)

    _ListComp = _SetComp = _DictComp = _GeneratorExp = _comprehension


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Return all parameters, `*args` and `**kwargs` too."""
    out = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return out + [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
