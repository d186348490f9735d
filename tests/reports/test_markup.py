"""HTML as a type: nothing but `Markup` gets into a page, and only what is written in the pages' own code is HTML."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from migrate.errors import Refusal
from migrate.masking import printable
from migrate.reports import html as pages
from migrate.reports.html.markup import chips, code, content, html, joined, prose, text
from migrate.reports.html.page import header, page
from migrate.reports.html.progress import render as trend
from migrate.reports.trend import Point
from migrate.reports.view import KeyView, RepositoryView, View, refused, view
from tests.reports.test_forms import everything

ROOT = Path(pages.__file__).parent
FILES = sorted(ROOT.glob("*.py"))
HOSTILE = "'\"><i onx=1>&amp;</i>{0}{x!r}%s"
TEXTS = st.text(max_size=20) | st.text("<>&'\"{}!:`x\u202e\x00\udcff", max_size=20)


def parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """Return what each node stands in."""
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def is_template(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether a string is the template of a call of `html`."""
    call = above[node]
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "html" and call.args[:1] == [node]


def loose(source: str) -> Iterator[str]:
    """Yield what makes HTML in another way than by a literal template: strings with tags or entities, templates that are no literals."""
    tree = ast.parse(source)
    above = parents(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"[<>&]", node.value):
            if not is_template(node, above) and not isinstance(above[node], ast.Expr):
                yield f"line {node.lineno}: {node.value}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "html":
            template = node.args[0] if node.args else None
            if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
                yield f"line {node.lineno}: a template that is no literal"
            elif any(conversion or not re.fullmatch(r"\w*", name or "") for _, name, _, conversion in Formatter().parse(template.value)):
                yield f"line {node.lineno}: a place of a template that is more than a value"


