"""The who-signs table: each call that signed with a key, and the profile that it signs with now (`signers` of `--format json`)."""

import json
from pathlib import Path

from tests.conftest import Run
from tests.madeup import key_id, secret

DEV, PROD = key_id("dev"), key_id("prod")
CONNECT = f'''import boto3


def connect(key, secret):
    return boto3.client("sqs", region_name="eu-west-1", aws_access_key_id=key, aws_secret_access_key=secret)


dev = connect("{DEV}", "{secret("dev")}")
prod = connect("{PROD}", "{secret("prod")}")
'''
SETTINGS = f'''import os
import boto3

key = os.environ.get("REPORTS_KEY", "{DEV}")
secret = os.environ.get("REPORTS_SECRET", "{secret("dev")}")
s3 = boto3.client("s3", region_name="eu-west-1", aws_access_key_id=key, aws_secret_access_key=secret)
'''
LOADED = """import os
import boto3
from dotenv import load_dotenv

load_dotenv()
s3 = boto3.client("s3", region_name="eu-west-1", aws_access_key_id=os.environ["MY_ID"], aws_secret_access_key=os.environ["MY_SECRET"])
"""


def signers(run: Run, *more: str) -> list[dict[str, object]]:
    done = run("code", "src", "--map-key", f"{DEV}=dev", "--map-key", f"{PROD}=prod", "--allow-missing-profile", "--format", "json", *more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert DEV not in done.stdout
    rows: list[dict[str, object]] = json.loads(done.stdout)["signers"]
    return [{**row, "path": Path(str(row["path"])).name} for row in rows]


def lay(text: str, name: str = "jobs.py") -> None:
    Path("src").mkdir(exist_ok=True)
    Path("src", name).write_text(text, encoding="utf-8")


def test_a_call_that_two_keys_reach_has_a_row_for_each(run: Run) -> None:
    lay(CONNECT)
    first, second = signers(run, "--dry-run")
    assert first == {
        "path": "jobs.py",
        "line": 5,
        "new_line": 5,
        "function": "connect",
        "call": "boto3.client",
        "key": f"AKIA…{DEV[-4:]}",
        "profile": "dev",
        "shown": "proof",
        "others": [],
    }
    assert second == {**first, "key": f"AKIA…{PROD[-4:]}", "profile": "prod"}


def test_what_may_come_from_outside_is_told_as_another_signer(run: Run) -> None:
    lay(SETTINGS)
    (row,) = signers(run, "--yes")
    assert (row["line"], row["profile"], row["others"]) == (6, "dev", ["outside"])


def test_a_key_that_gives_way_to_the_default_chain_has_no_profile(run: Run) -> None:
    lay(CONNECT)
    rows = signers(run, "--target", "default-chain", "--dry-run")
    assert rows and {row["profile"] for row in rows} == {None}


def test_the_reader_of_a_settings_file_is_told_with_how_it_was_shown(run: Run) -> None:
    lay(LOADED)
    Path("src/.env").write_text(f"MY_ID={DEV}\nMY_SECRET={secret('dev')}\n", encoding="utf-8")
    (row,) = signers(run, "--dry-run")
    assert (row["path"], row["line"], row["shown"], row["profile"]) == ("jobs.py", 6, "readers", "dev")
    assert row["others"] == ["outside"]  # MY_ID in the environment goes before the file, now as then


def test_a_file_that_alone_has_the_key_lets_nobody_else_sign(run: Run) -> None:
    lay("import boto3\nimport yaml\n\nC = yaml.safe_load(open('c.yaml'))\nboto3.client('s3', 'eu-west-1', aws_access_key_id=C['id'], aws_secret_access_key=C['secret'])\n")  # fmt: skip
    Path("src/c.yaml").write_text(f"id: {DEV}\nsecret: {secret('dev')}\n")
    (row,) = signers(run, "--dry-run")
    assert (row["shown"], row["others"]) == ("readers", [])


def test_a_look_up_that_may_fail_is_nobody_who_signs(run: Run) -> None:
    lay(f'''import boto3

ACCOUNTS = {{"dev": ("{DEV}", "{secret("dev")}"), "prod": ("{PROD}", "{secret("prod")}")}}


def session(name):
    key, secret = ACCOUNTS[name]
    return boto3.Session(aws_access_key_id=key, aws_secret_access_key=secret, region_name="eu-west-1")


session("dev").client("s3")
session("prod").client("s3")
''')
    assert [(row["profile"], row["others"]) for row in signers(run, "--dry-run")] == [("dev", []), ("prod", [])]


def test_a_call_that_is_left_is_not_in_the_table(run: Run) -> None:
    lay(CONNECT)
    lay(f'import boto3\nimport jobs\ns = boto3.Session("{key_id("other")}", "{secret("other")}")\n', "other.py")
    done = run(
        "code", "src", "--map-key", f"{DEV}=dev", "--map-key", f"{PROD}=prod", "--allow-missing-profile", "--format", "json", "--dry-run"
    )
    assert done.returncode == 1
    assert {Path(row["path"]).name for row in json.loads(done.stdout)["signers"]} == {"jobs.py"}


def test_a_notebook_is_told_by_the_lines_of_its_file(run: Run) -> None:
    source = [f'import boto3\ns = boto3.Session("{DEV}", "{secret("dev")}", region_name="eu-west-1")\n']
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
    book = {"cells": [cell], "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(book, indent=1)
    lay(text, "book.ipynb")
    (row,) = signers(run, "--dry-run")
    assert (row["path"], row["new_line"]) == ("book.ipynb", None)
    assert DEV in text.splitlines()[int(str(row["line"])) - 1]
