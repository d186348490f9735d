"""Command lines as they stand in files of CI, Makefiles and scripts of the shell: which Python files they run."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

_RUNNER = re.compile(r"(?:^|[\s/@])(?:python[\d.]*|pypy[\d.]*|\$X|\$\w*PY(?:THON)?\w*|run|exec|bash|sh|xargs)$")
_CHECKS = re.compile(
    r"(?:\S*bin/)?(?:ruff|mypy|black|flake8|pylint|isort|pyright|bandit|pydocstyle|autopep8|yapf|py_compile|compileall|vulture|pyflakes|codespell|"
    r"pre-commit|pip[\d.]*|twine|build|pytest|unittest|shellcheck|echo|cat|cp|mv|rm|git|sed|grep|chmod|test|touch|diff|semgrep)"
)
"""Programs that are given Python files and do not run them."""
_BEFORE = {"-", "run:", "script:", "sh", "bash", "command:", "commands:", "entrypoint:", "cmd:", "cmds:", "install:", "build:", "sudo", "time", "env", "exec", "run", "uv", "poetry", "pipenv",
           "pdm", "hatch", "rye", "pixi", "-c", "|", ">", ">-", "|-", "then", "do", "else", "-ex", "before_script:", "after_script:"}  # fmt: skip
"""What stands before a command: a setting of YAML, a program that starts another."""
_TESTS = re.compile(r"(?:^|[\s/])(?:pytest|py\.test|unittest|nosetests|nose2)(?=\s|$)")
_SHELL = re.compile(r"[\w./-]+\.(?:sh|bash)\b|\./[\w./-]+")
_FOLDER = re.compile(r"(?:working-directory\s*:|\bworkingDirectory\s*:|\bdir\s*:|\bchangedir\s*=|\b(?:push)?(?<![\w/-])cd|\s-C|--chdir|--directory)[\s=]*([^\s;&|)]+)")  # fmt: skip
_PARTS = re.compile(r"&&|\|\||[;|]|\$\(|`")
_QUOTES = re.compile(r"[\"',\[\](){}]+")
_SET = re.compile(r"\w+=\S*")
_VARIABLE = re.compile(r"^.*\$(?:\w+|\{\S*)/")
_NAMED = "$X"  # what stands for a variable, whose name does not matter
_IMPORTS = re.compile(r"\b(?:import|from)\s+([A-Za-z_][\w.]*)")


@dataclass(slots=True)
class Runs:
    """What some lines run, as it is written there. `folders` are those that a command may run in."""

    scripts: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    programs: set[str] = field(default_factory=set)
    shell: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    tests: bool = False

    def names(self, relative: str) -> bool:
        """Return whether a Python file, by its path below the root, is one of the scripts or modules."""
        for script in self.scripts:
            written = _plain(script)
            if relative == written or any(_below(folder, written, relative) for folder in self.folders):
                return True
            if _VARIABLE.match(script) and relative.endswith("/" + written):
                return True
        module = relative.removesuffix(".py").removesuffix("/__main__").removesuffix("/__init__")
        return any(module == m or module.endswith("/" + m) for m in self.modules)


def commands(text: str, folder: str = "") -> Runs:
    """Return what the command lines of a text run. `folder` is the text's own."""
    out = Runs(folders={folder} if folder else set())
    text = re.sub(r"\$\{\{[^}\n]*\}\}|\$\{\w+\}|\$\(\w+\)", _NAMED, text)
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        if line.lstrip().startswith(("#", "//")):
            continue
        out.folders.update(m.group(1).strip("\"'") for m in _FOLDER.finditer(line))
        out.tests = out.tests or _TESTS.search(_QUOTES.sub(" ", line)) is not None
        for part in _PARTS.split(line):
            _part(_QUOTES.sub(" ", part).split(), out)
    return out


def _part(words: list[str], out: Runs) -> None:
    """Take in what one command runs."""
    start = 0
    while start < len(words) and (words[start] in _BEFORE or _SET.fullmatch(words[start]) or words[start].endswith(":")):
        start += 1
        word = words[start - 1]
        if word.endswith(":") and word not in _BEFORE and not (start < len(words) and _RUNNER.search(" " + words[start])):
            return  # a setting that holds no command
    words = [w.lstrip("@") for w in words[max(start - 1, 0) :]]  # one that starts another counts, too
    runner = False
    for at, word in enumerate(words):
        first = at == (1 if start else 0)
        if _CHECKS.fullmatch(word) and (not runner or words[at - 1] == "-m" or at <= 2):
            break
        if first:
            out.programs.add(word)
            out.scripts.add(word)
        if _RUNNER.search(" " + word):
            runner = True
        elif runner and word == "-m" and at + 1 < len(words):
            out.modules.add(words[at + 1].replace(".", "/"))
        elif runner and word == "-c":
            out.modules |= {m.replace(".", "/") for m in _IMPORTS.findall(" ".join(words[at:]))}
        elif runner and not word.startswith("-"):
            out.programs.add(word)
            out.scripts.add(word)
        if _SHELL.fullmatch(word):
            out.shell.add(word)


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


def _plain(written: str) -> str:
    """Return a path without what cannot be told of it: a variable that it begins with, `./`."""
    return str(PurePosixPath(_VARIABLE.sub("", written))).removeprefix("./")


def _below(folder: str, written: str, relative: str) -> bool:
    if "$" in folder:
        return relative.endswith("/" + written)
    parts: list[str] = []
    for part in PurePosixPath(folder, written).parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return relative == "/".join(parts)
