"""Who asks the settings of a Flask application for what, in files that are not followed: by texts, templates, or all of them at once."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

_ALL_SETTINGS = [
    r"conf(?:ig)?\.(?:items|keys|values|copy|get_namespace)(?![A-Za-z0-9_])",
    r"(?<![A-Za-z0-9_])in\s+[\w.()]*(?<!context)\.config(?![A-Za-z0-9_.\[])",
    r"(?:[(,=]|\*\*|return|yield)\s*[\w.()]*(?<!context)\.config\s*(?:[,)\]}:;\n]|$)",
]
"""How a file goes through all settings of a Flask application, or hands them on (`context.config` is Alembic's)."""


class Asking(Protocol):
    """Asks every file below the root (`migrate.codemod.proof.around.mentions`)."""

    def all_that_say(self, words: list[str], known: set[Path]) -> Iterator[Path]:
        """Yield each Python file outside of `known` that says one of some words (regular expressions)."""

    def words(self, names: Collection[str], known: Collection[Path]) -> tuple[Path, str] | None:
        """Return a file outside of `known`, no documentation, that says one of some names, and the name."""

    def in_templates(self, word: str) -> Path | None:
        """Return a file, Python with a template in a text too, that says something (a regular expression) between the braces of a template."""


def may_be_asked(mentions: Asking, names: Collection[str], python: Collection[Path]) -> bool:
    """Return whether anything asks the settings for one of some names, or goes through all of them. `python`: the Python files, which ask by a text.

    `from_object(config)` in an application's factory takes whatever settings it is given; what it takes is then reached in no other way.
    """
    quoted = [rf"""["'](?:{"|".join(sorted(map(re.escape, names)))})["']"""] if names else []
    asked = next(mentions.all_that_say([*_ALL_SETTINGS, *quoted], set()), None) is not None or shown(mentions, names) is not None
    return asked or (bool(names) and mentions.words(names, python) is not None)


def shown(mentions: Asking, names: Collection[str]) -> Path | None:
    """Return a file with a template that reads the settings as a whole, or one of some names of them."""
    text = r"""(?!(?<=["']config)-)"""  # `"config-color-input"` is a text that begins with the word
    said = rf"(?<![\w.])config\b{text}(?!\s*(?:\.\s*(?!(?:{'|'.join(sorted(names))}|get|items|values|keys)\b)\w|\[\s*[\"'](?!(?:{'|'.join(sorted(names))})[\"'])))"
    return mentions.in_templates(said)
