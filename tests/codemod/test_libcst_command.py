"""The codemod as other people's pipelines run it: LibCST's own command line, and `transform_module`."""

import subprocess
import sys
from pathlib import Path

import libcst as cst
import pytest
from libcst.codemod import CodemodContext, TransformSuccess, transform_module

from migrate.codemod.command import ReplaceAwsKeys
from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
MAP = ["--map-key", f"{KEY}=dev"]
CALL = 'boto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET).list_buckets()\n'
KEYS = f'KEY = "{KEY}"\nSECRET = "{SECRET}"\n'
ALONE = f"import boto3\n\n{KEYS}\n{CALL}"
AFTER = 'import boto3\n\nboto3.Session(profile_name="dev").client("s3").list_buckets()\n'


def libcst(*args: str) -> "subprocess.CompletedProcess[str]":
    """LibCST's command line with our command."""
    command = [
        sys.executable,
        "-m",
        "libcst.tool",
        "codemod",
        "-x",
        "migrate.codemod.command.ReplaceAwsKeys",
        "--no-format",
        "--hide-progress",
    ]
    return subprocess.run([*command, *args], capture_output=True, text=True, timeout=300)


def test_one_module_is_rewritten(tmp_path: Path) -> None:
    main = tmp_path / "main.py"
    main.write_text(ALONE)
    done = libcst(*MAP, str(main))
    assert done.returncode == 0, done.stderr
    assert main.read_text() == AFTER
    assert SECRET not in done.stdout + done.stderr and KEY not in done.stdout + done.stderr


@pytest.mark.slow
def test_one_module_keeps_what_another_file_imports(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.py").write_text(ALONE)
    (tmp_path / "other.py").write_text("from main import KEY\nprint(KEY)\n")
    done = libcst(*MAP, str(tmp_path / "main.py"))
    assert (tmp_path / "main.py").read_text() == ALONE
    assert "AWS2" in done.stderr and SECRET not in done.stderr


def test_a_program_is_decided_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(KEYS + "BUCKET = 'b'\n")
    (tmp_path / "main.py").write_text(f"import boto3\nfrom conf import KEY, SECRET\n\n{CALL}")
    done = libcst(*MAP, "--program", str(tmp_path), str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "conf.py").read_text() == "BUCKET = 'b'\n"
    assert (tmp_path / "main.py").read_text() == 'import boto3\n\nboto3.Session(profile_name="dev").client("s3").list_buckets()\n'


def test_a_part_of_a_program_is_left_and_told(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(KEYS)
    (tmp_path / "main.py").write_text(f"import boto3\nfrom conf import KEY, SECRET\n\n{CALL}")
    done = libcst(*MAP, "--program", str(tmp_path), str(tmp_path / "main.py"))
    assert "conf" in (tmp_path / "main.py").read_text() and (tmp_path / "conf.py").read_text() == KEYS
    assert "AWS230" in done.stderr and "conf.py" in done.stderr


def test_a_wrong_option_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(ALONE)
    done = libcst("--map-key", "nonsense", str(tmp_path / "main.py"))
    assert done.returncode == 2 and "--map-key requires" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(("text", "after"), [(ALONE, AFTER), ("print('no key')\n", "print('no key')\n")])
def test_transform_module_takes_a_text(text: str, after: str) -> None:
    done = transform_module(ReplaceAwsKeys(CodemodContext(), map_key=[f"{KEY}=dev"]), text)
    assert isinstance(done, TransformSuccess) and done.code == after and done.warning_messages == []


def test_what_is_not_certain_is_a_warning() -> None:
    text = f'import boto3\nshow("{KEY}", "{SECRET}")\n'
    done = transform_module(ReplaceAwsKeys(CodemodContext(), map_key=[f"{KEY}=dev"]), text)
    assert isinstance(done, TransformSuccess) and done.code == text
    assert len(done.warning_messages) == 1 and "line 2: AWS2" in done.warning_messages[0] and SECRET not in done.warning_messages[0]


def test_it_composes_with_other_transforms() -> None:
    tree = ReplaceAwsKeys(CodemodContext(), map_key=[f"{KEY}=dev"]).transform_module(cst.parse_module(ALONE))
    assert tree.code == AFTER


def test_another_account_has_to_be_confirmed_here_too(home: Path) -> None:
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws/config").write_text("[profile dev]\nrole_arn = arn:aws:iam::999988887777:role/Dev\nsource_profile = x\n")
    for confirmed, after in (((), ALONE), (("dev",), AFTER)):
        context = CodemodContext(filename="main.py")
        result = transform_module(ReplaceAwsKeys(context, [f"{KEY}=dev"], other_account=confirmed), ALONE)
        assert isinstance(result, TransformSuccess) and result.code == after
        assert any("AWS235" in warning for warning in result.warning_messages) == (not confirmed)
