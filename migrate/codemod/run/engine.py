"""A run over files and folders: search, take in what belongs together, analyse, and hand over changes and findings."""

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.changes.change import Change
from migrate.codemod.data.around.links import Links, settle_links
from migrate.codemod.data.around.targets import Targets, settle_targets
from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.proof.around.mentions import forget
from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.outcome import Group, Outcome, ReplacedKey
from migrate.tree.ahead import Ahead
from migrate.tree.files import Beside, Walk, holds_id, project_root, walk
from migrate.tree.processes import cores, in_processes
from migrate.tree.search import Found, search
from migrate.tree.unrelated import say_unrelated

if TYPE_CHECKING:
    from migrate.codemod.run.gather import Gathering
    from migrate.codemod.run.handover import Decided
    from migrate.codemod.source.python import Source

    Sources = dict[Path, Source]

_DEEPEST = 6000
_ROUNDS = 4
_FEW_PROGRAMS = 6

Progress = Callable[[str], None]
"""Told what goes on, now and then."""


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What a run of `code` is asked.

    `exclude` are patterns as in `.gitignore` with the folder that they are relative to (None: each path). `jobs` 0 means as many
    as there are cores. `nested` is asked of each repository that lies below a path, and gives what is asked of that one; None: the same.
    `unrelated`: patterns, as those of `exclude`, of files that a person says have nothing to do with keys that stand elsewhere.
    `targets`: what was said of code that runs where no profile is. `environment`: variables that the default chain reads by itself are taken out where they are handed over by hand.
    """

    paths: Sequence[Path]
    mapping: KeyMap
    exclude: Sequence[tuple[Path | None, Sequence[str]]] = ()
    ignore: frozenset[str] = frozenset()
    jobs: int = 0
    progress: Progress | None = field(default=None, compare=False)
    nested: "Callable[[Path], CodeRequest | None] | None" = field(default=None, compare=False)
    environment: bool = False
    targets: Targets = field(default_factory=Targets)
    unrelated: Sequence[tuple[Path | None, Sequence[str]]] = ()


@dataclass(frozen=True, slots=True)
class Repository:
    """What a run came to in one root."""

    root: Path
    files: int
    changes: Sequence[Change]
    findings: Sequence[Finding]
    replaced: dict[str, str | None]
    groups: Sequence[Group] = ()
    silenced: int = 0


def rewrite_code(request: CodeRequest) -> Outcome:
    """The changes and findings for a tree. Reads, decides, writes nothing.

    Raises Refusal where a path does not exist.
    """
    return outcome_of(*rewrite_roots(request))


def rewrite_roots(request: CodeRequest) -> tuple[list[Repository], list[Finding]]:
    """What comes of each root under the paths, and findings that belong to none. Raises Refusal where a path does not exist."""
    forget()
    say = request.progress or (lambda text: None)
    jobs = request.jobs or cores()
    ahead = Ahead(jobs)
    found: Walk = walk(request.paths, request.exclude, ahead.notice)
    if found.unreadable:
        from migrate.codemod.run.gather import unreadable

        stray = [unreadable(p, why) for p, why in found.unreadable]
    else:
        stray = []
    say(f"{found.count} files")
    out = []
    tops = {top for p in request.paths for top in (Path(p).absolute(), project_root(Path(p).absolute()))}
    for root, files in sorted(found.roots.items()):
        beside = found.beside.get(root)
        any_of_it = files or (beside is not None and (beside.settings or (beside.others and request.mapping.keys)))
        try:
            other = request.nested(root) if request.nested is not None and any_of_it and root not in tops else None
        except Refusal as refusal:  # the settings of one of many repositories: its finding, and it is left
            stray.append(
                Finding("AWS213", str(refusal.path or root), f"the repository was left unchanged: {refusal.message}", refusal.line, 1, refusal.help,
                        repository=str(root))
            )  # fmt: skip
            continue
        if other is not None:
            repositories, more = rewrite_roots(other)
            out += repositories
            stray += more
        elif any_of_it:
            say_unrelated(root, request.unrelated)
            searched = ahead.search(root, files)
            one = _root(root, files, searched, request, jobs, say)
            one = settle_targets(one, files, request, lambda some, root=root: _for_chain(root, some, request, jobs, say))  # type: ignore[misc]
            one = settle_links(one, Links(root))
            out.append(with_settings(one, files, beside or Beside(), searched, request))  # also where files alone were named
    return out, stray


def _for_chain(root: Path, files: list[str], request: CodeRequest, jobs: int, say: Progress) -> Repository:
    """Some files of a root, decided as under `--target default-chain`."""
    chain = replace(request, mapping=request.mapping.for_chain())
    return _root(root, files, search(files, 1), chain, jobs, say)


def with_settings(one: Repository, files: list[str], beside: Beside, searched: Found, request: CodeRequest) -> Repository:
    """A root with what its settings files, its environment and what git ignores add to it."""
    from migrate.codemod.data.beside import look_beside

    return look_beside(one, files, beside, searched, request, _read_notebook)


def _read_notebook(path: Path, data: bytes) -> "tuple[Source, list[str]]":
    from migrate.codemod.run.notebooks import parse_notebook

    book = parse_notebook(path, data)
    return book, book.hidden


def outcome_of(repositories: Sequence[Repository], stray: Sequence[Finding]) -> Outcome:
    """All roots together."""
    findings = [*stray, *(f for r in repositories for f in r.findings)]
    findings.sort(key=lambda f: (f.path, f.line or 0, f.column or 0, f.code))
    replaced = {k: p for r in repositories for k, p in r.replaced.items()}
    return Outcome(
        "code",
        sorted((c for r in repositories for c in r.changes), key=lambda c: c.path),
        findings,
        replaced=tuple(ReplacedKey(k, p) for k, p in sorted(replaced.items())),
        groups=sorted((g for r in repositories for g in r.groups), key=lambda g: min(g.paths)),
        files=sum(r.files for r in repositories),
        silenced=sum(r.silenced for r in repositories),
    )


def _root(root: Path, files: list[str], found: Found, request: CodeRequest, jobs: int, say: Progress) -> Repository:
    """The Python sources of one root."""
    findings: list[Finding] = []
    if found.unreadable:
        from migrate.codemod.run.gather import unreadable

        findings = [unreadable(p, why) for p, why in found.unreadable]
    if not found.hits:
        return Repository(root, len(files), (), findings, {})
    from migrate.codemod.run.gather import Gathering

    hits = {Path(p) for p in found.hits}
    gathering = Gathering(root, files, jobs)
    with _deep():
        say(f"{root.name}: {len(hits)} {'file' if len(hits) == 1 else 'files'} with keys or credential arguments")
        gathering.take_in(hits)
        gathering.take_importers(p for p in hits if p in gathering.taken and (not gathering.large or holds_id(gathering.taken[p].data)))
        surveyed: dict[frozenset[Path], Decided] = {}
        for _ in range(_ROUNDS - 1):
            programs = [p for p in gathering.programs() if not hits.isdisjoint(p)]
            new = [p for p in programs if frozenset(p) not in surveyed]
            if new:
                gathering.followed.clear()
            for n, one in enumerate(_analysed(new, gathering, hits, request, jobs, only_survey=True)):
                surveyed[frozenset(new[n])] = one
            if not new:
                break
            names: dict[str, set[Path]] = {}
            current = [surveyed[frozenset(p)] for p in programs]
            for d in current:
                for name, where in d.names.items():
                    names.setdefault(name, set()).update(where)
            touched = set().union(*(d.touched for d in current)) & set(gathering.taken)
            gathering.take_importers(touched, names)
            for d in current:
                gathering.take_passed(d.touched, {*d.names, *d.callables})
            gathering.take_mentioning(names)
            gathering.take_running(names)
        current = _analysed([p for p in gathering.programs() if not hits.isdisjoint(p)], gathering, hits, request, jobs)
    findings += gathering.findings + [f for d in current for f in d.findings]
    silenced = sum(d.silenced for d in current)
    if request.ignore:
        kept = [f for f in findings if f.code not in request.ignore]
        silenced += len(findings) - len(kept)
        findings = kept
    replaced = {k: p for d in current for k, p in d.replaced.items()}
    name = str(root)
    changes = [replace(c, repository=name) for d in current for c in d.changes]
    groups = [g for d in current for g in d.groups]
    return Repository(root, len(files), changes, [replace(f, repository=name) for f in findings], replaced, groups, silenced)


def _analysed(
    programs: "list[Sources]", gathering: "Gathering", hits: set[Path], request: CodeRequest, jobs: int, only_survey: bool = False
) -> "list[Decided]":
    """What becomes of each program, in order; the processes get what the parent has parsed by inheritance.

    `only_survey`: which files and names their keys pass through, and no more.
    """

    def share(numbers: Sequence[int]) -> "list[Decided]":
        return [_one(programs[n], gathering, hits, request, only_survey) for n in numbers]

    numbers = list(range(len(programs)))
    done: dict[int, Decided] = {}
    for part, result in in_processes(share, numbers, jobs if len(programs) >= _FEW_PROGRAMS else 1):
        done.update(
            zip(part, result if result is not None else [_broken(programs[n], hits, "its process died") for n in part], strict=True)
        )
    return [done[n] for n in numbers]


def _one(sources: "Sources", gathering: "Gathering", hits: set[Path], request: CodeRequest, only_survey: bool) -> "Decided":
    """One program, analysed. Whatever goes wrong in it is a finding, so that the others go on."""
    from migrate.codemod.flow.interpreter import TooLarge
    from migrate.codemod.run.handover import hand_over, passed_through
    from migrate.codemod.run.program import analyse, follow, survey

    if not any(b"AKIA" in s.data or b"ASIA" in s.data for s in sources.values()):
        sources = {p: s for p, s in sources.items() if p in hits}  # no id to follow: at most one that a call computes where it stands
    files = frozenset(sources)
    try:
        followed = gathering.followed.pop(files, None) or follow(gathering.imports, sources)
        if only_survey:
            if len(gathering.followed) < _FEW_PROGRAMS:
                gathering.followed[files] = followed
            return passed_through(survey(followed))
        result = analyse(gathering.imports, sources, request.mapping, followed)
        return hand_over(result, sources, hits, request.mapping, request.ignore)
    except TooLarge:
        return _broken(sources, hits, "the program it is part of is too large to analyze")
    except RecursionError:
        return _broken(sources, hits, "it is nested too deeply to analyze")
    except Exception as e:  # one program of thousands must not end the run; the type is told, its words may quote the source
        return _broken(sources, hits, f"the analysis failed ({type(e).__name__})")


def _broken(sources: "Sources", hits: set[Path], why: str) -> "Decided":
    from migrate.codemod.run.handover import Decided

    where = sorted(hits & set(sources))
    return Decided(
        findings=[Finding("AWS213", str(p), f"left unchanged: {why}", 1, 1, "rewrite by hand, and please report this") for p in where]
    )


@contextmanager
def _deep() -> Iterator[None]:
    """Room for programs that nest deep: long `elif` chains and concatenations are trees as deep as they are long.

    Trees are many small objects that stay: the collector, which would look through them again and again, comes by less often.
    """
    before, thresholds = sys.getrecursionlimit(), gc.get_threshold()
    sys.setrecursionlimit(max(before, _DEEPEST))
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
        gc.set_threshold(*thresholds)
