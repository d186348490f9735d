"""Every command over every fixture: no secret and no whole key id in anything that comes out.

Nor in any file but the user's own and the backups.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from migrate.cli.invoke import run as start
from migrate.demo.example import write_example
from migrate.keys import KEY_ID, mask
from tests.changes.killing import code_of, in_child
from tests.madeup import key_id, secret, token

FIXTURES = Path(__file__).parent.parent / "fixtures"
SESSION = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2"]
_SECRET = re.compile(r"(?i)^[ \t#;]*(?:aws_secret_access_key|aws_session_token|aws_security_token)[ \t]*[=:][ \t]*(\S.*?)[ \t]*$", re.M)

STRANGE = {
    "odd-shapes": f"[a]\naws_access_key_id = {key_id('a')}\naws_secret_access_key = hunter2-hunter2\n"
    f"[b]\naws_access_key_id={key_id('b')}\nAWS_SECRET_ACCESS_KEY : {secret('b')}\naws_session_token = {token('b')}\n",
    "commented": f"[a]\n#aws_access_key_id = {key_id('a')}\n#aws_secret_access_key = {secret('a')}\nregion = x\n",
    "no-setting": f"[a]\naws_secret_access_key {secret('a')}\n",
    "no-section": f"aws_secret_access_key = {secret('a')}\n",
    "twice": f"[a]\naws_secret_access_key = {secret('a')}\naws_secret_access_key = {secret('b')}\n",
    "over-lines": f"[a]\naws_access_key_id = {key_id('a')}\naws_secret_access_key =\n  {secret('a')}\n",
    "in-a-header": f"[{secret('a')}]\naws_access_key_id = {key_id('a')}\n[{key_id('b')}]\n",
    "in-a-name": f"[a]\n{secret('a')} = 1\n{key_id('a')} = 2\n",
    "bad-bytes": f"[a]\naws_secret_access_key = {secret('a')}\n\udcff\n",
}


def filled(text: str) -> bytes:
    """A fixture's text with made-up keys for its placeholders."""
    make = {"id": key_id, "secret": secret, "token": token}
    return re.sub(r"<(id|secret|token):(\w+)>", lambda m: make[m[1]](m[2]), text).encode()


def homes() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Name and files of each home: the fixtures', the demo's, and strange ones."""
    for folder in sorted({path.parent for path in FIXTURES.rglob("before/**/credentials")} if FIXTURES.is_dir() else set()):
        yield folder.relative_to(FIXTURES).as_posix(), {path.name: filled(path.read_text(encoding="utf-8")) for path in folder.iterdir()}
    for name, text in STRANGE.items():
        yield name, {"credentials": text.encode("utf-8", "surrogateescape")}
    yield "in-the-config-file", {"config": STRANGE["odd-shapes"].replace("[", "[profile ").encode()}


HOMES = dict(homes())


def hidden_in(files: dict[str, bytes]) -> set[str]:
    """What may not be shown: key ids and secrets of these files."""
    text = "\n".join(data.decode("utf-8", "replace") for data in files.values())
    known = {secret("a"), secret("b"), token("b"), key_id("a"), key_id("b"), "hunter2-hunter2"}
    return {value for value in known if value in text} | set(KEY_ID.findall(text)) | {m for m in _SECRET.findall(text) if len(m) > 8}


def check(home: Path, outputs: list[str], hidden: set[str], own: set[Path]) -> None:
    """No hidden value in the outputs, in a report, a journal or any file but the user's own and the backups."""
    for value, output in product(hidden, outputs):
        assert value not in output, output
    for path in home.parent.rglob("*"):
        if not path.is_file() or path.resolve() in own or path.name.endswith(".backup"):
            continue
        data = path.read_bytes().decode("utf-8", "replace")
        assert not any(value in data for value in hidden), path


@pytest.mark.parametrize("name", HOMES)
def test_every_command(home: Path, tmp_path: Path, name: str) -> None:
    files = HOMES[name]
    folder = home / ".aws"
    folder.mkdir()
    for file, data in files.items():
        (folder / file).write_bytes(data)
    hidden = hidden_in(files)
    assert hidden
    own = {*((folder / file).resolve() for file in ("config", "credentials")), Path("plan.ini").resolve()}
    names = re.findall(r"^\[(?:profile )?([\w-]+)\]", "\n".join(d.decode("utf-8", "replace") for d in files.values()), re.M)
    maps = [arg for n in dict.fromkeys(names) if n not in hidden for arg in ("--map", f"{n}=111122223333/Admin")]
    outputs: list[str] = []

    def run(*args: str) -> None:
        log = tmp_path / "log"
        # a fork each: hundreds of starts of the interpreter would take minutes
        status = in_child(lambda: start(list(args)), log=log)
        outputs.append(log.read_bytes().decode("utf-8", "replace"))
        log.unlink()
        assert code_of(status) in (0, 1, 2) and "Traceback" not in outputs[-1], outputs[-1]
        assert "internal error" not in outputs[-1], outputs[-1]

    run("plan", "-o", "plan.ini", *SESSION)
    for ending in ("json", "html", "md", "sarif"):
        run(
            "config",
            *SESSION,
            *maps,
            "--dry-run",
            "--report",
            f"report.{ending}",
            *(["--format", ending] if ending in ("json", "sarif") else []),
        )
    run("config", *SESSION, "--dry-run", "-v")
    run("scan", "-v")
    run("scan", str(home), "--format", "json", "--report", "scan.html")
    run("run", "--plan", "plan.ini", "--dry-run", "--format", "json", "--report", "run.md")
    run("config", *SESSION, *maps, "--yes", "-v")
    run("undo", "--list", "--format", "json")
    run("undo", "--dry-run")
    run("undo", "--yes", "--report", "undo.json")
    for value in sorted(value for value in hidden if mask(value) != value)[:2]:
        run("config", "--map", value, "--yes")
        run("config", "--map", f"{value}=111122223333/Admin", *SESSION, "--dry-run")
        run("config", "--keep", value, "--sso-session", value, "--sso-start-url", value, "--sso-region", value, "--dry-run")
        run("undo", value, "--yes")
    check(home, outputs, hidden, own)


def test_the_demo(tmp_path: Path) -> None:
    example = tmp_path / "example"
    example.mkdir()
    write_example(example)
    data = {path.name: path.read_bytes() for path in example.rglob("*") if path.is_file()}
    hidden = hidden_in(data)
    done = subprocess.run([sys.executable, "-m", "migrate", "demo"], capture_output=True, text=True, timeout=300, check=True)
    assert len(hidden) >= 6 and not any(value in done.stdout + done.stderr for value in hidden)
