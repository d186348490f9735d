"""`login` against a login server on the loopback, and what botocore makes of the token."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import botocore.session
import pytest

from tests.awsfiles.homes import CORP_SECTION, Home
from tests.conftest import Run
from tests.forking import Starter
from tests.online.aws import REGION, START_URL, Portal, logged_in, token_file

DEV = "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n"


def test_the_token_is_kept_as_botocore_keeps_it_and_used_by_it(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(DEV + CORP_SECTION, None)
    portal.roles = {"111122223333": ["Admin"]}
    portal.answers = ["AuthorizationPendingException", "500"]
    done = run("login", "--no-browser")
    assert done.returncode == 0, done.stderr
    assert "Logged in to session corp until 20" in done.stdout
    assert "ABCD-EFGH" in done.stderr and f"{portal.address}/device" in done.stderr
    path = token_file(home)
    kept = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (kept["startUrl"], kept["region"]) == (START_URL, REGION)
    names = {"startUrl", "region", "accessToken", "expiresAt", "clientId", "clientSecret", "registrationExpiresAt", "refreshToken"}
    assert set(kept) == names
    for hidden in (kept["accessToken"], kept["refreshToken"], "client-secret", "device-code-xyz"):
        assert hidden not in done.stdout + done.stderr
    script = "import botocore.session as b; print(b.Session(profile='dev').get_credentials().get_frozen_credentials().access_key)"
    asked = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert asked.stdout.startswith("ASIA"), asked.stderr
    assert botocore.session.Session(profile="dev").get_credentials().method == "sso"


def test_an_old_token_of_other_rights_is_replaced_by_one_of_0600(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(CORP_SECTION, None)
    path = logged_in(home)
    path.chmod(0o644)
    assert run("login", "corp", "--no-browser", "-q").returncode == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and "a-token" not in path.read_text()
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("AccessDeniedException", "denied in the browser"),
        ("ExpiredTokenException", "expired before it was confirmed"),
        ("never", "expired before it was confirmed"),
        ("InvalidGrantException", "told: InvalidGrantException"),
    ],
)
def test_denial_and_expiry_end_with_2(home: Path, portal: Portal, run: Run, answer: str, told: str) -> None:
    Home(home).write(CORP_SECTION, None)
    portal.answers = [answer]
    done = run("login", "--no-browser")
    assert (done.returncode, done.stdout) == (2, "") and told in done.stderr
    assert not token_file(home).exists()


def test_slow_down_is_obeyed(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(CORP_SECTION, None)
    portal.answers = ["SlowDownException"]
    begun = time.monotonic()
    assert run("login", "--no-browser", clock=5).returncode == 0
    assert (time.monotonic() - begun) * 5 > 7  # 1, then 1 and 5 more


def test_ctrl_c_ends_with_130_and_keeps_nothing(home: Path, portal: Portal, starter: Starter) -> None:
    Home(home).write(CORP_SECTION, None)
    portal.answers = ["AuthorizationPendingException"] * 10_000
    with starter.popen(["-m", "migrate", "login", "--no-browser"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stderr is not None
        while b"Waiting" not in child.stderr.readline():
            pass
        child.send_signal(signal.SIGINT)
        assert child.wait(300) == 130
        assert b"Traceback" not in child.stderr.read()
    assert not token_file(home).exists()


def test_the_browser_is_sent_to_the_address_with_the_code(
    home: Path, portal: Portal, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Home(home).write(CORP_SECTION, None)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    assert run("login").returncode == 0
    assert (tmp_path / "opened").read_text().strip() == f"{portal.address}/device?user_code=ABCD-EFGH"


def test_which_session(home: Path, portal: Portal, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    other = CORP_SECTION.replace("corp", "lab", 1)
    Home(home).write(DEV + CORP_SECTION + other, None)
    done = run("login", "--no-browser")
    assert done.returncode == 2 and "corp, lab" in done.stderr  # as `aws sso login`, which asks for --sso-session
    done = run("login", "nope", "--no-browser")
    assert done.returncode == 2 and "no sso-session nope" in done.stderr
    monkeypatch.setenv("AWS_PROFILE", "dev")
    assert run("login", "--no-browser").returncode == 0 and token_file(home).exists()
    assert run("login", "lab", "--no-browser").returncode == 0 and token_file(home, "lab").exists()


def test_no_session_at_all(home: Path, run: Run) -> None:
    done = run("login", "--format", "json")
    assert done.returncode == 2 and "no sso-session" in json.loads(done.stdout)["error"]["message"]


def test_a_start_url_that_the_portal_does_not_know(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(CORP_SECTION.replace("corp.awsapps", "corq.awsapps"), None)
    done = run("login", "--no-browser")
    assert done.returncode == 2 and "Invalid start url" in done.stderr


def test_a_clock_that_is_wrong_is_said(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(CORP_SECTION, None)
    portal.clock = 3600.0
    done = run("login", "--no-browser")
    assert done.returncode == 0 and "clock is 60 minutes behind" in done.stderr


@pytest.mark.parametrize("address", ["http://192.0.2.1:81", "http://oidc.us-west-2.amazonaws.com"])
def test_an_endpoint_that_is_not_https_is_sent_nothing(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    Home(home).write(CORP_SECTION, None)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", address)
    done = run("login", "--no-browser")
    assert done.returncode == 2 and "not https" in done.stderr


def test_a_start_url_that_is_not_https_is_refused(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(CORP_SECTION.replace("https:", "http:"), None)
    done = run("login", "--no-browser")
    assert done.returncode == 2 and "not https" in done.stderr and not portal.asked


def test_an_endpoint_of_the_file_that_is_not_awss_is_sent_nothing(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Home(home).write("[default]\nendpoint_url = https://minio.example.com\n" + CORP_SECTION, None)
    done = run("login", "--no-browser")
    assert done.returncode == 2 and "which does not belong to AWS" in done.stderr


def test_a_folder_that_cannot_be_written(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(CORP_SECTION, None)
    (home / ".aws" / "sso").write_text("a file in the folder's place")
    done = run("login", "--no-browser")
    assert done.returncode == 2 and "Traceback" not in done.stderr and os.fspath(home / ".aws" / "sso") in done.stderr
