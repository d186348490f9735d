"""The masked diff: it shows no secret, and it is the difference."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.changes.change import Change
from migrate.changes.diff import masked_diff, matching_blocks
from tests.madeup import key_id, secret, token

PATH = Path("file")
LINES = st.lists(st.sampled_from(["[a]", "[b]", "x = 1", "y = 2", "", "# c", "z", " w", "é"]), max_size=40)


def patched(before: str, diff: str) -> str:
    """`before` with `diff` applied, by the rules of unified diffs."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", before)
    out: list[str] = []
    at = 0
    hunks = diff.split("\n")[2:-1]
    for n, line in enumerate(hunks):
        if line.startswith("@@"):
            match = re.match(r"@@ -(\d+)(?:,(\d+))?", line)
            assert match
            start, size = match.groups()
            begin = int(start) - 1 if size != "0" else int(start)
            out += lines[at:begin]
            at = begin
        elif line.startswith("\\"):
            continue
        else:
            end = "" if n + 1 < len(hunks) and hunks[n + 1].startswith("\\") else "\n"
            if line[0] in " -":
                assert lines[at] == line[1:] + end
                at += 1
            if line[0] in " +":
                out.append(line[1:] + end)
    return "".join(out + lines[at:])


@given(LINES, LINES, st.booleans(), st.booleans())
def test_applying_it_gives_the_new_text(a: list[str], b: list[str], end: bool, end2: bool) -> None:
    before, after = "\n".join(a) + "\n" * end, "\n".join(b) + "\n" * end2
    diff = masked_diff(Change(PATH, before.encode(), after.encode()))
    assert patched(before, diff) == after if diff else before == after


@given(LINES, LINES)
def test_blocks_are_the_same_on_both_sides_and_in_order(a: list[str], b: list[str]) -> None:
    at = at2 = 0
    for block in matching_blocks(a, b):
        assert block.before_at >= at and block.after_at >= at2
        assert a[block.before_at : block.before_at + block.size] == b[block.after_at : block.after_at + block.size]
        at, at2 = block.before_at + block.size, block.after_at + block.size
    assert (at, at2) == (len(a), len(b))


@given(
    st.lists(
        st.sampled_from(
            ["aws_secret_access_key = {0}", "SECRET={0}", "{0}", "x({0!r})", "secret_key:\n  {0}", "[p]", "q = r", "# {1}", "+{0}"]
        ),
        max_size=20,
    ),
    st.integers(0, 2**20),
)
def test_no_secret_and_no_whole_key_id_is_shown(lines: list[str], cut: int) -> None:
    before = "\n".join(line.format(secret("a"), key_id("a")) for line in lines)
    after = "\n".join(line.format(secret("a"), key_id("a")) for n, line in enumerate(lines) if not cut >> n & 1)
    for one, other in ((before, after), (after, before)):
        diff = masked_diff(Change(PATH, one.encode(), other.encode()))
        assert secret("a") not in diff
        assert key_id("a") not in diff


@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=4, max_size=30).filter(lambda s: s.strip() == s), st.text(max_size=30))
def test_a_value_known_to_be_secret_is_never_shown_whatever_it_looks_like(value: str, around: str) -> None:
    text = f"name = {value}\n{around}{value}{around}\n"
    diff = masked_diff(Change(PATH, text.encode("utf-8", "replace"), b"", frozenset([value.encode("utf-8", "replace").decode()])))
    shown = diff.split("\n", 2)[2]
    for piece in re.split(r"[\r\n]+", value):
        if len(piece.strip()) >= 4 and not set(piece) <= set("*@ ,.-+0123456789\\ No newline at end of file"):
            assert piece.strip() not in shown


def test_secrets_by_the_thousand_are_masked_in_one_go() -> None:
    secrets = [secret(str(n)) for n in range(5000)]
    odd = ["hunter2-" + str(n) for n in range(200)]
    text = "".join(f"[p{n}]\nnote = x{s}y\n" for n, s in enumerate(secrets)) + "".join(f"v = a{o}\n" for o in odd)
    diff = masked_diff(Change(PATH, text.encode(), b"", frozenset(secrets + odd)))
    assert not any(s in diff for s in secrets[::50] + odd)


def test_a_key_that_the_diff_sign_stands_before_is_masked() -> None:
    diff = masked_diff(Change(PATH, b"", f"{secret('a')}\n{key_id('a')}\n{token('a')}\n".encode()))
    assert secret("a") not in diff and key_id("a") not in diff and token("a") not in diff
    assert f"+{key_id('a')[:4]}…{key_id('a')[-4:]}" in diff


def test_a_name_far_above_its_value_still_counts() -> None:
    text = "secret_access_key:\n\n\n  correct-horse-battery\n"
    diff = masked_diff(Change(PATH, ("a\nb\nc\n" + text).encode(), ("a\nb\nc\n" + text.replace("horse-battery", "horse-batterz")).encode()))
    assert "horse" not in diff


def test_a_file_of_thousands_of_sections_is_shown_whole() -> None:
    before = "".join(f"[p{n}]\naws_access_key_id = x{n}\nregion = eu\n\n" for n in range(4000))
    after = "".join(f"[p{n}]\nsso_session = corp\nregion = eu\n\n" for n in range(4000))
    assert masked_diff(Change(PATH, before.encode(), after.encode())).count("\n+sso") == 4000


@pytest.mark.parametrize("many", [1_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_files_of_one_line_again_and_again_and_of_one_very_long_line(many: int) -> None:
    assert masked_diff(Change(PATH, b"a\n" * many, b"b\n" * many)).count("\n+b") == many
    assert masked_diff(Change(PATH, b"a\nb\n" * (many // 4), b"b\na\na\n" * (many // 4))).startswith("--- file\n+++ file\n@@ ")
    assert masked_diff(Change(PATH, b"x" * 100 * many, b"y" * 100 * many)).count("\n") < 12


def test_new_and_removed_files_are_told_as_such() -> None:
    assert masked_diff(Change(PATH, None, b"a\n")) == "--- /dev/null\n+++ file\n@@ -0,0 +1 @@\n+a\n"
    assert masked_diff(Change(PATH, b"a", None)) == "--- file\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n\\ No newline at end of file\n"


@settings(max_examples=30)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_at_all_can_be_shown(a: bytes, b: bytes) -> None:
    masked_diff(Change(PATH, a, b))
