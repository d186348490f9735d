"""Which of the planned rewrites of a program the witness accepts: all at once, else one by one without what they have nothing to do with."""

import ast
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from migrate.codemod.flow.module import Imports
from migrate.codemod.flow.values import in_order
from migrate.codemod.keys.cluster import Problem
from migrate.codemod.libraries.spec import Style
from migrate.codemod.proof.case import Known, Rejection
from migrate.codemod.proof.hook import not_proved
from migrate.codemod.proof.rules import Rule
from migrate.codemod.rewrite.blocked import Blocked
from migrate.codemod.rewrite.dynamic import dynamic_uses
from migrate.codemod.rewrite.plan import Facts, Rewrite
from migrate.codemod.rewrite.planner import plan_rewrite
from migrate.codemod.run.applying import Result, apply, sharing, touched
from migrate.codemod.source.python import Source
from migrate.outcome import Group, SignedCall

_ALIKE = 1.25
"""How much larger a set of files may become for several rewrites to be proved in it."""


def proved(
    root: Path,
    sources: dict[Path, Source],
    accepted: list[Rewrite],
    facts: Facts,
    result: Result,
    whole: bool = True,
    known: Known | None = None,
) -> None:
    """Drop each rewrite that the witness does not accept, and make the edits of the others anew.

    A call that names its profile as a constant loses what the way to its key could do: fail, or not be there. Where that is the
    reason, or a dict that it leaves would be empty, the profile's name is sent the way of the key instead, once. What the witness does not understand in a file that no rewrite touches
    (`whole`: among all files of the program) stands in the way of those rewrites alone that the file has to do with.
    """
    if known is None:
        ids = {key for rewrite in accepted for key in rewrite.cluster.ids}
        known = Known(frozenset({*ids, *(p for key in ids if (p := facts.mapping.profile(key)) is not None)}))
    while result.texts:
        profiles = {key: facts.mapping.profile(key) for rewrite in accepted for key in rewrite.cluster.ids}
        signed: list[SignedCall] = []
        rejection = not_proved(root, sources, result.texts, profiles, signed, known)
        if rejection is None:
            result.groups = [_with_calls(g, signed) for g in result.groups]
            return
        dropped = [r for r in accepted if rejection.path in touched(r)]
        if not dropped and whole and _apart(root, sources, accepted, facts, result, known):
            return
        for rewrite in dropped or list(accepted):
            accepted.remove(rewrite)
            if (
                rejection.rule in (Rule.SIGNERS.label, Rule.CLIENTS.label, Rule.EMPTIED.label)
                and (other := _carried(rewrite, facts)) is not None
            ):
                accepted.append(other)
            else:
                result.problems.append(_problem(rewrite, rejection, facts))
        _again(accepted, facts, result)


def _again(accepted: list[Rewrite], facts: Facts, result: Result) -> None:
    for made in (result.texts, result.replaced, result.profiles, result.libraries):
        made.clear()
    result.groups = []
    apply(accepted, facts.found, facts.mapping, result)


def _problem(rewrite: Rewrite, rejection: Rejection, facts: Facts) -> Problem:
    first = in_order(rewrite.cluster.origins)[0]
    module = next((m for m in facts.interpreter.modules.values() if m.path == rejection.path), None)
    return Problem(
        module or first.module,
        ast.Pass(lineno=rejection.line, col_offset=0) if module is not None else first.node,
        rejection.code,
        f"left unchanged: {rejection.reason}",
        _advice(rewrite, rejection, facts),
        min(rewrite.cluster.ids, default=None),
        rule=rejection.rule,
        keys=rewrite.cluster.places(facts.found),
    )


_MAY = frozenset(
    rule.label
    for rule in (Rule.CALLEE_REPLACED, Rule.SESSION_STATE, Rule.DEFAULT_SESSION, Rule.OWN_FILES, Rule.REACHED_WITHOUT_A_NAME, Rule.READ_WHOLE,
                 Rule.ANOTHER_MODULE, Rule.REPLACED_FILE, Rule.UNKNOWN_READER)
)  # fmt: skip
"""Rules that a file may break without saying a name of what goes: a person may know that it does not."""


