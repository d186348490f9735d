"""The HTML pages: nothing secret in them, whatever is in the files and wherever it stands; and what `report` refuses."""

import json
import os
import re
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from migrate.changes.change import Change
from migrate.codes import CODES
from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.outcome import KeyRow, Outcome, ProfileRow
from migrate.reports import html
from migrate.reports.html.plot import Line, plot
from migrate.reports.json import document, render
from migrate.reports.past import read_report, view_of
from migrate.reports.trend import keys_left, read_trend
from migrate.reports.view import RepositoryView, View, view
from tests.conftest import Run
from tests.examples import examples
from tests.madeup import key_id, secret, token
from tests.reports.test_forms import EVIL, everything

HIDDEN = [f(name) for f in (key_id, secret, token) for name in ("a", "b")]
ODD = "odd-Shape_hunter2"
AROUND = ["", " ", "\n", "'", '"', "=", "<b>", "</script>", "&amp;", "`", "\u202e", "é", "x/", "key: "]
TEXT = st.lists(st.one_of(st.sampled_from(HIDDEN), st.sampled_from(AROUND), st.text(max_size=6)), max_size=6).map(" ".join)
# a path is masked name by name, for the alphabet of secrets has the slash: here one stands in a name as a whole
NAME = TEXT.map(lambda text: text.replace("/", "").replace("\0", ""))
SOURCE = st.lists(st.one_of(TEXT, st.just(f"password = {ODD}")), max_size=12).map("\n".join)


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    """Outcomes with something secret anywhere that a text can be."""

    def maybe(strategy: st.SearchStrategy[str]) -> str | None:
        return draw(st.none() | strategy)

    changes = [
        Change(
            Path("/" + draw(NAME)),
            draw(SOURCE).encode("utf-8", "replace"),
            draw(SOURCE).encode("utf-8", "replace"),
            frozenset([ODD]),
            repository=maybe(NAME),
            libraries=tuple(draw(st.lists(TEXT, max_size=2))),
            profiles=tuple(draw(st.lists(TEXT, max_size=2))),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    findings = [
        Finding(
            draw(st.sampled_from(sorted(CODES))),
            draw(NAME),
            draw(TEXT),
            draw(st.none() | st.integers(1, 9)),
            1,
            draw(TEXT),
            draw(st.none() | st.just(key_id("a"))),
            maybe(TEXT),
            None,
            None,
            maybe(NAME),
            tuple(draw(st.lists(TEXT, max_size=2))),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    profiles = [ProfileRow(draw(TEXT), "sso", draw(TEXT), None, draw(TEXT), None, maybe(TEXT))]
    return Outcome(draw(st.sampled_from(["config", "code", "scan"])), changes, findings, profiles, [KeyRow(key_id("b"), None, maybe(TEXT))])


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(outcomes())
def test_no_secret_and_no_foreign_markup_on_the_page(outcome: Outcome) -> None:
    whole = view(outcome, 1)
    page = html.render(whole)
    page.encode("utf-8")
    assert not [value for value in [*HIDDEN, *(v.replace("/", "") for v in HIDDEN), ODD] if value in page]
    assert page.count("<script") == page.count("</script") == 1 and "<b>" not in page.replace("<b>AWS", "")
    text = re.sub(r"<style>.*?</style>|<script>.*</script>", "", page, flags=re.S)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)


def test_files_whose_names_are_masked_alike_keep_their_own_diffs() -> None:
    names = [key_id("q"), key_id("q")[:10] + "A" + key_id("q")[11:]]
    whole = view(Outcome("code", [Change(Path(name), b"old\n", f"new {n}\n".encode()) for n, name in enumerate(names)]), 0)
    assert whole.changes[0].path == whole.changes[1].path
    page = html.render(replace(whole, changes=whole.changes[1:]))
    assert "new 1" in page and "new 0" not in page


def report(path: str, whole: View, **changed: object) -> Path:
    """A JSON report in a file."""
    Path(path).write_text(json.dumps({**document(whole), **changed}), encoding="utf-8")
    return Path(path)


def test_a_report_comes_back_as_it_was() -> None:
    for outcome in (everything(), replace(everything(), command="code")):
        whole = view(outcome, 1)
        back = read_report(report("r.json", whole))
        assert json.loads(render(back)) == json.loads(render(replace(whole, date=back.date)))
        assert [asdict(c) for c in back.changes] == [asdict(c) for c in whole.changes]


def test_what_another_program_wrote_is_masked_on_the_way_in() -> None:
    whole = document(view(replace(everything(), command="code"), 1))
    poison = f"{EVIL} {secret('a')} {key_id('a')}"
    whole["findings"][0].update(message=poison, path=poison, help=poison, key=key_id("a"), repository=poison, libraries=[poison])
    whole["changes"][0].update(path=poison, diff=f"--- a\n+++ b\n@@ -1 +1 @@\n-{poison}\n+x\n", repository=poison)
    whole["run"] = poison
    Path("r.json").write_text(json.dumps(whole))
    page = html.render(read_report(Path("r.json")))
    assert secret("a") not in page and key_id("a") not in page and page.count("<script") == 1 and "<img" not in page


GOOD = document(view(Outcome("code", findings=[Finding("AWS201", "x", "m", 1, key=key_id("a"))], files=3), 1))
BAD: dict[str, object] = {
    "nothing": "",
    "not valid JSON": "{",
    "not UTF-8": b"\xff\xfe",
    "deep": "[" * 100_000,
    "a number": "3",
    "signers that are none": {**GOOD, "signers": [{"path": "x"}]},
    "related places that are none": {**GOOD, "findings": [{**GOOD["findings"][0], "related": ["x"]}]},
    "a list": [],
    "another document": {"version": 1},
    "another version": {**GOOD, "version": 2},
    "a version that is no number": {**GOOD, "version": True},
    "config's": {**GOOD, "command": "config"},
    "undo's": {**GOOD, "command": "undo"},
    "a refused run's": {**GOOD, "error": {"message": "m", "path": None, "line": None, "help": ""}},
    "findings that are no list": {**GOOD, "findings": {}},
    "a finding that is none": {**GOOD, "findings": [3]},
    "a finding without a code": {**GOOD, "findings": [{"severity": "error", "path": "x", "message": "m"}]},
    "a key that is a list": {**GOOD, "findings": [{**GOOD["findings"][0], "key": []}]},
    "a change without a diff": {**GOOD, "changes": [{"path": "x", "kind": "edit"}]},
    "a kind of change that there is not": {**GOOD, "changes": [{"path": "x", "kind": "move", "diff": ""}]},
    "a date that is none": {**GOOD, "date": "yesterday"},
    "a date that is a number": {**GOOD, "date": 3},
    "a date before all others": {**GOOD, "date": "0001-01-01T00:00:00+14:00"},
    "counts that are texts": {**GOOD, "summary": {"files": "3", "changed": 0, "left": 1}},
    "counts below zero": {**GOOD, "summary": {"files": 3, "changed": 0, "left": -1}},
    "no counts": {**GOOD, "summary": None},
    "an endless number": json.dumps(GOOD).replace('"files": 3', '"files": 1e999'),
    "repositories that are none": {**GOOD, "repositories": [{"name": "x"}]},
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_report_of_a_search_for_keys_is_refused(name: str, run: Run) -> None:
    content = BAD[name]
    data = content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content)).encode()
    Path("run.json").write_bytes(data)
    done = run("report", "trend", "run.json", "-o", "trend.html")
    assert done.returncode == 2 and done.stderr.startswith("aws-sso-migrate: run.json: ") and "Traceback" not in done.stderr
    assert done.stdout == "" and not Path("trend.html").exists()


def test_usage_and_files_that_cannot_be_read_or_written(run: Run) -> None:
    good = str(report("run.json", view(Outcome("scan"), 0)))
    Path("folder").mkdir()
    for args in (["trend"], [], ["trend", "nowhere.json"], ["trend", "folder"], ["trend", good, "-o", good], ["trend", good, "-o", "nowhere/x.html"],
                 ["trend", good, "-o", "folder"], ["html", "nowhere.json"], ["html"], ["other"]):  # fmt: skip
        done = run("report", *args)
        assert done.returncode == 2 and done.stderr and not done.stdout and "Traceback" not in done.stderr, args
    assert json.loads(Path(good).read_text())["command"] == "scan"
    assert run("report", "trend", good).stdout.startswith("<!doctype html>") and run("report", "--help").returncode == 0


def test_the_date_is_the_reports_own_or_else_the_files() -> None:
    whole = replace(view(Outcome("scan"), 0), date="2026-03-01T12:00:00Z")
    with_date, without = report("a.json", whole), report("b.json", whole)
    old = json.loads(without.read_text())
    del old["date"]
    without.write_text(json.dumps(old))
    os.utime(without, (1_700_000_000, 1_700_000_000))
    zoned = report("c.json", whole, date="2026-03-01T02:00:00+09:00")
    dates = {point.name: point.date for point in read_trend([with_date, without, zoned])}
    assert dates["a.json"] == datetime(2026, 3, 1, 12, tzinfo=UTC) and dates["b.json"] == datetime.fromtimestamp(1_700_000_000, UTC)
    assert dates["c.json"] == datetime(2026, 2, 28, 17, tzinfo=UTC)


def test_what_counts_as_a_key_that_is_left() -> None:
    before, after = f"k = '{key_id('b')}'\n".encode(), b"k = 1\n"
    findings = [Finding("AWS201", "x", "m", n, key=key_id("a")) for n in (1, 2)] + [Finding("AWS218", "y", "m", 1, key=key_id("c"))]
    whole = view(Outcome("code", [Change(Path("z"), before, after)], findings, files=3), 1)
    counts = {}
    for name, run in (("dry", whole), ("applied", replace(whole, run="20260101")), ("bulk", replace(whole, command="bulk", applied=True))):
        [point] = read_trend([report(f"{name}.json", run)])
        counts[name] = (point.keys, point.left)
    # a is left in two places; b goes; c is only mentioned. What bulk changed waits on a branch
    assert counts == {"dry": (2, 2), "applied": (1, 2), "bulk": (2, 2)}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "error", "edit", "1", secret("a"), "2026-01-01", "\ud800"])
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "path", "line", "name", "message"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_a_report_with_anything_in_any_place_is_read_or_refused(data: st.DataObject) -> None:
    whole = document(replace(view(replace(everything(), command="code"), 1), repositories=[RepositoryView("a", "left", 1, 2, 3, "w")]))
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = whole
        while True:  # down to some field
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
                break
            place = place[key]
        if data.draw(st.booleans()) or isinstance(place, list):
            place[key] = data.draw(JSON)
        else:
            del place[key]
        if not whole:
            break
    try:
        back = view_of(whole, Path("x.json"), datetime.now(UTC))
    except Refusal:
        return
    page = html.render(back)
    assert secret("a") not in page and page.count("<script") == 1 and keys_left(back) is not None
    json.loads(render(back))
    page.encode("utf-8")


@example([(0, 3, 3)])
@example([(0, 100, 97), (5, 100, 97)])
@given(st.lists(st.tuples(st.integers(0, 2_000_000_000), st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=12))
def test_a_plot_of_any_numbers_stays_in_its_frame(values: list[tuple[int, int, int]]) -> None:
    values.sort()
    dates = [datetime.fromtimestamp(second, UTC) for second, _, _ in values]
    svg = "".join(
        plot("x", "t", "d", dates, [Line("Keys", "first", [a for _, a, _ in values]), Line("Left", "second", [b for _, _, b in values])])
    )
    for x, y in re.findall(r'<(?:circle c|text )x="([^"]+)" (?:c)?y="([^"]+)"', svg):
        assert 0 <= float(x) <= 760 and 0 <= float(y) <= 320
    assert "nan" not in svg and "inf" not in svg and svg.count("<circle") == 2 * len(values)


def test_config_reports_have_no_fields_but_those_of_the_contract() -> None:
    whole = document(view(everything(), 1))
    assert set(whole) == {"version", "command", "status", "changes", "findings", "profiles", "keys", "run", "summary"}
    assert all(set(change) == {"path", "kind", "diff"} for change in whole["changes"])
