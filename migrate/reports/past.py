"""JSON reports of earlier runs, read back. They come from disk, from CI, from colleagues: nothing in them is taken on trust.

Every text is masked once more on the way in, so that what an older or another program wrote cannot put a secret on a page.
"""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from migrate.errors import Refusal
from migrate.findings import Related
from migrate.keys import mask
from migrate.masking import encodable
from migrate.outcome import ProfileRow
from migrate.reports.json import VERSION
from migrate.reports.view import ChangeView, ErrorView, FindingView, KeyView, RepositoryView, SignerView, View, shown, shown_path
from migrate.tree.files import read

_LARGEST = 1 << 30
_KINDS = ("edit", "create", "delete")
_SEVERITIES = ("error", "warning", "note")
_ACTIONS = ("sso", "keep", "remove", "left", "none")
_PATHS = frozenset({"path", "repository"})


def read_report(path: Path) -> View:
    """The report in a file, as it may be shown. Its date is the document's, or else the file's own.

    Raises Refusal where it cannot be read, is not valid JSON, no report of this program, or of a version that this one does not know.
    """
    try:
        data = read(path, _LARGEST)
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError) as error:
        raise Refusal(f"cannot be read: {getattr(error, 'strerror', None) or 'it has no date'}", path=path) from None
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refusal("is not valid JSON", path=path, help="use reports written by --report FILE.json or --format json") from None
    return view_of(document, path, written)


def view_of(document: Any, path: Path, written: datetime) -> View:
    """The report that a parsed document is. Raises Refusal as `read_report` does."""
    if not isinstance(document, dict) or not isinstance(document.get("command"), str) or not isinstance(document.get("summary"), dict):
        raise Refusal("is not a report of aws-sso-migrate", path=path, help="use reports written by --report FILE.json or --format json")
    if document.get("version") != VERSION or isinstance(document["version"], bool):
        raise Refusal(f"has a different report version than {VERSION}, which this program supports", path=path)
    try:
        return _view(document, written)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Refusal("is not a complete report of aws-sso-migrate: a field is missing or has the wrong type", path=path) from None


def _view(document: dict[str, Any], written: datetime) -> View:
    summary = document["summary"]
    error = document.get("error")
    return View(
        command=shown(document["command"]),
        status=_number(document["status"]),
        changes=[_change(row) for row in _rows(document, "changes")],
        findings=[_finding(row) for row in _rows(document, "findings")],
        profiles=[_profile(row) for row in _rows(document, "profiles")],
        keys=[KeyView(**_texts(KeyView, row, needed=("key",))) for row in _rows(document, "keys")],
        run=_text(document.get("run")),
        files=_number(summary["files"]),
        changed=_number(summary["changed"]),
        left=_number(summary["left"]),
        silenced=_number(summary.get("silenced", 0)),
        error=None if error is None else _error(error),
        applied=document.get("run") is not None,
        repositories=[_repository(row) for row in _rows(document, "repositories")] if "repositories" in document else (),
        signers=[_signer(row) for row in _rows(document, "signers")] if "signers" in document else (),
        date=_date(document.get("date"), written),
    )


def _rows(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = document[name]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TypeError(name)
    return rows


def _change(row: dict[str, Any]) -> ChangeView:
    diff = row["diff"]
    if not isinstance(diff, str):
        raise TypeError("diff")
    return ChangeView(
        shown_path(_str(row["path"])),
        _one_of(row["kind"], _KINDS),
        encodable(mask(diff)),
        _path(row.get("repository")),
        _list(row.get("libraries", [])),
        _list(row.get("profiles", [])),
    )


def _finding(row: dict[str, Any]) -> FindingView:
    texts = _texts(
        FindingView,
        {k: v for k, v in row.items() if k not in ("line", "column", "libraries", "related", "rule")},
        needed=("code", "path", "message"),
    )
    texts["help"] = texts["help"] or ""
    texts["severity"] = _one_of(row["severity"], _SEVERITIES)
    line, column = row.get("line"), row.get("column")
    return FindingView(
        **{
            **texts,
            "line": None if line is None else _number(line),
            "column": None if column is None else _number(column),
            "libraries": _list(row.get("libraries", [])),
            "related": [_related(one) for one in _rows(row, "related")] if "related" in row else [],
        }
    )


def _related(row: dict[str, Any]) -> Related:
    line, column = row.get("line"), row.get("column")
    return Related(
        shown_path(_str(row["path"])),
        shown(_str(row["message"])),
        None if line is None else _number(line),
        None if column is None else _number(column),
    )


def _profile(row: dict[str, Any]) -> ProfileRow:
    resolves = row.get("resolves")
    if resolves is not None and not isinstance(resolves, bool):
        raise TypeError("resolves")
    texts = _texts(ProfileRow, {k: v for k, v in row.items() if k != "resolves"}, needed=("name",))
    texts["action"] = _one_of(row["action"], _ACTIONS)
    return ProfileRow(**{**texts, "resolves": resolves})


def _repository(row: dict[str, Any]) -> RepositoryView:
    files = row.get("files")
    return RepositoryView(
        shown_path(_str(row["name"])),
        shown(_str(row["status"])),
        _number(row["changed"]),
        _number(row["left"]),
        None if files is None else _number(files),
        _text(row.get("why")) or "",
    )


def _signer(row: dict[str, Any]) -> SignerView:
    new_line = row.get("new_line")
    return SignerView(
        shown_path(_str(row["path"])),
        _number(row["line"]),
        None if new_line is None else _number(new_line),
        _text(row.get("function")) or "",
        shown(_str(row["call"])),
        shown(_str(row["key"])),
        _text(row.get("profile")),
        _one_of(row["shown"], ("proof", "readers")),
        _list(row.get("others", [])),
    )


def _error(row: Any) -> ErrorView:
    line = row.get("line")
    return ErrorView(
        shown(_str(row["message"])), _path(row.get("path")), None if line is None else _number(line), _text(row.get("help")) or ""
    )


def _texts(kind: Any, row: dict[str, Any], needed: Sequence[str]) -> dict[str, Any]:
    """The fields of `kind` that are texts or nothing; `needed` must be there."""
    out: dict[str, Any] = {}
    for field in fields(kind):
        value = row[field.name] if field.name in needed else row.get(field.name)
        if field.name in needed:
            _str(value)
        out[field.name] = _path(value) if field.name in _PATHS else _text(value)
    return out


def _path(value: Any) -> str | None:
    return None if value is None else shown_path(_str(value))


def _text(value: Any) -> str | None:
    return None if value is None else shown(_str(value))


def _list(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise TypeError("list")
    return [shown(_str(one)) for one in value]


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
        raise TypeError("number")
    return value


def _one_of(value: Any, allowed: Sequence[str]) -> Any:
    if value not in allowed:
        raise ValueError("choice")
    return value


def _date(value: Any, written: datetime) -> str:
    moment = written
    if value is not None:
        moment = datetime.fromisoformat(_str(value))
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
