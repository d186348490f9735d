"""The page of `bulk` over thousands of repositories, and the plot of keys left over time."""

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from migrate.reports import html
from migrate.reports.json import render as render_json
from migrate.reports.view import FindingView, RepositoryView, View, view
from tests.browser.conftest import Tab
from tests.browser.outcomes import dry_run
from tests.conftest import Run
from tests.madeup import key_id, secret

Show = Callable[[str], Tab]
STATES = ("changed", "clean", "left", "failed", "clean")


def team(repositories: int) -> View:
    """A run of `bulk` over so many repositories."""
    whole = view(dry_run(40, 40, 1), 1)
    rows = []
    names = [f"https://git.example.com/org/service-{n:05d}.git" for n in range(repositories)]
    for n, name in enumerate(names):
        state = STATES[n % 5]
        why = "took longer than 900 seconds" if state == "failed" else "pushed" if state == "changed" else ""
        rows.append(
            RepositoryView(name, state, n % 3 + 1 if state == "changed" else 0, n % 7 if state == "left" else 0, 50 + n * 13 % 997, why)
        )
    changes = [replace(c, repository=names[5 * n], path=f"service-{5 * n:05d}/app.py") for n, c in enumerate(whole.changes)]
    findings = [replace(f, repository=names[5 * n + 2], path=f"service-{5 * n + 2:05d}/x.py") for n, f in enumerate(whole.findings)]
    lost = FindingView("AWS601", "error", names[3], None, None, "A repository could not be processed: took longer", "run again", None, None,
                       None, None, names[3])  # fmt: skip
    return replace(whole, command="bulk", repositories=rows, changes=changes, findings=[*findings, lost], wide=None)


@pytest.fixture(scope="module")
def page() -> str:
    """3,000 repositories."""
    return html.render(team(3000))


def column(tab: Tab, number: int) -> list[str]:
    """The texts of a column, as the rows stand."""
    return tab.js("return [...document.querySelectorAll('tr.repo')].map(r => r.cells[arguments[0]].textContent)", number)


def test_every_column_sorts_both_ways_and_says_so(page: str, show: Show) -> None:
    tab = show(page)
    heads = tab.js("return [...document.querySelectorAll('#repositories-table thead th')].map(h => h.textContent)")
    assert heads == ["Repository", "Result", "Changed", "Manual action", "Files", "Why"]
    for number in range(len(heads)):
        for _ in range(2):
            tab.click(f"#repositories-table thead th:nth-child({number + 1}) button")
            said = tab.js("return [...document.querySelectorAll('#repositories-table thead th')].map(h => h.getAttribute('aria-sort'))")
            assert [n for n, way in enumerate(said) if way] == [number]
            values = column(tab, number)
            numbers = [int(v.replace(",", "")) for v in values] if 2 <= number <= 4 else None
            wanted = sorted(numbers if numbers is not None else values, reverse=said[number] == "descending")  # type: ignore[type-var]
            assert (numbers if numbers is not None else values) == wanted
    assert tab.complaints() == []


def test_repositories_are_filtered_by_result_and_words(page: str, show: Show) -> None:
    tab = show(page)
    assert len(tab.shown("tr.repo")) == 3000
    tab.choose("filter-result", "failed")
    assert len(tab.shown("tr.repo")) == 600 and len(tab.shown(".finding")) == 1 and tab.shown(".change") == []
    tab.search("service-00003")
    assert len(tab.shown("tr.repo")) == 1
    tab.keys("\ue00c")
    tab.choose("filter-library", "s3fs")
    assert len(tab.shown("tr.repo")) == len(tab.shown(".change")) + len(tab.shown(".finding")) == 20
    assert (
        tab.js("return document.getElementById('shown').textContent") == "10 of 40 changes · 10 of 41 findings · 20 of 3,000 repositories"
    )


def test_a_row_unfolds_to_what_was_found_there(page: str, show: Show) -> None:
    tab = show(page)
    tab.click("#repository-3 .more")
    assert tab.js("return document.querySelector('#repository-3 .more').getAttribute('aria-expanded')") == "true"
    detail = tab.js("return document.querySelector('#repository-3 + .detail').innerText")
    assert "took longer than 900 seconds" in detail and "AWS601" in detail
    tab.click("#repository-0 .more")
    assert "profile_name=" in tab.js("return document.querySelector('#repository-0 + .detail .diff').innerText")
    tab.click("#repositories-table thead th:nth-child(3) button")  # sorting closes what is open
    assert tab.js("return document.querySelectorAll('.detail').length") == 0
    tab.js("document.querySelector('#repository-2 .more').focus()")
    tab.keys("\ue007")  # Enter
    assert "AWS201" in tab.js("return document.querySelector('#repository-2 + .detail').innerText")
    tab.keys("\ue007")
    assert tab.js("return document.querySelectorAll('.detail').length") == 0
    tab.narrow(400)
    assert tab.js("return document.documentElement.scrollWidth") <= 400


