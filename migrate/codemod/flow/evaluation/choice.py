"""Which entry a look-up takes: one that is written down where it stands, or one that a name chooses.

What a module, a class or a caller stores in a name is what the program does today. A test, a shell or another program may store something else,
so all keys are read that the name could choose, and the look-up stays.
"""

import ast
import re
from collections.abc import Callable, Iterable

from migrate.codemod.flow.kinds import ScopeKind, StoreKind
from migrate.codemod.flow.values import Box, BoxRef, ClassRef, FuncRef, Instance, Lib, PartialRef, Scope, Store, Text, Value
from migrate.keys import is_key_id

_DEEPEST = 3
_SECRET = re.compile(r"[A-Za-z0-9/+=]{16,}")
_OBJECTS = (BoxRef, Instance, ClassRef)
_CALLED = (FuncRef, PartialRef)


def is_fixed(node: ast.expr, reads: Callable[[ast.AST], set[Store]], asked: frozenset[Store] = frozenset()) -> bool:
    """Return whether an index or key is written down where it is used, or in the same function, or is what a loop goes through.

    `asked` are the bindings on the way: one that is made of itself (`i = i + 1`) is what its other bindings are.
    """
    match node:
        case ast.Constant() | ast.Slice():
            return True
        case ast.UnaryOp():
            return is_fixed(node.operand, reads, asked)
        case ast.BinOp():
            return is_fixed(node.left, reads, asked) and is_fixed(node.right, reads, asked)
        case ast.JoinedStr():
            return all(is_fixed(v.value, reads, asked) for v in node.values if isinstance(v, ast.FormattedValue))
        case ast.Name():
            found = reads(node)
            return bool(found) and all(s in asked or _is_own(s, reads, asked | {s}) for s in found)
    return False


def _is_own(store: Store, reads: Callable[[ast.AST], set[Store]], asked: frozenset[Store]) -> bool:
    if store.kind is StoreKind.LOOP:
        return True
    own = store.kind is StoreKind.ASSIGN and isinstance(store.owner, Scope) and store.owner.kind is ScopeKind.FUNCTION
    return own and store.value is not None and is_fixed(store.value, reads, asked)


def alike(box: Box, found: Iterable[Store]) -> list[Store]:
    """Return the entries of a container that could sign in the place of those that were found."""
    values = set[Value]().union(*(s.values for s in found))
    kinds = (
        {is_key_id(v.text.strip()) for v in values if isinstance(v, Text)},
        any(isinstance(v, _OBJECTS) for v in values),
        any(isinstance(v, _CALLED) for v in values),
        any(isinstance(v, Lib) for v in values),
    )
    return [s for s in box.all() if any(_is_like(v, kinds) for v in s.values)]


def _is_like(value: Value, kinds: tuple[set[bool], bool, bool, bool]) -> bool:
    texts, objects, called, library = kinds
    match value:
        case Text():
            is_id = is_key_id(value.text.strip())
            return is_id in texts and (is_id or _SECRET.fullmatch(value.text.strip()) is not None)
        case BoxRef() | Instance() | ClassRef():
            return objects and _holds(value)
        case FuncRef() | PartialRef():
            return called
        case Lib():
            return library
    return False


def _holds(value: Value, depth: int = 0) -> bool:
    """Return whether something is or holds a key's id."""
    if isinstance(value, Text):
        return is_key_id(value.text.strip())
    if isinstance(value, Instance | ClassRef):
        return True
    return isinstance(value, BoxRef) and depth < _DEEPEST and any(_holds(v, depth + 1) for s in value.box.all() for v in s.values)
