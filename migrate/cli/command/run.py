"""`run`: the whole migration. One diff, one question, one journal entry, one undo."""

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.cli.command.code import AllowMissing, Environment, Exclude, Options, Target, Unrelated, requests_for
from migrate.cli.options import CHANGING, Given, How, with_options

if TYPE_CHECKING:
    from migrate.awsfiles.convert import ConvertRequest
    from migrate.migration.whole import WholeRequest
    from migrate.outcome import Outcome


@with_options(CHANGING, "review", "stat")
def run(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH...]", help="Files, folders or repositories with code to rewrite.")
    ] = None,
    plan: Annotated[Path, typer.Option(metavar="FILE", help="The migration plan.")] = Path("sso-migration.ini"),
    target: Annotated[
        Target | None,
        typer.Option(help="What replaces keys in code: a profile (default), or nothing, so that the default credential chain applies."),
    ] = None,
    environment: Environment = False,
    allow_missing_profile: AllowMissing = False,
    exclude: Exclude = None,
    unrelated: Unrelated = None,
    offline: Annotated[bool, typer.Option("--offline", help="Do not query AWS, even if you are logged in.")] = False,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Number of processes (default: number of cores).")] = None,
    *,
    given: Given,
) -> int:
    """Carry out the migration described by a plan.

    Converts the AWS files, rewrites the code under each PATH, and checks the result as `verify` does (for sessions you are logged in
    to, also with AWS). All of it is one diff, one question and one run that `undo` can reverse.
    """
    how = given.to_change()
    from migrate.awsfiles.convert import ConvertRequest
    from migrate.awsfiles.reading.files import default_path
    from migrate.cli.progress import progress
    from migrate.cli.settle import settle
    from migrate.migration.whole import WholeRequest, decide
    from migrate.plan import load_plan

    request = ConvertRequest(
        config_file=default_path(None, "AWS_CONFIG_FILE", "config"),
        credentials_file=default_path(None, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
        plan=load_plan(plan),
    )
    places, patterns = paths or [], exclude or []
    options = Options(environment, allow_missing_profile, unrelated=tuple(unrelated or ()))

    def asked(say: Callable[[str], None]) -> WholeRequest:
        return WholeRequest(
            request,
            places,
            patterns,
            lambda after: requests_for(places, plan, [], None, target, patterns, jobs, say, after, options),
            say,
            offline=offline,
        )

    if how.review:
        outcome = _reviewed(asked, how)
    else:
        with progress(how) as say:
            outcome = decide(asked(say))
    outcome = replace(outcome, paths=tuple(path.absolute() for path in places))
    flags = [name for name, on in (("--environment", environment), ("--allow-missing-profile", allow_missing_profile)) if on]
    more = [*(["--target", target.value] if target else []), *flags, *(arg for pattern in patterns for arg in ("--exclude", pattern))]
    more += [arg for pattern in options.unrelated for arg in ("--unrelated", pattern)]
    review = ["--review"] if how.review else []
    again = shlex.join(["aws-sso-migrate", "run", *map(str, places), "--plan", str(plan), *more, *review])
    return settle(outcome, how, next_steps=lambda applied: _next_steps(outcome, request, applied, again))


def _next_steps(outcome: "Outcome", request: "ConvertRequest", applied: bool, again: str) -> list[str]:
    """Return the commands that come next: to apply the changes, to continue after them, to come back once the issues are fixed."""
    from migrate.cli.settle import RETIRE, RETIRE_CODE
    from migrate.migration.whole import sessions_of, will_hold

    if outcome.changes and not applied:
        return [again]
    steps = [f"aws-sso-migrate login {name}" for name in sessions_of(outcome, will_hold(request.config_file, ()))]
    if any(row.action == "sso" for row in outcome.profiles) or outcome.replaced:
        retire = RETIRE_CODE if outcome.groups or outcome.paths else f"{RETIRE}   # when everything works"
        steps += ["aws-sso-migrate verify", *([retire] if outcome.retirable else [])]
    return [*steps, *([f"{again}   # after fixing the issues above"] if any(f.leaves_work for f in outcome.findings) else [])]


def _reviewed(asked: "Callable[[Callable[[str], None]], WholeRequest]", how: How) -> "Outcome":
    """What a person has taken: the AWS files first, then the code, whose new profiles must be there. Raises KeyboardInterrupt."""
    from migrate.awsfiles.verdicts import source_name
    from migrate.cli.command import code, config
    from migrate.cli.progress import progress
    from migrate.cli.review import Review as Reviewer
    from migrate.migration.whole import code_outcome, together, without_refused

    with progress(how) as say:
        fit = without_refused(asked(say))

    def again(say: "Callable[[str], None]") -> "WholeRequest":
        return replace(asked(say), convert=fit.convert, refused=fit.refused, checked=fit.checked)

    reviewer = Reviewer(how)
    review = config.reviewed(fit.convert, how, reviewer)
    files = review.outcome()
    with progress(how) as say:
        found = code_outcome(again(say), files)
    # a profile that was left still has its keys, but the plan meant it to be another's: what would name it waits for it
    left = review.left()
    taken = code.reviewed(found, how, reviewer, left | {source_name(name) for name in left})
    with progress(how) as say:
        return together(again(say), files, taken)
