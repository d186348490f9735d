"""Which files a run looks at, and the cheap question first: bytes that cannot hold a key are not parsed.

Ignored: what `.gitignore` says, virtual environments, `node_modules`, caches, `.git` and `--exclude`. Symlinks are not followed.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from migrate.errors import Refusal

SKIPPED = {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache",
           ".eggs", "site-packages", ".ipynb_checkpoints", ".direnv"}  # fmt: skip
LARGEST = 64 * 1024 * 1024
SIGNS = (b"AKIA", b"ASIA", b"aws_access_key", b"aws_secret")
"""What the bytes of a file of interest hold: ids by their prefix, computed ones by the argument that takes them."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file of a run."""

    path: Path
    root: Path
    notebook: bool


@dataclass(slots=True)
class Walk:
    """What a walk came to: the files under each root, and what could not be read."""

    files: list[Found] = field(default_factory=list)
    unreadable: list[tuple[Path, str]] = field(default_factory=list)


def walk(paths: Iterable[Path], exclude: Iterable[str] = ()) -> Walk:
    """Every Python source and notebook under some paths.

    Raises Refusal where a path does not exist.
    """
    out, seen = Walk(), set[Path]()
    patterns = list(exclude)
    for path in paths:
        if not os.path.lexists(path):
            raise Refusal("no such file or folder", path=path, help="name a Python file, a notebook, or a folder that holds some")
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - symlinks stay as they were named
        if absolute.is_dir():
            root = project_root(absolute)
            for p in _folder(absolute, _Ignore(root, absolute, patterns), out):
                if p not in seen:
                    seen.add(p)
                    out.files.append(Found(p, root, p.suffix == ".ipynb"))
        else:
            root = project_root(absolute.parent, absolute.parent)
            if absolute not in seen:
                seen.add(absolute)
                out.files.append(Found(absolute, root, absolute.suffix == ".ipynb"))
    return out


def project_root(folder: Path, otherwise: Path | None = None) -> Path:
    """The top of the git checkout that a folder is in, else the folder itself: imports are looked up from there."""
    here = folder
    while True:
        if (here / ".git").exists():
            return here
        if here.parent == here:
            return otherwise or folder
        here = here.parent


class _Ignore:
    """`.gitignore` files from the root down, and the excludes of this run."""

    def __init__(self, root: Path, start: Path, exclude: list[str]) -> None:
        import pathspec

        self.root = root
        self.make = lambda lines: pathspec.PathSpec.from_lines("gitwildmatch", lines)
        self.exclude = self.make(exclude) if exclude else None
        self.start = start
        self.specs: dict[Path, list[tuple[Path, object]]] = {}
        self.git = (root / ".git").exists()

    def specs_for(self, folder: Path) -> list[tuple[Path, object]]:
        """The ignore files that count in a folder."""
        if folder not in self.specs:
            above = self.specs_for(folder.parent) if folder != self.root and self.root in folder.parents else []
            mine: list[tuple[Path, object]] = []
            file = folder / ".gitignore"
            if self.git:
                try:
                    if stat.S_ISREG(os.lstat(file).st_mode):
                        mine = [(folder, self.make(file.read_text(encoding="utf-8", errors="replace").splitlines()))]
                except OSError:
                    pass
            self.specs[folder] = above + mine
        return self.specs[folder]

    def ignored(self, path: Path, folder: bool) -> bool:
        """Is a path left out?"""
        if self.exclude is not None:
            relative = os.path.relpath(path, self.start)
            if self.exclude.match_file(relative + "/" if folder else relative) or self.exclude.match_file(path.name):
                return True
        for base, spec in reversed(self.specs_for(path.parent)):
            relative = os.path.relpath(path, base)
            verdict = spec.check_file(relative + "/" if folder else relative).include  # type: ignore[attr-defined]
            if verdict is not None:
                return bool(verdict)
        return False


def _folder(folder: Path, ignore: _Ignore, out: Walk) -> Iterator[Path]:
    stack = [str(folder)]
    while stack:
        here = stack.pop()
        try:
            with os.scandir(here) as entries:
                listed = sorted(entries, key=lambda e: e.name)
        except OSError as e:
            out.unreadable.append((Path(here), e.strerror or "cannot be read"))
            continue
        if any(e.name == "pyvenv.cfg" for e in listed) and here != str(folder):
            continue
        for e in listed:
            if e.is_symlink():
                continue
            if e.is_dir(follow_symlinks=False):
                if e.name not in SKIPPED and not ignore.ignored(Path(e.path), True):
                    stack.append(e.path)
            elif e.name.endswith((".py", ".pyw", ".ipynb")) and not ignore.ignored(Path(e.path), False):
                yield Path(e.path)


def read(path: Path) -> bytes:
    """A file's bytes.

    Raises OSError where it is no plain file, too large, or may not be read.
    """
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        about = os.fstat(fd)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(22, "is no plain file")
        if about.st_size > LARGEST:
            raise OSError(27, "is larger than 64 MiB")
        pieces = []
        while piece := os.read(fd, 1 << 20):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(fd)


def interesting(data: bytes) -> bool:
    """Can a file with these bytes be of interest by itself?"""
    return any(sign in data for sign in SIGNS)
