"""What beside Python reads a settings file or its variables: compose files, Dockerfiles, scripts, other languages."""

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from migrate.tree.unrelated import is_unrelated

_LARGEST = 4 << 20
_DOCUMENTS = (".md", ".rst", ".adoc", ".html", ".lock", ".log", ".sarif", ".svg", ".png", ".jpg", ".pdf")
FILLED = (".example", ".sample", ".template", ".dist", ".tmpl")
_IGNORES = (".gitignore", ".dockerignore", ".npmignore", ".gcloudignore", ".ignore", ".gitattributes", "LICENSE", "COPYING")
OWN = (
    b"# A migration plan",  # migrate.plan.text
    b"# The plan of a migration",  # as plans began before
    b'{\n  "aws-sso-migrate": "baseline"',  # migrate.scan.baseline
    b'{\n  "version": 1,\n  "command": "',  # migrate.reports.json
)
"""How files of this program's own begin: they say where keys are, and read nothing."""
_KEYS = re.compile(rb"(?m)^[ \t]*\[keys\][ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*[\"']?(?:AKIA|ASIA)[A-Z2-7]{16}[\"']?[ \t]*=")
"""The keys of a plan whose heading somebody took away."""
_PYTHON = (".py", ".pyw", ".wsgi", ".ipynb", ".pyc", ".pyi")


_LOADS = re.compile(rb"(?:env_file\b[\s:=-]*|--env-file[= ]\s*|\bsource\s+|(?:^|[;&|\s])\.\s+|^-?include\s+)[\"']?[\w./-]*\Z", re.M)
"""How a compose file, a script or a Makefile loads a file of variables, up to its name."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a file that is no Python."""

    path: Path
    line: int
    what: str
    sure: bool = False  # it loads the very file, or names an entry of it, too

    @classmethod
    def at(cls, path: Path, found: re.Match[bytes], sure: bool = False) -> "Mention":
        """Return the place of a match in what a file holds."""
        return cls(path, found.string.count(b"\n", 0, found.start()) + 1, found.group().decode("utf-8", "replace"), sure)


def is_own(data: bytes) -> bool:
    """Return whether these are the bytes of a file of this program's own."""
    return data.startswith(OWN) or (b"[keys]" in data and _KEYS.search(data) is not None)


def foreign(file: str) -> bytes:
    """Return what a file begins with; nothing of one of this program's own, or one that cannot be read."""
    try:
        with open(file, "rb") as stream:
            data = stream.read(_LARGEST)
    except OSError:
        return b""
    return b"" if is_own(data) else data


def any_of(names: Collection[str]) -> re.Pattern[bytes]:
    """Return what finds one of some names as a whole word."""
    return re.compile(rb"(?<!\w)(?:" + b"|".join(re.escape(n.encode()) for n in sorted(names)) + rb")(?!\w)")


def files_below(root: Path) -> list[str]:
    """Every file below a root that may read another, whatever git ignores."""
    from migrate.scan.files import Exclusion, Listing, list_files

    listing = Listing()
    list_files(root, Exclusion([]), frozenset(), listing)
    return listing.files


def mentions(files: Collection[str], target: Path, names: Collection[str], python: Collection[str]) -> Iterator[Mention]:
    """The places where a file's name, or one of some variables, stands in files that are neither Python nor documentation."""
    name = target.name.encode()
    by_name = re.compile(rb"(?<![\w.-])" + re.escape(name) + rb"(?![\w-]|\.\w)")
    words = any_of(names) if names else None
    for file in files:
        path = PurePath(file)
        if file == str(target) or file in python or path.suffix.lower() in (*_DOCUMENTS, *_PYTHON):
            continue
        if path.name in _IGNORES or path.name.lower().endswith(FILLED) or path.name.lower().startswith("readme"):
            continue
        data = foreign(file)
        sure = next((m for m in by_name.finditer(data) if _is_sure(Path(file), m, target, words)), None)
        found = sure or by_name.search(data) or (words.search(data) if words is not None else None)
        if found is not None and (sure is not None or not is_unrelated(Path(file))):
            yield Mention.at(Path(file), found, sure is not None)


def _is_sure(file: Path, found: re.Match[bytes], target: Path, words: re.Pattern[bytes] | None) -> bool:
    """Return whether a file names the very file, and loads it or names one of its entries: nobody can say that it has nothing to do with it."""
    start = found.string.rfind(b"\n", 0, found.start()) + 1
    line = found.string[start : found.start()]
    if line.lstrip().startswith((b"#", b"//")):
        return False
    folder = (re.search(rb"[\w./-]*$", line) or found).group() if line else b""
    written = folder.decode("utf-8", "replace") + target.name
    if not any(Path(os.path.normpath(up / one)) == target for one in (written, written.lstrip("/")) for up in file.parents):
        return False
    before = found.string[max(0, start - 200) : found.start()]
    return _LOADS.search(before) is not None or (words is not None and words.search(found.string) is not None)
