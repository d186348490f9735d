"""One repository, in the process that a station has forked for it: clone, rewrite, commit, push, and the command of `--then`."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.bulk.remote_git import RemoteError, clone_into, with_remote
from migrate.bulk.task import Result, Task, failed
from migrate.errors import Refusal
from migrate.masking import printable
from migrate.reports.view import shown, shown_path

if TYPE_CHECKING:
    from migrate.bulk.checkout import Files
    from migrate.findings import Finding
    from migrate.outcome import Outcome

_NO_HOOKS = "git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.alternateRefsCommand= -c receive.autogc=false receive-pack"
"""What takes a push in a repository on this machine, with nothing that the repository names: it runs with this user's rights."""

_AT_A_PUSH = ("pre-receive", "update", "proc-receive", "post-receive", "post-update", "push-to-checkout", "reference-transaction")
"""The hooks of https://git-scm.com/docs/githooks that run where a push arrives."""

_THERE = "refs/bulk/there"
_FOR_GOOD = re.compile(
    r"declined|denied|protected|forbidden|not allowed|authentication failed|could not read (?:username|password)|error: 40[13]",
    re.IGNORECASE,
)
"""What git or a remote says where another try cannot help."""


def work(task: Task, folder: str) -> Result:
    """What came of a repository that is cloned into an empty folder. Whatever goes wrong is in the result, fit to be shown."""
    one = _One(task, Path(folder))
    try:
        result = one.result()
    except RemoteError as error:
        result = failed("AWS601", str(error), again=not _FOR_GOOD.search(str(error)))
    except Refusal as refusal:
        result = failed("AWS601", shown(refusal.message), again=False)
    except MemoryError:
        result = failed("AWS601", "it needs more memory than --memory allows", again=False)
    except OSError as error:
        result = failed("AWS601", error.strerror or type(error).__name__, again=True)
    except Exception as error:  # its text may quote a file
        result = failed("AWS601", f"an internal error ({type(error).__name__})", again=False)
    return {**result, "seconds": one.seconds}


