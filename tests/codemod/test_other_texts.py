"""A mapped key in a file that is neither Python nor a settings file is told, wherever it stands; nothing else of such files is."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
MAP = ["--map-key", f"{KEY}=dev", "--allow-missing-profile"]
PAIR = f'String k = "{KEY}"; String s = "{SECRET}";\n'
TEXTS = {
    "A.java": PAIR,
    "a.js": f"const k = '{KEY}'\n",
    "a.ts": PAIR,
    "a.go": PAIR,
    "a.rb": PAIR,
    "a.tf": PAIR,
    "Makefile": f"up:\n\tAWS_ACCESS_KEY_ID={KEY} aws s3 ls\n",
    "justfile": f"k := '{KEY}'\n",
    ".bashrc": f"export AWS_ACCESS_KEY_ID={KEY}\n",
    "up.sh": f"export AWS_ACCESS_KEY_ID={KEY}\nexport AWS_SECRET_ACCESS_KEY={SECRET}\n",
    "Dockerfile": f"ENV AWS_ACCESS_KEY_ID={KEY}\n",
    "notes.unheard-of": KEY,
    "a.pyi": f"K = '{KEY}'\n",
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("named", [".", "the file"])
def test_a_mapped_key_is_told(name: str, named: str, run: Run) -> None:
    Path("r").mkdir()
    Path("r", name).write_text(TEXTS[name])
    done = run("code", "r" if named == "." else f"r/{name}", "--yes", *MAP)
    if named == "." or "." in name.lstrip(".") or name == "Dockerfile":  # one without an ending that is named is taken for Python
        assert done.returncode == 1 and f"r/{name}:" in done.stdout and "AWS225" in done.stdout, done.stdout
    assert done.returncode == 1 and Path("r", name).read_text() == TEXTS[name]
    assert KEY not in done.stdout and SECRET not in done.stdout + done.stderr


def test_it_is_told_beside_a_rewrite(run: Run) -> None:
    Path("main.py").write_text(f"import boto3\nboto3.client('s3', aws_access_key_id='{KEY}', aws_secret_access_key='{SECRET}')\n")
    Path("A.java").write_text(PAIR)
    done = run("code", ".", "--yes", *MAP)
    assert done.returncode == 1 and "A.java:1:13: AWS225" in done.stdout and KEY not in Path("main.py").read_text(), done.stdout


def test_a_mapped_id_beside_another_key_is_told(run: Run) -> None:
    Path("A.java").write_text(f'k = "{key_id("other")}"\ns = "{secret("other")}"\n' + "\n" * 30 + f'k2 = "{KEY}"\n')
    done = run("code", ".", "--yes", *MAP)
    assert done.returncode == 1 and "A.java:33:7: AWS225" in done.stdout, done.stdout


def test_utf_16(run: Run) -> None:
    Path("a.ps1").write_text(f"$k = '{KEY}'\n", encoding="utf-16")
    done = run("code", ".", "--yes", *MAP)
    assert done.returncode == 1 and "a.ps1:1:" in done.stdout, done.stdout


QUIET = {
    "a key that is not mapped": {"A.java": PAIR.replace(KEY, key_id("other"))},
    "git ignores it": {".gitignore": "*.java\n", ".git/x": "", "A.java": PAIR},
    "a word says so": {"A.java": PAIR.replace("\n", " // aws-sso-migrate: ignore\n")},
    "no text": {"a.bin": f"\0\0{KEY}"},
    "a picture": {"a.png": KEY},
    "a package of others": {"node_modules/a.js": PAIR},
}


@pytest.mark.parametrize("name", QUIET)
def test_nothing_else_is_told(name: str, run: Run) -> None:
    for file, text in QUIET[name].items():
        Path("r", file).parent.mkdir(parents=True, exist_ok=True)
        Path("r", file).write_text(text)
    done = run("code", "r", "--yes", *MAP)
    assert done.returncode == 0, done.stdout


def test_an_exclusion_counts(run: Run) -> None:
    Path("A.java").write_text(PAIR)
    assert run("code", ".", "--yes", *MAP, "--exclude", "*.java").returncode == 0
