"""What images and Procfiles run: the programs of their lines, or all of the code that they copy where a line is not understood."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath

from migrate.codemod.data.around.programs.running import Running

IMAGES = re.compile(r"(?i)(?:Dockerfile|Containerfile)(?:[._-].*)?|.*[._-](?:Docker|Container)file|Procfile(?:\..*)?")
_RUNS = re.compile(r"(?im)^\s*(?:CMD|ENTRYPOINT|[\w-]+:)(.*(?:\\\n.*)*)")
_STEPS = re.compile(r"(?im)^[ \t]*(?:ONBUILD[ \t]+)?(?:RUN|HEALTHCHECK)[ \t](.*)")
"""What runs while the image is built, where no profile is either, and beside its program."""
_LINES = re.compile(r"(?m)^[ \t]*[\w-]+:(.*)$")
_FILE = re.compile(r"[\w./-]*[\w-]")
_COPIES = re.compile(r"(?im)^\s*(?:COPY|ADD)\s+((?:--\S+\s+)*)(.*(?:\\\n.*)*)")
OTHER_LANGUAGE = re.compile(
    r"""[\["'\s]*(?:npm|npx|node|yarn|pnpm|bun|deno|nginx|httpd|apache2\S*|caddy|traefik|java|php\S*|ruby|bundle|rails|bin/rails|rake|puma|sidekiq|dotnet|redis-server|postgres|mysqld)\b"""
)
"""What a container runs that is no Python."""
_MODULES = re.compile(
    r"(?:-m|-A|--app)\W+([A-Za-z_][\w.]*)|(?:gunicorn|uvicorn|hypercorn|waitress-serve)\b.*?([A-Za-z_][\w.]*):[A-Za-z_]\w*"
)
_OF_IMAGES = re.compile(r"(?i)\.?(?:dockers?|dockerfiles?|containers?|images?|build|deploy\w*|ops|infra\w*|ci)")
"""Folders that hold images, and not the code that goes into them."""


def run_in_images(root: Path, named: Sequence[str], python: Sequence[Path], text_of: Callable[[Path], str]) -> Iterator[tuple[Path, str]]:
    """Yield each Python file that an image or a Procfile runs, and what says so. `named` are all files below the root."""
    for file in sorted(named):
        path = Path(file)
        if not IMAGES.fullmatch(path.name) or ".devcontainer" in path.parts:
            continue
        text = re.sub(r"\\[ \t]*\r?\n", " ", text_of(path))
        if path.name.lower().startswith("procfile"):
            yield from ((p, "a Procfile runs it") for p in _of_procfile(path.parent, text, named, python, text_of))
        else:
            yield from ((p, f"a container runs it ({path.name})") for p in _of_image(root, path.parent, text, python))
            yield from ((p, f"a container runs it ({path.name})") for p in _of_steps(root, path.parent, text, named, python, text_of))


def _of_procfile(folder: Path, text: str, named: Sequence[str], python: Sequence[Path], text_of: Callable[[Path], str]) -> Iterator[Path]:
    """Yield what the lines of a Procfile run; all that is below its folder where one of them is not understood."""
    below = [p for p in python if folder in p.parents]
    running = Running(folder, named, below, text_of)
    for line in _LINES.findall(text):
        plain, modules = _called(line)
        found = [p for p in below if _run_by(folder, plain, modules, p)]
        found += [p for p, test in running.of(line) if not test]
        if not found and OTHER_LANGUAGE.match(line) is None:
            found = below
        yield from found


def _of_steps(
    root: Path, folder: Path, text: str, named: Sequence[str], python: Sequence[Path], text_of: Callable[[Path], str]
) -> Iterator[Path]:
    """Yield what runs while an image is built, and what a script of the shell runs that it begins with."""
    steps = "\n".join(_STEPS.findall(text))
    started = {PurePosixPath(w).name for m in _RUNS.finditer(text) for w in _FILE.findall(m.group(1)) if not w.endswith(".py")}
    for context in _contexts(root, folder, _copied(text), python):
        running = Running(context, named, python, text_of)
        scripts = [text_of(p) for p in running.below.values() if p.name in started and p.suffix in ("", ".sh", ".bash")]
        found = [p for one in (steps, *scripts) for p, test in running.of(one) if not test]
        yield from found
        if found:
            return


def _of_image(root: Path, folder: Path, text: str, python: Sequence[Path]) -> Iterator[Path]:
    """Yield what an image runs that is built in its folder, or in one above it, as far as the files that it copies stand there."""
    plain, modules = _understood(text)
    other = OTHER_LANGUAGE.match(" ".join(m.group(1) for m in _RUNS.finditer(text)).strip()) is not None
    copied = _copied(text)
    contexts = _contexts(root, folder, copied, python)
    for context in contexts:
        if found := [p for p in python if context in p.parents and _run_by(context, plain, modules, p)]:
            yield from found
            return
    if other:
        return
    for n, context in enumerate(contexts):  # what it runs is not understood: a script of the shell, say
        below = [p for p in python if context in p.parents and (context == folder or _is_copied(p.relative_to(context).as_posix(), copied))]
        yield from below
        if below and not (n == 0 and _OF_IMAGES.fullmatch(context.name)):
            return


def _contexts(root: Path, folder: Path, copied: Sequence[str], python: Sequence[Path]) -> list[Path]:
    """Return the folders that an image may be built in, the likeliest first."""
    out = [folder]
    if copied and folder != root:
        above = [p for p in folder.parents if p == root or root in p.parents]
        out += [p for p in above if all(_stands(p, source) for source in copied)]
        if len(out) == 1 and not all(_stands(folder, source) for source in copied):
            others = {f for p in python for f in p.parents if root in f.parents}
            out += [f for f in sorted(others) if all(_stands(f, source) for source in copied)]
    return out


def _stands(context: Path, source: str) -> bool:
    head = re.split(r"[*?\[$]", source)[0]
    made_later = "/" not in head and PurePosixPath(head).suffix != ""
    return not head or made_later or (context / head.lstrip("/")).exists()


def _is_copied(relative: str, copied: Sequence[str]) -> bool:
    for source in copied:
        plain = str(PurePosixPath(source.lstrip("/")))
        if plain in (".", "") or relative == plain or relative.startswith(plain + "/") or PurePosixPath(relative).match(plain):
            return True
        if "$" in plain or ("*" in plain and PurePosixPath(relative).match(plain.rstrip("/*") + "/**/*")):
            return True
    return False


def _copied(text: str) -> list[str]:
    """Return what the lines of an image copy from the folder that it is built in."""
    out = []
    for flags, rest in _COPIES.findall(text):
        words = re.sub(r"[\[\]\",\\]", " ", rest).split()
        if "--from" not in flags and not rest.startswith("<<"):
            out += [w for w in words[:-1] if "://" not in w]
    return out


def _understood(text: str) -> tuple[set[str], set[str]]:
    """Return the scripts and the modules that the lines of an image name."""
    return _called(" ".join(m.group(1) for m in _RUNS.finditer(text)))


def _called(lines: str) -> tuple[set[str], set[str]]:
    """Return the scripts and the modules that some lines name."""
    plain = {w.lstrip("./") for w in re.findall(r"[\w./-]+\.py\b", lines)}
    return plain, {(m.group(1) or m.group(2)).removesuffix(".py").replace(".", "/") for m in _MODULES.finditer(lines)}


def _run_by(folder: Path, plain: Collection[str], modules: Collection[str], path: Path) -> bool:
    """Is a file named in the lines that an image runs: by its path, or as a module?"""
    relative = path.relative_to(folder).as_posix()
    if relative in plain or any(p.endswith("/" + relative) or p == path.name for p in plain):
        return True
    module = relative.removesuffix(".py").removesuffix("/__main__").removesuffix("/__init__")
    return module in modules or module.removesuffix("/celery") in modules
