"""AWS on the loopback: an access portal and its login server of our own, and moto's server for STS and IAM, all over real HTTP.

The portal gets the credentials that it hands out from moto's STS, so that STS knows afterwards whose they are.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import requests
from botocore.config import Config
from moto.iam.models import IAMBackend
from moto.server import ThreadedMotoServer

from tests.madeup import key_id, secret

START_URL = "https://corp.awsapps.com/start"
REGION = "us-west-2"


@dataclass
class Portal:
    """What the portal and the login server know, and how they misbehave. Tests set it as they need it."""

    address: str = ""
    moto: str = ""
    tokens: set[str] = field(default_factory=lambda: {"a-token"})
    refresh_tokens: set[str] = field(default_factory=set)
    roles: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)  # what create_token says, one after the other, before it gives a token
    throttle: int = 0  # so many requests of the portal get 429
    slow: set[str] = field(default_factory=set)  # roles whose credentials take for ever
    waiting: int = 0  # requests that wait for such
    most_waiting: int = 0  # and how many did so at one time
    broken: set[str] = field(default_factory=set)  # roles whose answer is no JSON
    other_role: dict[str, str] = field(default_factory=dict)  # role asked for -> role whose credentials are given
    page: int = 2
    expires_in: int = 28800
    interval: int = 1
    refreshes: bool = True
    clock: float = 0.0  # seconds that the server's clock is ahead
    asked: list[str] = field(default_factory=list)
    iam_denies: set[str] = field(default_factory=set)  # actions that IAM and STS refuse
    unknown: set[str] = field(default_factory=set)  # key ids that STS does not know
    regions: dict[str, str] = field(default_factory=dict)  # key id -> what the regions begin with in which STS knows it
    given: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # credentials handed out
    lock: Lock = field(default_factory=Lock)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that did not wait for the answer is no news here."""


