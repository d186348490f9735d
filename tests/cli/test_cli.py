"""What every command has in common: help, versions, bad usage, forms of output, streams that fail."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrate.cli.commands import COMMANDS
from tests.conftest import Run
from tests.madeup import key_id, secret

CONVERT = [
    "config", "--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2",
    "--map", "dev=111122223333/Admin",
]  # fmt: skip
CREDENTIALS = f"[dev]\naws_access_key_id = {key_id('dev')}\naws_secret_access_key = {secret('dev')}\n"


@pytest.fixture
def aws(home: Path) -> Path:
    """~/.aws with two static profiles, of which the tests map one."""
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(CREDENTIALS + CREDENTIALS.replace("[dev]", "[ops]"))
    return home / ".aws"


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["config", "--help"], ["plan", "--help"], ["undo", "--help"], ["-h"]])
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    code = (
        "import sys\nfrom migrate.cli.app import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as e:\n    assert e.code == 0, e.code\n"
        "print([m for m in ('boto3', 'botocore', 'libcst', 'configobj', 'filelock', 'markupsafe') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True)
    assert done.stderr.strip() == "[]" and done.stdout.strip()


def test_help_lists_every_command(run: Run) -> None:
    text = run("--help").stdout
    assert all(f"\n  {name} " in text for name in COMMANDS)


def test_version(run: Run) -> None:
    from migrate import __version__

    assert run("--version").stdout == f"aws-sso-migrate {__version__}\n"


@pytest.mark.parametrize(
    "args",
    [
        [], ["nonsense"], ["config", "--nonsense"], ["config", "--format", "xml"], ["config", "--yes", "--dry-run"],
        ["config", "--yes", "--check"], ["config", "--dry-run", "--check"], ["config", "-q", "-v", "--dry-run"],
        ["config", "--dry-run", "--report", "x.txt"], ["config", "--dry-run", "--report", "missing/x.json"], ["config"],
        ["undo"], ["undo", "--list", "--purge", "x"], ["undo", "--force", "--list"], ["undo", "a", "b"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_bad_usage_is_2_and_says_so_on_stderr(aws: Path, run: Run, args: list[str]) -> None:
    done = run(*args)
    assert done.returncode == 2 and done.stderr.strip() and not done.stdout and "Traceback" not in done.stderr
    assert (aws / "credentials").read_text().startswith(CREDENTIALS)


def test_without_a_terminal_it_says_what_to_add(aws: Path, run: Run) -> None:
    done = run(*CONVERT)
    assert done.returncode == 2
    assert all(option in done.stderr for option in ("--yes", "--dry-run", "--check"))


def test_a_key_in_the_wrong_place_of_the_command_line_is_not_repeated(run: Run) -> None:
    for args in (
        ["config", key_id("dev"), secret("dev")],
        [secret("dev")],
        ["config", "--format", secret("dev")],
        ["config", f"--{secret('dev')}"],
    ):
        done = run(*args)
        assert done.returncode == 2
        assert secret("dev") not in done.stdout + done.stderr and key_id("dev") not in done.stdout + done.stderr


def test_statuses_of_the_three_ways(aws: Path, run: Run) -> None:
    every = [*CONVERT, "--keep", "ops"]
    assert run(*every, "--dry-run").returncode == 0
    assert run(*every, "--check").returncode == 1
    assert run(*CONVERT, "--dry-run").returncode == 1  # ops is left
    assert not (aws / "config").exists() and not (aws.parent / ".local").exists()
    assert run(*every, "--yes").returncode == 0
    assert run(*every, "--check").returncode == 0


def test_json_has_all_fields_masked(aws: Path, run: Run) -> None:
    done = run(*CONVERT, "--dry-run", "--format", "json")
    document = json.loads(done.stdout)
    assert set(document) == {"version", "command", "status", "changes", "findings", "profiles", "keys", "run", "summary"}
    assert (document["version"], document["command"], document["status"], document["run"]) == (1, "config", 1, None)
    assert {c["kind"] for c in document["changes"]} == {"create", "edit"} and all(
        set(c) == {"path", "kind", "diff"} for c in document["changes"]
    )
    finding = document["findings"][0]
    assert set(finding) == {
        "code",
        "severity",
        "path",
        "line",
        "column",
        "message",
        "help",
        "key",
        "profile",
        "first_commit",
        "last_commit",
    }
    assert finding["profile"] == "ops" and finding["severity"] == "error"
    profile = next(p for p in document["profiles"] if p["name"] == "dev")
    assert profile == {
        "name": "dev",
        "action": "sso",
        "sso_session": "corp",
        "sso_account_id": "111122223333",
        "sso_role_name": "Admin",
        "resolves": None,
        "error": None,
    }
    assert document["summary"] == {"files": document["summary"]["files"], "changed": 2, "left": 1}
    assert secret("dev") not in done.stdout and key_id("dev") not in done.stdout


def test_json_of_a_run_that_was_made_names_it(aws: Path, run: Run) -> None:
    document = json.loads(run(*CONVERT, "--yes", "--format", "json").stdout)
    assert document["run"] and json.loads(run("undo", "--list", "--format", "json").stdout)["runs"][0]["run"] == document["run"]


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_a_refusal_is_one_document_too(aws: Path, run: Run, form: str) -> None:
    (aws / "config").write_text("[profile dev]\n[profile dev]\n")
    for args in ([*CONVERT, "--yes"], ["config", "--nonsense"], ["config", "--yes", "--check"]):
        done = run(*args, "--format", form)
        assert done.returncode == 2
        document = json.loads(done.stdout)
        if form == "json":
            assert document["status"] == 2 and document["command"] == "config"
            assert set(document["error"]) == {"message", "path", "line", "help"}
        else:
            assert document["runs"][0]["invocations"][0]["executionSuccessful"] is False
    document = json.loads(run(*CONVERT, "--yes", "--format", "json").stdout)
    assert document["error"]["path"].endswith("config") and document["error"]["line"] == 2


def test_quiet_says_only_what_is_left(aws: Path, run: Run) -> None:
    for args in (["config", "-q"], ["-q", "config"]):
        done = run(*args, *CONVERT[1:], "--dry-run")
        lines = done.stdout.splitlines()
        assert "AWS" in lines[0] and "ops" in lines[0] and not any(line.startswith(("+", "-")) for line in lines)


@pytest.mark.parametrize("ending", ["json", "sarif", "html", "md"])
def test_reports_are_written_beside_the_output_and_hold_no_secret(aws: Path, run: Run, tmp_path: Path, ending: str) -> None:
    report = tmp_path / f"report.{ending}"
    assert run(*CONVERT, "--dry-run", "--report", str(report)).returncode == 1
    first = report.read_text()
    assert run(*CONVERT, "--yes", "--report", str(report)).returncode == 1
    for text in (first, report.read_text()):
        assert "ops" in text and secret("dev") not in text and key_id("dev") not in text
    assert [p.name for p in tmp_path.iterdir() if "report" in p.name] == [report.name]


def test_a_report_that_cannot_be_written_stops_the_run_before_it_begins(aws: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.json").mkdir()
    before = (aws / "credentials").read_text()
    assert run(*CONVERT, "--yes", "--report", str(tmp_path / "r.json")).returncode == 2
    assert run(*CONVERT, "--yes", "--report", "/proc/r.json").returncode == 2
    assert (aws / "credentials").read_text() == before and not (aws / "config").exists()


def test_a_report_that_would_overwrite_what_is_converted_is_refused(home: Path, run: Run) -> None:
    (home / "cred.md").write_text(CREDENTIALS)
    done = run(
        *CONVERT, "--yes", "--credentials-file", str(home / "cred.md"), "--config-file", str(home / "c"), "--report", str(home / "cred.md")
    )
    assert done.returncode == 2 and (home / "cred.md").read_text() == CREDENTIALS and not (home / "c").exists()


def test_a_reader_that_goes_away(aws: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m migrate {' '.join(CONVERT)} --yes </dev/null | head -c 5; echo ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.endswith("1\n") and "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert "sso_session" in (aws / "config").read_text()


@pytest.mark.parametrize("redirect", [">&-", "2>&-", ">&- 2>&-", "<&-", ">/dev/full", "2>/dev/full"])
@pytest.mark.parametrize("how", ["--dry-run", "--yes", "--yes --format json", ""])
def test_closed_and_full_streams_give_no_traceback_and_nothing_half(aws: Path, redirect: str, how: str) -> None:
    before = (aws / "credentials").read_text()
    stdin = "" if redirect == "<&-" else "</dev/null"
    done = subprocess.run(
        f"{sys.executable} -m migrate {' '.join(CONVERT)} {how} {stdin} {redirect}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
    )
    assert done.returncode in (1, 2) and "Traceback" not in done.stderr + done.stdout
    converted = "[dev]" not in (aws / "credentials").read_text()
    assert converted == (aws / "config").exists()
    if done.returncode == 2 or "--yes" not in how:
        assert (aws / "credentials").read_text() == before


@pytest.mark.parametrize(
    "locale",
    [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}],
)
def test_a_terminal_without_utf_8(aws: Path, run: Run, locale: dict[str, str]) -> None:
    done = run(*CONVERT, "--dry-run", env={**os.environ, **locale}, encoding="latin-1")
    assert done.returncode == 1 and "Traceback" not in done.stderr and "AKIA" in done.stdout
    done = run(*CONVERT, "--dry-run", "--format", "json", env={**os.environ, **locale}, encoding="utf-8")
    assert json.loads(done.stdout)["changes"]


def test_control_characters_of_a_file_do_not_reach_the_terminal(aws: Path, run: Run) -> None:
    (aws / "config").write_text("[profile dev]\n# \x1b[2J\x1b]0;owned\x07 \u202eevil\nregion = eu\n")
    done = run(*CONVERT, "--dry-run")
    assert "\x1b" not in done.stdout and "\x07" not in done.stdout and "\u202e" not in done.stdout


def test_completion_is_offered(run: Run) -> None:
    env = {**os.environ, "_AWS_SSO_MIGRATE_COMPLETE": "complete_bash", "COMP_WORDS": "aws-sso-migrate co", "COMP_CWORD": "1"}
    done = subprocess.run([str(Path(sys.executable).with_name("aws-sso-migrate"))], env=env, capture_output=True, text=True)
    assert "config" in done.stdout
    assert "--install-completion" in run("--help").stdout


@pytest.mark.parametrize("args", [["scan"], ["--help"], ["config", "--yes"]], ids=" ".join)
def test_on_windows_every_command_says_what_to_use_instead(args: list[str]) -> None:
    """Only the system's name is another here: nothing that Windows lacks may be imported before it is asked for."""
    lines = "import sys; sys.platform = 'win32'; before = set(sys.modules); from migrate.cli.app import main\n"
    lines += f"try: main({args!r})\nfinally: print(sorted(n for n in set(sys.modules) - before if n.startswith('migrate')))"
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "Windows is not supported" in done.stderr and "WSL" in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == "['migrate', 'migrate.cli', 'migrate.cli.app']\n"
