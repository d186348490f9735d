"""A settings class of pydantic-settings that reads a `.env` by itself."""

import ast

from migrate.codemod.data.formats.entries import Path
from migrate.codemod.data.names import File, Sources
from migrate.codemod.data.trail import Follower, Problem, Trail
from migrate.codemod.edit.edits import Edits

_BASES = {"pydantic_settings.BaseSettings", "pydantic_settings.main.BaseSettings"}
_CONFIG = {"env_file", "env_file_encoding", "extra", "case_sensitive", "frozen"}


class SettingsClass:
    """The class, its fields and its objects."""

    def __init__(self, sources: Sources, file: File, cls: ast.ClassDef) -> None:
        self.sources, self.file, self.cls = sources, file, cls
        self.made: list[tuple[File, ast.AST]] = []
        self.fields = {n.target.id.lower(): n for n in cls.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}

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
        for path in {p for n in names for p in self.sources.holding(n.encode())}:
            other = self.sources.file(path)
            for node in other.source.parents if other is not None else ():
                assert other is not None
                if isinstance(node, ast.Attribute) and node.attr in names and node not in known:
                    follower.stop(other, node, "the field may be read here")
                elif isinstance(node, ast.Constant) and node.value in names:
                    follower.stop(other, node, "the field is mentioned in a string")
        return trail

    def _odd(self, names: list[str]) -> Problem | None:
        """What of the class is more than plain fields."""
        bases = [self.sources.library(self.file, b) for b in self.cls.bases]
        if len(bases) != 1 or bases[0] not in _BASES or self.cls.keywords or self.cls.decorator_list:
            return Problem(self.file, self.cls, "it is not a plain settings class")
        for node in self.cls.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                return Problem(self.file, node, "the settings class has methods")
            for inner in ast.walk(node):
                if isinstance(inner, ast.keyword) and inner.arg is not None and isinstance(node, ast.Assign) and inner.arg not in _CONFIG:
                    return Problem(self.file, inner, f"the settings class uses {inner.arg}")
                if isinstance(inner, ast.Assign) and isinstance(node, ast.ClassDef):
                    if any(isinstance(t, ast.Name) and t.id not in _CONFIG for t in inner.targets):
                        return Problem(self.file, inner, "the settings class has other settings")
        for name in names:
            field = self.fields.get(name)
            plain = field is not None and (
                (field.value is None and self.file.source.code(field.annotation) == "str")
                or (isinstance(field.value, ast.Constant) and field.value.value is None)
            )
            if not plain:
                return Problem(self.file, field or self.cls, f"{name} is not a plain field of the settings class")
        return None

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

    def edit(self, edits: Edits, names: list[str], beside: str, new: str) -> None:
        """The fields become optional, and the profile's comes before the id's."""
        for name in names:
            field = self.fields[name]
            if field.value is None:
                edits.replace(field, f"{edits.source.code(field.target)}: str | None = None")
        edits.before[self.fields[beside]].append(f"{new}: str | None = None")


def _annotates(file: File, node: ast.expr) -> bool:
    """Does a name stand in an annotation only?"""
    up = file.source.parents[node]
    return (isinstance(up, ast.arg | ast.AnnAssign) and up.annotation is node) or (isinstance(up, ast.FunctionDef) and up.returns is node)
