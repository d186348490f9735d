"""What `config` makes of two files: before and after, side by side."""

from pathlib import Path

import pytest

from migrate.errors import Refusal
from migrate.plan import load_plan
from tests.awsfiles.homes import CORP_SECTION, Home, codes, keys, text
from tests.madeup import key_id, secret, token

DEV = "dev=111122223333/Admin"
SSO = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n"


@pytest.mark.parametrize(
    ("config", "credentials", "config_after", "credentials_after"),
    [
        pytest.param(
            "[profile dev]\nregion = x\n",
            "[dev]\n" + keys("dev"),
            f"[profile dev]\n{SSO}region = x\n{CORP_SECTION}",
            "",
            id="keys leave the credentials file, and the emptied section with them",
        ),
        pytest.param(None, "[dev]\n" + keys("dev"), f"[profile dev]\n{SSO}{CORP_SECTION}", "", id="a config file is made"),
        pytest.param(
            "[profile dev]\n" + keys("dev"), None, f"[profile dev]\n{SSO}{CORP_SECTION}", None, id="keys in the config file alone"
        ),
        pytest.param(
            "[profile dev]\nRegion : old\n",
            "[dev]\nregion = new\n" + keys("dev"),
            f"[profile dev]\n{SSO}region = new\n{CORP_SECTION}",
            "",
            id="the credentials file's value wins, in the spelling that every SDK reads",
        ),
        pytest.param(
            "[profile dev]\nregion   =   old\n",
            "[dev]\nregion=new\n" + keys("dev"),
            f"[profile dev]\n{SSO}region   =   new\n{CORP_SECTION}",
            "",
            id="a value is replaced in place, its spacing kept",
        ),
        pytest.param(
            "[profile dev]\noutput = json\n",
            "[dev]\n" + keys("dev") + "s3 =\n  max_queue_size = 9\n\n  other = 1\ncli_pager =\n",
            f"[profile dev]\n{SSO}output = json\ns3 =\n  max_queue_size = 9\n\n  other = 1\ncli_pager =\n{CORP_SECTION}",
            "",
            id="nested blocks move whole, below all others",
        ),
        pytest.param(
            "[profile dev]\ns3 =\n  a = 1\n",
            "[dev]\n" + keys("dev") + "s3 =\n    b = 2\n",
            f"[profile dev]\n{SSO}s3 =\n    b = 2\n{CORP_SECTION}",
            "",
            id="a nested block replaces the other, as it did for botocore",
        ),
        pytest.param(
            "[profile dev]\n\tregion = x\n",
            "[dev]\n" + keys("dev") + "output = json\n",
            "[profile dev]\n" + "".join(f"\t{line}\n" for line in (SSO + "output = json").splitlines()) + f"\tregion = x\n{CORP_SECTION}",
            "",
            id="new lines are indented as their neighbours are",
        ),
        pytest.param(
            "[profile dev]\n# one\nregion = x\n#aws_access_key_id = OLD\n",
            "# top\n[dev]\n# mine\n; aws_secret_access_key=OLD\n" + keys("dev") + "\n# next\n[b]\nx = 1\n",
            f"[profile dev]\n{SSO}# one\nregion = x\n{CORP_SECTION}",
            "# top\n[dev]\n# mine\n\n# next\n[b]\nx = 1\n",
            id="comments stay, commented-out keys go",
        ),
        pytest.param(
            "[profile dev]\nregion = x\nrole_arn = arn\nsource_profile = b\nmfa_serial = m\ncredential_process = p\nlogin_session = s\n",
            "[dev]\n" + keys("dev"),
            f"[profile dev]\n{SSO}region = x\n{CORP_SECTION}",
            "",
            id="every other source of credentials goes",
        ),
        pytest.param(
            "[profile dev]\nsso_start_url = https://o.awsapps.com/start\nsso_region = x\nsso_account_id = 1\nsso_role_name=R\nregion = x\n",
            "[dev]\n" + keys("dev"),
            f"[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name=Admin\nregion = x\n{CORP_SECTION}",
            "",
            id="old SSO settings are replaced, in place where they can be",
        ),
        pytest.param(
            "[profile dev]\naws_session_token = " + token("dev")[:100] + "\n  " + token("dev")[100:] + "\nregion = x\n",
            None,
            f"[profile dev]\n{SSO}region = x\n{CORP_SECTION}",
            None,
            id="a token wrapped over two lines goes whole",
        ),
        pytest.param(
            "[profile dev]\r\nregion = x\r\n",
            "[dev]\n" + keys("dev") + "output = json\n",
            (f"[profile dev]\n{SSO}output = json\nregion = x\n{CORP_SECTION}").replace("\n", "\r\n"),
            "",
            id="lines take the line ends of the file that they come to",
        ),
        pytest.param(
            "[profile dev]\nregion = x",
            "[b]\nx = 1\n\n[dev]\n" + keys("dev").rstrip("\n"),
            f"[profile dev]\n{SSO}region = x\n{CORP_SECTION.rstrip()}",
            "[b]\nx = 1\n",
            id="a missing newline at the end stays missing",
        ),
        pytest.param(
            "\ufeff[profile dev]\nregion = x\n",
            "\ufeff[dev]\n" + keys("dev"),
            f"[profile dev]\n{SSO}region = x\n{CORP_SECTION}",
            "",
            id="byte-order marks are dropped",
        ),
        pytest.param(
            '[profile "dev"]\nregion = x\n[dev]\nregion = y\n',
            "[dev]\n" + keys("dev"),
            f'[profile "dev"]\n{SSO}region = x\n[dev]\nregion = y\n{CORP_SECTION}',
            "",
            id="whichever form of the header stands; a header without `profile` is none",
        ),
        pytest.param(
            "[a]\nx = 1\n",
            " [a]\n  x = 1\n [dev]\n  " + keys("dev").replace("\n", "\n  ").rstrip(" ") + " [b]\n  y = 1\n",
            f"[a]\nx = 1\n\n[profile dev]\n{SSO}{CORP_SECTION}",
            " [a]\n  x = 1\n [b]\n  y = 1\n",
            id="an indented file",
        ),
        pytest.param(
            "",
            "[a]\nx = 1\n[dev]\n  " + keys("dev").replace("\n", "\n  ").rstrip(" ") + " [b]\n  y = 1\n",
            f"[profile dev]\n{SSO}{CORP_SECTION}",
            "[a]\nx = 1\n[dev]\n [b]\n  y = 1\n",
            id="a header that would become part of a value keeps the one above it",
        ),
        pytest.param(
            "[sso-session corp]\nsso_region = us-west-2\n[profile dev]\n",
            "[dev]\n" + keys("dev"),
            f"[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-west-2\n[profile dev]\n{SSO}",
            "",
            id="a session that lacks a setting gets it",
        ),
    ],
)
def test_a_mapped_profile(
    home: Path, config: str | None, credentials: str | None, config_after: str, credentials_after: str | None
) -> None:
    place = Home(home).write(config, credentials)
    outcome = place.convert(DEV)
    assert place.after(outcome) == (config_after, credentials_after)
    assert not [finding for finding in outcome.findings if finding.leaves_work]
    assert not place.convert(DEV).changes  # a second run finds nothing to do


