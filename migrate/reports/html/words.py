"""Which words of a line changed, and which lines of a change belong together."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_WORDS = 400
_MOST_PAIRS = 2500
_ALIKE = 0.4
"""Lines that share less than this part of their words are two lines, not one that changed."""

Piece = tuple[str, bool]
"""A piece of a line, and whether it changed."""


def marked(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """The two lines in pieces. Lines that have too little in common, or are too long to compare, are one piece each, unmarked."""
    olds, news = _WORD.findall(old), _WORD.findall(new)
    if len(olds) > _MOST_WORDS or len(news) > _MOST_WORDS:
        return [(old, False)], [(new, False)]
    matcher = SequenceMatcher(None, olds, news, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return [(old, False)], [(new, False)]
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if b > a:
            left.append(("".join(olds[a:b]), tag != "equal"))
        if d > c:
            right.append(("".join(news[c:d]), tag != "equal"))
    return left, right


def paired(olds: Sequence[str], news: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Lines taken out and lines put in, as rows: each new line beside the old one that it is most like, both orders kept.

    Dynamic programming over the words that two lines share; where that would be slow, line by line.
    """
    if len(olds) * len(news) > _MOST_PAIRS or len(olds) == len(news) == 1:
        return _beside(range(len(olds)), range(len(news)))
    words = [frozenset(w for w in _WORD.findall(line) if not w.isspace()) for line in olds]
    words2 = [frozenset(w for w in _WORD.findall(line) if not w.isspace()) for line in news]
    best = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    alike = [[_overlap(a, b) for b in words2] for a in words]
    for i in range(len(olds) - 1, -1, -1):
        for j in range(len(news) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike[i][j])
    rows: list[tuple[int | None, int | None]] = []
    i = j = start = start2 = 0
    while i < len(olds) and j < len(news):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            rows += [*_beside(range(start, i), range(start2, j)), (i, j)]
            i, j = i + 1, j + 1
            start, start2 = i, j
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return [*rows, *_beside(range(start, len(olds)), range(start2, len(news)))]


def _beside(olds: range, news: range) -> list[tuple[int | None, int | None]]:
    return [(olds[n] if n < len(olds) else None, news[n] if n < len(news) else None) for n in range(max(len(olds), len(news)))]


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    share = 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
    return share if share >= _ALIKE else 0.0
