"""The options that every command shares, and what they come to."""

import sys
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from migrate.errors import Refusal

ENDINGS = (".json", ".sarif", ".html", ".md")


class Form(StrEnum):
    """The forms of `--format`."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"
    gitlab = "gitlab"


Yes = Annotated[bool, typer.Option("--yes", "-y", help="Apply without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change without writing anything.")]
Check = Annotated[bool, typer.Option("--check", help="Like --dry-run, but exit with status 1 if anything would change.")]
Review = Annotated[
    bool,
    typer.Option("--review", help="Show each change and ask whether to accept, skip or edit it."),
]
Format = Annotated[Form, typer.Option("--format", help="Output format.")]
ReportFile = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="FILE",
        help="Also write a report; the file extension sets its format: .json, .sarif, .html or .md.",
    ),
]
Stat = Annotated[bool, typer.Option("--stat", help="Show the number of changed lines per file instead of the diff.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show only issues that need manual action, and what stops working.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show more details.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="Do not use colors (same as NO_COLOR=1).")]


@dataclass(frozen=True)
class How:
    """How a command is to go about its outcome: apply or not, ask or not, show in which form."""

    yes: bool = False
    dry_run: bool = False
    check: bool = False
    format: Form = Form.text
    report: Path | None = None
    quiet: bool = False
    verbose: bool = False
    color: bool | None = None
    review: bool = False
    stat: bool = False

    @property
    def asks(self) -> bool:
        """Will a person be asked about all of it at once?"""
        return not (self.yes or self.dry_run or self.check or self.review)


@dataclass
class _Everywhere:
    """What was said before the command's name (`aws-sso-migrate -q config`)."""

    quiet: bool = False
    verbose: bool = False
    no_color: bool = False


EVERYWHERE = _Everywhere()


def how_to_change(
    *,
    yes: bool = False,
    dry_run: bool = False,
    check: bool = False,
    format: str = "text",
    report: Path | None = None,
    quiet: bool = False,
    verbose: bool = False,
    no_color: bool = False,
    review: bool = False,
    stat: bool = False,
) -> How:
    """The How of a command that changes something. Call it first: it refuses what could not be settled in the end.

    Raises Refusal where two of --yes, --dry-run, --check and --review are given, and where somebody is to be asked and stdin is no
    terminal.
    """
    given = [name for name, on in (("--yes", yes), ("--dry-run", dry_run), ("--check", check), ("--review", review)) if on]
    if len(given) > 1:
        raise Refusal(f"{' and '.join(given)} cannot be used together", help="use only one of them")
    how = replace(_how(yes, dry_run, check, format, report, quiet, verbose, no_color, review), stat=stat)
    if review and not is_terminal():
        raise Refusal(
            "--review needs a terminal, but stdin is not one", help="use --dry-run to show the changes, or --yes to apply all of them"
        )
    if not given and not is_terminal():
        raise Refusal(
            "cannot ask for confirmation: stdin is not a terminal",
            help="add --yes to apply the changes, or --dry-run or --check to show them",
        )
    return how


def how_to_show(
    *, format: str = "text", report: Path | None = None, quiet: bool = False, verbose: bool = False, no_color: bool = False
) -> How:
    """The How of a command that changes nothing. Raises Refusal as `how_to_change` does for the report."""
    return _how(False, True, False, format, report, quiet, verbose, no_color, False)


def _how(
    yes: bool, dry_run: bool, check: bool, format: str, report: Path | None, quiet: bool, verbose: bool, no_color: bool, review: bool
) -> How:
    quiet, verbose, no_color = quiet or EVERYWHERE.quiet, verbose or EVERYWHERE.verbose, no_color or EVERYWHERE.no_color
    if quiet and verbose:
        raise Refusal("--quiet and --verbose cannot be used together", help="use only one of them")
    if report is not None:
        if report.suffix.lower() not in ENDINGS:
            raise Refusal("the report's file extension is not supported", path=report, help=f"use one of {', '.join(ENDINGS)}")
        if not report.absolute().parent.is_dir():
            raise Refusal("its folder does not exist", path=report)
        from migrate.cli.report_file import require_place

        require_place(report)
    return How(yes, dry_run, check, Form(format), report, quiet, verbose, False if no_color else None, review)


def is_terminal() -> bool:
    """Can a person be asked on stdin?"""
    try:
        return sys.stdin is not None and sys.stdin.isatty()
    except ValueError:  # closed
        return False
