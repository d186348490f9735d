"""AWS on the loopback for the tests of this folder, started once for each process."""

import subprocess
from collections.abc import Iterator

import pytest
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data

from tests.conftest import Run
from tests.online.aws import Portal, aws, places


@pytest.fixture
def run(run: Run) -> Run:
    """The program. Where it waits for somebody to confirm a login, its seconds are shorter: servers name whole ones."""

    def start(*args: str, **more: object) -> "subprocess.CompletedProcess[str]":
        return run(*args, **{"clock": 20, **more} if args[0] == "login" else more)

    return start


@pytest.fixture(scope="session")
def _servers() -> Iterator[Portal]:
    with aws() as running:
        yield running


@pytest.fixture
def portal(_servers: Portal, monkeypatch: pytest.MonkeyPatch) -> Portal:
    """The portal as new, with an empty STS and IAM behind it; the environment leads there."""
    # in this process, where moto's thread runs: its own address for that loads all services first, minutes on a busy machine
    BackendDict.reset()
    reset_model_data()
    new = Portal(address=_servers.address, moto=_servers.moto)
    _servers.__dict__.update(new.__dict__)
    for name, value in places(_servers).items():
        monkeypatch.setenv(name, value)
    return _servers
