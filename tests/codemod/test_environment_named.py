"""With `--environment`, whatever hands the standard variables over is rewritten or named: nothing ends in silence with 0."""

from pathlib import Path

import pytest

from tests.conftest import Run

KEY, SECRET = "os.environ['AWS_ACCESS_KEY_ID']", "os.environ['AWS_SECRET_ACCESS_KEY']"
IMPORTS = "import os\nimport boto3\n"
BOTH = f"aws_access_key_id={KEY}, aws_secret_access_key={SECRET}"


def call(key: str, secret: str) -> str:
    return f"boto3.client('s3', aws_access_key_id={key}, aws_secret_access_key={secret}).list_buckets()\n"


NAMED = {
    "attributes that are set twice": f"class C:\n    def __init__(self):\n        self.k = {KEY}\n        self.s = {SECRET}\nc = C()\nc.k = None\n" + call("c.k", "c.s"),
    "a default factory": f"import dataclasses as d\n@d.dataclass\nclass C:\n    k: str = d.field(default_factory=lambda: {KEY})\n    s: str = {SECRET}\nc = C()\n" + call("c.k", "c.s"),
    "a method's arguments": f"class A:\n    def __init__(self, **kw):\n        self.kw = kw\n    def go(self):\n        boto3.client('s3', **self.kw)\nA({BOTH}).go()\n",
    "a tuple that a function returns": f"def f():\n    return {KEY}, {SECRET}\nk, s = f()\n" + call("k", "s"),
    "a function of its own": "def env(n):\n    return os.environ[n]\n" + call("env('AWS_ACCESS_KEY_ID')", "env('AWS_SECRET_ACCESS_KEY')"),
    "names in constants": "A = 'AWS_ACCESS_KEY_ID'\nB = 'AWS_SECRET_ACCESS_KEY'\n" + call("os.environ[A]", "os.environ[B]"),
    "another name for the environment": "e = os.environ\n" + call("e['AWS_ACCESS_KEY_ID']", "e['AWS_SECRET_ACCESS_KEY']"),
    "a comprehension": "c = {n.lower(): os.environ[n] for n in ('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY')}\nboto3.client('s3', **c)\n",
    "a table of names": "T = {'AWS_ACCESS_KEY_ID': 'aws_access_key_id'}\nboto3.client('s3', **{v: os.environ[k] for k, v in T.items()})\n",
    "by position": f"boto3.client('s3', None, None, True, None, None, {KEY}, {SECRET})\n",
    "a partial": f"from functools import partial\nmake = partial(boto3.client, {BOTH})\nmake('s3')\n",
    "Flask's settings": f"from flask import Flask\napp = Flask('x')\napp.config.update(K={KEY}, S={SECRET})\n" + call("app.config['K']", "app.config['S']"),
    "another library": f"import s3fs\ns3fs.S3FileSystem(key={KEY}, secret={SECRET})\n",
    "botocore": f"import botocore.session\nbotocore.session.get_session().create_client('s3', {BOTH})\n",
    "taken out of the environment": "import os\n" + call("os.environ.pop('AWS_ACCESS_KEY_ID')", "os.environ.pop('AWS_SECRET_ACCESS_KEY')"),
    "a walrus": f"if (k := {KEY}):\n    " + call("k", SECRET),
    "a settings class": "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    aws_access_key_id: str\n    aws_secret_access_key: str\ns = S()\n" + call("s.aws_access_key_id", "s.aws_secret_access_key"),
    "a settings class with a prefix": "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    class Config:\n        env_prefix = 'aws_'\n    access_key_id: str\n    secret_access_key: str\ns = S()\n" + call("s.access_key_id", "s.secret_access_key"),
}  # fmt: skip
QUIET = {
    "only asked whether it is there": "if os.getenv('AWS_ACCESS_KEY_ID'):\n    print('keys')\nassert 'AWS_SECRET_ACCESS_KEY' not in os.environ\n",
    "set for tests": "os.environ['AWS_ACCESS_KEY_ID'] = 'testing'\nos.environ.setdefault('AWS_SECRET_ACCESS_KEY', 'testing')\n",
    "set by a fixture": "def f(monkeypatch):\n    monkeypatch.setenv('AWS_ACCESS_KEY_ID', 'testing')\n",
    "replaced for tests": "from unittest import mock\nmock.patch.dict(os.environ, {'AWS_ACCESS_KEY_ID': 'k-1'})\nENV = {'AWS_ACCESS_KEY_ID': 'testing'}\n",
}


