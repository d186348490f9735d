"""A home folder with the two AWS files, a change of both, and the run that makes it through the same door as every command."""

from collections.abc import Iterator
from pathlib import Path

from migrate.changes.change import Change
from migrate.cli.options import How
from migrate.cli.settle import settle
from migrate.errors import Refusal
from migrate.outcome import Outcome, ReplacedKey
from tests.madeup import key_id, secret

CONFIG = b"[profile dev]\nregion = eu-west-1\n"
CREDENTIALS = f"[dev]\naws_access_key_id = {key_id('dev')}\naws_secret_access_key = {secret('dev')}\n".encode()
NEW_CONFIG = b"[profile dev]\nregion = eu-west-1\nsso_session = corp\n"
NEW_CREDENTIALS = b""


def make(home: Path) -> tuple[Path, Path]:
    """Writes both files, and gives their paths."""
    (home / ".aws").mkdir()
    config, credentials = home / ".aws/config", home / ".aws/credentials"
    config.write_bytes(CONFIG)
    config.chmod(0o644)
    credentials.write_bytes(CREDENTIALS)
    credentials.chmod(0o600)
    return config, credentials


def outcome(home: Path) -> Outcome:
    """The change of both files, from what stands there now."""
    config, credentials = home / ".aws/config", home / ".aws/credentials"
    changes = [
        Change(path, before, after, frozenset([secret("dev")]))
        for path, after in ((config, NEW_CONFIG), (credentials, NEW_CREDENTIALS))
        if (before := path.read_bytes()) != after
    ]
    return Outcome("config", changes, replaced=[ReplacedKey(key_id("dev"), "dev")], files=2)


def apply_all(home: Path) -> int:
    """The run: exit status 0, or 2 where it was refused."""
    try:
        return settle(outcome(home), How(yes=True))
    except Refusal as refusal:
        print(refusal)
        return 2


def state(home: Path) -> Path:
    """Where journals and backups lie."""
    return home / ".local/state/aws-sso-migrate"


def strangers(home: Path) -> list[Path]:
    """Files that are neither the two nor part of the state folder: leftovers."""
    return sorted(p for p in home.rglob("*") if p.is_file() and state(home) not in p.parents and p.name not in ("config", "credentials"))


def everything(home: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below the home folder."""
    for path in home.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()
