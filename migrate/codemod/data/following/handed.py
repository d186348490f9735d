"""Values that the program's own functions are given, or give: parameters, and what a function returns."""

import ast
import re
from typing import TYPE_CHECKING

from migrate.codemod.data.following.attributes import annotates, plain
from migrate.codemod.data.following.names import File
from migrate.codemod.data.following.trail import Passed
from migrate.codemod.data.reading.patterns import is_open, marked

if TYPE_CHECKING:
    from migrate.codemod.data.following.follower import Follower
    from migrate.codemod.data.formats.entries import Path

_PLAIN = re.compile(r"[\w.]{1,60}")


class Handed:
    """Follows values through functions, and keeps which parameters hold one."""

    def __init__(self, follower: "Follower") -> None:
        self.follower = follower
        self._given: dict[
            tuple[ast.AST, str], tuple[File, ast.FunctionDef | ast.ClassDef, ast.arg, dict[ast.Call, tuple[File, ast.AST]], set[Path]]
        ] = {}

    def answer(self, file: File, statement: ast.Return, path: "Path") -> None:
        """What a function gives: all that call it get it."""
        function = file.scope(statement)
        if not isinstance(function, ast.FunctionDef) or isinstance(file.scope(function), ast.ClassDef) or not self._cached(file, function):
            self.follower.stop(file, statement, "a method or a decorated function returns it")
            return
        if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(function)):
            self.follower.stop(file, statement, "a generator yields it")
            return
        returns = [n for n in ast.walk(function) if isinstance(n, ast.Return)]
        if len(returns) != 1:
            self.follower.stop(file, statement, "the function also returns other values")
            return
        self.follower.trail.handed = self.follower.trail.handed or path in self.follower.credentials
        for other, call in self.calls(file, function):
            # each call has its own entry, where the function gives one of several
            self.follower.value(other, call, marked(path, self.follower.mark(call)))

    def _cached(self, file: File, function: ast.FunctionDef) -> bool:
        """Has a function no decorators but those that keep its answer?"""
        made = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
        return all(self.follower.sources.library(file, d) in ("functools.lru_cache", "functools.cache") for d in made)

    def calls(self, file: File, function: ast.FunctionDef | ast.ClassDef) -> list[tuple[File, ast.Call]]:
        """All calls of a function of a module; anything else that is done with it is a problem."""
        places: list[tuple[File, ast.expr]] = []
        readers = file.readers(function, function.name)
        if readers is None:
            self.follower.stop(file, function, f"{function.name} is assigned more than once")
            return []
        places += [(file, r) for r in readers]
        if file.scope(function) is file.source.tree:
            for other, _ in self.follower.sources.importers(file.path, "*"):
                self.follower.stop(other, other.source.tree.body[0], "all names of the module are imported (`import *`)")
            for other, alias in self.follower.sources.importers(file.path, function.name):
                more = other.readers(alias, alias.asname or alias.name)
                if more is None or (
                    other.scope(alias) is other.source.tree and list(self.follower.sources.importers(other.path, function.name))
                ):
                    self.follower.stop(other, alias, f"{function.name} is assigned more than once, or passed on")
                places += [(other, r) for r in more or ()]
            for other, alias in self.follower.sources.modules(file.path):
                holder = (alias.asname or alias.name).split(".")[0]
                for reader in other.readers(alias, holder) or ():
                    up = other.source.parents[reader]
                    if isinstance(up, ast.Attribute) and up.attr == function.name:
                        places.append((other, up))
                    elif not isinstance(up, ast.Attribute):
                        self.follower.stop(other, reader, f"{holder} is passed on as a whole")
        self.follower.files |= {other.path for other, _ in places}
        out = []
        for other, place in places:
            call = other.source.parents[place]
            if isinstance(call, ast.Call) and call.func is place:
                out.append((other, call))
            elif not (isinstance(function, ast.ClassDef) and annotates(call, place)):
                self.follower.stop(other, place, f"{function.name} is passed on without being called")
        return out

    def argument(self, file: File, call: ast.AST, which: int | str, path: "Path") -> None:
        """It is an argument of a call: of a function of the program's own, or of something that nobody knows."""
        called = home = None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            bound = file.bound(call.func)
            if isinstance(bound, ast.FunctionDef | ast.ClassDef):
                called, home = bound, file
            elif isinstance(bound, ast.alias) and (there := self.follower.sources.imported(file, bound)) and there[1] is not None:
                home = self.follower.sources.file(there[0])
                found = home.binds[home.source.tree].get(there[1], []) if home is not None else []
                called = found[0] if len(found) == 1 and isinstance(found[0], ast.FunctionDef | ast.ClassDef) else None
        function = _carried_out(home, called) if home is not None else None
        if function is None or called is None or home is None or not isinstance(call, ast.Call):
            self.follower.stop(file, call, untraced(call))
            return
        args = function.args
        plain = [*args.posonlyargs, *args.args][1 if isinstance(called, ast.ClassDef) else 0 :]
        name = (plain[which].arg if which < len(plain) else None) if isinstance(which, int) else which
        arg = next((a for a in [*plain, *args.kwonlyargs] if a.arg == name), None)
        late = is_open(path) and any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(function))
        if arg is None or args.vararg or args.kwarg or late:
            self.follower.stop(file, call, untraced(call))
            return
        given = call.args[which] if isinstance(which, int) else next(k for k in call.keywords if k.arg == which)
        if (function, arg.arg) not in self._given:
            self._given[function, arg.arg] = (home, called, arg, {call: (file, given)}, {path})
            for other, one in self.calls(home, called):
                if any(isinstance(a, ast.Starred) for a in one.args) or any(k.arg is None for k in one.keywords):
                    self.follower.stop(other, one, "the call uses * or ** arguments")
            readers = home.readers(arg, arg.arg)
            if readers is None:
                self.follower.stop(home, arg, f"{arg.arg} is assigned more than once")
            for reader in readers or ():
                self.follower.value(home, reader, path)
        else:
            self._given[function, arg.arg][3][call] = (file, given)
            self._given[function, arg.arg][4].add(path)

    def close(self) -> None:
        """Note each parameter that every call gives the same entry; any other is a problem."""
        for (function, _), (home, called, arg, calls, paths) in self._given.items():
            assert isinstance(function, ast.FunctionDef)
            if len(paths) > 1 or {c for _, c in self.calls(home, called)} != set(calls):
                self.follower.stop(home, function, "other calls pass a different value to the same parameter")
            elif (path := next(iter(paths))) in self.follower.credentials:
                places = tuple((file, call, given) for call, (file, given) in calls.items())
                self.follower.trail.passed.append(Passed(home, function, arg, path, places))


def _carried_out(home: File, called: ast.AST | None) -> ast.FunctionDef | None:
    """The function that a call carries out: an undecorated one, or the `__init__` of a plain class."""
    if isinstance(called, ast.ClassDef):
        made = [n for n in called.body if isinstance(n, ast.FunctionDef) and n.name in ("__init__", "__new__", "__call__")]
        return made[0] if plain(home, called) and len(made) == 1 and made[0].name == "__init__" and not made[0].decorator_list else None
    if isinstance(called, ast.FunctionDef) and not called.decorator_list and not isinstance(home.scope(called), ast.ClassDef):
        return called
    return None


def untraced(call: ast.AST) -> str:
    """Return what is said of a value that a call gets which is not known, with the name of the call if it is a plain one."""
    func = call.func if isinstance(call, ast.Call) else None
    name = ast.unparse(func) if isinstance(func, ast.Name | ast.Attribute) else ""
    return f"it is passed to `{name}`, which cannot be traced" if _PLAIN.fullmatch(name) else "it is passed to a call that cannot be traced"
