"""Where a value goes that comes from a settings file or from the environment: every way is followed to its end, or the value is left.

Ends are credential arguments of boto3's calls. On the way may be plain keys, `get`, one assignment to one name, imports of that name, and
answers and parameters of the program's own functions. Everything else is a problem, and one problem leaves the whole file.
"""

import ast
from collections.abc import Collection
from pathlib import Path as FilePath
from typing import Any

from migrate.codemod.data.environment.variables import STANDARD
from migrate.codemod.data.following.attributes import follow, follow_class_name, of_self
from migrate.codemod.data.following.calls import CLIENTS, SESSIONS, Call, call_of
from migrate.codemod.data.following.each import each, held_safely
from migrate.codemod.data.following.filled import filled
from migrate.codemod.data.following.handed import Handed
from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.data.following.objects import made_of
from migrate.codemod.data.following.trail import Asked, Export, Fallback, Held, Leaf, Problem, Spread, Style, Trail, Use
from migrate.codemod.data.following.truth import only_asked
from migrate.codemod.data.formats.entries import Path
from migrate.codemod.data.holding.fallback import fallback_of
from migrate.codemod.data.holding.holders import Holders
from migrate.codemod.data.holding.kept import is_held, is_object
from migrate.codemod.data.reading.patterns import Paths, is_open, meets, values_at
from migrate.codemod.data.reading.tables import entry


