"""Where what holds a key may be: in each of these programs it comes back to an access that is not understood, and that must not be missed.

The programs are left for other reasons, too; here the one question is asked alone, with the whole program known and with nothing but the first file.
"""

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from migrate.codemod.proof.around.mentions import Mentions, forget
from migrate.codemod.proof.case import After, Case
from migrate.codemod.proof.checks.names.confined import spread
from migrate.codemod.proof.evaluation.evaluate import Evaluator
from migrate.codemod.proof.evaluation.world import World
from tests.codemod.test_programs_left import PROGRAMS
from tests.madeup import key_id, secret

HANDED = [n for n, files in PROGRAMS.items() if "class QueueClient" in files.get("queues.py", "") or "CREDS =" in files.get("conf.py", "")]
PARTS = ("access_key", "access")


def laid_down(folder: Path, files: dict[str, str]) -> Path:
    """Write a program, and return the file that has the key."""
    for file, text in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text.replace("<id:dev>", key_id("dev")).replace("<secret:dev>", secret("dev")), encoding="utf-8")
    forget()
    return folder / ("queues.py" if "queues.py" in files else "conf.py")


def asked(root: Path, known: list[Path]) -> tuple[Case, ast.AST]:
    """Return as much of a proof as the question needs, and what holds the key."""
    ev = Evaluator(World(root, {p: ast.parse(p.read_text("utf-8")) for p in known}, parsed), frozenset({key_id("dev")}))
    units = list(ev.world.units.values())
    clients = {c for u in units for c in u.parents if isinstance(c, ast.Call) and any(v.data == "boto3.client" for v in ev.value(c.func))}
    rewritten: Any = SimpleNamespace(mentions=Mentions(root), root=root)
    held: Any = SimpleNamespace(sinks=clients)
    case = Case(rewritten, [], ev, [], After(ev.world, lambda world: (ev, [])), frozenset(), held)
    holder = next(
        n
        for u in units
        for n in u.parents
        if (isinstance(n, ast.ClassDef) and n.name == "QueueClient")
        or (isinstance(n, ast.Dict) and u.path.name == "conf.py" and any(isinstance(k, ast.Constant) for k in n.keys))
    )
    return case, holder


def parsed(path: Path) -> ast.Module | None:
    """Return a file's tree."""
    return ast.parse(path.read_text("utf-8")) if path.is_file() else None


def accesses(tree: ast.Module) -> list[ast.expr]:
    """Return what is asked for a part of a key under its name."""
    out: list[ast.expr] = [n.value for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in PARTS]
    return out + [n.value for n in ast.walk(tree) if isinstance(n, ast.Subscript) and getattr(n.slice, "value", None) in PARTS]


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "one-file"])
@pytest.mark.parametrize("name", HANDED)
def test_no_access_is_missed(name: str, whole: bool, tmp_path: Path) -> None:
    home = laid_down(tmp_path, PROGRAMS[name])
    every = sorted(tmp_path.rglob("*.py"))
    case, holder = asked(tmp_path, every if whole else [home])
    where = spread(case, frozenset({holder}))
    if where is not None:
        units = case.old.world.units
        outside = [p for p in every if p not in units and accesses(ast.parse(p.read_text("utf-8")))]
        assert not outside
        assert all(base in where.nodes for p in every if p in units for base in accesses(units[p].tree))


def test_what_stays_is_known(tmp_path: Path) -> None:
    files = {
        "queues.py": 'class QueueClient:\n    access_key = "<id:dev>"\n\n    def listed(self):\n        return len(self.access_key)\n',
        "main.py": "import other\nfrom queues import QueueClient\n\nclient = QueueClient()\nclient.listed()\nother.shown([])\n",
        "other.py": "def shown(rows):\n    return [row.access_key for row in rows]\n",
    }
    laid_down(tmp_path, files)
    case, holder = asked(tmp_path, sorted(tmp_path.rglob("*.py")))
    where = spread(case, frozenset({holder}))
    assert where is not None
    found = {ast.unparse(base) for u in case.old.world.units.values() for base in accesses(u.tree) if base in where.nodes}
    assert found == {"self"}
