"""Findings of the two AWS files that a comment on the line above silences."""

from collections.abc import Iterable

from migrate.awsfiles.reading.profiles import AwsFiles
from migrate.findings import Finding
from migrate.silence import silenced_above


def not_silenced(files: AwsFiles, findings: Iterable[Finding]) -> tuple[list[Finding], int]:
    """Return the findings that no comment silences, and how many others there are."""
    documents = {str(f.path): f.document for f in (files.config, files.credentials)}
    kept, silenced = [], 0
    for finding in findings:
        document = documents.get(finding.path)
        above = document.lines[finding.line - 2] if document is not None and finding.line is not None and finding.line > 1 else ""
        if silenced_above(above, finding.code):
            silenced += 1
        else:
            kept.append(finding)
    return kept, silenced
