"""`--format text`: for people. Nothing here is written; lines come out as a terminal may be sent them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from migrate.masking import printable
from migrate.reports.layout import Screen, colored, short_path, wrapped
from migrate.reports.view import ErrorView, FindingView, KeyView, View

_WIDEST = 2000
_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}
_COLORS = {"error": "red", "warning": "yellow", "note": "cyan"}
_ALIKE = 3
"""So many findings of one code with the same advice get it once, below all of them."""
_PLACES = 3
"""Other places of a finding that are shown without `--verbose`."""

STOPS_WORKING = ("AWS127", "AWS129", "AWS214")
"""Warnings that something will no longer work: `--quiet` shows them too."""

_PROFILE_STOPS = ("AWS102", "AWS103", "AWS114", "AWS127")

PLAIN = Screen()


def diff_lines(view: View, screen: Screen = PLAIN) -> Iterator[str]:
    """The diffs, line by line; very long lines cut."""
    for change in view.changes:
        lines = change.diff.removesuffix("\n").split("\n") if change.diff else [f"{change.kind} {short_path(change.path)}"]
        for n, line in enumerate(lines):
            if n < 2 and change.diff:
                line = line[:4] + short_path(line[4:])
            text = printable(line.removesuffix("\r"))
            text = text if len(text) <= _WIDEST else f"{text[:_WIDEST]}… ({len(text) - _WIDEST} more characters)"
            yield colored(text, style_of(text)) if screen.color else text


def stat_lines(view: View, screen: Screen = PLAIN) -> Iterator[str]:
    """For each change the path and how many lines are added and removed (`--stat`)."""
    rows = []
    for change in view.changes:
        body = change.diff.split("\n")[2:] if change.diff else []
        plus, minus = (sum(line.startswith(sign) for line in body) for sign in "+-")
        rows.append((printable(short_path(change.path)), plus, minus, change.kind))
    width = max((len(path) for path, *_ in rows), default=0)
    for path, plus, minus, kind in rows:
        said = (f"+{plus}", f"-{minus}")
        signs = [colored(text, color) for text, color in zip(said, ("green", "red"), strict=True)] if screen.color else said
        yield f" {path.ljust(width)} | {' '.join(signs)}" + ("" if kind == "edit" else f" ({kind})")


def findings_lines(findings: Iterable[FindingView], screen: Screen = PLAIN, *, headings: bool = True) -> Iterator[str]:
    """All findings, the most severe last: that is what is still on the screen in the end. With headings or without."""
    shown = list(findings)
    first = True
    for severity, title in (("note", "Notes"), ("warning", "Warnings"), ("error", "Issues needing manual action")):
        rows = [finding for finding in shown if finding.severity == severity]
        if not rows:
            continue
        if headings:
            heading = f"{title} ({len(rows):,}):"
            yield from ([] if first else [""])
            yield colored(heading, "bold") if screen.color else heading
        yield from _grouped(rows, screen)
        first = False


def _grouped(rows: Sequence[FindingView], screen: Screen) -> Iterator[str]:
    """Findings of one code with the same advice come together, with the advice and their number below."""
    alike = Counter(_said(row) for row in rows)
    done: set[tuple[str, str]] = set()
    for row in rows:
        said = _said(row)
        if alike[said] < _ALIKE or not row.help:
            yield from finding_lines(row, screen)
        elif said not in done:
            done.add(said)
            for same in rows:
                if _said(same) == said:
                    yield from _first_line(same, screen)
                    yield from _related(same, screen)
            yield from _help(f"for each of these {alike[said]}: {row.help}", screen)


def _said(finding: FindingView) -> tuple[str, str]:
    return finding.code, finding.help


def finding_lines(finding: FindingView, screen: Screen = PLAIN) -> Iterator[str]:
    """`path:line:column: CODE message`, and indented under it what to do."""
    yield from _first_line(finding, screen)
    yield from _related(finding, screen)
    yield from _help(finding.help, screen)


def _first_line(finding: FindingView, screen: Screen) -> Iterator[str]:
    path = short_path(finding.path)
    where = f"{path}:{finding.line}:{finding.column or 1}" if finding.line is not None else path
    history = f" ({finding.first_commit[:12]} to {(finding.last_commit or finding.first_commit)[:12]})" if finding.first_commit else ""
    rule = f" (rule {finding.rule})" if finding.rule and screen.details else ""
    lines = wrapped(printable(f"{where}: {finding.code} {_one_line(finding.message)}{history}{rule}"), screen.width, more=" " * 8)
    if not screen.color:
        yield from lines
        return
    code = colored(finding.code, _COLORS[finding.severity])
    yield from re.sub(rf"(?<=\s){finding.code}(?=\s|$)", code, "\n".join(lines), count=1).split("\n")


def _related(finding: FindingView, screen: Screen) -> Iterator[str]:
    """The other places of a finding, where its advice and message do not name them: a few, or all of them under `--verbose`."""
    said = f"{finding.message}\n{finding.help}"
    places = [r for r in finding.related if screen.details or r.message not in said]
    most = len(places) if screen.details else _PLACES
    for place in places[:most]:
        at = "" if place.line is None else f":{place.line}"
        yield from wrapped(printable(f"{short_path(place.path)}{at}: {place.message}"), screen.width, " " * 4)
    if len(places) > most:
        yield f"    and {len(places) - most} more places (--verbose lists them)"


def _help(text: str, screen: Screen) -> Iterator[str]:
    for line in text.splitlines():
        yield from wrapped(printable(line), screen.width, " " * 4)


def key_lines(keys: list[KeyView]) -> Iterator[str]:
    """The table of `retire`."""
    head = ("KEY", "ACCOUNT", "USER", "STATUS", "LAST USED", "PROFILE")
    rows = [head, *((k.key, k.account_id or "-", k.user or "-", k.status or "-", k.last_used or "-", k.profile or "-") for k in keys)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    for row in rows:
        yield printable("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def totals(view: View) -> str:
    """What a question is about: how many files change, how many issues need manual action, how many profiles stop working."""
    return f"{_count(len(view.changes), 'file')} will {'be created' if _all_new(view) else 'change'}{_left(view)}."


def summary(view: View) -> str:
    """The last line: how many files were looked at, would change or changed, and how many issues need manual action."""
    hushed = silenced(view.silenced)
    if view.command == "scan":
        looked = f"; {_count(view.files, 'file')} scanned" if view.files else ""
        found = f"{_count(view.left, 'issue')} {_need(view.left)} manual action" if view.left else "No AWS keys found"
        return f"{found}{looked}{hushed}."
    done, would = ("created", "would be created") if _all_new(view) else ("changed", "would change")
    changed = f"{_count(view.changed, 'file')} {done if view.applied else would}" if view.changed else "nothing to change"
    return changed[0].upper() + changed[1:] + _left(view) + hushed + "."


def _all_new(view: View) -> bool:
    return bool(view.changes) and all(change.kind == "create" for change in view.changes)


def silenced(number: int) -> str:
    """How many findings are silenced, as a continuation of the last line."""
    return f", {number:,} silenced" if number else ""


def _left(view: View) -> str:
    """What is not done, and what will no longer work, as a continuation of a sentence."""
    stops = sum(finding.code in _PROFILE_STOPS and "stops working" in finding.message for finding in view.findings)
    left = f", {_count(view.left, 'issue')} {_need(view.left)} manual action" if view.left else ""
    return left + (f", {_count(stops, 'profile')} {'stops' if stops == 1 else 'stop'} working" if stops else "")


def error_lines(error: ErrorView) -> Iterator[str]:
    """`path:line: message`, and indented under it what to do."""
    where = f"{error.path}:{error.line}: " if error.path and error.line else f"{error.path}: " if error.path else ""
    yield printable(f"aws-sso-migrate: {where}{_one_line(error.message)}")
    for line in error.help.splitlines():
        yield printable("    " + line)


def style_of(line: str) -> str:
    """The colour of a line of a diff."""
    return next((style for start, style in _STYLES.items() if line.startswith(start)), "")


def _one_line(text: str) -> str:
    return re.sub(r"\s*[\r\n]+\s*", " ", text).strip()


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _need(number: int) -> str:
    return "needs" if number == 1 else "need"
