"""Edits of a document as splices: what no edit names stays to the byte, line ends, indentation and a missing newline at the end too."""

import re
from itertools import chain

from migrate.awsfiles.reading.document import Document, Section, Setting

_ASSIGNMENT = re.compile(r"(?P<head>[ \t]*(?P<name>[^=:\r\n]+?)[ \t]*(?P<sign>[=:]))(?P<gap>[ \t]*)(?P<value>.*?)(?P<tail>\s*)\Z", re.S)


class Edits:
    """The edits of one document, to be made all at once by `text()`."""

    def __init__(self, document: Document, new_line_end: str = "\n") -> None:
        self.document = document
        self._new_line_end = new_line_end  # for a file that holds no line end yet
        self._gone: set[int] = set()
        self._instead: dict[int, str] = {}
        self._after: dict[int, list[str]] = {}
        self._sections: list[list[str]] = []

    def __bool__(self) -> bool:
        return bool(self._gone or self._instead or self._after or self._sections)

    def delete(self, line: int) -> None:
        """Takes out one line."""
        self._gone.add(line)

    def deleted(self, line: int) -> bool:
        """Was the line taken out?"""
        return line in self._gone

    def delete_setting(self, setting: Setting) -> None:
        """Takes out a setting with its continuation lines; comments between those stay."""
        lines = self.document.lines
        for number in range(setting.line, setting.end):
            if not lines[number].lstrip().startswith(("#", ";")):
                self._gone.add(number)

    def set_value(self, setting: Setting, value: str) -> bool:
        """Gives a setting of one line another value (of one line too), its spacing kept. False where it has more lines than one."""
        if setting.end != setting.line + 1 or "\n" in value:
            return False
        match = _ASSIGNMENT.match(self.document.lines[setting.line])
        if match is None:
            return False
        gap = match["gap"] if match["value"] or not value else match["gap"] or " "
        self._instead[setting.line] = match["head"] + gap + value + match["tail"]
        return True

    def set_value_of(self, setting: Setting, other: Setting) -> bool:
        """The same with another setting's value. False where that one has more lines than one."""
        return other.end == other.line + 1 and self.set_value(setting, other.value)

    def insert_after(self, line: int, texts: list[str]) -> None:
        """Puts lines (given without line ends) behind one that stands."""
        self._after.setdefault(line, []).extend(texts)

    def append_section(self, texts: list[str]) -> None:
        """Puts a section (lines without line ends) at the end of the file, an empty line above it."""
        self._sections.append(texts)

    def line_end(self, line: int | None = None) -> str:
        """The line end to use for what comes behind `line` (None: at the end of the file): that of the nearest line above, else below."""
        lines = self.document.lines
        start = len(lines) - 1 if line is None else line
        for number in chain(range(start, -1, -1), range(start + 1, len(lines))):
            end = _end_of(lines[number])
            if end:
                return end
        return self._new_line_end

    def text(self) -> str:
        """The text with all edits made. A last line without a line end stays so, whatever line is the last afterwards."""
        lines = self.document.lines
        if not self:
            return self.document.text
        open_end = bool(lines) and not _end_of(lines[-1])
        out: list[str] = []
        added = False  # is the last piece of `out` one of ours?
        for number, line in enumerate(lines):
            if number not in self._gone:
                out.append(self._instead.get(number, line))
                added = False
            new = self._after.get(number)
            if new:
                end = self.line_end(number)
                _close(out, end)
                out += [text + end for text in new]
                added = True
        end = self.line_end() if self._sections else ""
        for section in self._sections:
            _close(out, end)
            if out and out[-1].strip():
                out.append(end)
            out += [text + end for text in section]
            added = True
        if open_end and added:
            out[-1] = out[-1][: -len(_end_of(out[-1]))]
        return "".join(out)


def _end_of(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else line[-1] if line and line[-1] in "\r\n" else ""


def _close(out: list[str], end: str) -> None:
    if out and not _end_of(out[-1]):
        out[-1] += end


def spelling(document: Document, setting: Setting) -> tuple[str, str] | None:
    """A setting's name as it is spelled, and `=` or `:`. None where the line cannot be taken apart."""
    match = _ASSIGNMENT.match(document.lines[setting.line])
    return (match["name"], match["sign"]) if match else None


def lines_of(document: Document, setting: Setting, blanks: str) -> list[str]:
    """A setting's lines without line ends and comments, its first line indented by `blanks` and the others deeper than that, as before."""
    first, *rest = (line.rstrip("\r\n") for line in document.lines[setting.line : setting.end])
    out = [blanks + first[len(setting.blanks) :]]
    for line in rest:
        if line.lstrip().startswith(("#", ";")):
            continue
        deeper = line[len(setting.blanks) :] if line.startswith(setting.blanks) else line
        out.append(blanks + deeper if line.strip() else "")
    return out


def blanks_for_first(document: Document, section: Section) -> str:
    """How deep a setting right below the header must be indented so that all that follows reads as before.

    Settings of one section are never indented deeper than the one before them (they would belong to its value), so the
    first one's indentation will do; in a section without any it is the next header's.
    """
    if section.settings:
        return next(iter(sorted(section.settings.values(), key=lambda s: s.line))).blanks
    if section.end < len(document.lines):
        line = document.lines[section.end]
        return line[: len(line) - len(line.lstrip())]
    return ""


def blanks_for_last(document: Document, section: Section) -> str:
    """The same for a setting below the last one."""
    if section.settings:
        return max(section.settings.values(), key=lambda s: s.line).blanks
    return blanks_for_first(document, section)
