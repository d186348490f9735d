"""Keys in comments and docstrings where no code holds them: taken out where mapped, reported where not."""

from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.rewrite.check import clean_prose, reads_docstrings
from migrate.codemod.source.python import Source, Unreadable, parse_text
from migrate.codemod.source.silence import Silence
from migrate.keys import real_ids


def clean_comments(source: Source, text: str, mapping: KeyMap, silence: Silence) -> tuple[str, list[tuple[str, int, int]]]:
    """The text with its prose free of mapped keys, and the unmapped keys of its prose with their lines and columns.

    A key that stands in code as well stays everywhere: its file is left. So does one on a line that is silenced.
    """
    keys = real_ids(text)
    if not keys or reads_docstrings(source):
        return text, []
    in_prose = {k for k in keys if k not in clean_prose(text, {k})}
    mapped = {k for k in in_prose if k in mapping and not any(silence.covers(n, "AWS219") for n in lines_with(text, k))}
    new = clean_prose(text, mapped) if mapped else text
    if new != text:
        try:
            parse_text(new)
            source.encode(new)
        except (Unreadable, UnicodeEncodeError):
            new = text
    left = []
    for key in sorted(k for k in in_prose if k not in mapping):
        at = text.index(key)
        start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
        left.append((key, lines_with(text, key)[0], at - start + 1))
    return new, left


def lines_with(text: str, key: str) -> list[int]:
    """Return the 1-based lines that hold a key."""
    return [n for n, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1) if key in line]
