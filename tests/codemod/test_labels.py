"""What a review is filtered by: the repository, the libraries and the profiles of each change and finding, in JSON as in the view."""

import json
from pathlib import Path

from tests.conftest import Run
from tests.madeup import key_id, secret

ID, SECRET = key_id("a"), secret("a")
KEYS = f"aws_access_key_id='{ID}', aws_secret_access_key='{SECRET}'"


def tree() -> None:
    """Two repositories: calls of several libraries, one that takes no profile, a key in a comment."""
    for path, text in {
        "one/a.py": f"import boto3\ns3 = boto3.client('s3', {KEYS})\n",
        "one/b.py": f"import boto3, s3fs\nKEY, SECRET = '{ID}', '{SECRET}'\nboto3.client('s3', aws_access_key_id=KEY, aws_secret_access_key=SECRET)\n"
        "s3fs.S3FileSystem(key=KEY, secret=SECRET)\n",
        "two/c.py": f"from pyarrow import fs\nf = fs.S3FileSystem(access_key='{ID}', secret_key='{SECRET}')\n",
        "two/d.py": f"x = 1  # {ID}\n",
        "two/e.env": f"AWS_ACCESS_KEY_ID={ID}\nAWS_SECRET_ACCESS_KEY={SECRET}\n",
    }.items():
        file = Path("tree") / path
        (file.parent / ".git").mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def test_changes_and_findings_of_code(run: Run) -> None:
    tree()
    document = json.loads(run("code", "tree/one", "tree/two", "--dry-run", "--map-key", f"{ID}=dev", "--format", "json").stdout)
    changes = {Path(c["path"]).name: c for c in document["changes"]}
    assert changes["a.py"]["libraries"] == ["boto3"] and changes["b.py"]["libraries"] == ["boto3", "s3fs"]
    assert {tuple(changes[name]["profiles"]) for name in ("a.py", "b.py")} == {("dev",)}
    assert "libraries" not in changes["d.py"]
    [finding] = [f for f in document["findings"] if f["code"] == "AWS203"]
    assert finding["libraries"] == ["pyarrow"]
    for row in (*document["changes"], *document["findings"]):
        assert Path(row["repository"]).name == ("one" if Path(row["path"]).name in ("a.py", "b.py") else "two")
    assert document["date"].endswith("Z")


def test_findings_of_scan(run: Run) -> None:
    tree()
    document = json.loads(run("scan", "tree", "--paths-only", "--format", "json").stdout)
    where = {Path(f["path"]).name: Path(f["repository"]).name for f in document["findings"]}
    assert where["a.py"] == "one" and where["e.env"] == "two"
