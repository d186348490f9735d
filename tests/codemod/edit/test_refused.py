"""A key in a statement that LibCST cannot take: left, with a finding; the rest of the program is rewritten."""

from pathlib import Path

from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from tests.madeup import key_id, secret


def test_a_key_in_too_large_a_statement_is_left_with_a_finding(tmp_path: Path) -> None:
    keys = f'aws_access_key_id="{key_id("dev")}", aws_secret_access_key="{secret("dev")}"'
    pieces = '"" ' * 300
    large = tmp_path / "large.py"
    large.write_text(f"import boto3\nboto3.client('s3', {keys}, api_version={pieces}).list_buckets()\n", encoding="utf-8")
    small = tmp_path / "small.py"
    small.write_text(f"import boto3\nboto3.client('s3', {keys}).list_buckets()\n", encoding="utf-8")
    outcome = rewrite_code(CodeRequest([tmp_path], KeyMap({key_id("dev"): "dev"}), jobs=1))
    assert [c.path for c in outcome.changes] == [small]
    found = next(f for f in outcome.findings if f.code == "AWS213")
    assert (Path(found.path), found.line, found.message) == (large, 2, "this statement is too large or too deeply nested to be edited")
