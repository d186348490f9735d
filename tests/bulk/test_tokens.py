"""A token in a clone URL is on no process's command line, in no file and in nothing that is shown; and a push runs no hook of a path's."""

import os
import stat
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from migrate.bulk.remotes import Remote
from tests.bulk.places import Run, arguments, bulk, git, identity, remote

TOKEN = "ghp0123456789abcdefghijklmnopqrstuvwx"


@pytest.fixture(autouse=True)
def kim(home: Path) -> None:
    identity(home)


class Watch:
    """Looks at every process's command line, again and again."""

    def __init__(self, word: str) -> None:
        self.seen: set[str] = set()
        self._word, self._ends = word.encode(), False
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._ends:
            for entry in os.scandir("/proc"):
                if entry.name.isdecimal() and int(entry.name) != os.getpid():
                    try:
                        line = Path(entry.path, "cmdline").read_bytes()
                    except OSError:
                        continue
                    if self._word in line:
                        self.seen.add(line.decode("utf-8", "replace").replace("\0", " "))

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends = True
        self._thread.join()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("userinfo", [f"kim:{TOKEN}", TOKEN, f"{TOKEN}:x-oauth-basic"])
def test_a_token_is_on_no_command_line(run: Run, userinfo: str) -> None:
    asked: list[str] = []

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("Authorization", ""))
            time.sleep(0.3)
            self.send_response(401 if not asked[-1] else 404)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Watch(TOKEN) as watch:
        done = bulk(run, [f"http://{userinfo}@127.0.0.1:{server.server_port}/o/r.git"], "--report", "all.json")
    server.shutdown()
    assert any(asked), "the token was used"
    assert watch.seen == set()
    assert TOKEN not in done.stdout + done.stderr
    for path in Path.cwd().rglob("*"):
        if path.is_file() and path.name != "list.txt":
            assert TOKEN.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    "url",
    [
        f"https:/kim:{TOKEN}@host.invalid/o/r.git",
        f"https://kim:{TOKEN}/x@host.invalid/o/r.git",
        f"https//{TOKEN}@host.invalid/o/r.git",
        f"kim:{TOKEN}@host.invalid/o/r.git",
        f"{TOKEN}@host.invalid:o/r.git",
        f"ssh://{TOKEN}@host.invalid/o/r.git",
        f"https://host.invalid/o/r.git?token={TOKEN}#{TOKEN}",
        f"https:\\\\{TOKEN}@host.invalid",
    ],
)
def test_neither_where_the_url_is_not_well_formed(run: Run, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_SSH_COMMAND", "false")
    with Watch(TOKEN) as watch:
        done = bulk(run, [url], "--report", "all.json", timeout=300)
    assert done.returncode in (1, 2) and watch.seen == set()
    assert TOKEN not in done.stdout + done.stderr
    for path in Path.cwd().rglob("*"):
        if path.is_file() and path.name != "list.txt":
            assert TOKEN.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("url", "clean", "login"),
    [
        ("https://kim:a%40b@h/o/r", "https://h/o/r", ("kim", "a@b")),
        ("https://h/o/r", "https://h/o/r", None),
        ("git@github.com:o/r.git", "git@github.com:o/r.git", None),
        ("ssh://git@h:22/o/r", "ssh://git@h:22/o/r", None),
        ("ssh://APKAEIBAERJR2EXAMPLE@git-codecommit.eu-west-1.amazonaws.com/v1/repos/r", None, None),
    ],
)
def test_what_goes_to_git(url: str, clean: str | None, login: tuple[str, str] | None) -> None:
    assert Remote.of(url).clean == (clean or url) and Remote.of(url).login == login


def hooked(bare: Path, sprung: Path) -> None:
    for name in ("pre-receive", "update", "post-receive", "post-update", "reference-transaction"):
        hook = bare / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\necho {name} >> {sprung}\n")
        hook.chmod(0o755)


@pytest.mark.parametrize("asked", [False, True])
def test_a_push_to_a_path_runs_its_hooks_only_where_it_is_asked(run: Run, tmp_path: Path, asked: bool) -> None:
    bare = remote("one")
    sprung = tmp_path / "sprung"
    hooked(bare, sprung)
    done = bulk(run, [str(bare)], "--push", *(["--hooks"] if asked else []))
    assert done.returncode == (0 if asked else 1), done.stdout + done.stderr
    assert bool(git(bare, "branch", "--list", "aws-sso-migrate")) == asked == sprung.exists()
    assert asked or "--hooks" in done.stdout


def test_the_working_folder_is_its_owners_alone(run: Run) -> None:
    bare = remote("one")
    work = Path("aws-sso-migrate-bulk")
    assert bulk(run, [str(bare)]).returncode == 0
    work.chmod(0o755)
    assert bulk(run, [str(bare)]).returncode == 0
    assert stat.S_IMODE(work.stat().st_mode) == 0o700


@pytest.mark.parametrize("which", [".", "clones", "state.sqlite", "run", "lock"])
def test_links_in_the_working_folder_are_refused(run: Run, tmp_path: Path, which: str) -> None:
    bare = remote("one")
    work = Path("work")
    target = tmp_path / "target"
    if which in (".", "clones"):
        target.mkdir(mode=0o755)
        (target / "part-mine").mkdir()
    else:
        target.write_text("mine")
    if which == ".":
        work.symlink_to(target)
    else:
        work.mkdir(mode=0o700)
        (work / which).symlink_to(target)
    done = bulk(run, [str(bare)], "--workdir", "work")
    assert done.returncode == 2 and "symlink" in done.stderr, done.stderr
    assert (target / "part-mine").is_dir() if target.is_dir() else target.read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder somebody else's")
def test_a_working_folder_of_somebody_elses_is_refused(run: Run) -> None:
    bare = remote("one")
    work = Path("work")
    work.mkdir(mode=0o777)
    os.chown(work, 4321, 4321)
    done = bulk(run, [str(bare)], "--workdir", "work")
    assert done.returncode == 2 and "uid 4321" in done.stderr


def test_a_folder_that_is_in_use_for_something_else_keeps_what_is_in_it(run: Run) -> None:
    bare = remote("one")
    mine = Path("work/clones/part-of-my-thesis")
    mine.mkdir(parents=True)
    (mine / "chapter.txt").write_text("1")
    done = run(*arguments([str(bare)], "--workdir", "work"))
    assert (mine / "chapter.txt").read_text() == "1", done.stderr
