"""Magics in plain Python files: what Databricks and Jupytext write as comments and run as code, and files that run other files.

Databricks' source format: https://docs.databricks.com/en/notebooks/notebook-export-import.html; Jupytext's:
https://jupytext.readthedocs.io/en/latest/formats-scripts.html.
"""

import re
from collections.abc import Iterator

from migrate.codemod.source.notes import Note
from migrate.keys import real_ids

_DATABRICKS = re.compile(r"\A(?:\ufeff)?# Databricks notebook source")
_PERCENT = re.compile(r"(?m)^#[ ]?%%|^#[ ]+jupytext:")
_MARKER = re.compile(r"#[ ]?%%(.*)")
_COMMENTED = re.compile(r"#[ ]?(?:%(?!%)\w|!\s*\w)")
_PROSE = re.compile(r"%md\b|%md-sandbox\b")
_LINES = re.compile(r"\r\n|\r|\n")
_RUN = re.compile(rb"%run[ \t]+(?:-\w+[ \t]+)*[\"']?([^\s\"'\\$]+)")
_EXECUTED = re.compile(rb"\b(?:exec|execfile|run_path|run_module|spec_from_file_location|SourceFileLoader)\s*\(")
_FILE = re.compile(rb"""["']([^"'\n]*\.py)["']|run_module\(\s*["']([\w.]+)["']""")


_SHELL = re.compile(r"(?m)^\s*(?:[A-Za-z_][\w.,\s]*=\s*)?(?:!|%%?(?:bash|sh|script|sx|system|cmd|perl|ruby|js|!))|^# MAGIC %sh")
_INSIDE = re.compile(r"(?m)^\s*%run\b[^\n]*\s-i\b|\b%run\s+-\w*i\w*\b")


def runs_shell(hidden: list[str], text: str) -> bool:
    """Return whether a notebook runs programs by magics or shell lines; they inherit its environment."""
    return any(_SHELL.search(line) for line in hidden) or "# MAGIC %sh" in text


def runs_inside(hidden: list[str]) -> bool:
    """Return whether a notebook runs a file among its own names: `%run -i`."""
    return any(_INSIDE.search(line) for line in hidden)


def comment_magics(text: str) -> list[Note]:
    """Keys in comments that a notebook's host takes for code, with their lines."""
    if _DATABRICKS.match(text):
        found = _databricks(_LINES.split(text))
    elif _PERCENT.search(text):
        found = _jupytext(_LINES.split(text))
    else:
        return []
    return [Note(n, what, key) for n, what, line in found for key in sorted(real_ids(line))]


def _databricks(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """`# MAGIC` lines of cells that are no prose."""
    first = ""
    for n, line in enumerate(lines, 1):
        if line.startswith("# COMMAND ---"):
            first = ""
        elif line.startswith("# MAGIC"):
            said = line[len("# MAGIC") :].strip()
            first = first or said
            if not _PROSE.match(first):
                yield n, f"a {first.split()[0]} line" if first.startswith("%") else "a magic", line


def _jupytext(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """Commented magics and shell lines, and the commented lines of cells in another language."""
    foreign = False
    for n, line in enumerate(lines, 1):
        if marker := _MARKER.match(line):
            foreign = 'language="' in marker.group(1) or re.match(r"\w", marker.group(1)) is not None
        elif line.startswith("#") and (foreign or _COMMENTED.match(line)):
            yield n, "a magic in a comment", line


def runs(data: bytes) -> set[str]:
    """The stems of the files that a source runs: by `%run`, by `exec` of what it reads, by runpy, or loaded from their path."""
    found = [m.group(1) for m in _RUN.finditer(data)] if b"%run" in data else []
    if _EXECUTED.search(data):
        found += [m.group(1) or m.group(2).rpartition(b".")[2] for m in _FILE.finditer(data)]
    return {stem_of(name.decode("utf-8", "replace")) for name in found}


def stem_of(path: str) -> str:
    """The last part of a path without the ending that `%run` may leave out."""
    last = re.split(r"[/\\]", path)[-1]
    return re.sub(r"\.(?:py|ipynb)\Z", "", last)
