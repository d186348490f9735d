"""The forms of a report: valid by their schemas, escaped, masked."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from jsonschema import Draft7Validator

from migrate.changes.change import Change
from migrate.errors import Refusal
from migrate.findings import Finding, Related
from migrate.outcome import Group, KeyRow, Outcome, ProfileRow, SignedCall
from migrate.reports import annotations, html, markdown, sarif, text
from migrate.reports import json as json_report
from migrate.reports.view import View, refused, shown_path, view
from tests.madeup import key_id, secret, token

SCHEMA = json.loads((Path(__file__).parent.parent / "data/sarif-2.1.0.json").read_text(encoding="utf-8"))
EVIL = "</script><img src=x onerror=alert(1)> | `x` **b** [a](http://x) \x1b[2J \u202e & \udcff\n```\nnext"


def everything() -> Outcome:
    """An outcome with all that there can be, and something secret or hostile in each place."""
    poison = f"{EVIL} {secret('a')} {key_id('a')} {token('a')}"
    return Outcome(
        "config",
        changes=[
            Change(
                Path("a b#c?é.py"),
                f"x = '{secret('b')}'\n".encode(),
                f"{EVIL}\n".encode("utf-8", "surrogateescape"),
                frozenset(["hunter2hunter2"]),
            ),
            Change(Path("new"), None, b"hunter2hunter2\n", frozenset(["hunter2hunter2"])),
            Change(Path("gone"), b"a\xff\n", None),
        ],
        findings=[
            Finding(
                "AWS101",
                f"dir/{EVIL}",
                poison,
                3,
                7,
                poison,
                key=key_id("a"),
                profile=EVIL,
                first_commit="a" * 40,
                last_commit="b" * 40,
                related=(Related(f"dir/{EVIL}", poison, 3, 7),),
            ),
            Finding("AWS140", "/elsewhere/x%y", poison),
            Finding("AWS101", "naïve file#1.py", "plain", 1),
        ],
        profiles=[ProfileRow(EVIL, "sso", "corp", "111122223333", EVIL, None, poison)],
        keys=[KeyRow(key_id("a"), "111122223333", EVIL, "Active", None, None)],
        groups=[
            Group(frozenset(), (), [SignedCall(Path(f"dir/{EVIL}"), 3, poison, key_id("a"), EVIL, function=poison, others=("outside",))])
        ],
        files=3,
    )


def every_form(whole: View) -> dict[str, str]:
    """The view in every form."""
    lines = [*text.diff_lines(whole), *(line for f in whole.findings for line in text.finding_lines(f)), *text.key_lines(list(whole.keys))]
    return {
        "json": json_report.render(whole),
        "sarif": sarif.render(whole),
        "html": html.render(whole),
        "md": markdown.render(whole),
        "github": annotations.github(whole),
        "gitlab": annotations.gitlab(whole),
        "text": "\n".join([*lines, text.summary(whole)]),
    }


@pytest.mark.parametrize("form", ["json", "sarif", "html", "md", "github", "gitlab", "text"])
def test_nothing_secret_and_nothing_hostile_comes_out(form: str) -> None:
    out = every_form(view(everything(), 1))[form]
    for hidden in (secret("a"), secret("b"), key_id("a"), token("a"), "hunter2hunter2"):
        assert hidden not in out
    out.encode("utf-8")  # no lone surrogates
    assert "\x1b" not in out and "\x1b" not in json.dumps(out)
    if form in ("html", "md", "text"):
        assert "\u202e" not in out
    if form == "html":
        assert "<img" not in out and out.count("<script") == out.count("</script") == 1


@pytest.mark.parametrize(
    "whole",
    [view(everything(), 1), refused("config", Refusal(EVIL, path=EVIL, line=3, help=EVIL)), view(Outcome("scan"), 0)],
    ids=["all", "refused", "nothing"],
)
def test_sarif_is_valid(whole: View) -> None:
    document = json.loads(sarif.render(whole))
    Draft7Validator(SCHEMA).validate(document)
    run = document["runs"][0]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_paths_are_relative_to_the_working_directory_and_escaped() -> None:
    inside = Path.cwd() / "sub dir" / "x#1.py"
    outcome = Outcome(
        "code", findings=[Finding("AWS101", str(p), "m", 1) for p in (inside, Path("a%b.py"), Path("../up.py"), Path("/x/y z"))]
    )
    places = [
        r["locations"][0]["physicalLocation"]["artifactLocation"] for r in json.loads(sarif.render(view(outcome, 1)))["runs"][0]["results"]
    ]
    assert places[0] == {"uri": "sub%20dir/x%231.py", "uriBaseId": "CWD"} and places[1]["uri"] == "a%25b.py"
    assert places[2]["uri"] == f"file://{Path.cwd().parent}/up.py" and places[3]["uri"] == "file:///x/y%20z"
    assert all(re.fullmatch(r"[!-~]+", place["uri"]) and unquote(place["uri"]) for place in places)


class _Balanced(HTMLParser):
    """Raises where a tag is closed that is not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br", "input", "col"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_well_formed_and_loads_nothing() -> None:
    page = html.render(view(everything(), 1))
    parser = _Balanced()
    parser.feed(page)
    assert parser.open == []
    assert not re.search(r"<(?:link|iframe|img|object|embed)\b", page) and not re.search(r"""\s(?:src|style|on\w+)=["']""", page)
    assert "default-src 'none'" in page and "unsafe" not in page
    for tag in ("style", "script"):  # one of each, and the policy lets in nothing else
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        assert f"{tag}-src 'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in page


