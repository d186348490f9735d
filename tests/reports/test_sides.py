"""Side-by-side diffs: every line of both sides stands there once, with its number, whatever the file holds."""

import re
from html import unescape
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from migrate.changes.change import Change
from migrate.changes.diff import masked_diff
from migrate.masking import Masker, encodable, printable
from migrate.reports.html.sides import Gap, Row, rows_of, table
from migrate.reports.html.words import marked, paired

LINES = st.lists(
    st.sampled_from(["a", "b", "", "- a", "+ b", "@@ -1 +1 @@", "--- x", "+++ y", "\\ No newline at end of file", "a b", "é\tx"]),
    max_size=25,
)


@given(LINES, LINES, st.booleans(), st.sampled_from([3, 25]))
def test_both_sides_can_be_read_off_the_rows(olds: list[str], news: list[str], newline: bool, context: int) -> None:
    before, after = "\n".join(olds) + "\n" * newline, "\n".join(news) + "\n"
    rows = rows_of(masked_diff(Change(Path("x"), before.encode(), after.encode()), Masker(), context=context))
    for side, number, text in ((before, "before", "old"), (after, "after", "new")):
        lines = side.split("\n")
        seen = [row for row in rows if isinstance(row, Row) and getattr(row, number) is not None]
        numbers = [getattr(row, number) for row in seen]
        assert numbers == sorted(set(numbers))
        for row in seen:
            pieces = row.old if row.same else getattr(row, text)
            assert "".join(p for p, _ in pieces).removesuffix(" ⟨no newline at the end⟩") == lines[getattr(row, number) - 1]
    # what is not shown is the same on both sides, and its length is told
    changed = [row for row in rows if isinstance(row, Row) and not row.same]
    assert bool(changed) == (before != after)
    place = 1
    for row in rows:
        if isinstance(row, Gap):
            place += row.lines
        elif row.before is not None:
            assert row.before == place
            place += 1


@given(st.text(max_size=60), st.text(max_size=60))
def test_marked_words_lose_nothing(old: str, new: str) -> None:
    left, right = marked(old, new)
    assert "".join(p for p, _ in left) == old and "".join(p for p, _ in right) == new
    if old == new:
        assert not any(changed for _, changed in (*left, *right))


@given(st.lists(st.text("ab (", max_size=8), max_size=12), st.lists(st.text("ab (", max_size=8), max_size=12))
def test_pairs_keep_both_orders(olds: list[str], news: list[str]) -> None:
    rows = paired(olds, news)
    assert [i for i, _ in rows if i is not None] == list(range(len(olds)))
    assert [j for _, j in rows if j is not None] == list(range(len(news)))


def test_a_new_line_stands_beside_the_one_it_was_made_from() -> None:
    olds = ["client = boto3.client(", '    "s3",', "    key=KEY,", "    secret=SECRET,", ")"]
    assert (0, 0) in paired(olds, ['client = Session(profile_name="dev").client("s3")'])
    assert paired(olds, ["    secret=OTHER,"])[3] == (3, 0)


@given(st.text(max_size=80))
def test_whatever_a_line_holds_it_is_text(line: str) -> None:
    body = line.replace("\n", "").replace("\r", "")
    diff = encodable(
        masked_diff(
            Change(
                Path("x"), b"", (body + "\n").encode("utf-8", "surrogatepass") if body.isprintable() else body.encode("utf-8", "replace")
            )
        )
    )
    html = table(diff, "edit")[0]
    assert set(re.findall(r"</?(\w+)", html)) <= {"table", "colgroup", "col", "thead", "tr", "th", "tbody", "td", "mark", "button"}
    text = unescape(re.sub(r"<[^>]*>", "", html))
    assert printable(text) == text


def test_very_long_lines_are_cut_and_say_so() -> None:
    html = table(masked_diff(Change(Path("x"), b"a\n", b"b" * 50_000 + b"\n")), "edit")[0]
    assert len(html) < 10_000 and "46,000 more characters" in html


def test_a_change_of_line_ends_can_be_seen() -> None:
    [row] = rows_of(masked_diff(Change(Path("x"), b"a b\r\n", b"a b\n")))
    assert isinstance(row, Row) and row.old[-1] == ("\r", True) and row.new == [("a b", False)]
    html = table(masked_diff(Change(Path("x"), b"a b\r\n", b"a b\n")), "edit")[0]
    assert "<mark>\\r</mark>" in html
