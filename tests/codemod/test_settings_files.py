"""Keys in settings files: the program signs as before in every environment, or file and code stay to the byte and are told."""

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.codemod import (
    carriers,
    carriers_accounts,
    carriers_guards,
    carriers_handed,
    carriers_merged,
    carriers_objects,
    carriers_order,
    carriers_outside,
    carriers_paths,
    carriers_readers,
    carriers_required,
    carriers_several,
)
from tests.codemod.carriers import Case
from tests.conftest import Run
from tests.forking import Starter
from tests.madeup import key_id, secret

SIGNING = Path(__file__).with_name("signing.py")
OUTSIDE = key_id("outside")
CASES = (
    *(carriers, carriers_accounts, carriers_guards, carriers_handed, carriers_merged, carriers_objects, carriers_order),
    *(carriers_outside, carriers_paths, carriers_readers, carriers_required, carriers_several),
)
REWRITTEN = {name: case for module in CASES for name, case in module.REWRITTEN.items()}
LEFT = {name: case for module in CASES for name, case in module.LEFT.items()}


def sampled(names: Iterable[str]) -> list[object]:
    """Every fifth of them in the quick run, the rest beside the slow tests: each starts several processes."""
    return [pytest.param(name, marks=() if n % 5 == 0 else pytest.mark.slow) for n, name in enumerate(sorted(names))]


MAPPED = ["--map-key", f"{key_id('dev')}=dev", "--map-key", f"{key_id('prod')}=prod"]


def filled(text: str) -> str:
    for name, tail in (("dev", ""), ("prod", "2")):
        text = text.replace(f"<id{tail}>", key_id(name)).replace(f"<secret{tail}>", secret(name))
    return text.replace("<outside>", OUTSIDE)


def laid(case: Case, folder: Path) -> dict[str, str]:
    for name, text in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(filled(text))
    return standing(folder)


