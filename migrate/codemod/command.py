"""The codemod as a LibCST command: `python -m libcst.tool codemod -x migrate.codemod.command.ReplaceAwsKeys`, or `transform_module`.

One module is decided by itself: what other files import from it has to stay. With `--program` the whole tree is decided before the
first file is written, as `aws-sso-migrate code` does, and each module gets its part. LibCST commands:
https://libcst.readthedocs.io/en/latest/codemods.html.
"""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.codemod import CodemodCommand, CodemodContext

from migrate.codemod.flow.module import Imports
from migrate.codemod.keys.mapping import KeyMap, mapping_from
from migrate.codemod.proof.around.mentions import forget
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from migrate.codemod.run.handover import hand_over
from migrate.codemod.run.program import analyse, follow
from migrate.codemod.source.python import Source, Unreadable, parse
from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.outcome import Outcome
from migrate.reports.view import finding_view
from migrate.tree.files import project_root

_NAMELESS = Path("/nonexistent/module.py")


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of a tree: for each file that changes its bytes before and after, and the findings of each file."""

    changes: dict[str, tuple[bytes, bytes]] = field(default_factory=dict, repr=False)
    findings: dict[str, list[Finding]] = field(default_factory=dict, repr=False)


class ReplaceAwsKeys(CodemodCommand):
    """Replace hardcoded AWS keys with profiles. Findings are warnings of the context."""

    DESCRIPTION = "Replace hardcoded AWS keys with profiles. Anything that is not certain is left unchanged and reported as a warning."

    def __init__(
        self,
        context: CodemodContext,
        map_key: Sequence[str] = (),
        profile: str | None = None,
        target: str = "profile",
        program: str | None = None,
        decided: Decided | None = None,
        other_account: Sequence[str] = (),
    ) -> None:
        """Take the options of `add_args`. `decided` is the tree's decision, where there is one already.

        Raise Refusal for options that contradict each other or a program that does not exist.
        """
        super().__init__(context)
        self.mapping = mapping_of(map_key, profile, target, other_account)
        self.decided = decided
        if program is not None and decided is None:
            self.decided = decide(Path(program), self.mapping)

    @staticmethod
    def add_args(parser: argparse.ArgumentParser) -> None:
        """Add the options to LibCST's own, and decide the program, where one is named, as soon as they are read."""
        parser.add_argument(
            "--map-key", metavar="KEY_ID=PROFILE", action="append", default=[], help="The profile for a key ID (can be repeated)."
        )
        parser.add_argument("--profile", metavar="NAME", help="The profile for all other keys.")
        parser.add_argument(
            "--target", choices=("profile", "default-chain"), default="profile", help="What the code signs with afterwards."
        )
        parser.add_argument(
            "--other-account",
            metavar="PROFILE",
            action="append",
            default=[],
            help="Confirm that this profile is of another account than its key (can be repeated).",
        )
        parser.add_argument(
            "--program", metavar="FOLDER", help="Decide this whole tree first; without it each module is decided by itself."
        )
        read = parser.parse_args

        def parse_and_decide(*args: Any, **more: Any) -> argparse.Namespace:
            found: argparse.Namespace = read(*args, **more)
            try:
                mapping = mapping_of(found.map_key, found.profile, found.target, found.other_account)
                # here, since LibCST's workers begin to write while others still read
                found.decided = decide(Path(found.program), mapping, found.path) if found.program is not None else None
            except Refusal as refusal:
                parser.error(refusal.message)
            return found

        parser.parse_args = parse_and_decide  # type: ignore[assignment]

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        """Return the module with its keys replaced; the same module where nothing is certain enough to change."""
        path = _NAMELESS if self.context.filename is None else Path(self.context.filename).resolve()
        before = tree.bytes
        decided = self.decided if self.decided is not None else decide_module(path, before, self.mapping)
        for finding in decided.findings.get(str(path), ()):
            self.warn(worded(finding))
        old, new = decided.changes.get(str(path), (before, before))
        if old != before:
            self.warn(
                "left unchanged: LibCST reads other bytes than are in the file, or the file has changed since the program was decided"
            )
            return tree
        if new == before:
            return tree
        after = cst.parse_module(new)
        if after.bytes != new:
            self.warn("left unchanged: LibCST cannot carry this file byte for byte; use `aws-sso-migrate code`")
            return tree
        return after


def mapping_of(map_key: Sequence[str], profile: str | None, target: str, other_account: Sequence[str] = ()) -> KeyMap:
    """Return which profile takes each key's place. Raise Refusal for options that contradict each other."""
    if target == "default-chain" and (map_key or profile):
        raise Refusal("--target default-chain cannot be combined with --map-key or --profile")
    return mapping_from(map_key, None, profile, target == "default-chain", other_account=other_account)


def decide(program: Path, mapping: KeyMap, paths: Iterable[str] | None = None) -> Decided:
    """Return what becomes of a whole tree. `paths`: what LibCST will be given; what belongs together changes only if all of it is there.

    Raise Refusal where the tree does not exist.
    """
    outcome = rewrite_code(CodeRequest([program], mapping))
    places = None if paths is None else [Path(p).resolve() for p in paths]
    findings = by_file(outcome.findings)
    together: set[Path] = set()
    for group in outcome.groups:
        out_of_reach = sorted(p for p in group.paths if p.suffix != ".py" or not (places is None or within(p.resolve(), places)))
        if not out_of_reach:
            together |= group.paths
            continue
        for path in group.paths:
            why = f"left unchanged: it changes together with {out_of_reach[0].name}, which LibCST is not given"
            findings.setdefault(str(path.resolve()), []).append(Finding("AWS230", str(path), why, 1, 1, "use `aws-sso-migrate code`"))
    return Decided(changed(outcome, together), findings)


def within(path: Path, places: Sequence[Path]) -> bool:
    """Return whether a path is one of some places, or below one."""
    return any(path == place or place in path.parents for place in places)


def changed(outcome: Outcome, paths: Iterable[Path]) -> dict[str, tuple[bytes, bytes]]:
    """Return the bytes before and after of those changes that are among some paths."""
    wanted = set(paths)
    return {str(c.path.resolve()): (c.before or b"", c.after or b"") for c in outcome.changes if c.path in wanted}


def by_file(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return findings by the file that they are about."""
    out: dict[str, list[Finding]] = {}
    for finding in findings:
        out.setdefault(str(Path(finding.path).resolve()), []).append(finding)
    return out


def decide_module(path: Path, data: bytes, mapping: KeyMap) -> Decided:
    """Return what becomes of one module by itself. What other files below its project use of it stays."""
    if not any(prefix in data for prefix in (b"AKIA", b"ASIA")):
        return Decided()
    try:
        source = parse(path, data)
    except Unreadable as e:
        return Decided(findings={str(path): [Finding("AWS212", str(path), e.reason, e.line or 1, 1, "rewrite by hand")]})
    sources: dict[Path, Source] = {path: source}
    imports = Imports(project_root(path.parent), {str(path)})
    forget()
    result = hand_over(analyse(imports, sources, mapping, follow(imports, sources)), sources, [path], mapping, frozenset())
    changes = {str(c.path): (c.before or b"", c.after or b"") for c in result.changes}
    return Decided(changes, by_file(result.findings))


def worded(finding: Finding) -> str:
    """Return a finding as a warning: its line, code and message, and what to do. Masked."""
    view = finding_view(finding)
    help = f" ({view.help.splitlines()[0]})" if view.help else ""
    return f"line {view.line or 1}: {view.code} {view.message}{help}"
