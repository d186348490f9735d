"""fixtures/code: trees before and after, compared to the byte, and run against the stand-ins where boto3 is all they need."""

import ast
import os
import sys
from pathlib import Path

import pytest

from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from tests.codemod.running import as_profiles, signed
from tests.madeup import key_id, secret, token

ROOT = Path(__file__).parents[2] / "fixtures" / "code"
NAMES = ("dev", "prod", "other")
KEYS = {n: (key_id(n), secret(n)) for n in ("dev", "prod")}
MAPPING = KeyMap({i: n for n, (i, _) in KEYS.items()})
EXAMPLES = sorted(p.name for p in ROOT.iterdir())


def filled(text: str) -> str:
    """`<id:dev>` and the like become keys of the right shape."""
    for n in NAMES:
        text = text.replace(f"<id:{n}>", key_id(n)).replace(f"<secret:{n}>", secret(n)).replace(f"<token:{n}>", token(n))
    return text


def lay(example: str, state: str, folder: Path) -> dict[str, str]:
    """Puts an example's files into a folder; gives them by their relative path."""
    files = {}
    for path in sorted((ROOT / example / state).rglob("*")):
        if path.is_file():
            name = str(path.relative_to(ROOT / example / state))
            files[name] = filled(path.read_text(encoding="utf-8"))
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(files[name], encoding="utf-8")
    return files


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_becomes_what_stands_beside_it(example: str, tmp_path: Path) -> None:
    before = lay(example, "before", tmp_path)
    outcome = rewrite_code(CodeRequest([tmp_path], MAPPING, jobs=1))
    wanted = dict(before)
    if (ROOT / example / "after").exists():
        (tmp_path / "wanted").mkdir()
        wanted = lay(example, "after", tmp_path / "wanted")
    got = dict(before)
    got.update({str(c.path.relative_to(tmp_path)): (c.after or b"").decode() for c in outcome.changes})
    assert got == wanted
    file = ROOT / example / "findings.txt"
    told = [f"{os.path.relpath(f.path, tmp_path)}:{f.line}: {f.code}" for f in outcome.findings]
    assert told == (file.read_text(encoding="utf-8").splitlines() if file.exists() else [])


def only_boto3(example: str) -> bool:
    """Does an example run with the stand-in for boto3 alone? The text of the others is compared above."""
    folder = ROOT / example / "before"
    own = {p.stem for p in folder.rglob("*")} | {"boto3"} | set(sys.stdlib_module_names)
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {a.name.split(".")[0] for a in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add((node.module or "").split(".")[0])
    return names <= own


ANSWERS_COUNT = {"sts-assume", "swapped"}
"""Examples that need an answer of AWS, or in which id and secret are told apart by their shape."""


@pytest.mark.parametrize(
    "example", [e for e in EXAMPLES if (ROOT / e / "after" / "main.py").exists() and e not in ANSWERS_COUNT and only_boto3(e)]
)
def test_an_example_signs_as_it_did(example: str, tmp_path: Path) -> None:
    for state in ("before", "after"):
        (tmp_path / state).mkdir()
        lay(example, state, tmp_path / state)
    for mode in ("", "x"):
        was = signed(tmp_path / "before", mode=mode)
        assert as_profiles(signed(tmp_path / "after", mode=mode), KEYS) == as_profiles(was, KEYS)
        assert was


@pytest.mark.parametrize("example", [e for e in EXAMPLES if (ROOT / e / "after").exists()])
def test_a_second_run_changes_nothing(example: str, tmp_path: Path) -> None:
    lay(example, "after", tmp_path)
    assert not rewrite_code(CodeRequest([tmp_path], MAPPING, jobs=1)).changes
