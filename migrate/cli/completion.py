"""What the shell completes: names from the AWS files and the journal, and finding codes. Nothing here may fail or print."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrate.awsfiles.profiles import AwsFiles


def profiles(incomplete: str) -> list[str]:
    """Return the profiles of the AWS files."""
    return _matching(incomplete, lambda: _files().profiles)


def profiles_to_map(incomplete: str) -> list[str]:
    """Return the profiles of the AWS files as `--map` takes them."""
    return _matching(incomplete, lambda: [f"{name}=" for name in _files().profiles])


def sessions(incomplete: str) -> list[str]:
    """Return the sso-sessions of the config file."""
    return _matching(incomplete, lambda: _files().sessions)


def runs(incomplete: str) -> list[str]:
    """Return the runs in the journal, newest first."""

    def all_runs() -> list[str]:
        from migrate.changes.undo import all_runs

        return [journal.run for journal in all_runs()[0]]

    return _matching(incomplete, all_runs)


def codes(incomplete: str) -> list[tuple[str, str]]:
    """Return the finding codes with their titles."""
    from migrate.codes import CODES

    return [(code, CODES[code].title) for code in sorted(CODES) if code.startswith(incomplete.upper())]


def _matching(incomplete: str, names: Callable[[], Iterable[str]]) -> list[str]:
    with suppress(Exception):  # whatever is wrong with the files: a completion has nowhere to report it
        return [name for name in names() if name.startswith(incomplete)]
    return []


def _files() -> "AwsFiles":
    from migrate.awsfiles.files import default_path, read_file
    from migrate.awsfiles.profiles import merge

    config = read_file(default_path(None, "AWS_CONFIG_FILE", "config"))
    return merge(config, read_file(default_path(None, "AWS_SHARED_CREDENTIALS_FILE", "credentials")))
