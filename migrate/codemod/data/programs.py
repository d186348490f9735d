"""Sources below a root by program: those that one process may load together, as far as imports and names of modules in texts say."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from migrate.codemod.data.following.names import File, Sources

_BY_COMPUTED_NAMES = re.compile(
    rb"\bimportlib\b|__import__|\brunpy\b|\bexec\(|\bexecfile\b|\bpkgutil\b|\bentry_points\b|\bimport_string\b|\bwalk_packages\b|\bfind_modules\b|"
    rb"\bsys\.path\b|\bsys\.modules\b|%run\b"
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*(?::\w+)?")


def programs(sources: Sources) -> list[list[Path]]:
    """Return the sources in groups, of which none has to do with another; one group where modules may be loaded by computed names."""
    if any(_BY_COMPUTED_NAMES.search(sources.data(p)) or sources.file(p) is None for p in sources.paths):
        return [list(sources.paths)]
    parent = {path: path for path in sources.paths}

    def top(path: Path) -> Path:
        while parent[path] != path:
            parent[path] = parent[parent[path]]
            path = parent[path]
        return path

    stems: dict[str, list[Path]] = defaultdict(list)
    for path in sources.paths:
        stems[path.parent.name if path.name == "__init__.py" else path.stem].append(path)
    folders: dict[Path, list[Path]] = defaultdict(list)
    for path in sources.paths:
        if path.name in ("__init__.py", "conftest.py"):
            folders[path.parent].append(path)
    for path in sources.paths:
        file = sources.file(path)
        assert file is not None
        beside = [one for above in path.parents for one in folders.get(above, ())]
        for other in (*beside, *_named(sources, file, stems)):
            if other in parent:
                parent[top(path)] = top(other)
    out: dict[Path, list[Path]] = defaultdict(list)
    for path in sources.paths:
        out[top(path)].append(path)
    return list(out.values())


def _named(sources: Sources, file: File, stems: dict[str, list[Path]]) -> Iterator[Path]:
    """The files that a source imports, or may mean by a text."""
    for node in file.source.parents:
        if isinstance(node, ast.alias):
            if (there := sources.imported(file, node)) is not None:
                yield there[0]
            statement = file.source.parents[node]
            words = [node.name, *([statement.module or ""] if isinstance(statement, ast.ImportFrom) else [])]
            yield from (p for text in words for word in text.split(".") for p in stems.get(word, ()))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _DOTTED.fullmatch(node.value):
            yield from (p for word in re.split(r"[.:]", node.value) for p in stems.get(word, ()))
