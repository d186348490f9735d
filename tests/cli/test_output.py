"""What a person sees: order, width, colors, counts, the next step; and what a program sees instead."""

import json
import re
from pathlib import Path

import pytest

from migrate.codemod.keys.rules import Rule
from tests.awsfiles.homes import Home
from tests.conftest import Run
from tests.madeup import key_id, secret
from tests.terminal import COLORS, Terminal

SESSION = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "eu-west-1"]
DEV = ["config", *SESSION, "--map", "dev=111122223333/Dev"]


def keys(*names: str) -> str:
    return "".join(f"[{name}]\naws_access_key_id = {key_id(name)}\naws_secret_access_key = {secret(name)}\n" for name in names)


@pytest.fixture
def aws(home: Path) -> None:
    """Two profiles with keys, and a role over one of them that would stop working."""
    role = "role_arn = arn:aws:iam::111122223333:role/R\n"
    config = f"[profile audit]\n{role}source_profile = dev\nmfa_serial = arn:aws:iam::111122223333:mfa/kim\n"
    Home(home).write(config, keys("dev", "ops"))


@pytest.mark.usefixtures("aws")
def test_the_question_comes_with_totals_and_the_end_with_the_next_step() -> None:
    terminal = Terminal(DEV, columns=100)
    screen = COLORS.sub("", terminal.until("Apply? [y/N] ")).replace("\r", "")
    assert screen.endswith("\n2 files will change, 2 issues need manual action, 1 profile stops working.\nApply? [y/N] ")
    assert screen.index("@@") < screen.index("Issues needing manual action (2):") < screen.index("2 files will change")
    terminal.say("y\n")
    assert terminal.end() == 1
    end = COLORS.sub("", terminal.text).replace("\r", "").partition("Apply? [y/N] ")[2]
    places = [
        end.index(words) for words in ("Backup", "2 files changed, 2 issues need manual action", "Next:", "aws-sso-migrate login corp")
    ]
    assert places == sorted(places) and end.endswith("    aws-sso-migrate verify\n")


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("columns", [80, 100, 200])
def test_lines_break_between_words_at_the_width_of_the_terminal(columns: int) -> None:
    terminal = Terminal([*DEV, "--dry-run"], columns=columns, PAGER="cat")
    assert terminal.end() == 1
    lines = COLORS.sub("", terminal.text).replace("\r", "").split("\n")
    assert all(len(line) <= columns for line in lines)
    assert "map this profile too (--map 'audit=ACCOUNT_ID/ROLE_NAME', or under" in " ".join(" ".join(lines).split())
    assert any(line.startswith("~/.aws/config:") and ": AWS102 profile audit" in line for line in lines), lines


@pytest.mark.usefixtures("aws")
def test_colors_tell_the_severity_on_a_terminal_only(run: Run) -> None:
    terminal = Terminal([*DEV, "--dry-run"], columns=200)
    terminal.end()
    assert "\x1b[31mAWS102\x1b[0m" in terminal.text
    plain = Terminal([*DEV, "--dry-run", "--no-color"], columns=200)
    plain.end()
    assert "\x1b[" not in plain.text and "\x1b[" not in run(*DEV, "--dry-run").stdout


@pytest.mark.usefixtures("aws")
def test_stat_counts_lines_instead_of_showing_them(run: Run) -> None:
    done = run(*DEV, "--dry-run", "--stat")
    assert re.search(r"(?m)^ \S+/\.aws/config +\| \+\d+ -0$", done.stdout) and "@@" not in done.stdout


@pytest.mark.usefixtures("aws")
def test_a_long_diff_goes_through_the_pager_and_only_that(tmp_path: Path) -> None:
    pager = f"sed s/^/PAGED:/ | tee {tmp_path}/paged"
    long = Terminal([*DEV, "--dry-run"], columns=100, lines=10, PAGER=pager)
    assert long.end() == 1
    assert "PAGED:" in long.text and "Issues needing manual action" not in (tmp_path / "paged").read_text()
    short = Terminal([*DEV, "--dry-run"], columns=100, lines=90, PAGER=pager)
    assert short.end() == 1 and "PAGED:" not in short.text
    asked = Terminal(DEV, columns=100, lines=10, PAGER=pager)
    asked.until("Apply? [y/N] ")
    asked.say("n\n")
    assert asked.end() == 1 and "PAGED:" not in asked.text


