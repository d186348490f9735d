"""Reads a plan: ConfigObj parses it, the configspec checks it, and every error is told with its line.

ConfigObj knows the line of what it cannot parse, but not of what its validator rejects. It does keep the comments above each
line. So each line is given one with its number, and the place of every section and setting is read off the comments afterwards.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from migrate.awsfiles.reading.sso import plain_account_id
from migrate.changes.write import look
from migrate.errors import Refusal
from migrate.keys import is_key_id
from migrate.nearest import did_you_mean
from migrate.plan.checks import FAULTS

_TRIPLE = re.compile(r"""=\s*(?:\"{3}|'{3})""")
_MARK = "#@"
_PARSE_ERRORS = {
    "NestingError": "the section is nested too deeply",
    "DuplicateError": "appears twice",
}
Action = Literal["sso", "keep", "remove"]


@dataclass(frozen=True, slots=True)
class PlanSession:
    """A session of the plan. `line` is where its settings begin."""

    sso_start_url: str
    sso_region: str
    sso_registration_scopes: str = "sso:account:access"
    line: int = 0


@dataclass(frozen=True, slots=True)
class PlanProfile:
    """A profile of the plan. What the plan leaves empty is None: with action `sso`, whoever reads it must find it elsewhere or refuse."""

    action: Action
    sso_session: str | None = None
    sso_account_id: str | None = None
    sso_role_name: str | None = None
    line: int = 0
    other_account: bool = False  # may it be another account than that of the profile's key?


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan. `keys` are whole key ids and the profiles in their place, `targets` patterns of paths and what their code signs with."""

    sso_sessions: dict[str, PlanSession] = field(default_factory=dict)
    profiles: dict[str, PlanProfile] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    targets: dict[str, Literal["profile", "default-chain"]] = field(default_factory=dict)
    path: Path | None = None
    environment: bool = False  # `[code]`: as `code --environment`

    @property
    def other_account(self) -> frozenset[str]:
        """Return the profiles that may be of another account than their keys."""
        return frozenset(name for name, profile in self.profiles.items() if profile.other_account)


def load_plan(path: Path) -> Plan:
    """The plan in the file at `path`. Raises Refusal with path and line for what cannot be read, parsed, or is not as it must be."""
    return parse_plan(read_text(path), path)


def read_text(path: Path) -> str:
    """The text of a plan, without a byte-order mark. Raises Refusal where there is no such file, or it is no UTF-8."""
    data = look(path).data
    if data is None:
        raise Refusal("the plan does not exist", path=path, help=f"create it with `aws-sso-migrate plan -o {path}`")
    return decode(data, path)


def decode(data: bytes, path: Path) -> str:
    """Bytes of a plan as text. Raises Refusal with the line where they are no UTF-8."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal("is not valid UTF-8", path=path, line=data.count(b"\n", 0, error.start) + 1) from None
    if "\x00" in text:
        raise Refusal("contains a NUL character", path=path, line=text.count("\n", 0, text.index("\x00")) + 1)
    return text


def parse_plan(text: str, path: Path) -> Plan:
    """The plan that `text` is. Raises Refusal as `load_plan`."""
    from configobj import flatten_errors, get_extra_values
    from configobj.validate import Validator, VdtValueError

    config, lines = _parse(text, path)
    errors: list[tuple[int, str]] = []
    strange = [name for name in config.sections if name not in _SECTIONS]
    errors += [(lines[(name,)], _unknown_section(name)) for name in strange]
    errors += [(lines[(name,)], "a setting outside any section") for name in config.scalars]
    keys = config.get("keys")
    strange = [name for name in (keys.scalars if hasattr(keys, "scalars") else ()) if not is_key_id(name)]
    errors += [(lines[("keys", name)], "not a key ID (AKIA or ASIA followed by 16 characters)") for name in strange]
    for section, where in _sections_for_settings(config):
        errors.append((lines[where], "a section where a setting belongs"))
        del section[where[-1]]
    validator = Validator({name: _check(fault, VdtValueError) for name, fault in FAULTS.items()})
    outcome = config.validate(validator, preserve_errors=True)
    for where, name, error in flatten_errors(config, outcome):
        place = (*where, name) if name is not None else tuple(where)
        if place in lines:
            errors.append((lines[place], _reason(place, error)))
        elif name is not None and tuple(where) in lines:
            errors.append((lines[tuple(where)], f"{_quoted(place)} is missing"))
    for where, name in get_extra_values(config):
        if where:
            likely = did_you_mean(name, _SETTINGS[where[0]]) if where[0] in _SETTINGS else ""
            errors.append((lines[(*where, name)], "unknown setting" + (f". {likely}" if likely else "")))
    if errors:
        errors.sort()
        more = [f"line {line}: {message}" for line, message in errors[1:20]]
        raise Refusal(errors[0][1], path=path, line=errors[0][0], help="\n".join(["fix the plan, then run again", *more]))
    return Plan(
        {
            name: PlanSession(s["sso_start_url"], s["sso_region"], s["sso_registration_scopes"], lines[("sso_sessions", name)])
            for name, s in config["sso_sessions"].items()
        },
        {
            name: PlanProfile(
                p["action"],
                p["sso_session"] or None,
                plain_account_id(p["sso_account_id"]) or None,
                p["sso_role_name"] or None,
                lines[("profiles", name)],
                p["other_account"],
            )
            for name, p in config["profiles"].items()
        },
        dict(config["keys"].items()),
        dict(config["targets"].items()),
        path,
        config["code"]["environment"],
    )


