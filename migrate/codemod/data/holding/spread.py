"""Tables of a settings file that calls get whole, by `**`."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.data.following.along import Stuck
from migrate.codemod.data.following.trail import Problem
from migrate.codemod.edit.kinds import Put

if TYPE_CHECKING:
    from migrate.codemod.data.rewriting import Rewriting


def by_sessions(rewriting: "Rewriting") -> None:
    """Have a session get the table where a client gets it: the table names the profile, and perhaps the region. Raise Stuck."""
    for spread in rewriting.trail.spreads:
        call = spread.call
        if spread.session:
            continue
        if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Name):
            raise Stuck(Problem(spread.file, call, "the function that creates the client is imported by its own name"))
        of = spread.file.source.code(call.func.value)
        rewriting.add(spread.file, Put(call.func, (f"{of}.Session(**", spread.keyword.value, f").{call.func.attr}")))
        rewriting.drop(spread.file, call, spread.keyword)
