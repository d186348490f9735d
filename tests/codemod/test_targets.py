"""Code that runs where no profile is: left until somebody says what it signs with."""

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
CALL = f's3 = boto3.client("s3", aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}")\n'
CODE = "import boto3\n\n" + CALL
PROFILE, CHAIN = 'boto3.Session(profile_name="dev").client("s3")', 'boto3.client("s3")'
MAP = ["--map-key", f"{KEY}=dev"]
HANDLER = CODE + "\n\ndef lambda_handler(event, context):\n    return s3.list_buckets()\n"
SAM = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: src/\n      Handler: app.run\n"

ELSEWHERE = {
    "handler": {"a.py": HANDLER},
    "sam": {"template.yaml": SAM, "src/app.py": CODE + "def run(a, b): ...\n"},
    "what a handler imports": {
        "a.py": "from shared.aws import s3\n\ndef handler(event, context):\n    s3.list_buckets()\n",
        "shared/aws.py": CODE,
        "shared/__init__.py": "",
    },
    "serverless": {"serverless.yml": "functions:\n  a:\n    handler: a.run\n", "a.py": CODE + "def run(a, b): ...\n"},
    "chalice": {"app.py": "from chalice import Chalice\n" + CODE + 'app = Chalice(app_name="x")\n'},
    "container": {"Dockerfile": 'FROM python:3.12\nCOPY . .\nCMD ["python", "job.py"]\n', "job.py": CODE},
    "container, module": {
        "Dockerfile": 'FROM python:3.12\nENTRYPOINT ["python", "-m", "jobs.load"]\n',
        "jobs/load.py": CODE,
        "jobs/__init__.py": "",
    },
    "procfile": {"Procfile": "web: gunicorn web:app\n", "web.py": CODE},
    "airflow": {"dags/a.py": "from airflow import DAG\n" + CODE + 'dag = DAG("x")\n'},
    "glue": {"job.py": "from awsglue.context import GlueContext\n" + CODE},
    "ci": {".github/workflows/a.yml": "jobs:\n  a:\n    steps:\n      - run: python scripts/up.py\n", "scripts/up.py": CODE, ".git/x": ""},
}
HERE = {
    "another function of events": {"a.py": CODE + "def on_click(event, context): ...\n"},
    "a container of something else": {
        "Dockerfile": 'FROM python:3.12\nCOPY . .\nCMD ["python", "other.py"]\n',
        "job.py": CODE,
        "other.py": "x = 1\n",
    },
    "a template of another folder": {"b/template.yaml": SAM, "b/src/app.py": "x = 1\n", "a.py": CODE},
    "ci that tests": {".github/workflows/a.yml": "jobs:\n  a:\n    steps:\n      - run: python -m pytest\n", "a.py": CODE, ".git/x": ""},
}


def laid(files: dict[str, str]) -> dict[str, str]:
    for name, text in files.items():
        Path("r", name).parent.mkdir(parents=True, exist_ok=True)
        Path("r", name).write_text(text)
    return {n: Path("r", n).read_text() for n in files}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_left_until_somebody_says(name: str, run: Run) -> None:
    before = laid(ELSEWHERE[name])
    done = run("code", "r", "--yes", *MAP)
    assert done.returncode == 1 and "AWS227" in done.stdout and SECRET not in done.stdout
    assert {n: Path("r", n).read_text() for n in before} == before
    keyed = next(n for n, text in before.items() if KEY in text)
    assert run("code", "r", "--yes", *MAP, "--target", "default-chain").returncode == 0
    assert CHAIN in Path("r", keyed).read_text()
    laid(ELSEWHERE[name])
    assert run("code", "r", "--yes", *MAP, "--target", "profile").returncode == 0
    assert PROFILE in Path("r", keyed).read_text()


@pytest.mark.parametrize("name", HERE)
def test_code_that_runs_anywhere_is_rewritten(name: str, run: Run) -> None:
    laid(HERE[name])
    done = run("code", "r", "--yes", *MAP)
    assert done.returncode == 0, done.stdout


def test_patterns_of_the_plan(run: Run) -> None:
    laid({"handlers/a.py": HANDLER, "tools/b.py": CODE, "jobs/c.py": HANDLER})
    Path("plan.ini").write_text(f"[targets]\n    handlers/** = default-chain\n    jobs/** = profile\n[keys]\n    {KEY} = dev\n")
    done = run("code", "r", "--yes", "--plan", "plan.ini")
    assert done.returncode == 0, done.stdout + done.stderr
    texts = {n: Path("r", n).read_text() for n in ("handlers/a.py", "tools/b.py", "jobs/c.py")}
    assert CHAIN in texts["handlers/a.py"] and PROFILE in texts["tools/b.py"] and PROFILE in texts["jobs/c.py"]


def test_a_pattern_may_name_the_repository(run: Run) -> None:
    laid({"a.py": HANDLER})
    Path("plan.ini").write_text(f"[targets]\n    r = default-chain\n[keys]\n    {KEY} = dev\n")
    assert run("code", "r", "--yes", "--plan", "plan.ini").returncode == 0 and CHAIN in Path("r/a.py").read_text()


