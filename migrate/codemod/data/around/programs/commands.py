"""Command lines as they stand in files of CI, Makefiles and scripts of the shell: which Python files they run."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath

_RUNNER = re.compile(
    r"(?:^|[\s/@])(?:python[\w.]*|pypy[\d.]*|py|ipython3?|\$X|\$\w*PY(?:THON)?\w*|run|exec|bash|sh|xargs|"
    r"papermill|jupyter|locust|spark-submit|torchrun|gunicorn|uvicorn|hypercorn|daphne|granian|waitress-serve|dramatiq|arq|streamlit)$"
)
_PYTHON = re.compile(r"(?:^|.*[\s/@])(?:python[\w.]*|pypy[\d.]*|py|ipython3?)")
_VARYING = re.compile(r"\$[\w@*]+|%%?\w+%?")
"""A word that is a variable, and nothing besides."""
_CHECKS = re.compile(
    r"(?:\S*bin/)?(?:ruff|mypy|black|flake8|pylint|isort|pyright|bandit|pydocstyle|autopep8|yapf|py_compile|compileall|vulture|pyflakes|codespell|"
    r"pre-commit|pip[\d.]*|twine|build|pytest|unittest|shellcheck|echo|cat|cp|mv|rm|git|sed|grep|chmod|test|touch|diff|semgrep)"
)
"""Programs that are given Python files and do not run them."""
_BEFORE = {"-", "run:", "script:", "sh", "bash", "command:", "commands:", "entrypoint:", "cmd:", "cmds:", "install:", "build:", "sudo", "time", "env", "exec", "run", "uv", "poetry", "pipenv",
           "pdm", "hatch", "rye", "pixi", "-c", "|", ">", ">-", "|-", "then", "do", "else", "-ex", "before_script:", "after_script:"}  # fmt: skip
"""What stands before a command: a setting of YAML, a program that starts another."""
_TOLD = {"name:", "run-name:", "description:", "title:", "displayName:", "label:", "if:", "when:", "key:", "image:", "value:"}
"""Settings of which none is a command, whatever it reads like."""
_INSTALLS = {
    "virtualenv",
    "pyenv",
    "conda",
    "mamba",
    "micromamba",
    "apt",
    "apt-get",
    "apk",
    "yum",
    "dnf",
    "brew",
    "choco",
    "asdf",
    "rm",
    "echo",
}
_TESTS = re.compile(r"(?:^|[\s/])(?:pytest|py\.test|unittest|nosetests|nose2)(?=\s|$)")
_SHELL = re.compile(r"[\w./-]+\.(?:sh|bash)\b|\./[\w./-]+")
_FOLDER = re.compile(r"(?:working-directory\s*:|\bworkingDirectory\s*:|\bdir\s*:|\bchangedir\s*=|\b(?:push)?(?<![\w/-])cd|\s-C|--chdir|--directory)[\s=]*([^\s;&|)]+)")  # fmt: skip
_PARTS = re.compile(r"&&|\|\||[;|]|\$\(|`")
_QUOTES = re.compile(r"[\"',\[\](){}]+")
_SET = re.compile(r"\w+=\S*")
_VARIABLE = re.compile(r"^.*\$(?:\w+|\{\S*)/")
_NAMED = "$X"  # what stands for a variable, whose name does not matter
_COMPUTED = re.compile(r"\$\{\{[^}\n]*\}\}|\$\{[^}\n]*\}|\$\(\w+\)|(?<![$\w])\{\}")
_IMPORTS = re.compile(r"\b(?:from\s+([A-Za-z_][\w.]*)\s+import\s+(\w+)|import\s+([A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_][\w.]*)*))")
_INLINE = re.compile(
    r"""(?m)shell\s*:\s*["']?python|python[\d.]*[^\n|;&]*<<|python[\d.]*\s+-\s*$|python[\d.]*[^\n]*\s-c\s*["'|>]*\s*$|\bpython[\w]*\s*\(|scriptSource\s*:\s*["']?inline"""
)
"""Lines of Python itself stand in the text."""
_PATHS = re.compile(r"""\b(?:scriptPath|filePath|script_path|python_file|file_path|python-script)["']?\s*:\s*["']?([\w./$-]+\.\w+)""")
_APPLICATION = re.compile(r"(?:FLASK_APP|QUART_APP)[\"']?\s*[:=]\s*[\"']?([\w./]+)|--app[\s=]+[\"']?([\w./]+)|-A\s+[\"']?([\w./]+)")
_NAME = re.compile(r"([A-Za-z_][\w.]*)(?::[A-Za-z_]\w*(?:\(\))?)?")
_SERVERS = {"gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "waitress-serve", "dramatiq", "arq"}


@dataclass(slots=True)
class Runs:
    """What some lines run, as it is written there. `folders` are those that a command may run in.

    `given`: the scripts that Python is called with, which may be folders and patterns; `some`: a script is run whose name is computed; `notebooks`: the notebooks are run as tests are.
    """

    scripts: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    programs: set[str] = field(default_factory=set)
    shell: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    tests: bool = False
    notebooks: bool = False
    some: bool = False

    def names(self, relative: str) -> bool:
        """Return whether a Python file, by its path below the root, is one of the scripts or modules."""
        for script in self.scripts:
            written = _plain(script)
            if relative == written or any(_below(folder, written, relative) for folder in self.folders):
                return True
            if _VARIABLE.match(script) and relative.endswith("/" + written):
                return True
            if script not in self.given:
                continue
            if relative.endswith("/__main__.py"):
                whole = relative.removesuffix("/__main__.py")
                if whole == written or any(_below(folder, written, whole) for folder in self.folders):
                    return True
            if ("$" in written or "*" in written) and matching(written, relative):
                return True
        module = relative.removesuffix(".py").removesuffix("/__main__").removesuffix("/__init__")
        return any(module == m or module.endswith("/" + m) or ("$" in m and matching(m, module)) for m in self.modules)


def matching(pattern: str, relative: str) -> bool:
    """Return whether a path may be meant by one that holds variables or stars, and something besides."""
    parts = re.split(r"(\$\w+|\*+|\?)", pattern)
    if not any(re.search(r"\w", part) for part in parts[::2]):
        return False
    if len(parts) > 9:  # many would take for ever, and a repository may be a stranger's
        return relative.endswith(parts[-1])
    return re.fullmatch("(?:.*/)?" + "".join(".*" if n % 2 else re.escape(part) for n, part in enumerate(parts)), relative) is not None


def commands(text: str, folder: str = "") -> Runs:
    """Return what the command lines of a text run. `folder` is the text's own."""
    out = Runs(folders={folder} if folder else set())
    text = _COMPUTED.sub(_NAMED, text)
    out.notebooks = "--nbmake" in text or "--nbval" in text
    if _INLINE.search(text) is not None:
        out.modules |= _imported(text)
        out.scripts.update(re.findall(r"""["']([\w./-]+\.py)["']""", text))
    for path in _PATHS.findall(text):
        (out.scripts if path.endswith(".py") else out.shell).add(path)
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        if line.lstrip().startswith(("#", "//")):
            continue
        out.folders.update(m.group(1).strip("\"'") for m in _FOLDER.finditer(line))
        out.tests = out.tests or _TESTS.search(_QUOTES.sub(" ", line)) is not None
        for one in {line, line.replace("\\\\", "/").replace("\\", "/")} if ".py" in line else (line,):
            for part in _PARTS.split(one):
                _part(_QUOTES.sub(" ", part).split(), out)
    return out


def _imported(text: str) -> set[str]:
    """Return the modules that lines of Python in a text import."""
    out = set()
    for module, name, plain in _IMPORTS.findall(text):
        for one in [module, f"{module}.{name}"] if module else re.split(r"\s*,\s*", plain):
            out.add(one.replace(".", "/"))
    return out


def _part(words: list[str], out: Runs) -> None:
    """Take in what one command runs."""
    start = 0
    while start < len(words) and (words[start] in _BEFORE or _SET.fullmatch(words[start]) or words[start].endswith(":")):
        start += 1
        word = words[start - 1]
        if word in _TOLD:
            return
        if word.endswith(":") and word not in _BEFORE and not (start < len(words) and _RUNNER.search(" " + words[start])):
            return  # a setting that holds no command
    words = [w.lstrip("@") for w in words[max(start - 1, 0) :]]  # one that starts another counts, too
    runner = python = False
    _computed(words, out)
    for at, word in enumerate(words):
        first = at == (1 if start else 0)
        if _CHECKS.fullmatch(word) and (not runner or words[at - 1] == "-m" or at <= 2):
            break
        if first:
            out.programs.add(word)
            out.scripts.add(word)
            if word.startswith("/"):
                out.shell.add(word)
        if _RUNNER.search(" " + word):
            runner, python = True, python or word == _NAMED or _PYTHON.fullmatch(word) is not None
        elif runner and word == "-m" and at + 1 < len(words):
            out.modules.add(words[at + 1].replace(".", "/"))
        elif runner and word == "-c":
            out.modules |= _imported(" ".join(words[at:]))
        elif runner and not word.startswith("-"):
            out.programs.add(word)
            out.scripts.add(word)
            if python or "$" in word:
                out.given.add(word)
        if _SHELL.fullmatch(word):
            out.shell.add(word)


def _computed(words: list[str], out: Runs) -> None:
    """Take in what a command runs whose names are computed, or are those of an application."""
    called = {w.rpartition("/")[2] for w in words[:3]}
    if called & _INSTALLS or any(_CHECKS.fullmatch(w) for w in words[:2]):
        return
    if "flask" in called or "celery" in called or "quart" in called:
        found = [m.group(1) or m.group(2) or m.group(3) for m in _APPLICATION.finditer(" ".join(words))]
        for one in (w.removesuffix(".py").replace(".", "/") for w in found):
            out.modules |= {one, one + "/celery"}
        if not found and "celery" not in called and not {"pip", "install"} & set(words):
            out.modules |= {"app", "wsgi"}
    if called & _SERVERS and "install" not in words:
        out.modules |= {m.group(1).replace(".", "/") for w in words if (m := _NAME.fullmatch(w)) is not None}
    for at, word in enumerate(words):
        if _PYTHON.fullmatch(word) is None or (at and words[at - 1] in ("-p", "--python", "install", "use")):
            continue
        rest = [w for w in words[at + 1 :] if w == "-m" or not w.startswith("-")]
        if not rest or rest == ["\\"]:
            out.some = out.some or "xargs" in words[:at] or "parallel" in words[:at]
        elif not any(w.endswith((".py", ".ipynb")) for w in rest):
            module = rest[0] == "-m" and len(rest) > 1
            out.some = out.some or (_VARYING.fullmatch(rest[1] if module else rest[0]) is not None and "-m" not in rest[1:])
        return


def recipes(text: str, targets: Collection[str]) -> str:
    """Return the lines of a Makefile that making some targets carries out; all of it where one of them is not found. None asked is the first."""
    rules: dict[str, tuple[str, list[str]]] = {}
    names: list[str] = []
    for line in text.splitlines():
        if line[:1] in "\t " and line.strip():
            for name in names:
                rules[name][1].append(line)
        elif (m := re.match(r"@?([^\s:=#.][^:#]*?)::?(?!=)\s*(.*)$", line)) is not None:
            names = m.group(1).split()
            for name in names:
                rules.setdefault(name, (m.group(2), []))
        elif line.strip() and not line.startswith("#"):
            names = []
    todo = [*targets] or [*rules][:1]
    if any(name not in rules for name in todo):
        return text
    out: list[str] = []
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen or name not in rules:
            continue
        seen.add(name)
        needs, lines = rules[name]
        todo += [w for w in re.split(r"[\s;]+", needs) if w]
        out += [needs.partition(";")[2], *lines]
        todo += [w for line in lines for w in made(line)]
    return "\n".join(out)


def made(text: str) -> Iterator[str]:
    """Yield the targets that `make` or `just` is asked for in a text."""
    for m in re.finditer(r"(?:^|[\s\"'@(])(?:make|gmake|just|\$\(MAKE\))((?:[ \t]+[^\s;&|\"')]+)*)", text):
        words = m.group(1).split()
        skip = False
        for word in words:
            if skip or word.startswith("-") or "=" in word:
                skip = word in ("-C", "-f", "-j", "--directory", "--file") and not skip
                continue
            yield word


@lru_cache(maxsize=4096)
def _plain(written: str) -> str:
    """Return a path without what cannot be told of it: a variable that it begins with, `./`."""
    return str(PurePosixPath(_VARIABLE.sub("", written))).removeprefix("./")


def _below(folder: str, written: str, relative: str) -> bool:
    if "$" in folder:
        return relative.endswith("/" + written)
    last = written.rpartition("/")[2]
    if last not in (".", "..") and last != relative.rpartition("/")[2]:
        return False  # asked of each file for each script
    parts: list[str] = []
    for part in PurePosixPath(folder, written).parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return relative == "/".join(parts)
