"""`code`: hardcoded AWS keys leave Python sources and notebooks, profiles take their place."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from migrate.cli import completion
from migrate.cli.options import CHANGING, Given, How, with_options

if TYPE_CHECKING:
    from migrate.changes.apply import Applied
    from migrate.cli.review import Review as Reviewer
    from migrate.cli.review import Reviewable
    from migrate.codemod.run.engine import CodeRequest, Repository
    from migrate.codemod.run.review import CodeReview
    from migrate.outcome import Group, Outcome


class Target(StrEnum):
    """What takes the keys' place."""

    profile = "profile"
    default_chain = "default-chain"


Environment = Annotated[
    bool,
    typer.Option(
        "--environment",
        help="Remove arguments that pass standard variables, such as AWS_ACCESS_KEY_ID, from the environment: the SDK reads them anyway.",
    ),
]
AllowMissing = Annotated[bool, typer.Option("--allow-missing-profile", help="Allow profiles that do not exist on this machine.")]

MapKey = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY_ID=PROFILE", autocompletion=completion.keys_to_map, help="Replace a key with this profile (can be repeated)."
    ),
]
AnyProfile = Annotated[
    str | None,
    typer.Option(metavar="PROFILE", autocompletion=completion.profiles, help="Replace all keys that are not mapped with this profile."),
]
TargetOption = Annotated[
    Target | None,
    typer.Option(help="What replaces the keys: a profile (default), or nothing, so that the default credential chain applies."),
]
OtherAccount = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PROFILE",
        autocompletion=completion.profiles,
        help="Confirm that this profile is of another account than its key (can be repeated).",
    ),
]
Exclude = Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Skip matching paths, as in .gitignore (can be repeated).")]

Unrelated = Annotated[
    list[str] | None,
    typer.Option(
        metavar="GLOB",
        help="Matching files have nothing to do with keys elsewhere: what they patch, set or may read does not prevent a rewrite (can be repeated).",
    ),
]


@dataclass(frozen=True)
class Options:
    """Options of `code` that commands around it share."""

    environment: bool = False
    allow_missing_profile: bool = False
    other_account: tuple[str, ...] = ()
    unrelated: tuple[str, ...] = ()


@with_options(CHANGING, "review", "stat")
def code(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders or repositories.")],
    plan: Annotated[Path | None, typer.Option(metavar="FILE", help="Read key mappings and targets from this plan.")] = None,
    map_key: MapKey = None,
    profile: AnyProfile = None,
    target: TargetOption = None,
    environment: Environment = False,
    allow_missing_profile: AllowMissing = False,
    other_account: OtherAccount = None,
    exclude: Exclude = None,
    unrelated: Unrelated = None,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Number of processes (default: number of cores).")] = None,
    git_branch: Annotated[str | None, typer.Option(metavar="NAME", help="Make the changes on a new branch in each repository.")] = None,
    git_commit: Annotated[bool, typer.Option("--git-commit", help="Commit the changes in each repository.")] = False,
    commit_message: Annotated[
        str | None,
        typer.Option(metavar="TEXT|@FILE", help="Template of the commit message ($keys, $manual, $repository, $branch)."),
    ] = None,
    *,
    given: Given,
) -> int:
    """Replace hardcoded keys in Python code with profiles.

    Traces each key through the program to the calls that sign with it. Code that cannot be rewritten safely is left unchanged and
    reported with the reason.
    """
    how = given.to_change()
    from migrate.cli.progress import progress
    from migrate.cli.settle import settle
    from migrate.codemod.run.engine import outcome_of, rewrite_roots

    on_git = git_branch is not None or git_commit
    message = None if commit_message is None else _message(commit_message, git_commit)
    if on_git and not (how.dry_run or how.check):
        _recover()
    repositories: list[Repository] = []
    stray = []
    with progress(how) as say:
        more_options = Options(environment, allow_missing_profile, tuple(other_account or ()), tuple(unrelated or ()))
        for request in requests_for(paths, plan, map_key or [], profile, target, exclude or [], jobs, say, options=more_options):
            roots, more = rewrite_roots(request)
            repositories += roots
            stray += more
    outcome = replace(outcome_of(repositories, stray), paths=tuple(path.absolute() for path in paths))
    if git_commit and outcome.changes:
        outcome = _without_hidden(outcome)
    if how.review:
        if on_git and outcome.changes:
            _on_git(outcome, git_branch, git_commit, message)  # a tree that is not fit for it is told before the first question
        outcome = reviewed(outcome, how)
    write = _on_git(outcome, git_branch, git_commit, message) if outcome.changes and on_git else None
    return settle(
        outcome,
        how,
        write=write,
        table=lambda: _table(repositories, outcome, how),
        next_steps=lambda applied: _next_steps(outcome, plan, again(how)) if applied or how.review else [],
    )


