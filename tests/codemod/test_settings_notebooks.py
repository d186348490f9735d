"""Notebooks that read a settings file: rewritten with it where nothing hangs on the order of the cells, else left and told."""

import json
from pathlib import Path

import pytest

from tests.codemod.carriers import FROM_C, HANDED, JSON, LOAD, OUTSIDE, OWN, PAIR, SERVER, STANDARD
from tests.codemod.test_settings_files import MAPPED, filled, signed, standing
from tests.conftest import Run
from tests.forking import Starter
from tests.madeup import key_id, secret

READ = "import json\nimport boto3\nwith open('conf.json') as f:\n    c = json.load(f)\n"


def notebook(*cells: str, output: str = "") -> str:
    outputs = [{"output_type": "stream", "name": "stdout", "text": [output]}] if output else []
    listed = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": outputs, "source": c.splitlines(keepends=True)}
        for c in cells
    ]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


REWRITTEN = {
    "own variables": {".env": PAIR, "a.ipynb": notebook(LOAD, OWN)},
    "json": {"conf.json": JSON, "a.ipynb": notebook(READ, FROM_C)},
    "json, usual magics": {
        "conf.json": JSON,
        "a.ipynb": notebook("%load_ext autoreload\n%autoreload 2\n%matplotlib inline\n!pip install boto3\n", READ, "%%time\n" + FROM_C),
    },
    "json, shown before": {"conf.json": JSON, "a.ipynb": notebook(READ, FROM_C, output="<id>\n")},
}
LEFT = {
    "standard variables": {".env": STANDARD, "a.ipynb": notebook(LOAD, HANDED)},
    "another notebook that signs": {".env": STANDARD, "main.py": LOAD + HANDED, "a.ipynb": notebook(LOAD, "boto3.client('s3')\n")},
    "a magic": {".env": PAIR, "a.ipynb": notebook("%load_ext dotenv\n%dotenv\nimport os\nimport boto3\n", OWN)},
    "a magic elsewhere": {".env": STANDARD, "main.py": LOAD + HANDED, "a.ipynb": notebook("%dotenv\n", "import boto3\nboto3.client('s3')\n")},
    "a timed cell": {"conf.json": JSON, "a.ipynb": notebook(READ, "%timeit c['aws']\n", FROM_C)},
    "a shell line": {"conf.json": JSON, "a.ipynb": notebook("!cat conf.json\n", READ, FROM_C)},
    "shown at the end of a cell": {"conf.json": JSON, "a.ipynb": notebook(READ + "c\n", FROM_C)},
    "bound again": {"conf.json": JSON, "a.ipynb": notebook(READ, FROM_C, "c = {}\n")},
    "another notebook": {"conf.json": JSON, "a.ipynb": notebook(READ, FROM_C), "b.ipynb": notebook("import json\nprint(json.load(open('conf.json')))\n")},
}  # fmt: skip


def laid(files: dict[str, str], folder: Path) -> dict[str, str]:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(filled(text))
    return standing(folder)


@pytest.mark.parametrize("name", REWRITTEN)
def test_file_and_notebook_are_rewritten_together(name: str, run: Run, tmp_path: Path, boto3: Starter) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    laid(REWRITTEN[name], before)
    laid(REWRITTEN[name], after)
    done = run("code", str(after), "--yes", *MAPPED)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not any(part in t for t in standing(after).values() for part in (key_id("dev"), secret("dev")))
    envs = [{}, OUTSIDE, SERVER]
    for folder in (before, after):
        cells = json.loads((folder / "a.ipynb").read_text())["cells"]
        (folder / "play.py").write_text("".join(line for c in cells for line in [*c["source"], "\n"] if line[0] not in "%!"))
    assert signed(boto3, before, "play.py", envs, tmp_path) == signed(boto3, after, "play.py", envs, tmp_path)


@pytest.mark.parametrize("name", LEFT)
def test_file_and_notebook_are_left(name: str, run: Run, tmp_path: Path) -> None:
    before = laid(LEFT[name], tmp_path / "r")
    done = run("code", str(tmp_path / "r"), "--yes", *MAPPED)
    assert done.returncode == 1 and "AWS225" in done.stdout and standing(tmp_path / "r") == before, done.stdout
