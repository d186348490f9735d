"""A settings class of pydantic-settings that reads a `.env` by itself."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.codemod.data.environment.variables import by_prefix
from migrate.codemod.data.following.along import taken_in
from migrate.codemod.data.following.follower import Follower
from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.data.following.trail import Problem, Trail
from migrate.codemod.data.formats.entries import Path
from migrate.codemod.edit.kinds import Edit, InsertLine, Put

_BASES = {"pydantic_settings.BaseSettings", "pydantic_settings.main.BaseSettings"}
_CONFIG = {"env_file", "env_file_encoding", "extra", "frozen", "env_prefix"}
_FIELD = {"pydantic.Field", "pydantic.fields.Field"}
_SAID = {"alias", "validation_alias", "repr", "description", "title", "default"}
_TYPES = re.compile(r"(?:(?:typing\.)?Optional\[(?P<optional>str|SecretStr)\]|(?P<plain>str|SecretStr)(?P<none>\s*\|\s*None)?)")
_PLAIN_METHODS = {"property", "functools.cached_property", "pydantic.computed_field"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field that may hold half a key: its definition, the variable that it reads (lower case), and whether it may be missing."""

    node: ast.AnnAssign
    variable: str
    optional: bool
    made: ast.Call | None  # by `Field(…)`


