"""What beside Python reads a settings file or its variables: compose files, Dockerfiles, scripts, other languages."""

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


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a file that is no Python."""

    path: Path
    line: int
    what: str

    @classmethod
    def at(cls, path: Path, found: re.Match[bytes]) -> "Mention":
        """Return the place of a match in what a file holds."""
        return cls(path, found.string.count(b"\n", 0, found.start()) + 1, found.group().decode("utf-8", "replace"))


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
        if is_unrelated(Path(file)):
            continue
        data = foreign(file)
        for found in (by_name.search(data), words.search(data) if words is not None else None):
            if found is not None:
                yield Mention.at(Path(file), found)
                break
