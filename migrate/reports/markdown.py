"""The report as Markdown, fit to paste into a pull request: which calls sign with what, what needs manual action, how to check it."""

import html
import re
from collections.abc import Iterator
from itertools import groupby

from migrate.masking import printable
from migrate.reports.places import Places
from migrate.reports.sections import sections
from migrate.reports.text import summary
from migrate.reports.view import FindingView, SignerView, View, grouped

_LARGEST = 60_000
"""GitHub takes 65,536 characters in a comment: long tables and diffs are cut, and the report says so."""

_LARGEST_DIFF = 20_000
_LARGEST_TABLE = 15_000
_ALL_FINDINGS = 25_000
_NOT_THERE = "Not for the pull request: this machine"
_PLACES = 3
"""Other places of a finding that a row names."""
_TITLES = {"error": "Needs manual action", "warning": "Warnings", "note": "Notes"}
SHOWN = {
    "proof": "a second analysis found the same signers before and after",
    "readers": "every reader of the settings file was followed",
}
OTHERS = {"default chain": "the default chain", "outside": "a value from outside"}


def render(view: View, *, diffs: bool = True) -> str:
    """The report, with a part for each repository. Text out of files stands in code spans and fences that it cannot get out of."""
    parts = sections(view)
    if len(parts) == 1:
        return _section(view, _title(view), diffs)
    several = len(parts) > 2 or parts[-1][0] is not None
    out = (
        [f"# aws-sso-migrate {view.command}\n\n**{summary(view)}**\n\nEach repository has a part of its own, for its pull request.\n"]
        if several
        else []
    )
    for name, part in parts:
        title = _NOT_THERE if name is None else f"{_title(part)}: {_code(name)}" if several else _title(part)
        out.append(_section(part, title, diffs))
    return "\n".join(out)


def _title(view: View) -> str:
    return "AWS profiles instead of hardcoded keys" if view.signers else f"aws-sso-migrate {view.command}"


def _section(view: View, title: str, diffs: bool) -> str:
    places = Places(view)
    out = [f"## {title}", "", f"**{summary(view)}**"]
    if view.error is not None:
        out += ["", f"> Refused: {_plain(view.error.message)}"]
    out += [*signers(view, places), *findings(view, places), *checks(view), *setup(view)]
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
    if diffs:
        out += _diffs(view, places, _LARGEST - sum(len(line) + 1 for line in out))
    return "\n".join(out) + "\n"


def parts(view: View) -> dict[str, str]:
    """The parts of the report, for a template of the team's own (`migrate.reports.template.BODY`)."""
    places = Places(view)
    made = {"signers": signers(view, places), "findings": findings(view, places), "check": checks(view), "profiles": setup(view)}
    texts = {name: "\n".join(lines).strip() for name, lines in made.items()}
    return {**texts, "summary": summary(view), "report": render(view, diffs=False).strip()}


def signers(view: View, places: Places) -> Iterator[str]:
    """Which key each rewritten call signed with, and which profile it signs with now."""
    if not view.signers:
        return
    also = any(row.others for row in view.signers)
    yield from ("", f"### Who signs ({len(view.signers)})", "")
    yield "| Call | Key before | Profile after |" + (" May also sign |" if also else "")
    yield "| --- | --- | --- |" + (" --- |" if also else "")
    yield from _cut([_signer(row, places, also) for row in view.signers], "calls")
    kinds = dict.fromkeys(row.shown for row in view.signers)
    how = [f"{SHOWN[kind]}{_where(view, kind, places) if len(kinds) > 1 else ''}" for kind in kinds]
    yield from ("", f"How this was shown: {'; '.join(how)}. Line numbers are those before the change.")


def _signer(row: SignerView, places: Places, also: bool) -> str:
    call = f"{_code(f'{places.path(row.path)}:{row.line}')} {_code(row.call)}"
    inside = f" in {_code(row.function)}" if row.function else ""
    profile = _code(row.profile) if row.profile else "default credential chain"
    others = f" {', '.join(OTHERS.get(o, _plain(o)) for o in row.others)} (unchanged) |" if row.others else " |"
    return f"| {call}{inside} | {_code(row.key)} | {profile} |{others if also else ''}"


def _cut(rows: list[str], what: str, room: int = _LARGEST_TABLE) -> Iterator[str]:
    """The rows of a table, as many as there is room for."""
    size = 0
    for n, row in enumerate(rows):
        size += len(row) + 1
        if size > room and n < len(rows) - 1:
            yield from ("", f"{len(rows) - n:,} more {what} are in the JSON and HTML reports (`--report changes.json`).")
            return
        yield row


def _where(view: View, kind: str, places: Places) -> str:
    rows = [row for row in view.signers if row.shown == kind]
    files = list(dict.fromkeys(places.path(row.path) for row in rows))
    return f" ({', '.join(map(_code, files[:3]))}{' and others' if len(files) > 3 else ''})"


