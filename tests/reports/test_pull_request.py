"""`--report changes.md`: fit to paste into a pull request."""

import re
from pathlib import Path

from migrate.changes.change import Change
from migrate.findings import Finding
from migrate.outcome import Group, Outcome, SignedCall
from migrate.reports import markdown
from migrate.reports.view import view
from tests.conftest import Run
from tests.madeup import key_id, secret

DEV, SECRET = key_id("dev"), secret("dev")
CODE = f'import boto3\n\n\ndef store():\n    return boto3.client("s3", aws_access_key_id="{DEV}", aws_secret_access_key="{SECRET}")\n'
LEFT = f'import boto3\ns = boto3.Session("{key_id("b")}", "{secret("b")}")\n'


def report(run: Run, *repositories: str, args: tuple[str, ...] = ("--dry-run",)) -> str:
    done = run("code", *repositories, "--map-key", f"{DEV}=dev", "--allow-missing-profile", *args, "--report", "changes.md")
    assert done.returncode in (0, 1), done.stderr
    return Path("changes.md").read_text(encoding="utf-8")


def lay(name: str, **files: str) -> str:
    for file, text in {"pyproject.toml": "", **files}.items():
        path = Path(name, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return name


def test_it_names_calls_by_their_place_in_the_repository_and_no_folder_of_this_machine(run: Run, tmp_path: Path) -> None:
    page = report(run, str(Path(lay("repo", **{"app/store.py": CODE, "left.py": LEFT})).absolute()))
    assert f"| `app/store.py:5` `boto3.client` in `store` | `AKIA…{DEV[-4:]}` | `dev` |" in page
    assert "### Needs manual action (1)" in page and "| `left.py:2` | AWS201 |" in page
    assert str(tmp_path) not in page and "--- app/store.py\n" in page
    assert "Not an SSO profile on the machine that made this report" in page


def test_with_several_repositories_each_has_a_part_with_its_own_places(run: Run) -> None:
    page = report(run, lay("one", **{"a.py": CODE}), lay("two", **{"a.py": CODE}))
    assert page.count("`a.py:5`") == 2 and "keys: `one`" in page and "keys: `two`" in page


def test_a_run_that_was_made_names_no_undo(run: Run) -> None:
    page = report(run, lay("repo", **{"a.py": CODE}), args=("--yes",))
    assert "undo" not in page and "1 file changed" in page


def test_the_whole_migration_tells_a_colleague_of_profiles_that_it_makes(run: Run, home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(f"[dev]\naws_access_key_id = {DEV}\naws_secret_access_key = {SECRET}\n")
    sso = "[sso_sessions]\n[[corp]]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-central-1\n"
    profile = "[profiles]\n[[dev]]\naction = sso\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n"
    Path("plan.ini").write_text(sso + profile)
    lay("repo", **{"a.py": CODE})
    for how in ("--dry-run", "--yes"):
        done = run("run", "repo", "--plan", "plan.ini", "--offline", how, "--report", "changes.md")
        assert done.returncode == 0, done.stdout + done.stderr
        page = Path("changes.md").read_text(encoding="utf-8")
        assert "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n" in page
        assert "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start" in page
        assert str(home) not in page and DEV not in page and SECRET not in page


def test_a_report_of_very_many_calls_findings_and_changes_fits_in_a_comment_and_says_what_is_left_out() -> None:
    folder = Path("/srv/checkout")
    calls = [SignedCall(folder / f"service_{n}/app.py", n + 1, "boto3.client", DEV, "dev") for n in range(3000)]
    found = [
        Finding("AWS201", str(folder / f"a{n}.py"), "the key is not mapped", 1, 1, "map it", repository=str(folder)) for n in range(3000)
    ]
    changes = [Change(folder / f"service_{n}/app.py", b"a\n" * 50, b"b\n" * 50, repository=str(folder)) for n in range(500)]
    page = markdown.render(view(Outcome("code", changes, found, groups=[Group(frozenset(), (), calls)]), 1))
    assert len(page) < 65_536
    assert all(re.search(rf"[\d,]+ more {what} are", page) for what in ("calls", "findings", "diffs"))
