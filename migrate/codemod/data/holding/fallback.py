"""A key out of a settings file that stands in where the environment has none: `os.getenv("KEY") or config["aws"]["key"]`.

What comes from outside signs as before. Where nothing comes, the call's session reads the profile out of the file.
"""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.data.following.along import Stuck, required_read
from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.data.following.trail import Fallback, Leaf, Problem, Trail
from migrate.codemod.data.left import Left
from migrate.codemod.edit.kinds import Drop, InsertArgument, Pieces, Put
from migrate.codemod.rewrite.names import quoted

if TYPE_CHECKING:
    from migrate.codemod.data.convert import One
    from migrate.codemod.data.formats.entries import Path
    from migrate.codemod.data.rewriting import Rewriting

_CANNOT = "the key is used where a variable is not set, and the profile cannot be read where the call is"


def fallback_of(sources: Sources, file: File, node: ast.expr, up: ast.AST) -> ast.expr | None:
    """Return the whole of which an expression is what counts where one variable is not set; None where it is no such thing."""
    match up:
        case ast.BoolOp(op=ast.Or(), values=[ast.Call(args=[ast.Constant()], keywords=[]) as read, last]) if last is node:
            pass
        case ast.Call(args=[ast.Constant(), last], keywords=[]) as read if last is node:
            pass
        case _:
            return None
    return up if sources.library(file, read.func) in ("os.getenv", "os.environ.get") else None


def behind_environment(one: "One", trail: Trail) -> "tuple[dict[Path, tuple[str, str]], list[Path], Rewriting]":
    """Return what stands in a settings file afterwards, what goes, and the edits of the program. Raise Left, Stuck."""
    from migrate.codemod.data.proved import check_literally
    from migrate.codemod.data.rewriting import Rewriting

    if one.mapping.chain or one.target.parts[-2:] == (".streamlit", "secrets.toml"):
        raise Left("the key is used in a way that cannot be traced", [Problem(f.file, f.whole, _CANNOT) for f in trail.fallbacks[:2]])
    put = {pair.id: (one.name_for(pair), one.profile(pair)) for pair in one.pairs}
    made = []
    for literal in (None, {pair.id: one.profile(pair) for pair in one.pairs}):
        rewriting = Rewriting(one.tree.sources, trail, one.pairs, one.tree.default_set_by)
        rewriting.literal = literal
        _rewrite(rewriting, {path: name for path, (name, _) in put.items()})
        made.append(rewriting)
    made[1].texts()
    check_literally(one.tree, one.target, made[1], {pair.key: one.profile(pair) for pair in one.pairs})
    return put, [path for pair in one.pairs for path in pair.paths if path != pair.id], made[0]


def _rewrite(rewriting: "Rewriting", names: "dict[Path, str]") -> None:
    """Take the key out of what stands in for variables, and have sessions read the profile, under these names, where these give nothing.

    Raise Left, Stuck.
    """
    trail = rewriting.trail
    inner = {one.node: one for one in trail.fallbacks}
    if trail.spreads or trail.made or trail.exports or trail.asked or trail.handed or trail.revealed:
        raise Left("the key is used in a way that cannot be traced", [Problem(one.file, one.whole, _CANNOT) for one in trail.fallbacks[:2]])
    if direct := [leaf for leaf in trail.leaves if leaf.node not in inner]:
        raise Left(
            "it is read in several ways", [Problem(leaf.file, leaf.node, "here the environment is not asked first") for leaf in direct]
        )
    if len({type(one.whole) for one in trail.fallbacks}) > 1:  # an empty variable would count for one half alone
        raise Left(
            "it is read in several ways",
            [Problem(one.file, one.whole, "an empty variable counts for one half, and not for the other") for one in trail.fallbacks],
        )
    for one in trail.fallbacks:
        rewriting.add(one.file, Put(one.node, ("None",)) if isinstance(one.whole, ast.BoolOp) else Drop(one.whole, one.node))
    for file, call, pair in rewriting.calls():
        keyword = next((k for k, role in call.credentials.items() if role == "id" and isinstance(k, ast.keyword)), None)
        leaf = next((leaf for leaf in trail.leaves if leaf.path == pair.id and leaf.file is file), None)
        if keyword is None or leaf is None or not _reaches(file, leaf, call.node):
            raise Stuck(Problem(file, call.node, _CANNOT))
        said = _said(file, next((one for one in trail.fallbacks if one.whole is keyword.value), None), keyword.value)
        chosen: Pieces = (f"profile_name={_read(rewriting, leaf, names[pair.id])} if {said} is None else None",)
        if call.session:
            rewriting.add(file, InsertArgument(call.node, keyword, chosen))
        else:
            rewriting.by_session(file, call, chosen)


def _said(file: File, whole: Fallback | None, value: ast.expr) -> str:
    """Return what gives the id where it comes from outside, and None otherwise."""
    code = file.source.code
    if whole is None:
        return code(value)
    if isinstance(whole.whole, ast.BoolOp):
        return f"({code(whole.whole.values[0])} or None)"
    assert isinstance(whole.whole, ast.Call)
    return f"{code(whole.whole.func)}({code(whole.whole.args[0])})"


def _read(rewriting: "Rewriting", leaf: Leaf, name: str) -> str:
    """Return the read of the profile's entry."""
    if rewriting.literal is not None:
        return quoted(rewriting.literal[leaf.path], '"')
    if isinstance(leaf.key, ast.Constant):
        return required_read(leaf, quoted(name, leaf.file.source.code(leaf.key)))
    assert isinstance(leaf.node, ast.Attribute)
    return f"{leaf.file.source.code(leaf.node.value)}.{name}"


def _reaches(file: File, leaf: Leaf, call: ast.Call) -> bool:
    """Return whether the read of an entry means the same at a call: all of its names are bound once, and seen from there."""
    for node in ast.walk(leaf.node):
        if isinstance(node, ast.Call) and node is not leaf.node:
            return False
        if not isinstance(node, ast.Name):
            continue
        bound = file.bound(node)
        here = first = file.scope(call)
        while not (node.id in file.binds.get(here, ()) and (here is first or not isinstance(here, ast.ClassDef))):
            if here is file.source.tree:
                return False
            here = file.scope(here)
        if bound is None or file.binds[here][node.id] != [bound]:
            return False
    return True
