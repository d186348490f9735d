"""The standard variables handed over by hand: `aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"]` and its like.

The default chain reads the same variables. Asked to, the arguments go; else each such call is a note.
"""

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.data.calls import call_of
from migrate.codemod.data.formats.pairs import Pair
from migrate.codemod.data.guards import guarded
from migrate.codemod.data.names import File, Sources
from migrate.codemod.data.order import Order
from migrate.codemod.data.reads import loaders
from migrate.codemod.data.rewriting import Rewriting, Stuck
from migrate.codemod.data.trail import Follower, Problem
from migrate.codemod.data.tree import Tree
from migrate.codemod.data.variables import STANDARD, find_reads
from migrate.findings import Finding
from migrate.tree.files import read
from migrate.tree.search import SMALL

if TYPE_CHECKING:
    from migrate.codemod.data.beside import _Work

_PAIR = Pair("", ("AWS_ACCESS_KEY_ID",), ("AWS_SECRET_ACCESS_KEY",), ("AWS_SESSION_TOKEN",), ())
_NOTE = "the SDK reads these variables anyway, and SSO does not set them: --environment removes these arguments"
_CANNOT = "remove that use, or use the session's credentials instead (boto3.Session().get_credentials()); then run again"


def by_hand_or_told(work: "_Work", named: Sequence[Path], files: list[str]) -> None:
    """`by_hand`; whatever goes wrong in it is a finding, so that the rest goes on."""
    try:
        by_hand(work, named, files)
    except Exception as e:  # the type is told, its words may quote the source
        if work.request.environment:
            message = f"left unchanged: the analysis failed ({type(e).__name__})"
            work.findings.append(Finding("AWS226", str(named[0]), message, 1, 1, "remove the arguments by hand, and please report this"))


def by_hand(work: "_Work", named: Sequence[Path], files: list[str]) -> None:
    """Takes such arguments out of a root's sources where that is asked for, or mentions the calls."""
    after = work.after
    if len(files) > SMALL and not work.request.environment:  # in a large tree a note is for what stands in one file
        named = [path for path in named if b"aws_secret_access_key" in _bytes(path, after)]
        files = [str(path) for path in named]
        if not named:
            return
    wanted = work.request.environment
    if wanted:
        tree = Tree(work.root, after)
        sources = tree.sources
    else:
        sources = Sources(work.root, files, lambda path: _bytes(path, after))
    found = find_reads(sources, STANDARD) if wanted else _reads_in(sources, named)
    follower = Follower(sources, [(n,) for n in STANDARD], "dict")
    for read_at in found.reads:
        if read_at.reader == "os" or wanted:
            follower.leaf(read_at.file, read_at.node, (read_at.name,), read_at.key, read_at.optional)
    trail = follower.close()
    calls = _handed(sources, [u.file for u in trail.uses], {u.keyword for u in trail.uses})
    if not calls:
        return
    problems = [*found.problems, *trail.problems]
    if wanted:
        problems += [p for p in (tree.patched, tree.default_session) if p is not None]
        problems += [Problem(r.file, r.node, "decouple or an Env object reads it") for r in found.reads if r.reader != "os"]
        if not problems:
            rewriting = Rewriting(sources, trail, [_PAIR])
            try:
                for at in loaders(sources):  # which of them sets the variables is not known here
                    if (early := Order(sources, [at]).first_unsure()) is not None:
                        raise Stuck(early)
                for leaf in trail.leaves:
                    if not leaf.optional and (caught := guarded(sources, leaf.file, leaf.node)) is not None:
                        raise Stuck(caught)
                rewriting.dropped()
                texts = rewriting.texts()
                if texts.keys() <= work.asked:
                    work.take(texts, {}, set())
                    return
                where = next(u for u in trail.uses if u.file.path not in work.asked)
                problems = [
                    Problem(where.file, where.keyword, "it would have to change, but is ignored, excluded, or outside the given paths")
                ]
            except Stuck as stuck:
                problems = [stuck.problem]
        lines = [f"{p.file.path.name}:{getattr(p.node, 'lineno', 1)}: {p.reason}" for p in problems[:4]]
        for file, node in calls:
            message = "this call receives the standard variables explicitly, and the arguments cannot be removed"
            work.findings.append(Finding("AWS226", str(file.path), message, node.lineno, node.col_offset + 1, "\n".join([_CANNOT, *lines])))
        return
    sets = {p.file.path for p in found.problems if p.reason.endswith("is set here")}
    for file, node in calls:
        if file.path in sets:
            continue  # they are the program's own
        message = "this call receives the standard environment variables explicitly"
        work.findings.append(Finding("AWS224", str(file.path), message, node.lineno, node.col_offset + 1, _NOTE))


def _bytes(path: Path, after: dict[Path, bytes]) -> bytes:
    return after[path] if path in after else read(path)


def _reads_in(sources: Sources, named: Sequence[Path]):  # type: ignore[no-untyped-def]
    """The reads in the files that name the variables; enough for a note."""
    few = Sources(sources.root, [str(p) for p in named], sources.read)
    few.imports = sources.imports
    few._files = sources._files
    return find_reads(few, STANDARD)


def _handed(sources: Sources, files: list[File], keywords: set[ast.keyword]) -> list[tuple[File, ast.Call]]:
    """The calls that get both halves from these variables."""
    out: list[tuple[File, ast.Call]] = []
    for file in dict.fromkeys(files):
        for node in file.source.parents:
            if isinstance(node, ast.Call) and (call := call_of(sources, file, node)) is not None:
                given = {role for k, role in call.credentials.items() if k in keywords}
                if given >= {"id", "secret"}:
                    out.append((file, node))
    return out
