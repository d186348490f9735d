"""A library that pip put into the project's own folder (`pip install --target .`) is that library, as long as it is as pip left it."""

import importlib.metadata
import shutil
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.madeup import key_id, secret

PROGRAM = f"""import boto3

KEY = "{key_id("dev")}"
SECRET = "{secret("dev")}"


def client():
    return boto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET)
"""


def install(package: str, folder: Path) -> None:
    """Copy a package of this environment with the list of its files, as `pip install --target` leaves them."""
    for file in importlib.metadata.files(package) or []:
        if ".." not in file.parts and file.suffix != ".pyc":
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), folder / file)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "work" / "service"
    folder.mkdir()
    install("boto3", folder)
    (folder / "app.py").write_text(PROGRAM)
    return folder


def code(run: Run) -> int:
    return run("code", "service", "--yes", "--map-key", f"{key_id('dev')}=dev", "--allow-missing-profile").returncode


def test_a_program_beside_its_installed_libraries_is_rewritten(project: Path, run: Run) -> None:
    assert code(run) == 0
    assert 'boto3.Session(profile_name="dev").client("s3")' in (project / "app.py").read_text()


@pytest.mark.parametrize("change", ["a changed file", "a new file", "no list"])
def test_a_library_that_somebody_may_have_changed_is_a_part_of_the_program(change: str, project: Path, run: Run) -> None:
    if change == "a changed file":
        with (project / "boto3" / "utils.py").open("a") as file:
            file.write("\nimport_module = print\n")
    elif change == "a new file":
        (project / "boto3" / "more.py").write_text("")
    else:
        shutil.rmtree(next(project.glob("boto3-*.dist-info")))
    assert code(run) == 1
    assert (project / "app.py").read_text() == PROGRAM


@pytest.mark.slow
def test_a_library_with_a_linked_folder_is_a_part_of_the_program(project: Path, run: Run) -> None:
    (project / "boto3" / "resources").rename(project / "elsewhere")
    (project / "boto3" / "resources").symlink_to(project / "elsewhere")
    assert code(run) == 1
    assert (project / "app.py").read_text() == PROGRAM
