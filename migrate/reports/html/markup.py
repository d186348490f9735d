"""Text out of files, and how it becomes HTML. Everything that a page shows goes through `text` or `content`."""

import html
import re
from collections.abc import Iterable

from migrate.masking import printable

_CODE_SPAN = re.compile(r"`([^`]+)`")


def text(value: str) -> str:
    """`value` escaped for an element or a quoted attribute; control and direction characters come out as escapes that can be seen."""
    return html.escape(printable(value))


def content(value: str) -> str:
    """As `text`, for elements only: quotes stay, of which code has many."""
    return html.escape(printable(value), quote=False)


def prose(value: str) -> str:
    """A sentence of ours or of a finding, in which backticks enclose code."""
    return _CODE_SPAN.sub(r"<code>\1</code>", text(value))


def code(value: str) -> str:
    """A path, a name or a command: set apart from the words around it, whatever direction it is written in."""
    return f"<code>{text(value)}</code>"


def chips(kind: str, values: Iterable[str]) -> str:
    """Small labels (`kind` tells a screen reader of what)."""
    return "".join(f'<span class="chip"><span class="vh">{kind} </span>{text(value)}</span>' for value in values)


def count(number: int, thing: str, things: str | None = None) -> str:
    """`1 change`, `2,000 changes`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
