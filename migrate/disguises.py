"""Secrets as they look inside other texts: with escapes of JSON, URLs and HTML, cut into two literals, or in base64.

A text is read as what it stands for, each character with the place that it came from; what is found there is hidden in the text itself.
"""

import base64
import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import pairwise

_ESCAPE = r"""(?<!\\)\\+ (?: u00(?P<json>[0-7][0-9A-Fa-f]) | x(?P<hex>[0-7][0-9A-Fa-f]) | (?P<slash>/) )
            | %(?:25)*(?P<url>[2-7][0-9A-Fa-f]) | (?P<html>&(?:\#\d{1,4}|\#[xX][0-9A-Fa-f]{1,3}|sol|plus|equals);)"""
_JOINED = r"""(?P<joined>["'`][ \t]*(?:\+[ \t]*)?(?:\\?\r?\n[ \t+-]*)?(?:\+[ \t]*)?[rRbBuUfF]{0,2}["'`])"""
_LISTED = r"""(?P<listed>["'`][ \t]*,[ \t]*(?:\r?\n[ \t+-]*)?[rRbBuUfF]{0,2}["'`])"""
_CLOSELY = re.compile(f"{_ESCAPE}|{_JOINED}", re.VERBOSE)
_LOOSELY = re.compile(f"{_ESCAPE}|{_JOINED}|{_LISTED}", re.VERBOSE)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{27,4096}={0,2}(?![A-Za-z0-9+/_=-])")
_SHORTEST = 16
"""A known value of fewer characters is not looked for in base64: what of it is the same at every place in a longer text is too short."""

Span = tuple[int, int, str]
"""From and to in a text, and what to put there."""


def see_through(text: str, find: Callable[[str, bool], Iterable[Span]]) -> str:
    """Return `text` with what `find` hides in the text that it stands for.

    `find` is asked twice: of the text with literals put together that stand side by side or are added (True), and also of those that are
    elements of one list (False). Text without escapes and literals of that kind is returned as it is.
    """
    for pattern, closely in ((_CLOSELY, True), (_LOOSELY, False)):
        marks = list(pattern.finditer(text))
        if marks:
            text = _hidden(text, marks, lambda plain, closely=closely: find(plain, closely))  # type: ignore[misc]
    return text


def _hidden(text: str, marks: list[re.Match[str]], find: Callable[[str], Iterable[Span]]) -> str:
    pieces: list[str] = []
    starts: list[int] = []  # of each mark in the plain text
    cuts: list[tuple[int, int, int]] = []  # plain start, and where the mark is in the text
    at = size = 0
    for mark in marks:
        pieces.append(text[at : mark.start()])
        size += mark.start() - at
        meant = _meant(mark)
        starts.append(size)
        cuts.append((size + len(meant), mark.start(), mark.end()))
        pieces.append(meant)
        size += len(meant)
        at = mark.end()
    pieces.append(text[at:])
    plain = "".join(pieces)

    def place(n: int, end: bool) -> int:
        """Where a place of the plain text is in the text: before the marks that stand there, or behind."""
        k = (bisect_left if end else bisect_right)(starts, n) - 1
        if k < 0:
            return n
        after, begin, stop = cuts[k]
        if not end and starts[k] == n and after > n:
            return begin
        return stop + (n - after)

    out: list[str] = []
    done = 0
    for start, stop, instead in sorted(find(plain)):
        begin, finish = place(start, False), place(stop, True)
        inside = [m for m in marks[bisect_left(starts, start) : bisect_left(starts, stop)] if begin <= m.start() and m.end() <= finish]
        if begin < done or not inside:
            continue  # what holds no escape and no seam is found without this
        out.append(text[done:begin])
        seams = [m for m in inside if m.lastgroup in ("joined", "listed")]
        parts = [begin, *(n for m in seams for n in m.span()), finish]
        for number, (here, there) in enumerate(pairwise(parts)):
            out.append(text[here:there] if number % 2 else instead if there > here else "")
        done = finish
    return "".join([*out, text[done:]]) if out else text


def _meant(mark: re.Match[str]) -> str:
    kind, value = mark.lastgroup, mark.group(mark.lastgroup or 0)
    if kind in ("json", "hex", "url"):
        return chr(int(value, 16))
    if kind == "slash":
        return "/"
    if kind == "html":
        meant = html.unescape(value)
        return meant if len(meant) == 1 else "?"
    return ""


def base64_forms(value: str) -> Iterator[str]:
    """Yield what base64 makes of a value wherever it stands in what is encoded: the part that does not depend on its neighbours."""
    if len(value) < _SHORTEST:
        return
    data = value.encode("utf-8", "surrogateescape")
    for before in range(3):
        # the characters that also hold bits of a neighbour are left out
        whole = base64.b64encode(b"\0" * before + data).decode("ascii")
        first = (0, 2, 3)[before]
        last = (before + len(data)) * 8 // 6
        form = whole[first:last]
        yield form
        if "+" in form or "/" in form:
            yield form.translate(str.maketrans("+/", "-_"))


def hide_base64(text: str, is_told: Callable[[str], bool], hidden: str) -> str:
    """Return `text` with each run of base64 hidden whose plain text `is_told` to be a secret or to hold one."""

    def instead(run: re.Match[str]) -> str:
        with suppress(ValueError):
            word = run.group().rstrip("=").translate(str.maketrans("-_", "+/"))
            plain = base64.b64decode(word + "=" * (-len(word) % 4)).decode("ascii")
            if is_told(plain):
                return hidden
        return run.group()

    return _BASE64.sub(instead, text)
