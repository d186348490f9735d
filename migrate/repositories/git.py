"""git, called so that a repository which nobody trusts cannot run anything: https://git-scm.com/docs/git-config names what it could.

Hooks, fsmonitor, filters, signing programs, editors, pagers, lazy fetches and submodules are all out of the way. Commits are made
by plumbing (`hash-object`, `commit-tree`, `update-ref`) on an index of their own, so that whatever may fail does so before a file changes.
"""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from migrate.changes.change import Change
from migrate.errors import Refusal

_SECONDS = 300
_OVERRIDES = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.pager": "cat",
    "core.editor": "false",
    "core.sshCommand": "false",
    "core.askPass": "",
    "core.quotePath": "false",
    "core.safecrlf": "false",
    "diff.external": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "commit.gpgSign": "false",
    "submodule.recurse": "false",
    "log.showSignature": "false",
    "protocol.allow": "never",
    "advice.detachedHead": "false",
}
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "false",
    "LC_ALL": "C",
}
_UNDER_WAY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG")


@dataclass(eq=False, slots=True)
class Repository:
    """A git checkout: its top folder, where HEAD is, and the files in it that change."""

    top: Path
    head: str
    branch: str | None  # None: HEAD is detached
    changes: list[Change] = field(default_factory=list)
    filters: tuple[str, ...] = ()
    commit: str | None = None

    def git(self, *args: str, data: bytes | None = None, index: Path | None = None) -> str:
        """The output of a git command. Raises Refusal where it fails; what git says is not passed on, it may quote a file."""
        return _git(self.top, *args, data=data, index=index, filters=self.filters)


def repositories_of(changes: Sequence[Change]) -> list[Repository]:
    """The checkouts that hold some files, each clean enough to commit to. Raises Refusal with the reason where one is not."""
    if not changes:
        return []
    by_top: dict[Path, Repository] = {}
    for change in changes:
        top = _top(change.path)
        if top not in by_top:
            by_top[top] = _open(top)
        by_top[top].changes.append(change)
    for repository in by_top.values():
        _check(repository)
    return list(by_top.values())


def check_branch(repositories: Sequence[Repository], branch: str | None, commit: bool) -> None:
    """May this branch be made in each, and a commit? Raises Refusal where not."""
    for r in repositories:
        if branch is not None:
            if branch.startswith("-") or _fails(r, "check-ref-format", "--branch", branch):
                raise Refusal("--git-branch takes the name of a branch, and git would not take this one")
            if not _fails(r, "show-ref", "--verify", "--quiet", f"refs/heads/{branch}"):
                raise Refusal("the branch exists already", path=r.top, help="name another with --git-branch, or delete it")
            name = branch
            while "/" in name:
                name = name.rpartition("/")[0]
                if not _fails(r, "show-ref", "--verify", "--quiet", f"refs/heads/{name}"):
                    raise Refusal(
                        "a branch of the name's first part exists, and git cannot have both",
                        path=r.top,
                        help="name another with --git-branch",
                    )
        elif r.branch is None:
            raise Refusal("HEAD is on no branch, so a commit would be lost", path=r.top, help="name a branch with --git-branch")
        if commit and (_fails(r, "var", "GIT_AUTHOR_IDENT") or _fails(r, "var", "GIT_COMMITTER_IDENT")):
            raise Refusal("git does not know who commits", path=r.top, help="git config --global user.name … and user.email …")


def prepare(repository: Repository, message: str) -> None:
    """Makes the commit, on no branch yet. Only objects are written. Raises Refusal."""
    with tempfile.TemporaryDirectory(prefix="aws-sso-migrate-") as folder:
        index = Path(folder) / "index"
        repository.git("read-tree", repository.head, index=index)
        for change in repository.changes:
            name = _name(repository, change)
            mode = repository.git("ls-files", "-s", "-z", "--", name, index=index).split(" ", 1)[0]
            if change.after is None:
                repository.git("update-index", "--force-remove", "--", name, index=index)
                continue
            # --path: line ends as .gitattributes says; filters are none by now
            blob = repository.git("hash-object", "-w", "--stdin", f"--path={name}", data=change.after).strip()
            repository.git("update-index", "--add", "--cacheinfo", f"{mode or '100644'},{blob},{name}", index=index)
        # what HEAD has and no change touches may be missing: a partial clone fetches it when it is needed
        tree = repository.git("write-tree", "--missing-ok", index=index).strip()
    repository.commit = repository.git("commit-tree", tree, "-p", repository.head, "-F", "-", data=message.encode("utf-8")).strip()


def make_branches(repositories: Sequence[Repository], branch: str) -> None:
    """Makes the branch in every repository, or in none. Raises Refusal."""
    made: list[Repository] = []
    try:
        for r in repositories:
            r.git("update-ref", "--create-reflog", f"refs/heads/{branch}", r.commit or r.head, "0" * len(r.head))
            made.append(r)
    except Refusal:
        drop_branches(made, branch)
        raise


def drop_branches(repositories: Sequence[Repository], branch: str) -> None:
    """Takes branches back that this run made."""
    for r in repositories:
        _fails(r, "update-ref", "-d", f"refs/heads/{branch}", r.commit or r.head)


