"""`--format json`: one object, whose fields docs/output.md fixes.

A field may be added; none changes its meaning within a version.
"""

import json
from dataclasses import asdict
from typing import Any

from migrate.reports.view import ChangeView, FindingView, View

VERSION = 1

DATED = frozenset({"bulk", "code", "run", "scan"})
"""Commands that say when they ran: those that look for keys, whose reports `report trend` puts side by side."""

SIGNING = frozenset({"bulk", "code", "run"})
"""Commands that rewrite calls, and tell which key each signed with and which profile it signs with now."""

_LATER = ("repository", "libraries", "profiles", "related", "rule")
"""Fields that came after the first release: left out where there is nothing to say."""


def document(view: View, extra: dict[str, Any] | None = None) -> dict[str, Any]:
    """The object of `--format json`. `extra` are fields that only one command has (`runs` of `undo --list`)."""
    out: dict[str, Any] = {
        "version": VERSION,
        "command": view.command,
        "status": view.status,
        "changes": [_known(change) for change in view.changes],
        "findings": [_known(finding) for finding in view.findings],
        "profiles": [asdict(profile) for profile in view.profiles],
        "keys": [asdict(key) for key in view.keys],
        "run": view.run,
        "summary": {
            "files": view.files,
            "changed": view.changed,
            "left": view.left,
            **({"silenced": view.silenced} if view.silenced else {}),
        },
        **({"date": view.date} if view.command in DATED else {}),
        **({"repositories": [asdict(repository) for repository in view.repositories]} if view.repositories else {}),
        **({"signers": [asdict(signer) for signer in view.signers]} if view.command in SIGNING else {}),
        **(extra or {}),
    }
    if view.error is not None:
        out["error"] = asdict(view.error)
    return out


def render(view: View, extra: dict[str, Any] | None = None) -> str:
    """The document as text, UTF-8 to be."""
    return json.dumps(document(view, extra), ensure_ascii=False, indent=2) + "\n"


def _known(row: ChangeView | FindingView) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if value or name not in _LATER}
