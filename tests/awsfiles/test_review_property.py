"""For any two files that botocore reads, and any choice: what is taken reads as SSO, what is left reads as before, and what was shown is what is done."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from migrate.awsfiles.convert import ConvertRequest
from migrate.awsfiles.review import ConfigReview
from migrate.errors import Refusal
from tests.awsfiles.homes import CORP, Home
from tests.awsfiles.test_convert_property import NAMES, STATIC, config_files, credentials_files, read
from tests.examples import examples


@given(config=config_files, credentials=credentials_files, maps=st.sets(st.sampled_from(NAMES), min_size=1), choice=st.integers(0, 31))
@settings(
    deadline=None, max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]
)
def test_any_choice(config: str, credentials: str, maps: set[str], choice: int, tmp_path: Path) -> None:
    home = Home(tmp_path).write(config, credentials)
    try:
        before = read(home)
    except Exception:
        assume(False)
    options = tuple(f"{name}=111122223333/Admin" for name in sorted(maps) if name in before["profiles"])
    name, url, region = CORP
    request = ConvertRequest(home.config, home.credentials, session=name, start_url=url, region=region, maps=options)
    try:
        whole = home.convert(*options)
        review = ConfigReview(request)
    except Refusal as refusal:
        assert "mistake" not in refusal.help, refusal
        return
    texts = {c.path: c.before for c in whole.changes}
    taken: set[str] = set()
    left: set[str] = set()
    for n, part in enumerate(review.parts):
        take = bool(choice >> n & 1)
        shown = review.shown(part)
        try:
            offered = review.text(part)
        except Refusal as refusal:
            assert "indented" in refusal.message
            offered = ""
        if offered:
            review.edit(part, offered)  # nothing was changed by hand, and nothing changes
            assert review.shown(part) == shown
        for change in review.shown(part) if take else ():
            assert texts.get(change.path, change.before) == change.before  # what was shown before, and this on top of it
            texts[change.path] = change.after
        review.settle(part, take)
        (taken if take else left).update(part.names)
    outcome = review.outcome()
    if not left:
        assert [(c.path, c.after) for c in outcome.changes] == [(c.path, c.after) for c in whole.changes]
    if taken or not review.parts:
        made = {c.path: c.after for c in outcome.changes}
        assert {p: made.get(p, texts[p]) for p in texts} == texts
    home.after(outcome)
    after = read(home)
    repointed = {f.profile for f in outcome.findings if f.code == "AWS126"}
    assert {f.profile for f in outcome.findings if f.code == "AWS193"} == left
    for name, values in before["profiles"].items():
        now = after["profiles"].get(name, {})
        if name in taken:
            assert not STATIC & now.keys()
        elif name in left and name not in repointed:
            assert now == values


@pytest.mark.parametrize("names", [["dev", "dev-source"], ["dev-source", "dev"]])
def test_what_hangs_together_in_any_order(names: list[str], tmp_path: Path) -> None:
    role = "role_arn = arn:aws:iam::111122223333:role/X\nsource_profile = dev\n"
    sections = {"dev": f"[profile dev]\n{role}", "dev-source": "[profile dev-source]\nregion = eu-west-1\n"}
    keys = "[dev]\naws_access_key_id = x\naws_secret_access_key = y\n[dev-source]\naws_access_key_id = x\naws_secret_access_key = y\n"
    home = Home(tmp_path).write("".join(sections[name] for name in names), keys)
    maps = tuple(f"{name}=111122223333/Admin" for name in names)
    review = ConfigReview(ConvertRequest(home.config, home.credentials, None, *CORP, None, maps))
    assert [sorted(part.names) for part in review.parts] == [["dev", "dev-source"]]
