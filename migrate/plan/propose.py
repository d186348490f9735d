"""What the AWS files tell of a plan, without asking anybody: which profiles hold keys, and where."""

from dataclasses import dataclass, field

from migrate.awsfiles.endpoints import is_aws
from migrate.awsfiles.profiles import AwsFiles, Profile
from migrate.awsfiles.sso import account_id_fault, region_fault, role_name_fault, start_url_fault
from migrate.awsfiles.vocabulary import DEFAULT_SCOPES
from migrate.keys import account_id, is_key_id, mask_key_id
from migrate.plan.read import Action, PlanSession


@dataclass(frozen=True, slots=True)
class Proposed:
    """A profile as a new plan would have it: None is what nobody knows yet. `comment` stands beside its name, `reason`
    beside its role; both are fit to be shown."""

    name: str
    action: Action = "sso"
    sso_session: str | None = None
    sso_account_id: str | None = None
    sso_role_name: str | None = None
    comment: str = ""
    reason: str = ""
    place: tuple[str, int] = field(default=("", 0), compare=False)

    @property
    def missing(self) -> list[str]:
        """The settings that a person has still to fill in."""
        if self.action != "sso":
            return []
        values = {"sso_session": self.sso_session, "sso_account_id": self.sso_account_id, "sso_role_name": self.sso_role_name}
        return [name for name, value in values.items() if not value]


def propose_sessions(files: AwsFiles) -> dict[str, PlanSession]:
    """The sessions of the config file that are whole."""
    out = {}
    for name in files.sessions:
        values = files.session_values(name)
        url, region = values.get("sso_start_url", ""), values.get("sso_region", "")
        if start_url_fault(url) is None and region_fault(region) is None:
            out[name] = PlanSession(url, region, values.get("sso_registration_scopes") or DEFAULT_SCOPES)
    return out


def propose_profiles(files: AwsFiles, session: str | None) -> list[Proposed]:
    """The profiles that hold keys, in the order of the files; `session` is the one for those that name none."""
    return [_propose(files, profile, session) for profile in files.profiles.values() if profile.static]


def _propose(files: AwsFiles, profile: Profile, session: str | None) -> Proposed:
    values = profile.values
    file, line = files.place(profile, "aws_access_key_id", "aws_secret_access_key")
    place = (str(file.path), line)
    key = values.get("aws_access_key_id", "").strip()
    shown = mask_key_id(key) if is_key_id(key) else ""
    host = _foreign_endpoint(files, values)
    if host:
        return Proposed(profile.name, "keep", comment=_joined(shown, "its endpoint_url is not AWS's"), place=place)
    if key.startswith("ASIA"):
        shown = _joined(shown, "temporary keys, written here by another tool")
    account, role = values.get("sso_account_id", ""), values.get("sso_role_name", "")
    return Proposed(
        profile.name,
        "sso",
        values.get("sso_session") or session,
        account if account and account_id_fault(account) is None else account_id(key),
        role if role and role_name_fault(role) is None else None,
        shown,
        place=place,
    )


def _joined(*texts: str) -> str:
    return ", ".join(filter(None, texts))


def _foreign_endpoint(files: AwsFiles, values: dict[str, str]) -> bool:
    """Does the profile, or its `services` section, send requests to a host that is not AWS's?"""
    urls = [values.get("endpoint_url", "")]
    services = files.services.get(values.get("services", ""))
    if services is not None:
        document = files.config.document
        for setting in document.settings(services.section).values():
            pairs = [line.partition("=") for line in setting.value.splitlines()] if setting.nested else [(setting.name, "=", setting.value)]
            urls += [value.strip() for name, _, value in pairs if name.strip() == "endpoint_url"]
    return any(url and not is_aws(url) for url in urls)
