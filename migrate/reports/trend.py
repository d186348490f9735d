"""Keys left over time: what successive reports of one command come to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from migrate.errors import Refusal
from migrate.reports.json import DATED
from migrate.reports.past import read_report
from migrate.reports.view import View

_KEY = re.compile(r"\b(?:AKIA|ASIA)…[A-Z0-9]{4}")


@dataclass(frozen=True, slots=True)
class Point:
    """One run. `keys` are the different keys that still stand somewhere, `left` the places that are left for a person.

    `unclean` are the repositories that changed, or where something is left, or that failed.
    """

    date: datetime
    command: str
    name: str
    keys: int
    left: int
    changed: int
    files: int
    repositories: int
    unclean: int


def read_trend(paths: Sequence[Path]) -> list[Point]:
    """The runs that these reports tell of, by date. Raises Refusal for whatever is no JSON report of a command that looks for keys."""
    return sorted((_point(path, read_report(path)) for path in paths), key=lambda p: (p.command, p.date))


def _point(path: Path, view: View) -> Point:
    if view.error is not None:
        raise Refusal("is the report of a run that failed, so it has no counts", path=path)
    if view.command not in DATED:
        raise Refusal(
            f"is a report of `{view.command}`, which does not look for keys", path=path, help=f"use reports of {', '.join(sorted(DATED))}"
        )
    return Point(
        datetime.fromisoformat(view.date), view.command, path.name, len(keys_left(view)), view.left, view.changed, view.files,
        len(view.repositories), sum(repository.status != "clean" for repository in view.repositories),
    )  # fmt: skip


def keys_left(view: View) -> frozenset[str]:
    """The different keys (masked) that still stand somewhere after a run.

    Those that findings name for a person, and those that changes would take out, or have taken out on a branch that waits to be
    merged: `bulk` changes no default branch. What a run changed in place is gone.
    """
    left = {finding.key for finding in view.findings if finding.severity == "error" and finding.key}
    if not view.applied or view.command == "bulk":
        for change in view.changes:
            for line in change.diff.split("\n")[2:]:
                if line.startswith("-"):
                    left.update(_KEY.findall(line))
    return frozenset(left)
