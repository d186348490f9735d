"""What is found out of files that take modules by computed names, and of who has a module as an object."""

import ast
from pathlib import Path

import pytest

from migrate.codemod.proof.around.loading.objects import holders, sharing
from migrate.codemod.proof.around.loading.taken import taken
from migrate.codemod.proof.around.mentions import forget

HOMES = [Path("/tree/pkg/conf.py")]


@pytest.mark.parametrize(
    ("name", "may_be"),
    [
        ("name", True),
        ("'other'", False),
        ("'pkg.conf'", True),
        ("'pkg'", True),
        ("f'plugins.{name}'", False),
        ("f'pkg.{name}'", True),
        ("f'{package}.{name}'", True),
        ("'plugins.' + name", False),
        ("'plugins.%s' % name", False),
        ("'%s.conf' % name", True),
        ("'plugins.{}'.format(name)", False),
        ("'.'.join(['plugins', 'all', name])", False),
        ("'.'.join([name, 'conf'])", True),
        ("'plugins.one' if name else 'plugins.two'", False),
        ("'plugins.one' if name else name", True),
    ],
)
def test_which_modules_a_computed_name_may_mean(name: str, may_be: bool) -> None:
    (one,) = taken(ast.parse(f"import importlib\ndef load(name, package):\n    importlib.import_module({name})\n"), Path("/tree/tool.py"))
    assert any(n.may_be(HOMES) for n in one.names) is may_be
    assert not one.whole


@pytest.mark.parametrize(
    ("use", "whole", "called", "read"),
    [
        ("module", False, False, set()),
        ("module.setup(app)", False, False, {"setup"}),
        ("getattr(module, 'setup')", False, False, {"setup"}),
        ("getattr(module, name)()", False, True, set()),
        ("print(getattr(module, name))", True, False, set()),
        ("vars(module)", False, False, set()),
        ("print(vars(module))", True, False, set()),
        ("print(vars(module)['setup'])", False, False, {"setup"}),
        ("app.register(module)", True, False, set()),
        ("print(module)", False, False, set()),
        ("inspect.getmembers(module, inspect.isclass)", False, True, set()),
        ("inspect.getmembers(module)", True, False, set()),
        ("[v for v in vars(module).values() if inspect.isclass(v)]", False, True, set()),
        ("[v for v in vars(module).values() if isinstance(v, str)]", True, False, set()),
        ("module.__dict__", False, False, set()),
        ("module.setup.__globals__", True, False, set()),
    ],
)
def test_what_is_read_of_a_module(use: str, whole: bool, called: bool, read: set[str]) -> None:
    text = f"import importlib\nimport inspect\ndef load(name, app):\n    module = importlib.import_module(name)\n    {use}\n"
    (one,) = taken(ast.parse(text), Path("/tree/tool.py"))
    assert one.whole is whole
    assert whole or (one.called, set(one.read)) == (called, read)


@pytest.mark.parametrize(
    ("text", "had"),
    [
        ("from pkg.conf import REGION\nprint(REGION)\n", False),
        ("from pkg import conf\nprint(conf.REGION)\n", False),
        ("from pkg import conf\nshow(conf)\n", True),
        ("from pkg import conf\nprint(conf.__dict__)\n", True),
        ("import pkg.conf\nprint(pkg.conf.REGION)\n", False),
        ("import pkg.conf\nshow(pkg.conf)\n", True),
        ("import pkg\nshow(pkg)\n", True),
        ("import pkg\nprint(pkg.other)\n", False),
        ("from pkg import *\n", True),
        ("import sys\nsys.path.insert(0, 'pkg')\nimport conf\nshow(conf)\n", True),
        ("import inspect\nshow(inspect.getmodule(f))\n", True),
        ("import other\nprint(other.c.REGION)\n", False),
        ("import other\nshow(other.c)\n", True),
        ("import other\nshow(other)\n", True),
        ("from other import c\nshow(c)\n", True),
        ("from other import *\nshow(c)\n", True),
    ],
)
def test_who_has_a_module_as_an_object(text: str, had: bool, tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").write_text("")
    home = tmp_path / "pkg" / "conf.py"
    home.write_text("KEY = 'x'\nREGION = 'y'\n")
    (tmp_path / "other.py").write_text("from pkg import conf as c\nprint(c.REGION)\n")
    (tmp_path / "tool.py").write_text(text)
    assert (holders(tmp_path, frozenset({home})) is None) is had


def test_a_file_that_is_not_understood_may_have_all_names_of_a_module(tmp_path: Path) -> None:
    home, plain, opaque = (tmp_path / name for name in ("conf.py", "plain.py", "opaque.py"))
    home.write_text("KEY = 1\n", encoding="utf-8")
    plain.write_text("from conf import KEY\n", encoding="utf-8")
    opaque.write_text("from conf import *\nprint 'Python 2'\n", encoding="utf-8")
    forget()
    homes, _ = sharing(tmp_path, frozenset({home}))
    assert homes == {home, opaque}