OBJECT = f"class C:\n    def __init__(self):\n        self.k = {KEY}\n        self.s = {SECRET}\n"
HANDED = {
    "a dict": f"c = {{'k': {KEY}, 's': {SECRET}, 'n': 1}}\n" + call("c['k']", "c['s']"),
    "a dict of a function": f"def f():\n    return dict(k={KEY}, s={SECRET})\nc = f()\n" + call("c['k']", "c['s']"),
    "an object's attributes": OBJECT + "c = C()\n" + call("c.k", "c.s"),
    "a method": OBJECT + "    def go(self):\n        " + call("self.k", "self.s") + "C().go()\n",
    "a class's object": f"class C:\n    k = {KEY}\n    s = {SECRET}\nsettings = C()\n" + call("settings.k", "settings.s"),
    "a function's arguments": f"def f(key, secret):\n    {call('key', 'secret')}f({KEY}, {SECRET})\n",
    "an object's arguments": f"class C:\n    def __init__(self, k, s):\n        self.k = k\n        self.s = s\nc = C({KEY}, {SECRET})\n"
    + call("c.k", "c.s"),
}


@pytest.mark.parametrize("name", HANDED)
def test_what_goes_through_objects_and_functions_is_taken_out(name: str, run: Run) -> None:
    Path("main.py").write_text(IMPORTS + HANDED[name])
    done = run("code", "main.py", "--yes", "--environment")
    after = Path("main.py").read_text()
    assert done.returncode == 0 and "environ" not in after and "boto3.client('s3')" in after, done.stdout + after
    compile(after, "main.py", "exec")


@pytest.mark.parametrize("name", NAMED)
def test_what_is_not_rewritten_is_named(name: str, run: Run) -> None:
    Path("main.py").write_text(IMPORTS + NAMED[name])
    done = run("code", "main.py", "--yes", "--environment")
    assert done.returncode == 1 and "AWS226" in done.stdout, done.stdout
    assert Path("main.py").read_text() == IMPORTS + NAMED[name]


@pytest.mark.parametrize("name", QUIET)
def test_what_hands_nothing_over_is_not_a_finding(name: str, run: Run) -> None:
    Path("main.py").write_text(IMPORTS + QUIET[name])
    done = run("code", "main.py", "--yes", "--environment")
    assert done.returncode == 0 and "AWS226" not in done.stdout, done.stdout


def test_each_file_is_named(run: Run) -> None:
    Path("a.py").write_text(IMPORTS + call(KEY, SECRET) + f"print({KEY})\n")
    Path("b.py").write_text(IMPORTS + f"c = [{KEY}, {SECRET}]\n" + call("c[0]", "c[1]"))
    done = run("code", ".", "--yes", "--environment")
    assert done.returncode == 1 and "a.py:3:1: AWS226" in done.stdout and "b.py:3:17: AWS226" in done.stdout, done.stdout


def test_one_program_does_not_stand_in_the_way_of_another(run: Run) -> None:
    Path("a.py").write_text(IMPORTS + call(KEY, SECRET))
    Path("b.py").write_text(IMPORTS + f"print({KEY})\n" + call(KEY, SECRET))
    done = run("code", ".", "--yes", "--environment")
    assert done.returncode == 1 and "b.py:4:1: AWS226" in done.stdout and "a.py" not in done.stdout.partition("AWS226")[2], done.stdout
    assert Path("a.py").read_text().endswith("boto3.client('s3').list_buckets()\n") and KEY in Path("b.py").read_text()


TOGETHER = {
    "an import": ("import os\nos.environ['AWS_ACCESS_KEY_ID'] = 'x'\n", "import b\n"),
    "a name in a text": ("import os\nos.environ['AWS_ACCESS_KEY_ID'] = 'x'\n", "TASKS = ['b']\n"),
    "a computed name": (
        "import os\nos.environ['AWS_ACCESS_KEY_ID'] = 'x'\n",
        "import importlib, sys\nimportlib.import_module(sys.argv[1])\n",
    ),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_what_may_run_in_the_same_program_does(name: str, run: Run) -> None:
    other, start = TOGETHER[name]
    Path("a.py").write_text(IMPORTS + start + call(KEY, SECRET))
    Path("b.py").write_text(other)
    done = run("code", ".", "--yes", "--environment")
    assert done.returncode == 1 and "AWS226" in done.stdout and KEY in Path("a.py").read_text(), done.stdout
