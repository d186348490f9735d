"""`--format json`: one object, whose fields docs/output.md fixes.

A field may be added; none changes its meaning within a version.
"""

import json
from dataclasses import asdict
from typing import Any

from migrate.reports.view import View

VERSION = 1


def document(view: View, extra: dict[str, Any] | None = None) -> dict[str, Any]:
    """The object of `--format json`. `extra` are fields that only one command has (`runs` of `undo --list`)."""
    out: dict[str, Any] = {
        "version": VERSION,
        "command": view.command,
        "status": view.status,
        "changes": [asdict(change) for change in view.changes],
        "findings": [asdict(finding) for finding in view.findings],
        "profiles": [asdict(profile) for profile in view.profiles],
        "keys": [asdict(key) for key in view.keys],
        "run": view.run,
        "summary": {"files": view.files, "changed": view.changed, "left": view.left},
        **(extra or {}),
    }
    if view.error is not None:
        out["error"] = asdict(view.error)
    return out


def render(view: View, extra: dict[str, Any] | None = None) -> str:
    """The document as text, UTF-8 to be."""
    return json.dumps(document(view, extra), ensure_ascii=False, indent=2) + "\n"
