"""HTML as a type: `Markup` (of MarkupSafe) is HTML that a page may show, and every other str is text, which is escaped where it is put in.

Only this file makes `Markup`. Pages are built with `html` and `joined`, so that the type checker refuses a text where HTML is asked for,
and a text that gets there all the same is escaped.
"""

import re
from collections.abc import Iterable
from functools import cache
from html import escape as escape_element
from importlib.resources import files

from markupsafe import Markup, escape

from migrate.masking import printable

Value = str | int | float
"""What may be put into a template: HTML, a text, or a number, which has no character that needs an escape."""

_CODE_SPAN = re.compile(r"`([^`]+)`")


def html(template: str, *values: Value, **named: Value) -> Markup:
    """Return a template, which must be a literal, with values in its places, as `str.format` puts them in. Texts are escaped.

    This is `str.format` on values escaped beforehand: `Markup.format` does the same in Python, and takes many times as long.
    """
    ready = [value if type(value) is Markup else _ready(value) for value in values]
    if not named:
        return _trusted(template.format(*ready))
    return _trusted(template.format(*ready, **{name: _ready(value) for name, value in named.items()}))


def joined(pieces: Iterable[Markup], between: str = "") -> Markup:
    """Return the pieces one after the other."""
    return _trusted(str.join(text(between), [piece if type(piece) is Markup else text(piece) for piece in pieces]))


def text(value: str) -> Markup:
    """Return a text escaped for an element or a quoted attribute; control and direction characters come out as escapes that can be seen."""
    return value if type(value) is Markup else escape(printable(value))


def content(value: str) -> Markup:
    """Do as `text` does, for elements only: quotes stay, of which code has many."""
    return value if type(value) is Markup else _trusted(escape_element(printable(value), quote=False))


def prose(value: str) -> Markup:
    """Return a sentence of ours or of a finding, in which backticks enclose code."""
    return _trusted(_CODE_SPAN.sub(r"<code>\1</code>", str(text(value))))


def code(value: str) -> Markup:
    """Return a path, a name or a command, set apart from the words around it, whatever direction it is written in."""
    return html("<code>{}</code>", value)


def chips(kind: str, values: Iterable[str]) -> Markup:
    """Return small labels (`kind` tells a screen reader of what)."""
    return joined(html('<span class="chip"><span class="vh">{} </span>{}</span>', kind, value) for value in values)


def count(number: int, thing: str, things: str | None = None) -> str:
    """Return `1 change`, `2,000 changes`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


@cache
def own(name: str) -> Markup:
    """Return a file of this package, a style or a script, as it is."""
    return _trusted(files("migrate.reports.html").joinpath(name).read_text(encoding="utf-8"))


def _ready(value: Value) -> Value:
    """Return a value as a template may take it. What is neither HTML nor a number is a text, whatever the type checker was told."""
    if isinstance(value, str):
        return value if value.isalnum() else text(value)  # letters and digits need no escape
    return value if type(value) in (int, float) else text(str(value))


def _trusted(value: str) -> Markup:
    """Return HTML as `Markup`. Its constructor asks each value for `__html__` first, in Python, which is most of what a row of a diff costs."""
    return str.__new__(Markup, value)
