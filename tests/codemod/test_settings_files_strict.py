"""Settings files that something else may reach: file and code stay as they are, and it is told what is in the way."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
DOTENV = f"UPLOAD_KEY={KEY}\nUPLOAD_SECRET={SECRET}\n"
JSON = f'{{"key": "{KEY}", "secret": "{SECRET}"}}\n'
CALL = "boto3.client('s3', aws_access_key_id={}, aws_secret_access_key={}).list_buckets()\n"
ENV_MAIN = "import os\nimport boto3\nfrom dotenv import load_dotenv\n\nload_dotenv()\n" + CALL.format(
    "os.getenv('UPLOAD_KEY')", "os.getenv('UPLOAD_SECRET')"
)
JSON_MAIN = "import json\nimport boto3\n\nc = json.load(open('config.json'))\n" + CALL.format("c['key']", "c['secret']")

OTHERS = {
    "a settings class": {".env": DOTENV, "main.py": ENV_MAIN, "conf.py": "from pydantic_settings import BaseSettings\n\n\nclass S(BaseSettings):\n    upload_key: str\n"},
    "Flask's prefix": {".env": DOTENV, "main.py": ENV_MAIN, "web.py": "def make(app):\n    app.config.from_prefixed_env('UPLOAD')\n"},
    "a variable read elsewhere": {".env": DOTENV, "main.py": ENV_MAIN, "worker.py": "import os\nprint(bool(os.environ['UPLOAD_KEY']))\n"},
    "loaded conditionally": {".env": DOTENV, "main.py": ENV_MAIN.replace("load_dotenv()\n", "if os.getenv('X'):\n    load_dotenv()\n")},
    "a shell that sources all": {"dev.env": DOTENV, "main.py": ENV_MAIN.replace("()", "('dev.env')", 1), "run.sh": "for f in *.env; do . ./$f; done\n"},
    "a Makefile": {".env": DOTENV, "main.py": ENV_MAIN, "Makefile": "include $(wildcard .env*)\n"},
    "a test that patches": {"config.json": JSON, "main.py": JSON_MAIN, "test_it.py": "from unittest.mock import patch\n\npatch('json.load')\n"},
    "a notebook": {"config.json": JSON, "main.py": JSON_MAIN, "look.ipynb": '{"cells": [{"cell_type": "code", "source": ["open(\'config.json\')"], "metadata": {}, "outputs": []}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'},
    "node": {"config.json": JSON, "main.py": JSON_MAIN, "index.js": "const c = require('./config')\n"},
    "a path that is put together": {"config.json": JSON, "main.py": JSON_MAIN.replace("'config.json'", "__import__('os').path.join('/etc', 'config.json')")},
    "a second path": {"config.json": JSON, "main.py": JSON_MAIN + "d = json.load(open('config.json'))\nprint(sorted(d))\n"},
    "an endpoint": {"config.json": JSON, "main.py": JSON_MAIN.replace("c['secret'])", "c['secret'], endpoint_url='http://localhost:9000')")},
    "git ignores it": {"config.json": JSON, "main.py": JSON_MAIN, ".gitignore": "config.json\n"},
    "an id alone": {"config.json": f'{{"key": "{KEY}"}}\n', "main.py": "print('no one reads it')\n"},
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_file_and_code_stay_and_it_is_told(name: str, tmp_path: Path, run: Run) -> None:
    for file, text in OTHERS[name].items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    done = run("code", str(tmp_path), "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile")
    assert done.returncode == 1 and "AWS225" in done.stdout, done.stdout
    assert {f: (tmp_path / f).read_text(encoding="utf-8") for f in OTHERS[name]} == OTHERS[name]
    assert SECRET not in done.stdout + done.stderr and KEY not in done.stdout + done.stderr


@pytest.mark.parametrize("files", [{".env": DOTENV, "main.py": ENV_MAIN}, {"config.json": JSON, "main.py": JSON_MAIN}])
def test_a_file_that_one_source_reads_is_rewritten_with_it(files: dict[str, str], tmp_path: Path, run: Run) -> None:
    for file, text in files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    done = run("code", str(tmp_path), "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not any(part in (tmp_path / f).read_text(encoding="utf-8") for f in files for part in (KEY, SECRET))
