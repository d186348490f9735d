"""A key whose account is known, and a profile of another account: nothing moves there that nobody has confirmed."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, plan, secret

OWN, OTHER = "111122223333", "444455556666"
KEY, SECRET = key_id("prod", OTHER), secret("prod")
CODE = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}")\n'
SSO = f"[profile dev]\nsso_session = corp\nsso_account_id = {OWN}\nsso_role_name = Dev\n\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n"
SAID = f"belongs to account {OTHER}, but it is mapped to profile dev of account {OWN}"


@pytest.fixture(autouse=True)
def files(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(SSO)
    Path("app.py").write_text(CODE)


@pytest.mark.parametrize("mapped", [["--map-key", f"{KEY}=dev"], ["--profile", "dev"]])
def test_code_is_left_until_the_other_account_is_confirmed(run: Run, mapped: list[str]) -> None:
    done = run("code", ".", "--yes", *mapped)
    assert done.returncode == 1 and "AWS235" in done.stdout and SAID in done.stdout and KEY not in done.stdout
    assert Path("app.py").read_text() == CODE
    assert run("code", ".", "--yes", *mapped, "--other-account", "dev").returncode == 0
    assert 'profile_name="dev"' in Path("app.py").read_text()


def test_pyproject_confirms_as_well(run: Run) -> None:
    settings = f'[tool.aws-sso-migrate]\nmap-key = ["{KEY}=dev"]\n'
    Path("pyproject.toml").write_text(settings)
    assert run("code", ".", "--dry-run").returncode == 1
    Path("pyproject.toml").write_text(settings + 'other-account = ["dev"]\n')
    assert run("code", ".", "--dry-run").returncode == 0


def test_a_role_and_a_static_key_tell_the_account_too(run: Run, home: Path) -> None:
    (home / ".aws/config").write_text(f"[profile dev]\nrole_arn = arn:aws:iam::{OWN}:role/Dev\nsource_profile = base\n")
    assert "AWS235" in run("code", ".", "--dry-run", "--map-key", f"{KEY}=dev").stdout
    (home / ".aws/config").write_text(f"[profile dev]\naws_access_key_id = {key_id('dev', OWN)}\naws_secret_access_key = {secret('dev')}\n")
    assert "AWS235" in run("code", ".", "--dry-run", "--map-key", f"{KEY}=dev").stdout


def test_the_key_that_stood_in_the_profile_is_its_own(run: Run, home: Path) -> None:
    """`config` has asked about its account already."""
    (home / ".aws/config").write_text("")
    (home / ".aws/credentials").write_text(f"[dev]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
    new = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "eu-west-1"]
    assert run("config", "--yes", "--map", f"dev={OWN}/Dev", "--other-account", "dev", *new).returncode == 0
    assert run("code", ".", "--yes").returncode == 0 and "profile_name" in Path("app.py").read_text()


def test_what_the_key_map_of_a_plan_says_is_asked_of_run_too(run: Run, home: Path) -> None:
    text = plan("eu-west-1") + f"[keys]\n    {KEY} = dev\n"
    Path("plan.ini").write_text(text)
    done = run("run", ".", "--yes", "--plan", "plan.ini")
    assert done.returncode == 1 and SAID in done.stdout and Path("app.py").read_text() == CODE
    assert "--other-account" not in done.stdout and "other_account = yes" in done.stdout
    Path("plan.ini").write_text(text.replace("sso_role_name = Dev\n", "sso_role_name = Dev\n        other_account = yes\n"))
    run("run", ".", "--yes", "--plan", "plan.ini")
    assert 'profile_name="dev"' in Path("app.py").read_text()


def test_comments_and_settings_files_keep_such_a_key(run: Run) -> None:
    Path("app.py").write_text(f"# was {KEY}\nimport boto3, yaml\n\nC = yaml.safe_load(open('c.yaml'))\nboto3.client('s3', aws_access_key_id=C['key'], aws_secret_access_key=C['secret'])\n")  # fmt: skip
    Path("c.yaml").write_text(f"key: {KEY}\nsecret: {SECRET}\n")
    before = {p: p.read_bytes() for p in Path().iterdir()}
    done = run("code", ".", "--yes", "--map-key", f"{KEY}=dev")
    assert done.returncode == 1 and done.stdout.count("AWS235") == 2 and before == {p: p.read_bytes() for p in Path().iterdir()}
