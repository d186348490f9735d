"""Rows of items between commas: arguments, entries, elements, imported names, parameters. Who owns the blanks and comments between them.

LibCST keeps what stands between two items in the comma of the first; before the closing bracket it is in the last comma, in the last
item, or in the bracket. A row has it in one place, so that an item can go: the comment behind it on its line goes with it, and so do
comments above it that speak of secrets; comments of neighbours stay.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import libcst as cst

_TELLTALE = re.compile(r"(?i)secret|key|cred|token|passw|aws|commit|rotat")
Blank = cst.BaseParenthesizableWhitespace
NONE = cst.SimpleWhitespace("")
SPACE = cst.SimpleWhitespace(" ")


@dataclass(frozen=True, slots=True)
class Item:
    """An item without its comma, the blanks before that (None: there is no comma), and what follows up to the next item or the bracket.

    `kind` is what of its owner the item is, where it has several.
    """

    node: cst.CSTNode
    comma: Blank | None
    behind: Blank
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What follows the opening bracket, and the items."""

    opening: Blank
    items: tuple[Item, ...]


def breaks(blank: Blank) -> bool:
    """Return whether a line ends here."""
    return isinstance(blank, cst.ParenthesizedWhitespace)


def has_comment(blank: Blank) -> bool:
    """Return whether there is a comment here."""
    return isinstance(blank, cst.ParenthesizedWhitespace) and (
        blank.first_line.comment is not None or any(line.comment is not None for line in blank.empty_lines)
    )


def _without_own(above: Blank, all_of_it: bool) -> Blank:
    """Return what stands above an item that goes, without the comments there that belong to it.

    `all_of_it`: a comment, a blank line or the bracket follows the item. Otherwise a comment may be about the next item as well, and goes only
    if it speaks of secrets.
    """
    if not isinstance(above, cst.ParenthesizedWhitespace):
        return above
    lines = list(above.empty_lines)
    while lines and (comment := lines[-1].comment) is not None and (all_of_it or _TELLTALE.search(comment.value)):
        lines.pop()
    return above.with_changes(empty_lines=lines)


def _uncommented(behind: cst.ParenthesizedWhitespace) -> cst.ParenthesizedWhitespace:
    """Return what stands behind an item that goes, without the comment on its line."""
    first = behind.first_line.with_changes(whitespace=NONE, comment=None)
    return behind.with_changes(first_line=first)


def without(row: Row, gone: Sequence[bool]) -> Row:
    """Return a row without some of its items."""
    out, before = Row(row.opening, ()), row.opening
    for i, (one, goes) in enumerate(zip(row.items, gone, strict=True)):
        if goes:
            out = _close(out, one, before, last=i + 1 == len(gone))
        else:
            out, before = replace(out, items=(*out.items, one)), one.behind
    return out


def _close(row: Row, gone: Item, first: Blank, last: bool) -> Row:
    """Return a row behind whose last item another one goes. `first` is what stood before all that go there; `last`: nothing is left behind."""
    before = row.items[-1].behind if row.items else row.opening
    own_line, behind = breaks(before), gone.behind
    above = _without_own(before, isinstance(behind, cst.ParenthesizedWhitespace) and (last or bool(behind.empty_lines)))
    comma = True
    if isinstance(behind, cst.ParenthesizedWhitespace):
        if isinstance(above, cst.ParenthesizedWhitespace):
            joined: Blank = behind.with_changes(first_line=above.first_line, empty_lines=[*above.empty_lines, *behind.empty_lines])
            if not row.items and last and not has_comment(joined):
                joined = NONE
        elif row.items:
            comma = not last
            comment = behind.first_line.comment  # on a line with items that stay, it may be about them
            joined = _uncommented(behind) if comment is None or _TELLTALE.search(comment.value) else behind
        else:
            joined = _uncommented(behind)
            joined = joined if has_comment(joined) else above if not last else NONE
    elif not last or (own_line and has_comment(above)):
        joined = above if breaks(first) or has_comment(above) else first
    else:
        comma = False
        joined = behind if row.items else NONE
    if not row.items:
        return replace(row, opening=joined)
    previous = replace(row.items[-1], behind=joined)
    if not comma:
        previous = replace(previous, comma=None)
    return replace(row, items=(*row.items[:-1], previous))


def inserted(row: Row, at: int, node: cst.CSTNode) -> Row:
    """Return a row with another item before the one at a place, on a line of its own where that one has one."""
    before = row.items[at - 1].behind if at else row.opening
    return replace(row, items=(*row.items[:at], Item(node, NONE, _gap(before), row.items[at].kind), *row.items[at:]))


def replaced(row: Row, at: int, node: cst.CSTNode) -> Row:
    """Return a row with another item in the place of one."""
    return replace(row, items=(*row.items[:at], replace(row.items[at], node=node), *row.items[at + 1 :]))


def renamed(one: Item, name: str) -> Item:
    """Return an item of `global` or `nonlocal` with another name."""
    return replace(one, node=one.node.with_changes(name=cst.Name(name)))


def appended(row: Row, at: int, node: cst.CSTNode) -> Row:
    """Return a row with another item behind the one at a place, on a line of its own where that one has one; -1: as the only one."""
    if at < 0:
        return Row(NONE, (Item(node, None, row.opening),))
    one = row.items[at]
    before = row.items[at - 1].behind if at else row.opening
    gap, behind = _gap(before), one.behind
    if breaks(gap) and isinstance(behind, cst.ParenthesizedWhitespace):  # a comment on the line stays with its item
        gap = gap.with_changes(first_line=behind.first_line)
        behind = _uncommented(behind)
    new = Item(node, one.comma, behind, one.kind)
    return replace(row, items=(*row.items[:at], replace(one, comma=NONE, behind=gap), new, *row.items[at + 1 :]))


def _gap(before: Blank) -> Blank:
    """Return what stands between a new item and the one behind it, where `before` stood before that: a line's end, or a blank."""
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return SPACE
    return before.with_changes(first_line=before.first_line.with_changes(whitespace=NONE, comment=None), empty_lines=[])


def _made(comma: Any, behind: Blank) -> Blank:
    """Return what of a comma's following blanks and another blank is not empty."""
    after = comma.whitespace_after if isinstance(comma, cst.Comma) else NONE
    return behind if isinstance(after, cst.SimpleWhitespace) and not after.value else after


def item(node: Any, behind: Blank = NONE, kind: str = "") -> Item:
    """Return an item of a row. `behind` is what stands between its comma and the closing bracket outside that comma."""
    comma = getattr(node, "comma", None)
    return Item(node, comma.whitespace_before if isinstance(comma, cst.Comma) else None, _made(comma, behind), kind)


def laid(row: Row) -> list[Any]:
    """Return the nodes of a row with their commas; what follows the last is left to who closes the row."""
    out: list[Any] = []
    for i, one in enumerate(row.items):
        last = i + 1 == len(row.items)
        comma: cst.Comma | cst.MaybeSentinel = cst.MaybeSentinel.DEFAULT
        if one.comma is not None or not last:
            comma = cst.Comma(one.comma or NONE, NONE if last else one.behind)
        out.append(one.node.with_changes(comma=comma))
    return out


def rest(row: Row) -> Blank:
    """Return what stands before the closing bracket."""
    return row.items[-1].behind if row.items else row.opening
