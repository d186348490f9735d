"""The registry of library calls whose answer is known: `@known("functools.partial")` above a function puts it in."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from migrate.codemod.flow.state import Arguments, Walk
from migrate.codemod.flow.values import Scope, Value


@dataclass(frozen=True, slots=True)
class LibraryCall:
    """A call of something outside the program, by its dotted name."""

    walk: Walk
    node: ast.Call
    name: str
    args: Arguments
    scope: Scope

    def at(self, place: int) -> set[Value]:
        """Return what the argument at one place may be; nothing where there is none."""
        return self.args.positional[place][1] if len(self.args.positional) > place else set()

    def named(self, *names: str) -> set[Value] | None:
        """Return what the argument of one of these names may be; None where none is given."""
        return next((self.args.keywords[n][1] for n in names if n in self.args.keywords), None)

    def values(self) -> set[Value]:
        """Return what any argument may be."""
        return set[Value]().union(*(v for _, v in self.args.positional), *(v for _, v in self.args.keywords.values()))


Answer = Callable[[LibraryCall], set[Value] | None]
"""Gives what a call may be; None where it is not one of those that are known, after all."""
KNOWN: dict[str, Answer] = {}
"""The calls that are known, by dotted name."""


def known(*names: str, also: Iterable[str] = ()) -> Callable[[Answer], Answer]:
    """Put a function into the registry, under each of these names."""

    def put(answer: Answer) -> Answer:
        for name in (*names, *also):
            if name in KNOWN:
                raise ValueError(f"{name} is known twice")
            KNOWN[name] = answer
        return answer

    return put
