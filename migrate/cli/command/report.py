"""`report`: pages from the JSON reports of earlier runs."""

from pathlib import Path
from typing import Annotated

import typer

from migrate.cli.commands import SETTINGS, Command, Group

report = typer.Typer(
    cls=Group,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings=SETTINGS,
    help="Create HTML pages from JSON reports of earlier runs.",
)

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the page to this file (default: stdout).", show_default=False)
]


@report.command(cls=Command, context_settings=SETTINGS)
def trend(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN.json...", help="JSON reports of bulk, code, run or scan.")],
    output: Output = None,
) -> int:
    """Plot the number of remaining keys over time.

    Creates one HTML page with a plot and a table. The date of a run is the one in its report, or else the file's date.
    """
    from migrate.reports.html.progress import render
    from migrate.reports.trend import read_trend

    return _write(render(read_trend(runs)), output, runs)


@report.command(cls=Command, context_settings=SETTINGS)
def html(run: Annotated[Path, typer.Argument(metavar="RUN.json", help="A JSON report of any command.")], output: Output = None) -> int:
    """Create the review page of a run from its JSON report."""
    from migrate.reports.html import render
    from migrate.reports.past import read_report

    return _write(render(read_report(run)), output, [run])


def _write(page: str, output: Path | None, read: list[Path]) -> int:
    from migrate.cli.output import put_document
    from migrate.cli.report_file import ReportFile
    from migrate.errors import Refusal

    if output is None or str(output) == "-":
        put_document(page)
        return 0
    if any(path.resolve() == output.resolve() for path in read):
        raise Refusal("the page would overwrite one of its input reports", path=output)
    if output.exists() and not output.is_file():
        raise Refusal("is not a regular file", path=output)
    with ReportFile(output) as file:
        file.write_text(page)
        file.keep()
    return 0
