"""`config --review`: the conversion in parts that may be taken or left one by one, each with its own diff and new text.

A part is a profile with those that hang together with it. What is left is converted as if nobody had mapped it, so every combination of
parts is a conversion like any other, checked like any other. What a person edits are whole sections of the config file: they
hold nothing of anybody else's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from migrate.awsfiles.convert import GOES, ConvertRequest, convert, read_files, secrets, settled
from migrate.awsfiles.mapping import resolve
from migrate.awsfiles.reading.document import Document, Section
from migrate.awsfiles.reading.files import AwsFile
from migrate.awsfiles.reading.profiles import AwsFiles, has_mapping, merge
from migrate.awsfiles.reading.resolve import sso_fault
from migrate.awsfiles.reading.sso import account_id_fault, role_name_fault
from migrate.awsfiles.reading.vocabulary import SOURCES, SSO, STATIC
from migrate.awsfiles.verdicts import Decision, source_name
from migrate.changes.change import Change
from migrate.errors import Refusal
from migrate.findings import Finding
from migrate.keys import KEY_ID, is_secret
from migrate.outcome import Outcome, ProfileRow

_RUN = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])")
"""What may be a secret access key by its shape."""

_MANY = 100
"""Parts beyond which each that looks undone is taken for one that changes something: to be sure costs a conversion."""

_NOT_BY_HAND = (*STATIC, *SOURCES, "endpoint_url", "sso_start_url", "sso_region")
"""Settings that the conversion takes out, or leaves a profile for: an edit must not bring them in."""


@dataclass(frozen=True, slots=True)
class Part:
    """Profiles that are taken or left together, and what becomes of them in words (fit to be masked and shown)."""

    names: tuple[str, ...]
    title: str


class ConfigReview:
    """One conversion under review. Raises Refusal as `convert` does."""

    def __init__(self, request: ConvertRequest) -> None:
        self.request = request
        self.files = read_files(request)
        mapping = resolve(request, self.files)
        self._decision, _ = settled(self.files, mapping)
        self._open = {name for name, verdict in self._decision.verdicts.items() if verdict.action in GOES}
        self._left: set[str] = set()
        self._edits: dict[Part, dict[str, str]] = {}  # profile to section, part by part
        self._made: dict[frozenset[str], Outcome] = {}
        parts = [Part(names, _title(names, self._decision)) for names in _together(self._open, self.files, self._decision)]
        self.parts = self._with_changes(parts)

    def _with_changes(self, parts: list[Part]) -> list[Part]:
        """The parts that change anything: not those that an earlier run did, and of which only the wish is still there."""
        everything = set(self._open)
        done = [part for part in parts if all(map(self._looks_done, part.names))]
        self._open.difference_update(name for part in done for name in part.names)
        if self.outcome().changes:  # a session that lacks something, an odd spelling
            self._open, done = everything, []
        rest = [part for part in parts if part not in done]
        if len(rest) <= _MANY:
            for part in list(rest):
                if not convert(replace(self.request, left=self.request.left | self._open.difference(part.names)), self.files).changes:
                    rest.remove(part)
                    self._open.difference_update(part.names)
        return rest

    def _looks_done(self, name: str) -> bool:
        profile, target = self.files.profiles[name], self._decision.verdicts[name].target
        if profile.static or profile.credentials is not None or target is None:
            return False
        return has_mapping(profile.values, target.session, target.account_id, target.role_name)

    # -- one part

    def shown(self, part: Part) -> list[Change]:
        """What taking the part changes, beyond what was taken before it."""
        before = {c.path: c for c in self._outcome(frozenset(self._left | self._open)).changes}
        out = []
        for change in self._outcome(self._without(part)).changes:
            earlier = before.get(change.path)
            now = change.before if earlier is None else earlier.after
            if now != change.after:
                out.append(Change(change.path, now, change.after, change.secrets))
        return out

    def breaks(self, part: Part) -> list[Finding]:
        """Return the warnings that taking the part adds: profiles that stop working."""
        before = {(f.code, f.message) for f in self._outcome(frozenset(self._left | self._open)).findings}
        after = self._outcome(self._without(part)).findings
        asked = self._open.difference(part.names)  # still to come: whether they are mapped is not decided
        told = (f for f in after if f.severity == "warning" or "stops working" in f.message)
        return [f for f in told if (f.code, f.message) not in before and f.profile not in asked]

    def settle(self, part: Part, taken: bool) -> None:
        """The part is taken or left."""
        self._open.difference_update(part.names)
        if not taken:
            self._left.update(part.names)

    def outcome(self) -> Outcome:
        """The conversion with all that was taken so far. Parts that nobody was asked about count as left."""
        return self._outcome(frozenset(self._left | self._open))

    def left(self) -> frozenset[str]:
        """The profiles that were left."""
        return frozenset(self._left)

    # -- by hand

    def text(self, part: Part) -> str:
        """The sections of the config file that the part comes to; empty where it leaves none.

        Raises Refusal where they cannot stand alone: a header that is indented belongs to the setting above it.
        """
        document = self._config(self._outcome(self._without(part)))
        out: list[str] = []
        sections = self._sections_in(document, part).values()
        for section in sections:
            out += [*([""] if out else []), _text(document, section).rstrip("\r\n")]
        text = "\n".join(out) + "\n" if out else ""
        if any(document.lines[section.line][:1].isspace() for section in sections):
            raise Refusal("one of its sections has an indented header and cannot be edited separately", help="edit the file itself later")
        return text

    def edit(self, part: Part, text: str) -> None:
        """Puts a person's text in the place of those sections. Raises Refusal, and changes nothing, where that would not do."""
        before = self._outcome(self._without(part))
        document = self._config(before)
        wanted = self._sections_in(document, part)
        given = Document(text, "the edited text")
        if set(given.sections) != {section.name for section in wanted.values()} or given.default_parts:
            raise Refusal("sections cannot be added or removed here", help="edit only their settings; to skip the profile, answer n")
        _check_keys(text, "".join(_text(document, section) for section in wanted.values()), self.files)
        edits = {name: _text(given, given.sections[section.name]) for name, section in wanted.items()}
        first = next(iter(given.sections.values()), None)
        if first is not None and first.line:  # comments above the first header
            name = next(n for n, section in wanted.items() if section.name == first.name)
            edits[name] = "".join(given.lines[: first.line]) + edits[name]
        earlier = self._edits.get(part, {})
        self._edits[part] = edits
        self._made.clear()
        try:
            after = self._outcome(self._without(part))
            self._check(before, after, wanted)
        except Refusal:
            self._edits[part] = earlier
            self._made.clear()
            raise

    def _check(self, before: Outcome, after: Outcome, edited: dict[str, Section]) -> None:
        """Raises Refusal where an edit does more than settings of the part's own, or less than an SSO profile."""
        old, new = self._merged(before), self._merged(after)
        values = {name: profile.values for name, profile in old.profiles.items() if name not in edited}
        rest = {name: profile.values for name, profile in new.profiles.items() if name not in edited}
        if values != rest or set(old.sessions) != set(new.sessions) or set(old.services) != set(new.services):
            raise Refusal("other sections would change", help="check the indentation: an indented line belongs to the setting above it")
        for name in edited:
            was, now = old.profiles[name].values, new.profiles[name].values
            brought = [setting for setting in _NOT_BY_HAND if setting in now and setting not in was]
            if brought:
                raise Refusal(f"profile {name} must not have {brought[0]}", help="the conversion removes it: see docs/codes")
            if not old.sso_is_complete(was):
                continue
            fault = account_id_fault(now.get("sso_account_id", "")) or role_name_fault(now.get("sso_role_name", ""))
            refused = sso_fault(new, new.profiles[name]) if sso_fault(old, old.profiles[name]) is None else None
            fault = fault or (refused.message if refused is not None else None)
            if fault or not new.sso_is_complete(now):
                raise Refusal(f"profile {name} would not sign with SSO: {fault or 'its SSO setting is incomplete'}")

    # -- made of the above

    def _without(self, part: Part) -> frozenset[str]:
        return frozenset((self._left | self._open).difference(part.names))

    def _sections(self, part: Part) -> Iterator[str]:
        for name in part.names:
            yield name
            if self._decision.verdicts[name].action == "source":
                yield source_name(name)

    def _sections_in(self, document: Document, part: Part) -> dict[str, Section]:
        profiles = merge(AwsFile(self.request.config_file, None, document), _empty(self.request)).profiles
        return {n: p.config for n in self._sections(part) if (p := profiles.get(n)) is not None and p.config is not None}

    def _config(self, outcome: Outcome) -> Document:
        return self._document(outcome, self.files.config)

    def _document(self, outcome: Outcome, file: AwsFile) -> Document:
        change = next((c for c in outcome.changes if c.path == file.path), None)
        if change is None:
            return file.document
        return Document((change.after or b"").decode("utf-8"), file.path)

    def _merged(self, outcome: Outcome) -> AwsFiles:
        config, credentials = self.files.config, self.files.credentials
        return merge(
            AwsFile(config.path, None, self._document(outcome, config)),
            AwsFile(credentials.path, None, self._document(outcome, credentials)),
        )

    def _outcome(self, left: frozenset[str]) -> Outcome:
        if left not in self._made:
            if len(self._made) > 2:
                self._made.clear()
            edits: dict[str, str] = {}
            for part, texts in self._edits.items():
                edits |= texts if left.isdisjoint(part.names) else {}
            outcome = convert(replace(self.request, left=self.request.left | left), self.files)
            self._made[left] = self._edited(outcome, edits) if edits else outcome
        return self._made[left]

    def _edited(self, outcome: Outcome, edits: dict[str, str]) -> Outcome:
        """The outcome with a person's sections in the place of its own."""
        document = self._config(outcome)
        lines = list(document.lines)
        profiles = merge(AwsFile(self.files.config.path, None, document), _empty(self.request)).profiles
        places = sorted(((p.config, edits[n]) for n in edits if (p := profiles.get(n)) is not None and p.config is not None), key=_line)
        for section, text in reversed(places):
            end = section.line + len(_lines(document, section))
            ended = lines[end - 1].endswith(("\n", "\r"))
            body = text.rstrip("\r\n")
            lines[section.line : end] = [body + (_line_end(lines[end - 1]) if ended else "")]
        new = "".join(lines).encode("utf-8")
        old = self.files.config
        changes = [c for c in outcome.changes if c.path != old.path]
        if new != old.data:
            changes.insert(0, Change(old.path, old.data, new, secrets(old.document)))
        outcome = replace(outcome, changes=changes)
        after = self._merged(outcome).profiles
        return replace(outcome, profiles=[_row(row, after[row.name].values) if row.name in edits else row for row in outcome.profiles])


