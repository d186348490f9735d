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
    "mentioned to a program": {"config.json": JSON, "main.py": JSON_MAIN + "RUN = 'jq . config.json'\n"},
    "a second path": {"config.json": JSON, "main.py": JSON_MAIN + "d = json.load(open('config.json'))\nprint(sorted(d))\n"},
    "an endpoint": {"config.json": JSON, "main.py": JSON_MAIN.replace("c['secret'])", "c['secret'], endpoint_url='http://localhost:9000')")},
    "git ignores it": {"config.json": JSON, "main.py": JSON_MAIN, ".gitignore": "config.json\n"},
    "the new entry asked for": {"config.json": JSON, "main.py": JSON_MAIN + "print(c.get('profile', 'none'))\n"},
    "the new variable asked for": {".env": DOTENV.replace("UPLOAD_KEY", "AWS_ACCESS_KEY_ID").replace("UPLOAD_SECRET", "AWS_SECRET_ACCESS_KEY"), "main.py": "import os\nimport boto3\nfrom dotenv import load_dotenv\n\nload_dotenv()\nprint(os.environ.get('AWS_PROFILE'))\nboto3.client('s3').list_buckets()\n"},
    "the profile's name asked for": {".env": DOTENV, "main.py": ENV_MAIN + "print(boto3.Session().profile_name)\n"},
    "another home": {"config.json": JSON, "main.py": JSON_MAIN.replace("import boto3\n", "import boto3, os\n\nos.environ['HOME'] = '/tmp'\n")},
    "AWS files of its own": {"config.json": JSON, "main.py": JSON_MAIN, "prod.env": "AWS_CONFIG_FILE=/etc/aws\n"},
    "a shell that reads all": {"config.json": JSON, "main.py": JSON_MAIN, "all.sh": "for f in *.json; do jq . $f; done\n"},
    "node that reads a folder": {"config.json": JSON, "main.py": JSON_MAIN, "all.js": "fs.readdirSync('.').map(f => fs.readFileSync(f))\n"},
    "an id alone": {"config.json": f'{{"key": "{KEY}"}}\n', "main.py": "print('no one reads it')\n"},
}  # fmt: skip


BY_A_PATH = {
    "the command line": "import json, sys\nprint(json.load(open(sys.argv[1])))\n",
    "argparse": "import argparse\np = argparse.ArgumentParser()\np.add_argument('f')\nwith open(p.parse_args().f) as f:\n    print(f.read())\n",
    "a type of argparse's": "import argparse\np = argparse.ArgumentParser()\np.add_argument('f', type=argparse.FileType('r'))\n",
    "a listing": "from glob import glob as g\nfor f in g('*'):\n    open(f)\n",
    "a folder": "import os\nfor f in os.listdir():\n    open(f)\n",
    "a folder, pathlib": "from pathlib import Path\nfor f in Path().iterdir():\n    f.read_text()\n",
    "a parameter": "def read(p):\n    return open(p).read()\n",
    "a parameter of several": "import sys\ndef read(p):\n    return open(p).read()\nread('a.csv')\nread(sys.argv[1])\n",
    "an attribute": "class C:\n    def __init__(self, p):\n        self.p = p\n    def read(self):\n        return self.p.open()\n",
    "the environment": "import os\nopen(os.environ['CONFIG'])\n",
    "Flask": "def make(app, p):\n    app.config.from_file(p, load=None)\n",
    "Flask's variable": "def make(app):\n    app.config.from_envvar('X')\n",
    "the standard input": "import json, sys\njson.load(sys.stdin)\n",
    "bytes": "open(b'config.json')\n",
    "the same suffix": "import sys\nopen('%s.json' % sys.argv[1])\n",
    "aiofiles": "import sys\nimport aiofiles\nasync def f():\n    async with aiofiles.open(sys.argv[1]) as s:\n        print(await s.read())\n",
    "fsspec": "import sys\nimport fsspec\nprint(fsspec.filesystem('file').cat(sys.argv[1]))\n",
    "ruamel": "import sys\nfrom pathlib import Path\nfrom ruamel.yaml import YAML\nprint(YAML().load(Path(sys.argv[1])))\n",
    "an address": "import sys\nfrom urllib.request import urlopen\nurlopen('file://' + sys.argv[1])\n",
    "lines": "import linecache, sys\nlinecache.getlines(sys.argv[1])\n",
    "numbers": "import sys\nimport numpy as np\nnp.fromfile(sys.argv[1])\n",
    "any mode": "import sys\nopen(sys.argv[1], sys.argv[2])\n",
}
OTHER_PATHS = {
    "other suffixes": "import os, sys\nopen(sys.argv[1] + '.csv')\nopen(f'{sys.argv[1]}.txt')\nopen('{}.md'.format(1))\nopen(os.path.join(sys.argv[1], 'x.bin'), 'rb')\n",
    "written": "import sys\nopen(sys.argv[1], 'w').write('x')\n",
    "a parameter that is known": "def text_of(p):\n    return open(p).read()\ntext_of('a.csv')\n",
    "a temporary file": "import tempfile\nopen(tempfile.mkstemp()[1], 'w')\nn = tempfile.mktemp()\nopen(n)\n",
    "an address elsewhere": "import sys\nfrom urllib.request import urlopen\nurlopen(f'https://example.com/{sys.argv[1]}')\n",
    "what is open already": "import json\nwith open('a.txt') as f:\n    json.load(f)\n",
    "a picture": "from PIL import Image\nimport sys\nImage.open(sys.argv[1])\n",
}


@pytest.mark.parametrize("name", [*BY_A_PATH, *OTHER_PATHS])
def test_other_code_that_may_read_the_file_by_any_path(name: str, tmp_path: Path, run: Run) -> None:
    files = {"config.json": JSON, "main.py": JSON_MAIN, "other.py": {**BY_A_PATH, **OTHER_PATHS}[name]}
    for file, text in files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    done = run("code", str(tmp_path), "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile")
    same = {f: (tmp_path / f).read_text(encoding="utf-8") for f in files} == files
    assert (done.returncode, same) == ((1, True) if name in BY_A_PATH else (0, False)), done.stdout


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


def test_a_region_that_changes_with_the_profile_is_told_where_the_file_alone_changes(home: Path, tmp_path: Path, run: Run) -> None:
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws/config").write_text("[default]\nregion = us-west-2\n\n[profile dev]\nregion = eu-central-1\n")
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / ".env").write_text(f"AWS_ACCESS_KEY_ID={KEY}\nAWS_SECRET_ACCESS_KEY={SECRET}\n")
    (folder / "main.py").write_text("import boto3\nfrom dotenv import load_dotenv\n\nload_dotenv()\nboto3.client('s3').list_buckets()\n")
    done = run("code", str(folder), "--dry-run", "--map-key", f"{KEY}=dev")
    assert ".env:1:1: AWS228 calls that set no region" in done.stdout, done.stdout
    with (folder / ".env").open("a") as file:
        file.write("AWS_DEFAULT_REGION=us-west-2\n")
    assert "AWS228" not in run("code", str(folder), "--dry-run", "--map-key", f"{KEY}=dev").stdout
