"""Findings of profiles: at the settings that they are about, with the other places that belong to them."""

from collections.abc import Sequence

from migrate.awsfiles.advice import HELP
from migrate.awsfiles.reading.files import AwsFile
from migrate.awsfiles.reading.profiles import AwsFiles, Profile
from migrate.findings import Finding, Related
from migrate.keys import KEY_ID


class Told:
    """What is found of the profiles of two files."""

    def __init__(self, files: AwsFiles) -> None:
        self.files = files
        self.findings: list[Finding] = []

    def add(
        self,
        code: str,
        profile: Profile,
        message: str,
        *names: str,
        place: tuple[AwsFile, int] | None = None,
        related: Sequence[Related] = (),
    ) -> None:
        """Add a finding at `place`, or else where the first of the settings `names` stands that the profile has."""
        file, line = place or self.files.place(profile, *names)
        help = HELP.get(code, "").format(name=profile.name)
        self.findings.append(
            Finding(code, str(file.path), message, line, help=help, key=key_of(profile), profile=profile.name, related=tuple(related))
        )

    def related(self, profile: Profile, message: str, *names: str) -> Related:
        """Return where another profile, or the first of its settings `names`, stands."""
        file, line = self.files.place(profile, *names)
        return Related(str(file.path), message, line)


def key_of(profile: Profile) -> str | None:
    """The key ID of a profile's static key; None where it has none."""
    key = KEY_ID.search(profile.values.get("aws_access_key_id", ""))
    return key.group() if key else None
