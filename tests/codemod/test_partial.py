"""A review may leave any group: each call still signs as it did, with the key where it was left, with its profile where it was taken."""

from itertools import combinations
from pathlib import Path

import pytest

from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from migrate.codemod.run.review import CodeReview
from tests.codemod.programs import filled
from tests.codemod.running import as_profiles, signed
from tests.codemod.test_fixtures import KEYS, MAPPING

CLIENT = 'boto3.client("s3", aws_access_key_id="<id:{0}>", aws_secret_access_key="<secret:{0}>").list_buckets()\n'
ENVIRON = 'os.environ["AWS_ACCESS_KEY_ID"] = "<id:{0}>"\nos.environ["AWS_SECRET_ACCESS_KEY"] = "<secret:{0}>"\n'
DEFAULT = 'boto3.client("sqs").list_queues()\n'
PROGRAMS: dict[str, tuple[int, dict[str, str]]] = {
    "two modules": (2, {"main.py": "import a, b\n", "a.py": f"import boto3\n{CLIENT.format('dev')}", "b.py": f"import boto3\n{CLIENT.format('prod')}"}),
    "one key in two modules": (2, {"main.py": "import a, b\n", "a.py": f"import boto3\n{CLIENT.format('dev')}", "b.py": f"import boto3\n{CLIENT.format('dev')}"}),
    "two keys in one module": (1, {"main.py": f"import boto3\n{CLIENT.format('dev')}{CLIENT.format('prod')}"}),
    "a helper that both call": (
        1,
        {
            "main.py": "import a, b\n",
            "helper.py": "import boto3\n\n\ndef client(key, secret):\n    return boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret)\n",
            "a.py": 'from helper import client\n\nclient("<id:dev>", "<secret:dev>").list_buckets()\n',
            "b.py": 'import helper\n\nhelper.client("<id:prod>", "<secret:prod>").list_buckets()\n',
        },
    ),
    "constants of one module": (
        1,
        {
            "main.py": "import a, b\n",
            "keys.py": 'A, B = "<id:dev>", "<secret:dev>"\nC = "<id:prod>"\nD = "<secret:prod>"\n',
            "a.py": "import boto3, keys\n\nboto3.client('s3', aws_access_key_id=keys.A, aws_secret_access_key=keys.B).list_buckets()\n",
            "b.py": "import boto3\nfrom keys import C, D\n\nboto3.client('s3', aws_access_key_id=C, aws_secret_access_key=D).list_buckets()\n",
        },
    ),
    "a default session and a client": (
        2,
        {
            "main.py": f"import boto3\nimport a, b\n{DEFAULT}",
            "a.py": 'import boto3\nboto3.setup_default_session(aws_access_key_id="<id:dev>", aws_secret_access_key="<secret:dev>")\n',
            "b.py": f"import boto3\n{CLIENT.format('prod')}{DEFAULT}",
        },
    ),
    "the environment and a client": (
        2,
        {"main.py": f"import boto3\nimport a, b\n{DEFAULT}", "a.py": f"import os\n{ENVIRON.format('dev')}", "b.py": f"import boto3\n{CLIENT.format('prod')}{DEFAULT}"},
    ),
    "the environment, twice": (
        1,
        {
            "main.py": f"import boto3\nimport a, b\na.use()\n{DEFAULT}b.use()\n{DEFAULT}",
            "a.py": "import os\n\n\ndef use():\n" + "".join(f"    {line}\n" for line in ENVIRON.format("dev").splitlines()),
            "b.py": "import os\n\n\ndef use():\n" + "".join(f"    {line}\n" for line in ENVIRON.format("prod").splitlines()),
        },
    ),
    "comments only": (2, {"main.py": f"import boto3\nimport note\n{CLIENT.format('dev')}", "note.py": "# <id:dev> was here\n"}),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_half_signs_as_before(name: str, tmp_path: Path) -> None:
    number, files = PROGRAMS[name]

    def lay() -> None:
        for file, text in files.items():
            (tmp_path / file).write_text(filled(text))

    lay()
    outcome = rewrite_code(CodeRequest([tmp_path], MAPPING, jobs=1))
    assert len(outcome.groups) == number and sorted(p for g in outcome.groups for p in g.paths) == [c.path for c in outcome.changes]
    was = as_profiles(signed(tmp_path), KEYS)
    assert was
    for size in range(number + 1):
        for taken in combinations(range(number), size):
            lay()
            review = CodeReview(outcome)
            for n, group in enumerate(review.parts):
                review.settle(group, n in taken)
            half = review.outcome()
            for change in half.changes:
                change.path.write_bytes(change.after or b"")
            assert as_profiles(signed(tmp_path), KEYS) == was, taken
            left = {Path(f.path).name for f in half.findings if f.code == "AWS193"}
            assert left == {p.name for n, g in enumerate(outcome.groups) if n not in taken for p in g.paths}


def test_without_profiles_a_program_is_one_group(tmp_path: Path) -> None:
    """Under --target default-chain a call without a key signs with whatever another one put into the environment."""
    for file, text in PROGRAMS["the environment and a client"][1].items():
        (tmp_path / file).write_text(filled(text))
    outcome = rewrite_code(CodeRequest([tmp_path], KeyMap(MAPPING.keys, chain=True), jobs=1))
    assert len(outcome.groups) <= 1
