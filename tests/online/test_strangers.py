"""Hosts that are not to be trusted: a MinIO that the shell names for everything, a customer's host, servers that answer without end or repeat secrets."""

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from migrate.online.hosts import fault_of
from tests.awsfiles.homes import CORP_SECTION, Home, keys
from tests.conftest import Run
from tests.madeup import key_id
from tests.online.aws import START_URL, Portal, logged_in

A = "111122223333"
PROFILE = f"[profile dev]\nsso_session = corp\nsso_account_id = {A}\nsso_role_name = Admin\nregion = us-west-2\n"
TOKEN = "aoaAAAAAGhmFfYwYTk2ZjQ3ZGFhN2E2ZTQ5ZDQ1"


@contextmanager
def server(answer: Callable[[Any], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server of a stranger's: its address, and what it was sent."""
    got: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            got.append(self.requestline.encode() + str(self.headers).encode() + body)
            answer(self)

        do_POST = do_CONNECT = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}", got
    running.shutdown()
    running.server_close()


def saying(content: Any, status: int = 200, **headers: str) -> Callable[[Any], None]:
    """A handler that says always the same."""

    def answer(handler: Any) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def test_an_endpoint_for_everything_gets_nothing_of_the_login(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Home(home).write(PROFILE + CORP_SECTION, "[old]\n" + keys("old"))
    logged_in(home, TOKEN, refreshToken="refresh-me", clientId="c", clientSecret="s", registrationExpiresAt="2099-01-01T00:00:00Z")
    with server(saying({})) as (address, got):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        for args in (["verify", "dev"], ["login", "--no-browser"], ["plan", "--discover"], ["retire", "--key", key_id("old")]):
            done = run(*args)
            assert done.returncode in (1, 2) and "Traceback" not in done.stderr, args
            if args[0] in ("verify", "login"):
                assert "AWS_ENDPOINT_URL applies to every service" in done.stdout + done.stderr, (args, done.stdout, done.stderr)
        assert got == []


@pytest.mark.parametrize("host", ["bucket.s3.amazonaws.com", "loopback"])
@pytest.mark.parametrize("service", ["sts", "sso"])
def test_a_services_section_gets_no_session_token(home: Path, portal: Portal, run: Run, host: str, service: str,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.delenv(f"AWS_ENDPOINT_URL_{service.upper()}")
    portal.roles = {A: ["Admin"]}
    logged_in(home)
    with server(saying({})) as (address, got):
        url = address if host == "loopback" else f"https://{host}"
        services = f"[services mine]\n{service} =\n  endpoint_url = {url}\n"
        Home(home).write(PROFILE + "services = mine\n" + CORP_SECTION + services, None)
        done = run("verify", "dev")
        assert done.returncode == 1 and "which does not belong to AWS" in done.stdout, done.stdout
        assert got == []


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ("sso", "https://portal.sso.eu-central-1.amazonaws.com"),
        ("sso", "https://portal.sso.cn-north-1.amazonaws.com.cn"),
        ("sso-oidc", "https://oidc.us-gov-west-1.amazonaws.com"),
        ("sts", "https://sts.amazonaws.com"),
        ("sts", "https://sts-fips.us-east-2.amazonaws.com"),
        ("sts", "https://vpce-0abc-1.sts.us-east-2.vpce.amazonaws.com"),
        ("iam", "https://iam.amazonaws.com"),
        ("iam", "https://iam.us-gov.amazonaws.com"),
        ("iam", "https://iam.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_services_own_hosts_may_be_asked(service: str, url: str) -> None:
    assert fault_of(service, url) is None


def test_what_botocore_makes_of_every_region_may_be_asked() -> None:
    import botocore.session

    session = botocore.session.Session()
    for partition in session.get_available_partitions():
        for service in ("sso", "sso-oidc", "sts", "iam"):
            for region in session.get_available_regions(service, partition) or ["us-east-1"]:
                client = session.create_client(service, region_name=region, aws_access_key_id="x", aws_secret_access_key="y")
                assert fault_of(service, client.meta.endpoint_url) is None, client.meta.endpoint_url


@pytest.mark.parametrize(
    "url",
    [
        "https://sts.us-east-1.evil.example",
        "https://bucket.s3.us-east-1.amazonaws.com",
        "https://sts.us-east-1.s3.amazonaws.com",
        "https://x.execute-api.us-east-1.amazonaws.com",
        "https://abc.lambda-url.us-east-1.on.aws",
        "https://sts.us-east-1.amazonaws.com.evil.example",
        "https://sts.us-east-1.amazonaws.com:8443",
        "https://sts.cn-north-1.amazonaws.com",
        "https://iam.amazonaws.com",
        "http://sts.us-east-1.amazonaws.com",
        "http://localhost:9000",
        "https://vpce-svc-0abc.us-east-1.vpce.amazonaws.com",
    ],
)
def test_a_customers_host_may_not(url: str) -> None:
    assert fault_of("sts", url) is not None


def test_an_answer_of_a_byte_a_second_is_not_waited_for(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Home(home).write(PROFILE + CORP_SECTION, None)
    logged_in(home)

    def dripping(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.5)

    with server(dripping) as (address, _):
        for name in ("SSO", "STS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{name}", address)
        done = run("verify", "--timeout", "1", timeout=300)
        assert done.returncode == 1 and "no response" in done.stdout


def test_headers_of_a_byte_a_second_neither(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Home(home).write(PROFILE + CORP_SECTION, None)
    logged_in(home)
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            Thread(target=slowly, args=(connection,), daemon=True).start()

    def slowly(connection: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
            try:
                connection.send(bytes([byte]))
            except OSError:
                return
            time.sleep(0.5)

    Thread(target=drip, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", f"http://127.0.0.1:{listening.getsockname()[1]}")
    done = run("verify", "--timeout", "1", timeout=300)
    listening.close()
    assert done.returncode == 1 and "no response" in done.stdout


def test_an_answer_and_a_listing_without_end_are_findings(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Home(home).write(PROFILE + CORP_SECTION, "[old]\n" + keys("old"))
    logged_in(home)

    def flood(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(400):
            handler.wfile.write(b"10000\r\n" + b" " * 65536 + b"\r\n")

    with server(flood) as (address, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", address)
        done = run("verify", timeout=300)
        assert done.returncode == 1 and "larger than 16 MiB" in done.stdout, done.stdout


def test_a_listing_without_end_ends(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    from datetime import timedelta

    from migrate.online import bounds
    from migrate.online.bounds import Endless
    from migrate.online.clients import Sessions
    from migrate.online.login.portal import AccessPortal
    from migrate.online.login.tokens import UTC as utc
    from migrate.online.login.tokens import SsoSession, Token, datetime
    from migrate.online.parallel import Pace

    monkeypatch.setattr(bounds, "PAGES", 20)
    count = iter(range(10**9))

    def more(handler: Any) -> None:
        saying({"accountList": [{"accountId": A}], "nextToken": f"page-{next(count)}"})(handler)

    with server(more) as (address, got):
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", address)
        token = Token("x" * 20, datetime.now(utc) + timedelta(hours=1), {})
        portal = AccessPortal(Sessions(), SsoSession("corp", START_URL, "us-west-2"), token, Pace(1000.0))
        with pytest.raises(Endless):
            portal.accounts()
        assert len(got) == 20


@pytest.mark.parametrize(
    "content",
    [
        {"accessToken": "", "expiresIn": 100},
        {"accessToken": 7, "expiresIn": 100},
        {"expiresIn": 100},
        {"accessToken": "new-token-value", "expiresIn": "soon"},
        {"accessToken": "new-token-value", "expiresIn": -5},
        [],
        "text",
        None,
    ],
    ids=str,
)
def test_odd_answers_of_the_login_server_are_told(home: Path, run: Run, content: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Home(home).write(PROFILE + CORP_SECTION, None)

    def answer(handler: Any) -> None:
        if "register" in handler.path:
            return saying({"clientId": "client", "clientSecret": "client-secret-1", "clientSecretExpiresAt": int(time.time()) + 1000})(
                handler
            )
        if "device" in handler.path:
            said = {"deviceCode": "device-code-1", "userCode": "AB", "verificationUri": "https://x", "expiresIn": 5, "interval": 1}
            return saying(said)(handler)
        return saying(content)(handler)

    with server(answer) as (address, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", address)
        done = run("login", "--no-browser", timeout=300)
    assert done.returncode == 2 and "Traceback" not in done.stderr and "internal" not in done.stderr, done.stderr
    assert not list(home.rglob("*.json"))


@pytest.mark.parametrize(
    "device",
    [{"interval": "often"}, {"interval": -1}, {"expiresIn": {}}, {"verificationUri": 7}, {"userCode": None}, {"deviceCode": []}],
    ids=str,
)
def test_odd_device_codes_are_told(home: Path, run: Run, device: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    Home(home).write(PROFILE + CORP_SECTION, None)
    said = {"deviceCode": "device-code-1", "userCode": "AB", "verificationUri": "https://x", "expiresIn": 2, "interval": 1, **device}

    def answer(handler: Any) -> None:
        if "register" in handler.path:
            return saying({"clientId": "client", "clientSecret": "client-secret-1", "clientSecretExpiresAt": 0})(handler)
        return saying(said if "device" in handler.path else {"error": "x"}, 200 if "device" in handler.path else 400)(handler)

    with server(answer) as (address, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", address)
        done = run("login", "--no-browser", timeout=300)
    assert done.returncode == 2 and "Traceback" not in done.stderr and "internal" not in done.stderr, done.stderr


def test_what_a_server_repeats_is_not_shown(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token, the client secret and the device code, in the words and the code of an error."""
    Home(home).write(PROFILE + CORP_SECTION, None)
    logged_in(home, TOKEN)

    def echo(handler: Any) -> None:
        if "register" in handler.path:
            return saying({"clientId": "client", "clientSecret": "client-secret-1", "clientSecretExpiresAt": int(time.time()) + 999})(
                handler
            )
        if "device_auth" in handler.path:
            said = {"deviceCode": "device-code-1", "userCode": "AB", "verificationUri": "https://x", "expiresIn": 3, "interval": 1}
            return saying(said)(handler)
        words = f"{TOKEN} client-secret-1 device-code-1 \x1b[31m {'y' * 3000}"
        return saying({"error": "x", "error_description": words, "message": words}, 400, x_amzn_ErrorType="BadException")(handler)

    with server(echo) as (address, _):
        for name in ("SSO", "SSO_OIDC"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{name}", address)
        for args in (["verify"], ["login", "--no-browser"]):
            done = run(*args, timeout=300)
            said = done.stdout + done.stderr
            assert done.returncode in (1, 2) and "BadException" in said
            own = (TOKEN,) if args == ["verify"] else ("client-secret-1", "device-code-1")
            for hidden in (*own, "\x1b", "y" * 400):
                assert hidden not in said, hidden


def test_loopback_is_asked_without_the_proxy(home: Path, portal: Portal, run: Run) -> None:
    Home(home).write(PROFILE + CORP_SECTION, None)
    portal.roles = {A: ["Admin"]}
    logged_in(home)
    with server(saying({}, 502)) as (address, got):
        proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY"), address)
        done = run("verify", env={**os.environ, **proxies})
        assert done.returncode == 0, done.stdout
        assert got == []


def test_credentials_that_have_expired_when_they_come_are_a_finding(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's clock is ahead: botocore raises a RuntimeError."""
    Home(home).write(PROFILE + CORP_SECTION, None)
    logged_in(home)
    old = {"accessKeyId": key_id("x"), "secretAccessKey": "s", "sessionToken": "t", "expiration": int((time.time() - 3600) * 1000)}
    with server(saying({"roleCredentials": old})) as (address, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", address)
        done = run("verify")
    assert done.returncode == 1 and "clock is ahead" in done.stdout and "Traceback" not in done.stderr, done.stdout + done.stderr
