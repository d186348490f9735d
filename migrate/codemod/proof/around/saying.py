"""The names of modules that the imports and the texts of a file say, read from its words, not from its tree: that may find too many, and is fast."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from migrate.codemod.proof.around.below import kept

Name = tuple[tuple[str, ...], int]
"""A dotted name, and the number of dots before it."""

_IMPORT = re.compile(
    r"(?:^|[;:])[ \t]*(?:from(?:[ \t\\\r\n\f]+([.\w \t]+?)|[ \t]*(\.[.\w \t]*?))[ \t\\\r\n\f]*(?<!\w)import[ \t\\\r\n]*(\([^)]*\)|(?:[^\n#;\\]|\\\r?\n)*)"
    r"|import[ \t\\\r\n\f]+((?:[^\n#;\\]|\\\r?\n)*))",
    re.MULTILINE,
)
_TEXT = re.compile(r"\"([\w./:\\-]{2,200})\"|'([\w./:\\-]{2,200})'")
_WORD = re.compile(r"[^\W\d]\w*")
_COMMENT = re.compile(r"^([^\n#\"']*)#[^\n]*", re.MULTILINE)
"""A comment, where no text before it may have the sign in it."""
_SCRIPT = re.compile(
    r"(?<![\w.])(?:[\w.-]*/)*(\w+)\.py(?!\w)|(?<![\w-])-m[ \t]*([^\W\d][\w.]*)|[\"';][ \t]*(?:import|from)[ \t]+([^\W\d][\w.]*)"
)
"""What a command line, or a text that is run, says of a file."""
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def normal(text: str) -> str:
    """Return a text with its letters as Python compares them in identifiers."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def said(path: Path) -> str:
    """Return what a file says, comments of Python left out."""
    data = kept[path]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if path.suffix == ".ipynb":
        text = _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), text)
    return normal(_COMMENT.sub(r"\1", text) if path.suffix == ".py" else text)


def words(text: str) -> set[str]:
    """Return the words of a text that may be names."""
    return set(_WORD.findall(text))


def imports(text: str) -> Iterator[Name]:
    """Yield the names that imports say: the modules, and what is taken from them."""
    for found in _IMPORT.finditer(text):
        far, near, taken, plain = found.groups(default="")
        if plain:
            for one in plain.split(","):
                yield tuple(_WORD.findall(one.partition(" as ")[0])), 0
            continue
        base = re.sub(r"[ \t]", "", far or near)
        level = len(base) - len(base.lstrip("."))
        start = tuple(_WORD.findall(base))
        if start or level:
            yield start, level
        for one in taken.strip("()").split(","):
            yield (*start, *_WORD.findall(one.partition(" as ")[0])[:1]), level


def scripts(text: str) -> Iterator[Name]:
    """Yield the names that command lines in a text say, and texts that are run."""
    for script in _SCRIPT.finditer(text):
        yield tuple(_WORD.findall(next(g for g in script.groups() if g is not None))), 0


def texts(text: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the dotted names and paths that short texts say, and whether each is a dotted name of several parts, which may mean a whole package."""
    for found in _TEXT.finditer(text):
        one = found.group(1) or found.group(2)
        if parts := tuple(_WORD.findall(one.removesuffix(".py"))):
            yield parts, len(parts) > 1 and "/" not in one and "." in one
