"""Which statements of a large program may have to do with a key: an over-estimate by names, so that the rest need not be evaluated."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable

from migrate.codemod.proof.checks import remains
from migrate.codemod.proof.evaluation.names.scopes import FUNCTIONS, Unit, parameters
from migrate.codemod.proof.evaluation.world import World

Token = tuple[object, str]
_ANYWHERE = "attribute"
_SECRET_LIKE = re.compile(r"[A-Za-z0-9/+=]{16,}")
_MUTATING = frozenset({"append", "add", "insert", "extend", "update", "setdefault", "appendleft"})


def hot(world: World, paths: Iterable[object], seeds: set[str]) -> set[ast.AST]:
    """Return the statements of some files that a text of `seeds`, or one that may be a secret, may reach by any chain of names."""
    return _Heat(world, paths, seeds).statements


class _Heat:
    """The names that are hot, and the statements that have such a name in them."""

    def __init__(self, world: World, paths: Iterable[object], seeds: set[str]) -> None:
        self.world = world
        self.seeds = seeds
        self.tokens: set[Token] = set()
        self.statements: set[ast.AST] = set()
        self.by_token: dict[Token, set[ast.AST]] = defaultdict(set)
        self.units: dict[ast.AST, Unit] = {}
        self.functions: dict[str, list[tuple[Unit, ast.AST]]] = defaultdict(list)
        todo: list[ast.AST] = []
        for path in paths:
            unit = world.units[path]  # type: ignore[index]
            for node in unit.parents:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    self.functions[node.name].append((unit, node))
                if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
                    self.units[node] = unit
                    for part in remains.own(node):
                        for token in self.read(unit, part):
                            self.by_token[token].add(node)
                        if isinstance(part, ast.Constant) and self.is_seed(part.value):
                            todo.append(node)
        while todo:
            node = todo.pop()
            if node in self.statements:
                continue
            self.statements.add(node)
            for token in self.given(self.units[node], node):
                if token not in self.tokens:
                    self.tokens.add(token)
                    todo += self.by_token.get(token, ())

    def is_seed(self, value: object) -> bool:
        """Return whether a literal may be a part of a key, or is a profile's name."""
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        return isinstance(text, str) and (any(s in text for s in self.seeds) or bool(_SECRET_LIKE.fullmatch(text.strip())))

    def token(self, unit: Unit, node: ast.Name) -> list[Token]:
        """Return what a name is known by: its scope and itself, and for what other files can see also by itself alone."""
        if node not in unit.scope_of:
            return [(_ANYWHERE, node.id)]
        cell = unit.cell(node)
        if cell is None or cell.scope.is_module or cell.scope.is_class:
            return [(_ANYWHERE, node.id)]
        return [(cell.scope, node.id)]

    def read(self, unit: Unit, node: ast.AST) -> list[Token]:
        """Return the names that a node mentions, however it does."""
        if isinstance(node, ast.Name):
            return self.token(unit, node)
        if isinstance(node, ast.Attribute):
            return [(_ANYWHERE, node.attr)]
        if isinstance(node, ast.alias):
            return [(_ANYWHERE, (node.asname or node.name).split(".")[0]), (_ANYWHERE, node.name)]
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            return [(_ANYWHERE, node.value)]
        return []

    def given(self, unit: Unit, statement: ast.AST) -> list[Token]:
        """Return the names that a hot statement may hand something to."""
        out: list[Token] = []
        if isinstance(statement, ast.Return) or any(isinstance(n, ast.Yield | ast.YieldFrom) for n in remains.own(statement)):
            out += self.answer(unit, statement)
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            out += self.parameters(unit, statement)
        for node in remains.own(statement):
            if isinstance(node, ast.Name):
                if not isinstance(node.ctx, ast.Load):
                    out += self.token(unit, node)
                for other, function in self.functions.get(node.id, ()):
                    out += self.parameters(other, function)
            elif isinstance(node, ast.Attribute):
                if not isinstance(node.ctx, ast.Load):
                    out.append((_ANYWHERE, node.attr))
                for other, function in self.functions.get(node.attr, ()):
                    out += self.parameters(other, function)
                if node.attr in _MUTATING:
                    out += self.holder(unit, node.value)
            elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
                out += self.holder(unit, node.value)
            elif isinstance(node, ast.alias):
                out.append((_ANYWHERE, (node.asname or node.name).split(".")[0]))
            elif isinstance(node, ast.Lambda):
                out += [(unit.scopes[node], a.arg) for a in parameters(node.args)]
        return out

    def holder(self, unit: Unit, node: ast.expr) -> list[Token]:
        """Return the name of what is stored into."""
        while isinstance(node, ast.Subscript | ast.Call):
            node = node.value if isinstance(node, ast.Subscript) else node.func
        return self.token(unit, node) if isinstance(node, ast.Name) else [(_ANYWHERE, node.attr)] if isinstance(node, ast.Attribute) else []

    def parameters(self, unit: Unit, node: ast.AST) -> list[Token]:
        """Return the parameters of a function, or of what makes an object of a class, and a class's fields."""
        if isinstance(node, ast.ClassDef):
            out: list[Token] = [(_ANYWHERE, name) for name in unit.scopes[node].bindings]
            for function in node.body:
                if isinstance(function, ast.FunctionDef) and function.name in ("__init__", "__new__", "__call__", "__post_init__"):
                    out += self.parameters(unit, function)
            return out
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return [(unit.scopes[node], a.arg) for a in parameters(node.args) if a.arg not in ("self", "cls")]
        return []

    def answer(self, unit: Unit, statement: ast.AST) -> list[Token]:
        """Return the name by which the answer of a function is asked for; for special methods the class's."""
        at: ast.AST | None = statement
        while at is not None and not isinstance(at, FUNCTIONS):
            at = unit.parents.get(at)
        if not isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef):
            return []
        parent = unit.parents.get(at)
        if at.name.startswith("__") and isinstance(parent, ast.ClassDef):
            return [(_ANYWHERE, parent.name)]
        home = unit.home(unit.scope_of[at], at.name)
        plain = home is None or home.is_module or home.is_class
        return [(_ANYWHERE, at.name) if plain or home is None else (home, at.name)]
