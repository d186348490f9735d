"""References in Python code: `aws_secret_access_key=settings.SECRET` names a secret and holds none, and a diff may show it.

The masker knows only what stands beside what. In a settings file a value without quotes may be a secret; in Python code it is a name, and
only the tokens of the whole file tell what is code, and what is a part of a text or a comment.
"""

import keyword
import tokenize
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

_PYTHON = (".py", ".pyw", ".wsgi")
_FIRST = 0xE000
"""Of a Unicode area for private use: what stands for a reference while the rest is masked."""
_MOST = 0x1000
_LEAST = 6
"""Shorter values are not masked."""

Span = tuple[int, int]


class References:
    """The references of one text, by its lines. The text is read when first asked, and one that is no Python has none."""

    def __init__(self, path: Path, lines: Sequence[str]) -> None:
        self._lines = lines if path.suffix.lower() in _PYTHON else ()
        self._found: dict[int, list[Span]] | None = None

    def masked(self, start: int, end: int, mask: Callable[[str], str]) -> str:
        """Return some of the lines masked by `mask`, with their references shown; one that `mask` would hide by itself is hidden."""
        text = "".join(self._lines[start:end])
        kept: list[str] = []
        out: list[str] = []
        for number in range(start, end):
            line, at = self._lines[number], 0
            for left, right in self._of(number):
                name = line[left:right]
                if len(kept) < _MOST and mask(name) == name:
                    out += [line[at:left], chr(_FIRST + len(kept))]
                    kept.append(name)
                    at = right
            out.append(line[at:])
        if not kept or any(_FIRST <= ord(c) < _FIRST + _MOST for c in text):
            return mask(text)
        return mask("".join(out)).translate({_FIRST + n: name for n, name in enumerate(kept)})

    def __bool__(self) -> bool:
        return bool(self._lines)

    def _of(self, number: int) -> list[Span]:
        if self._found is None:
            self._found = _references(self._lines)
        return self._found.get(number, [])


def _references(lines: Sequence[str]) -> dict[int, list[Span]]:
    """Return where names and dotted names stand as the value of an argument, an assignment or an entry, by the number of the line (from 0)."""
    found: dict[int, list[Span]] = defaultdict(list)
    rest = iter(lines)
    before, begin, last = "", None, None
    try:
        for token in tokenize.generate_tokens(lambda: next(rest, "")):
            part = token.type == tokenize.NAME and not keyword.iskeyword(token.string)
            if part and begin is None and before in ("=", ":"):
                begin = token
            if begin is not None and begin.start[0] == token.start[0] and (part or token.string == "."):
                last = token
            elif begin is not None:
                if last is not None and last.type == tokenize.NAME and last.end[1] - begin.start[1] >= _LEAST:
                    found[begin.start[0] - 1].append((begin.start[1], last.end[1]))
                begin = last = None
            before = token.string
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return {}  # what is no Python may hold anything
    return found
