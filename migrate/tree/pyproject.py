"""`[tool.aws-sso-migrate]` of a repository's `pyproject.toml`: every option of `code` and `scan` under its own name.

The command line wins. A repository's settings count for its own files only.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from migrate.codes import CODES
from migrate.errors import Refusal
from migrate.nearest import did_you_mean
from migrate.tree.files import may_take_for_ever

_LARGEST = 1 << 20
_TEXTS = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_ENDLESS = re.compile(r"(?<![\w-])[\w-]+(?:[ \t]*\.[ \t]*[\w-]+){64}")
"""A dotted name takes the square of its parts to be read, and a stranger's file may have hundreds of thousands."""


class Setting(NamedTuple):
    """A setting: what its value is, which commands read it, and what it does."""

    kind: str
    commands: str
    said: str


SETTINGS: dict[str, Setting] = {
    "exclude": Setting("a list of strings", "code, scan", "Paths to skip, as patterns of `.gitignore`, relative to this file."),
    "ignore": Setting("a list of strings", "code, scan", "Finding codes to silence."),
    "map-key": Setting("a list of strings or a table", "code", "Key IDs and the profiles that take their place."),
    "profile": Setting("a string", "code", "The profile for all keys that nothing else maps."),
    "target": Setting("a string", "code", "`profile` or `default-chain`: what rewritten code signs with."),
    "plan": Setting("a string", "code", "The plan file, relative to this file."),
    "jobs": Setting("a number", "code, scan", "Number of processes."),
    "environment": Setting("true or false", "code", "Remove standard variables that the code passes on itself."),
    "allow-missing-profile": Setting("true or false", "code", "Accept profiles that are in no AWS file of this machine."),
    "other-account": Setting("a list of strings", "code", "Profiles that may be of another account than the keys they replace."),
    "unrelated": Setting(
        "a list of strings",
        "code",
        "Files, as patterns of `.gitignore`, that have nothing to do with keys elsewhere: what they patch, set or may read does not prevent a rewrite.",
    ),
    "history": Setting("true or false", "scan", "Also scan every commit."),
    "baseline": Setting("a string", "scan", "The baseline file, relative to this file. It counts for findings below its folder."),
}
"""What may stand in `[tool.aws-sso-migrate]`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a repository's file says; what it does not name is empty."""

    path: Path | None = None
    exclude: tuple[str, ...] = ()
    ignore: frozenset[str] = frozenset()
    map_key: tuple[str, ...] = field(default=(), repr=False)
    profile: str | None = None
    target: str | None = None
    plan: Path | None = None
    jobs: int | None = None
    history: bool | None = None
    environment: bool = False
    allow_missing_profile: bool = False
    baseline: Path | None = None
    other_account: tuple[str, ...] = ()
    unrelated: tuple[str, ...] = ()

    @property
    def folder(self) -> Path | None:
        """The folder that patterns are relative to; None where there is no such file."""
        return self.path.parent if self.path is not None else None


def settings_for(path: Path, root: Path) -> Settings:
    """The settings for a path: of the nearest `pyproject.toml` with such a table, from its folder up to `root`.

    Raises Refusal with file and line for a setting that is not one.
    """
    folder = path if path.is_dir() else path.parent
    for here in (folder, *folder.parents):
        file = here / "pyproject.toml"
        try:
            data = file.read_bytes() if file.is_file() and file.stat().st_size < _LARGEST else b""
        except OSError:
            data = b""
        if b"aws-sso-migrate" in data and (found := read_settings(data, file)) is not None:
            return found
        if here == root:
            break
    return Settings()


def read_settings(data: bytes, path: Path) -> Settings | None:
    """The settings in the bytes of a `pyproject.toml`; None where it has no such table. Raises Refusal."""
    import tomllib

    try:
        text = data.decode("utf-8")
        if _ENDLESS.search(_TEXTS.sub("s", text)):
            raise Refusal("contains a name with too many parts", path=path)
        tool = tomllib.loads(text).get("tool", {})
    except UnicodeDecodeError:
        raise Refusal("is not valid UTF-8", path=path) from None
    except (ValueError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        raise Refusal("is not valid TOML", path=path, line=int(place.group(1)) if place else None) from None
    if not isinstance(tool, dict) or "aws-sso-migrate" not in tool:
        return None
    table = tool["aws-sso-migrate"]
    if not isinstance(table, dict):
        raise Refusal("[tool.aws-sso-migrate] must be a table", path=path, line=_line(text, "aws-sso-migrate"))
    for name, value in table.items():
        _check(name, value, text, path)
    pairs = table.get("map-key", [])
    return Settings(
        path,
        tuple(table.get("exclude", ())),
        frozenset(table.get("ignore", ())),
        tuple(f"{k}={v}" for k, v in pairs.items()) if isinstance(pairs, dict) else tuple(pairs),
        table.get("profile"),
        table.get("target"),
        path.parent / table["plan"] if "plan" in table else None,
        table.get("jobs"),
        table.get("history"),
        table.get("environment", False),
        table.get("allow-missing-profile", False),
        path.parent / table["baseline"] if "baseline" in table else None,
        tuple(table.get("other-account", ())),
        tuple(table.get("unrelated", ())),
    )


def _check(name: str, value: Any, text: str, path: Path) -> None:
    """Raises Refusal where a setting is not one, or not of its kind. Values are not quoted: one may hold a key."""
    if name not in SETTINGS:
        known = did_you_mean(name, SETTINGS) or f"the settings are: {', '.join(SETTINGS)}"
        raise Refusal("unknown setting in [tool.aws-sso-migrate]", path=path, line=_line(text, name), help=known)
    texts = isinstance(value, list) and all(isinstance(v, str) for v in value)
    table = isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    good = {
        "a list of strings": texts,
        "a list of strings or a table": texts or table,
        "a string": isinstance(value, str) and bool(value.strip()),
        "a number": isinstance(value, int) and not isinstance(value, bool) and value > 0,
        "true or false": isinstance(value, bool),
    }[SETTINGS[name].kind]
    if not good:
        raise Refusal(f"{name} must be {SETTINGS[name].kind}", path=path, line=_line(text, name))
    if name in ("exclude", "unrelated") and (wild := [v for v in value if may_take_for_ever(v)]):
        raise Refusal(f"{name}: a pattern contains too many *", path=path, line=_line(text, wild[0]))
    if name == "target" and value not in ("profile", "default-chain"):
        raise Refusal("target must be profile or default-chain", path=path, line=_line(text, name))
    if name == "ignore" and (unknown := [v for v in value if v not in CODES]):
        raise Refusal("ignore contains an unknown code", path=path, line=_line(text, unknown[0]), help="see docs/codes for all codes")


def _line(text: str, name: str) -> int | None:
    """The line where a name first stands from the table's header on."""
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if "aws-sso-migrate" in line), 0)
    return next((n + 1 for n in range(start, len(lines)) if name in lines[n]), start + 1)