def finish(repository: Repository, branch: str | None) -> None:
    """Puts HEAD on the branch, or the commit on the branch where HEAD is, and the index on what now stands. Raises Refusal."""
    if branch is not None:
        repository.git("symbolic-ref", "-m", "aws-sso-migrate", "HEAD", f"refs/heads/{branch}")
    elif repository.commit is not None:
        repository.git("update-ref", "-m", "commit: aws-sso-migrate", "HEAD", repository.commit, repository.head)
    if repository.commit is not None:
        for change in repository.changes:
            name = _name(repository, change)
            entry = repository.git("ls-tree", "-z", repository.commit, "--", name)
            if not entry:
                repository.git("update-index", "--force-remove", "--", name)
                continue
            mode, _, oid = entry.split("\t", 1)[0].split(" ")
            repository.git("update-index", "--cacheinfo", f"{mode},{oid},{name}")
        _fails(repository, "update-index", "-q", "--refresh")


def _name(repository: Repository, change: Change) -> str:
    return change.path.resolve().relative_to(repository.top).as_posix()


def _top(path: Path) -> Path:
    """The top of the checkout that holds a file. Raises Refusal where there is none."""
    folder = path.resolve().parent
    here = next((f for f in (folder, *folder.parents) if (f / ".git").exists()), None)
    if here is None:
        raise Refusal("is in no git repository", path=path, help="leave out --git-branch and --git-commit, or run on repositories only")
    said = Path(_git(here, "rev-parse", "--show-toplevel").rstrip("\n"))
    if said.resolve() != here:
        raise Refusal("git takes another folder for the top of this checkout", path=here, help="see core.worktree in its configuration")
    return here


def _open(top: Path) -> Repository:
    names = _git(top, "config", "--list", "--name-only", "-z").split("\0")
    filters = tuple(sorted({n.split(".", 1)[1].rpartition(".")[0] for n in names if n.startswith("filter.")}))
    try:
        head = _git(top, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").strip()
    except Refusal:
        raise Refusal("the repository has no commit yet", path=top, help="commit what there is, then run again") from None
    try:
        branch: str | None = _git(top, "symbolic-ref", "--quiet", "--short", "HEAD").strip()
    except Refusal:
        branch = None
    return Repository(top, head, branch, [], filters)


def _check(r: Repository) -> None:
    """Raises Refusal where the tree is not clean, git is in the middle of something, or a file is not git's or has a filter."""
    folder = Path(r.git("rev-parse", "--absolute-git-dir").rstrip("\n"))
    if any((folder / name).exists() for name in _UNDER_WAY):
        raise Refusal("a merge, rebase or the like is under way", path=r.top, help="finish it, then run again")
    if r.git("status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all"):
        raise Refusal("the tree is not clean", path=r.top, help="commit or stash what was changed, then run again")
    names = [_name(r, c) for c in r.changes]
    tracked = set(r.git("ls-files", "-z", "--", *(f":(literal){n}" for n in names)).split("\0"))
    for change, name in zip(r.changes, names, strict=True):
        if name not in tracked:
            raise Refusal("is not tracked by git", path=change.path, help="git add and commit it first, or leave it out with --exclude")
    fields = r.git("check-attr", "-z", "filter", "--", *names).split("\0")
    for change, value in zip(r.changes, fields[2::3], strict=True):
        if value not in ("unspecified", "unset"):
            raise Refusal("has a git filter, which is not run here", path=change.path,
                          help="run without --git-commit and commit by hand")  # fmt: skip


def _fails(repository: Repository, *args: str) -> bool:
    try:
        repository.git(*args)
    except Refusal:
        return True
    return False


def _git(top: Path, *args: str, data: bytes | None = None, index: Path | None = None, filters: Sequence[str] = ()) -> str:
    command, env = safely(top, *args, filters=filters)
    if index is not None:
        env["GIT_INDEX_FILE"] = str(index)
    try:
        done = subprocess.run(
            command,
            input=data,
            stdin=subprocess.DEVNULL if data is None else None,
            capture_output=True,
            env=env,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise Refusal("git is not installed", help="leave out --git-branch and --git-commit") from None
    except subprocess.TimeoutExpired:
        raise Refusal(f"git {args[0]} took longer than {_SECONDS} seconds", path=top) from None
    if done.returncode:
        owner = b"dubious ownership" in done.stderr
        help = "the repository belongs to another user: git config --global --add safe.directory FOLDER" if owner else ""
        raise Refusal(f"git {args[0]} failed with status {done.returncode}", path=top, help=help)
    return done.stdout.decode("utf-8", "surrogateescape")


def safely(top: Path, *args: str, filters: Sequence[str] = ()) -> tuple[list[str], dict[str, str]]:
    """The command line and environment with which git runs nothing that the repository at `top` names. For callers that stream."""
    overrides = dict(_OVERRIDES)
    for name in filters:
        overrides |= {
            f"filter.{name}.clean": "",
            f"filter.{name}.smudge": "",
            f"filter.{name}.process": "",
            f"filter.{name}.required": "false",
        }
    env = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("GIT_") or k.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG_GLOBAL"))
    }
    env |= _ENVIRONMENT
    # by the environment, since a name with `=` in it cannot be given with -c
    env["GIT_CONFIG_COUNT"] = str(len(overrides))
    for n, (name, value) in enumerate(overrides.items()):
        env[f"GIT_CONFIG_KEY_{n}"], env[f"GIT_CONFIG_VALUE_{n}"] = name, value
    command = ["git", "--no-pager", "--literal-pathspecs", "-C", str(top), *args]
    if any(a.startswith(":(literal)") for a in args):
        command.remove("--literal-pathspecs")
    return command, env


def tracks(path: Path) -> bool:
    """Does a repository track this file? No, too, where git cannot be asked."""
    try:
        return bool(_git(path.parent, "ls-files", "-z", "--", path.name))
    except Refusal:
        return False
