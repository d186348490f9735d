"""`--review`, on a real terminal: each change shown by itself, taken or left, edited, and what comes of it."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret
from tests.terminal import QUESTION, Terminal, answered

SESSION = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2"]
NAMES = ("dev", "ops", "old")
CONVERT = ["config", *SESSION, *(arg for name in NAMES for arg in ("--map", f"{name}=111122223333/{name.title()}")), "--review"]


def ini(name: str) -> str:
    return f"[{name}]\naws_access_key_id = {key_id(name)}\naws_secret_access_key = {secret(name)}\n"


@pytest.fixture
def aws(home: Path) -> Path:
    """~/.aws with three static profiles."""
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text("".join(map(ini, NAMES)))
    return home / ".aws"


def left(aws: Path) -> list[str]:
    """The profiles that still stand in the credentials file."""
    return [line[1:-1] for line in (aws / "credentials").read_text().splitlines() if line.startswith("[")]


def test_each_profile_is_shown_by_itself_and_taken_or_left(aws: Path, run: Run) -> None:
    before = (aws / "credentials").read_text()
    status, text = answered(CONVERT, "y", "n", "y")
    assert status == 1, text
    assert left(aws) == ["ops"] and ini("ops") in (aws / "credentials").read_text()
    config = (aws / "config").read_text()
    assert "[profile dev]" in config and "[profile old]" in config and "ops" not in config
    assert config.count("[sso-session corp]") == 1
    shown = text.split("Accept this change")
    assert "sso_role_name = Dev" in shown[0] and "sso_role_name = Ops" not in shown[0] and "[sso-session corp]" in shown[0]
    assert "sso_role_name = Ops" in shown[1] and "sso_role_name = Dev\r\n" not in shown[1].replace(" sso_role_name = Dev", "")
    assert "(1/3)" in shown[0] and "AWS193" in shown[-1] and "credentials:5:" in shown[-1] and "Apply?" not in text
    assert run("undo", "--yes").returncode == 0
    assert (aws / "credentials").read_text() == before and not (aws / "config").exists()


def test_all_taken_is_what_yes_makes(aws: Path, run: Run, home: Path) -> None:
    status, _ = answered(CONVERT, "y", "a")
    assert status == 0
    made = [(aws / name).read_bytes() for name in ("config", "credentials")]
    assert run("undo", "--yes").returncode == 0
    assert run(*CONVERT[:-1], "--yes").returncode == 0
    assert made == [(aws / name).read_bytes() for name in ("config", "credentials")]


def test_leaving_all_changes_nothing(aws: Path, home: Path) -> None:
    before = (aws / "credentials").read_text()
    status, text = answered(CONVERT, "n", "q")
    assert status == 1 and text.count("AWS193") == 3 and "Nothing to change" in text
    assert (aws / "credentials").read_text() == before and not (aws / "config").exists() and not list(home.rglob("runs/*"))


@pytest.mark.parametrize("end", ["q", "\x04"])
def test_quitting_and_ctrl_d_apply_what_was_taken(aws: Path, end: str) -> None:
    status, _ = answered(CONVERT, "y", end)
    assert status == 1 and left(aws) == ["ops", "old"]


def test_an_empty_answer_asks_again_and_nonsense_explains(aws: Path) -> None:
    status, text = answered(CONVERT, "", "?", "yo", "yes", "no", "quit")
    assert status == 1 and left(aws) == ["ops", "old"]
    assert text.count("y - accept this change") == 2 and text.count("a - accept this change and all remaining ones") == 2


@pytest.mark.parametrize("answers", [["\x03"], ["y", "\x03"], ["y", "n", "\x03"]])
def test_ctrl_c_writes_nothing(aws: Path, home: Path, answers: list[str]) -> None:
    before = (aws / "credentials").read_text()
    status, text = answered(CONVERT, *answers)
    assert status == 130 and "Traceback" not in text
    assert (aws / "credentials").read_text() == before and not (aws / "config").exists() and not list(home.rglob("runs/*"))


@pytest.mark.parametrize("hangs_on", [False, True])
def test_a_terminal_that_goes_away_writes_nothing(aws: Path, home: Path, hangs_on: bool) -> None:
    """Also where nobody tells the program to end (nohup): an end of the input that is no Ctrl-D."""
    before = (aws / "credentials").read_text()
    old = signal.signal(signal.SIGHUP, signal.SIG_IGN if hangs_on else signal.SIG_DFL)
    terminal = Terminal(CONVERT)
    signal.signal(signal.SIGHUP, old)
    terminal.until(QUESTION)
    terminal.say("y\n")
    terminal.until(QUESTION, times=2)
    os.close(terminal.ours)
    ended = (130, -signal.SIGINT) if hangs_on else (-signal.SIGHUP, 129, 130)  # the end of the input may come before the signal
    assert terminal.process.wait(timeout=300) in ended
    assert (aws / "credentials").read_text() == before and not (aws / "config").exists() and not list(home.rglob("runs/*"))


def test_it_is_a_way_of_its_own_and_needs_a_terminal(aws: Path, run: Run) -> None:
    for other in ("--yes", "--dry-run", "--check"):
        done = run(*CONVERT, other)
        assert done.returncode == 2 and "cannot be used together" in done.stderr
    done = run(*CONVERT)
    assert done.returncode == 2 and "terminal" in done.stderr and not (aws / "config").exists()


def test_with_json_the_questions_are_on_stderr(aws: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "migrate", *CONVERT, "--format", "json", "--report", "report.md"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    for n, given in enumerate((b"n\n", b"a\n"), 1):
        while seen.count(b"[y,n,a,q,e,?]?") < n:
            seen += os.read(ours, 65536)
        os.write(ours, given)
    document = json.loads(process.communicate(timeout=300)[0])
    os.close(ours)
    assert b"sso_role_name = Dev" in seen
    assert process.returncode == 1 == document["status"] and document["run"]
    assert [(f["code"], f["profile"], f["severity"]) for f in document["findings"]] == [("AWS193", "dev", "error")]
    assert {p["name"]: p["action"] for p in document["profiles"]} == {"dev": "left", "ops": "sso", "old": "sso"}
    assert "sso_role_name = Dev" not in document["changes"][0]["diff"]
    assert "AWS193" in Path("report.md").read_text()


def test_a_file_that_changed_during_the_review(aws: Path) -> None:
    terminal = Terminal(CONVERT)
    terminal.until("]? ")
    with (aws / "credentials").open("a") as file:
        file.write("# more\n")
    terminal.say("a\n")
    assert terminal.end() == 2 and "changed" in terminal.text
    assert "# more" in (aws / "credentials").read_text() and not (aws / "config").exists()


def test_profiles_that_hang_together_are_one_question(aws: Path) -> None:
    (aws / "credentials").write_text(ini("dev") + ini("ops"))
    (aws / "config").write_text(
        "[profile dev]\nrole_arn = arn:aws:iam::111122223333:role/X\nsource_profile = dev\n"
        "[profile dev-source]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Else\n"
    )
    args = ["config", *SESSION, "--review"]
    for name in ("dev", "dev-source", "ops"):
        args += ["--map", f"{name}=111122223333/Dev"]
    status, text = answered(args, "n", "y")
    assert status == 1 and "(1/2)" in text and "(2/2)" in text
    assert left(aws) == ["dev"] and "sso_role_name = Else" in (aws / "config").read_text()


def test_what_is_done_already_is_not_asked_about(aws: Path, run: Run) -> None:
    done = run("config", *SESSION, "--map", "dev=111122223333/Dev", "--yes")
    assert done.returncode == 1
    status, text = answered(CONVERT, "n", "y")
    assert status == 1 and "(1/2)" in text and left(aws) == ["ops"]


# -- by hand


def test_edit_the_new_text(aws: Path, home: Path, use_editor: Any) -> None:
    seen = home / "seen"
    use_editor(
        f'stat -c %a "$1" "$(dirname "$1")" "$(dirname "$(dirname "$1")")" > {seen}; cat "$1" >> {seen}; echo {home} "$1" > {home}/where\n'
        f'cp "$1" "$1~"; sed -i s/Dev/Developer/ "$1"; echo "# by hand" >> "$1"'
    )
    status, text = answered(CONVERT, "e", "y", "n", "y")
    assert status == 1, text
    assert seen.read_text().splitlines()[:4] == ["600", "700", "700", "[profile dev]"]
    assert "sso-session" not in seen.read_text() and not any(secret(n) in seen.read_text() for n in NAMES)
    config = (aws / "config").read_text()
    assert "sso_role_name = Developer\n# by hand\n" in config and "[profile old]" in config
    assert "+sso_role_name = Developer" in text and "+# by hand" in text
    assert not list(home.rglob("edit-*"))


def test_an_edited_profile_is_reported_as_it_now_is(aws: Path, use_editor: Any) -> None:
    use_editor('sed -i s/Dev/Developer/ "$1"')
    status, _ = answered([*CONVERT, "--report", "report.json"], "e", "a")
    document = json.loads(Path("report.json").read_text())
    assert status == 0 and next(p for p in document["profiles"] if p["name"] == "dev")["sso_role_name"] == "Developer"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('printf "aws_access_key_id = %s\\n" KEY >> "$1"', "contains a key again"),
        ('printf "# KEY\\n" >> "$1"', "contains a key again"),
        ('printf "# SECRET\\n" >> "$1"', "contains a key again"),
        ('printf "# STRANGE\\n" >> "$1"', "contains a key again"),
        ('printf "aws_secret_access_key = x\\n" >> "$1"', "must not have aws_secret_access_key"),
        ('printf "credential_process = x\\n" >> "$1"', "must not have credential_process"),
        ('printf "[profile other]\\n" >> "$1"', "sections cannot be added or removed here"),
        ('printf "nonsense\\n" >> "$1"', "not a section header, setting or comment"),
        ("sed -i /sso_role_name/d $1", "would not sign with SSO"),
        ("printf '\\377' >> $1", "not valid UTF-8"),
        (": > $1", "sections cannot be added or removed here"),
        ("rm $1", "cannot be read"),
        ("rm $1; mkfifo $1", "is missing or not a regular file"),
        ("rm $1; ln -s /etc/passwd $1", "cannot be read"),
        ("exit 3", "ended with status 3"),
        (":", "was not changed"),
    ],
)
def test_an_edit_that_would_not_do_is_not_taken_over(aws: Path, home: Path, use_editor: Any, script: str, said: str) -> None:
    use_editor(script.replace("KEY", key_id("dev")).replace("SECRET", secret("dev")).replace("STRANGE", secret("none of them")))
    status, text = answered(CONVERT, "e", "n", "e", "q")
    assert status == 1 and said in text and "Traceback" not in text
    assert left(aws) == list(NAMES) and not list(home.rglob("edit-*"))


def test_ctrl_c_in_the_editor_ends_all_and_leaves_no_copy(aws: Path, home: Path, use_editor: Any) -> None:
    # one process that is ready when it says so: a shell that is about to start `sleep` may lose the signal between fork and exec
    use_editor(
        f"exec {sys.executable} -c 'import signal, time; signal.signal(2, signal.SIG_DFL); print(\"ready\", flush=True); time.sleep(600)'"
    )
    terminal = Terminal(CONVERT)
    terminal.until("]? ")
    terminal.say("e\n")
    terminal.until("ready")
    assert list(home.rglob("edit-*"))
    terminal.say("\x03")
    assert terminal.end() == 130 and "Traceback" not in terminal.text
    assert left(aws) == list(NAMES) and not list(home.rglob("edit-*"))


def test_an_editor_that_means_something_else_by_ctrl_c(aws: Path, use_editor: Any) -> None:
    use_editor('trap "echo caught" INT; echo ready; while [ ! -e done ]; do sleep 0.1; done; sed -i s/Dev/Developer/ "$1"')
    terminal = Terminal(CONVERT)
    terminal.until("]? ")
    terminal.say("e\n")
    terminal.until("ready")
    terminal.say("\x03")
    terminal.until("caught")
    Path("done").touch()
    terminal.until("]? ", times=2)
    terminal.say("a\n")
    assert terminal.end() == 0 and "sso_role_name = Developer" in (aws / "config").read_text()


def test_sigterm_in_the_editor_leaves_no_copy(aws: Path, home: Path, use_editor: Any) -> None:
    use_editor("echo ready; exec sleep 600")
    terminal = Terminal(CONVERT)
    terminal.until("]? ")
    terminal.say("e\n")
    terminal.until("ready")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end() == 128 + signal.SIGTERM
    assert left(aws) == list(NAMES) and not list(home.rglob("edit-*"))


def test_copies_that_a_kill_left_go_with_the_next_editing(aws: Path, home: Path, use_editor: Any) -> None:
    use_editor("echo ready; exec sleep 600")
    terminal = Terminal(CONVERT)
    terminal.until("]? ")
    terminal.say("e\n")
    terminal.until("ready")
    os.killpg(terminal.process.pid, signal.SIGKILL)
    terminal.end()
    assert list(home.rglob("edit-*"))
    use_editor(":")
    assert answered(CONVERT, "e", "q")[0] == 1
    assert not list(home.rglob("edit-*"))


@pytest.mark.parametrize("names", [("VISUAL", "EDITOR"), ("EDITOR", "GIT_EDITOR"), ("GIT_EDITOR",), ("core.editor",)])
def test_which_editor(aws: Path, home: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]) -> None:
    """VISUAL before EDITOR before git's; never one that the repository names."""
    for name in ("VISUAL", "EDITOR", "GIT_EDITOR"):
        monkeypatch.delenv(name, raising=False)
    subprocess.run(["git", "init", "-q", "."], check=True)
    subprocess.run(["git", "config", "core.editor", "touch evil;:"], check=True)
    for n, name in enumerate(names):
        command = "sed -i s/Dev/Mine/" if n == 0 else "touch evil;:"
        if name == "core.editor":
            (home / ".gitconfig").write_text(f'[core]\neditor = "{command}"\n')
        else:
            monkeypatch.setenv(name, command)
    status, _ = answered(CONVERT, "e", "a")
    assert status == 0 and "sso_role_name = Mine" in (aws / "config").read_text() and not Path("evil").exists()


def test_a_profile_that_is_still_to_be_asked_about_is_not_called_unmapped(aws: Path) -> None:
    (aws / "config").write_text(
        "[profile old]\nrole_arn = arn:aws:iam::111122223333:role/Old\nsource_profile = dev\nmfa_serial = arn:aws:iam::111122223333:mfa/kim\n"
    )
    (aws / "credentials").write_text("".join(map(ini, ("dev", "ops"))))
    status, text = answered(CONVERT, "a")
    assert status == 0 and "AWS102" not in text, text
