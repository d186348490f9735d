"""HEAD and index of one repository, moved to a new commit or taken back: whole or not at all, whenever the program is ended.

The order: the files (by `migrate.changes.apply`), the index, HEAD. So a plain `git commit` after a kill never brings the old files back:
where HEAD is new, the index is too. The index is made ready beside and takes the name by git's own lock (`index.lock`), so git and we never
write at once. What a kill leaves half done is in the run's journal, and `recover` takes it back.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from migrate.changes.folder import Folder
from migrate.changes.journal import GitEntry, Journal, digest
from migrate.changes.write import look, write_new
from migrate.errors import Refusal
from migrate.repositories.git import Repository, update_index
from migrate.repositories.sealed import output, safely, sealed

_INDEX, _LOCK = "index", "index.lock"
_NEW = "aws-sso-migrate.index"
"""The new index, until it is given its name."""


class Move:
    """What is to become of HEAD, branch and index of a repository. `entries` are those of the index that differ (None: no commit is made)."""

    def __init__(self, repository: Repository, branch: str | None, entries: list[str] | None) -> None:
        """Makes the new index ready. Raises Refusal."""
        self._repository = repository
        self._folder = Path(os.path.realpath(sealed(repository.top).git_dir))
        self._before = look(self._folder / _INDEX)
        self._after: bytes | None = None
        if entries is not None:
            self._after = self._made(entries)
        ref = None if repository.branch is None else f"refs/heads/{repository.branch}"
        self.entry = GitEntry(
            str(repository.top), str(self._folder), ref, repository.head, repository.commit or repository.head, branch,
            digest(self._before.data), digest(self._after), None,
        )  # fmt: skip

    def _made(self, entries: list[str]) -> bytes:
        """The new index. git writes it, beside the old, since a split one has its other part there."""
        place = self._folder / _NEW
        try:
            with Folder(self._folder) as folder:
                with suppress(FileNotFoundError):
                    folder.unlink(_NEW)
                folder.write_new(_NEW, self._before.data or b"")
            update_index(self._repository, place, entries)
            return look(place).data or b""
        except OSError as error:
            raise Refusal(f"the index cannot be written: {error.strerror}", path=place) from None
        finally:
            with suppress(OSError), Folder(self._folder) as folder:
                folder.unlink(_NEW)

    def note(self, journal: Journal, number: int) -> None:
        """Writes down what is about to be done, with the old index. Raises OSError."""
        if self._after is not None and self._before.data is not None:
            self.entry.backup = f"{number:05d}.index"
            write_new(journal.folder / self.entry.backup, self._before.data)
        journal.git.append(self.entry)

    def carry_out(self) -> None:
        """Does it. Raises Refusal, with what was done taken back."""
        try:
            if self.entry.branch is not None:
                _git(
                    self.entry,
                    "update-ref",
                    "--create-reflog",
                    f"refs/heads/{self.entry.branch}",
                    self.entry.new,
                    "0" * len(self.entry.old),
                )
            if self._after is not None:
                swap_index(self._folder, self.entry.index_before, self._after)
            if self.entry.branch is not None:
                _git(self.entry, "symbolic-ref", "-m", "aws-sso-migrate", "HEAD", f"refs/heads/{self.entry.branch}")
            elif self.entry.new != self.entry.old:
                _git(self.entry, "update-ref", "-m", "commit: aws-sso-migrate", "HEAD", self.entry.new, self.entry.old)
        except BaseException:
            self.take_back()
            raise

    def take_back(self) -> None:
        """Takes back what `carry_out` has done."""
        take_back(self.entry, self._before.data)

    def refresh(self) -> None:
        """Lets git see that the files are those of the new index. What fails costs git a look."""
        with suppress(Refusal):
            _git(self.entry, "update-index", "-q", "--refresh")


def is_done(entry: GitEntry) -> bool:
    """Is HEAD where the run was to put it? Then all before it is done too. Raises Refusal."""
    if entry.branch is not None:
        return head_ref(entry) == f"refs/heads/{entry.branch}" and _oid(entry, "HEAD") == entry.new
    return head_ref(entry) == entry.ref and _oid(entry, "HEAD") == entry.new != entry.old


def head_ref(entry: GitEntry) -> str | None:
    """The branch that HEAD is on. None where it is on none."""
    try:
        return _git(entry, "symbolic-ref", "--quiet", "HEAD").strip()
    except Refusal:
        return None


def take_back(entry: GitEntry, index: bytes | None) -> None:
    """Puts HEAD, index and branch back as they were, as far as the run has moved them and nobody else since. Raises Refusal."""
    if entry.branch is not None:
        if head_ref(entry) == f"refs/heads/{entry.branch}":
            if entry.ref is not None:
                _git(entry, "symbolic-ref", "-m", "aws-sso-migrate: undone", "HEAD", entry.ref)
            else:
                _git(entry, "update-ref", "--no-deref", "-m", "aws-sso-migrate: undone", "HEAD", entry.old)
    elif entry.new != entry.old and head_ref(entry) == entry.ref and _oid(entry, "HEAD") == entry.new:
        _git(entry, "update-ref", "-m", "aws-sso-migrate: undone", "HEAD", entry.old, entry.new)
    folder = Path(entry.git_dir)
    _drop_own_lock(folder, entry)
    if entry.index_after is not None and index is not None and _digest(folder, _INDEX) == entry.index_after:
        swap_index(folder, entry.index_after, index)
    if entry.branch is not None and _oid(entry, f"refs/heads/{entry.branch}") == entry.new:
        _git(entry, "update-ref", "-d", f"refs/heads/{entry.branch}", entry.new)


def swap_index(path: Path, before: str | None, after: bytes) -> None:
    """Puts a new index in the place of the one whose sha256 is `before`, under git's own lock. Raises Refusal; the old one stands then."""
    try:
        with Folder(path) as folder:
            seen = look(path / _INDEX)
            mode = stat.S_IMODE(seen.stat.st_mode) if seen.stat else 0o644
            owner = (seen.stat.st_uid, seen.stat.st_gid) if seen.stat else None
            with suppress(FileNotFoundError):
                folder.unlink(_NEW)
            folder.write_new(_NEW, after, mode, owner=owner)
            try:
                folder.link(_NEW, _LOCK)
            except FileExistsError:
                raise Refusal(
                    "another git process is running in the repository, or was interrupted there",
                    path=path / _LOCK,
                    help="wait, or remove the lock, then run again",
                ) from None
            finally:
                folder.unlink(_NEW)
            if _digest(path, _INDEX) != before:
                folder.unlink(_LOCK)
                raise Refusal("the index was changed after it was read", path=path / _INDEX, help="nothing was written; run again")
            folder.rename(_LOCK, _INDEX)
            folder.sync()
    except OSError as error:
        raise Refusal(f"the index cannot be written: {error.strerror}", path=path) from None


def _drop_own_lock(path: Path, entry: GitEntry) -> None:
    """Removes the lock that a killed run has left. One of git's is left alone."""
    with suppress(OSError), Folder(path) as folder:
        for name in (_LOCK, f"{_NEW}.lock", _NEW):
            if folder.has(name) and (
                name != _LOCK or (entry.index_after and _digest(path, name) in (entry.index_after, entry.index_before))
            ):
                folder.unlink(name)


def _digest(folder: Path, name: str) -> str | None:
    return digest(look(folder / name).data)


def _oid(entry: GitEntry, name: str) -> str | None:
    try:
        return _git(entry, "rev-parse", "--verify", "--quiet", name).strip()
    except Refusal:
        return None


def _git(entry: GitEntry, *args: str) -> str:
    top = Path(entry.top)
    return output(top, *safely(top, *args), name=args[0])
