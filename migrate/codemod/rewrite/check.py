"""Before a file counts as rewritten: comments and docstrings are cleaned, it parses, no trace of the key is left, names still resolve."""

import ast
import re
import tokenize
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from migrate.codemod.edit.carried import carried_out
from migrate.codemod.edit.kinds import Edit, Unfit
from migrate.codemod.edit.lines import splice
from migrate.codemod.flow.module import Module
from migrate.codemod.keys.cluster import Problem
from migrate.codemod.keys.rules import Rule
from migrate.codemod.source.python import Source, Unreadable, parse_text
from migrate.keys import is_key_id, is_secret, real_ids

REMOVED_ID = "(access key ID removed)"
REMOVED_SECRET = "(secret removed)"


@dataclass(slots=True)
class Checked:
    """A new text, or why there is none."""

    module: Module
    text: str
    problem: Problem | None = None


def check_text(module: Module, edits: Sequence[Edit], keys: set[str]) -> Checked:
    """Return the new text of a module, or the problem with it. `keys` are the ids and secrets of which no trace may be left."""
    source = module.source
    try:
        text = carried_out(source, edits)
    except Unfit as e:
        return Checked(module, source.text, Problem(module, e.node, "AWS213", e.reason, "rewrite by hand", rule=Rule.NOT_WRITABLE.label))
    if not text and source.text:
        text = source.newline  # an emptied file still ends with a newline
    if any(k in text for k in keys) and not reads_docstrings(source):
        text = clean_prose(text, keys)
    first = source.tree.body[0] if source.tree.body else source.tree
    try:
        tree, _ = parse_text(text)
    except Unreadable:
        return Checked(
            module,
            source.text,
            Problem(module, first, "AWS230", "left unchanged: the rewritten code would not parse", rule=Rule.WOULD_NOT_RUN.label),
        )
    if any(repeats(n) for n in ast.walk(tree)):
        return Checked(
            module,
            source.text,
            Problem(module, first, "AWS230", "left unchanged: a call would receive an argument twice", rule=Rule.WOULD_NOT_RUN.label),
        )
    if not source.opaque and not compiles(text) and compiles(source.text):
        return Checked(
            module,
            source.text,
            Problem(module, first, "AWS230", "left unchanged: the rewritten code would not compile", rule=Rule.WOULD_NOT_RUN.label),
        )
    for k in keys:
        if k in text:
            at = next(
                (
                    n
                    for n in ast.walk(source.tree)
                    if isinstance(n, ast.Constant) and isinstance(n.value, str | bytes) and k in str(n.value)
                ),
                first,
            )
            words = (
                "the key is also in a docstring, which the program or doctest reads"
                if reads_docstrings(source)
                else "the key would remain here"
            )
            return Checked(module, source.text, Problem(module, at, "AWS202", words, "remove it by hand", rule=Rule.COPY_LEFT.label))
    if missing := new_unknowns(source.parents, ast.walk(tree)):
        return Checked(
            module,
            source.text,
            Problem(
                module, first, "AWS230", f"left unchanged: `{sorted(missing)[0]}` would no longer be defined", rule=Rule.WOULD_NOT_RUN.label
            ),
        )
    try:
        data = source.encode(text)
    except UnicodeEncodeError:
        return Checked(
            module,
            source.text,
            Problem(module, first, "AWS213", "the new text cannot be represented in the file's encoding", rule=Rule.NOT_WRITABLE.label),
        )
    except Unreadable as e:
        return Checked(module, source.text, Problem(module, first, "AWS213", e.reason, rule=Rule.NOT_WRITABLE.label))
    if not data.isascii() and not roundtrips(data):
        return Checked(
            module, source.text, Problem(module, first, "AWS213", "the new content could not be decoded", rule=Rule.NOT_WRITABLE.label)
        )
    return Checked(module, text)


def repeats(node: ast.AST) -> bool:
    """Return whether a node is a call with the same keyword twice. `ast.parse` lets that pass; only the compiler objects."""
    if not isinstance(node, ast.Call):
        return False
    names = [k.arg for k in node.keywords if k.arg is not None]
    return len(names) != len(set(names))


