"""A baseline of `scan`: the findings of a day, so that a repository that cannot be clean yet is told of new ones only.

A JSON file to commit. It names codes, paths and masked key IDs, and matches by fingerprint, so that moved lines change nothing.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.reports.fingerprints import fingerprints, place_of
from migrate.reports.view import finding_view, shown_path
from migrate.tree.files import read

VERSION = 1


class Baseline:
    """The fingerprints of a baseline file."""

    def __init__(self, known: Iterable[str], folder: str) -> None:
        self._known, self._folder = frozenset(known), folder
        self.gone = 0
        """Findings of the file that `without` was not given: they are fixed."""

    @staticmethod
    def read(path: Path) -> "Baseline":
        """Return the baseline in a file. Raise Refusal where it cannot be read or is not one."""
        try:
            document = json.loads(read(path))
        except FileNotFoundError:
            raise Refusal("there is no such baseline", path=path, help="make it with --write-baseline") from None
        except OSError as error:
            raise Refusal(f"cannot be read: {error.strerror}", path=path) from None
        except (ValueError, RecursionError):
            document = None
        rows = document.get("findings") if isinstance(document, dict) else None
        if not isinstance(document, dict) or not isinstance(rows, list) or not all(_is_row(row) for row in rows):
            raise Refusal("is not a baseline of aws-sso-migrate", path=path, help="make it with --write-baseline")
        if document.get("version") != VERSION:
            raise Refusal("is a baseline of another version of aws-sso-migrate", path=path, help="make it anew with --write-baseline")
        return Baseline((row["fingerprint"] for row in rows), _folder(path))

    def without(self, findings: Sequence[Finding], *, below: bool = False) -> list[Finding]:
        """Return the findings that are not in the baseline; with `below` it counts for those below its folder only."""
        prints = fingerprints([finding_view(f) for f in findings], self._folder)
        self.gone = len(self._known - set(prints))
        return [f for f, one in zip(findings, prints, strict=True) if one not in self._known or (below and not self._is_below(f))]

    def _is_below(self, finding: Finding) -> bool:
        return not place_of(shown_path(finding.path), self._folder).startswith(("~", "/"))


def document(findings: Sequence[Finding], path: Path) -> str:
    """Return the text of a baseline of these findings, for a file at `path`: sorted, so that its own changes read well."""
    folder = _folder(path)
    views = [finding_view(f) for f in findings]
    rows = [
        {"path": place_of(view.path, folder), "code": view.code, **({"key": view.key} if view.key else {}), "fingerprint": one}
        for view, one in zip(views, fingerprints(views, folder), strict=True)
    ]
    rows.sort(key=lambda row: (row["path"], row["code"], row["fingerprint"]))
    return json.dumps({"aws-sso-migrate": "baseline", "version": VERSION, "findings": rows}, ensure_ascii=False, indent=2) + "\n"


def baseline_of(paths: Sequence[Path]) -> Path | None:
    """Return the baseline that the settings of the paths name. Raise Refusal where they name several."""
    from migrate.tree.files import project_root
    from migrate.tree.pyproject import settings_for

    found = set()
    for path in paths:
        absolute = path.absolute()
        settings = settings_for(absolute, project_root(absolute if absolute.is_dir() else absolute.parent))
        if settings.baseline is not None:
            found.add(settings.baseline)
    if len(found) > 1:
        raise Refusal("the paths have baselines of their own", help="scan them one by one, or name one with --baseline")
    return found.pop() if found else None


def _folder(path: Path) -> str:
    """The folder that a baseline's paths are relative to: its own."""
    return shown_path(str(path.absolute().parent))


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("fingerprint"), str)
