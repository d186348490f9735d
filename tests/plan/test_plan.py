"""The plan: written from the AWS files, kept as a person edited it, checked with the line of every error."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.errors import Refusal
from migrate.plan.propose import Proposed
from migrate.plan.read import PlanSession, parse_plan
from migrate.plan.text import added_text, new_text, representable
from tests.conftest import Run
from tests.madeup import key_id, secret

PLAN = f"""\
# mine
[sso_sessions]
    [[corp]]
        sso_start_url = https://corp.awsapps.com/start/#   # the portal
        sso_region = "us-west-2"
[profiles]
    [[dev]]   # last used yesterday
        action = sso
        sso_session = corp
        sso_account_id = 111122223333
        sso_role_name = Admin,x@y
    [[ci]]
        action = keep
[keys]
    {key_id("dev")} = dev
"""
HERE = Path("plan.ini")


def test_it_is_read_as_it_is_meant() -> None:
    plan = parse_plan(PLAN, HERE)
    session = plan.sso_sessions["corp"]
    assert (session.sso_start_url, session.sso_region) == ("https://corp.awsapps.com/start/#", "us-west-2")
    assert session.sso_registration_scopes == "sso:account:access"
    dev = plan.profiles["dev"]
    assert (dev.action, dev.sso_session, dev.sso_account_id, dev.sso_role_name) == ("sso", "corp", "111122223333", "Admin,x@y")
    assert plan.profiles["ci"].action == "keep" and plan.keys == {key_id("dev"): "dev"}


def test_a_profile_may_be_called_like_a_setting() -> None:
    assert parse_plan(PLAN.replace("[[ci]]", "[[action]]"), HERE).profiles["action"].action == "keep"


ERRORS = {
    "an account id that is none": ("111122223333", "11112222333", 10),
    "an ARN for a role": ("Admin,x@y", "arn:aws:iam::111122223333:role/Admin", 11),
    "an action that is none": ("keep", "kept", 13),
    "a region that is none": ('"us-west-2"', "us-west-2a", 5),
    "no region": ('        sso_region = "us-west-2"\n', "", 3),
    "no https": ("https:", "http:", 4),
    "a section that no plan has": ("[keys]", "[kees]", 14),
    "a section too deep": ("[[ci]]", "[[[[ci]]]]", 12),
    "a section not closed": ("[[ci]]", "[[ci", 12),
    "one profile twice": ("[[ci]]", "[[dev]]", 12),
    "one setting twice": ("action = sso\n", "action = sso\n        action = keep\n", 9),
    "a line that is nothing": ("action = keep", "hello", 13),
    "a misspelt setting": ("action = keep", "actoin = keep", 13),
    "a setting before all sections": ("# mine", "x = 1", 1),
    "a setting between": ("[profiles]", "[profiles]\n    z = 1", 7),
    "a section within a profile": ("    [[ci]]", "    [[[deep]]]\n    [[ci]]", 12),
    "multi-line": ("action = keep", 'action = """keep\n"""', 13),
    "a quote not closed": ("Admin,x@y", '"Admin', 11),
    "a key that is none": (key_id("dev"), "AKIA", 15),
    "a key without a profile": (" = dev", " = ", 15),
    "an option of code that is neither yes nor no": ("[keys]", "[code]\n    environment = perhaps\n[keys]", 15),
    "a misspelt option of code": ("[keys]", "[code]\n    enviroment = yes\n[keys]", 15),
    "a section for a profile's setting": ("[keys]", "[[x]]\n[[[action]]]\n[keys]", 15),
    "a section in the options of code": ("[keys]", "[code]\n    [[environment]]\n[keys]", 15),
}


@pytest.mark.parametrize(("old", "new", "line"), ERRORS.values(), ids=ERRORS.keys())
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_every_error_is_told_with_its_line_and_without_quoting_it(old: str, new: str, line: int, end: str) -> None:
    text = PLAN.replace(old, new, 1)
    assert text != PLAN
    with pytest.raises(Refusal) as caught:
        parse_plan(text.replace("\n", end), HERE)
    assert (caught.value.path, caught.value.line) == (HERE, line)
    assert key_id("dev") not in caught.value.message + caught.value.help


def test_several_errors_are_told_at_once() -> None:
    with pytest.raises(Refusal) as caught:
        parse_plan(PLAN.replace("keep", "kept").replace("111122223333", "1"), HERE)
    assert caught.value.line == 10 and "line 13" in caught.value.help


def test_a_secret_in_a_plan_is_not_repeated(home: Path, run: Run) -> None:
    for text in (
        f"{secret('a')}\n",
        f"[profiles]\n[[a]]\n{secret('a')} = 1\n",
        f"[profiles]\n[[a]]\naction = {secret('a')}\n",
        f"[{secret('a')}]\n",
    ):
        Path("p.ini").write_text(text)
        done = run("config", "--plan", "p.ini", "--yes")
        assert done.returncode == 2 and secret("a") not in done.stdout + done.stderr and re.search(r"p\.ini:\d", done.stderr)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[profiles]\n\xe9\n", b"\0"])
def test_bytes_that_are_no_text_are_refused(run: Run, content: bytes) -> None:
    Path("p.ini").write_bytes(content)
    for args in (["config", "--plan", "p.ini", "--yes"], ["plan", "-o", "p.ini"]):
        done = run(*args)
        assert done.returncode == 2 and "p.ini" in done.stderr and "Traceback" not in done.stderr
    assert Path("p.ini").read_bytes() == content


def test_no_plan_and_a_folder_in_its_place(run: Run) -> None:
    Path("d").mkdir()
    assert "the plan does not exist" in run("config", "--plan", "none.ini", "--yes").stderr
    assert run("config", "--plan", "d", "--yes").returncode == 2 and run("plan", "-o", "d").returncode == 2
    assert run("plan", "-o", "no/such/folder/p.ini").returncode == 2


NAMES = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(representable)
PROFILES = st.lists(
    st.builds(
        Proposed,
        name=NAMES,
        action=st.sampled_from(["sso", "keep"]),
        sso_session=st.none() | st.just("corp"),
        sso_account_id=st.none() | st.just("111122223333"),
        sso_role_name=st.none() | st.from_regex(r"[\w+=,.@-]{1,20}", fullmatch=True).filter(str.isascii),
        comment=st.sampled_from(["", "AKIA…ABCD"]),
    ),
    unique_by=lambda p: p.name,
    max_size=5,
)
SESSIONS = st.dictionaries(
    NAMES,
    st.sampled_from(
        [PlanSession("https://a.awsapps.com/start/#/", "eu-west-1"), PlanSession("https://b.example.com", "cn-north-1", "a, b")]
    ),
    max_size=3,
)


def same(profile: Proposed, text: str) -> bool:
    """Does the plan `text` say of the profile what was proposed?"""
    read = parse_plan(text, HERE).profiles[profile.name]
    if profile.action == "keep":
        return read.action == "keep"
    return (read.action, read.sso_session, read.sso_account_id, read.sso_role_name) == (
        "sso", profile.sso_session, profile.sso_account_id, profile.sso_role_name,
    )  # fmt: skip


@settings(deadline=None)
@given(SESSIONS, PROFILES)
def test_what_is_written_is_what_is_read(sessions: dict[str, PlanSession], profiles: list[Proposed]) -> None:
    text = new_text(sessions, profiles, "plan.ini")
    assert all(same(profile, text) for profile in profiles)
    read = parse_plan(text, HERE).sso_sessions
    assert {n: (s.sso_start_url, s.sso_region) for n, s in read.items()} == {
        n: (s.sso_start_url, s.sso_region) for n, s in sessions.items()
    }
    assert added_text(text, parse_plan(text, HERE), sessions, profiles) == text


@settings(deadline=None)
@given(SESSIONS, PROFILES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_a_plan_is_added_to_and_every_line_of_it_stays(
    sessions: dict[str, PlanSession], profiles: list[Proposed], end: str, final: bool
) -> None:
    old = PLAN.replace("\n", end) + f"# end{end}" * final
    plan = parse_plan(old, HERE)
    text = added_text(old, plan, sessions, profiles)
    rest = iter(text.splitlines(keepends=True))
    assert all(line in rest for line in old.splitlines(keepends=True))  # each, and in order
    assert all(same(profile, text) for profile in profiles if profile.name not in plan.profiles)
    assert {**parse_plan(text, HERE).profiles, **plan.profiles}.keys() == parse_plan(text, HERE).profiles.keys()
    assert "\n" not in text.replace("\r\n", "") or end == "\n"


@pytest.mark.parametrize(
    "old", ["", "[keys]\n", "[profiles]", "[keys]\n[profiles]\n[[a]]\naction = keep", "# only a comment\n", "[ profiles ]\n  [[ a ]]\n"]
)
def test_odd_plans_are_added_to(old: str) -> None:
    text = added_text(old, parse_plan(old, HERE), {"s": PlanSession("https://b.example.com", "eu-west-1")}, [Proposed("new")])
    plan = parse_plan(text, HERE)
    assert "new" in plan.profiles and "s" in plan.sso_sessions
    rest = iter(text.splitlines())
    assert all(line in rest for line in old.splitlines())


@pytest.fixture
def aws(home: Path) -> Path:
    """AWS files of several kinds."""
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-west-2\n"
        "[profile s3]\nendpoint_url = http://localhost:9000\n"
        "[profile role]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = dev\n"
    )
    (home / ".aws/credentials").write_text(
        f"[dev]\naws_access_key_id = {key_id('dev', '123456789012')}\naws_secret_access_key = {secret('dev')}\n"
        f"[old]\naws_access_key_id = {'AK' + 'IA'}I{'A' * 15}\naws_secret_access_key = {secret('old')}\n"
        f"[s3]\naws_access_key_id = minio\naws_secret_access_key = minio-secret\n"
    )  # fmt: skip
    return home / ".aws"


def test_plan_says_what_files_and_key_ids_tell(aws: Path, run: Run) -> None:
    done = run("plan")
    assert done.returncode == 0, done.stderr
    text = Path("sso-migration.ini").read_text()
    plan = parse_plan(text, HERE)
    assert plan.sso_sessions["corp"].sso_region == "us-west-2"
    assert plan.profiles["dev"].sso_account_id == "123456789012" and plan.profiles["dev"].sso_session == "corp"
    assert plan.profiles["old"].sso_account_id is None
    assert plan.profiles["s3"].action == "keep" and "role" not in plan.profiles
    assert Path("sso-migration.ini").stat().st_mode & 0o777 == 0o600
    for shown in (text, done.stdout):
        assert key_id("dev", "123456789012") not in shown and secret("dev") not in shown and "minio-secret" not in shown
    assert re.search(r"\[\[dev\]\] +# AKIA…" + key_id("dev", "123456789012")[-4:], text)
    assert "AWS140 profile dev" in done.stdout


def test_plan_twice_keeps_what_a_person_changed_and_adds_what_is_new(aws: Path, run: Run) -> None:
    run("plan", "-o", "p.ini")
    edited = (
        Path("p.ini")
        .read_text()
        .replace("sso_role_name =\n", "sso_role_name = Admin   # asked Kim\n", 1)
        .replace("[keys]", "# my note\n[keys]")
    )
    Path("p.ini").write_text(edited)
    assert run("plan", "-o", "p.ini").returncode == 0
    assert Path("p.ini").read_text() == edited
    with (aws / "credentials").open("a") as file:
        file.write(f"[new]\naws_access_key_id = {key_id('new')}\n")
    assert run("plan", "-o", "p.ini", "--check").returncode == 1
    assert run("plan", "-o", "p.ini", "--dry-run").returncode == 0 and Path("p.ini").read_text() == edited
    assert run("plan", "-o", "p.ini").returncode == 0
    text = Path("p.ini").read_text()
    assert "[[new]]" in text and "Admin   # asked Kim" in text and "# my note\n[keys]" in text
    assert [line for line in text.splitlines() if line in edited.splitlines()].__len__() >= len(edited.splitlines())


def test_plan_then_config(aws: Path, run: Run) -> None:
    run("plan", "-o", "p.ini")
    text = (
        Path("p.ini")
        .read_text()
        .replace("sso_role_name =", "sso_role_name = Admin")
        .replace("sso_account_id =\n", "sso_account_id = 222233334444\n")
    )
    Path("p.ini").write_text(text)
    done = run("config", "--plan", "p.ini", "--yes", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row["name"]: row for row in json.loads(done.stdout)["profiles"]}
    assert rows["dev"]["sso_account_id"] == "123456789012" and rows["old"]["sso_account_id"] == "222233334444"
    assert "minio" in (aws / "credentials").read_text() and "[dev]" not in (aws / "credentials").read_text()


def test_session_options(aws: Path, run: Run) -> None:
    new = ["--sso-session", "two", "--sso-start-url", "https://two.awsapps.com/start", "--sso-region", "eu-west-1"]
    for bad in (
        ["--sso-session", "two"],
        new[2:],
        [*new[:3], "http://x", *new[4:]],
        [*new[:5], "mars"],
        ["--sso-session", "corp", "--sso-region", "eu-west-1"],
    ):
        done = run("plan", "-o", "p.ini", *bad)
        assert done.returncode == 2 and not Path("p.ini").exists(), bad
    assert run("plan", "-o", "p.ini", *new).returncode == 0
    plan = parse_plan(Path("p.ini").read_text(), HERE)
    assert set(plan.sso_sessions) == {"corp", "two"} and plan.profiles["dev"].sso_session == "two"
    assert run("plan", "-o", "p.ini", *new[:5], "eu-west-2").returncode == 2


def test_a_dash_is_no_plans_name(aws: Path, run: Run) -> None:
    done = run("plan", "-o", "-")
    assert done.returncode == 2 and "--dry-run" in done.stderr and not Path("-").exists()


def test_a_plan_of_thousands_of_profiles_takes_seconds(home: Path, run: Run) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(
        "".join(f"[p{n}]\naws_access_key_id = {key_id(str(n))}\naws_secret_access_key = x{n}yyyy\n" for n in range(3000))
    )
    assert run("plan", timeout=300).returncode == 0
    assert len(parse_plan(Path("sso-migration.ini").read_text(), HERE).profiles) == 3000


@pytest.mark.parametrize("name", ["__many__", "___many___"])
def test_a_profile_whose_name_no_plan_can_hold_is_told_and_the_others_are_planned(home: Path, run: Run, name: str) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(
        "".join(f"[{n}]\naws_access_key_id = {key_id(n)}\naws_secret_access_key = {secret(n)}\n" for n in (name, "dev"))
    )
    done = run("plan")
    assert done.returncode == 0 and "AWS141" in done.stdout, done.stdout + done.stderr
    assert list(parse_plan(Path("sso-migration.ini").read_text(), HERE).profiles) == ["dev"]


def test_keys_of_code_get_lines(run: Run, home: Path) -> None:
    ours, theirs, twice = (key_id(n, a) for n, a in (("a", "111122223333"), ("b", "444455556666"), ("c", "777788889999")))
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws/config").write_text(
        "[profile one]\nsso_account_id = 111122223333\n[profile x]\nsso_account_id = 777788889999\n[profile y]\nsso_account_id = 777788889999\n"
    )
    Path("r").mkdir()
    Path("r/a.py").write_text(f'KEY = "{ours}"\nSECRET = "{secret("a")}"\n')
    Path("r/b.py").write_text(f'KEY = "{ours}"\nOTHER = "{twice}"\n')
    Path("r/.env").write_text(f"KEY={theirs}\nSECRET={secret('b')}\n")
    done = run("plan", "r", "-o", "p.ini", "--format", "json")
    assert done.returncode == 0 and secret("a") not in done.stdout and ours not in done.stdout, done.stderr
    text = Path("p.ini").read_text()
    assert f"    {ours} = one    # account 111122223333, the only profile of its account; 2 places: r/a.py:1, r/b.py:1\n" in text
    assert f"    # {theirs} =     # account 444455556666, no profile matches; 1 place: r/.env:1\n" in text
    assert f"    # {twice} =     # account 777788889999, its account has several profiles: x, y; 1 place: r/b.py:2\n" in text
    assert Path("p.ini").stat().st_mode & 0o777 == 0o600 and secret("a") not in text
    run("plan", "r", "-o", "p.ini")
    assert Path("p.ini").read_text() == text
    Path("p.ini").write_text(text.replace(f"# {theirs} =     #", f"{theirs} = mine  #"))
    run("plan", "r", "-o", "p.ini")
    assert f"{theirs} = mine  # account" in Path("p.ini").read_text()
