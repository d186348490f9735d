"""The changes of a run on branches and in commits: prepared before the first file changes, taken back where that fails."""

from collections.abc import Callable, Sequence
from pathlib import Path

from migrate.changes.apply import Applied, apply
from migrate.cli.output import tell
from migrate.errors import Refusal
from migrate.keys import mask_key_id
from migrate.masking import printable
from migrate.outcome import Outcome
from migrate.reports.view import finding_view, shown
from migrate.repositories.git import Repository, check_branch, drop_branches, finish, make_branches, prepare, repositories_of


class Recording:
    """One run's branches and commits."""

    def __init__(self, outcome: Outcome, branch: str | None, commit: bool) -> None:
        self.outcome = outcome
        self.branch = branch
        self.commit = commit

    def check(self) -> list[Repository]:
        """The repositories, each fit for it. Raises Refusal where one is not."""
        found = repositories_of(self.outcome.changes)
        check_branch(found, self.branch, self.commit)
        return found

    def write(self, ready: Callable[[str], None]) -> Applied | None:
        """Makes commits, branches and changes, in this order, and points HEAD there. Raises Refusal; nothing stands then."""
        repositories = self.check()
        if self.commit:
            for r in repositories:
                prepare(r, message(self.outcome, r))
        branched: Sequence[Repository] = ()

        def before(run: str) -> None:
            nonlocal branched
            ready(run)
            if self.branch is not None:
                make_branches(repositories, self.branch)
                branched = repositories

        try:
            applied = apply(self.outcome.changes, command=self.outcome.command, replaced=self.outcome.replaced, before_commit=before)
        except BaseException:
            if self.branch is not None:
                drop_branches(branched, self.branch)
            raise
        for r in repositories:
            where = printable(shown(str(r.top)))
            try:
                finish(r, self.branch)
            except Refusal as refusal:
                tell([f"aws-sso-migrate: {where}: the files are changed, but git was not told: {refusal.message}"])
            else:
                made = f"commit {r.commit[:12]}" if r.commit else "changes"
                tell([f"{where}: {made} on {printable(self.branch or r.branch or 'HEAD')}"])
        return applied


def message(outcome: Outcome, repository: Repository) -> str:
    """The commit's message: what went, and what is left in this repository. Masked."""
    lines = ["Let AWS profiles take the place of hardcoded keys", ""]
    for key in outcome.replaced:
        took = f"profile {shown(key.profile)}" if key.profile else "the default credential chain"
        lines.append(f"{mask_key_id(key.key)}: {took}")
    left = [f for f in outcome.findings if f.leaves_work and repository.top in Path(f.path).absolute().parents]
    if left:
        lines += ["", "Left for a person:", ""]
        for finding in map(finding_view, left):
            path = finding.path.removeprefix(f"{repository.top}/")
            lines.append(printable(f"{path}:{finding.line or 1}: {finding.code} {finding.message}"))
    return "\n".join([*lines, "", "Made by aws-sso-migrate."]) + "\n"
