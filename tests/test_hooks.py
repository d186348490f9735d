"""The hooks for pre-commit: their entries, called as pre-commit calls them, with the staged files as arguments.

pre-commit itself would install the package from an index; what it does then is this.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.madeup import key_id, secret

HOOKS = Path(__file__).parent.parent / ".pre-commit-hooks.yaml"


def entries() -> dict[str, list[str]]:
    """Hook to its command line; the file is plain enough to be read by eye."""
    text = HOOKS.read_text(encoding="utf-8")
    found = re.findall(r"^- id: (\S+)\n(?:  .*\n)*?  entry: (.+)$", text, re.M)
    return {hook: shlex.split(entry) for hook, entry in found}


def staged(hook: str, *names: str) -> "subprocess.CompletedProcess[str]":
    program, *args = entries()[hook]
    assert program == "aws-sso-migrate"
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": key_id("mine"), "AWS_SECRET_ACCESS_KEY": secret("mine")}
    return subprocess.run(
        [sys.executable, "-m", "migrate", *args, *names], capture_output=True, text=True, stdin=subprocess.DEVNULL, env=environment
    )


@pytest.fixture(autouse=True)
def repository() -> None:
    subprocess.run(["git", "init", "-q", "."], check=True)
    Path("clean.py").write_text("import boto3\n")
    Path("deploy.env").write_text(f"AWS_ACCESS_KEY_ID={key_id('a')}\nAWS_SECRET_ACCESS_KEY={secret('a')}\n")
    Path("keys.py").write_text(
        f"import boto3\n\nboto3.client('s3', aws_access_key_id='{key_id('a')}', aws_secret_access_key='{secret('a')}')\n"
    )


def test_scan_looks_at_the_staged_files_alone(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(f"[x]\naws_access_key_id={key_id('x')}\naws_secret_access_key={secret('x')}\n")
    assert staged("aws-sso-migrate-scan", "clean.py").returncode == 0
    done = staged("aws-sso-migrate-scan", "clean.py", "deploy.env", "keys.py")
    assert done.returncode == 1 and set(re.findall(r"(\S+):\d+:\d+: (AWS\d+)", done.stdout)) == {
        ("deploy.env", "AWS306"),
        ("keys.py", "AWS307"),
    }


def test_a_repositorys_settings_hold_for_staged_files() -> None:
    Path("pyproject.toml").write_text('[tool.aws-sso-migrate]\nexclude = ["*.env"]\n')
    assert staged("aws-sso-migrate-scan", "deploy.env").returncode == 0


def test_code_changes_nothing() -> None:
    before = Path("keys.py").read_bytes()
    assert staged("aws-sso-migrate-code", "clean.py").returncode == 0
    assert staged("aws-sso-migrate-code", "keys.py", "clean.py").returncode == 1
    assert Path("keys.py").read_bytes() == before
