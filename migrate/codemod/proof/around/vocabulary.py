"""Which files an expression can match at all: the words of every file are gathered once, so that each question reads few files.

A match of `DEFAULT_SESSION\\s*=` has these letters in a row, so a file can match only if one of its words contains them. What each match must contain
is taken from the parsed expression; one that tells nothing of that kind may match any file.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any
from zlib import crc32

from migrate.codemod.proof.around.below import files, kept, texts

_WORD = re.compile(rb"[A-Za-z0-9_]+")
_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_FEW = 60
"""Of so few files each is read for each question."""
_REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)


class Vocabulary:
    """The words of some files: all of them as one text, and the sorted checksums of each file's own."""

    def __init__(self, paths: Iterable[Path]) -> None:
        every: set[bytes] = set()
        self._own: dict[Path, array[int]] = {}
        for path in paths:
            words = set(_WORD.findall(kept[path]))
            every |= words
            self._own[path] = array("L", sorted(map(crc32, words)))
        self._text = b"\n".join(sorted(every)) + b"\n"

    def having(self, parts: Collection[bytes], ignore_case: bool) -> frozenset[Path]:
        """Return the files that have a word in which one of some parts stands."""
        wanted = re.compile(b"|".join(map(re.escape, sorted(parts))), re.IGNORECASE if ignore_case else 0)
        sums: set[int] = set()
        at = 0
        while (found := wanted.search(self._text, at)) is not None:
            at = self._text.index(b"\n", found.start())
            sums.add(crc32(self._text[self._text.rfind(b"\n", 0, found.start()) + 1 : at]))
        ordered = sorted(sums)
        return frozenset(path for path, own in self._own.items() if _share(own, ordered))


def _share(own: "array[int]", sums: list[int]) -> bool:
    """Return whether two sorted sequences have an item in common."""
    few: Iterable[int] = sums if len(sums) <= len(own) else own
    many = own if len(sums) <= len(own) else sums
    for one in few:
        at = bisect_left(many, one)
        if at < len(many) and many[at] == one:
            return True
    return False


def sifted(root: Path, pattern: re.Pattern[bytes]) -> Iterator[tuple[Path, bool]]:
    """Yield the files of a root that may say a name and that an expression may match, in order, and whether each is Python."""
    yield from _sifted(root, files(root), pattern)


def sifted_texts(root: Path, pattern: re.Pattern[bytes]) -> Iterator[tuple[Path, bool]]:
    """Yield the files of a root that may put one in the place of another and that an expression may match, and whether each is Python."""
    yield from _sifted(root, texts(root), pattern)


def sifted_anywhere(root: Path, pattern: re.Pattern[bytes]) -> Iterator[Path]:
    """Yield the files of both kinds that an expression may match, each once."""
    yield from dict.fromkeys(path for path, _ in (*sifted(root, pattern), *sifted_texts(root, pattern)))


def _sifted(root: Path, among: tuple[tuple[Path, bool], ...], pattern: re.Pattern[bytes]) -> Iterable[tuple[Path, bool]]:
    parts = needed(pattern) if len(among) > _FEW else None
    if parts is None:
        return among
    having = _having(root, parts, bool(pattern.flags & re.IGNORECASE))
    return ((path, python) for path, python in among if path in having)


@lru_cache(maxsize=128)
def _having(root: Path, parts: frozenset[bytes], ignore_case: bool) -> frozenset[Path]:
    return _vocabulary(root).having(parts, ignore_case)


@lru_cache(maxsize=2)
def _vocabulary(root: Path) -> Vocabulary:
    return Vocabulary(dict.fromkeys(path for path, _ in (*files(root), *texts(root))))


def forget_words() -> None:
    """Forget the words of all files."""
    _having.cache_clear()
    _vocabulary.cache_clear()


@lru_cache(maxsize=128)
def needed(pattern: re.Pattern[bytes]) -> frozenset[bytes] | None:
    """Return letters one of which every match of an expression has in a row, within one word; None where there are no such."""
    found = _best(list(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)))
    return found if found is not None and all(len(part) > 1 for part in found) else None


def _best(items: list[tuple[Any, Any]]) -> frozenset[bytes] | None:
    """Return the most telling of the sets that a sequence gives: each match has a part of each of them."""
    sets: list[frozenset[bytes]] = []
    run = b""
    for op, more in [*items, (None, None)]:
        if op is code.LITERAL and more in _LETTERS:
            run += bytes([more])
            continue
        alternatives = _alternatives(op, more)
        if run:
            # expressions are parsed with what their alternatives begin with taken out: `S3_(?:KEY|SECRET)`
            sets.append(frozenset(run + _head(one) for one in alternatives) if alternatives else frozenset({run}))
            run = b""
        if alternatives:
            inner = [_best(one) for one in alternatives]
            if all(one is not None for one in inner):
                sets.append(frozenset(part for one in inner if one is not None for part in one))
    return max(sets, key=lambda parts: (min(map(len, parts)), -len(parts)), default=None)


def _alternatives(op: Any, more: Any) -> list[list[tuple[Any, Any]]]:
    """Return the sequences one of which stands where an item of an expression stands; none where that is not known."""
    if op is code.BRANCH:
        return [list(one) for one in more[1]]
    if op is code.SUBPATTERN:
        _, add, remove, inner = more
        return [] if add or remove else _only(list(inner))
    if op is code.ATOMIC_GROUP:
        return _only(list(more))
    if op in _REPEATS and more[0] > 0:
        return _only(list(more[2]))
    return []


def _only(items: list[tuple[Any, Any]]) -> list[list[tuple[Any, Any]]]:
    """Return a group's alternatives: those of the one item that it consists of, or itself."""
    if len(items) == 1 and (inner := _alternatives(*items[0])):
        return inner
    return [items]


def _head(items: list[tuple[Any, Any]]) -> bytes:
    """Return the letters that a sequence begins with."""
    out = b""
    for op, more in items:
        if op is not code.LITERAL or more not in _LETTERS:
            break
        out += bytes([more])
    return out
