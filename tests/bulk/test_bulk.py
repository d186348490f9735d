"""`bulk` over real git repositories: what stands on the remotes afterwards, and what a repository may do to the others."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bulk.places import AFTER, CODE, KEY, SECRET, arguments, bulk, git, next_second, remote
from tests.bulk.places import identity as identify
from tests.conftest import Run
from tests.madeup import key_id, secret
from tests.terminal import Terminal


@pytest.fixture(autouse=True)
def identity(home: Path) -> None:
    identify(home)


def test_changed_are_pushed_and_each_trouble_costs_only_itself(run: Run) -> None:
    one, odd, clean, empty = remote("one"), remote("odd", default="trunk/x"), remote("clean", "print()\n"), remote("empty", None)
    protected = remote("protected")
    hook = protected / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    urls = [one.as_uri(), str(odd), clean.as_uri(), empty.as_uri(), protected.as_uri(), "file:///nowhere/x.git", "missing"]
    done = bulk(run, urls, "--push", "--report", "all.json")
    assert done.returncode == 1, done.stderr
    for bare in (one, odd):
        assert git(bare, "show", "aws-sso-migrate:app.py") == AFTER
        assert git(bare, "rev-list", "--count", "aws-sso-migrate") == "2"
    assert "aws-sso-migrate" not in git(protected, "branch")
    assert "2 changed, 2 clean, 3 failed" in done.stdout
    report = json.loads(Path("all.json").read_text())
    assert report["command"] == "bulk" and report["status"] == 1
    assert sorted(f["code"] for f in report["findings"] if f["severity"] == "error") == ["AWS601", "AWS601", "AWS603"]
    assert any(c["path"].endswith("one/app.py") for c in report["changes"])
    assert list(Path("aws-sso-migrate-bulk/clones").iterdir()) == []


def test_the_same_again_does_nothing_twice_and_tries_what_failed(run: Run) -> None:
    one = remote("one")
    later = Path("later.git").absolute()
    args = ("--push", "--then", f"echo $AWS_SSO_MIGRATE_BRANCH >> {Path('ran').absolute()}; test -s $AWS_SSO_MIGRATE_REPORT")
    assert bulk(run, [str(one), str(later)], *args).returncode == 1
    before = git(one, "rev-parse", "aws-sso-migrate")
    remote("later")
    done = bulk(run, [str(one), str(later)], *args)
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(one, "rev-parse", "aws-sso-migrate") == before and git(later, "show", "aws-sso-migrate:app.py") == AFTER
    assert Path("ran").read_text().split() == ["aws-sso-migrate"] * 2
    next_second()
    again = bulk(run, [str(one)], *args, "--workdir", "other")  # nothing is known there but what stands on the remote
    assert again.returncode == 0 and "already exists there" in again.stdout
    said = bulk(run, [str(one)], *args, "--workdir", "other").stdout
    assert "1 repository was changed by an earlier run.\nNothing to change." in said
    assert "review and merge the branches\n    aws-sso-migrate retire --key KEY_ID   # after the changes are merged and deployed" in said
    assert git(one, "rev-parse", "aws-sso-migrate") == before


def test_then_that_failed_runs_again_and_pushes_once(run: Run) -> None:
    one = remote("one")
    flag = Path("flag").absolute()
    args = ("--push", "--then", f"test -e {flag}")
    done = bulk(run, [str(one)], *args)
    assert done.returncode == 1 and "AWS604" in done.stdout
    before = git(one, "rev-parse", "aws-sso-migrate")
    flag.touch()
    assert bulk(run, [str(one)], *args).returncode == 0
    assert git(one, "rev-parse", "aws-sso-migrate") == before


def test_a_branch_with_other_content_is_reported_and_stays(run: Run) -> None:
    one = remote("one")
    git(one, "branch", "aws-sso-migrate", "main")
    done = bulk(run, [str(one)], "--push")
    assert done.returncode == 1 and "AWS602" in done.stdout
    assert git(one, "rev-parse", "aws-sso-migrate") == git(one, "rev-parse", "main")


def test_without_push_the_clone_is_the_result(run: Run) -> None:
    one = remote("one")
    assert bulk(run, [str(one)]).returncode == 0
    (clone,) = Path("aws-sso-migrate-bulk/clones").iterdir()
    assert git(clone, "show", "aws-sso-migrate:app.py") == AFTER and "aws-sso-migrate" not in git(one, "branch")


def test_dry_run_shows_and_leaves_nothing(run: Run) -> None:
    one = remote("one")
    Path("list.txt").write_text(f"{one}\n")
    done = run("bulk", "list.txt", "--dry-run", "--push", "--map-key", f"{KEY}=dev", "--format", "json")
    assert done.returncode == 0 and 'profile_name="dev"' in json.loads(done.stdout)["changes"][0]["diff"]
    assert "aws-sso-migrate" not in git(one, "branch") and list(Path("aws-sso-migrate-bulk/clones").iterdir()) == []


def test_a_password_in_a_url_is_nowhere(run: Run) -> None:
    done = bulk(run, ["https://kim:hunter2hunter2@127.0.0.1:9/o/r.git?token=hunter2hunter2"], "--report", "all.html", "--push")
    assert done.returncode == 1 and "127.0.0.1:9/o/r" in done.stdout
    for text in (done.stdout, done.stderr, Path("all.html").read_text()):
        assert "hunter2" not in text
    for path in Path("aws-sso-migrate-bulk").rglob("*"):
        assert not path.is_file() or b"hunter2" not in path.read_bytes()
    rows = sqlite3.connect("aws-sso-migrate-bulk/state.sqlite").execute("SELECT url FROM work").fetchall()
    assert rows == [("https://127.0.0.1:9/o/r.git",)]


def test_a_hostile_repository_runs_nothing_and_leads_nowhere(run: Run, home: Path) -> None:
    outside = Path("outside.py").absolute()
    outside.write_text(CODE)
    pwned = Path("pwned").absolute()
    with (home / ".gitconfig").open("a") as file:
        file.write(f'[filter "evil"]\n\tsmudge = touch {pwned}\n\tclean = touch {pwned}\n\trequired = true\n')
    bare = remote("bad", CODE, **{".gitattributes": "*.txt filter=evil\n", "x.txt": "x\n", ".gitmodules": '[submodule "s"]\n\tpath = s\n\turl = ext::x\n'})  # fmt: skip
    pwned.unlink(missing_ok=True)
    work = Path("bad-work").absolute()
    (work / "link.py").symlink_to(outside)
    git(work, "add", "link.py")
    git(work, "commit", "-q", "-m", "link")
    git(work, "push", "-q", str(bare), "main")
    pwned.unlink(missing_ok=True)
    done = bulk(run, [str(bare)], "--push")
    assert done.returncode == 0, done.stdout
    assert not pwned.exists() and outside.read_text() == CODE
    assert git(bare, "diff", "--name-only", "main", "aws-sso-migrate") == "app.py"


def test_a_remote_that_hangs_costs_only_itself(run: Run) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        one = remote("one")
        done = bulk(run, [f"git://127.0.0.1:{server.getsockname()[1]}/x", str(one)], "--push", "--timeout", "8")
    assert done.returncode == 1 and "took longer than 8 seconds" in done.stdout
    assert git(one, "show", "aws-sso-migrate:app.py") == AFTER


def test_killed_and_run_again_it_ends_as_if_undisturbed(run: Run) -> None:
    bares = [remote(f"r{n}") for n in range(4)]
    Path("list.txt").write_text("".join(f"{b}\n" for b in bares))
    command = [
        sys.executable,
        "-m",
        "migrate",
        "bulk",
        "list.txt",
        "--yes",
        "--map-key",
        f"{KEY}=dev",
        "--retry",
        "0",
        "--jobs",
        "2",
        "--push",
    ]
    for seconds in (0.8, 1.6):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert bulk(run, [str(b) for b in bares], "--push").returncode == 0
    for bare in bares:
        assert git(bare, "show", "aws-sso-migrate:app.py") == AFTER and git(bare, "rev-list", "--count", "aws-sso-migrate") == "2"


def test_what_is_no_list_is_refused(run: Run) -> None:
    Path("list.txt").write_text("ext::sh -c x\n")
    done = run("bulk", "list.txt", "--yes")
    assert done.returncode == 2 and "list.txt:1" in done.stderr
    assert run("bulk", "nothing.txt", "--yes").returncode == 2
    assert run("bulk", "list.txt").returncode == 2


def test_ctrl_c_ends_soon_and_the_next_run_goes_on(run: Run) -> None:
    import socket

    one = remote("one")
    with socket.create_server(("127.0.0.1", 0)) as server:
        urls = [str(one), f"git://127.0.0.1:{server.getsockname()[1]}/x"]
        Path("list.txt").write_text("".join(f"{u}\n" for u in urls))
        command = [sys.executable, "-m", "migrate", "bulk", "list.txt", "--yes", "--map-key", f"{KEY}=dev", "--push"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        server.accept()  # the other one hangs
        while not git(one, "branch", "--list", "aws-sso-migrate") and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=100)
    assert process.returncode == 130 and b"Traceback" not in said, said
    before = git(one, "rev-parse", "aws-sso-migrate")
    assert bulk(run, [str(one)], "--push").returncode == 0 and git(one, "rev-parse", "aws-sso-migrate") == before


def test_a_key_that_has_come_to_have_a_profile_is_not_left_for_good(run: Run, home: Path) -> None:
    one = remote("one")
    Path("list.txt").write_text(f"{one}\n")
    first = run("bulk", "list.txt", "--yes", "--push")
    assert first.returncode == 1 and "1 left" in first.stdout
    (home / ".aws/credentials").write_text(f"[dev]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
    assert run("bulk", "list.txt", "--yes", "--push").returncode == 0
    assert git(one, "show", "aws-sso-migrate:app.py") == AFTER


COMPUTED = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="AK" + "{KEY[2:]}", aws_secret_access_key="{SECRET}")\n'
SPREAD = 'import boto3\n\nfrom pieces import END, SECRET, START\n\ns3 = boto3.client("s3", aws_access_key_id=START + END, aws_secret_access_key=SECRET)\n'
PIECES = f'START = "{KEY[:7]}"\nEND = "{KEY[7:]}"\nSECRET = "{SECRET}"\n'


@pytest.mark.parametrize(
    ("plain", "ignore"),
    [(10, ""), (310, ""), (310, "gen/\n"), (310, "gen/\n!gen/m1.py\n")],
    ids=["small", "large", "large, not without what is ignored", "large, and some taken back"],
)
@pytest.mark.parametrize("text", [COMPUTED, SPREAD])
def test_the_search_in_the_store_leaves_out_nothing_that_code_would_tell(run: Run, plain: int, ignore: str, text: str) -> None:
    """However large the repository is: `code` asks less of each file in a large one."""
    more: dict[str, str | bytes] = {f"gen/m{n}.py": f"x = {n}\n" for n in range(plain)}
    more |= {"pieces.py": PIECES} if text is SPREAD else {}
    bare = remote("one", text, **more, **({".gitignore": ignore} if ignore else {}))
    git(Path("one-work"), "add", "-A", "-f")
    if git(Path("one-work"), "status", "--porcelain"):
        git(Path("one-work"), "commit", "-q", "-m", "ignored, and tracked all the same")
        git(Path("one-work"), "push", "-q", str(bare), "main")
    told = run("code", "one-work", "--dry-run", "--map-key", f"{KEY}=dev", "--format", "json")
    done = run(*(a for a in arguments([bare.as_uri()]) if a != "--yes"), "--dry-run", "--format", "json")
    assert what(done.stdout) == what(told.stdout) and done.returncode == told.returncode
    assert what(told.stdout) or text is SPREAD


def what(document: str) -> list[tuple[str, str]]:
    """The files that a JSON report changes, and the codes and files of its findings."""
    report = json.loads(document)
    rows = [("change", c["path"]) for c in report["changes"]] + [(f["code"], f["path"]) for f in report["findings"]]
    return sorted((code, path.rpartition("/")[2]) for code, path in rows)


def test_files_that_nobody_looks_at_are_pushed_as_they_were(run: Run) -> None:
    """With --push and without --then only what `code` reads is written out; line ends are those that .gitattributes asks for."""
    more = {
        ".gitattributes": "*.py text eol=crlf\n*.txt text eol=crlf\n",
        "notes.txt": "a\nb\n",
        "big.dat": bytes(range(256)) * 9,
        "p/pyproject.toml": "",
    }
    bare = remote("one", **more)
    assert bulk(run, [bare.as_uri()], "--push").returncode == 0
    assert git(bare, "diff", "--name-status", "main", "aws-sso-migrate") == "M\tapp.py"
    assert git(bare, "show", "aws-sso-migrate:app.py") == AFTER and "\r" not in git(bare, "cat-file", "blob", "aws-sso-migrate:app.py")


KEY_OTHER = key_id("prod")
ENV = f"AWS_ACCESS_KEY_ID={KEY}\nAWS_SECRET_ACCESS_KEY={SECRET}\n"
LOADED = (
    "import os\nimport boto3\nfrom dotenv import load_dotenv\nload_dotenv()\n"
    "boto3.client('s3', aws_access_key_id=os.environ['AWS_ACCESS_KEY_ID'], aws_secret_access_key=os.environ['AWS_SECRET_ACCESS_KEY'])\n"
)


def test_a_settings_file_with_a_key_is_left_for_a_person(run: Run) -> None:
    """A repository with a live `.env` is never clean."""
    alone = remote("alone", "x = 1\n", **{".env": ENV})
    done = bulk(run, [str(alone)], "--push")
    assert done.returncode == 1 and "1 left" in done.stdout and "AWS225" in done.stdout and SECRET not in done.stdout


def test_one_that_is_no_text_is_left_too(run: Run) -> None:
    alone = remote("alone", "x = 1\n", **{".env": b"\0\xff" + ENV.encode()})
    done = bulk(run, [str(alone)], "--push")
    assert done.returncode == 1 and "1 left" in done.stdout and SECRET not in done.stdout


def test_a_settings_file_goes_with_its_code_where_nothing_else_reads_it(run: Run) -> None:
    ours = remote("ours", LOADED, **{".env": ENV})
    shared = remote("shared", LOADED, **{".env": ENV, "start.sh": ". ./.env\n"})
    done = bulk(run, [str(ours), str(shared)], "--push")
    assert done.returncode == 1 and "1 changed" in done.stdout and "1 left" in done.stdout, done.stdout
    assert git(ours, "show", "aws-sso-migrate:.env") == "AWS_PROFILE=dev"
    assert "access_key" not in git(ours, "show", "aws-sso-migrate:app.py")


def test_another_kind_of_file_is_told_as_scan_tells_it(run: Run) -> None:
    more: dict[str, str | bytes] = {
        "a.py": CODE,
        "start.sh": f"export AWS_ACCESS_KEY_ID={KEY_OTHER}\nexport AWS_SECRET_ACCESS_KEY={secret('prod')}\n",
    }
    one = remote("one", "x = 1\n", **more)
    done = bulk(run, [str(one)], "--then", "true")
    assert done.returncode == 1 and "AWS308" in done.stdout, done.stdout


def test_patterns_of_the_plan_name_repositories(run: Run) -> None:
    handler = CODE + "\n\ndef lambda_handler(event, context):\n    return s3.list_buckets()\n"
    one = remote("one", handler)
    Path("list.txt").write_text(f"{one}\n")
    Path("plan.ini").write_text(f"[keys]\n    {KEY} = dev\n")
    left = run("bulk", "list.txt", "--yes", "--push", "--plan", "plan.ini")
    assert left.returncode == 1 and "AWS227" in left.stdout
    Path("plan.ini").write_text(f"[targets]\n    one = default-chain\n[keys]\n    {KEY} = dev\n")
    done = run("bulk", "list.txt", "--yes", "--push", "--plan", "plan.ini")
    assert done.returncode == 0 and 'boto3.client("s3")' in git(one, "show", "aws-sso-migrate:app.py"), done.stdout


def test_the_plan_says_that_variables_handed_over_go(run: Run) -> None:
    handed = "import os\nimport boto3\n\nboto3.client('s3', aws_access_key_id=os.environ['AWS_ACCESS_KEY_ID'], aws_secret_access_key=os.environ['AWS_SECRET_ACCESS_KEY'])\n"
    one = remote("one", handed)
    Path("list.txt").write_text(f"{one}\n")
    Path("plan.ini").write_text("[code]\n    environment = yes\n")
    done = run("bulk", "list.txt", "--yes", "--push", "--plan", "plan.ini")
    assert done.returncode == 0 and git(one, "show", "aws-sso-migrate:app.py") == "import boto3\n\nboto3.client('s3')", done.stdout


def test_a_key_is_not_moved_to_another_account(run: Run, home: Path) -> None:
    """The workers know the accounts of the profiles as the person's AWS files have them."""
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws/config").write_text("[profile dev]\nrole_arn = arn:aws:iam::999988887777:role/Dev\nsource_profile = x\n")
    one = remote("one")
    done = bulk(run, [str(one)], "--push")
    assert done.returncode == 1 and "AWS235" in done.stdout and "aws-sso-migrate" not in git(one, "branch")
    assert bulk(run, [str(one)], "--push", "--other-account", "dev").returncode == 0
    assert git(one, "show", "aws-sso-migrate:app.py") == AFTER