def _advice(rewrite: Rewrite, rejection: Rejection, facts: Facts) -> str:
    """Return what to do: where a file that does not change stands in the way, a person may say that it has nothing to do with the key."""
    root = Path(facts.interpreter.imports.root)
    if rejection.rule not in _MAY or rejection.path in touched(rewrite) or not rejection.path.is_relative_to(root):
        return "rewrite it by hand, or remove the obstacle and run again"
    file = shlex.quote(rejection.path.relative_to(root).as_posix())
    return f"rewrite it by hand, or, if {file} has nothing to do with this key, run again with --unrelated {file}"


def _apart(root: Path, sources: dict[Path, Source], accepted: list[Rewrite], facts: Facts, result: Result, known: Known) -> bool:
    """Prove the rewrites that share files with each other, group by group, each with the files that imports tie to it; return False where that is no less.

    Files left out are asked by the witness for the names that go, as all files below the root are.
    """
    if facts.mapping.chain or any(s.spec.style is Style.ENVIRONMENT for r in accepted for s in r.cluster.sinks):
        return False  # these are seen by the whole program
    links = _links(facts.interpreter.imports, sources)
    shared = sharing((touched(r), {r}) for r in accepted)
    parts = [(sorted(part, key=accepted.index), _tied(links, files)) for files, part in shared]
    if all(tied >= set(sources) for _, tied in parts):
        return False
    parts = _alike(parts, set(sources))
    problems = list(result.problems)
    accepted.clear()
    _again(accepted, facts, result)
    for part, tied in parts:
        one = Result()
        apply(part, facts.found, facts.mapping, one)
        proved(root, {p: s for p, s in sources.items() if p in tied}, part, facts, one, whole=False, known=known)
        accepted += part
        problems += one.problems
        result.texts.update(one.texts)
        result.replaced.update(one.replaced)
        for path in one.texts:
            result.profiles[path] |= one.profiles[path]
            result.libraries[path] |= one.libraries[path]
        result.groups = [*result.groups, *one.groups]
    result.problems = problems
    return True


def _links(imports: Imports, sources: dict[Path, Source]) -> dict[Path, set[Path]]:
    """Return the files of a program that each file imports, the packages around them included."""
    out: dict[Path, set[Path]] = {}
    for path, source in sources.items():
        names: set[tuple[str, int]] = set()
        for node in source.parents:
            if isinstance(node, ast.Import):
                names |= {(a.name, 0) for a in node.names}
            elif isinstance(node, ast.ImportFrom):
                base = f"{node.module}." if node.module else ""
                names |= {(node.module or "", node.level), *((base + a.name, node.level) for a in node.names)}
        found = {
            imports.find(path, ".".join(parts[:n]), level)
            for name, level in names
            for parts in [name.split(".")]
            for n in range(1, len(parts) + 1)
        }
        out[path] = {f for f in found if f is not None and f in sources}
    return out


def _tied(links: dict[Path, set[Path]], files: set[Path]) -> set[Path]:
    """Return some files with all that import them, however far up. What these import is read by the witness where it is asked for."""
    up = set(files)
    while more := {p for p, targets in links.items() if p not in up and not targets.isdisjoint(up)}:
        up |= more
    return up


def _alike(parts: list[tuple[list[Rewrite], set[Path]]], program: set[Path]) -> list[tuple[list[Rewrite], set[Path]]]:
    """Return the parts with one set of files for those that share nearly all of them, next to each other: its values are found once.

    Those of the whole program are known already.
    """
    shared: list[tuple[list[list[Rewrite]], set[Path]]] = [([], program)]
    for part, tied in parts:
        for others, files in shared:
            if len(tied | files) <= _ALIKE * min(len(tied), len(files)):
                others.append(part)
                files |= tied
                break
        else:
            shared.append(([part], set(tied)))
    return [(part, files) for some, files in shared for part in some]


def _carried(rewrite: Rewrite, facts: Facts) -> Rewrite | None:
    """Return the rewrite of the same cluster that sends the profile's name the way of the key id; None where there is none."""
    if rewrite.carried or facts.mapping.chain:
        return None
    try:
        other = plan_rewrite(facts, rewrite.cluster, carry=True)
    except Blocked:
        return None
    return None if dynamic_uses(facts.interpreter, rewrite.cluster, other) else other


def _with_calls(group: Group, signed: Sequence[SignedCall]) -> Group:
    """Return a group with the calls that signed with its keys."""
    keys = {r.key for r in group.replaced}
    return replace(group, signed=[c for c in signed if c.key in keys and c.path in group.paths])
