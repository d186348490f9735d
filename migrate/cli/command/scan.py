"""`scan`: every AWS key within reach, and what would shadow a profile."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from migrate.cli.options import SHOWING, Given, with_options
from migrate.cli.output import tell
from migrate.errors import Refusal
from migrate.masking import printable


@with_options(SHOWING)
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
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Report only findings that are not in this file.", show_default=False)
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Write all current findings to the baseline file and exit with status 0.")
    ] = False,
    *,
    given: Given,
) -> int:
    """Find AWS keys in files, the environment and git history.

    Looks at the AWS files and copies of them, shell start-up files, the environment and, under each PATH, every text file. Each kind of
    place has its own finding code, with advice on what to do. Exits with status 1 if anything was found.
    """
    how = given.to_show()
    from migrate.cli.progress import progress
    from migrate.cli.settle import show
    from migrate.reports.text import silenced
    from migrate.scan.baseline import Baseline, baseline_of, document
    from migrate.scan.engine import ScanRequest, scan

    file = baseline or baseline_of(paths or ())
    known = None
    if write_baseline and file is None:
        raise Refusal("--write-baseline needs the name of a file", help="add --baseline FILE")
    if file is not None and not write_baseline:
        known = Baseline.read(file)
    with progress(how) as say:
        outcome = scan(ScanRequest(paths or (), history, exclude or (), not paths_only, jobs or 0, say))
    if write_baseline and file is not None:
        return _written(file, document(outcome.findings, file), len(outcome.findings))
    if known is not None:
        left = known.without(outcome.findings, below=baseline is None)
        hidden = len(outcome.findings) - len(left)
        if not how.quiet:
            tell(_told(printable(str(file)), hidden, known.gone))
        outcome = replace(outcome, findings=left, silenced=outcome.silenced + hidden)
    closing = None
    if known is not None:
        number = sum(finding.leaves_work for finding in outcome.findings)
        new = f"{number:,} new {'issue needs' if number == 1 else 'issues need'} manual action" if number else "No new AWS keys found"
        files = f"; {outcome.files:,} {'file' if outcome.files == 1 else 'files'} scanned" if outcome.files else ""
        closing = f"{new}; {hidden:,} in the baseline{files}{silenced(outcome.silenced - hidden)}."
    names = [] if paths is None else [str(path) for path in paths]
    found = any(finding.leaves_work for finding in outcome.findings)
    return show(outcome, how, closing=closing, next_steps=[f"{shlex.join(['aws-sso-migrate', 'plan', *names])}"] if found else [])


def _written(file: Path, text: str, number: int) -> int:
    from migrate.cli.report_file import ReportFile as Written

    with Written(file) as writing:
        writing.write_text(text)
        writing.keep()
    tell([f"Wrote {number} finding{'' if number == 1 else 's'} to {printable(str(file))}. Commit it: it contains no secrets."])
    return 0


def _told(file: str, hidden: int, gone: int) -> Iterator[str]:
    if hidden:
        yield f"{hidden} finding{'' if hidden == 1 else 's'} in the baseline {file} {'is' if hidden == 1 else 'are'} not reported."
    if gone:
        what = "1 finding of the baseline is" if gone == 1 else f"{gone} findings of the baseline are"
        yield f"{what} fixed: run again with --write-baseline to drop {'it' if gone == 1 else 'them'} from {file}."
