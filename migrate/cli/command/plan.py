"""`plan`: the mapping as a file that a person reads, edits and keeps."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.changes.apply import Applied
from migrate.cli import completion
from migrate.cli.command.config import ConfigFile, CredentialsFile, Scopes, SsoRegion, StartUrl
from migrate.cli.options import CHANGING, Given, with_options
from migrate.cli.progress import progress
from migrate.errors import Refusal

if TYPE_CHECKING:
    from migrate.plan.make import Discover


@with_options(CHANGING)
def plan(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH...]", help="Code and settings files whose keys to list under [keys].")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The plan file; an existing plan is updated.")] = Path(
        "sso-migration.ini"
    ),
    discover: Annotated[
        bool, typer.Option("--discover", help="Query AWS for each key's owner and for accounts and roles to replace it.")
    ] = False,
    sso_session: Annotated[
        str | None, typer.Option(metavar="NAME", autocompletion=completion.sessions, help="Session for profiles that do not have one yet.")
    ] = None,
    sso_start_url: StartUrl = None,
    sso_region: SsoRegion = None,
    sso_registration_scopes: Scopes = None,
    credentials_file: CredentialsFile = None,
    config_file: ConfigFile = None,
    *,
    given: Given,
) -> int:
    """Write a migration plan for you to review and edit.

    Without --discover, nothing is sent to AWS: the plan contains what the AWS files and the key IDs reveal. With --discover, the program
    queries STS for the owner of each key, IAM for the policies of its user, and the access portal for your accounts and roles (log in
    first). With PATH, the plan lists each key ID found in code and settings files under [keys], with the profile that replaces it if
    only one fits. Run the command again to add what is new; your edits and comments are kept.
    """
    how = replace(given, yes=given.yes or not (given.dry_run or given.check)).to_change()
    if str(output) == "-":
        raise Refusal("the plan cannot be written to stdout", help="name a file with -o FILE, or use --dry-run to show the plan")
    from migrate.awsfiles.reading.files import default_path, must_be_there
    from migrate.changes.single import write_single
    from migrate.cli.settle import settle
    from migrate.plan.make import SessionOptions, make_plan

    must_be_there(credentials_file)
    with progress(how) as say:
        outcome = make_plan(
            output,
            default_path(config_file, "AWS_CONFIG_FILE", "config"),
            default_path(credentials_file, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
            SessionOptions(sso_session, sso_start_url, sso_region, sso_registration_scopes),
            discover=_asking(say) if discover else None,
            paths=paths or (),
        )

    def write(ready: Callable[[str], None]) -> Applied | None:
        ready("")
        write_single(outcome.changes[0])
        return None

    return settle(
        outcome,
        how,
        write=write,
        keep=False,
        next_steps=lambda applied: _next_steps(output, paths or []) if applied or output.exists() else [],
    )


def _next_steps(output: Path, paths: list[Path]) -> list[str]:
    """Return what comes after a plan: to review it, to show what it would change."""
    import shlex

    name = shlex.quote(str(output))
    return [f"review and edit {name}", f"{shlex.join(['aws-sso-migrate', 'run', *map(str, paths), '--plan', str(output)])} --dry-run"]


def _asking(say: Callable[[str], None]) -> "Discover":
    from migrate.online.discover import discover

    return lambda files, profiles, sessions, path: discover(
        files, profiles, sessions, path, lambda done, all: say(f"{done} of {all} keys queried")
    )
