"""Names in Python code are shown in diffs; values without quotes in settings files, comments and texts are not."""

from pathlib import Path

import pytest

from migrate.changes.change import Change
from migrate.changes.diff import masked_diff
from tests.madeup import secret

CALL = """\
s3 = boto3.client(
    "s3",
    aws_access_key_id=settings.UPLOAD_KEY,
    aws_secret_access_key={},
)
"""


def diff(path: str, text: str, *known: str) -> str:
    return masked_diff(Change(Path(path), text.encode(), b"", frozenset(known)))


@pytest.mark.parametrize("name", ["settings.UPLOAD_SECRET", "UPLOAD_SECRET", "self.config.secret_2", "upload_secret1"])
def test_a_name_that_is_passed_is_shown(name: str) -> None:
    assert f"aws_secret_access_key={name}," in diff("app.py", CALL.format(name))
    assert f"(aws_secret_access_key={name}, region_name" in diff("app.py", f"f(aws_secret_access_key={name}, region_name=x)\n")
    assert f"    secret_key: {name},\n" in diff("app.py", "x = {\n    secret_key: " + name + ",\n}\n")
    assert f"-PASSWORD = {name}\n" in diff("app.py", f"PASSWORD = {name}\n")


@pytest.mark.parametrize("value", ["hunter2hunter", "correct.horse_battery", secret("x")])
@pytest.mark.parametrize("path", [".env", "conf.ini", "conf.yaml", "conf.toml", "config", "a.txt"])
def test_a_value_in_a_settings_file_is_not(path: str, value: str) -> None:
    for line in ("AWS_SECRET_ACCESS_KEY={}\n", "secret_key: {}\n", "aws_secret_access_key={},\n", "x = {{secret_key: {}, a: b}}\n"):
        assert value not in diff(path, line.format(value))


@pytest.mark.parametrize(
    "text",
    [
        "# aws_secret_access_key={0},\n",
        'def f():\n    """Call it so:\n\n    aws_secret_access_key={0},\n    """\n',
        "CONF = '''\naws_secret_access_key={0}\nx = 1\n'''\n",
        'x = "aws_secret_access_key={0},"\n',
        "aws_secret_access_key={0},\n  this is no Python (\n",
    ],
)
def test_a_value_in_a_comment_or_a_text_is_not(text: str) -> None:
    assert "hunter2hunter" not in diff("app.py", text.format("hunter2hunter"))


def test_what_is_known_or_shaped_as_a_secret_is_never_shown() -> None:
    assert "hunter2hunter" not in diff("app.py", CALL.format("hunter2hunter"), "hunter2hunter")
    whole = "a" + secret("x").replace("/", "B").replace("+", "C")[1:]
    assert whole not in diff("app.py", CALL.format(whole))
    assert secret("y") not in diff("app.py", CALL.format(f'"{secret("y")}"'))


def test_lines_stay_as_they_are_around_it() -> None:
    text = CALL.format("settings.UPLOAD_SECRET")
    assert diff("app.py", text).splitlines()[3:] == ["-" + line for line in text.splitlines()]
