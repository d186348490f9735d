"""JSON files: a small reader that knows where each member stands, held against the standard library's."""

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # the library's own reading of a string
from typing import Any

from migrate.codemod.data.formats.entries import Entry, Format, Odd

_BLANK = re.compile(r"[ \t\r\n]*")
_ATOM = re.compile(r"-?\d[\d.eE+-]*|true|false|null|NaN|-?Infinity")
_DEEPEST = 100


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[Entry] = []

    def blank(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        assert found is not None
        return found.end()

    def value(self, at: int, path: tuple[str, ...]) -> int:
        """Reads the value that begins at a place; gives where it ends."""
        here = self.text[at : at + 1]
        if len(path) > _DEEPEST:
            raise Odd("it is nested too deeply")
        if here == "{":
            return self.members(at, path)
        if here == "[":
            at, n = self.blank(at + 1), 0
            while self.text[at] != "]":
                at, n = self.blank(self.value(at, (*path, f"[{n}]"))), n + 1
                if self.text[at] == ",":
                    at = self.blank(at + 1)
            return at + 1
        if here == '"':
            return int(scanstring(self.text, at + 1)[1])
        found = _ATOM.match(self.text, at)
        if found is None:
            raise Odd("it is not valid JSON")
        return found.end()

    def members(self, at: int, path: tuple[str, ...]) -> int:
        before = at + 1  # where the comma or the bracket before a member ends
        at = self.blank(at + 1)
        first = True
        while self.text[at] != "}":
            start = at
            key, at = scanstring(self.text, at + 1)
            key_at = (start, at)
            at = self.blank(self.blank(at) + 1)
            value_at = at
            at = self.value(at, (*path, key))
            end = at
            at = self.blank(at)
            comma = self.text[at] == ","
            if self.text[value_at] == '"':
                leading = (start, self.blank(at + 1)) if comma else (start, end)
                whole = leading if first else (before - 1, end)
                self.out.append(Entry((*path, key), scanstring(self.text, value_at + 1)[0], key_at, (value_at, end), whole, leading))
            if comma:
                before = at + 1
                at = self.blank(at + 1)
            first = False
        return at + 1


def entries(text: str) -> list[Entry]:
    """The members that are strings. Raises Odd for what is no JSON."""
    load(text)
    reader = _Reader(text)
    try:
        reader.value(reader.blank(0), ())
    except (IndexError, ValueError, RecursionError):
        raise Odd("it is not valid JSON") from None
    return reader.out


def load(text: str) -> Any:
    """The object or list. Raises Odd for what is none, and where a name stands twice in one."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({k for k, _ in pairs}) != len(pairs):
            raise Odd("a name appears twice in it")
        return dict(pairs)

    try:
        data = json.loads(text, object_pairs_hook=once, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise Odd("it is not valid JSON") from None
    if not isinstance(data, dict | list):
        raise Odd("it is neither an object nor a list")
    return data


JSON = Format("JSON", entries, load, lambda key, like: json.dumps(key), lambda value, like: json.dumps(value, ensure_ascii=False))
