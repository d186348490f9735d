"""How long `bulk` takes over many repositories, next to `git clone` alone, and whether it ends right when it is killed.

    python benchmarks/bulk.py [--repositories 1000] [--scales 100,300,1000,2000] [--kills 10] [--rounds 1] [--small]

The repositories: bare ones with one commit of 20 to 2,000 files (as many small as large on a logarithmic scale) out of this
interpreter's own libraries, Python and others, with keys in 1 of 10. All in one run, in turns:

- the sum of `git clone` over all of them, one after another, by their `file://` URL (whole, and with `--depth=1`);
- `bulk --push` over the same list, as processes and over a local Dask cluster of two workers, and the memory of its parent;
- `bulk --push` over growing lists;
- `bulk --push` killed at random moments and run again until it ends: are the branches those of an undisturbed run, each commit made once?

Prints Markdown tables, and the shares of clone, search, rewrite and push out of what `bulk` keeps in its state file.
"""

import argparse
import json
import math
import os
import platform
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.madeup import key_id, secret

KEY, SECRET = key_id("dev"), secret("dev")
KEYED = f'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}")\n'
BRANCH = "aws-sso-migrate"
ENV = os.environ | {"GIT_AUTHOR_NAME": "Kim", "GIT_AUTHOR_EMAIL": "kim@example.com",
                    "GIT_COMMITTER_NAME": "Kim", "GIT_COMMITTER_EMAIL": "kim@example.com", "GIT_CONFIG_GLOBAL": os.devnull}  # fmt: skip


def contents() -> list[tuple[str, bytes]]:
    """Names and contents of real files: three of four are Python."""
    python, others = [], []
    for root in sorted({p for p in map(Path, sys.path) if p.is_dir() and "python" in p.name + p.parent.name}):
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.stat().st_size < 200_000 and not path.is_symlink():
                (
                    python if path.suffix == ".py" else others if path.suffix in (".txt", ".json", ".md", ".html", ".js", ".pyi") else []
                ).append(path)
    random.Random(1).shuffle(python)
    random.Random(2).shuffle(others)
    chosen = python[:4500] + others[:1500]
    read = [(p.suffix, p.read_bytes()) for p in chosen]
    return [(suffix, data) for suffix, data in read if not re.search(rb"AKIA|ASIA", data)]


