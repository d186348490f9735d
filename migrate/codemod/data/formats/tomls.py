"""TOML files: settings on a line of their own, held against `tomllib`."""

import re
import tomllib
from typing import Any

from migrate.codemod.data.formats.entries import Entry, Format, Odd, line_extent

_TABLE = re.compile(r"[ \t]*\[[ \t]*(?P<name>[A-Za-z0-9_-]+(?:[ \t]*\.[ \t]*[A-Za-z0-9_-]+)*)[ \t]*\][ \t]*(?:#.*)?\Z")
_LISTED = re.compile(r"[ \t]*\[\[[ \t]*(?P<name>[A-Za-z0-9_-]+(?:[ \t]*\.[ \t]*[A-Za-z0-9_-]+)*)[ \t]*\]\][ \t]*(?:#.*)?\Z")
_OTHER = re.compile(r"[ \t]*\[")
_SETTING = re.compile(
    r"[ \t]*(?P<key>[A-Za-z0-9_-]+|\"[A-Za-z0-9_. -]+\"|'[A-Za-z0-9_. -]+')[ \t]*=[ \t]*(?P<value>\"[^\"\\\r\n]*\"|'[^'\r\n]*')[ \t]*(?:#.*)?\Z"
)
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\n|\Z)")


def entries(text: str) -> list[Entry]:
    """The settings that are texts on one line, in tables with plain names. Raises Odd for what is no TOML."""
    load(text)
    if '"""' in text or "'''" in text:
        raise Odd("it contains multi-line strings")
    out: list[Entry] = []
    table: tuple[str, ...] | None = ()
    counts: dict[tuple[str, ...], int] = {}
    for m in _LINES.finditer(text):
        line = m.group().rstrip("\r\n")
        if (header := _TABLE.match(line)) is not None:
            table = tuple(p.strip() for p in header["name"].split("."))
            table = None if any(table[:n] in counts for n in range(1, len(table) + 1)) else table
        elif (header := _LISTED.match(line)) is not None:
            listed = tuple(p.strip() for p in header["name"].split("."))
            counts[listed] = counts.get(listed, -1) + 1
            table = None if any(listed[:n] in counts for n in range(1, len(listed))) else (*listed, f"[{counts[listed]}]")
        elif _OTHER.match(line):
            table = None  # a table with a quoted name, or the brackets of a list
        elif table is not None and (found := _SETTING.match(line)) is not None:
            at, key, value = m.start(), found.span("key"), found.span("value")
            out.append(
                Entry(
                    (*table, found["key"].strip("\"'")),
                    found["value"][1:-1],
                    (at + key[0], at + key[1]),
                    (at + value[0], at + value[1]),
                    line_extent(text, at, at + len(line)),
                )
            )
    return out


def load(text: str) -> dict[str, Any]:
    """The document as dicts. Raises Odd for what is no TOML."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        raise Odd("it is not valid TOML") from None


def _spell(value: str, like: str) -> str:
    if like[0] in value or "\\" in value:
        raise Odd("the profile's name cannot be written there")
    return f"{like[0]}{value}{like[0]}"


TOML = Format("TOML", entries, load, lambda key, like: f"{like[0]}{key}{like[0]}" if like[:1] in ("'", '"') else key, _spell)
