"""The profiles that the tests of `code` name are there, as on the machine of somebody who migrates."""

from pathlib import Path

import pytest

from tests.codemod.homes import with_profiles


@pytest.fixture(autouse=True)
def profiles(home: Path) -> None:
    """An AWS config file with the profiles that the tests map keys to."""
    with_profiles(home)
