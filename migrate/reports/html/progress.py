"""The page of `report trend`: a plot for each command whose runs were given, and the numbers in a table."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from migrate.reports.html.markup import count, html
from migrate.reports.html.page import header, page
from migrate.reports.html.plot import Line, plot
from migrate.reports.html.tables import plain
from migrate.reports.trend import Point

_TITLE = "Keys left over time"


def render(points: Sequence[Point]) -> str:
    """The page. `points` are sorted by command and date."""
    return page(f"aws-sso-migrate: {_TITLE.lower()}", _body(points))


def _body(points: Sequence[Point]) -> Iterator[Markup]:
    yield from header(_TITLE, [], [html("from the reports of {}", count(len(points), "run"))], help=False)
    yield html('<main id="main">')
    for command, group in groupby(points, key=lambda point: point.command):
        yield from _command(command, list(group))
    yield html("</main>")


def _command(command: str, points: Sequence[Point]) -> Iterator[Markup]:
    first, last = points[0], points[-1]
    said = f"{count(last.keys, 'key')} left on {last.date:%Y-%m-%d}"
    if len(points) > 1:
        said += f", of {first.keys:,} on {first.date:%Y-%m-%d}"
    dates = [point.date for point in points]
    keys = Line("Keys", "first", [point.keys for point in points])
    left = Line("For a person", "second", [point.left for point in points])
    yield html('<section aria-labelledby="{0}-name"><h2 id="{0}-name">{0}</h2><p>{1}.</p>', command, said)
    yield html('<div class="wide" role="region" aria-label="Plot of {}" tabindex="0">', command)
    yield from plot(
        command,
        f"{_TITLE}, as {command} found them",
        f"{said}; {count(last.left, 'place')} needing manual action. The table below has all numbers.",
        dates,
        [keys, left],
    )
    yield html("</div>")
    many = any(point.repositories for point in points)
    head = [
        "Run (UTC)",
        "Keys left",
        "Left for a person",
        "Files to change",
        "Files looked at",
        *(["Repositories", "Not clean"] if many else []),
        "Report",
    ]
    numbers = [
        [
            f"{p.date:%Y-%m-%d %H:%M}",
            f"{p.keys:,}",
            f"{p.left:,}",
            f"{p.changed:,}",
            f"{p.files:,}",
            *([f"{p.repositories:,}", f"{p.unclean:,}"] if many else []),
            p.name,
        ]
        for p in points
    ]
    yield plain(f"Runs of {command}", head, numbers, numeric=range(1, len(head) - 1))
    yield html(
        "<p class='quiet'>Keys left: the different keys, by their last four characters, that findings name for a person "
        "or that changes take out which are not applied or merged yet.</p>"
    )
    yield html("</section>")
