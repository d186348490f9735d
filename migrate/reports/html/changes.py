"""Changes on the page: one article for each file, with its diff."""

from collections.abc import Iterator

from migrate.reports.html.facets import Facets
from migrate.reports.html.markup import chips, code, count, text
from migrate.reports.html.sides import table
from migrate.reports.view import ChangeView, View

_LONG = 400
"""Lines that change: above that a diff is closed at first."""


def section(view: View, facets: Facets) -> Iterator[str]:
    """All changes, in order, each under the name that `anchors_of` gives."""
    findings: dict[str, int] = {}
    for finding in view.findings:
        findings[finding.path] = findings.get(finding.path, 0) + 1
    for n, change in enumerate(view.changes, 1):
        yield _article(change, view, facets, findings.get(change.path, 0), f"change-{n}")


def anchors_of(view: View) -> dict[str, str]:
    """A name within the page for each change, by path."""
    return {change.path: f"change-{n}" for n, change in enumerate(view.changes, 1)}


def _article(change: ChangeView, view: View, facets: Facets, findings: int, anchor: str) -> str:
    diff = view.wide(change) if view.wide is not None else change.diff
    rows, plus, minus = table(diff, change.kind) if diff else ("<p class='none'>No line changes.</p>", 0, 0)
    path, repository = change.path, ""
    if change.repository:
        repository = f'<span class="repository">{text(facets.repository(change.repository))}</span>'
        for root in (change.repository, change.repository.rstrip("/").rpartition("/")[2].removesuffix(".git")):
            if path.startswith(root + "/"):
                path = path.removeprefix(root + "/")
                break
    facts = facets.of_change(change)
    labels = chips("library", change.libraries) + chips(
        "profile", facts.profiles if len(facts.profiles) <= 3 else [f"{len(facts.profiles)} profiles"]
    )
    left = f'<span class="chip warn">{count(findings, "finding")} here</span>' if findings else ""
    return (
        f'<article class="item change" id="{anchor}" tabindex="-1" aria-label="{text(f"{change.kind} {change.path}")}"{facets.attributes(facts)}>'
        f'<details{" open" if plus + minus <= _LONG else ""}><summary><h3><span class="badge {change.kind}">{change.kind}</span> '
        f'{repository}{code(path)}</h3> <span class="lines"><span class="plus">+{plus:,}</span> <span class="minus">−{minus:,}</span></span>'
        f"{labels}{left}</summary>{rows}</details></article>\n"
    )