def again(how: How) -> list[str]:
    """Return what is to be said where a part of a review was skipped."""
    return ["run the same command again to review what was skipped"] if how.review else []


def _next_steps(outcome: "Outcome", plan: Path | None, skipped: list[str]) -> list[str]:
    """Return what comes after a rewrite: profiles that still have keys are converted first, and keys are retired last."""
    import shlex

    from migrate.cli.settle import RETIRE_CODE
    from migrate.codemod.keys.mapping import profiles_with_keys

    more = skipped if any(f.code == "AWS193" for f in outcome.findings) else []
    if not outcome.changes:
        return more
    static = sorted({r.profile for r in outcome.replaced if r.profile is not None} & profiles_with_keys())
    if static:
        name = f"profile {static[0]} still has" if len(static) == 1 else f"{len(static)} of the profiles still have"
        command = shlex.join(["aws-sso-migrate", "config", "--plan", str(plan)]) if plan is not None else "aws-sso-migrate plan"
        return ["run your tests", f"{command}   # {name} static keys", *more]
    return ["run your tests", "aws-sso-migrate verify", *([RETIRE_CODE] if outcome.retirable else []), *more]


def _recover() -> None:
    """What a killed run with a commit left half done is finished or taken back first. Raises Refusal."""
    from migrate.cli.output import tell
    from migrate.repositories.recover import recover

    for run in recover():
        tell([f"Run {run} was interrupted; undoing it."])


def _without_hidden(outcome: "Outcome") -> "Outcome":
    """The outcome without files that their owner hid from git, and what goes with them. Raises Refusal where git cannot be asked."""
    from migrate.codemod.run.review import CodeReview
    from migrate.repositories.git import hidden_from_git

    hidden = set(hidden_from_git(outcome.changes))
    if not hidden:
        return outcome
    review = CodeReview(outcome)
    for part in list(review.parts):
        if hidden.isdisjoint(part.paths):
            review.settle(part, True)
        else:
            review.leave(
                part,
                "left unchanged: it is marked assume-unchanged or skip-worktree in git, and a commit would include it",
                "run without --git-commit, or run git update-index --no-assume-unchanged --no-skip-worktree",
            )
    return review.outcome()


def reviewed(outcome: "Outcome", how: How, reviewer: "Reviewer | None" = None, without: Collection[str] = ()) -> "Outcome":
    """What a person has taken of the changes of code. `reviewer` where others were reviewed before; `without`: profiles left there.

    Raises KeyboardInterrupt.
    """
    from migrate.cli.review import Review as Reviewer
    from migrate.codemod.run.review import CodeReview

    review = CodeReview(outcome, without)
    asker = reviewer or Reviewer(how)
    for number, part in enumerate(review.parts, 1):
        review.settle(part, asker.takes(_reviewable(review, part), number, len(review.parts)))
    return review.outcome()


def _reviewable(review: "CodeReview", part: "Group") -> "Reviewable":
    from migrate.cli.review import Reviewable

    return Reviewable(
        review.title(part),
        lambda: review.shown(part),
        lambda: review.texts(part),
        lambda new: review.edit(part, new),
        lambda: review.breaks(part),
    )


