"""Static keys that stand in no profile: in a section that no SDK reads as one, or in a `[DEFAULT]` that nobody inherits."""

from collections.abc import Iterator

from migrate.awsfiles.advice import HELP
from migrate.awsfiles.reading.files import AwsFile
from migrate.awsfiles.reading.profiles import AwsFiles
from migrate.awsfiles.reading.vocabulary import STATIC
from migrate.findings import Finding


def unread_keys(files: AwsFiles) -> Iterator[Finding]:
    """One finding for each such section. Keys that profiles inherit are found with those profiles."""
    config, credentials = files.config, files.credentials
    read = {id(p.config) for p in files.profiles.values() if p.config is not None}
    read |= {id(twin) for p in files.profiles.values() for twin in p.twins}
    for section in config.document.sections.values():
        lines = [section.settings[name].line + 1 for name in STATIC if name in section.settings]
        if id(section) not in read and lines:
            yield _finding(config, lines[0], "a section that is not a profile has static keys")
    for file, inherited in ((config, bool(read)), (credentials, bool(credentials.document.sections))):
        lines = [file.document.defaults[name].line + 1 for name in STATIC if name in file.document.defaults]
        if lines and not inherited:
            yield _finding(file, lines[0], "section [DEFAULT] has static keys and is not a profile")


def _finding(file: AwsFile, line: int, message: str) -> Finding:
    return Finding("AWS107", str(file.path), message, line, help=HELP["AWS107"])
