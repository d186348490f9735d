"""Findings on the page: under their codes, which say once why that matters and what to do."""

from collections import defaultdict
from collections.abc import Iterator

from migrate.codes import CODES
from migrate.reports.html.facets import Facets
from migrate.reports.html.markup import chips, code, prose, text
from migrate.reports.sarif import help_uri
from migrate.reports.view import FindingView, View

_ORDER = {"error": 0, "warning": 1, "note": 2}
_PLACES = 5
"""Other places of a finding that the page shows; JSON has all of them."""
_OPEN = 40
"""With more findings than that, the codes are closed at first; notes always are."""


def section(view: View, facets: Facets, anchors: dict[str, str]) -> Iterator[str]:
    """All findings. `anchors` are the places of changes on the page, by path."""
    groups: dict[tuple[str, str], list[FindingView]] = defaultdict(list)
    for finding in view.findings:
        groups[finding.severity, finding.code].append(finding)
    few = len(view.findings) <= _OPEN
    for (severity, name), rows in sorted(groups.items(), key=lambda g: (_ORDER.get(g[0][0], 3), g[0][1])):
        title = CODES[name].title if name in CODES else ""
        yield (
            f'<details class="group" id="{text(name)}"{" open" if few and severity != "note" else ""}><summary><span class="badge {text(severity)}">{text(severity)}</span> '
            f'<b>{text(name)}</b> <span class="title">{text(title)}</span> <span class="count">{len(rows):,}</span></summary>'
        )
        yield from _advice(name)
        shared = rows[0].help if len(rows) > 1 and all(row.help == rows[0].help for row in rows) else ""
        if shared:
            yield f'<p class="shared">For each of these: {prose(shared)}</p>'
        yield '<ol class="rows">'
        yield from (_row(row, facets, anchors, "" if shared else row.help) for row in rows)
        yield "</ol></details>"


def _advice(name: str) -> Iterator[str]:
    if name not in CODES:
        return
    row = CODES[name]
    yield (
        f'<div class="advice"><p>{prose(row.why)}</p><p><strong>What to do.</strong> {prose(row.todo)}</p>'
        f'<p><a href="{help_uri(name)}" rel="noopener noreferrer">{text(name)} in the documentation</a></p></div>'
    )


def _row(finding: FindingView, facets: Facets, anchors: dict[str, str], help: str) -> str:
    place = finding.path
    if finding.line is not None:
        place += f":{finding.line}" + (f":{finding.column}" if finding.column is not None else "")
    anchor = anchors.get(finding.path)
    where = f'<a class="place" href="#{anchor}">{code(place)}</a>' if anchor else f'<span class="place">{code(place)}</span>'
    labels = chips("key", [finding.key] if finding.key else []) + chips("profile", [finding.profile] if finding.profile else [])
    labels += chips("library", finding.libraries) + chips("commits", _commits(finding))
    return (
        f'<li class="item finding" tabindex="-1"{facets.attributes(facets.of_finding(finding))}>{where}{labels}'
        f"<p>{prose(finding.message)}</p>{_related(finding, anchors)}{f'<p class=help>{prose(help)}</p>' if help else ''}</li>"
    )


def _related(finding: FindingView, anchors: dict[str, str]) -> str:
    """The other places that a finding is about; those of files that change lead to the change."""
    places = []
    for other in finding.related[:_PLACES]:
        place = code(other.path if other.line is None else f"{other.path}:{other.line}")
        anchor = anchors.get(other.path)
        linked = f'<a href="#{anchor}">{place}</a>' if anchor else place
        places.append(f"{linked} ({prose(other.message)})")
    more = len(finding.related) - len(places)
    places += [f"{more:,} more"] if more else []
    return f'<p class="related">See also: {", ".join(places)}</p>' if places else ""


def _commits(finding: FindingView) -> list[str]:
    if not finding.first_commit:
        return []
    return [f"{finding.first_commit[:12]} to {(finding.last_commit or finding.first_commit)[:12]}"]