class SettingsClass:
    """The class, its fields and its objects."""

    def __init__(self, sources: Sources, file: File, cls: ast.ClassDef) -> None:
        self.sources, self.file, self.cls = sources, file, cls
        self.made: list[tuple[File, ast.AST]] = []
        self.prefix = next((str(v.value).lower() for k, v in self._settings() if k == "env_prefix" and isinstance(v, ast.Constant)), "")
        plain = [n for n in cls.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)]
        fields = ((n.target.id, self._field(n.target.id, n)) for n in plain if isinstance(n.target, ast.Name))
        self.fields = {name: field for name, field in fields if field is not None}

    def says(self, node: ast.AST) -> bool:
        """Return whether a text is a field's alias, or a setting the beginning of the class's own variables."""
        if by_prefix(node) is not None and any(n is node for n in ast.walk(self.cls)):
            return True
        return any(field.made is not None and any(k.value is node for k in field.made.keywords) for field in self.fields.values())

    def named(self, variable: str) -> str | None:
        """Return the field that reads a variable; None where there is none, more than one, or one that is not plain."""
        found = [name for name, field in self.fields.items() if field.variable == variable.lower()]
        return found[0] if len(found) == 1 else None

    def name_of(self, variable: str) -> str | None:
        """Return what a new field is called that reads a variable; None where the class gives its variables another beginning."""
        lowered = variable.lower()
        name = lowered.removeprefix(self.prefix) if lowered.startswith(self.prefix) else ""
        return name if name.isidentifier() and name not in taken_in(self.file) and not name.startswith(("_", "model_")) else None

    def _settings(self) -> Iterator[tuple[str, ast.expr]]:
        """What the class says of itself: in `model_config`, as a call or a dict, or in an inner class."""
        for node in self.cls.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                yield from ((k.arg or "**", k.value) for k in node.value.keywords)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
                keys = (k.value if isinstance(k, ast.Constant) else "**" for k in node.value.keys)
                yield from zip(map(str, keys), node.value.values, strict=True)
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.Assign):
                        yield from ((t.id if isinstance(t, ast.Name) else "**", inner.value) for t in inner.targets)

    def _field(self, name: str, node: ast.AnnAssign) -> Field | None:
        """A field that is a text, and has no default but None or an empty text; None for any other."""
        found = _TYPES.fullmatch(self.file.source.code(node.annotation))
        if found is None:
            return None
        optional = found["optional"] is not None or found["none"] is not None
        if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value in (None, "")):
            return Field(node, f"{self.prefix}{name}".lower(), optional or node.value is not None, None)
        made = node.value
        if not isinstance(made, ast.Call) or self.sources.library(self.file, made.func) not in _FIELD:
            return None
        given = {k.arg or "**": k.value for k in made.keywords}
        defaults = [*made.args, *([given["default"]] if "default" in given else [])]
        if not given.keys() <= _SAID or len(defaults) > 1 or any(not isinstance(d, ast.Constant) for d in [*defaults, *given.values()]):
            return None
        default = defaults[0].value if defaults and isinstance(defaults[0], ast.Constant) else ...
        if default not in (None, "", ...):
            return None
        alias = given.get("validation_alias", given.get("alias"))
        said = str(alias.value) if isinstance(alias, ast.Constant) else f"{self.prefix}{name}"
        return Field(node, said.lower(), default is None, made)

    def trail(self, credentials: list[Path]) -> Trail:
        """Where the fields go, read from each object of the class."""
        follower = Follower(self.sources, credentials, "object")
        problem = self._odd([c[0] for c in credentials])
        if problem is not None:
            follower.trail.problems.append(problem)
            return follower.trail
        for file, call in self._objects(follower):
            follower.value(file, call, ())
        trail = follower.close()
        names = {c[0] for c in credentials}
        known = {leaf.node for leaf in trail.leaves}
        known_to = {k for field in self.fields.values() if field.made is not None for k in field.made.keywords}
        for path in {p for n in names for p in self.sources.holding(n.encode())}:
            other = self.sources.file(path)
            for node in other.source.parents if other is not None else ():
                assert other is not None
                if isinstance(node, ast.Attribute) and node.attr in names and node not in known:
                    follower.stop(other, node, "the field may be read here")
                elif isinstance(node, ast.Constant) and node.value in names and other.source.parents[node] not in known_to:
                    follower.stop(other, node, "the field is mentioned in a string")
        return trail

    def _odd(self, names: list[str]) -> Problem | None:
        """What of the class is more than plain fields."""
        bases = [self.sources.library(self.file, b) for b in self.cls.bases]
        if len(bases) != 1 or bases[0] not in _BASES or self.cls.keywords or self.cls.decorator_list:
            return Problem(self.file, self.cls, "it is not a plain settings class")
        for node in self.cls.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if not self._plain_method(node):
                    return Problem(self.file, node, "the settings class has methods")
            elif isinstance(node, ast.Assign) and not any(isinstance(t, ast.Name) and t.id == "model_config" for t in node.targets):
                return Problem(self.file, node, "the settings class has attributes that are no fields")
            elif isinstance(node, ast.ClassDef) and node.name != "Config":
                return Problem(self.file, node, "the settings class has another class in it")
        for setting, value in self._settings():
            if setting not in _CONFIG:
                return Problem(self.file, value, f"the settings class uses {setting}")
        for name in names:
            if name not in self.fields:
                return Problem(self.file, self.cls, f"{name} is not a plain field of the settings class")
        return None

    def _plain_method(self, method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        """Does a property or method use nothing of the object but single attributes?"""
        if any((self.sources.library(self.file, d) or getattr(d, "id", "")) not in _PLAIN_METHODS for d in method.decorator_list):
            return False
        if not method.args.args:
            return False
        me = method.args.args[0].arg
        fields = {n.target.id for n in self.cls.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}
        for node in ast.walk(method):
            if isinstance(node, ast.Name) and node.id in (me, "super", "vars", "dict", "locals"):
                up = self.file.source.parents[node]
                if node.id != me or not isinstance(up, ast.Attribute) or up.attr not in fields:
                    return False
        return not method.name.startswith("__")

    def _objects(self, follower: Follower) -> list[tuple[File, ast.Call]]:
        """Every object of the class; anything else that is done with it is a problem."""
        places: list[tuple[File, ast.Name]] = [(self.file, n) for n in self.file.readers(self.cls, self.cls.name) or ()]
        for other, alias in self.sources.importers(self.file.path, self.cls.name):
            places += [(other, n) for n in other.readers(alias, alias.asname or alias.name) or ()]
        out = []
        for file, place in places:
            call = file.source.parents[place]
            if isinstance(call, ast.Call) and call.func is place and not call.args and not call.keywords:
                out.append((file, call))
                self.made.append((file, call))
            elif not _annotates(file, place):
                follower.stop(file, place, f"{self.cls.name} is used in a way that cannot be traced")
        for other, alias in self.sources.modules(self.file.path):
            for reader in other.readers(alias, (alias.asname or alias.name).split(".")[0]) or ():
                up = other.source.parents[reader]
                if isinstance(up, ast.Attribute) and up.attr == self.cls.name:
                    follower.stop(other, up, f"{self.cls.name} is used in a way that cannot be traced")
        return out

    def edits(self, names: list[str], beside: str, new: str) -> Iterator[Edit]:
        """Yield the edits that make the fields optional, and put the profile's before the id's."""
        code = self.file.source.code
        for field in (self.fields[name] for name in names):
            kind = code(field.node.annotation)
            kind = kind if "Optional" in kind or "None" in kind else f"{kind} | None"
            if field.made is not None:
                given = [code(k) for k in field.made.keywords if k.arg != "default"]
                yield Put(field.node, (f"{code(field.node.target)}: {kind} = {code(field.made.func)}({', '.join(['None', *given])})",))
            elif not field.optional or not (isinstance(field.node.value, ast.Constant) and field.node.value.value is None):
                yield Put(field.node, (f"{code(field.node.target)}: {kind} = None",))
        yield InsertLine(self.fields[beside].node, f"{new}: str | None = None")


def _annotates(file: File, node: ast.expr) -> bool:
    """Does a name stand in an annotation only?"""
    up = file.source.parents[node]
    return (isinstance(up, ast.arg | ast.AnnAssign) and up.annotation is node) or (isinstance(up, ast.FunctionDef) and up.returns is node)
