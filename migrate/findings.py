"""What a command found that a person should know: a place, a code, a reason, what to do."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from migrate.codes import CODES

Severity = Literal["error", "warning", "note"]
"""error: left for a person, exit status 1. warning: done, but look at it, status 1 only where the code says so. note: mentioned, status 0."""


class NamedRule(Enum):
    """A rule by which something is left. Members have a sentence each; findings carry their labels as `rule`."""

    @property
    def label(self) -> str:
        """Return the name that is printed."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that a finding is about: where the key stands, who reads it. `message` must already be fit to be shown."""

    path: str
    message: str
    line: int | None = None
    column: int | None = None


_VERBS = ("is", "was", "has", "needs", "signs", "requests", "assumes", "could", "may")


def about(what: str, said: str) -> str:
    """Return a message about a profile or key: one sentence if `said` goes on from its name, else after a colon."""
    return f"{what}{'' if said.partition(' ')[0] in _VERBS else ':'} {said}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `line` and `column` are 1-based; `message` and `help` must already be fit to be shown (no secret)."""

    code: str
    path: str
    message: str
    line: int | None = None
    column: int | None = None
    help: str = ""
    key: str | None = None  # a whole key id; only `migrate.reports` shows it, masked
    profile: str | None = None
    first_commit: str | None = None
    last_commit: str | None = None
    repository: str | None = None  # the root that the file is under, where a command looks at several
    libraries: tuple[str, ...] = ()  # whose calls take the key, by the names that programs import
    related: tuple[Related, ...] = ()
    rule: str = ""  # the name of the rule that refused a rewrite, for `--verbose`

    @property
    def severity(self) -> Severity:
        """As the table of codes has it."""
        return CODES[self.code].severity

    @property
    def leaves_work(self) -> bool:
        """Does this finding end the command with 1?"""
        return self.severity == "error"
