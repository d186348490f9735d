"""`--format github` and `--format gitlab`: findings as the pages of a pull request and a merge request show them.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions and https://docs.gitlab.com/ci/testing/code_quality/
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from migrate.masking import printable
from migrate.reports.fingerprints import fingerprints, place_of
from migrate.reports.view import FindingView, View

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
_SEVERITIES = {"error": "critical", "warning": "minor", "note": "info"}


def github(view: View) -> str:
    """Return one workflow command for each finding, and one for a refusal."""
    return "".join(f"{line}\n" for line in _commands(view))


def _commands(view: View) -> Iterator[str]:
    folder = str(Path.cwd())
    if view.error is not None:
        place = {"file": place_of(view.error.path, folder) if view.error.path else None, "line": view.error.line}
        yield _command("error", place, " ".join(filter(None, [view.error.message, view.error.help])))
    for finding in view.findings:
        place = {"file": place_of(finding.path, folder), "line": finding.line, "col": finding.column, "title": finding.code}
        yield _command(_LEVELS[finding.severity], place, _said(finding))


def _command(level: str, properties: dict[str, str | int | None], text: str) -> str:
    given = ",".join(f"{name}={_escaped(str(value), more=True)}" for name, value in properties.items() if value is not None)
    return f"::{level}{' ' if given else ''}{given}::{_escaped(text)}"


def _escaped(text: str, more: bool = False) -> str:
    text = printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if more else text


def gitlab(view: View) -> str:
    """Return a Code Quality report. A refusal is one issue, for GitLab takes nothing else."""
    folder = str(Path.cwd())
    issues: list[dict[str, Any]] = []
    if view.error is not None:
        path = place_of(view.error.path, folder) if view.error.path else "."
        text = " ".join(filter(None, [view.error.message, view.error.help]))
        issues.append(_issue("refused", text, "blocker", path, view.error.line, "0" * 32))
    for finding, fingerprint in zip(view.findings, fingerprints(view.findings, folder), strict=True):
        issues.append(
            _issue(finding.code, _said(finding), _SEVERITIES[finding.severity], place_of(finding.path, folder), finding.line, fingerprint)
        )
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"


def _issue(name: str, text: str, severity: str, path: str, line: int | None, fingerprint: str) -> dict[str, Any]:
    return {
        "description": text,
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path.replace(os.sep, "/"), "lines": {"begin": line or 1}},
    }


def _said(finding: FindingView) -> str:
    return f"{finding.message}\n{finding.help}" if finding.help else finding.message
