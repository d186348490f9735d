"""The Markdown report of several repositories: a part for each pull request, and what is for none at the end."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, plan, secret

KEY, SECRET = key_id("dev"), secret("dev")
PAIR = f"aws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
CODE = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}")\n'
HOME_PART = "## Not for the pull request: this machine"


@pytest.fixture(autouse=True)
def laptop(home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(f"[dev]\n{PAIR}")
    (home / ".bashrc").write_text(f"export AWS_ACCESS_KEY_ID={KEY}\n")
    Path("plan.ini").write_text(plan("us-west-2"))
    for name in ("one", "two"):
        Path(f"src/{name}/.git").mkdir(parents=True)
        Path(f"src/{name}/app.py").write_text(CODE)
    Path("src/two/deploy.sh").write_text(f"export AWS_ACCESS_KEY_ID={KEY}\nexport AWS_SECRET_ACCESS_KEY={SECRET}\n")


def report(run: Run, *args: str) -> str:
    run(*args, "--dry-run", "--offline" if args[0] == "run" else "--stat", "--report", "r.md")
    text = Path("r.md").read_text()
    assert KEY not in text and SECRET not in text
    return text


def test_one_part_for_each_repository_and_one_for_this_machine(run: Run) -> None:
    text = report(run, "run", "src", "--plan", "plan.ini")
    one, two, rest = (text.index(part) for part in ("hardcoded keys: `one`", "hardcoded keys: `two`", HOME_PART))
    assert 0 < one < two < rest
    for part in (text[one:two], text[two:rest]):
        assert part.count("### Who signs (1)") == 1 and part.count("<code>app.py</code>") == 1 and "### Get the profile" in part
        assert ".aws/credentials" not in part and ".bashrc" not in part and "### Profiles" not in part
    assert "deploy.sh" in text[two:rest] and "deploy.sh" not in text[one:two] + text[rest:]
    assert all(word in text[rest:] for word in (".bashrc", "~/.aws/credentials", "### Profiles"))


def test_with_one_repository_its_part_comes_first(run: Run) -> None:
    text = report(run, "run", "src/one", "--plan", "plan.ini")
    assert text.startswith("## AWS profiles instead of hardcoded keys\n") and text.count(HOME_PART) == 1
    assert ".aws/credentials" not in text.partition(HOME_PART)[0]


def test_of_code_alone_nothing_is_for_this_machine(run: Run) -> None:
    assert report(run, "code", "src/one").startswith("## AWS profiles") and HOME_PART not in report(run, "code", "src/one")
    assert HOME_PART not in report(run, "code", "src") and "# aws-sso-migrate code\n" in report(run, "code", "src")
