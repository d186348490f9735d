"""Beside a settings file with a key: what in Python reads it, and whether `code` rewrites the two together."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.findings import Finding, Related

if TYPE_CHECKING:
    from migrate.codemod.data.tree import Tree

_KINDS = ("AWS306", "AWS313")
_LARGEST = 8 << 20
_MOST_FILES = 30_000


def with_readers(findings: Iterable[Finding], top: Path, files: int) -> list[Finding]:
    """The findings, those of settings files with advice that fits what reads them. `top` is the path that was scanned."""
    from migrate.tree.files import project_root

    trees: dict[Path, Tree] = {}
    out = []
    for finding in findings:
        if finding.code in _KINDS:
            folder = Path(finding.path).parent
            root = project_root(folder, top if top.is_dir() else folder)
            if (root / ".git").exists() or files < _MOST_FILES:
                finding = _told(finding, root, trees)
        out.append(finding)
    return out


def _told(finding: Finding, root: Path, trees: "dict[Path, Tree]") -> Finding:
    from migrate.codemod.data.convert import convert
    from migrate.codemod.data.left import MOST_REASONS
    from migrate.codemod.data.tree import Tree
    from migrate.codemod.keys.mapping import KeyMap
    from migrate.tree.files import read

    path = Path(finding.path)
    data = b""
    with suppress(OSError):
        data = read(path) if path.stat().st_size <= _LARGEST else b""
    if not data:
        return replace(finding, help=f"{finding.help}\naws-sso-migrate code leaves it unchanged: it is too large or cannot be read")
    if root not in trees:
        trees[root] = Tree(root, {})
    # any name will do: whether it can be done does not hang on the profile
    came = convert(trees[root], path, data, KeyMap({}, "profile"))
    reading = {(p.path, p.line): p for p in (*came.readers[:MOST_REASONS], *came.places)}  # what is in the way goes before what reads
    lines = [f"{p.path.relative_to(root) if p.path.is_relative_to(root) else p.path}:{p.line}: {p.said}" for p in reading.values()]
    related = tuple(Related(str(p.path), p.said, p.line) for p in reading.values())
    if came.files:
        names = sorted(p.name for p in came.files if p != path)
        beside = f" together with {', '.join(names)}" if names else ""
        help = f"rewrite it with aws-sso-migrate code{beside}; map the key to a profile with --map-key"
    elif came.reason:
        help = f"{finding.help}\naws-sso-migrate code leaves it unchanged: {came.reason}"
    else:
        return finding
    return replace(finding, help="\n".join([help, *lines]), related=related)
