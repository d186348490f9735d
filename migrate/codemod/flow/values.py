"""What an expression may stand for, as far as keys are concerned. Everything else is UNKNOWN.

A value that is known carries its `origins`: the literals that it was made of, so that a sink can name the text to take out.
"""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from migrate.codemod.flow.kinds import BoxKind, ScopeKind, StoreKind

if TYPE_CHECKING:
    from migrate.codemod.flow.module import Module


@dataclass(eq=False, slots=True)
class Origin:
    """One string or bytes literal of the program (an f-string counts as one)."""

    module: "Module"
    node: ast.expr


@dataclass(frozen=True, slots=True)
class Text:
    """A string or bytes that is known."""

    text: str
    origins: frozenset[Origin]
    computed: bool = False  # by more than writing it down in pieces (reversed, decoded, …)


@dataclass(frozen=True, slots=True)
class Tainted:
    """Something made of these literals in a way that is not followed."""

    origins: frozenset[Origin]


@dataclass(frozen=True, slots=True)
class Const:
    """None, a number, True, False."""

    value: object


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything: a parameter of an entry point, an answer of a library."""


@dataclass(frozen=True, slots=True)
class Outside:
    """A value from the environment, a command line or a file, which may be missing. `name` where it is known."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class Lib:
    """Something of a library outside the tree, by its dotted name; `boto3.Session()` is what a call of it gives."""

    name: str


@dataclass(eq=False, slots=True)
class Store:
    """One binding: an assignment's target, an entry of a dict, an argument that reaches a parameter, an import."""

    kind: StoreKind
    module: "Module"
    node: ast.AST  # what to edit: target, keyword, key of a dict, alias, arg
    value: ast.expr | None
    name: str
    values: set["Value"] = field(default_factory=set)
    owner: object = None  # the scope, box or class whose slot this is


@dataclass(eq=False, slots=True)
class Box:
    """A dict, list or tuple made at one place of the program. `open`: something unknown was put in as well."""

    kind: BoxKind
    module: "Module"
    node: ast.AST
    items: dict[object, list[Store]] = field(default_factory=dict)
    spreads: list["Box"] = field(default_factory=list)
    open: bool = False

    def whole(self) -> list["Box"]:
        """Return this box and those that are spread into it, however deep; two may be spread into each other."""
        found: list[Box] = [self]
        for box in found:
            found += [b for b in box.spreads if b not in found]
        return found

    def at(self, key: object) -> list[Store]:
        """Return the stores of one key, those of spread boxes included."""
        return [s for box in self.whole() for s in box.items.get(key, ())]

    def all(self) -> list[Store]:
        """Return every store in it."""
        return [s for box in self.whole() for stores in box.items.values() for s in stores]

    def closed(self) -> bool:
        """Return whether all its keys are known: what asks for another finds nothing."""
        return not any(box.open or None in box.items for box in self.whole())

    def keys(self) -> set[object]:
        """Return every key that is known."""
        return {key for box in self.whole() for key in box.items}


@dataclass(eq=False, slots=True)
class Function:
    """A function, method or lambda of the program."""

    module: "Module"
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: "Scope"
    owner: "Class | None" = None
    returns: set["Value"] = field(default_factory=set)
    calls: list[ast.Call] = field(default_factory=list)
    escapes: bool = False
    given: set[str] = field(default_factory=set)  # parameters that some call gives


