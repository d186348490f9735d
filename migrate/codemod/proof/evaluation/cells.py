"""Values by what they belong to: an expression, a name of a module, an attribute, an entry, a parameter.

Each knows who has read it. When it changes, those are filled again, and nothing else is; values that hang on each other in a circle therefore
end where nothing changes any more, whichever of them is asked for first. Where that takes too long, `converged` is false, and nothing may be
believed.
"""

import ast
from collections import defaultdict
from collections.abc import Callable

from migrate.codemod.proof.evaluation.values import NOTHING, UNKNOWN, Values

Key = ast.AST | tuple[object, ...]

_WORK = 150_000  # values computed: what needs more is taken not to converge
_MOST = 200  # values of one key: more are not told apart
_PATIENCE = 20  # computations of one key after which its values only grow, so that two that undo each other come to an end
_DEEPEST = 40  # keys that wait for each other on the stack; what lies deeper is filled afterwards
INDEXES = frozenset({"changed", "changes", "called", "handed"})
"""Cells that hold no values of expressions, but places: there are no more of them than the program has, and to fill one is little work."""


class Cells:
    """All values of a program. `size` tells how much of the program has been read: what was computed on less is computed again."""

    def __init__(self, size: Callable[[], int]) -> None:
        self.values: dict[Key, Values] = {}
        self.named: list[tuple[object, ...]] = []  # the keys that are no expressions
        self.converged = True
        self._compute: dict[Key, Callable[[], Values]] = {}
        self._readers: defaultdict[Key, set[Key]] = defaultdict(set)
        self._times: defaultdict[Key, int] = defaultdict(int)
        self._running: set[Key] = set()
        self._top: Key | None = None  # what is being filled
        self._stale: dict[Key, None] = {}
        self._size = size
        self._seen = size()
        self._left = _WORK

    def renew(self) -> None:
        """Allow as much work again as at the beginning."""
        self._left = _WORK

    def known(self, key: Key) -> Values | None:
        """Return the values of a key that are at hand, noting who asks; None where `ask` has to find them."""
        found = self.values.get(key)
        if found is None or (self._stale and (key in self._stale or self._top is None)):
            return None
        if self._top is not None:
            self._readers[key].add(self._top)
        elif self._size() != self._seen:
            return None
        return found

    def ask(self, key: Key, compute: Callable[[], Values]) -> Values:
        """Return the values of a key. Outside of any computation they are final; within one they may still change, and the asker is then filled again."""
        if key not in self.values:
            self._compute[key] = compute
            self.values[key] = NOTHING
            self._stale[key] = None
            if isinstance(key, tuple):
                self.named.append(key)
        if key in self._stale and key not in self._running and len(self._running) < _DEEPEST:
            self._fill(key)
        if self._top is not None:
            self._readers[key].add(self._top)
        else:
            self._settle()
        return self.values[key]

    def _settle(self) -> None:
        while self._stale or self._size() != self._seen:
            if self._size() != self._seen:
                self._seen = self._size()
                self._stale = dict.fromkeys(self.values)
            self._fill(next(iter(self._stale)))

    def _fill(self, key: Key) -> None:
        del self._stale[key]
        index = isinstance(key, tuple) and key[0] in INDEXES
        self._left -= not index
        if self._left < 0:
            self.converged = False
            self.values[key] = frozenset({UNKNOWN})
            return
        self._running.add(key)
        above, self._top = self._top, key
        try:
            new = self._compute[key]()
        finally:
            self._running.discard(key)
            self._top = above
        self._times[key] += 1
        old = self.values[key]
        if self._times[key] > _PATIENCE:
            new |= old
        if len(new) > _MOST and not index:
            new = frozenset({UNKNOWN})
        if new != old:
            self.values[key] = new
            self._stale.update(dict.fromkeys(self._readers.pop(key, ())))
