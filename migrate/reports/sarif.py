"""`--format sarif`: SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as GitHub code scanning and editors read it."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from migrate import __version__
from migrate.codes import CODES
from migrate.reports.fingerprints import fingerprints
from migrate.reports.view import FindingView, View, shown_path

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://github.com/aws-sso-migrate/aws-sso-migrate"
_LEVEL = {"error": "error", "warning": "warning", "note": "note"}


def document(view: View) -> dict[str, Any]:
    """The SARIF log: one run, a rule for each code that occurs, a result for each finding.

    Paths are relative to the working directory (`uriBaseId` CWD) where they lie below it, else `file:` URIs. A refusal
    is a notification of the invocation, whose `executionSuccessful` is false then.
    """
    codes = sorted({finding.code for finding in view.findings})
    cwd = Path.cwd()
    invocation: dict[str, Any] = {
        "executionSuccessful": view.error is None,
        "exitCode": view.status,
        "workingDirectory": {"uri": _folder_uri(cwd)},
    }
    if view.error is not None:
        notification: dict[str, Any] = {
            "level": "error",
            "message": {"text": " ".join(filter(None, [view.error.message, view.error.help]))},
        }
        if view.error.path is not None:
            notification["locations"] = [_location(cwd, view.error.path, view.error.line, None)]
        invocation["toolExecutionNotifications"] = [notification]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "aws-sso-migrate",
                        "semanticVersion": __version__,
                        "informationUri": HOME,
                        "rules": [_rule(code) for code in codes],
                    }
                },
                "invocations": [invocation],
                "originalUriBaseIds": {"CWD": {"uri": _folder_uri(cwd)}},
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(finding, codes.index(finding.code), cwd, fingerprint)
                    for finding, fingerprint in zip(view.findings, fingerprints(view.findings, str(cwd)), strict=True)
                ],
            }
        ],
    }


def render(view: View) -> str:
    """The document as text, UTF-8 to be."""
    return json.dumps(document(view), ensure_ascii=False, indent=2) + "\n"


def help_uri(code: str) -> str:
    """The address of a code's page."""
    return f"{HOME}/blob/main/docs/codes/{code}.md"


def _rule(code: str) -> dict[str, Any]:
    row = CODES[code]
    return {
        "id": code,
        "helpUri": help_uri(code),
        "shortDescription": {"text": row.title},
        "fullDescription": {"text": row.why},
        "help": {"text": row.todo, "markdown": row.todo},
        "defaultConfiguration": {"level": _LEVEL[row.severity]},
    }


def _result(finding: FindingView, index: int, cwd: Path, fingerprint: str) -> dict[str, Any]:
    properties = {"key": finding.key, "profile": finding.profile, "firstCommit": finding.first_commit, "lastCommit": finding.last_commit}
    properties = {name: value for name, value in properties.items() if value is not None}
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVEL[finding.severity],
        "message": {"text": f"{finding.message}\n{finding.help}" if finding.help else finding.message},
        "locations": [_location(cwd, finding.path, finding.line, finding.column)],
        # GitHub tells alerts apart by the first, and other readers by the second
        "partialFingerprints": {"primaryLocationLineHash": f"{fingerprint}:1", "awsSsoMigrate/v1": fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": n, **_location(cwd, place.path, place.line, place.column), "message": {"text": place.message}}
            for n, place in enumerate(finding.related, 1)
        ]
    if properties:
        result["properties"] = properties
    return result


def _location(cwd: Path, path: str, line: int | None, column: int | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(cwd, path)}
    if line is not None:
        physical["region"] = {"startLine": line, **({"startColumn": column} if column is not None else {})}
    return {"physicalLocation": physical}


def _artifact(cwd: Path, path: str) -> dict[str, str]:
    absolute = Path(os.path.normpath(cwd / path))
    if absolute.is_relative_to(cwd):
        return {"uri": quote(absolute.relative_to(cwd).as_posix(), safe="/"), "uriBaseId": "CWD"}
    return {"uri": "file://" + quote(absolute.as_posix(), safe="/")}


def _folder_uri(folder: Path) -> str:
    path = quote(os.fsencode(shown_path(str(folder))), safe="/")
    return f"file://{path}" if path.endswith("/") else f"file://{path}/"
