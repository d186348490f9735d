"""What `config` refuses: exit 2, file and line named, nothing written, nothing secret said."""

import os
from pathlib import Path

import pytest

from migrate.errors import Refusal
from migrate.plan import load_plan
from tests.awsfiles.homes import CORP, CORP_SECTION, Home, keys
from tests.conftest import Run
from tests.madeup import key_id, secret

DEV = "dev=111122223333/Admin"
DEV_KEYS = "[dev]\n" + keys("dev")


@pytest.mark.parametrize(
    ("maps", "words"),
    [
        pytest.param(["nobody=111122223333/Admin"], ["nobody"], id="a profile that does not exist"),
        pytest.param([DEV, DEV], ["dev", "twice"], id="one profile mapped twice"),
        pytest.param(["dev=11112222333/Admin"], ["dev", "12 digits"], id="an account id too short"),
        pytest.param(["dev=1111-22223333/Admin"], ["dev", "12 digits, not '1111-22223333'"], id="an account id with odd dashes"),
        pytest.param(["dev=111122223333/Admin@nope"], ["dev", "'nope'", "not defined"], id="a session that there is not"),
        pytest.param([f"dev={secret('dev')}/Admin"], ["dev", "12 digits"], id="a secret for an account"),
        pytest.param(["dev=١١١١٢٢٢٢٣٣٣٣/Admin"], ["dev", "12 digits"], id="digits of another script"),
        pytest.param(["dev=111122223333/"], ["dev", "role"], id="no role"),
        pytest.param(["dev=111122223333/arn:aws:iam::111122223333:role/Admin"], ["dev", "ARN"], id="an ARN as role"),
        pytest.param(["dev=111122223333/path/Admin"], ["dev", "path"], id="a path as role"),
        pytest.param(["dev=111122223333/Ad min"], ["dev", "role"], id="a blank in the role"),
        pytest.param(["dev=111122223333"], ["dev", "malformed"], id="no role at all"),
        pytest.param(["dev"], ["dev", "malformed"], id="only a name"),
    ],
)
def test_maps(home: Path, maps: list[str], words: list[str]) -> None:
    place = Home(home).write("[profile dev]\n", DEV_KEYS)
    with pytest.raises(Refusal) as caught:
        place.convert(*maps)
    assert all(word in str(caught.value) for word in words)
    assert secret("dev") not in str(caught.value) + caught.value.help


def test_whoever_names_no_profile_is_told_which_there_are(home: Path, run: Run) -> None:
    """By name, since only the newer AWS CLI can list them."""
    Home(home).write("", "".join(f"[{name}]\n" for name in ("dev", "prod", *(f"team-{n}" for n in range(12)))))
    for args in (["config", "--dry-run", "--map", "{}=111122223333/Admin", "--sso-session", CORP[0]], ["verify", "--offline", "{}"]):
        session = ["--sso-start-url", CORP[1], "--sso-region", CORP[2]] if "config" in args else []
        assert "Did you mean dev?" in run(*(arg.format("dve") for arg in args), *session).stderr
        done = run(*(arg.format("nobody") for arg in args), *session)
        assert done.returncode == 2 and "the profiles are: dev, prod, team-0" in done.stderr and "team-7 and 4 more\n" in done.stderr


@pytest.mark.parametrize(
    ("session", "word"),
    [
        pytest.param((None, None, None), "session", id="no session"),
        pytest.param((None, CORP[1], CORP[2]), "without a session name", id="URL and region without a name"),
        pytest.param(("corp", None, "us-west-2"), "--sso-start-url", id="a new session without URL"),
        pytest.param(("corp", CORP[1], None), "--sso-region", id="a new session without region"),
        pytest.param(("my corp", *CORP[1:]), "my corp", id="a blank in a new session's name"),
        pytest.param(("", *CORP[1:]), "empty", id="an empty name"),
        *(
            pytest.param(("corp", url, "us-west-2"), "start URL", id=f"URL {url!r}")
            for url in (
                "corp.awsapps.com/start", "http://corp.awsapps.com/start", "https://",
                "https://corp/start", "https://a b.awsapps.com/start",
                "",
                "https://me:pw@corp.awsapps.com/start", "https://corp.awsapps.com/start\nx = 1", "https://-corp.awsapps.com/start",
                "https://corp.awsapps.com:port/start", "https://[::1/start",
            )
        ),
        *(
            pytest.param(("corp", CORP[1], region), "region", id=f"region {region!r}")
            for region in ("us_west_2", "us-west-2a", "Oregon", "US-WEST-2", "", "us-west-2 ", "us-west-2\n")
        ),
    ],
)  # fmt: skip
def test_sessions(home: Path, session: tuple[str, str, str], word: str) -> None:
    with pytest.raises(Refusal, match=word):
        Home(home).write("[profile dev]\n", DEV_KEYS).convert(DEV, session=session)


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://corp.awsapps.com/start/#/", "eu-central-2"),
        ("https://start.us-gov-home.awsapps.com/directory/corp", "us-gov-west-1"),
        ("https://start.home.awsapps.cn/directory/d-1234567890", "cn-northwest-1"),
        ("https://ssoins-0123456789abcdef.portal.eu-west-1.app.aws", "eu-west-1"),
        ("https://d-1234567890.awsapps.com/start", "eusc-de-east-1"),
        ("https://identitycenter.amazonaws.com/ssoins-0123456789abcdef", "ap-southeast-7"),
    ],
)
def test_portals_of_all_partitions_are_taken(home: Path, url: str, region: str) -> None:
    outcome = Home(home).write("[profile dev]\n", DEV_KEYS).convert(DEV, session=("corp", url, region))
    (change,) = [c for c in outcome.changes if c.path.name == "config"]
    assert change.after is not None
    assert f"sso_start_url = {url}\nsso_region = {region}\n" in change.after.decode()


