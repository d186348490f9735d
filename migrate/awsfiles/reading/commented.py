"""What is commented out in a section: settings that were the profile's own, and whole sections that are nobody's."""

import re
from collections.abc import Iterator

from migrate.awsfiles.reading.document import Document, Section
from migrate.awsfiles.reading.vocabulary import COMMENTED_KEY

_HEADER = re.compile(r"\s*[#;][#;\s]*\[[^\[\]\r\n]+\]")
"""Whatever follows the bracket: botocore ignores it too, and `# [old] (not in use)` is a header all the same."""


def own_end(document: Document, section: Section) -> int:
    """The line behind what is the section's own: its end, or the header of a section that somebody commented out in it.

    What stands below such a header, commented out too, is of that section and of nobody else's.
    """
    for number in range(section.line + 1, section.end):
        line = document.lines[number]
        if line.lstrip().startswith(("#", ";")) and _HEADER.match(line):
            return number
    return section.end


def commented_keys(document: Document, section: Section) -> Iterator[tuple[int, str]]:
    """The settings of static keys that are commented out in the section itself: line (0-based) and value."""
    for number in range(section.line + 1, own_end(document, section)):
        match = COMMENTED_KEY.match(document.lines[number])
        if match is not None:
            yield number, match["value"]
