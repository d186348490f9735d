"""What a settings file holds: each entry with its place, so that one can be cut out or replaced and the rest stays to the byte.

A format's module gives the entries of a text, and reads a text as the program's own library would. Whatever it does not understand is
`Odd`, and the file is left. Every edit is read back.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]


class Odd(Exception):
    """Why a settings file is not edited. The text never quotes the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the keys that lead to it (`[0]` in a list), its text, and where (in characters) key, value and all of it stand.

    `leading`: all of it, if everything before it in its table goes too: the comma is then the one behind it.
    """

    path: Path
    value: str
    key_at: tuple[int, int]
    value_at: tuple[int, int]
    whole: tuple[int, int]
    leading: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of settings file. `load` reads a text as nested dicts and lists; `spell_key` and `spell` write a key or a value as the old one is written."""

    name: str
    entries: Callable[[str], list[Entry]]
    load: Callable[[str], Any]
    spell_key: Callable[[str, str], str]
    spell: Callable[[str, str], str]


def edited(form: Format, text: str, put: dict[Path, tuple[str, str]], drop: Sequence[Path]) -> str:
    """`text` with some entries under another key and with another value, and others gone. Raises Odd where it does not read back so."""
    known: dict[Path, Entry] = {}
    for entry in form.entries(text):
        if entry.path in known:
            raise Odd("an entry appears twice in it")
        known[entry.path] = entry
    wanted = copy.deepcopy(form.load(text))
    cuts: list[tuple[int, int, str]] = []
    for path, (key, value) in put.items():
        entry = _at(known, path)
        cuts.append((*entry.key_at, form.spell_key(key, text[slice(*entry.key_at)])))
        cuts.append((*entry.value_at, form.spell(value, text[slice(*entry.value_at)])))
        table = _table(wanted, path)
        if key in table and key != path[-1]:
            raise Odd("an entry with the new name already exists")
        items = [(key, value) if k == path[-1] else (k, v) for k, v in table.items()]
        table.clear()
        table.update(items)
    before = form.load(text)
    for path in drop:
        names = list(_table(before, path))
        first = all((*path[:-1], name) in drop for name in names[: names.index(path[-1])]) if path[-1] in names else False
        entry = _at(known, path)
        cuts.append((*(entry.leading if first and entry.leading is not None else entry.whole), ""))
        del _table(wanted, path)[path[-1]]
    out: list[str] = []
    at = 0
    for start, end, new in sorted(cuts):
        if start < at and not new and out and not out[-1]:
            at = max(at, end)  # two that go, with the comma between them
            continue
        if start < at:
            raise Odd("its entries overlap")
        out += [text[at:start], new]
        at = end
    after = "".join([*out, text[at:]])
    if form.load(after) != wanted:
        raise Odd("it could not be read back correctly after the change")
    return after


def _at(known: dict[Path, Entry], path: Path) -> Entry:
    if path not in known:
        raise Odd("the entry with the key is not a plain literal")
    return known[path]


def _table(data: Any, path: Path) -> dict[str, Any]:
    for key in path[:-1]:
        data = data[int(key[1:-1]) if isinstance(data, list) else key]
    if not isinstance(data, dict):
        raise Odd("the key is not in plain entries")
    return data


def line_extent(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole lines that a stretch stands on, with the last line's end."""
    first = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    ends = [p for p in (text.find("\n", end), text.find("\r", end)) if p >= 0]
    if not ends:
        return first, len(text)
    last = min(ends)
    return first, last + (2 if text[last : last + 2] == "\r\n" else 1)
