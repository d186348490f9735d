"""What IPython adds to Python in a cell: magics, shell lines and help; found, and put behind plain Python for the parser.

The grammar is IPython's (https://ipython.readthedocs.io/en/stable/interactive/reference.html). Each stretch that is not Python
becomes one line with a mark in a comment; the mark's line is turned back when the cell is written.
"""

import ast
import re
import warnings
from dataclasses import dataclass, field

PYTHON_CELLS = {"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "snakeviz", "pyinstrument", "debug", "scalene",
                "wandb", "autoreload", "matplotlib", "skip", "local",
                "flake8", "pycodestyle", "black", "nb_black", "notify", "heat", "viztracer"}  # fmt: skip
"""Cell magics whose cell is Python below their line, run in the notebook's own namespace. Any other cell magic's cell is not."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_CELL_MAGIC = re.compile(r"\s*%%(\w[\w.]*)")
_ASSIGNED = re.compile(r"\s*[A-Za-z_*(\[][\w.,\s*\[\]()'\"]*=\s*[!%](?!=)")
_HELP = re.compile(r"\s*(?:\?{1,2}\s*[%!\w.*]+|[%!]{0,2}[\w.*\[\]]+\?{1,2})\s*;?\s*")
_LEXEME = re.compile(
    r"""(?i:[rbuft]{0,3})("{3}|'{3})|(?i:[rbuft]{0,2})("(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')|#[^\r\n]*|[(\[{]|[)\]}]|\\(?=\r|\n)""",
    re.S,
)
_NAME = re.compile(r"[^\W\d]\w*")
_SHELL_NAME = re.compile(r"\$\{?([^\W\d]\w*)|\{([^{}]*)\}")
BORDER = re.compile(r"# %%cell (\d+)%%(?:\r\n|\r|\n)")
"""The line above each cell in the joined text of a notebook."""
MARK = "# %%{}%%"
MARKED = re.compile(r"# %%(\d+)%%")


@dataclass(frozen=True, slots=True)
class Hidden:
    """A stretch that is not Python: its text without the last line end, the 0-based line where it begins, and what it is in words."""

    text: str
    line: int
    what: str


@dataclass(slots=True)
class Masked:
    """A cell as Python: its text, the line in the cell of each of its lines, what was hidden, and the names that hidden text may read."""

    text: str = ""
    lines: list[int] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    head: str = ""  # the first line where it is a cell magic over Python, which nothing may come before


def mask_cell(text: str, first_mark: int) -> Masked:
    """A cell's source with all that is not Python hidden. Marks are numbered from `first_mark` on."""
    lines = [m for m in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text) if m]
    out = Masked()
    if (m := _CELL_MAGIC.match(text)) is not None:
        at = next(i for i, line in enumerate(lines) if line.strip())
        if m.group(1) not in PYTHON_CELLS:
            return hide_all(text, f"a %%{m.group(1)} cell", first_mark)
        out.head = "".join(lines[: at + 1])
        out.names |= set(_NAME.findall(out.head))
        lines, start = lines[at + 1 :], at + 1
    else:
        start = 0
    body = "".join(lines)
    if parses(body):
        out.text, out.lines = body, list(range(start, start + len(lines)))
        return out
    masked = _mask_lines(lines, start, first_mark, out)
    if not parses(masked.text):
        whole = hide_all(body, "a cell that is not Python", first_mark)
        whole.lines, whole.head = [start], out.head
        whole.hidden = [Hidden(h.text, start, h.what) for h in whole.hidden]
        return whole
    return masked


def parses(text: str) -> bool:
    """Does the running Python's parser take it?"""
    from migrate.codemod.source.python import Unreadable, parse_text

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError):
        try:
            if _foreign(text):
                return False
            parse_text(text)
        except Unreadable:
            return False
    except (RecursionError, MemoryError):
        return False
    return True


def _foreign(text: str) -> bool:
    """Is there a line that only IPython reads? (Then the costlier parser for newer Python need not be asked.)"""
    return any(line.lstrip()[:1] in ("%", "!", "?") or line.rstrip()[-1:] == "?" or _ASSIGNED.match(line) for line in _LINE_END.split(text))


def hide_all(text: str, what: str, mark: int) -> Masked:
    """A cell that is not Python as one mark."""
    return Masked(f"pass  {MARK.format(mark)}", [0], [Hidden(text, 0, what)], set(_NAME.findall(text)))


def _mask_lines(lines: list[str], start: int, mark: int, out: Masked) -> Masked:
    """Line by line: at the start of each logical line, is it Python?"""
    pieces: list[str] = []
    depth, quote, joined = 0, "", False
    i = 0
    while i < len(lines):
        line = lines[i]
        bare = line.rstrip("\r\n")
        end = line[len(bare) :]
        if not depth and not quote and not joined and (what := _not_python(bare)):
            j = i
            while lines[j].rstrip("\r\n").endswith("\\") and j + 1 < len(lines):
                j += 1
            hidden = "".join(lines[i : j + 1])
            bare_hidden = hidden.rstrip("\r\n") if j == i else hidden[: len(hidden) - len(_end_of(lines[j]))]
            indent = bare[: len(bare) - len(bare.lstrip())]
            target = bare[: bare.index("=")].rstrip() + " = get_ipython()" if what.startswith("an assignment") else f"{indent}pass"
            pieces.append(f"{target}  {MARK.format(mark + len(out.hidden))}{_end_of(lines[j])}")
            out.lines.append(start + i)
            out.hidden.append(Hidden(bare_hidden, start + i, what))
            out.names |= _names_in(bare_hidden, what)
            i = j + 1
            continue
        depth, quote = _state(bare, depth, quote)
        joined = bare.endswith("\\") and not quote
        pieces.append(bare + end)
        out.lines.append(start + i)
        i += 1
    out.text = "".join(pieces)
    return out


def _end_of(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _not_python(line: str) -> str:
    """What a logical line is, in words; empty where it is Python."""
    bare = line.lstrip()
    if bare.startswith("!"):
        return "a shell line"
    if bare.startswith("%"):
        name = re.match(r"%+\s*(\w*)", bare)
        return f"a %{name.group(1) if name else ''} line"
    if _ASSIGNED.match(line):
        return "an assignment from a shell or magic line"
    return "a help line" if "?" in line and _HELP.fullmatch(line) else ""


def _names_in(text: str, what: str) -> set[str]:
    """The names of the notebook that a magic or a shell line may read."""
    if what == "a shell line" or (what.startswith("an assignment") and "!" in text) or what in ("a %env line", "a %set_env line"):
        names = {n for pair in _SHELL_NAME.findall(text) for part in pair for n in _NAME.findall(part)}
        return names | (set(_NAME.findall(text.partition("=")[0])) if what.startswith("an assignment") else set())
    return set(_NAME.findall(text))


def _state(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Brackets and triple quotes that are open behind a line."""
    at = 0
    while at <= len(line):
        if quote:
            close = re.compile(r"(?:\\.|[^\\])*?" + re.escape(quote), re.S).match(line, at)
            if close is None:
                return depth, quote
            at, quote = close.end(), ""
            continue
        m = _LEXEME.search(line, at)
        if m is None:
            return depth, quote
        at = m.end()
        if m.group(1):
            quote = m.group(1)
        elif m.group() in ("(", "[", "{"):
            depth += 1
        elif m.group() in (")", "]", "}"):
            depth = max(0, depth - 1)
    return depth, quote