def test_a_role_whose_source_is_itself_gets_a_source_profile(home: Path) -> None:
    role = "role_arn = arn:aws:iam::444455556666:role/Deploy\nsource_profile = dev\n"
    other = "[profile over]\nrole_arn = arn:aws:iam::444455556666:role/X\nsource_profile = dev\n"
    place = Home(home).write(f"[profile dev]\n{role}{other}", "[dev]\nregion = x\n" + keys("dev"))
    outcome = place.convert(DEV)
    config, credentials = place.after(outcome)
    assert config == (
        f"[profile dev]\nregion = x\n{role.replace('= dev', '= dev-source')}{other.replace('= dev', '= dev-source')}"
        f"\n[profile dev-source]\n{SSO}{CORP_SECTION}"
    )
    assert credentials == ""
    assert codes(outcome) == [("AWS123", "over"), ("AWS126", "over")]
    assert [(r.key, r.profile) for r in outcome.replaced] == [(key_id("dev"), "dev-source")]
    assert not place.convert(DEV).changes


def test_leftover_keys_beside_complete_sso_go_without_a_map(home: Path) -> None:
    place = Home(home).write(f"[profile dev]\n{SSO}{CORP_SECTION}", "[dev]\nregion = x\n" + keys("dev"))
    outcome = place.convert(session=None)
    assert place.after(outcome) == (f"[profile dev]\nregion = x\n{SSO}{CORP_SECTION}", "")
    assert codes(outcome) == []


