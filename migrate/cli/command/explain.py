"""`explain`: the documentation of a finding code, in the terminal."""

import sys
from typing import Annotated

import typer

from migrate.cli.completion import codes as known_codes
from migrate.cli.options import SPEAKING, Given, with_options
from migrate.cli.output import put
from migrate.errors import Refusal


@with_options(SPEAKING)
def explain(
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="Finding codes, such as AWS202.", autocompletion=known_codes)],
    *,
    given: Given,
) -> int:
    """Explain a finding code.

    Prints the page of each code: what it means, why it matters and what to do about it.
    """
    from migrate.codes import CODES, pages
    from migrate.nearest import did_you_mean

    names = [code.strip().upper() for code in codes]
    for code, name in zip(codes, names, strict=True):
        if name not in CODES:
            help = did_you_mean(name, CODES) or "the codes are listed in docs/codes/README.md"
            raise Refusal(f"there is no finding code {code}", help=help)
    whole = pages()
    for n, name in enumerate(names):
        text = whole[f"{name}.md"]
        put(["", *_page(text)] if n else _page(text))
    return 0


def _page(text: str) -> list[str]:
    """Return the lines of a page: wrapped on a terminal, as they are elsewhere."""
    lines = text.rstrip("\n").split("\n")
    if not sys.stdout.isatty():
        return lines
    from migrate.reports.layout import terminal_width, wrapped

    return [part for line in lines for part in wrapped(line.lstrip("# "), terminal_width())]