def findings(view: View, places: Places) -> Iterator[str]:
    """The findings in tables, those that need manual action first."""
    rows = grouped(view.findings) if view.command == "verify" else view.findings
    room = _ALL_FINDINGS
    for severity, title in _TITLES.items():
        of_it = [finding for finding in rows if finding.severity == severity]
        if of_it:
            yield from ("", f"### {title} ({len(of_it)})", "", "| Where | Code | What | What to do |", "| --- | --- | --- | --- |")
            for row in _cut([_row(finding, places) for finding in of_it], "findings", room):
                room -= len(row) + 1
                yield row


def checks(view: View) -> Iterator[str]:
    """How a reviewer checks the change."""
    if not view.signers or view.command not in ("bulk", "code", "run"):
        return
    profiles = sorted({row.profile for row in view.signers if row.profile})
    yield from ("", "### How to check this", "")
    yield "1. Compare each row of the table above with the diff: the call should name the profile of the account whose key it used."
    yield "2. `git grep -nE '(AKIA|ASIA)[A-Z2-7]{16}'` on this branch finds no key ID other than those listed above."
    if profiles:
        yield f"3. {_code(_command('aws sts get-caller-identity --profile', profiles[0]))} shows the expected account and role.{' Repeat it for each profile.' if len(profiles) > 1 else ''}"
        yield "4. Run the program's tests with that login."
    else:
        yield "3. Run the program's tests where its role is: calls without a key use the default credential chain."
    yield from ("", "The key IDs stay valid and remain in the git history: deactivate the keys once this is merged and deployed.")


def setup(view: View) -> Iterator[str]:
    """How a colleague gets the profiles: the sections of the AWS config to copy."""
    known = [shared for shared in view.setup if shared.section]
    unknown = [shared.name for shared in view.setup if not shared.section]
    if not view.setup:
        return
    yield from ("", "### Get the profiles" if len(view.setup) > 1 else "### Get the profile", "")
    if known:
        sections = list(dict.fromkeys(part for shared in known for part in (shared.section, shared.session) if part))
        body = "\n\n".join(printable(part) for part in sections)
        fence = _fence(body)
        sessions = [part.splitlines()[0][1:-1].removeprefix("sso-session ") for part in sections if part.startswith("[sso-session ")]
        login = [f"aws sso login --sso-session {_quoted(name)}" for name in sessions] or [
            f"aws sso login --profile {_quoted(shared.name)}" for shared in known
        ]
        yield from ("Add to `~/.aws/config`, unless you have it already:", "", f"{fence}ini", body, fence, "")
        yield f"Then log in: {', '.join(_code(command) for command in login)}."
    if unknown:
        names = ", ".join(map(_code, unknown))
        yield from (
            *([""] if known else []),
            f"Not an SSO profile on the machine that made this report, ask its owner for the settings: {names}.",
        )


def _diffs(view: View, places: Places, room: int) -> Iterator[str]:
    apart = {finding.path for finding in view.findings if finding.code == "AWS236"}
    for n, change in enumerate(view.changes):
        diff = "\n".join(printable(line) for line in places.diff(change.diff).split("\n"))
        most = min(_LARGEST_DIFF, room)
        if most <= 500:
            yield from ("", f"{len(view.changes) - n:,} more diffs are left out, to keep this below the size of a comment.")
            return
        if len(diff) > most:
            diff = diff[:most].rpartition("\n")[0] + "\n… cut here\n"
        room -= len(diff) + len(change.path) + 100
        fence = _fence(diff)
        head = f"<summary>{change.kind} <code>{html.escape(printable(places.path(change.path)))}</code>{' (not tracked by git)' if change.path in apart else ''}</summary>"
        yield from ("", f"<details>{head}", "", f"{fence}diff", diff.rstrip("\n"), fence, "", "</details>")


def _fence(text: str) -> str:
    return "`" * max(3, 1 + max((len(list(run)) for tick, run in groupby(text) if tick == "`"), default=0))


def _command(start: str, name: str) -> str:
    return f"{start} {_quoted(name)}"


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)


def _row(finding: FindingView, places: Places) -> str:
    path = places.path(finding.path)
    place = path if finding.line is None else f"{path}:{finding.line}"
    others = [places.path(r.path) + ("" if r.line is None else f":{r.line}") for r in finding.related]
    more = f" and {len(others) - _PLACES} more" if len(others) > _PLACES else ""
    see = f" (see also {', '.join(map(_code, others[:_PLACES]))}{more})" if others else ""
    help = "; ".join(finding.help.splitlines())
    return f"| {_code(place)} | {finding.code} | {_plain(places.text(finding.message))}{see} | {_plain(places.text(help))} |"


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
