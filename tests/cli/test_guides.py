"""The commands in the guides do what the guides say."""

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

DOCS = Path(__file__).parents[2] / "docs"
CALL = "boto3.client('s3', aws_access_key_id={}, aws_secret_access_key={})\n"


@pytest.fixture
def project(home: Path) -> None:
    """A project with keys in `.env`, JSON, a handler and a notebook, and the profile that fits."""
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[profile dev]\nsso_account_id = 111122223333\n")
    files = {
        "app/.env": f"AWS_ACCESS_KEY_ID={key_id('dev')}\nAWS_SECRET_ACCESS_KEY={secret('dev')}\n",
        "app/main.py": "import os\nimport boto3\nfrom dotenv import load_dotenv\nload_dotenv()\n"
        + CALL.format('os.environ["AWS_ACCESS_KEY_ID"]', 'os.environ["AWS_SECRET_ACCESS_KEY"]'),
        "handlers/a.py": "import boto3\n"
        + CALL.format(f'"{key_id("two")}"', f'"{secret("two")}"')
        + "def lambda_handler(event, context): ...\n",
        "notebooks/a.py": "import boto3\n" + CALL.format(f'"{key_id("three")}"', f'"{secret("three")}"'),
        "repositories.txt": "",
    }
    for name, text in files.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)


def commands(guide: str) -> list[list[str]]:
    text = (DOCS / guide).read_text(encoding="utf-8")
    return [shlex.split(line)[1:] for line in re.findall(r"(?m)^    (aws-sso-migrate .*)$", text)]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("guide", ["guide-settings-files.md", "guide-servers.md", "guide-frameworks.md"])
def test_each_command_is_taken(guide: str, run: Run) -> None:
    run("plan", "app", "handlers", "notebooks")
    wanted = commands(guide)
    assert wanted
    for args in wanted:
        done = run(*args)
        assert done.returncode in (0, 1) and "Traceback" not in done.stderr, (args, done.stderr)
        assert not any(secret(n) in done.stdout + done.stderr for n in ("dev", "two", "three"))


@pytest.mark.usefixtures("project")
def test_a_project_with_a_settings_file(run: Run) -> None:
    steps = [run(*args) for args in commands("guide-settings-files.md")]
    assert "AWS306" in steps[0].stdout and "rewrite it with aws-sso-migrate code together with main.py" in steps[0].stdout
    assert key_id("dev") + " = dev" in Path("sso-migration.ini").read_text()
    assert steps[-1].returncode == 1 and "AWS227" in steps[-1].stdout  # the handler waits for a word
    assert Path("app/.env").read_text() == "AWS_PROFILE=dev\n" and "environ" not in Path("app/main.py").read_text()
    assert 'profile_name="dev"' in Path("notebooks/a.py").read_text()
