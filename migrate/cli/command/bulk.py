"""`bulk`: `code` over many repositories, each cloned, rewritten, committed and, if asked, pushed."""

import os
import stat
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrate.cli.command.code import AllowMissing, AnyProfile, Environment, Exclude, MapKey, OtherAccount, Target, TargetOption, Unrelated
from migrate.cli.options import CHANGING, Given, How, with_options

if TYPE_CHECKING:
    from migrate.bulk.pull_request import Shared
    from migrate.bulk.remotes import Remote
    from migrate.reports.view import RepositoryView, View

_LARGEST = 64 << 20
_HELP = {
    "AWS601": "fix the problem and run the same command again: it retries only what failed",
    "AWS602": "merge or delete the branch on the remote, or name another with --branch",
    "AWS603": "get write access, or name another branch with --branch",
    "AWS604": "fix the command and run again; nothing is pushed twice",
}


@with_options(CHANGING)
def bulk(
    repositories: Annotated[
        str, typer.Argument(metavar="REPOSITORIES", help="A file with one clone URL or path per line, or - for stdin.")
    ],
    plan: Annotated[Path | None, typer.Option(metavar="FILE", help="Read key mappings and targets from this plan.")] = None,
    map_key: MapKey = None,
    profile: AnyProfile = None,
    target: TargetOption = None,
    environment: Environment = False,
    allow_missing_profile: AllowMissing = False,
    other_account: OtherAccount = None,
    exclude: Exclude = None,
    unrelated: Unrelated = None,
    branch: Annotated[str, typer.Option(metavar="NAME", help="Commit to this branch.")] = "aws-sso-migrate",
    push: Annotated[bool, typer.Option("--push", help="Push the branch (never with --force).")] = False,
    hooks: Annotated[bool, typer.Option("--hooks", help="Allow repositories that are local paths to run their hooks on push.")] = False,
    commit_message: Annotated[
        str | None,
        typer.Option(metavar="TEXT|@FILE", help="Template of the commit message: $keys, $manual, $repository and $branch are filled in."),
    ] = None,
    pull_request_body: Annotated[
        str | None,
        typer.Option(metavar="TEXT|@FILE", help="Template of the pull request text for --then (see docs/bulk.md)."),
    ] = None,
    then: Annotated[str | None, typer.Option(metavar="COMMAND", help="Run this command in each changed repository.")] = None,
    host: Annotated[
        str | None, typer.Option(metavar="URL", help="Host for entries such as owner/name: https://github.com or ssh://git@github.com.")
    ] = None,
    workdir: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the state and the clones.")] = Path("aws-sso-migrate-bulk"),
    jobs: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Repositories to process in parallel (default: number of cores).")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Use the Dask cluster with this scheduler (tcp://HOST:8786, tls://...).")
    ] = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0.1, help="Time limit per repository.")] = 900.0,
    memory: Annotated[
        int | None,
        typer.Option(metavar="MIB", min=256, help="Memory limit per process (default: memory divided by cores, at most 4096)."),
    ] = None,
    retry: Annotated[int, typer.Option(metavar="N", min=0, help="Number of retries after network errors.")] = 2,
    *,
    given: Given,
) -> int:
    """Replace hardcoded keys in many repositories.

    Clones each repository, rewrites it as `code` does, commits to a branch and, with --push, pushes it. Run the same command again to
    continue after an interruption and to retry what failed; nothing is done twice.
    """
    how = given.to_change()
    from migrate.bulk.pull_request import shared_profiles_of
    from migrate.bulk.run import Run
    from migrate.bulk.task import Settings
    from migrate.changes.state import locked
    from migrate.cli.ask import agreed
    from migrate.cli.output import done_something, tell
    from migrate.cli.progress import progress
    from migrate.codemod.keys.mapping import check_profiles, mapping_from, named_pairs
    from migrate.masking import printable
    from migrate.plan import load_plan
    from migrate.reports import template

    message = None if commit_message is None else template.read(commit_message, template.MESSAGE, "--commit-message")
    body = None if pull_request_body is None else template.read(pull_request_body, template.BODY, "--pull-request-body")
    mapping = mapping_from(
        map_key or [], plan, profile, target is Target.default_chain, other_account=other_account or ()
    )  # raises Refusal
    its_plan = load_plan(plan) if plan else None
    planned = its_plan.keys if its_plan else None
    if not allow_missing_profile:
        named = [*named_pairs(map_key or []).values(), *(planned or {}).values(), *([profile] if profile else [])]
        check_profiles(mapping, named, plan)
    _check_branch(branch)
    shared = shared_profiles_of(mapping) if then is not None or (how.report is not None and how.report.suffix.lower() == ".md") else ()
    remotes = _remotes(repositories, host)
    run = Run(
        remotes, _folder(workdir), timeout, memory or 0, retry,
        Settings(branch, push, then, dict(mapping.known), planned, tuple(map_key or ()), profile,
                 target.value if target else None, tuple(exclude or ()), how.dry_run or how.check, hooks=hooks,
                 environment=environment or (its_plan is not None and its_plan.environment),
                 targets=tuple(its_plan.targets.items()) if its_plan else (),
                 message=message, body=body, shared=shared, accounts=dict(mapping.accounts), unrelated=tuple(unrelated or ())),
    )  # fmt: skip
    if scheduler is not None:
        _fit_for_cluster(remotes, repositories)
    number = f"{len(remotes):,} {'repository' if len(remotes) == 1 else 'repositories'}"
    if how.asks and not agreed(f"Rewrite {number}, commit to branch {printable(branch)}{' and push it' if push else ''}?"):
        tell(["Nothing was changed."])
        return 1
    with locked(run.folder, "choose another folder with --workdir"), progress(how) as say:
        crew = run.crew(jobs, scheduler, lambda text: tell([f"aws-sso-migrate: {printable(text)}"]))
        begun = time.monotonic()
        results = run.results(crew, lambda done, now, name: say(_progress(done, now, len(remotes), name, time.monotonic() - begun)))
    if run.stopped:
        done_something()  # what is done stays done
        tell([f"Stopped after {len(results)} of {len(remotes)} repositories. Run the same command again to continue."])
        raise KeyboardInterrupt
    if any(result["status"] == "changed" for result in results.values()):
        done_something()
    return _tell(remotes, results, how, push, shared, run.earlier)


