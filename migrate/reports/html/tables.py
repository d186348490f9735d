"""The page's tables: repositories, profiles, keys. The script makes their columns sortable."""

from collections.abc import Container, Iterator, Sequence

from markupsafe import Markup

from migrate.reports.html.facets import Facets
from migrate.reports.html.markup import html, joined
from migrate.reports.markdown import OTHERS, SHOWN
from migrate.reports.places import Places
from migrate.reports.view import RepositoryView, View

STATES = {"failed": "failed", "left": "needs manual action", "changed": "changed", "clean": "nothing to do"}
"""The results of repositories, in the order of the table: problems first."""
_NUMERIC = html(" class=num")


def repositories_of(view: View) -> Sequence[RepositoryView]:
    """The repositories as `bulk` tells them; of another command those that changes and findings are of, where there are several."""
    if view.repositories or view.command == "bulk":
        return view.repositories
    changed: dict[str, int] = {}
    left: dict[str, int] = {}
    for change in view.changes:
        if change.repository:
            changed[change.repository] = changed.get(change.repository, 0) + 1
            left.setdefault(change.repository, 0)
    for finding in view.findings:
        if finding.repository:
            left[finding.repository] = left.get(finding.repository, 0) + (finding.severity == "error")
    if len(left) < 2:
        return ()
    return [
        RepositoryView(n, "left" if left[n] else "changed" if n in changed else "clean", changed.get(n, 0), left[n], None)
        for n in sorted(left)
    ]


def _rank(row: RepositoryView) -> int:
    return list(STATES).index(row.status) if row.status in STATES else -1


def repositories(rows: Sequence[RepositoryView], facets: Facets) -> Iterator[Markup]:
    """One row for each repository, which the script unfolds to its changes and findings."""
    files = any(row.files is not None for row in rows)
    why = any(row.why for row in rows)
    layout = "sortable grid" + " files" * files + " why" * why
    # rows are laid out as grids, so that those out of sight cost nothing; the roles say that it is a table all the same
    yield html('<div class="wide" role="region" aria-label="Repositories" tabindex="0">')
    yield html(
        '<table class="{}" id="repositories-table" role="table" aria-label="Repositories"><thead role="rowgroup"><tr role="row">', layout
    )
    yield from (
        html('<th scope="col" role="columnheader"{}>{}</th>', kind, label)
        for label, kind, wanted in (
            ("Repository", "", True),
            ("Result", "", True),
            ("Changed", _NUMERIC, True),
            ("Manual action", _NUMERIC, True),
            ("Files", _NUMERIC, files),
            ("Why", "", why),
        )
        if wanted
    )
    yield html('</tr></thead><tbody role="rowgroup">')
    for n, row in sorted(enumerate(rows), key=lambda item: _rank(item[1])):
        cells = [
            html('<td role="cell"><span class="state {}">{}</span></td>', row.status, STATES.get(row.status, row.status)),
            _number(row.changed),
            _number(row.left),
            *([_number(row.files)] if files else []),
            *([html('<td role="cell" class="why">{}</td>', row.why)] if why else []),
        ]
        yield html(
            '<tr class="repo" id="repository-{}" role="row"{} data-s="{}">'
            '<th scope="row" role="rowheader"><span class="name">{}</span></th>{}</tr>\n',
            n,
            facets.attributes_of_repository(row.name),
            row.status,
            facets.repository(row.name),
            joined(cells),
        )
    yield html("</tbody></table></div>")


def _number(value: int | None) -> Markup:
    return html('<td role="cell" class="num">{}</td>', "" if value is None else f"{value:,}")


def states(rows: Sequence[RepositoryView]) -> Markup:
    """The choice of a result, for the filters."""
    counts = {state: sum(row.status == state for row in rows) for state in STATES}
    options = joined(html('<option value="{}">{} ({:,})</option>', state, STATES[state], n) for state, n in counts.items() if n)
    return html(
        '<label><span>Result</span><select data-facet="s" id="filter-result"><option value="">all</option>{}</select></label>', options
    )


def plain(name: str, head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Container[int] = ()) -> Markup:
    """A table of texts; `numeric` are the columns of numbers."""
    kind = [_NUMERIC if n in numeric else "" for n in range(len(head))]
    return html(
        '<div class="wide" role="region" aria-label="{name}" tabindex="0"><table class="sortable"><caption class="vh">{name}</caption>'
        "<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>",
        name=name,
        head=joined(html('<th scope="col"{}>{}</th>', kind[n], cell) for n, cell in enumerate(head)),
        rows=joined(html("<tr>{}</tr>\n", joined(html("<td{}>{}</td>", kind[n], cell) for n, cell in enumerate(row))) for row in rows),
    )


def profiles(view: View) -> Markup:
    """What becomes of each profile; of `verify` whether it signs, and why not."""
    columns: list[tuple[str, list[str]]] = [
        ("Profile", [p.name for p in view.profiles]),
        ("Action", [str(p.action) for p in view.profiles]),
        ("Session", [p.sso_session or "" for p in view.profiles]),
        ("Account", [p.sso_account_id or "" for p in view.profiles]),
        ("Role", [p.sso_role_name or "" for p in view.profiles]),
        ("Signs", ["" if p.resolves is None else "yes" if p.resolves else "no" for p in view.profiles]),
        ("Problem", [p.error or "" for p in view.profiles]),
    ]
    used = [(name, cells) for n, (name, cells) in enumerate(columns) if n < 5 or any(cells)]
    return plain("Profiles", [name for name, _ in used], [[cells[n] for _, cells in used] for n in range(len(view.profiles))])


def signers(view: View) -> Iterator[Markup]:
    """Which key each rewritten call signed with, and which profile it signs with now."""
    places = Places(view)
    columns: list[tuple[str, list[str]]] = [
        ("Place", [f"{places.path(row.path)}:{row.line}" for row in view.signers]),
        ("Call", [row.call for row in view.signers]),
        ("In", [row.function for row in view.signers]),
        ("Key before", [row.key for row in view.signers]),
        ("Profile after", [row.profile or "default credential chain" for row in view.signers]),
        ("May also sign, unchanged", [", ".join(OTHERS.get(other, other) for other in row.others) for row in view.signers]),
        ("How it was shown", [SHOWN[row.shown] for row in view.signers]),
    ]
    used = [(name, cells) for name, cells in columns if any(cells)]
    yield plain("Who signs", [name for name, _ in used], [[cells[n] for _, cells in used] for n in range(len(view.signers))])


def keys(view: View) -> Markup:
    """The keys of `retire`."""
    rows = [(k.key, k.account_id or "", k.user or "", k.status or "", k.last_used or "", k.profile or "") for k in view.keys]
    return plain("Keys", ("Key", "Account", "User", "Status", "Last used", "Profile"), rows)
