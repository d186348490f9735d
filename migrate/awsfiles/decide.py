"""What becomes of each profile, and what is left for a person. Decides only; `rewrite` does it."""

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from migrate.awsfiles.advice import HELP
from migrate.awsfiles.mapping import Mapping, Target, Wish, is_foreign
from migrate.awsfiles.over import over_converted, roles_over
from migrate.awsfiles.reading import facts
from migrate.awsfiles.reading.files import AwsFile
from migrate.awsfiles.reading.profiles import AwsFiles, Profile, has_mapping, which_there_are
from migrate.awsfiles.reading.resolve import Fault, resolve
from migrate.awsfiles.reading.unread import unread_keys
from migrate.awsfiles.reading.vocabulary import READ_BY_ALL, SOURCES, SSO, STATIC
from migrate.awsfiles.target import unfit
from migrate.awsfiles.told import Told, key_of
from migrate.awsfiles.verdicts import Decision, Rejections, Verdict, source_name
from migrate.errors import Refusal, together
from migrate.findings import Finding, Related


def decide(files: AwsFiles, mapping: Mapping, refused: Rejections = MappingProxyType({})) -> Decision:
    """What becomes of every profile. `refused` are those that botocore would refuse once converted, and why: they are left.

    Raises Refusal for wishes that name no profile, or one in two sections, and for all that the mapping found wrong.
    """
    return _Decider(files, mapping, refused).run()