def _progress(done: int, now: int, all: int, name: str, seconds: float) -> str:
    """Return how many are done, how long the rest takes if it goes on like this, and the last one's name."""
    left = seconds / now * (all - done) if now else 0
    about = f", about {left / 60:.0f} min left" if left >= 90 else f", about {left:.0f} s left" if left >= 1 else ""
    return f"{done} of {all} repositories{about}: {name.rstrip('/').rpartition('/')[2]}"


def _fit_for_cluster(remotes: "list[Remote]", name: str) -> None:
    """Raises Refusal where a URL holds a password: it would have to go to workers, by way of the scheduler."""
    from migrate.errors import Refusal

    secret = next((r for r in remotes if r.secret), None)
    if secret is not None:
        raise Refusal(
            f"the URL of {secret.clean} contains a user name or password, which is not sent to a cluster",
            path=None if name == "-" else name,
            help="remove it, and configure a git credential helper on the workers",
        )


def _check_branch(branch: str) -> None:
    import subprocess

    from migrate.errors import Refusal

    try:
        done = subprocess.run(["git", "check-ref-format", "--branch", branch], capture_output=True, check=False)
    except FileNotFoundError:
        raise Refusal("git is not installed") from None
    if done.returncode or branch.startswith("-"):
        raise Refusal("--branch is not a valid branch name for git")


def _remotes(name: str, host: str | None) -> "list[Remote]":
    from migrate.bulk.remotes import read_remotes
    from migrate.errors import Refusal

    try:
        if name == "-":
            data = sys.stdin.buffer.read(_LARGEST)
        else:
            if stat.S_ISFIFO(os.lstat(name).st_mode):  # one of the shell's own, as `<(gh repo list)` makes it, is a link
                raise Refusal("is a pipe, not a file", path=name, help="name a file, or - for stdin")
            with open(name, "rb") as file:
                data = file.read(_LARGEST)
    except OSError as error:
        raise Refusal(f"cannot be read: {error.strerror}", path=name) from None
    try:
        return read_remotes(data.decode("utf-8", "surrogateescape"), Path.cwd(), host)
    except Refusal as refusal:
        raise Refusal(refusal.message, path=name, line=refusal.line, help=refusal.help) from None


