"""The report as one HTML page: totals, findings, masked diffs. Nothing is loaded from anywhere, and nothing on it runs."""

import html
from collections.abc import Sequence

from migrate.masking import printable
from migrate.reports.text import style_of, summary
from migrate.reports.view import ChangeView, FindingView, View

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --add: #1a7f37; --del: #b35900; --hunk: #0969da; }
@media (prefers-color-scheme: dark) { :root { --add: #56d364; --del: #ffa657; --hunk: #79c0ff; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .8rem; border: 1px solid var(--line); }
code, pre { font: .875rem/1.45 ui-monospace, monospace; }
summary { cursor: pointer; margin: .6rem 0; }
.add { color: var(--add); } .del { color: var(--del); } .hunk { color: var(--hunk); } .head { font-weight: bold; }
"""
_CLASSES = {"green": "add", "red": "del", "cyan": "hunk", "bold": "head"}
_TITLES = {"error": "Left for a person", "warning": "Look at these", "note": "Mentioned"}


def render(view: View) -> str:
    """The page. Everything that comes out of a file is escaped."""
    title = f"aws-sso-migrate {view.command}"
    out = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{_text(title)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        f"<h1>{_text(title)}</h1>",
        f"<p><strong>{_text(summary(view))}</strong> Exit status {view.status}; {view.files} files looked at."
        + (f" Run <code>{_text(view.run)}</code>." if view.run else "")
        + "</p>",
    ]
    if view.error is not None:
        out.append(f"<p>Refused: {_text(view.error.message)}</p>")
    for severity, heading in _TITLES.items():
        rows = [finding for finding in view.findings if finding.severity == severity]
        if rows:
            out += [f"<h2>{heading} ({len(rows)})</h2>", _table(("Where", "Code", "What", "What to do"), [_finding(row) for row in rows])]
    if view.profiles:
        cells = [(p.name, p.action, p.sso_session or "", p.sso_account_id or "", p.sso_role_name or "") for p in view.profiles]
        out += ["<h2>Profiles</h2>", _table(("Profile", "Action", "Session", "Account", "Role"), cells)]
    if view.keys:
        rows_of_keys = [(k.key, k.account_id or "", k.user or "", k.status or "", k.last_used or "", k.profile or "") for k in view.keys]
        out += ["<h2>Keys</h2>", _table(("Key", "Account", "User", "Status", "Last used", "Profile"), rows_of_keys)]
    if view.changes:
        out += ["<h2>Changes</h2>", *(_change(change) for change in view.changes)]
    return "\n".join([*out, "</body>", "</html>"]) + "\n"


def _finding(finding: FindingView) -> tuple[str, ...]:
    place = finding.path if finding.line is None else f"{finding.path}:{finding.line}"
    return place, finding.code, finding.message, finding.help


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["<table>", "<tr>" + "".join(f'<th scope="col">{_text(cell)}</th>' for cell in head) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows]
    return "\n".join([*lines, "</table>"])


def _change(change: ChangeView) -> str:
    lines = []
    for line in change.diff.split("\n"):
        style = _CLASSES.get(style_of(line))
        lines.append(f'<span class="{style}">{_text(line)}</span>' if style else _text(line))
    return f"<details><summary>{change.kind} <code>{_text(change.path)}</code></summary>\n<pre>" + "\n".join(lines) + "</pre></details>"


def _text(text: str) -> str:
    return html.escape(printable(text))
