"""The kinds of bindings, containers and scopes."""

from enum import Enum


class StoreKind(Enum):
    """How a value comes to a name, attribute, entry or parameter."""

    ARGUMENT = "a call gives it to a parameter, a field or an entry"
    ASSIGN = "an assignment to a name"
    ATTRIBUTE = "an assignment to an attribute: `x.name = value`"
    AUGMENTED = "`name += value`"
    DEF = "a def or class statement"
    DEFAULT = "a parameter's default"
    EACH = "whatever a comprehension or `zip` puts into a list"
    ELEMENT = "an element of a list or tuple that is written out, or appended"
    ENTRY = "an entry of a dict that is written out"
    EXCEPT = "the name of a caught exception"
    IMPORT = "an import of a module or name"
    ITEM = "`x[key] = value`, or `x.setdefault(key, value)`"
    KWARGS = "the dict that a `**` parameter collects"
    LOOP = "the target of a for loop or comprehension"
    MAPPED = "an argument of each call that `map` and the like make"
    MATCH = "a capture of a match pattern"
    OPEN = "a parameter that unknown callers may fill"
    OPTION = "an option of the command line, by its default"
    OUTSIDE = "an attribute or entry of something of a library"
    PAIR = "key or value of what `.items()` gives"
    SELF = "the object that a method is called on"
    SPLAT = "`**` in a call brings it to a parameter or field"
    STAR = "`from module import *`"
    STARRED = "`*` in a call brings it to a parameter"
    UNPACK = "one target among several: `a, b = values`"
    WALRUS = "`(name := value)`"
    WITH = "`with … as name`"

    __hash__ = object.__hash__


class BoxKind(Enum):
    """What a container is."""

    DICT = "a dict: entries by key"
    SEQ = "a list or tuple: elements by place"

    __hash__ = object.__hash__


class ScopeKind(Enum):
    """What a scope belongs to."""

    MODULE = "a file"
    CLASS = "the body of a class"
    FUNCTION = "a function, method or lambda"

    __hash__ = object.__hash__
