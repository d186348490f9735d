"""`config` as a command: where the files are, what the statuses say, what a program reads."""

import json
import stat
from pathlib import Path

import pytest

from tests.awsfiles.homes import Home, keys
from tests.conftest import Run
from tests.madeup import key_id, secret

SESSION = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2"]
DEV = [*SESSION, "--map", "dev=111122223333/Admin"]


def test_options_name_the_files_then_the_environment_then_the_home_folder(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("o", "e", ".aws"):
        (home / name).mkdir()
        (home / name / "credentials").write_text(f"[dev]\n{keys('dev')}")
    monkeypatch.setenv("AWS_CONFIG_FILE", "~/e/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "$HOME/e/credentials")
    options = ["--config-file", str(home / "o/config"), "--credentials-file", str(home / "o/credentials")]
    assert run("config", "--yes", *DEV, *options).returncode == 0
    assert [(home / n / "config").exists() for n in ("o", "e", ".aws")] == [True, False, False]
    assert run("config", "--yes", *DEV).returncode == 0
    assert [(home / n / "config").exists() for n in ("o", "e", ".aws")] == [True, True, False]
    monkeypatch.setenv("AWS_CONFIG_FILE", "")
    monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE")
    assert run("config", "--yes", *DEV).returncode == 0
    assert (home / ".aws/config").exists()


def test_statuses(home: Path, run: Run) -> None:
    place = Home(home).write(None, f"[dev]\n{keys('dev')}[b]\n{keys('b')}")
    before = place.credentials.read_bytes()
    kept = [*DEV, "--keep", "b"]
    statuses = {how: run("config", *kept, *how.split()).returncode for how in ("--dry-run", "--check", "")}
    assert statuses == {"--dry-run": 0, "--check": 1, "": 2}
    assert run("config", "--dry-run", *DEV).returncode == 1  # b is left
    assert place.credentials.read_bytes() == before
    assert run("config", "--yes", *kept).returncode == 0
    assert run("config", "--check", *kept).returncode == 0  # nothing more to do
    assert stat.S_IMODE(place.config.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.credentials.stat().st_mode) == 0o644


def test_nothing_there_is_nothing_to_do(home: Path, run: Run) -> None:
    assert run("config", "--yes").returncode == 0
    assert not (home / ".aws").exists()


def test_a_program_reads_every_profile(home: Path, run: Run) -> None:
    Home(home).write(
        "[profile r]\nrole_arn = a\nsource_profile = dev\nmfa_serial = m\n", f"[dev]\n{keys('dev')}[b]\n{keys('b')}[k]\n{keys('k')}"
    )
    done = run("config", "--dry-run", *DEV, "--keep", "k", "--format", "json")
    document = json.loads(done.stdout)
    assert done.returncode == document["status"] == 1
    assert {p["name"]: (p["action"], p["sso_account_id"]) for p in document["profiles"]} == {
        "r": ("left", None),
        "dev": ("sso", "111122223333"),
        "b": ("left", None),
        "k": ("keep", None),
    }
    assert {(f["code"], f["profile"], Path(f["path"]).name, f["line"]) for f in document["findings"]} == {
        ("AWS102", "r", "config", 4),
        ("AWS101", "b", "credentials", 5),
        ("AWS121", "k", "credentials", 8),
    }
    assert [f["key"] for f in document["findings"] if f["profile"] == "b"] == [f"AKIA…{key_id('b')[-4:]}"]
    assert not any(secret(name) in done.stdout or key_id(name) in done.stdout for name in ("dev", "b", "k"))
