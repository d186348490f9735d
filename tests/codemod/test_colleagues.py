"""What a pull request does not contain, and colleagues have to do: a `.env` that git ignores, samples that name the old variables."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
CODE = """import os
import boto3
from dotenv import load_dotenv

load_dotenv()
s3 = boto3.client("s3", region_name="eu-west-1", aws_access_key_id=os.environ["UPLOAD_KEY"], aws_secret_access_key=os.environ["UPLOAD_SECRET"])
"""
MAP = ("--map-key", f"{KEY}=dev", "--allow-missing-profile")


@pytest.fixture(autouse=True)
def repository() -> None:
    Path("app").mkdir()
    Path("app/main.py").write_text(CODE)
    Path("app/.env").write_text(f"BUCKET=b\nUPLOAD_KEY={KEY}\nUPLOAD_SECRET={SECRET}\n")
    Path("app/.env.example").write_text("BUCKET=\nUPLOAD_KEY=\nUPLOAD_SECRET=\n")
    Path("app/README.md").write_text("Fill in UPLOAD_KEY.\n")
    Path("app/.gitignore").write_text(".env\n")
    subprocess.run(["git", "init", "-q", "app"], check=True)
    subprocess.run(["git", "-C", "app", "add", "-A"], check=True)


def test_a_file_that_git_does_not_track_is_told(run: Run) -> None:
    done = run("code", "app", "--dry-run", "--report", "r.md", *MAP)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "app/.env:2:1: AWS236 .env is not tracked by git: each developer replaces these lines" in done.stdout
    report = Path("r.md").read_text()
    assert "edit <code>.env</code> (not tracked by git)" in report and "edit <code>main.py</code></summary>" in report


def test_a_file_that_git_tracks_is_not(run: Run) -> None:
    subprocess.run(["git", "-C", "app", "add", "-f", ".env"], check=True)
    assert "AWS236" not in run("code", "app", "--dry-run", *MAP).stdout
    subprocess.run(["rm", "-rf", "app/.git"], check=True)
    assert "AWS236" not in run("code", "app", "--dry-run", *MAP).stdout


def test_samples_and_documents_that_name_the_old_variable_are_told(run: Run) -> None:
    said = run("code", "app", "--dry-run", *MAP).stdout
    for place in ("app/.env.example:2:1", "app/README.md:1:1"):
        assert f"{place}: AWS237 names UPLOAD_KEY, which .env no longer sets; it sets UPLOAD_PROFILE instead" in said
    Path("app/pyproject.toml").write_text('[tool.aws-sso-migrate]\nignore = ["AWS236", "AWS237"]\n')
    quiet = run("code", "app", "--dry-run", *MAP)
    assert "AWS236" not in quiet.stdout and "AWS237" not in quiet.stdout


def test_nothing_of_it_is_said_of_a_file_that_stays(run: Run) -> None:
    Path("app/main.py").write_text(CODE + "print(os.environ['UPLOAD_KEY'])\n")
    said = run("code", "app", "--dry-run", *MAP).stdout
    assert "AWS225" in said and "AWS236" not in said and "AWS237" not in said


def test_a_place_is_named_once_and_a_dict_with_the_call_that_gets_it(run: Run) -> None:
    Path("etl").mkdir()
    Path("etl/config.yaml").write_text(f"key: {KEY}\nsecret: {SECRET}\n")
    Path("etl/load.py").write_text(
        "import pandas as pd\nimport yaml\n\nC = yaml.safe_load(open('config.yaml'))\n"
        "pd.read_parquet('s3://b/k', storage_options={'key': C['key'], 'secret': C['secret']})\n"
    )
    for more in ((), ("--verbose",)):
        said = run("code", "etl", "--dry-run", *MAP, *more).stdout
        assert said.count("load.py:5") == 1 and "it is passed to `pd.read_parquet`, which cannot be traced" in said, said
        assert "the code below" not in said
