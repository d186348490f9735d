"""From the texts of a planned rewrite to the proof of them: trees in, and for each rewrite that is not accepted a reason."""

import ast
from collections.abc import Mapping as Pairs
from pathlib import Path

from migrate.codemod.proof.around.below import tree_below
from migrate.codemod.proof.around.mentions import Mentions
from migrate.codemod.proof.case import Known, Rejection, Rewritten
from migrate.codemod.proof.rules import Rule
from migrate.codemod.proof.witness import prove
from migrate.codemod.source.cells import BORDER
from migrate.codemod.source.python import Source, Unreadable, parse_text
from migrate.outcome import SignedCall


def not_proved(
    root: Path,
    sources: Pairs[Path, Source],
    texts: Pairs[Path, str],
    profiles: Pairs[str, str | None],
    signed: list[SignedCall] | None = None,
    known: Known | None = None,
) -> Rejection | None:
    """Return why new texts of some sources are not accepted; None where they are, with the calls that signed with a key in `signed`.

    `profiles` gives the profile of each key id that goes, None for the default chain. Files below `root` that are not among the
    sources are read where the program imports them.
    """
    new: dict[Path, ast.Module] = {}
    for path, text in texts.items():
        try:
            new[path], opaque = parse_text(text)
        except Unreadable:
            return Rejection(Rule.UNREADABLE.label, path, 1, "the new code cannot be parsed")
        if opaque or sources[path].opaque:
            gone = stored(sources[path].tree) - stored(new[path])
            if (opaque | sources[path].opaque) & gone:
                return Rejection(Rule.NEWER_SYNTAX.label, path, 1, "part of it uses newer syntax than can be checked here")
    old = {p: s.tree for p, s in sources.items()}
    table = [] if signed is None else signed
    cells = {p: borders(s.text) for p, s in sources.items() if p.suffix == ".ipynb"}
    new_cells = {p: borders(t) for p, t in texts.items() if p.suffix == ".ipynb"}
    return prove(Rewritten(root, old, new, profiles, lambda p: tree_below(root, p), Mentions(root), table, cells, new_cells, known))


def borders(text: str) -> tuple[int, ...]:
    """Return the lines of a notebook's joined text above which a cell ends and below which another begins."""
    return tuple(text.count("\n", 0, m.start()) + 1 for m in BORDER.finditer(text))


def stored(tree: ast.Module) -> set[str]:
    """Return the names that a file binds by assignment."""
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