@pytest.mark.parametrize(
    ("config", "line"),
    [
        pytest.param("[profile dev]\n" + CORP_SECTION.replace("corp.", "other."), 4, id="another URL"),
        pytest.param("[profile dev]\n" + CORP_SECTION.replace("us-west-2", "eu-west-1"), 5, id="another region"),
        pytest.param(CORP_SECTION + "[sso-session 'corp']\n[profile dev]\n", 6, id="the session in two sections"),
        pytest.param("[default]\n[profile dev]\n" + '[profile "dev"]\n', 3, id="the profile in two sections"),
    ],
)
def test_conflicts_in_the_config_file_name_their_line(home: Path, config: str, line: int) -> None:
    place = Home(home).write(config, DEV_KEYS)
    with pytest.raises(Refusal) as caught:
        place.convert(DEV)
    assert (caught.value.path, caught.value.line) == (place.config, line)


def test_a_session_that_stands_needs_neither_url_nor_region_and_keeps_its_own(home: Path) -> None:
    place = Home(home).write(CORP_SECTION.replace("/start", "/start/#/") + "[profile dev]\n", DEV_KEYS)
    for session in (None, ("corp", None, None), ("corp", "https://CORP.awsapps.com/start", "us-west-2")):
        config, _ = place.after(place.convert(DEV, session=session))  # type: ignore[arg-type]
        assert config is not None
        assert config.count("sso_start_url") == 1
        assert "/start/#/" in config


@pytest.mark.parametrize(
    ("plan", "line", "word"),
    [
        pytest.param(
            "[profiles]\n[[dev]]\nsso_account_id = 111122223333\nsso_role_name = R\nsso_session = nope\n", 2, "nope", id="no such session"
        ),
        pytest.param(
            "[profiles]\n\n[[ghost]]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = R\n",
            3,
            "ghost",
            id="no such profile",
        ),
    ],
)
def test_plans(home: Path, plan: str, line: int, word: str) -> None:
    file = home / "plan.ini"
    file.write_text(plan)
    place = Home(home).write(CORP_SECTION + "[profile dev]\n", DEV_KEYS)
    with pytest.raises(Refusal, match=word) as caught:
        place.convert(session=None, plan=load_plan(file))
    assert (caught.value.path, caught.value.line) == (file, line)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        pytest.param(b"\xff\xfe[\x00d\x00]\x00", "UTF-8", id="UTF-16"),
        pytest.param("[dev]\n# für\n".encode("latin-1"), "UTF-8", id="Latin-1"),
        pytest.param(b"[dev]\nx = 1\n[dev]\n", "twice", id="a section twice"),
        pytest.param(b"x" * (32 * 2**20 + 1), "larger", id="a file far too large"),
    ],
)
def test_files_that_nobody_could_read(home: Path, data: bytes, word: str) -> None:
    for config, credentials in ((data, DEV_KEYS), ("[profile dev]\n", data)):
        with pytest.raises(Refusal, match=word) as caught:
            Home(home).write(config, credentials).convert(DEV)
        assert caught.value.path is not None


def test_a_folder_a_pipe_and_a_loop_in_a_files_place(home: Path) -> None:
    place = Home(home).write(None, DEV_KEYS)
    place.config.mkdir()
    with pytest.raises(Refusal, match="folder"):
        place.convert(DEV)
    place.config.rmdir()
    os.mkfifo(place.config)
    with pytest.raises(Refusal, match="pipe"):
        place.convert(DEV)
    place.config.unlink()
    place.config.symlink_to("config")
    with pytest.raises(Refusal, match="cannot be read"):
        place.convert(DEV)


def test_one_file_in_both_places(home: Path) -> None:
    place = Home(home).write("[default]\n" + keys("dev"), None)
    place.credentials.symlink_to("config")
    with pytest.raises(Refusal, match="same file"):
        place.convert()


def test_a_nul_byte_is_read_as_botocore_reads_it(home: Path) -> None:
    place = Home(home).write(b"[profile dev]\n# \x00\nx = \x00\n", DEV_KEYS)
    config, _ = place.after(place.convert(DEV))
    assert config is not None
    assert "# \x00\nx = \x00\n" in config


def test_the_program_ends_with_2_names_the_line_and_keeps_the_secret(home: Path, run: Run) -> None:
    place = Home(home).write("[profile dev]\n", DEV_KEYS + f"{secret('dev')}\n")
    for form in ("text", "json", "sarif"):
        done = run("config", "--yes", "--map", DEV, "--sso-session", "corp", "--format", form)
        assert done.returncode == 2
        assert "credentials" in done.stdout + done.stderr
        assert secret("dev") not in done.stdout + done.stderr
        assert key_id("dev") not in done.stdout + done.stderr
    assert place.credentials.read_text() == DEV_KEYS + f"{secret('dev')}\n"
    assert f"{place.credentials}:4" in run("config", "--yes").stderr


def test_an_unset_home_is_no_crash(run: Run) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "HOME"}
    Path("empty").touch()
    done = run("config", "--check", "--config-file", "none", "--credentials-file", "empty", env=environment)
    assert done.returncode == 0
    done = run("config", "--check", "--credentials-file", "none")
    assert done.returncode == 2 and "does not exist" in done.stderr  # a name that is mistyped is not a folder without keys


def test_a_credentials_file_that_an_option_names_must_be_there(home: Path, run: Run) -> None:
    Home(home).write("[profile dev]\n", DEV_KEYS)
    for command in (["config", "--yes"], ["plan"]):
        done = run(*command, "--credentials-file", "credentails")
        assert done.returncode == 2 and "credentails: " in done.stderr and "does not exist" in done.stderr
        assert not Path("sso-migration.ini").exists()