def test_a_key_that_both_share_is_left(run: Run) -> None:
    before = laid({"conf.py": f'KEY = "{KEY}"\nSECRET = "{SECRET}"\n',
                   "handlers/a.py": "import boto3\nfrom conf import KEY, SECRET\n\nboto3.client('s3', aws_access_key_id=KEY, aws_secret_access_key=SECRET)\n"})  # fmt: skip
    Path("plan.ini").write_text(f"[targets]\n    handlers/** = default-chain\n[keys]\n    {KEY} = dev\n")
    done = run("code", "r", "--yes", "--plan", "plan.ini")
    assert done.returncode == 1 and "AWS227" in done.stdout and {n: Path("r", n).read_text() for n in before} == before


def test_targets_of_a_plan_are_checked(run: Run) -> None:
    laid({"a.py": CODE})
    Path("plan.ini").write_text("[targets]\n    a/** = nowhere\n")
    done = run("code", "r", "--dry-run", "--plan", "plan.ini")
    assert done.returncode == 2 and "plan.ini:2" in done.stderr and "profile or default-chain" in done.stderr


def test_a_settings_file_of_code_in_a_container(run: Run) -> None:
    laid({"Dockerfile": 'CMD ["python", "job.py"]\n', ".env": f"AWS_ACCESS_KEY_ID={KEY}\nAWS_SECRET_ACCESS_KEY={SECRET}\n",
          "job.py": "import os\nimport boto3\nfrom dotenv import load_dotenv\nload_dotenv()\n"
          "boto3.client('s3', aws_access_key_id=os.environ['AWS_ACCESS_KEY_ID'], aws_secret_access_key=os.environ['AWS_SECRET_ACCESS_KEY'])\n"})  # fmt: skip
    done = run("code", "r", "--yes", *MAP)
    assert done.returncode == 1 and "AWS227" in done.stdout
    assert run("code", "r", "--yes", *MAP, "--target", "default-chain").returncode == 0
    assert Path("r/.env").read_text() == "" and "access_key" not in Path("r/job.py").read_text()


def test_all_entries_of_a_table_go_for_the_default_chain(run: Run) -> None:
    laid({"conf.json": f'{{"aws": {{"key": "{KEY}", "secret": "{SECRET}"}}, "n": 1}}',
          "job.py": "import json\nimport boto3\nc = json.load(open('conf.json'))\n"
          "boto3.client('s3', aws_access_key_id=c['aws']['key'], aws_secret_access_key=c['aws']['secret'])\n"})  # fmt: skip
    assert run("code", "r", "--yes", *MAP, "--target", "default-chain").returncode == 0
    assert Path("r/conf.json").read_text() == '{"aws": {}, "n": 1}' and "boto3.client('s3')\n" in Path("r/job.py").read_text()


def test_variables_of_a_file_that_the_chain_would_read(run: Run) -> None:
    """The default chain would not be what signs at the call: `.env` names a profile, which the program loads for its other calls."""
    laid({".env": "AWS_PROFILE=prod\n", "a.py": "from dotenv import load_dotenv\n\nload_dotenv()\n" + CODE})
    done = run("code", "r", "--yes", *MAP, "--target", "default-chain")
    assert done.returncode == 1 and KEY in Path("r/a.py").read_text() and "`AWS_PROFILE`" in done.stdout, done.stdout


@pytest.mark.parametrize("more", ['"bucket": "b"', '"bucket": "b", "n": 1', '"n": {"m": 1}'])
@pytest.mark.parametrize("gap", ["", " ", "\n  "])
def test_entries_that_begin_a_json_file_go(more: str, gap: str, run: Run) -> None:
    laid({"c.json": f'{{{gap}"key": "{KEY}",{gap}"secret": "{SECRET}",{gap}{more}\n}}\n',
          "a.py": "import json\nimport boto3\n\nwith open('c.json') as f:\n    c = json.load(f)\n"
          "boto3.client('s3', aws_access_key_id=c['key'], aws_secret_access_key=c['secret'])\n"})  # fmt: skip
    assert run("code", "r", "--yes", *MAP, "--target", "default-chain").returncode == 0
    assert Path("r/c.json").read_text() == f"{{{gap}{more}\n}}\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Dockerfile", 'FROM python\nCOPY . .\nENTRYPOINT ["./run.sh"]\n'),
        ("docker-compose.yml", "services:\n  job:\n    image: python\n    command: python jobs/a.py\n"),
        ("deploy/job.yaml", 'apiVersion: batch/v1\nkind: CronJob\nspec:\n  command: ["python", "/app/jobs/a.py"]\n'),
        ("deploy/job.service", "[Service]\nExecStart=/opt/venv/bin/python /opt/app/jobs/a.py\n"),
        ("deploy/crontab", "0 3 * * * app python3 /opt/app/jobs/a.py\n"),
        ("task.json", '{"containerDefinitions": [{"command": ["python", "jobs/a.py"]}]}\n'),
    ],
)
def test_what_runs_elsewhere_as_a_service(name: str, text: str, run: Run) -> None:
    laid({name: text, "jobs/a.py": CODE})
    done = run("code", "r", "--yes", *MAP)
    assert done.returncode == 1 and "AWS227" in done.stdout and KEY in Path("r/jobs/a.py").read_text(), done.stdout
    assert run("code", "r", "--yes", *MAP, "--target", "profile").returncode == 0
