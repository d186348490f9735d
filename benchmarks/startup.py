"""How long `--help` takes, against a Python that imports typer and rich and ends. Prints a line for docs/benchmarks.md."""

import subprocess
import sys
import time


def best(*command: str, rounds: int = 15) -> float:
    """The quickest of some runs of a Python command, in seconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run([sys.executable, *command], capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    ours, theirs = best("-m", "migrate", "--help"), best("-c", "import typer, rich")
    print(f"| `--help` | {ours:.3f} | `import typer, rich` | {theirs:.3f} | {ours / theirs:.2f} |")