def _together(names: set[str], files: AwsFiles, decision: Decision) -> list[tuple[str, ...]]:
    """The profiles of `names` in groups, in the order of the files: those that need each other's conversion are in one."""
    group = {name: [name] for name in files.profiles if name in names}

    def join(one: str, other: str) -> None:
        if one in group and other in group and group[one] is not group[other]:
            group[one] += group[other]
            for name in group[other]:
                group[name] = group[one]

    for name in list(group):
        join(name, source_name(name))
        source = files.profiles[name].values.get("source_profile")
        # a role over keys that are removed must be mapped itself, and one over keys that become NAME-source is pointed there
        if source in group and decision.verdicts[source].action in ("remove", "source"):
            join(source, name)
    out: dict[int, list[str]] = {id(members): members for members in group.values()}
    order = {name: number for number, name in enumerate(files.profiles)}
    return sorted((tuple(sorted(members, key=order.__getitem__)) for members in out.values()), key=lambda members: order[members[0]])


def _title(names: Sequence[str], decision: Decision) -> str:
    out = []
    for name in names:
        verdict = decision.verdicts[name]
        target = verdict.target
        where = "" if target is None else f"account {target.account_id}, role {target.role_name}, session {target.session}"
        if verdict.action == "sso":
            out.append(f"profile {name} becomes {where}")
        elif verdict.action == "source":
            out.append(f"profile {name} assumes its role with {source_name(name)}: {where}")
        else:
            out.append(f"profile {name} loses its keys{' and signs with its SSO setting' if verdict.action == 'strip' else ''}")
    return "; ".join(out)


