"""One half of a key in a settings file: told, wherever the other half is; and nothing that only looks like one."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
MAIN = "import os\nimport boto3\nfrom dotenv import load_dotenv\nload_dotenv()\nboto3.client('s3', aws_access_key_id={}, aws_secret_access_key={}).list_buckets()\n"
STANDARD = ("os.environ['AWS_ACCESS_KEY_ID']", "os.environ['AWS_SECRET_ACCESS_KEY']")
TOLD = {
    "the id from outside": {".env": f"AWS_SECRET_ACCESS_KEY={SECRET}\n", "main.py": MAIN.format(*STANDARD)},
    "the id in Python": {".env": f"AWS_SECRET_ACCESS_KEY={SECRET}\n", "main.py": MAIN.format(f"'{KEY}'", STANDARD[1])},
    "the id in another file": {".env.secret": f"export AWS_SECRET_ACCESS_KEY='{SECRET}'\n", ".env": f"AWS_ACCESS_KEY_ID={KEY}\n", "main.py": MAIN.format(*STANDARD)},
    "JSON": {"conf.json": f'{{"aws_secret": "{SECRET}"}}\n', "main.py": "x = 1\n"},
    "YAML": {"conf.yaml": f"s3:\n  secretAccessKey: {SECRET}\n", "main.py": "x = 1\n"},
}  # fmt: skip
QUIET = {
    "Django's own secret": {".env": f"SECRET_KEY={SECRET}\n"},
    "a filler": {".env": "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"},
    "a hash": {"conf.ini": "[aws]\naws_secret_digest = 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\n"},
    "a word says so": {".env": f"AWS_SECRET_ACCESS_KEY={SECRET} # aws-sso-migrate: ignore\n"},
    "an example": {".env.example": "AWS_ACCESS_KEY_ID=\nAWS_SECRET_ACCESS_KEY=your-secret-access-key\n"},
}


def laid(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).write_text(text)


@pytest.mark.parametrize("name", TOLD)
def test_a_secret_without_its_id_is_told(name: str, run: Run) -> None:
    laid(TOLD[name])
    done = run("code", ".", "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile")
    file = next(f for f, text in TOLD[name].items() if SECRET in text)
    assert done.returncode == 1 and f"{file}:" in done.stdout and "a secret access key without its key ID" in done.stdout, done.stdout
    assert {f: Path(f).read_text() for f in TOLD[name]} == TOLD[name] and SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize("name", QUIET)
def test_what_only_looks_like_one_is_not_told(name: str, run: Run) -> None:
    laid({**QUIET[name], "main.py": "x = 1\n"})
    done = run("code", ".", "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile")
    assert done.returncode == 0, done.stdout


def test_each_place_of_a_key_is_told(run: Run) -> None:
    laid(
        {
            "conf.yaml": f"a:\n  key: {KEY}\n  secret: {SECRET}\nb:\n  key: {KEY}\n  secret: {SECRET}\n",
            "ids.txt": f"{KEY}\n# {KEY}\n{KEY}  # aws-sso-migrate: ignore\n",
            "main.py": "x = 1\n",
        }
    )
    done = run("code", ".", "--yes", "--map-key", f"{KEY}=dev", "--allow-missing-profile")
    assert done.returncode == 1 and KEY not in done.stdout
    assert all(f"{place}: AWS225" in done.stdout for place in ("conf.yaml:2:8", "conf.yaml:5:8")), done.stdout
