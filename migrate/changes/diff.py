"""A masked unified diff of one change, in time that grows with the file and not with its square.

`difflib` alone compares every line with every other: minutes for a file of 20,000 sections. So common ends are cut off, the lines
that occur once on both sides are taken as anchors (patience diff, Bram Cohen), and `difflib` sees only what lies between two anchors.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from migrate.changes.change import Change
from migrate.changes.references import References
from migrate.masking import Masker, in_one_line

CONTEXT = 3
_LEAD = 8
"""Lines around a hunk that are masked with it and not shown: a setting's name may stand a few lines above its value."""

_SMALL = 400 * 400
_DEPTH = 60
_NO_NEWLINE = "\\ No newline at end of file"


class Block(NamedTuple):
    """`before[before_at : before_at + size]` is the same as `after[after_at : after_at + size]`."""

    before_at: int
    after_at: int
    size: int


def masked_diff(change: Change, masker: Masker | None = None, *, context: int = CONTEXT) -> str:
    """The unified diff of `change` with nothing secret in it and `context` unchanged lines around; empty where nothing changes.

    Bytes that are no UTF-8 come out as lone surrogates (`surrogateescape`); whoever shows the text turns them into escapes.
    Where nothing had to be masked, applying the diff to the old bytes gives the new ones.
    """
    if change.before == change.after:
        return ""
    if masker is None:
        masker = Masker(change.secrets)
    before, after = _lines(change.before), _lines(change.after)
    name = in_one_line("/".join(masker.mask(part) for part in str(change.path).split("/")))
    head = [f"--- {'/dev/null' if change.before is None else name}", f"+++ {'/dev/null' if change.after is None else name}"]
    both = _Side(change.path, before), _Side(change.path, after)
    return "\n".join([*head, *_hunks(*both, matching_blocks(before, after), masker, context)]) + "\n"


class _Side:
    """The lines of one side, and what is code in them."""

    def __init__(self, path: Path, lines: Sequence[str]) -> None:
        self.lines = lines
        self._references = References(path, lines)

    def masked(self, low: int, high: int, masker: Masker) -> list[str]:
        """Return some lines masked."""
        start, end = max(0, low - _LEAD), min(len(self.lines), high + _LEAD)
        text = "".join(self.lines[start:end])
        masked = masker.mask(text)
        if masked == text:
            return list(self.lines[low:high])
        if self._references:
            masked = self._references.masked(start, end, masker.mask)
        out = [line + "\n" for line in masked.split("\n")]
        out[-1] = out[-1][:-1]
        return out[low - start : high - start]


def _lines(data: bytes | None) -> list[str]:
    if not data:
        return []
    text = data.decode("utf-8", "surrogateescape")
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def matching_blocks(before: Sequence[str], after: Sequence[str]) -> list[Block]:
    """Which lines stayed, in order and without overlap, ending with an empty block at both ends."""
    blocks: list[Block] = []
    todo = [(0, len(before), 0, len(after), 0)]
    while todo:
        low, high, low2, high2, depth = todo.pop()
        start = low
        while low < high and low2 < high2 and before[low] == after[low2]:
            low, low2 = low + 1, low2 + 1
        if low > start:
            blocks.append(Block(start, low2 - (low - start), low - start))
        end = high
        while low < high and low2 < high2 and before[high - 1] == after[high2 - 1]:
            high, high2 = high - 1, high2 - 1
        if end > high:
            blocks.append(Block(high, high2, end - high))
        if low == high or low2 == high2:
            continue
        anchors = _anchors(before, after, low, high, low2, high2) if depth < _DEPTH else []
        if anchors:
            edges = [*anchors, (high, high2)]
            for at, at2 in edges:
                todo.append((low, at, low2, at2, depth + 1))
                low, low2 = at, at2
        elif (high - low) * (high2 - low2) <= _SMALL:
            matcher = SequenceMatcher(None, before[low:high], after[low2:high2], autojunk=False)
            blocks += [Block(low + m.a, low2 + m.b, m.size) for m in matcher.get_matching_blocks() if m.size]
    return _joined(sorted(blocks), len(before), len(after))


