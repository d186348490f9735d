"""Settings files in Python's own words that have another ending, as Flask reads them by `from_pyfile`: names that are given literals, and nothing else."""

import ast
from typing import Any

from migrate.codemod.data.formats.entries import Entry, Format, Odd, line_extent


def entries(text: str) -> list[Entry]:
    """The names that are given texts, each on a line of its own. Raises Odd for any other statement."""
    out: list[Entry] = []
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for statement in _statements(text):
        target, value = statement.targets[0], statement.value
        if not isinstance(value, ast.Constant) or not isinstance(value.value, str) or value.lineno != value.end_lineno:
            continue
        line = text[starts[value.lineno - 1] : starts[value.lineno]]
        key_at, value_at = _span(starts, line, target), _span(starts, line, value)
        said = text[slice(*value_at)]
        if said[1:-1] == value.value and said[:1] in "'\"" and statement.lineno == statement.end_lineno:
            out.append(Entry((target.id,), value.value, key_at, value_at, line_extent(text, *value_at)))  # type: ignore[attr-defined]
    return out


def _span(starts: list[int], line: str, node: ast.expr) -> tuple[int, int]:
    def at(offset: int) -> int:
        return starts[node.lineno - 1] + len(line.encode()[:offset].decode())

    return at(node.col_offset), at(node.end_col_offset or 0)


def load(text: str) -> dict[str, Any]:
    """The names with their values. Raises Odd for any other statement, and for a name that stands twice."""
    out: dict[str, Any] = {}
    for statement in _statements(text):
        name = statement.targets[0].id  # type: ignore[attr-defined]
        if name in out:
            raise Odd("a name appears twice in it")
        out[name] = ast.literal_eval(statement.value)
    return out


def _statements(text: str) -> list[ast.Assign]:
    try:
        tree = ast.parse(text)
        for statement in tree.body:
            if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
                raise Odd("it does more than give names their values")
            ast.literal_eval(statement.value)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        raise Odd("it does more than give names their values") from None
    if any(a.lineno == b.end_lineno for a, b in zip(tree.body[1:], tree.body, strict=False)) or "\f" in text:
        raise Odd("several names are given their values on one line")
    return [n for n in tree.body if isinstance(n, ast.Assign)]


def is_python(text: str) -> bool:
    """Return whether a text is such a file."""
    try:
        return bool(_statements(text))
    except Odd:
        return False


def _spell(value: str, like: str) -> str:
    if like[0] in value or "\\" in value:
        raise Odd("the profile's name cannot be written there")
    return f"{like[0]}{value}{like[0]}"


PYFILE = Format("Python", entries, load, lambda key, like: key, _spell)
