"""A fresh clone's files: looked at in git's own store first, and put on disk only where `code` has something to look into.

Most repositories of many hold no key, and writing their files out would be most of what they cost. What goes to disk is what `code`
reads, and of the rest, where somebody will see the clone, what is neither large nor a link; what is left out is marked so in the index
(`skip-worktree`), so that git misses nothing. Links are left out since one could lead out of the clone, large files since a small one may
unpack to fill the disk.
"""

import subprocess
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from migrate.bulk.remote_git import with_remote
from migrate.bulk.remotes import Remote
from migrate.errors import Refusal
from migrate.repositories.git import Repository
from migrate.repositories.sealed import safely
from migrate.tree.files import CARRIES, ENDINGS, LARGEST, SKIPPED, TEXTS, holds_id, ignore_spec, interesting, starts_script
from migrate.tree.names import may_be_text
from migrate.tree.search import SMALL

_LARGE = 1 << 20
_SETTINGS = "pyproject.toml"
_IGNORE = ".gitignore"
_READ = (*ENDINGS, _SETTINGS, _IGNORE)
_ATTRIBUTES = ".gitattributes"
_LINK, _FILES = "120000", ("100644", "100755", "100664")
_AT_ONCE = 500


class _Entry(NamedTuple):
    mode: str
    id: str
    size: int | None  # None: not fetched
    path: str


