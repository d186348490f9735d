"""The witness's view of a rewrite that follows a key out of a settings file: the sources with the key's parts written where they are read."""

import ast
from collections.abc import Collection, Iterable
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.data.following.names import File
from migrate.codemod.data.left import Left, Place
from migrate.codemod.data.reading.patterns import meets
from migrate.codemod.proof.around.below import tree_below
from migrate.codemod.proof.around.beside import check_beside
from migrate.codemod.proof.around.mentions import Mentions
from migrate.codemod.proof.case import Rejection, Rewritten
from migrate.codemod.proof.witness import prove

if TYPE_CHECKING:
    from migrate.codemod.data.formats.pairs import Pair
    from migrate.codemod.data.rewriting import Rewriting
    from migrate.codemod.data.tree import Tree

NAMES = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


def check_around(
    root: Path, settings: Path, rewritings: Collection["Rewriting"], profiles: dict[str, str | None], ambient: Iterable[Path]
) -> tuple[tuple[Path, int], ...]:
    """Return where URLs are presigned with one of the keys. Raise Left where what stands around the calls does not allow a profile.

    `ambient`: sources that read the file into the environment, where the default credential chain finds the key.
    """
    written: dict[File, dict[ast.AST, ast.expr]] = {}
    new: dict[Path, ast.Module] = {}
    for rewriting in rewritings:
        for leaf in rewriting.trail.leaves:
            written.setdefault(leaf.file, {})[leaf.node] = ast.Constant(_part(rewriting.pairs, leaf.path))
        for spread in rewriting.trail.spreads:
            pair = next((p for p in rewriting.pairs if meets(spread.path, p.id[:-1])), None)
            if pair is not None:
                parts = zip(NAMES, (pair.key, *pair.secrets), strict=False)
                table = ast.Dict(*map(list, zip(*((ast.Constant(n), ast.Constant(v)) for n, v in parts), strict=True)))
                written.setdefault(spread.file, {})[spread.keyword.value] = table
        for shared in rewriting.trail.shared:
            for file in shared.takers:
                written.setdefault(file, {})
        for use in rewriting.trail.uses:
            written.setdefault(use.file, {})
        for file, text in rewriting.new.items():
            written.setdefault(file, {})
            new[file.path] = ast.parse(text)
            _check_printed(file, new[file.path])
    old = {file.path: _with(file.source.tree, nodes) for file, nodes in written.items()}
    loading = [path for path in ambient if path not in old]
    for path in loading:
        if (tree := tree_below(root, path)) is None:
            raise Left("the code that reads it cannot be traced", (), [Place(path, 1, "this file cannot be analyzed")])
        old[path] = tree
    if not old:
        return ()
    signing = {(file.path, call.node.lineno, call.node.col_offset) for one in rewritings for file, call, _ in one.calls()}
    held = any(one.trail.kept or one.trail.shared for one in rewritings)
    said = check_beside(root, settings, old, new, profiles, bool(list(ambient)), signing if held else None)
    if isinstance(said, Rejection):
        raise Left(said.reason, (), [Place(said.path, said.line, said.reason)])
    return said


def _check_printed(file: File, new: ast.Module) -> None:
    """Raise Left where `f"{x=}"`, which prints the text of an expression, would print another, and where `sys.modules` gives the module as an object."""
    old = file.source.tree
    was, now = _printed(old), _printed(new)
    if was != now:
        raise Left(
            "its text is printed", (), [Place(file.path, min([*was.values(), 1]), "an f-string prints the text of what would change")]
        )
    for node in ast.walk(old):
        if isinstance(node, ast.Attribute) and node.attr == "modules" and isinstance(node.value, ast.Name) and node.value.id == "sys":
            raise Left(
                "the module that reads it may be accessed as an object", (), [Place(file.path, node.lineno, "`sys.modules` is used here")]
            )


def _printed(tree: ast.Module) -> dict[str, int]:
    """Return the texts that stand before a value in an f-string and end in `=`, each with a line."""
    parts = [p for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for p in n.values if isinstance(p, ast.Constant)]
    return {p.value: p.lineno for p in parts if isinstance(p.value, str) and p.value.rstrip().endswith("=")}


def check_literally(tree: "Tree", settings: Path, rewriting: "Rewriting", profiles: dict[str, str | None]) -> None:
    """Raise Left where the witness does not accept the rewrite of the program in which the key, and then the profile, is written where it is read."""
    written: dict[File, dict[ast.AST, ast.expr]] = {}
    for leaf in rewriting.trail.leaves:
        written.setdefault(leaf.file, {})[leaf.node] = ast.Constant(_part(rewriting.pairs, leaf.path))
    old: dict[Path, ast.Module] = {}
    for path in tree.sources.paths:
        if (file := tree.sources.file(path)) is None or path.suffix == ".ipynb":
            raise Left("the code that reads it cannot be traced", (), [Place(path, 1, "this file cannot be analyzed")])
        old[path] = _with(file.source.tree, written.get(file, {}))
    new = {file.path: ast.parse(text) for file, text in rewriting.new.items()}
    said = prove(Rewritten(tree.root, old, new, profiles, lambda path: tree_below(tree.root, path), Mentions(tree.root, settings)))
    if said is not None:
        raise Left(said.reason, (), [Place(said.path, said.line, said.reason)])


def _part(pairs: Iterable["Pair"], path: tuple[str, ...]) -> str:
    """Return the part of a key that stands at a path, which may be a pattern; nothing for a token that the file does not have. Raise Left."""
    for pair in pairs:
        for where, text in zip_longest(pair.paths, (pair.key, *pair.secrets), fillvalue=""):
            if where and meets(path, tuple(where)):
                return text
    raise Left("the key is used in a way that cannot be traced")


def _with(tree: ast.Module, nodes: dict[ast.AST, ast.expr]) -> ast.Module:
    """Return a copy of a tree with other expressions in the place of some."""

    def copied(node: object) -> object:
        if isinstance(node, list):
            return [copied(one) for one in node]
        if not isinstance(node, ast.AST):
            return node
        instead = nodes.get(node)
        if instead is not None:
            for part in ast.walk(instead):
                ast.copy_location(part, node)
            return instead
        out = type(node)(**{name: copied(value) for name, value in ast.iter_fields(node)})
        return ast.copy_location(out, node)

    out = copied(tree)
    assert isinstance(out, ast.Module)
    return out
