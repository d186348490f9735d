"""The real readers: before, each profile signs with its key; after, with the account and role that it was mapped to.

botocore always; the AWS CLI v2 where `aws` is one; the JavaScript SDK where node and its packages are
(`npm install --prefix tests/clients`, or a folder that has them in NODE_PATH).
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.awsfiles.homes import Home, keys
from tests.clients.portal import log_in, portal, role_key, sso_key
from tests.conftest import Run
from tests.madeup import key_id

HERE = Path(__file__).parent
Reader = Callable[[Path, dict[str, str], list[str]], dict[str, str | None]]

_BOTOCORE = """
import json, sys, botocore.session
print(json.dumps({p: botocore.session.Session(profile=p).get_credentials().get_frozen_credentials().access_key for p in sys.argv[1:]}))
"""


def _run(command: list[str], environment: dict[str, str], cwd: Path | None = None) -> str:
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def botocore(home: Path, environment: dict[str, str], profiles: list[str]) -> dict[str, str | None]:
    """The access key id that botocore signs with, for each profile."""
    found: dict[str, str | None] = json.loads(_run([sys.executable, "-c", _BOTOCORE, *profiles], environment))
    return found


def aws_cli(home: Path, environment: dict[str, str], profiles: list[str]) -> dict[str, str | None]:
    """The same of the AWS CLI v2."""
    aws, version = _aws()
    if version < (2, 13):
        pytest.skip(f"no AWS CLI of 2.13 or newer (older ones know no AWS_ENDPOINT_URL_SSO): {version}")
    out: dict[str, str | None] = {}
    for profile in profiles:
        said = _run([aws, "configure", "export-credentials", "--profile", profile, "--format", "process"], environment)
        out[profile] = json.loads(said)["AccessKeyId"]
    return out


def _aws() -> tuple[str, tuple[int, ...]]:
    aws = shutil.which("aws")
    if aws is None:
        pytest.skip("no AWS CLI")
    said = subprocess.run([aws, "--version"], capture_output=True, text=True).stdout
    return aws, tuple(map(int, said.split("/")[1].split()[0].split(".")[:2]))


def javascript(home: Path, environment: dict[str, str], profiles: list[str]) -> dict[str, str | None]:
    """The same of the JavaScript SDK."""
    modules = Path(os.environ.get("NODE_PATH", HERE / "node_modules"))
    node = shutil.which("node")
    if node is None or not (modules / "@aws-sdk" / "credential-providers").is_dir():
        pytest.skip("no node, or no @aws-sdk/credential-providers: npm install --prefix tests/clients")
    folder = home.parent / "javascript"
    folder.mkdir(exist_ok=True)
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(modules)
    script = folder / "resolve.mjs"
    script.write_text((HERE / "resolve.mjs").read_text())
    found: dict[str, str | None] = json.loads(_run([node, str(script), *profiles], environment, folder))
    return found


@pytest.mark.parametrize("reader", [botocore, aws_cli, javascript])
def test_each_client_signs_with_the_key_before_and_with_sso_after(reader: Reader, home: Path, run: Run) -> None:
    # two roles, since botocore's cache of assumed roles does not ask whose key assumed them
    deploy, other = "arn:aws:iam::444455556666:role/Deploy", "arn:aws:iam::444455556666:role/Other"
    Home(home).write(
        "[default]\nregion = eu-central-1\n"
        "[profile dev]\nregion = eu-west-1\ns3 =\n    max_queue_size = 7\n"
        f"[profile deploy]\nrole_arn = {deploy}\nsource_profile = dev\n"
        f"[profile own]\nrole_arn = {other}\nsource_profile = own\n",
        f"[default]\n{keys('default')}\n[dev]\ncli_pager =\n{keys('dev')}\n[own]\n{keys('own')}\n[kept]\n{keys('kept')}",
    )
    profiles = ["default", "dev", "deploy", "own", "kept"]
    with portal() as places:
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", **places}
        was = reader(home, environment, profiles)
        assert was == {
            **{name: key_id(name) for name in ("default", "dev", "kept")},
            "deploy": role_key(deploy, key_id("dev")),
            "own": role_key(other, key_id("own")),
        }
        done = run(
            "config", "--yes", "--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2",
            "--map", "default=111122223333/ReadOnly", "--map", "dev=777788889999/Power@User@corp", "--other-account", "dev", "--map", "own=111122223333/Deployer",
            "--keep", "kept",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        log_in(home, "corp", "https://corp.awsapps.com/start", "us-west-2")
        shutil.rmtree(home / ".aws" / "cli", ignore_errors=True)
        assert reader(home, environment, profiles) == {
            "default": sso_key("111122223333", "ReadOnly"),
            "dev": sso_key("777788889999", "Power@User"),
            "deploy": role_key(deploy, sso_key("777788889999", "Power@User")),
            "own": role_key(other, sso_key("111122223333", "Deployer")),
            "kept": key_id("kept"),
        }


def test_the_aws_cli_of_any_version_reads_the_settings(home: Path, run: Run) -> None:
    aws, _ = _aws()
    place = Home(home).write("[profile dev]\nregion = eu-west-1\n", f"[dev]\noutput = yaml\n{keys('dev')}")
    session = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2"]
    assert run("config", "--yes", *session, "--map", "dev=777788889999/Power@User@corp", "--other-account", "dev").returncode == 0
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    expected = {
        "sso_session": "corp",
        "sso_account_id": "777788889999",
        "sso_role_name": "Power@User",
        "region": "eu-west-1",
        "output": "yaml",
    }
    for name, value in expected.items():
        assert _run([aws, "configure", "get", name, "--profile", "dev"], environment).strip() == value
    left = subprocess.run(
        [aws, "configure", "get", "aws_access_key_id", "--profile", "dev"], env=environment, capture_output=True, text=True
    )
    assert left.stdout == ""
    assert place.credentials.read_text() == ""
