"""The edits of entries and fields that hold a part of a key: each goes, has another name, or gets a profile's beside it."""

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from migrate.codemod.data.following.trail import Problem
from migrate.codemod.data.formats.entries import Path
from migrate.codemod.data.holding.kept import Kept, Taken
from migrate.codemod.data.reading.patterns import Paths
from migrate.codemod.edit.kinds import Drop, DropStatement, InsertArgument, InsertEntry, InsertLine, Put, Rename
from migrate.codemod.rewrite.names import profile_name_for, quoted

if TYPE_CHECKING:
    from migrate.codemod.data.following.names import File
    from migrate.codemod.data.rewriting import Rewriting

Apart = Callable[["File", ast.expr, str], str]
"""Gives the expression of a profile in a place of its own, where another one gives the id."""


def read_by(rewriting: "Rewriting", node: ast.expr) -> tuple[Kept, Taken] | None:
    """Return the entry or field that an expression reads."""
    return next(((kept, taken) for kept in rewriting.trail.kept for taken in kept.reads if taken.node is node), None)


def unused_name(kept: Kept, like: str = "") -> str | None:
    """Return a name for a profile in the dict or class that holds an id; None where there is none. `like`: what the profile is called elsewhere."""
    said = (like.upper() if kept.name.isupper() else like.lower()) if like else ""
    if said and said not in kept.taken_names and (said.isidentifier() or isinstance(kept.home, ast.Dict)):
        return said
    name = profile_name_for(kept.name, {*kept.taken_names})
    return None if name is not None and name.startswith("_") and not isinstance(kept.home, ast.Dict) else name


def put_beside(rewriting: "Rewriting", kept: Kept, new: str, name: str, apart: Apart) -> None:
    """Have the dict or object hold a profile under a new name, beside an id. `name`: the profile's variable or entry."""
    said = apart(kept.file, kept.value, name)
    code = kept.file.source.code
    if isinstance(kept.home, ast.Dict):
        key = kept.home.keys[kept.home.values.index(kept.value)]
        assert key is not None
        rewriting.add(kept.file, InsertEntry(kept.home, kept.value, (f"{quoted(new, code(key))}: {said}",)))
        return
    if kept.declared is None:
        assert isinstance(kept.home, ast.Call)
        rewriting.add(kept.file, InsertArgument(kept.home, _given(kept), (f"{new}={said}",)))
        return
    home, field = kept.declared
    kind = home.source.code(field.annotation)
    if isinstance(kept.home, ast.Call):
        given = _given(kept)
        rewriting.add(home, InsertLine(field, f"{new}: {kind}" + (" = None" if field.value is not None else "")))
        rewriting.add(kept.file, InsertArgument(kept.home, given, (f"{new}={said}" if isinstance(given, ast.keyword) else said,)))
    elif kept.factory is not None:
        rewriting.add(home, InsertLine(field, f"{new}: {kind} = {code(kept.factory)}(default_factory=lambda: {said})"))
    else:
        rewriting.add(home, InsertLine(field, f"{new}: {kind} = {said}"))


def _given(kept: Kept) -> ast.expr | ast.keyword:
    """Return the argument that gives a call the part of a key."""
    keywords = kept.home.keywords if isinstance(kept.home, ast.Call) else []
    return next((k for k in keywords if k.value is kept.value), kept.value)


def read_as(taken: Taken, new: str) -> str:
    """Return the read of an entry or field by another name."""
    code = taken.file.source.code
    if isinstance(taken.node, ast.Attribute):
        return f"{code(taken.node.value)}.{new}"
    said = quoted(new, code(taken.key))
    if isinstance(taken.node, ast.Subscript):
        return f"{code(taken.node.value)}[{said}]"
    assert isinstance(taken.node, ast.Call)
    return f"{code(taken.node.func)}({said})"


def in_place_of(rewriting: "Rewriting", node: ast.expr, id: Path) -> str | None:
    """Return the read of the entry or field that held an id, where this reads the secret beside it, once it holds a profile's name."""
    if (found := read_by(rewriting, node)) is None:
        return None
    ids = [one for one in rewriting.trail.kept if one.home is found[0].home and one.path == id]
    new = unused_name(ids[0]) if len(ids) == 1 else None
    return read_as(found[1], new) if new is not None else None


def taken_out(rewriting: "Rewriting", kept: Kept) -> None:
    """Take an entry or field out, with the argument that gives it."""
    rewriting.gone[kept.file].append(kept.value)
    if isinstance(kept.home, ast.Dict):
        rewriting.add(kept.file, Drop(kept.home, kept.value))
        return
    if kept.declared is not None:
        rewriting.add(kept.declared[0], DropStatement(kept.declared[1]))
    if isinstance(kept.home, ast.Call):
        rewriting.add(kept.file, Drop(kept.home, _given(kept)))


def all_renamed(rewriting: "Rewriting", ids: Paths, chain: bool) -> Problem | None:
    """Have what holds an id hold a profile's name, and take all else out; return what stands in the way. `chain`: all of it goes."""
    for kept in rewriting.trail.kept:
        if kept.path not in ids or chain:
            taken_out(rewriting, kept)
        elif (problem := _renamed(rewriting, kept)) is not None:
            return problem
    return None


def _renamed(rewriting: "Rewriting", kept: Kept) -> Problem | None:
    """Give an entry or field that holds a profile's name a name that says so, and all that read it; else return what stands in the way."""
    new = unused_name(kept)
    if new is None:
        return Problem(kept.file, kept.value, "there is no unused name for the profile")
    code = kept.file.source.code
    if isinstance(kept.home, ast.Dict):
        key = kept.home.keys[kept.home.values.index(kept.value)]
        assert key is not None
        rewriting.add(kept.file, Put(key, (quoted(new, code(key)),)))
    else:
        if kept.declared is not None:
            rewriting.add(kept.declared[0], Put(kept.declared[1].target, (new,)))
        if isinstance(given := _given(kept), ast.keyword):
            rewriting.add(kept.file, Rename(given, new))
    for taken in kept.reads:
        if isinstance(taken.node, ast.Attribute):
            rewriting.add(taken.file, Rename(taken.node, new))
        else:
            rewriting.add(taken.file, Put(taken.key, (quoted(new, taken.file.source.code(taken.key)),)))
    return None
