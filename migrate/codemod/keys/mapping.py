"""Which profile takes a key's place: `--map-key`, the plan's [keys], the AWS credentials file and backups, then `--profile`."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.keys import account_id, is_key_id, mask_key_id
from migrate.nearest import did_you_mean

if TYPE_CHECKING:
    from migrate.awsfiles.reading.files import AwsFile
    from migrate.awsfiles.reading.profiles import AwsFiles

_PROFILE = re.compile(r"[^\x00-\x1f\x7f]+")
_ROLE = {"role_arn", "web_identity_token_file"}
_LARGEST_BACKUP = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Why a key has no profile, as a finding says it: `code`, `reason` of this key, what to do."""

    code: str
    reason: str
    help: str


class KeyMap:
    """Which profile takes a key's place: named keys first, then the default for all the rest.

    A key whose account is known is not mapped to a profile of another account. `accounts` has the account that a profile signs in, but for
    profiles where somebody has confirmed another one; `known` the keys that stood in a profile, whose account is that of `config`.
    """

    def __init__(
        self,
        keys: dict[str, str],
        default: str | None = None,
        chain: bool = False,
        *,
        accounts: Mapping[str, str] | None = None,
        known: Mapping[str, str] | None = None,
    ) -> None:
        self.keys = keys
        self.default = default
        self.chain = chain
        self.accounts = accounts or {}
        self.known = known or {}

    def __contains__(self, key: str) -> bool:
        return self.chain or ((key in self.keys or self.default is not None) and self._moved(key) is None)

    def profile(self, key: str) -> str | None:
        """Return the profile of a key; None under `--target default-chain`."""
        return None if self.chain else self.keys.get(key, self.default)

    def for_chain(self) -> "KeyMap":
        """Return the mapping under `--target default-chain`."""
        return KeyMap(self.keys, self.default, True)

    def unmapped(self, key: str) -> Unmapped:
        """Return why a key that is not in the mapping is not."""
        moved = self._moved(key)
        if moved is None:
            return Unmapped("AWS201", "this key is not mapped to a profile", "map it: --map-key KEY_ID=PROFILE")
        profile, own, other = moved
        reason = f"key {mask_key_id(key)} belongs to account {own}, but it is mapped to profile {profile} of account {other}"
        help = f"map the key to another profile, or confirm the account: --other-account '{profile}', or other_account = yes in the plan"
        return Unmapped("AWS235", reason, help)

    def _moved(self, key: str) -> tuple[str, str, str] | None:
        """Return the profile of a key that would sign in another account than the key, and both accounts; None where it would not."""
        profile = self.profile(key)
        if profile is None or self.known.get(key) == profile:
            return None
        own, other = account_id(key), self.accounts.get(profile)
        return None if own is None or other is None or own == other else (profile, own, other)


def mapping_from(
    pairs: Sequence[str],
    plan: Path | None,
    profile: str | None,
    chain: bool,
    after: tuple[bytes, bytes] | None = None,
    other_account: Container[str] = (),
) -> KeyMap:
    """Return the mapping of a run. `after`: what config and credentials file will hold, where this run changes them too.

    `other_account`: profiles that may be of another account than their keys. Raises Refusal for a malformed or contradictory `--map-key` or
    `--profile`, and for a plan that does not hold.
    """
    named = named_pairs(pairs)
    if profile is not None and (not profile.strip() or not _PROFILE.fullmatch(profile)):
        raise Refusal("--profile requires the name of a profile")
    known = known_profiles(after)
    keys, accounts = dict(known), accounts_of(after)
    if plan is not None:
        from migrate.plan import load_plan

        planned = load_plan(plan)
        keys.update(planned.keys)
        accounts = {name: p.sso_account_id for name, p in planned.profiles.items() if p.sso_account_id} | accounts
        accounts = {name: account for name, account in accounts.items() if name not in planned.other_account}
    keys.update(named)
    return KeyMap(keys, profile, chain, accounts={n: a for n, a in accounts.items() if n not in other_account}, known=known)


def named_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """Return the profile of each key id of `--map-key`. Raises Refusal for one that is malformed or contradicts another."""
    named: dict[str, str] = {}
    for pair in pairs:
        key, sep, name = pair.partition("=")
        if not sep or not is_key_id(key) or not name.strip() or not _PROFILE.fullmatch(name):
            raise Refusal("--map-key requires KEY_ID=PROFILE: a key ID of 20 characters and a profile name")
        if named.get(key, name) != name:
            raise Refusal(f"--map-key maps {mask_key_id(key)} to two different profiles")
        named[key] = name
    return named


