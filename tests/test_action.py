"""action.yml: the steps of the composite action, as GitHub's runner starts them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.madeup import key_id, secret

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, RUN = ACTION["runs"]["steps"][1:]
SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
"""What `shell: bash` is (https://docs.github.com/actions/reference/workflow-syntax-for-github-actions, steps[*].shell)."""


def run_step(step: dict[str, Any], temporary: Path, **values: str) -> "subprocess.CompletedProcess[str]":
    """Run a step; each of its variables is an expression, for which `values` has what the runner puts there."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    env |= {name: values[expression.strip("${} ")] for name, expression in step["env"].items()}
    env |= {"RUNNER_TEMP": str(temporary), "CI": "true", "GITHUB_ACTIONS": "true"}
    script = temporary / "step.sh"
    script.write_text(step["run"])
    return subprocess.run([*SHELL, str(script)], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's temporary folder after the step that installs the program."""
    temporary = tmp_path_factory.mktemp("runner temp")  # runners on macOS and those of one's own have blanks in it
    values = {"steps.python.outputs.python-path": sys.executable, "github.action_path": str(ROOT)}
    done = run_step(INSTALL, temporary, **values)
    if "No matching distribution" in done.stderr or "Could not find a version" in done.stderr:
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
    return temporary


def test_it_is_a_composite_action_whose_steps_name_their_shell() -> None:
    assert ACTION["runs"]["using"] == "composite" and len(ACTION["runs"]["steps"]) == 3
    setup = ACTION["runs"]["steps"][0]
    assert setup["uses"].startswith("actions/setup-python@") and setup["id"] == "python"
    assert all(step["shell"] == "bash" for step in (INSTALL, RUN))
    assert set(ACTION["inputs"]) == {"args", "python-version"}
    # what a workflow gives reaches a script by the environment alone: in its text it could be anything
    assert "${{" not in INSTALL["run"] + RUN["run"]


@pytest.mark.slow
@pytest.mark.parametrize("found", [True, False], ids=["a key", "clean"])
def test_it_annotates_a_key_and_fails(found: bool, installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if found:
        Path("app.py").write_text(f'KEY = "{key_id("x")}"\nSECRET = "{secret("x")}"\n')
    done = run_step(RUN, installed, **{"inputs.args": ACTION["inputs"]["args"]["default"]})
    assert done.returncode == (1 if found else 0), done.stderr
    assert done.stdout.startswith("::error file=app.py,line=1,") == found
    assert secret("x") not in done.stdout + done.stderr


@pytest.mark.slow
def test_arguments_are_words_and_nothing_else(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(f'KEY = "{key_id("x")}"\nSECRET = "{secret("x")}"\n')
    done = run_step(RUN, installed, **{"inputs.args": "scan --paths-only . --exclude *.py"})
    assert done.returncode == 0, done.stdout  # the shell would have made `a.py` of the pattern
    done = run_step(RUN, installed, **{"inputs.args": "scan --paths-only . ; touch made $(touch made)"})
    assert done.returncode == 2 and not Path("made").exists()
