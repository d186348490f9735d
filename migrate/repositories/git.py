"""Checkouts: are they fit for a commit, and the commit itself, made by plumbing (`hash-object`, `commit-tree`) on an index of its own.

Whatever may fail does so before a file changes. git is called as in `migrate.repositories.sealed`.
"""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from migrate.changes.change import Change
from migrate.errors import Refusal
from migrate.repositories.sealed import asked, output, safely, sealed

_UNDER_WAY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG")


@dataclass(eq=False, slots=True)
class Repository:
    """A git checkout: its top folder, where HEAD is, and the files in it that change."""

    top: Path
    head: str
    branch: str | None  # None: HEAD is detached
    changes: list[Change] = field(default_factory=list)
    commit: str | None = None

    def git(self, *args: str, data: bytes | None = None, index: Path | None = None) -> str:
        """The output of a git command. Raises Refusal where it fails; what git says is not passed on, it may quote a file."""
        return _git(self.top, *args, data=data, index=index)


def repositories_of(changes: Sequence[Change], check: bool = True) -> list[Repository]:
    """The checkouts that hold some files, each clean enough to commit to (`check`). Raises Refusal with the reason where one is not."""
    if not changes:
        return []
    by_top: dict[Path, Repository] = {}
    for change in changes:
        top = _top(change.path)
        if top not in by_top:
            by_top[top] = _open(top)
        by_top[top].changes.append(change)
    for repository in by_top.values() if check else ():
        _check(repository)
    return list(by_top.values())


def check_branch(repositories: Sequence[Repository], branch: str | None, commit: bool) -> None:
    """May this branch be made in each, and a commit? Raises Refusal where not."""
    for r in repositories:
        if branch is not None:
            if branch.startswith("-") or _fails(r, "check-ref-format", "--branch", branch):
                raise Refusal("--git-branch is not a valid branch name for git")
            if not _fails(r, "show-ref", "--verify", "--quiet", f"refs/heads/{branch}"):
                raise Refusal("the branch already exists", path=r.top, help="name another with --git-branch, or delete it")
            name = branch
            while "/" in name:
                name = name.rpartition("/")[0]
                if not _fails(r, "show-ref", "--verify", "--quiet", f"refs/heads/{name}"):
                    raise Refusal(
                        "a branch named like the first part of this name exists, and git cannot have both",
                        path=r.top,
                        help="name another with --git-branch",
                    )
        elif r.branch is None:
            raise Refusal("HEAD is detached, so a commit would be lost", path=r.top, help="name a branch with --git-branch")
        if commit:
            _identities(r.top)


def _identities(top: Path) -> dict[str, str]:
    """Who commits there, by the configuration of the repository and the user, as variables. Raises Refusal where git does not know."""
    out: dict[str, str] = {}
    for who in ("AUTHOR", "COMMITTER"):
        try:
            name, _, rest = asked(top, "var", f"GIT_{who}_IDENT").rpartition(" <")
        except Refusal:
            raise Refusal(
                "git has no user name and email for commits",
                path=top,
                help="run git config --global user.name … and git config --global user.email …",
            ) from None
        out |= {f"GIT_{who}_NAME": name, f"GIT_{who}_EMAIL": rest.partition(">")[0]}
    return out


def prepare(repository: Repository, message: str) -> list[str]:
    """Make the commit, on no branch yet; return the entries of its index that differ. Only objects are written. Raise Refusal."""
    entries = []
    modes = _modes(repository)
    for change in repository.changes:
        name = _name(repository, change)
        if change.after is None:
            entries.append(f"0 {'0' * len(repository.head)}\t{name}")
            continue
        # --path: line ends as .gitattributes says; there are no filters
        blob = repository.git("hash-object", "-w", "--stdin", f"--path={name}", data=change.after).strip()
        entries.append(f"{modes.get(name, '100644')} {blob}\t{name}")
    with tempfile.TemporaryDirectory(prefix="aws-sso-migrate-") as folder:
        index = Path(folder) / "index"
        repository.git("read-tree", repository.head, index=index)
        update_index(repository, index, entries)
        # what HEAD has and no change touches may be missing: a partial clone fetches it when it is needed
        tree = repository.git("write-tree", "--missing-ok", index=index).strip()
    command, env = safely(repository.top, "commit-tree", tree, "-p", repository.head, "-F", "-")
    env = {**_identities(repository.top), **env}
    repository.commit = output(repository.top, command, env, name="commit-tree", data=message.encode("utf-8")).strip()
    return entries


