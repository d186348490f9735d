"""Who gets a name of a key's module through other files, where one of these is not understood."""

from pathlib import Path

import pytest

from migrate.codemod.proof.around.loading.sources import reads_text
from migrate.codemod.proof.around.mentions import forget
from migrate.codemod.proof.around.passing import passed

NOT_PYTHON_3 = 'print "loading"\n'


def laid_down(root: Path, files: dict[str, str]) -> Path:
    """Write files below a root, and return it."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    forget()
    return root


@pytest.mark.parametrize("before", ["", NOT_PYTHON_3])
@pytest.mark.parametrize("gets", ["from shop import connect\n", "from shop import *\nconnect()\n", "import shop\nshop.connect()\n"])
def test_a_name_passes_through_a_file_that_is_not_understood(before: str, gets: str, tmp_path: Path) -> None:
    init = f"{before}from .store import connect\n"
    root = laid_down(
        tmp_path, {"shop/__init__.py": init, "shop/store.py": "def connect(key):\n    pass\n", "tool.py": gets, "apart.py": "import re\n"}
    )
    found = passed(root, frozenset({root / "shop/store.py"}), frozenset({"connect"}))
    assert found.files == {root / "shop/store.py", root / "shop/__init__.py", root / "tool.py"}


@pytest.mark.parametrize("gets", ["from shop.store import connect as join\n", "from shop.store import *\n", "import shop.store\n"])
def test_whatever_is_imported_from_a_key_s_module_that_is_not_understood_counts(gets: str, tmp_path: Path) -> None:
    store = f"{NOT_PYTHON_3}def connect(key):\n    pass\n"
    root = laid_down(tmp_path, {"shop/__init__.py": "", "shop/store.py": store, "tool.py": gets})
    assert root / "tool.py" in passed(root, frozenset({root / "shop/store.py"}), frozenset({"connect"})).files


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("import re\nre.findall('KEY', open(path('conf')).read())\n", "open"),
        ("import glob, re\nre.findall('KEY', open(glob.glob(where)[0]).read())\n", "open"),
        ("from tornado.options import parse_config_file\nparse_config_file(where)\n", "parse_config_file"),
        ("open(where).read()\n", None),
    ],
)
def test_a_file_that_is_not_understood_may_read_the_text_of_a_module(text: str, how: str | None, tmp_path: Path) -> None:
    root = laid_down(tmp_path, {"conf.py": "KEY = 1\n", "tool.py": NOT_PYTHON_3 + text})
    assert list(reads_text(root, [root / "conf.py"])) == ([(root / "tool.py", how)] if how else [])
