"""The changes of a run on branches and in commits: prepared before the first file changes, taken back where that fails."""

from collections.abc import Callable
from pathlib import Path

from migrate.changes.apply import Applied, apply
from migrate.changes.journal import Journal
from migrate.cli.output import tell
from migrate.keys import mask_key_id
from migrate.masking import printable
from migrate.outcome import Outcome
from migrate.reports.template import STANDARD, fill
from migrate.reports.view import finding_view, shown
from migrate.repositories.git import Repository, check_branch, prepare, repositories_of
from migrate.repositories.move import Move


class Recording:
    """One run's branches and commits."""

    def __init__(self, outcome: Outcome, branch: str | None, commit: bool, template: str | None = None) -> None:
        self.outcome = outcome
        self.branch = branch
        self.commit = commit
        self.template = template
        self._moves: list[Move] = []

    def check(self) -> list[Repository]:
        """The repositories, each fit for it. Raises Refusal where one is not."""
        found = repositories_of(self.outcome.changes)
        check_branch(found, self.branch, self.commit)
        return found

    def write(self, ready: Callable[[str], None]) -> Applied | None:
        """Makes the commits, changes the files, and moves index and HEAD there, all of it or nothing. Raises Refusal; nothing stands then."""
        repositories = self.check()
        self._moves = []
        for r in repositories:
            entries = prepare(r, message(self.outcome, r, self.template, branch=self.branch)) if self.commit else None
            self._moves.append(Move(r, self.branch, entries))
        applied = apply(
            self.outcome.changes,
            command=self.outcome.command,
            replaced=self.outcome.replaced,
            before_commit=ready,
            companion=self,
            paths=self.outcome.paths,
        )
        for r, move in zip(repositories, self._moves, strict=True):
            move.refresh()
            made = f"commit {r.commit[:12]}" if r.commit else "changes"
            tell([f"{printable(shown(str(r.top)))}: {made} on {printable(self.branch or r.branch or 'HEAD')}"])
        return applied

    def note(self, journal: Journal) -> None:
        """Writes down where each HEAD and index was. Raises OSError."""
        for number, move in enumerate(self._moves):
            move.note(journal, number)

    def carry_out(self) -> None:
        """Moves each repository's index and HEAD, or none's. Raises Refusal."""
        done: list[Move] = []
        try:
            for move in self._moves:
                move.carry_out()
                done.append(move)
        except BaseException:
            for move in reversed(done):
                move.take_back()
            raise


def message(
    outcome: Outcome, repository: Repository, template: str | None = None, *, name: str | None = None, branch: str | None = None
) -> str:
    """The commit's message: what went, and what is left in this repository. Masked.

    `template` is the team's own wording (`migrate.reports.template`); `name` what the repository is called in it.
    """
    keys = []
    for key in outcome.replaced:
        took = f"profile {shown(key.profile)}" if key.profile else "the default credential chain"
        keys.append(f"{mask_key_id(key.key)}: {took}")
    left = [f for f in outcome.findings if f.leaves_work and repository.top in Path(f.path).absolute().parents]
    manual = ["Needs manual action:", ""] if left else []
    for finding in map(finding_view, left):
        path = finding.path.removeprefix(f"{repository.top}/")
        manual.append(printable(f"{path}:{finding.line or 1}: {finding.code} {finding.message}"))
    values = {
        "keys": "\n".join(keys),
        "manual": "\n".join(manual),
        "repository": printable(shown(name or repository.top.name)),
        "branch": printable(shown(branch or repository.branch or "")),
    }
    return fill(template or STANDARD, values)