def requests_for(
    paths: list[Path],
    plan: Path | None,
    map_key: list[str],
    profile: str | None,
    target: Target | None,
    exclude: list[str],
    jobs: int | None,
    say: Callable[[str], None],
    after: tuple[bytes, bytes] | None = None,
    options: Options = Options(),
) -> "list[CodeRequest]":
    """One request for all paths with the same settings; `after` as `mapping_from` takes it. Raises Refusal."""
    from migrate.codemod.data.around.targets import Targets
    from migrate.codemod.keys.mapping import check_profiles, mapping_from, named_pairs
    from migrate.codemod.run.engine import CodeRequest
    from migrate.plan import load_plan
    from migrate.tree.files import project_root
    from migrate.tree.pyproject import Settings, settings_for

    mapping_from(map_key, plan, profile, False)  # what the command line says must hold by itself
    by_settings: dict[Settings, list[Path]] = {}
    for path in paths:
        absolute = path.absolute()
        folder = absolute if absolute.is_dir() else absolute.parent
        by_settings.setdefault(settings_for(absolute, project_root(folder)), []).append(path)

    def asked(settings: Settings, its: list[Path], below: Path | None = None) -> CodeRequest:
        named = {pair.partition("=")[0] for pair in map_key}
        pairs = map_key + [p for p in settings.map_key if p.partition("=")[0] not in named]
        chain = target is Target.default_chain or (target is None and settings.target == Target.default_chain)
        its_plan, default = plan or settings.plan, profile or settings.profile
        mapping = mapping_from(pairs, its_plan, default, chain, after, (*options.other_account, *settings.other_account))
        loaded = load_plan(its_plan) if its_plan is not None else None
        if not options.allow_missing_profile and not settings.allow_missing_profile:
            planned = loaded.keys.values() if loaded is not None else ()
            check_profiles(mapping, [*named_pairs(pairs).values(), *planned, *([default] if default else [])], its_plan, after)
        patterns = [(below, exclude), (settings.folder, settings.exclude)]
        unrelated = [(below, options.unrelated), (settings.folder, settings.unrelated)]
        said: Literal["profile", "default-chain"] | None = target.value if target is not None else None
        rest: Literal["profile", "default-chain"] | None = settings.target  # type: ignore[assignment]
        patterns_of = loaded.targets.items() if loaded is not None else ()
        targets = Targets(said, tuple(patterns_of), rest)
        return CodeRequest(
            its, mapping, patterns, settings.ignore, jobs or settings.jobs or 0, say, nested if below is None else None,
            environment=options.environment or settings.environment or (loaded is not None and loaded.environment), targets=targets,
            unrelated=unrelated,
        )  # fmt: skip

    def nested(root: Path) -> CodeRequest | None:
        settings = settings_for(root, root)
        above = next((p.absolute() for p in paths if p.absolute() in root.parents), root)
        return asked(settings, [root], above) if settings.path is not None else None

    return [asked(settings, its) for settings, its in by_settings.items()]


def _message(given: str, commit: bool) -> str:
    """The template of the commit message. Raises Refusal where there is no commit to make, and where it does not hold."""
    from migrate.errors import Refusal
    from migrate.reports import template

    if not commit:
        raise Refusal("--commit-message can only be used with --git-commit", help="add --git-commit")
    return template.read(given, template.MESSAGE, "--commit-message")


def _on_git(
    outcome: "Outcome", branch: str | None, commit: bool, template: str | None = None
) -> "Callable[[Callable[[str], None]], Applied | None]":
    """The writer for changes on branches and in commits. Raises Refusal where a repository is not fit for it."""
    from migrate.repositories.record import Recording

    recording = Recording(outcome, branch, commit, template)
    recording.check()
    return recording.write


def _table(repositories: "list[Repository]", outcome: "Outcome", how: How) -> list[str]:
    """Return one line for each repository with changes or issues, where there are several; the others as a number."""
    if len(repositories) < 2:
        return []
    from migrate.masking import printable
    from migrate.reports.layout import short_path
    from migrate.reports.view import shown_path

    rows = [("FILES", "CHANGED", "ISSUES", "REPOSITORY")]
    for r in repositories:
        left = sum(f.leaves_work for f in outcome.findings if f.repository == str(r.root))
        changes = sum(c.repository == str(r.root) for c in outcome.changes)
        if changes or left or how.verbose:
            rows.append((str(r.files), str(changes), str(left), printable(short_path(shown_path(str(r.root))))))
    lines = ["  ".join([*(cell.rjust(7) for cell in row[:3]), row[3]]) for row in rows] if len(rows) > 1 else []
    if clean := len(repositories) - len(rows) + 1:
        lines.append(f"{clean} {'repository' if clean == 1 else 'repositories'} without changes or issues.")
    return [*lines, ""]