class Follower:
    """Follows what comes from one file. `credentials` are the paths of ids, secrets and tokens in it, `data` is what it holds."""

    def __init__(self, sources: Sources, credentials: Collection[Path], style: Style, data: Any = None) -> None:
        self.sources = sources
        self.credentials = Paths(credentials)
        self.data = data
        self.methods: set[str] = set()  # of the objects that are followed, which are followed into them
        self._marks: dict[object, int] = {}
        self.style = style
        self.trail = Trail()
        self._seen: set[ast.AST] = set()
        self._resolved: dict[str, set[ast.AST]] = {}
        self.handed = Handed(self)
        self.holders = Holders(self)
        self._names: set[str] = set()
        self.put_back: Collection[ast.AST] = ()  # statements that set a variable to what it is
        self.of_file = False  # is it a settings file that is followed, which may stand behind or in the environment?
        self.files: set[FilePath] = set()  # in which something is followed

    def matters(self, path: Path) -> bool:
        """Is this path a credential's, or does one lie below it?"""
        return any(meets(path, c[: len(path)]) for c in self.credentials) or self.holders.matters(path)

    def direct(self, path: Path) -> bool:
        """Does a credential stand right in this table?"""
        return any(meets(path, c[:-1]) for c in self.credentials)

    def style_of(self, path: Path) -> Style:
        """How the table at a path gives its entries: a settings file's, or one of the program's own."""
        return self.style if not is_held(path) else "object" if is_object(path) else "dict"

    def kind(self, path: Path) -> type | None:
        """Is all that a path means a list, or all a dict?"""
        kinds = {type(value) for value in values_at(self.data, path)}
        return kinds.pop() if len(kinds) == 1 else None

    def mark(self, source: object) -> int:
        """The mark of an entry that some place chooses."""
        return self._marks.setdefault(source, len(self._marks))

    def stop(self, file: File, node: ast.AST, reason: str) -> None:
        """Something is not followed."""
        self.trail.problems.append(Problem(file, node, reason))

    def leaf(self, file: File, node: ast.expr, path: Path, key: ast.AST, optional: bool, blank: bool = False) -> None:
        """An expression reads an entry."""
        if self.holders.read(file, node, path, key):
            return
        if path in self.credentials:
            self.trail.leaves.append(Leaf(file, node, path, key, optional, blank))
        self.value(file, node, path)

    def value(self, file: File, node: ast.expr, path: Path) -> None:  # noqa: C901 - a case for each place of a value
        """An expression is the entry, or the table, at a path."""
        if node in self._seen or not self.matters(path):
            return
        self._seen.add(node)
        self.files.add(file.path)
        up = file.source.parents[node]
        if path not in self.credentials and entry(self, file, node, up, path):
            return
        if path in self.credentials and only_asked(file, node):
            self.trail.asked.append(Asked(file, node, path))
            return
        if self.of_file and path in self.credentials and (whole := fallback_of(self.sources, file, node, up)) is not None:
            self.trail.fallbacks.append(Fallback(file, whole, node))
            self.value(file, whole, path)
            return
        if path not in self.credentials and each(self, file, node, up, path):
            return
        if is_open(path) and not held_safely(file, up):
            self.stop(file, node, "it may be another entry by the time it is used")
            return
        match up:
            case ast.Assign(targets=[ast.Name() as target], value=value) if value is node:
                self.binding(file, target, target.id, path)
            case ast.AnnAssign(value=value) if value is node and self.holders.default(file, up, node, path):
                pass
            case ast.Lambda(body=body) if body is node and self.holders.factory(file, up, path):
                pass
            case ast.AnnAssign(target=ast.Name() as target, value=value) if value is node:
                self.binding(file, target, target.id, path)
            case ast.Assign(targets=[ast.Attribute() as target], value=value) if (
                value is node and of_self(file, target) and not is_open(path)
            ):
                if path in self.credentials:
                    self.trail.held.append(Held(file, target, target.attr, path, ()))
                follow(self, file, target, path)
            case ast.Assign() if up in self.put_back and path in self.credentials:
                self.trail.put_back.append((file, up))
            case ast.Assign(targets=[ast.Subscript() as target]) if (
                self.of_file and path in self.credentials and not is_open(path) and (name := self._variable(file, target)) is not None
            ):
                self.trail.exports.append(Export(file, up, name, path))
            case ast.Assign(targets=[ast.Subscript()]) | ast.Dict() if (
                path in self.credentials and (put := self._put(file, node)) is not None
            ):
                self.trail.uses += [Use(other, call, put[0], path, file) for other, call in put[1]]
            case ast.Dict() if self.holders.entry(file, up, node, path):
                pass
            case ast.Tuple(ctx=ast.Load()) if (twin := _beside_it(file, up, node)) is not None:
                self.binding(file, twin, twin.id, path)
            case ast.keyword() if path in self.credentials and (use := self._use(file, up, path)) is not None:
                self.trail.uses.append(use)
            case ast.Attribute(attr="get_secret_value") if (call := _called(file, up)) is not None and path in self.credentials:
                self.trail.revealed.append((file, call))  # pydantic's SecretStr
                self.value(file, call, path)
            case ast.Return():
                self.handed.answer(file, up, path)
            case ast.Call() if node in up.args and self.holders.argument(file, up, node, path):
                pass
            case ast.keyword(arg=str()) if self.holders.argument(file, file.source.parents[up], up, path):
                pass
            case ast.Call() if node in up.args:
                self.handed.argument(file, up, up.args.index(node), path)
            case ast.keyword(arg=str() as name):
                self.handed.argument(file, file.source.parents[up], name, path)
            case ast.keyword(arg=None) if path not in self.credentials and (spread := self._spread(file, up, path)) is not None:
                self.trail.spreads.append(spread)
            case ast.keyword(arg=None) if path not in self.credentials and (made := made_of(self, file, up, path)) is not None:
                self.trail.made.append(made)
            case ast.Expr() if path not in self.credentials and file.path.suffix != ".ipynb":  # which shows it
                pass
            case _:
                self.stop(file, node, _said(up, path in self.credentials))

    def _use(self, file: File, keyword: ast.keyword, path: Path) -> Use | None:
        call = file.source.parents[keyword]
        found = call_of(self.sources, file, call) if isinstance(call, ast.Call) else None
        return Use(file, found, keyword, path, file) if found is not None and keyword in found.credentials else None

    def _variable(self, file: File, target: ast.Subscript) -> str | None:
        """The standard variable of the environment that a statement sets."""
        of_environment = self.sources.library(file, target.value) == "os.environ" and isinstance(target.slice, ast.Constant)
        name = target.slice.value if of_environment and isinstance(target.slice, ast.Constant) else None
        return name if isinstance(name, str) and name in STANDARD else None

    def _put(self, file: File, node: ast.expr) -> tuple[ast.AST, list[tuple[File, Call]]] | None:
        """A dict that calls of boto3's get by `**`: what puts a part of a key into it, and these calls."""
        return filled(self.sources, file, node, self.handed.calls)

    def _spread(self, file: File, keyword: ast.keyword, path: Path) -> Spread | None:
        """A call of boto3's that gets a table whole, and beside it nothing that has to do with who signs, or where."""
        call = file.source.parents[keyword]
        name = self.sources.library(file, call.func) if isinstance(call, ast.Call) else None
        if not isinstance(call, ast.Call) or name not in CLIENTS | SESSIONS or self.style_of(path) == "ini" or is_held(path):
            return None
        if any(isinstance(a, ast.Starred) for a in call.args) or len(call.args) > (0 if name in SESSIONS else 1):
            return None
        beside = {k.arg for k in call.keywords if k is not keyword}
        return Spread(file, call, keyword, path, name in SESSIONS) if beside <= {"service_name", "config"} else None

    def binding(self, file: File, binding: ast.AST, name: str, path: Path) -> None:
        """A name is bound to it, here or by an import."""
        self.files.add(file.path)
        readers = file.readers(binding, name)
        if readers is None:
            self.stop(file, binding, f"{name} is assigned more than once")
            return
        if path in self.credentials:
            self.trail.held.append(Held(file, binding, name, path, tuple(readers)))
        for reader in readers:
            self.value(file, reader, path)
        scope = file.scope(binding)
        if scope is file.source.tree:
            self._exported(file, name, path)
        elif isinstance(scope, ast.ClassDef) and is_open(path):
            self.stop(file, binding, "it is in a class, and may be one of several entries")
        elif isinstance(scope, ast.ClassDef):
            follow_class_name(self, file, scope, binding, name, path)

    def _exported(self, file: File, name: str, path: Path) -> None:
        """A name of a module: what imports it."""
        if path in self.credentials or is_held(path):
            self._names.add(name)
        for other, _ in self.sources.importers(file.path, "*"):
            self.stop(other, other.source.tree.body[0], "all names of the module are imported (`import *`)")
        for other, alias in self.sources.importers(file.path, name):
            self._resolved.setdefault(name, set()).add(alias)
            self.binding(other, alias, alias.asname or alias.name, path)
        for other, alias in self.sources.modules(file.path):
            self._through(other, alias, (alias.asname or alias.name).split(".")[0], name, path)

    def _through(self, file: File, binding: ast.AST, holder: str, name: str, path: Path) -> None:
        """`holder.name`, where the holder is a module or a class."""
        self.files.add(file.path)
        readers = file.readers(binding, holder)
        if readers is None:
            self.stop(file, binding, f"{holder} is assigned more than once")
            return
        for reader in readers:
            up = file.source.parents[reader]
            if not isinstance(up, ast.Attribute):
                self.stop(file, reader, f"{holder} is passed on as a whole")
            elif up.attr == name:
                self._resolved.setdefault(name, set()).add(up)
                if isinstance(up.ctx, ast.Load):
                    self.value(file, up, path)
                else:
                    self.stop(file, up, f"{holder}.{name} is set")

    def closed(self, name: str, known: set[ast.AST]) -> None:
        """Has the end ask whether anything but these nodes reaches what a name holds."""
        self._names.add(name)
        self._resolved.setdefault(name, set()).update(known)

    def close(self) -> Trail:
        """The end of it: what nobody saw on the way is looked for by name. Gives the trail."""
        self.holders.close()
        self.handed.close()
        keys = {leaf.key for leaf in self.trail.leaves} | {one.key for shared in self.trail.shared for one in shared.reads}
        for name in self._names:
            self._closed(name, keys)
        for held in self.trail.held:
            if held.file.scope(held.binding) is held.file.source.tree and self._by_framework(held):
                self.stop(held.file, held.binding, f"{held.name} may be read by a framework")
        return self.trail

    def _by_framework(self, held: Held) -> bool:
        """May something that is no source of this tree read a name of a module: one that nobody reads, or a setting of Django's?"""
        if not held.readers and held.name not in self._resolved:
            return True
        return held.name.startswith("AWS_") and any(True for _ in self.sources.holding(b"django"))

    def _closed(self, name: str, keys: set[ast.AST]) -> None:
        """Does anything else reach a name of a module or class: through another object, or by a text?"""
        resolved = self._resolved.get(name, set())
        for path in self.sources.holding(name.encode()):
            file = self.sources.file(path)
            if file is None:
                self.trail.problems.append(Problem(self.trail.leaves[0].file, self.trail.leaves[0].node, f"{path.name} names {name}"))
                continue
            for node in file.source.parents:
                if isinstance(node, ast.Attribute) and node.attr == name and node not in resolved and node not in keys:
                    self.stop(file, node, f"{name} may be accessed here")
                elif isinstance(node, ast.Constant) and node not in keys and node not in resolved and isinstance(node.value, str):
                    docstring = isinstance(file.source.parents[node], ast.Expr)
                    if not docstring and (name in node.value.replace(":", ".").split(".") or f".{name}}}" in node.value):
                        self.stop(file, node, f"{name} is mentioned in a string")


