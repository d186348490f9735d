"""Role profiles over profiles that are converted: what an SSO session has no MFA device and no second hour for."""

from collections import defaultdict
from collections.abc import Mapping

from migrate.awsfiles.reading import facts
from migrate.awsfiles.reading.profiles import AwsFiles, Profile
from migrate.awsfiles.told import Told
from migrate.awsfiles.verdicts import Decision, Verdict, source_name

_CONVERTED = ("sso", "source", "strip")


def roles_over(files: AwsFiles) -> dict[str, list[Profile]]:
    """Profile to the role profiles that name it as their source."""
    over: dict[str, list[Profile]] = defaultdict(list)
    for profile in files.profiles.values():
        source = profile.values.get("source_profile")
        if source is not None and source != profile.name and facts.is_role(profile):
            over[source].append(profile)
    return over


def over_converted(decision: Decision, over: Mapping[str, list[Profile]], told: Told) -> None:
    """Tell of each role profile that stops working, and point those to NAME-source whose source becomes one. `over`: see `roles_over`."""
    files = told.files
    converted = {name for name, verdict in decision.verdicts.items() if verdict.action in _CONVERTED}
    for name in decision.verdicts:
        if name in converted:
            for role in over.get(name, ()):
                _one(decision, told, role, name)
    # by way of other roles: no MFA device and no hour more for those either
    for profile in files.profiles.values():
        if facts.is_role(profile) and profile.name not in converted and (facts.wants_mfa(profile) or facts.wants_longer(profile)):
            source = facts.source_among(files, profile, converted)
            if source is not None and source != profile.values.get("source_profile"):
                _one(decision, told, profile, source)


def _one(decision: Decision, told: Told, role: Profile, source: str) -> None:
    verdict = decision.verdicts[role.name]
    if verdict.action in ("sso", "source"):
        return
    base = told.files.profiles[source]
    foreign = facts.own_endpoint(role) and facts.foreign_endpoint(told.files, role)
    if facts.wants_mfa(role):
        why = "needs an MFA device, which an SSO session does not have"
        code, setting = "AWS102", "mfa_serial"
    elif facts.wants_longer(role):
        why = "requests more than one hour, but a role assumed with SSO is limited to one hour"
        code, setting = "AWS103", "duration_seconds"
    elif facts.own_endpoint(role):
        why = "has an endpoint_url, which would receive the SSO token"
        code, setting = "AWS114", "endpoint_url"
    else:
        why = ""
    end = f"its source {source} becomes an SSO profile"
    if why and (verdict.action == "keep" or (foreign and code == "AWS114")):
        what = f"profile {role.name} stays unchanged and stops working: it {why}, and {end}"
        told.add("AWS127", role, what, setting, related=[told.related(base, end)])
    elif why:
        what = f"profile {role.name} stops working unless it is mapped: it {why}, and {end}"
        told.add(code, role, what, setting, related=[told.related(base, end)])
        if verdict.action == "none":
            decision.verdicts[role.name] = Verdict("left")
    elif decision.verdicts[source].action == "source" and base.static:
        # the SDKs took the key, not the role, of a source that has both
        decision.new_sources[role.name] = source_name(source)
        told.add("AWS126", role, f"profile {role.name} now has source_profile = {source_name(source)}", "source_profile")