def update_index(repository: Repository, index: Path, entries: Sequence[str]) -> None:
    """Put some entries into an index file that is not the repository's own. Raise Refusal."""
    data = "".join(f"{entry}\0" for entry in entries).encode("utf-8", "surrogateescape")
    repository.git("update-index", "-z", "--index-info", data=data, index=index)


def _modes(repository: Repository) -> dict[str, str]:
    names = [_name(repository, change) for change in repository.changes]
    listed = repository.git("ls-files", "-s", "-z", "--", *(f":(literal){n}" for n in names)).split("\0")
    return {entry.partition("\t")[2]: entry[:6] for entry in listed if entry}


def hidden_from_git(changes: Sequence[Change]) -> list[Path]:
    """Return the files that their owner hid from git (`assume-unchanged`, `skip-worktree`): a commit would take along what was to stay out. Raise Refusal."""
    out = []
    for repository in repositories_of(changes, check=False):
        names = {_name(repository, change): change.path for change in repository.changes}
        for entry in repository.git("ls-files", "-v", "-z", "--", *(f":(literal){n}" for n in names)).split("\0"):
            if entry[:1] == "S" or entry[:1].islower():
                out.append(names[entry[2:]])
    return out


def untracked(changes: Sequence[Change]) -> list[Change]:
    """Return the changes of files in checkouts that git does not track, such as a `.env`: no commit has them. Where git cannot be asked, none."""
    out = []
    for change in changes:
        with suppress(Refusal):
            top = _top(change.path)
            name = change.path.resolve().relative_to(top).as_posix()
            if not _git(top, "ls-files", "-z", "--", f":(literal){name}"):
                out.append(change)
    return out


def _name(repository: Repository, change: Change) -> str:
    return change.path.resolve().relative_to(repository.top).as_posix()


def _top(path: Path) -> Path:
    """The top of the checkout that holds a file. Raises Refusal where there is none."""
    folder = path.resolve().parent
    here = next((f for f in (folder, *folder.parents) if (f / ".git").exists()), None)
    if here is None:
        raise Refusal("is not in a git repository", path=path, help="remove --git-branch and --git-commit, or run on repositories only")
    view = sealed(here)
    if view.top != here:
        raise Refusal("git uses another folder as the top of this checkout", path=here, help="check core.worktree in its configuration")
    if not view.own:
        raise Refusal("its .git points to the repository of another folder", path=here, help="run there, or clone it with git")
    return here


def _open(top: Path) -> Repository:
    try:
        head = _git(top, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").strip()
    except Refusal:
        raise Refusal("the repository has no commits yet", path=top, help="commit your files, then run again") from None
    try:
        branch: str | None = _git(top, "symbolic-ref", "--quiet", "--short", "HEAD").strip()
    except Refusal:
        branch = None
    return Repository(top, head, branch, [])


def _check(r: Repository) -> None:
    """Raises Refusal where the working tree is not clean, git is in the middle of something, or a file is not git's or has a filter."""
    folder = Path(r.git("rev-parse", "--absolute-git-dir").rstrip("\n"))
    if any((folder / name).exists() for name in _UNDER_WAY):
        raise Refusal("a merge, rebase or similar operation is in progress", path=r.top, help="finish it, then run again")
    if r.git("status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all"):
        raise Refusal("the working tree is not clean", path=r.top, help="commit or stash your changes, then run again")
    names = [_name(r, c) for c in r.changes]
    tracked = set(r.git("ls-files", "-z", "--", *(f":(literal){n}" for n in names)).split("\0"))
    for change, name in zip(r.changes, names, strict=True):
        if name not in tracked:
            raise Refusal("is not tracked by git", path=change.path, help="add and commit it first, or skip it with --exclude")
    fields = r.git("check-attr", "-z", "filter", "--", *names).split("\0")
    for change, value in zip(r.changes, fields[2::3], strict=True):
        if value not in ("unspecified", "unset"):
            raise Refusal("has a git filter, which is not supported here", path=change.path,
                          help="run without --git-commit, and commit by hand")  # fmt: skip


def _fails(repository: Repository, *args: str) -> bool:
    try:
        repository.git(*args)
    except Refusal:
        return True
    return False


def _git(top: Path, *args: str, data: bytes | None = None, index: Path | None = None) -> str:
    command, env = safely(top, *args)
    if index is not None:
        env["GIT_INDEX_FILE"] = str(index)
    return output(top, command, env, name=args[0], data=data)


def tracks(path: Path) -> bool:
    """Does a repository track this file? No, too, where git cannot be asked."""
    try:
        return bool(_git(path.parent, "ls-files", "-z", "--", path.name))
    except Refusal:
        return False
