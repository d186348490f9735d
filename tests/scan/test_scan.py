"""`scan` as a user sees it: what is found where, what is not, and what a program reads."""

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret, token


def ini(name: str) -> str:
    return f"aws_access_key_id = {key_id(name)}\naws_secret_access_key = {secret(name)}\n"


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def found(run: Run, *args: str, status: int = 1, **more: Any) -> list[dict[str, Any]]:
    """The findings of a scan; nothing that comes out may hold a secret or a whole key id."""
    done = run("scan", *args, "--format", "json", **more)
    document = json.loads(done.stdout)
    assert done.returncode == document["status"] == status, done.stdout + done.stderr
    assert document["command"] == "scan" and not document["changes"]
    return list(document["findings"])


def brief(findings: list[dict[str, Any]]) -> set[tuple[str, str, int | None]]:
    return {(f["code"], Path(f["path"]).name, f["line"]) for f in findings}


FILES: dict[str, tuple[str, str]] = {
    ".env": ("AWS306", "AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"),
    "prod.env": ("AWS306", "export KEY='{id}'\nexport SK='{secret}'\n"),
    ".envrc": ("AWS306", "export AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}\n"),
    "settings.yaml": ("AWS313", "aws:\n  key: {id}\n  region: eu\n  secret: {secret}\n"),
    "settings.json": ("AWS313", '{{"accessKeyId": "{id}", "secretAccessKey": "{secret}"}}'),
    "minified.json": ("AWS313", '{{"x":' + "[1]" + ',"k":"{id}","s":"{secret}"}}'),
    "a.toml": ("AWS313", '[aws]\nid = "{id}"\nsecret = "{secret}"\n'),
    "a.properties": ("AWS313", "cloud.aws.credentials.accessKey={id}\ncloud.aws.credentials.secretKey={secret}\n"),
    "core-site.xml": ("AWS312", "<name>fs.s3a.access.key</name><value>{id}</value>\n<name>fs.s3a.secret.key</name><value>{secret}</value>"),
    "main.tf": ("AWS310", 'provider "aws" {{\n  access_key = "{id}"\n  secret_key = "{secret}"\n}}\n'),
    "terraform.tfstate": ("AWS310", '{{"id": "{id}", "secret": "{secret}"}}'),
    "Dockerfile": ("AWS311", "FROM x\nENV AWS_ACCESS_KEY_ID={id} \\\n    AWS_SECRET_ACCESS_KEY={secret}\n"),
    "docker-compose.yml": ("AWS311", "environment:\n  - AWS_ACCESS_KEY_ID={id}\n  - AWS_SECRET_ACCESS_KEY={secret}\n"),
    "pod.yaml": ("AWS311", "kind: Pod\nenv:\n- name: AWS_ACCESS_KEY_ID\n  value: {id}\n- name: AWS_SECRET_ACCESS_KEY\n  value: {secret}\n"),
    "secret.yaml": ("AWS311", "kind: Secret\ndata:\n  id: {id64}\n  secret: {secret64}\n"),
    ".github/workflows/ci.yml": ("AWS309", "env:\n  AWS_ACCESS_KEY_ID: {id}\n  AWS_SECRET_ACCESS_KEY: {secret}\n"),
    ".gitlab-ci.yml": ("AWS309", "variables:\n  AWS_ACCESS_KEY_ID: {id}\n  AWS_SECRET_ACCESS_KEY: {secret}\n"),
    ".s3cfg": ("AWS312", "[default]\naccess_key = {id}\nsecret_key = {secret}\n"),
    ".boto": ("AWS312", "[Credentials]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"),
    "rclone.conf": ("AWS312", "[r]\ntype = s3\naccess_key_id = {id}\nsecret_access_key = {secret}\n"),
    ".passwd-s3fs": ("AWS312", "bucket:{id}:{secret}\n"),
    "app.py": ("AWS307", "KEY = '{id}'\nSECRET = '{secret}'\n"),
    "app.ipynb": ("AWS307", '{{"source": ["key = \\"{id}\\"\\n", "secret = \\"{secret}\\"\\n"]}}'),
    "App.java": ("AWS308", 'new BasicAWSCredentials("{id}", "{secret}");'),
    "deploy.sh": ("AWS308", "AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret} aws s3 ls\n"),
    "kim_accessKeys.csv": ("AWS302", "Access key ID,Secret access key\r\n{id},{secret}\r\n"),
    "credentials": ("AWS302", "[default]\naws_access_key_id={id}\naws_secret_access_key={secret}\n"),
    "notes.md": ("AWS314", "user kim: {id} / {secret}\n"),
    "url.txt": ("AWS314", "s3://{id}:{quoted}@bucket/path\n"),
    "escaped.txt": ("AWS314", '{{"a":"line\\n{id}\\n{escaped}"}}'),
    "dotnet.json": ("AWS313", '{{"AccessKey":"{id}","SecretKey":"{unicode}"}}'),
    "old-mac.txt": ("AWS314", "a\rb\r{id} {secret}\r"),
    "far.cfg": ("AWS313", "id = {id}\n" + "# filler line\n" * 900 + "secret_access_key = {secret}\n"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_with_an_id_and_its_secret(name: str, run: Run) -> None:
    code, text = FILES[name]
    key, value = key_id(name), secret("a/b")
    value = value[:10] + "/+" + value[12:]
    content = text.format(
        id=key,
        secret=value,
        id64=base64.b64encode(key.encode()).decode(),
        secret64=base64.b64encode(value.encode()).decode(),
        quoted=value.replace("/", "%2F").replace("+", "%2B"),
        unicode=value.replace("+", "\\u002B"),
        escaped=value.replace("/", "\\/"),
    )
    write(Path("tree") / name, content)
    [finding] = found(run, "tree")
    assert (finding["code"], finding["path"]) == (code, str(Path("tree", name).absolute()))
    assert finding["key"] == f"AKIA…{key[-4:]}" and finding["help"] and finding["severity"] == "error"
    if "64" not in text:
        lines = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert lines[finding["line"] - 1][finding["column"] - 1 :].startswith(key)


NOTHING = {
    "documentation": f"AKIA{'IOSFODNN7EXAMPLE'} wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
    "documentation id, secret of the right shape": f"AKIA{'IOSFODNN7EXAMPLE'} {secret('x')}\n",
    "filler": f"AKIA{'X' * 16} {'x' * 40}\n",
    "filler secret": f"id = {key_id('f')}\nsecret = {'x' * 40}\n",
    "an id alone": f"Principal: {key_id('alone')}\n",
    "an id and a commit": f"{key_id('alone')} da39a3ee5e6b4b0d3255bfef95601890afd80709\n",
    "a secret alone": f"aws_secret_access_key = {secret('alone')}\n",
    "an id within a longer word": f"X{key_id('in')}Y {secret('in')}\n",
    "an id far from what nobody calls a secret": f"{key_id('far')}\n" + "filler\n" * 2000 + secret("far") + "\n",
    "names only": "access_key = var.key\nsecret_key = var.secret\n",
    "a url signed with a key": f"https://b/x?X-Amz-Credential={key_id('p')}%2F20200101%2Feu&X-Amz-Signature={'ab12' * 16}\n",
}


@pytest.mark.parametrize("name", NOTHING)
def test_no_finding(name: str, run: Run) -> None:
    write(Path("tree/a.txt"), NOTHING[name])
    assert found(run, "tree", status=0) == []


def test_every_place_of_each_key_that_has_its_own_secret(run: Run) -> None:
    names = ["a", "b", "c"]
    write(Path("rows.csv"), "".join(f"{n},{key_id(n)},{secret(n)}\n" for n in names))
    write(Path("lists.txt"), "\n".join(key_id(n) for n in names) + "\n" + "\n".join(secret(n) for n in names))
    write(Path("one.txt"), f"{key_id('x')}\n{key_id('b')} {secret('b')}\n{key_id('b')} {secret('b')}\n")
    findings = found(run, ".")
    assert brief(findings) == {
        *(("AWS314", "rows.csv", n) for n in (1, 2, 3)),
        *(("AWS314", "lists.txt", n) for n in (1, 2, 3)),
        ("AWS314", "one.txt", 2),
        ("AWS314", "one.txt", 3),
    }


def test_ignored_files_are_looked_at_and_packages_are_not(run: Run) -> None:
    subprocess.run(["git", "init", "-q", "."], check=True)
    write(Path(".gitignore"), ".env\n")
    for name in (".env", "node_modules/a/.env", ".venv/x/.env", "env2/pyvenv.cfg", "env2/lib/x.ini", ".git/x.ini"):
        write(Path(name), ini(name) if not name.endswith("cfg") else "home = /usr\n")
    assert brief(found(run, ".")) == {("AWS306", ".env", 1)}


def test_what_somebody_wrote_into_a_virtual_environment(run: Run) -> None:
    for name in (".venv/.env", "venv/bin/activate", "env2/bin/postactivate", "env2/pyvenv.cfg", "venv/bin/tool", ".venv/lib/.env"):
        write(Path(name), ini(name) if not name.endswith("cfg") else "home = /usr\n")
    here = Path.cwd()
    assert {(f["code"], str(Path(str(f["path"])).relative_to(here))) for f in found(run, ".")} == {
        ("AWS306", ".venv/.env"), ("AWS314", "venv/bin/activate"), ("AWS314", "env2/bin/postactivate"),
    }  # fmt: skip
    assert len(found(run, ".", "--exclude", "venv/bin/")) == 2


def test_a_file_called_env_that_is_no_text(run: Run) -> None:
    Path(".env").write_bytes(b"\0\1\xff" + ini("e").encode() + b"\0" * 9)
    Path("x.bin").write_bytes(b"\0\1\xff" + ini("x").encode())
    assert [Path(str(f["path"])).name for f in found(run, ".")] == [".env"]


def test_what_is_left_out(run: Run) -> None:
    subprocess.run(["git", "init", "-q", "tree"], check=True)
    for name in ("a/x.ini", "b/x.ini", "b/y.ini", "c.ini"):
        write(Path("tree") / name, ini(name))
    assert len(found(run, "tree", "--exclude", "b/", "--exclude", "/c.ini")) == 1
    write(Path("tree/pyproject.toml"), '[tool.aws-sso-migrate]\nexclude = ["b/"]\nignore = ["AWS313"]\n')
    write(Path("tree/a/notes.txt"), ini("n"))
    assert brief(found(run, "tree")) == {("AWS314", "notes.txt", 1)}
    assert found(run, "tree/b/x.ini", status=0) == []  # as pre-commit names it


def test_comments_silence(run: Run) -> None:
    write(Path("a.py"), f"K = '{key_id('a')}'  # aws-sso-migrate: ignore\nS = '{secret('a')}'\n")
    write(Path("b.js"), f"k = '{key_id('b')}'; s = '{secret('b')}'  // aws-sso-migrate: ignore[AWS308]\n")
    write(Path("c.py"), f"K = '{key_id('c')}'  # aws-sso-migrate: ignore[AWS201]\nS = '{secret('c')}'\n")
    assert brief(found(run, ".")) == {("AWS307", "c.py", 1)}


def test_files_of_all_kinds_stop_nothing(run: Run, tmp_path: Path) -> None:
    tree = Path("tree")
    write(tree / "x.ini", ini("x"))
    write(tree / "program", b"\x7fELF\0" + ini("bin").encode())
    write(tree / "wide.txt", f"{key_id('wide')} {secret('wide')}".encode("utf-16"))
    write(tree / "bytes.txt", b"\xff\xfa " + ini("bytes").encode())
    write(tree / "log.txt", b"a line of a log\n" * (50 * 65536) + ini("end").encode())  # 50 MB
    write(tree / "one-line.txt", b"x" * (40 << 20) + b" " + ini("line").encode())
    os.mkfifo(tree / "pipe")
    (tree / "loop").symlink_to(tree.absolute())
    (tree / "self").symlink_to("self")
    write(tmp_path / "outside/x.ini", ini("outside"))
    (tree / "out").symlink_to(tmp_path / "outside")
    write(tree / os.fsdecode(b"n\xff\x1b[31m.ini"), ini("name"))
    findings = found(run, "tree")
    assert {f["path"].rsplit("/", 1)[1] for f in findings} == {
        "x.ini", "wide.txt", "bytes.txt", "log.txt", "one-line.txt", "n\\xff\x1b[31m.ini",
    }  # fmt: skip
    assert {f["line"] for f in findings if f["path"].endswith("log.txt")} == {50 * 65536 + 1}
    assert "\x1b" not in run("scan", "tree").stdout


def test_what_cannot_be_looked_at_is_refused_or_told(run: Run, run_without_powers: Run) -> None:
    os.mkfifo("pipe")
    Path("self").symlink_to("self")
    for name in ("nothing", "pipe", "self"):
        done = run("scan", name)
        assert done.returncode == 2 and name in done.stderr and "Traceback" not in done.stderr
    write(Path("d/x.ini"), ini("x")).chmod(0)
    assert brief(found(run_without_powers, "d")) == {("AWS339", "x.ini", None)}


def test_many_files_by_two_processes(run: Run) -> None:
    for n in range(1500):
        write(Path(f"tree/{n % 40}/{n}.txt"), ini(str(n)) if n % 100 == 7 else "nothing\n")
    assert {f["path"].rsplit("/", 1)[1] for f in found(run, "tree", "--jobs", "2")} == {f"{n}.txt" for n in range(7, 1500, 100)}


def test_a_credentials_file_that_git_tracks(run: Run) -> None:
    for name in ("tracked", "ignored"):
        write(Path(name, "credentials"), f"[default]\n{ini(name)}")
    subprocess.run(["git", "init", "-q", "."], check=True)
    subprocess.run(["git", "add", "tracked"], check=True)
    assert {(f["code"], Path(f["path"]).parent.name) for f in found(run, ".")} == {("AWS305", "tracked"), ("AWS302", "ignored")}


def test_sdk_caches_are_none(run: Run) -> None:
    cached = json.dumps({"Credentials": {"AccessKeyId": key_id("t", prefix="AS" + "IA"), "SecretAccessKey": secret("t"), "T": token("t")}})
    for name in ("cli/cache/a.json", "sso/cache/b.json"):
        write(Path("h/.aws") / name, cached)
    assert found(run, "h", status=0) == []


def test_reports(run: Run) -> None:
    write(Path("a.ini"), ini("a"))
    done = run("scan", ".", "--format", "sarif", "--report", "r.html")
    results = json.loads(done.stdout)["runs"][0]["results"]
    assert [(r["ruleId"], r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for r in results] == [("AWS313", "a.ini")]
    everything = done.stdout + Path("r.html").read_text() + run("scan", ".").stdout
    assert secret("a") not in everything and key_id("a") not in everything and f"AKIA…{key_id('a')[-4:]}" in everything


def test_a_settings_file_says_what_reads_it_and_whether_code_rewrites_it(run: Run) -> None:
    key, hush = key_id("dev"), secret("dev")
    for name in ("plain", "shared"):
        Path(name).mkdir()
        Path(name, "conf.json").write_text(f'{{"key": "{key}", "secret": "{hush}"}}')
        Path(name, "main.py").write_text(
            "import json\nimport boto3\nc = json.load(open('conf.json'))\n"
            "boto3.client('s3', aws_access_key_id=c['key'], aws_secret_access_key=c['secret'])\n"
        )
    Path("shared/start.js").write_text("require('./conf.json')\n")
    plain, shared = (run("scan", name, "--paths-only").stdout for name in ("plain", "shared"))
    assert "AWS313" in plain and "rewrite it with aws-sso-migrate code together with main.py" in plain
    assert "AWS313" in shared and "code leaves it" in shared and "start.js:1" in shared


def test_who_reads_a_settings_file_is_told(run: Run) -> None:
    write(Path(".env"), ini("e"))
    write(Path("main.py"), "import boto3\nfrom dotenv import load_dotenv\n\nload_dotenv()\nboto3.client('s3')\n")
    (one,) = found(run, ".")
    assert "main.py:4: it is read into the environment here" in str(one["help"])
    write(Path("docker-compose.yml"), "services:\n  a:\n    env_file: .env\n")
    (one,) = found(run, ".")
    assert "main.py:4: it is read into the environment here" in str(one["help"]) and "docker-compose.yml:3" in str(one["help"])


def test_a_settings_file_that_is_too_large_is_told(run: Run) -> None:
    write(Path("c.yaml"), ini("e").replace("=", ": ") + "# padding\n" * 900_000)
    (one,) = found(run, ".")
    assert "too large" in str(one["help"])