def make(folder: Path, count: int) -> list[Path]:
    """That many bare repositories."""
    pool, dice = contents(), random.Random(3)
    out = []
    for n in range(count):
        bare = folder / f"team{n % 20}" / f"r{n}.git"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True, env=ENV)
        files = round(math.exp(dice.uniform(math.log(20), math.log(2000))))
        start = dice.randrange(len(pool))
        stream = [b"commit refs/heads/main\ncommitter Kim <kim@example.com> 1700000000 +0000\ndata 5\nfirst\n"]
        for i in range(files):
            suffix, data = pool[(start + i) % len(pool)]
            stream.append(b"M 100644 inline src/p%d/m%d%s\ndata %d\n%s\n" % (i // 40, i, suffix.encode(), len(data), data))
        if n % 10 == 5:
            for i in range(1 + n % 3):
                data = KEYED.encode() + f"name_{i} = {n}\n".encode()
                stream.append(b"M 100644 inline src/store%d.py\ndata %d\n%s\n" % (i, len(data), data))
        subprocess.run(["git", "-C", str(bare), "fast-import", "--quiet"], input=b"".join(stream), check=True, env=ENV)
        out.append(bare)
    return out


def clones(bares: list[Path], folder: Path, *args: str) -> float:
    """Seconds that `git clone` of each takes, one after another, without taking the clones away."""
    whole = 0.0
    for bare in bares:
        target = folder / "clone"
        begun = time.perf_counter()
        subprocess.run(["git", "clone", "-q", *args, bare.as_uri(), str(target)], check=True, env=ENV)
        whole += time.perf_counter() - begun
        shutil.rmtree(target)
    return whole


def forget(bares: list[Path]) -> None:
    """Takes the branches away, and the objects that came with them."""
    for bare in bares:
        if (bare / f"refs/heads/{BRANCH}").exists():
            subprocess.run(["git", "-C", str(bare), "update-ref", "-d", f"refs/heads/{BRANCH}"], check=True, env=ENV)
            subprocess.run(["git", "-C", str(bare), "prune", "--expire=now"], check=True, env=ENV)


class Bulk:
    """`bulk --push` over some repositories."""

    def __init__(self, bares: list[Path], folder: Path, *args: str) -> None:
        self.work = folder / "work"
        shutil.rmtree(self.work, ignore_errors=True)
        (folder / "list.txt").write_text("".join(f"{b.as_uri()}\n" for b in bares))
        self.command = [sys.executable, "-m", "migrate", "bulk", str(folder / "list.txt"), "--yes", "--push", "--quiet",
                        "--map-key", f"{KEY}=dev", "--workdir", str(self.work), *args]  # fmt: skip

    def start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self.command, env=ENV, cwd=Path(__file__).parents[1], stdout=subprocess.DEVNULL)

    def seconds(self) -> tuple[float, float]:
        """How long it takes, and the most memory of its parent in MiB."""
        begun, most = time.perf_counter(), 0.0
        process = self.start()
        while process.poll() is None:
            most = max(most, memory(process.pid))
            time.sleep(0.05)
        if process.returncode:
            raise SystemExit(f"bulk ended with {process.returncode}")
        return time.perf_counter() - begun, most

    def shares(self) -> dict[str, float]:
        """Seconds of all processes together by what they were at. Rewrite: with writing the files out before, and the commit."""
        out: dict[str, float] = {}
        for (text,) in sqlite3.connect(self.work / "state.sqlite").execute("SELECT result FROM work"):
            result = json.loads(text)
            for name, value in result["seconds"].items():
                name = "rewrite" if name in ("checkout", "code", "commit") else name
                out[name] = out.get(name, 0.0) + value
        return out


def memory(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def branches(bares: list[Path]) -> list[tuple[str, str, int]]:
    """Of each repository the branch's tree, what it stands on, and how many commits the repository holds."""
    out = []
    for bare in bares:
        git = ["git", "-C", str(bare)]
        said = subprocess.run([*git, "rev-parse", f"{BRANCH}^{{tree}}", f"{BRANCH}^"], capture_output=True, text=True, env=ENV)
        objects = subprocess.run([*git, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)"], capture_output=True, text=True)
        tree, parent = said.stdout.split() if said.returncode == 0 else ("", "")
        out.append((tree, parent, objects.stdout.split().count("commit")))
    return out


def killed(bulk: Bulk, times: int, seconds: float) -> int:
    """Kills it that often, at random moments of a run that takes so long, and lets it end. Gives how often it was still running."""
    dice, hit = random.Random(), 0
    for _ in range(times):
        process = bulk.start()
        try:
            process.wait(dice.uniform(0.3, 1.0 + seconds / times * 1.5))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            hit += 1
    bulk.seconds()
    return hit


def cluster() -> "Iterator[str]":
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local:
        yield local.scheduler_address


def main() -> None:
    """Measures, and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repositories", type=int, default=1000)
    parser.add_argument("--scales", default="100,300,1000,2000")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="some seconds, to see that it runs")
    given = parser.parse_args()
    count, scales, kills = given.repositories, [int(n) for n in given.scales.split(",") if n], given.kills
    if given.small:
        count, scales, kills = 30, [10, 30], 3
    with tempfile.TemporaryDirectory(prefix="bulk-benchmark-") as name:
        folder = Path(name)
        os.environ["DASK_TEMPORARY_DIRECTORY"] = name
        begun = time.perf_counter()
        every = make(folder, max([count, *scales]))
        bares = every[:count]
        print(f"{len(every)} repositories made in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
        one, shallow, pool, over = [], [], [], []
        most = 0.0
        shares: dict[str, float] = {}
        for _ in range(given.rounds):
            one.append(clones(bares, folder))
            shallow.append(clones(bares, folder, "--depth=1"))
            bulk = Bulk(bares, folder)
            seconds, used = bulk.seconds()
            pool.append(seconds)
            most, shares = max(most, used), bulk.shares()
            undisturbed = branches(bares)
            forget(bares)
            for address in cluster():
                seconds, _ = Bulk(bares, folder, "--scheduler", address).seconds()
                over.append(seconds)
            same = branches(bares) == undisturbed
            forget(bares)
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        print(f"{platform.system()} {platform.release()}, {os.cpu_count()} CPUs, load {load:.1f}, Python {platform.python_version()}, "
              f"{count} repositories, best of {given.rounds}\n")  # fmt: skip
        print("| what | seconds | times `git clone` |\n| :--- | ---: | ---: |")
        for what, times in (("`git clone`, one after another", one), ("`git clone --depth=1`, one after another", shallow),
                            ("`bulk --push`, processes", pool), ("`bulk --push`, local Dask cluster of two", over)):  # fmt: skip
            print(f"| {what} | {min(times):.1f} | {min(times) / min(one):.2f} |")
        print(f"\nCluster to processes: {min(over) / min(pool):.2f}; same branches: {same}; the parent took {most:.0f} MiB.\n")
        print("| share | seconds of all processes | of the whole |\n| :--- | ---: | ---: |")
        for what, seconds in sorted(shares.items(), key=lambda item: -item[1]):
            print(f"| {what} | {seconds:.1f} | {seconds / sum(shares.values()):.0%} |")
        print("\n| repositories | seconds | each, ms | parent, MiB |\n| ---: | ---: | ---: | ---: |")
        for scale in scales:
            seconds, used = Bulk(every[:scale], folder).seconds()
            forget(every[:scale])
            print(f"| {scale} | {seconds:.1f} | {seconds / scale * 1000:.0f} | {used:.0f} |")
        hit = killed(Bulk(bares, folder), kills, min(pool))
        right = branches(bares) == undisturbed
        print(
            f"\nKilled {hit} times (of {kills}) and run again: {'the same branches, each commit made once' if right else 'NOT the same'}."
        )
        if not right or not same:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
