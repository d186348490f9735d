"""Which entries of a settings file are the halves of a key."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from migrate.codemod.data.formats.entries import Entry, Format, Odd, Path
from migrate.keys import is_key_id, is_placeholder

_SECRET = re.compile(r"[A-Za-z0-9/+]{40}")
_HALVES = {"access", "key", "id", "secret", "keyid", "accesskey", "secretkey", "accesskeyid"}
_TOKEN = re.compile(r"[A-Za-z0-9/+=]{80,}")


@dataclass(frozen=True, slots=True)
class Pair:
    """A key in a settings file: its id and the paths of its halves."""

    key: str
    id: Path
    secret: Path
    token: Path | None
    secrets: tuple[str, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every path."""
        return (self.id, self.secret, *([self.token] if self.token else []))


def format_of(path: FilePath, text: str) -> Format | None:
    """The format of a settings file, by its name, and for some names by what it says."""
    from migrate.codemod.data.formats.dotenv import DOTENV
    from migrate.codemod.data.formats.ini import INI
    from migrate.codemod.data.formats.jsons import JSON
    from migrate.codemod.data.formats.pyfile import PYFILE, is_python
    from migrate.codemod.data.formats.tomls import TOML
    from migrate.codemod.data.formats.yamls import YAML

    name, ending = path.name.lower(), path.suffix.lower()
    if name == ".env" or name.startswith(".env.") or ending == ".env":
        return DOTENV
    by_ending = {".ini": INI, ".cfg": INI, ".conf": INI, ".json": JSON, ".yaml": YAML, ".yml": YAML, ".toml": TOML}
    form = by_ending.get(ending)
    return PYFILE if form is INI and is_python(text) else form


def pairs_of(entries: Sequence[Entry]) -> list[Pair]:
    """The keys of a file. Raises Odd where halves do not stand together, one to one."""
    out = []
    tables: dict[Path, list[Entry]] = {}
    for entry in entries:
        tables.setdefault(entry.path[:-1], []).append(entry)
    for table in tables.values():
        ids = [e for e in table if is_key_id(e.value) and not is_placeholder(e.value)]
        if not ids:
            continue
        secrets = [e for e in table if _SECRET.fullmatch(e.value)]
        tokens = [e for e in table if _TOKEN.fullmatch(e.value)]
        if len(ids) > 1:
            out += _by_names(ids, secrets, tokens)
            continue
        if len(secrets) != 1 or len(tokens) > 1:
            raise Odd("it is unclear which secret belongs to the key")
        if ids[0].value.startswith("ASIA") != bool(tokens):
            raise Odd("it has a temporary key without a token, or a token without a temporary key")
        token = tokens[0].path if tokens else None
        out.append(Pair(ids[0].value, ids[0].path, secrets[0].path, token, (secrets[0].value, *(t.value for t in tokens))))
    return out


def _by_names(ids: Sequence[Entry], secrets: Sequence[Entry], tokens: Sequence[Entry]) -> list[Pair]:
    """The keys of a table with several, told apart by their names: DEV_KEY and DEV_SECRET. Raises Odd where these are not clear.

    Where the names mislead, a call gets the id of one key and the secret of another, and the file is left for that.
    """
    by_stem = {_stem(s): s for s in secrets}
    if tokens or len(secrets) != len(ids) or len(by_stem) != len(ids) or {_stem(i) for i in ids} != by_stem.keys():
        raise Odd("it is unclear which secret belongs to the key")
    return [Pair(i.value, i.path, by_stem[_stem(i)].path, None, (by_stem[_stem(i)].value,)) for i in ids]


def _stem(entry: Entry) -> str:
    """An entry's name without the words that say which half it is."""
    return "_".join(w for w in re.split(r"[_\W]+", entry.path[-1].lower()) if w not in _HALVES)
