"""Why a settings file and the code that reads it are left, and the places that a finding names for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from migrate.codemod.data.following.trail import Problem
from migrate.codemod.data.reading.roots import Reads
from migrate.codemod.keys.mapping import Unmapped

MOST_REASONS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a finding names beside its own: who reads the file, or what is in the way."""

    path: FilePath
    line: int
    said: str


class Left(Exception):
    """Why a file and the code that reads it are left. `unrelated`: files in the way of which a person may say that they have nothing to do with it."""

    def __init__(
        self,
        reason: str,
        problems: Sequence[Problem] = (),
        places: Sequence[Place] = (),
        unmapped: Unmapped | None = None,
        unrelated: Sequence[FilePath] = (),
    ) -> None:
        super().__init__(reason)
        self.reason, self.unmapped, self.unrelated = reason, unmapped, unrelated
        self.places = [*places, *(place_of(p) for p in problems[:MOST_REASONS])]


def place_of(problem: Problem) -> Place:
    """Return where a problem stands, in a notebook the line of the file."""
    line = getattr(problem.node, "lineno", 1)
    places = getattr(problem.file.source, "places", None)
    return Place(problem.file.path, places(line, 1)[0] if places is not None else line, problem.reason)


def readers(reads: Reads) -> list[Place]:
    """Who reads the file."""
    out = [Place(r.file.path, getattr(r.node, "lineno", 1), "it is read here") for r in reads.roots]
    out += [Place(f.path, getattr(n, "lineno", 1), "it is read into the environment here") for f, n in reads.loaders]
    return out + [Place(f.path, c.lineno, f"class {c.name} reads it") for f, c in reads.classes]
