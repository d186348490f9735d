"""What a command came to, before anything is written or shown: the one thing that the reports, the question and the journal need."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from migrate.changes.change import Change
from migrate.findings import Finding


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


@dataclass(frozen=True, slots=True)
class Group:
    """Files whose changes are taken together or left together, and the keys that go with them: a review asks about each by itself."""

    paths: frozenset[Path]
    replaced: Sequence[ReplacedKey] = ()


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
    silenced: int = 0  # findings that a comment or a setting silences
    paths: Sequence[Path] = ()  # what was named to be looked through: the journal keeps it, for `retire` to look there again
