"""Packages that pip has put into a folder of the tree (`pip install --target`, a Lambda's folder, a checked-in environment).

pip leaves a list of the files that it wrote, with their hashes, in `NAME-VERSION.dist-info/RECORD`
(https://packaging.python.org/en/latest/specifications/recording-installed-packages/). A package that is as it was installed is a library,
and no part of the program.
"""

import base64
import csv
import hashlib
import os
from functools import lru_cache
from pathlib import Path

from migrate.tree.files import read

_MOST = 3_000  # Python files of one package that are compared


@lru_cache(maxsize=1024)
def is_installed(folder: str, package: str) -> bool:
    """Return whether the package or module of this name in a folder is one that pip put there, with every Python file as it was."""
    recorded = _recorded(folder)
    if not any(name.split("/")[0] in (package, package + ".py") for name in recorded):
        return False
    try:
        present = _python_files(folder, package)
        return 0 < len(present) <= _MOST and all(recorded.get(p) == _hash(read(f"{folder}/{p}")) for p in present)
    except OSError:
        return False


def forget() -> None:
    """Forget what has been compared: a new run looks at the files as they are now."""
    is_installed.cache_clear()
    _recorded.cache_clear()


def _python_files(folder: str, package: str) -> list[str]:
    base = Path(folder)
    found = [base / f"{package}.py"] if (base / f"{package}.py").exists() else []
    for at, folders, names in os.walk(base / package):
        if any(os.path.islink(f"{at}/{f}") for f in folders):  # noqa: PTH114 - as os.walk gives them
            raise OSError(f"{at} holds a link to a folder, which is not followed")
        found += [Path(at, n) for n in names if n.endswith(".py")]
        if len(found) > _MOST:
            break
    return [p.relative_to(base).as_posix() for p in found]


@lru_cache(maxsize=64)
def _recorded(folder: str) -> dict[str, str]:
    """Return the Python files that pip wrote into a folder, with their hashes."""
    out: dict[str, str] = {}
    try:
        lists = [f"{e.path}/RECORD" for e in os.scandir(folder) if e.name.endswith(".dist-info") and e.is_dir(follow_symlinks=False)]
    except OSError:
        return out
    for path in lists:
        try:
            text = read(path).decode("utf-8", "replace")
            out.update((row[0], row[1]) for row in csv.reader(text.splitlines()) if len(row) == 3 and row[0].endswith(".py"))
        except (OSError, csv.Error):
            continue
    return out


def _hash(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
