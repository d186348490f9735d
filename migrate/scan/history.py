"""The keys in every commit of a repository, each once, with the first and the last commit that hold it. No checkout is made.

`git log --raw` names every blob that a commit brought, and `git cat-file --batch` streams each of them once. Then the log is walked from
the oldest commit on, and the places of the blobs that hold a key are carried from parent to child: a commit holds what its tree holds.
The repository is not trusted: git is called as in `migrate.repositories.git`.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.repositories.limits import held_back
from migrate.repositories.sealed import safely
from migrate.scan.files import Exclusion
from migrate.scan.kinds import code_of
from migrate.scan.pairs import Pair, is_binary, may_hold, pairs_in
from migrate.scan.wording import named
from migrate.tree.files import LARGEST
from migrate.tree.processes import cores, in_processes

_FEW = 600
_LARGEST_LOG = 4 << 30
"""Bytes of a log of all commits with all paths: the Linux kernel's has about a third."""
_BROUGHT = re.compile(rb":\d{6} 100\d{3} [0-9a-f]{40,64} ([0-9a-f]{40,64}) [A-Z]\0([^\0]*)\0")
_HELP = "retire the key: it is in every clone, and rewriting the history does not change existing clones"


@dataclass(slots=True)
class _Blob:
    """A blob with keys: its pairs, and the first bytes that tell what kind of file it is."""

    pairs: list[Pair]
    opening: bytes = field(repr=False)


@dataclass(slots=True)
class _Life:
    """Where a key stood: the first commit that holds it with a blob and path, and the last commit."""

    first: str
    path: str
    blob: str
    last: str


def scan_history(
    path: Path, below: Sequence[str], found: list[Finding], exclude: Exclusion, done: set[str], progress: Callable[[str], None]
) -> list[Finding]:
    """The findings with what the histories of the repositories at and below a path add.

    A key that still stands in a file of the same repository is not named twice: its first finding gets the commits.
    `done` are the git folders that were looked at before.
    """
    for top in dict.fromkeys(map(Path, [*_at(path), *below])):
        try:
            folder = _output(top, "rev-parse", "--path-format=absolute", "--git-common-dir").decode("utf-8", "surrogateescape").strip()
            if folder in done:
                continue
            done.add(folder)
            progress(f"history of {top.name}")
            found = _one(top, found, exclude)
        except Refusal as refusal:
            found = [*found, Finding("AWS338", str(top), f"its history could not be read: {refusal.message}", help=refusal.help)]
    return found


def _at(path: Path) -> Iterator[str]:
    """The top of the repository that a path lies in, a bare one too."""
    folder = path if path.is_dir() else path.parent
    for here in (folder, *folder.parents):
        bare = (here / "HEAD").is_file() and (here / "objects").is_dir() and (here / "refs").is_dir()
        if (here / ".git").exists() or bare:
            yield str(here)
            return


def _one(top: Path, found: list[Finding], exclude: Exclusion) -> list[Finding]:
    """One repository. Raises Refusal where git will not read it."""
    with _logged(top) as log:
        blobs, large = _hits(top, _candidates(top, log, exclude))
        lives = _lives(log, blobs) if blobs else {}
    standing: dict[str, int] = {}
    inside = str(top).rstrip("/") + "/"
    for n, f in enumerate(found):
        if f.key is not None and f.path.startswith(inside):
            standing.setdefault(f.key, n)
    out = list(found)
    for key, life in lives.items():
        pair = next(p for p in blobs[life.blob].pairs if p.key == key)
        file = f"{inside}{life.path}"
        if key in standing:
            n = standing[key]
            out[n] = replace(out[n], first_commit=life.first, last_commit=life.last, help=f"{out[n].help}; {_HELP}")
        elif not pair.covers("AWS315"):
            where = "" if code_of(file, blobs[life.blob].opening) != "AWS305" else ", in an AWS credentials file"
            message = f"the history contains {named(key)} and its secret{where}"
            out.append(Finding("AWS315", file, message, pair.line, pair.column, _HELP, key, None, life.first, life.last))
    out += [
        Finding(
            "AWS338",
            str(top),
            f"a file in its history is too large to scan: blob {oid} with {size >> 20} MiB",
            help=f"git show {oid}",
        )
        for oid, size in large.items()
    ]
    if _is_cut(top):
        out.append(Finding("AWS332", str(top), "the clone is shallow or partial: missing commits were not scanned"))
    return out


def _is_cut(top: Path) -> bool:
    if _output(top, "rev-parse", "--is-shallow-repository").strip() == b"true":
        return True
    with suppress(Refusal):
        return bool(_output(top, "config", "--get-regexp", r"^remote\..*\.promisor$"))
    return False


def _candidates(top: Path, log: IO[bytes], exclude: Exclusion) -> list[bytes]:
    """The ids of all blobs that some commit brought, each once. Paths that are left out leave their blobs out."""
    inside = str(top).rstrip("/") + "/"
    seen: dict[bytes, None] = {}
    rest = b""
    log.seek(0)
    while data := log.read(1 << 22):
        whole = rest + data
        end = 0
        for m in _BROUGHT.finditer(whole):
            end = m.end()
            oid, name = m.groups()
            if oid not in seen and not (exclude and exclude.covers(inside + name.decode("utf-8", "surrogateescape"))):
                seen[oid] = None
        rest = whole[max(end, len(whole) - (1 << 16)) :]
    return list(seen)