@dataclass(eq=False, slots=True)
class Class:
    """A class of the program; instances of one class are not told apart."""

    module: "Module"
    node: ast.ClassDef
    scope: "Scope"
    bases: list["Class"] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)  # dotted names of bases from libraries
    subclasses: list["Class"] = field(default_factory=list)
    attributes: dict[str, list[Store]] = field(default_factory=dict)  # of instances
    fields: bool = False  # dataclass, NamedTuple, pydantic model: the annotations are the parameters
    unknown_keywords: list[ast.keyword] = field(default_factory=list)  # given to it by a name that is no field's
    listed: ast.expr | None = None  # what lists the fields of a `namedtuple(…)`, for which no class statement stands

    def upwards(self) -> list["Class"]:
        """Return the class and its bases, however far up."""
        seen: list[Class] = []

        def up(c: Class) -> None:
            if c not in seen:
                seen.append(c)
                for b in c.bases:
                    up(b)

        up(self)
        return seen

    def downwards(self) -> list["Class"]:
        """Return the class and its subclasses, however far down."""
        seen: list[Class] = []
        todo = [self]
        while todo:
            c = todo.pop()
            if c not in seen:
                seen.append(c)
                todo += c.subclasses
        return seen

    def lineage(self) -> list["Class"]:
        """Return the class, its bases, and its subclasses: wherever an attribute of `self` may come from."""
        above = self.upwards()
        return above + [c for c in self.downwards() if c not in above]

    def beyond(self) -> list["Class"]:
        """Return what may follow the class in the method resolution order of its objects: its bases, and the other bases of its subclasses."""
        below = self.downwards()
        seen: list[Class] = []
        for c in below:
            seen += [up for up in c.upwards() if up not in below and up not in seen]
        return seen


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the program. `above`: what `super()` gives there, which sees neither the class nor its subclasses."""

    cls: Class
    above: bool = False

    def lineage(self) -> list[Class]:
        """Return the classes that an attribute of it may come from."""
        return self.cls.beyond() if self.above else self.cls.lineage()


@dataclass(frozen=True, slots=True)
class ClassRef:
    """A class itself."""

    cls: Class

    def lineage(self) -> list[Class]:
        """Return the classes that an attribute of it may come from."""
        return self.cls.lineage()


@dataclass(frozen=True, slots=True)
class FuncRef:
    """A function; `bound` where the first parameter is filled by the object it was taken from."""

    function: Function
    bound: bool = False


@dataclass(frozen=True, slots=True)
class ModuleRef:
    """A module of the program."""

    module: "Module"


@dataclass(frozen=True, slots=True)
class BoxRef:
    """A dict, list or tuple."""

    box: Box


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a known value, about to be called: `CONFIG.get`, `KEY.strip`."""

    of: "Value"
    name: str


@dataclass(frozen=True, slots=True)
class Items:
    """What `.items()` or `.values()` of a dict gives."""

    box: Box
    pairs: bool


@dataclass(eq=False, slots=True)
class Partial:
    """`functools.partial(function, …)`."""

    call: ast.Call
    functions: set["Value"] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class PartialRef:
    """A partial, as a value."""

    partial: Partial


Value = Text | Tainted | Const | Unknown | Outside | Lib | Instance | ClassRef | FuncRef | ModuleRef | BoxRef | Method | Items | PartialRef
ValuesOf = Callable[[ast.AST], set[Value]]
"""What gives the values of an expression."""
UNKNOWN = Unknown()
NONE = Const(None)


@dataclass(eq=False, slots=True)
class Scope:
    """The names of a module, class or function: every store to each, whenever it happens."""

    module: "Module"
    node: ast.AST
    parent: "Scope | None"
    kind: ScopeKind
    stores: dict[str, list[Store]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    locals: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)  # bound by inner functions too (`global`, `nonlocal`): order says nothing


T = TypeVar("T", Origin, Store, Box)


def in_order(things: Iterable[T]) -> list[T]:
    """Return literals, bindings or containers as they stand in the program: what is said of them must not hang on the order of a set."""

    def place(x: T) -> tuple[str, int, int, str, str]:
        return (
            str(x.module.path) if x.module else "",  # the command line's options stand in no module
            getattr(x.node, "lineno", 0),
            getattr(x.node, "col_offset", 0),
            x.kind.name if isinstance(x, Store | Box) else "",
            getattr(x, "name", ""),
        )

    return sorted(things, key=place)


def origins_of(values: "set[Value] | frozenset[Value]") -> frozenset[Origin]:
    """Return the literals that these values were made of."""
    found: set[Origin] = set()
    for v in values:
        if isinstance(v, Text | Tainted):
            found |= v.origins
    return frozenset(found)


def spread_of(box: Box) -> list[Box]:
    """Return the dicts that are spread into a dict, however deep."""
    out: list[Box] = []
    todo = list(box.spreads)
    while todo:
        b = todo.pop()
        if b not in out and b is not box:
            out.append(b)
            todo += b.spreads
    return out
