"""axe-core (https://github.com/dequelabs/axe-core) finds nothing on any of the pages, light or dark, with all of it unfolded."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from migrate.errors import Refusal
from migrate.outcome import Group, ProfileRow, SignedCall
from migrate.reports import html
from migrate.reports.view import RepositoryView, View, refused, view
from tests.browser.conftest import Tab
from tests.browser.outcomes import KEYS, dry_run
from tests.conftest import Run

PLACES = [
    Path(os.environ[name], *more) for name, more in (("AWS_SSO_MIGRATE_TOOLS", ("node_modules",)), ("NODE_PATH", ())) if name in os.environ
]
AXE = next((path for place in PLACES if (path := place / "axe-core/axe.min.js").is_file()), None)
pytestmark = pytest.mark.skipif(
    AXE is None, reason="needs axe-core: npm install axe-core, with NODE_PATH naming its node_modules (.ci/run does both)"
)

_RUN = "axe.run(document, {resultTypes: ['violations']}).then(arguments[0], e => arguments[0]({error: String(e)}))"


def violations(tab: Tab, page: str, folder: Path) -> list[str]:
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    tab.command("Page.setBypassCSP", enabled=True)  # for axe itself, which is no part of the page
    try:
        tab.open(file)
        tab.js("document.querySelectorAll('details').forEach(d => d.open = true)")
        tab.js("document.querySelectorAll('.more').forEach(b => b.click())")
        assert AXE is not None
        tab.js(AXE.read_text(encoding="utf-8"))
        found = tab.driver.execute_async_script(_RUN.replace("arguments[0]", "arguments[arguments.length - 1]"))
        assert "error" not in found, found
        return [f"{v['id']}: {node['target']} {node['html'][:120]}" for v in found["violations"] for node in v["nodes"][:3]]
    finally:
        tab.command("Page.setBypassCSP", enabled=False)


def everything() -> View:
    outcome = dry_run(6, 12, 3)
    call = SignedCall(outcome.changes[0].path, 16, "boto3.client", KEYS[0][0], "dev", others=("outside",), function="client")
    group = Group(frozenset({outcome.changes[0].path}), (), [call])
    rows = [ProfileRow("dev", "sso", "corp", "111122223333", "Dev", True), ProfileRow("old", "left", error="log in")]
    return view(replace(outcome, groups=[group], profiles=rows), 1)


PAGES = {
    "code": everything(),
    "bulk": replace(
        everything(),
        command="bulk",
        repositories=[RepositoryView("o/a", "failed", 0, 1, 3, "why"), RepositoryView("o/b", "clean", 0, 0, 1)],
    ),
    "refused": refused("config", Refusal("no", path="/x", line=3, help="do this")),
    "nothing": View("scan", 0),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name: str, scheme: str, tab: Tab, tmp_path: Path) -> None:
    tab.prefer(scheme)
    assert violations(tab, html.render(PAGES[name]), tmp_path) == []


def test_axe_finds_nothing_on_the_page_of_a_trend(tab: Tab, tmp_path: Path, run: Run) -> None:
    for n in (1, 2):
        run("scan", "--paths-only", "--report", f"{n}.json")
    page = run("report", "trend", "1.json", "2.json").stdout
    assert "<!doctype html>" in page and violations(tab, page, tmp_path) == []
