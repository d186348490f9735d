"""The frame of every page: head, style, script, and a policy that lets nothing else in."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from migrate.reports.html.markup import text


def page(title: str, body: Iterable[str]) -> str:
    """The document around `body`, which is HTML already. No request leaves it, and no script but its own runs in it."""
    style, script = _part("page.css"), _part("page.js")
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{text(title)}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            *body,
            f"<script>{script}</script>",
            "</body>",
            "</html>",
            "",
        ]
    )


def header(title: str, strong: Sequence[str], quiet: Sequence[str], *, help: bool) -> Iterator[str]:
    """The top of a page: its title, a sentence or two (HTML), and the switches that need the script."""
    yield f'<header><div class="titles"><h1>{text(title)}</h1>'
    yield from (f"<p><strong>{line}</strong></p>" for line in strong)
    yield f"<p class='quiet'>{' · '.join(quiet)}</p></div>"
    yield (
        '<div class="switches js"><label><span>Theme</span> <select id="theme"><option value="">System</option>'
        '<option value="light">Light</option><option value="dark">Dark</option></select></label>'
        + ('<button type="button" id="help-button">Keyboard shortcuts</button>' if help else "")
        + "</div></header>"
    )


@cache
def _part(name: str) -> str:
    return files("migrate.reports.html").joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
