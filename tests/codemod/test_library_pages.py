"""docs/libraries/ says what migrate.codemod.libraries knows."""

from pathlib import Path

from migrate.codemod.libraries import libraries
from migrate.codemod.libraries.__main__ import pages

DOCS = Path(__file__).parents[2] / "docs" / "libraries"


def test_the_pages_are_current() -> None:
    """After a change of a library: `python -m migrate.codemod.libraries docs/libraries`."""
    assert {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")} == pages()


def test_every_library_says_why_and_where() -> None:
    for library in libraries():
        assert library.why and library.documentation.startswith("https://"), library.name
        assert bool(library.before) == bool(library.after), library.name