def git(folder: Path, *args: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args], cwd=folder, check=True, capture_output=True)


def test_the_report_of_a_real_run(tmp_path: Path, run: Run, tab: Tab) -> None:
    for name in ("one", "two", "none"):
        (tmp_path / name).mkdir()
        git(tmp_path / name, "init", "-q", "-b", "main")
        body = f"s = boto3.client('s3', aws_access_key_id='{key_id(name)}', aws_secret_access_key='{secret(name)}')\n"
        (tmp_path / name / "app.py").write_text("import boto3\n" + (body if name != "none" else ""))
        git(tmp_path / name, "add", ".")
        git(tmp_path / name, "commit", "-qm", "x")
    Path("list.txt").write_text("".join(f"{tmp_path / name}\n" for name in ("one", "two", "none", "missing")))
    done = run(
        "bulk",
        "list.txt",
        "--dry-run",
        "--retry",
        "0",
        "--allow-missing-profile",
        "--map-key",
        f"{key_id('one')}=dev",
        "--report",
        "bulk.html",
    )
    assert done.returncode == 1, done.stderr
    tab.open(Path("bulk.html").absolute())
    states = dict(zip((Path(name).name for name in column(tab, 0)), column(tab, 1), strict=True))
    assert states == {"one": "changed", "two": "needs manual action", "none": "nothing to do", "missing": "failed"}
    tab.choose("filter-library", "boto3")
    assert sorted(Path(text).name for text in tab.shown("tr.repo .more")) == ["one", "two"]
    assert len(tab.shown(".change")) == 1 and len(tab.shown(".finding")) == 1
    dom = tab.js("return document.documentElement.outerHTML")
    assert not [value for name in ("one", "two") for value in (key_id(name), secret(name)) if value in dom]


def test_keys_left_over_time(run: Run, tab: Tab) -> None:
    names = []
    for n, (keys, date) in enumerate(((30, "2026-09-01T06:00:00Z"), (12, "2026-10-01T06:00:00Z"), (3, "2026-11-01T06:00:00Z"))):
        names.append(f"run{n}.json")
        Path(names[-1]).write_text(render_json(replace(view(dry_run(keys, keys, 2), 1), date=date)))
    done = run("report", "trend", *reversed(names), "-o", "trend.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    tab.open(Path("trend.html").absolute())
    assert tab.js("return document.querySelector('section p').textContent") == "3 keys left on 2026-11-01, of 30 on 2026-09-01."
    points = tab.js("return [...document.querySelectorAll('svg .first circle')].map(c => [c.cx.baseVal.value, c.cy.baseVal.value])")
    assert len(points) == 3 and points == sorted(points)  # from left to right the keys go down, and so do the points
    assert [p[1] for p in points] == sorted(p[1] for p in points)
    nodes = tab.command("Accessibility.getFullAXTree")["nodes"]
    [picture] = [n for n in nodes if not n["ignored"] and n["role"]["value"] == "image"]
    assert picture["name"]["value"].startswith("Keys left over time")
    cells = tab.js(
        "return [...document.querySelectorAll('table tbody tr')].map(r => r.cells[0].textContent + ' ' + r.cells[1].textContent)"
    )
    assert cells == ["2026-09-01 06:00 30", "2026-10-01 06:00 12", "2026-11-01 06:00 3"]
    assert tab.complaints() == [] and len(tab.requests()) == 1
    tab.narrow(400)
    assert tab.js("return document.documentElement.scrollWidth") <= 400


def test_a_page_from_a_json_report_is_the_page_of_the_run(run: Run, tab: Tab) -> None:
    Path("run.json").write_text(render_json(view(dry_run(5, 7, 2), 1)))
    done = run("report", "html", "run.json")
    assert done.returncode == 0 and re.match("<!doctype html>", done.stdout)
    Path("page.html").write_text(done.stdout)
    tab.open(Path("page.html").absolute())
    assert len(tab.shown(".change")) == 5 and len(tab.shown(".finding")) == 7 and len(tab.shown("tr.repo")) == 2
    tab.choose("filter-profile", "prod")
    assert len(tab.shown(".change")) == 2
    assert json.loads(Path("run.json").read_text())["changes"][0]["libraries"] == ["boto3"]
