"""`bulk` over what git calls remotes: ssh, https with a password, a server that can do little, and names instead of URLs."""

import base64
import datetime
import http.server
import ipaddress
import os
import shutil
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.bulk.places import AFTER, CODE, bulk, git, identity, next_second, remote
from tests.conftest import Run

PASSWORD = "hunter2hunter2"


@pytest.fixture(autouse=True)
def _identity(home: Path) -> None:
    identity(home)


class _Backend(http.server.BaseHTTPRequestHandler):
    """`git http-backend` (https://git-scm.com/docs/git-http-backend) as a CGI program, for whoever knows the password."""

    root: Path
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        said = self.headers.get("Authorization", "")
        if said != "Basic " + base64.b64encode(f"kim:{PASSWORD}".encode()).decode():
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        env = os.environ | {
            "GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path, "QUERY_STRING": query, "REMOTE_USER": "kim",
            "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""), "REMOTE_ADDR": "127.0.0.1",
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "CONTENT_LENGTH": str(len(body)),
        }  # fmt: skip
        out = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=True).stdout
        head, _, rest = out.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest)

    do_POST = do_GET

    def log_message(self, *args: object) -> None:
        """Nothing."""


@contextmanager
def served(handler: "type[http.server.BaseHTTPRequestHandler]", tls: tuple[Path, Path] | None = None) -> Iterator[str]:
    """The host and port of a server of its own thread."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, secret = folder / "server.pem", folder / "server.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return pem, secret


def test_https_with_the_users_credential_helper(run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = remote("one")
    git(bare, "config", "http.receivepack", "true")
    tls = certificate(tmp_path)
    monkeypatch.setenv("GIT_SSL_CAINFO", str(tls[0]))
    handler = type("Backend", (_Backend,), {"root": bare.parent})
    with served(handler, tls) as host:
        url = f"https://{host}/one.git"
        refused = bulk(run, [url], "--push", "--workdir", "without")
        assert refused.returncode == 1 and "failed" in refused.stdout
        with (home / ".gitconfig").open("a") as file:
            file.write(f'[credential]\n\thelper = "!f() {{ echo username=kim; echo password={PASSWORD}; }}; f"\n')
        done = bulk(run, [url], "--push", "--report", "all.json")
        assert done.returncode == 0, done.stdout + done.stderr
        next_second()  # or the commit is the same one, to its date, and nothing is in the way of it
        written = bulk(run, [f"https://kim:{PASSWORD}@{host}/one.git"], "--push", "--workdir", "other", "--report", "more.json")
        assert written.returncode == 0 and "already exists there" in written.stdout
    assert git(bare, "show", "aws-sso-migrate:app.py") == AFTER
    for place in (Path("aws-sso-migrate-bulk"), Path("other"), Path("all.json"), Path("more.json")):
        for file in [place, *place.rglob("*")]:
            assert not file.is_file() or PASSWORD.encode() not in file.read_bytes()
    assert PASSWORD not in done.stdout + done.stderr + written.stdout + written.stderr


def test_ssh_with_the_users_own_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = remote("one")
    log, ssh = Path("asked").absolute(), Path("ssh.py").absolute()
    ssh.write_text(
        "import os, sys\nwhere = next(n for n, a in enumerate(sys.argv) if '@' in a)\n"
        f"open({str(log)!r}, 'a').write(sys.argv[where] + '\\n')\nos.execvp('sh', ['sh', '-c', ' '.join(sys.argv[where + 1:])])\n"
    )
    monkeypatch.setenv("GIT_SSH_COMMAND", f"{sys.executable} {ssh}")
    monkeypatch.setenv("GIT_SSH_VARIANT", "ssh")
    done = bulk(run, [f"git@example.invalid:{bare}", f"ssh://git@example.invalid{bare}"], "--push")
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(bare, "show", "aws-sso-migrate:app.py") == AFTER
    assert set(log.read_text().split()) == {"git@example.invalid"}
    assert int(git(bare, "rev-list", "--count", "aws-sso-migrate")) == 2


def test_a_server_that_can_make_no_shallow_clone(run: Run) -> None:
    bare = remote("one")
    git(bare, "update-server-info")
    folder = str(bare.parent)

    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, directory=folder, **kwargs)  # type: ignore[arg-type]

        def log_message(self, *args: object) -> None:
            """Nothing."""

    with served(Files) as host:
        done = bulk(run, [f"http://{host}/one.git"])
    assert done.returncode == 0, done.stdout + done.stderr
    clone = next(Path("aws-sso-migrate-bulk/clones").iterdir())
    assert git(clone, "show", "aws-sso-migrate:app.py") == AFTER


def test_owner_and_name_are_taken_with_a_host_alone(run: Run) -> None:
    Path("org").mkdir()
    bare = remote("org/one")
    place, lists = Path.cwd(), "org/two\tA description\tpublic\t2026-01-01\n"
    bare.rename(bare.with_name("two.git"))
    Path("names.txt").write_text(lists)
    Path("elsewhere").mkdir()
    Path("names.txt").rename("elsewhere/names.txt")
    args = ("--yes", "--profile", "dev", "--push", "--retry", "0")
    refused = run("bulk", "elsewhere/names.txt", *args)
    assert refused.returncode == 2 and "--host" in refused.stderr and "names.txt:1" in refused.stderr
    done = run("bulk", "elsewhere/names.txt", *args, "--host", place.as_uri())
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(place / "org/two.git", "show", "aws-sso-migrate:app.py") == AFTER


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux keeps to RLIMIT_DATA")
def test_one_that_takes_too_much_memory_costs_only_itself(run: Run) -> None:
    greedy = remote("greedy", CODE + "x = [" + "(1,),\n" * 1_200_000 + "]\n")
    one = remote("one")
    done = bulk(run, [str(greedy), str(one)], "--push", "--memory", "256")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "too large" in done.stdout and "1 changed, 1 left" in done.stdout
    assert git(one, "show", "aws-sso-migrate:app.py") == AFTER
    rows = sqlite3.connect("aws-sso-migrate-bulk/state.sqlite").execute("SELECT url FROM work").fetchall()
    assert len(rows) == 2


@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="no git-lfs on this machine")
def test_files_of_git_lfs_stay_pointers(run: Run, home: Path) -> None:
    """With git-lfs set up for the person as its documentation has it: nothing is downloaded, and no pointer is touched."""
    subprocess.run(["git", "lfs", "install", "--skip-repo"], check=True, capture_output=True)
    assert "lfs" in (home / ".gitconfig").read_text()
    attributes = "*.bin filter=lfs diff=lfs merge=lfs -text\n*.ipynb filter=lfs diff=lfs merge=lfs -text\n"
    bare = remote("large", **{".gitattributes": attributes, "model.bin": b"\0" * 5000, "big.ipynb": b"{}" * 5000})
    pointer = git(bare, "show", "main:model.bin")
    assert pointer.startswith("version https://git-lfs.github.com/spec/v1")
    shutil.rmtree("large-work")  # its objects too: who smudges now fails
    done = bulk(run, [bare.as_uri()])
    assert done.returncode == 0, done.stderr
    (clone,) = (p.parent for p in Path("aws-sso-migrate-bulk").rglob("app.py"))
    assert (clone / "app.py").read_text().startswith(AFTER) and (clone / "model.bin").read_text().startswith("version https://git-lfs")
    done = bulk(run, [bare.as_uri()], "--push", "--workdir", "other")
    assert done.returncode == 0, done.stderr
    assert git(bare, "show", "aws-sso-migrate:model.bin") == pointer and git(bare, "show", "aws-sso-migrate:app.py").startswith(AFTER)
    assert git(bare, "diff", "--name-only", "main", "aws-sso-migrate") == "app.py"
