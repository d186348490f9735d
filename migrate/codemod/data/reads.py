"""Which places of a program read a settings file, by a path that is known: what comes of the read, or why it is not followed."""

import ast
import fnmatch
import re
from dataclasses import dataclass, field
from pathlib import Path

from migrate.codemod.data.names import File, Sources
from migrate.codemod.data.paths import is_it, where
from migrate.codemod.data.trail import Problem, Style
from migrate.codemod.data.variables import env_of, whole_file

_PATH_CALLS = {
    "os.path.join",
    "os.path.abspath",
    "os.path.realpath",
    "pathlib.Path",
    "pathlib.PurePath",
    "str",
    "os.fspath",
}
_PATH_METHODS = {"resolve", "absolute", "as_posix"}
_STREAMS = {"json.load", "yaml.safe_load", "yaml.load", "tomllib.load", "tomli.load", "toml.load"}
_TEXTS = {"json.loads", "yaml.safe_load", "yaml.load", "tomllib.loads", "tomli.loads", "toml.loads"}
_LOADERS = {"dotenv.load_dotenv", "dotenv.main.load_dotenv", "flask.cli.load_dotenv"}
_VALUES = {"dotenv.dotenv_values", "dotenv.main.dotenv_values"}
_PARSERS = {"configparser.ConfigParser", "configparser.RawConfigParser", "configparser.SafeConfigParser"}


@dataclass(frozen=True, slots=True)
class Root:
    """An expression that is all of the file, and how it gives its entries."""

    file: File
    node: ast.expr
    style: Style


