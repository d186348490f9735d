"""The one way in which files of the user's are changed: lock, look again, back up, journal, write.

Facts that the order rests on: `rename` within a folder is atomic (POSIX), and is lasting once the folder was synced.
So a run that is killed has left each file old or new, and its journal, written before the first change, knows all of them.
"""

import json
import os
import stat
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from migrate.changes.change import Change
from migrate.changes.folder import Folder
from migrate.changes.interrupts import Interrupts
from migrate.changes.journal import JOURNAL, RUN, SECRETS, FileEntry, Journal, KeyEntry, digest, new_run, runs, wipe
from migrate.changes.state import could_be_ready, locked, make_private_folder, may_hold_files, ready_state
from migrate.changes.write import Seen, Step, Transaction, look, remove, sync_folder, write_new
from migrate.errors import Refusal
from migrate.keys import mask_key_id
from migrate.outcome import ReplacedKey


@dataclass(frozen=True, slots=True)
class Applied:
    """A run that was made: its id, and the folder in which its backups lie."""

    run: str
    backups: Path


class Companion(Protocol):
    """What is done with the files, all of it or none, such as a commit of them."""

    def note(self, journal: Journal) -> None:
        """Write down what is about to be done, before anything is. Raise OSError or Refusal."""

    def carry_out(self) -> None:
        """Do it, once the files are written. Raise Refusal, with everything of its own taken back; then the files are put back as well."""


def preflight(changes: Sequence[Change], *, backups: bool = False) -> None:
    """What can be known of failures without writing: raises the Refusal that `apply` would raise. For `--dry-run` and `--check`.

    `backups`: the run would make them, so their folder must be one that can be written.
    """
    if backups and changes:
        could_be_ready()
    for seen, change in zip(_look_all(changes), changes, strict=True):
        if not may_hold_files(seen.real.parent):
            raise Refusal("cannot be written: no permission to write in its folder", path=change.path)