def test_a_plan_keeps_removes_and_maps(home: Path) -> None:
    from migrate.plan import load_plan

    plan = home / "plan.ini"
    plan.write_text(
        text("""
        [sso_sessions]
            [[corp]]
                sso_start_url = https://corp.awsapps.com/start
                sso_region = us-west-2
        [profiles]
            [[dev]]
                action = sso
                sso_account_id = 111122223333
                sso_role_name = Admin
            [[ci]]
                action = keep
            [[old]]
                action = remove
        """)
    )
    place = Home(home).write(None, "".join(f"[{name}]\n{keys(name)}" for name in ("dev", "ci", "old")))
    outcome = place.convert(session=None, plan=load_plan(plan))
    assert place.after(outcome) == (f"[profile dev]\n{SSO}{CORP_SECTION}", f"[ci]\n{keys('ci')}")
    assert codes(outcome) == [("AWS121", "ci")]
    assert [(r.key, r.profile) for r in outcome.replaced] == [(key_id("dev"), "dev"), (key_id("old"), None)]
    assert not place.convert(session=None, plan=load_plan(plan)).changes


def test_a_teams_plan_names_more_profiles_than_one_machine_has(home: Path) -> None:
    """Those that are here become SSO, the others are mentioned. Where none is here, the plan is another machine's: refused."""
    plan = home / "team.ini"
    entries = "".join(
        f"[[{name}]]\naction = sso\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n" for name in ("dev", "prod")
    )
    plan.write_text(
        f"[sso_sessions]\n[[corp]]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-west-2\n[profiles]\n{entries}"
    )
    place = Home(home).write(None, f"[dev]\n{keys('dev')}")
    outcome = place.convert(session=None, plan=load_plan(plan))
    assert place.after(outcome) == (f"[profile dev]\n{SSO}{CORP_SECTION}", "")
    (finding,) = outcome.findings
    assert (finding.code, finding.profile, finding.path, finding.line) == ("AWS125", "prod", str(plan), 11)
    assert not finding.leaves_work
    with pytest.raises(Refusal, match="profile dev is mapped, but is neither in"):
        Home(home).write("", f"[other]\n{keys('other')}").convert(session=None, plan=load_plan(plan))


def test_a_role_name_may_hold_an_at_sign(home: Path) -> None:
    place = Home(home).write("[profile dev]\n[sso-session lab]\n", None)
    rows = {row.name: row for row in place.convert("dev=111122223333/Power@User@corp").profiles}
    assert (rows["dev"].sso_role_name, rows["dev"].sso_session) == ("Power@User", "corp")
    with pytest.raises(Refusal, match="names the session 'User', which is not defined") as caught:
        place.convert("dev=111122223333/Power@User")
    assert "the sessions are: " in caught.value.help and "Power@User@SESSION" in caught.value.help


