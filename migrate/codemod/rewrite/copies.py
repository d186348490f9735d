"""Copies of a key in a notebook's outputs, prose and metadata: as they stand, escaped for HTML, a URL or JSON, broken over lines or coloured."""

import re
from collections.abc import Iterable
from functools import lru_cache

from migrate.codemod.rewrite.check import REMOVED_ID, REMOVED_SECRET
from migrate.keys import is_key_id, is_secret

_SECRET_RUN = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_BREAK = r"(?:\x1b\[[0-9;]*m|\r?\n[ \t]*|\\n)?"
_ESCAPED = {
    "/": r"(?:/|\\+/|%2[Ff]|&#(?:47|x2[Ff]);|\\+u002[fF])",
    "+": r"(?:\+|%2[Bb]|&#(?:43|x2[Bb]);|\\+u002[bB])",
    "=": r"(?:=|%3[Dd]|&#(?:61|x3[Dd]);|\\+u003[dD])",
}
"""https://html.spec.whatwg.org/multipage/syntax.html#character-references, RFC 3986 section 2.1, RFC 8259 section 7."""
_PIECE = 4
_DATA = 2000  # a string of this length with no blank in its beginning is an image or other data


@lru_cache(maxsize=64)
def pattern_of(key: str) -> re.Pattern[str]:
    """Return a pattern that finds a key however it is escaped, or broken between two characters."""
    return re.compile(_BREAK.join(_ESCAPED.get(c, re.escape(c)) for c in key))


@lru_cache(maxsize=64)
def pieces_of(key: str) -> tuple[str, ...]:
    """Return pieces of a key, one of which is intact in every copy that is broken in at most two places."""
    start = _PIECE - 1 if is_key_id(key) else 0  # `AKIA` stands in many a text
    pieces = {key[i : i + _PIECE] for i in range(start, len(key) - _PIECE + 1, _PIECE - 1)}
    return tuple(sorted(p for p in pieces if p.isalnum())) or (key,)


def places(raw: str, keys: Iterable[str]) -> list[int]:
    """Return where in a text, however long, a copy of one of some keys may stand."""
    found: set[int] = set()
    for piece in {p for k in keys for p in pieces_of(k)}:
        at = raw.find(piece)
        while at >= 0:
            found.add(at)
            at = raw.find(piece, at + 1)
    return sorted(found)


def holds(text: str, keys: Iterable[str]) -> bool:
    """Return whether a text holds a copy of one of some keys."""
    if is_data(text):
        return any(k in text for k in keys)
    return any(pattern_of(k).search(text) for k in keys)


def redact(text: str, keys: Iterable[str]) -> str:
    """Return a text without copies of some keys, and without secrets that are known by their shape beside them."""
    data = is_data(text)
    for key in keys:
        instead = REMOVED_ID if is_key_id(key) else REMOVED_SECRET
        text = text.replace(key, instead) if data else pattern_of(key).sub(instead, text)
    return text if data else _SECRET_RUN.sub(lambda m: REMOVED_SECRET if is_secret(m.group()) else m.group(), text)


def is_data(text: str) -> bool:
    """Return whether a text is an image or other data that nobody typed."""
    return len(text) > _DATA and not re.search(r"\s", text[:200])


def secrets_in(text: str) -> set[str]:
    """Return what has the shape of a secret in a text."""
    return {m.group() for m in _SECRET_RUN.finditer(text) if is_secret(m.group())}
