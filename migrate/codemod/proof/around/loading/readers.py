"""Which file of a root may read all names of a module: by the modules that it takes, or by its bytes where it is not understood."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from migrate.codemod.proof.around.below import PROSE, files, kept, module_name
from migrate.codemod.proof.around.flask import Asking, may_be_asked
from migrate.codemod.proof.around.imports import PARSED, asked
from migrate.codemod.proof.around.loading.named import may_be_any
from migrate.codemod.proof.around.loading.objects import Holders, sharing
from migrate.codemod.proof.around.loading.taken import Taken, taken
from migrate.codemod.proof.around.vocabulary import sifted, sifted_texts
from migrate.tree.unrelated import is_unrelated

DEVICE = re.compile(
    rb"(?:(?<![A-Za-z0-9_.])(exec|compile|__import__)|(?<![A-Za-z0-9_])"
    rb"(import_module|spec_from_file_location|SourceFileLoader|run_path|run_module|iter_modules|walk_packages))\s*\("
)
"""What takes a module, or the text of one, by a name or path that it is given."""
_TABLE = re.compile(rb"(?<![A-Za-z0-9_])modules\s*(?:\.(?:values|items|get)\b|\[(?!\s*__name__)[^\"'\]]*\](?!\s*=[^=]))")
"""What takes a module out of the table of all of them by a computed name."""
_TAKING = re.compile(
    rb"(?<![A-Za-z0-9_])(?:import_module|__import__|module_from_spec|exec_module|load_module|load_source|run_path|run_module|modules|SourceFileLoader|import_string|resolve_name|locate|importorskip|EntryPoint|from_object|config_from_object)(?![A-Za-z0-9_])"
    rb"|(?<![A-Za-z0-9_.])(?:exec|compile)\s*\("
)
"""How a file that takes a module says so."""
_IN_TEXT = re.compile(
    rb"[\"'][^\"'\n]*(?<![A-Za-z0-9_])(?:import[ \t]+(?:[\w., ]*[., ])?STEM(?!\.)|from[ \t]+(?:\w+\.)*STEM[ \t]+import[ \t]*\*)"
)
"""How a text that is run, by another interpreter or by `timeit`, takes a module as an object, or all names of it."""
_IMPORTED = re.compile(rb"(?<![A-Za-z0-9_])(?:import[ \t]+(?:[\w., \t]*[., \t])?|from[ \t]+(?:[\w.]*\.)?)STEM")
_RUN_AS_TEXT = re.compile(rb"(?<![A-Za-z0-9_.])(exec|compile)\s*\(")
_RUNNING = frozenset({b"exec", b"compile", b"run_path", b"run_module"})
FIXED = re.compile(rb"\s*[rbRBuU]?[\"'][^\"'\n]*[\"']\s*[,)]")
_PREFIX = re.compile(rb"\s*(?:[fF][\"']([A-Za-z_][A-Za-z0-9_.]*)\.\{|[\"']([A-Za-z_][A-Za-z0-9_.]*)\.[\"']\s*\+)")
"""The package that a computed name begins with."""
_PYTHON_FILE = re.compile(rb"[\"'][^\"'\n]*\.py[\"']")
_WHOLE = re.compile(rb"(?<![A-Za-z0-9_])(?:vars|dir|getmembers)\s*\(|__dict__|getattr\s*\(\s*[A-Za-z0-9_.]+\s*,\s*[^\"'\s]|import\s*\*")
"""What then reads all its names, or one that is computed."""


class Going(NamedTuple):
    """What goes: names of a module, the names that the module itself is reached by, and whether its classes and functions stay as they are."""

    names: frozenset[str]
    through: frozenset[str]
    listed: bool  # what all names of a module are, or stand for, changes
    steady: bool
    alone: bool = False  # nothing but names of modules goes


def reads_whole(root: Path, homes: Collection[Path], known: Collection[Path], going: Going, mentions: Asking) -> tuple[Path, str] | None:
    """Return a Python file that may read a module of `homes` without saying its names, and how it does so.

    Of those in `known` only the modules that they take are looked at, and those only where nothing but names of modules goes.
    """
    if not homes or (going.steady and not going.listed):
        return None
    homes, sharers = sharing(root, frozenset(homes))
    in_text = re.compile(_IN_TEXT.pattern.replace(b"STEM", _stem(homes).pattern))
    by_path = re.compile(rf"[\"'/]({'|'.join(sorted({re.escape(p.name) for p in homes}))})[\"']".encode("utf-8", "surrogateescape"))
    for path, python in sifted(root, re.compile(b"|".join((by_path.pattern, in_text.pattern, DEVICE.pattern, _TAKING.pattern)))):
        if not python:
            continue
        if is_unrelated(path):
            named = [t for t in (asked(root, path, taken, path) or () if path.suffix in PARSED else ()) if _is_named(t, homes)]
            if (how := next((t.device for t in named if _reads(root, t, path, homes, going, mentions, sharers)), None)) is not None:
                return path, how
            continue
        data = kept[path]
        if path in known:
            near = asked(root, path, taken, path) if going.alone and path.suffix in PARSED else ()
            if near is None:
                return path, "a syntax that is not understood"
            if (
                how := next((t.device for t in near if _reads(root, t, path, homes, _followed(t, going), mentions, sharers)), None)
            ) is not None:
                return path, how
            continue
        if (said := by_path.search(data)) is not None:
            return path, said.group(1).decode()
        if in_text.search(data) is not None:
            return path, "import"
        found = asked(root, path, taken, path) if path.suffix in PARSED else None
        if found is None:
            how = _by_bytes(data, homes, DEVICE) or (_by_table(data, homes))
        else:
            how = _by_bytes(data, homes, _RUN_AS_TEXT) or next(
                (t.device for t in found if _reads(root, t, path, homes, going, mentions, sharers)), None
            )
        if how is not None:
            return path, how
    return _in_another_language(root, homes, known)


def _in_another_language(root: Path, homes: Collection[Path], known: Collection[Path]) -> tuple[Path, str] | None:
    """Return a file that is no Python, or is not understood, with code that imports a module and may read all its names: `python3 - <<END` in a script."""
    imported = re.compile(_IMPORTED.pattern.replace(b"STEM", _stem(homes).pattern))
    for path, _ in sifted_texts(root, imported):
        if path in known or path.suffix in PROSE or is_unrelated(path):
            continue
        if path.suffix in (".py", ".pyw") and asked(root, path, taken, path) is not None:
            continue
        data = kept[path]
        if imported.search(data) is not None and (said := _WHOLE.search(data)) is not None:
            return path, said.group().decode("utf-8", "replace").split("(")[0].strip()
    return None


def gives_any(root: Path, homes: Collection[Path], names: frozenset[str]) -> bool:
    """Return whether a file takes one of some modules by a computed name, and hands it on, reads all that is in it, or one of some names."""
    for path, python in sifted(root, _TAKING):
        if python and path.suffix in PARSED and not is_unrelated(path) and _TAKING.search(kept[path]) is not None:
            found = asked(root, path, taken, path)
            if found is None or any((one.whole or not one.read.isdisjoint(names)) and may_be_any(one.names, homes) for one in found):
                return True
    return False


def _reads(root: Path, one: Taken, path: Path, homes: Collection[Path], going: Going, mentions: Asking, sharers: Holders) -> bool:
    """Return whether what is taken may be one of some files, or a package around one, and what goes may be read of it."""
    if not may_be_any(one.names, homes):
        return may_be_any(one.names, sharers.files) and not one.read.isdisjoint(sharers.names)
    if one.device == "from_object" and one.whole:
        return may_be_asked(mentions, going.names, {p for p, python in files(root) if python})
    if (
        (one.whole and (going.listed or not going.steady))
        or not one.read.isdisjoint(going.names | going.through)
        or (one.called and not going.steady)
    ):
        return True
    return any(
        next(mentions.all_that_say([rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])"], {path}), None) is not None
        for name in one.exposed
    )


def _is_named(one: Taken, homes: Collection[Path]) -> bool:
    """Return whether the whole name of one of some modules is written out where it is taken: so much is no guess."""
    stems = {module_name(p) for p in homes}
    return any(name.exact and name.text.rpartition(".")[2] in stems for name in one.names)


def _followed(one: Taken, going: Going) -> Going:
    """Return what goes where a module is taken in a file of the program: what is asked of one by its whole name is followed there."""
    return going._replace(names=frozenset()) if all(name.exact for name in one.names) else going


def _stem(homes: Collection[Path]) -> re.Pattern[bytes]:
    stems = "|".join(sorted({re.escape(module_name(p)) for p in homes}))
    return re.compile(rf"(?<![A-Za-z0-9_])(?:{stems})(?![A-Za-z0-9_])".encode("utf-8", "surrogateescape"))


def _by_bytes(data: bytes, homes: Collection[Path], devices: re.Pattern[bytes]) -> str | None:
    """Return what in a file may take a module of `homes` and read all its names, as far as bytes show it."""
    named = _stem(homes).search(data) is not None
    whole = _WHOLE.search(data) is not None
    for found in devices.finditer(data):
        device = next(g for g in found.groups() if g is not None)
        fixed = FIXED.match(data, found.end()) is not None or (not named and _of_package(data, found.end(), homes))
        if device in _RUNNING:
            reads = named or not (fixed or _PYTHON_FILE.search(data))
        else:
            reads = whole and (named or not fixed)
        if reads:
            return device.decode()
    return None


def _by_table(data: bytes, homes: Collection[Path]) -> str | None:
    return "sys.modules" if _TABLE.search(data) and (_WHOLE.search(data) or _stem(homes).search(data)) else None


def _of_package(data: bytes, at: int, homes: Collection[Path]) -> bool:
    """Return whether a module's name begins with a package that none of some modules is in: `f"plugins.{name}"`."""
    found = _PREFIX.match(data, at)
    package = (found.group(1) or found.group(2)).decode().rpartition(".")[2] if found is not None else ""
    return bool(package) and not any(package in (p.name for p in home.parents) for home in homes)
