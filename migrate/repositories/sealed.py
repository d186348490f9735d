"""git, called so that a repository which nobody trusts cannot run anything.

What a repository's configuration could name is a long list (https://git-scm.com/docs/git-config): filters, hooks, monitors, text conversions,
signing programs, and includes that apply only on one branch, or in one folder; and each version of git adds to it. So git is not told
what to leave out: it works on the repository's objects, refs, index and HEAD with another configuration, in which there is nothing but
the few settings below that are plain data. GIT_COMMON_DIR is what git reads it from (https://git-scm.com/docs/git#_the_git_repository): a folder
of ours, with links to what it needs.

Only `rev-parse`, `config` and `var` see the repository's own configuration; they read it and run nothing.
"""

import atexit
import os
import shutil
import stat
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from migrate.errors import Refusal
from migrate.repositories.limits import held_back

_NAME = "aws-sso-migrate-git-"
_SECONDS = 300
_LARGEST = 512 << 20
"""Bytes that git may say, or write into one file: a list of millions of files has fewer."""
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
_DATA = {
    "core.autocrlf", "core.eol", "core.ignorecase", "core.filemode", "core.symlinks", "core.precomposeunicode", "core.protecthfs",
    "core.protectntfs", "core.sparsecheckout", "core.sparsecheckoutcone", "core.sharedrepository", "core.checkstat", "core.trustctime",
    "core.longpaths", "core.fsync", "index.sparse", "extensions.objectformat", "extensions.refstorage", "extensions.partialclone",
}  # fmt: skip
"""Settings that are plain data, and without which git would take the repository for another than it is."""
_SHARED = ("objects", "refs", "packed-refs", "reftable", "info", "logs", "shallow", "worktrees", "HEAD")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A repository as git is shown it. `top` is None for a bare one; `own` says whether its .git leads to a repository of this very folder."""

    git_dir: Path
    common: Path
    top: Path | None
    view: Path
    own: bool


_seen: dict[Path, Sealed] = {}
_views: list[Path] = []


def sealed(folder: Path) -> Sealed:
    """Return the repository that `folder` is the top of (or a folder in), with a configuration of ours. Raise Refusal where git takes it for none."""
    folder = Path(os.path.realpath(folder))
    if folder not in _seen or not _seen[folder].view.is_dir():
        _seen[folder] = _make(folder)
    return _seen[folder]


def safely(folder: Path, *args: str) -> tuple[list[str], dict[str, str]]:
    """Return the command line and environment with which git runs nothing that the repository at `folder` names. Raise Refusal."""
    view = sealed(folder)
    command, env = plainly(folder, *args)
    env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_DIR": str(view.git_dir), "GIT_COMMON_DIR": str(view.view)}
    if view.top is not None:
        env["GIT_WORK_TREE"] = str(view.top)
    return command, env


def plainly(folder: Path, *args: str) -> tuple[list[str], dict[str, str]]:
    """As `safely`, but with the repository's own configuration: for what only reads that, for clones of our own making, and where there is none yet."""
    env = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("GIT_") or k.startswith(("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG_GLOBAL"))
    }
    env |= _ENVIRONMENT
    # by the environment, since a name with `=` in it cannot be given with -c
    env["GIT_CONFIG_COUNT"] = str(len(_OVERRIDES))
    for n, (name, value) in enumerate(_OVERRIDES.items()):
        env[f"GIT_CONFIG_KEY_{n}"], env[f"GIT_CONFIG_VALUE_{n}"] = name, value
    command = ["git", "--no-pager", "--literal-pathspecs", "-C", str(folder), *args]
    if any(a.startswith(":(literal)") for a in args):
        command.remove("--literal-pathspecs")
    return command, env


def asked(folder: Path, *args: str) -> str:
    """Return what `rev-parse`, `config` or `var` say of the repository. Raise Refusal where they fail."""
    assert args[0] in ("rev-parse", "config", "var")
    return output(folder, *plainly(folder, *args), name=args[0])


