"""What the tests of reviews share."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def use_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`use_editor(script)`: a shell script as the person's editor; "$1" is the file."""

    def use(script: str) -> None:
        path = tmp_path / "an editor"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("VISUAL", f"'{path}'")

    return use
