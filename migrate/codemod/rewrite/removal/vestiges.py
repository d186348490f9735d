"""What a removal leaves standing for nothing: `secret = None` beside it, an `if` with nothing in it, a name after `global`."""

import ast
import re

from migrate.codemod.edit.kinds import DropDeclared
from migrate.codemod.flow.kinds import ScopeKind, StoreKind
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Class, Const, ModuleRef, Scope, Store, in_order
from migrate.codemod.keys.cluster import roles_of
from migrate.codemod.libraries.spec import Role
from migrate.codemod.rewrite.plan import Plan
from migrate.codemod.rewrite.removal.imports import pure


def companions(plan: Plan) -> set[Store]:
    """Return bindings of None that only stood in for what went: other bindings of its name, and what a call was given beside it."""
    found: set[Store] = set()
    for s in plan.removed & plan.cluster.stores:
        found.update(siblings(plan, s))
    for node in (a.node for sink in plan.cluster.sinks for a in sink.of(Role.SECRET, Role.TOKEN)):
        for n in ast.walk(node) if isinstance(node, ast.BoolOp | ast.IfExp | ast.Name | ast.Attribute) and plan.dead(node) else ():
            found |= {s for s in plan.facts.interpreter.reads(n) if s.kind in (StoreKind.DEFAULT, StoreKind.ASSIGN)}
    plain = {
        s
        for s in found - plan.removed
        if s.kind in (StoreKind.ASSIGN, StoreKind.ATTRIBUTE, StoreKind.DEFAULT) and isinstance(s.value, ast.Constant)
    }
    plain = {s for s in plain if s.values <= {Const(None)} and plan.unread(s)}
    return {s for s in in_order(plain) if not one_of_several(plan, s)}


def one_of_several(plan: Plan, s: Store) -> bool:
    """Return whether a binding is one of several in `KEY = SECRET = None`; it then goes alone, and the statement stays."""
    statement = s.module.source.statement(s.node) if s.kind is not StoreKind.DEFAULT else None
    if not isinstance(statement, ast.Assign) or s.node not in statement.targets:
        return False
    left = [t for t in statement.targets if t not in plan.roots]
    if len(left) < 2:
        return False
    plan.drop_item(s.module, statement, s.node)
    plan.removed.add(s)
    return True


def class_of(plan: Plan, s: Store) -> Class | None:
    """Return the class whose attribute a binding is, of its objects or in its body."""
    return s.owner if isinstance(s.owner, Class) else next((c for c in plan.facts.uses.by_class if c.scope is s.owner), None)


def siblings(plan: Plan, s: Store) -> list[Store]:
    """Return all bindings of the name that a binding binds."""
    if (cls := class_of(plan, s)) is not None:
        return [x for c in cls.lineage() for x in [*c.scope.stores.get(s.name, ()), *c.attributes.get(s.name, ())]]
    scope = home_of(s.owner, s.name) if isinstance(s.owner, Scope) else None
    return list(scope.stores.get(s.name, ())) if scope is not None else []


def emptied_conditions(plan: Plan) -> set[Store]:
    """Drops an `if` with nothing left in any branch, where asking does nothing."""
    for s in in_order(plan.removed):
        statement = s.module.source.statement(s.node) if s.node in s.module.source.parents else None
        up = s.module.source.parents.get(statement) if statement is not None else None
        while isinstance(up, ast.If) and up not in plan.roots and vacant(plan, s.module, up):
            plan.drop_statement(s.module, up)
            up = s.module.source.parents.get(up)
    return set()


def emptied_tries(plan: Plan) -> set[Store]:
    """Drops a `try` in which nothing is left to fail, with the handlers, where nobody reads what they bind."""
    for s in in_order(plan.removed):
        if s.kind is not StoreKind.IMPORT or not isinstance(s.node, ast.alias):
            continue
        up = s.module.source.parents.get(s.module.source.statement(s.node))
        if not isinstance(up, ast.Try) or up in plan.roots or up.orelse or up.finalbody:
            continue
        if all(unlisted_import(plan, x) and without_effect(plan, s.module, x) for x in up.body) and unread_handlers(plan, s.module, up):
            plan.drop_statement(s.module, up)
    return set()


def without_effect(plan: Plan, module: Module, statement: ast.stmt) -> bool:
    """Return whether an import does nothing but bind names."""
    if not isinstance(statement, ast.ImportFrom):
        return False
    home = plan.facts.interpreter.imported_module(module, statement.module or "", statement.level)
    return isinstance(home, ModuleRef) and pure(home.module)


