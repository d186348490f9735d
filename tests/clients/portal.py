"""A small access portal and STS on the loopback, and the token of a login. The keys that they hand out tell for which account and role."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from tests.madeup import key_id, secret, token

_STS = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


def sso_key(account: str, role: str) -> str:
    """The key id that the portal hands out for an account and role."""
    return key_id(f"sso {account} {role}", account, "AS" + "IA")


def role_key(arn: str, by: str) -> str:
    """The key id that STS hands out for a role assumed with key `by`."""
    return key_id(f"role {arn} by {by}", arn.split(":")[4], "AS" + "IA")


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        name = f"{query.get('account_id')} {query.get('role_name')}"
        answer = {
            "accessKeyId": sso_key(query["account_id"], query["role_name"]),
            "secretAccessKey": secret(name),
            "sessionToken": token(name),
            "expiration": int((time.time() + 3600) * 1000),
        }
        self._answer(json.dumps({"roleCredentials": answer}), "application/json")

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        by = self.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
        key = role_key(form["RoleArn"][0], by)
        self._answer(_STS.format(key=key, secret=secret(key), token=token(key)), "text/xml")

    def _answer(self, text: str, kind: str) -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests' own output is enough."""


@contextmanager
def portal() -> Iterator[dict[str, str]]:
    """Runs it; gives the environment variables with which every client finds it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    yield {
        "AWS_ENDPOINT_URL_SSO": address,
        "AWS_ENDPOINT_URL_STS": address,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    server.shutdown()
    server.server_close()


def log_in(home: Path, session: str, start_url: str, region: str) -> None:
    """Leaves the token of a login where every client looks for it."""
    folder = home / ".aws" / "sso" / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    login = {"startUrl": start_url, "region": region, "accessToken": "a-login-of-the-tests", "expiresAt": "2099-01-01T00:00:00Z"}
    (folder / f"{sha1(session.encode()).hexdigest()}.json").write_text(json.dumps(login))
