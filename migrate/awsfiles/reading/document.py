"""A lossless document of one AWS INI file: any text in, the same text out, the same sections, names and values as botocore reads.

botocore reads both files with Python's `configparser.RawConfigParser` and one step of its own for nested blocks
(`botocore.configloader.raw_config_parse`). What follows is that reading, which has not changed between Python 3.11 and 3.13,
with the places of everything kept. Property tests hold the two together (tests/awsfiles/test_document_property.py).

- A line ends with LF, CRLF or CR alone (Python's universal newlines), and with nothing else.
- A line whose first character that is no blank is `#` or `;` is a comment, wherever it stands. There are no comments after a value.
- A line that is indented deeper than the setting before it goes on with that setting's value, even if it looks like a header.
- A header is `[`, at least one character, and the *last* `]` of the line; what follows it is ignored.
- A setting is split at the first `=` or `:`, its name in small letters.
- A section or setting that stands twice is an error, and so is a line that is neither. `[DEFAULT]` may stand twice: its settings
  belong to every section.
- A value that begins with an empty line is a nested block, each line of which must hold an `=`.
"""

import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern

from migrate.errors import Refusal

DEFAULT_SECTION = "DEFAULT"
"""configparser's section of defaults. Not to be confused with `[default]`, the profile."""

_SETTING_NAME = re.compile(r"[a-z]{2,12}(?:_[a-z]{1,12}){0,4}")
_SECTION_NAME = re.compile(r"[A-Za-z0-9_.@ -]{1,32}")


@dataclass(slots=True)
class Setting:
    """One setting: its name in small letters, its value as configparser joins it, and the lines where it stands.

    `line` and `end` are 0-based; `end` is the line after its last continuation line. `blanks` is what its first line is indented by.
    """

    name: str
    value: str = field(repr=False)
    line: int
    end: int
    blanks: str

    @property
    def nested(self) -> bool:
        """Is the value a nested block for botocore?"""
        return self.value.startswith("\n")


@dataclass(slots=True)
class Section:
    """One section: what stands between its brackets, and its lines (0-based) from the header to the line before the next header."""

    name: str
    line: int
    end: int
    settings: dict[str, Setting]


class Document:
    """The text of one file, and where in it botocore sees what.

    `lines` are the lines with their ends, and `"".join(lines)` is the text. `sections` are in the order of the file, without
    `[DEFAULT]`, whose settings are in `defaults`. Raises Refusal, with path and line, where botocore would refuse the text.
    """

    def __init__(self, text: str, path: Path | str) -> None:
        self.path = path
        self.text = text
        self.lines: list[str] = io.StringIO(text, newline="").readlines()
        self.sections: dict[str, Section] = {}
        self.default_parts: list[Section] = []
        self.defaults: dict[str, Setting] = {}
        self._parse()

    def settings(self, section: Section) -> dict[str, Setting]:
        """What botocore reads in `section`: its own settings, and those of `[DEFAULT]` that it does not have."""
        return {**self.defaults, **section.settings} if self.defaults else section.settings

    def read(self) -> dict[str, dict[str, str | dict[str, str]]]:
        """Everything as `botocore.configloader.raw_config_parse` gives it."""
        return {name: {s.name: reading(s.value) for s in self.settings(section).values()} for name, section in self.sections.items()}

    def _refuse(self, message: str, line: int, help: str) -> Refusal:
        return Refusal(message, path=self.path, line=line + 1, help=help)

    def _parse(self) -> None:
        section: Section | None = None
        setting: Setting | None = None
        level = 0  # how deep the last header or setting was indented
        pending = 0  # empty lines since the last line of the setting
        parts: list[str] = []  # the lines of the setting's value, where it has more than one
        for number, line in enumerate(self.lines):
            content = line.strip()
            if not content:
                pending += 1
                continue
            first = content[0]
            if first == "#" or first == ";":
                continue
            blanks = 0 if line[0] == first else len(line) - len(line.lstrip())
            if setting is not None and blanks > level:
                parts += [*[""] * pending, content] if parts else [setting.value, *[""] * pending, content]
                setting.end = number + 1
                pending = 0
                continue
            if parts and setting is not None:
                setting.value = "\n".join(parts)
                parts = []
            level = blanks
            if first == "[" and (close := content.rfind("]")) > 1:
                if section is not None:
                    section.end = number
                section, setting = self._open(content[1:close], number), None
                continue
            if section is None:
                raise self._refuse("this line comes before the first section header", number, "move it into a [section], or comment it out")
            setting = self._setting(section, content, number, intern(line[:blanks]))
            pending = 0
        if parts and setting is not None:
            setting.value = "\n".join(parts)
        if section is not None:
            section.end = len(self.lines)
        self._check_nested()

    def _open(self, name: str, number: int) -> Section:
        section = Section(name, number, number + 1, {})
        if name == DEFAULT_SECTION:
            section.settings = self.defaults
            self.default_parts.append(section)
            return section
        if name in self.sections:
            first = self.sections[name].line + 1
            called = f"section [{name}]" if _SECTION_NAME.fullmatch(name) else "a section"
            raise self._refuse(
                f"{called} appears twice, the first time in line {first}", number, "botocore rejects this file: merge the two sections"
            )
        self.sections[name] = section
        return section

    def _setting(self, section: Section, content: str, number: int, blanks: str) -> Setting:
        equals, colon = content.find("="), content.find(":")
        at = equals if colon < 0 or 0 <= equals < colon else colon
        raw = content[:at].rstrip() if at >= 0 else ""
        if not raw:
            what = "not a section header, setting or comment"
            raise self._refuse(f"the line is {what}", number, "botocore rejects this file: fix the line, or comment it out")
        name = intern(raw.lower())  # a few names, thousands of times
        if name in section.settings:
            first = section.settings[name].line + 1
            called = f"setting {name}" if _SETTING_NAME.fullmatch(raw) else "a setting"
            raise self._refuse(
                f"{called} appears twice in one section, the first time in line {first}",
                number,
                "botocore rejects this file: delete one of the two",
            )
        setting = Setting(name, content[at + 1 :].strip(), number, number + 1, blanks)
        section.settings[name] = setting
        return setting

    def _check_nested(self) -> None:
        for section in self.sections.values():
            for setting in self.settings(section).values():
                if setting.value.startswith("\n") and not all("=" in line for line in setting.value.splitlines() if line.strip()):
                    raise self._refuse(
                        "a nested block contains a line without `=`",
                        setting.line,
                        "botocore rejects this file: every indented line must be `name = value`",
                    )


def reading(value: str) -> str | dict[str, str]:
    """A value as botocore gives it: a nested block as a dictionary (`botocore.configloader._parse_nested`), all else as text."""
    if not value.startswith("\n"):
        return value
    pairs = (line.strip().split("=", 1) for line in value.splitlines() if line.strip())
    return {name.strip(): rest.strip() for name, rest in pairs}
