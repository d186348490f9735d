"""Programs that look as if they could be rewritten, and would then sign as somebody else or break: each is left as it is, with a finding.

They stand in fixtures/left, some to a file. Each was rewritten wrongly by some version of this program.
"""

import re
from pathlib import Path

import pytest

from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from tests.madeup import key_id, secret

FOLDER = Path(__file__).parents[2] / "fixtures" / "left"
NAMES = ("dev", "prod", "stage")
MAPPING = KeyMap({key_id(n): n for n in NAMES})


def programs() -> dict[str, dict[str, str]]:
    """Return the files of each program by its name."""
    out: dict[str, dict[str, str]] = {}
    for file in sorted(FOLDER.glob("*.txt")):
        for part in re.split(r"(?m)^=== ", file.read_text(encoding="utf-8"))[1:]:
            name, _, body = part.partition("\n")
            pieces = re.split(r"(?m)^--- (\S+)\n", body)
            out[name.strip()] = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    return out


PROGRAMS = programs()


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_is_left(name: str, tmp_path: Path) -> None:
    for file, text in PROGRAMS[name].items():
        for one in NAMES:
            text = text.replace(f"<id:{one}>", key_id(one)).replace(f"<secret:{one}>", secret(one))
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    outcome = rewrite_code(CodeRequest([tmp_path], MAPPING, jobs=1))
    assert [c.path for c in outcome.changes] == []
    assert any(f.severity == "error" for f in outcome.findings)
