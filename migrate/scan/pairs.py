"""Key ids that stand with their secret in a text, whatever the text is: a setting, CSV, a URL, a manifest in base64.

An id alone opens nothing and stands in policies and documents by the thousand, so only an id with a secret is a find. A secret is
40 characters of the base64 alphabet (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html): near the
id it may stand without a name; anywhere else in the file it must be called one.
"""

import base64
import binascii
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from migrate.keys import KEY_ID, is_key_id, is_placeholder, is_secret
from migrate.silence import silenced_by

_ID = re.compile(rb"(?:AKIA|ASIA)[A-Z2-7]{16}")
_SIGN = re.compile(rb"A[KS]IA")  # measured: a class after one letter is many times quicker than an alternation
_BASE64 = re.compile(rb"Q[UV][tN]JQ")  # what every base64 of AKIA… and ASIA… begins with
_BOMS = ((b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# JSON may write `/` as `\/` and `+` as `\u002B`, and a URL as %2F and %2B
_RUN = re.compile(r"(?<![A-Za-z0-9/+%])(?:[A-Za-z0-9+/]|\\/|\\u002[FfBb]|%2[FfBb]){40}(?![A-Za-z0-9/+%])")
# expressions that begin with a literal or a class are many times quicker than those with a look behind, which are asked afterwards
_LIKE_ID = re.compile(r"A[KS]IA[A-Z2-7]{16}")
_LONG = re.compile(r"[A-Za-z0-9+/%\\]{40,}")
_NAMED = re.compile(r"(?i)secret|_sk\b|\bsk\b|passw|private|aws_?key")
_CLEARLY_NAMED = re.compile(r"(?i)secret[\s_.-]*access[\s_.-]*key|secret_?key|aws_?secret")
_ENCODED_ID = re.compile(r"(?<![A-Za-z0-9+/])Q(?:UtJQ|VNJQ)[A-Za-z0-9+/]{22,}={0,2}")
_ENCODED_SECRET = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{54,56}={0,2}(?![A-Za-z0-9+/=])")
_NEAR = 4000
_NEIGHBOURS = 8
_DISTINCT = 12
"""A random secret has more different characters; `xxxx…`, `0123…` and `your-secret…` have fewer."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A key id with its secret near: where the id stands (1-based), and the codes that a comment there silences (`*`: all)."""

    key: str = field(repr=False)
    line: int
    column: int
    silenced: frozenset[str] = frozenset()

    def covers(self, code: str) -> bool:
        """Is a finding of this code silenced here?"""
        return "*" in self.silenced or code in self.silenced


def may_hold(data: bytes) -> bool:
    """The cheap question: can there be a key id in these bytes?"""
    if _SIGN.search(data) is not None and _ID.search(data) is not None:
        return True
    return _BASE64.search(data) is not None or data.startswith((b"\xff\xfe", b"\xfe\xff"))


def is_binary(data: bytes) -> bool:
    """Is this no text, by the bytes at its beginning? As git decides, but that UTF-16 and UTF-32 are known by their mark."""
    return b"\0" in data[:8192] and not any(data.startswith(bom) for bom, _ in _BOMS)


def text_of(data: bytes) -> str:
    """The bytes as text; what is no UTF-8 is replaced, since only ASCII is looked for."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace")
    return data.decode("utf-8-sig", "replace")


def pairs_in(data: bytes) -> list[Pair]:
    """The keys of a text, each once, where it stands closest to its secret. AWS's documentation keys and fillers are none."""
    return pairs_in_text(text_of(data)) if may_hold(data) else []


def pairs_in_text(text: str) -> list[Pair]:
    """As `pairs_in`, of a text."""
    flat = text
    if "\\" in text:  # what stands before a key may be the `n` of `\n`
        for escape in ("\\n", "\\r", "\\t"):
            flat = flat.replace(escape, "  ")  # of the same length
    ids = [(m.start(), m.group()) for m in _LIKE_ID.finditer(flat) if KEY_ID.match(flat, m.start()) and not is_placeholder(m.group())]
    whole: list[tuple[int, int, str]] = []
    encoded = False
    for m in _ENCODED_ID.finditer(flat) if "QUtJQ" in flat or "QVNJQ" in flat else ():
        plain = _decoded(m.group())
        for found in KEY_ID.findall(plain):
            if not is_placeholder(found):
                encoded = True
                ids.append((m.start(), found))
                if any(_is_live(s.group()) for s in _RUN.finditer(plain)):
                    whole.append((m.start(), m.start(), found))
    if not ids:
        return []
    places = [*_matched(sorted(ids), list(_secrets(flat, encoded))), *whole]
    return sorted(_pairs(text, places), key=lambda p: (p.line, p.column))


def _decoded(word: str) -> str:
    word = word.rstrip("=")
    try:
        return base64.b64decode(word + "=" * (-len(word) % 4)).decode("ascii", "replace").strip()
    except (binascii.Error, ValueError):
        return ""


def _secrets(text: str, encoded: bool) -> Iterator[tuple[int, str, bool]]:
    """What may be a secret: where, the value, and whether something near calls it one."""
    for m in (m for long in _LONG.finditer(text) for m in _RUN.finditer(text, long.start(), long.end())):
        value = _plain(m.group())
        before = text[max(0, m.start() - 90) : m.start()].replace("\r", "\n")
        named = _NAMED.search("\n".join(before.split("\n")[-2:])) is not None
        if _is_live(value) or (named and _CLEARLY_NAMED.search(before) and len(set(value)) >= _DISTINCT and "EXAMPLE" not in value):
            yield m.start(), value, named
    if encoded:
        for m in _ENCODED_SECRET.finditer(text):
            value = _decoded(m.group())
            if _is_live(value):
                yield m.start(), value, True


def _plain(run: str) -> str:
    if "\\" in run or "%" in run:
        return re.sub(r"(?:%|\\u00)2[Bb]", "+", re.sub(r"(?:%|\\u00)2[Ff]", "/", run.replace("\\/", "/")))
    return run


def _is_live(value: str) -> bool:
    return is_secret(value) and "EXAMPLE" not in value.upper() and len(set(value)) >= _DISTINCT and not is_key_id(value[:20])


def _matched(ids: list[tuple[int, str]], secrets: list[tuple[int, str, bool]]) -> list[tuple[int, int, str]]:
    """Each id with one secret and each secret with one id, the closest first: (where, where the secret is, id)."""
    at = [place for place, _ in ids]
    close: list[tuple[int, int, int, str, str]] = []
    for place, value, named in secrets:
        middle = bisect_left(at, place)
        for n in range(max(0, middle - _NEIGHBOURS), min(len(ids), middle + _NEIGHBOURS)):
            distance = abs(ids[n][0] - place)
            if named or distance <= _NEAR:
                close.append((distance, ids[n][0], place, ids[n][1], value))
    found: list[tuple[int, int, str]] = []
    keys: set[str] = set()
    values: set[str] = set()
    for _, where, place, key, value in sorted(close):
        if key not in keys and value not in values:
            keys.add(key)
            values.add(value)
            found.append((where, place, key))
    return found


def _pairs(text: str, places: Iterable[tuple[int, int, str]]) -> Iterator[Pair]:
    newline = "\n" if "\n" in text or "\r" not in text else "\r"
    silences = "aws-sso-migrate" in text
    line, counted = 1, 0
    seen: set[str] = set()
    for where, secret, key in sorted(places):
        if key in seen:
            continue
        seen.add(key)
        line += text.count(newline, counted, where)
        counted = where
        column = where - text.rfind(newline, 0, where)
        silenced = _silenced(text, where, newline) | _silenced(text, secret, newline) if silences else frozenset()
        yield Pair(key, line, column, silenced)


def _silenced(text: str, where: int, newline: str) -> frozenset[str]:
    """The codes that the comment on the line of a place silences."""
    end = text.find(newline, where)
    return silenced_by(text[text.rfind(newline, 0, where) + 1 : end if end >= 0 else len(text)])
