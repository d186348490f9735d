"""What every command does with its outcome: show it, ask, apply, report, and say where the backup lies."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from migrate.changes.apply import Applied, apply, preflight
from migrate.cli.ask import agreed
from migrate.cli.options import How
from migrate.cli.output import done_something, put, put_document, tell, use_color
from migrate.cli.report_file import ReportFile
from migrate.errors import Refusal
from migrate.masking import printable
from migrate.outcome import Outcome
from migrate.reports import text
from migrate.reports.view import View, grouped, shown_path, view

_STOPS_WORKING = ("AWS127",)
"""What even `--quiet` tells, though it leaves nothing to be done."""

Writer = Callable[[Callable[[str], None]], Applied | None]
"""Makes the changes of an outcome; calls what it is given with the run's id when all is ready and nothing written."""


def settle(
    outcome: Outcome,
    how: How,
    *,
    recheck: Callable[[], None] | None = None,
    write: Writer | None = None,
    question: str = "Apply?",
    keep: bool = True,
) -> int:
    """Shows the masked diff and findings, asks or not, applies, writes the report; gives the exit status.

    `recheck` is called after the question and before the first write, and raises Refusal where what the outcome
    rests on is no longer so. `write` stands in for `migrate.changes.apply` (undo has its own); `keep` says that the run makes backups
    which it tells of. Text goes to stdout; with
    `json` and `sarif` stdout gets one document, and the diff that the question is about goes to stderr. After a review (`--review`)
    neither diff nor question is left: the outcome is what was taken. Raises Refusal.
    """
    status = status_of(outcome)
    ask = how.asks and bool(outcome.changes)
    shown = ask or not (how.quiet or how.review)
    whole = view(outcome, status, diffs=shown or how.format == "json" or how.report is not None, config=_config(outcome, how))
    if how.dry_run or how.check or not outcome.changes:
        if how.check and outcome.changes:
            whole = replace(whole, status=1)
        tell(_other_names(outcome))
        # whoever only checks, in CI say, needs no place for backups
        _show(whole, how, fails=lambda: preflight(outcome.changes, backups=keep and how.dry_run))
        return whole.status
    tell(_other_names(outcome))
    if how.format == "text":
        put(_diff(whole, how, ask), color=use_color(how))
        put(_findings(whole, how))
    elif ask:
        tell(_diff(whole, how, ask))
        tell(_findings(whole, how))
    if ask and not agreed(question):
        tell(["Nothing was changed."])
        whole = replace(whole, status=1)
        if how.format != "text":
            _document(whole, how)
        with ReportFile(how.report) as report:
            report.write(whole)
            report.keep()
        return 1
    if recheck is not None:
        recheck()
    with ReportFile(how.report) as report:
        _not_a_target(how, outcome)
        done = replace(whole, applied=True)
        ready = lambda run: report.write(replace(done, run=run or None))  # noqa: E731
        applied = (
            write(ready)
            if write is not None
            else apply(outcome.changes, command=outcome.command, replaced=outcome.replaced, before_commit=ready, paths=outcome.paths)
        )
        done_something()
        done = replace(done, run=applied.run if applied else None)
        return _finish(done, how, applied if keep else None, report, keys=bool(outcome.replaced))


def _other_names(outcome: Outcome) -> Iterator[str]:
    """Of each file with hard links that will be rewritten, that its other names keep the old text."""
    for change in outcome.changes:
        with suppress(OSError):
            links = change.path.stat().st_nlink if change.before is not None else 1
            if links > 1:
                where = printable(shown_path(str(change.path)))
                others = "another hard link, which keeps" if links == 2 else f"{links - 1} other hard links, which keep"
                yield f"{where} has {others} the old content, including the keys."


def show(outcome: Outcome, how: How, extra: dict[str, Any] | None = None, *, closing: str | None = None) -> int:
    """For commands that change nothing: reports, and gives the exit status. `closing` is the last line of text. Raises Refusal."""
    whole = view(outcome, status_of(outcome), config=_config(outcome, how))
    _show(whole, how, extra, closing)
    return whole.status


def _config(outcome: Outcome, how: How) -> bytes | None:
    """What the AWS config file holds once the changes are made, where a report tells colleagues how to get the profiles."""
    if how.report is None or how.report.suffix.lower() != ".md" or not outcome.signed:
        return None
    from migrate.awsfiles.files import default_path
    from migrate.migration.whole import will_hold

    try:
        return will_hold(default_path(None, "AWS_CONFIG_FILE", "config"), outcome.changes)
    except Refusal:
        return b""


def status_of(outcome: Outcome) -> int:
    """0 done or nothing to do, 1 something is left for a person."""
    return 1 if any(finding.leaves_work for finding in outcome.findings) else 0


def _show(
    whole: View, how: How, extra: dict[str, Any] | None = None, closing: str | None = None, fails: Callable[[], None] = lambda: None
) -> None:
    """`fails` raises the Refusal in which the real run would end, once its diff and findings are shown."""
    if how.format != "text":
        fails()
        _document(whole, how, extra)
    else:
        put(_diff(whole, how, False), color=use_color(how))
        put(_findings(whole, how))
        fails()
        if not how.quiet:
            put(_closing(whole, how) if closing is None else [closing])
    with ReportFile(how.report) as report:
        report.write(whole)
        report.keep()


def _finish(done: View, how: How, applied: Applied | None, report: ReportFile, *, keys: bool) -> int:
    status = done.status
    try:
        report.keep()
        if how.format != "text":
            _document(done, how)
        elif not how.quiet:
            put(_closing(done, how))
    except Refusal as refusal:
        # the changes are made: 2 would say that they were not
        tell([f"aws-sso-migrate: {refusal.message}, but the changes were applied"])
        status = 1
    if applied is not None:
        tell(backup_lines(applied, keys=keys))
    return status


def backup_lines(applied: Applied, *, keys: bool) -> Sequence[str]:
    """Where the backup lies, and how to be rid of it. `keys`: did keys go, which it then holds?"""
    return [
        f"Backup{' (it holds the old keys)' if keys else ''}: {printable(str(applied.backups))}",
        f"    undo this run:      aws-sso-migrate undo {applied.run}",
        f"    delete the backup:   aws-sso-migrate undo --purge {applied.run}",
    ]


def _diff(whole: View, how: How, ask: bool) -> Iterable[str]:
    return text.diff_lines(whole) if ask or not (how.quiet or how.review) else ()


def _findings(whole: View, how: How) -> Iterator[str]:
    # where something is to be done about each, each is listed
    for finding in grouped(whole.findings) if whole.command == "verify" else whole.findings:
        if not how.quiet or finding.severity == "error" or finding.code in _STOPS_WORKING:
            yield from text.finding_lines(finding)
    if whole.keys:
        yield from text.key_lines(list(whole.keys))


def _closing(whole: View, how: How) -> Iterator[str]:
    if how.verbose:
        yield f"{whole.files} files scanned."
    yield text.summary(whole)


def _document(whole: View, how: How, extra: dict[str, Any] | None = None) -> None:
    from migrate.reports.forms import document

    put_document(document(how.format, whole, extra))


def _not_a_target(how: How, outcome: Outcome) -> None:
    if how.report is not None and any(change.path.resolve() == how.report.resolve() for change in outcome.changes):
        raise Refusal("the report would overwrite a file that is being changed", path=how.report)
