"""What stands beside the Python sources: standard variables, ignored modules, scripts without an ending, profiles that are not there."""

import subprocess
from pathlib import Path

import pytest

from tests.codemod.carriers import OUTSIDE, SERVER
from tests.codemod.test_settings_files import MAPPED, filled, signed
from tests.conftest import Run
from tests.forking import Starter
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
CALL = f'boto3.client("s3", aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}").list_buckets()\n'
HANDED = (
    "import os\nimport boto3\n\n"
    'boto3.client("s3", aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"]).list_buckets()\n'
)
assert OUTSIDE


def laid(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path("r", name).parent.mkdir(parents=True, exist_ok=True)
        Path("r", name).write_text(filled(text))


def test_variables_handed_over_are_a_note_and_go_when_asked(run: Run, boto3: Starter, tmp_path: Path) -> None:
    laid({"main.py": HANDED})
    noted = run("code", "r", "--yes", *MAPPED)
    assert noted.returncode == 0 and "main.py:4:1: AWS224" in noted.stdout and Path("r/main.py").read_text() == HANDED
    old = signed(boto3, Path("r").absolute(), "main.py", [SERVER], tmp_path)
    assert run("code", "r", "--yes", "--environment").returncode == 0
    assert Path("r/main.py").read_text() == 'import boto3\n\nboto3.client("s3").list_buckets()\n'
    assert signed(boto3, Path("r").absolute(), "main.py", [SERVER], tmp_path) == old


def test_the_setting_asks_for_it_too(run: Run) -> None:
    laid({"main.py": HANDED, "pyproject.toml": "[tool.aws-sso-migrate]\nenvironment = true\n"})
    assert run("code", "r", "--yes").returncode == 0 and "environ" not in Path("r/main.py").read_text()


def test_the_plan_asks_for_it_too(run: Run) -> None:
    laid({"main.py": HANDED})
    Path("plan.ini").write_text("[code]\n    environment = no\n")
    assert run("code", "r", "--yes", "--plan", "plan.ini").returncode == 0 and Path("r/main.py").read_text() == HANDED
    Path("plan.ini").write_text("[code]\n    environment = yes\n")
    assert run("code", "r", "--yes", "--plan", "plan.ini").returncode == 0 and "environ" not in Path("r/main.py").read_text()


@pytest.mark.parametrize(
    "more",
    [
        'if not os.environ.get("AWS_ACCESS_KEY_ID"):\n    raise SystemExit\n',
        'print(os.environ["AWS_SECRET_ACCESS_KEY"])\n',
        'os.environ["AWS_ACCESS_KEY_ID"] = input()\n',
        'for name in ("AWS_ACCESS_KEY_ID", "X"):\n    os.environ[name]\n',
        'boto3.setup_default_session(profile_name="x")\n',
        'os.environ["AWS_PROFILE"] = "x"\n',
    ],
    ids=["tested", "printed", "set", "iterated over", "default session", "profile set"],
)
def test_variables_that_something_else_needs_are_left(more: str, run: Run) -> None:
    text = HANDED + more
    laid({"main.py": text})
    done = run("code", "r", "--yes", "--environment")
    assert done.returncode == 1 and "AWS226" in done.stdout and Path("r/main.py").read_text() == text


def test_other_endpoints_and_names_are_no_business_of_it(run: Run) -> None:
    text = HANDED.replace('"s3",', '"s3", endpoint_url="http://minio:9000",')
    laid({"main.py": text})
    assert run("code", "r", "--yes", "--environment").returncode == 0 and Path("r/main.py").read_text() == text


def test_scripts_without_an_ending(run: Run) -> None:
    script = "#!/usr/bin/env python3\nimport boto3\n\n" + CALL
    laid({"bin/up": script, "bin/other": script.replace("env python3", "env ruby"), "app.wsgi": "import boto3\n\n" + CALL})
    done = run("code", "r", "--yes", *MAPPED)
    assert done.returncode == 1 and "r/bin/other:" in done.stdout and "r/bin/up:" not in done.stdout  # the one of another language
    assert 'profile_name="dev"' in Path("r/bin/up").read_text() and 'profile_name="dev"' in Path("r/app.wsgi").read_text()
    assert KEY in Path("r/bin/other").read_text()


def test_ignored_modules_that_are_imported(run: Run) -> None:
    laid({".gitignore": "conf.py\nunused.py\n", "conf.py": f'ID = "{KEY}"\nSECRET = "{SECRET}"\n', "unused.py": f'ID = "{KEY}"\nSECRET = "{SECRET}"\n',
          "main.py": "import boto3\nimport conf\n\nboto3.client('s3', aws_access_key_id=conf.ID, aws_secret_access_key=conf.SECRET)\n"})  # fmt: skip
    subprocess.run(["git", "init", "-q", "r"], check=True)
    done = run("code", "r", "--yes", *MAPPED)
    assert (
        done.returncode == 1
        and "conf.py:1:1: AWS229" in done.stdout
        and "main.py:2" in done.stdout
        and "unused.py:1:1: AWS233" in done.stdout
    )
    Path("r/conf.py").unlink()
    done = run("code", "r", "--yes", *MAPPED)
    assert done.returncode == 1 and "main.py:2:1: AWS229" in done.stdout and SECRET not in done.stdout


def test_a_profile_that_is_not_there_is_refused(run: Run) -> None:
    laid({"main.py": "import boto3\n\n" + CALL})
    before = Path("r/main.py").read_text()
    for args in (["--map-key", f"{KEY}=devv"], ["--profile", "devv"]):
        done = run("code", "r", "--yes", *args)
        assert done.returncode == 2 and "there is no profile devv in the AWS files" in done.stderr and "Did you mean dev?" in done.stderr
        assert Path("r/main.py").read_text() == before
    assert run("code", "r", "--dry-run", "--profile", "devv", "--target", "default-chain").returncode == 0
    assert run("code", "r", "--yes", "--profile", "devv", "--allow-missing-profile").returncode == 0
    laid({"main.py": "import boto3\n\n" + CALL, "pyproject.toml": "[tool.aws-sso-migrate]\nallow-missing-profile = true\n"})
    assert run("code", "r", "--yes", "--profile", "devv").returncode == 0


def test_another_region_is_told(run: Run, home: Path) -> None:
    (home / ".aws/config").write_text("[default]\nregion = eu-west-1\n[profile dev]\nregion = us-east-1\n[profile prod]\n")
    laid({"conf.json": '{"key": "<id>", "secret": "<secret>"}',
          "main.py": "import json\nimport boto3\nc = json.load(open('conf.json'))\nboto3.client('s3', aws_access_key_id=c['key'], aws_secret_access_key=c['secret'])\n"})  # fmt: skip
    done = run("code", "r", "--yes", *MAPPED)
    assert done.returncode == 0 and "main.py:4:1: AWS228" in done.stdout and "us-east-1" in done.stdout


@pytest.mark.parametrize(
    "text",
    [
        "s = boto3.Session('<id>', '<secret>')\nprint(s.client('sqs'))\n",
        "boto3.setup_default_session(aws_access_key_id='<id>', aws_secret_access_key='<secret>')\nprint(boto3.client('sqs'))\n",
        "os.environ['AWS_ACCESS_KEY_ID'] = '<id>'\nos.environ['AWS_SECRET_ACCESS_KEY'] = '<secret>'\nprint(boto3.client('sqs'))\n",
        "boto3.client('sqs', os.environ.get('REG'), aws_access_key_id='<id>', aws_secret_access_key='<secret>')\n",
    ],
)
def test_another_region_of_a_session_is_told(run: Run, home: Path, text: str) -> None:
    (home / ".aws/config").write_text("[default]\nregion = eu-west-1\n[profile dev]\nregion = us-east-1\n[profile prod]\n")
    laid({"main.py": "import os\nimport boto3\n" + text})
    assert "AWS228" in run("code", "r", "--yes", *MAPPED).stdout
    laid(
        {
            "main.py": "import os\nimport boto3\n"
            + text.replace("'sqs'", "'sqs', region_name='eu-north-1'").replace("os.environ.get('REG'), ", "")
        }
    )
    assert "AWS228" not in run("code", "r", "--yes", *MAPPED).stdout


def test_other_settings_of_a_profile_are_told(run: Run, home: Path) -> None:
    (home / ".aws/config").write_text(
        "[default]\nregion = eu-west-1\n[profile dev]\nregion = eu-west-1\ns3 =\n  addressing_style = path\ncli_pager =\n[profile prod]\n"
    )
    laid({"main.py": "import boto3\n\n" + CALL})
    done = run("code", "r", "--yes", *MAPPED)
    assert done.returncode == 0 and "AWS234 profile dev and the default profile differ in s3" in done.stdout and "AWS228" not in done.stdout


def test_what_is_excluded_is_not_touched(run: Run) -> None:
    laid({"conf.json": '{"key": "<id>", "secret": "<secret>"}',
          "lib/main.py": "import json\nimport boto3\nc = json.load(open('conf.json'))\nboto3.client('s3', aws_access_key_id=c['key'], aws_secret_access_key=c['secret'])\n"})  # fmt: skip
    before = {p: p.read_text() for p in Path("r").rglob("*.*")}
    done = run("code", "r", "--yes", *MAPPED, "--exclude", "lib")
    assert done.returncode == 1 and "AWS225" in done.stdout and {p: p.read_text() for p in before} == before


@pytest.mark.parametrize("name", ["README.md", "accounts.jsonl", "notes.txt", "settings.tmpl", "fast.pyx"])
def test_a_mapped_key_in_any_text_is_told(run: Run, name: str) -> None:
    laid({name: "id <id>\nsecret <secret>\n", "main.py": "print('nothing here')\n"})
    done = run("code", "r", "--yes", *MAPPED)
    assert done.returncode == 1 and f"{name}:1:" in done.stdout and SECRET not in done.stdout
    quiet = run("code", "r", "--yes", "--map-key", f"{key_id('other')}=dev", "--allow-missing-profile")
    assert quiet.returncode == 0 and name not in quiet.stdout


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_source_that_no_python_reads_is_told(run: Run, encoding: str) -> None:
    Path("r").mkdir()
    Path("r/a.py").write_bytes(("import boto3\n" + CALL).encode(encoding))
    done = run("code", "r", "--dry-run", *MAPPED)
    assert done.returncode == 1 and "AWS212" in done.stdout and SECRET not in done.stdout


def test_keys_in_a_virtual_environment_are_told(run: Run) -> None:
    laid(
        {
            "a.py": "x = 1\n",
            "venv/bin/activate": "export AWS_ACCESS_KEY_ID=<id>\nexport AWS_SECRET_ACCESS_KEY=<secret>\n",
            "venv/lib/x.py": CALL,
        }
    )
    done = run("code", "r", "--dry-run", *MAPPED)
    assert done.returncode == 1 and done.stdout.count("AWS225") == 1 and "venv/bin/activate:1" in done.stdout


@pytest.mark.parametrize("heading", ["", "# ours\n[profiles]\n", "[targets]\n  a/** = profile\n"])
def test_a_plan_without_its_heading_reads_nothing(run: Run, heading: str) -> None:
    laid({".env": "UPLOAD_KEY=<id>\nUPLOAD_SECRET=<secret>\n", "plan.ini": heading + "[keys]\n    # of ops\n    <id> = dev\n",
          "a.py": "import os, boto3\nfrom dotenv import load_dotenv\nload_dotenv()\n"
          "boto3.client('s3', aws_access_key_id=os.getenv('UPLOAD_KEY'), aws_secret_access_key=os.getenv('UPLOAD_SECRET'))\n"})  # fmt: skip
    done = run("code", "r", "--yes", "--plan", "r/plan.ini")
    assert done.returncode == 0 and Path("r/.env").read_text() == "UPLOAD_PROFILE=dev\n", done.stdout + done.stderr


def test_a_settings_file_that_also_has_the_secret_is_no_plan(run: Run) -> None:
    before = {"conf.ini": "[keys]\n<id> = <secret>\n", "a.py": "import configparser\nc = configparser.ConfigParser()\nc.read('conf.ini')\n"}
    laid(before)
    done = run("code", "r", "--yes", *MAPPED)
    assert done.returncode == 1 and "conf.ini:2" in done.stdout
