"""Which file of a root may read the text of a key's module, by a path that is not written out: by `__file__`, in a folder that it lists, or computed.

What then takes values out of the text finds them no more. A path that is written out is found by its bytes (`migrate.codemod.proof.around.loading.readers`).
"""

import ast
import re
from collections.abc import Collection, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from migrate.codemod.proof.around.below import kept, module_name
from migrate.codemod.proof.around.imports import PARSED, asked
from migrate.codemod.proof.around.vocabulary import sifted
from migrate.codemod.proof.evaluation.names.outline import last_name
from migrate.tree.unrelated import is_unrelated

_OPTIONS = frozenset(
    {"from_pyfile", "from_envvar", "parse_config_file", "execfile", "load_config_file", "config_from_envvar", "fromfile", "update_config"}
)
"""What takes the names of a Python file that it is given as settings: Flask, Tornado, traitlets, Celery, MMEngine, Sanic."""
_OF_FLASK = frozenset({"from_pyfile", "from_envvar"})
_LISTING = frozenset({"glob", "rglob", "iglob", "listdir", "scandir", "walk", "fwalk", "iterdir"})
_READING = frozenset({"read_text", "read_bytes", "getline", "getlines", "FileInput", "get_data", "open_text", "read_binary", "open_binary"})
_OPENING = frozenset({"open", "fopen", "input"})
_OF_SOURCE = frozenset({"origin", "get_source", "get_data", "source_to_code", "get_filename", "cached"})
"""What a module's spec or loader tells of its file."""
_PATHS = frozenset({"dirname", "basename", "relpath", "split", "splitext", "getmtime", "getctime", "exists", "isfile", "stat", "print", "getLogger", "debug", "info",
                    "warning", "error", "Flask", "Blueprint", "main"})  # fmt: skip
"""Calls that read no text of a file whose path they are given, and give no path of it (`pytest.main([__file__])`)."""
_SAME_PATH = frozenset({"abspath", "realpath", "normpath", "normcase", "Path", "PurePath", "fspath", "str", "resolve", "absolute", "expanduser", "path", "Unipath", "unicode",
                        "join", "as_posix"})  # fmt: skip
"""Calls that give a path for a path."""
_BESIDE = frozenset({"parent", "parents", "parts", "name", "stem", "ancestor", "with_name", "with_suffix", "relative_to", "stat", "exists"})
_SAID = re.compile(
    rb"__file__|(?<![A-Za-z0-9_])(?:open|read_text|read_bytes|getlines?|FileInput|fileinput|get_data|open_text|read_binary|open_binary|get_source|getsource|getsourcelines|findsource"
    rb"|from_pyfile|from_envvar|parse_config_file|execfile|load_config_file|config_from_envvar|fromfile|update_config)(?![A-Za-z0-9_])"
)
_TAKING_OUT = re.compile(
    rb"(?<![A-Za-z0-9_])(?:ast|re|regex|tokenize|libcst|parso|jedi|rope|tree_sitter)(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?:exec|eval|compile|literal_eval|parse|r?split|r?partition|splitlines)\s*\("
)
"""What takes values out of a text: a search for a licence in all sources does not."""
_WORD = re.compile(rb"[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*")
_ANY = frozenset({"", ".", "./", "*", "**"})


class Reads(NamedTuple):
    """How a file reads the text of others. `whose`: names of modules whose file it opens, None for any; `own`: its own; `parts`: what computed names of
    Python files look like, as patterns; `folders`: what is listed, by the last part of its name ("" for the folder of the process, None for its own)."""

    whose: frozenset[str | None]
    own: bool
    patterns: frozenset[str]
    folders: frozenset[str | None]
    options: frozenset[str]


