"""Help, completion, suggestions and `explain`, as somebody at a prompt meets them."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from migrate.cli.commands import COMMANDS, program
from migrate.cli.help import COMMAND_GROUPS, EXAMPLES, OPTION_GROUPS
from migrate.codes import CODES, pages
from tests.conftest import Run
from tests.madeup import key_id, secret

KEY = key_id("dev")


def commands() -> dict[str, Any]:
    """Every command that can be called, by its path."""
    top = program()
    found: dict[str, Any] = {}
    for name in COMMANDS:
        command = top.commands[name]
        inner = getattr(command, "commands", None)
        found |= {f"{name} {one}": inner[one] for one in inner} if inner else {name: command}
    return found


def test_commands_are_listed_in_the_order_of_work_with_whole_summaries(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("--help").stdout
    places = [shown.index(f"\n{title}:\n") for title in COMMAND_GROUPS]
    assert places == sorted(places) and {name for names in COMMAND_GROUPS.values() for name in names} == set(COMMANDS)
    listing = shown[: shown.index("\nOptions:")]
    assert "..." not in listing.partition("Assess:")[2] and all(f"\n  {name} " in listing for name in COMMANDS)


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_help_fits_the_terminal(columns: int, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for name in ("plan", "config", "code", "retire", "bulk"):
        text = run(name, "--help").stdout
        commandlines = {line for _, line in EXAMPLES[name]}
        assert all(len(line) <= columns or line.strip() in commandlines for line in text.splitlines())


@pytest.mark.parametrize("name", commands())
def test_each_command_has_a_summary_and_examples_that_it_takes(name: str) -> None:
    command = commands()[name]
    summary = command.get_short_help_str(limit=1000)
    assert summary.endswith(".") and len(summary) <= 68 and "\n" not in summary
    assert EXAMPLES[name], "an example"
    for _, line in EXAMPLES[name]:
        words = shlex.split(line)
        args = words[words.index("aws-sso-migrate") + 1 :]
        assert " ".join(args).startswith(name)
        with command.make_context(name, [], resilient_parsing=True) as context:
            command.make_parser(context).parse_args(args[len(name.split()) :])  # raises for an option that does not exist


def test_each_option_is_in_a_group_and_says_whether_it_can_be_repeated() -> None:
    grouped = {name for names in OPTION_GROUPS.values() for name in names}
    for name, command in commands().items():
        for param in command.params:
            if param.param_type_name != "option":
                continue
            assert grouped & set(param.opts) or name in ("scan", "plan", "login", "demo", "retire"), (name, param.opts)
            assert param.help and ("can be repeated" in param.help) == bool(param.multiple), (name, param.opts)


def test_help_has_no_notation_of_ranges_and_the_group_of_each_commands_own_meaning(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    for name in commands():
        assert "x>=" not in run(*name.split(), "--help").stdout
    assert "[default: 900]" in run("bulk", "--help").stdout
    assert "Mapping:" not in run("demo", "--help").stdout and "Mapping:" not in run("retire", "--help").stdout
    groups = run("report", "--help").stdout
    assert "Plot the number of remaining keys over time\n" in groups and "Examples:" in groups


def test_usage_says_that_paths_may_be_several(run: Run) -> None:
    assert "Usage: aws-sso-migrate code [OPTIONS] PATH...\n" in run("code", "--help").stdout
    assert "Usage: aws-sso-migrate plan [OPTIONS] [PATH...]\n" in run("plan", "--help").stdout
    assert "Environment variables:\n  AWS_CONFIG_FILE" in run("verify", "--help").stdout


def test_explain_prints_the_page(run: Run) -> None:
    done = run("explain", "aws202")
    assert done.returncode == 0 and done.stdout == pages()["AWS202.md"]
    assert run("explain", "AWS101", "AWS604").stdout == pages()["AWS101.md"] + "\n" + pages()["AWS604.md"]


@pytest.mark.parametrize(
    ("args", "near"),
    [
        (["paln"], "plan?"),
        (["plan", "--discovr"], "--discover"),
        (["verify", "dve"], "dev"),
        (["login", "crop"], "corp"),
        (["config", "--map", "dev=111122223333/Dev@crop", "--yes"], "corp"),
        (["code", ".", "--profile", "dve", "--yes"], "dev"),
        (["explain", "AWS22"], "AWS22"),
        (["config", "--plan", "plan.ini", "--yes"], "sso_role_name"),
        (["scan", "."], "exclude"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_a_typo_gets_the_nearest_name(args: list[str], near: str, home: Path, run: Run) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(
        "[profile dev]\nregion = eu-west-1\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
    )
    Path("plan.ini").write_text("[profiles]\n    [[dev]]\n        action = sso\n        sso_role_nam = Dev\n")
    if args[0] == "scan":
        Path("pyproject.toml").write_text('[tool.aws-sso-migrate]\nexclud = ["a"]\n')
        args = ["code", ".", "--yes"]
    done = run(*args)
    assert done.returncode == 2 and f"Did you mean {near}" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("verify d", {"dev"}),
        ("config --keep ", {"dev", "ops"}),
        ("config --map d", {"dev="}),
        ("login ", {"corp"}),
        ("plan --sso-session c", {"corp"}),
        ("explain AWS60", {"AWS601", "AWS602", "AWS603", "AWS604"}),
        ("undo --purge ", set()),
        ("exp", {"explain"}),
        ("config --other-account o", {"ops"}),
        ("config --map dev=", {"dev=111122223333/Admin"}),
        ("config --sso-region us-gov", {"us-gov-east-1", "us-gov-west-1"}),
        ("plan --sso-registration-scopes s", {"sso:account:access"}),
        ("retire --key ", set()),
        ("retire --key AKIA", set()),
        (f"retire --key {KEY[:8]}", {KEY}),
        (f"code . --map-key {KEY[:10]}", {f"{KEY}="}),
        (f"bulk - --map-key {KEY}=d", {f"{KEY}=dev"}),
        ("code . --target d", {"default-chain"}),
        ("scan --format gi", {"github", "gitlab"}),
    ],
)
def test_the_shell_completes_names(line: str, wanted: set[str], home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(
        "[profile dev]\n[profile ops]\nsso_account_id = 111122223333\nsso_role_name = Admin\n[sso-session corp]\nsso_region = eu-west-1\n"
    )
    (home / ".aws/credentials").write_text(f"[dev]\naws_access_key_id = {KEY}\naws_secret_access_key = {secret('dev')}\n")
    words = f"aws-sso-migrate {line}"
    environment = {
        **os.environ,
        "_AWS_SSO_MIGRATE_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    done = subprocess.run([sys.executable, "-m", "migrate"], capture_output=True, text=True, env=environment, check=False)
    assert set(done.stdout.split()) == wanted and not done.stderr
    if line.startswith("explain"):
        assert wanted <= set(CODES)


def test_completion_says_nothing_of_files_that_cannot_be_read(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_bytes(b"[profile dev]\nx\xff\n")
    environment = {**os.environ, "_AWS_SSO_MIGRATE_COMPLETE": "complete_bash", "COMP_WORDS": "aws-sso-migrate verify ", "COMP_CWORD": "2"}
    done = subprocess.run([sys.executable, "-m", "migrate"], capture_output=True, text=True, env=environment, check=False)
    assert not done.stdout.strip() and not done.stderr
