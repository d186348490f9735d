"""What comes of reading a settings file: expressions that are all of it, calls that put it into the environment, classes that read it."""

import ast
from dataclasses import dataclass, field

from migrate.codemod.data.following.names import File
from migrate.codemod.data.following.trail import Problem, Style


@dataclass(frozen=True, slots=True)
class Root:
    """An expression that is all of the file, and how it gives its entries."""

    file: File
    node: ast.expr
    style: Style


@dataclass(slots=True)
class Reads:
    """All reads of a file. `loaders` put it into the environment; `classes` are pydantic's settings that read it by themselves.

    `apart`: a loader may keep what it reads for itself, as environs does in new versions. `named`: decouple reads it by its path.
    `over`: loaders that overwrite what is set outside.
    `outside`: roots in which the environment or another file comes after this one; `taken` are names in such files.
    `unrelated`: reads that are not followed, in files that a person says are unrelated.
    `paths`: expressions that are its path, each followed to what reads it.
    `flask`: its entries are settings of a Flask application, which reads some of them itself.
    """

    roots: list[Root] = field(default_factory=list)
    loaders: list[tuple[File, ast.AST]] = field(default_factory=list)
    classes: list[tuple[File, ast.ClassDef]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unrelated: list[Problem] = field(default_factory=list)
    apart: bool = False
    named: bool = False
    flask: bool = False
    over: list[ast.AST] = field(default_factory=list)
    outside: list[ast.expr] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    paths: set[ast.AST] = field(default_factory=set)
