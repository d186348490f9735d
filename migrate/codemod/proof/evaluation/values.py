"""What an expression may be, as the witness sees it. A set of these stands for "one of them"; UNKNOWN in it stands for anything at all."""

import ast
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from migrate.codemod.libraries.sessions import ALIASES, CREDENTIAL_GETTERS
from migrate.codemod.libraries.standard import ENVIRONMENT_COPIES


class Kind(Enum):
    """The kinds of values."""

    CONST = "a literal: its type's name and its value"
    OBJECT = "a dict, list, tuple or set, by the expression that makes it; also what holds fields and no more, as SimpleNamespace"
    INSTANCE = "an object of a class of the program"
    CLASS = "a class of the program"
    FUNCTION = "a function of the program, or a lambda"
    BOUND = "a method with its object"
    MODULE = "a file of the program"
    LIBRARY = "something from outside the program, by its dotted name, and where it was made"
    METHOD = "a method of a dict, list, tuple or text"
    OUTSIDE = "a text from the environment or the command line, by its name"
    MAKER = "a namedtuple class, by the call that makes it"
    PARTIAL = "functools.partial, by its call"
    ROW = "one tuple of zip, enumerate or items, by the call that gives it"
    MISSING = "nothing: a name that may not be bound, an entry that may not be there"
    RAISES = "an exception: a look-up that fails, a name that is not bound"
    UNKNOWN = "not understood"

    __hash__ = object.__hash__


class Value(NamedTuple):
    """One value."""

    kind: Kind
    data: Any = None
    more: Any = None


Values = frozenset[Value]
NOTHING: Values = frozenset()
UNKNOWN = Value(Kind.UNKNOWN)
MISSING = Value(Kind.MISSING)
RAISES = Value(Kind.RAISES)
ABSENT = frozenset({Kind.MISSING, Kind.RAISES})
"""No value at all."""


def raising(found: Values) -> Values:
    """Return what a look-up gives where an entry that is not there ends it with an exception."""
    return (found - {MISSING}) | {RAISES} if MISSING in found else found


def const(value: object) -> Value:
    """Return a literal; types are told apart, since True == 1."""
    return Value(Kind.CONST, type(value).__name__, value)


NONE = const(None)


def text_of(value: Value) -> str | None:
    """Return a literal's text; bytes as Latin-1."""
    if value.kind is not Kind.CONST:
        return None
    if isinstance(value.more, str):
        return value.more
    return value.more.decode("latin-1") if isinstance(value.more, bytes) else None


def library(name: str, at: ast.AST | None = None) -> Value:
    """Return something of a library by its dotted name, under the name that `migrate.codemod.libraries` knows it by."""
    return Value(Kind.LIBRARY, _known_as(name), at)


def unknown(name: str) -> Values:
    """Return what an attribute of something that is not understood may be; what gives credentials is told by its name."""
    return frozenset({UNKNOWN, library(f"?.{name}")} if name in CREDENTIAL_GETTERS else {UNKNOWN})


_CALLS = 3  # calls in a row of which the last is still told from others
SOMETHING = "?()"
"""The name of what a long chain of calls of a library gives; all that comes of it has the same name."""


def in_order(values: Values) -> list[Value]:
    """Return values in an order that is the same in every run; that of a set is not."""

    def place(v: Value) -> tuple[str, str, int, int]:
        node = v.data if isinstance(v.data, ast.AST) else None
        return v.kind.name, "" if node is not None else str(v.data), getattr(node, "lineno", 0), getattr(node, "col_offset", 0)

    return sorted(values, key=place)


def item_of(v: Value) -> Value:
    """Return an entry or element of something of a library; entries of entries are not told apart."""
    name = str(v.data)
    return v if name in (SOMETHING, "bool()") or name.endswith("[]") else library(f"{name}[]", v.more)


def made_by(name: str, call: ast.AST) -> Value:
    """Return what a call of something of a library gives."""
    return library(f"{name}()", call) if name != SOMETHING and name.count("()") < _CALLS else library(SOMETHING)


_ALIASES = {**ALIASES, **ENVIRONMENT_COPIES}


@lru_cache(maxsize=4096)
def _known_as(name: str) -> str:
    for long, short in _ALIASES.items():
        if name == long or name.startswith((long + ".", long + "(")):
            return short + name[len(long) :]
    return name
