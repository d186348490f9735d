"""Where a value goes that comes from a settings file or from the environment: every way is followed to its end, or the value is left.

Ends are credential arguments of boto3's calls. On the way may be plain keys, `get`, one assignment to one name, imports of that name, and
answers and parameters of the program's own functions. Everything else is a problem, and one problem leaves the whole file.
"""

import ast
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from migrate.codemod.data.attributes import follow, follow_class_name, of_self, plain
from migrate.codemod.data.calls import CLIENTS, SESSIONS, Call, call_of
from migrate.codemod.data.formats.entries import Path
from migrate.codemod.data.names import File, Sources

Style = Literal["dict", "ini", "object", "both"]
"""How an object gives its entries: by keys, by section and option, as attributes, or by keys and as attributes."""
_READS_NO_OPTION = {"read", "read_file", "sections", "has_section"}
_OPTION = {"get", "getint", "getfloat", "getboolean", "has_option"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """The expression that reads a credential. `key` is what names the entry, `optional` whether a missing one is None."""

    file: File
    node: ast.expr
    path: Path
    key: ast.AST
    optional: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A name that holds a credential: its assignment or import, and all that read it."""

    file: File
    binding: ast.AST
    name: str
    path: Path
    readers: tuple[ast.Name, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """A credential argument of a call that signs."""

    file: File
    call: Call
    keyword: ast.keyword
    path: Path


@dataclass(frozen=True, slots=True)
class Spread:
    """A table that a call gets whole, by `**`."""

    file: File
    call: ast.Call
    keyword: ast.keyword
    path: Path
    session: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be followed, in a few words."""

    file: File
    node: ast.AST
    reason: str


@dataclass(frozen=True, slots=True)
class Passed:
    """A parameter that holds a credential: its function, and each call with the argument (an expression or a keyword) that gives it."""

    file: File
    function: ast.FunctionDef
    arg: ast.arg
    path: Path
    calls: tuple[tuple[File, ast.Call, ast.AST], ...]


@dataclass(slots=True)
class Trail:
    """Everything that came of following."""

    leaves: list[Leaf] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    handed: bool = False  # does a credential pass through an answer of a function?
    passed: list[Passed] = field(default_factory=list)
    spreads: list[Spread] = field(default_factory=list)
    revealed: list[tuple[File, ast.Call]] = field(default_factory=list)  # `x.get_secret_value()`


class Follower:
    """Follows what comes from one file. `credentials` are the paths of ids, secrets and tokens in it."""

    def __init__(self, sources: Sources, credentials: Collection[Path], style: Style) -> None:
        self.sources = sources
        self.credentials = set(credentials)
        self.style = style
        self.trail = Trail()
        self._seen: set[ast.AST] = set()
        self._resolved: dict[str, set[ast.AST]] = {}
        self._given: dict[
            tuple[ast.AST, str], tuple[File, ast.FunctionDef | ast.ClassDef, ast.arg, dict[ast.Call, tuple[File, ast.AST]], set[Path]]
        ] = {}
        self._names: set[str] = set()

    def matters(self, path: Path) -> bool:
        """Is this path a credential's, or does one lie below it?"""
        return any(c[: len(path)] == path for c in self.credentials)

    def stop(self, file: File, node: ast.AST, reason: str) -> None:
        """Something is not followed."""
        self.trail.problems.append(Problem(file, node, reason))

    def leaf(self, file: File, node: ast.expr, path: Path, key: ast.AST, optional: bool) -> None:
        """An expression reads an entry."""
        if path in self.credentials:
            self.trail.leaves.append(Leaf(file, node, path, key, optional))
        self.value(file, node, path)

    def value(self, file: File, node: ast.expr, path: Path) -> None:
        """An expression is the entry, or the table, at a path."""
        if node in self._seen or not self.matters(path):
            return
        self._seen.add(node)
        up = file.source.parents[node]
        if path not in self.credentials and self._entry(file, node, up, path):
            return
        match up:
            case ast.Assign(targets=[ast.Name() as target], value=value) if value is node:
                self.binding(file, target, target.id, path)
            case ast.AnnAssign(target=ast.Name() as target, value=value) if value is node:
                self.binding(file, target, target.id, path)
            case ast.Assign(targets=[ast.Attribute() as target], value=value) if value is node and of_self(file, target):
                if path in self.credentials:
                    self.trail.held.append(Held(file, target, target.attr, path, ()))
                follow(self, file, target, path)
            case ast.Tuple(ctx=ast.Load()) if (twin := _beside_it(file, up, node)) is not None:
                self.binding(file, twin, twin.id, path)
            case ast.keyword() if path in self.credentials and (use := self._use(file, up, path)) is not None:
                self.trail.uses.append(use)
            case ast.Attribute(attr="get_secret_value") if (call := _called(file, up)) is not None and path in self.credentials:
                self.trail.revealed.append((file, call))  # pydantic's SecretStr
                self.value(file, call, path)
            case ast.Return():
                self._answer(file, up, path)
            case ast.Call() if node in up.args:
                self._argument(file, up, up.args.index(node), path)
            case ast.keyword(arg=str() as name):
                self._argument(file, file.source.parents[up], name, path)
            case ast.keyword(arg=None) if path not in self.credentials and (spread := self._spread(file, up, path)) is not None:
                self.trail.spreads.append(spread)
            case ast.Expr() if path not in self.credentials and file.path.suffix != ".ipynb":  # which shows it
                pass
            case _:
                self.stop(file, node, _said(up, path in self.credentials))

    def _entry(self, file: File, node: ast.expr, up: ast.AST, path: Path) -> bool:
        """A read of an entry of a table."""
        if isinstance(up, ast.Subscript) and up.value is node and self.style != "object":
            if not isinstance(up.ctx, ast.Load):
                self.stop(file, up, "it is written to")
            elif isinstance(up.slice, ast.Constant) and isinstance(up.slice.value, str):
                self.leaf(file, up, (*path, self._key(up.slice.value, path)), up.slice, False)
            else:
                self.stop(file, up, "an entry with a computed name is read")
            return True
        if not isinstance(up, ast.Attribute) or up.value is not node:
            return False
        call = file.source.parents[up]
        called = isinstance(call, ast.Call) and call.func is up
        if self.style == "object" or (self.style == "both" and not called):
            if called:
                self.stop(file, up, "a method of it is called")
            elif not isinstance(up.ctx, ast.Load):
                self.stop(file, up, "it is written to")
            else:
                self.leaf(file, up, (*path, up.attr), up, False)
            return True
        if not isinstance(call, ast.Call) or not called:
            self.stop(file, up, "an attribute of it is read")
        elif self.style == "ini" and not path:
            self._option(file, call, up.attr)
        elif up.attr == "get" and call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            at = (*path, self._key(call.args[0].value, path))
            if not self.matters(at) or _plain_default(call, at in self.credentials, 1):
                self.leaf(file, call, at, call.args[0], True)
            else:
                self.stop(file, call, "it is read with a default")
        else:
            self.stop(file, call, f"its method {up.attr} is called")
        return True

    def _key(self, key: str, path: Path) -> str:
        return key.lower() if self.style == "ini" and path else key

    def _option(self, file: File, call: ast.Call, method: str) -> None:
        """A method of a configparser."""
        names = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if method in _READS_NO_OPTION:
            return
        if method not in _OPTION or len(call.args) != 2 or len(names) != 2:
            self.stop(file, call, f"its method {method} is called")
            return
        path = (names[0], names[1].lower())
        if path not in self.credentials:
            return
        if method != "get" or not _plain_default(call, True, 2):
            self.stop(file, call, "it is read with a default" if method == "get" else f"its method {method} is called")
        else:
            self.leaf(file, call, path, call.args[1], bool(call.keywords))

    def _use(self, file: File, keyword: ast.keyword, path: Path) -> Use | None:
        call = file.source.parents[keyword]
        found = call_of(self.sources, file, call) if isinstance(call, ast.Call) else None
        return Use(file, found, keyword, path) if found is not None and keyword in found.credentials else None

    def _spread(self, file: File, keyword: ast.keyword, path: Path) -> Spread | None:
        """A call of boto3's that gets a table whole, and beside it nothing that has to do with who signs, or where."""
        call = file.source.parents[keyword]
        name = self.sources.library(file, call.func) if isinstance(call, ast.Call) else None
        if not isinstance(call, ast.Call) or name not in CLIENTS | SESSIONS or self.style == "ini":
            return None
        if any(isinstance(a, ast.Starred) for a in call.args) or len(call.args) > (0 if name in SESSIONS else 1):
            return None
        beside = {k.arg for k in call.keywords if k is not keyword}
        return Spread(file, call, keyword, path, name in SESSIONS) if beside <= {"service_name", "config"} else None

    def binding(self, file: File, binding: ast.AST, name: str, path: Path) -> None:
        """A name is bound to it, here or by an import."""
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
        elif isinstance(scope, ast.ClassDef):
            follow_class_name(self, file, scope, binding, name, path)

    def _exported(self, file: File, name: str, path: Path) -> None:
        """A name of a module: what imports it."""
        if path in self.credentials:
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

    def _answer(self, file: File, statement: ast.Return, path: Path) -> None:
        """What a function gives: all that call it get it."""
        function = file.scope(statement)
        if not isinstance(function, ast.FunctionDef) or isinstance(file.scope(function), ast.ClassDef) or not self._cached(file, function):
            self.stop(file, statement, "a method or a decorated function returns it")
            return
        if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(function)):
            self.stop(file, statement, "a generator yields it")
            return
        returns = [n for n in ast.walk(function) if isinstance(n, ast.Return)]
        if len(returns) != 1:
            self.stop(file, statement, "the function also returns other values")
            return
        self.trail.handed = self.trail.handed or path in self.credentials
        for other, call in self._calls(file, function):
            self.value(other, call, path)

    def _cached(self, file: File, function: ast.FunctionDef) -> bool:
        """Has a function no decorators but those that keep its answer?"""
        made = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
        return all(self.sources.library(file, d) in ("functools.lru_cache", "functools.cache") for d in made)

    def _calls(self, file: File, function: ast.FunctionDef | ast.ClassDef) -> list[tuple[File, ast.Call]]:
        """All calls of a function of a module; anything else that is done with it is a problem."""
        places: list[tuple[File, ast.expr]] = []
        readers = file.readers(function, function.name)
        if readers is None:
            self.stop(file, function, f"{function.name} is assigned more than once")
            return []
        places += [(file, r) for r in readers]
        if file.scope(function) is file.source.tree:
            for other, _ in self.sources.importers(file.path, "*"):
                self.stop(other, other.source.tree.body[0], "all names of the module are imported (`import *`)")
            for other, alias in self.sources.importers(file.path, function.name):
                more = other.readers(alias, alias.asname or alias.name)
                if more is None or (other.scope(alias) is other.source.tree and list(self.sources.importers(other.path, function.name))):
                    self.stop(other, alias, f"{function.name} is assigned more than once, or passed on")
                places += [(other, r) for r in more or ()]
            for other, alias in self.sources.modules(file.path):
                holder = (alias.asname or alias.name).split(".")[0]
                for reader in other.readers(alias, holder) or ():
                    up = other.source.parents[reader]
                    if isinstance(up, ast.Attribute) and up.attr == function.name:
                        places.append((other, up))
                    elif not isinstance(up, ast.Attribute):
                        self.stop(other, reader, f"{holder} is passed on as a whole")
        out = []
        for other, place in places:
            call = other.source.parents[place]
            if isinstance(call, ast.Call) and call.func is place:
                out.append((other, call))
            elif not (isinstance(function, ast.ClassDef) and isinstance(call, ast.arg | ast.AnnAssign) and call.annotation is place):
                self.stop(other, place, f"{function.name} is passed on without being called")
        return out

    def _argument(self, file: File, call: ast.AST, which: int | str, path: Path) -> None:
        """It is an argument of a call: of a function of the program's own, or of something that nobody knows."""
        called = home = None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            bound = file.bound(call.func)
            if isinstance(bound, ast.FunctionDef | ast.ClassDef):
                called, home = bound, file
            elif isinstance(bound, ast.alias) and (there := self.sources.imported(file, bound)) and there[1] is not None:
                home = self.sources.file(there[0])
                found = home.binds[home.source.tree].get(there[1], []) if home is not None else []
                called = found[0] if len(found) == 1 and isinstance(found[0], ast.FunctionDef | ast.ClassDef) else None
        function = _carried_out(home, called) if home is not None else None
        if function is None or called is None or home is None or not isinstance(call, ast.Call):
            self.stop(file, call, "it is passed to a call that cannot be traced")
            return
        args = function.args
        plain = [*args.posonlyargs, *args.args][1 if isinstance(called, ast.ClassDef) else 0 :]
        name = (plain[which].arg if which < len(plain) else None) if isinstance(which, int) else which
        arg = next((a for a in [*plain, *args.kwonlyargs] if a.arg == name), None)
        if arg is None or args.vararg or args.kwarg:
            self.stop(file, call, "it is passed to a call that cannot be traced")
            return
        given = call.args[which] if isinstance(which, int) else next(k for k in call.keywords if k.arg == which)
        if (function, arg.arg) not in self._given:
            self._given[function, arg.arg] = (home, called, arg, {call: (file, given)}, {path})
            for other, one in self._calls(home, called):
                if any(isinstance(a, ast.Starred) for a in one.args) or any(k.arg is None for k in one.keywords):
                    self.stop(other, one, "the call uses * or ** arguments")
            readers = home.readers(arg, arg.arg)
            if readers is None:
                self.stop(home, arg, f"{arg.arg} is assigned more than once")
            for reader in readers or ():
                self.value(home, reader, path)
        else:
            self._given[function, arg.arg][3][call] = (file, given)
            self._given[function, arg.arg][4].add(path)

    def close(self) -> Trail:
        """The end of it: what nobody saw on the way is looked for by name. Gives the trail."""
        for (function, _), (home, called, arg, calls, paths) in self._given.items():
            assert isinstance(function, ast.FunctionDef)
            if len(paths) > 1 or {c for _, c in self._calls(home, called)} != set(calls):
                self.stop(home, function, "other calls pass a different value to the same parameter")
            elif (path := next(iter(paths))) in self.credentials:
                places = tuple((file, call, given) for call, (file, given) in calls.items())
                self.trail.passed.append(Passed(home, function, arg, path, places))
        keys = {leaf.key for leaf in self.trail.leaves}
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
                elif isinstance(node, ast.Constant) and node not in keys and isinstance(node.value, str):
                    docstring = isinstance(file.source.parents[node], ast.Expr)
                    if not docstring and (name in node.value.replace(":", ".").split(".") or f".{name}}}" in node.value):
                        self.stop(file, node, f"{name} is mentioned in a string")


def _carried_out(home: File, called: ast.AST | None) -> ast.FunctionDef | None:
    """The function that a call carries out: an undecorated one, or the `__init__` of a plain class."""
    if isinstance(called, ast.ClassDef):
        made = [n for n in called.body if isinstance(n, ast.FunctionDef) and n.name in ("__init__", "__new__", "__call__")]
        return made[0] if plain(home, called) and len(made) == 1 and made[0].name == "__init__" and not made[0].decorator_list else None
    if isinstance(called, ast.FunctionDef) and not called.decorator_list and not isinstance(home.scope(called), ast.ClassDef):
        return called
    return None


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


def _plain_default(call: ast.Call, credential: bool, at: int) -> bool:
    """Is the default of a `get` None or nothing, or for a table an empty one?"""
    if len(call.args) > at + 1 or any(k.arg not in ("fallback", "default") for k in call.keywords):
        return False
    given = [*call.args[at:], *(k.value for k in call.keywords)]
    return all(
        (isinstance(d, ast.Constant) and d.value is None) or (not credential and isinstance(d, ast.Dict) and not d.keys) for d in given
    )


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
