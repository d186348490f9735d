"""What holds a credential by a name: an entry of a dict that is written out, or a field of an object."""

import ast
from dataclasses import dataclass, field

from migrate.codemod.data.following.names import File
from migrate.codemod.data.formats.entries import Path

DICT, OBJECT = "\1dict ", "\1object "
"""How a table of the program's own is told from one of a settings file, at the beginning of its path."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An expression that reads the entry or field, and the node that names it there."""

    file: File
    node: ast.expr
    key: ast.AST


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry or field: its name, the value that it gets, and all that reads it.

    `home` is the dict, the class that gives its field this default, or the call that makes the one object. `declared`: the field in its class; `factory`: what makes a
    default of a function.
    """

    file: File
    home: ast.Dict | ast.ClassDef | ast.Call
    name: str
    value: ast.expr
    path: Path
    taken_names: frozenset[str]
    declared: tuple[File, ast.AnnAssign] | None = None
    factory: ast.expr | None = None
    reads: list[Taken] = field(default_factory=list)


FLASK = f"{DICT}flask"
"""The settings of the Flask application."""


def is_held(path: Path) -> bool:
    """Return whether a path is a table of the program's own, or one of its entries."""
    return path[:1] != () and path[0].startswith((DICT, OBJECT))


def is_object(path: Path) -> bool:
    """Return whether it is an object, whose entries are attributes."""
    return path[:1] != () and path[0].startswith(OBJECT)


@dataclass(frozen=True, slots=True)
class Shared:
    """A name of a class that a Flask application takes as a setting: its binding, and all that reads it among the settings.

    `takers`: the files in which applications take it.
    """

    file: File
    binding: ast.AST
    name: str
    path: Path
    takers: frozenset[File]
    reads: list[Taken] = field(default_factory=list)
