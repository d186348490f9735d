"""Jupyter notebooks: the code cells of one are one program, and what is written back keeps the JSON's own layout.

Format: https://nbformat.readthedocs.io/en/latest/format_description.html (version 4). Only the `source` of cells that a
rewrite touches and strings that hold a copy of a key are spliced; indent, escapes, order and the end of the file stay.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from migrate.codemod.rewrite.copies import holds, places, redact, secrets_in
from migrate.codemod.source.cells import BORDER, MARKED, Masked, hide_all, mask_cell
from migrate.codemod.source.jsontext import Node, decoded, offset_in, parse, respelled
from migrate.codemod.source.notes import Note
from migrate.codemod.source.python import BY_MAGIC, Source, Unreadable, parse_text
from migrate.keys import real_ids

_BOM = b"\xef\xbb\xbf"
_PYTHON = re.compile(r"(?i)i?python|pyspark|sage|xonsh|xpython|^$")


@dataclass(eq=False, slots=True)
class Cell:
    """A code cell: its number in the notebook (0-based), its source's node and text, and what stands in the joined text for it."""

    number: int
    node: Node
    text: str
    masked: Masked
    ended: bool  # did the text end its last line itself?


@dataclass(eq=False, slots=True)
class Notebook(Source):
    """A notebook as one source. `text` is the joined Python, with a border line before each cell."""

    raw: str = ""
    root: Node = field(default_factory=lambda: Node(0))
    cells: list[Cell] = field(default_factory=list)
    others: list[tuple[int, list[Node]]] = field(default_factory=list)  # every other string, by cell (-1: none)
    line_places: list[tuple[int, int]] = field(default_factory=list)  # joined line -> index in `cells`, line in that cell
    ascii_only: bool = True

    def places(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in the .ipynb file of a place in the joined text."""
        if not self.line_places:
            return 1, 1
        at, in_cell = self.line_places[min(line, len(self.line_places)) - 1]
        return self._place(self.cells[at].node, in_cell, column)

    def cell_number(self, line: int) -> int:
        """The number, from 1, of the cell that a line of the joined text stands in; markdown cells count."""
        return self.cells[self.line_places[min(line, len(self.line_places)) - 1][0]].number + 1 if self.line_places else 0

    def _place(self, node: Node, line: int, column: int) -> tuple[int, int]:
        """Where in the file a line of a source stands."""
        before = 0
        for part in [node] if node.kind == "string" else node.items:
            text = decoded(self.raw, part)
            starts = [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", text))]
            if text and starts[-1] == len(text):
                starts.pop()
            if line - before < len(starts):
                return self._line_and_column(offset_in(self.raw, part, starts[line - before] + column - 1))
            before += len(starts)
        return self._line_and_column(node.start)

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        start = self.raw.rfind("\n", 0, offset) + 1
        return self.raw.count("\n", 0, offset) + 1, offset - start + 1

    def line_of_string(self, key: str) -> tuple[int, int, int]:
        """Line, column and cell number (0: none) of the first string outside the code that holds a text."""
        for number, nodes in self.others:
            for node in nodes:
                if key in self.raw[node.start : node.end]:
                    return (*self._line_and_column(self.raw.index(key, node.start)), number + 1)
        return 1, 1, 0

    def prose(self) -> Iterator[tuple[int, Node, str]]:
        """Every string outside the code cells' sources with the number of its cell."""
        for number, nodes in self.others:
            for node in nodes:
                yield number, node, decoded(self.raw, node)

    def encode(self, text: str) -> bytes:
        """The notebook's bytes with `text` for its joined Python, outputs and prose as they were.

        Raises Unreadable where the text cannot be taken apart into the cells again, or where a copy of a key that has left it could
        not be taken out of the rest.
        """
        if gone := (real_ids(self.text) | secrets_in(self.text)) - real_ids(text) - secrets_in(text):
            self.write(text, gone)
        return self.write(text, frozenset())

    def write(self, text: str, gone: Iterable[str]) -> bytes:
        """As `encode`, and every copy of the texts in `gone` taken out of outputs, markdown and metadata.

        Raises Unreadable where a copy would be left.
        """
        cuts: list[tuple[int, int, str]] = []
        for cell, new in zip(self.cells, self._apart(text), strict=True):
            if new != cell.text:
                cuts.append((cell.node.start, cell.node.end, self._source(cell.node, new)))
        gone = sorted(set(gone), key=len, reverse=True)
        if gone:
            cuts += self._redactions(gone)
        out, at = [], 0
        for start, end, piece in sorted(cuts):
            out += [self.raw[at:start], piece]
            at = end
        raw = "".join([*out, self.raw[at:]])
        if gone and self._left(raw, gone):
            raise Unreadable("a copy of the key would remain in its outputs, metadata or text cells")
        data = raw.encode("utf-8")
        return _BOM + data if self.bom else data

    @staticmethod
    def _left(raw: str, gone: list[str]) -> bool:
        """Is a copy of a key left: in a name, in a member that stands twice, or over the items of an array that are one text?"""
        spots = places(raw, gone)
        if not spots:
            return False
        if any(g in raw or g.replace("/", "\\/") in raw for g in gone):
            return True
        todo = [parse(raw)]
        while todo:
            node = todo.pop()
            first = bisect_left(spots, node.start)
            if first == len(spots) or spots[first] >= node.end:
                continue
            todo += [*node.members.values(), *node.items]
            if len(node.items) > 1 and all(i.kind == "string" for i in node.items):
                if holds("".join(decoded(raw, i) for i in node.items), gone):
                    return True
        return False

    # -- cells

    def _apart(self, text: str) -> list[str]:
        """The new source of each cell."""
        borders = list(BORDER.finditer(text))
        if [int(m.group(1)) for m in borders] != list(range(len(self.cells))) or (borders and text[: borders[0].start()].strip()):
            raise Unreadable("its cell boundaries would be lost")
        out = []
        for cell, m, following in zip(self.cells, borders, [*borders[1:], None][: len(borders)], strict=True):
            piece = text[m.end() : following.start() if following else len(text)]
            if not cell.ended:
                piece = re.sub(r"(?:\r\n|\r|\n)\Z", "", piece)
            out.append(cell.masked.head + self._unmask(piece))
        if sorted(int(n) for n in MARKED.findall(text)) != list(range(len(self.hidden))):
            raise Unreadable("a magic or shell line would be lost")
        return out

    def _unmask(self, piece: str) -> str:
        return re.sub(r"(?:(?<=[\r\n])|\A)[^\r\n]*# %%(\d+)%%[^\r\n]*", lambda m: self.hidden[int(m.group(1))], piece)

    def _source(self, node: Node, new: str) -> str:
        """The JSON of a source, in the form and layout of the old one."""
        if node.kind == "string":
            return respelled(self.raw, node, new, self.ascii_only)
        if not new:
            return "[]"
        old = [decoded(self.raw, n) for n in node.items]
        tokens = [self.raw[n.start : n.end] for n in node.items]
        lines = [x for x in re.split(r"(?<=\n)|(?<=\r)(?!\n)", new) if x]
        if any(t.count("\n") > t.endswith("\n") for t in old):
            spelled = [json.dumps(x, ensure_ascii=self.ascii_only) for x in lines]
        else:
            kept = dict(zip(old, tokens, strict=True))
            spelled = [kept.get(x) or self._spelled(x, old, tokens) for x in lines]
        opening, between, closing = self._layout(node)
        return opening + between.join(spelled) + closing

    def _spelled(self, line: str, old: list[str], tokens: list[str]) -> str:
        """A line's token; one that only gained or lost its line end keeps its spelling of the rest."""
        bare = line.rstrip("\r\n")
        for text, token in zip(old, tokens, strict=True):
            if text.rstrip("\r\n") == bare and bare:
                inner = token[1:-1]
                for _ in range(len(text) - len(bare)):
                    inner = inner[:-2]
                return '"' + inner + json.dumps(line[len(bare) :])[1:-1] + '"'
        return json.dumps(line, ensure_ascii=self.ascii_only)

    def _layout(self, node: Node) -> tuple[str, str, str]:
        """What stands before, between and behind the items of an array."""
        model = node if node.items else next((c.node for c in self.cells if c.node.items), None)
        if model is None:
            return "[", ", ", "]"
        items = model.items
        opening, closing = self.raw[model.start : items[0].start], self.raw[items[-1].end : model.end]
        if len(items) > 1:
            return opening, self.raw[items[0].end : items[1].start], closing
        inner = opening[1:]
        return opening, "," + (inner or (" " if '": ' in self.raw[:400] else "")), closing

    # -- everything else

    def _redactions(self, gone: list[str]) -> list[tuple[int, int, str]]:
        """Strings outside the code that hold one of some texts; secrets by their shape go with an id beside them."""
        cuts = []
        spots = places(self.raw, gone)

        def near(node: Node) -> bool:
            at = bisect_left(spots, node.start)
            return at < len(spots) and spots[at] < node.end

        naming = {number for number, nodes in self.others if any(near(n) and holds(decoded(self.raw, n), gone) for n in nodes)}
        prose = {number for number in naming if number >= 0 and not self._is_code(number)}
        for number, nodes in self.others:
            if number not in naming and (self._is_code(number) or prose.isdisjoint((number - 1, number + 1))):
                continue
            for node in nodes:
                text = decoded(self.raw, node)
                new = redact(text, gone) if near(node) else redact(text, ())
                if new != text:
                    cuts.append((node.start, node.end, respelled(self.raw, node, new, self.ascii_only)))
        return cuts

    def _is_code(self, number: int) -> bool:
        return any(c.number == number for c in self.cells)


def parse_notebook(path: Path, data: bytes) -> Notebook:
    """Reads one notebook.

    Raises Unreadable where it is no notebook of format 4, or its language is not Python.
    """
    bom = data.startswith(_BOM)
    try:
        raw = data[3 * bom :].decode("utf-8")
        root = parse(raw)
    except UnicodeDecodeError:
        raise Unreadable("it is not valid UTF-8") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply to read") from None
    except ValueError as e:
        raise Unreadable("it is not valid JSON", getattr(e, "lineno", None)) from None
    listed = root.members.get("cells")
    if listed is None or listed.kind != "array" or any(c.kind != "object" for c in listed.items):
        old = "worksheets" in root.members
        raise Unreadable("it is a notebook in an old format (nbformat 3); save it again with Jupyter" if old else "it has no cells")
    return _joined(path, data, raw, root, listed, bom)


def _joined(path: Path, data: bytes, raw: str, root: Node, listed: Node, bom: bool) -> Notebook:
    """The Notebook of a JSON that has cells."""
    foreign = not _PYTHON.search(_language(raw, root))
    others: list[tuple[int, list[Node]]] = [(-1, [n for k, m in root.members.items() if k != "cells" for n in m.strings()])]
    made = _Joining()
    for number, cell in enumerate(listed.items):
        kind, source = cell.members.get("cell_type"), cell.members.get("source")
        is_code = kind is not None and kind.kind == "string" and decoded(raw, kind) == "code"
        if not is_code or source is None or source.kind == "object" or any(i.kind != "string" for i in source.items):
            others.append((number, list(cell.strings())))
            continue
        others.append((number, [n for k, m in cell.members.items() if k != "source" for n in m.strings()]))
        text = decoded(raw, source) if source.kind == "string" else "".join(decoded(raw, i) for i in source.items)
        if any("\ud800" <= c <= "\udfff" for c in text) or MARKED.search(text) or "\x00" in text:
            raise Unreadable("a cell contains characters that are not allowed in Python source")
        made.add(number, source, text, foreign)
    joined = "".join(made.pieces)
    tree, opaque = parse_text(joined)
    book = Notebook(path, data, joined, "utf-8", bom, tree, opaque | frozenset(made.names))
    book.raw, book.root, book.cells, book.others = raw, root, made.cells, others
    book.hidden, book.line_places, book.notes = made.hidden, made.places, made.notes
    book.ascii_only = raw.isascii()
    if made.notes:
        book.frozen = BY_MAGIC
    return book


@dataclass(eq=False, slots=True)
class _Joining:
    """The joined text as it grows, cell by cell."""

    cells: list[Cell] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)

    def add(self, number: int, source: Node, text: str, foreign: bool) -> None:
        """One more code cell."""
        masked = mask_cell(text, len(self.hidden)) if not foreign else hide_all(text, "a cell in another language", len(self.hidden))
        index, first = len(self.cells), len(self.places) + 1
        ended = masked.text.endswith(("\n", "\r")) or not masked.text
        self.pieces.append(f"# %%cell {index}%%\n{masked.text}" + ("" if ended else "\n"))
        self.places += [(index, 0), *((index, n) for n in masked.lines)]
        for h in masked.hidden:
            line = first + 1 + masked.lines.index(h.line)
            self.notes += [Note(line, h.what, key) for key in sorted(real_ids(h.text))]
        self.notes += [Note(first, "a magic", key) for key in sorted(real_ids(masked.head))]
        self.hidden += [h.text for h in masked.hidden]
        self.names |= masked.names
        self.cells.append(Cell(number, source, text, masked, ended))


def _language(raw: str, root: Node) -> str:
    """The language of the notebook's kernel; empty where it does not say."""
    about = root.members.get("metadata")
    if about is None:
        return ""
    for section, name in (("language_info", "name"), ("kernelspec", "language")):
        node = about.members.get(section)
        value = node.members.get(name) if node is not None else None
        if value is not None and value.kind == "string":
            return decoded(raw, value)
    return ""
