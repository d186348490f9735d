"""Texts that a team words itself: commit messages and the bodies of pull requests, with places that are filled in."""

from collections.abc import Mapping
from pathlib import Path
from string import Template

from migrate.errors import Refusal
from migrate.reports.view import shown
from migrate.tree.files import read as read_file

MESSAGE = {
    "keys": "a line for each key ID (masked) with the profile that takes its place",
    "manual": "a line for each issue that needs manual action in this repository",
    "repository": "the name of the repository",
    "branch": "the branch that takes the commit",
}
"""What may stand in `--commit-message`."""

BODY = {
    "summary": "one sentence: how many files change, how many issues need manual action",
    "signers": "the table of calls: which key each signed with, and which profile it signs with now",
    "findings": "the tables of findings, those that need manual action first",
    "check": "how a reviewer checks the change",
    "profiles": "the sections of `~/.aws/config` to copy, and the command that logs in",
    "report": "all of these",
    "repository": "the name of the repository",
    "branch": "the branch that takes the commit",
}
"""What may stand in `--pull-request-body`."""

STANDARD = "Use AWS profiles instead of hardcoded keys\n\n$keys\n\n$manual\n\nMade by aws-sso-migrate.\n"


def check(text: str, known: Mapping[str, str], option: str, path: Path | None = None) -> str:
    """Return a template, what looks like a secret in it masked. Raise Refusal where it is empty or names something that is not known."""
    from difflib import get_close_matches

    if not text.strip():
        raise Refusal(f"{option} is empty", path=path)
    template = Template(text)
    if not template.is_valid():
        raise Refusal(f"{option}: a $ has no name after it", path=path, help="write $$ for a dollar sign")
    for name in template.get_identifiers():
        if name not in known:
            near = get_close_matches(name, known, 1)
            guess = f"did you mean ${near[0]}? " if near else ""
            raise Refusal(f"{option}: nothing fills in ${name}", path=path, help=f"{guess}known are {', '.join(f'${k}' for k in known)}")
    return shown(text)


def read(name: str, known: Mapping[str, str], option: str) -> str:
    """Return the template that an option gives: a text, or `@FILE`. Raise Refusal where it cannot be read or does not hold."""
    if not name.startswith("@"):
        return check(name, known, option)
    path = Path(name[1:])
    try:
        return check(read_file(path).decode("utf-8"), known, option, path)
    except OSError as error:
        raise Refusal(f"cannot be read: {error.strerror}", path=path) from None
    except UnicodeDecodeError:
        raise Refusal("is not UTF-8 text", path=path) from None


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a template with its places filled in; where nothing fills one, no more than one blank line is left."""
    lines: list[str] = []
    for line in Template(text).safe_substitute(values).strip().splitlines():
        if line.strip() or (lines and lines[-1].strip()):
            lines.append(line.rstrip())
    return "\n".join(lines) + "\n"
