"""The frame of every page: head, style, script, and a policy that lets nothing else in."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from markupsafe import Markup

from migrate.reports.html.markup import html, joined, own


def page(title: str, body: Iterable[Markup]) -> str:
    """Return the document around a body. No request leaves it, and no script but its own runs in it."""
    style, script = own("page.css"), own("page.js")
    document = html(
        "<!doctype html>\n"
        '<html lang="en">\n'
        "<head>\n"
        '<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="'
        "default-src 'none'; style-src '{style_hash}'; script-src '{script_hash}'; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        "<title>{title}</title>\n"
        "<style>{style}</style>\n"
        "</head>\n"
        "<body>\n"
        "{body}\n"
        "<script>{script}</script>\n"
        "</body>\n"
        "</html>\n",
        title=title,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        body=joined(body, "\n"),
    )
    return str(document)


def header(title: str, strong: Sequence[str], quiet: Sequence[Markup], *, help: bool) -> Iterator[Markup]:
    """Yield the top of a page: its title, a sentence or two, and the switches that need the script."""
    yield html('<header><div class="titles"><h1>{}</h1>', title)
    yield from (html("<p><strong>{}</strong></p>", line) for line in strong)
    yield html("<p class='quiet'>{}</p></div>", joined(quiet, " · "))
    yield html(
        '<div class="switches js"><label><span>Theme</span> <select id="theme"><option value="">System</option>'
        '<option value="light">Light</option><option value="dark">Dark</option></select></label>{}</div></header>',
        html('<button type="button" id="help-button">Keyboard shortcuts</button>') if help else "",
    )


def _hash(content: str) -> str:
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"
