"""`scan`: every AWS key within reach, and what would shadow a profile."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from migrate.cli.options import Form, Format, NoColor, Quiet, ReportFile, Verbose, how_to_show


def scan(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH...]", help="Files, folders or repositories.")] = None,
    history: Annotated[
        bool | None, typer.Option("--history/--no-history", help="Also scan every commit of each repository.", show_default=False)
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Skip matching paths, as in .gitignore (can be repeated).")
    ] = None,
    paths_only: Annotated[
        bool, typer.Option("--paths-only", help="Scan only the PATHs, not the home directory and the environment (for CI and pre-commit).")
    ] = False,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Number of processes (default: number of cores).")] = None,
    format: Format = Form.text,
    report: ReportFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> int:
    """Find AWS keys in files, the environment and git history.

    Looks at the AWS files and copies of them, shell start-up files, the environment and, under each PATH, every text file. Each kind of
    place has its own finding code, with advice on what to do. Exits with status 1 if anything was found.
    """
    how = how_to_show(format=format, report=report, quiet=quiet, verbose=verbose, no_color=no_color)
    from migrate.cli.progress import progress
    from migrate.cli.settle import show
    from migrate.scan.engine import ScanRequest, scan

    with progress(how) as say:
        outcome = scan(ScanRequest(paths or (), history, exclude or (), not paths_only, jobs or 0, say))
    names = [] if paths is None else [str(path) for path in paths]
    found = any(finding.leaves_work for finding in outcome.findings)
    return show(outcome, how, next_steps=[f"{shlex.join(['aws-sso-migrate', 'plan', *names])}"] if found else [])
