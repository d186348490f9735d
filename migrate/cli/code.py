"""`code`: hardcoded AWS keys leave Python sources and notebooks, profiles take their place."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from migrate.cli.options import Check, DryRun, Form, Format, NoColor, Quiet, ReportFile, Verbose, Yes, how_to_change


class Target(StrEnum):
    """What takes the keys' place."""

    profile = "profile"
    default_chain = "default-chain"


def code(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders and repositories.")],
    plan: Annotated[Path | None, typer.Option(metavar="FILE", help="The plan that `plan` wrote; its [keys] are used.")] = None,
    map_key: Annotated[list[str] | None, typer.Option(metavar="KEY_ID=PROFILE", help="The profile that takes a key's place.")] = None,
    profile: Annotated[str | None, typer.Option(metavar="PROFILE", help="The profile for all keys that nothing else maps.")] = None,
    target: Annotated[Target, typer.Option(help="default-chain takes the keys out and puts nothing in.")] = Target.profile,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Paths to leave out, as in .gitignore.")] = None,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes (as many as there are cores by default).")] = None,
    git_branch: Annotated[str | None, typer.Option(metavar="NAME", help="Make the changes on this new branch of each repository.")] = None,
    git_commit: Annotated[bool, typer.Option("--git-commit", help="Commit the changes of each repository.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    check: Check = False,
    format: Format = Form.text,
    report: ReportFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> int:
    """Take hardcoded AWS keys out of Python code and let its calls sign with profiles.

    Each key is followed through the program to the calls that sign with it. What cannot be rewritten safely is left to the
    byte and listed with its reason.
    """
    how = how_to_change(
        yes=yes, dry_run=dry_run, check=check, format=format, report=report, quiet=quiet, verbose=verbose, no_color=no_color
    )
    from migrate.cli.settle import settle
    from migrate.codemod.engine import CodeRequest, rewrite_code
    from migrate.codemod.mapping import mapping_from

    mapping = mapping_from(map_key or [], plan, profile, target is Target.default_chain)
    outcome = rewrite_code(CodeRequest(paths, mapping, tuple(exclude or ()), jobs=jobs or 0))
    return settle(outcome, how)