@pytest.mark.usefixtures("aws")
def test_after_ctrl_c_it_is_said_that_nothing_was_changed(home: Path) -> None:
    before = (home / ".aws/credentials").read_bytes()
    for args in (DEV, [*DEV, "--review"]):
        terminal = Terminal(args, columns=100)
        terminal.until("]? " if "--review" in args else "[y/N] ")
        terminal.say("\x03")
        assert terminal.end() == 130 and "Interrupted. Nothing was changed." in terminal.text
    assert (home / ".aws/credentials").read_bytes() == before


@pytest.mark.usefixtures("aws")
def test_a_review_says_before_the_answer_what_stops_working() -> None:
    terminal = Terminal([*DEV, "--review"], columns=200)
    screen = COLORS.sub("", terminal.until("]? "))
    assert screen.index("If you accept this change:") < screen.index("profile audit stops working") < screen.index("(1/1) Accept")
    terminal.say("n\n")
    assert terminal.end() == 1


def test_quiet_hides_no_warning_that_something_stops_working(aws: None, run: Run) -> None:
    done = run(*DEV, "--keep", "audit", "--keep", "ops", "--dry-run", "-q")
    assert done.returncode == 0 and done.stdout.count("\n") <= 2 and ": AWS127 " in done.stdout and "stops working" in done.stdout


def test_equal_findings_get_their_advice_once(run: Run) -> None:
    text = f"AWS_ACCESS_KEY_ID={key_id('dev')}\nAWS_SECRET_ACCESS_KEY={secret('dev')}\n"
    for n in range(5):
        Path(f"{n}.txt").write_text(text)
    done = run("scan", "--paths-only", ".")
    lines = done.stdout.splitlines()
    assert sum(": AWS314 " in line for line in lines) == 5 and sum("for each of these 5: " in line for line in lines) == 1
    assert lines[0] == "Issues needing manual action (5):" and all(f"{n}.txt:1:" in done.stdout for n in range(5))
    assert lines[-4:] == ["5 issues need manual action; 5 files scanned.", "", "Next:", "    aws-sso-migrate plan ."]


def test_an_issue_names_the_keys_that_stay_because_of_it_and_on_request_the_rule(tmp_path: Path, run: Run) -> None:
    row = f'{{"key": "{key_id("dev")}", "secret": "{secret("dev")}"}}'
    (tmp_path / "conf.py").write_text(f'ENV = "dev"\nROWS = {{\n    "dev": {row},\n    "prod": {{"key": None, "secret": None}},\n}}\n')
    call = 'boto3.client("s3", aws_access_key_id=row["key"], aws_secret_access_key=row["secret"]).list_buckets()'
    (tmp_path / "main.py").write_text(f"import boto3\nimport conf\n\nrow = conf.ROWS[conf.ENV]\n{call}\n")
    given = ["code", str(tmp_path), "--dry-run", "--map-key", f"{key_id('dev')}=dev", "--allow-missing-profile"]
    out = run(*given).stdout
    assert "left unchanged" in out and f"conf.py:3: key {key_id('dev')[:4]}…{key_id('dev')[-4:]} is here" in out
    assert "(rule " not in out and re.search(r"\(rule [a-z-]+\)", run(*given, "--verbose").stdout)


def test_a_plan_that_is_not_made_names_its_rule_on_request(tmp_path: Path, run: Run) -> None:
    call = f'boto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key="{secret("dev")}")'
    (tmp_path / "main.py").write_text(f'import boto3\n\nKEY = "{key_id("dev")}"\n{call}\nprint(KEY == input())\n')
    given = ["code", str(tmp_path), "--dry-run", "--map-key", f"{key_id('dev')}=dev", "--allow-missing-profile"]
    found = {f["code"]: f["rule"] for f in json.loads(run(*given, "--format", "json").stdout)["findings"]}
    assert found["AWS207"] == Rule.COMPARED.label and f"(rule {Rule.COMPARED.label})" in run(*given, "--verbose").stdout
