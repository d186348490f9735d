"""What `bulk` gives to a command that opens a pull request: the text, and how a colleague gets the profiles."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from migrate.awsfiles.reading.files import default_path
from migrate.awsfiles.share import SharedProfile, shared_profiles
from migrate.bulk.task import Settings
from migrate.codemod.keys.mapping import KeyMap
from migrate.errors import Refusal
from migrate.migration.whole import will_hold
from migrate.outcome import Outcome
from migrate.reports import markdown
from migrate.reports.template import fill
from migrate.reports.view import shown, view

Shared = tuple[tuple[str, str | None, str | None], ...]
"""Profiles and their sections of this machine's AWS config, fit to be shown and to be sent to workers."""


def shared_profiles_of(mapping: KeyMap) -> Shared:
    """Return the profiles that may come in, with the sections that somebody needs to sign with them."""
    try:
        config = will_hold(default_path(None, "AWS_CONFIG_FILE", "config"), ())
    except Refusal:
        config = b""
    names = {*mapping.keys.values(), *([mapping.default] if mapping.default else [])}
    return tuple((s.name, _or_none(s.section), _or_none(s.session)) for s in shared_profiles(sorted(names), config))


def setup_of(shared: Shared, profiles: Collection[str | None]) -> Sequence[SharedProfile]:
    """Return those of the profiles that calls sign with now."""
    return [SharedProfile(shown(name), section, session) for name, section, session in shared if name in profiles]


def body_of(outcome: Outcome, settings: Settings, name: str) -> str:
    """Return the text of a pull request: the team's template, or the whole report without the diffs, which the pull request shows itself."""
    setup = setup_of(settings.shared, {call.profile for call in outcome.signed})
    whole = replace(view(outcome, 0, diffs=False), setup=setup, applied=True)
    if settings.body is None:
        return markdown.render(whole, diffs=False)
    return fill(settings.body, markdown.parts(whole) | {"repository": name, "branch": settings.branch})


def _or_none(text: str | None) -> str | None:
    return None if text is None else shown(text)
