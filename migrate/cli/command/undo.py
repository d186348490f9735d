"""`undo`: puts back what a run changed; `--list` shows the runs, `--purge` wipes a run's backups."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrate.changes.apply import Applied
from migrate.changes.journal import SECRETS, Journal, load
from migrate.cli import completion
from migrate.cli.options import CHANGING, Given, How, with_options
from migrate.cli.output import done_something, put, tell
from migrate.errors import Refusal
from migrate.masking import printable
from migrate.outcome import Outcome

if TYPE_CHECKING:
    from migrate.findings import Finding

_NOTHING = "There is nothing to undo."


@with_options(CHANGING, "stat")
def undo(
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="[RUN]", autocompletion=completion.runs, help="The run to undo (default: the latest run that can be undone)."
        ),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List all runs, newest first.")] = False,
    purge: Annotated[
        str | None,
        typer.Option(
            "--purge",
            metavar="RUN",
            autocompletion=completion.runs,
            help="Delete the backups of a run, which can then no longer be undone.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also restore files that were changed since; their current version is kept next to them.")
    ] = False,
    *,
    given: Given,
) -> int:
    """Undo a run of config, code or run.

    Restores every file that the run changed, deletes files it created and recreates files it deleted. Files that were changed since are
    not overwritten unless --force is given.
    """
    if sum((list_, purge is not None, run is not None)) > 1 or (force and (list_ or purge is not None)):
        raise Refusal(
            "RUN, --list and --purge cannot be used together, and --force only works when undoing a run", help="use only one of them"
        )
    if list_:
        return _list(given.to_show())
    if (named := purge or run) is not None:
        from migrate.changes.undo import folder_of

        folder_of(named)  # whoever names a run that does not exist hears of that first
    how = given.to_change()
    return _purge(purge, how) if purge is not None else _undo(run, force, how)


def _nothing(said: str, how: How) -> int:
    """There is nothing to be done: says so, and gives the exit status."""
    from migrate.cli.settle import show

    tell([said])
    return show(Outcome("undo"), how) if how.format != "text" or how.report else 0


def _undo(run: str | None, force: bool, how: How) -> int:
    from migrate.changes import undo as engine
    from migrate.cli.settle import settle

    if not (how.dry_run or how.check):
        from migrate.repositories.recover import recover

        taken = recover()
        tell(f"Run {half} was interrupted; undoing it." for half in taken)
        if taken and run in (None, *taken):
            return settle(Outcome("undo"), how)
    journal = engine.newest() if run is None else load(engine.folder_of(run))
    if journal is None or not (journal.undoable or journal.purged):
        return _nothing(_NOTHING if journal is None else f"Run {journal.run} is {_state(journal)}: nothing to undo.", how)
    plan = engine.plan_undo(journal, force=force)

    def write(ready: Callable[[str], None]) -> Applied:
        for path in engine.undo(plan, ready):
            tell([f"The previous version was saved as {printable(str(path))}"])
        return Applied(plan.journal.run, plan.journal.folder)

    outcome = Outcome("undo", changes=plan.changes, findings=_ended(journal) if plan.changes else [], files=len(journal.files))
    status = settle(outcome, how, write=write, question="Apply?", keep=False)
    looked = how.dry_run or how.check
    if status == 0 and not looked and not plan.changes:
        engine.undo(plan)  # all stands as before the run, whoever saw to that: note it, so that the next undo takes the run before
    if status == 0 and not looked:
        tell([f"Undid run {journal.run}. Its backups are kept until you run `aws-sso-migrate undo --purge {journal.run}`."])
    return status


def _ended(journal: Journal) -> "list[Finding]":
    """The run's keys that `retire` has ended since. A note of its own that is damaged stops no undo."""
    from migrate.online.keys.replaced import ended_keys

    try:
        return ended_keys(journal)
    except Refusal as refusal:
        tell([f"The status of the run's keys is unknown: {printable(str(refusal.path))} {refusal.message}"])
        return []


def _purge(run: str, how: How) -> int:
    from migrate.changes import undo as engine
    from migrate.cli.ask import agreed
    from migrate.cli.settle import show

    folder = engine.folder_of(run)
    backups = [path for path in folder.iterdir() if path.name.endswith(".backup") and path.name != SECRETS]
    if not backups and not (folder / SECRETS).exists():
        tell([f"Run {run} has no backups, or they were already deleted."])
        return show(Outcome("undo"), how)
    lines = [f"delete {len(backups)} backups of run {run} in {printable(str(folder))}"]
    if how.format == "text":
        put(lines)
    else:
        tell(lines)
    if how.check:
        show(Outcome("undo"), how)
        return 1
    if not how.dry_run:
        if how.asks and not agreed("Delete them? The run can then no longer be undone."):
            tell(["Nothing was changed."])
            return 1
        engine.purge(run)
        done_something()
        tell([f"Deleted the backups of run {run}."])
    return show(Outcome("undo"), how) if how.format != "text" or how.report else 0


def _list(how: How) -> int:
    from migrate.changes.undo import all_runs
    from migrate.cli.settle import show

    journals, damaged = all_runs()
    tell(f"The journal of run {run} is damaged: the run can be purged, but not undone." for run in damaged)
    if how.format != "text" or how.report:
        show(Outcome("undo"), how, extra={"runs": [_row(journal) for journal in journals]})
    if how.format == "text":
        put(_line(journal, how.verbose) for journal in journals)
        if not journals:
            print("No runs yet.", file=sys.stderr)
    return 0


def _row(journal: Journal) -> dict[str, Any]:
    from migrate.reports.view import shown, shown_path

    return {
        "run": journal.run,
        "time": journal.time,
        "command": journal.command,
        "state": _state(journal),
        "files": [shown_path(entry.path) for entry in journal.files],
        "keys": [{"key": shown(entry.key), "profile": entry.profile and shown(entry.profile)} for entry in journal.keys],
        "backups": None if journal.purged else shown_path(str(journal.folder)),
    }


def _line(journal: Journal, verbose: bool) -> str:
    from migrate.reports.layout import short_path

    row = _row(journal)
    row["files"] = [short_path(path) for path in row["files"]]
    files = row["files"] if verbose or len(row["files"]) <= 3 else [*row["files"][:2], f"and {len(row['files']) - 2} more"]
    return printable(f"{row['run']}  {row['time']}  {row['command']:<7} {row['state']:<16} {', '.join(files)}")


def _state(journal: Journal) -> str:
    words = {"begun": "interrupted", "done": "done", "undoing": "partly undone", "undone": "undone"}
    return words[journal.state] + (", purged" if journal.purged else "")
