"""What a run with a commit left half done when it was killed: finished where HEAD is there already, else taken back, files and all."""

from contextlib import suppress
from pathlib import Path

from migrate.changes.apply import remove_temporaries
from migrate.changes.journal import Journal, digest, runs
from migrate.changes.state import locked, ready_state, state_folder
from migrate.changes.undo import plan_undo, undo
from migrate.changes.write import look
from migrate.errors import Refusal
from migrate.repositories.move import is_done, take_back


def recover() -> list[str]:
    """Finish or take back every run with a commit that was killed; return those taken back. Raise Refusal where that cannot be done."""
    with suppress(Refusal):
        if not (state_folder() / "runs").is_dir():
            return []
    taken = []
    for journal in runs(state_folder(), damaged=[]):
        if journal.git and journal.state in ("begun", "undoing") and not journal.purged and not _finished(journal):
            taken.append(journal.run)
            _take_back(journal)
    return taken


def _finished(journal: Journal) -> bool:
    """Had everything been done but to say so? Then it is said."""
    if journal.state != "begun" or not all(Path(entry.git_dir).is_dir() for entry in journal.git):
        return False
    if not all(is_done(entry) for entry in journal.git) or any(digest(look(Path(f.path)).data) != f.after for f in journal.files):
        return False
    with locked(ready_state()):
        remove_temporaries(journal)
        journal.state = "done"
        try:
            journal.save()
        except OSError as error:
            raise Refusal(f"the journal cannot be written: {error.strerror}", path=journal.folder) from None
    return True


def _take_back(journal: Journal) -> None:
    with locked(ready_state()):
        remove_temporaries(journal)
        for entry in reversed(journal.git):
            index = None
            if entry.backup is not None:
                with suppress(Refusal):
                    index = look(journal.folder / entry.backup).data
            if Path(entry.git_dir).is_dir():
                take_back(entry, index)
    undo(plan_undo(journal))
