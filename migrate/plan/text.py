"""The text of a plan: a new one, or additions to one that a person has edited, which stays to the byte otherwise.

ConfigObj could write it, but indents every line anew and moves comments. So new sections are put in as text, and the
whole is read back before it is handed over.
"""

import re
from collections.abc import Mapping, Sequence

from migrate.awsfiles.reading.vocabulary import DEFAULT_SCOPES
from migrate.plan.propose import Proposed
from migrate.plan.read import Plan, PlanSession, lines_of
from migrate.plan.seen import SeenKey, lines_for
from migrate.plan.values import value_of

_HEAD = """\
# A migration plan: what to do with each AWS profile that has access keys. Edit it, then run one of these:
#     aws-sso-migrate run [PATH...] --plan {name}     converts the AWS files and the Python code under each PATH
#     aws-sso-migrate config --plan {name}            converts only the AWS files
# action = sso     remove the keys; the profile signs in with the role given here
#          keep    leave the profile unchanged
#          remove  remove the keys without a replacement
# Running `aws-sso-migrate plan` again adds what is new and does not change your edits.
"""
_NO_SESSION = """\
    # [[my-sso]]
    #     sso_start_url = https://your-company.awsapps.com/start
    #     sso_region = us-east-1
"""
_KEYS = "# keys found in source code, and the profiles that replace them:  AKIA... = dev"
_TARGETS = "# code that runs where there are no profiles (paths or repositories):  handlers/** = default-chain"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_./%@:+-]+")
_COLUMN = 32
_NAMED = re.compile(r"\s*#\s*\[\[(.+?)\]\]")
_NONE: Mapping[str, str] = {}


def new_text(sessions: dict[str, PlanSession], profiles: Sequence[Proposed], name: str, stays: Mapping[str, str] = _NONE) -> str:
    """The text of a plan that did not exist. `stays` are profiles that are only named, with the reason."""
    parts = [_HEAD.format(name=name), "\n[sso_sessions]\n"]
    parts += [_session(session_name, session, "    ") for session_name, session in sessions.items()] or [_NO_SESSION]
    parts += ["\n[profiles]\n", *(_profile(profile, "    ") for profile in profiles)]
    parts += [_stays(name, why, "    ") for name, why in stays.items()]
    parts += ["\n[targets]\n    ", _TARGETS, "\n", "\n[keys]\n    ", _KEYS, "\n"]
    return "".join(parts)


def added_text(
    text: str, plan: Plan, sessions: dict[str, PlanSession], profiles: Sequence[Proposed], stays: Mapping[str, str] = _NONE
) -> str:
    """`text` with what `plan`, its reading, does not have yet; `text` itself where there is nothing new."""
    new_sessions = {name: session for name, session in sessions.items() if name not in plan.sso_sessions}
    new_profiles = [profile for profile in profiles if profile.name not in plan.profiles]
    named = {match[1] for line in lines_of(text) if (match := _NAMED.match(line)) is not None}
    new_stays = {name: why for name, why in stays.items() if name not in plan.profiles and _quoted(name) not in named}
    if new_profiles or new_stays:
        blanks = _blanks(text, "profiles")
        block = [*(_profile(profile, blanks) for profile in new_profiles), *(_stays(name, why, blanks) for name, why in new_stays.items())]
        text = _insert(text, "profiles", "".join(block))
    if new_sessions:
        blanks = _blanks(text, "sso_sessions")
        text = _insert(text, "sso_sessions", "".join(_session(name, session, blanks) for name, session in new_sessions.items()))
    return text


