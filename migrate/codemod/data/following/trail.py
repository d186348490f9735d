"""What came of following a value out of a settings file or the environment: reads, names, calls, and what stood in the way."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Literal

from migrate.codemod.data.following.calls import Call
from migrate.codemod.data.following.names import File
from migrate.codemod.data.formats.entries import Path
from migrate.codemod.data.holding.kept import Kept, Shared

Style = Literal["dict", "ini", "object", "both"]
"""How an object gives its entries: by keys, by section and option, as attributes, or by keys and as attributes."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """The expression that reads a credential. `key` is what names the entry, `optional` whether a missing one is None, `blank`: an empty text."""

    file: File
    node: ast.expr
    path: Path
    key: ast.AST
    optional: bool
    blank: bool = False


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
    """A credential argument of a call that signs: a keyword, or a statement or entry of `home` that puts it into a dict that the call gets by `**`."""

    file: File
    call: Call
    keyword: ast.AST
    path: Path
    home: File


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A place that asks only whether a credential is there."""

    file: File
    node: ast.expr
    path: Path


@dataclass(frozen=True, slots=True)
class Made:
    """An object that is made of the table at a path: by a call, of a class."""

    file: File
    call: ast.Call
    home: File
    cls: ast.ClassDef
    path: Path


@dataclass(frozen=True, slots=True)
class Export:
    """A statement that puts a part of a key into the environment, under a standard variable's name."""

    file: File
    statement: ast.Assign
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Fallback:
    """A read of a credential that counts only where a variable is not set: `os.getenv("KEY") or …`, the `whole` of it."""

    file: File
    whole: ast.expr
    node: ast.expr


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
    made: list[Made] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    fallbacks: list[Fallback] = field(default_factory=list)
    put_back: list[tuple[File, ast.Assign]] = field(default_factory=list)  # statements that set a variable to what it is
    shared: list[Shared] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    revealed: list[tuple[File, ast.Call]] = field(default_factory=list)  # `x.get_secret_value()`


def together(trails: Sequence[Trail]) -> Trail:
    """Return what came of following several as one."""
    whole = Trail()
    for trail in trails:
        for one in fields(Trail):  # all of them: one that is forgotten counts as nothing found
            setattr(whole, one.name, getattr(whole, one.name) + getattr(trail, one.name))
    whole.handed = any(trail.handed for trail in trails)
    return whole