def reads_text(root: Path, homes: Collection[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each Python file that may read the text of a module of `homes`, and how it does so."""
    stems = {module_name(p) for p in homes}
    for path, python in sifted(root, _SAID):
        if not python or path.suffix not in PARSED or _SAID.search(kept[path]) is None:
            continue
        takes_out = bool(_TAKING_OUT.search(kept[path]))
        found = asked(root, path, reads, takes_out)
        if found is None:
            if not is_unrelated(path) and not _is_test(path) and (how := _by_bytes(kept[path], stems, takes_out)) is not None:
                yield path, how
            continue
        whose = {name for name in found.whose if name in stems or (name is None and not is_unrelated(path))}
        if whose or (found.own and path in homes):
            yield path, "__file__"
        if is_unrelated(path) or _is_test(path):
            continue
        if any(_matches(home, pattern) for home in homes for pattern in found.patterns):
            yield path, "open"
        if any(_is_listed(root, path, home, folder) for home in homes for folder in found.folders):
            yield path, "open"
        yield from ((path, device) for device in sorted(found.options))


def _by_bytes(data: bytes, stems: Collection[str], takes_out: bool) -> str | None:
    """Return how a file that is not understood may read the text of a module, as far as its words show it."""
    words = {word.decode("utf-8", "replace") for word in _WORD.findall(data)}
    device: str | None = min(words & _OPTIONS, default=None)
    if device is not None:
        return device
    return "open" if takes_out and not words.isdisjoint({*stems, *_LISTING}) else None


def of_flask(device: str) -> bool:
    """Return whether what a device takes is asked of a Flask application's settings alone."""
    return device in _OF_FLASK


def _is_test(path: Path) -> bool:
    """Return whether pytest collects a file: what it reads of all sources it holds against rules."""
    return path.name.startswith("test_") or path.stem.endswith("_test")


def _matches(home: Path, pattern: str) -> bool:
    folder, _, name = pattern.rpartition("/")
    return fnmatch(home.name, name) and (not folder or folder in (up.name for up in home.parents))


def _is_listed(root: Path, path: Path, home: Path, folder: str | None) -> bool:
    if folder is None:
        return home.parent == path.parent
    return home.parent == root if not folder else home.parent.name == folder


def reads(tree: ast.Module, takes_out: bool) -> Reads:
    """Return how a file reads the text of others."""
    return _File(tree).reads(takes_out)


class _File:
    """The tree of a file, with what its names are given."""

    def __init__(self, tree: ast.Module) -> None:
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self.given: dict[str, list[ast.expr]] = {}
        self.imported: dict[str, set[str]] = {}
        for node in self.parents:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.given.setdefault(name, []).append(value)
                case ast.alias(name=name, asname=other):
                    plain = isinstance(self.parents[node], ast.Import)
                    its = name.rpartition(".")[2] if other or not plain else name.partition(".")[0]
                    self.imported.setdefault(other or its, set()).add(its)
        self.calls = [n for n in self.parents if isinstance(n, ast.Call)]

    def reads(self, takes_out: bool) -> Reads:
        whose, own = self._files()
        opened = list(self._opened())
        options = frozenset(filter(None, map(self._option, self.calls)))
        if not takes_out or not opened:
            return Reads(whose, own, frozenset(), frozenset(), options)
        return Reads(whose, own, frozenset(self._patterns()), frozenset(self._folders(opened)), options)

    # whose file is opened

    def _files(self) -> tuple[frozenset[str | None], bool]:
        """Return the modules whose file is used for more than its folder, and whether the file itself is one of them."""
        whose: set[str | None] = set()
        own = False
        said = {n.attr if isinstance(n, ast.Attribute) else n.id for n in self.parents if isinstance(n, ast.Attribute | ast.Name)}
        specs = not said.isdisjoint({"find_spec", "__spec__", "spec_from_file_location", "find_loader", "get_loader", "__loader__"})
        for node in self.parents:
            match node:
                case ast.Name(id="__file__"):
                    own = own or self._is_opened(node)
                case ast.Attribute(attr="__file__" | "__cached__", value=base) if self._is_opened(node):
                    whose |= self.imported.get(base.id, {None}) if isinstance(base, ast.Name) else {None}
                case ast.Attribute(attr=attr) if specs and attr in _OF_SOURCE and self._is_opened(node):
                    whose.add(None)
                case ast.Call(args=[of, *_]) if last_name(node.func) in ("getsource", "getsourcelines", "findsource"):
                    whose |= self.imported.get(of.id, set()) if isinstance(of, ast.Name) else set()
                    whose |= {None} if isinstance(of, ast.Call | ast.Subscript) else set()
                case ast.Constant(value="__file__") if isinstance(self.parents[node], ast.Call | ast.Subscript):
                    whose.add(None)
        return frozenset(whose), own

    def _is_opened(self, node: ast.AST) -> bool:
        """Return whether a path of a file may be used for more than the folder that it is in."""
        parent = self.parents.get(node)
        match parent:
            case ast.Call() if parent.func is not node:
                name = last_name(parent.func)
                if name == "join" and len(parent.args) > 1 and _leads_up(parent.args[1]):
                    return False
                return name not in _PATHS and (name not in _SAME_PATH or self._is_opened(parent))
            case ast.Call():
                return self._is_opened(parent) if last_name(node) in _SAME_PATH else True
            case ast.Attribute(attr=attr):
                if attr in _SAME_PATH:
                    return self._is_opened(parent)
                return attr not in _BESIDE and attr not in ("rpartition", "rsplit", "split", "replace", "endswith", "startswith")
            case ast.BinOp(op=ast.Div() | ast.Sub()) if parent.left is node:
                return not (isinstance(parent.op, ast.Sub) or _leads_up(parent.right))
            case ast.List() | ast.Tuple() if isinstance(self.parents[parent], ast.Call):
                return self._is_opened(parent)
            case ast.Compare() | ast.FormattedValue() | ast.BoolOp() | ast.If() | ast.Expr():
                return isinstance(parent, ast.BoolOp) and self._is_opened(parent)
            case ast.Assign(targets=[ast.Name(id=name)]):
                return any(
                    self._is_opened(n) for n in self.parents if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
                )
        return True

    # which texts are read

    def _opened(self) -> Iterator[ast.Call]:
        """Yield the calls that read a text."""
        for call in self.calls:
            name = last_name(call.func)
            if name in _READING:
                yield call
            elif name in _OPENING and not (name == "input" and isinstance(call.func, ast.Name)):
                method = isinstance(call.func, ast.Attribute) and last_name(call.func.value) not in (
                    "io",
                    "codecs",
                    "tokenize",
                    "gzip",
                    "os",
                    "fileinput",
                    "builtins",
                )
                at = 0 if method else 1
                mode = next((k.value for k in call.keywords if k.arg == "mode"), call.args[at] if len(call.args) > at else None)
                if not (isinstance(mode, ast.Constant) and isinstance(mode.value, str) and mode.value[:1] in ("w", "a", "x")):
                    yield call

    def _patterns(self) -> Iterator[str]:
        """Yield what the names of Python files look like that are computed, or looked for."""
        for node in self.parents:
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".py")) or len(node.value) > 200:
                continue
            text = node.value.rpartition("/")[2]
            parent = self.parents[node]
            computed = isinstance(parent, ast.JoinedStr) or (isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add))
            if text == ".py":
                yield "*.py"
            elif any(c in text for c in "*?["):
                call = parent if isinstance(parent, ast.Call) and last_name(parent.func) in _LISTING else None
                where = [node, *([call.func.value] if isinstance(call.func, ast.Attribute) else [])] if call is not None else []
                ways = [v for w in where for v in (self.given.get(w.id, [w]) if isinstance(w, ast.Name) else [w])]
                folders = {f for w in ways for f in self._last([w]) if f and f != text}
                yield from (f"{f}/{text}" for f in folders) if folders else (text,)
            elif computed and "/" not in node.value:
                yield f"*{text}"
            elif "%s" in text or "{" in text:
                yield re.sub(r"%\(?\w*\)?s|\{[^}]*\}", "*", text)

    def _folders(self, opened: list[ast.Call]) -> Iterator[str | None]:
        """Yield the folders of which any file may be read: those that are listed, and those of paths that end in a computed name."""
        for call in self.calls:
            name = last_name(call.func)
            if name not in _LISTING or last_name(getattr(call.func, "value", call.func)) == "ast":
                continue
            patterns = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)] if "glob" in name else []
            if patterns and not any(p.rpartition("/")[2] in _ANY or p.endswith("*") for p in patterns):
                continue
            wanted = [*call.args[:1], *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]
            yield from self._last([w for w in wanted if last_name(w) != "os"])
        for call in opened:
            for path in [*call.args[:1], *([call.func.value] if isinstance(call.func, ast.Attribute) else [])]:
                if self._ends_computed(path, 0):
                    yield from (f for f in self._last([path]) if f)
        for call in self.calls:
            if last_name(call.func) == "get_data" and len(call.args) == 2 and not isinstance(call.args[1], ast.Constant):
                yield from self._last(call.args[:1])

    def _ends_computed(self, path: ast.expr, deep: int) -> bool:
        """Return whether the last part of a path is computed, and something before it is written out."""
        match path:
            case ast.Name(id=name) if deep < 3:
                return any(self._ends_computed(v, deep + 1) for v in self.given.get(name, ()))
            case (
                ast.JoinedStr(values=[*_, ast.FormattedValue()])
                | ast.BinOp(op=ast.Div() | ast.Add(), right=ast.Name() | ast.Attribute() | ast.Subscript() | ast.Call())
            ):
                return True
            case ast.Call(func=func, args=[*_, last]) if last_name(func) in ("join", "joinpath"):
                return not isinstance(last, ast.Constant)
            case ast.Call(func=func, args=[one, *_]) if last_name(func) in _SAME_PATH:
                return self._ends_computed(one, deep)
        return False

    def _last(self, paths: list[ast.expr]) -> Iterator[str | None]:
        """Yield the folder that some expressions lead to, as far as texts in them tell: the last part that is written out."""
        said = [word for path in paths for word in self._words(path, 0)]
        texts = [t for t in said if t is not None]
        named = [t for t in texts if t.strip("./*")]
        if named:
            yield named[-1].rstrip("/*.").rpartition("/")[2]
        elif None in said:
            yield None
        elif texts or not paths:
            yield ""

    def _words(self, node: ast.expr, deep: int) -> Iterator[str | None]:
        """Yield the texts in an expression, and those of names; None for the file itself."""
        match node:
            case ast.Constant(value=str() as text):
                yield text
            case ast.Name(id="__file__"):
                yield None
            case ast.Name(id=name):
                if deep < 3 and len(values := self.given.get(name, [])) == 1:
                    yield from self._words(values[0], deep + 1)
                yield from (i for i in self.imported.get(name, ()) if i not in ("os", "Path", "pathlib", "glob"))
            case ast.Attribute(value=value):
                yield from self._words(value, deep)
            case ast.Call(func=func, args=args):
                if last_name(func) in ("cwd", "getcwd") or (last_name(func) in ("Path", "PurePath") and not args):
                    yield "."
                if isinstance(func, ast.Attribute):
                    yield from self._words(func.value, deep)
                for arg in args:
                    yield from self._words(arg, deep)
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        yield from self._words(child, deep)

    def _option(self, call: ast.Call) -> str | None:
        """Return what takes a Python file as settings, by a path that is not written out."""
        name = last_name(call.func)
        if name not in _OPTIONS or (name == "fromfile" and not last_name(getattr(call.func, "value", call.func)).endswith("onfig")):
            return None
        fixed = name not in ("from_envvar", "config_from_envvar") and call.args and isinstance(call.args[0], ast.Constant)
        known = name != "update_config" or "Sanic" in self.imported  # a name that others have, too
        return name if known and not fixed else None


def _leads_up(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("..")