@dataclass(slots=True)
class Reads:
    """All reads of a file. `loaders` put it into the environment; `classes` are pydantic's settings that read it by themselves.

    `apart`: a loader may keep what it reads for itself, as environs does in new versions. `named`: decouple reads it by its path.
    `flask`: its entries are settings of a Flask application, which reads some of them itself.
    """

    roots: list[Root] = field(default_factory=list)
    loaders: list[tuple[File, ast.AST]] = field(default_factory=list)
    classes: list[tuple[File, ast.ClassDef]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    apart: bool = False
    named: bool = False
    flask: bool = False


class Finder:
    """Finds the reads of one file. `others` are files of the tree that have the same name."""

    def __init__(self, sources: Sources, target: Path, others: bool) -> None:
        self.sources = sources
        self.target = target
        self.others = others
        self.reads = Reads()
        self._seen: set[ast.AST] = set()

    def stop(self, file: File, node: ast.AST, reason: str) -> None:
        """A read that is not followed."""
        self.reads.problems.append(Problem(file, node, reason))

    def find(self) -> Reads:
        """All reads."""
        name = self.target.name
        ending = self.target.suffix or name
        streamlit = self.target.parts[-2:] == (".streamlit", "secrets.toml")
        for path in self.sources.paths:
            data = self.sources.data(path)
            if streamlit and b"streamlit" in data:
                self._streamlit(path)
            if ending.encode() not in data and b"dotenv" not in data and b"read_env" not in data:
                continue
            file = self.sources.file(path)
            if file is None:
                if name.encode() in data or self.target.name == ".env":  # `load_dotenv()` does not name it
                    self.reads.problems.append(whole_file(path))
                continue
            for node in list(file.source.parents):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    self._text(file, node, name, ending)
                elif isinstance(node, ast.Call):
                    self._unnamed(file, node)
        return self.reads

    def _streamlit(self, path: Path) -> None:
        """`st.secrets` is the whole of `.streamlit/secrets.toml`."""
        file = self.sources.file(path)
        if file is None:
            self.reads.problems.append(whole_file(path))
            return
        for node in file.source.parents:
            if isinstance(node, ast.Attribute | ast.Name) and self.sources.library(file, node) == "streamlit.secrets":
                self.reads.roots.append(Root(file, node, "both"))

    def _unnamed(self, file: File, call: ast.Call) -> None:
        """`load_dotenv()` finds `.env` by itself, in the script's folder or one above it."""
        if self.target.name != ".env":
            return
        name = self.sources.library(file, call.func)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "read_env":
            of_class = name is not None and name.endswith("environ.Env.read_env")
            if not call.args and not call.keywords and (of_class or env_of(self.sources, file, call.func.value) is not None):
                self._loader(file, call)
            return
        if name not in (_LOADERS | _VALUES):
            return
        path = next((k.value for k in call.keywords if k.arg in ("dotenv_path", "stream")), call.args[0] if call.args else None)
        if path is None or self.sources.library(file, getattr(path, "func", path)) == "dotenv.find_dotenv":
            if self.others or self.target.parent not in (file.path.parent, *file.path.parents):
                self.stop(file, call, "this may read another .env")
            self._read(file, call, name)

    def _text(self, file: File, node: ast.Constant, name: str, ending: str) -> None:
        text = str(node.value)
        up = file.source.parents[node]
        if isinstance(up, ast.Expr):
            return  # a docstring
        if "*" in text and fnmatch.fnmatch(name, text.rpartition("/")[2]):
            self.stop(file, node, "the file may be among those listed here")
        elif isinstance(up, ast.JoinedStr | ast.FormattedValue) or (isinstance(up, ast.BinOp) and isinstance(up.op, ast.Add | ast.Mod)):
            if text.endswith(ending):
                self._whole(file, node)
        elif text.replace("\\", "/").rpartition("/")[2] == name:
            parts = [p for p in text.replace("\\", "/").split("/") if p not in (".", "..", "")]
            if list(self.target.parts[-len(parts) :]) != parts:
                return  # another file of that name
            if self.others and len(parts) < 2:
                self.stop(file, node, "there are several files with that name")
            self.path(file, node)
        elif name in text and text != name and not text.endswith((".example", ".sample", ".template")):
            self.stop(file, node, "the file is mentioned in a string")

    def path(self, file: File, node: ast.expr) -> None:
        """An expression is the file's path."""
        if node in self._seen:
            return
        self._seen.add(node)
        up = file.source.parents[node]
        match up:
            case ast.BinOp(op=ast.Div() | ast.Add()) | ast.FormattedValue():
                self._whole(file, node)
                return
            case ast.arguments() if (arg := _default_of(up, node)) is not None and self._never_given(file, up, arg):
                for reader in file.readers(arg, arg.arg) or ():
                    self.path(file, reader)
                return
            case ast.Assign(targets=[ast.Name() as target]) if file.readers(target, target.id) is not None:
                self._named(file, target, target.id)
                return
            case ast.Call() if up.func is not node:
                self._given(file, up, node)
                return
            case ast.Attribute() if isinstance(call := file.source.parents[up], ast.Call) and call.func is up:
                if up.attr in _PATH_METHODS and not call.args:
                    self.path(file, call)
                    return
                if up.attr == "open" and _reading(call, 0):
                    self.stream(file, call)
                    return
                if up.attr in ("read_text", "read_bytes"):
                    self.text(file, call)
                    return
                if up.attr in ("exists", "is_file"):
                    return
            case ast.keyword(arg=str()) if isinstance(call := file.source.parents[up], ast.Call):
                self._given(file, call, node)
                return
            case ast.Dict() if (cls := self._config_of(file, up, node)) is not None:
                self.reads.classes.append((file, cls))
                return
            case ast.List() | ast.Tuple() if len(up.elts) == 1:
                self.path(file, up)
                return
        self.stop(file, node, "the use of its path cannot be traced")

    def _config_of(self, file: File, table: ast.Dict, node: ast.expr) -> ast.ClassDef | None:
        """The class whose `model_config = {"env_file": …}` this is."""
        key = table.keys[table.values.index(node)] if node in table.values else None
        up, scope = file.source.parents[table], file.scope(table)
        named = isinstance(up, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "model_config" for t in up.targets)
        if named and isinstance(scope, ast.ClassDef) and isinstance(key, ast.Constant) and key.value == "env_file":
            return scope
        return None

    def _never_given(self, file: File, arguments: ast.AST, arg: ast.arg) -> bool:
        """Does no call of a plain function give it this argument?"""
        function = file.source.parents[arguments]
        if not isinstance(function, ast.FunctionDef) or function.decorator_list or isinstance(file.scope(function), ast.ClassDef):
            return False
        if file.readers(arg, arg.arg) is None or list(self.sources.modules(file.path)):
            return False
        places = [(file, n) for n in file.readers(function, function.name) or ()]
        for other, alias in self.sources.importers(file.path, function.name):
            places += [(other, n) for n in other.readers(alias, alias.asname or alias.name) or ()]
        if file.readers(function, function.name) is None or list(self.sources.importers(file.path, "*")):
            return False
        calls = [other.source.parents[n] for other, n in places]
        return all(
            isinstance(c, ast.Call) and c.func is n and not c.args and not c.keywords for c, (_, n) in zip(calls, places, strict=True)
        )

    def _named(self, file: File, binding: ast.AST, name: str) -> None:
        scope = file.scope(binding)
        if isinstance(scope, ast.ClassDef) and name == "env_file":  # the inner class of pydantic's settings
            outer = file.source.parents[scope]
            if scope.name == "Config" and isinstance(outer, ast.ClassDef):
                self.reads.classes.append((file, outer))
                return
        if scope is file.source.tree and (list(self.sources.importers(file.path, name)) or list(self.sources.importers(file.path, "*"))):
            self.stop(file, binding, "its path is used in other modules")
            return
        for reader in file.readers(binding, name) or ():
            self.path(file, reader)

    def _whole(self, file: File, node: ast.expr) -> None:
        """An expression is a part of a path: is the whole of it the file's?"""
        whole: ast.expr = node
        while isinstance(up := file.source.parents[whole], ast.JoinedStr | ast.FormattedValue) or (
            isinstance(up, ast.BinOp) and isinstance(up.op, ast.Add | ast.Div)
        ):
            whole = up
        self._sure(file, whole)

    def _sure(self, file: File, whole: ast.expr) -> None:
        """Goes on with an expression that is the file's path; one that is another's is nothing."""
        said = where(self.sources, file, whole)
        its = is_it(said, self.target) if said is not None else None
        if its is None:
            self.stop(file, whole, "this reads a computed path, which may be this file")
        elif its:
            self.path(file, whole)

    def _handed(self, file: File, call: ast.Call, which: int | str) -> bool:
        """Follows a path into a function of the program's own that is called once and nowhere else mentioned."""
        bound = file.bound(call.func) if isinstance(call.func, ast.Name) else None
        home: File | None = file
        if isinstance(bound, ast.alias) and (there := self.sources.imported(file, bound)) is not None and there[1] is not None:
            home = self.sources.file(there[0])
            found = home.binds[home.source.tree].get(there[1], []) if home is not None else []
            bound = found[0] if len(found) == 1 else None
        if not isinstance(bound, ast.FunctionDef) or home is None or bound.decorator_list or isinstance(home.scope(bound), ast.ClassDef):
            return False
        mentioned = 0
        for path in self.sources.holding(bound.name.encode()):
            if (other := self.sources.file(path)) is None:
                return False
            mentioned += sum(
                (isinstance(n, ast.Name) and n.id == bound.name)
                or (isinstance(n, ast.Attribute) and n.attr == bound.name and self.sources.library(other, n) is None)
                for n in other.source.parents
            )
        plain = [*bound.args.posonlyargs, *bound.args.args]
        named = next((a for a in [*plain, *bound.args.kwonlyargs] if a.arg == which), None)
        arg = (plain[which] if which < len(plain) else None) if isinstance(which, int) else named
        readers = home.readers(arg, arg.arg) if arg is not None else None
        starred = any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords)
        if mentioned != 1 or readers is None or starred or bound.args.vararg or bound.args.kwarg:
            return False
        for reader in readers:
            self.path(home, reader)
        return True

    def _given(self, file: File, call: ast.Call, node: ast.expr) -> None:
        """The path is an argument."""
        name = self.sources.library(file, call.func) or (call.func.id if isinstance(call.func, ast.Name) else "")
        if isinstance(call.func, ast.Name) and name == call.func.id and file.home(call.func) is not None:
            name = ""
        if name in _PATH_CALLS and len(call.args) == 1 and not call.keywords:
            self.path(file, call)
        elif name in _PATH_CALLS or (isinstance(call.func, ast.Attribute) and call.func.attr in ("joinpath", "with_name")):
            self._sure(file, call)
        elif name in ("os.path.exists", "os.path.isfile"):
            pass
        elif name in ("open", "io.open", "codecs.open") and call.args and call.args[0] is node and _reading(call, 1):
            self.stream(file, call)
        elif name == "toml.load":
            self.reads.roots.append(Root(file, call, "dict"))
        elif name in (_LOADERS | _VALUES):
            self._read(file, call, name)
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "from_file":
            if not self._flask(file, call):
                self.stop(file, call, "it is read into an object that cannot be traced")
        elif name == "decouple.RepositoryEnv" and self._only_config(file, call):
            self.reads.named = True
        elif name and name.endswith(("environ.Env.read_env", "environ.environ.Env.read_env")):
            self._loader(file, call)
        elif name in ("pydantic_settings.SettingsConfigDict", "pydantic_settings.main.SettingsConfigDict"):
            scope = file.scope(call)
            if isinstance(scope, ast.ClassDef):
                self.reads.classes.append((file, scope))
            else:
                self.stop(file, call, "the file is mentioned outside a settings class")
        elif isinstance(call.func, ast.Attribute) and call.func.attr in ("read", "read_env"):
            if call.func.attr == "read_env" and env_of(self.sources, file, call.func.value) is not None:
                self._loader(file, call)
            elif call.func.attr == "read_env":
                self.stop(file, call, "it is passed to a call that cannot be traced")
            else:
                self._parser(file, call.func.value, call)
        elif not self._handed(
            file, call, call.args.index(node) if node in call.args else next(k.arg or "" for k in call.keywords if k.value is node)
        ):
            self.stop(file, call, "it is passed to a call that cannot be traced")

    def _flask(self, file: File, call: ast.Call) -> bool:
        """Flask's `app.config.from_file("name", load=…)`: whatever is called `config` anywhere counts as this table."""
        config = call.func.value if isinstance(call.func, ast.Attribute) else None
        app = config.value if isinstance(config, ast.Attribute) and config.attr == "config" else None
        bound = file.bound(app) if isinstance(app, ast.Name) else None
        up = file.source.parents.get(bound) if bound is not None else None
        made = up.value if isinstance(up, ast.Assign) and isinstance(up.value, ast.Call) else None
        if made is None or self.sources.library(file, made.func) != "flask.Flask" or made.keywords:
            return False
        if len(made.args) != 1 or not isinstance(made.args[0], ast.Name) or made.args[0].id != "__name__" or len(call.args) != 1:
            return False
        said = {k.arg: k.value for k in call.keywords}
        if said.keys() - {"load", "text"} or "load" not in said or self.sources.library(file, said["load"]) not in _STREAMS:
            return False
        if where(self.sources, file, call.args[0]) != self.target.name or self.target.parent != file.path.parent:
            return False
        if any(re.search(rb"(?m)^\s*(?:from|import)\s+flask_", self.sources.data(p)) for p in self.sources.paths):
            return False  # an extension reads settings by names of its own
        for path in self.sources.holding(b"config"):
            if (other := self.sources.file(path)) is None:
                return False
            for node in other.source.parents:
                if isinstance(node, ast.Attribute) and node.attr == "config" and node is not config:
                    if (self.sources.library(other, node) or "flask.current_app").startswith("flask."):
                        self.reads.roots.append(Root(other, node, "dict"))
        self.reads.flask = True
        return True

    def _only_config(self, file: File, call: ast.Call) -> bool:
        """Is it `Config(RepositoryEnv(path))`, and the one such object of the program?"""
        up = file.source.parents[call]
        whole = (
            isinstance(up, ast.Call) and self.sources.library(file, up.func) == "decouple.Config" and len(up.args) == 1 and not up.keywords
        )
        if not whole or not isinstance(file.source.parents[up], ast.Assign) or len(call.args) != 1:
            return False
        return sum(len(re.findall(rb"RepositoryEnv\(|AutoConfig\(", self.sources.data(p))) for p in self.sources.paths) == 1

    def _loader(self, file: File, call: ast.Call) -> None:
        """It is read into the environment."""
        over = [k for k in call.keywords if k.arg in ("override", "overwrite")]
        if any(not (isinstance(k.value, ast.Constant) and k.value.value is False) for k in over):
            self.stop(file, call, "it overrides the environment")
        else:
            self.reads.loaders.append((file, call))
            if isinstance(call.func, ast.Attribute) and env_of(self.sources, file, call.func.value) == "environs":
                self.reads.apart = True

    def _read(self, file: File, call: ast.Call, name: str) -> None:
        if call in self._seen:
            return
        self._seen.add(call)
        if name in _VALUES:
            self.reads.roots.append(Root(file, call, "dict"))
        else:
            self._loader(file, call)

    def _parser(self, file: File, parser: ast.expr, at: ast.Call) -> None:
        """`parser.read(path)`: all that reads the parser reads the file."""
        bound = file.bound(parser) if isinstance(parser, ast.Name) else None
        up = file.source.parents.get(bound) if bound is not None else None
        if (
            not isinstance(up, ast.Assign)
            or not isinstance(up.value, ast.Call)
            or self.sources.library(file, up.value.func) not in _PARSERS
        ):
            self.stop(file, at, "it is not read with a plain configparser")
            return
        if any(
            k.arg not in ("interpolation", "allow_no_value", "comment_prefixes", "strict", None) or k.arg is None for k in up.value.keywords
        ):
            self.stop(file, up, "its configparser has custom settings")
            return
        assert bound is not None and isinstance(parser, ast.Name)
        reads = [
            n for n in file.by_name[parser.id]
            if isinstance(a := file.source.parents[n], ast.Attribute) and a.attr in ("read", "read_file", "read_string", "read_dict", "write", "set")
        ]  # fmt: skip
        if len(reads) > 1:
            self.stop(file, at, "the same configparser also reads other files, or is modified")
            return
        self.reads.roots.append(Root(file, up.value, "ini"))

    def stream(self, file: File, node: ast.expr) -> None:
        """An expression is the opened file."""
        up = file.source.parents[node]
        match up:
            case ast.withitem(context_expr=context, optional_vars=ast.Name() as target) if context is node:
                self._streams(file, target)
                return
            case ast.Assign(targets=[ast.Name() as target]):
                self._streams(file, target)
                return
            case ast.Call() if node in up.args:
                self._loaded(file, up, _STREAMS)
                return
            case ast.Attribute(attr="read") if isinstance(call := file.source.parents[up], ast.Call):
                self.text(file, call)
                return
            case ast.Attribute(attr="close"):
                return
        self.stop(file, node, "the use of the opened file cannot be traced")

    def _streams(self, file: File, target: ast.Name) -> None:
        scope = file.scope(target)
        # a second `with … as f` is another stream: the readers inside of this one's block are this one's
        block = file.source.parents[file.source.parents[target]]
        inside = list(ast.walk(block)) if isinstance(block, ast.With) else None
        if inside is None and len(file.binds[scope][target.id]) != 1:
            self.stop(file, target, "the variable for the opened file is assigned more than once")
            return
        for n in file.by_name[target.id]:
            if isinstance(n.ctx, ast.Load) and file.home(n) is scope and (inside is None or n in inside):
                self.stream(file, n)

    def text(self, file: File, node: ast.expr) -> None:
        """An expression is the file's text."""
        up = file.source.parents[node]
        if isinstance(up, ast.Call) and node in up.args:
            self._loaded(file, up, _TEXTS)
        elif isinstance(up, ast.Assign) and isinstance(target := up.targets[0], ast.Name) and len(up.targets) == 1:
            readers = file.readers(target, target.id)
            if readers is None or (file.scope(target) is file.source.tree and self.sources.paths[1:]):
                readers = readers if readers is not None and not list(self.sources.importers(file.path, target.id)) else None
            if readers is None:
                self.stop(file, node, "its content is stored")
            for reader in readers or ():
                self.text(file, reader)
        else:
            self.stop(file, node, "its content is used directly")

    def _loaded(self, file: File, call: ast.Call, known: set[str]) -> None:
        name = self.sources.library(file, call.func)
        if name in known and not (name == "json.load" and call.keywords):
            self.reads.roots.append(Root(file, call, "dict"))
        elif isinstance(call.func, ast.Attribute) and call.func.attr in ("read_file", "read_string"):
            self._parser(file, call.func.value, call)
        else:
            self.stop(file, call, "it is passed to a call that cannot be traced")


