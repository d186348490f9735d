"""`code --review`: groups of files that may be taken or left one by one, and what a person makes of their new texts.

No group shares a file, a key's way through the program, or the environment with another (`migrate.codemod.run.applying.grouped`), so leaving one
is what would have happened if something in it could not have been rewritten.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from migrate.changes.change import Change
from migrate.changes.diff import first_difference
from migrate.codemod.rewrite.check import new_unknowns
from migrate.codemod.run.notebooks import parse_notebook
from migrate.codemod.source.python import Source, Unreadable, parse
from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.keys import KEY_ID, is_secret, mask_key_id
from migrate.outcome import Group, Outcome

_HELP = "run again with --review and accept the change, or add `# aws-sso-migrate: ignore` next to the key to keep it"
_OF_CHANGES = ("AWS214", "AWS228", "AWS232", "AWS234", "AWS236", "AWS237")
"""What is said of a change, and not where the change is not made."""
_BETWEEN = re.compile(r"""["'\s+()\\,]+""")
"""What may stand between the pieces of a literal that is written in several."""

_SECRET = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])")


class CodeReview:
    """The changes of `code` under review. `without` are profiles that were left before: what would name them is left unasked."""

    def __init__(self, outcome: Outcome, without: Collection[str] = ()) -> None:
        self._outcome = outcome
        self._changes = {change.path: change for change in outcome.changes}
        self._offered = dict(self._changes)
        self._left: list[Finding] = []
        self._taken: list[Group] = []
        self._not_taken: list[Group] = []
        self.parts: list[Group] = []
        for group in outcome.groups:
            missing = sorted({r.profile for r in group.replaced if r.profile in without and r.profile is not None})
            if missing:
                self._leave(group, f"left unchanged: profile {missing[0]} was skipped in the review")
            else:
                self.parts.append(group)

    def title(self, part: Group) -> str:
        """What the part is about, fit to be masked and shown."""
        files = f"{len(part.paths)} files" if len(part.paths) > 1 else "1 file"
        keys = [f"{mask_key_id(r.key)} becomes {f'profile {r.profile}' if r.profile else 'the default chain'}" for r in part.replaced]
        return f"{files}: {', '.join(keys)}" if keys else files

    def shown(self, part: Group) -> list[Change]:
        """The part's changes, edits in them."""
        return [self._changes[path] for path in sorted(part.paths)]

    def breaks(self, part: Group) -> list[Finding]:
        """Return the warnings about the part's files: a Lambda handler that would name a profile, a region that may change."""
        return [f for f in self._outcome.findings if f.severity == "warning" and Path(f.path) in part.paths]

    def texts(self, part: Group) -> list[tuple[str, bytes]]:
        """The new texts, by file name."""
        return [(path.name, self._changes[path].after or b"") for path in sorted(part.paths)]

    def edit(self, part: Group, new: Sequence[bytes]) -> None:
        """Takes over a person's texts, in the order of `texts`. Raises Refusal, and changes nothing, where one would not do."""
        edited = {}
        for path, data in zip(sorted(part.paths), new, strict=True):
            change = self._changes[path]
            if data != change.after:
                _check(self._offered[path], data)
            edited[path] = replace(change, after=data)
        self._changes.update(edited)

    def settle(self, part: Group, taken: bool) -> None:
        """The part is taken or left."""
        if taken:
            self._taken.append(part)
        else:
            others = (
                f", with {len(part.paths) - 1} other files" if len(part.paths) > 2 else ", with another file" if len(part.paths) > 1 else ""
            )
            self._leave(part, f"skipped in the review{others}")

    def leave(self, part: Group, message: str, help: str) -> None:
        """The part is left for a reason of its own."""
        self._leave(part, message, help)

    def _leave(self, group: Group, message: str, help: str = _HELP) -> None:
        self._not_taken.append(group)
        keys = sorted(r.key for r in group.replaced)
        for path in sorted(group.paths):
            change = self._offered[path]
            here = [k for k in keys if k.encode() in (change.before or b"")]
            self._left.append(
                Finding(
                    "AWS193",
                    str(path),
                    message,
                    first_difference(change),
                    1,
                    help,
                    key=here[0] if here else None,
                    profile=next((r.profile for r in group.replaced if r.key in here[:1]), None),
                    repository=change.repository,
                    libraries=change.libraries,
                )
            )

    def outcome(self) -> Outcome:
        """What was taken, and a finding for each file that was left. A key that stands on in a group that was left is not replaced."""
        paths = {path for group in self._taken for path in group.paths}
        kept = {r.key for group in self._not_taken for r in group.replaced}
        gone = {r for group in self._taken for r in group.replaced if r.key not in kept}
        changes = [self._changes[c.path] for c in self._outcome.changes if c.path in paths]
        found = [f for f in self._outcome.findings if f.code not in _OF_CHANGES or not paths.isdisjoint(_places(f))]
        return replace(
            self._outcome,
            changes=[c for c in changes if c.after != c.before],
            findings=sorted([*found, *self._left], key=lambda f: (f.path, f.line or 0, f.column or 0, f.code)),
            replaced=tuple(r for r in self._outcome.replaced if r in gone),
            groups=self._taken,
        )


def _places(finding: Finding) -> set[Path]:
    return {Path(finding.path), *(Path(r.path) for r in finding.related)}


def _check(change: Change, data: bytes) -> None:
    """Raises Refusal where an edited text does not parse, uses names that are nowhere bound any more, or holds a key that the offered one does not."""
    name = change.path.name
    try:
        before, after = _parsed(change.path, change.before or b""), _parsed(change.path, data)
    except Unreadable as error:
        raise Refusal(f"the edited {name} cannot be used: {error.reason}", line=error.line, path=name if error.line else None) from None
    if missing := new_unknowns(before.parents, after.parents):
        raise Refusal(f"in the edited {name}, `{sorted(missing)[0]}` would no longer be defined")
    offered = _readings(change.after or b"")
    known = {secret for secret in change.secrets if len(secret) >= 8 and secret not in offered}
    text = _readings(data)
    fresh = any(key not in offered for key in KEY_ID.findall(text))
    fresh = fresh or any(is_secret(m.group()) and m.group() not in offered for m in _SECRET.finditer(text.partition("\0")[0]))
    if fresh or any(secret in text for secret in known):
        raise Refusal(f"the edited {name} contains a key again", help="use a profile for its calls")


def _readings(data: bytes) -> str:
    """A text as it stands, and with the pieces of literals put together."""
    text = data.decode("utf-8", "replace")
    return f"{text}\0{_BETWEEN.sub('', text)}"


def _parsed(path: Path, data: bytes) -> Source:
    return parse_notebook(path, data) if path.suffix == ".ipynb" else parse(path, data)