def _hits(top: Path, blobs: list[bytes]) -> tuple[dict[str, _Blob], dict[str, int]]:
    """The blobs that hold keys, and the sizes of those that are too large to be looked into."""
    jobs = min(cores(), 4) if len(blobs) >= _FEW else 1
    # runs of neighbours: git keeps the bases of deltas that follow each other
    size = -(-len(blobs) // jobs) if blobs else 1
    shares = [blobs[n : n + size] for n in range(0, len(blobs), size)]

    def search(part: Sequence[list[bytes]]) -> tuple[dict[str, _Blob], dict[str, int]]:
        out: dict[str, _Blob] = {}
        large: dict[str, int] = {}
        for share in part:
            for oid, data in _contents(top, share):
                if isinstance(data, int):
                    large[oid] = data
                elif may_hold(data) and not is_binary(data) and (pairs := pairs_in(data)):
                    out[oid] = _Blob(pairs, data[:8192])
        return out, large

    whole: dict[str, _Blob] = {}
    too_large: dict[str, int] = {}
    for part, result in in_processes(search, shares, jobs):
        found, large = result if result is not None else search(part)
        whole.update(found)
        too_large.update(large)
    return whole, too_large


def _contents(top: Path, blobs: list[bytes]) -> Iterator[tuple[str, bytes | int]]:
    """Each blob's bytes; of one that is too large its size."""
    with _fed(top, b"\n".join(blobs) + b"\n", "cat-file", "--batch", "--buffer") as stream:
        while head := stream.readline():
            part = head.split()
            if len(part) != 3:
                continue  # missing: a partial clone
            size = int(part[2])
            if size > LARGEST:
                while size > 0 and (piece := stream.read(min(size, 1 << 20))):
                    size -= len(piece)
                stream.read(1)
                yield part[0].decode(), int(part[2])
                continue
            data = stream.read(size)
            stream.read(1)
            yield part[0].decode(), data


def _lives(log: IO[bytes], blobs: dict[str, _Blob]) -> dict[str, _Life]:
    """Each key's first and last commit. A commit holds a key if its tree does, not only if it brought it."""
    holding: dict[str, frozenset[tuple[bytes, str]]] = {}
    lives: dict[str, _Life] = {}
    for commit, parents, changes in _commits(log):
        here = holding.get(parents[0], frozenset()) if parents else frozenset()
        if changes:
            touched = {path for path, _ in changes}
            brought = {(path, oid) for path, oid in changes if oid in blobs}
            if brought or any(path in touched for path, _ in here):
                here = frozenset({(p, o) for p, o in here if p not in touched} | brought)
        if here:
            holding[commit] = here
        for path, oid in sorted(here):
            for pair in blobs[oid].pairs:
                life = lives.get(pair.key)
                if life is None:
                    lives[pair.key] = _Life(commit, path.decode("utf-8", "surrogateescape"), oid, commit)
                else:
                    life.last = commit
    return lives


@contextmanager
def _logged(top: Path) -> Iterator[IO[bytes]]:
    """What became of each path in each commit against its first parent, parents first, as a file without a name."""
    options = ["--all", "--date-order", "--reverse", "--raw", "--no-renames", "--no-abbrev", "--root", "--diff-merges=first-parent", "-z"]
    with tempfile.TemporaryFile() as file:
        with _fed(top, b"", "log", *options, "--no-show-signature", "--format=%x01%H %P", "--", into=file):
            pass
        yield file


def _commits(log: IO[bytes]) -> Iterator[tuple[str, list[str], list[tuple[bytes, str]]]]:
    """Commits, parents first: id, parents, and each path that changed with the blob that it has now."""
    log.seek(0)
    commit, parents, changes = "", list[str](), list[tuple[bytes, str]]()
    tokens = _tokens(log)
    for token in tokens:
        token = token.lstrip(b"\n")
        if token.startswith(b"\x01"):
            if commit:
                yield commit, parents, changes
            commit, *parents = token[1:].decode().split()
            changes = []
        elif token.startswith(b":"):
            changes.append((next(tokens, b""), token.split(b" ")[3].decode()))
    if commit:
        yield commit, parents, changes


def _tokens(stream: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while data := stream.read(1 << 16):
        *whole, rest = (rest + data).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _output(top: Path, *args: str) -> bytes:
    """The output of a git command. Raises Refusal."""
    with _fed(top, b"", *args) as stream:
        return stream.read()


@contextmanager
def _fed(top: Path, data: bytes, *args: str, into: IO[bytes] | None = None) -> Iterator[IO[bytes]]:
    """The output of a git command as it comes (or in a file), with `data` as its input. Raises Refusal where it fails, once all was read."""
    command, env = safely(top, *args)
    env["GIT_NO_REPLACE_OBJECTS"] = "1"
    # object ids and complaints go by files: a pipe would have to be fed and read at once with the other
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaints:
        given.write(data)
        given.seek(0)
        try:
            command, before = held_back(command, _LARGEST_LOG)
            process = subprocess.Popen(command, stdin=given, stdout=into or subprocess.PIPE, stderr=complaints, env=env, preexec_fn=before)
        except OSError as e:
            raise Refusal("git is not installed" if isinstance(e, FileNotFoundError) else f"git cannot be started: {e.strerror}") from None
        stream = into or process.stdout
        assert stream is not None
        try:
            if into is not None:
                process.wait()
            yield stream
            rest = b"" if into is not None else stream.read(1)
        except BaseException:
            process.kill()
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()
            process.wait()
        complaints.seek(0)
        error = complaints.read(1 << 16)
    if process.returncode and not rest:
        owner = b"dubious ownership" in error
        help = "the repository belongs to another user: run git config --global --add safe.directory FOLDER" if owner else "run git fsck"
        raise Refusal(f"git {args[0]} failed with status {process.returncode}", path=top, help=help)
