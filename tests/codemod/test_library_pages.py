"""docs/libraries/ says what migrate.codemod.libraries knows, and what it says comes true."""

import ast
from pathlib import Path

import pytest

from migrate.codemod.keys.mapping import KeyMap
from migrate.codemod.libraries import libraries
from migrate.codemod.libraries.__main__ import pages
from migrate.codemod.libraries.spec import Library
from migrate.codemod.run.engine import CodeRequest, rewrite_code
from tests.madeup import key_id, secret

DOCS = Path(__file__).parents[2] / "docs" / "libraries"
ALIASES = {"pd": "import pandas as pd", "pl": "import polars as pl"}


def test_the_pages_are_current() -> None:
    """After a change of a library: `python -m migrate.reference`."""
    assert {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")} == pages()


def test_every_library_says_why_and_where() -> None:
    for library in libraries():
        assert library.why and library.documentation.startswith("https://"), library.name
        assert bool(library.before) == bool(library.after), library.name


def imports(library: Library, text: str) -> list[str]:
    """Return imports of what a library's example names: its callables, and packages by their names."""
    homes = {callee.rpartition(".")[2]: callee.rpartition(".")[0] for spec in library.sinks for callee in spec.callees if "(" not in callee}
    names = sorted({n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)})
    out = []
    for name in names:
        if name in ALIASES:
            out.append(ALIASES[name])
        elif homes.get(name):
            out.append(f"from {homes[name]} import {name}")
        elif name in homes.values() or name in ("boto3", "rasterio", "s3fs"):
            out.append(f"import {name}")
    return out


@pytest.mark.parametrize("library", [pytest.param(x, id=x.name) for x in libraries() if x.before])
def test_what_a_page_shows_comes_of_a_rewrite(library: Library, tmp_path: Path) -> None:
    before, after = (text.replace("): …", "): ...") for text in (library.before, library.after))
    settings = library.name == "django-storages"
    path = tmp_path / ("settings.py" if settings else "main.py")
    head = (
        ['INSTALLED_APPS = ["storages"]']
        if settings
        else [*imports(library, f"{before}\n{after}"), f'KEY = "{key_id("dev")}"', f'SECRET = "{secret("dev")}"']
    )
    if settings:
        before = before.replace("= KEY", f'= "{key_id("dev")}"').replace("= SECRET", f'= "{secret("dev")}"')
    path.write_text("\n".join([*head, before, ""]))
    outcome = rewrite_code(CodeRequest([tmp_path], KeyMap({key_id("dev"): "dev"})))
    assert len(outcome.changes) == 1, [str(f.message) for f in outcome.findings]
    text = (outcome.changes[0].after or b"").decode()
    assert after in text, text
    assert key_id("dev") not in text and secret("dev") not in text