def apply(
    changes: Sequence[Change],
    *,
    command: str,
    replaced: Sequence[ReplacedKey] = (),
    before_commit: Callable[[str], None] | None = None,
    companion: Companion | None = None,
    paths: Sequence[Path] = (),
) -> Applied:
    """Makes the changes in their order, all or none, and gives the run that can be undone.

    `before_commit` is called with the run's id when everything is ready and nothing yet written; what it raises stops
    the run. Raises Refusal (nothing was written, or what was written was put back), KeyboardInterrupt likewise.
    """
    state = ready_state()
    with locked(state), Interrupts() as interrupts:
        clean_up(state)
        seen = _look_all(changes)
        try:
            run, folder = new_run(state)
        except OSError as error:
            raise Refusal(f"the backup could not be created: {error.strerror}", path=state) from None
        journal = Journal(folder, run, command, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
        journal.paths = [str(_absolute(path)) for path in paths]
        journal.keys = [KeyEntry(mask_key_id(r.key), r.profile) for r in replaced]
        made: list[Path] = []
        transaction = None
        try:
            _back_up(journal, changes, seen, interrupts, companion)
            made = _make_folders(seen)
            steps = [Step(s.path, s.real, c.before, c.after, c.mode) for s, c in zip(seen, changes, strict=True)]
            transaction = Transaction(steps, lambda n: journal.files[n].temporary, interrupts)
            transaction.prepare()
            if before_commit is not None:
                before_commit(run)
            transaction.commit(companion.carry_out if companion is not None else None)
            journal.state = "done"
        except BaseException as error:
            if transaction is None or not transaction.stuck:
                _forget(transaction, made, journal)
            if isinstance(error, OSError):
                raise Refusal(f"the backup could not be created: {error.strerror}", path=folder, help="nothing was changed") from None
            raise
        # all is written: should this fail, the journal says `begun`, from which undo works as well
        with suppress(OSError):
            journal.save()
        transaction.clean()
    return Applied(run, folder)


def _look_all(changes: Sequence[Change]) -> list[Seen]:
    seen: list[Seen] = []
    places: dict[Path, Path] = {}
    for change in changes:
        now = look(change.path)
        if now.real in places:
            raise Refusal(f"is the same file as {places[now.real]}", path=change.path)
        places[now.real] = change.path
        if now.data != change.before:
            raise Refusal("was changed after it was read", path=change.path, help="nothing was written; run again")
        now.data = None  # what stands is what was read: one copy in memory is enough
        seen.append(now)
    return seen


def _back_up(
    journal: Journal, changes: Sequence[Change], seen: Sequence[Seen], interrupts: Interrupts, companion: Companion | None
) -> None:
    """Backups first, then the journal, each synced. Raises OSError, and what the companion raises."""
    for n, (change, now) in enumerate(zip(changes, seen, strict=True)):
        interrupts.check()
        backup = None
        if change.before is not None:
            backup = f"{n:05d}.backup"
            write_new(journal.folder / backup, change.before)
        mode, uid, gid = (stat.S_IMODE(now.stat.st_mode), now.stat.st_uid, now.stat.st_gid) if now.stat else (change.mode, None, None)
        temporary = f".aws-sso-migrate-{journal.run}-{n}.tmp"
        entry = FileEntry(
            str(_absolute(change.path)), str(now.real), digest(change.before), digest(change.after), backup, temporary, mode, uid, gid
        )
        journal.files.append(entry)
        folder = now.real.parent
        while not folder.exists() and str(folder) not in journal.folders:
            journal.folders.append(str(folder))
            folder = folder.parent
    secrets = sorted(set().union(*(change.secrets for change in changes)))
    if secrets:
        write_new(journal.folder / SECRETS, json.dumps(secrets).encode())
    if companion is not None:
        companion.note(journal)
    journal.save()


def _absolute(path: Path) -> Path:
    return path if path.is_absolute() else Path.cwd() / path


def _make_folders(seen: Sequence[Seen]) -> list[Path]:
    """The folders of new files. Raises Refusal where one cannot be made; those made before it are gone again then."""
    made: list[Path] = []
    for now in seen:
        try:
            new = make_private_folder(now.real.parent)
            made += new
            for folder in new:
                sync_folder(folder.parent)
        except OSError as error:
            remove_folders(made)
            raise Refusal(f"its folder cannot be created: {error.strerror}", path=now.path) from None
    return made


def remove_folders(made: Sequence[Path]) -> None:
    """Remove folders that were made, the last first, as far as nothing is in them."""
    for path in reversed(made):
        with suppress(OSError), Folder(Path(os.path.realpath(path.parent))) as folder:
            folder.rmdir(path.name)


def _forget(transaction: Transaction | None, made: Sequence[Path], journal: Journal) -> None:
    """Removes every trace of a run that changed nothing in the end; its backups are copies of what still stands.

    What could not be cleaned up keeps the journal, by which `undo` finds it.
    """
    if transaction is not None:
        transaction.clean()
    remove_folders(made)
    if all(_untouched(entry) for entry in journal.files):
        with suppress(OSError):
            wipe(journal.folder)


def clean_up(state: Path) -> None:
    """Removes what killed runs left: temporary files beside the user's, backups without a journal, runs that changed nothing.

    The caller holds the lock, so whatever looks unfinished is. Never raises for what it cannot remove.
    """
    with suppress(OSError):
        for folder in sorted((state / "runs").iterdir()):
            if RUN.fullmatch(folder.name) and not folder.is_symlink() and not (folder / JOURNAL).exists():
                with suppress(OSError):
                    wipe(folder)
    with suppress(OSError):
        for journal in runs(state, damaged=[]):
            if journal.state not in ("begun", "undoing"):
                continue
            remove_temporaries(journal)
            if journal.git:
                continue  # `migrate.repositories.recover` sees to those with a commit
            if journal.state == "begun" and all(_untouched(entry) for entry in journal.files):
                remove_folders([Path(f) for f in reversed(journal.folders)])
                with suppress(OSError):
                    wipe(journal.folder)


def remove_temporaries(journal: Journal) -> None:
    """Remove the temporary files of a run that was killed. What cannot be removed stays."""
    for entry in journal.files:
        with suppress(OSError):
            remove(Path(entry.real).with_name(entry.temporary))


def _untouched(entry: FileEntry) -> bool:
    try:
        return digest(look(Path(entry.path)).data) == entry.before
    except Refusal:
        return False
