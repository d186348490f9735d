"""`login --aws-cli`: what is handed over to the AWS CLI, and what is made of what it does.

A small program on PATH stands in for it, since what is tested is the handing over; the real one is asked where it is installed.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.awsfiles.homes import CORP_SECTION, Home
from tests.conftest import Run
from tests.online.aws import START_URL, Portal, token_file

STAND_IN = """#!{python}
import json, os, sys
from pathlib import Path
if sys.argv[1:] == ["--version"]:
    print({version!r})
    sys.exit()
print("words of the CLI")
print(json.dumps([sys.argv[1:], {{n: v for n, v in os.environ.items() if n.startswith("AWS_PROFILE")}}]), file=open({said!r}, "w"))
{does}
"""
KEEPS = """
path = Path({path!r})
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps({{"startUrl": {url!r}, "region": "us-west-2", "accessToken": "cli-token", "expiresAt": {until!r}}}))
"""


@pytest.fixture
def install(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`install(version, does)`: an `aws` on PATH that says this version, and does that when it is to log in; gives where it notes its arguments."""
    Home(home).write(CORP_SECTION, None)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(version: str = "aws-cli/2.27.1 Python/3.13", does: str | None = None, until: str = "2099-01-01T00:00:00Z") -> Path:
        keeps = KEEPS.format(path=str(token_file(home)), url=START_URL, until=until)
        said = tmp_path / "said"
        program = folder / "aws"
        program.write_text(STAND_IN.format(python=sys.executable, version=version, said=str(said), does=keeps if does is None else does))
        program.chmod(0o755)
        return said

    return make


@pytest.mark.parametrize(
    ("version", "args", "wanted"),
    [
        ("aws-cli/2.27.1 Python/3.13 Linux", [], ["--use-device-code"]),
        ("aws-cli/2.27.1 Python/3.13 Linux", ["--no-browser"], ["--no-browser", "--use-device-code"]),
        ("aws-cli/2.15.0 Python/3.11 Linux", ["--no-browser"], ["--no-browser"]),
    ],
)
def test_what_it_is_told(install: Any, run: Run, monkeypatch: pytest.MonkeyPatch, version: str, args: list[str], wanted: list[str]) -> None:
    said = install(version)
    monkeypatch.setenv("AWS_PROFILE", "one-that-does-not-exist")
    done = run("login", "corp", "--aws-cli", *args, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == 0 and "words of the CLI" in done.stderr
    assert json.loads(said.read_text()) == [["sso", "login", "--sso-session", "corp", *wanted], {}]
    assert "cli-token" not in done.stdout + done.stderr
    done = run("login", "corp", "--aws-cli")
    assert "Logged in to session corp until 2099-01-01" in done.stdout


def test_it_is_not_used_unless_it_is_named(install: Any, run: Run, portal: Portal) -> None:
    said = install()
    assert run("login", "--no-browser").returncode == 0 and not said.exists()


@pytest.mark.parametrize(
    ("version", "does", "told"),
    [
        ("aws-cli/1.45.11 Python/3.11.7", None, "version 1.45"),
        ("aws-cli/2.8.13 Python/3.9", None, "does not support sso-session"),
        ("awsome 3", None, "is not the AWS CLI"),
        ("aws-cli/2.27.1", "sys.exit(255)", "failed with status 255"),
        ("aws-cli/2.27.1", "", "you are not logged in to session corp"),
    ],
)
def test_what_it_cannot_do_is_refused(install: Any, run: Run, home: Path, version: str, does: str | None, told: str) -> None:
    install(version, does)
    done = run("login", "--aws-cli")
    assert (done.returncode, done.stdout) == (2, "") and told in done.stderr
    assert not token_file(home).exists()


def test_a_login_that_has_expired_already(install: Any, run: Run) -> None:
    install(until="2020-01-01T00:00:00Z")
    done = run("login", "--aws-cli")
    assert done.returncode == 2 and "has expired" in done.stderr


def test_none_there_or_one_that_hangs_up(install: Any, run: Run, tmp_path: Path) -> None:
    done = run("login", "--aws-cli")
    assert done.returncode == 2 and "no `aws` on PATH" in done.stderr
    (tmp_path / "bin/aws").write_text("not a program")
    (tmp_path / "bin/aws").chmod(0o755)
    done = run("login", "--aws-cli")
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_a_session_that_only_a_plan_has(install: Any, run: Run) -> None:
    said = install()
    Path("plan.ini").write_text("[sso_sessions]\n[[new]]\nsso_start_url = https://new.awsapps.com/start\nsso_region = us-west-2\n")
    done = run("login", "new", "--plan", "plan.ini", "--aws-cli")
    assert done.returncode == 2 and "not in a file that the AWS CLI reads" in done.stderr and not said.exists()


def test_a_start_url_that_is_not_https(install: Any, run: Run, home: Path) -> None:
    said = install()
    Home(home).write("[sso-session corp]\nsso_start_url = http://corp.awsapps.com/start\nsso_region = us-west-2\n", None)
    done = run("login", "--aws-cli")
    assert done.returncode == 2 and "not https" in done.stderr and not said.exists()


def test_ctrl_c(install: Any, home: Path) -> None:
    install(does="import time; print('waiting', flush=True); time.sleep(600)")
    process = subprocess.Popen(
        [sys.executable, "-m", "migrate", "login", "--aws-cli"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    while "waiting" not in process.stderr.readline():
        pass
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
    assert process.wait(timeout=300) == 130


def test_the_real_one(home: Path, portal: Portal, run: Run) -> None:
    """Its token is one for this program, and the next login is ours again."""
    aws = shutil.which("aws")
    version = subprocess.run([aws, "--version"], capture_output=True, text=True, check=False).stdout if aws else "none"
    if not version.startswith("aws-cli/2.") or tuple(map(int, version.split("/")[1].split()[0].split(".")[:2])) < (2, 13):
        pytest.skip(f"no AWS CLI of 2.13 or newer (older ones know no AWS_ENDPOINT_URL_SSO_OIDC): {version}")
    Home(home).write("[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n" + CORP_SECTION, None)
    portal.roles = {"111122223333": ["Admin"]}
    portal.answers = ["AuthorizationPendingException"]
    done = run("login", "--aws-cli", "--no-browser", timeout=300)
    assert done.returncode == 0, done.stderr
    assert "ABCD-EFGH" in done.stderr and json.loads(token_file(home).read_text())["accessToken"] in portal.tokens
    done = run("verify", "dev")
    assert done.returncode == 0, done.stdout