def loaders(sources: Sources) -> list[tuple[File, ast.AST]]:
    """Every call that reads some `.env` into the environment, whichever it is."""
    out: list[tuple[File, ast.AST]] = []
    for path in sources.paths:
        data = sources.data(path)
        if (b"dotenv" not in data and b"read_env" not in data) or (file := sources.file(path)) is None:
            continue
        for node in file.source.parents:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                last = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                name = sources.library(file, node.func)
                if name in _LOADERS or last in ("load_dotenv", "read_env"):
                    out.append((file, node))
    return out


def _default_of(arguments: ast.arguments, node: ast.expr) -> ast.arg | None:
    """The parameter whose default this is."""
    plain = [*arguments.posonlyargs, *arguments.args]
    if node in arguments.defaults:
        return plain[len(plain) - len(arguments.defaults) + arguments.defaults.index(node)]
    return arguments.kwonlyargs[arguments.kw_defaults.index(node)] if node in arguments.kw_defaults else None


def _reading(call: ast.Call, at: int) -> bool:
    """Is a file opened to be read?"""
    mode = next((k.value for k in call.keywords if k.arg == "mode"), call.args[at] if len(call.args) > at else None)
    return mode is None or (isinstance(mode, ast.Constant) and mode.value in ("r", "rb", "rt"))
