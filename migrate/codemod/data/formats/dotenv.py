"""`.env` files, as python-dotenv, decouple, environs, django-environ and pydantic-settings read them: where these agree."""

import re
from typing import Any

from migrate.codemod.data.formats.entries import Entry, Format, Odd, line_extent

_LINE = re.compile(
    r"[ \t]*(?:export[ \t]+)?(?P<key>[A-Za-z_]\w*)[ \t]*=[ \t]*"
    r"(?P<value>'[^'\\\n\r]*'|\"[^\"\\\n\r]*\"|[^\s'\"#][^\n\r]*?|)(?P<rest>[ \t]+#[^\n\r]*|[ \t]*)\Z"
)
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def entries(text: str) -> list[Entry]:
    """The settings of a `.env`. Raises Odd for a line that is none."""
    out: list[Entry] = []
    for m in _LINES.finditer(text.removeprefix("\ufeff")):
        line = m.group().rstrip("\r\n")
        at = m.start() + (len(text) - len(text.removeprefix("\ufeff")))
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.match(line)
        if found is None:
            raise Odd("one of its lines is not a plain NAME=value")
        start, end = found.span("value")
        value = found["value"]
        plain = value[1:-1] if value[:1] in ("'", '"') and len(value) > 1 else value
        key = found.span("key")
        out.append(Entry((found["key"],), plain, (at + key[0], at + key[1]), (at + start, at + end), line_extent(text, at, at + len(line))))
    return out


def load(text: str) -> dict[str, Any]:
    """The settings as a dict. Raises Odd for a line that is none, and for a name that stands twice."""
    out: dict[str, Any] = {}
    for entry in entries(text):
        if entry.path[0] in out:
            raise Odd("a name appears twice in it")
        out[entry.path[0]] = entry.value
    return out


def _spell(value: str, like: str) -> str:
    if like[:1] in ("'", '"'):
        if like[0] in value or "\\" in value or "$" in value:
            raise Odd("the profile's name cannot be written there")
        return f"{like[0]}{value}{like[0]}"
    if re.fullmatch(r"[\w.@:+/-]+", value, re.ASCII):
        return value
    if re.search(r"['\"\\$]", value):
        raise Odd("the profile's name cannot be written there")
    return f'"{value}"'


DOTENV = Format("dotenv", entries, load, lambda key, like: key, _spell)