class _One:
    """The work on one repository. `seconds` is what each part of it took."""

    def __init__(self, task: Task, clone: Path) -> None:
        self.task, self.settings, self.remote, self.clone = task, task.settings, task.remote, clone
        self.seconds: dict[str, float] = {}
        self.title = ""  # of the commit

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - begun, 4)

    def result(self) -> Result:
        """Does it all. Raises what `work` catches."""
        branch = self.settings.branch
        if not self.remote.secret and os.path.isabs(self.remote.url) and not Path(self.remote.url).is_dir():  # noqa: PTH117
            raise Refusal("the folder does not exist")
        with self._timed("clone"):
            there = clone_into(self.clone, self.remote, lasting=not self.settings.push and not self.settings.dry_run)
        if not there:
            return {"status": "clean", "why": "it is empty", "changes": [], "findings": [], "files": 0}
        with self._timed("search"):
            files = self._files()
            if files.repository.branch == branch:
                raise Refusal("the branch is the remote's default branch; name another with --branch")
            looked_at = files.nothing_in(bool(self.settings.exclude))
        if looked_at is not None:
            return {"status": "clean", "why": "", "changes": [], "findings": [], "files": looked_at}
        with self._timed("checkout"):
            files.check_out(whole=not (self.settings.push or self.settings.dry_run) or self.settings.then is not None)
        with self._timed("code"):
            outcome = self._rewritten(files.too_large)
        views = self._views(outcome)
        if not outcome.changes:
            left = any(f.leaves_work for f in outcome.findings)
            return {"status": "left" if left else "clean", "why": "", **views}
        if self.settings.dry_run:
            return {"status": "changed", "why": "dry run", **views}
        with self._timed("commit"):
            commit = self._committed(outcome)
        why, run_then = "", True
        if self.settings.push:
            with self._timed("push"):
                try:
                    why, run_then = self._pushed(commit)
                except RemoteError as error:
                    return failed("AWS603", str(error), again=not _FOR_GOOD.search(str(error)), **views)
                except Refusal as refusal:
                    return failed("AWS602", refusal.message, again=False, **views)
        if self.settings.then and run_then:
            with self._timed("then"):
                status = self._then(views, outcome)
            if status:
                return failed("AWS604", f"the --then command exited with status {status}", again=False, **views)
        result = {"status": "changed", "why": why, "commit": commit, **views}
        return result if self.settings.push else {**result, **self._kept()}

    def _files(self) -> "Files":
        from migrate.bulk.checkout import Files

        try:
            return Files(self.clone, self.remote)
        except Refusal as refusal:
            if refusal.message.startswith("git rev-parse"):
                raise RemoteError("the remote's HEAD points to a branch that does not exist") from None
            raise

    def _rewritten(self, large: list[str]) -> "Outcome":
        from migrate.bulk.request import request_for
        from migrate.codemod.run.engine import outcome_of, rewrite_roots

        repositories, stray = rewrite_roots(request_for(self.clone, self.settings, self.remote.name))
        outcome = outcome_of(repositories, stray)
        more, silenced = self._left_by_code(outcome)
        outcome = replace(outcome, findings=[*outcome.findings, *more], silenced=outcome.silenced + silenced)
        if large:
            from migrate.codemod.run.gather import unreadable

            more = [unreadable(self.clone / path, "is larger than 64 MiB") for path in large]
            outcome = replace(outcome, findings=[*outcome.findings, *more])
        return replace(outcome, command="bulk")

    def _left_by_code(self, outcome: "Outcome") -> "tuple[list[Finding], int]":
        """What `scan` finds in the clone beside what `code` rewrites or tells itself, and how much of it is silenced."""
        from migrate.scan.engine import ScanRequest, scan

        told = {(f.path, f.key) for f in outcome.findings if f.key is not None}
        places = {f.path for f in outcome.findings}
        after = {str(c.path): c.after or b"" for c in outcome.changes}
        scanned = scan(ScanRequest([self.clone], False, self.settings.exclude, home=False, jobs=1))
        left = [
            f
            for f in scanned.findings
            if (f.path, f.key) not in told
            and not (f.code in ("AWS307", "AWS339") and f.path in places)
            and not (f.key is not None and f.path in after and f.key.encode() not in after[f.path])
        ]
        return left, sum(not path.endswith((".py", ".ipynb")) for path in scanned.silenced_in)  # `code` counts those itself

    def _committed(self, outcome: "Outcome") -> str:
        """Makes the commit on the branch, and checks it out. Gives its id."""
        from migrate.repositories.git import check_branch, prepare, repositories_of
        from migrate.repositories.record import message

        whole = {"DATE": f"{self.task.date} +0000"}
        for who, names in zip(("AUTHOR", "COMMITTER"), self.settings.identities or (), strict=False):
            os.environ |= {f"GIT_{who}_NAME": names[0], f"GIT_{who}_EMAIL": names[1]}
        for who in ("AUTHOR", "COMMITTER"):
            os.environ |= {f"GIT_{who}_{k}": v for k, v in whole.items()}
        (repository,) = repositories_of(outcome.changes)
        check_branch([repository], self.settings.branch, True)
        text = message(outcome, repository, self.settings.message, name=self.remote.name, branch=self.settings.branch)
        prepare(repository, text)
        self.title = text.partition("\n")[0]
        assert repository.commit is not None
        repository.git("update-ref", f"refs/heads/{self.settings.branch}", repository.commit, "0" * len(repository.head))
        repository.git("checkout", "-q", "-f", self.settings.branch)
        return repository.commit

    def _pushed(self, commit: str) -> tuple[str, bool]:
        """Pushes the branch if it does not stand there. Gives what was done, and whether `--then` is due.

        Raises RemoteError where the remote does not take it, Refusal where the branch stands there with other content.
        """
        ref = f"refs/heads/{self.settings.branch}"
        try:
            # the lease asks for a remote that has no such branch: none is moved, even where git would call it a fast-forward
            hooks = () if self.settings.hooks or not self.remote.is_path else (f"--receive-pack={_NO_HOOKS}",)
            if hooks and self._has_hooks():
                raise RemoteError("declined: the repository is on this machine and has hooks, which run only with --hooks")
            self._git("push", "-q", "--no-verify", *hooks, f"--force-with-lease={ref}:", "origin", f"{ref}:{ref}")
        except RemoteError:
            try:
                self._git("fetch", "-q", "--depth=1", "--no-tags", "--filter=blob:none", "origin", f"+{ref}:{_THERE}")
            except RemoteError:
                there = None
            else:
                there = self._local("rev-parse", _THERE)
            if there is None:
                raise
            if self._local("rev-parse", f"{_THERE}^{{tree}}") != self._local("rev-parse", f"{commit}^{{tree}}"):
                raise Refusal(f"the branch {self.settings.branch} already exists on the remote with different content") from None
            # the very commit was made by this run, or before it stopped, and --then may not have come to its end
            return "the branch already exists there with the same content", there == commit
        return "pushed", True

    def _has_hooks(self) -> bool:
        """Would a push run what the repository names? To leave that out would pass over what its owner refuses by it."""
        from migrate.repositories.sealed import asked, sealed

        folder = Path(self.remote.url.removeprefix("file://").removeprefix("localhost"))
        with suppress(Refusal):
            named = asked(folder, "config", "--local", "--includes", "--list", "--name-only", "-z").lower().split("\0")
            if "core.hookspath" in named or any(name.startswith("hook.") for name in named):
                return True
        with suppress(Refusal, OSError):
            hooks = sealed(folder).common / "hooks"
            return any(os.access(hooks / name, os.X_OK) for name in _AT_A_PUSH)
        return False

    def _git(self, *args: str) -> str:
        return with_remote(self.clone, self.remote, *args)

    def _local(self, *args: str) -> str:
        from migrate.repositories.git import Repository

        return Repository(self.clone, "", None).git(*args).strip()

    def _views(self, outcome: "Outcome") -> Result:
        """Changes and findings as reports show them, under the repository's name."""
        from migrate.reports.view import view

        whole = view(outcome, 0)
        before, after = shown_path(str(self.clone)) + "/", shown_path(self.remote.name) + "/"

        def moved(value: Any) -> Any:
            if isinstance(value, str):
                return value.replace(before, after).replace(str(self.clone), self.remote.name)
            if isinstance(value, dict):
                return {k: moved(v) for k, v in value.items()}
            return [moved(v) for v in value] if isinstance(value, list) else value

        return {
            "changes": [moved(asdict(c)) for c in whole.changes],
            "findings": [moved(asdict(f)) for f in whole.findings],
            "signers": [moved(asdict(s)) for s in whole.signers],
            "files": whole.files,
            "silenced": whole.silenced,
        }

    def _then(self, views: Result, outcome: "Outcome") -> int:
        """Runs the user's command in the clone, with the report in the environment; gives its exit status."""
        from migrate.bulk.pull_request import body_of

        assert self.settings.then is not None
        with tempfile.TemporaryDirectory(prefix="aws-sso-migrate-") as folder:
            report = Path(folder) / "report.json"
            what = {"version": 1, "repository": self.remote.clean, "branch": self.settings.branch, **views}
            report.write_text(_json(what), encoding="utf-8")
            body = Path(folder) / "pull-request.md"
            body.write_text(body_of(outcome, self.settings, self.remote.name), encoding="utf-8", errors="backslashreplace")
            env = {k: v for k, v in os.environ.items() if k not in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")} | {
                "AWS_SSO_MIGRATE_REPORT": str(report),
                "AWS_SSO_MIGRATE_BODY": str(body),
                "AWS_SSO_MIGRATE_TITLE": self.title,
                "AWS_SSO_MIGRATE_BRANCH": self.settings.branch,
                "AWS_SSO_MIGRATE_REPOSITORY": printable(self.remote.clean),
            }
            # what it says goes nowhere: it may be anything, and thousands may run
            return subprocess.run(
                self.settings.then,
                shell=True,
                cwd=self.clone,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            ).returncode

    def _kept(self) -> Result:
        """Gives the clone the name under which it stays. One that is there already is that of a run which was killed, or a person's."""
        assert self.task.folder is not None
        name = re.sub("[^A-Za-z0-9._-]", "_", self.remote.name.replace("/", "__"))[-80:].lstrip(".-")
        final = Path(self.task.folder) / "clones" / f"{name}-{self.remote.id[:8]}-{self.task.print[:8]}"
        if not final.exists():
            self.clone.rename(final)
        return {"clone": str(final), "why": f"in {printable(shown_path(os.path.relpath(final)))}"}


def _json(what: dict[str, Any]) -> str:
    import json

    return json.dumps(what)
