"""Started where programs are not often started."""

import os
from pathlib import Path

from tests.conftest import Run


def test_a_folder_that_is_no_longer_there(run: Run, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    try:
        done = run("code", ".", "--dry-run")
    finally:
        os.chdir(tmp_path)
    assert done.returncode == 2 and "no longer exists" in done.stderr and "internal error" not in done.stderr
