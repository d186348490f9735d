"""The review page of one run: what it came to, and everything that somebody who has to say yes to it wants to look at."""

from collections.abc import Iterator

from markupsafe import Markup

from migrate.reports.html import changes, findings, tables
from migrate.reports.html.facets import Facets
from migrate.reports.html.markup import code, html, joined
from migrate.reports.html.page import header, page
from migrate.reports.text import summary
from migrate.reports.view import View

_KEYS = (
    ("j", "next change, or next finding while you are among them"),
    ("k", "the one before"),
    ("↓ ↑", "the same, while one of them has the focus"),
    ("Enter", "open or close it"),
    ("v", "reviewed, or not yet"),
    ("/", "search"),
    ("Esc", "leave the search; once more: no filters"),
    ("t", "light or dark"),
    ("?", "this help"),
)


def render(view: View) -> str:
    """Return the page."""
    title = f"aws-sso-migrate {view.command}".strip()
    return page(title, _body(view, title))


def _body(view: View, title: str) -> Iterator[Markup]:
    facets = Facets(view)
    anchors = changes.anchors_of(view)
    repositories = tables.repositories_of(view)
    yield html('<a class="skip" href="#main">To the report</a>')
    yield from _header(view, title)
    sections = [
        ("findings", "Findings", len(view.findings), findings.section(view, facets, anchors)),
        ("repositories", "Repositories", len(repositories), tables.repositories(repositories, facets)),
        ("signers", "Who signs", len(view.signers), tables.signers(view)),
        ("changes", "Changes", len(view.changes), changes.section(view, facets)),
        ("profiles", "Profiles", len(view.profiles), iter([tables.profiles(view)])),
        ("keys", "Keys", len(view.keys), iter([tables.keys(view)])),
    ]
    sections = [section for section in sections if section[2]]
    if view.changes or view.findings or repositories:
        yield from _filters(facets, tables.states(repositories) if repositories else html(""))
    yield html('<main id="main" tabindex="-1">')
    if len(sections) > 1:
        links = joined(
            html('<li><a href="#{}">{} <span class="count">{:,}</span></a></li>', name, label, number)
            for name, label, number, _ in sections
        )
        yield html('<nav aria-label="Parts of the report"><ul>{}</ul></nav>', links)
    for name, label, number, content in sections:
        yield html(
            '<section id="{0}" aria-labelledby="{0}-title"><h2 id="{0}-title">{1} <span class="count">{2:,}</span></h2>',
            name,
            label,
            number,
        )
        yield from content
        yield html("</section>")
    if not sections and view.error is None:
        yield html("<p>Nothing was found, and nothing changes.</p>")
    yield html("</main>")
    yield from _help()


def _header(view: View, title: str) -> Iterator[Markup]:
    said = [
        html('<time datetime="{}">{} UTC</time>', view.date, view.date.replace("T", " ").removesuffix("Z")),
        html("exit status {}", view.status),
    ]
    if view.run:
        said.append(html("run {}, reversed by {}", code(view.run), code(f"aws-sso-migrate undo {view.run}")))
    yield from header(title, [] if view.error is not None else [summary(view)], said, help=True)
    if view.error is not None:
        error = view.error
        where = f"{error.path}:{error.line}" if error.path and error.line else error.path or ""
        yield html(
            '<div class="refused" role="alert"><p><strong>Refused.</strong> {}{}</p>{}</div>',
            html("{} ", code(where)) if where else "",
            error.message,
            html("<p>{}</p>", error.help) if error.help else "",
        )
        return
    severities = {name: sum(finding.severity == name for finding in view.findings) for name in ("error", "warning", "note")}
    totals = [
        *_repositories(view),
        ("Files looked at", view.files),
        *([("Files changed" if view.applied else "Files that would change", view.changed)] if _changes(view) else []),
        ("Need manual action", severities["error"]),
        ("Warnings", severities["warning"]),
        ("Notes", severities["note"]),
    ]
    yield html(
        '<section aria-label="Totals"><dl class="totals">{}</dl></section>',
        joined(html("<div><dt>{}</dt><dd>{:,}</dd></div>", label, number) for label, number in totals),
    )


def _changes(view: View) -> bool:
    """Is it the report of a command that changes files?"""
    return bool(view.changes) or view.command in ("bulk", "code", "config", "run", "undo")


def _repositories(view: View) -> list[tuple[str, int]]:
    """The first totals of a report of many repositories."""
    if not view.repositories:
        return []
    failed = sum(repository.status == "failed" for repository in view.repositories)
    return [("Repositories", len(view.repositories)), ("Failed", failed)]


def _filters(facets: Facets, states: Markup) -> Iterator[Markup]:
    yield html(
        '<form class="filters js" role="search" aria-label="Filter the report"><label class="search"><span>Search</span>'
        '<input type="search" id="search" autocomplete="off" spellcheck="false" placeholder="path, message, code…  ( / )"></label>'
        '{}{}<div class="end"><output id="shown" aria-live="polite"></output>'
        '<label class="check"><input type="checkbox" id="unreviewed"><span>not reviewed only</span></label>'
        '<button type="reset" id="clear">Clear</button></div></form>',
        states,
        facets.selects(),
    )


def _help() -> Iterator[Markup]:
    rows = joined(
        html("<tr><th scope='row'>{}</th><td>{}</td></tr>", joined(html("<kbd>{}</kbd>", key) for key in keys.split(" ")), what)
        for keys, what in _KEYS
    )
    yield html(
        '<dialog id="help" aria-labelledby="help-title"><h2 id="help-title">Keyboard shortcuts</h2>'
        '<table>{}</table><form method="dialog"><button>Close</button></form></dialog>',
        rows,
    )
    yield html(
        "<footer><p class='quiet'>Secrets are masked, key IDs shortened to their last four characters. "
        "Nothing on this page is loaded from anywhere.</p></footer>"
    )
