"""How long `config` takes, next to what botocore itself needs to read the same two files in the same run.

    python benchmarks/config.py [--profiles 1000 5000 20000] [--plan]

Each size is run in processes of its own: botocore reading both files (without the time to import it), and the whole program, from its
start to the last sync of the disk. The best of three rounds counts, in turns, so that a busy machine hurts both. Prints a Markdown table.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.madeup import key_id, secret

ROUNDS = 3
BOTOCORE = """
import sys, time, botocore.session
files = {"config_file": (None, None, sys.argv[1], None), "credentials_file": (None, None, sys.argv[2], None)}
session = botocore.session.Session(session_vars=files)
start = time.perf_counter()
assert len(session.full_config["profiles"]) == int(sys.argv[3])
print(time.perf_counter() - start)
"""
PROGRAM = "from migrate.cli.app import main; main()"
SESSION = ["--sso-session", "corp", "--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-west-2"]


def write_home(home: Path, profiles: int) -> None:
    """Both files: a region, an output and a nested block for each profile, and its static key."""
    (home / ".aws").mkdir(parents=True)
    config, credentials = [], []
    for n in range(profiles):
        config.append(f"[profile team-{n}]\nregion = eu-central-1\noutput = json\ns3 =\n  max_queue_size = {n}\n\n")
        credentials.append(f"[team-{n}]\naws_access_key_id = {key_id(str(n))}\naws_secret_access_key = {secret(str(n))}\n\n")
    (home / ".aws/config").write_text("".join(config))
    (home / ".aws/credentials").write_text("".join(credentials))


def write_plan(plan: Path, profiles: int) -> None:
    """The same mapping as a plan."""
    lines = ["[sso_sessions]", "[[corp]]", f"sso_start_url = {SESSION[3]}", f"sso_region = {SESSION[5]}", "[profiles]"]
    for n in range(profiles):
        lines += [f"[[team-{n}]]", "action = sso", "sso_session = corp", "sso_account_id = 111122223333", "sso_role_name = Developer"]
    plan.write_text("\n".join(lines) + "\n")


def botocore_seconds(home: Path, profiles: int) -> tuple[float, float]:
    """What botocore needs to read the two files: the reading alone, and a whole program that does just that."""
    files = [str(home / ".aws/config"), str(home / ".aws/credentials")]
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", BOTOCORE, *files, str(profiles)], check=True, capture_output=True, text=True)
    return float(done.stdout), time.perf_counter() - start


def program_seconds(home: Path, profiles: int, with_plan: bool) -> tuple[float, float]:
    """The whole program's wall time, and the most memory (MiB) that it had."""
    if with_plan:
        write_plan(home / "plan.ini", profiles)
        mapping = ["--plan", str(home / "plan.ini")]
    else:
        mapping = [word for n in range(profiles) for word in ("--map", f"team-{n}=111122223333/Developer")]
    command = [sys.executable, "-c", PROGRAM, "config", "--yes", *([] if with_plan else SESSION), *mapping]
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NO_COLOR": "1"}
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    left = (home / ".aws/credentials").read_text()
    assert left == "", "not everything was converted"
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    """Runs every size and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, nargs="+", default=[1000, 5000, 20000])
    parser.add_argument("--plan", action="store_true", help="the mapping as a plan instead of --map options")
    options = parser.parse_args()
    mapping = "--plan" if options.plan else "--map"
    print(f"{platform.platform()}, {os.cpu_count()} CPUs, Python {platform.python_version()}; mapping by {mapping}\n")
    print("| profiles | botocore reads, s | as a program, s | config, s | to reading | to the program | peak memory, MiB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for profiles in options.profiles:
        readings, runs = [], []
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                home = Path(folder) / "home"
                write_home(home, profiles)
                readings.append(botocore_seconds(home, profiles))
                runs.append(program_seconds(home, profiles, options.plan))
        (reading, whole), run, memory = (
            map(min, zip(*readings, strict=True)),
            min(seconds for seconds, _ in runs),
            max(memory for _, memory in runs),
        )
        ratios = f"{run / reading:.2f} | {run / whole:.2f}"
        print(f"| {profiles:,} | {reading:.2f} | {whole:.2f} | {run:.2f} | {ratios} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
