"""Findings of the AWS files are about two places more often than one: each has the other, in JSON and by line."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

SESSION = """[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""
SSO = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n"
ROLE = "role_arn = arn:aws:iam::444455556666:role/A\n"
CONFIG = ["config", "--sso-session", "corp", "--check"]
DEV = ["--map", "dev=111122223333/Dev"]
VERIFY = ["verify", "--offline"]


def keys(name: str) -> str:
    """A section of the credentials file."""
    return f"[{name}]\naws_access_key_id = {key_id(name)}\naws_secret_access_key = {secret(name)}\n"


CASES = {
    "a setting of the session": (
        SESSION + "region = eu-west-1\n[profile dev]\nregion = us-east-1\n", keys("dev"), [*CONFIG, *DEV], "AWS115", "config", "region = eu",
    ),
    "a role with MFA": (
        SESSION + f"[profile dev]\nregion = x-y-1\n[profile r]\n{ROLE}source_profile = dev\nmfa_serial = a\n",
        keys("dev"), [*CONFIG, *DEV], "AWS102", "config", "[profile dev]",
    ),
    "a role of many hours": (
        SESSION + f"[profile r]\n{ROLE}source_profile = dev\nduration_seconds = 7200\n", keys("dev"), [*CONFIG, *DEV], "AWS103", "credentials", "[dev]",
    ),
    "a role with a host": (
        SESSION + f"[profile r]\n{ROLE}source_profile = dev\nendpoint_url = https://s3.us-east-1.amazonaws.com\n",
        keys("dev"), [*CONFIG, *DEV], "AWS114", "credentials", "[dev]",
    ),
    "a role that is kept": (
        SESSION + f"[profile r]\n{ROLE}source_profile = dev\nmfa_serial = a\n",
        keys("dev"), [*CONFIG, *DEV, "--keep", "r"], "AWS127", "credentials", "[dev]",
    ),
    "keys in a section of another name": (
        SESSION + "[profile dev]\nregion = us-east-1\n", keys("profile dev"), [*CONFIG, *DEV], "AWS105", "credentials", "aws_access_key_id",
    ),
    "a name that is in use": (
        SESSION + f"[profile dev]\n{ROLE}source_profile = dev\n[profile dev-source]\nregion = us-east-1\n",
        keys("dev"), [*CONFIG, *DEV], "AWS109", "config", "[profile dev-source]",
    ),
    "a role that needs the key": (
        SESSION + f"[profile dev]\n{ROLE}source_profile = dev\n[profile r]\n{ROLE}source_profile = dev\n",
        keys("dev"), [*CONFIG, *DEV, "--keep", "r"], "AWS111", "config", "source_profile = dev",
    ),
    "a plan that is not filled in": (
        SESSION, keys("dev"), [*CONFIG, "--plan", "plan.ini"], "AWS118", "credentials", "aws_access_key_id",
    ),
    "a store of others, and a plan that is not filled in": (
        SESSION + "[profile dev]\nservices = s\n[services s]\ns3 =\n  endpoint_url = http://localhost:9000\n",
        keys("dev"), [*CONFIG, "--plan", "plan.ini"], "AWS118", "credentials", "aws_access_key_id",
    ),
    "verify: a setting of the session": (
        SESSION + f"region = eu-west-1\n[profile dev]\nregion = us-east-1\n{SSO}", "", VERIFY, "AWS401", "config", "region = eu",
    ),
    "verify: a role of many hours": (
        SESSION + f"[profile r]\n{ROLE}source_profile = dev\nduration_seconds = 7200\n[profile dev]\n{SSO}", "", VERIFY, "AWS401", "config", "sso_session = corp",
    ),
    "verify: a role of many hours, over SSO that a process hands out as well": (
        SESSION + f"[profile r]\n{ROLE}source_profile = dev\nduration_seconds = 7200\n[profile dev]\n{SSO}credential_process = aws-sso-util credential-process\n",
        "", VERIFY, "AWS401", "config", "sso_session = corp",
    ),
    "verify: a role over a key": (
        f"[profile r]\n{ROLE}source_profile = dev\n", keys("dev"), VERIFY, "AWS402", "credentials", "aws_access_key_id",
    ),
    "verify: two sections": (
        SESSION + f"[default]\n{SSO}[profile default]\n{SSO}", "", VERIFY, "AWS412", "config", "[default]",
    ),
    "verify: the plan": (
        SESSION + f"[profile dev]\n{SSO.replace('Dev', 'Ops')}", "", [*VERIFY, "--plan", "plan.ini"], "AWS405", "plan.ini", "[[dev]]",
    ),
    "scan: a key of two profiles": (
        "", keys("dev") + keys("dev").replace("[dev]", "[ops]"), ["scan"], "AWS301", "credentials", None,
    ),
    "plan: two sections": (
        "[default]\nregion = a\n[profile default]\n", keys("default"), ["plan", "--dry-run"], "AWS148", "config", "[default]",
    ),
    "plan: what is to be filled in": (
        SESSION, keys("dev"), ["plan", "--dry-run"], "AWS140", "credentials", "aws_access_key_id",
    ),
}  # fmt: skip
"""The two files, the command, the finding's code, and in which file and line its other place is."""


@pytest.mark.parametrize("name", CASES)
def test_the_other_place_is_named(name: str, home: Path, run: Run) -> None:
    config, credentials, args, code, file, text = CASES[name]
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(config)
    (home / ".aws/credentials").write_text(credentials)
    Path("plan.ini").write_text(
        "[profiles]\n    [[dev]]\n        action = sso\n" + ("        sso_role_name = Dev\n" if "verify" in name else "")
    )
    done = run(*args, "--format", "json")
    found = [f for f in json.loads(done.stdout)["findings"] if f["code"] == code]
    assert found, done.stdout + done.stderr
    there = found[0]["related"][0]
    path = Path(there["path"]) if Path(there["path"]).exists() else home / ".aws" / there["path"]
    assert path.name == file and there["message"]
    line = path.read_text().splitlines()[there["line"] - 1]
    assert line.startswith("aws_access_key_id") and there["line"] == 5 if text is None else line.lstrip().startswith(text), line
    assert (there["path"], there["line"]) != (found[0]["path"], found[0]["line"])


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (f"[profile dang]\n{SSO}", "its session corp does not exist"),
        (f"{SESSION}[profile dang]\nsso_session = corp\nsso_account_id = 111122223333\nsso_region = us-east-1\n", "sso_region is"),
        (f"[profile dang]\n{ROLE}", "no source_profile"),
        (f"[profile dang]\n{ROLE}source_profile = gone\n", "does not exist"),
    ],
)
def test_what_botocore_rejects_already_is_no_other_source_of_credentials(config: str, said: str, home: Path, run: Run) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(config)
    done = run("config", "--check")
    assert done.returncode == 0 and "AWS130 botocore rejects profile dang: " in done.stdout and said in done.stdout, done.stdout
    assert "AWS123" not in done.stdout
