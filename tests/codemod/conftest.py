"""The profiles that the tests of `code` name are there, as on the machine of somebody who migrates."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.codemod.homes import with_profiles
from tests.forking import BOTOCORE, Starter

READERS = ("pydantic_settings", "environs", "decouple", "dotenv", "yaml")
"""What programs of the examples read their settings with: half of their time was spent on importing it."""


@pytest.fixture(autouse=True)
def profiles(home: Path) -> None:
    """An AWS config file with the profiles that the tests map keys to."""
    with_profiles(home)


@pytest.fixture(scope="session")
def boto3() -> Iterator[Starter]:
    """Starts `signing.py` where boto3 is there already."""
    starter = Starter((*BOTOCORE, *READERS), {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"})
    yield starter
    starter.stop()
