"""`--review` of code and of a whole migration: what is asked about together, what is left with its reason, and what that does to signing."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.codemod.homes import with_profiles
from tests.conftest import Run
from tests.madeup import key_id, secret
from tests.terminal import Terminal, answered

NAMES = ("one", "two", "three")


def ini(name: str) -> str:
    return f"[{name}]\naws_access_key_id = {key_id(name)}\naws_secret_access_key = {secret(name)}\n"


def call(name: str) -> str:
    return f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{key_id(name)}", aws_secret_access_key="{secret(name)}")\n'


@pytest.fixture
def repo(home: Path) -> Path:
    """Three files, each with a key of its own; the profiles are there."""
    with_profiles(home, *NAMES)
    folder = Path("repo")
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text(call(name))
    return folder


MAPPED = [arg for name in NAMES for arg in ("--map-key", f"{key_id(name)}={name}")]
CODE = ["code", "repo", *MAPPED, "--review"]


def test_each_file_by_itself(repo: Path, run: Run) -> None:
    before = {p.name: p.read_text() for p in repo.iterdir()}
    status, text = answered(CODE, "y", "n", "y")
    assert status == 1
    after = {p.name: p.read_text() for p in repo.iterdir()}
    assert 'profile_name="one"' in after["one.py"] and 'profile_name="two"' in after["two.py"] and after["three.py"] == call("three")
    assert "(2/3)" in text and "three.py:3:1: AWS193 skipped in the review" in text and "2 files changed, 1 issue needs" in text
    assert run("undo", "--yes").returncode == 0
    assert {p.name: p.read_text() for p in repo.iterdir()} == before


def test_files_that_share_a_key_are_one_question(repo: Path) -> None:
    (repo / "keys.py").write_text(
        f'ID = "{key_id("one")}"\nSECRET = "{secret("one")}"\nOTHER = "{key_id("two")}"\nHUSH = "{secret("two")}"\n'
    )
    (repo / "one.py").write_text(
        "import boto3\nimport keys\n\nboto3.client('s3', aws_access_key_id=keys.ID, aws_secret_access_key=keys.SECRET)\n"
    )
    (repo / "two.py").write_text(
        "import boto3\nfrom keys import OTHER, HUSH\n\nboto3.client('s3', aws_access_key_id=OTHER, aws_secret_access_key=HUSH)\n"
    )
    before = {p.name: p.read_text() for p in repo.iterdir()}
    status, text = answered(CODE, "n", "y")
    after = {p.name: p.read_text() for p in repo.iterdir()}
    changed = {name for name in after if after[name] != before[name]}
    assert status == 1 and changed == {"three.py"} and "3 files: " in text and text.count("AWS193") == 3


def test_what_goes_into_the_environment_is_one_question(repo: Path) -> None:
    """Of two keys that a program puts into its environment, taking one alone would let the other sign in its stead."""
    for name in ("one", "two"):
        (repo / f"{name}.py").write_text(
            f'import os\nimport boto3\n\n\ndef use():\n    os.environ["AWS_ACCESS_KEY_ID"] = "{key_id(name)}"\n'
            f'    os.environ["AWS_SECRET_ACCESS_KEY"] = "{secret(name)}"\n    return boto3.client("s3")\n'
        )
    (repo / "main.py").write_text("import one, two\n\none.use()\ntwo.use()\n")
    status, text = answered(CODE, "n", "n")
    assert "(1/2)" in text and "2 files: " in text and status == 1


def test_a_key_that_stands_on_somewhere_is_not_taken_for_replaced(repo: Path, home: Path) -> None:
    (repo / "two.py").write_text(call("one"))
    status, _ = answered([*CODE, "--format", "json", "--report", "r.json"], "y", "y", "n")
    assert status == 1 and json.loads(Path("r.json").read_text())["run"]
    journal = json.loads(next(home.rglob("journal.json")).read_text())
    # one.py was taken and two.py, with the same key, left: nobody may retire it yet. three.py's is gone
    assert [(k["key"][-4:], k["profile"]) for k in journal["keys"]] == [(key_id("three")[-4:], "three")]


def test_edit(repo: Path, use_editor: Any) -> None:
    (repo / "two.py").write_text(f"# {key_id('unmapped')}\n" + call("two"))
    use_editor('sed -i "s/^s3 = /client = /" "$1"')
    status, text = answered([*CODE, "--exclude", "three.py"], "e", "y", "e", "y")
    assert status == 1 and "AWS219" in text
    assert "client = " in (repo / "one.py").read_text() and key_id("unmapped") in (repo / "two.py").read_text()


def test_all_files_of_a_group_are_edited_together(repo: Path, use_editor: Any) -> None:
    for folder in ("a", "b"):
        (repo / folder).mkdir()
        (repo / folder / "__init__.py").touch()
    (repo / "a/same.py").write_text(f'ID = "{key_id("one")}"\nSECRET = "{secret("one")}"\n\n\ndef use():\n    return 1\n')
    (repo / "b/same.py").write_text(
        "import boto3\nfrom a.same import ID, SECRET\n\nboto3.client('s3', aws_access_key_id=ID, aws_secret_access_key=SECRET)\n"
    )
    use_editor('test $# = 2 && sed -i "s/return 1/return 2/" "$1" && echo "# by hand" >> "$2"')
    status, text = answered([*CODE, "--exclude", "/*.py"], "e", "y")
    assert status == 0 and text.count("2 files: ") == 2
    assert "return 2" in (repo / "a/same.py").read_text() and key_id("one") not in (repo / "a/same.py").read_text()
    assert (repo / "b/same.py").read_text().endswith("# by hand\n") and "profile_name='one'" in (repo / "b/same.py").read_text()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('echo "KEY = \'ID\'" >> "$1"', "contains a key again"),
        ('echo "# SECRET" >> "$1"', "contains a key again"),
        ("echo \"KEY = 'HALF' 'OTHER'\" >> \"$1\"", "contains a key again"),
        ('echo "def (" >> "$1"', "cannot be used"),
        ("sed -i 's/^import boto3//' $1", "`boto3` would no longer be defined"),
        ("printf '\\0' >> $1", "cannot be used"),
    ],
)
def test_an_edit_that_would_not_do(repo: Path, use_editor: Any, script: str, said: str) -> None:
    name = key_id("one")
    use_editor(script.replace("ID", name).replace("SECRET", secret("one")).replace("HALF", name[:9]).replace("OTHER", name[9:]))
    status, text = answered([*CODE, "--exclude", "t*.py"], "e", "n")
    assert status == 1 and said in text and (repo / "one.py").read_text() == call("one")


def test_a_notebook_is_edited_as_it_lies_there(repo: Path, use_editor: Any) -> None:
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": call("one").splitlines(True)}
    (repo / "n.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    use_editor('case "$(cat "$1")" in *a_name*) echo "{" > "$1";; *) sed -i "s/s3 = /a_name = /" "$1";; esac')
    status, text = answered([*CODE, "--exclude", "*.py"], "e", "e", "y")
    assert status == 0 and "cannot be used" in text and "a_name = " in (repo / "n.ipynb").read_text()


def test_a_branch_and_a_commit_of_what_was_taken(repo: Path) -> None:
    git = ["git", "-C", "repo", "-c", "user.name=kim", "-c", "user.email=kim@example.com"]
    for args in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *args], check=True)
    for name, value in (("user.name", "kim"), ("user.email", "kim@example.com")):
        subprocess.run([*git, "config", name, value], check=True)
    status, text = answered([*CODE, "--git-branch", "sso", "--git-commit"], "n", "a")
    assert status == 1 and "on sso" in text
    shown = subprocess.run([*git, "show", "--stat", "sso"], capture_output=True, text=True, check=True).stdout
    assert "three.py" in shown and "two.py" in shown and "one.py |" not in shown and "one.py:3: AWS193" in shown
    assert subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True).stdout == ""
    (repo / "one.py").write_text("dirty\n" + call("one"))
    terminal = Terminal([*CODE, "--git-commit"])
    assert terminal.end() == 2 and "not clean" in terminal.text and "Accept this" not in terminal.text


# -- the whole migration

PLAN = """\
[sso_sessions]
    [[corp]]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = us-west-2
