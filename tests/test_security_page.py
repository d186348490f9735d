"""docs/security.md: each of its promises names a test that is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")


def test_each_row_names_its_tests_and_they_are_there() -> None:
    rows = [line for line in PAGE.partition("## Against whom")[2].splitlines() if line.startswith("| ") and "---" not in line]
    rows = [row for row in rows if not row.startswith("| | Test")]
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)`", row.rsplit("|", 2)[1])
        assert named, row
        for name in named:
            assert "def test_" in (ROOT / name).read_text(encoding="utf-8"), name


def test_how_to_report_is_said() -> None:
    assert "Report a vulnerability" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