def output(folder: Path, command: list[str], env: dict[str, str], *, name: str, data: bytes | None = None) -> str:
    """Run a git command. Raise Refusal where it fails; what git says is not passed on, it may quote a file."""
    try:
        command, before = held_back(command, _LARGEST)
        # what it says goes to a file: that has a limit, which a pipe has not
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complaints:
            done = subprocess.run(
                command,
                input=data,
                stdin=subprocess.DEVNULL if data is None else None,
                stdout=said,
                stderr=complaints,
                env=env,
                timeout=_SECONDS,
                check=False,
                start_new_session=True,  # a Ctrl-C is ours: git must not be cut in two by it
                preexec_fn=before,
            )
            said.seek(0)
            complaints.seek(0)
            text, complaint = said.read(), complaints.read(1 << 16)
    except FileNotFoundError:
        raise Refusal("git is not installed", help="remove --git-branch and --git-commit") from None
    except subprocess.TimeoutExpired:
        raise Refusal(f"git {name} took longer than {_SECONDS} seconds", path=folder) from None
    if done.returncode:
        owner = b"dubious ownership" in complaint
        help = "the repository belongs to another user: run git config --global --add safe.directory FOLDER" if owner else ""
        raise Refusal(f"git {name} failed with status {done.returncode}", path=folder, help=help)
    return text.decode("utf-8", "surrogateescape")


def _make(folder: Path) -> Sealed:
    said = asked(folder, "rev-parse", "--path-format=absolute", "--is-bare-repository", "--git-dir", "--git-common-dir").split("\n")
    bare, git_dir, common = said[0] == "true", Path(said[1]), Path(said[2])
    top = None if bare else Path(os.path.realpath(asked(folder, "rev-parse", "--show-toplevel").removesuffix("\n")))
    settings: dict[str, str] = {}
    for entry in asked(folder, "config", "--list", "-z").split("\0"):
        name, _, value = entry.partition("\n")
        settings[name] = value
    if not _views or not _views[0].is_dir():
        _sweep()
        _views[:] = [Path(tempfile.mkdtemp(prefix=f"{_NAME}{os.getpid()}-"))]
        atexit.register(_drop, os.getpid())
    view = Path(tempfile.mkdtemp(dir=_views[0]))
    for name in _SHARED:
        if os.path.lexists(common / name):
            (view / name).symlink_to(common / name)
    (view / "config").write_text(_config(settings, bare), encoding="utf-8", errors="surrogateescape")
    return Sealed(git_dir, common, top, view, top is None or _leads_here(top, git_dir, settings))


def _config(settings: dict[str, str], bare: bool) -> str:
    kept = {name: value for name, value in settings.items() if name in _DATA}
    version = 1 if any(name.startswith("extensions.") for name in kept) else 0
    lines = ["[core]", f"\trepositoryformatversion = {version}", f"\tbare = {str(bare).lower()}"]
    for name, value in kept.items():
        section, _, key = name.partition(".")
        lines += [f"[{section}]", f"\t{key} = {_quoted(value)}"]
    promisors = [n[len("remote.") : -len(".promisor")] for n in settings if n.startswith("remote.") and n.endswith(".promisor")]
    for remote in promisors:
        lines += [f"[remote {_quoted(remote)}]", "\tpromisor = true"]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _leads_here(top: Path, git_dir: Path, settings: dict[str, str]) -> bool:
    """Is the repository that a .git file names this folder's: does it name the folder in turn, as linked worktrees and submodules do?"""
    link = top / ".git"
    if link.is_dir() and not link.is_symlink():
        return True
    back = git_dir / "gitdir"
    if back.is_file():
        named = (git_dir / back.read_text(encoding="utf-8", errors="surrogateescape").strip()).resolve()
        return named == link.parent.resolve() / ".git"
    worktree = settings.get("core.worktree")
    return worktree is not None and (git_dir / worktree).resolve() == top


def _sweep() -> None:
    """Takes away what processes left that were killed, or forked and ended at once. There are but links in it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_NAME}*"):
        pid = folder.name.removeprefix(_NAME).partition("-")[0]
        with suppress(OSError):
            about = folder.lstat()
            if not pid.isdecimal() or not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid():
                continue
            try:
                os.kill(int(pid), 0)
            except ProcessLookupError:
                shutil.rmtree(folder, ignore_errors=True)


def _drop(pid: int) -> None:
    if os.getpid() == pid:
        for folder in _views:
            shutil.rmtree(folder, ignore_errors=True)
