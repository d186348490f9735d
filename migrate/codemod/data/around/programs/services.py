"""The commands of services in YAML: lists over lines, and commands of a compose file that name no file."""

import re
from collections.abc import Iterator
from pathlib import Path

from migrate.codemod.data.around.images import OTHER_LANGUAGE
from migrate.codemod.data.around.programs.running import Running

_COMMAND = re.compile(r"^([ \t]*)(?:- )?(command|args|entrypoint)[ \t]*:[ \t]*(?:#.*)?$")
_ITEM = re.compile(r"^([ \t]*)-[ \t]+(.*)$")
_ONE = re.compile(r"^([ \t]+)(?:command|entrypoint)[ \t]*:[ \t]*(\S.*)$")
_BUILD = re.compile(r"^[ \t]*(?:build|context)[ \t]*:[ \t]*[\"']?([\w./-]*)")
_NOTHING = re.compile(r"""[\["'\s]*(?:/bin/|/usr/bin/)?(?:sleep|tail|cat|true|bash|sh|ash)\b(?!.*-c)""")
_FLAGS = re.compile(r"""[\["'\s]*-""")


def joined(text: str) -> str:
    """Return a text with each command that is a list over lines on one line, after its name."""
    out: list[str] = []
    open_at: int | None = None
    for line in text.splitlines():
        if open_at is not None and (item := _ITEM.match(line)) is not None and len(item.group(1)) >= open_at:
            out[-1] += " " + item.group(2)
            continue
        m = _COMMAND.match(line)
        open_at = len(m.group(1)) if m is not None else None
        out.append(line)
    return "\n".join(out)


def unknown(folder: Path, text: str, running: Running) -> Iterator[Path]:
    """Yield all Python of the images of a compose file that are built beside it and start by a command that names no file, such as `rq worker`."""
    lines = joined(text).splitlines()
    for at, line in enumerate(lines):
        m = _ONE.match(line)
        if m is None or OTHER_LANGUAGE.match(m.group(2)) or _NOTHING.match(m.group(2)) or _FLAGS.match(m.group(2)):
            continue
        contexts = [b.group(1) for one in _block(lines, at, len(m.group(1))) if (b := _BUILD.match(one)) is not None]
        if contexts and not any(True for _ in running.of(m.group(2))):
            context = Path(folder, *(c for c in contexts if c))
            yield from (p for p in running.sources.values() if context in p.parents)


def _block(lines: list[str], at: int, indent: int) -> list[str]:
    """Return the lines around one that belong to the same service."""
    first = last = at
    while first > 0 and (not lines[first - 1].strip() or len(lines[first - 1]) - len(lines[first - 1].lstrip()) >= indent):
        first -= 1
    while last + 1 < len(lines) and (not lines[last + 1].strip() or len(lines[last + 1]) - len(lines[last + 1].lstrip()) >= indent):
        last += 1
    return lines[first : last + 1]
