"""Files in which some key ids stand: a quick pass over the bytes of all that are neither Python nor known to hold settings."""

import re
from collections.abc import Collection, Sequence
from functools import partial

from migrate.scan.pairs import is_binary, text_of
from migrate.silence import silenced_by
from migrate.tree.files import read_most
from migrate.tree.processes import in_processes

_FEW = 1500
_MOST = 100
_SIGN = re.compile(rb"A[KS]IA")


def naming(paths: Sequence[str], keys: Collection[str], jobs: int) -> list[str]:
    """Return the text files in which one of some key ids stands."""
    if not keys:
        return []
    out: list[str] = []
    for share, part in in_processes(partial(_share, keys), paths, jobs if len(paths) >= _FEW else 1):
        out += part if part is not None else _share(keys, share)
    return out


def places(data: bytes, keys: Collection[str]) -> list[tuple[str, int, int]]:
    """Return where some key ids stand in a text, each at most `_MOST` times: the id, its line and its column."""
    out: list[tuple[str, int, int]] = []
    text = _ascii(data)
    for m in _among(keys).finditer(text) if keys else ():
        key = m.group().decode()
        line = text[text.rfind(b"\n", 0, m.start()) + 1 : text.find(b"\n", m.start()) % (len(text) + 1)]
        if sum(k == key for k, _, _ in out) < _MOST and not silenced_by(line.decode("utf-8", "replace")):
            out.append((key, text.count(b"\n", 0, m.start()) + 1, m.start() - text.rfind(b"\n", 0, m.start())))
    return out


def _among(keys: Collection[str]) -> re.Pattern[bytes]:
    return re.compile("|".join(map(re.escape, sorted(keys))).encode())


def _ascii(data: bytes) -> bytes:
    """A text's bytes as UTF-8, also where it is UTF-16. Lines end as `migrate.scan` has it: also at NULs, and in old texts at CR alone."""
    data = text_of(data).encode("utf-8", "replace") if data.startswith((b"\xff\xfe", b"\xfe\xff")) else data.replace(b"\0", b"\n")
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def _share(keys: Collection[str], part: Sequence[str]) -> list[str]:
    out, wanted = [], _among(keys)
    for path in part:
        try:
            data = read_most(path)
        except OSError:
            continue  # one that cannot be read, or that is larger than any source
        text = _ascii(data)
        if _SIGN.search(text) is not None and wanted.search(text) is not None and not is_binary(data):
            out.append(path)
    return out
