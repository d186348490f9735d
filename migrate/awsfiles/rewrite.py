"""Does what was decided: the edits of both files. Knows nothing of why."""

from migrate.awsfiles.mapping import Mapping, Session, Target
from migrate.awsfiles.reading.commented import commented_keys, own_end
from migrate.awsfiles.reading.document import Document, Section, Setting
from migrate.awsfiles.reading.edits import Edits, blanks_for_first, blanks_for_last, lines_of, spelling
from migrate.awsfiles.reading.profiles import AwsFiles, Profile
from migrate.awsfiles.reading.vocabulary import SOURCES, SSO, STATIC
from migrate.awsfiles.verdicts import Decision, Verdict, source_name


def rewrite(files: AwsFiles, mapping: Mapping, decision: Decision) -> tuple[str, str]:
    """The new texts of the config file and of the credentials file."""
    return _Rewriter(files, mapping, decision).run()


def must_go(verdict: Verdict, name: str) -> bool:
    """Does the setting `name` leave a profile with this verdict (or, if an SSO setting, make way for another)?"""
    if name in STATIC:
        return verdict.action in ("sso", "source", "strip", "remove")
    return verdict.action == "sso" and (name in SOURCES or name.startswith("sso_"))


class _Rewriter:
    def __init__(self, files: AwsFiles, mapping: Mapping, decision: Decision) -> None:
        self.files, self.mapping, self.decision = files, mapping, decision
        self.credentials = Edits(files.credentials.document)
        self.config = Edits(files.config.document, self.credentials.line_end())
        self.emptied: set[int] = set()  # credentials sections left with nothing, by the line of their header
        self.sessions: dict[str, Session] = {}  # those that are used, in the order of their first use

    def run(self) -> tuple[str, str]:
        for name, verdict in self.decision.verdicts.items():
            profile = self.files.profiles[name]
            if verdict.action in ("sso", "strip"):
                self._convert(profile, verdict, {})
            elif verdict.action == "source" and profile.static:
                self._convert(profile, verdict, {"source_profile": source_name(name)})
            elif verdict.action == "remove":
                self._remove(profile, verdict)
            if verdict.target is not None:
                self._use(profile, verdict)
        for name, source in self.decision.new_sources.items():
            self._point(self.files.profiles[name], source)
        for session in self.sessions.values():
            self._session(session)
        self._drop_emptied()
        self._close_gap()
        return self.config.text(), self.credentials.text()

    def _use(self, profile: Profile, verdict: Verdict) -> None:
        assert verdict.target is not None
        session = self.mapping.sessions[verdict.target.session]
        self.sessions[session.name] = session
        new = source_name(profile.name)
        if verdict.action == "source" and new not in self.files.profiles:
            self.config.append_section([f"[profile {new}]", *(f"{name} = {value}" for name, value in _sso(verdict.target).items())])

    # -- one profile

    def _convert(self, profile: Profile, verdict: Verdict, replaced: dict[str, str]) -> None:
        """Takes out what must go, puts in the SSO settings, and moves the credentials section's other settings to the config file."""
        wanted = _sso(verdict.target) if verdict.action == "sso" and verdict.target else {}
        document, section = self.files.config.document, profile.config
        blanks = blanks_for_first(document, section) if section is not None else ""
        top, bottom = self._moved(profile, verdict, replaced)
        if section is None:
            header = "[default]" if profile.name == "default" else f"[profile {profile.name}]"
            lines = [f"{name} = {value}" for name, value in wanted.items()] + top + bottom
            if lines:
                self.config.append_section([header, *lines])
        else:
            self._take_out(self.config, section, verdict, keep=self._stand(section, wanted))
            missing = [f"{blanks}{name} = {value}" for name, value in wanted.items() if not self._has(section, name)]
            for name, value in replaced.items():
                if profile.credentials is None or name not in profile.credentials.settings:
                    self._set(section, section.settings[name], value)
            if missing or top:
                self.config.insert_after(section.line, missing + top)
            if bottom:
                last = max((s.end for s in section.settings.values()), default=section.line + 1)
                self.config.insert_after(last - 1, bottom)
        if profile.credentials is not None:
            for setting in profile.credentials.settings.values():
                self.credentials.delete_setting(setting)
            self._take_out(self.credentials, profile.credentials, verdict)

    def _remove(self, profile: Profile, verdict: Verdict) -> None:
        for edits, section in ((self.config, profile.config), (self.credentials, profile.credentials)):
            if section is not None:
                self._take_out(edits, section, verdict)

    def _take_out(self, edits: Edits, section: Section, verdict: Verdict, keep: frozenset[str] = frozenset()) -> None:
        """Takes what must go out of one section, commented-out keys too; of the credentials file also the section, once empty."""
        document = edits.document
        for setting in section.settings.values():
            if setting.name not in keep and must_go(verdict, setting.name):
                edits.delete_setting(setting)
        for number, _ in commented_keys(document, section):
            edits.delete(number)
        own = range(section.line + 1, own_end(document, section))
        rest = any(not edits.deleted(number) and document.lines[number].strip() for number in own)
        rest = rest or any(section.line < s.line < section.end and not edits.deleted(s.line) for s in section.settings.values())
        if edits is self.credentials and not rest:
            self.emptied.add(section.line)

    def _stand(self, section: Section, wanted: dict[str, str]) -> frozenset[str]:
        """Those SSO settings that can stay where they are; those with another value get the new one in place."""
        document, stay = self.files.config.document, set()
        for name, value in wanted.items():
            setting = section.settings.get(name)
            if setting is None or spelling(document, setting) != (name, "=") or self._under_an_empty_one(section, setting):
                continue
            if setting.value == value or self.config.set_value(setting, value):
                stay.add(name)
        return frozenset(stay)

    def _has(self, section: Section, name: str) -> bool:
        setting = section.settings.get(name)
        return setting is not None and not self.config.deleted(setting.line)

    def _under_an_empty_one(self, section: Section, setting: Setting) -> bool:
        """The JavaScript SDK takes indented settings for children of an empty one above them."""
        return bool(setting.blanks) and any(s.line < setting.line and (not s.value or s.nested) for s in section.settings.values())

    # -- from the credentials file to the config file

    def _moved(self, profile: Profile, verdict: Verdict, replaced: dict[str, str]) -> tuple[list[str], list[str]]:
        """What moves: lines for the top of the config section, and (nested or empty) for its bottom. What stands is replaced in place."""
        top: list[str] = []
        bottom: list[str] = []
        section, config = profile.credentials, profile.config
        if section is None:
            return top, bottom
        source, target = self.files.credentials.document, self.files.config.document
        first = blanks_for_first(target, config) if config is not None else ""
        last = blanks_for_last(target, config) if config is not None else ""
        for name, setting in source.settings(section).items():
            if must_go(verdict, name):
                continue
            own = config.settings.get(name) if config is not None else None
            if name not in section.settings and profile.config is not None and self._reads(target, profile.config, name) == setting.value:
                continue  # of [DEFAULT], and the same in the config file
            value = replaced.get(name)
            if own is not None:
                self._take_over(source, setting, own, value)
                continue
            low = not setting.value or setting.nested
            lines = lines_of(source, setting, last if low else first)
            if value is not None:
                lines = [f"{first}{name} = {value}"]
            (bottom if low else top).extend(lines)
        return top, bottom

    def _reads(self, document: Document, section: Section, name: str) -> str | None:
        setting = document.settings(section).get(name)
        return setting.value if setting is not None else None

    def _take_over(self, source: Document, setting: Setting, own: Setting, value: str | None) -> None:
        """The config file's setting `own` gets what the credentials file says."""
        target = self.files.config.document
        alike = spelling(source, setting) == spelling(target, own)
        if value is not None:
            if not self.config.set_value(own, value):
                self._replace(own, [f"{own.blanks}{own.name} = {value}"])
        elif not alike or (own.value != setting.value and not self.config.set_value_of(own, setting)):
            self._replace(own, lines_of(source, setting, own.blanks))

    def _set(self, section: Section, setting: Setting, value: str) -> None:
        if not self.config.set_value(setting, value):
            self._replace(setting, [f"{setting.blanks}{setting.name} = {value}"])

    def _replace(self, own: Setting, lines: list[str]) -> None:
        self.config.delete_setting(own)
        self.config.insert_after(own.end - 1, lines)

    # -- the rest

    def _point(self, role: Profile, source: str) -> None:
        """Gives a role profile another source_profile, in the file whose value counts."""
        for edits, section in ((self.credentials, role.credentials), (self.config, role.config)):
            setting = section.settings.get("source_profile") if section is not None else None
            if setting is not None and edits.set_value(setting, source):
                return

    def _session(self, session: Session) -> None:
        if not session.exists:
            self.config.append_section(
                [f"[sso-session {session.name}]", *(f"{name} = {value}" for name, value in session.settings().items())]
            )
            return
        if session.missing:
            section = self.files.sessions[session.name].section
            blanks = blanks_for_first(self.files.config.document, section)
            for name in session.missing:
                if name in section.settings:
                    self.config.delete_setting(section.settings[name])
            self.config.insert_after(section.line, [f"{blanks}{name} = {value}" for name, value in session.missing.items()])

    def _drop_emptied(self) -> None:
        """Takes out the emptied credentials sections.

        A header may be indented, but not deeper than the setting before it, or it would read as that one's value. Where one would
        come to stand so, the header of the emptied section between the two stays.
        """
        document = self.files.credentials.document
        level: int | None = None  # how deep the last setting that stays is indented; None right below a header
        run: list[Section] = []
        for section in sorted((*document.sections.values(), *document.default_parts), key=lambda part: part.line):
            if section.line in self.emptied:
                run.append(section)
                continue
            line = document.lines[section.line]
            self._drop(run, keep_first=level is not None and len(line) - len(line.lstrip()) > level)
            run = []
            stay = [s for s in section.settings.values() if not self.credentials.deleted(s.line) and section.line < s.line < section.end]
            level = min((len(s.blanks) for s in stay), default=None)
        self._drop(run, keep_first=False)

    def _drop(self, run: list[Section], *, keep_first: bool) -> None:
        for n, section in enumerate(run):
            for number in range(section.line + (keep_first and n == 0), own_end(self.files.credentials.document, section)):
                self.credentials.delete(number)

    def _close_gap(self) -> None:
        """Takes out the empty lines above a credentials section that went, where it was the last."""
        lines = self.files.credentials.document.lines
        number = len(lines) - 1
        while number >= 0 and self.credentials.deleted(number):
            number -= 1
        if number == len(lines) - 1:
            return
        while number >= 0 and not lines[number].strip():
            self.credentials.delete(number)
            number -= 1


def _sso(target: Target) -> dict[str, str]:
    return dict(zip(SSO, (target.session, target.account_id, target.role_name), strict=True))
