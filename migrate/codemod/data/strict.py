"""What stands against a rewrite of a settings file anywhere below the root: asked of the bytes of every file, so that nothing depends on being followed.

Each pattern is a way in which public code reaches a file, or what was read from it, without naming either where the analysis looks.
"""

import ast
import re
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from migrate.codemod.data.around.mentions import is_own
from migrate.codemod.data.asking import asks
from migrate.codemod.data.reading.merged import only_merged
from migrate.codemod.data.tree import Tree
from migrate.tree.files import ignore_spec, read
from migrate.tree.unrelated import is_unrelated

_LARGEST = 1 << 20
_DOCUMENTS = (".md", ".sarif", ".rst", ".txt", ".lock", ".csv", ".po", ".svg")
_OTHER_WAYS = re.compile(
    rb"\b(BaseSettings|pydantic_settings|from_prefixed_env|object_hook|ExtendedInterpolation|get_key|set_key|find_dotenv|importlib|"
    rb"create_subprocess_\w+|listdir|iterdir|scandir|rglob|glob|walk|fwalk|pkgutil|pkg_resources|anyconfig|OmegaConf|with_suffix|mock|monkeypatch|patch|invoke|fabric|hydra|dynaconf|confuse|"
    rb"AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE)\b|\.suffix\b|\.endswith\("
)
"""In Python: names of what reads files or variables by a rule, or puts something else in the place of what was read."""
_MOVED = re.compile(
    rb"(?:environ\[|setdefault\(|setenv\(|putenv\()\s*[\"'](?:HOME|USERPROFILE)[\"'](?:\]\s*=(?!=)|\s*,)|update\([^)\n]*\b(?:HOME|USERPROFILE)\s*[=:\"']|"
    rb"environ\.pop\(\s*[A-Za-z_]|del\s+os\.environ\[\s*[A-Za-z_]"
)
"""In Python: what moves the folder in which the AWS files are, or takes variables out by computed names."""
_OWN_FILES = re.compile(rb"AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE")
_SCRIPTS = (
    ".sh",
    ".bash",
    ".zsh",
    ".js",
    ".mjs",
    ".cjs",
    ".ts",
    ".tsx",
    ".jsx",
    ".rb",
    ".php",
    ".go",
    ".ps1",
    ".pl",
    ".java",
    ".kt",
    ".cs",
    ".lua",
    ".mk",
)
_NAMED = re.compile(rb"[\"']?([A-Za-z_]\w{2,})[\"']?\s*[:=]")
"""Names of entries in files of settings."""
_PYDANTIC = frozenset({b"BaseSettings", b"pydantic_settings"})
_RUNS_ELSEWHERE = (
    "Dockerfile",
    "Procfile",
    "docker-compose",
    "compose.y",
    "serverless.y",
    "template.y",
    "samconfig",
    "app.yaml",
    "zappa_settings",
    "Containerfile",
)
_PATH = re.compile(r"expanduser|expandvars|[\"']/|~/|\.format\(|cwd\(\)|getcwd|tempfile|chdir")


class Against(NamedTuple):
    """What stands against a rewrite, and where."""

    path: Path
    line: int
    reason: str
    elsewhere: bool = False  # it is a matter of saying what the code signs with where it runs


