"""`--format text`: for people. Plain where nobody sees colours; rich only on a terminal that has them."""

import re
from collections.abc import Iterator

from migrate.masking import printable
from migrate.reports.view import ErrorView, FindingView, KeyView, View

_WIDEST = 2000
_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}


def diff_lines(view: View) -> Iterator[str]:
    """The diffs, line by line, as a terminal may be sent them; very long lines cut."""
    for change in view.changes:
        for line in change.diff.removesuffix("\n").split("\n") if change.diff else [f"{change.kind} {change.path}"]:
            text = printable(line.removesuffix("\r"))
            yield text if len(text) <= _WIDEST else f"{text[:_WIDEST]}… ({len(text) - _WIDEST} more characters)"


def finding_lines(finding: FindingView) -> Iterator[str]:
    """`path:line:column: CODE message`, and indented under it what to do."""
    where = f"{finding.path}:{finding.line}:{finding.column or 1}" if finding.line is not None else finding.path
    history = f" ({finding.first_commit[:12]} to {(finding.last_commit or finding.first_commit)[:12]})" if finding.first_commit else ""
    yield printable(f"{where}: {finding.code} {_one_line(finding.message)}{history}")
    for line in finding.help.splitlines():
        yield printable("    " + line)


def key_lines(keys: list[KeyView]) -> Iterator[str]:
    """The table of `retire`."""
    head = ("KEY", "ACCOUNT", "USER", "STATUS", "LAST USED", "PROFILE")
    rows = [head, *((k.key, k.account_id or "-", k.user or "-", k.status or "-", k.last_used or "-", k.profile or "-") for k in keys)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    for row in rows:
        yield printable("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def summary(view: View) -> str:
    """The last line: how many files were looked at, would change or changed, and how much is left."""
    silenced = f", {view.silenced} silenced" if view.silenced else ""
    if view.command == "scan":
        looked = f" in {_count(view.files, 'file')}" if view.files else ""
        return f"{_count(view.left, 'finding') if view.left else 'No AWS key found'}{looked}{silenced}."
    changed = f"{_count(view.changed, 'file')} {'changed' if view.applied else 'would change'}" if view.changed else "nothing to change"
    left = f", {_count(view.left, 'issue')} {'needs' if view.left == 1 else 'need'} manual action" if view.left else ""
    return changed[0].upper() + changed[1:] + left + silenced + "."


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
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
