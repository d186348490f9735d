"""fixtures/code: programs before and after, compared to the byte, and run against the stand-ins where boto3 is all they need."""

import ast
import os
import sys
from pathlib import Path, PurePath

import pytest

from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from tests.codemod.programs import examples, lay
from tests.codemod.running import as_profiles, signed
from tests.madeup import key_id, secret

KEYS = {n: (key_id(n), secret(n)) for n in ("dev", "prod")}
MAPPING = KeyMap({i: n for n, (i, _) in KEYS.items()})
EXAMPLES = examples()


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_becomes_what_stands_beside_it(example: str, tmp_path: Path) -> None:
    before = lay(EXAMPLES[example].before, tmp_path)
    outcome = rewrite_code(CodeRequest([tmp_path], MAPPING, jobs=1))
    after = EXAMPLES[example].after
    wanted = dict(before) if after is None else lay(after, tmp_path / "wanted")
    got = dict(before)
    got.update({str(c.path.relative_to(tmp_path)): (c.after or b"").decode() for c in outcome.changes})
    assert got == wanted
    told = [f"{os.path.relpath(f.path, tmp_path)}:{f.line}: {f.code}" for f in outcome.findings]
    assert told == list(EXAMPLES[example].findings)


def only_boto3(example: str) -> bool:
    """Does an example run with the stand-in for boto3 alone? The text of the others is compared above."""
    files = {PurePath(name): text for name, text in EXAMPLES[example].before.items()}
    own = {part.stem for p in files for part in (p, *p.parents)} | {"boto3"} | set(sys.stdlib_module_names)
    names: set[str] = set()
    for text in (text for path, text in files.items() if path.suffix == ".py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                names |= {a.name.split(".")[0] for a in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add((node.module or "").split(".")[0])
    return names <= own


ANSWERS_COUNT = {"sts-assume", "swapped"}
"""Examples that need an answer of AWS, or in which id and secret are told apart by their shape."""


@pytest.mark.parametrize(
    "example", [n for n, e in EXAMPLES.items() if "main.py" in (e.after or ()) and n not in ANSWERS_COUNT and only_boto3(n)]
)
def test_an_example_signs_as_it_did(example: str, tmp_path: Path) -> None:
    lay(EXAMPLES[example].before, tmp_path / "before")
    lay(EXAMPLES[example].after or {}, tmp_path / "after")
    for mode in ("", "x"):
        was = signed(tmp_path / "before", mode=mode)
        assert as_profiles(signed(tmp_path / "after", mode=mode), KEYS) == as_profiles(was, KEYS)
        assert was


REWRITTEN = [name for name, example in EXAMPLES.items() if example.after is not None]
SAMPLED = [pytest.param(name, marks=() if n % 5 == 0 else pytest.mark.slow) for n, name in enumerate(REWRITTEN)]
"""Every fifth in the quick run, the rest beside the slow tests."""


@pytest.mark.parametrize("example", SAMPLED)
def test_a_second_run_changes_nothing(example: str, tmp_path: Path) -> None:
    lay(EXAMPLES[example].after or {}, tmp_path)
    assert not rewrite_code(CodeRequest([tmp_path], MAPPING, jobs=1)).changes
