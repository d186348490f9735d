"""What the decision is made of: what becomes of each profile, and what a person should know."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Literal

from migrate.awsfiles.mapping import Target
from migrate.awsfiles.reading.files import AwsFile
from migrate.findings import Finding, Related


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why botocore would refuse a profile once it is converted, and where that stands: its own half, and its session's."""

    message: str
    place: tuple[AwsFile, int]
    related: tuple[Related, ...] = ()


Rejections = Map[str, Rejection]

Action = Literal["sso", "source", "strip", "remove", "keep", "left", "none"]
"""sso: becomes an SSO profile. source: keeps its role, and its keys become the SSO profile NAME-source. strip: has SSO, loses
leftover keys. remove: loses its keys. keep, left, none: stays as it is (asked for; not convertible; nothing to do)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one profile."""

    action: Action
    target: Target | None = None


@dataclass(slots=True)
class Decision:
    """What becomes of every profile, whose `source_profile` changes to what, and what a person should know."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    new_sources: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def source_name(name: str) -> str:
    """The SSO profile that takes the place of the keys of a profile whose role names itself as its source."""
    return f"{name}-source"
