"""Symbolic links to Python: what has a second path, or is imported at one, is left; other links change nothing."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
CONF = f'KEY = "{KEY}"\nSECRET = "{SECRET}"\n'
CALL = 'boto3.client("s3", aws_access_key_id={0}.KEY, aws_secret_access_key={0}.SECRET).list_buckets()\n'
MAIN = "import boto3\nimport conf\n\n" + CALL.format("conf")
PACKAGE = f"import boto3\nfrom common import keys\n\n{CALL.format('keys')}"
MAP = ["--map-key", f"{KEY}=dev"]

LEFT = {
    "a script": ({"a/conf.py": CONF, "a/main.py": MAIN, "b/conf.py": "KEY = SECRET = None\n"}, "b/main.py", "../a/main.py"),
    "a module of the same name": ({"a/conf.py": CONF, "a/main.py": MAIN, "b/main.py": "import conf\n"}, "b/conf.py", "../a/conf.py"),
    "a module of another name": ({"a/conf.py": CONF, "a/main.py": MAIN, "b/main.py": "import s\nprint(s.KEY)\n"}, "b/s.py", "../a/conf.py"),
    "a folder": (
        {"common/__init__.py": "", "common/keys.py": CONF, "main.py": PACKAGE, "api/main.py": "from lib.keys import KEY\n"},
        "api/lib",
        "../common",
    ),
    "a folder above": ({"conf.py": CONF, "main.py": MAIN, "a/b.py": "from up.conf import KEY\n"}, "a/up", ".."),
    "what it imports there": (
        {"a/tell.py": "import conf\n\nprint(conf.KEY)\n", "a/conf.py": "KEY = 1\n", "b/conf.py": CONF, "b/main.py": MAIN},
        "b/tell.py",
        "../a/tell.py",
    ),
    "a file of variables": (
        {
            ".env": f"APP_KEY={KEY}\nAPP_SECRET={SECRET}\n",
            "a/main.py": "import os\n\nimport boto3\nfrom dotenv import load_dotenv\n\nload_dotenv()\nboto3.client('s3', aws_access_key_id=os.environ['APP_KEY'], "
            "aws_secret_access_key=os.environ['APP_SECRET']).list_buckets()\n",
        },
        "b/main.py",
        "../a/main.py",
    ),
}
REWRITTEN = {
    "documents": ({"conf.py": CONF, "main.py": MAIN, "docs/a.md": ""}, "guide", "docs"),
    "another file": ({"conf.py": CONF, "main.py": MAIN, "a.py": ""}, "b.py", "a.py"),
    "nowhere": ({"conf.py": CONF, "main.py": MAIN}, "b.py", "gone.py"),
    "outside": ({"conf.py": CONF, "main.py": MAIN}, "tool", "/usr/bin/env"),
    "another folder's code": ({"conf.py": CONF, "main.py": MAIN, "lib/a.py": "import os\n"}, "api/lib", "../lib"),
}


def laid(files: dict[str, str], link: str, target: str) -> None:
    for name, text in files.items():
        Path("r", name).parent.mkdir(parents=True, exist_ok=True)
        Path("r", name).write_text(text)
    Path("r", link).parent.mkdir(parents=True, exist_ok=True)
    Path("r", link).symlink_to(target)


@pytest.mark.parametrize("name", LEFT)
def test_left_where_a_link_leads(name: str, run: Run) -> None:
    files, link, target = LEFT[name]
    laid(files, link, target)
    done = run("code", "r", "--yes", *MAP)
    assert done.returncode == 1 and SECRET not in done.stdout
    assert name == "what it imports there" or link in done.stdout, done.stdout
    assert {n: Path("r", n).read_text() for n in files} == files


@pytest.mark.parametrize("name", REWRITTEN)
def test_other_links_change_nothing(name: str, run: Run) -> None:
    laid(*REWRITTEN[name])
    done = run("code", "r", "--yes", *MAP)
    assert done.returncode == 0 and KEY not in Path("r/conf.py").read_text(), done.stdout
