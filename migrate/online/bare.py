"""Sections of the config file that are profiles for old SDKs alone."""

from collections.abc import Iterator

from migrate.awsfiles.reading.profiles import AwsFiles
from migrate.awsfiles.reading.vocabulary import LEGACY_SSO, SOURCES, SSO, STATIC
from migrate.findings import Finding
from migrate.online.advice import advice

_NOT_MEANT = ("profile", "sso-session", "services", "plugins", "preview", "toolkit", "cli", "default", "login", "granted")
_OF_PROFILES = frozenset([*STATIC, *SOURCES, *SSO, *LEGACY_SSO, "region", "output"])


def bare_sections(files: AwsFiles) -> Iterator[Finding]:
    """A note for each section `[name]` of the config file that holds a profile's settings, without the word `profile`."""
    config = files.config
    for header, section in config.document.sections.items():
        if header.split()[:1] != [] and header.split()[0].lower() not in _NOT_MEANT and _OF_PROFILES.intersection(section.settings):
            name = header.strip()
            message = f"only some old SDKs read section [{name}] as a profile; current SDKs require [profile {name}]"
            yield Finding("AWS415", str(config.path), message, section.line + 1, 1, advice("AWS415"), profile=name)
