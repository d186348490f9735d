"""Files that a person says have nothing to do with keys that stand elsewhere: what they may patch, set or read does not prevent a rewrite.

What they name plainly does: a test that imports the constant which would go still keeps it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from migrate.tree.files import spec_of

_said: dict[Path, list[tuple[Path, Any]]] = {}


def say_unrelated(root: Path, patterns: Sequence[tuple[Path | None, Sequence[str]]]) -> None:
    """Take down what was said of the files of a root, as patterns of `.gitignore` with the folder that they are relative to (None: the root).

    Raise Refusal where one is no pattern.
    """
    _said[root] = [(base or root, spec_of(list(some), "--unrelated")) for base, some in patterns if some]


def is_unrelated(path: Path) -> bool:
    """Return whether somebody said so of a file."""
    return any(
        path.is_relative_to(base) and spec.match_file(path.relative_to(base).as_posix())
        for root, specs in _said.items()
        if path.is_relative_to(root)
        for base, spec in specs
    )


def forget_unrelated() -> None:
    """Forget what was said."""
    _said.clear()
