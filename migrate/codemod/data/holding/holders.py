"""Follows what a dict that is written out or an object holds: `CONF = {"key": os.environ["KEY"], …}`, `Conf(key=os.environ["KEY"])`.

All of its entries that hold a part of a key are known before anything that reads the dict is followed.
"""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.data.following.names import File
from migrate.codemod.data.following.objects import follow_methods
from migrate.codemod.data.following.trail import Made
from migrate.codemod.data.holding import flask
from migrate.codemod.data.holding.fields import class_called, class_with, factory_of, given_to
from migrate.codemod.data.holding.kept import DICT, FLASK, OBJECT, Kept, Shared, Taken, is_held
from migrate.codemod.data.reading.patterns import is_open

if TYPE_CHECKING:
    from migrate.codemod.data.following.follower import Follower
    from migrate.codemod.data.formats.entries import Path


class Holders:
    """The dicts and objects of a program that hold what one follower follows."""

    def __init__(self, follower: "Follower") -> None:
        self.follower = follower
        self._held: dict[Path, tuple[Path, Kept | Shared | None]] = {}
        self._takers: set[ast.AST] | None = set()  # what takes a class as settings; None once all settings are followed
        self._paths: dict[ast.AST, Path] = {}
        self._waiting: dict[ast.AST, tuple[File, Path]] = {}

    def matters(self, path: "Path") -> bool:
        """Return whether a part of a key lies at or below a path."""
        return any(one[: len(path)] == path for one in self._held)

    def read(self, file: File, node: ast.expr, path: "Path", key: ast.AST) -> bool:
        """Follow the read of an entry. Return whether it was one."""
        if path not in self._held:
            return False
        inner, kept = self._held[path]
        if kept is not None:
            kept.reads.append(Taken(file, node, key))
        self.follower.value(file, node, inner)
        return True

    def setting(self, file: File, binding: ast.AST, name: str, path: "Path", takers: "dict[ast.Attribute, File]") -> None:
        """Note a name of a class that these settings of a Flask application take."""
        why = flask.problem(self.follower, name) if self._takers is not None else "it is followed without this name"
        if why is not None or is_open(path) or self._takers is None:
            self.follower.stop(file, binding, why or "it may be one of several entries")
            return
        shared = Shared(file, binding, name, path, frozenset(takers.values())) if path in self.follower.credentials else None
        if shared is not None:
            self.follower.trail.shared.append(shared)
        self._takers |= takers.keys()
        self._held[FLASK, name] = (path, shared)

    def entry(self, file: File, table: ast.Dict, value: ast.expr, path: "Path") -> bool:
        """Note an entry of a dict that gets what is followed. Return whether all keys of the dict are known."""
        keys = [k.value for k in table.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)]
        if len(keys) != len(table.keys) or len(set(keys)) != len(keys) or value not in table.values:
            return False
        name = keys[table.values.index(value)]
        kept = None
        if path in self.follower.credentials:
            kept = Kept(file, table, name, value, path, frozenset(keys))
        elif not is_held(path):
            return False
        return self._note(file, table, DICT, name, path, kept)

    def factory(self, file: File, function: ast.Lambda, path: "Path") -> bool:
        """Note a field of a class that gets it by `field(default_factory=lambda: …)`. Return whether it is such a field."""
        made = factory_of(self.follower, file, function)
        body = function.body  # one that raises would do so where the object is made, which may be caught there
        if not isinstance(body, ast.Call) or self.follower.sources.library(file, body.func) not in ("os.getenv", "os.environ.get"):
            return False
        return made is not None and self.default(file, made[0], function.body, path, made[1])

    def default(self, file: File, field: ast.AnnAssign, value: ast.expr, path: "Path", factory: ast.expr | None = None) -> bool:
        """Note a field of a class that gets it as its default. Return whether it is such a field."""
        cls = file.scope(field)
        if path not in self.follower.credentials or not isinstance(cls, ast.ClassDef) or not isinstance(field.target, ast.Name):
            return False
        names = class_with(self.follower, file, cls, {field.target.id})
        readers = file.readers(field.target, field.target.id)
        if names is None or readers is None:
            return False
        for reader in readers if factory is None else ():  # other fields, by the class's own name
            self.follower.value(file, reader, path)
        if factory is not None and readers:
            return False
        kept = Kept(file, cls, field.target.id, value, path, names, (file, field), factory)
        return self._note(file, cls, OBJECT, field.target.id, path, kept)

    def argument(self, file: File, call: ast.AST, value: ast.AST, path: "Path") -> bool:
        """Note an argument that makes the one object of a class of plain fields, or a dict by `dict(key=…)`. Return whether it is such an argument."""
        if isinstance(call, ast.Call) and isinstance(value, ast.keyword) and self._by_dict(file, call, value, path):
            return True
        found = class_called(self.follower, file, call) if path in self.follower.credentials else None
        if found is None or not isinstance(call, ast.Call):
            return False
        home, cls = found
        field = given_to(cls, call, value)
        names = class_with(self.follower, home, cls, {field.target.id}) if field is not None else None  # type: ignore[union-attr]
        if field is None or names is None or not isinstance(field.target, ast.Name):
            return False
        if [c for _, c in self.follower.handed.calls(home, cls)] != [call]:
            return False
        given = value.value if isinstance(value, ast.keyword) else value
        assert isinstance(given, ast.expr)
        kept = Kept(file, call, field.target.id, given, path, names, (home, field))
        return self._note(file, call, OBJECT, field.target.id, path, kept)

    def _by_dict(self, file: File, call: ast.Call, given: ast.keyword, path: "Path") -> bool:
        names = [k.arg for k in call.keywords if k.arg is not None]
        plain = isinstance(call.func, ast.Name) and call.func.id == "dict" and file.home(call.func) is None
        if not plain or call.args or len(names) != len(call.keywords) or given.arg is None:
            return False
        kept = Kept(file, call, given.arg, given.value, path, frozenset(names)) if path in self.follower.credentials else None
        return (kept is not None or is_held(path)) and self._note(file, call, DICT, given.arg, path, kept)

    def _note(self, file: File, table: ast.AST, kind: str, name: str, path: "Path", kept: Kept | None) -> bool:
        if (table in self._paths and table not in self._waiting) or is_open(path):
            return False  # it was followed without this entry, or may hold one of several entries
        at = self._paths.setdefault(table, (f"{kind}{len(self._paths)}",))
        self._held[*at, name] = (path, kept)
        self._waiting[table] = (file, at)
        if kept is not None:
            self.follower.trail.kept.append(kept)
        return True

    def close(self) -> None:
        """Follow each of them to all that reads it."""
        takers, self._takers = self._takers, None
        for file, node in flask.settings(self.follower.sources) if takers else ():
            if node not in (takers or ()):
                self.follower.value(file, node, (FLASK,))
        while self._waiting:
            table, (file, path) = next(iter(self._waiting.items()))
            del self._waiting[table]
            if isinstance(table, ast.ClassDef):
                self._objects(file, table, path)
            elif isinstance(table, ast.expr):
                if isinstance(table, ast.Call) and (found := class_called(self.follower, file, table)) is not None:
                    follow_methods(self.follower, Made(file, table, *found, path))
                self.follower.value(file, table, path)

    def _objects(self, file: File, cls: ast.ClassDef, path: "Path") -> None:
        """Follow all objects of a class, none of which is given another value for a field."""
        names = {one[-1] for one in self._held if one[:1] == path}
        calls = self.follower.handed.calls(file, cls)
        for other, call in calls:
            if call.args or any(k.arg is None or k.arg in names for k in call.keywords):
                self.follower.stop(other, call, "it may be given another value here")
        if calls:
            follow_methods(self.follower, Made(*calls[0], file, cls, path))
        for other, call in calls:
            self.follower.value(other, call, path)
