"""Every command line in README and docs, run in a home folder and a project such as the pages speak of."""

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.bulk.places import identity, remote
from tests.conftest import Run
from tests.madeup import key_id, plan, secret
from tests.test_docs import PAGES, ROOT, commands

pytestmark = pytest.mark.slow

_NOT_RUN = ("libraries", "codes", "CHANGELOG.md")
"""Pages with no recipes of their own: data, and what was."""

CHANGING = ("config", "code", "run", "undo", "bulk")
NETWORK = ("login", "plan", "verify", "retire")
"""Commands that ask AWS: nobody answers them here, which they have to say."""


def lines() -> list[str]:
    """Each command line once, but for those of the usage lines, which are no commands, and the one for a cluster."""
    found = {
        shlex.join(words): None
        for page in PAGES
        if not set(_NOT_RUN) & set(page.relative_to(ROOT).parts)
        for words in commands(page)
        if words and words[0] not in ("…", "COMMAND") and not words[0].startswith("-") and not any(word.startswith("[") for word in words)
    }
    return [line for line in found if "--scheduler" not in line and "OPTIONS" not in line]


@pytest.fixture
def world(line: str, home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> str:
    """Lay what the pages name, as far as the line has to do with it; give the id of a run that can be undone."""
    identity(home)
    (home / ".aws").mkdir()
    section = "[profile dev]\nregion = eu-west-1\n[profile prod]\nregion = eu-west-1\n[sso-session corp]\n"
    section += "sso_start_url = https://corp.awsapps.com/start\nsso_region = eu-central-1\nsso_registration_scopes = sso:account:access\n"
    (home / ".aws/config").write_text(section)
    (home / ".aws/credentials").write_text(f"[dev]\naws_access_key_id = {key_id('dev')}\naws_secret_access_key = {secret('dev')}\n")
    code = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{key_id("dev")}", aws_secret_access_key="{secret("dev")}")\n'
    projects = [home / "projects", home / "src/project", *map(Path, ("src", "app", "handlers", "notebooks", "REPOSITORY"))]
    for folder in projects:
        folder.mkdir(parents=True)
        (folder / "app.py").write_text(code)
    for name in ("sso-migration.ini", "plan.ini", "team.ini"):
        Path(name).write_text(plan("eu-central-1"))
    if line.startswith("bulk"):
        Path("repositories.txt").write_text(f"{remote('one')}\n")
        Path("bin").mkdir()
        Path("bin/gh").write_text("#!/bin/sh\nexit 0\n")
        Path("bin/gh").chmod(0o755)
        monkeypatch.setenv("PATH", f"{Path('bin').absolute()}{os.pathsep}{os.environ['PATH']}")
    if "baseline" in line:
        run("scan", ".", "--baseline", "aws-keys.json", "--write-baseline")
    for service in ("SSO", "SSO_OIDC", "STS", "IAM"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", "http://127.0.0.1:9")
    run_id = ""
    if line.startswith(("undo", "retire", "report")):
        done = run("code", "app", "--profile", "dev", "--yes", "--format", "json")
        run_id = str(json.loads(done.stdout)["run"])
        for name in ("RUN.json", "run.json", "monday.json", "tuesday.json", "scan-1.json"):
            Path(name).write_text(done.stdout)
    if "--git-" in line or "--history" in line:
        Path(".gitignore").write_text("REPOSITORY\n")
        for folder in (home / "src/project", Path("REPOSITORY"), Path()):
            commit(folder)
    return run_id


def commit(folder: Path) -> None:
    """Make a repository of a folder, with all that is in it."""
    for args in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", str(folder), *args], check=True)


def args_of(line: str, run_id: str, home: Path) -> list[str]:
    """A command line as a shell hands it over, with what its capitals stand for."""
    out: list[str] = []
    for word in shlex.split(line):
        word = word.replace("$(date -u +%F)", "2026-11-29").replace("/plans/", "").replace("~", str(home)).replace("/tmp/demo", "demo")
        if "*" in word and word.endswith(".json"):
            out += sorted(path.name for path in Path().glob(word) if path.name != "aws-keys.json")  # a folder of reports alone
        elif word != "...":
            out.append(run_id if word == "RUN" else word)
    if "--review" in out:
        out.remove("--review")  # it asks at a terminal: tests/cli/test_review.py
    asked = {"--yes", "--dry-run", "--check", "--list", "--help"} & set(out)
    return [*out, "--yes"] if not asked and (out[0] in CHANGING or {"--deactivate", "--delete"} & set(out)) else out


@pytest.mark.parametrize("line", lines())
def test_it_does_what_a_command_does(line: str, world: str, home: Path, run: Run) -> None:
    args = args_of(line, world, home)
    if "--sso-start-url" in args:  # a session that is to be made
        Path("sso-migration.ini").unlink()
        (home / ".aws/config").write_text("[profile dev]\nregion = eu-west-1\n")
    done = run(*args)
    said = done.stdout + done.stderr
    assert "Traceback" not in said and "internal error" not in said and "Usage:" not in done.stderr, said
    refused = args[0] in NETWORK and "no connection to 127.0.0.1" in said
    assert done.returncode in (0, 1) or refused, said
    assert secret("dev") not in said
