"""`verify`: does every profile sign with SSO, and as whom?"""

from pathlib import Path
from typing import Annotated

import typer

from migrate.cli import completion
from migrate.cli.options import SHOWING, Given, with_options
from migrate.cli.output import put
from migrate.cli.progress import progress
from migrate.masking import printable


@with_options(SHOWING)
def verify(
    profiles: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PROFILE...]", autocompletion=completion.profiles, help="Profiles to check (default: all)."),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Check only the files; do not query AWS.")] = False,
    plan: Annotated[Path | None, typer.Option(metavar="FILE", help="Also compare the profiles with this plan.")] = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0.5, help="How long to wait for a response from AWS.")] = 10.0,
    *,
    given: Given,
) -> int:
    """Check that profiles sign with SSO as the expected account and role.

    Checks the AWS files for static keys, conflicting settings and keys in the environment. Without --offline, also requests credentials
    from the access portal and asks STS for the identity of each profile.
    """
    how = given.to_show()
    from migrate.awsfiles.reading.files import default_path
    from migrate.cli.settle import show
    from migrate.online.verify import verify as look
    from migrate.plan import load_plan
    from migrate.reports.text import silenced
    from migrate.reports.view import shown

    with progress(how) as say:
        outcome = look(
            default_path(None, "AWS_CONFIG_FILE", "config"),
            default_path(None, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
            profiles or (),
            plan=None if plan is None else load_plan(plan),
            offline=offline,
            timeout=timeout,
            told=lambda done, all: say(f"{done} of {all} profiles checked"),
        )
    rows = outcome.profiles
    if how.format == "text" and not how.quiet and rows:
        table = [("PROFILE", "SESSION", "ACCOUNT", "ROLE", "SIGNS WITH SSO")]
        words = {True: "yes", False: "NO", None: "not checked" if offline else "-"}
        table += [(r.name, r.sso_session or "-", r.sso_account_id or "-", r.sso_role_name or "-", words[r.resolves]) for r in rows]
        widths = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
        put(printable(shown("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())) for row in table)
        put([""] if outcome.findings else [])
    good, bad = (sum(row.resolves is value for row in rows) for value in (True, False))
    bad_news = bad or any(finding.leaves_work for finding in outcome.findings)
    steps = [] if bad_news or not rows else ["aws-sso-migrate verify"] if offline else ["aws-sso-migrate retire"] if good else []
    return show(
        outcome,
        how,
        closing=f"{len(rows)} profile{'' if len(rows) == 1 else 's'}: {good} {'signs' if good == 1 else 'sign'} with SSO, {bad} {'does' if bad == 1 else 'do'} not, {len(rows) - good - bad} not checked{silenced(outcome.silenced)}.",
        next_steps=steps,
    )
