"""docs/style-guide.md: no text for users has turns of phrase that take a second reading."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrate.cli.commands import COMMANDS as NAMES

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "migrate").rglob("*.py"))
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "SECURITY.md"])
COMMANDS = {
    *((where.partition(":")[0].rpartition(".")[2], where.partition(":")[2]) for where in NAMES.values()),
    ("report", "trend"),
    ("report", "html"),
}
TURNS = re.compile(
    r"""\b(?: stands?\ (?:there|here|in|beside|by|twice|over|on|still|at) | stood\b | mend(?:s|ed)?\b | (?<!there\ )(?<!There\ )is\ no\ (?!longer|larger|more) | are\ no\ [a-z]+s?\ of
    | what\ is\ left | left\ to\ the\ byte | to\ the\ byte | taken\ back | half-way | slip\ of\ the\ pen | seen\ to\b | see\ to\b | shall\b
    | the\ ending\ chooses | speaks?\ against | takes?\ the\ place\ of | in\ the\ place\ of | left\ for\ a\ person | nobody\ (?:said|mapped)
    | come\ to\ (?:be|read) | handed\ over | hand(?:s|ed)?\ over | where\ no\ profile\ is | gone\ again | is\ told | not\ yet\ undone
    | key\ ids?\b | of\ AWS's | way\ back | by\ way\ of | wip(?:e|ed|es)\b )""",
    re.VERBOSE,
)


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The string literals of a module but for docstrings and regular expressions; docstrings of commands are help and count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    notes = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.If):
            command = isinstance(node, ast.FunctionDef) and (path.stem, node.name) in COMMANDS
            notes |= {id(part.value) for part in node.body if isinstance(part, ast.Expr) and not (command and part is node.body[0])}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip() and id(node) not in notes:
            if not re.search(r"\\[swb(]|\(\?", node.value):
                yield node.lineno, node.value


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_text_of_the_program_has_a_turn_that_takes_a_second_reading(path: Path) -> None:
    found = [f"{line}: {turn.group()!r} in {text!r}" for line, text in texts(path) for turn in [TURNS.search(text)] if turn]
    assert not found, "see docs/style-guide.md"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_has_one(path: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`", lambda code: "\n" * code.group().count("\n"), path.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = [f"{n}: {turn.group()!r}" for n, line in enumerate(prose.split("\n"), 1) for turn in [TURNS.search(line)] if turn]
    assert not found, "see docs/style-guide.md"


def test_the_turns_are_found(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""A note: it stands there."""\nHELP = "the key stands there"\nWHERE = f"{HELP}: mend it"\n')
    assert [line for line, text in texts(module) if TURNS.search(text)] == [2, 3]