def filled_text(text: str, plan: Plan, profiles: Sequence[Proposed]) -> str:
    """`text` with what the proposals know put where a person has left a setting empty; nothing else changes."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    for profile in profiles:
        known = plan.profiles.get(profile.name)
        if known is None or known.action != "sso" or profile.action != "sso":
            continue
        # another account or session than was proposed: its roles are others, too
        if known.sso_account_id not in (None, profile.sso_account_id) or known.sso_session not in (None, profile.sso_session):
            continue
        for number in range(known.line, len(lines)):
            match = _EMPTY.fullmatch(lines[number])
            if lines[number].lstrip().startswith("["):
                break
            value = match and getattr(profile, match["name"])
            if match and (value or (match["name"] == "sso_role_name" and profile.reason and not match["comment"])):
                line = match["blanks"] + match["name"] + " =" + (f" {value_of(value)}" if value else "")
                if match["comment"]:
                    line = _commented(line, match["comment"])
                elif match["name"] == "sso_role_name":
                    line = _reasoned(line, profile)
                lines[number] = line + match["end"]
    return "".join(lines)


_EMPTY = re.compile(
    r"(?P<blanks>[ \t]*)(?P<name>sso_session|sso_account_id|sso_role_name)[ \t]*=[ \t]*(?P<comment>#[^\r\n]*)?(?P<end>\r\n|\r|\n|)"
)


def _reasoned(line: str, profile: Proposed) -> str:
    return _commented(line, f"# {profile.reason}") if profile.reason else line


def _commented(line: str, comment: str) -> str:
    """The comment in its column, or two blanks behind what reaches beyond it."""
    return f"{line:<{_COLUMN}}{comment}" if len(line) < _COLUMN else f"{line}  {comment}"


def representable(name: str) -> bool:
    """Can a ConfigObj file hold a section of that name? `__many__` is its word for sections of any name."""
    return (
        name not in ("__many__", "___many___")
        and name.isprintable()
        and name.strip() == name
        and bool(name)
        and not ('"' in name and "'" in name)
    )


def with_keys(text: str, plan: Plan, keys: Sequence[SeenKey]) -> str:
    """`text` with a line under `[keys]` for each key that has none yet, filled in or as a comment."""
    new = [k for k in keys if k.key not in plan.keys and not re.search(rf"(?m)^\s*#\s*{k.key}\b", text)]
    return _insert(text, "keys", lines_for(new, "    ")) if new else text


def _profile(profile: Proposed, blanks: str) -> str:
    head = f"{blanks}[[{_quoted(profile.name)}]]"
    lines = [_commented(head, f"# {profile.comment}") if profile.comment else head]
    if profile.action == "sso":
        action = f"{blanks * 2}action = sso"
        lines.append(f"{action:<{_COLUMN}}# sso, keep, or remove")
        for name, value in _settings(profile).items():
            line = f"{blanks * 2}{name} = {value_of(value)}" if value else f"{blanks * 2}{name} ="
            lines.append(_reasoned(line, profile) if name == "sso_role_name" else line)
    else:
        lines.append(f"{blanks * 2}action = {profile.action}")
        for name, value in _settings(profile).items():
            lines += [f"{blanks * 2}{name} = {value_of(value)}"] if value else []
    return "\n".join(lines) + "\n"


def _stays(name: str, why: str, blanks: str) -> str:
    """A profile that is only named: a comment, which a person may make an entry of."""
    return _commented(f"{blanks}# [[{_quoted(name)}]]", why) + "\n"


def _session(name: str, session: PlanSession, blanks: str) -> str:
    lines = [f"{blanks}[[{_quoted(name)}]]"]
    lines += [f"{blanks * 2}sso_start_url = {value_of(session.sso_start_url)}", f"{blanks * 2}sso_region = {value_of(session.sso_region)}"]
    if session.sso_registration_scopes != DEFAULT_SCOPES:
        lines.append(f"{blanks * 2}sso_registration_scopes = {value_of(session.sso_registration_scopes)}")
    return "\n".join(lines) + "\n"


def _settings(profile: Proposed) -> dict[str, str | None]:
    return {"sso_session": profile.sso_session, "sso_account_id": profile.sso_account_id, "sso_role_name": profile.sso_role_name}


def _blanks(text: str, section: str) -> str:
    """What a section of the second level is indented by in `section`, or anywhere, or by default."""
    lines = lines_of(text)
    start, end = _extent(lines, section) or (0, 0)
    for some in (lines[start:end], lines):
        for line in some:
            match = re.match(r"([ \t]+)\[\s*\[", line)
            if match:
                return match[1]
    return "    "


def _extent(lines: Sequence[str], section: str) -> tuple[int, int] | None:
    """The lines of a section of the first level: from the line after its header to the next such header, or the end."""
    start = None
    for number, line in enumerate(lines):
        match = re.match(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$", line)
        if match is None:
            continue
        if start is not None:
            return start, number
        if match[1].strip("\"'") == section:
            start = number + 1
    return None if start is None else (start, len(lines))


def _insert(text: str, section: str, block: str) -> str:
    """`block` at the end of `section`, which is made where there is none; line ends are those of the text."""
    ends = re.findall(r"\r\n|\r|\n", text)
    end = max(set(ends), key=ends.count) if ends else "\n"
    kept = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    if kept and not kept[-1]:
        kept.pop()
    place = _extent(lines_of(text), section)
    if place is None:
        at = len(kept)
        block = f"\n[{section}]\n{block}" if kept else f"[{section}]\n{block}"
    else:
        start, at = place
        at = min(at, len(kept))
        # blank lines and comments at the margin right above the next header belong to that header
        while at > start and (not kept[at - 1].strip() or kept[at - 1].startswith("#")):
            at -= 1
    if at and not kept[at - 1].endswith(("\n", "\r")):
        kept[at - 1] += end
    return "".join([*kept[:at], block.replace("\n", end), *kept[at:]])


def _quoted(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name):
        return name
    return f"'{name}'" if '"' in name else f'"{name}"'