@pytest.mark.parametrize("name", ["deploy.sh", "src/app.js", "src/Main.java", "Makefile", "infra/unit.service"])
def test_a_key_in_any_text_is_left_as_code_says(run: Run, name: str) -> None:
    """In whichever way bulk is run, it tells of a repository what code tells of it."""
    text = f"export KEY={KEY}\nexport AWS_SECRET_ACCESS_KEY={SECRET}\n"
    alone, both = remote("alone", "print()\n", **{name: text}), remote("both", CODE, **{name: text})
    said = json.loads(run("code", "both-work", "--dry-run", "--format", "json", *arguments([], "")[3:6]).stdout)
    told = {f["code"] for f in said["findings"] if f["severity"] == "error"}
    assert told == {"AWS225"}
    for n, how in enumerate((["--dry-run"], ["--push"], [])):
        args = [
            a
            for a in arguments([str(alone), str(both)], *how, "--workdir", f"w{n}", "--report", f"{n}.json")
            if a != "--yes" or "--dry-run" not in how
        ]
        done = run(*args)
        assert done.returncode == 1 and "0 clean" not in done.stdout and "1 clean" not in done.stdout, done.stdout + done.stderr
        report = json.loads(Path(f"{n}.json").read_text())
        found = [(f["code"], Path(f["path"]).name) for f in report["findings"] if f["severity"] == "error"]
        assert sorted(found) == [("AWS225", Path(name).name)] * 2, found


def test_the_question_names_the_branch_and_no_is_answered(run: Run) -> None:
    args = [a for a in arguments([str(remote("one")), str(remote("two"))], "--branch", "sso", "--push") if a != "--yes"]
    terminal = Terminal(args)
    terminal.until("Rewrite 2 repositories, commit to branch sso and push it? [y/N]")
    terminal.say("n\n")
    terminal.until("Nothing was changed.")
    assert terminal.end() == 1


def test_what_git_says_is_said_once(run: Run) -> None:
    said = run(*[a for a in arguments(["file:///nowhere/x.git"], "--dry-run") if a != "--yes"]).stdout
    assert said.count("nowhere/x.git") >= 1 and said.count("does not exist") <= 1 and said.count("not appear to be") <= 1
