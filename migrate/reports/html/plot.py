"""Lines over time as inline SVG, with all that they show said in words as well."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from migrate.reports.html.markup import html

_WIDTH, _HEIGHT = 760, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 150, 16, 34
_LABEL = 88
"""A date below the axis is about that wide."""


class Line(NamedTuple):
    """A line of the plot: its name, its class in the style sheet, and a value for each date."""

    name: str
    kind: str
    values: Sequence[int]


def plot(identifier: str, title: str, description: str, dates: Sequence[datetime], lines: Sequence[Line]) -> Iterator[Markup]:
    """The plot. `dates` are in order; the axis begins at 0, so that a line's height is its value."""
    top = _nice(max((v for line in lines for v in line.values), default=0))
    first, span = dates[0], (dates[-1] - dates[0]).total_seconds()
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(date: datetime) -> float:
        return _LEFT + (width * (date - first).total_seconds() / span if span else width / 2)

    def y(value: int) -> float:
        return _TOP + height * (1 - value / top)

    yield html(
        '<svg class="plot" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-title {name}-desc">'
        '<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>',
        width=_WIDTH,
        height=_HEIGHT,
        name=identifier,
        title=title,
        description=description,
    )
    for value in sorted({top * n // 4 for n in range(5)}):
        yield html('<path class="axis" d="M{} {:.1f}H{}"/>', _LEFT, y(value), _WIDTH - _RIGHT)
        yield html('<text x="{}" y="{:.1f}" text-anchor="end">{:,}</text>', _LEFT - 8, y(value) + 4, value)
    last = float("-inf")
    form = "%Y-%m-%d" if span > 2 * 86400 else "%m-%d %H:%M"
    for date in dates:
        if x(date) - last >= _LABEL:
            last = x(date)
            yield html('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>', last, _HEIGHT - 10, date.strftime(form))
    ends: list[float] = []
    for line in lines:
        places = [(x(d), y(v)) for d, v in zip(dates, line.values, strict=True)]
        yield html('<g class="{}"><path d="M{}"/>', line.kind, "L".join(f"{a:.1f} {b:.1f}" for a, b in places))
        for (a, b), date, value in zip(places, dates, line.values, strict=True):
            yield html(
                '<circle cx="{:.1f}" cy="{:.1f}" r="3"><title>{} UTC: {} {:,}</title></circle>',
                a,
                b,
                f"{date:%Y-%m-%d %H:%M}",
                line.name,
                value,
            )
        at, label = places[-1]
        label = _free(label, ends)
        ends.append(label)
        yield html('<text x="{:.1f}" y="{:.1f}">{} {:,}</text></g>', at + 10, label + 4, line.name, line.values[-1])
    yield html("</svg>")


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
