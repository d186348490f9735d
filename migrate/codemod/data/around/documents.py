"""Samples and documents that tell people to set a variable which a `.env` no longer sets."""

from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

from migrate.codemod.data.around.mentions import FILLED, Mention, any_of, foreign
from migrate.codemod.data.environment.variables import STANDARD

_TEXTS = (".md", ".rst", ".adoc")
_MOST = 10


def documents(files: Collection[str], target: Path, before: Collection[str], after: Collection[str]) -> tuple[list[Mention], str]:
    """Return where samples and documents name variables that are gone from a `.env`, and the first one that came. `before`, `after`: what it sets."""
    gone = set(before) - set(after) - STANDARD.keys()
    new = sorted(set(after) - set(before))
    return list(islice(_naming(files, target, gone), _MOST)) if gone else [], new[0] if new else ""


def _naming(files: Collection[str], target: Path, names: Collection[str]) -> Iterator[Mention]:
    """Yield the first place in each sample and document below the file's folder where one of some variables stands."""
    words = any_of(names)
    for file in files:
        path = Path(file)
        below = target.parent == path.parent or target.parent in path.parents
        if not below or not (path.name.lower().endswith(FILLED) or path.suffix.lower() in _TEXTS or path.name.lower().startswith("readme")):
            continue
        if (found := words.search(foreign(file))) is not None:
            yield Mention.at(path, found)