def _called(file: File, method: ast.Attribute) -> ast.Call | None:
    """The call of a method without arguments."""
    call = file.source.parents[method]
    return call if isinstance(call, ast.Call) and call.func is method and not call.args and not call.keywords else None


def _beside_it(file: File, values: ast.Tuple, node: ast.expr) -> ast.Name | None:
    """The name that gets this value in `a, b = x, y`."""
    statement = file.source.parents[values]
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or statement.value is not values:
        return None
    targets = statement.targets[0]
    if not isinstance(targets, ast.Tuple) or len(targets.elts) != len(values.elts):
        return None
    if any(isinstance(e, ast.Starred) for e in (*targets.elts, *values.elts)):
        return None
    target = targets.elts[values.elts.index(node)]
    return target if isinstance(target, ast.Name) else None


def _said(up: ast.AST, credential: bool) -> str:
    """What stands in the way, in a few words."""
    what = "it" if credential else "all of it"
    match up:
        case ast.Compare() | ast.If() | ast.IfExp() | ast.BoolOp() | ast.UnaryOp() | ast.Assert() | ast.While():
            return f"{what} is tested"
        case ast.FormattedValue() | ast.JoinedStr() | ast.BinOp():
            return f"{what} becomes part of a longer string"
        case ast.For() | ast.comprehension():
            return f"{what} is iterated over"
        case ast.Dict() | ast.List() | ast.Tuple() | ast.Set() | ast.Starred():
            return f"{what} is stored in another value"
    return f"{what} is used in a way that cannot be traced"
