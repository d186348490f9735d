"""The one masker of everything that is shown: diffs, findings, reports, errors.

Shapes are `migrate.keys`' business; this adds values known by their place.

`migrate.keys.mask` replaces each known value in turn, which a file of 20,000 secrets cannot afford. Here values of the usual
alphabet are looked up as whole words, and only what is left over is searched for one by one.
"""

import re
from collections.abc import Iterable, Iterator

from migrate.disguises import Span, base64_forms, hide_base64, see_through
from migrate.keys import HIDDEN, KEY_ID, is_secret, mask, mask_key_id

_WORD = re.compile(r"[A-Za-z0-9/+_-]+")
_AFTER_SIGN = re.compile(r"(?<![A-Za-z0-9/+])([/+]+)([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])")
_FORTY = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])")
_FEW = 64
_GRAM = 4
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\r(?!\n)")

_LINE_END = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")

_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Masker:
    """Masks texts in which some values are known to be secret, whatever their shape.

    A value of several lines is masked line by line, so that a masked text has as many lines as it had. Values of less
    than four characters are not masked (they would black out half the text), nor are key ids, which `mask` abbreviates.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        pieces = {piece.strip() for value in known for piece in re.split(r"[\r\n]+", value)}
        pieces = {v for v in pieces if len(v) >= _GRAM and not KEY_ID.fullmatch(v)}
        pieces |= {form for value in pieces for form in base64_forms(value)}
        values = sorted(pieces, key=len, reverse=True)
        words = [v for v in values if _WORD.fullmatch(v)]
        if len(words) <= _FEW:
            words = []
        self._words = frozenset(words)
        self._shortest = min(map(len, words), default=_GRAM)
        self._long_words = re.compile(_WORD.pattern.removesuffix("+") + f"{{{self._shortest},}}")
        self._grams: dict[str, list[str]] = {}
        for word in words:
            self._grams.setdefault(word[:_GRAM], []).append(word)
        self._others = [v for v in values if v not in self._words]

    def mask(self, text: str) -> str:
        """`text` with known values, and all that has the shape of a secret or a key id, out of sight, in whatever disguise it stands there."""
        text = see_through(text, self._spans)
        text = hide_base64(text, _holds_secret, HIDDEN)
        for value in self._others:
            text = text.replace(value, HIDDEN)
        if self._words:
            text = self._long_words.sub(lambda m: self._in_word(m.group()), text)
        # `mask` takes a secret for a run of just 40; in a patch file a `+` stands before it, and in a path a `/`
        text = _AFTER_SIGN.sub(lambda m: m.group(1) + HIDDEN if is_secret(m.group(2)) else m.group(), text)
        return mask(text)

    def _spans(self, plain: str, closely: bool) -> Iterator[Span]:
        """What is to be hidden of a plain text; by its shape only where its pieces stand `closely` together."""
        for value in self._others:
            at = plain.find(value)
            while at >= 0:
                yield at, at + len(value), HIDDEN
                at = plain.find(value, at + len(value))
        if self._words:
            for run in self._long_words.finditer(plain):
                word = run.group()
                for i in range(len(word) - self._shortest + 1):
                    for value in self._grams.get(word[i : i + _GRAM], ()):
                        if word.startswith(value, i):
                            yield run.start() + i, run.start() + i + len(value), HIDDEN
        if closely:
            for id in KEY_ID.finditer(plain):
                yield id.start(), id.end(), mask_key_id(id.group())
            for run in _FORTY.finditer(plain):
                if is_secret(run.group()):
                    yield run.start(), run.end(), HIDDEN

    def _in_word(self, word: str) -> str:
        if word in self._words:
            return HIDDEN
        out, start, i = [], 0, 0
        while i <= len(word) - self._shortest:
            hit = next((v for v in self._grams.get(word[i : i + _GRAM], ()) if word.startswith(v, i)), None)
            if hit is None:
                i += 1
                continue
            out += [word[start:i], HIDDEN]
            start = i = i + len(hit)
        return "".join([*out, word[start:]]) if out else word


def _holds_secret(plain: str) -> bool:
    """Is a text a secret, or does it hold one or a key id? For what stood in base64."""
    return KEY_ID.search(plain) is not None or any(is_secret(run.group()) for run in _FORTY.finditer(plain))


def printable(text: str) -> str:
    """`text` as a terminal may be sent it: control and direction characters, and bytes that are no UTF-8, as escapes.

    A file name or a line of somebody's repository must not be able to move the cursor or hide what stands there.
    """
    return _CONTROL.sub(lambda m: m.group().encode("unicode_escape").decode("ascii"), encodable(text))


def in_one_line(name: str) -> str:
    """Return a file's name or path with its line ends as escapes.

    A name with a line end in it would otherwise be a finding, a hunk, or a command to a CI system (`::error …`) of its own.
    """
    return _LINE_END.sub(lambda m: m.group().encode("unicode_escape").decode("ascii"), name)


def encodable(text: str) -> str:
    """`text` without lone surrogates (how Python carries file names that are no UTF-8), which no UTF-8 document can hold."""
    return text if text.isascii() else _SURROGATE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"