def check_profiles(mapping: KeyMap, named: Iterable[str], plan: Path | None, after: tuple[bytes, bytes] | None = None) -> None:
    """Raise Refusal where a profile that somebody named is in no AWS file. `after`: what these files will hold, as in `mapping_from`.

    Profiles of the plan count: `config` will see to them.
    """
    if mapping.chain:
        return
    known = set(_values(*(after or _standing())))
    if plan is not None:
        from migrate.plan import load_plan

        known |= set(load_plan(plan).profiles)
    for name in sorted(set(named) - known):
        near = did_you_mean(name, known)
        raise Refusal(
            f"there is no profile {name} in the AWS files",
            help="\n".join([*([near] if near else []), "if the profile exists only on other machines, add --allow-missing-profile"]),
        )


def known_profiles(after: tuple[bytes, bytes] | None = None) -> dict[str, str]:
    """Return the key ids of the AWS files and of this program's own backups of them, with their profiles.

    Only where the profile signs as the key did: one with a role of its own assumes that role
    (https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html), unless `config` has made NAME-source of
    it; and one that is in a backup but no longer in the files is nobody. A key in two profiles goes to `default` last. What cannot be
    read is passed over: the keys in it are then reported as not mapped.
    """
    keys: dict[str, str] = {}
    standing, *backups = _pairs()
    if after is not None:
        standing, backups = after, [standing, *backups]
    now = _values(*standing)
    for pair in (standing, *backups):
        for name, values in sorted(_values(*pair).items(), key=lambda item: item[0] == "default"):
            key = values.get("aws_access_key_id", "").strip()
            profile = next((p for p in (name, f"{name}-source") if p in now and not _ROLE & set(now[p])), None)
            if is_key_id(key) and profile is not None and _PROFILE.fullmatch(profile):
                keys.setdefault(key, profile)
    return keys


def accounts_of(after: tuple[bytes, bytes] | None = None) -> dict[str, str]:
    """Return the account that each profile of the AWS files signs in, where they say it: by its role, its SSO account, or its key."""
    from migrate.awsfiles.reading import facts

    files = _merged(*(after or _standing()))
    out = {}
    for name, profile in files.profiles.items():
        values = profile.values
        if facts.is_role(profile):
            account = facts.account_of_arn(values["role_arn"])
        elif files.sso_is_complete(values):
            account = values.get("sso_account_id")
        else:
            account = facts.account_of_key(profile) if not values.get("aws_session_token") else None
        if account:
            out[name] = account
    return out


def profiles_with_keys() -> set[str]:
    """Return the profiles of the AWS files that have long-lived keys."""
    return {
        name for name, profile in _merged(*_standing()).profiles.items() if is_key_id(profile.values.get("aws_access_key_id", "").strip())
    }


def regions() -> dict[str, str]:
    """Return the region of each profile of the AWS files that has one."""
    return {name: values["region"] for name, values in _values(*_standing()).items() if values.get("region")}


CALLS = ("api_versions", "ca_bundle", "connect_timeout", "defaults_mode", "disable_request_compression", "endpoint_url", "ignore_configured_endpoint_urls",
         "max_attempts", "parameter_validation", "read_timeout", "request_checksum_calculation", "request_min_compression_size_bytes", "response_checksum_validation", "retry_mode",
         "s3", "s3_us_east_1_regional_endpoint", "services", "sigv4a_signing_region_set", "sts_regional_endpoints", "tcp_keepalive", "use_dualstack_endpoint",
         "use_fips_endpoint", "user_agent_appid")  # fmt: skip
"""Settings of a profile that change what its calls do (botocore.configprovider, `BOTOCORE_DEFAUT_SESSION_VARIABLES`)."""


def call_settings() -> dict[str, dict[str, str]]:
    """Return the settings of each profile of the AWS files that change what its calls do, the region apart."""
    return {name: {n: v for n, v in values.items() if n in CALLS} for name, values in _values(*_standing()).items()}