def _joined(blocks: list[Block], end: int, end2: int) -> list[Block]:
    out: list[Block] = []
    for block in blocks:
        if out and out[-1].before_at + out[-1].size == block.before_at and out[-1].after_at + out[-1].size == block.after_at:
            out[-1] = Block(out[-1].before_at, out[-1].after_at, out[-1].size + block.size)
        else:
            out.append(block)
    return [*out, Block(end, end2, 0)]


def _anchors(before: Sequence[str], after: Sequence[str], low: int, high: int, low2: int, high2: int) -> list[tuple[int, int]]:
    """Pairs of lines that occur once on each side: the longest run of them that is in order on both."""
    once = _once(before, low, high)
    once2 = _once(after, low2, high2)
    pairs = [(at, once2[line]) for line, at in once.items() if line in once2]
    pairs.sort()
    tails: list[int] = []
    tail_pair: list[int] = []
    previous: list[int] = []
    for n, (_, at2) in enumerate(pairs):
        place = bisect_left(tails, at2)
        previous.append(tail_pair[place - 1] if place else -1)
        if place == len(tails):
            tails.append(at2)
            tail_pair.append(n)
        else:
            tails[place] = at2
            tail_pair[place] = n
    out: list[tuple[int, int]] = []
    n = tail_pair[-1] if tail_pair else -1
    while n >= 0:
        out.append(pairs[n])
        n = previous[n]
    return out[::-1]


def _once(lines: Sequence[str], low: int, high: int) -> dict[str, int]:
    where: dict[str, int] = {}
    for at in range(low, high):
        where[lines[at]] = -1 if lines[at] in where else at
    return {line: at for line, at in where.items() if at >= 0}


def _hunks(before: _Side, after: _Side, blocks: Sequence[Block], masker: Masker, context: int) -> Iterator[str]:
    edits = []
    at = at2 = 0
    for block in blocks:
        if block.before_at > at or block.after_at > at2:
            edits.append((at, block.before_at, at2, block.after_at))
        at, at2 = block.before_at + block.size, block.after_at + block.size
    group: list[tuple[int, int, int, int]] = []
    for edit in edits:
        if group and edit[0] - group[-1][1] > 2 * context:
            yield from _hunk(before, after, group, masker, context)
            group = []
        group.append(edit)
    if group:
        yield from _hunk(before, after, group, masker, context)


def _hunk(one: _Side, other: _Side, group: Sequence[tuple[int, int, int, int]], masker: Masker, context: int) -> Iterator[str]:
    before, after = one.lines, other.lines
    low, low2 = group[0][0], group[0][2]
    lead = min(context, low, low2)
    low, low2 = low - lead, low2 - lead
    high, high2 = group[-1][1], group[-1][3]
    tail = min(context, len(before) - high, len(after) - high2)
    high, high2 = high + tail, high2 + tail
    olds, news = one.masked(low, high, masker), other.masked(low2, high2, masker)
    yield f"@@ -{_span(low, high)} +{_span(low2, high2)} @@"
    at, at2 = low, low2
    for start, end, _, end2 in [*group, (high, high, high2, high2)]:
        while at < start:
            # the two sides may have been masked by different neighbours: whichever hides more is shown
            old, new = olds[at - low], news[at2 - low2]
            yield from _shown(" ", new if old == before[at] else old)
            at, at2 = at + 1, at2 + 1
        for line in olds[at - low : end - low]:
            yield from _shown("-", line)
        for line in news[at2 - low2 : end2 - low2]:
            yield from _shown("+", line)
        at, at2 = end, end2


def _shown(sign: str, line: str) -> Iterator[str]:
    if line.endswith("\n"):
        yield sign + line[:-1]
    else:
        yield sign + line
        yield _NO_NEWLINE


def _span(low: int, high: int) -> str:
    size = high - low
    return f"{low + 1}" if size == 1 else f"{low + 1 if size else low},{size}"


def first_difference(change: Change) -> int:
    """The 1-based line of the old text in which a change begins."""
    before, after = _lines(change.before), _lines(change.after)
    number = next((n for n, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), min(len(before), len(after)))
    return max(1, min(number + 1, len(before)))
