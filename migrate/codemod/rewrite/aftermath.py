"""What a removal leaves without a purpose: functions that only gave the key back, imports that only served what went."""

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from migrate.codemod.edit.kinds import Drop
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import BoxRef, ModuleRef, Store, StoreKind, Value, in_order
from migrate.codemod.keys.cluster import Cluster
from migrate.codemod.rewrite.sweep import Sweep
from migrate.codemod.source.python import Source

if TYPE_CHECKING:
    pass

_PURE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.AnnAssign, ast.Pass)


class Aftermath(Sweep):
    """The part of the removal that looks at functions and imports."""

    def functions(self, cluster: Cluster) -> None:
        """A function that only gave the key back, and whose every call is gone, goes."""
        for o in in_order(cluster.origins):
            around = next((u for u in o.module.source.ancestors(o.node) if isinstance(u, ast.FunctionDef | ast.AsyncFunctionDef)), None)
            function = self.rewriter.interpreter.function_of(around) if around is not None else None
            if function is None or around is None or function.escapes or around in self.roots:
                continue
            if self.dead(o.node) and not self.emptied_dicts(cluster, function.returns):
                continue
            up = o.module.source.parents.get(around)
            defined = [s for s in self.rewriter.slots[function.scope.parent, around.name] if s.kind is StoreKind.DEF]
            read = any(self.rewriter.readers.get(s) for s in defined)
            if not isinstance(up, ast.Module | ast.ClassDef) or not read or (around.decorator_list and not isinstance(up, ast.ClassDef)):
                continue
            if not all(isinstance(x, ast.Return | ast.Expr) or self.emptied_dict(cluster, x) for x in around.body):
                continue
            if all(self.dead(c) for c in function.calls) and all(
                self.reader_gone(n) for s in defined for n in self.rewriter.readers.get(s, ())
            ):
                self.drop_statement(o.module, around)
                self.rewrite.functions.append((o.module, around))
                self.removed.update(s for s in cluster.stores if s.module is o.module and self.dead(s.node))
                for s in defined:
                    self.mend_all(s)
                    for n in self.rewriter.readers.get(s, ()):
                        if isinstance(n, ast.alias):
                            home = self.rewriter.uses.homes[n]
                            self.rewrite.add(home, Drop(home.source.parents[n], n))
                            self.roots.add(n)

    def annotates(self, s: Store) -> bool:
        """Did an import serve nothing but the annotations of what went, as `Final` and `Optional` do?"""
        inside = annotations(s.module.source)
        quoted = any(isinstance(n, ast.Constant) and isinstance(n.value, str) and s.name in n.value for n in inside)
        return not quoted and any(isinstance(n, ast.Name) and n.id == s.name and self.dead(n) for n in inside)

    def emptied_dict(self, cluster: Cluster, statement: ast.stmt) -> bool:
        """Does it bind nothing but a dict out of which everything went?"""
        return isinstance(statement, ast.Assign) and self.emptied_dicts(cluster, self.rewriter.interpreter.values_of(statement.value))

    def emptied_dicts(self, cluster: Cluster, values: set[Value]) -> bool:
        """Are these dicts of the cluster, with nothing in them any more?"""
        return bool(values) and all(
            isinstance(v, BoxRef) and v.box in cluster.boxes and not v.box.open and self.removed.issuperset(v.box.all()) for v in values
        )

    def reader_gone(self, n: ast.AST) -> bool:
        """Is a reader gone, or an import whose own readers are?"""
        if isinstance(n, ast.alias):
            stores = [s for s in self.rewriter.interpreter.stores() if s.node is n]
            return all(self.unread(s) for s in stores)
        return self.dead(n)

    def unused_imports(self) -> None:
        """Imports that only served what went; names that were unused before stay."""
        changed = self.rewrite.modules
        for s in self.rewriter.interpreter.stores():
            if s.kind is not StoreKind.IMPORT or s in self.removed or not isinstance(s.node, ast.alias) or s.node in self.roots:
                continue
            if s.module not in changed:
                continue
            readers = self.rewriter.readers.get(s, [])
            names = any(isinstance(n, ast.Name) for n in readers) or self.annotates(s)
            if not names or not all(self.dead(n) for n in readers) or s.name in s.module.source.opaque:
                continue
            if s.module.path.name == "__init__.py":
                continue
            statement = s.module.source.parents[s.node]
            up = s.module.source.parents.get(statement)
            if not isinstance(up, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if any(isinstance(v, ModuleRef) and not pure(v.module) for v in s.values):
                continue
            if any(
                isinstance(n, ast.Name) and n.id == s.name and not self.dead(n)
                for n in ast.walk(s.module.source.tree)
                if s.module.source.parents.get(n) is not None
            ):
                continue
            if any(
                s.name in (e.value if isinstance(e.value, str) else "")
                for x in s.module.scope.stores.get("__all__", ())
                if isinstance(x.value, ast.List | ast.Tuple)
                for e in x.value.elts
                if isinstance(e, ast.Constant)
            ):
                continue
            self.rewrite.add(s.module, Drop(statement, s.node))
            self.roots.add(s.node)


@lru_cache(maxsize=16)
def annotations(source: Source) -> tuple[ast.Name | ast.Constant, ...]:
    """The names and texts in the annotations of a source."""
    inside = []
    for n in source.parents:
        for a in (getattr(n, "annotation", None), getattr(n, "returns", None)):
            if isinstance(a, ast.expr):
                inside += [x for x in ast.walk(a) if isinstance(x, ast.Name | ast.Constant)]
    return tuple(inside)


def pure(module: Module) -> bool:
    """Does importing a module do nothing but define things?"""
    for s in module.source.tree.body:
        if isinstance(s, _PURE):
            continue
        if isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant):
            continue
        if isinstance(s, ast.Assign) and not any(isinstance(t, ast.Subscript | ast.Attribute) for t in s.targets):
            continue
        return False
    return True