class Files:
    """The files of a clone's HEAD. `repository` is the checkout."""

    def __init__(self, clone: Path, remote: Remote) -> None:
        """Reads what there is. Raises Refusal where HEAD is no commit, RemoteError where what `code` reads cannot be fetched."""
        bare = Repository(clone, "", None)
        head = bare.git("rev-parse", "HEAD^{commit}").strip()
        self.repository = Repository(clone, head, bare.git("symbolic-ref", "--quiet", "--short", "HEAD").strip(), [])
        self._entries = self._listed()
        lacking = [e for e in self._entries if e.size is None and e.mode in _FILES and _is_read(e.path)]
        if lacking:
            _fetch(clone, remote, lacking)
            self._entries = self._listed()

    def _listed(self) -> list[_Entry]:
        out = []
        for line in self.repository.git("ls-tree", "-r", "-z", "-l", "--full-tree", "HEAD").split("\0"):
            about, _, path = line.partition("\t")
            if path:
                mode, _, id, size = about.split()
                out.append(_Entry(mode, id, int(size) if size.isdecimal() else None, path))
        return out

    def nothing_in(self, excluding: bool) -> int | None:
        """How many files were looked at, where `code` would find nothing in any; None where it has to be asked.

        The question is the one that `code` begins with (`migrate.tree.search`), of all files, whatever `.gitignore` says. `excluding`:
        somebody left out more.
        """
        looked_at = [e for e in self._entries if e.mode in _FILES and e.path.endswith(ENDINGS) and SKIPPED.isdisjoint(e.path.split("/"))]
        if any((e.size or 0) > LARGEST for e in looked_at):
            return None
        settings = self._named(_SETTINGS)
        if any(b"aws-sso-migrate" in data for data in self._contents(settings)):
            return None
        # `code` asks less of a file in a large tree
        mentions = excluding or len(looked_at) <= SMALL or len(looked_at) - self._ignored_at_most(looked_at) <= SMALL
        if any(interesting(data, mentions) for data in self._contents(looked_at)):
            return None
        scripts = [e for e in self._others() if "." not in e.path.rpartition("/")[2]]
        if any(starts_script(data) and interesting(data, mentions) for data in self._contents(scripts)):
            return None
        return None if self.holds_settings or self.holds_texts else len(looked_at)

    def _others(self) -> list[_Entry]:
        """Files that are no Python sources by their names, and that `code` may look into."""
        return [
            e
            for e in self._entries
            if e.mode in _FILES and not e.path.endswith(ENDINGS) and _is_read(e.path) and (e.size or 0) <= _LARGE
            and SKIPPED.isdisjoint(e.path.split("/"))
        ]  # fmt: skip

    @cached_property
    def holds_settings(self) -> bool:
        """Does a key stand in a settings file? Then what else reads it matters, whatever it is."""
        from migrate.scan.pairs import is_binary, may_hold, pairs_in

        settings = [e for e in self._others() if _may_be_told_of(e.path.rpartition("/")[2])]
        return any(
            may_hold(data) and pairs_in(data.replace(b"\0", b"\n") if is_binary(data) else data) for data in self._contents(settings)
        )

    @cached_property
    def holds_texts(self) -> bool:
        """Does a key stand in a file of any other kind: a shell script, JavaScript, a Makefile? Then it is told of."""
        texts = [
            e
            for e in self._entries
            if e.mode in _FILES and e.size is not None and e.size <= _LARGE and not _is_read(e.path) and may_be_text(e.path)
            and SKIPPED.isdisjoint(e.path.split("/"))
        ]  # fmt: skip
        unnamed = [e for e in self._others() if "." not in e.path.rpartition("/")[2]]
        return any(holds_id(data.replace(b"\0", b"") if b"\0" in data[:64] else data) for data in self._contents([*texts, *unnamed]))

    def _ignored_at_most(self, entries: list[_Entry]) -> int:
        """How many of some files `code` may leave out."""
        if self._named("pyvenv.cfg"):
            return len(entries)
        ignored: set[str] = set()
        lists = self._named(_IGNORE)
        for one, data in zip(lists, self._contents(lists), strict=True):
            folder = one.path.removesuffix(_IGNORE)
            # what is taken back by a `!` may lie in a folder that is not looked into
            spec = ignore_spec(line for line in data.decode("utf-8", "replace").splitlines() if not line.startswith("!"))
            if spec is None:
                continue
            below = [e.path for e in entries if e.path.startswith(folder)]
            ignored.update(path for path in below if spec.match_file(path[len(folder) :]))
        return len(ignored)

    def _named(self, name: str) -> list[_Entry]:
        return [e for e in self._entries if e.mode in _FILES and e.path.rpartition("/")[2] == name and (e.size or 0) < _LARGE]

    def _contents(self, entries: list[_Entry]) -> Iterator[bytes]:
        """The bytes of files, as git has them. Raises Refusal where git does not give them."""
        if not entries:
            return
        command, env = safely(self.repository.top, "cat-file", "--batch", "--buffer")
        with TemporaryFile() as asked:  # by a pipe each would wait for the other
            asked.write("".join(f"{e.id}\n" for e in entries).encode("ascii"))
            asked.seek(0)
            with subprocess.Popen(command, env=env, stdin=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
                assert process.stdout is not None
                try:
                    for _ in entries:
                        about = process.stdout.readline().split()
                        if len(about) != 3:
                            raise Refusal("git cannot read one of its files")
                        yield process.stdout.read(int(about[2]) + 1)[:-1]
                finally:
                    process.kill()

    @property
    def too_large(self) -> list[str]:
        """What `code` would have read, and are more bytes than it reads."""
        return [e.path for e in self._entries if e.mode in _FILES and e.path.endswith(ENDINGS) and (e.size or 0) > LARGEST]

    def check_out(self, whole: bool) -> None:
        """Puts the files on disk, `whole`: also those that `code` does not read. Raises Refusal."""
        repository = self.repository
        whole = whole or self.holds_settings or self.holds_texts
        left_out = [e.path for e in self._entries if _left_out(e, whole)]
        try:
            if left_out:
                repository.git("read-tree", repository.head)
                paths = "".join(f"{p}\0" for p in left_out).encode("utf-8", "surrogateescape")
                repository.git("update-index", "--skip-worktree", "-z", "--stdin", data=paths)
                repository.git("checkout-index", "--all", "--index", "--quiet")
            else:
                repository.git("read-tree", "-m", "-u", repository.head)
        except Refusal:
            raise Refusal("git refused to check it out: a path leads outside the repository or into .git, or two paths conflict") from None


def _left_out(entry: _Entry, whole: bool) -> bool:
    if entry.mode == _LINK:
        return True
    if entry.mode not in _FILES:
        return False  # a submodule: git makes an empty folder
    if not whole and not _is_read(entry.path) and not entry.path.endswith(_ATTRIBUTES):
        return True
    return entry.size is None or entry.size > (LARGEST if entry.path.endswith(_READ) else _LARGE)


def _is_read(path: str) -> bool:
    """Is it one of the files that `code` is about: a source, a settings file, or perhaps a script without an ending?"""
    name = path.rpartition("/")[2]
    return path.endswith(_READ) or "." not in name or _may_be_told_of(name)


def _may_be_told_of(name: str) -> bool:
    """Return whether `code` looks for keys in a file of this name that is no Python."""
    return CARRIES.fullmatch(name) is not None or TEXTS.fullmatch(name) is not None


def _fetch(clone: Path, remote: Remote, entries: list[_Entry]) -> None:
    """Fetches files that the partial clone has left out, as git itself does when it needs one (fetch_objects in promisor-remote.c)."""
    ids = sorted({e.id for e in entries})
    for n in range(0, len(ids), _AT_ONCE):
        args = ("--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none", "--quiet", "origin")
        with_remote(clone, remote, "fetch", *args, *ids[n : n + _AT_ONCE])
