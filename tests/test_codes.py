"""docs/codes/ says what the table of codes says."""

from pathlib import Path

from migrate.codes import CODES, pages

DOCS = Path(__file__).parent.parent / "docs" / "codes"


def test_the_pages_are_current() -> None:
    """After a change of migrate/codes.py: `python -m migrate.codes docs/codes`."""
    assert {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")} == pages()


def test_every_code_is_well_formed() -> None:
    for code, row in CODES.items():
        assert len(code) == 6 and code.startswith("AWS") and code[3:].isdigit()
        assert row.title and not row.title.endswith(".") and row.why.strip() and row.todo.strip()
