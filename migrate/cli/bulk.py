"""`bulk`: `code` over many repositories, each cloned, rewritten, committed and, if asked, pushed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrate.cli.code import Target
from migrate.cli.options import Check, DryRun, Form, Format, How, NoColor, Quiet, ReportFile, Verbose, Yes, how_to_change

if TYPE_CHECKING:
    from migrate.bulk.remotes import Remote
    from migrate.reports.view import View

_LARGEST = 64 << 20
_HELP = {
    "AWS601": "mend it and run the same command again: it tries only what failed",
    "AWS602": "merge or delete the branch on the remote, or name another with --branch",
    "AWS603": "get the right to push, or name another branch with --branch",
    "AWS604": "mend the command and run again; nothing is pushed twice",
}


def bulk(
    repositories: Annotated[str, typer.Argument(metavar="REPOSITORIES", help="A file (or -) with a clone URL or path on each line.")],
    plan: Annotated[Path | None, typer.Option(metavar="FILE", help="The plan that `plan` wrote; its [keys] are used.")] = None,
    map_key: Annotated[list[str] | None, typer.Option(metavar="KEY_ID=PROFILE", help="The profile that takes a key's place.")] = None,
    profile: Annotated[str | None, typer.Option(metavar="PROFILE", help="The profile for all keys that nothing else maps.")] = None,
    target: Annotated[
        Target | None, typer.Option(help="profile (the default), or default-chain: take the keys out and put nothing in.")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Paths to leave out, as in .gitignore.")] = None,
    branch: Annotated[str, typer.Option(metavar="NAME", help="The branch that takes the commit.")] = "aws-sso-migrate",
    push: Annotated[bool, typer.Option("--push", help="Push the branch; never forced.")] = False,
    then: Annotated[str | None, typer.Option(metavar="COMMAND", help="Run this in each repository that changed.")] = None,
    workdir: Annotated[Path, typer.Option(metavar="DIR", help="Where the state and the clones are.")] = Path("aws-sso-migrate-bulk"),
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Repositories at once (as many as cores by default).")] = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0.1, help="The most that one repository may take.")] = 900.0,
    retry: Annotated[int, typer.Option(metavar="N", min=0, help="How often to try again what may have been the network.")] = 2,
    yes: Yes = False,
    dry_run: DryRun = False,
    check: Check = False,
    format: Format = Form.text,
    report: ReportFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> int:
    """Take hardcoded AWS keys out of many repositories: clone, rewrite as `code` does, commit on a branch, push.

    The same command again goes on where it stopped, tries what failed, and does nothing twice.
    """
    how = how_to_change(
        yes=yes, dry_run=dry_run, check=check, format=format, report=report, quiet=quiet, verbose=verbose, no_color=no_color
    )
    from hashlib import sha256
    from shutil import rmtree

    from migrate.bulk.farm import Farm, Settings
    from migrate.bulk.state import State
    from migrate.changes.state import locked
    from migrate.cli.ask import agreed
    from migrate.cli.progress import progress
    from migrate.codemod.mapping import mapping_from
    from migrate.codemod.processes import cores

    mapping = mapping_from(map_key or [], plan, profile, target is Target.default_chain)
    _check_branch(branch)
    remotes = _remotes(repositories)
    settings = Settings(
        branch, push, then, tuple(map_key or ()), str(plan.absolute()) if plan else None, profile,
        target.value if target else None, tuple(exclude or ()), dry_run or check,
        sha256(repr(sorted(mapping.keys.items())).encode()).hexdigest(),
    )  # fmt: skip
    if how.asks and not agreed(f"Work on {len(remotes)} repositories{' and push' if push else ''}?"):
        return 1
    folder = _folder(workdir)
    with locked(folder):
        for left in (folder / "clones").glob("part-*"):  # of a run that was killed
            rmtree(left, ignore_errors=True)
        state = State(folder / "state.sqlite")
        try:
            known = state.done(settings.print)
            results = {r.id: known[r.id] for r in remotes if r.id in known and known[r.id]["status"] != "failed" and not settings.dry_run}
            waiting = [r for r in remotes if r.id not in results]
            with progress(how) as say:
                for remote, result in Farm(folder, settings, jobs or cores(), timeout, retry).results(waiting):
                    if not settings.dry_run:
                        state.keep(remote.id, settings.print, remote.clean, result)
                    results[remote.id] = result
                    say(f"{len(results)} of {len(remotes)} repositories")
        finally:
            state.close()
    return _tell(remotes, results, how)


def _check_branch(branch: str) -> None:
    import subprocess

    from migrate.errors import Refusal

    try:
        done = subprocess.run(["git", "check-ref-format", "--branch", branch], capture_output=True, check=False)
    except FileNotFoundError:
        raise Refusal("git is not installed") from None
    if done.returncode or branch.startswith("-"):
        raise Refusal("--branch takes the name of a branch, and git would not take this one")


def _remotes(name: str) -> "list[Remote]":
    from migrate.bulk.remotes import read_remotes
    from migrate.errors import Refusal

    try:
        if name == "-":
            data = sys.stdin.buffer.read(_LARGEST)
        else:
            with open(name, "rb") as file:
                data = file.read(_LARGEST)
    except OSError as error:
        raise Refusal(f"cannot be read: {error.strerror}", path=name) from None
    try:
        return read_remotes(data.decode("utf-8", "surrogateescape"), Path.cwd())
    except Refusal as refusal:
        raise Refusal(refusal.message, path=name, line=refusal.line, help=refusal.help) from None


def _folder(workdir: Path) -> Path:
    """The working folder, for nobody else to read: clones hold the old keys. Raises Refusal."""
    from migrate.errors import Refusal

    folder = workdir.absolute()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for name in ("clones", "pushes"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Refusal(f"cannot be made: {error.strerror}", path=folder, help="name another folder with --workdir") from None
    return folder


def _tell(remotes: "list[Remote]", results: dict[str, dict[str, Any]], how: How) -> int:
    """The table, the findings and the report; gives the exit status."""
    from migrate.cli.output import put, put_document, tell
    from migrate.cli.report_file import ReportFile as File
    from migrate.cli.report_file import render
    from migrate.errors import Refusal
    from migrate.reports import text

    whole, rows = _view(remotes, results, how)
    if how.format == "text":
        for finding in whole.findings:
            if not how.quiet or finding.severity == "error":
                put(text.finding_lines(finding))
        if not how.quiet:
            put(_table(rows))
            put([text.summary(whole)])
    else:
        put_document(render(f".{how.format}", whole))
    try:
        with File(how.report) as file:
            file.write(whole)
            file.keep()
    except Refusal as refusal:
        # branches are made: 2 would say that they were not
        tell([f"aws-sso-migrate: {refusal.message}; the same command again writes it anew"])
        return 1
    return whole.status


def _view(remotes: "list[Remote]", results: dict[str, dict[str, Any]], how: How) -> "tuple[View, list[tuple[str, str, str, str, str]]]":
    from migrate.codes import CODES
    from migrate.reports.view import ChangeView, FindingView, View, shown, shown_path

    changes: list[ChangeView] = []
    findings: list[FindingView] = []
    rows = []
    files = 0
    for remote in remotes:
        result = results[remote.id]
        mine = [FindingView(**f) for f in result["findings"]]
        left = sum(f.severity == "error" for f in mine)
        failed = result["status"] == "failed"
        if failed:
            code = result["code"]
            message = f"{CODES[code].title}: {shown(result['why'])}"
            mine.append(FindingView(code, CODES[code].severity, shown_path(remote.clean), None, None, message, _HELP[code],
                                    None, None, None, None))  # fmt: skip
        else:
            changes += [ChangeView(**c) for c in result["changes"]]
        findings += mine
        files += result["files"]
        rows.append((result["status"], str(0 if failed else len(result["changes"])), str(left), shown_path(remote.clean), result["why"]))
    count = sum(f.severity == "error" for f in findings)
    status = 1 if count or (how.check and changes) else 0
    applied = not (how.dry_run or how.check)
    return View("bulk", status, changes, findings, files=files, changed=len(changes), left=count, applied=applied), rows


def _table(rows: list[tuple[str, str, str, str, str]]) -> list[str]:
    from migrate.masking import printable

    lines = [f"{'RESULT':8}  {'FILES':>6}  {'LEFT':>6}  REPOSITORY"]
    for status, changed, left, name, why in rows:
        lines.append(printable(f"{status:8}  {changed:>6}  {left:>6}  {name}" + (f"  ({why})" if why else "")))
    counts = {kind: sum(row[0] == kind for row in rows) for kind in ("changed", "clean", "left", "failed")}
    lines.append(", ".join(f"{n} {kind}" for kind, n in counts.items() if n) or "no repositories")
    return lines
