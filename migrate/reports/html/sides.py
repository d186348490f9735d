"""A unified diff (masked, as a ChangeView has it) as a table: before on the left, after on the right."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markupsafe import Markup

from migrate.reports.html.markup import content, count, html, joined
from migrate.reports.html.words import Piece, marked, paired

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NEAR = 3
"""Unchanged lines that are shown beside a changed one; those further off are folded away."""
_PART = 200
"""Rows of a table; a longer diff is several."""
_WIDEST = 4000
_NO_NEWLINE = " ⟨no newline at the end⟩"


@dataclass(slots=True)
class Row:
    """A line before, a line after, or both. Numbers are None where there is no line; `same` where nothing changed."""

    before: int | None
    after: int | None
    old: list[Piece] = field(default_factory=list)
    new: list[Piece] = field(default_factory=list)
    same: bool = False


@dataclass(slots=True)
class Gap:
    """Unchanged lines that the diff does not hold."""

    lines: int


def rows_of(diff: str) -> list[Row | Gap]:
    """The rows of a diff. Lines are told by the counts of the hunk's head, so no line of a file can pass for one of the diff's own."""
    lines = diff.removesuffix("\n").split("\n")
    out: list[Row | Gap] = []
    at, old_end = 0, 1
    while at < len(lines):
        head = _HUNK.match(lines[at])
        at += 1
        if head is None:
            continue
        old, olds, new, news = (int(n) if n is not None else 1 for n in head.groups())
        old, new = old + (olds == 0), new + (news == 0)
        if old > old_end:
            out.append(Gap(old - old_end))
        old_end = old + olds
        removed: list[str] = []
        added: list[str] = []
        while at < len(lines) and (olds or news or lines[at].startswith("\\")):
            sign, line = lines[at][:1], lines[at][1:]
            at += 1
            if sign == "-":
                olds -= 1
                removed.append(line)
            elif sign == "+":
                news -= 1
                added.append(line)
            elif sign == "\\":
                side = added if added and not news else removed
                if side:
                    side[-1] += _NO_NEWLINE
            else:
                if removed or added:
                    out += _changed(old, new, removed, added)
                    old, new = old + len(removed), new + len(added)
                    removed, added = [], []
                old, new = old + 1, new + 1
                olds, news = olds - 1, news - 1
                out.append(Row(old - 1, new - 1, [(_cut(line), False)], same=True))
        out += _changed(old, new, removed, added)
    return out


def _changed(old: int, new: int, removed: list[str], added: list[str]) -> Iterator[Row]:
    olds, news = [_cut(line) for line in removed], [_cut(line) for line in added]
    for i, j in paired(olds, news):
        if i is not None and j is not None:
            if olds[i] == news[j]:  # but for the end of the line, or far to the right: then that is what there is to see
                olds[i], news[j] = removed[i][-_WIDEST:], added[j][-_WIDEST:]
            yield Row(old + i, new + j, *marked(olds[i], news[j]))
        elif i is not None:
            yield Row(old + i, None, [(olds[i], False)])
        elif j is not None:
            yield Row(None, new + j, [], [(news[j], False)])


def _cut(line: str) -> str:
    """A line as it may be shown, no longer than anybody reads."""
    line = line.removesuffix("\r")
    return line if len(line) <= _WIDEST else f"{line[:_WIDEST]}… ({len(line) - _WIDEST:,} more characters)"


def table(diff: str, kind: str) -> tuple[Markup, int, int]:
    """The diff as a table, and how many lines go and come. A file that is new or goes has one side."""
    rows = rows_of(diff)
    lines = [row for row in rows if isinstance(row, Row)]
    minus = sum(row.before is not None and not row.same for row in lines)
    plus = sum(row.after is not None and not row.same for row in lines)
    if kind == "edit":
        head, body = _HEAD, list(_two_sides(rows))
    else:
        one = "new" if kind == "create" else "old"
        head = html("<table class='diff one {}'><thead class='vh'><tr><th>Line</th><th>Text</th></tr></thead>", one)
        body = [_one_side(row) for row in lines]
    parts = [html("{}<tbody>{}</tbody></table>", head, joined(body[n : n + _PART])) for n in range(0, len(body), _PART)]
    # a browser need not lay out the parts of a long diff that are out of sight
    return joined(parts if len(parts) < 2 else (html("<div class='part'>{}</div>", part) for part in parts)), plus, minus


_HEAD = html(
    "<table class='diff'><colgroup><col class='n'><col><col class='n'><col></colgroup>"
    "<thead class='vh'><tr><th>Line</th><th>Before</th><th>Line</th><th>After</th></tr></thead>"
)


def _two_sides(rows: list[Row | Gap]) -> Iterator[Markup]:
    """The table's rows: what is shown, and what is folded away until somebody asks, in a body of its own."""
    near = _near(rows)
    at = 0
    while at < len(rows):
        row = rows[at]
        if isinstance(row, Gap):
            yield html("<tr class='gap'><td colspan='4'>{}</td></tr>", count(row.lines, "unchanged line"))
            at += 1
            continue
        end = at
        while end < len(rows) and not near[end]:
            end += 1
        if end - at > 1:
            # one cell with all lines, numbered by the script when somebody asks: most never do
            yield html(
                "<tr class='gap'><td colspan='4'><button type='button' class='unfold' aria-expanded='false'>Show {lines}</button></td></tr>"
                "</tbody><tbody class='fold' data-old='{old}' data-new='{new}'><tr><td colspan='4'>{folded}</td></tr></tbody><tbody>",
                lines=count(end - at, "unchanged line"),
                old=_number(row.before),
                new=_number(row.after),
                folded=joined((_pieces(r.old) for r in rows[at:end] if isinstance(r, Row)), "\n"),
            )
            at = end
        else:
            yield _pair(row)
            at += 1


def _near(rows: list[Row | Gap]) -> list[bool]:
    """Which rows are changed or stand near one that is."""
    out = [isinstance(row, Gap) or not row.same for row in rows]
    for n, row in enumerate(rows):
        if isinstance(row, Row) and not row.same:
            for m in range(max(0, n - _NEAR), min(len(rows), n + _NEAR + 1)):
                out[m] = True
    return out


def _pair(row: Row) -> Markup:
    if row.same:
        line = _pieces(row.old)
        return html("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", _number(row.before), line, _number(row.after), line)
    kind = "c" if row.before is not None and row.after is not None else "o" if row.after is None else "a"
    return html(
        "<tr class='{}'><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        kind,
        _number(row.before),
        _pieces(row.old),
        _number(row.after),
        _pieces(row.new),
    )


def _one_side(row: Row) -> Markup:
    number, pieces = (row.before, row.old) if row.after is None else (row.after, row.new)
    return html("<tr><td>{}</td><td>{}</td></tr>", _number(number), _pieces(pieces))


def _number(number: int | None) -> int | str:
    return "" if number is None else number


def _pieces(pieces: list[Piece]) -> Markup:
    return joined(html("<mark>{}</mark>", content(piece)) if changed else content(piece) for piece, changed in pieces)
