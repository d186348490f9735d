"""Findings on the page: under their codes, which say once why that matters and what to do."""

from collections import defaultdict
from collections.abc import Iterator

from markupsafe import Markup

from migrate.codes import CODES
from migrate.reports.html.facets import Facets
from migrate.reports.html.markup import chips, code, html, joined, prose
from migrate.reports.sarif import help_uri
from migrate.reports.view import FindingView, View

_ORDER = {"error": 0, "warning": 1, "note": 2}
_PLACES = 5
"""Other places of a finding that the page shows; JSON has all of them."""
_OPEN = 40
"""With more findings than that, the codes are closed at first; notes always are."""


def section(view: View, facets: Facets, anchors: dict[str, str]) -> Iterator[Markup]:
    """All findings. `anchors` are the places of changes on the page, by path."""
    groups: dict[tuple[str, str], list[FindingView]] = defaultdict(list)
    for finding in view.findings:
        groups[finding.severity, finding.code].append(finding)
    few = len(view.findings) <= _OPEN
    for (severity, name), rows in sorted(groups.items(), key=lambda g: (_ORDER.get(g[0][0], 3), g[0][1])):
        title = CODES[name].title if name in CODES else ""
        yield html(
            '<details class="group" id="{name}"{open}><summary><span class="badge {severity}">{severity}</span> '
            '<b>{name}</b> <span class="title">{title}</span> <span class="count">{number:,}</span></summary>',
            name=name,
            open=" open" if few and severity != "note" else "",
            severity=severity,
            title=title,
            number=len(rows),
        )
        yield from _advice(name)
        shared = rows[0].help if len(rows) > 1 and all(row.help == rows[0].help for row in rows) else ""
        if shared:
            yield html('<p class="shared">For each of these: {}</p>', prose(shared))
        yield html('<ol class="rows">')
        yield from (_row(row, facets, anchors, "" if shared else row.help) for row in rows)
        yield html("</ol></details>")


def _advice(name: str) -> Iterator[Markup]:
    if name not in CODES:
        return
    row = CODES[name]
    yield html(
        '<div class="advice"><p>{}</p><p><strong>What to do.</strong> {}</p>'
        '<p><a href="{}" rel="noopener noreferrer">{} in the documentation</a></p></div>',
        prose(row.why),
        prose(row.todo),
        help_uri(name),
        name,
    )


def _row(finding: FindingView, facets: Facets, anchors: dict[str, str], help: str) -> Markup:
    place = finding.path
    if finding.line is not None:
        place += f":{finding.line}" + (f":{finding.column}" if finding.column is not None else "")
    anchor = anchors.get(finding.path)
    link = html('<a class="place" href="#{}">{}</a>', anchor, code(place)) if anchor else html('<span class="place">{}</span>', code(place))
    labels = [
        chips("key", [finding.key] if finding.key else []),
        chips("profile", [finding.profile] if finding.profile else []),
        chips("library", finding.libraries),
        chips("commits", _commits(finding)),
    ]
    return html(
        '<li class="item finding" tabindex="-1"{}>{}{}<p>{}</p>{}{}</li>',
        facets.attributes(facets.of_finding(finding)),
        link,
        joined(labels),
        prose(finding.message),
        _related(finding, anchors),
        html("<p class=help>{}</p>", prose(help)) if help else "",
    )


def _related(finding: FindingView, anchors: dict[str, str]) -> Markup:
    """The other places that a finding is about; those of files that change lead to the change."""
    places = []
    for other in finding.related[:_PLACES]:
        place = code(other.path if other.line is None else f"{other.path}:{other.line}")
        anchor = anchors.get(other.path)
        linked = html('<a href="#{}">{}</a>', anchor, place) if anchor else place
        places.append(html("{} ({})", linked, prose(other.message)))
    more = len(finding.related) - len(places)
    places += [html("{:,} more", more)] if more else []
    return html('<p class="related">See also: {}</p>', joined(places, ", ")) if places else html("")


def _commits(finding: FindingView) -> list[str]:
    if not finding.first_commit:
        return []
    return [f"{finding.first_commit[:12]} to {(finding.last_commit or finding.first_commit)[:12]}"]
