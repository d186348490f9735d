"""No secret, token or whole key id in anything that the online commands put out, or in any file but the user's own, the logins and the backups."""

import subprocess
from pathlib import Path

from tests.awsfiles.homes import CORP_SECTION, Home
from tests.conftest import Run
from tests.madeup import key_id, secret, token
from tests.online.aws import Portal, assume, logged_in
from tests.online.test_retire import A, Account


def test_every_online_command(home: Path, portal: Portal, run: Run, tmp_path: Path) -> None:
    account = Account(portal)
    kim, dead = account.user("kim"), (key_id("dead"), secret("dead"))
    given = assume(portal.moto, A, "Temp")
    place = Home(home).write(
        CORP_SECTION,
        f"[dev]\naws_access_key_id = {kim[0]}\naws_secret_access_key = {kim[1]}\n"
        f"[temp]\naws_access_key_id = {given['accessKeyId']}\naws_secret_access_key = {given['secretAccessKey']}\n"
        f"aws_session_token = {given['sessionToken']}\n"
        f"[dead]\naws_access_key_id = {dead[0]}\naws_secret_access_key = {dead[1]}\naws_session_token = {token('dead')}\n",
    )
    portal.unknown = {dead[0]}
    portal.roles = {A: ["Admin"]}
    done: list[subprocess.CompletedProcess[str]] = []

    def start(*args: str) -> None:
        done.append(run(*args))
        assert done[-1].returncode in (0, 1, 2) and "Traceback" not in done[-1].stderr + done[-1].stdout
        assert "internal error" not in done[-1].stderr, done[-1].stderr

    start("login", "--no-browser", "-v")
    for form in ("text", "json", "sarif"):
        start("plan", "--discover", "-o", "plan.ini", "--format", form, "-v" if form == "text" else "-q", "--report", f"plan-{form}.html")
    start("config", "--map", f"dev={A}/Admin", "--map", f"temp={A}/Admin", "--yes")
    for args in (["-v"], ["--format", "json"], ["--report", "verify.html"], ["--report", "verify.md"], ["--offline", "--plan", "plan.ini"]):
        start("verify", *args)
    logged_in(home, "another-token-that-is-not-accepted")
    start("verify", "--format", "json")
    start("login", "--no-browser", "--format", "json")
    for args in (
        [],
        ["--format", "json"],
        ["--deactivate", "--yes", "-v"],
        ["--key", dead[0]],
        ["--key", dead[1]],
        ["--key", kim[0], "--delete", "--yes"],
    ):
        start("retire", *args, "--report", "retire.json")
    logins = {str(path) for path in (home / ".aws/sso/cache").iterdir()}
    known = {*kim, *dead, token("dead"), given["accessKeyId"], given["secretAccessKey"], given["sessionToken"], "client-secret"}
    known |= {*portal.tokens, *portal.refresh_tokens, "another-token-that-is-not-accepted"} - {"a-token"}
    known |= {value for row in portal.given.values() for value in row.values() if isinstance(value, str)}
    for one in done:
        assert not [value for value in known if value in one.stdout + one.stderr], one.args
    for path in tmp_path.rglob("*"):
        if path.is_file() and str(path) not in logins | {str(place.credentials)} and not path.name.endswith(".backup"):
            text = path.read_bytes().decode("utf-8", "replace")
            assert not [value for value in known if value in text], path
