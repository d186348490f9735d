"""docs/security.md: each of its statements names the tests that hold it, and they are there."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
LIMITS = (
    "Each statement in a table",
    "A deleted backup may survive",
    "If it matters, retire the key",
    "Anyone who can become you",
    "`python -m migrate` is loaded by Python",
    "`aws-sso-migrate`, or `python -P -m migrate`",
)
"""Lines outside the tables: what the program cannot do, and how to read the page."""


@cache
def defined_in(path: str) -> set[str]:
    """The tests of a file below `tests/`."""
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_each_statement_names_its_tests_and_they_are_there() -> None:
    rows = 0
    tested = False
    for line in PAGE.splitlines():
        if not line.startswith("|"):
            assert not line or line.startswith(("#", *LIMITS)), f"a statement without a test: {line}"
        elif line.startswith("| | Test |"):
            tested = True
        elif line.startswith("| Command |"):
            tested = False  # who reads what and whom a command asks: the rows of the tables below hold its limits
        elif tested and not line.startswith("|---"):
            rows += 1
            named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", line.rsplit("|", 2)[1])
            assert named, line
            for file, name in named:
                assert name in defined_in(file), (file, name)
    assert rows > 40


def test_how_to_report_is_said() -> None:
    assert "Report a vulnerability" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
