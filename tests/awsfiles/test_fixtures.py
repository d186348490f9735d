"""Each home of fixtures/homes, as a user would convert it: the program run, both files compared to the byte, and all undone again."""

import re
import shlex
from pathlib import Path

import pytest

from tests import madeup
from tests.conftest import Run

HOMES = Path(__file__).parents[2] / "fixtures" / "homes"
_PLACEHOLDER = re.compile(r"<(id|secret|token):([\w-]+)(?::(\d{12}))?>")


def filled(text: str) -> str:
    """A fixture's text with made-up keys in the places of its placeholders."""
    kinds = {"id": madeup.key_id, "secret": madeup.secret, "token": madeup.token}
    return _PLACEHOLDER.sub(lambda match: kinds[match[1]](*filter(None, match.groups()[1:])), text)


def state(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted(folder.iterdir())} if folder.is_dir() else {}


@pytest.mark.parametrize("name", sorted(folder.name for folder in HOMES.iterdir()))
def test_home(name: str, home: Path, run: Run) -> None:
    before = {file.name: filled(file.read_text()) for file in (HOMES / name / "before").iterdir()}
    after = {file.name: filled(file.read_text()) for file in (HOMES / name / "after").iterdir()}
    folder = home / ".aws"
    folder.mkdir()
    for file, text in before.items():
        (folder / file).write_text(text)
    command = shlex.split((HOMES / name / "command.txt").read_text())
    for how in ("--dry-run", "--check", "--yes", "--yes"):
        done = run(*command, how)
        assert done.returncode in (0, 1), done.stderr
        said = done.stdout + done.stderr
        assert not [value for _, value, _account in _PLACEHOLDER.findall("".join(before.values())) if madeup.secret(value) in said]
        if how == "--dry-run":
            assert state(folder) == before
    assert state(folder) == after
    assert run("undo", "--yes").returncode == 0
    assert state(folder) == before
