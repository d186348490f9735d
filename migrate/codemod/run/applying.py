"""The edits of accepted rewrites, made in the texts of a program, and which files change together."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from migrate.codemod.edit.kinds import Edit
from migrate.codemod.flow.module import Module
from migrate.codemod.flow.values import Outside
from migrate.codemod.keys.cluster import Credentials, Problem, literal_text
from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.libraries import library_of
from migrate.codemod.libraries.spec import Style
from migrate.codemod.rewrite.check import Checked, check_text
from migrate.codemod.rewrite.plan import Rewrite
from migrate.outcome import Group, ReplacedKey

T = TypeVar("T")


@dataclass(slots=True)
class Result:
    """What came of a program: new texts, problems, and the secrets that were seen (for the masker)."""

    texts: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    secrets: dict[Path, set[str]] = field(default_factory=lambda: defaultdict(set))
    replaced: dict[str, str | None] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)  # module and class level names that held keys
    callables: set[str] = field(default_factory=set)  # functions and classes whose parameters or attributes held keys
    profiles: dict[Path, set[str]] = field(default_factory=lambda: defaultdict(set))  # that come into a file
    libraries: dict[Path, set[str]] = field(default_factory=lambda: defaultdict(set))  # whose calls change in a file
    groups: list[Group] = field(default_factory=list)  # files that are rewritten together or not at all
    met: set[str] = field(default_factory=set)  # ids that the analysis has decided on, one way or the other
    silenced: int = 0  # clusters at which an ignore comment stands
    touched: set[Path] = field(default_factory=set)  # files that a cluster, rewritten or not, passes through


def apply(accepted: list[Rewrite], found: Credentials, mapping: KeyMap, result: Result) -> None:
    """Makes the edits of all clusters; a cluster whose file does not come out right is dropped, and the rest made anew."""
    while True:
        edits: dict[Module, list[Edit]] = defaultdict(list)
        for rewrite in accepted:
            for module, edit in rewrite.edits:
                edits[module].append(edit)
        keys: dict[Module, set[str]] = defaultdict(set)
        for rewrite in accepted:
            for m in rewrite.modules | {o.module for o in rewrite.cluster.origins}:
                keys[m] |= rewrite.cluster.ids
                keys[m] |= {t for o in rewrite.cluster.origins & found.secrets if (t := literal_text(o.node)) is not None}
                edits.setdefault(m, [])
        bad: Checked | None = None
        texts: dict[Path, str] = {}
        for module, e in edits.items():
            checked = check_text(module, e, keys[module])
            if checked.problem is not None:
                bad = checked
                break
            if checked.text != module.source.text:
                texts[module.path] = checked.text
        if bad is None:
            result.texts = texts
            result.groups = grouped(accepted, mapping)
            for rewrite in accepted:
                for key in rewrite.cluster.ids:
                    result.replaced[key] = mapping.profile(key)
                names = {name for key in rewrite.cluster.ids if (name := mapping.profile(key)) is not None}
                for path in {m.path for m in rewrite.modules} | {o.module.path for o in rewrite.cluster.origins}:
                    result.profiles[path] |= names
                    result.libraries[path] |= {library_of(s.callee) for s in rewrite.cluster.sinks}
            return
        dropped = [r for r in accepted if bad.module in r.modules or any(o.module is bad.module for o in r.cluster.origins)]
        for r in dropped:
            assert bad.problem is not None
            result.problems.append(replace(bad.problem, keys=r.cluster.places(found)))
            accepted.remove(r)
        if not dropped:
            return


def touched(rewrite: Rewrite) -> set[Path]:
    """Return the files that a rewrite changes or passes through."""
    return {m.path for m in rewrite.cluster.modules} | {m.path for m in rewrite.modules} | {m.path for m, _ in rewrite.functions}


def sharing(parts: Iterable[tuple[set[Path], set[T]]]) -> list[tuple[set[Path], set[T]]]:
    """Return files with what belongs to them, joined so that no two share a file."""
    out: list[tuple[set[Path], set[T]]] = []
    for paths, things in parts:
        for other in [o for o in out if not o[0].isdisjoint(paths)]:
            out.remove(other)
            paths, things = paths | other[0], things | other[1]
        out.append((paths, things))
    return out


def grouped(accepted: list[Rewrite], mapping: KeyMap) -> list[Group]:
    """The files of all rewrites in groups, no two of which share a file: any of them may be left without the others noticing.

    What goes into the environment, or comes out of it, is seen by the whole program; so is, under `--target default-chain`, what a
    call without a key signs with. These are one group.
    """
    parts: list[tuple[set[Path], set[str]]] = []
    everywhere: tuple[set[Path], set[str]] | None = None
    for rewrite in accepted:
        cluster = rewrite.cluster
        part = touched(rewrite), set(cluster.ids)
        if mapping.chain or any(
            s.spec.style is Style.ENVIRONMENT or any(isinstance(v, Outside) for a in s.arguments for v in a.values) for s in cluster.sinks
        ):
            everywhere = part if everywhere is None else (everywhere[0] | part[0], everywhere[1] | part[1])
        else:
            parts.append(part)
    merged = sharing([*parts, *([everywhere] if everywhere is not None else [])])
    return [Group(frozenset(paths), [ReplacedKey(k, mapping.profile(k)) for k in sorted(keys)]) for paths, keys in merged]