def against(  # noqa: C901 - one question after the other, the first answer counts
    tree: Tree, target: Path, files: dict[Path, tuple[bytes, bytes]], readers: Collection[Path] = (), followed: Collection[Path] = ()
) -> Against | None:
    """Return what stands against rewriting a settings file together with some sources; None where nothing does.

    `files` are the old and new bytes of both. `readers` are sources that need no change, since a call gets a whole table of the file;
    `followed` those that what comes from the file was followed into, whether they change or not.
    """
    changed = {*files, *readers}
    gone = _words(files[target][0]) - _words(files[target][1]) if target in files else set()
    stem = target.stem.encode() if not target.name.startswith(".env") else b".env"
    name = target.name.encode()
    came = set(_NAMED.findall(files[target][1])) - set(_NAMED.findall(files[target][0])) if target in files else set()
    asked = re.compile(rb"[\"'](" + b"|".join(map(re.escape, sorted(came))) + rb")[\"']") if came else None
    settings_class = any(b"BaseSettings" in _data(p) for p in changed)
    python = {str(p) for p in tree.python}
    if not target.name.startswith(".env") and _ignored(tree.root, target):
        return Against(target, 1, "git ignores this file: other machines have their own copy, which would no longer match the code")
    for file in tree.files:
        path = Path(file)
        if path == target or path.suffix in _DOCUMENTS:
            continue
        if path.name.startswith(_RUNS_ELSEWHERE) and changed == {target}:  # where sources change, the targets are asked
            return Against(path, 1, "this program also runs where there are no profiles", True)
        if path.name.startswith(_RUNS_ELSEWHERE):
            continue
        data = _data(path)
        if is_own(data):
            continue
        if str(file) in python and (path.suffix != ".ipynb" or path in changed):  # a notebook that is rewritten is followed like a source
            for m in _OTHER_WAYS.finditer(_as_load_dotenv(data)):
                if m.group(1) in _PYDANTIC and settings_class and path in changed:
                    continue
                return Against(
                    path,
                    _line(data, m.start()),
                    f"`{m.group().decode().strip('.(')}` may access the file or its values in a way that cannot be traced",
                )
            if (moved := _MOVED.search(data)) is not None:
                return Against(path, _line(data, moved.start()), "this program moves its AWS files")
            if (said := asks(data)) is not None:
                return Against(path, _line(data, said[0]), said[1])
            if asked is not None and (found := asked.search(data)) is not None:
                return Against(
                    path, _line(data, found.start()), f"`{found.group(1).decode()}` would be new in the file, and is already asked for"
                )
            if path in changed or name in data:
                for number, line in enumerate(_text(tree, path, data).splitlines(), 1):
                    if target.name in line and (_PATH.search(line) or (("join(" in line or " / " in line) and b"__file__" not in data)):
                        return Against(path, number, "the path is computed and may refer to another file")
        elif path not in changed and (str(path) in tree.python or not is_unrelated(path)):  # of others `mentions` asks what is sure
            if (own := _OWN_FILES.search(data)) is not None:
                return Against(
                    path, _line(data, own.start()), "the AWS files may be elsewhere for this program, and the profile missing there"
                )
            if (path.suffix in _SCRIPTS or path.name in _TOOLS) and (any_of := _any_of(target).search(data)) is not None:
                return Against(path, _line(data, any_of.start()), "this program may read files by a pattern, and this one among them")
            word = re.compile(rb"(?<![\w-])" + re.escape(stem) + rb"(?![\w-])") if len(stem) > 2 else re.compile(re.escape(name))
            found = word.search(data)
            if found is not None and not path.name.startswith(
                (".gitignore", *((".dockerignore", ".env") if target.name.startswith(".env") else ()))
            ):
                return Against(path, _line(data, found.start()), "this file mentions it and may read it too")
    if (alone := _not_alone(tree, target, changed, gone, followed)) is not None:
        return alone
    for path in sorted(changed - {target}):
        text = _text(tree, path, _data(path))
        for number, line in enumerate(text.splitlines(), 1):
            if "load_dotenv(" in line and (
                (line[:1].isspace() and not _of_a_function(tree, path, number))
                or re.search(r"load_dotenv\([^)]*,", re.sub(r",?\s*(?:override|verbose)\s*=\s*(?:True|False)", "", line))
            ):
                return Against(path, number, "the file is loaded conditionally, or with options that are not supported")
        new = files[path][1] if path in files else b""
        if (
            (settings_class or "decouple" in text)
            and re.search(rb"(?i)\baws_profile\b", new)
            and not re.search(r"(?i)\baws_profile\b", text)
        ):
            return Against(path, 1, "the environment would take precedence over the file for the new name")
    return None


def _any_of(target: Path) -> re.Pattern[bytes]:
    """Return what programs in other languages say that read files by a pattern or a variable, this one perhaps among them."""
    if _is_env(target):
        return re.compile(rb"(?:^|[;&|\s])(?:\.|source)\s+\S*\*|dotenv|loadEnv", re.MULTILINE)
    ending = re.escape(target.suffix.encode())
    short = rb"|[\"'/]" + re.escape(target.stem.encode()) + rb"[\"']" if len(target.stem) <= 2 else b""
    return re.compile(rb"\*" + ending + rb"|[$}]\w*\}?" + ending + rb"|readdir|Dir\[|/\*[\s;\"')]" + short)


def _of_a_function(tree: Tree, path: Path, line: int) -> bool:
    """Is the statement on a line one that a function always carries out? Where that comes too late for something is asked by `order`."""
    file = tree.sources.file(path)
    for node in file.source.parents if file is not None else ():
        if isinstance(node, ast.Expr | ast.Assign) and node.lineno == line and file is not None:
            return isinstance(up := file.source.parents[node], ast.FunctionDef | ast.AsyncFunctionDef) and node in up.body
    return False


def _as_load_dotenv(data: bytes) -> bytes:
    """A source in which `load_dotenv(find_dotenv())` stands as what it does: the same as `load_dotenv()`. No line moves."""
    if b"find_dotenv" not in data:
        return data
    plain = re.sub(rb"\bload_dotenv\((?:dotenv\.)?find_dotenv\(\)\)", b"load_dotenv()", data)
    return re.sub(rb"(?m)^(from dotenv import .*)$", lambda m: m.group().replace(b"find_dotenv", b"_"), plain)


