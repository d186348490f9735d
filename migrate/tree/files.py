"""Which files a run looks at, and the cheap question first: bytes that cannot hold a key are not parsed.

Left out: what `.gitignore` says, virtual environments, `node_modules`, caches, `.git` and `--exclude`. Symlinks are not followed.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

from migrate.errors import Refusal
from migrate.tree.environments import own_of_environment
from migrate.tree.names import may_be_text

SKIPPED = {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox", ".mypy_cache",
           ".ruff_cache", ".pytest_cache", ".eggs", "site-packages", ".ipynb_checkpoints", ".direnv"}  # fmt: skip
ENDINGS = (".py", ".pyw", ".wsgi", ".ipynb")
CARRIES = re.compile(
    r"(?i)(?:.*\.(?:env|ini|cfg|conf|cnf|config|properties|json[5c]?|ya?ml|toml|tf|tfvars|tfstate|hcl|csv|xml)(?:\.[\w-]+)?"
    r"|\.?env(?:rc)?(?:[._-].*)?|\.flaskenv|(?:Docker|Container|Jenkins|Proc)file.*|[.\w-]*credentials[.\w-]*"
    r"|(?:[.\w-]*[._-])?(?:aws|access|keys?|creds?|secrets?|tokens?)(?:[._-]?[.\w-]*)?\.(?:txt|key|dat)"
    r"|\.(?:s3cfg|s5cfg|boto|passwd-s3fs|duplicityrc|fog|netrc|pypirc|mrjob\.conf)|passwd-s3fs|authinfo2)"
)
"""The names of files that are no Python and in which settings stand, and keys with them."""
TEXTS = re.compile(
    r"(?i).*\.(?:jsonl|ndjson|txt|md|rst|adoc|tmpl|tpl|template|j2|jinja2?|pyx|pxd|rmd|qmd|ipy|sql|key|dat|log|bak|old|orig)"
)
"""The names of other texts, in which a key that is mapped is told of: a program may read it there, and people copy from there."""
_SHEBANG = re.compile(rb"#![^\n]*\bpython[\d.]*\b")
LARGEST = 64 * 1024 * 1024
_FEW = 1 << 16
_WILDEST = 3
_NAME = attrgetter("name")
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_SIGN = re.compile(rb"A[KS]IA")  # measured: a third of the time of two `in`
_ID = re.compile(rb"(?:AKIA|ASIA)[A-Z2-7]{16}")
_DOCUMENTATION = re.compile(rb"(?:AKIA|ASIA)(?:.*EXAMPLE.*|(.)\1{15})")
_PIECE = re.compile(rb"""['"](?:AKIA|ASIA)[A-Z2-7]{0,15}['"]""")
_JOINED = re.compile(rb"""['"](?:AKIA|ASIA)[A-Z2-7]{0,15}['"]\s*(?:\+\s*|,\s*|\\\s*)?['"][A-Z2-7]{2,}""")
_GIVEN = re.compile(rb"""aws_(?:secret_)?access_key(?:_id)?['"]?\s*(?:=(?!=)|:|\]\s*=(?!=))\s*(?!None|str\b)""")
_PUT_TOGETHER = re.compile(rb"""chr\(|['"]AK|['"][A-Z2-7]{12,20}['"]|['"][A-Za-z0-9/+]{40}['"]""")
_DECODED = re.compile(rb"""b64decode|b32decode|b16decode|unhexlify|fromhex|rot_?13|decompress|\[::-1\]|reversed\(""")
_ENCODED = re.compile(rb"""['"](?=[^'"\n]*[0-9])[A-Za-z0-9/+=]{20,}['"]""")


