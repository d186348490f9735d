"""What every command does with its outcome: show it, ask, apply, report, and say where the backup lies."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from migrate.changes.apply import Applied, apply, preflight
from migrate.cli.ask import agreed
from migrate.cli.options import How
from migrate.cli.output import done_something, put, put_document, screen, tell
from migrate.cli.pager import paged
from migrate.cli.report_file import ReportFile
from migrate.errors import Refusal
from migrate.masking import printable
from migrate.outcome import Outcome
from migrate.reports import text
from migrate.reports.layout import Screen
from migrate.reports.view import View, grouped, shown, shown_path, view

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
    table: Callable[[], Iterable[str]] = tuple,
    next_steps: Callable[[bool], Sequence[str]] | None = None,
) -> int:
    """Shows the masked diff and findings, asks or not, applies, writes the report; gives the exit status.

    `recheck` is called after the question and before the first write, and raises Refusal where what the outcome
    rests on is no longer so. `write` stands in for `migrate.changes.apply` (undo has its own); `keep` says that the run makes backups
    which it tells of. `table` are lines before the summary, `next_steps` the commands after it: called with whether the changes were applied.
    Text goes to stdout; with
    `json` and `sarif` stdout gets one document, and the diff that the question is about goes to stderr. After a review (`--review`)
    neither diff nor question is left: the outcome is what was taken. Raises Refusal.
    """
    status = status_of(outcome)
    ask = how.asks and bool(outcome.changes)
    diffs = ask or not (how.quiet or how.review)
    whole = view(outcome, status, diffs=diffs or how.format == "json" or how.report is not None, config=_config(outcome, how))
    if how.dry_run or how.check or not outcome.changes:
        if how.check and outcome.changes:
            whole = replace(whole, status=1)
        tell(_other_names(outcome))
        # whoever only checks, in CI say, needs no place for backups
        ending = _Ending(table, next_steps)
        _show(whole, how, ending=ending, fails=lambda: preflight(outcome.changes, backups=keep and how.dry_run))
        return whole.status
    tell(_other_names(outcome))
    if how.format == "text":
        put(_body(whole, how, ask, screen(how)))
    elif ask:
        tell(_body(whole, how, ask, text.PLAIN))
    if ask:
        tell(["", text.totals(whole)])
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
        return _finish(done, how, applied if keep else None, report, _Ending(table, next_steps), keys=bool(outcome.replaced))


def _other_names(outcome: Outcome) -> Iterator[str]:
    """Of each file with hard links that will be rewritten, that its other names keep the old text."""
    for change in outcome.changes:
        with suppress(OSError):
            links = change.path.stat().st_nlink if change.before is not None else 1
            if links > 1:
                where = printable(shown_path(str(change.path)))
                others = "another hard link, which keeps" if links == 2 else f"{links - 1} other hard links, which keep"
                yield f"{where} has {others} the old content, including the keys."


def show(
    outcome: Outcome, how: How, extra: dict[str, Any] | None = None, *, closing: str | None = None, next_steps: Sequence[str] = ()
) -> int:
    """For commands that change nothing: reports, and gives the exit status.

    `closing` takes the place of the summary, `next_steps` come after it. Raises Refusal.
    """
    whole = view(outcome, status_of(outcome), config=_config(outcome, how))
    _show(whole, how, extra, _Ending(closing=closing, next_steps=lambda applied: next_steps))
    return whole.status


def _config(outcome: Outcome, how: How) -> bytes | None:
    """What the AWS config file holds once the changes are made, where a report tells colleagues how to get the profiles."""
    if how.report is None or how.report.suffix.lower() != ".md" or not outcome.signed:
        return None
    from migrate.awsfiles.reading.files import default_path
    from migrate.migration.whole import will_hold

    try:
        return will_hold(default_path(None, "AWS_CONFIG_FILE", "config"), outcome.changes)
    except Refusal:
        return b""


def status_of(outcome: Outcome) -> int:
    """0 done or nothing to do, 1 something is left for a person."""
    return 1 if any(finding.leaves_work for finding in outcome.findings) else 0


@dataclass(frozen=True)
class _Ending:
    """What text ends with: a table, the summary (or another last line), the next steps."""

    table: Callable[[], Iterable[str]] = tuple
    next_steps: Callable[[bool], Sequence[str]] | None = None
    closing: str | None = None

    def lines(self, whole: View, how: How) -> Iterator[str]:
        yield from self.table()
        if how.verbose:
            yield f"{whole.files} {'file' if whole.files == 1 else 'files'} scanned."
        yield text.summary(whole) if self.closing is None else self.closing
        steps = list(self.next_steps(whole.applied)) if self.next_steps is not None else []
        if whole.changes and not whole.applied and not steps:
            steps = [f"run the same command without {'--check' if how.check else '--dry-run'} to apply the changes"]
        yield from next_lines(steps)


RETIRE = "aws-sso-migrate retire"
RETIRE_CODE = f"{RETIRE}   # after the change is merged and deployed"


def next_lines(steps: Sequence[str]) -> Sequence[str]:
    """What to do next, one step a line."""
    return ["", "Next:", *(f"    {printable(shown(step))}" for step in steps)] if steps else []


def _show(
    whole: View, how: How, extra: dict[str, Any] | None = None, ending: _Ending = _Ending(), fails: Callable[[], None] = lambda: None
) -> None:
    """`fails` raises the Refusal in which the real run would end, once its diff and findings are shown."""
    if how.format != "text":
        fails()
        _document(whole, how, extra)
    else:
        on = screen(how)
        diff = list(_diff(whole, how, False, on))
        put(_findings(whole, how, on) if paged(diff) else _body(whole, how, False, on))
        fails()
        if not how.quiet:
            put(_apart(ending.lines(whole, how), _has_body(whole, how)))
    with ReportFile(how.report) as report:
        report.write(whole)
        report.keep()


def _finish(done: View, how: How, applied: Applied | None, report: ReportFile, ending: _Ending, *, keys: bool) -> int:
    status = done.status
    if applied is not None:
        tell(backup_lines(applied, keys=keys))
    try:
        report.keep()
        if how.format != "text":
            _document(done, how)
        elif not how.quiet:
            put(_apart(ending.lines(done, how), True))
    except Refusal as refusal:
        # the changes are made: 2 would say that they were not
        tell([f"aws-sso-migrate: {refusal.message}, but the changes were applied"])
        status = 1
    return status


def backup_lines(applied: Applied, *, keys: bool) -> Sequence[str]:
    """Where the backup lies, and how to be rid of it. `keys`: did keys go, which it then holds?"""
    return [
        f"Backup{' (contains the old keys)' if keys else ''}: {printable(str(applied.backups))}",
        f"    undo this run:      aws-sso-migrate undo {applied.run}",
        f"    delete the backup:  aws-sso-migrate undo --purge {applied.run}",
    ]


def _body(whole: View, how: How, ask: bool, on: Screen) -> Iterator[str]:
    """The diff and the findings."""
    something = False
    for line in _diff(whole, how, ask, on):
        something = True
        yield line
    yield from _apart(_findings(whole, how, on), something)


def _apart(lines: Iterable[str], something: bool) -> Iterator[str]:
    """The lines, after a blank one where there was something before."""
    for n, line in enumerate(lines):
        if n == 0 and something:
            yield ""
        yield line


def _diff(whole: View, how: How, ask: bool, on: Screen) -> Iterable[str]:
    if not ask and (how.quiet or how.review):
        return ()
    return text.stat_lines(whole, on) if how.stat else text.diff_lines(whole, on)


def _findings(whole: View, how: How, on: Screen) -> Iterator[str]:
    # where something is to be done about each, each is listed
    found = grouped(whole.findings) if whole.command == "verify" else whole.findings
    shown = (f for f in found if not how.quiet or f.severity == "error" or f.code in text.STOPS_WORKING)
    yield from text.findings_lines(shown, on, headings=not how.quiet)
    if whole.keys:
        yield from [""] if whole.findings else []
        yield from text.key_lines(list(whole.keys))


def _has_body(whole: View, how: How) -> bool:
    return bool(whole.findings or whole.changes or whole.keys)


def _document(whole: View, how: How, extra: dict[str, Any] | None = None) -> None:
    from migrate.reports.forms import document

    put_document(document(how.format, whole, extra))


def _not_a_target(how: How, outcome: Outcome) -> None:
    if how.report is not None and any(change.path.resolve() == how.report.resolve() for change in outcome.changes):
        raise Refusal("the report would overwrite a file that is being changed", path=how.report)
