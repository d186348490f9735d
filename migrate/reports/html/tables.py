"""The page's tables: repositories, profiles, keys. The script makes their columns sortable."""

from collections.abc import Container, Iterator, Sequence

from migrate.reports.html.facets import Facets
from migrate.reports.html.markup import text
from migrate.reports.markdown import OTHERS, SHOWN
from migrate.reports.places import Places
from migrate.reports.view import RepositoryView, View

STATES = {"failed": "failed", "left": "needs manual action", "changed": "changed", "clean": "nothing to do"}
"""The results of repositories, in the order of the table: problems first."""


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


def repositories(rows: Sequence[RepositoryView], facets: Facets) -> Iterator[str]:
    """One row for each repository, which the script unfolds to its changes and findings."""
    files = any(row.files is not None for row in rows)
    why = any(row.why for row in rows)
    kind = "sortable grid" + " files" * files + " why" * why
    # rows are laid out as grids, so that those out of sight cost nothing; the roles say that it is a table all the same
    yield '<div class="wide" role="region" aria-label="Repositories" tabindex="0">'
    yield f'<table class="{kind}" id="repositories-table" role="table" aria-label="Repositories"><thead role="rowgroup"><tr role="row">'
    yield from (
        f'<th scope="col" role="columnheader"{kind}>{label}</th>'
        for label, kind, wanted in (
            ("Repository", "", True),
            ("Result", "", True),
            ("Changed", " class=num", True),
            ("Manual action", " class=num", True),
            ("Files", " class=num", files),
            ("Why", "", why),
        )
        if wanted
    )
    yield '</tr></thead><tbody role="rowgroup">'
    for n, row in sorted(enumerate(rows), key=lambda item: _rank(item[1])):
        cells = [
            f'<td role="cell"><span class="state {text(row.status)}">{text(STATES.get(row.status, row.status))}</span></td>',
            _number(row.changed),
            _number(row.left),
            *([_number(row.files)] if files else []),
            *([f'<td role="cell" class="why">{text(row.why)}</td>'] if why else []),
        ]
        yield (
            f'<tr class="repo" id="repository-{n}" role="row"{facets.attributes_of_repository(row.name)} data-s="{text(row.status)}">'
            f'<th scope="row" role="rowheader"><span class="name">{text(facets.repository(row.name))}</span></th>{"".join(cells)}</tr>\n'
        )
    yield "</tbody></table></div>"


def _number(value: int | None) -> str:
    return f'<td role="cell" class="num">{"" if value is None else f"{value:,}"}</td>'


def states(rows: Sequence[RepositoryView]) -> str:
    """The choice of a result, for the filters."""
    counts = {state: sum(row.status == state for row in rows) for state in STATES}
    options = "".join(f'<option value="{state}">{STATES[state]} ({n:,})</option>' for state, n in counts.items() if n)
    return f'<label><span>Result</span><select data-facet="s" id="filter-result"><option value="">all</option>{options}</select></label>'


def plain(name: str, head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Container[int] = ()) -> str:
    """A table of texts; `numeric` are the columns of numbers."""
    kind = [" class=num" if n in numeric else "" for n in range(len(head))]
    lines = [
        f'<div class="wide" role="region" aria-label="{text(name)}" tabindex="0"><table class="sortable"><caption class="vh">{text(name)}</caption><thead><tr>'
    ]
    lines += [f'<th scope="col"{kind[n]}>{text(cell)}</th>' for n, cell in enumerate(head)]
    lines += ["</tr></thead><tbody>"]
    lines += ["<tr>" + "".join(f"<td{kind[n]}>{text(cell)}</td>" for n, cell in enumerate(row)) + "</tr>\n" for row in rows]
    return "".join([*lines, "</tbody></table></div>"])


def profiles(view: View) -> str:
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


def signers(view: View) -> Iterator[str]:
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


def keys(view: View) -> str:
    """The keys of `retire`."""
    rows = [(k.key, k.account_id or "", k.user or "", k.status or "", k.last_used or "", k.profile or "") for k in view.keys]
    return plain("Keys", ("Key", "Account", "User", "Status", "Last used", "Profile"), rows)
