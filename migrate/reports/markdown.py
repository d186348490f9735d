"""The report as Markdown, fit for a pull request: what changed, what is left, the diffs folded away."""

import html
import re

from migrate.masking import printable
from migrate.reports.text import summary
from migrate.reports.view import FindingView, View, grouped

_LARGEST_DIFF = 20_000
"""GitHub takes 65,536 characters in a comment: a longer diff is cut, and says so."""

_TITLES = {"error": "Left for a person", "warning": "Look at these", "note": "Mentioned"}


def render(view: View) -> str:
    """The report. Text out of files stands in code spans and fences that it cannot get out of."""
    out = [f"## aws-sso-migrate {view.command}", "", f"**{summary(view)}**"]
    if view.error is not None:
        out += ["", f"> Refused: {_plain(view.error.message)}"]
    findings = grouped(view.findings) if view.command == "verify" else view.findings
    for severity, title in _TITLES.items():
        rows = [finding for finding in findings if finding.severity == severity]
        if rows:
            out += ["", f"### {title} ({len(rows)})", "", "| Where | Code | What | What to do |", "| --- | --- | --- | --- |"]
            out += [_row(finding) for finding in rows]
    if view.profiles:
        out += ["", "### Profiles", "", "| Profile | Action | Session | Account | Role |", "| --- | --- | --- | --- | --- |"]
        out += [
            f"| {_code(p.name)} | {p.action} | {_code(p.sso_session)} | {_code(p.sso_account_id)} | {_code(p.sso_role_name)} |"
            for p in view.profiles
        ]
    if view.keys:
        out += ["", "### Keys", "", "| Key | Account | User | Status | Last used | Profile |", "| --- | --- | --- | --- | --- | --- |"]
        out += [
            f"| {_code(k.key)} | {_code(k.account_id)} | {_code(k.user)} | {_plain(k.status or '')} | {_plain(k.last_used or '')} "
            f"| {_code(k.profile)} |"
            for k in view.keys
        ]
    for change in view.changes:
        diff = "\n".join(printable(line) for line in change.diff.split("\n"))
        if len(diff) > _LARGEST_DIFF:
            diff = diff[:_LARGEST_DIFF].rsplit("\n", 1)[0] + f"\n… cut after {_LARGEST_DIFF:,} characters\n"
        fence = "`" * max(3, 1 + max((len(ticks) for ticks in re.findall(r"`+", diff)), default=0))
        summary_line = f"<summary>{change.kind} <code>{html.escape(printable(change.path))}</code></summary>"
        out += ["", f"<details>{summary_line}", "", f"{fence}diff", diff.rstrip("\n"), fence, "", "</details>"]
    if view.run:
        out += ["", f"Run {_code(view.run)}: `aws-sso-migrate undo {view.run}` takes it back."]
    return "\n".join(out) + "\n"


def _row(finding: FindingView) -> str:
    place = finding.path if finding.line is None else f"{finding.path}:{finding.line}"
    return f"| {_code(place)} | {finding.code} | {_plain(finding.message)} | {_plain(finding.help)} |"


def _code(text: str | None) -> str:
    """A code span in a table cell."""
    if not text:
        return ""
    text = printable(text).replace("\n", " ").replace("|", "\\|")
    ticks = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    pad = " " if "`" in text else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _plain(text: str) -> str:
    """Text in a table cell that is neither markup nor HTML."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", printable(text)).replace("\n", " ")
