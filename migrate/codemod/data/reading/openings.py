"""Code that reads files by a path that is not written down: from the command line, a listing, a parameter. It may read any file below the root.

A path that surely ends in another name or suffix is no obstacle, and neither is one that `reads` has followed.
"""

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.data.following.trail import Problem
from migrate.codemod.data.reading.paths import is_it, where

_OPEN = {"open", "io.open", "codecs.open", "os.open"}
_LOAD = {
    "toml.load",
    "dotenv.load_dotenv",
    "dotenv.main.load_dotenv",
    "dotenv.dotenv_values",
    "dotenv.main.dotenv_values",
    "decouple.RepositoryEnv",
    "decouple.RepositoryIni",
    "logging.config.fileConfig",
    "runpy.run_path",
    "pandas.read_json",
    "polars.read_json",
}
"""Callables of libraries that read the file which their first argument names."""
_DOTENV = {name for name in _LOAD if name.startswith(("dotenv.", "decouple."))}
_READS = {
    *("open", "open_file", "load", "load_file", "read", "read_file", "read_text", "read_bytes", "read_json", "read_yaml", "read_toml"),
    *("urlopen", "urlretrieve", "fromfile", "loadtxt", "genfromtxt", "getline", "getlines", "cat", "cat_file", "ConfigObj", "FileIO"),
}
"""What callables of libraries are called that read a file, or an address that may be a file's."""
_NO_SETTINGS = {
    *("json", "simplejson", "ujson", "yaml", "tomllib", "tomli", "tomlkit", "plistlib"),  # these read what is open already
    *("pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "dbm", "torch", "torchaudio", "librosa", "soundfile"),
    *("wave", "PIL", "cv2", "imageio", "skimage", "tarfile", "zipfile", "gzip", "bz2", "lzma", "rasterio", "fiona", "h5py", "nibabel"),
    *(
        "pydicom",
        "webbrowser",
        "pandas",
        "fitz",
        "pymupdf",
        "scipy",
        "pydub",
        "pdfplumber",
        "docx",
        "pptx",
        "openpyxl",
        "xarray",
        "nltk",
        "spacy",
    ),
}
"""Libraries whose functions of these names read other formats, or streams: what opens those is asked for itself."""
_FROM = {"from_file", "from_json", "from_pyfile", "from_yaml", "from_toml", "read_env"}
_ANY = {"argparse.FileType", "click.File", "typer.FileText", "typer.FileBinaryRead", "fileinput.input", "fileinput.FileInput", "sys.stdin"}
"""What opens files that somebody names on the command line."""
_PASSES = {
    "str",
    "os.fspath",
    "os.path.abspath",
    "os.path.realpath",
    "os.path.expanduser",
    "os.path.normpath",
    "pathlib.Path",
    "pathlib.PurePath",
}
_METHODS = {"resolve", "absolute", "expanduser", "as_posix", "__str__", "strip"}
_LOADS = {"load", "load_all", "read_text"}
_LOADS_OF = (b"ruamel", b"strictyaml", b"pyjson5", b"json5", b"hjson", b"commentjson")
_DEEPEST = 8


class Openings:
    """Looks for such code. `dotenv`: only what reads files of variables counts. `followed`: paths that `reads` has found already."""

    def __init__(self, sources: Sources, target: Path, followed: Collection[ast.AST]) -> None:
        self.sources = sources
        self.followed = followed
        self.target, self.name = target, target.name
        self.dotenv = target.name.startswith(".env") or target.suffix == ".env"
        # a parser may be a class of the program's own, or made in another file than the one that reads
        self.parsed = target.suffix not in (".json", ".yaml", ".yml") and any(
            b"configparser" in sources.data(path).lower() for path in sources.paths
        )

    def first(self) -> Problem | None:
        """Return the first place that may read the file by a path that is not known; None where there is none."""
        words = (
            (b"dotenv", b"read_env", b"decouple")
            if self.dotenv
            else (b"open", b"read", b"load", b"stdin", b"File", b"from", b"cat", b"getline", b"ConfigObj")
        )
        for path in self.sources.paths:
            data = self.sources.data(path)
            if not any(word in data for word in words) or (file := self.sources.file(path)) is None:
                continue
            for node in file.source.parents:
                if isinstance(node, ast.Call):
                    if any(self.may_mean(file, said) for said in self._read_by(file, node, data)):
                        return Problem(file, node, "it reads a file by a path that is not known, which may be this one")
                elif not self.dotenv and isinstance(node, ast.Attribute | ast.Name) and self.sources.library(file, node) in _ANY:
                    up = file.source.parents[node]
                    if not (isinstance(up, ast.Call) and up.func is node and up.args and not _reads(up, 0)):
                        return Problem(file, node, "it reads files that are named on the command line")
        return None

    def _read_by(self, file: File, call: ast.Call, data: bytes) -> Iterator[ast.expr]:
        """The paths that a call reads."""
        name = self.sources.library(file, call.func) or ""
        if not name and isinstance(call.func, ast.Name) and file.home(call.func) is None:
            name = call.func.id
        first = call.args[:1] or [
            k.value for k in call.keywords if k.arg in ("file", "path", "filename", "dotenv_path", "env_path", "source")
        ]
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if self.dotenv:
            if name in _DOTENV or (method == "read_env" and first):
                yield from first
        elif name in _OPEN:
            if name == "os.open" or _reads(call, 1):
                yield from first
        elif name in _LOAD or method in _FROM:
            yield from first
        elif method == "from_envvar":
            yield call
        elif _is_reader(name):
            yield from first
        elif isinstance(call.func, ast.Attribute) and (not name or name.startswith("pathlib.")):
            if method == "open" and (not first or _is_mode(first[0])):
                if _reads(call, 0):
                    yield call.func.value
            elif (
                method == "open"
                or (method == "read" and self.parsed)
                or method in ("cat", "cat_file", "read_block")
                or (method in _LOADS and any(word in data for word in _LOADS_OF))
            ):
                yield from first
            elif method in ("read_text", "read_bytes"):
                yield call.func.value

    def may_mean(self, file: File, node: ast.expr, depth: int = 0) -> bool:  # noqa: C901 - a case for each form of a path
        """Return whether a path that `reads` has not followed may be the file's."""
        if depth > _DEEPEST:
            return True
        if node in self.followed:
            return False
        if (said := where(self.sources, file, node)) is not None:
            return is_it(said, self.target) is not False
        if _elsewhere(node):
            return False
        match node:
            case ast.Constant(value=bytes() as raw):
                return raw.decode("utf-8", "replace").rpartition("/")[2] == self.name
            case ast.Constant() | ast.Name(id="__file__"):
                return False
            case ast.BinOp(left=ast.Constant(value=int()), right=ast.Constant(value=int())):
                return False  # `read(1024 * 1024)`: a size
            case ast.JoinedStr(values=[*_, ast.Constant(value=str() as text)]):
                return self._ends(text)
            case ast.JoinedStr(values=[*_, ast.FormattedValue(value=value)]):
                return self.may_mean(file, value, depth + 1)
            case ast.BinOp(op=ast.Add() | ast.Div(), right=ast.Constant(value=str() as text)):
                return isinstance(node.op, ast.Add) and self._ends(text)
            case ast.BinOp(op=ast.Add() | ast.Div(), right=right):
                return self.may_mean(file, right, depth + 1)
            case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str() as text)):
                return self._ends(re.split(r"%[\d.]*[a-z]|%\(\w+\)[a-z]", text)[-1])
            case ast.Call(func=ast.Attribute(attr="format", value=ast.Constant(value=str() as text))):
                return self._ends(text.rpartition("}")[2])
            case ast.IfExp(body=one, orelse=other):
                return self.may_mean(file, one, depth + 1) or self.may_mean(file, other, depth + 1)
            case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
                return any(self.may_mean(file, v, depth + 1) for v in values)
            case ast.Call():
                return self._made(file, node, depth)
            case ast.Name():
                return self._named(file, node, depth)
        return True

    def _ends(self, text: str) -> bool:
        """May a text at the end of a path be the end of the file's name?"""
        return self.name == text.rpartition("/")[2] if "/" in text else self.name.endswith(text)

    def _made(self, file: File, call: ast.Call, depth: int) -> bool:
        """A path that a call gives."""
        name = self.sources.library(file, call.func) or ""
        if not name and isinstance(call.func, ast.Name) and file.home(call.func) is None:
            name = call.func.id
        if name in _OPEN or (isinstance(call.func, ast.Attribute) and call.func.attr == "open"):
            return False  # what is open already: its opening is asked for itself
        if name.startswith("tempfile.") or (name == "dotenv.find_dotenv" and not call.args and not call.keywords):
            return False  # the latter is what load_dotenv does by itself
        if name == "urllib.request.Request" and call.args:
            return self.may_mean(file, call.args[0], depth + 1)
        if (name == "os.path.join" or name in _PASSES) and call.args and not any(isinstance(a, ast.Starred) for a in call.args):
            return self.may_mean(file, call.args[-1], depth + 1)
        if isinstance(call.func, ast.Attribute):
            if call.func.attr in ("joinpath", "with_name") and call.args:
                return self.may_mean(file, call.args[-1], depth + 1)
            if call.func.attr in _METHODS:
                return self.may_mean(file, call.func.value, depth + 1)
        return True

    def _named(self, file: File, node: ast.Name, depth: int) -> bool:
        """A path that a name holds: by its one assignment, or by what all callers give for a parameter."""
        bound = file.bound(node)
        up = file.source.parents.get(bound) if bound is not None else None
        if isinstance(up, ast.Assign | ast.AnnAssign) and up.value is not None and bound in (getattr(up, "targets", None) or [up.target]):  # type: ignore[union-attr]
            return self.may_mean(file, up.value, depth + 1)
        if isinstance(up, ast.withitem) and up.optional_vars is bound:
            return self.may_mean(file, up.context_expr, depth + 1)
        if isinstance(bound, ast.arg):
            function = file.scope(bound)
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and not function.decorator_list:
                return self._given(file, function, bound, depth)
        return True

    def _given(self, file: File, function: ast.FunctionDef | ast.AsyncFunctionDef, arg: ast.arg, depth: int) -> bool:
        plain = [*function.args.posonlyargs, *function.args.args]
        at = plain.index(arg) if arg in plain else None
        if isinstance(file.scope(function), ast.ClassDef):
            return True
        defaults = dict(zip([a.arg for a in reversed(plain)], reversed(function.args.defaults), strict=False))
        defaults |= {a.arg: d for a, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if d is not None}
        called = False
        for path in self.sources.holding(function.name.encode()):
            if (other := self.sources.file(path)) is None:
                return True
            for node in other.source.parents:
                if not (
                    (isinstance(node, ast.Name) and node.id == function.name)
                    or (isinstance(node, ast.Attribute) and node.attr == function.name)
                ):
                    continue
                if self.sources.library(other, node) is not None:
                    continue  # `json.load`, where the program has a `load` of its own
                call = other.source.parents[node]
                if not isinstance(call, ast.Call) or call.func is not node or any(k.arg is None for k in call.keywords):
                    return True
                if any(isinstance(a, ast.Starred) for a in call.args):
                    return True
                called = True
                said = next(
                    (k.value for k in call.keywords if k.arg == arg.arg), call.args[at] if at is not None and at < len(call.args) else None
                )
                if said is not None and self.may_mean(other, said, depth + 1):
                    return True
                if said is None and ((default := defaults.get(arg.arg)) is None or self.may_mean(file, default, depth + 1)):
                    return True
        return not called


def _is_reader(name: str) -> bool:
    """Is a library's callable one that may read the file which its first argument names?"""
    top, last = name.partition(".")[0], name.rpartition(".")[2]
    return "." in name and last in _READS and top not in _NO_SETTINGS and not name.startswith(("numpy.load", "pathlib."))


def _elsewhere(node: ast.expr) -> bool:
    """Does a text begin as an address that is no file's?"""
    while isinstance(node, ast.BinOp):
        node = node.left
    first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
    text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    return "://" in text and not text.startswith("file:")


def _is_mode(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[rwaxbt+U]{1,4}", node.value) is not None


def _reads(call: ast.Call, at: int) -> bool:
    """Is a file not surely opened to be written?"""
    mode = next((k.value for k in call.keywords if k.arg == "mode"), call.args[at] if len(call.args) > at else None)
    return not (
        isinstance(mode, ast.Constant) and isinstance(mode.value, str) and mode.value[:1] in ("w", "a", "x") and "+" not in mode.value
    )
