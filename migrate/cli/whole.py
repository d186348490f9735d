"""`run`: the whole migration. One diff, one question, one journal entry, one undo."""

from pathlib import Path
from typing import Annotated

import typer

from migrate.cli.code import Target, requests_for
from migrate.cli.options import Check, DryRun, Form, Format, NoColor, Quiet, ReportFile, Verbose, Yes, how_to_change


def run(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH...]", help="Files, folders and repositories with code.")] = None,
    plan: Annotated[Path, typer.Option(metavar="FILE", help="The plan that `plan` wrote and you filled in.")] = Path("sso-migration.ini"),
    target: Annotated[
        Target | None, typer.Option(help="In code: profile (the default), or default-chain: take the keys out and put nothing in.")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Paths to leave out, as in .gitignore.")] = None,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes (as many as there are cores by default).")] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    check: Check = False,
    format: Format = Form.text,
    report: ReportFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> int:
    """Do the whole migration that a plan describes.

    The AWS files become SSO profiles, the code under each PATH uses them, the result is checked as `verify --offline` does, and
    what is left is listed. All of it is one diff, one question, and one run that `undo` takes back.
    """
    how = how_to_change(
        yes=yes, dry_run=dry_run, check=check, format=format, report=report, quiet=quiet, verbose=verbose, no_color=no_color
    )
    from migrate.awsfiles.convert import ConvertRequest
    from migrate.awsfiles.files import default_path
    from migrate.cli.output import put
    from migrate.cli.progress import progress
    from migrate.cli.settle import settle
    from migrate.migration.whole import WholeRequest, decide, sessions_of
    from migrate.plan import load_plan

    request = ConvertRequest(
        config_file=default_path(None, "AWS_CONFIG_FILE", "config"),
        credentials_file=default_path(None, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
        plan=load_plan(plan),
    )
    places, patterns = paths or [], exclude or []
    with progress(how) as say:
        outcome = decide(
            WholeRequest(
                request,
                places,
                patterns,
                lambda after: requests_for(places, plan, [], None, target, patterns, jobs, say, after),
                say,
            )
        )
    applied = False

    def going_ahead() -> None:
        nonlocal applied
        applied = True

    status = settle(outcome, how, recheck=going_ahead)
    if applied and how.format == "text" and not how.quiet:
        steps = [f"aws-sso-migrate login {name}" for name in sessions_of(outcome)]
        steps += ["aws-sso-migrate verify", *(["aws-sso-migrate retire"] if outcome.replaced else [])]
        put(["Next:", *(f"    {step}" for step in steps)])
    return status