def settings_finding(path: str, line: int, profile: str, known: dict[str, dict[str, str]]) -> Finding | None:
    """Return what is to be said of a call where its profile has other settings than the default profile; else None."""
    before, now = known.get("default", {}), known.get(profile, {})
    other = sorted(n for n in {*before, *now} if before.get(n) != now.get(n))
    if profile not in known or not other:
        return None
    said = f"profile {profile} and the default profile differ in {', '.join(other)}"
    return Finding("AWS234", path, said, line, 1, "compare the two profiles in the AWS config file", profile=profile)


def region_finding(path: str, line: int, profile: str, known: dict[str, str]) -> Finding | None:
    """Return what is to be said of a call that names no region, where its profile's is another than the default profile's; else None."""
    before, now = known.get("default"), known.get(profile)
    if before == now:
        return None
    said = f"profile {profile} has {f'region {now}' if now else 'no region'}, and the default profile {before or 'none'}"
    what, help = "this call sets no region", "set the region in the call or in the profile"
    if not path.endswith((".py", ".pyw", ".ipynb", ".wsgi")) and "." in path.rpartition("/")[2]:
        what, help = "calls that set no region will use the profile's", "set the region in this file, in the calls or in the profile"
    return Finding("AWS228", path, f"{what}: {said}", line, 1, help, profile=profile)


def _paths() -> Iterator[Path]:
    """Return the config and the credentials file. Raises Refusal where a variable names none."""
    from migrate.awsfiles.reading.files import default_path

    for variable, name in (("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")):
        yield default_path(None, variable, name)


def _standing() -> tuple[bytes, bytes]:
    """Return the contents of the config and the credentials file; nothing of one that is not there, or cannot be read."""
    out = [b"", b""]
    with suppress(Refusal):
        for n, path in enumerate(_paths()):
            with suppress(OSError):
                if path.is_file() and path.stat().st_size < _LARGEST_BACKUP:
                    out[n] = path.read_bytes()
    return out[0], out[1]


def _pairs() -> list[tuple[bytes, bytes]]:
    """Yield the contents of config and credentials files: those that stand, then those of backups, newest first."""
    from migrate.changes.state import state_folder

    out = [_standing()]
    places: dict[str, int] = {}
    with suppress(Refusal):
        for n, path in enumerate(_paths()):
            places[str(path.absolute())] = n
    with suppress(Refusal):
        runs = state_folder() / "runs"
        with suppress(OSError):
            for folder in sorted(runs.iterdir(), reverse=True):
                out += _backup(folder, places)
    return out


def _backup(folder: Path, places: dict[str, int]) -> list[tuple[bytes, bytes]]:
    """Return the AWS files in the backups of one run."""
    from migrate.changes.journal import load

    out: list[tuple[bytes, bytes]] = []
    with suppress(Refusal, OSError):
        journal = load(folder)
        if journal.command not in ("config", "run") or journal.purged:
            return out
        found = [b"", b""]
        for entry in journal.files:
            which = places.get(entry.path, places.get(entry.real, 0 if Path(entry.path).name == "config" else 1))
            if entry.backup is not None and not entry.path.endswith((".py", ".ipynb")):
                with suppress(Refusal):
                    found[which] = journal.backup(entry)
        out.append((found[0], found[1]))
    return out


def _values(config: bytes, credentials: bytes) -> dict[str, dict[str, str]]:
    """Return the settings of each profile, as the two files together say."""
    return {name: p.values for name, p in _merged(config, credentials).profiles.items()}


def _merged(config: bytes, credentials: bytes) -> "AwsFiles":
    from migrate.awsfiles.reading.profiles import merge

    return merge(_aws_file("config", config), _aws_file("credentials", credentials))


def _aws_file(name: str, data: bytes) -> "AwsFile":
    from migrate.awsfiles.reading.document import Document
    from migrate.awsfiles.reading.files import AwsFile

    path = Path(name)
    try:
        return AwsFile(path, data, Document(data.decode("utf-8-sig"), path))
    except (Refusal, UnicodeDecodeError):
        return AwsFile(path, None, Document("", path))


def presigned_finding(path: str, line: int, profile: str) -> Finding:
    """Return the warning of a URL that is presigned with a profile's session now, and ends with it."""
    why = "this URL stops working when the role session that signs it ends"
    return Finding("AWS232", path, why, line, 1, "use it soon after it is made", profile=profile)
