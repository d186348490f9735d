"""SARIF, GitHub annotations and GitLab code quality, as those who show them read them."""

import json
from pathlib import Path

from jsonschema import Draft7Validator

from migrate.findings import Finding, Related
from migrate.outcome import Outcome
from migrate.reports import html, markdown, sarif
from migrate.reports.view import view
from tests.conftest import Run
from tests.madeup import key_id, secret

SCHEMA = json.loads((Path(__file__).parent.parent / "data/sarif-2.1.0.json").read_text(encoding="utf-8"))
CODE = f'import boto3\ns = boto3.Session("{key_id("a")}", "{secret("a")}")\n'


def lay(text: str = CODE) -> None:
    Path("src").mkdir(exist_ok=True)
    Path("src/50%,a.py").write_text(text)


def results(run: Run) -> list[dict[str, object]]:
    done = run("code", "src", "--check", "--format", "sarif")
    document = json.loads(done.stdout)
    Draft7Validator(SCHEMA).validate(document)
    assert document["runs"][0]["tool"]["driver"]["rules"][0]["helpUri"].endswith("/docs/codes/AWS201.md")
    found: list[dict[str, object]] = document["runs"][0]["results"]
    return found


def test_a_fingerprint_stays_when_lines_move_and_tells_two_findings_of_a_file_apart(run: Run) -> None:
    lay()
    (before,) = results(run)
    lay(f"\n\n{CODE}t = boto3.Session('{key_id('b')}', '{secret('b')}')\n")
    first, second = results(run)
    assert first["partialFingerprints"] == before["partialFingerprints"] != second["partialFingerprints"]
    assert key_id("a") not in json.dumps(before)


def test_more_places_of_a_finding_are_related_locations() -> None:
    finding = Finding("AWS225", "conf/.env", "m", 1, 1, related=(Related("app/main.py", "it is read here", 4),))
    document = json.loads(sarif.render(view(Outcome("code", findings=[finding]), 1)))
    Draft7Validator(SCHEMA).validate(document)
    (place,) = document["runs"][0]["results"][0]["relatedLocations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "app/main.py" and place["physicalLocation"]["region"] == {"startLine": 4}
    assert place["message"] == {"text": "it is read here"}


def test_who_reads_a_settings_file_that_is_left_is_a_related_place_in_json(run: Run) -> None:
    Path("src").mkdir()
    Path("src/.env").write_text(f"MY_ID={key_id('a')}\nMY_SECRET={secret('a')}\n")
    Path("src/main.py").write_text("import os\nfrom dotenv import load_dotenv\nload_dotenv()\nprint(os.environ['MY_ID'])\n")
    done = run("code", "src", "--map-key", f"{key_id('a')}=dev", "--allow-missing-profile", "--dry-run", "--format", "json")
    (finding,) = [f for f in json.loads(done.stdout)["findings"] if f["code"] == "AWS225"]
    assert [(Path(r["path"]).name, r["line"]) for r in finding["related"]] and all(r["message"] for r in finding["related"])


def test_github_annotations_are_workflow_commands_with_escaped_places(run: Run) -> None:
    lay()
    done = run("code", "src", "--check", "--format", "github")
    assert done.returncode == 1
    (line,) = done.stdout.splitlines()
    assert line.startswith("::error file=src/50%25%2Ca.py,line=2,col=")
    assert ",title=AWS201::" in line and "%0A" in line


def test_a_refusal_is_an_annotation(run: Run) -> None:
    done = run("code", "missing", "--check", "--format", "github")
    assert done.returncode == 2 and done.stdout.startswith("::error ") and len(done.stdout.splitlines()) == 1


def test_gitlab_code_quality(run: Run) -> None:
    lay()
    done = run("scan", "src", "--paths-only", "--format", "gitlab")
    (issue,) = json.loads(done.stdout)
    assert issue["location"] == {"path": "src/50%,a.py", "lines": {"begin": 2}}
    assert issue["severity"] == "critical" and issue["check_name"].startswith("AWS3") and len(issue["fingerprint"]) == 32
    assert run("scan", "--paths-only", "--format", "gitlab").stdout == "[]\n"


def test_more_places_are_in_markdown_and_on_the_page_too() -> None:
    places = tuple(Related(f"/r/f{n}.py", f"key {n} is here", n) for n in range(1, 9))
    finding = Finding("AWS230", "/r/a.py", "left unchanged", 3, help="first\nsecond", repository="/r", related=places)
    whole = view(Outcome("code", findings=[finding]), 1)
    row = next(line for line in markdown.render(whole).splitlines() if "AWS230" in line)
    assert "(see also `f1.py:1`, `f2.py:2`, `f3.py:3` and 5 more)" in row and "first; second" in row
    page = html.render(whole)
    assert "<code>/r/f5.py:5</code> (key 5 is here), 3 more</p>" in page and "f6.py" not in page