def test_markdown_rows_stay_rows_and_fences_stay_closed() -> None:
    page = markdown.render(view(everything(), 1))
    table = [line for line in page.splitlines() if line.startswith("| ") and "AWS101" in line]
    assert len(table) == 2
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 5 for line in table)
    fences = re.findall(r"^(`{3,})(?:diff)?$", page, re.M)
    assert len(fences) % 2 == 0 and all(a == b for a, b in zip(fences[::2], fences[1::2], strict=True))


def test_a_huge_diff_is_cut_in_markdown() -> None:
    whole = view(Outcome("code", [Change(Path("x"), b"a\n" * 50_000, b"b\n" * 50_000)]), 0)
    assert len(markdown.render(whole)) < 65_536


def test_text_says_where_what_and_what_to_do() -> None:
    whole = view(
        Outcome(
            "config",
            findings=[Finding("AWS101", "~/x", "a\nb", 3, 7, "do\nthis"), Finding("AWS101", "y", "m"), Finding("AWS101", "z", "m", 4)],
        ),
        1,
    )
    lines = [line for finding in whole.findings for line in text.finding_lines(finding)]
    assert lines == ["~/x:3:7: AWS101 a b", "    do", "    this", "y: AWS101 m", "z:4:1: AWS101 m"]


def test_a_deep_path_is_not_taken_for_a_secret() -> None:
    path = "/home/kim/Projects/Team42/Service/config1"
    assert shown_path(path) == path and shown_path("home/kim/Projects/Team42/Services/config") == "home/kim/Projects/Team42/Services/config"
    assert secret("a").replace("/", "x") not in shown_path("/tmp/" + secret("a").replace("/", "x"))


@pytest.mark.parametrize("many", [1_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_the_largest_outcomes_are_shown_in_seconds(many: int) -> None:
    findings = [Finding("AWS101", f"f{n}", "m", n + 1, 1, "h") for n in range(many)]
    for form in every_form(view(Outcome("code", findings=findings, files=many), 1)).values():
        assert len(form) > many


def test_the_page_says_which_profiles_sign() -> None:
    rows = [ProfileRow("a", "none", "corp", "111122223333", "R", True), ProfileRow("b", "none", "corp", None, None, False, "log in")]
    page = html.render(view(Outcome("verify", profiles=rows), 1))
    assert "<td>yes</td><td></td>" in page and "<td>no</td><td>log in</td>" in page