@pytest.mark.parametrize(
    ("config", "credentials", "maps", "expected"),
    [
        pytest.param("", "[dev]\n" + keys("dev"), [], [("AWS101", "dev")], id="not mapped"),
        pytest.param("", "[profile dev]\n" + keys("dev"), [DEV], [("AWS105", "profile dev")], id="a prefix in the credentials file"),
        pytest.param(
            "[profile dev]\n", "[profile dev]\n" + keys("dev"), [DEV], [("AWS105", "dev"), ("AWS105", "profile dev")],
            id="the same beside the real one"
        ),
        pytest.param("", "[my dev]\n" + keys("dev"), ["my dev=111122223333/Admin"], [("AWS106", "my dev")], id="a blank in the name"),
        pytest.param("", "[münchen]\n" + keys("dev"), ["münchen=111122223333/Admin"], [("AWS106", "münchen")], id="letters beyond ASCII"),
        pytest.param("[profile  dev]\n", "[dev]\n" + keys("dev"), [DEV], [("AWS113", "dev")], id="two blanks in the header"),
        pytest.param("[dev]\n" + keys("dev"), "", [], [("AWS107", None)], id="keys in a section that is no profile"),
        pytest.param("", "[DEFAULT]\n" + keys("dev") + "[dev]\n", [DEV], [("AWS108", "dev")], id="keys of [DEFAULT]"),
        pytest.param(
            "[DEFAULT]\nendpoint_url = http://localhost:9000\n", "[dev]\n" + keys("dev"), [DEV], [("AWS108", "dev")],
            id="a new section would read an endpoint of [DEFAULT], and send it the token",
        ),
        pytest.param(
            "[DEFAULT]\nregion = eu-west-1\n", "[default]\n" + keys("dev"), ["default=111122223333/Admin"], [("AWS108", "default")],
            id="a new section would read a region of [DEFAULT], where there was none",
        ),
        pytest.param(
            "[DEFAULT]\nservices = s\n[profile dev]\nservices =\nrole_arn = a\nsource_profile = dev\n", "[dev]\n" + keys("dev"), [DEV],
            [("AWS108", "dev")], id="its own source, and a new section that would read the services of [DEFAULT]",
        ),
        pytest.param(
            "[profile dev]\nendpoint_url = https://s3.eu-west-1.amazonaws.com\n", "[dev]\n" + keys("dev"), [DEV], [("AWS104", "dev")],
            id="an endpoint of its own",
        ),
        pytest.param(
            "", "[dev]\n" + keys("dev") + "  region = x\n", [DEV], [("AWS110", "dev")], id="a key that swallows the next setting"
        ),
        pytest.param(
            "[profile dev]\ns3 =\n  x = 1\n  aws_secret_access_key = y\n", "", [DEV], [("AWS110", "dev")], id="keys in a nested block"
        ),
        pytest.param(
            "[profile dev]\nrole_arn = a\nsource_profile = dev\nmfa_serial = m\n", "[dev]\n" + keys("dev"), [DEV], [("AWS102", "dev")],
            id="its own source, with an MFA device",
        ),
        pytest.param(
            "[profile dev]\nrole_arn = a\nsource_profile = dev\n[profile dev-source]\nregion = x\n", "[dev]\n" + keys("dev"), [DEV],
            [("AWS109", "dev")], id="the name of its source profile taken",
        ),
    ],
)  # fmt: skip
def test_what_is_left_for_a_person_stays_to_the_byte(
    home: Path, config: str, credentials: str, maps: list[str], expected: list[tuple[str, str | None]]
) -> None:
    outcome = Home(home).write(config, credentials).convert(*maps)
    assert not outcome.changes
    assert codes(outcome) == expected
    assert all(finding.leaves_work and finding.line for finding in outcome.findings)


@pytest.mark.parametrize(
    ("settings", "code"),
    [("mfa_serial = arn:aws:iam::1:mfa/me\n", "AWS102"), ("duration_seconds = 7200\n", "AWS103"), ("duration_seconds = 3600\n", None)],
)
def test_a_role_over_a_converted_profile_is_left_and_the_profile_converted(home: Path, settings: str, code: str | None) -> None:
    role = f"[profile deploy]\nrole_arn = arn:aws:iam::444455556666:role/Deploy\nsource_profile = dev\n{settings}"
    place = Home(home).write(role, "[dev]\n" + keys("dev"))
    outcome = place.convert(DEV)
    assert [c for c in codes(outcome) if c[0] != "AWS123"] == ([(code, "deploy")] if code else [])
    config, credentials = place.after(outcome)
    assert config == f"{role}\n[profile dev]\n{SSO}{CORP_SECTION}"
    assert credentials == ""