def unread_handlers(plan: Plan, module: Module, statement: ast.Try) -> bool:
    """Return whether handlers bind nothing that is read elsewhere, and hold nothing that somebody may want to keep."""
    if any(line.lstrip().startswith("#") for line in re.split(r"\r\n|\r|\n", module.source.code(statement))):
        return False
    inside = {n for h in statement.handlers for n in ast.walk(h)}
    if any(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom) for n in inside):
        return False
    bound = {x for x in plan.facts.interpreter.stores() if x.node in inside and x.module is module}
    return all(plan.dead(n) or n in inside for x in bound for n in plan.facts.readers.get(x, ()))


def bare_annotations(plan: Plan) -> None:
    """Drop `secret: str` in a class none of whose objects has it any more."""
    for s in in_order(plan.removed):
        if not isinstance(s.owner, Class | Scope) or any(x not in plan.removed for x in siblings(plan, s)):
            continue
        cls = class_of(plan, s)
        for c in cls.lineage() if cls is not None and not cls.fields else ():
            for b in c.node.body if c.listed is None else ():
                if isinstance(b, ast.AnnAssign) and b.value is None and isinstance(b.target, ast.Name) and b.target.id == s.name:
                    if b not in plan.roots:
                        plan.drop_statement(c.module, b)


def vacant(plan: Plan, module: Module, node: ast.If) -> bool:
    """Return whether a condition asked only for what went, and has nothing left in any branch."""
    outer = module.source.parents.get(node)
    if isinstance(outer, ast.If) and node in outer.orelse and module.source.code(node).startswith("elif"):
        return False
    typing = ast.unparse(node.test).endswith("TYPE_CHECKING")  # what an import does beside binding names is never done there
    if not all(x in plan.roots or isinstance(x, ast.Pass) or (typing and unlisted_import(plan, x)) for x in [*node.body, *node.orelse]):
        return False
    if any(line.lstrip().startswith("#") for line in re.split(r"\r\n|\r|\n", module.source.code(node))):
        return False
    named = any(isinstance(n, ast.Name | ast.Attribute) for n in ast.walk(node.test))
    return typing or (named and all(about_what_went(plan, n) for n in ast.walk(node.test)))


def about_what_went(plan: Plan, node: ast.AST) -> bool:
    """Return whether a part of a condition is about a binding that went, or one that goes when nobody asks for it any more."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return not isinstance(node, ast.Call | ast.Subscript | ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom)
    stores = plan.facts.interpreter.reads(node)
    roles = roles_of(plan.facts.interpreter.values_of(node), plan.facts.found)
    if roles == {Role.SECRET} and not plan.dead(node):
        return True
    went = {(x.owner, x.name) for s in stores & plan.removed for x in siblings(plan, s)} | {(s.owner, s.name) for s in plan.removed}
    return bool(stores) and all((s.owner, s.name) in went for s in stores)


def unlisted_import(plan: Plan, statement: ast.stmt) -> bool:
    """Return whether a statement is an import that has lost all its names."""
    return isinstance(statement, ast.Import | ast.ImportFrom) and plan.roots.issuperset(statement.names)


def undeclare(plan: Plan) -> None:
    """Take names that nothing binds any more out of `global key, secret`."""
    wanted: dict[ast.Global | ast.Nonlocal, tuple[Module, set[str]]] = {}
    for s in plan.removed:
        if not isinstance(s.owner, Scope):
            continue
        scope = home_of(s.owner, s.name)
        if any(x not in plan.removed for x in scope.stores.get(s.name, ())):
            continue
        for x in scope.stores.get(s.name, ()):
            for n in ast.walk(x.owner.node) if isinstance(x.owner, Scope) and x.owner is not scope else ():
                if isinstance(n, ast.Global | ast.Nonlocal) and s.name in n.names:
                    wanted.setdefault(n, (x.module, set()))[1].add(s.name)
    for statement, (module, names) in wanted.items():
        if not names.issuperset(statement.names):
            for name in sorted(names):
                plan.add(module, DropDeclared(statement, name))
        elif statement not in plan.roots:
            plan.drop_statement(module, statement)


def home_of(scope: Scope, name: str) -> Scope:
    """Return the scope whose name a name is, after `global` and `nonlocal`."""
    if name in scope.globals and scope.kind is not ScopeKind.MODULE:
        return scope.module.scope
    if name not in scope.nonlocals:
        return scope
    outer = scope.parent
    while outer is not None and name not in outer.locals:
        outer = outer.parent
    return outer or scope