class _Decider:
    def __init__(self, files: AwsFiles, mapping: Mapping, refused: Rejections) -> None:
        self.files = files
        self.refused = refused
        self.problems = list(mapping.problems)
        self.mapping = mapping
        self.decision = Decision()
        self.plan_fits = False
        self.made: dict[str, dict[str, str]] = {}  # what the sessions that are used gain by this run
        self.over = roles_over(files)
        self.told = Told(files)

    def run(self) -> Decision:
        files, verdicts = self.files, self.decision.verdicts
        wanted = {name: wish for name, wish in self.mapping.wishes.items() if wish.action == "sso"}
        # a team's plan names more than each machine has, but one of which nothing is here is another machine's, or this is another's home
        self.plan_fits = any(name in files.profiles for name in wanted)
        for name, wish in self.mapping.wishes.items():
            if name not in files.profiles:
                self._missing(name, wish)
        for name, profile in files.profiles.items():
            if name in self.mapping.left:
                verdicts[name] = self._left("AWS193", profile, f"profile {name} was skipped in the review", *STATIC)
        named = [p for name, p in files.profiles.items() if name in self.mapping.wishes]
        sources = {source_name(profile.name) for profile in named}
        named.sort(key=lambda profile: profile.name not in sources)  # a NAME-source before its NAME, which may come to use it
        for profile in named:
            wish = self.mapping.wishes[profile.name]
            if not wish.missing:
                verdicts[profile.name] = self._verdict(profile, wish)
        if self.problems:
            raise together([*self.problems, *self._not_filled_in()])
        for verdict in verdicts.values():
            if verdict.target is not None:
                session = self.mapping.sessions[verdict.target.session]
                self.made[session.name] = session.missing if session.exists else session.settings()
        for name, profile in files.profiles.items():
            if name not in verdicts:
                verdicts[name] = self._not_named(profile)
        over_converted(self.decision, self.over, self.told)
        found = [*self.told.findings, *unread_keys(files)]
        troubled = {f.profile for f in found if f.leaves_work}
        self.decision.findings = [f for f in found if f.leaves_work or f.code not in ("AWS123", "AWS130") or f.profile not in troubled]
        return self.decision

    def _verdict(self, profile: Profile, wish: Wish) -> Verdict:
        if wish.action == "keep":
            return self._kept(profile)
        if wish.action == "remove":
            return self._removed(profile)
        assert wish.target is not None
        return self._mapped(profile, wish.target)

    def _not_filled_in(self) -> Iterator[Refusal]:
        for name, wish in self.mapping.wishes.items():
            if wish.missing:
                yield Refusal(f"profile {name}: {', '.join(wish.missing)} must still be filled in", path=wish.path, line=wish.line)

    # -- wishes that name no profile, or two sections

    def _missing(self, name: str, wish: Wish) -> None:
        if wish.action == "remove" or wish.missing:
            return  # done before, or not decided yet
        if wish.action == "keep":
            path, line = (str(wish.path), wish.line) if wish.path else (str(self.files.config.path), None)
            self.told.findings.append(
                Finding("AWS125", path, f"profile {name} should be kept, but does not exist", line, help=HELP["AWS125"], profile=name)
            )
            return
        stray = self.files.profiles.get(f"profile {name}")
        if stray is not None and stray.static:
            return  # reported as AWS105
        where = f"neither in {self.files.config.path} nor in {self.files.credentials.path}"
        help = which_there_are(name, self.files)
        if wish.path is not None and self.plan_fits:
            message = f"profile {name} in the plan does not exist on this machine"
            self.told.findings.append(Finding("AWS125", str(wish.path), message, wish.line, help=help, profile=name))
            return
        what = f"profile {name} is mapped, but is {where}"
        self.problems.append(Refusal(what, path=wish.path, line=wish.line, help=help))

    def _check_twins(self, profile: Profile) -> None:
        if profile.twins and profile.config is not None:
            first = profile.twins[0].line + 1
            self.problems.append(
                Refusal(
                    f"profile {profile.name} has two sections, the first in line {first}: SDKs differ in which one they read",
                    path=self.files.config.path,
                    line=profile.config.line + 1,
                    help="merge the two sections",
                )
            )

    # -- what becomes of one profile

    def _mapped(self, profile: Profile, target: Target) -> Verdict:
        self._check_twins(profile)
        name, files = profile.name, self.files
        source = files.profiles.get(source_name(name))
        over_it = facts.is_role(profile) and profile.values.get("source_profile") == source_name(name) and not profile.static
        if source is not None and over_it and not source.static and has_mapping(source.values, *_three(target)):
            return self._rejected(profile) or Verdict("source", target)  # an earlier run made it so
        fault = self._rejected(profile) or self._not_convertible(profile, target)
        if fault is None and is_foreign(files, name, self.mapping.sessions[target.session]):
            what = f"profile {name} belongs to partition {facts.partition_of_profile(profile)}, but session {target.session} does not"
            self.told.add("AWS129", profile, what, "region", "role_arn", "mfa_serial")
        if fault is None and facts.names_itself(profile):
            return self._names_itself(profile, target)
        return fault or Verdict("sso", target)

    def _rejected(self, profile: Profile) -> Verdict | None:
        """Would botocore refuse what an earlier try made of it?"""
        found = self.refused.get(profile.name)
        return None if found is None else self._left("AWS115", profile, found.message, place=found.place, related=found.related)

    def _not_convertible(self, profile: Profile, target: Target) -> Verdict | None:
        name, files = profile.name, self.files
        done = not profile.static and has_mapping(profile.values, *_three(target)) and not any(s in profile.values for s in SOURCES)
        stray = files.profiles.get(f"profile {name}")
        if stray is not None and stray.static and not profile.static and not done:
            there = self.told.related(stray, f"section [{stray.name}]", *STATIC)
            what = f"profile {name} is mapped, but its keys appear to be in section [{stray.name}]"
            return self._left("AWS105", profile, what, related=[there])
        if not READ_BY_ALL.fullmatch(name):
            return self._left("AWS106", profile, f"some SDKs do not read a profile named {name} in the config file", *STATIC)
        if not facts.header_is_plain(files, profile):
            assert profile.config is not None
            header = files.config, profile.config.line + 1
            return self._left("AWS113", profile, f"some SDKs do not read the header of profile {name}", place=header)
        if wrong := unfit(files, self.mapping, profile, target):
            return self._left(wrong.code, profile, wrong.message, *wrong.names, place=wrong.place)
        if facts.own_endpoint(profile) or facts.sso_endpoint(files, profile):
            which = "endpoint_url" if facts.own_endpoint(profile) else "services"
            return self._left("AWS104", profile, f"profile {name} is mapped, but its {which} would receive the SSO token", which)
        if not done and (place := facts.inherits_sources(files, profile)):
            return self._left("AWS108", profile, f"profile {name} depends on settings in [DEFAULT]", place=place)
        if place := facts.would_inherit(files, profile):
            return self._left("AWS108", profile, f"profile {name} would start to inherit settings from [DEFAULT]", place=place)
        if hidden := facts.hides_keys(files, profile):
            return self._left("AWS110", profile, f"profile {name} has keys in a nested block", place=hidden)
        if swallower := facts.swallows_settings(files, profile):
            return self._left(
                "AWS110", profile, f"in profile {name}, a setting that must be removed appears to contain other settings", place=swallower
            )
        return None

    def _names_itself(self, profile: Profile, target: Target) -> Verdict:
        """A profile with keys, and a role whose source is itself."""
        name = profile.name
        if facts.wants_mfa(profile):
            return self._left(
                "AWS102", profile, f"profile {name} assumes its role with an MFA device, which SSO does not support", "mfa_serial"
            )
        if facts.wants_longer(profile):
            return self._left("AWS103", profile, f"profile {name} assumes its role for more than one hour", "duration_seconds")
        source = self.files.profiles.get(source_name(name))
        if source is not None:
            free = not source.static and has_mapping(source.values, *_three(target)) and not any(s in source.values for s in SOURCES)
            if not free and self.decision.verdicts.get(source.name) != Verdict("sso", target):
                what = f"profile {name} needs the profile name {source.name}, which is already in use"
                return self._left("AWS109", profile, what, "source_profile", related=[self.told.related(source, source.name)])
        for role in self.over.get(name, ()):
            wish = self.mapping.wishes.get(role.name)
            if wish is not None and wish.action == "keep":
                what = f"profile {role.name} is kept and signs with the key of profile {name}"
                there = self.told.related(role, f"profile {role.name}", "source_profile")
                return self._left("AWS111", profile, what, "source_profile", related=[there])
        return Verdict("source", target)

    def _removed(self, profile: Profile) -> Verdict:
        if not profile.static:
            return Verdict("none")
        self._check_twins(profile)
        name, files = profile.name, self.files
        if place := facts.inherits_sources(files, profile, keys_only=True):
            return self._left("AWS108", profile, f"profile {name} inherits its key from [DEFAULT]", place=place)
        if swallower := facts.swallows_settings(files, profile, keys_only=True):
            return self._left(
                "AWS110", profile, f"in profile {name}, a setting that must be removed appears to contain other settings", place=swallower
            )
        needs = profile.name if facts.names_itself(profile) else None
        if needs is None and not files.sso_is_complete(profile.values):
            needs = next((role.name for role in self.over.get(name, ()) if not self._will_be_sso(role)), None)
        if needs is not None:
            what = f"the key of profile {name} cannot be removed: profile {needs} needs it"
            there = self.told.related(files.profiles[needs], f"profile {needs}", "source_profile")
            return self._left("AWS111", profile, what, *STATIC, related=[there])
        renews = self.files.profiles.get(facts.renewed_by(name) or "")
        if renews is not None and not self._will_be_sso(renews) and not files.sso_is_complete(renews.values):
            what = f"the key of profile {name} cannot be removed: aws-mfa uses it to renew profile {renews.name}"
            return self._left("AWS111", profile, what, *STATIC, related=[self.told.related(renews, f"profile {renews.name}")])
        return Verdict("remove")

    def _will_be_sso(self, profile: Profile) -> bool:
        wish = self.mapping.wishes.get(profile.name)
        return wish is not None and wish.action == "sso" and not wish.missing

    def _kept(self, profile: Profile) -> Verdict:
        keys = " its static keys" if profile.static else ""
        self.told.add("AWS121", profile, f"profile {profile.name} is kept" + (f", with{keys}" if keys else ""), *STATIC)
        return Verdict("keep")

    def _not_named(self, profile: Profile) -> Verdict:
        name, files = profile.name, self.files
        if name.startswith("profile ") and profile.config is None and profile.static:
            called = name.removeprefix("profile ").strip()
            return self._left("AWS105", profile, f"section [{name}] has static keys, but no SDK reads it as profile {called}")
        wish = self.mapping.wishes.get(name)
        unfilled = wish if wish is not None and wish.missing else None
        foreign = facts.foreign_endpoint(files, profile)
        if foreign and not unfilled:
            where = ("endpoint_url",) if facts.own_endpoint(profile) else ("services", *STATIC)
            self.told.add("AWS122", profile, f"profile {name} uses an endpoint that does not belong to AWS", *where)
            return Verdict("none")
        complete = files.sso_is_complete(profile.values, self.made)
        if profile.static:
            if complete and not foreign and self._may_be_stripped(profile):
                return self._rejected(profile) or Verdict("strip")
            if unfilled:
                self._unfilled("AWS118", profile, unfilled, f"the plan is incomplete for profile {name}: {', '.join(unfilled.missing)}")
                return Verdict("left")
            return self._left("AWS101", profile, f"profile {name} has static keys and is not mapped", *STATIC)
        if hidden := facts.hides_keys(files, profile):
            return self._left("AWS110", profile, f"profile {name} has keys in a nested block", place=hidden)
        if unfilled:
            self._unfilled("AWS140", profile, unfilled, f"profile {name}: {', '.join(unfilled.missing)} must still be filled in")
        if fault := self._own_fault(profile):
            self.told.add("AWS130", profile, f"botocore rejects profile {name}: {fault.message}", *fault.names)
            return Verdict("none")
        in_session_form = complete and "sso_session" in profile.values
        if not in_session_form and (facts.has_other_source(profile) or any(s in profile.values for s in SSO)):
            self.told.add("AWS123", profile, f"profile {name} uses another source of credentials", *SOURCES, *SSO)
        return Verdict("none")

    def _unfilled(self, code: str, profile: Profile, wish: Wish, message: str) -> None:
        """A profile that the plan means to convert, and does not say all that is needed: its place in the plan, and in the files."""
        there = self.told.related(profile, f"profile {profile.name}", *STATIC)
        found = Finding(
            code, str(wish.path), message, wish.line, help=HELP["AWS118"], key=key_of(profile), profile=profile.name, related=(there,)
        )
        self.told.findings.append(found)

    def _own_fault(self, profile: Profile) -> Fault | None:
        """What is wrong in the profile itself, so that botocore takes it for nothing already."""
        fault = resolve(self.files, profile.name).fault
        made = fault is not None and profile.values.get("sso_session") in self.made  # not defined yet, but after this run
        return fault if fault is not None and fault.profile == profile.name and not made else None

    def _may_be_stripped(self, profile: Profile) -> bool:
        """Complete SSO beside keys: is it certain that every SDK signs with that SSO once the keys are gone?"""
        files, session = self.files, profile.values.get("sso_session")
        return (
            not profile.twins
            and (session is None or READ_BY_ALL.fullmatch(session) is not None)
            and not facts.has_other_source(profile)
            and not facts.own_endpoint(profile)
            and not facts.sso_endpoint(files, profile)
            and READ_BY_ALL.fullmatch(profile.name) is not None
            and facts.header_is_plain(files, profile)
            and (session is None or facts.session_is_plain(files, session))
            and facts.inherits_sources(files, profile) is None
            and facts.would_inherit(files, profile) is None
            and facts.swallows_settings(files, profile) is None
        )

    # -- findings

    def _left(
        self,
        code: str,
        profile: Profile,
        message: str,
        *names: str,
        place: tuple[AwsFile, int] | None = None,
        related: Sequence[Related] = (),
    ) -> Verdict:
        self.told.add(code, profile, message, *names, place=place, related=related)
        return Verdict("left")


def _three(target: Target) -> Iterator[str]:
    return iter((target.session, target.account_id, target.role_name))