_IN_THE_SOURCE = re.compile(
    rb"endpoint_url|AWS_ENDPOINT_URL|chdir|expandvars|\b(?:vars|globals|locals|exec|eval|setattr|getattr)\(|__dict__|interpolation(?!\s*=\s*None\b)|"
    rb"ConfigParser\((?!\s*interpolation\s*=\s*None\s*\))\s*[^)\s]"
)
"""In the source that reads the file: what reaches more of it than its entries by name, or has to do with other stores than AWS's."""
_TOOLS = ("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "Taskfile", ".envrc", "package.json", "tox.ini", "noxfile.py")


def _not_alone(tree: Tree, target: Path, changed: set[Path], gone: set[bytes], followed: Collection[Path]) -> Against | None:  # noqa: C901 - one question after the other, the first answer counts
    """Return what else has to do with the file or the one source that reads it; None where that source stands for itself."""
    sources = sorted(changed - {target})
    if len(sources) > 1:
        for source in map(Path, tree.python):
            if (m := re.search(rb"sys\.path|PYTHONPATH|__getattr__", _data(source))) is not None:
                return Against(source, _line(_data(source), m.start()), "it is unclear which module this imports")
    for source in sources:
        data = _data(source)
        if (m := _IN_THE_SOURCE.search(data)) is not None:
            return Against(
                source, _line(data, m.start()), f"`{m.group().decode().strip('(')}` accesses more of the file's values than can be traced"
            )
        if b"dotenv_values" in data and not only_merged(data):
            return Against(source, 1, "the file and the environment are both read")
    if not sources and not any(b"load_dotenv" in _data(Path(f)) for f in tree.python if Path(f).parent == target.parent):
        return Against(target, 1, "no code next to it was found that reads it")
    words = re.compile(rb"(?<!\w)(?:" + b"|".join(map(re.escape, sorted(gone))) + rb")(?!\w)") if gone else None
    stems = b"|".join(re.escape(p.stem.encode()) for p in sources)
    named = re.compile(rb"(?:import|from)\b[^\n]*\b(?:" + stems + rb")\b|[\"'.](?:" + stems + rb")[\"'.:]") if stems else None
    ending = re.compile(re.escape(target.suffix.encode()) + rb"[\"']") if target.suffix and not _is_env(target) else None
    for file in tree.files:
        path = Path(file)
        if path in changed or path == target or path.suffix in _DOCUMENTS or is_unrelated(path):
            continue
        data = _data(path)
        if is_own(data):
            continue
        python = path.suffix in (".py", ".pyw", ".wsgi", ".ipynb", "")
        if words is not None and (m := words.search(data)) is not None and not path.name.startswith(".env."):
            return Against(path, _line(data, m.start()), f"`{m.group().decode()}` is also mentioned here")
        uses = named.search(data) if python and not path.name.startswith(_RUNS_ELSEWHERE) and named is not None else None
        if uses is not None and not _takes_other_names(tree, path, data, named, sources):
            if path not in followed:
                return Against(path, _line(data, uses.start()), "it uses the code that reads the file")
            if (m := _IN_THE_SOURCE.search(data)) is not None:
                return Against(path, _line(data, m.start()), f"`{m.group().decode().strip('(')}` may access more of the file's values")
        if python and ending is not None and target.name.encode() not in data and (m := ending.search(data)) is not None:
            return Against(path, _line(data, m.start()), "it reads files of this kind and may read this one")
        if path.name in _TOOLS or path.suffix == ".sh":
            if (_is_env(target) and (re.search(rb"env", data) or path.name == ".envrc")) or path.name == "package.json":
                return Against(path, 1, "this tool may read the file too")
    return None


def _takes_other_names(tree: Tree, path: Path, data: bytes, named: "re.Pattern[bytes] | None", sources: Collection[Path]) -> bool:
    """Return whether a file has nothing to do with some sources but `from source import name`: names that what comes from the file was not followed to.

    What was followed to a name is followed into every file that imports that name.
    """
    file = tree.sources.file(path)
    if file is None or file.stars or named is None:
        return False
    taken: set[int] = set()
    for source in sources:
        for other, alias, name in tree.sources.imports_of(source):
            if other is file and name is not None and name != "*":
                statement = file.source.parents[alias]
                assert isinstance(statement, ast.ImportFrom) and statement.end_lineno is not None
                taken |= set(range(statement.lineno, statement.end_lineno + 1))
    return all(_line(data, m.start()) in taken for m in named.finditer(data))


def _text(tree: Tree, path: Path, data: bytes) -> str:
    """The text of a source, or of a notebook's code."""
    file = tree.sources.file(path) if path.suffix == ".ipynb" else None
    return data.decode("utf-8", "replace") if file is None else file.source.text


def _data(path: Path) -> bytes:
    try:
        return read(path) if path.stat().st_size <= _LARGEST else b""
    except OSError:
        return b""


def _is_env(path: Path) -> bool:
    return path.name.startswith(".env") or path.suffix == ".env"


def _words(data: bytes) -> set[bytes]:
    """Return the names in a settings file."""
    return set(re.findall(rb"[A-Za-z_]\w{3,}", data)) - {b"export"}


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _ignored(root: Path, path: Path) -> bool:
    """Return whether a `.gitignore` between the root and a file names it."""
    for folder in path.parents:
        try:
            spec = ignore_spec(read(folder / ".gitignore").decode("utf-8", "replace").splitlines())
        except OSError:
            spec = None
        if spec is not None and spec.match_file(str(path.relative_to(folder))):
            return True
        if folder == root:
            break
    return False
