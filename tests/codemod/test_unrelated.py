"""Files that a person says have nothing to do with a key: what they patch or set no longer prevents a rewrite, what they name still does."""

from pathlib import Path

import pytest

from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from migrate.outcome import Outcome
from tests.conftest import Run
from tests.madeup import key_id, secret

STORE = f'''import boto3

KEY, SECRET = "{key_id("dev")}", "{secret("dev")}"


def rows():
    return boto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name="eu-west-1").list_buckets()
'''
PATCHING = 'from unittest import mock\n\nimport store\n\n\ndef test_rows():\n    with mock.patch("boto3.client"):\n        store.rows()\n'
NAMING = 'import store\n\n\ndef test_key():\n    assert store.KEY.startswith("AK")\n'
HOME = 'import pytest\n\n\n@pytest.fixture(autouse=True)\ndef home(monkeypatch):\n    monkeypatch.setenv("HOME", "/nowhere")\n'
LOADING = "import importlib\nimport sys\n\nfor name in sys.argv[1:]:\n    print(vars(importlib.import_module(name)))\n"


def decided(folder: Path, files: dict[str, str], *unrelated: str) -> Outcome:
    """Return what becomes of a program in a folder where some files are said to be unrelated."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    mapping = KeyMap({key_id("dev"): "dev"})
    return rewrite_code(CodeRequest([folder], mapping, jobs=1, unrelated=[(None, unrelated)]))


@pytest.mark.parametrize(
    ("name", "text"),
    [("tests/test_store.py", PATCHING), ("tests/conftest.py", HOME), ("tools/show.py", LOADING)],
    ids=["patches", "sets HOME", "loads any module"],
)
def test_what_an_unrelated_file_may_do_does_not_prevent_a_rewrite(tmp_path: Path, name: str, text: str) -> None:
    files = {"store.py": STORE, name: text}
    if name.startswith("tests"):
        files.setdefault("tests/test_more.py", "import store\n\n\ndef test_it():\n    store.rows()\n")
    left = decided(tmp_path, files)
    assert not left.changes and left.findings
    done = decided(tmp_path, files, f"{name.split('/')[0]}/**")
    assert [c.path.name for c in done.changes] == ["store.py"]


def test_an_unrelated_file_that_names_what_would_go_still_keeps_it(tmp_path: Path) -> None:
    assert not decided(tmp_path, {"store.py": STORE, "tests/test_key.py": NAMING}, "tests/**").changes


def test_a_key_in_an_unrelated_file_is_rewritten_as_before(tmp_path: Path) -> None:
    done = decided(tmp_path, {"store.py": STORE}, "store.py")
    assert [c.path.name for c in done.changes] == ["store.py"]


def test_the_finding_says_how_to_say_so(tmp_path: Path) -> None:
    left = decided(tmp_path, {"store.py": STORE, "tests/test_store.py": PATCHING})
    assert "run again with --unrelated tests/test_store.py" in left.findings[0].help


@pytest.mark.parametrize("way", ["option", "setting"])
def test_the_command_takes_it_as_an_option_and_as_a_setting(run: Run, way: str) -> None:
    for name, text in {"store.py": STORE, "tests/test_store.py": PATCHING}.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    option = ["--unrelated", "tests/**"] if way == "option" else []
    if way == "setting":
        Path("pyproject.toml").write_text('[tool.aws-sso-migrate]\nunrelated = ["tests/**"]\n', encoding="utf-8")
    done = run("code", ".", "--map-key", f"{key_id('dev')}=dev", "--allow-missing-profile", "--yes", *option)
    assert done.returncode == 0, done.stdout
    assert 'profile_name="dev"' in Path("store.py").read_text(encoding="utf-8")


def test_a_settings_file_is_rewritten_where_only_unrelated_files_are_in_the_way(run: Run) -> None:
    files = {
        ".env": f"AWS_ACCESS_KEY_ID={key_id('dev')}\nAWS_SECRET_ACCESS_KEY={secret('dev')}\n",
        "main.py": 'import boto3\nfrom dotenv import load_dotenv\n\nload_dotenv()\nboto3.client("s3", region_name="eu-west-1").list_buckets()\n',
        "tests/test_all.py": "import os\n\n\ndef test_it():\n    assert dict(os.environ)\n",
        "docker/notes.yml": "env: AWS_ACCESS_KEY_ID\n",
    }
    for name, text in files.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    given = ["code", ".", "--map-key", f"{key_id('dev')}=dev", "--allow-missing-profile", "--yes"]
    assert run(*given).returncode == 1
    assert key_id("dev") in Path(".env").read_text(encoding="utf-8")
    done = run(*given, "--unrelated", "tests/**", "--unrelated", "docker/**")
    assert "AWS_PROFILE=dev" in Path(".env").read_text(encoding="utf-8"), done.stdout


def test_a_pattern_that_is_none_is_refused(run: Run) -> None:
    Path("store.py").write_text(STORE, encoding="utf-8")
    done = run(
        "code",
        ".",
        "--map-key",
        f"{key_id('dev')}=dev",
        "--allow-missing-profile",
        "--dry-run",
        "--unrelated",
        "tests/**",
        "--unrelated",
        "!",
    )
    assert done.returncode == 2 and "a pattern of --unrelated is invalid" in done.stderr


SETTINGS = {
    "local.env": f"UP_KEY={key_id('dev')}\nUP_SECRET={secret('dev')}\n",
    "main.py": "import os\n\nimport boto3\nfrom dotenv import load_dotenv\n\nload_dotenv('local.env')\nboto3.client('s3', aws_access_key_id=os.environ['UP_KEY'], "
    "aws_secret_access_key=os.environ['UP_SECRET'], region_name='eu-west-1').list_buckets()\n",
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "ops/read.py",
            "with open('local.env') as lines:\n    given = dict(line.split('=', 1) for line in lines)\nprint(given['UP_SECRET'])\n",
        ),
        ("ops/read.py", "import shop\n\nprint(shop.os.getenv('UP_KEY'))\n"),
        ("ops/read.py", "import shop\n\nprint(shop.env.environ['UP_KEY'])\n"),
        ("docker-compose.yml", "services:\n  web:\n    env_file:\n      - local.env\n"),
        ("ops/up.sh", "# starts it\nset -a\n. ./local.env\nrun-it\n"),
        ("ops/up.sh", 'grep UP_KEY "$PWD"/local.env\n'),
    ],
    ids=[
        "names file and entry",
        "asks by another's os",
        "asks an environment",
        "compose loads it",
        "a script loads it",
        "a script reads an entry",
    ],
)
def test_an_unrelated_file_that_surely_reads_a_settings_file_still_keeps_it(tmp_path: Path, name: str, text: str) -> None:
    files = {**SETTINGS, "shop.py": "import os\n", name: text}
    assert not decided(tmp_path, files, "ops/**", "*.yml").changes


@pytest.mark.parametrize("text", ["env: UP_KEY\n", "# copy local.env first\nports: []\n"], ids=["a variable alone", "a comment"])
def test_a_mere_mention_of_a_settings_file_is_a_matter_of_saying_so(tmp_path: Path, text: str) -> None:
    files = {**SETTINGS, "ops/a b.yml": text}
    left = decided(tmp_path, files)
    assert not left.changes
    assert "if 'ops/a b.yml' has nothing to do with this key, run again with --unrelated 'ops/a b.yml'" in left.findings[0].help
    done = decided(tmp_path, files, "ops/**")
    assert {c.path.name for c in done.changes} == {"local.env", "main.py"}


def test_an_unrelated_file_that_takes_the_module_by_its_whole_name_still_keeps_it(tmp_path: Path) -> None:
    taking = "import sys\n\nimport main\n\nmain.rows()\nstore = sys.modules['store']\nprint(store.KEY, store.SECRET)\n"
    files = {"store.py": STORE, "main.py": "from store import rows\n", "ops/show.py": taking}
    assert not decided(tmp_path, files, "ops/**").changes
