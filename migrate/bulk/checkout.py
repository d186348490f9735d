"""A fresh clone's files on disk: what `code` reads, and of the rest what is neither large nor a link.

What is left out is marked so in the index (`skip-worktree`), so that git misses nothing. Links are left out since one could lead out
of the clone, large files since they are why a clone of many is slow, and a small one may unpack to fill the disk.
"""

from pathlib import Path
from typing import NamedTuple

from migrate.bulk.remote_git import with_remote
from migrate.bulk.remotes import Remote
from migrate.codemod.files import ENDINGS, LARGEST
from migrate.errors import Refusal
from migrate.repositories.git import Repository

_LARGE = 1 << 20
_READ = (*ENDINGS, "pyproject.toml", ".gitignore")
_LINK, _FILES = "120000", ("100644", "100755", "100664")
_AT_ONCE = 500


class _Entry(NamedTuple):
    mode: str
    id: str
    size: int | None  # None: not fetched
    path: str


def check_out(clone: Path, remote: Remote) -> tuple[Repository, list[str]]:
    """The clone with its files there, and what `code` would have read but is too large. Raises Refusal and RemoteError."""
    bare = Repository(clone, "", None)
    names = bare.git("config", "--list", "--name-only", "-z").split("\0")
    filters = tuple(sorted({n.split(".", 1)[1].rpartition(".")[0] for n in names if n.startswith("filter.")}))
    head = bare.git("rev-parse", "HEAD^{commit}").strip()
    repository = Repository(clone, head, bare.git("symbolic-ref", "--quiet", "--short", "HEAD").strip(), [], filters)
    entries = _entries(repository)
    lacking = [e for e in entries if e.size is None and e.mode in _FILES and e.path.endswith(_READ)]
    if lacking:
        _fetch(clone, remote, lacking)
        entries = _entries(repository)
    large = [e.path for e in entries if e.mode in _FILES and e.path.endswith(ENDINGS) and (e.size or 0) > LARGEST]
    left_out = [e.path for e in entries if _left_out(e)]
    try:
        if left_out:
            repository.git("read-tree", head)
            paths = "".join(f"{p}\0" for p in left_out).encode("utf-8", "surrogateescape")
            repository.git("update-index", "--skip-worktree", "-z", "--stdin", data=paths)
            repository.git("checkout-index", "--all", "--index", "--quiet")
        else:
            repository.git("read-tree", "-m", "-u", head)
    except Refusal:
        raise Refusal("git would not check it out: a path in it leads out of it, or into .git, or two cannot stand side by side") from None
    return repository, large


def _entries(repository: Repository) -> list[_Entry]:
    out = []
    for line in repository.git("ls-tree", "-r", "-z", "-l", "--full-tree", "HEAD").split("\0"):
        about, _, path = line.partition("\t")
        if path:
            mode, _, id, size = about.split()
            out.append(_Entry(mode, id, int(size) if size.isdecimal() else None, path))
    return out


def _left_out(entry: _Entry) -> bool:
    if entry.mode == _LINK:
        return True
    if entry.mode not in _FILES:
        return False  # a submodule: git makes an empty folder
    return entry.size is None or entry.size > (LARGEST if entry.path.endswith(_READ) else _LARGE)


def _fetch(clone: Path, remote: Remote, entries: list[_Entry]) -> None:
    """Fetches files that the partial clone has left out, as git itself does when it needs one (fetch_objects in promisor-remote.c)."""
    ids = sorted({e.id for e in entries})
    for n in range(0, len(ids), _AT_ONCE):
        args = ("--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none", "--quiet", "origin")
        with_remote(clone, remote, "fetch", *args, *ids[n : n + _AT_ONCE])
