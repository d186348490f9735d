"""The options that every command shares, and what they come to."""

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

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


@dataclass(frozen=True)
class Given:
    """The options that commands share, as they were given. A command that has not all of them has the others' defaults here."""

    yes: bool = False
    dry_run: bool = False
    check: bool = False
    review: bool = False
    stat: bool = False
    format: Form = Form.text
    report: Path | None = None
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False

    def to_change(self) -> How:
        """Return the How of a command that changes something. Call it first: it refuses what could not be settled in the end.

        Raises Refusal where two of --yes, --dry-run, --check and --review are given, and where somebody is to be asked and stdin is no
        terminal.
        """
        named = (("--yes", self.yes), ("--dry-run", self.dry_run), ("--check", self.check), ("--review", self.review))
        given = [name for name, on in named if on]
        if len(given) > 1:
            raise Refusal(f"{' and '.join(given)} cannot be used together", help="use only one of them")
        how = self._how()
        if self.review and not is_terminal():
            raise Refusal(
                "--review needs a terminal, but stdin is not one", help="use --dry-run to show the changes, or --yes to apply all of them"
            )
        if not given and not is_terminal():
            raise Refusal(
                "cannot ask for confirmation: stdin is not a terminal",
                help="add --yes to apply the changes, or --dry-run or --check to show them",
            )
        return how

    def to_show(self) -> How:
        """Return the How of a command that changes nothing. Raises Refusal as `to_change` does for the report."""
        return replace(self, dry_run=True)._how()

    def _how(self) -> How:
        quiet, verbose = self.quiet or EVERYWHERE.quiet, self.verbose or EVERYWHERE.verbose
        if quiet and verbose:
            raise Refusal("--quiet and --verbose cannot be used together", help="use only one of them")
        if self.report is not None:
            if self.report.suffix.lower() not in ENDINGS:
                raise Refusal("the report's file extension is not supported", path=self.report, help=f"use one of {', '.join(ENDINGS)}")
            if not self.report.absolute().parent.is_dir():
                raise Refusal("its folder does not exist", path=self.report)
            from migrate.cli.report_file import require_place

            require_place(self.report)
        return How(
            yes=self.yes,
            dry_run=self.dry_run,
            check=self.check,
            format=self.format,
            report=self.report,
            quiet=quiet,
            verbose=verbose,
            color=False if self.no_color or EVERYWHERE.no_color else None,
            review=self.review,
            stat=self.stat,
        )


_OPTIONS = {
    "yes": Yes,
    "dry_run": DryRun,
    "check": Check,
    "review": Review,
    "stat": Stat,
    "format": Format,
    "report": ReportFile,
    "quiet": Quiet,
    "verbose": Verbose,
    "no_color": NoColor,
}
"""Each field of `Given` as an option, in the order of `--help`."""
SPEAKING = ("quiet", "verbose", "no_color")
"""What every command takes."""
SHOWING = ("format", "report", *SPEAKING)
"""What a command takes that reports."""
CHANGING = ("yes", "dry_run", "check", *SHOWING)
"""What a command takes that changes something."""


def with_options(names: tuple[str, ...], *more: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Return a decorator that gives a command shared options: it adds them for Typer, and the command gets what they say as `given`."""
    wanted = [name for name in _OPTIONS if name in names or name in more]

    def decorate(command: Callable[..., int]) -> Callable[..., int]:
        @wraps(command)
        def called(*args: Any, **options: Any) -> int:
            given = Given(**{name: options.pop(name) for name in wanted if name in options})
            return command(*args, given=given, **options)

        own = [p for p in inspect.signature(command).parameters.values() if p.name != "given"]
        shared = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=getattr(Given, name), annotation=_OPTIONS[name])
            for name in wanted
        ]
        called.__signature__ = inspect.Signature([*own, *shared], return_annotation=int)  # type: ignore[attr-defined]
        called.__annotations__ = {**{p.name: p.annotation for p in (*own, *shared)}, "return": int}
        return called

    return decorate


def is_terminal() -> bool:
    """Can a person be asked on stdin?"""
    try:
        return sys.stdin is not None and sys.stdin.isatty()
    except ValueError:  # closed
        return False