def _check_keys(text: str, offered: str, files: AwsFiles) -> None:
    """Raises Refusal where a text holds a key, or a secret of these files, that the one that was offered does not."""
    known = {value for file in (files.config, files.credentials) for value in secrets(file.document) if len(value) >= 4}
    fresh = set(KEY_ID.findall(text)) - set(KEY_ID.findall(offered))
    fresh |= {run for run in _RUN.findall(text) if is_secret(run) and run not in offered}
    if fresh or any(value in text and value not in offered for value in known):
        raise Refusal("the edited text contains a key again", help="an SSO profile has no keys")


def _empty(request: ConvertRequest) -> AwsFile:
    return AwsFile(request.credentials_file, None, Document("", request.credentials_file))


def _lines(document: Document, section: Section) -> list[str]:
    """A section's lines without the blank ones at its end."""
    lines = document.lines[section.line : section.end]
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    return lines


def _text(document: Document, section: Section) -> str:
    return "".join(_lines(document, section))


def _line(place: tuple[Section, str]) -> int:
    return place[0].line


def _line_end(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else line[-1]


def _row(row: ProfileRow, values: dict[str, str]) -> ProfileRow:
    session, account, role = (values.get(name) for name in SSO)
    return replace(row, sso_session=session, sso_account_id=account, sso_role_name=role)