def standing(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def signed(boto3: Starter, folder: Path, script: str, envs: list[dict[str, str]], tmp_path: Path) -> list[object]:
    """What the program does in each environment."""
    home = tmp_path / "signing"
    (home / ".aws").mkdir(parents=True, exist_ok=True)
    asked = {
        "envs": [{k: filled(v) for k, v in env.items()} for env in envs],
        "rows": [(n, key_id(n), secret(n)) for n in ("dev", "prod", "default")],
        "home": str(home),
    }
    done = boto3.run(
        [str(SIGNING), str(folder), script],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
             "PYTHONDONTWRITEBYTECODE": "1", "SIGNING": json.dumps(asked)},
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results: list[object] = json.loads(done.stdout)
    return results


@pytest.mark.parametrize("name", sampled(REWRITTEN))
def test_file_and_code_are_rewritten_together(name: str, run: Run, tmp_path: Path, boto3: Starter) -> None:
    case = REWRITTEN[name]
    before, after = tmp_path / "before", tmp_path / "after"
    laid(case, before)
    laid(case, after)
    done = run("code", str(after), "--yes", *MAPPED)
    assert done.returncode == 0, done.stdout + done.stderr
    texts = standing(after)
    assert not any(part in t for t in texts.values() for part in (key_id("dev"), secret("dev"))), texts
    assert secret("dev") not in done.stdout + done.stderr and key_id("dev") not in done.stdout + done.stderr
    for wanted in case.texts:
        assert any(wanted in t for t in texts.values()), texts
    old, new = (signed(boto3, folder, case.script, case.envs, tmp_path) for folder in (before, after))
    for env, x, y in zip(case.envs, old, new, strict=True):
        assert x == y, (env, texts)
    assert run("code", str(after), "--yes", *MAPPED).returncode == 0 and standing(after) == texts
    assert run("undo", "--yes").returncode == 0 and standing(after) == standing(before)


REQUIRED = {
    "at the call": "boto3.client('s3', aws_access_key_id=os.environ['UPLOAD_KEY'], aws_secret_access_key=os.environ['UPLOAD_SECRET'])\n",
    "names": "KEY = os.environ['UPLOAD_KEY']\nSECRET = os.environ['UPLOAD_SECRET']\nboto3.client('s3', aws_access_key_id=KEY, aws_secret_access_key=SECRET)\n",
    "attributes": "class S:\n    def __init__(self):\n        self.key = os.environ['UPLOAD_KEY']\n        self.secret = os.environ['UPLOAD_SECRET']\n"
    "s = S()\nboto3.client('s3', aws_access_key_id=s.key, aws_secret_access_key=s.secret)\n",
    "arguments": "def make(key, secret):\n    return boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret)\n"
    "make(os.environ['UPLOAD_KEY'], os.environ['UPLOAD_SECRET'])\n",
}


@pytest.mark.parametrize("name", REQUIRED)
def test_what_had_to_be_set_still_has_to_be(name: str, run: Run, tmp_path: Path, boto3: Starter) -> None:
    """Without the file and the variables, the program ends with KeyError, as it did: the default credentials do not sign instead."""
    folder = tmp_path / "p"
    laid(carriers.dotenv(carriers.LOAD + REQUIRED[name]), folder)
    assert run("code", str(folder), "--yes", *MAPPED).returncode == 0
    (folder / ".env").unlink()
    assert "KeyError: 'UPLOAD_PROFILE'" in str(signed(boto3, folder, "main.py", [{}], tmp_path)), standing(folder)


@pytest.mark.parametrize(
    ("key", "secret"), [("['aws']['key']", "['aws'].get('secret')"), (".aws.key", ".aws['secret']"), ("['aws'].key", ".aws.secret")]
)
def test_streamlits_secrets(key: str, secret: str, run: Run, tmp_path: Path) -> None:
    secrets, main = tmp_path / ".streamlit/secrets.toml", tmp_path / "main.py"
    secrets.parent.mkdir()
    secrets.write_text(filled('# ours\n[aws]\nkey = "<id>"\nsecret = "<secret>"\n'))
    main.write_text(
        f"import boto3\nimport streamlit as st\nboto3.client('s3', aws_access_key_id=st.secrets{key}, aws_secret_access_key=st.secrets{secret})\n"
    )
    done = run("code", str(tmp_path), "--yes", *MAPPED)
    assert done.returncode == 0, done.stdout
    assert secrets.read_text() == '# ours\n[aws]\nprofile = "dev"\n'
    assert f"boto3.Session(profile_name=st.secrets{key.replace('key', 'profile')}).client('s3')" in main.read_text()


def test_streamlit_exports_what_stands_at_the_top(run: Run, tmp_path: Path) -> None:
    secrets, main = tmp_path / ".streamlit/secrets.toml", tmp_path / "main.py"
    secrets.parent.mkdir()
    secrets.write_text(filled('UPLOAD_KEY = "<id>"\nUPLOAD_SECRET = "<secret>"\n'))
    code = "import os\nimport boto3\nimport streamlit as st\nboto3.client('s3', aws_access_key_id=st.secrets['UPLOAD_KEY'], aws_secret_access_key={})\n"
    main.write_text(code.format("os.environ['UPLOAD_SECRET']"))
    done = run("code", str(tmp_path), "--yes", *MAPPED)
    assert done.returncode == 1 and secret("dev") in secrets.read_text(), done.stdout
    main.write_text(code.format("st.secrets['UPLOAD_SECRET']"))
    done = run("code", str(tmp_path), "--yes", *MAPPED)
    assert done.returncode == 0 and secrets.read_text() == 'UPLOAD_PROFILE = "dev"\n', done.stdout


@pytest.mark.parametrize("name", sampled(LEFT))
def test_file_and_code_are_left_and_told(name: str, run: Run, tmp_path: Path) -> None:
    case = LEFT[name]
    before = laid(case, tmp_path / "r")
    done = run("code", str(tmp_path / "r"), "--yes", *MAPPED)
    assert done.returncode == 1 and standing(tmp_path / "r") == before, done.stdout + done.stderr
    assert "AWS225" in done.stdout and secret("dev") not in done.stdout + done.stderr
