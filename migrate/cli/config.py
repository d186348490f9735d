"""`config`: static-key profiles become `sso_session` profiles."""

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.cli.options import Check, DryRun, Form, Format, How, NoColor, Quiet, ReportFile, Review, Verbose, Yes, how_to_change
from migrate.errors import Refusal

if TYPE_CHECKING:
    from migrate.awsfiles.convert import ConvertRequest
    from migrate.awsfiles.review import ConfigReview, Part
    from migrate.cli.review import Review as Reviewer
    from migrate.cli.review import Reviewable
    from migrate.plan import Plan


def config(
    plan: Annotated[Path | None, typer.Option(metavar="FILE", help="The plan that `plan` wrote; options win over it.")] = None,
    sso_session: Annotated[
        str | None, typer.Option(metavar="NAME", help="The session that --map uses where it names none; one that does not exist is made.")
    ] = None,
    sso_start_url: Annotated[str | None, typer.Option(metavar="URL", help="A new session's start URL.")] = None,
    sso_region: Annotated[str | None, typer.Option(metavar="REGION", help="A new session's region.")] = None,
    sso_registration_scopes: Annotated[
        str | None, typer.Option(metavar="SCOPES", help="A new session's scopes (sso:account:access by default).")
    ] = None,
    map: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PROFILE=ACCOUNT_ID/ROLE_NAME[@SESSION]", help="The account and role that take the place of a profile's keys."
        ),
    ] = None,
    keep: Annotated[list[str] | None, typer.Option(metavar="PROFILE", help="A profile that stays as it is.")] = None,
    other_account: Annotated[
        list[str] | None, typer.Option(metavar="PROFILE", help="A profile that is meant to go to another account than that of its key.")
    ] = None,
    credentials_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Instead of ~/.aws/credentials.")] = None,
    config_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Instead of ~/.aws/config.")] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    check: Check = False,
    review: Review = False,
    format: Format = Form.text,
    report: ReportFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> int:
    """Turn profiles with static keys into profiles that sign in with SSO.

    Each profile is told its account and role by --map or by the plan. What nobody mapped, or could not be converted without
    breaking something, stays to the byte and is listed.
    """
    how = how_to_change(
        yes=yes,
        dry_run=dry_run,
        check=check,
        review=review,
        format=format,
        report=report,
        quiet=quiet,
        verbose=verbose,
        no_color=no_color,
    )
    if credentials_file is not None and not credentials_file.expanduser().exists():
        raise Refusal("no such file", path=credentials_file, help="--credentials-file names the file that holds the keys")
    mapping = _load(plan)
    # what is read from here on lives to the end: looking for garbage among 20,000 profiles took a third of the time
    gc.collect()
    gc.disable()
    from migrate.awsfiles.convert import ConvertRequest, convert
    from migrate.awsfiles.files import default_path, must_be_there
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
    return settle(reviewed(request, how).outcome() if how.review else convert(request), how)


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
            raise Refusal("the edited text is no UTF-8") from None

    return Reviewable(part.title, lambda: review.shown(part), texts, edit)


def _load(path: Path | None) -> "Plan | None":
    if path is None:
        return None
    from migrate.plan import load_plan

    return load_plan(path)
