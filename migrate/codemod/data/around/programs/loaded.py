"""What a program runs of a tree that it does not import by name: modules whose names are computed, Celery's tasks, programs that it starts."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

_LOADS = {
    "import_module",
    "__import__",
    "run_module",
    "run_path",
    "spec_from_file_location",
    "find_modules",
    "import_string",
    "load_object",
}
_FOLDER = {"iter_modules", "walk_packages"}
_TASKS = "autodiscover_tasks"
_STARTS = re.compile(r"\b(?:subprocess|Popen|system|exec[lv]\w*|spawn\w*|run_path|runpy|execute_notebook)\b")
_SCRIPT = re.compile(r"[\w./-]+\.(?:py|ipynb)\b")
_LONGEST = 2000
_TEST = re.compile(r"test_.*|.*_test|conftest|tests?")


def starts_programs(text: str) -> bool:
    """Return whether a file may start another program."""
    return _STARTS.search(text) is not None


def loaded(root: Path, path: Path, node: ast.AST, files: Sequence[Path], anything: bool) -> Iterator[Path]:
    """Yield the files that a call of a program loads by computed names. `anything`: also where nothing is known of the name."""
    if not isinstance(node, ast.Call):
        return
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name == _TASKS:
        said = next((k.value.value for k in node.keywords if k.arg == "related_name" and isinstance(k.value, ast.Constant)), "tasks")
        yield from (p for p in files if p.stem == said or p.parent.name == said)
    elif name in _FOLDER:
        yield from (p for p in files if anything and path.parent in p.parents and not _is_test(root, p))
    elif name in _LOADS and node.args and not isinstance(node.args[-1 if name == "spec_from_file_location" else 0], ast.Constant):
        pattern = _pattern(node.args[-1 if name == "spec_from_file_location" else 0])
        if pattern is not None:
            yield from (p for p in files if re.search(f"/{pattern}$", f"/{p.relative_to(root).with_suffix('').as_posix()}"))
        elif anything:
            yield from (p for p in files if not _is_test(root, p))


def started(root: Path, path: Path, node: ast.AST, files: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that a text of a program names which starts others: `[sys.executable, "main.py"]`, `"python main.py"`."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or len(node.value) > _LONGEST:
        return
    for written in _SCRIPT.findall(node.value):
        plain = written.removeprefix("./")
        yield from (p for p in files if p in (root / plain, path.parent / plain) or ("/" in plain and p.as_posix().endswith(f"/{plain}")))


def _pattern(node: ast.expr) -> str | None:
    """Return the form of a computed name as a path; None where nothing of it is known."""
    match node:
        case ast.JoinedStr():
            text = "".join(str(v.value) if isinstance(v, ast.Constant) else "\0" for v in node.values)
        case ast.BinOp(left=ast.Constant(value=str() as left), op=ast.Add()):
            text = left + "\0"
        case ast.BinOp(left=ast.Constant(value=str() as left), op=ast.Mod()):
            text = re.sub(r"%\w", "\0", left)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as left), attr="format")):
            text = re.sub(r"\{\w*\}", "\0", left)
        case _:
            return None
    parts = text.removesuffix(".py").replace(".", "/").lstrip("/").split("\0")
    if not re.search(r"\w", parts[0]) or len(parts) > 5:
        return None
    return ".*".join(re.escape(part) for part in parts)


def _is_test(root: Path, path: Path) -> bool:
    return any(_TEST.fullmatch(part) for part in path.relative_to(root).with_suffix("").parts)
