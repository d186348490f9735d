"""What the places of the home folder come to, and how one of them is looked into."""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from migrate.findings import Finding
from migrate.scan.files import Hit, look
from migrate.scan.kinds import code_of
from migrate.scan.wording import finding_for


@dataclass(slots=True)
class Places:
    """What the home folder's places came to. `looked` are the real paths of the files that need not be looked at again.

    `silenced` has the path of each finding that a comment silences.
    """

    findings: list[Finding] = field(default_factory=list)
    looked: set[str] = field(default_factory=set)
    files: int = 0
    silenced: list[str] = field(default_factory=list)


def look_into(path: Path, code: str | None, places: Places, raw: bool = False) -> Hit | None:
    """Looks into one file, once, and adds its findings (`code` None: the code is that of the kind of file that it is).

    What is no plain file, and a symlink's second name, is passed over.
    """
    real = os.path.realpath(path)
    if real in places.looked or (path.is_symlink() and not path.is_file()):
        return None
    try:
        if not path.is_file():
            return None
        places.looked.add(real)
        places.files += 1
        hit = look(str(path), raw)
    except OSError as e:
        if not isinstance(e, FileNotFoundError):
            places.findings.append(unreadable(path, e.strerror))
        return None
    if hit is not None:
        kind = code or code_of(str(path), hit.opening)
        places.findings += [finding_for(kind, str(path), pair) for pair in hit.pairs if not pair.covers(kind)]
        places.silenced += [str(path) for pair in hit.pairs if pair.covers(kind)]
    return hit


def listed(folder: Path) -> list[Path]:
    """What is in a folder; nothing where it cannot be read."""
    with suppress(OSError):
        return sorted(folder.iterdir())
    return []


def unreadable(path: Path | str, why: str | None) -> Finding:
    """The finding for a file or folder that cannot be read."""
    return Finding(
        "AWS339", str(path), f"cannot be read: {why or 'error'}", help="check its permissions and scan again, or skip it with --exclude"
    )
