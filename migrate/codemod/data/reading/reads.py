"""Which places of a program read a settings file, by a path that is known: what comes of the read, or why it is not followed."""

import ast
import fnmatch
import re
from pathlib import Path

from migrate.codemod.data.environment.variables import env_of, whole_file
from migrate.codemod.data.following.attributes import plain
from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.data.following.trail import Problem
from migrate.codemod.data.reading.frameworks import config_of, flask_config, only_config, streamlit_secrets
from migrate.codemod.data.reading.merged import VALUES, merged
from migrate.codemod.data.reading.opened import by_parser, reading, stream, text
from migrate.codemod.data.reading.paths import is_it, where
from migrate.codemod.data.reading.roots import Reads, Root
from migrate.codemod.data.reading.shown import told
from migrate.tree.unrelated import is_unrelated

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
_LOADERS = {"dotenv.load_dotenv", "dotenv.main.load_dotenv", "flask.cli.load_dotenv"}
_MADE_AGAIN = re.compile(rb"(?<!super\(\))\.__init__\(")


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
        kept = self.reads.unrelated if is_unrelated(file.path) else self.reads.problems
        kept.append(Problem(file, node, reason))

    def find(self) -> Reads:
        """All reads."""
        name = self.target.name
        ending = self.target.suffix or name
        streamlit = self.target.parts[-2:] == (".streamlit", "secrets.toml")
        for path in self.sources.paths:
            data = self.sources.data(path)
            if streamlit and b"streamlit" in data:
                streamlit_secrets(self, path)
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
        if name not in (_LOADERS | VALUES):
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
        elif name in text and text != name and not text.endswith((".example", ".sample", ".template")) and not told(file, node):
            if isinstance(up, ast.Call) and self.sources.library(file, up.func) in VALUES and text.startswith(name):
                return  # `.env.shared`
            self.stop(file, node, "the file is mentioned in a string")

    def path(self, file: File, node: ast.expr) -> None:
        """An expression is the file's path."""
        if node in self.reads.paths:
            return
        self.reads.paths.add(node)
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
                if up.attr == "open" and reading(call, 0):
                    stream(self, file, call)
                    return
                if up.attr in ("read_text", "read_bytes"):
                    text(self, file, call)
                    return
                if up.attr in ("exists", "is_file"):
                    return
            case ast.keyword(arg=str()) if isinstance(call := file.source.parents[up], ast.Call):
                self._given(file, call, node)
                return
            case ast.Dict() if (cls := config_of(file, up, node)) is not None:
                self.reads.classes.append((file, cls))
                return
            case ast.List() | ast.Tuple() if len(up.elts) == 1:
                self.path(file, up)
                return
        self.stop(file, node, "the use of its path cannot be traced")

    def _never_given(self, file: File, arguments: ast.arguments, arg: ast.arg) -> bool:
        """Does no call of a plain function, or of a plain class with this `__init__`, give it this argument?"""
        function = file.source.parents[arguments]
        if not isinstance(function, ast.FunctionDef) or function.decorator_list:
            return False
        cls = file.scope(function)
        called = cls if isinstance(cls, ast.ClassDef) else function
        if isinstance(called, ast.ClassDef):
            again = any(_MADE_AGAIN.search(self.sources.data(p)) for p in self.sources.paths)
            if function.name != "__init__" or not plain(file, called) or makes_itself(called) or again:
                return False
        if file.readers(arg, arg.arg) is None or list(self.sources.modules(file.path)):
            return False
        places = [(file, n) for n in file.readers(called, called.name) or ()]
        for other, alias in self.sources.importers(file.path, called.name):
            name = alias.asname or alias.name
            if any(there in (name, "*", None) for _, _, there in self.sources.imports_of(other.path)):
                return False  # passed on under the name of that module
            places += [(other, n) for n in other.readers(alias, name) or ()]
        if file.readers(called, called.name) is None or list(self.sources.importers(file.path, "*")):
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

    def _given(self, file: File, call: ast.Call, node: ast.expr) -> None:  # noqa: C901 - a case for each form of a reader
        """The path is an argument."""
        name = self.sources.library(file, call.func) or (call.func.id if isinstance(call.func, ast.Name) else "")
        if isinstance(call.func, ast.Name) and name == call.func.id and file.home(call.func) is not None:
            name = ""
        if name in _PATH_CALLS and len(call.args) == 1 and not call.keywords:
            self.path(file, call)
        elif name in _PATH_CALLS or (isinstance(call.func, ast.Attribute) and call.func.attr in ("joinpath", "with_name")):
            self._sure(file, call)
        elif name in ("os.path.exists", "os.path.isfile", "os.access", "os.path.getmtime", "os.path.dirname") or told(file, node):
            pass
        elif name in ("open", "io.open", "codecs.open") and call.args and call.args[0] is node and reading(call, 1):
            stream(self, file, call)
        elif name == "toml.load":
            self.reads.roots.append(Root(file, call, "dict"))
        elif name in (_LOADERS | VALUES):
            self._read(file, call, name)
        elif isinstance(call.func, ast.Attribute) and call.func.attr in ("from_file", "from_pyfile"):
            if not flask_config(self, file, call):
                self.stop(file, call, "it is read into an object that cannot be traced")
        elif name == "decouple.RepositoryEnv" and only_config(self, file, call):
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
                by_parser(self, file, call.func.value, call)
        elif not self._handed(
            file, call, call.args.index(node) if node in call.args else next(k.arg or "" for k in call.keywords if k.value is node)
        ):
            self.stop(file, call, "it is passed to a call that cannot be traced")

    def _loader(self, file: File, call: ast.Call) -> None:
        """It is read into the environment."""
        over = [k.value for k in call.keywords if k.arg in ("override", "overwrite")]
        plain = self.sources.library(file, call.func) in _LOADERS
        if any(not (isinstance(v, ast.Constant) and (v.value is False or (v.value is True and plain))) for v in over):
            self.stop(file, call, "it overrides the environment")
        else:
            self.reads.loaders.append((file, call))
            self.reads.over += [call for v in over if isinstance(v, ast.Constant) and v.value is True]
            if isinstance(call.func, ast.Attribute) and env_of(self.sources, file, call.func.value) == "environs":
                self.reads.apart = True

    def _read(self, file: File, call: ast.Call, name: str) -> None:
        if call in self._seen:
            return
        self._seen.add(call)
        if name not in VALUES:
            self._loader(file, call)
        elif (whole := merged(self.sources, file, call, self.target)) is None:
            self.stop(file, call, "all of it is stored in another value")
        else:
            self.reads.roots.append(Root(file, whole.node, "dict"))
            self.reads.outside += [whole.node] if whole.outside else []
            self.reads.taken |= whole.taken


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


def makes_itself(cls: ast.ClassDef) -> bool:
    """Return whether a class may make objects of itself without saying its name: `cls(…)`, `type(self)(…)`, `self.__class__(…)`."""
    said = {n.id for n in ast.walk(cls) if isinstance(n, ast.Name)} | {n.attr for n in ast.walk(cls) if isinstance(n, ast.Attribute)}
    return not said.isdisjoint({"cls", "klass", "type", "__class__", "__new__"}) or any(
        isinstance(n, ast.FunctionDef) and any(ast.unparse(d).endswith("classmethod") for d in n.decorator_list) for n in cls.body
    )


def _default_of(arguments: ast.arguments, node: ast.expr) -> ast.arg | None:
    """The parameter whose default this is."""
    plain = [*arguments.posonlyargs, *arguments.args]
    if node in arguments.defaults:
        return plain[len(plain) - len(arguments.defaults) + arguments.defaults.index(node)]
    return arguments.kwonlyargs[arguments.kw_defaults.index(node)] if node in arguments.kw_defaults else None
