"""The question, on a real terminal: answered, not answered, interrupted, and closed while it stands open."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret
from tests.terminal import Terminal

CONVERT = [
    "config", "--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2",
    "--map", "dev=111122223333/Admin",
]  # fmt: skip
CREDENTIALS = f"[dev]\naws_access_key_id = {key_id('dev')}\naws_secret_access_key = {secret('dev')}\n"


@pytest.fixture
def aws(home: Path) -> Path:
    """~/.aws with a static profile `dev`."""
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(CREDENTIALS)
    return home / ".aws"


@pytest.mark.parametrize("answer", ["y", "yes", "Y", " YES "])
def test_yes_applies(aws: Path, answer: str) -> None:
    terminal = Terminal(CONVERT)
    assert "sso_session = corp" in terminal.until("[y/N]")
    assert (aws / "credentials").read_text() == CREDENTIALS
    terminal.say(answer + "\n")
    assert terminal.end() == 0
    assert (aws / "credentials").read_text() == "" and "undo --purge" in terminal.text
    assert secret("dev") not in terminal.text and key_id("dev") not in terminal.text


@pytest.mark.parametrize("answer", ["n\n", "\n", "yo\n", "\x04", "ÿ\n"])
def test_anything_but_yes_ends_with_1_and_changes_nothing(aws: Path, answer: str) -> None:
    terminal = Terminal(CONVERT)
    terminal.until("[y/N]")
    terminal.say(answer)
    assert terminal.end() == 1
    assert (aws / "credentials").read_text() == CREDENTIALS and not (aws / "config").exists()


def test_a_file_that_changed_while_the_question_stood_open(aws: Path) -> None:
    terminal = Terminal(CONVERT)
    terminal.until("[y/N]")
    with (aws / "credentials").open("a") as file:
        file.write("# more\n")
    terminal.say("y\n")
    assert terminal.end() == 2
    assert (aws / "credentials").read_text() == CREDENTIALS + "# more\n" and not (aws / "config").exists()
    assert "credentials" in terminal.text


def test_a_terminal_that_closes_at_the_question(aws: Path) -> None:
    terminal = Terminal(CONVERT)
    terminal.until("[y/N]")
    os.close(terminal.ours)
    assert terminal.process.wait(timeout=300) in (1, -signal.SIGHUP, 128 + signal.SIGHUP)
    assert (aws / "credentials").read_text() == CREDENTIALS and not (aws / "config").exists()


def test_ctrl_c_at_the_question_is_130(aws: Path) -> None:
    terminal = Terminal(CONVERT)
    terminal.until("[y/N]")
    terminal.say("\x03")
    assert terminal.end() == 130
    assert "Traceback" not in terminal.text and (aws / "credentials").read_text() == CREDENTIALS


def test_ctrl_c_while_a_class_is_made() -> None:
    """In a module that `main` imports, and in one that a command imports: Python before 3.12 makes a RuntimeError of it."""
    for module in ("migrate.cli.invoke", "migrate.cli.command.config"):
        script = f"""
import signal, sys, types

class Field:
    def __set_name__(self, owner, name):
        signal.raise_signal(signal.SIGINT)

class Finder:
    def find_spec(self, name, *_):
        if name == {module!r}:
            class Made:
                field = Field()

sys.meta_path.insert(0, Finder())
from migrate.cli.app import main
main()
"""
        done = subprocess.run([sys.executable, "-c", script, *CONVERT, "--yes"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (130, "\nInterrupted. Nothing was changed.\n"), done.stderr


def test_ctrl_c_at_any_time(aws: Path, home: Path) -> None:
    """130 with nothing done, or done: never half."""
    started = time.monotonic()
    assert (
        subprocess.run([sys.executable, "-m", "migrate", *CONVERT, "--dry-run"], stdin=subprocess.DEVNULL, capture_output=True).returncode
        == 0
    )
    whole = time.monotonic() - started
    for n in range(16):
        process = subprocess.Popen(
            [sys.executable, "-c", "from migrate.cli.app import main; print(flush=True); main()", *CONVERT, "--yes"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        process.stdout.readline()  # before `main` is there, Ctrl-C is Python's own affair
        time.sleep(whole * n / 10)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
        pair = (aws / "config").exists(), (aws / "credentials").read_text() == ""
        if process.returncode == 130:
            assert pair == (False, False) and "Traceback" not in err
        elif process.returncode == 0:
            assert pair == (True, True)
            subprocess.run([sys.executable, "-m", "migrate", "undo", "--yes"], stdin=subprocess.DEVNULL, capture_output=True, check=True)
        elif process.returncode == -signal.SIGINT and err.count('File "') == err.count('File "<string>", line 1') == 1:
            assert pair == (False, False)  # it came between the line that was read and `main`
        else:
            raise AssertionError((process.returncode, out, err))
        assert not list(home.rglob("*.tmp"))


def test_colours_on_a_terminal_only_and_not_with_no_color(aws: Path) -> None:
    for args, env, colours in (([], {}, True), (["--no-color"], {}, False), ([], {"NO_COLOR": "1"}, False), ([], {"TERM": "dumb"}, False)):
        terminal = Terminal([*CONVERT, "--dry-run", *args], **env)
        assert terminal.end() == 0
        assert ("\x1b[" in terminal.text) == colours, (args, env)


def test_json_is_asked_about_on_stderr(aws: Path, tmp_path: Path) -> None:
    """stdout holds the one document; the diff and the question are on the terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "migrate", *CONVERT, "--format", "json"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    while b"[y/N]" not in seen:
        seen += os.read(ours, 65536)
    assert b"sso_session = corp" in seen
    os.write(ours, b"y\n")
    import json

    document = json.loads(process.communicate(timeout=300)[0])
    assert process.returncode == 0 and document["status"] == 0 and document["run"]
    os.close(ours)


def test_undo_notes_a_run_that_was_put_back_by_hand(aws: Path, home: Path, run: Run) -> None:
    """So that the next undo takes the run before it."""
    assert run(*CONVERT, "--yes").returncode == 0
    (aws / "config").unlink()
    (aws / "credentials").write_text(CREDENTIALS)
    terminal = Terminal(["undo"])
    assert terminal.end() == 0 and "Undid run" in terminal.text
    assert " undone " in run("undo", "--list").stdout
