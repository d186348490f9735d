"""One repository, in a process of its own: `python -m migrate.bulk.work`, the task as a line of JSON on stdin, the result on stdout.

stdin stays open as long as whoever asked lives; when it ends, this process and its children end too.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.bulk.remote_git import RemoteError, with_remote
from migrate.bulk.remotes import Remote, clean_url
from migrate.errors import Refusal
from migrate.masking import printable
from migrate.reports.view import shown, shown_path

if TYPE_CHECKING:
    from migrate.outcome import Outcome

Result = dict[str, Any]


def main() -> None:
    """Does one task."""
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    answer = os.dup(1)
    os.dup2(2, 1)  # stdout is the answer's alone
    result = work(task)
    with open(answer, "w", encoding="utf-8") as out:
        json.dump(result, out)
    sys.stderr.flush()
    os._exit(0)  # the thread is still reading stdin


def _end_with_parent() -> None:
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


def work(task: dict[str, Any]) -> Result:
    """Clones, rewrites, commits, pushes and runs the command. Whatever goes wrong is in the result, fit to be shown."""
    remote = Remote(task["url"], clean_url(task["url"]))
    folder = Path(task["folder"])
    clone = Path(tempfile.mkdtemp(prefix=f"part-{remote.id}-", dir=folder / "clones")).resolve()
    kept = False
    try:
        result = _in_clone(task, remote, clone)
        if result["status"] == "changed" and not task["push"] and not task["dry_run"]:
            final = folder / "clones" / f"{remote.id}-{task['settings'][:8]}"
            if not final.exists():
                clone.rename(final)
                kept = True
                result["clone"] = str(final)
        return result
    except RemoteError as error:
        return _failed("AWS601", str(error), again=True)
    except Refusal as refusal:
        return _failed("AWS601", shown(refusal.message), again=False)
    except OSError as error:
        return _failed("AWS601", error.strerror or type(error).__name__, again=True)
    except Exception as error:  # its text may quote a file
        return _failed("AWS601", f"an error of the program itself ({type(error).__name__})", again=False)
    finally:
        if not kept:
            shutil.rmtree(clone, ignore_errors=True)


def _failed(code: str, why: str, *, again: bool, views: Result | None = None) -> Result:
    return {"changes": [], "findings": [], "files": 0, **(views or {}), "status": "failed", "code": code, "why": why, "again": again}


def _in_clone(task: dict[str, Any], remote: Remote, clone: Path) -> Result:
    from migrate.repositories.git import check_branch, make_branches, prepare, repositories_of
    from migrate.repositories.record import message

    branch = task["branch"]
    if remote.url == remote.clean and Path(remote.url).is_absolute() and not Path(remote.url).is_dir():
        raise Refusal("there is no such folder")
    _init(clone, remote)
    default, heads = _heads(with_remote(clone, remote, "ls-remote", "--symref", "bulk", "HEAD", "refs/heads/*"))
    if "HEAD" not in heads:
        if heads:
            raise Refusal("the remote's HEAD names no branch that exists")
        return {"status": "clean", "why": "it is empty", "changes": [], "findings": [], "files": 0}
    if default == branch:
        raise Refusal("the branch to make is the remote's default branch; name another with --branch")
    _check_out(clone, remote, default or "main")
    outcome = _rewritten(task, clone)
    views = _views(outcome, clone, remote)
    left = any(f.leaves_work for f in outcome.findings)
    if not outcome.changes:
        return {"status": "left" if left else "clean", "why": "", **views}
    if task["dry_run"]:
        return {"status": "changed", "why": "nothing written", **views}
    (repository,) = repositories_of(outcome.changes)
    check_branch([repository], branch, True)
    prepare(repository, message(outcome, repository))
    make_branches([repository], branch)
    repository.git("checkout", "-q", "-f", branch)
    mark = Path(task["folder"]) / "pushes" / f"{remote.id}-{task['settings']}"
    why, run_then = "", True
    if task["push"]:
        if f"refs/heads/{branch}" in heads:
            with_remote(clone, remote, "fetch", "-q", "--depth=1", "--no-tags", "bulk", f"+refs/heads/{branch}:refs/bulk/there")
            if repository.git("rev-parse", "refs/bulk/there^{tree}") != repository.git("rev-parse", f"{branch}^{{tree}}"):
                return _failed("AWS602", f"the branch {branch} stands on the remote with other content", again=False, views=views)
            why, run_then = "the branch stands there already", mark.exists()
        else:
            mark.touch()
            try:
                # without force: where the branch has come to be in the meantime, the remote refuses
                with_remote(clone, remote, "push", "-q", "--no-verify", "bulk", f"refs/heads/{branch}:refs/heads/{branch}")
            except RemoteError as error:
                return _failed("AWS603", str(error), again=True, views=views)
            why = "pushed"
    if task["then"] and run_then:
        status = _then(task, remote, clone, views)
        if status:
            return _failed("AWS604", f"the command of --then ended with {status}", again=False, views=views)
    mark.unlink(missing_ok=True)
    return {"status": "changed", "why": why, "commit": repository.commit, **views}


def _init(clone: Path, remote: Remote) -> None:
    """An empty repository without hooks. Links are checked out as texts: none can lead out of it."""
    from migrate.repositories.git import safely

    command, env = safely(clone, "init", "-q", "--template=", "-b", "aws-sso-migrate-none")
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        raise Refusal("git init failed")
    for name, value in (("core.symlinks", "false"), ("remote.origin.url", remote.clean)):
        command, env = safely(clone, "config", name, value)
        subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=True)


def _heads(said: str) -> tuple[str | None, dict[str, str]]:
    """The default branch, and refs to objects, of `ls-remote --symref`."""
    default, heads = None, {}
    for line in said.splitlines():
        value, _, ref = line.partition("\t")
        if value.startswith("ref: refs/heads/") and ref == "HEAD":
            default = value.removeprefix("ref: refs/heads/")
        else:
            heads[ref] = value
    return default, heads


def _check_out(clone: Path, remote: Remote, default: str) -> None:
    from migrate.repositories.git import Repository

    with_remote(clone, remote, "fetch", "-q", "--depth=1", "--no-tags", "--no-recurse-submodules", "bulk", "+HEAD:refs/bulk/head")
    bare = Repository(clone, "", None)
    names = bare.git("config", "--list", "--name-only", "-z").split("\0")
    filters = tuple(sorted({n.split(".", 1)[1].rpartition(".")[0] for n in names if n.startswith("filter.")}))
    repository = Repository(clone, "", None, [], filters)
    head = repository.git("rev-parse", "refs/bulk/head^{commit}").strip()
    repository.git("update-ref", f"refs/heads/{default}", head)
    repository.git("symbolic-ref", "HEAD", f"refs/heads/{default}")
    repository.git("reset", "-q", "--hard", head)


def _rewritten(task: dict[str, Any], clone: Path) -> "Outcome":
    from migrate.cli.code import Target, requests_for
    from migrate.codemod.engine import outcome_of, rewrite_roots

    target = Target(task["target"]) if task["target"] else None
    plan = Path(task["plan"]) if task["plan"] else None
    repositories, stray = [], []
    for request in requests_for([clone], plan, task["map_key"], task["profile"], target, task["exclude"], 1, lambda text: None):
        roots, more = rewrite_roots(request)
        repositories += roots
        stray += more
    return replace(outcome_of(repositories, stray), command="bulk")


def _views(outcome: "Outcome", clone: Path, remote: Remote) -> Result:
    """Changes and findings as reports show them, under the repository's name."""
    from migrate.reports.view import view

    whole = view(outcome, 0)
    before, after = shown_path(str(clone)) + "/", shown_path(remote.name) + "/"

    def moved(row: dict[str, Any]) -> dict[str, Any]:
        return {k: v.replace(before, after).replace(str(clone), remote.name) if isinstance(v, str) else v for k, v in row.items()}

    return {
        "changes": [moved(asdict(c)) for c in whole.changes],
        "findings": [moved(asdict(f)) for f in whole.findings],
        "files": whole.files,
    }


def _then(task: dict[str, Any], remote: Remote, clone: Path, views: Result) -> int:
    """Runs the user's command in the clone, with the report in the environment; gives its exit status."""
    with tempfile.TemporaryDirectory(prefix="aws-sso-migrate-") as folder:
        report = Path(folder) / "report.json"
        report.write_text(json.dumps({"version": 1, "repository": remote.clean, "branch": task["branch"], **views}), encoding="utf-8")
        env = os.environ | {
            "AWS_SSO_MIGRATE_REPORT": str(report),
            "AWS_SSO_MIGRATE_BRANCH": task["branch"],
            "AWS_SSO_MIGRATE_REPOSITORY": printable(remote.clean),
        }
        # what it says goes nowhere: it may be anything, and thousands may run
        return subprocess.run(
            task["then"], shell=True, cwd=clone, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False
        ).returncode


if __name__ == "__main__":
    main()
