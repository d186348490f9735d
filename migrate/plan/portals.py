"""The sessions that a plan may name: those that stand, those that somebody asked for, and one for each portal of the old form of SSO."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from migrate.awsfiles.reading.facts import session_fault
from migrate.awsfiles.reading.profiles import AwsFiles
from migrate.awsfiles.reading.sso import partition_of, plain_url, region_fault, start_url_fault
from migrate.awsfiles.reading.vocabulary import DEFAULT_SCOPES
from migrate.findings import Finding
from migrate.plan.read import PlanSession


class Portals:
    """The sessions of a plan that is being made. `known` grows by those that profiles of the old form need."""

    def __init__(self, files: AwsFiles, sessions: Mapping[str, PlanSession], chosen: str | None) -> None:
        """`sessions` are the plan's own and the one that was asked for, `chosen` the one that an option names."""
        self.findings: list[Finding] = []
        self._chosen = chosen
        self._taken = {*files.sessions, *sessions}  # names that no new session may have
        self.known: dict[str, PlanSession] = {}
        for name in files.sessions:
            fault, values = session_fault(files, name), files.session_values(name)
            if fault is None:
                scopes = values.get("sso_registration_scopes") or DEFAULT_SCOPES
                self.known[name] = PlanSession(values["sso_start_url"], values["sso_region"], scopes)
            elif name not in sessions:
                message = f"session {name} is not used: {fault[0]}"
                self.findings.append(Finding("AWS148", str(files.config.path), message, fault[1], 1, fault[2]))
        self.known |= sessions
        # an earlier run made some for the old form of SSO: they are those profiles' portals, and nobody else's
        old = {_portal(p.values) for p in files.profiles.values() if p.values.get("sso_start_url") and "sso_session" not in p.values}
        made = {n for n, s in sessions.items() if n != chosen and n not in files.sessions and _portal_of(s) in old}
        self._own = {n: s for n, s in self.known.items() if n not in made} or dict(self.known)
        self._by_portal = {_portal_of(session): name for name, session in reversed(self.known.items())}
        self._defaults: dict[str | None, str | None] = {}

    def default(self, partition: str | None) -> str | None:
        """The session for a profile that names none: the chosen one, or the only one there is (of its partition, where that is known)."""
        if partition not in self._defaults:
            fitting = [n for n, s in self._own.items() if partition is None or partition_of(s.sso_region) == partition]
            only = fitting[0] if len(fitting) == 1 else None
            self._defaults[partition] = only if self._chosen is None else self._chosen if self._chosen in fitting else None
        return self._defaults[partition]

    def of_legacy(self, values: Mapping[str, str]) -> str | None:
        """The session of a profile's own URL and region, made where there is none yet; None where they cannot be a session's."""
        url, region = values.get("sso_start_url", ""), values.get("sso_region", "")
        if start_url_fault(url) is not None or region_fault(region) is not None:
            return None
        there = self._by_portal.get(_portal(values))
        if there is not None:
            return there
        name, number = _name_for(url), 1
        while (called := name if number == 1 else f"{name}-{number}") in self._taken:
            number += 1
        self._taken.add(called)
        self.known[called] = PlanSession(url, region)
        self._by_portal[_portal(values)] = called
        return called


def _portal(values: Mapping[str, str]) -> tuple[str, str]:
    return plain_url(values.get("sso_start_url", "")), values.get("sso_region", "")


def _portal_of(session: PlanSession) -> tuple[str, str]:
    return plain_url(session.sso_start_url), session.sso_region


def _name_for(url: str) -> str:
    """What a session of this portal might be called: `corp` of https://corp.awsapps.com/start."""
    parts = urlsplit(url)
    words = [(parts.hostname or "").split(".")[0], *parts.path.split("/")]
    words = [word for word in words if word not in ("", "start", "directory", "identitycenter", "#")]
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", words[0] if words else "").strip("-")
    return name or "sso"