def compiles(text: str) -> bool:
    """Return whether the compiler takes a text. The parser does not look at scoping (`nonlocal` of a name that nobody binds any more)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in the file under work are its own affair
        try:
            compile(text, "<source>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def roundtrips(data: bytes) -> bool:
    """Return whether bytes decode as a Python source."""
    from migrate.codemod.source.python import decode

    try:
        decode(data)
    except Unreadable:
        return False
    return True


def clean_prose(text: str, keys: set[str]) -> str:
    """Return a text whose comments and docstrings (strings that stand as statements) hold no copy of a key."""
    spots: list[tuple[int, int]] = []
    lines = [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", text))]
    try:
        tree, _ = parse_text(text)
    except Unreadable:
        return text
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            start = lines[node.value.lineno - 1]
            end = lines[node.value.end_lineno] if node.value.end_lineno < len(lines) else len(text)  # type: ignore[operator,index]
            spots.append((start, end))
    spots += runs(text, comments(text, lines))
    cuts: list[tuple[int, int, str]] = []
    for start, end in spots:
        piece = text[start:end]
        if not any(k in piece for k in keys):
            continue
        new = piece
        for k in sorted(keys, key=len, reverse=True):
            new = new.replace(k, REMOVED_ID if is_key_id(k) else REMOVED_SECRET)
        new = re.sub(
            r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])", lambda m: REMOVED_SECRET if is_secret(m.group()) else m.group(), new
        )
        cuts.append((start, end, new))
    return splice(text, cuts)


def runs(text: str, spots: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return comments with those on consecutive lines joined: what belongs to a key often stands on the line above or below."""
    out: list[tuple[int, int]] = []
    for start, end in spots:
        if out and re.fullmatch(r"[ \t\f]*(?:\r\n|\r|\n)[ \t\f]*", text[out[-1][1] : start]):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def comments(text: str, lines: list[int]) -> list[tuple[int, int]]:
    """Return where the comments of a text stand."""
    out: list[tuple[int, int]] = []
    unix = re.sub(r"\r\n|\r", "\n", text)
    unix_lines = unix.split("\n")
    try:
        for token in tokenize.generate_tokens(StringIO(unix).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                start = lines[row - 1] + column
                out.append((start, start + len(token.string)))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        for i, line in enumerate(unix_lines):
            if line.lstrip().startswith("#"):
                out.append((lines[i], lines[i] + len(line)))
    return out


def new_unknowns(before: Iterable[ast.AST], after: Iterable[ast.AST]) -> set[str]:
    """Return names that are read after the rewrite, and bound anywhere in the file before it, but not after it. Takes all nodes of both."""
    read, bound = read_and_bound(after)
    missing = read - bound
    return missing & read_and_bound(before)[1] if missing else missing


def read_and_bound(nodes: Iterable[ast.AST]) -> tuple[set[str], set[str]]:
    """Return every name that is read, and every name that is bound in any scope."""
    read: set[str] = set()
    bound: set[str] = set()
    for n in nodes:
        if isinstance(n, ast.Name):  # the most of them by far
            if isinstance(n.ctx, ast.Load):
                read.add(n.id)
            elif isinstance(n.ctx, ast.Store):
                bound.add(n.id)
        elif isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(n.name)
        elif isinstance(n, ast.arg):
            bound.add(n.arg)
        elif isinstance(n, ast.alias):
            bound.add((n.asname or n.name).split(".")[0])
        elif isinstance(n, ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and n.name is not None:
            bound.add(n.name)
    return read, bound


def _is_example(node: ast.AST) -> bool:
    """Return whether a docstring has a key in it and an example, which doctest runs (https://docs.python.org/3/library/doctest.html)."""
    text = node.value.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else None
    return isinstance(text, str) and ">>>" in text and bool(real_ids(text))


def reads_docstrings(source: Source) -> bool:
    """Return whether a file reads docstrings (docopt, argparse descriptions), hands its own to something that may, or has a key in an example."""
    if ">>>" in source.text and any(_is_example(n) for n in source.parents):
        return True
    if "__doc__" not in source.text and "docopt" not in source.text:
        return False
    return any(getattr(n, "id", getattr(n, "attr", getattr(n, "name", ""))) in ("__doc__", "docopt") for n in source.parents)