def trusting(source: str) -> Iterator[str]:
    """Yield what makes a text `Markup` as it is, or hides it from the type checker."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call | ast.Attribute) and "Markup" in ast.unparse(node.func if isinstance(node, ast.Call) else node.value):
            yield f"line {node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.ImportFrom | ast.Import):
            yield from (
                f"line {node.lineno}: {a.name}"
                for a in node.names
                if a.name in ("cast", "Any", "_trusted", "markupsafe") or (isinstance(node, ast.ImportFrom) and node.module == "markupsafe" and a.name != "Markup")
            )  # fmt: skip
    if "type: ignore" in source:
        yield "type: ignore"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_html_comes_from_literal_templates_alone(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if path.name == "markup.py":  # which makes the type: its one tag beside templates is that of `prose`
        source = source.replace(r'r"<code>\1</code>"', "''")
        assert [line.split(": ")[1] for line in trusting(source)] == ["escape"] and source.count("str.__new__(Markup, value)") == 1
    else:
        assert list(trusting(source)) == []
    assert list(loose(source)) == []


@pytest.mark.parametrize(
    "source",
    ['f"<b>{x}</b>"', '"<b>%s" % x', '"<b>" + x', '"&lt;".join(x)', "html(x)", 'html(f"{x}")', 'html("{.x}", y)', 'html("{!r}", y)', 'html("", "<b>")'],
)  # fmt: skip
def test_other_ways_to_make_html_are_seen(source: str) -> None:
    assert list(loose("x = " + source))


def test_ways_to_trust_a_text_are_seen() -> None:
    for source in ("Markup(x)", "markupsafe.Markup(x)", "Markup.join(x)", "from typing import cast", "from markupsafe import escape", "x  # type: ignore"):  # fmt: skip
        assert list(trusting(source)), source


@example("&#39;", "'")
@given(TEXTS, TEXTS)
def test_a_value_stays_a_text_wherever_it_is_put_in(one: str, two: str) -> None:
    made = [
        (html("<p title='{}' class=\"{name}\">{}</p>", one, two, name=one), [one, two, one]),
        (joined([html("<b>{}</b>", one), text(two)], "<br>"), [one, two]),
        (code(one), [one]),
        (content(two), [two]),
        (chips(one, [two]), [one, two]),
        (prose(one), []),
        (html("{}", code(one)), [one]),
    ]
    for out, texts in made:
        assert type(out) is Markup
        data, seen = Reader.read(out)
        assert seen.tags <= {"p", "b", "code", "span"} and seen.attributes <= {"title", "class"}
        assert all(printable(value).replace("\r", "\n") in data.replace("\r", "\n") for value in texts)


def test_numbers_are_formatted_and_anything_else_is_a_text() -> None:
    assert html("{:,} {:.1f}", 1234, 2.55) == "1,234 2.5"
    for odd in (None, [HOSTILE], Path(HOSTILE), True, type("", (), {"__str__": lambda self: HOSTILE, "__html__": lambda self: HOSTILE})()):
        out = html("{}{x}", cast(Any, odd), x=cast(Any, odd))
        assert type(out) is Markup and "<" not in out


def test_what_is_no_html_is_escaped_in_the_body_and_the_header_of_a_page() -> None:
    body = [*header(HOSTILE, [HOSTILE], [cast(Any, HOSTILE)], help=True), cast(Any, HOSTILE)]
    out = page(HOSTILE, body)
    data, seen = Reader.read(out)
    assert "i" not in seen.tags and "onx" not in seen.attributes and data.count(HOSTILE) == 5
    assert type(out) is str


class Reader(HTMLParser):
    """The texts (attributes' too), tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.data: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.data += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.data.append(data)

    @classmethod
    def read(cls, page: str) -> tuple[str, "Reader"]:
        """Return the texts of a page in one, and the rest."""
        reader = cls()
        reader.feed(page)
        reader.close()
        return "\n".join(reader.data), reader


def poisoned(value: Any, name: str = "") -> Any:
    """Return a value with something hostile in each text, the field's name before it."""
    if isinstance(value, str):
        return f"{value}{name}{HOSTILE}"
    if is_dataclass(value) and not isinstance(value, type):
        # how a call was shown is looked up in a table of ours
        return replace(value, **{f.name: poisoned(getattr(value, f.name), f.name) for f in fields(value) if f.init and f.name != "shown"})
    if isinstance(value, list | tuple):
        return [poisoned(item, name) for item in value]
    return value


def hostile() -> list[View]:
    """Return views with something hostile in each field."""
    rows = [RepositoryView(name, "left", 1, 2, 3, "why") for name in ("/a/one", "/a/two")]
    whole = view(everything(), 1)
    whole = replace(
        whole,
        wide=None,
        run="run",
        repositories=rows,
        keys=[KeyView("key", "account_id", "user", "status", "last_used", "profile")],
        changes=[replace(c, repository="/a/one", libraries=["library"], profiles=["profile"]) for c in whole.changes],
        findings=[replace(f, repository="/a/two", libraries=["library"]) for f in whole.findings],
    )
    known = poisoned(whole)
    known = replace(known, findings=[replace(f, code="AWS101") for f in known.findings])
    return [poisoned(whole), known, poisoned(refused("config", Refusal("message", path="path", line=3, help="help")))]


@pytest.mark.parametrize("whole", hostile(), ids=["unknown codes", "known codes", "refused"])
def test_whatever_field_is_hostile_the_page_has_its_own_tags_alone(whole: View) -> None:
    data, seen = Reader.read(pages.render(whole))
    assert not seen.tags & {"i", "img"} and not [
        name for name in seen.attributes if not re.fullmatch(r"[a-zA-Z-]+", name) or name[:2] == "on"
    ]
    shown = ["message", "path", "help"] if whole.error else ["run", "key", "account_id", "user", "why", "status", "name", "severity"]
    for name in ["command", *shown]:
        assert f"{name}{HOSTILE}" in data, name


def test_whatever_command_or_file_is_hostile_the_plots_page_has_its_own_tags_alone() -> None:
    points = [poisoned(Point(datetime(2026, 1, day, tzinfo=UTC), "scan", "a.json", 3, 2, 1, 9, 4, 2)) for day in (1, 2)]
    data, seen = Reader.read(trend(points))
    assert "i" not in seen.tags and "onx" not in seen.attributes
    assert f"name{HOSTILE}" in data and f"command{HOSTILE}" in data
