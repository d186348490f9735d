"""INI files as `configparser` reads them."""

import configparser
import re
from typing import Any

from migrate.codemod.data.formats.entries import Entry, Format, Odd, line_extent

_HEADER = re.compile(r"\[(?P<name>[^\]\r\n]+)\]")
_SETTING = re.compile(r"(?P<key>[^\s:=\[#;][^:=\r\n]*?)[ \t]*[:=][ \t]*(?P<value>[^\r\n]*?)[ \t]*\Z")
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def entries(text: str) -> list[Entry]:
    """The settings that stand on one line each. Raises Odd for what is none of configparser's."""
    load(text)
    out: list[Entry] = []
    section: str | None = None
    last_continues: set[int] = set()
    for m in _LINES.finditer(text):
        line = m.group().rstrip("\r\n")
        bare = line.strip()
        if not bare or bare[0] in "#;":
            continue
        if line[0] in " \t":
            if out:
                last_continues.add(len(out) - 1)  # it goes on with the setting above
            continue
        if (header := _HEADER.match(line)) is not None:
            section = header["name"]
            continue
        found = _SETTING.match(line)
        if found is None or section is None:
            continue
        key, value = found.span("key"), found.span("value")
        at = m.start()
        out.append(
            Entry(
                (section, found["key"].lower()),
                found["value"],
                (at + key[0], at + key[1]),
                (at + value[0], at + value[1]),
                line_extent(text, at, at + len(line)),
            )
        )
    return [e for n, e in enumerate(out) if n not in last_continues]


def load(text: str) -> dict[str, Any]:
    """The sections as dicts. Raises Odd for what configparser does not read, and where [DEFAULT] gives to all."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        raise Odd("configparser cannot read it") from None
    if parser.defaults():
        raise Odd("its [DEFAULT] section applies to all other sections")
    return {name: dict(parser.items(name)) for name in parser.sections()}


def _spell(value: str, like: str) -> str:
    if "%" in value or "$" in value or value.strip() != value:
        raise Odd("the profile's name cannot be written there")
    return value


INI = Format("INI", entries, load, lambda key, like: key, _spell)
