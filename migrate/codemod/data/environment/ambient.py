"""The standard variables handed over by hand: `aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"]` and its like.

The default chain reads the same variables. Asked to, the arguments go; else each such call is a note.
"""

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.codemod.data.asking import asks
from migrate.codemod.data.environment.untraced import by_classes, untraced
from migrate.codemod.data.environment.variables import STANDARD, Variables, find_reads, whole_file
from migrate.codemod.data.following.along import Stuck
from migrate.codemod.data.following.calls import call_of
from migrate.codemod.data.following.follower import Follower
from migrate.codemod.data.following.guards import guarded
from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.data.following.trail import Problem, Trail
from migrate.codemod.data.formats.pairs import Pair
from migrate.codemod.data.order import Order
from migrate.codemod.data.programs import programs
from migrate.codemod.data.reading.reads import loaders
from migrate.codemod.data.rewriting import Rewriting
from migrate.codemod.data.tree import Tree
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
            where = named[0] if named else work.root
            work.findings.append(Finding("AWS226", str(where), message, 1, 1, "remove the arguments by hand, and please report this"))


def by_hand(work: "_Work", named: Sequence[Path], files: list[str]) -> None:
    """Takes such arguments out of a root's sources where that is asked for, or mentions the calls."""
    after = work.after
    if work.request.environment:
        tree = Tree(work.root, after, work.notebook)
        if not _taken_out(work, tree, whole=True):
            for paths in programs(tree.sources):
                _taken_out(work, tree.part(paths))
        return
    if len(files) > SMALL:  # in a large tree a note is for what stands in one file
        named = [path for path in named if b"aws_secret_access_key" in _bytes(path, after)]
        files = [str(path) for path in named]
        if not named:
            return
    sources = Sources(work.root, files, lambda path: _bytes(path, after))
    found = _reads_in(sources, named)
    _, calls = _followed(sources, found, ("os",))
    sets = {p.file.path for p in found.problems if p.reason.endswith("is set here")}
    for file, node in calls:
        if file.path in sets:
            continue  # they are the program's own
        message = "this call receives the standard environment variables explicitly"
        work.findings.append(Finding("AWS224", str(file.path), message, node.lineno, node.col_offset + 1, _NOTE))


def _followed(sources: Sources, found: Variables, readers: Sequence[str]) -> tuple[Trail, list[tuple[File, ast.Call]]]:
    """Where the variables go, and the calls that get both halves."""
    follower = Follower(sources, [(n,) for n in STANDARD], "dict")
    for read_at in found.reads:
        if read_at.reader in readers:
            follower.leaf(read_at.file, read_at.node, (read_at.name,), read_at.key, read_at.optional, read_at.blank)
    trail = follower.close()
    given = _handed(sources, [u.file for u in trail.uses], {u.keyword for u in trail.uses if isinstance(u.keyword, ast.keyword)})
    return trail, [*given, *_by_dicts(trail)]


def _by_dicts(trail: Trail) -> list[tuple[File, ast.Call]]:
    """The calls that get both halves in a dict that the program fills."""
    roles: dict[tuple[File, ast.Call], set[str]] = {}
    for use in trail.uses:
        if not isinstance(use.keyword, ast.keyword):
            roles.setdefault((use.file, use.call.node), set()).add(use.call.credentials[use.keyword])
    return [call for call, given in roles.items() if given >= {"id", "secret"}]


def _taken_out(work: "_Work", tree: Tree, whole: bool = False) -> bool:
    """Takes the arguments out of a program, or names each call that gets them and each read that is not followed.

    Of the `whole` root only where nothing at all stands against it: else each of its programs is asked by itself, and False given.
    """
    sources = tree.sources
    found = find_reads(sources, STANDARD)
    trail, calls = _followed(sources, found, ("os", "decouple", "env"))
    problems = [*found.problems, *trail.problems]
    problems += [Problem(a.file, a.node, "it is tested") for a in trail.asked]
    problems += [p for p in (tree.patched, tree.default_session) if p is not None]
    problems += [Problem(r.file, r.node, "decouple or an Env object reads it") for r in found.reads if r.reader != "os"]
    if not problems and calls:
        problems = _rewritten(work, sources, trail, tree.default_set_by)
    if problems and whole:
        return False
    left = list(by_classes(sources))
    if problems or not calls:
        lines = [f"{p.file.path.name}:{getattr(p.node, 'lineno', 1)}: {p.reason}" for p in problems[:4]]
        for file, node in calls:
            message = "this call receives the standard variables explicitly, and the arguments cannot be removed"
            places = getattr(file.source, "places", None)
            line, column = (places or (lambda line, column: (line, column)))(node.lineno, node.col_offset + 1)
            work.findings.append(Finding("AWS226", str(file.path), message, line, column, "\n".join([_CANNOT, *lines])))
        left += untraced(sources, found, {node for _, node in calls})
    for path, line, column, message in left:
        if path in work.asked:
            work.findings.append(Finding("AWS226", str(path), message, line, column, _CANNOT))
    return True


def _rewritten(work: "_Work", sources: Sources, trail: Trail, default: ast.Call | None) -> list[Problem]:
    """Takes the rewritten sources in; else the problems that stand against it."""
    rewriting = Rewriting(sources, trail, [_PAIR], default)
    for path in sources.holding(b"get_credentials"):
        data, other = sources.data(path), sources.file(path)
        if (said := asks(data, profile=False)) is not None:
            return [Problem(other, other.source.tree.body[0], said[1]) if other is not None else whole_file(path)]
    try:
        for at in loaders(sources):  # which of them sets the variables is not known here
            if (early := Order(sources, [at]).first_unsure()) is not None:
                return [early]
        for leaf in trail.leaves:
            if not leaf.optional and (caught := guarded(sources, leaf.file, leaf.node)) is not None:
                return [caught]
        rewriting.dropped()
        texts = rewriting.texts()
    except Stuck as stuck:
        return [stuck.problem]
    if not texts.keys() <= work.asked:
        where = next(u for u in trail.uses if u.file.path not in work.asked)
        return [Problem(where.file, where.keyword, "it would have to change, but is ignored, excluded, or outside the given paths")]
    work.take(texts, {}, set())
    return []


def _bytes(path: Path, after: dict[Path, bytes]) -> bytes:
    return after[path] if path in after else read(path)


def _reads_in(sources: Sources, named: Sequence[Path]) -> Variables:
    """The reads in the files that name the variables; enough for a note."""
    return find_reads(sources.part(named), STANDARD)


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
