"""What the shell completes: names from the AWS files and the journal, regions, and finding codes. Nothing here may fail or print."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrate.awsfiles.reading.profiles import AwsFiles

_BEGUN = 8
"""Characters of a key ID that somebody has typed who means that one."""


def profiles(incomplete: str) -> list[str]:
    """Return the profiles of the AWS files."""
    return _matching(incomplete, lambda: _files().profiles)


def profiles_to_map(incomplete: str) -> list[str]:
    """Return the profiles of the AWS files as `--map` takes them; after `PROFILE=` the accounts and roles that other profiles use."""
    name, given, _ = incomplete.partition("=")

    def pairs() -> Iterator[str]:
        for profile in _files().profiles.values():
            account, role = (profile.values.get(setting) for setting in ("sso_account_id", "sso_role_name"))
            if account and role:
                yield f"{name}={account}/{role}"

    return _matching(incomplete, pairs if given else lambda: [f"{profile}=" for profile in _files().profiles])


def keys(incomplete: str) -> list[str]:
    """Return the key IDs of the AWS files and of earlier runs that begin so; none before a part of one is typed.

    Key IDs are not shown whole, but to somebody who has one in front of him.
    """
    return _matching(incomplete, lambda: _keys() if len(incomplete) >= _BEGUN else ())


def keys_to_map(incomplete: str) -> list[str]:
    """Return key IDs as `--map-key` takes them, as `keys` does; after `KEY_ID=` the profiles."""
    key, given, _ = incomplete.partition("=")
    if given:
        return _matching(incomplete, lambda: [f"{key}={name}" for name in _files().profiles])
    return [f"{one}=" for one in keys(incomplete)]


def regions(incomplete: str) -> list[str]:
    """Return the regions of all partitions."""

    def known() -> Iterator[str]:
        from botocore.loaders import Loader

        for partition in Loader().load_data("partitions")["partitions"]:
            yield from (name for name in sorted(partition["regions"]) if not name.endswith("-global"))

    return _matching(incomplete, known)


def scopes(incomplete: str) -> list[str]:
    """Return the scopes of a session that gives accounts."""

    def known() -> list[str]:
        from migrate.awsfiles.reading.vocabulary import DEFAULT_SCOPES

        return [DEFAULT_SCOPES]

    return _matching(incomplete, known)


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
        return list(dict.fromkeys(name for name in names() if name.startswith(incomplete)))
    return []


def _keys() -> Iterable[str]:
    from migrate.codemod.keys.mapping import known_profiles

    return known_profiles()


def _files() -> "AwsFiles":
    from migrate.awsfiles.reading.files import default_path, read_file
    from migrate.awsfiles.reading.profiles import merge

    config = read_file(default_path(None, "AWS_CONFIG_FILE", "config"))
    return merge(config, read_file(default_path(None, "AWS_SHARED_CREDENTIALS_FILE", "credentials")))
