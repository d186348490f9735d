"""A home folder's two files for a test, converted in process; what came out as texts that can be compared with what is expected."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from migrate.awsfiles.convert import ConvertRequest, convert
from migrate.outcome import Outcome
from tests.madeup import key_id, secret

CORP = ("corp", "https://corp.awsapps.com/start", "us-west-2")
CORP_SECTION = """
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-west-2
sso_registration_scopes = sso:account:access
"""


def keys(name: str) -> str:
    """The two lines of a static key."""
    return f"aws_access_key_id = {key_id(name)}\naws_secret_access_key = {secret(name)}\n"


@dataclass
class Home:
    """A home folder with the two files; None where there is none."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / ".aws" / "config"

    @property
    def credentials(self) -> Path:
        return self.folder / ".aws" / "credentials"

    def write(self, config: str | bytes | None, credentials: str | bytes | None) -> "Home":
        self.config.parent.mkdir(exist_ok=True)
        for file, text in ((self.config, config), (self.credentials, credentials)):
            if text is not None:
                file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def convert(self, *maps: str, session: tuple[str, str, str] | None = CORP, **more: object) -> Outcome:
        name, url, region = session or (None, None, None)
        return convert(
            ConvertRequest(self.config, self.credentials, session=name, start_url=url, region=region, maps=maps, **more)  # type: ignore[arg-type]
        )

    def after(self, outcome: Outcome) -> tuple[str | None, str | None]:
        """Makes the changes, and gives both texts."""
        for change in outcome.changes:
            assert change.before == (change.path.read_bytes() if change.path.exists() else None)
            assert change.after is not None
            change.path.write_bytes(change.after)
        config, credentials = (f.read_bytes().decode() if f.exists() else None for f in (self.config, self.credentials))
        return config, credentials


def codes(outcome: Outcome) -> list[tuple[str, str | None]]:
    """The findings as (code, profile)."""
    return [(finding.code, finding.profile) for finding in outcome.findings]


def text(block: str) -> str:
    """An indented block of a test as a file's text."""
    return dedent(block).lstrip("\n")