class _Handler(BaseHTTPRequestHandler):
    portal: Portal
    protocol_version = "HTTP/1.1"

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(int(time.time() + self.portal.clock))

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Type"].startswith("application/x-www-form-urlencoded"):
            return self._query(data)
        body = json.loads(data or b"{}")
        path = urlsplit(self.path).path
        with self.portal.lock:
            self.portal.asked.append(path)
        if path == "/client/register":
            assert body["clientType"] == "public"
            self._answer({"clientId": "client", "clientSecret": "client-secret", "clientSecretExpiresAt": int(time.time()) + 90 * 86400})
        elif path == "/device_authorization":
            if body["startUrl"] != START_URL:
                return self._error(400, "InvalidRequestException", error="invalid_request", error_description="Invalid start url provided")
            where = f"{self.portal.address}/device"
            self._answer(
                {
                    "deviceCode": "device-code-xyz",
                    "userCode": "ABCD-EFGH",
                    "verificationUri": where,
                    "verificationUriComplete": f"{where}?user_code=ABCD-EFGH",
                    "expiresIn": 60 if "never" not in self.portal.answers else 3,
                    "interval": self.portal.interval,
                }
            )
        elif path == "/token":
            self._token(body)
        else:
            self._error(404, "NotFound")
        return None

    def _query(self, data: bytes) -> None:
        """IAM and STS: refused here, or passed on to moto."""
        action = parse_qs(data.decode())["Action"][0]
        with self.portal.lock:
            self.portal.asked.append(action)
        by, _, region = self.headers["Authorization"].partition("Credential=")[2].split("/")[:3]
        unknown = by in self.portal.unknown or not region.startswith(self.portal.regions.get(by, ""))
        code = "AccessDenied" if action in self.portal.iam_denies else "InvalidClientTokenId" if unknown else ""
        if code:
            text = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{action}: no</Message></Error></ErrorResponse>"
            return self._raw(403, text.encode(), "text/xml")
        headers = {name: value for name, value in self.headers.items() if name != "Content-Length"}
        # moto tells the service and region by the host that was asked
        headers["Host"] = f"{'sts' if b'2011-06-15' in data else 'iam'}.amazonaws.com"
        answer = requests.post(self.portal.moto, data=data, headers=headers, timeout=300)
        return self._raw(answer.status_code, answer.content, answer.headers.get("Content-Type", "text/xml"))

    def _token(self, body: dict[str, Any]) -> None:
        portal = self.portal
        if body["grantType"] == "refresh_token":
            if body["refreshToken"] not in portal.refresh_tokens:
                return self._error(400, "InvalidGrantException", error="invalid_grant", error_description="Invalid refresh token provided")
        elif portal.answers:
            said = portal.answers[0] if portal.answers[0] == "never" else portal.answers.pop(0)
            if said == "never":
                said = "AuthorizationPendingException"
            if said == "500":
                return self._error(500, "InternalServerException", error="server_error", error_description="oops")
            return self._error(400, said, error="x", error_description=f"told: {said}")
        token = f"token-{sha256(str(time.time()).encode()).hexdigest()}"
        portal.tokens.add(token)
        answer = {"accessToken": token, "expiresIn": portal.expires_in, "tokenType": "Bearer"}
        if portal.refreshes:
            answer["refreshToken"] = f"refresh-{token}"
            portal.refresh_tokens.add(f"refresh-{token}")
        self._answer(answer)
        return None

    def do_GET(self) -> None:
        portal = self.portal
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with portal.lock:
            portal.asked.append(parts.path)
            throttled = portal.throttle > 0
            portal.throttle -= throttled
        if throttled:
            return self._error(429, "TooManyRequestsException", message="HTTP 429 Too Many Requests")
        if self.headers.get("x-amz-sso_bearer_token") not in portal.tokens:
            return self._error(401, "UnauthorizedException", message="Session token not found or invalid")
        if parts.path == "/assignment/accounts":
            rows = [
                {"accountId": account, "accountName": portal.names.get(account, f"name {account}"), "emailAddress": "x@example.com"}
                for account in portal.roles
            ]
            return self._page("accountList", rows, query)
        account = query.get("account_id", "")
        if parts.path == "/assignment/roles":
            if account not in portal.roles:
                return self._error(403, "ForbiddenException", message="No access")
            return self._page("roleList", [{"accountId": account, "roleName": role} for role in portal.roles[account]], query)
        role = query.get("role_name", "")
        if role in portal.slow:
            with portal.lock:
                portal.waiting += 1
                portal.most_waiting = max(portal.most_waiting, portal.waiting)
            time.sleep(100)
            with portal.lock:
                portal.waiting -= 1
        if role in portal.broken:
            return self._raw(200, b"<html>a proxy's page</html>", "text/html")
        if role not in portal.roles.get(account, []):
            return self._error(403, "ForbiddenException", message="No access")
        return self._answer({"roleCredentials": self._credentials(account, portal.other_role.get(role, role))})

    def _page(self, name: str, rows: list[dict[str, str]], query: dict[str, str]) -> None:
        start = int(query.get("next_token", "0"))
        answer: dict[str, Any] = {name: rows[start : start + self.portal.page]}
        if start + self.portal.page < len(rows):
            answer["nextToken"] = str(start + self.portal.page)
        self._answer(answer)

    def _credentials(self, account: str, role: str) -> dict[str, Any]:
        with self.portal.lock:
            if (account, role) not in self.portal.given:
                self.portal.given[account, role] = assume(self.portal.moto, account, role)
            return self.portal.given[account, role]

    def _answer(self, content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._raw(status, json.dumps(content).encode(), "application/json", headers)

    def _error(self, status: int, kind: str, **content: str) -> None:
        self._answer(dict(content), status, {"x-amzn-ErrorType": kind})

    def _raw(self, status: int, data: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests' own output is enough."""


_SESSION = boto3.session.Session(region_name="us-east-1")
"""For all clients of the tests: a new one looks for the services' descriptions again."""


def client_of(address: str, service: str, key: str, secret: str, token: str | None = None, **more: Any) -> Any:
    """A client of moto's server for somebody's credentials."""
    return _SESSION.client(
        service, endpoint_url=address, aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token, **more
    )


@cache
def _client(service: str, address: str, account: str = "123456789012") -> Any:
    """A client of moto's server; what it makes belongs to `account`."""
    return _SESSION.client(
        service,
        endpoint_url=address,
        aws_access_key_id=key_id("tests", account),
        aws_secret_access_key=secret("tests"),
        config=Config(retries={"total_max_attempts": 1}),
    )


def assume(moto: str, account: str, role: str) -> dict[str, Any]:
    """Credentials of a permission set's role, as moto's STS gives them."""
    sts = _client("sts", moto)
    arn = f"arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_{role}_0123456789abcdef"
    found = sts.assume_role(RoleArn=arn, RoleSessionName="kim")["Credentials"]
    return {
        "accessKeyId": found["AccessKeyId"],
        "secretAccessKey": found["SecretAccessKey"],
        "sessionToken": found["SessionToken"],
        "expiration": int((time.time() + 3600) * 1000),
    }


_policies = IAMBackend._init_aws_policies


def _policies_of_one_partition(backend: IAMBackend) -> Any:
    """AWS's own policies for where the tests are: moto makes an account in each of AWS's eight partitions, with the thousands of each."""
    return _policies(backend) if backend.partition == "aws" else []


IAMBackend._init_aws_policies = _policies_of_one_partition  # type: ignore[method-assign]


@contextmanager
def aws() -> Iterator[Portal]:
    """Runs all of it."""
    moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto.start()
    portal = Portal()
    host, port = moto.get_host_and_port()
    portal.moto = f"http://{host}:{port}"
    handler = type("Handler", (_Handler,), {"portal": portal})
    server = _Server(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    portal.address = f"http://127.0.0.1:{server.server_port}"
    yield portal
    server.shutdown()
    server.socket.close()
    moto.stop()


def places(portal: Portal) -> dict[str, str]:
    """The environment variables with which every client finds it."""
    return {
        "AWS_ENDPOINT_URL_SSO": portal.address,
        "AWS_ENDPOINT_URL_SSO_OIDC": portal.address,
        "AWS_ENDPOINT_URL_STS": portal.address,
        "AWS_ENDPOINT_URL_IAM": portal.address,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def token_file(home: Path, session: str = "corp") -> Path:
    """Where the token of a session's login is kept."""
    return home / ".aws" / "sso" / "cache" / f"{sha1(session.encode()).hexdigest()}.json"


def logged_in(home: Path, token: str = "a-token", session: str = "corp", **more: str) -> Path:
    """Leaves a login as the AWS CLI would."""
    path = token_file(home, session)
    path.parent.mkdir(parents=True, exist_ok=True)
    login = {"startUrl": START_URL, "region": REGION, "accessToken": token, "expiresAt": "2099-01-01T00:00:00Z", **more}
    path.write_text(json.dumps(login))
    return path
