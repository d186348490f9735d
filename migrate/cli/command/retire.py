"""`retire`: the end of the keys that earlier runs replaced."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.cli import completion
from migrate.cli.options import CHANGING, Given, How, with_options
from migrate.cli.output import done_something, put, screen, tell
from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.masking import printable
from migrate.outcome import Outcome

if TYPE_CHECKING:
    from migrate.online.keys.retire import KeyCase, RetireRequest
    from migrate.online.keys.retired import Records

_DELAY = "AWS reports the last use of a key with some delay, up to hours."


@with_options(CHANGING)
def retire(
    key: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY_ID", autocompletion=completion.keys, help="Select this key, even if no run replaced it (can be repeated)."
        ),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="PROFILE",
            autocompletion=completion.profiles,
            help="Use this profile for IAM calls (default: a converted profile of the key's account).",
        ),
    ] = None,
    deactivate: Annotated[bool, typer.Option("--deactivate", help="Deactivate the keys; undo this with --reactivate.")] = False,
    reactivate: Annotated[bool, typer.Option("--reactivate", help="Reactivate keys that this program deactivated.")] = False,
    delete: Annotated[
        bool, typer.Option("--delete", help="Permanently delete keys that this program deactivated at least DAYS ago.")
    ] = False,
    after: Annotated[int, typer.Option(metavar="DAYS", min=0, help="How long a key must have been inactive before --delete.")] = 7,
    force: Annotated[bool, typer.Option("--force", help="Override the safety checks.")] = False,
    purge: Annotated[
        bool, typer.Option("--purge", help="With --delete: also delete the backups that contain the key, without asking.")
    ] = False,
    *,
    given: Given,
) -> int:
    """List, deactivate and delete replaced keys in IAM.

    Without an action, prints a table of the keys that earlier runs replaced. A key that was used after it was replaced, or that is still
    present elsewhere, is not deactivated. A key that this program did not deactivate at least DAYS ago is not deleted.
    """
    actions = [name for name, on in (("deactivate", deactivate), ("reactivate", reactivate), ("delete", delete)) if on]
    if len(actions) > 1:
        raise Refusal(f"--{' and --'.join(actions)} cannot be used together", help="use only one of them")
    if purge and not delete:
        raise Refusal(
            "--purge can only be used with --delete", help="`aws-sso-migrate undo --purge RUN` deletes the backups of a run at any time"
        )
    if actions:
        how = given.to_change()
    else:
        how = given.to_show()
    from migrate.awsfiles.reading.files import default_path, read_file
    from migrate.awsfiles.reading.profiles import merge
    from migrate.cli.settle import show
    from migrate.online.clients import Sessions
    from migrate.online.keys.retire import RetireRequest, decide
    from migrate.online.keys.retired import Records

    files = merge(
        read_file(default_path(None, "AWS_CONFIG_FILE", "config")),
        read_file(default_path(None, "AWS_SHARED_CREDENTIALS_FILE", "credentials")),
    )
    request = RetireRequest(tuple(key or ()), profile, actions[0] if actions else None, after, force)  # type: ignore[arg-type]
    records = Records()
    cases, general = decide(request, files, Sessions(), records)
    steps = [case for case in cases if case.do]
    outcome = _outcome(cases, general)
    if how.dry_run or how.check or not steps:
        _put_steps(steps, request, how)
        status = show(outcome, how, closing=_closing(cases, steps, request), next_steps=_next_steps(cases, request))
        return 1 if how.check and steps else status
    return _act(cases, general, request, records, how, purge)


def _outcome(cases: "Sequence[KeyCase]", general: Sequence[Finding]) -> Outcome:
    findings = [*general, *(finding for case in cases for finding in case.findings)]
    return Outcome("retire", findings=findings, keys=[case.row() for case in cases])


def _closing(cases: "Sequence[KeyCase]", steps: "Sequence[KeyCase]", request: "RetireRequest") -> str:
    if not cases:
        return "There are no replaced keys to retire."
    if request.action is None:
        return _DELAY
    return f"{len(steps)} of {len(cases)} {'key' if len(cases) == 1 else 'keys'} to {request.action}. {_DELAY}"


def _next_steps(cases: "Sequence[KeyCase]", request: "RetireRequest") -> list[str]:
    """Return the command after the table: to deactivate what is active, else to delete what is not."""
    if request.action is not None or not cases:
        return []
    statuses = {case.row().status for case in cases}
    if "Active" in statuses:
        return [_again(request, "--deactivate")]
    return [_again(request, "--delete")] if "Inactive" in statuses else []


def _again(request: "RetireRequest", action: str) -> str:
    """Return the command for an action on the same keys with the same profile. Key IDs are cut where they are shown, so that they are named by a word."""
    keys = [arg for _ in request.keys for arg in ("--key", "KEY_ID")]
    return shlex.join(["aws-sso-migrate", "retire", *keys, *(["--profile", request.profile] if request.profile else []), action])


def _put_steps(steps: "Sequence[KeyCase]", request: "RetireRequest", how: How) -> None:
    from migrate.online.keys.retire import step_text

    lines = [printable(step_text(case, request.action)) for case in steps if request.action is not None]
    if how.format == "text":
        put(lines)
    else:
        tell(lines)


def _act(cases: "list[KeyCase]", general: Sequence[Finding], request: "RetireRequest", records: "Records", how: How, purge: bool) -> int:
    from migrate.cli.ask import agreed
    from migrate.cli.report_file import ReportFile
    from migrate.cli.settle import show, status_of
    from migrate.online.keys.retire import perform
    from migrate.reports import text
    from migrate.reports.view import finding_view, view

    outcome = _outcome(cases, general)
    whole = view(outcome, status_of(outcome))
    on = screen(how) if how.format == "text" else text.PLAIN
    if how.format == "text" or how.asks:
        lines = [*text.key_lines(list(whole.keys)), _DELAY, *text.findings_lines(whole.findings, on)]
        (put if how.format == "text" else tell)(lines if not how.quiet or how.asks else [])
        _put_steps([case for case in cases if case.do], request, how)
    said = set(map(id, outcome.findings))
    if how.asks and request.action == "delete":
        number = sum(case.do for case in cases)
        tell(["", f"This permanently deletes {number} {'key' if number == 1 else 'keys'}, and cannot be undone."])
    if how.asks and not agreed("Apply?"):
        tell(["Nothing was changed."])
        if how.format != "text" or how.report:
            show(outcome, how)
        return 1

    def say(line: str) -> None:
        done_something()
        (tell if how.format != "text" else put)([printable(line)])

    try:
        perform(cases, request, records, say)
    except KeyboardInterrupt:
        done_something()  # a request that was under way may have been carried out
        raise
    done = [case for case in cases if case.do]
    outcome = _outcome(cases, general)
    status = status_of(outcome)
    if how.format == "text":
        new = [finding for finding in outcome.findings if id(finding) not in said]
        put(text.findings_lines(map(finding_view, new), on))
        with ReportFile(how.report) as report:
            report.write(view(outcome, status))
            report.keep()
    else:
        show(outcome, how)
    if request.action == "delete" and done:
        _purge(done, how, purge)
    elif request.action == "deactivate" and done:
        tell([f"To undo this: {_again(request, '--reactivate')}. After {request.after} days: {_again(request, '--delete')}"])
    return status


def _purge(done: "Sequence[KeyCase]", how: How, unasked: bool) -> None:
    """Offers to wipe the backups that hold a deleted key, which opens nothing any more; other keys in them are named."""
    from migrate.changes.undo import purge
    from migrate.cli.ask import agreed
    from migrate.cli.options import is_terminal
    from migrate.online.keys.replaced import runs_with

    for run in dict.fromkeys(run for case in done for run in runs_with(case.key)):
        if not unasked and not (
            is_terminal() and agreed(f"Delete the backups of run {run}, which contain a deleted key? The run can then no longer be undone.")
        ):
            tell([f"The backups of run {run} contain a deleted key. To delete them: aws-sso-migrate undo --purge {run}"])
            continue
        try:
            purge(run)
        except Refusal as refusal:
            tell([printable(f"The backups of run {run} were not deleted: {refusal.message}")])
        else:
            tell([f"Deleted the backups of run {run}."])
