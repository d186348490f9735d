"""Lines over time as inline SVG, with all that they show said in words as well."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from migrate.reports.html.markup import text

_WIDTH, _HEIGHT = 760, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 150, 16, 34
_LABEL = 88
"""A date below the axis is about that wide."""


class Line(NamedTuple):
    """A line of the plot: its name, its class in the style sheet, and a value for each date."""

    name: str
    kind: str
    values: Sequence[int]


def plot(identifier: str, title: str, description: str, dates: Sequence[datetime], lines: Sequence[Line]) -> Iterator[str]:
    """The plot. `dates` are in order; the axis begins at 0, so that a line's height is its value."""
    top = _nice(max((v for line in lines for v in line.values), default=0))
    first, span = dates[0], (dates[-1] - dates[0]).total_seconds()
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(date: datetime) -> float:
        return _LEFT + (width * (date - first).total_seconds() / span if span else width / 2)

    def y(value: int) -> float:
        return _TOP + height * (1 - value / top)

    yield (
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="{identifier}-title {identifier}-desc">'
        f'<title id="{identifier}-title">{text(title)}</title><desc id="{identifier}-desc">{text(description)}</desc>'
    )
    for value in sorted({top * n // 4 for n in range(5)}):
        yield f'<path class="axis" d="M{_LEFT} {y(value):.1f}H{_WIDTH - _RIGHT}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:,}</text>'
    last = float("-inf")
    form = "%Y-%m-%d" if span > 2 * 86400 else "%m-%d %H:%M"
    for date in dates:
        if x(date) - last >= _LABEL:
            last = x(date)
            yield f'<text x="{last:.1f}" y="{_HEIGHT - 10}" text-anchor="middle">{date.strftime(form)}</text>'
    ends: list[float] = []
    for line in lines:
        places = [(x(d), y(v)) for d, v in zip(dates, line.values, strict=True)]
        yield f'<g class="{line.kind}"><path d="M{"L".join(f"{a:.1f} {b:.1f}" for a, b in places)}"/>'
        for (a, b), date, value in zip(places, dates, line.values, strict=True):
            yield f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3"><title>{date:%Y-%m-%d %H:%M} UTC: {text(line.name)} {value:,}</title></circle>'
        at, label = places[-1]
        label = _free(label, ends)
        ends.append(label)
        yield f'<text x="{at + 10:.1f}" y="{label + 4:.1f}">{text(line.name)} {line.values[-1]:,}</text></g>'
    yield "</svg>"


def _free(label: float, taken: list[float]) -> float:
    """Return the height nearest to a label's own at which it covers none of some others, within the frame."""
    for step in range(_HEIGHT // 15):
        for height in (label + 15 * step, label - 15 * step):
            if _TOP <= height <= _HEIGHT - _BOTTOM and all(abs(height - other) >= 15 for other in taken):
                return height
    return label


def _nice(value: int) -> int:
    """The end of the axis: a round number that four steps divide."""
    step = 1
    while 4 * step < value:
        step = next(s for s in (step * 2, step * 5, step * 10) if str(s).strip("0") in ("1", "2", "5") and s > step)
    return 4 * step
