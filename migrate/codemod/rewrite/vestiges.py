"""What a removal leaves standing for nothing: `secret = None` beside it, an `if` with nothing in it, a name after `global`."""

import ast
import re
from typing import TYPE_CHECKING

from migrate.codemod.edit.kinds import Drop, DropDeclared
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import BoxKind, Class, Const, ModuleRef, Scope, ScopeKind, Store, StoreKind, in_order
from migrate.codemod.keys.cluster import Cluster, roles_of
from migrate.codemod.libraries.spec import Role
from migrate.codemod.rewrite.aftermath import pure
from migrate.codemod.rewrite.sweep import Sweep
from migrate.codemod.source.python import Span

if TYPE_CHECKING:
    pass


class Vestiges(Sweep):
    """The part of the removal that looks at what stood beside the things that went."""

    def companions(self, cluster: Cluster) -> set[Store]:
        """Bindings of None that only stood in for what went: the other bindings of its name, and what a call was given beside it."""
        found: set[Store] = set()
        for s in self.removed & cluster.stores:
            found.update(self.siblings(s))
        for node in (a.node for sink in cluster.sinks for a in sink.of(Role.SECRET, Role.TOKEN)):
            for n in ast.walk(node) if isinstance(node, ast.BoolOp | ast.IfExp | ast.Name | ast.Attribute) and self.dead(node) else ():
                found |= {s for s in self.rewriter.interpreter.reads(n) if s.kind in (StoreKind.DEFAULT, StoreKind.ASSIGN)}
        plain = {
            s
            for s in found - self.removed
            if s.kind in (StoreKind.ASSIGN, StoreKind.ATTRIBUTE, StoreKind.DEFAULT) and isinstance(s.value, ast.Constant)
        }
        plain = {s for s in plain if s.values <= {Const(None)} and self.unread(s)}
        return {s for s in in_order(plain) if not self.one_of_several(s)}

    def one_of_several(self, s: Store) -> bool:
        """`KEY = SECRET = None` loses the one name by itself, as long as there is another."""
        source = s.module.source
        statement = source.statement(s.node) if s.kind is not StoreKind.DEFAULT else None
        if not isinstance(statement, ast.Assign) or s.node not in statement.targets:
            return False
        left = [t for t in statement.targets if t not in self.roots]
        if len(left) < 2:
            return False
        i = statement.targets.index(s.node)
        behind = [*statement.targets, statement.value][i + 1]
        cut = Span(source.span(s.node).start, source.span(behind).start)
        if "(" not in source.text[cut.start : cut.end] and "#" not in source.text[cut.start : cut.end]:
            self.rewrite.add(s.module, Drop(statement, s.node))
            self.roots.add(s.node)
            self.removed.add(s)
        return True

    def class_of(self, s: Store) -> Class | None:
        """The class whose attribute a binding is, of its objects or in its body."""
        return s.owner if isinstance(s.owner, Class) else next((c for c in self.rewriter.uses.by_class if c.scope is s.owner), None)

    def siblings(self, s: Store) -> list[Store]:
        """All bindings of the name that this one binds, where it is bound."""
        if (cls := self.class_of(s)) is not None:
            return [x for c in cls.lineage() for x in [*c.scope.stores.get(s.name, ()), *c.attributes.get(s.name, ())]]
        scope = home_of(s.owner, s.name) if isinstance(s.owner, Scope) else None
        return list(scope.stores.get(s.name, ())) if scope is not None else []

    def emptied_conditions(self) -> None:
        """Drops an `if` with nothing left in any branch, where asking does nothing."""
        for s in in_order(self.removed):
            statement = s.module.source.statement(s.node) if s.node in s.module.source.parents else None
            up = s.module.source.parents.get(statement) if statement is not None else None
            while isinstance(up, ast.If) and up not in self.roots and self.vacant(s.module, up):
                self.drop_statement(s.module, up)
                up = s.module.source.parents.get(up)

    def emptied_tries(self) -> None:
        """Drops a `try` in which nothing is left to fail, with the handlers, where nobody reads what they bind."""
        for s in in_order(self.removed):
            if s.kind is not StoreKind.IMPORT or not isinstance(s.node, ast.alias):
                continue
            up = s.module.source.parents.get(s.module.source.statement(s.node))
            if not isinstance(up, ast.Try) or up in self.roots or up.orelse or up.finalbody:
                continue
            if all(self.unlisted_import(x) and self.without_effect(s.module, x) for x in up.body) and self.unread_handlers(s.module, up):
                self.drop_statement(s.module, up)

    def without_effect(self, module: Module, statement: ast.stmt) -> bool:
        """Does an import do nothing but bind names?"""
        if not isinstance(statement, ast.ImportFrom):
            return False
        home = self.rewriter.interpreter.imported_module(module, statement.module or "", statement.level)
        return isinstance(home, ModuleRef) and pure(home.module)

    def unread_handlers(self, module: Module, statement: ast.Try) -> bool:
        """Do the handlers bind nothing that is read elsewhere, and say nothing that somebody may want to keep?"""
        if any(line.lstrip().startswith("#") for line in re.split(r"\r\n|\r|\n", module.source.code(statement))):
            return False
        inside = {n for h in statement.handlers for n in ast.walk(h)}
        if any(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom) for n in inside):
            return False
        bound = {x for x in self.rewriter.interpreter.stores() if x.node in inside and x.module is module}
        return all(self.dead(n) or n in inside for x in bound for n in self.rewriter.readers.get(x, ()))

    def bare_annotations(self) -> None:
        """`secret: str` in a class, none of whose objects has it any more."""
        for s in in_order(self.removed):
            if not isinstance(s.owner, Class | Scope) or any(x not in self.removed for x in self.siblings(s)):
                continue
            cls = self.class_of(s)
            for c in cls.lineage() if cls is not None and not cls.fields else ():
                for b in c.node.body if c.listed is None else ():
                    if isinstance(b, ast.AnnAssign) and b.value is None and isinstance(b.target, ast.Name) and b.target.id == s.name:
                        if b not in self.roots:
                            self.drop_statement(c.module, b)

    def vacant(self, module: Module, node: ast.If) -> bool:
        """Is there nothing left to choose, in a condition that asked for nothing but what went?"""
        outer = module.source.parents.get(node)
        if isinstance(outer, ast.If) and node in outer.orelse and module.source.code(node).startswith("elif"):
            return False
        typing = ast.unparse(node.test).endswith("TYPE_CHECKING")  # what an import does beside binding names is never done there
        if not all(x in self.roots or isinstance(x, ast.Pass) or (typing and self.unlisted_import(x)) for x in [*node.body, *node.orelse]):
            return False
        if any(line.lstrip().startswith("#") for line in re.split(r"\r\n|\r|\n", module.source.code(node))):
            return False
        named = any(isinstance(n, ast.Name | ast.Attribute) for n in ast.walk(node.test))
        return typing or (named and all(self.about_what_went(n) for n in ast.walk(node.test)))

    def about_what_went(self, node: ast.AST) -> bool:
        """Is this part of a condition about a binding that went, or one that goes when it is not asked for any more?"""
        if not isinstance(node, ast.Name | ast.Attribute):
            return not isinstance(node, ast.Call | ast.Subscript | ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom)
        stores = self.rewriter.interpreter.reads(node)
        roles = roles_of(self.rewriter.interpreter.values_of(node), self.rewriter.found)
        if roles == {Role.SECRET} and not self.dead(node):
            return True
        went = {(x.owner, x.name) for s in stores & self.removed for x in self.siblings(s)} | {(s.owner, s.name) for s in self.removed}
        return bool(stores) and all((s.owner, s.name) in went for s in stores)

    def empty_updates(self, cluster: Cluster) -> None:
        """`kw.update(…)` and `kw |= …` with nothing to put in any more."""
        for box in cluster.boxes:
            if box.open or box.spreads or box.kind is not BoxKind.DICT:
                continue
            for s in box.all():
                call = s.module.source.parents.get(s.node) if s in self.removed and s.kind is StoreKind.ARGUMENT else None
                if isinstance(call, ast.Call) and not call.args and self.roots.issuperset(call.keywords):
                    self.drop_update(s.module, call)
            if not box.items or not self.removed.issuperset(box.all()):
                continue
            for node in self.rewriter.uses.by_box.get(box, ()):
                home = self.rewriter.uses.homes.get(node)
                up = home.source.parents.get(node) if home is not None else None
                if home is not None and isinstance(up, ast.AugAssign) and node is up.value and up not in self.roots:
                    self.drop_statement(home, up)
                elif home is not None and isinstance(up, ast.Call) and up.args == [node] and not up.keywords:
                    self.drop_update(home, up)

    def drop_update(self, module: Module, call: ast.Call) -> None:
        """Drops `kw.update(…)` where it is a statement."""
        statement = module.source.parents.get(call)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "update" and isinstance(statement, ast.Expr):
            if statement not in self.roots:
                self.drop_statement(module, statement)

    def unlisted_import(self, statement: ast.stmt) -> bool:
        """Is it an import that has lost all its names?"""
        return isinstance(statement, ast.Import | ast.ImportFrom) and self.roots.issuperset(statement.names)

    def undeclare(self) -> None:
        """`global key, secret` loses the names that nothing binds any more."""
        wanted: dict[ast.Global | ast.Nonlocal, tuple[Module, set[str]]] = {}
        for s in self.removed:
            if not isinstance(s.owner, Scope):
                continue
            scope = home_of(s.owner, s.name)
            if any(x not in self.removed for x in scope.stores.get(s.name, ())):
                continue
            for x in scope.stores.get(s.name, ()):
                for n in ast.walk(x.owner.node) if isinstance(x.owner, Scope) and x.owner is not scope else ():
                    if isinstance(n, ast.Global | ast.Nonlocal) and s.name in n.names:
                        wanted.setdefault(n, (x.module, set()))[1].add(s.name)
        for statement, (module, names) in wanted.items():
            if not names.issuperset(statement.names):
                self.cut_names(module, statement, names)
            elif statement not in self.roots:
                self.drop_statement(module, statement)

    def cut_names(self, module: Module, statement: ast.Global | ast.Nonlocal, names: set[str]) -> None:
        """Takes some names out of a declaration, each with a comma."""
        for name in names:
            self.rewrite.add(module, DropDeclared(statement, name))


def home_of(scope: Scope, name: str) -> Scope:
    """The scope whose name this is, by `global` and `nonlocal`."""
    if name in scope.globals and scope.kind is not ScopeKind.MODULE:
        return scope.module.scope
    if name not in scope.nonlocals:
        return scope
    outer = scope.parent
    while outer is not None and name not in outer.locals:
        outer = outer.parent
    return outer or scope
