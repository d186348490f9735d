"""Takes a run back: what `undo` would change, and how it is written so that a killed undo can be run again."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from migrate.changes.apply import clean_up, remove_folders
from migrate.changes.change import Change
from migrate.changes.folder import cut_name
from migrate.changes.interrupts import Interrupts
from migrate.changes.journal import JOURNAL, RUN, FileEntry, Journal, digest, load, runs, wipe
from migrate.changes.state import locked, make_private_folder, ready_state, state_folder
from migrate.changes.write import Seen, Step, Transaction, look, remove, sync_folder, write_new
from migrate.errors import Refusal
from migrate.nearest import did_you_mean


@dataclass(frozen=True, slots=True)
class Undo:
    """A run to be taken back: its journal, what would change, and the files changed since, whose version is kept beside."""

    journal: Journal
    changes: tuple[Change, ...]
    entries: tuple[FileEntry, ...] = field(repr=False)
    kept: tuple[Path, ...] = ()


def all_runs() -> tuple[list[Journal], list[str]]:
    """Every run, newest first, and the ids of those whose journal is damaged. Raises Refusal where there can be no state folder."""
    damaged: list[str] = []
    return list(runs(state_folder(), damaged)), damaged


def newest() -> Journal | None:
    """The newest run that can be taken back; None where there is none. Raises Refusal where a journal before it is damaged."""
    return next((journal for journal in runs(state_folder()) if journal.undoable), None)


def folder_of(run: str) -> Path:
    """The folder of the run of that id. Raises Refusal where there is none."""
    folder = state_folder() / "runs" / run
    if not RUN.fullmatch(run) or not (folder / JOURNAL).is_file():
        near = did_you_mean(run, (journal.run for journal in all_runs()[0]))
        raise Refusal(f"there is no run {run}", help="\n".join(filter(None, [near, "list all runs with `aws-sso-migrate undo --list`"])))
    return folder


def plan_undo(journal: Journal, *, force: bool = False) -> Undo:
    """What taking `journal`'s run back would change; reads and decides, writes nothing.

    The files come in the opposite of the order in which they were written. Raises Refusal where the backups are gone or damaged, and,
    unless `force`, where a file is neither as the run left it nor as it was before.
    """
    if journal.purged:
        raise Refusal(f"the backups of run {journal.run} were deleted", help="the run can no longer be undone")
    secrets = journal.secrets()
    changes: list[Change] = []
    entries: list[FileEntry] = []
    kept: list[Path] = []
    for entry in reversed(journal.files):
        path = Path(entry.path)
        seen = look(path)
        now = digest(seen.data)
        if now == entry.before:
            continue
        if now != entry.after or str(seen.real) != entry.real:
            if not force:
                raise Refusal(
                    f"was changed after run {journal.run}",
                    path=path,
                    help=_help_for_changed(journal, entry),
                )
            if seen.data is not None:
                kept.append(seen.real)
        before = None if entry.before is None else journal.backup(entry)
        changes.append(Change(path, seen.data, before, secrets, entry.mode))
        entries.append(entry)
    return Undo(journal, tuple(changes), tuple(entries), tuple(kept))


def _help_for_changed(journal: Journal, entry: FileEntry) -> str:
    """What to do about a file that is not as the run left it: a later run of this program may be the reason."""
    help = "`--force` restores the old version and keeps a copy of the current one next to it"
    for later in runs(state_folder(), damaged=[]):
        if later.run <= journal.run:
            break
        if later.undoable and any(other.real == entry.real for other in later.files):
            return f"run {later.run} changed it later: first run `aws-sso-migrate undo {later.run}`\n{help}"
    return help


def undo(plan: Undo, before_commit: Callable[[str], None] | None = None) -> list[Path]:
    """Puts everything back, all or nothing, and gives the files that were kept beside. Raises Refusal and KeyboardInterrupt as `apply`.

    The journal says `undoing` from before the first change on: a killed undo is taken up where it was by running it again.
    """
    journal = plan.journal
    state = ready_state()
    with locked(state), Interrupts() as interrupts:
        if load(journal.folder).state != journal.state:
            raise Refusal(f"another aws-sso-migrate process changed run {journal.run}", help="run again")
        clean_up(state)
        if not (journal.folder / JOURNAL).exists():  # killed before it changed anything, and forgotten now
            return []
        seen = [look(change.path) for change in plan.changes]
        for now, change in zip(seen, plan.changes, strict=True):
            if now.data != change.before:
                raise Refusal("was changed after it was read", path=change.path, help="nothing was written; run again")
        was = journal.state
        made: list[Path] = []
        kept: list[Path] = []
        transaction: Transaction | None = None
        try:
            journal.state = "undoing"
            journal.save()
            kept = _keep_beside(plan, seen)
            for now in seen:
                made += make_private_folder(now.real.parent)
            steps = [_step(now, change, entry) for now, change, entry in zip(seen, plan.changes, plan.entries, strict=True)]
            names = [entry.temporary for entry in plan.entries]
            transaction = Transaction(steps, lambda n: names[n], interrupts)
            transaction.prepare()
            if before_commit is not None:
                before_commit(journal.run)
            transaction.commit()
        except BaseException as error:
            if transaction is None or not transaction.stuck:
                _take_back(journal, was, transaction, [*kept], made)
            if isinstance(error, OSError):
                raise Refusal(f"cannot be written: {error.strerror}", path=error.filename or journal.folder) from None
            raise
        transaction.clean()
        # deepest first, and only what the run made and nobody has used since
        remove_folders([Path(folder) for folder in reversed(journal.folders)])
        journal.state = "undone"
        with suppress(OSError):
            journal.save()
    return kept


def _step(now: Seen, change: Change, entry: FileEntry) -> Step:
    owner = None if entry.uid is None or entry.gid is None else (entry.uid, entry.gid)
    return Step(change.path, now.real, change.before, change.after, entry.mode, owner)


def _keep_beside(plan: Undo, seen: list[Seen]) -> list[Path]:
    """Copies of the versions that were changed since the run, 0600 beside the file. Raises OSError."""
    out: list[Path] = []
    try:
        for now in seen:
            if now.real not in plan.kept or now.data is None:
                continue
            number = 0
            while True:
                path = now.real.with_name(cut_name("", now.real.name, f".kept-{plan.journal.run}{f'-{number}' if number else ''}"))
                try:
                    write_new(path, now.data)
                except FileExistsError:
                    number += 1
                    continue
                break
            out.append(path)
            sync_folder(path.parent)
    except BaseException:
        for written in out:
            with suppress(OSError):
                remove(written)
        raise
    return out


def _take_back(journal: Journal, state: str, transaction: Transaction | None, kept: list[Path], made: list[Path]) -> None:
    if transaction is not None:
        transaction.clean()
    for path in kept:
        with suppress(OSError):
            remove(path)
    remove_folders(made)
    journal.state = state  # type: ignore[assignment]
    with suppress(OSError):
        journal.save()


def purge(run: str) -> None:
    """Wipes the backups of a run; the journal stays, and says so, or goes as well where it is damaged. Raises Refusal where that fails."""
    state = ready_state()
    folder = state / "runs" / run
    with locked(state):
        try:
            try:
                journal = load(folder)
            except Refusal:
                wipe(folder)
                return
            # noted last: a purge that is killed must not leave backups in a run that says that it has none
            wipe(folder, keep=[JOURNAL])
            journal.purged = True
            journal.save()
        except OSError as error:
            raise Refusal(f"the backups could not be deleted: {error.strerror}", path=folder) from None
