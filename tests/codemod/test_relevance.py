"""Bodies that have nothing to do with a key are not walked, and it makes no difference which are."""

import inspect
import shlex
import tempfile
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrate.codemod.flow import relevance
from migrate.codemod.flow.module import Imports, Module
from migrate.codemod.flow.relevance import Relevance
from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from migrate.codemod.source.python import parse
from migrate.outcome import Outcome
from tests.codemod.generated import KEYS, programs
from tests.codemod.programs import lay
from tests.codemod.test_fixtures import EXAMPLES, MAPPING
from tests.madeup import key_id, secret

MORE = [inspect.getsource(m) for m in (textwrap, shlex)]
GENERATED = KeyMap({i: name for name, (i, _) in KEYS.items()})


def outcomes(folder: Path, mapping: KeyMap, monkeypatch: pytest.MonkeyPatch) -> tuple[Outcome, Outcome]:
    """What comes of a folder when all bodies are walked, and when only those are that matter."""
    out = []
    for smallest in (10**12, 0):
        monkeypatch.setattr(relevance, "SMALLEST", smallest)
        out.append(rewrite_code(CodeRequest([folder], mapping, jobs=1)))
    return out[0], out[1]


def same(one: Outcome, other: Outcome) -> bool:
    """Do two outcomes change and tell the same?"""
    return {c.path: c.after for c in one.changes} == {c.path: c.after for c in other.changes} and list(one.findings) == list(other.findings)


def idle(*texts: str) -> set[str]:
    """The names of the functions of a program that are left out."""
    root = Path("/program")
    paths = [root / f"m{n}.py" for n in range(len(texts))]
    modules = [Module(parse(p, t.encode())) for p, t in zip(paths, texts, strict=True)]
    return {getattr(n, "name", "") for n in Relevance(Imports(root, {str(p) for p in paths}), modules).irrelevant()}


@pytest.mark.parametrize("example", list(EXAMPLES)[::24])
def test_an_example_among_much_other_code_comes_out_the_same(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(EXAMPLES[example].before, tmp_path)
    for n, file in enumerate(sorted(tmp_path.rglob("*.py"))):
        text = file.read_bytes()
        if b"\r" not in text and b"\x0c" not in text and n < 3:
            file.write_bytes(text.rstrip(b"\n") + b"\n\n\n" + MORE[n % 2].encode())
    assert same(*outcomes(tmp_path, MAPPING, monkeypatch))


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), st.sampled_from(MORE))
def test_generated_programs_among_other_code_come_out_the_same(files: dict[str, str], more: str) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        for file, text in files.items():
            (Path(name) / file).write_text(f"{text}\n\n\n{more}", encoding="utf-8")
        assert same(*outcomes(Path(name), GENERATED, patch))


def test_what_no_chain_of_names_ties_to_a_key_is_left_out() -> None:
    text = f"""
import boto3
KEY = "{key_id("dev")}"
SECRET = "{secret("dev")}"
LIMIT = 5

def client():
    return boto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET)

def upload(path):
    client().upload_file(path)

def shout(text):
    return text.upper() * LIMIT

class Shape:
    def area(self):
        return self.side ** 2
"""
    assert idle(text) == {"shout", "area"}


def test_ways_that_a_key_may_take_are_all_seen() -> None:
    one = f"""
class Settings:
    key = "{key_id("dev")}"

registry = []

def remember(x):
    registry.append(x)
remember(Settings.key)
"""
    other = """
import m0
from m0 import *

def by_attribute(s):
    return s.key

def by_text(s):
    return getattr(s, "key")

def by_global():
    return registry

def by_method(x):
    x.remember(1)

class Heir(Settings):
    def inherited(self):
        return self

def outside(a):
    return a + 1
"""
    assert idle(one, other) == {"outside"}


def test_a_run_is_told_in_the_same_words_whatever_the_order_of_sets(tmp_path: Path) -> None:
    text = f"""
import boto3
PAIRS = [("{key_id("dev")}", "{secret("dev")}"), ("{key_id("prod")}", "{secret("prod")}")]
for pair in PAIRS:
    for part in pair:
        print(part)
    boto3.client("s3", aws_access_key_id=pair[0], aws_secret_access_key=pair[1])
"""
    (tmp_path / "main.py").write_text(text)
    told = [list(rewrite_code(CodeRequest([tmp_path], MAPPING, jobs=1)).findings) for _ in range(5)]
    assert told[0]
    assert all(t == told[0] for t in told)
