"""`config`: static-key profiles become `sso_session` profiles."""

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.cli import completion
from migrate.cli.options import CHANGING, Given, How, with_options
from migrate.errors import Refusal

if TYPE_CHECKING:
    from migrate.awsfiles.convert import ConvertRequest
    from migrate.awsfiles.review import ConfigReview, Part
    from migrate.cli.review import Review as Reviewer
    from migrate.cli.review import Reviewable
    from migrate.outcome import Outcome
    from migrate.plan import Plan

StartUrl = Annotated[str | None, typer.Option(metavar="URL", help="Start URL of a new session.")]
SsoRegion = Annotated[str | None, typer.Option(metavar="REGION", autocompletion=completion.regions, help="Region of a new session.")]
Scopes = Annotated[
    str | None,
    typer.Option(metavar="SCOPES", autocompletion=completion.scopes, help="Scopes of a new session (default: sso:account:access)."),
]
CredentialsFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Use this file instead of ~/.aws/credentials.")]
ConfigFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Use this file instead of ~/.aws/config.")]


@with_options(CHANGING, "review", "stat")
def config(
    plan: Annotated[Path | None, typer.Option(metavar="FILE", help="Read the mapping from this plan; options override it.")] = None,
    sso_session: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", autocompletion=completion.sessions, help="The session for --map without @SESSION; created if it does not exist."
        ),
    ] = None,
    sso_start_url: StartUrl = None,
    sso_region: SsoRegion = None,
    sso_registration_scopes: Scopes = None,
    map: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PROFILE=ACCOUNT_ID/ROLE_NAME[@SESSION]",
            autocompletion=completion.profiles_to_map,
            help="Replace a profile's keys with this account and role (can be repeated).",
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="PROFILE", autocompletion=completion.profiles, help="Keep this profile unchanged (can be repeated)."),
    ] = None,
    other_account: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PROFILE",
            autocompletion=completion.profiles,
            help="Confirm that this profile changes to another account than its key's (can be repeated).",
        ),
    ] = None,
    credentials_file: CredentialsFile = None,
    config_file: ConfigFile = None,
    *,
    given: Given,
) -> int:
    """Convert profiles with static keys to SSO profiles.

    Map each profile to an account and role with --map or a plan. Profiles that are not mapped, or that cannot be converted without
    breaking something, are left unchanged and reported.
    """
    how = given.to_change()
    if credentials_file is not None and not credentials_file.expanduser().exists():
        raise Refusal("the file does not exist", path=credentials_file, help="--credentials-file must name the file that contains the keys")
    mapping = _load(plan)
    # what is read from here on lives to the end: looking for garbage among 20,000 profiles took a third of the time
    gc.collect()
    gc.disable()
    from migrate.awsfiles.convert import ConvertRequest, convert
    from migrate.awsfiles.reading.files import default_path, must_be_there
    from migrate.cli.settle import settle

    must_be_there(credentials_file)
    request = ConvertRequest(
        config_file=default_path(config_file, "AWS_CONFIG_FILE", "config"),
        credentials_file=default_path(credentials_file, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
        plan=mapping,
        session=sso_session,
        start_url=sso_start_url,
        region=sso_region,
        scopes=sso_registration_scopes,
        maps=tuple(map or ()),
        keeps=tuple(keep or ()),
        other_accounts=tuple(other_account or ()),
    )
    outcome = reviewed(request, how).outcome() if how.review else convert(request)
    return settle(outcome, how, next_steps=lambda applied: _next_steps(outcome) if applied else [])


def _next_steps(outcome: "Outcome") -> list[str]:
    """Return the commands after a conversion: log in to each session, then check."""
    sessions = dict.fromkeys(row.sso_session for row in outcome.profiles if row.action == "sso" and row.sso_session)
    return [*(f"aws-sso-migrate login {session}" for session in sessions), "aws-sso-migrate verify"]


def reviewed(request: "ConvertRequest", how: How, reviewer: "Reviewer | None" = None) -> "ConfigReview":
    """The conversion after a person has taken and left its parts. `reviewer` where other changes follow. Raises as `convert`, KeyboardInterrupt."""
    from migrate.awsfiles.review import ConfigReview
    from migrate.cli.review import Review as Reviewer

    review = ConfigReview(request)
    asker = reviewer or Reviewer(how)
    for number, part in enumerate(review.parts, 1):
        review.settle(part, asker.takes(_reviewable(review, part), number, len(review.parts)))
    return review


def _reviewable(review: "ConfigReview", part: "Part") -> "Reviewable":
    from migrate.cli.review import Reviewable

    def texts() -> list[tuple[str, bytes]]:
        text = review.text(part)
        return [(review.request.config_file.name, text.encode())] if text else []

    def edit(new: Sequence[bytes]) -> None:
        try:
            review.edit(part, new[0].decode())
        except UnicodeDecodeError:
            raise Refusal("the edited text is not valid UTF-8") from None

    return Reviewable(part.title, lambda: review.shown(part), texts, edit, lambda: review.breaks(part))


def _load(path: Path | None) -> "Plan | None":
    if path is None:
        return None
    from migrate.plan import load_plan

    return load_plan(path)
