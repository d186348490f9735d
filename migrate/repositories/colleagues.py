"""What a change asks of colleagues: settings files that no commit has."""

from collections.abc import Sequence
from pathlib import Path

from migrate.changes.change import Change
from migrate.changes.diff import first_difference
from migrate.findings import Finding
from migrate.repositories.git import untracked

_PYTHON = (".py", ".pyw", ".wsgi", ".ipynb")


def for_each_developer(changes: Sequence[Change]) -> list[Finding]:
    """Return a note for each settings file that changes and that git does not track."""
    settings = [c for c in changes if c.before is not None and c.path.suffix.lower() not in _PYTHON]
    return [_note(c) for c in untracked(settings)]


def _note(change: Change) -> Finding:
    name = Path(change.path).name
    what = f"{name} is not tracked by git: each developer replaces these lines in their own copy"
    return Finding(
        "AWS236",
        str(change.path),
        what,
        first_difference(change),
        1,
        "tell your colleagues, or give them the diff",
    )
