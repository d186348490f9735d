"""Keys in stretches of a source that are not Python."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """A key in a stretch that is not Python: its line in the text, what it stands in, and the key."""

    line: int
    what: str
    key: str