@pytest.mark.parametrize(
    ("settings", "keeps"),
    [("mfa_serial = m\n", ("deploy",)), ("duration_seconds = 7200\n", ("deploy",)), ("endpoint_url = http://localhost:9000\n", ())],
)
def test_a_role_that_stays_over_a_converted_profile_is_warned_of(home: Path, settings: str, keeps: tuple[str, ...]) -> None:
    role = f"[profile deploy]\nrole_arn = arn:aws:iam::444455556666:role/Deploy\nsource_profile = dev\n{settings}"
    outcome = Home(home).write(role, "[dev]\n" + keys("dev")).convert(DEV, keeps=keeps)
    assert ("AWS127", "deploy") in codes(outcome)
    assert not any(finding.leaves_work for finding in outcome.findings)


def test_a_role_over_a_role_over_a_converted_profile(home: Path) -> None:
    role = "role_arn = arn:aws:iam::444455556666:role/X\nsource_profile = "
    config = f"[profile near]\n{role}dev\n[profile far]\n{role}near\nduration_seconds = 7200\n[profile fine]\n{role}near\n"
    config += (
        f"[profile own]\n{role}dev\n[profile over]\n{role}own\nmfa_serial = m\n[profile x]\n{role}y\nmfa_serial = m\n[profile y]\n{role}x\n"
    )
    outcome = Home(home).write(config, f"[dev]\n{keys('dev')}[own]\n{keys('own')}").convert(DEV)
    assert [c for c in codes(outcome) if c[0] != "AWS123"] == [("AWS103", "far"), ("AWS101", "own")]


def test_leftover_keys_beside_sso_in_the_credentials_file_stay_where_a_new_section_would_inherit(home: Path) -> None:
    sso = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n"
    config = f"[DEFAULT]\nendpoint_url = http://localhost:9000\n{CORP_SECTION}"
    outcome = Home(home).write(config, f"[dev]\n{keys('dev')}{sso}").convert(session=None)
    assert not outcome.changes
    assert codes(outcome) == [("AWS101", "dev")]


@pytest.mark.parametrize(
    ("config", "credentials", "expected"),
    [
        pytest.param("[profile m]\nendpoint_url = http://localhost:9000\n", "[m]\n" + keys("m"), ("AWS122", "m"), id="another host"),
        pytest.param(
            "[profile m]\nservices = s\n[services s]\ns3 =\n  endpoint_url = https://s3.wasabisys.com\n", "[m]\n" + keys("m"),
            ("AWS122", "m"),
            id="another host in the services section",
        ),
        pytest.param("[profile m]\ncredential_process = p\n", "", ("AWS123", "m"), id="a process"),
        pytest.param("[profile m]\nrole_arn = a\ncredential_source = Environment\n", "", ("AWS123", "m"), id="a role of the machine's"),
    ],
)  # fmt: skip
def test_what_is_only_mentioned(home: Path, config: str, credentials: str, expected: tuple[str, str]) -> None:
    outcome = Home(home).write(config, credentials).convert(session=None)
    assert codes(outcome) == [expected]
    assert not outcome.changes
    assert not any(finding.leaves_work for finding in outcome.findings)


def test_a_comment_above_silences_a_finding(home: Path) -> None:
    for comment in ("# aws-sso-migrate: ignore", "; aws-sso-migrate: ignore[AWS102, AWS101]"):
        credentials = f"[dev]\n{comment}\n{keys('dev')}"
        assert codes(Home(home).write("", credentials).convert()) == []
    assert codes(Home(home).write("", f"[dev]\n# aws-sso-migrate: ignore[AWS102]\n{keys('dev')}").convert()) == [("AWS101", "dev")]


def test_every_secret_of_the_files_is_known_to_the_change(home: Path) -> None:
    lines = f"[dev]\n{keys('dev')}#aws_session_token = {token('old')}\n[b]\naws_secret_access_key = weird\n"
    (change,) = [c for c in Home(home).write("[profile dev]\n", lines).convert(DEV).changes if c.path.name == "credentials"]
    assert change.secrets == {secret("dev"), token("old"), "weird"}


def test_a_key_that_another_profile_still_uses_is_not_replaced(home: Path) -> None:
    outcome = Home(home).write(None, f"[dev]\n{keys('shared')}[old]\n{keys('shared')}[b]\n{keys('b')}").convert(DEV, "b=111122223333/R")
    assert [(r.key, r.profile) for r in outcome.replaced] == [(key_id("b"), "b")]