@dataclass(slots=True)
class Beside:
    """What lies beside the Python sources of a root: files of settings, Python files and folders that git ignores, and all other files
    that may be text and that git does not ignore."""

    settings: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Walk:
    """What a walk came to: the files under each root, in order, what lies beside them, and what could not be read."""

    roots: dict[Path, list[str]] = field(default_factory=dict)
    beside: dict[Path, Beside] = field(default_factory=dict)
    unreadable: list[tuple[Path, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many files there are."""
        return sum(map(len, self.roots.values()))


Notice = Callable[[Path, list[str]], None]
"""Told, after each folder of a walk, of its root and the files that are known of that root."""


def walk(
    paths: Iterable[Path], exclude: Iterable[tuple[Path | None, Sequence[str]]] = (), notice: Notice = lambda root, files: None
) -> Walk:
    """Every Python source and notebook under some paths.

    `exclude` are patterns as in `.gitignore`, each with the folder that they are relative to (None: the path itself).
    A folder below with a `.git` folder is a root of its own. Raises Refusal where a path does not exist, or is a file of another kind.
    """
    out, seen = Walk(), set[str]()
    patterns = list(exclude)
    for path in paths:
        if not os.path.lexists(path):
            raise Refusal(
                "the file or folder does not exist", path=path, help="name a Python file, a notebook, or a folder that contains some"
            )
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - symlinks stay as they were named
        if absolute.is_dir():
            root = project_root(absolute)
            _Folders(out, seen, patterns, absolute, notice).walk(root)
        else:
            if not absolute.is_file():
                raise Refusal("is not a regular file", path=path, help="name a Python file, a notebook, or a folder that contains some")
            root = project_root(absolute.parent, absolute.parent)
            if str(absolute) not in seen:
                seen.add(str(absolute))
                other = "." in absolute.name.lstrip(".") and not absolute.name.endswith(ENDINGS) and not is_script(str(absolute))
                if other or (CARRIES.fullmatch(absolute.name) and not absolute.name.endswith(ENDINGS)):
                    out.roots.setdefault(root, [])
                    beside = out.beside.setdefault(root, Beside())
                    known = CARRIES.fullmatch(absolute.name) or TEXTS.fullmatch(absolute.name)
                    (beside.settings if known else beside.others).append(str(absolute))
                else:
                    out.roots.setdefault(root, []).append(str(absolute))
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


class _Folders:
    """One walk below one folder."""

    def __init__(
        self, out: Walk, seen: set[str], exclude: Sequence[tuple[Path | None, Sequence[str]]], start: Path, notice: Notice
    ) -> None:
        self.out = out
        self.notice = notice
        self.seen = seen
        self.start = str(start)
        self.exclude = [(str(base or start), spec_of(list(patterns), "--exclude")) for base, patterns in exclude if patterns]

    def walk(self, root: Path) -> None:  # noqa: C901 - one loop over tens of thousands of entries, in which a call costs
        """Fills in the files below the start, each under its root."""
        above = self._specs_above(root) if (root / ".git").exists() else []
        if above and self.start != str(root) and self._ignored(self.start, above, True):
            above = []  # whoever names an ignored folder wants it looked at
        stack: list[tuple[str, Path, list[tuple[str, Any]]]] = [(self.start, root, above)]
        while stack:
            here, root, specs = stack.pop()
            try:
                with os.scandir(here) as entries:
                    listed = sorted(entries, key=_NAME)
            except OSError as e:
                self.out.unreadable.append((Path(here), e.strerror or "cannot be read"))
                continue
            names = {e.name for e in listed}
            if "pyvenv.cfg" in names and here != self.start:
                self._environment(here, self.out.beside.setdefault(root, Beside()))
                continue
            if ".git" in names and here != str(root) and os.path.isdir(os.path.join(here, ".git")):  # noqa: PTH112, PTH118 - hot
                root, specs = Path(here), []
            if ".gitignore" in names and (specs or (root / ".git").exists()) and (spec := _gitignore(here)) is not None:
                specs = [*specs, (here, spec)]
            files = self.out.roots.setdefault(root, [])
            beside = self.out.beside.setdefault(root, Beside())
            folders = []
            free = not specs and not self.exclude  # nothing to ask of tens of thousands of paths
            for entry in listed:
                name = entry.name
                if name.endswith(ENDINGS) and not entry.is_dir(follow_symlinks=False):
                    if free or not self._ignored(entry.path, specs, False):
                        self._file(entry, files)
                    elif not self._excluded(entry.path, False):
                        beside.ignored.append(entry.path)
                elif entry.is_dir(follow_symlinks=False):
                    if name in SKIPPED:
                        self._environment(entry.path, beside)
                    elif free or not self._ignored(entry.path, specs, True):
                        folders.append(entry.path)
                    elif not self._excluded(entry.path, True):
                        beside.ignored.append(entry.path)
                elif CARRIES.fullmatch(name) or TEXTS.fullmatch(name):
                    # a `.env` is ignored by git just because it holds keys
                    if entry.is_file(follow_symlinks=False) and not self._excluded(entry.path, False):
                        beside.settings.append(entry.path)
                elif may_be_text(name) and entry.is_file(follow_symlinks=False):
                    if free or not self._ignored(entry.path, specs, False):
                        if "." not in name and is_script(entry.path):
                            self._file(entry, files)
                        else:
                            beside.others.append(entry.path)
            self.notice(root, files)
            stack += [(f, root, specs) for f in reversed(folders)]

    def _environment(self, folder: str, beside: Beside) -> None:
        beside.settings += (f for f in own_of_environment(folder) if not self._excluded(f, False))

    def _file(self, entry: "os.DirEntry[str]", files: list[str]) -> None:
        if not entry.is_file(follow_symlinks=False):
            if not entry.is_symlink():
                self.out.unreadable.append((Path(entry.path), "is not a regular file"))
        elif entry.path not in self.seen:
            self.seen.add(entry.path)
            files.append(entry.path)

    def _specs_above(self, root: Path) -> list[tuple[str, Any]]:
        """The ignore files of the folders from the root down to the start's parent."""
        folders = [f for f in reversed(Path(self.start).parents) if f == root or root in f.parents]
        return [(str(f), spec) for f in folders if (spec := _gitignore(str(f))) is not None]

    def _excluded(self, path: str, folder: bool) -> bool:
        for base, spec in self.exclude:
            if path.startswith(base.rstrip("/") + "/"):
                relative = path[len(base.rstrip("/")) + 1 :]
                if spec.match_file(relative + "/" if folder else relative):
                    return True
        return False

    def _ignored(self, path: str, specs: list[tuple[str, Any]], folder: bool) -> bool:
        if self._excluded(path, folder):
            return True
        for base, spec in reversed(specs):
            relative = path[len(base.rstrip("/")) + 1 :]
            verdict = spec.check_file(relative + "/" if folder else relative).include
            if verdict is not None:
                return bool(verdict)
        return False


def spec_of(lines: list[str], option: str) -> Any:
    """Return the spec of patterns that an option was given. Raise Refusal where one is no pattern."""
    import pathspec

    try:
        return pathspec.GitIgnoreSpec.from_lines(lines)
    except ValueError:  # pathspec's own error for a pattern that means nothing
        raise Refusal(f"a pattern of {option} is invalid", help="use patterns as in .gitignore") from None


def _gitignore(folder: str) -> Any:
    """The spec of a folder's `.gitignore`; None where there is none that says anything."""
    file = os.path.join(folder, ".gitignore")  # noqa: PTH118 - hot
    try:
        if not stat.S_ISREG(os.lstat(file).st_mode):
            return None
        text = read(file).decode("utf-8", "replace")
    except OSError:
        return None
    return ignore_spec(text.splitlines())


def may_take_for_ever(pattern: str) -> bool:
    """Has a pattern so many `*` that matching a long name against it may have no end? For those that a stranger's repository brings."""
    parts = pattern.split("/")
    return parts.count("**") > _WILDEST or any(part != "**" and part.count("*") > _WILDEST for part in parts)


def ignore_spec(lines: Iterable[str]) -> Any:
    """The spec of the lines of a `.gitignore`; None where they say nothing, or nothing that is a pattern."""
    said = [line for line in lines if line.strip() and not line.startswith("#") and not may_take_for_ever(line)]
    try:
        return spec_of(said, "") if said else None
    except Refusal:
        return None


def read(path: str | Path, largest: int = LARGEST) -> bytes:
    """A file's bytes.

    Raises OSError where it is not a regular file (a pipe is not waited for), larger than `largest`, or may not be read.
    """
    fd = os.open(path, _READING)
    try:
        about = os.fstat(fd)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(22, "is not a regular file")
        if about.st_size > largest:
            raise OSError(27, f"is larger than {largest >> 20} MiB")
        data = os.read(fd, about.st_size + 1)
        if len(data) == about.st_size:
            return data
        pieces = [data]  # it grew, or came in parts
        while piece := os.read(fd, 1 << 20):
            pieces.append(piece)
            if sum(map(len, pieces)) > largest:
                raise OSError(27, f"is larger than {largest >> 20} MiB")
        return b"".join(pieces)
    finally:
        os.close(fd)


def read_most(path: str) -> bytes:
    """As `read`, for one file of tens of thousands: nothing is asked of it but its bytes, unless they are many. Raises OSError."""
    fd = os.open(path, _READING)
    try:
        data = os.read(fd, _FEW)
        if len(data) < _FEW and not os.read(fd, 1):  # some file systems give less than there is
            return data
    finally:
        os.close(fd)
    return read(path)


def is_script(path: str) -> bool:
    """Does a file without an ending begin with a line that has Python run it?"""
    try:
        fd = os.open(path, _READING)
    except OSError:
        return False
    try:
        return starts_script(os.read(fd, 128))
    finally:
        os.close(fd)


def starts_script(data: bytes) -> bool:
    """Do these bytes begin with a line that has Python run them?"""
    return _SHEBANG.match(data) is not None


def holds_id(data: bytes) -> bool:
    """Does a whole key id stand in these bytes, and not one of AWS's documentation?"""
    return _SIGN.search(data) is not None and any(not _DOCUMENTATION.fullmatch(m.group()) for m in _ID.finditer(data))


def interesting(data: bytes, mentions: bool = True) -> bool:
    """Can a file with these bytes be of interest by itself?

    It holds a key id that is not of AWS's documentation, or the beginning of one in quotes; or it names the arguments that take keys
    and may compute one. Without `mentions` the names alone are not enough: they must be given values where something looks like a
    computation, and a beginning must be followed by another literal.
    """
    if b"\0" in data[:64]:  # UTF-16, which no Python runs, holds keys all the same
        data = data.replace(b"\0", b"")
    if _SIGN.search(data) and ((_PIECE if mentions else _JOINED).search(data) or holds_id(data)):
        return True
    if b"_access_key" not in data and (not mentions or b"aws_secret" not in data):
        return False
    if b"aws_access_key" not in data and b"aws_secret" not in data:
        return False
    return mentions or (_GIVEN.search(data) is not None and _may_compute(data))


def _may_compute(data: bytes) -> bool:
    """Do pieces of a key stand here, or something encoded beside what decodes?"""
    if _PUT_TOGETHER.search(data):
        return True
    return _DECODED.search(data) is not None and _ENCODED.search(data) is not None
