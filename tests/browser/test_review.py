"""The review page as somebody sees it who has to say yes to a large dry run."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from migrate.changes.change import Change
from migrate.findings import Finding
from migrate.outcome import Outcome
from migrate.reports import html
from migrate.reports.view import view
from tests.browser.conftest import Tab
from tests.browser.outcomes import KEYS, dry_run
from tests.reports.test_forms import everything

Show = Callable[[str], Tab]

SMALL = html.render(view(dry_run(12, 18, 3), 1))


def names(tab: Tab) -> list[str]:
    """The changes that are not filtered away, by the number in their path."""
    return re.findall(r"service_(\d+)", " ".join(tab.shown(".change h3")))


def test_nothing_is_loaded_and_nothing_runs_but_the_pages_own_script(show: Show) -> None:
    tab = show(html.render(view(everything(), 1)))
    tab.js("document.querySelectorAll('details').forEach(d => d.open = true)")
    tab.keys("j", "k", "v", "?", "\ue00c", "/", "x", "\ue00c", "\ue00c", "t")
    assert [url.split(":")[0] for url in tab.requests()] == ["file"] and tab.complaints() == []
    assert tab.js("return document.scripts.length") == 1 and tab.js("return document.images.length") == 0
    tab.js("const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)")
    assert tab.js("return window.ran") is None  # the policy lets no other script in


def test_filters_by_repository_code_profile_library_and_words(show: Show) -> None:
    tab = show(SMALL)
    assert len(names(tab)) == 12 and len(tab.shown(".finding")) == 18
    tab.choose("filter-repository", "team-1/repository-01")
    assert names(tab) == ["1", "4", "7", "10"] and len(tab.shown(".finding")) == 6
    assert len(tab.shown("tr.repo")) == 1
    tab.choose("filter-library", "s3fs")
    assert names(tab) == ["1"]
    tab.click("#clear")
    assert len(names(tab)) == 12
    tab.choose("filter-profile", "prod")
    assert names(tab) == ["1", "4", "7", "10"] and len(tab.shown(".finding")) == 3
    tab.click("#clear")
    tab.choose("filter-code", "AWS203")
    assert tab.shown(".group summary b") == ["AWS203"] and len(tab.shown(".finding")) == 3
    assert names(tab) == []  # no changed file has a finding of that code
    tab.click("#clear")
    tab.search("export service_11")
    assert names(tab) == ["11"] and tab.shown(".finding") == []
    assert tab.js("return document.getElementById('shown').textContent").startswith("1 of 12 changes · 0 of 18 findings")
    assert tab.shown("#changes h2 .count") == ["1 of 12"]
    tab.keys("\ue00c")  # Escape: no filters
    assert len(names(tab)) == 12


def test_findings_stand_under_their_code_with_advice_and_a_link_to_its_page(show: Show) -> None:
    tab = show(SMALL)
    group = tab.js("const g = document.getElementById('AWS201'); return g.innerText")
    assert "A key is not mapped to a profile" in group and "What to do." in group and "--map-key KEY_ID=PROFILE" in group
    assert tab.js("return document.querySelector('#AWS201 a').href").endswith("/docs/codes/AWS201.md")
    assert tab.shown("#AWS201 .count") == ["3"]


def test_diffs_stand_side_by_side_with_line_numbers_and_marked_words(show: Show) -> None:
    tab = show(SMALL)
    rows = tab.js(
        "return [...document.querySelectorAll('#change-1 .diff tr')].map(r => [r.className, ...[...r.cells].map(c => c.textContent)])"
    )
    [pair] = [row for row in rows if row[0] == "c"]
    assert pair == ["c", "16", "    return boto3.client(", "16", '    return boto3.Session(profile_name="dev").client(']
    assert tab.shown("#change-1 mark") == ['Session(profile_name="dev").']
    gone = [row for row in rows if row[0] == "o"]
    assert [row[1] for row in gone] == ["19", "20"] and gone[1][2] == '        aws_secret_access_key="****",' and gone[1][3:] == ["", ""]
    left = tab.js("const [a, b] = document.querySelector('#change-1 tr.c').querySelectorAll('td:nth-child(even)'); "
                  "return [a.getBoundingClientRect(), b.getBoundingClientRect()]")  # fmt: skip
    assert left[0]["top"] == left[1]["top"] and left[0]["right"] <= left[1]["left"]


def test_unchanged_lines_unfold_with_their_numbers(show: Show) -> None:
    tab = show(SMALL)
    assert tab.js("return document.querySelector('#change-1 .unfold').textContent") == "Show 12 unchanged lines"
    tab.click("#change-1 .unfold")
    rows = tab.js("return [...document.querySelectorAll('#change-1 .fold.open tr')].map(r => [...r.cells].map(c => c.textContent))")
    assert len(rows) == 12 and rows[2] == ["3", "import boto3", "3", "import boto3"]
    assert tab.js("return document.querySelector('#change-1 .unfold').getAttribute('aria-expanded')") == "true"
    tab.click("#change-1 .unfold")
    assert tab.js("return document.querySelector('#change-1 .fold').checkVisibility()") is False


def focus(tab: Tab) -> str:
    """What has the focus."""
    return tab.js("return document.activeElement.id || document.activeElement.className || document.activeElement.tagName")


def test_everything_by_keyboard(show: Show) -> None:
    tab = show(SMALL)
    tab.keys("j")
    assert focus(tab) == "change-1"
    tab.keys("j", "j")
    assert focus(tab) == "change-3"
    tab.keys("k")
    assert focus(tab) == "change-2"
    tab.keys("\ue015")  # arrow down
    assert focus(tab) == "change-3"
    tab.keys("\ue013")  # arrow up
    assert focus(tab) == "change-2"
    box = tab.js("const f = document.querySelector('.filters').getBoundingClientRect(), c = document.activeElement.getBoundingClientRect();"
                 "return [f.bottom, c.top, innerHeight]")  # fmt: skip
    assert box[0] <= box[1] + 1 < box[2]  # not hidden below the filters
    assert tab.js("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    tab.keys("\ue007")  # Enter closes it
    assert tab.js("return document.querySelector('#change-2 details').open") is False
    tab.keys("\ue007", "v")
    assert tab.js("return document.querySelector('#change-2 .reviewed input').checked") is True
    tab.keys("/")
    assert focus(tab) == "search"
    tab.keys("j", "\ue00c")  # in the search a j is a letter
    assert tab.js("return document.getElementById('search').value") == "j" and focus(tab) == "BODY"
    tab.keys("\ue00c", "?")
    assert tab.js("return document.getElementById('help').open") is True
    tab.keys("\ue00c")
    assert tab.js("return document.getElementById('help').open") is False
    tab.js("document.querySelector('.finding').focus()")
    tab.keys("j")
    assert tab.js("return document.activeElement === document.querySelectorAll('.finding')[1]")
    tab.driver.refresh()
    tab.keys("\ue004")  # Tab: the way past the filters comes first
    assert focus(tab) == "skip" and tab.js("return document.activeElement.checkVisibility()")


def test_what_is_reviewed_is_kept_and_can_be_left_out(show: Show) -> None:
    tab = show(SMALL)
    tab.keys("j", "v", "j", "v")
    assert tab.js("return document.getElementById('shown').textContent").endswith("2 reviewed")
    tab.driver.refresh()
    assert tab.js("return [...document.querySelectorAll('.reviewed input')].filter(i => i.checked).length") == 2
    tab.click("#unreviewed")
    assert len(names(tab)) == 10


def test_the_whole_report_can_be_read_without_the_script(show: Show, tab: Tab) -> None:
    show(SMALL)
    tab.command("Emulation.setScriptExecutionDisabled", value=True)
    tab.driver.refresh()
    assert tab.driver.find_elements("css selector", "html.on") == []
    assert (
        not tab.driver.find_element("id", "search").is_displayed() and not tab.driver.find_element("css selector", ".unfold").is_displayed()
    )
    assert len(tab.driver.find_elements("css selector", ".change")) == 12
    assert 'Session(profile_name="dev")' in tab.driver.find_element("id", "change-1").text
    assert "import boto3" in tab.driver.find_element("id", "change-1").text  # what would be folded is there as well


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 has it."""
    channels = [float(n) / 255 for n in re.findall(r"[\d.]+", color)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


CONTRASTS = """
const seen = new Map();
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const solid = (el) => { // what stands behind an element, layers of colour laid over each other
  const layers = [];
  for (let e = el; e; e = e.parentElement) layers.push(getComputedStyle(e).backgroundColor);
  canvas.clearRect(0, 0, 1, 1);
  for (const layer of layers.reverse()) { canvas.fillStyle = layer; canvas.fillRect(0, 0, 1, 1); }
  return `rgb(${[...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).join()})`;
};
const text = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (text.nextNode()) {
  const el = text.currentNode.parentElement;
  if (!text.currentNode.data.trim() || el.closest('script, style, svg') || !el.checkVisibility()) continue;
  seen.set(getComputedStyle(el).color + ' on ' + solid(el), el.outerHTML.slice(0, 80));
}
return [...seen];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_follow_the_system_and_every_text_is_legible(show: Show, scheme: str) -> None:
    tab = show(SMALL)
    tab.prefer(scheme)
    ground = luminance(tab.js("return getComputedStyle(document.body).backgroundColor"))
    assert (ground < 0.1) == (scheme == "dark")
    tab.js("document.querySelectorAll('details').forEach(d => d.open = true); document.getElementById('filter-code').classList.add('set')")
    pairs = tab.js(CONTRASTS)
    assert len(pairs) > 12
    for colors, where in pairs:
        fore, back = (luminance(color) for color in colors.split(" on "))
        assert (max(fore, back) + 0.05) / (min(fore, back) + 0.05) >= 4.5, (colors, where)  # WCAG AA


def test_the_switch_wins_over_the_system_and_is_kept(show: Show) -> None:
    tab = show(SMALL)
    tab.prefer("light")
    tab.choose("theme", "Dark")
    assert luminance(tab.js("return getComputedStyle(document.body).backgroundColor")) < 0.1
    tab.driver.refresh()
    assert luminance(tab.js("return getComputedStyle(document.body).backgroundColor")) < 0.1
    tab.keys("t")
    assert luminance(tab.js("return getComputedStyle(document.body).backgroundColor")) > 0.8
    tab.choose("theme", "System")
    tab.prefer("dark")
    assert luminance(tab.js("return getComputedStyle(document.body).backgroundColor")) < 0.1


@pytest.mark.parametrize("width", [320, 400, 800, 1400])
def test_nothing_sticks_out_of_a_screen(show: Show, width: int) -> None:
    tab = show(html.render(view(everything(), 1)) if width == 320 else SMALL)
    tab.narrow(width)
    tab.js("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.js("return document.documentElement.scrollWidth") <= width
    if width == 400:  # one below the other
        tops = tab.js("return [...document.querySelector('tr.c').cells].map(c => c.getBoundingClientRect().top)")
        assert tops[0] == tops[1] < tops[2] == tops[3]


def test_controls_have_names_and_headings_are_in_order(show: Show) -> None:
    tab = show(SMALL)
    nodes = tab.command("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "combobox", "searchbox", "checkbox", "link", "table", "columnheader", "dialog", "region", "article"}
    nameless = [
        n["role"]["value"] for n in nodes if not n["ignored"] and n["role"]["value"] in roles and not n.get("name", {}).get("value")
    ]
    assert nameless == []
    levels = [int(tag[1]) for tag in tab.js("return [...document.querySelectorAll('h1, h2, h3')].map(h => h.tagName)")]
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    identifiers = tab.js("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(identifiers) == len(set(identifiers))


def test_a_dry_run_of_2000_files_and_10000_findings(show: Show) -> None:
    tab = show(html.render(view(dry_run(2000, 10_000), 1)))
    assert tab.js("return document.getElementById('shown').textContent") == "2,000 changes · 10,000 findings · 20 repositories"
    tab.choose("filter-repository", "team-3/repository-07")
    assert len(tab.shown(".change")) == 100 and len(tab.shown(".finding")) == 500
    tab.choose("filter-library", "s3fs")
    assert tab.shown(".change") == []
    tab.choose("filter-library", "aiobotocore")
    assert len(tab.shown(".change")) == 100
    tab.keys("\ue00c")
    tab.search("service_1999/")
    assert names(tab) == ["1999"]
    tab.keys("j")
    assert focus(tab) == "change-2000"
    tab.keys("\ue00c")
    dom = tab.js("return document.documentElement.outerHTML + JSON.stringify(localStorage)")
    assert not [value for pair in KEYS for value in pair if value in dom]
    assert tab.complaints() == [] and len(tab.requests()) == 1


def test_a_finding_leads_to_the_change_of_its_file(show: Show) -> None:
    outcome = dry_run(3, 0, 1)
    there = Finding("AWS214", str(outcome.changes[2].path), "a Lambda handler", 3, 1)
    tab = show(html.render(view(replace(outcome, findings=[there]), 0)))
    tab.choose("filter-profile", "dev")  # the change itself is filtered away
    tab.click("#clear")
    tab.click(".finding a.place")
    assert focus(tab) == "change-3" and tab.shown("#change-3 .warn") == ["1 finding here"]
    tab.choose("filter-code", "AWS214")
    assert names(tab) == ["2"]


def test_on_paper_there_are_no_controls_and_every_diff(show: Show) -> None:
    tab = show(SMALL)
    tab.js("document.querySelectorAll('details').forEach(d => d.open = false)")
    tab.command("Emulation.setEmulatedMedia", media="print")
    tab.js("dispatchEvent(new Event('beforeprint'))")
    assert tab.seen("#search, #theme, .reviewed, .unfold") == []
    assert len(tab.seen(".change .diff")) == 12 and len(tab.seen(".finding")) == 18
    tab.js("dispatchEvent(new Event('afterprint'))")
    assert tab.js("return document.querySelectorAll('details[open]').length") == 0
    assert len(tab.command("Page.printToPDF")["data"]) > 10_000


def test_a_long_diff_is_whole_and_unfolds_in_every_part(show: Show) -> None:
    lines = [f"line {n}\n" for n in range(3000)]
    after = [f"other {n}\n" if n % 100 == 50 else line for n, line in enumerate(lines)]
    change = Change(Path("long.py"), "".join(lines).encode(), "".join(after).encode())
    tab = show(html.render(view(Outcome("code", [change]), 0)))
    assert len(tab.shown(".diff")) > 1
    tab.js("document.querySelectorAll('.unfold').forEach(b => b.click())")
    numbers = tab.js("return [...document.querySelectorAll('.diff tr')].map(r => Number(r.cells[0].textContent)).filter(n => n)")
    gaps = [int(text.replace(",", "").split()[0]) for text in tab.shown(".gap td") if text[0].isdigit()]
    assert (
        numbers == sorted(set(numbers)) and len(numbers) + sum(gaps) + 24 == 3000
    )  # the end of a file after the last context is not counted