def _folder(workdir: Path) -> Path:
    """The working folder, for nobody else to read: clones hold the old keys. Raises Refusal."""
    from migrate.changes.state import make_private_folder, own
    from migrate.errors import Refusal

    folder = workdir.absolute()
    otherwise = "choose another folder with --workdir"
    try:
        made = make_private_folder(folder)
        about = folder.lstat()
        if (
            not made
            and not folder.is_symlink()
            and about.st_mode & 0o077
            and any(folder.iterdir())
            and not (folder / "state.sqlite").exists()
        ):
            help = f"run chmod 700 on it if it is used for nothing else, or {otherwise}"
            raise Refusal("other users can read it, and clones contain the old keys", path=folder, help=help)
        own(folder, otherwise)
        make_private_folder(folder / "clones")
        own(folder / "clones", otherwise)
        for name in ("state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "run", "lock"):
            if (folder / name).is_symlink():
                raise Refusal("is a symlink instead of a regular file", path=folder / name, help=f"remove it, or {otherwise}")
    except OSError as error:
        raise Refusal(f"cannot be created: {error.strerror}", path=folder, help=otherwise) from None
    return folder


def _tell(
    remotes: "list[Remote]", results: dict[str, dict[str, Any]], how: How, pushed: bool, shared: "Shared", earlier: Collection[str]
) -> int:
    """The table, the findings and the report; gives the exit status. `earlier`: the ids of what an earlier run has done."""
    from migrate.bulk.pull_request import setup_of
    from migrate.cli.output import put, put_document, screen, tell
    from migrate.cli.report_file import ReportFile as File
    from migrate.cli.settle import next_lines
    from migrate.errors import Refusal
    from migrate.reports import text
    from migrate.reports.forms import document
    from migrate.reports.view import shown_path

    whole = _view(remotes, results, how)
    whole = replace(whole, setup=setup_of(shared, {signer.profile for signer in whole.signers}))
    if how.format == "text":
        found = [f for f in whole.findings if not how.quiet or f.severity == "error" or f.code in text.STOPS_WORKING]
        put(text.findings_lines(found, screen(how), headings=not how.quiet))
        if not how.quiet:
            names = {shown_path(remote.clean) for remote in remotes if remote.id in earlier}
            done = [row for row in whole.repositories if row.name in names and row.status == "changed"]
            now = replace(whole, changed=whole.changed - sum(row.changed for row in done))
            more = (
                [f"{len(done):,} {'repository was' if len(done) == 1 else 'repositories were'} changed by an earlier run."] if done else []
            )
            put([*([""] if found else []), *_table(whole.repositories, how.verbose), "", *more, text.summary(now)])
            put(next_lines(_next_steps(whole, pushed, how)))
    else:
        put_document(document(how.format, whole))
    try:
        with File(how.report) as file:
            file.write(whole)
            file.keep()
    except Refusal as refusal:
        # branches are made: 2 would say that they were not
        tell([f"aws-sso-migrate: {refusal.message}; run the same command again to write it"])
        return 1
    return whole.status


def _view(remotes: "list[Remote]", results: dict[str, dict[str, Any]], how: How) -> "View":
    from migrate.codes import CODES
    from migrate.findings import Related
    from migrate.reports.view import ChangeView, FindingView, RepositoryView, SignerView, View, shown, shown_path

    changes: list[ChangeView] = []
    findings: list[FindingView] = []
    signers: list[SignerView] = []
    repositories = []
    files = silenced = 0
    for remote in remotes:
        result = results[remote.id]
        name = shown_path(remote.clean)
        mine = [
            FindingView(**{**f, "repository": name, "related": [Related(**r) for r in f.get("related", ())]}) for f in result["findings"]
        ]
        left = sum(f.severity == "error" for f in mine)
        failed = result["status"] == "failed"
        if failed:
            code = result["code"]
            message = f"{CODES[code].title}: {shown(result['why'])}"
            mine.append(FindingView(code, CODES[code].severity, name, None, None, message, _HELP[code], None, None, None, None, name))
        else:
            changes += [ChangeView(**{**c, "repository": name}) for c in result["changes"]]
            signers += [SignerView(**s) for s in result.get("signers", ())]
        findings += mine
        files += result["files"]
        silenced += result.get("silenced", 0)  # an earlier version kept none
        changed = 0 if failed else len(result["changes"])
        repositories.append(RepositoryView(name, result["status"], changed, left, result["files"], shown(result["why"])))
    count = sum(f.severity == "error" for f in findings)
    status = 1 if count or (how.check and changes) else 0
    applied = not (how.dry_run or how.check)
    return View("bulk", status, changes, findings, files=files, changed=len(changes), left=count, applied=applied,
                repositories=repositories, signers=signers, silenced=silenced)  # fmt: skip


def _table(repositories: "Sequence[RepositoryView]", verbose: bool) -> list[str]:
    """Return the repositories with something to see, failed ones first; those without changes or issues as a number."""
    from migrate.masking import printable
    from migrate.reports.layout import short_path

    order = ("failed", "changed", "left", "clean")
    shown = sorted((r for r in repositories if verbose or r.status != "clean"), key=lambda r: order.index(r.status))
    lines = [f"{'RESULT':8}  {'FILES':>6}  {'ISSUES':>6}  REPOSITORY"] if shown else []
    for r in shown:
        lines.append(
            printable(
                f"{r.status:8}  {r.changed:>6}  {r.left:>6}  {short_path(r.name)}"
                + (f"  ({r.why})" if r.why and r.status != "failed" else "")
            )
        )
    counts = {kind: sum(r.status == kind for r in repositories) for kind in ("changed", "clean", "left", "failed")}
    return [*lines, ", ".join(f"{n} {kind}" for kind, n in counts.items() if n) or "no repositories"]


def _next_steps(whole: "View", pushed: bool, how: How) -> list[str]:
    failed = any(r.status == "failed" for r in whole.repositories)
    again = ["run the same command again to retry the repositories that failed"] if failed else []
    if not whole.changes:
        return again
    if not whole.applied:
        return [f"run the same command without {'--check' if how.check else '--dry-run'} to commit the changes", *again]
    if not pushed:
        return [*again, "run the same command with --push to push the branches"]
    return [*again, "review and merge the branches", "aws-sso-migrate retire --key KEY_ID   # after the changes are merged and deployed"]
