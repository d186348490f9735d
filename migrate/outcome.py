"""What a command came to, before anything is written or shown: the one thing that the reports, the question and the journal need."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from migrate.changes.change import Change
from migrate.findings import Finding
from migrate.keys import TEMPORARY


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A profile in a report (`profiles` of `--format json`)."""

    name: str
    action: Literal["sso", "keep", "remove", "left", "none"]
    sso_session: str | None = None
    sso_account_id: str | None = None
    sso_role_name: str | None = None
    resolves: bool | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in a report of `retire`. `key` is a whole key id; the reports mask it."""

    key: str = field(repr=False)
    account_id: str | None = None
    user: str | None = None
    status: str | None = None
    last_used: str | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class ReplacedKey:
    """A key that a run takes out, and the profile in its place (None: nothing took it). `key` is a whole key id."""

    key: str = field(repr=False)
    profile: str | None


Shown = Literal["proof", "readers"]
"""How it was shown that a call signs as before. proof: a second analysis found the same signers in the old and the new program. readers: every reader of the settings file was followed."""


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A call that signs with a key, and the profile that it signs with after the rewrite (None: the default chain). `key` is a whole key id.

    `line` is the call's line before, `new_line` after, where it is known. `others` are credentials that may sign at this call as well, before and
    after: `default chain`, `outside` (a variable, an argument).
    """

    path: Path
    line: int
    call: str
    key: str = field(repr=False)
    profile: str | None
    shown: Shown = "proof"
    new_line: int | None = None
    function: str = ""
    others: tuple[str, ...] = ()
    names_region: bool = True  # False: its region comes from its profile, or from the environment
    presigned: tuple[tuple[Path, int], ...] = ()  # file and line of each URL that is presigned with what the call makes


@dataclass(frozen=True, slots=True)
class Group:
    """Files whose changes are taken together or left together, the keys that go with them, and the calls that signed with those.

    A review asks about each by itself.
    """

    paths: frozenset[Path]
    replaced: Sequence[ReplacedKey] = ()
    signed: Sequence[SignedCall] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that one command decided. `files` counts the files it looked at; `groups` are the changes of code, as a review asks of them."""

    command: str
    changes: Sequence[Change] = ()
    findings: Sequence[Finding] = ()
    profiles: Sequence[ProfileRow] = ()
    keys: Sequence[KeyRow] = ()
    replaced: Sequence[ReplacedKey] = ()
    groups: Sequence[Group] = ()
    files: int = 0
    silenced: int = 0  # findings that a comment, a setting or a baseline silences
    silenced_in: Sequence[str] = ()  # the paths of those of a scan, which a whole migration counts but for what its halves count
    paths: Sequence[Path] = ()  # what was named to be looked through: the journal keeps it, for `retire` to look there again

    @property
    def retirable(self) -> bool:
        """May there be keys that somebody has to end, of this run or, where it replaced none, an earlier one?

        Temporary ones end by themselves, and one that an issue of this run is about is still in use.
        """
        used = {finding.key for finding in self.findings if finding.leaves_work}
        ended = [replaced.key for replaced in self.replaced if not replaced.key.startswith(TEMPORARY)]
        return not self.replaced or any(key not in used for key in ended)

    @property
    def signed(self) -> list[SignedCall]:
        """Return the calls that signed with a key and now sign with a profile, in the order of files and lines."""
        found = dict.fromkeys(call for group in self.groups for call in group.signed)
        return sorted(found, key=lambda c: (c.path, c.line, c.call, c.profile or ""))
