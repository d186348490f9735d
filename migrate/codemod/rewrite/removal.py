"""What goes when the sinks need no key any more: bindings that nobody reads, to the fixpoint, then imports and functions."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from migrate.codemod.edit.kinds import Drop, DropPair, DropStatement, KeepImport, Put
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import (
    Box,
    BoxKind,
    BoxRef,
    Class,
    Const,
    ModuleRef,
    Scope,
    ScopeKind,
    Store,
    StoreKind,
    Text,
    in_order,
    origins_of,
)
from migrate.codemod.keys.cluster import Cluster, roles_of
from migrate.codemod.keys.sinks import Sink
from migrate.codemod.libraries.spec import Role
from migrate.codemod.rewrite.aftermath import Aftermath, pure
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.tuples import Tuples
from migrate.codemod.rewrite.vestiges import Vestiges
from migrate.codemod.source.parameters import default_of

if TYPE_CHECKING:
    from migrate.codemod.rewrite.rewriter import Rewrite, Rewriter

_NOTHING = frozenset({StoreKind.STAR, StoreKind.SELF, StoreKind.KWARGS, StoreKind.SPLAT, StoreKind.OUTSIDE, StoreKind.OPEN, StoreKind.DEF})


class Removal(Aftermath, Vestiges):
    """Removes the bindings of one cluster."""

    def __init__(self, rewriter: "Rewriter", rewrite: "Rewrite", carry: bool) -> None:
        self.rewriter = rewriter
        self.rewrite = rewrite
        self.carry = carry
        self.kept: set[Store] = set()
        self.converted: set[Store] = set()
        self.unspread: set[tuple[ast.AST, str]] = set()  # `**CONF` and what of it no parameter takes any more
        self.renamed: set[Store] = set()  # entries of dicts whose keys change
        self.removed: set[Store] = set()
        self.roots: set[ast.AST] = set()
        self.handled: set[ast.AST] = set()  # literals whose text is replaced
        self.unlisted: dict[Class, set[str]] = defaultdict(set)  # fields of a `namedtuple(…)` that go

    def kill(self, node: ast.AST) -> None:
        """This expression is not there any more afterwards."""
        self.roots.add(node)

    def dead(self, node: ast.AST) -> bool:
        """Does it stand in something that goes?"""
        if node in self.roots:
            return True
        home = self.rewriter.uses.homes.get(node)
        if home is None:
            return False
        return any(up in self.roots for up in home.source.ancestors(node))

    def unread(self, s: Store) -> bool:
        """Is every reader of a binding gone?"""
        return all(
            self.dead(n) or self.star_unread(n, s) or (n, s.name) in self.unspread or self.deletion(n) is not None
            for n in self.rewriter.readers.get(s, ())
        )

    def deletion(self, n: ast.AST) -> tuple[Module, ast.Delete] | None:
        """The `del` statement that a name stands in."""
        home = self.rewriter.uses.homes.get(n)
        parent = home.source.parents.get(n) if home is not None else None
        return (home, parent) if home is not None and isinstance(parent, ast.Delete) else None

    def mend_deletions(self) -> None:
        """`del key, secret` loses the names that are gone."""
        gone: dict[ast.Delete, tuple[Module, set[ast.AST]]] = {}
        for s in self.removed:
            for n in self.rewriter.readers.get(s, ()):
                if (found := self.deletion(n)) is not None:
                    gone.setdefault(found[1], (found[0], set()))[1].add(n)
        for statement, (module, names) in gone.items():
            rest = [t for t in statement.targets if t not in names]
            if rest:
                self.rewrite.add(module, Put(statement, ("del ", *listed(rest))))
            else:
                self.drop_statement(module, statement)

    def star_unread(self, n: ast.AST, s: Store) -> bool:
        """`from m import *` reads everything; what counts is who reads the name then."""
        if not isinstance(n, ast.alias) or n.name != "*":
            return False
        return all(self.unread(x) for x in self.rewriter.stars[n, s.name])

    def sweep(self, cluster: Cluster) -> None:
        """Removes all that the cluster's key stood in.

        Raises Blocked where something still needs it.
        """
        tuples = Tuples(self, cluster)
        todo = {s for s in cluster.stores if s not in self.kept and s not in self.removed and s.kind not in _NOTHING}
        todo |= {s for s in cluster.stores if s.kind is StoreKind.SPLAT and roles_of(s.values, self.rewriter.found) == {Role.SECRET}}
        while True:
            before = len(self.removed), len(self.roots), len(todo)
            if self.carry:
                tuples.shrink()
            for s in in_order(todo - self.removed):
                if s not in self.removed and self.unread(s):
                    self.remove(s, todo)
            self.hollow(cluster)
            self.empty_updates(cluster)
            todo |= self.emptied(cluster) - self.kept
            self.functions(cluster)
            todo |= self.companions(cluster)
            self.emptied_conditions()
            self.emptied_tries()
            if before == (len(self.removed), len(self.roots), len(todo)):
                break
        tuples.finish()
        for s in in_order(todo - self.removed):
            if s.value is not None and self.dead(s.value) and isinstance(s.owner, Box):
                self.removed.add(s)
            elif isinstance(s.owner, Box) and s.kind is StoreKind.ELEMENT and self.unread(s) and s.value is not None:
                self.replace_element(s)
            elif self.needed(s, cluster):
                self.block(s)
        for o in in_order(cluster.origins):
            if not self.dead(o.node) and o.node not in self.handled and not self.replaced(o.node, o.module):
                parent = o.module.source.parents.get(o.node)
                if not isinstance(parent, ast.Expr):
                    self.block_at(o.module, o.node)
        self.shorten_lists()
        self.mend_deletions()
        self.undeclare()
        self.bare_annotations()
        self.unused_imports()

    def needed(self, s: Store, cluster: Cluster) -> bool:
        """Does a binding that could not be removed keep the key in the file?"""
        return (not (s.value is not None and self.dead(s.value)) and not isinstance(s.node, ast.alias)) or bool(
            origins_of(s.values) & cluster.origins and s.kind is StoreKind.IMPORT and not self.dead(s.node)
        )

    def replaced(self, node: ast.AST, module: Module) -> bool:
        """Is a literal's text replaced by one of the edits that are planned?"""
        around = {node, *module.source.ancestors(node)}
        return any(
            m is module and isinstance(edit, Put) and edit.node in around and all(isinstance(p, str) for p in edit.code)
            for m, edit in self.rewrite.edits
        )

    def block(self, s: Store) -> None:
        """A binding that something else still reads."""
        for n in self.rewriter.readers.get(s, ()):
            if not self.dead(n) and not self.star_unread(n, s):
                home = self.rewriter.uses.homes[n]
                self.block_at(home, n, f"`{s.name}` is still needed here")
        self.block_at(s.module, s.node)

    def block_at(self, module: Module, node: ast.AST, message: str = "the key cannot be removed here") -> None:
        """Gives up on the cluster."""
        raise Blocked(module, node, "AWS202", message, "rewrite by hand")

    def remove(self, s: Store, todo: set[Store]) -> None:
        """Removes one binding if its kind allows it now."""
        match s.kind:
            case StoreKind.ATTRIBUTE if isinstance(s.module.source.parents.get(s.node), ast.Tuple | ast.List):
                self.remove_unpacked(s, todo)
            case StoreKind.ASSIGN | StoreKind.ATTRIBUTE:
                self.remove_assignment(s, todo)
            case StoreKind.UNPACK:
                self.remove_unpacked(s, todo)
            case StoreKind.ITEM:
                statement = s.module.source.statement(s.node)
                if (isinstance(statement, ast.Assign) and statement.targets == [s.node]) or set_by_default(statement) is s.node:
                    self.drop_statement(s.module, statement)
                    self.removed.add(s)
            case StoreKind.ENTRY:
                owner = s.module.source.parents[s.node]
                self.drop_item(s.module, owner, s.value or s.node)
                self.roots.add(s.node)
                self.removed.add(s)
            case StoreKind.ARGUMENT:
                if isinstance(s.owner, Box):
                    if isinstance(s.node, ast.keyword):
                        self.drop_item(s.module, s.module.source.parents[s.node], s.node)
                        self.removed.add(s)
                else:
                    self.remove_parameter(s, todo)
            case StoreKind.DEFAULT | StoreKind.SPLAT:
                self.remove_parameter(s, todo)
            case StoreKind.IMPORT:
                self.remove_alias(s)
            case StoreKind.WALRUS:
                if self.dead(s.node):
                    self.removed.add(s)

    def drop_statement(self, module: Module, statement: ast.stmt) -> None:
        """Plans a statement's removal."""
        self.rewrite.add(module, DropStatement(statement))
        self.roots.add(statement)

    def drop_item(self, module: Module, owner: ast.AST, item: ast.AST) -> None:
        """Plans the removal of an argument, entry, name or parameter."""
        if isinstance(owner, ast.Dict) and item not in owner.values:
            item = owner.values[owner.keys.index(item)]  # type: ignore[arg-type]
        self.rewrite.add(module, Drop(owner, item))
        self.roots.add(item)

    def remove_assignment(self, s: Store, todo: set[Store]) -> None:
        """`a = b = KEY`, `a: str = KEY`, `self.a = KEY`."""
        statement = s.module.source.statement(s.node)
        if isinstance(statement, ast.AnnAssign):
            if s.owner in {c.scope for c in self.rewriter.uses.by_class if c.fields}:
                self.remove_parameter(s, todo)
                return
            self.drop_statement(s.module, statement)
            self.removed.add(s)
            self.mend_all(s)
            return
        if not isinstance(statement, ast.Assign) or s.node not in statement.targets:
            return
        if isinstance(s.owner, Scope) and s.owner.kind is ScopeKind.CLASS and self.rewriter.interpreter.field_of(statement) == s.name:
            self.remove_parameter(s, todo)
            return
        mine = [x for x in todo if x.node in statement.targets]
        if {x.node for x in mine} == set(statement.targets) and all(self.unread(x) for x in mine):
            self.drop_statement(s.module, statement)
            for x in mine:
                self.removed.add(x)
                self.mend_all(x)

    def mend_all(self, s: Store) -> None:
        """A name that is gone leaves `__all__` too."""
        if not isinstance(s.owner, Scope) or s.owner.kind is not ScopeKind.MODULE:
            return
        for listed in s.module.scope.stores.get("__all__", ()):
            if isinstance(listed.value, ast.List | ast.Tuple):
                for e in listed.value.elts:
                    if isinstance(e, ast.Constant) and e.value == s.name:
                        self.drop_item(s.module, listed.value, e)

    def remove_unpacked(self, s: Store, todo: set[Store]) -> None:
        """`a, b = KEY, SECRET`: all of it, or the same places on both sides."""
        target = s.module.source.parents.get(s.node)
        statement = s.module.source.statement(s.node)
        if not isinstance(target, ast.Tuple | ast.List) or not isinstance(statement, ast.Assign) or statement.targets != [target]:
            return
        mine = {x.node: x for x in todo if x.kind in (StoreKind.UNPACK, StoreKind.ATTRIBUTE) and x.node in target.elts and self.unread(x)}
        value = statement.value
        elements = {x.value: x for x in todo if x.kind is StoreKind.ELEMENT}
        if (
            not isinstance(value, ast.Tuple | ast.List)
            or len(value.elts) != len(target.elts)
            or any(isinstance(e, ast.Starred) for e in value.elts)
        ):
            if len(mine) == len(target.elts):
                self.drop_statement(s.module, statement)
                self.removed.update(mine.values())
                self.roots.update(mine)
                for x in mine.values():
                    self.mend_all(x)
            return
        pending = {x.node for x in todo if x.kind in (StoreKind.UNPACK, StoreKind.ATTRIBUTE) and x.node in target.elts}
        if pending != set(mine):
            return  # some of them are still read; perhaps not any more in the next round
        for node, x in mine.items():
            i = target.elts.index(node)
            self.roots |= {node, value.elts[i]}
            self.removed.add(x)
            self.mend_all(x)
            if value.elts[i] in elements:
                self.removed.add(elements[value.elts[i]])
            self.rewrite.add(s.module, DropPair(statement, i))

    def remove_parameter(self, s: Store, todo: set[Store]) -> None:
        """A parameter with its default and what every call gives for it; a field of a dataclass likewise."""
        owner = s.owner
        cls: Class | None = None
        if isinstance(owner, Class):
            cls = owner
        elif isinstance(owner, Scope) and owner.kind is ScopeKind.CLASS:
            cls = next((c for c in self.rewriter.uses.by_class if c.scope is owner), None)
        slots = self.rewriter.slots
        line = cls.lineage() if cls is not None else []
        stores = [x for c in line for o in (c, c.scope) for x in slots[o, s.name]] if cls is not None else slots[owner, s.name]
        for x in stores:
            if x.kind is StoreKind.ATTRIBUTE and cls is not None:
                continue
            harmless = (
                x in todo
                or (x.kind is StoreKind.SPLAT and roles_of(x.values, self.rewriter.found) == {Role.SECRET})
                or (
                    x.kind in (StoreKind.ARGUMENT, StoreKind.DEFAULT, StoreKind.ASSIGN)
                    and all(isinstance(v, Const | Text) for v in x.values)
                    and (isinstance(x.value, ast.Constant) or (x.kind is StoreKind.ASSIGN and not x.values))
                )
            )
            if (
                not harmless
                or x.kind in (StoreKind.OPEN, StoreKind.STARRED)
                or not self.unread(x)
                or (x.kind is StoreKind.SPLAT and not self.spreads_known(x))
            ):
                return
        if cls is not None:
            for c in line:
                for b in c.node.body if c.listed is None else ():
                    if self.rewriter.interpreter.field_of(b) == s.name:
                        self.drop_statement(c.module, b)
                self.unlist(c, s.name)
        elif isinstance(owner, Scope) and isinstance(owner.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            arguments = owner.node.args
            for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
                if a.arg == s.name:
                    self.drop_item(owner.module, arguments, a)
                    if (d := default_of(arguments, a)) is not None:
                        self.roots.add(d)
        for x in stores:
            self.removed.add(x)
            if x.kind is StoreKind.SPLAT:
                self.unspread.add((x.node, s.name))
            if x.kind is StoreKind.ARGUMENT:
                call = x.module.source.parents[x.node]
                self.drop_item(x.module, call, x.node)

    def spreads_known(self, s: Store) -> bool:
        """Does `**CONF` bring nothing but what is known to be in CONF?"""
        values = self.rewriter.interpreter.values_of(s.node.value) if isinstance(s.node, ast.keyword) else set()
        return bool(values) and all(
            isinstance(v, BoxRef) and v.box.kind is BoxKind.DICT and not any(b.open for b in v.box.whole()) for v in values
        )

    def unlist(self, cls: Class, name: str) -> None:
        """A field out of the list that a `namedtuple(…)` has of them."""
        if isinstance(cls.listed, ast.List | ast.Tuple):
            for e in cls.listed.elts:
                named = e.elts[0] if isinstance(e, ast.Tuple) and e.elts else e
                if isinstance(named, ast.Constant) and named.value == name:
                    self.drop_item(cls.module, cls.listed, e)
        elif cls.listed is not None:
            self.unlisted[cls].add(name)

    def shorten_lists(self) -> None:
        """The lists of fields that are one text lose all that goes at once."""
        for cls, names in self.unlisted.items():
            assert cls.listed is not None
            code = cls.module.source.code(cls.listed)
            for name in names:
                code = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)[,\s]*", "", code)
            code = re.sub(r"[,\s]+(?=['\"]+$)", "", code)
            self.rewrite.add(cls.module, Put(cls.listed, (code,)))

    def remove_alias(self, s: Store) -> None:
        """A name out of an import."""
        if not isinstance(s.node, ast.alias):
            return
        statement = s.module.source.parents[s.node]
        self.rewrite.add(s.module, Drop(statement, s.node))
        self.keep_effects(s.module, statement)
        self.roots.add(s.node)
        self.removed.add(s)
        self.mend_all(s)

    def keep_effects(self, module: Module, statement: ast.AST) -> None:
        """A module that does something when it is imported stays imported, for that."""
        if not isinstance(statement, ast.ImportFrom):
            return
        home = self.rewriter.interpreter.imported_module(module, statement.module or "", statement.level)
        if not isinstance(home, ModuleRef) or pure(home.module):
            return
        if statement.level:
            package, _, last = (statement.module or "").rpartition(".")
            if not last:
                return
            line = f"from {'.' * statement.level}{package} import {last}  # noqa: F401"
        else:
            line = f"import {statement.module}  # noqa: F401"
        self.rewrite.add(module, KeepImport(statement, line))

    def replace_element(self, s: Store) -> None:
        """A place in a tuple or list that others count on gets None."""
        node = s.value
        assert node is not None
        self.rewrite.add(s.module, Put(node, ("None",)))
        self.roots.add(node)
        self.removed.add(s)

    def hollow(self, cluster: Cluster) -> None:
        """Tuples and lists of nothing but keys that nobody reads any more go as a whole."""
        for b in cluster.boxes:
            inside = b.all()
            if b.kind is not BoxKind.SEQ or b.open or not inside or not self.rewriter.uses.holders.get(b):
                continue
            if all(s in cluster.stores and s not in self.kept and s not in self.removed and self.unread(s) for s in inside) and all(
                n is b.node or self.dead(n) for n in self.rewriter.uses.by_box.get(b, ())
            ):
                self.removed.update(inside)

    def emptied(self, cluster: Cluster) -> set[Store]:
        """Bindings of dicts and lists out of which everything went; the `**` of such a dict in a sink goes as well."""
        empty = {
            b for b in cluster.boxes
            if b.items and not b.open and not b.spreads and all(s in self.removed for stores in b.items.values() for s in stores)
        }  # fmt: skip
        more: set[Store] = set()
        if not empty:
            return more
        for sink in cluster.sinks:
            self.drop_empty_splats(sink, empty)
        for s in self.rewriter.interpreter.stores():
            if s.values and all(isinstance(v, BoxRef) and v.box in empty for v in s.values) and s.kind not in _NOTHING:
                if all(self.dead(n) for n in self.rewriter.readers.get(s, ())) and s not in self.removed:
                    more.add(s)
        return more

    def drop_empty_splats(self, sink: Sink, empty: set[Box]) -> None:
        """`**X` or `client_kwargs=X` with nothing in X any more."""
        for k in getattr(sink.call, "keywords", ()):
            values = self.rewriter.interpreter.values_of(k.value)
            if values and all(isinstance(v, BoxRef) and v.box in empty for v in values) and k.value not in self.roots:
                if k.arg is None or k.arg in sink.takes.nested:
                    self.drop_item(sink.module, sink.call, k)
                    self.roots.add(k.value)


def listed(nodes: Iterable[ast.AST]) -> Iterator[str | ast.AST]:
    """Yield the pieces of some nodes with commas between them."""
    for i, node in enumerate(nodes):
        if i:
            yield ", "
        yield node


def set_by_default(statement: ast.stmt) -> ast.Call | None:
    """`d.setdefault("key", value)`, where that stands as a statement."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "setdefault" and len(call.args) == 2:
        return call
    return None