def _sections_for_settings(config: Any) -> list[tuple[Any, tuple[str, ...]]]:
    """Return the sections called like a setting, each with what holds it: ConfigObj's validator (5.0.9) fails with AttributeError there."""
    holders: list[tuple[Any, tuple[str, ...]]] = [(config["code"], ("code",))] if "code" in config.sections else []
    for top in ("sso_sessions", "profiles"):
        holders += [(config[top][name], (top, name)) for name in (config[top].sections if top in config.sections else ())]
    return [(holder, (*where, name)) for holder, where in holders for name in holder.sections if name in _SETTINGS[where[0]]]


_SECTIONS = ("sso_sessions", "profiles", "code", "targets", "keys")
_SETTINGS = {
    "sso_sessions": ["sso_start_url", "sso_region", "sso_registration_scopes"],
    "profiles": ["action", "sso_session", "sso_account_id", "sso_role_name", "other_account"],
    "code": ["environment"],
}


def _check(fault: Callable[[str], str | None], problem: type[Exception]) -> Callable[[Any], str]:
    class _Told(problem):  # type: ignore[valid-type,misc]
        """A rejected value, told without quoting it (ConfigObj's own errors quote)."""

        def __init__(self, reason: str) -> None:
            super().__init__("")
            self.reason = reason

    def checked(value: Any) -> str:
        reason = fault(value)
        if reason is not None:
            raise _Told(reason)
        return str(value)

    return checked


def _unknown_section(name: str) -> str:
    return f"unknown section. {did_you_mean(name, _SECTIONS) or 'A plan has [sso_sessions], [profiles], [code], [targets] and [keys].'}"


def _reason(place: tuple[str, ...], error: Any) -> str:
    if error is False:
        return f"{_quoted(place)} is missing"
    if place[0] == "targets":
        return "a target must be profile or default-chain"
    told = getattr(error, "reason", _REASONS.get(place[-1], "not a valid value"))
    return f"{told} ({place[1]})" if len(place) == 3 else told


_REASONS = {
    "action": "the action must be sso, keep or remove",
    "other_account": "other_account must be yes or no",
    "environment": "environment must be yes or no",
}


def _quoted(place: tuple[str, ...]) -> str:
    """A place in words. Only settings that the configspec knows come here; what might be anything is not repeated."""
    if len(place) == 3:
        return f"{place[-1]} of {place[1]}"
    return place[-1] if len(place) == 2 and place[0] in _SETTINGS else "this"


def _parse(text: str, path: Path) -> tuple[Any, dict[tuple[str, ...], int]]:
    """ConfigObj's reading with values as written (quotes off), and the line of each section and setting. Raises Refusal."""
    from configobj import ConfigObj, ConfigObjError

    marked: list[str] = []
    number_of: list[int] = []
    all_lines = lines_of(text)
    for number, line in enumerate(all_lines, 1):
        stripped = line.strip()
        if stripped.startswith("#") or not stripped:
            continue
        if _TRIPLE.search(line):
            raise Refusal("multi-line values are not allowed in a plan", path=path, line=number)
        marked += [f"{_MARK}{number}", line]
        number_of += [number, number]
    spec = (files("migrate.plan") / "plan.configspec").read_text(encoding="utf-8").splitlines()
    try:
        # list_values off: a comma may stand in a role name, and scopes are AWS's own list
        config = ConfigObj(marked, configspec=spec, interpolation=False, list_values=False)
    except ConfigObjError as error:
        found = sorted(
            (number_of[e.line_number - 1], _PARSE_ERRORS.get(type(e).__name__, "neither a section nor a setting")) for e in error.errors
        )
        raise Refusal(found[0][1], path=path, line=found[0][0]) from None  # the rest mostly follow from the first
    lines: dict[tuple[str, ...], int] = {}
    for place, section, name in _everything(config, ()):
        comments = [c for c in section.comments.get(name, []) if c.startswith(_MARK)]
        # what comes first in the file has its comments taken for the file's own
        lines[place] = int(comments[-1][len(_MARK) :]) if comments else number_of[0]
        if name in section.scalars:
            section[name] = _value(section[name], section.inline_comments.get(name) or "", all_lines[lines[place] - 1])
    return config, lines


def _everything(section: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    for name in [*section.scalars, *section.sections]:
        yield (*place, name), section, name
    for name in section.sections:
        yield from _everything(section[name], (*place, name))


def lines_of(text: str) -> list[str]:
    """The lines of a plan without their ends (LF, CRLF or CR; no other character ends a line)."""
    return re.split(r"\r\n|\r|\n", text)


def _value(value: str, comment: str, line: str) -> str:
    """The value meant: quotes off; and a `#` with no blank before it belongs to it, for start URLs end in `/start/#` as often as not."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    if comment and value:
        whole = line.partition("=")[2].strip()
        if whole.startswith(value + "#"):
            return re.split(r"\s+#", whole, maxsplit=1)[0]
    return value