[profiles]
"""


@pytest.fixture
def laptop(home: Path) -> Path:
    """Two profiles, and code with their keys and with one that only the plan maps."""
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(ini("dev") + ini("ops"))
    Path("repo").mkdir()
    for name in ("dev", "ops", "one"):
        Path(f"repo/{name}.py").write_text(call(name))
    profiles = "".join(
        f"    [[{n}]]\n        action = sso\n        sso_session = corp\n        sso_account_id = 111122223333\n        sso_role_name = {n.title()}\n"
        for n in ("dev", "ops")
    )
    Path("plan.ini").write_text(f"{PLAN}{profiles}[keys]\n    {key_id('one')} = ops\n")
    return home / ".aws"


RUN = ["run", "repo", "--plan", "plan.ini", "--review"]


def test_config_first_and_then_the_code_that_can_be(laptop: Path, run: Run) -> None:
    """Code whose profile was left waits for it: nobody is asked, and each file says why."""
    before = {p: p.read_text() for p in (laptop / "credentials", *Path("repo").iterdir())}
    status, text = answered(RUN, "y", "n", "y")
    assert status == 1 and text.count("left unchanged: profile ops was skipped in the review") == 2 and "(1/1)" in text
    assert 'profile_name="dev"' in Path("repo/dev.py").read_text()
    assert Path("repo/ops.py").read_text() == call("ops") and Path("repo/one.py").read_text() == call("one")
    assert ini("ops") == (laptop / "credentials").read_text() and "[profile dev]" in (laptop / "config").read_text()
    assert "aws-sso-migrate login corp" in text
    assert run("undo", "--yes").returncode == 0
    assert {p: p.read_text() for p in before} == before and not (laptop / "config").exists()


def test_all_the_rest_is_all_of_both_halves(laptop: Path) -> None:
    status, text = answered(RUN, "a")
    assert status == 0, text
    assert all("profile_name=" in p.read_text() for p in Path("repo").iterdir()) and (laptop / "credentials").read_text() == ""


def test_config_alone(laptop: Path, home: Path) -> None:
    status, _ = answered(RUN, "y", "y", "q")
    assert status == 1 and (laptop / "credentials").read_text() == "" and Path("repo/dev.py").read_text() == call("dev")


def test_ctrl_c_between_the_halves(laptop: Path) -> None:
    before = (laptop / "credentials").read_text()
    status, _ = answered(RUN, "y", "y", "\x03")
    assert status == 130 and (laptop / "credentials").read_text() == before and not (laptop / "config").exists()
    assert all(p.read_text() == call(p.stem) for p in Path("repo").iterdir())


def test_nothing_taken_of_either_half(laptop: Path) -> None:
    status, text = answered(RUN, "q")
    assert status == 1 and "Nothing to change" in text


def test_warnings_of_a_change_go_with_it(repo: Path, home: Path) -> None:
    profiles = "".join(f"[profile {name}]\nregion = us-east-1\n" for name in NAMES)
    (home / ".aws/config").write_text(f"[default]\nregion = eu-central-1\n{profiles}")
    status, text = answered(CODE, "n", "y", "y")  # the files in the order of their names: one, three, two
    said = text.rpartition("[y,n,a,q,e,?]?")[2]
    assert status == 1 and "one.py:3:1: AWS193" in said
    assert "one.py:3:1: AWS228" not in said and "two.py:3:1: AWS228" in said and "three.py:3:1: AWS228" in said
    assert "run the same command again to review what was skipped" in said
