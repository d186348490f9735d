"""An opened settings file and its text: what of `json.load`, `yaml.safe_load`, `configparser` and their like reads it."""

import ast
from typing import TYPE_CHECKING

from migrate.codemod.data.following.names import File
from migrate.codemod.data.reading.roots import Root

if TYPE_CHECKING:
    from migrate.codemod.data.reading.reads import Finder

STREAMS = {"json.load", "yaml.safe_load", "yaml.load", "tomllib.load", "tomli.load", "toml.load"}
_TEXTS = {"json.loads", "yaml.safe_load", "yaml.load", "tomllib.loads", "tomli.loads", "toml.loads"}
_PARSERS = {"configparser.ConfigParser", "configparser.RawConfigParser", "configparser.SafeConfigParser"}


def stream(finder: "Finder", file: File, node: ast.expr) -> None:
    """An expression is the opened file."""
    up = file.source.parents[node]
    match up:
        case ast.withitem(context_expr=context, optional_vars=ast.Name() as target) if context is node:
            _streams(finder, file, target)
            return
        case ast.Assign(targets=[ast.Name() as target]):
            _streams(finder, file, target)
            return
        case ast.Call() if node in up.args:
            _loaded(finder, file, up, STREAMS)
            return
        case ast.Attribute(attr="read") if isinstance(call := file.source.parents[up], ast.Call):
            text(finder, file, call)
            return
        case ast.Attribute(attr="close"):
            return
    finder.stop(file, node, "the use of the opened file cannot be traced")


def _streams(finder: "Finder", file: File, target: ast.Name) -> None:
    scope = file.scope(target)
    # a second `with … as f` is another stream: the readers inside of this one's block are this one's
    block = file.source.parents[file.source.parents[target]]
    inside = list(ast.walk(block)) if isinstance(block, ast.With) else None
    if inside is None and len(file.binds[scope][target.id]) != 1:
        finder.stop(file, target, "the variable for the opened file is assigned more than once")
        return
    for n in file.by_name[target.id]:
        if isinstance(n.ctx, ast.Load) and file.home(n) is scope and (inside is None or n in inside):
            stream(finder, file, n)


def text(finder: "Finder", file: File, node: ast.expr) -> None:
    """An expression is the file's text."""
    up = file.source.parents[node]
    if isinstance(up, ast.Call) and node in up.args:
        _loaded(finder, file, up, _TEXTS)
    elif isinstance(up, ast.Assign) and isinstance(target := up.targets[0], ast.Name) and len(up.targets) == 1:
        readers = file.readers(target, target.id)
        if readers is None or (file.scope(target) is file.source.tree and finder.sources.paths[1:]):
            readers = readers if readers is not None and not list(finder.sources.importers(file.path, target.id)) else None
        if readers is None:
            finder.stop(file, node, "its content is stored")
        for reader in readers or ():
            text(finder, file, reader)
    else:
        finder.stop(file, node, "its content is used directly")


def _loaded(finder: "Finder", file: File, call: ast.Call, known: set[str]) -> None:
    name = finder.sources.library(file, call.func)
    if name in known and _plainly(finder, file, call, name):
        finder.reads.roots.append(Root(file, call, "dict"))
    elif isinstance(call.func, ast.Attribute) and call.func.attr in ("read_file", "read_string"):
        by_parser(finder, file, call.func.value, call)
    else:
        finder.stop(file, call, "it is passed to a call that cannot be traced")


_LOADERS = frozenset(
    {"Loader", "SafeLoader", "FullLoader", "UnsafeLoader", "BaseLoader", "CLoader", "CSafeLoader", "CFullLoader", "CUnsafeLoader"}
)


def _plainly(finder: "Finder", file: File, call: ast.Call, name: str) -> bool:
    """Return whether a call reads plain data, with no hook or loader of the program's own."""
    if name == "yaml.load":
        more = [*call.args[1:], *(k.value for k in call.keywords)]
        loaders = [(finder.sources.library(file, m) or "").split(".") for m in more]
        return len(more) == 1 and all(k.arg == "Loader" for k in call.keywords) and loaders[0][0] == "yaml" and loaders[0][-1] in _LOADERS
    if name.startswith("json."):
        return len(call.args) == 1 and not call.keywords
    return len(call.args) == 1 and all(k.arg in ("parse_float",) for k in call.keywords)


def by_parser(finder: "Finder", file: File, parser: ast.expr, at: ast.Call) -> None:
    """`parser.read(path)`: all that reads the parser reads the file."""
    bound = file.bound(parser) if isinstance(parser, ast.Name) else None
    up = file.source.parents.get(bound) if bound is not None else None
    if not isinstance(up, ast.Assign) or not isinstance(up.value, ast.Call) or finder.sources.library(file, up.value.func) not in _PARSERS:
        finder.stop(file, at, "it is not read with a plain configparser")
        return
    if any(
        k.arg not in ("interpolation", "allow_no_value", "comment_prefixes", "strict", None) or k.arg is None for k in up.value.keywords
    ):
        finder.stop(file, up, "its configparser has custom settings")
        return
    assert bound is not None and isinstance(parser, ast.Name)
    reads = [
        n for n in file.by_name[parser.id]
        if isinstance(a := file.source.parents[n], ast.Attribute) and a.attr in ("read", "read_file", "read_string", "read_dict", "write", "set")
    ]  # fmt: skip
    if len(reads) > 1:
        finder.stop(file, at, "the same configparser also reads other files, or is modified")
        return
    finder.reads.roots.append(Root(file, up.value, "ini"))


def reading(call: ast.Call, at: int) -> bool:
    """Is a file opened to be read?"""
    mode = next((k.value for k in call.keywords if k.arg == "mode"), call.args[at] if len(call.args) > at else None)
    return mode is None or (isinstance(mode, ast.Constant) and mode.value in ("r", "rb", "rt"))
