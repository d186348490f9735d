"""Changes on the page: one article for each file, with its diff."""

from collections.abc import Iterator

from markupsafe import Markup

from migrate.reports.html.facets import Facets
from migrate.reports.html.markup import chips, code, count, html
from migrate.reports.html.sides import table
from migrate.reports.view import ChangeView, View

_LONG = 400
"""Lines that change: above that a diff is closed at first."""


def section(view: View, facets: Facets) -> Iterator[Markup]:
    """All changes, in order, each under the name that `anchors_of` gives."""
    findings: dict[str, int] = {}
    for finding in view.findings:
        findings[finding.path] = findings.get(finding.path, 0) + 1
    for n, change in enumerate(view.changes, 1):
        yield _article(change, view, facets, findings.get(change.path, 0), f"change-{n}")


def anchors_of(view: View) -> dict[str, str]:
    """A name within the page for each change, by path."""
    return {change.path: f"change-{n}" for n, change in enumerate(view.changes, 1)}


def _article(change: ChangeView, view: View, facets: Facets, findings: int, anchor: str) -> Markup:
    diff = view.wide(change) if view.wide is not None else change.diff
    rows, plus, minus = table(diff, change.kind) if diff else (html("<p class='none'>No line changes.</p>"), 0, 0)
    path, repository = change.path, html("")
    if change.repository:
        repository = html('<span class="repository">{}</span>', facets.repository(change.repository))
        for root in (change.repository, change.repository.rstrip("/").rpartition("/")[2].removesuffix(".git")):
            if path.startswith(root + "/"):
                path = path.removeprefix(root + "/")
                break
    facts = facets.of_change(change)
    labels = chips("library", change.libraries) + chips(
        "profile", facts.profiles if len(facts.profiles) <= 3 else [f"{len(facts.profiles)} profiles"]
    )
    left = html('<span class="chip warn">{} here</span>', count(findings, "finding")) if findings else ""
    return html(
        '<article class="item change" id="{anchor}" tabindex="-1" aria-label="{kind} {name}"{attributes}>'
        '<details{open}><summary><h3><span class="badge {kind}">{kind}</span> {repository}{path}</h3> '
        '<span class="lines"><span class="plus">+{plus:,}</span> <span class="minus">−{minus:,}</span></span>'
        "{labels}{left}</summary>{rows}</details></article>\n",
        anchor=anchor,
        kind=change.kind,
        name=change.path,
        attributes=facets.attributes(facts),
        open=" open" if plus + minus <= _LONG else "",
        repository=repository,
        path=code(path),
        plus=plus,
        minus=minus,
        labels=labels,
        left=left,
        rows=rows,
    )
