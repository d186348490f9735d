"""`login`: the SSO login with a device code."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.cli import completion
from migrate.cli.options import SHOWING, Given, with_options
from migrate.cli.output import put, tell
from migrate.errors import Refusal
from migrate.masking import printable
from migrate.nearest import did_you_mean

if TYPE_CHECKING:
    from migrate.awsfiles.reading.profiles import AwsFiles
    from migrate.online.login.sso import Code
    from migrate.online.login.tokens import SsoSession


@with_options(SHOWING)
def login(
    session: Annotated[
        str | None,
        typer.Argument(
            metavar="[SESSION]",
            autocompletion=completion.sessions,
            help="The sso-session to log in to (default: the session of AWS_PROFILE, or the only one).",
        ),
    ] = None,
    plan: Annotated[Path | None, typer.Option(metavar="FILE", help="Also use sessions defined in this plan.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser; only show the URL and the code.")] = False,
    aws_cli: Annotated[bool, typer.Option("--aws-cli", help="Run `aws sso login` of the AWS CLI v2 on PATH instead.")] = False,
    *,
    given: Given,
) -> int:
    """Log in to an SSO session.

    Shows a URL and a code to confirm in a browser. The token is stored in ~/.aws/sso/cache, where the AWS CLI and every SDK find it.
    """
    how = given.to_show()
    from migrate.awsfiles.reading.files import default_path, read_file
    from migrate.awsfiles.reading.profiles import merge
    from migrate.cli.settle import next_lines, show
    from migrate.online.clients import Sessions
    from migrate.online.login.awscli import log_in_by_cli
    from migrate.online.login.sso import log_in
    from migrate.online.login.tokens import cache_file, format_time
    from migrate.outcome import Outcome

    config = default_path(None, "AWS_CONFIG_FILE", "config")
    files = merge(read_file(config), read_file(default_path(None, "AWS_SHARED_CREDENTIALS_FILE", "credentials")))
    chosen = _chosen(files, {} if plan is None else _of_plan(plan), session, config)
    if aws_cli:
        if chosen.name not in files.sessions:
            raise Refusal(f"sso-session {chosen.name} is not in a file that the AWS CLI reads", path=config, help="remove --aws-cli")
        token = log_in_by_cli(chosen, not no_browser)
    else:
        token = log_in(Sessions(), chosen, lambda code: _show_code(code, not no_browser), lambda text: tell([f"Warning: {text}."]))
    if how.format == "text" and not how.quiet:
        put([printable(f"Logged in to session {chosen.name} until {format_time(token.expires_at)}.")])
        if how.verbose:
            put([printable(f"The token is stored in {cache_file(chosen)}")])
        put(next_lines(["aws-sso-migrate verify"]))
    return show(Outcome("login"), how) if how.format != "text" or how.report else 0


def _of_plan(path: Path) -> "dict[str, SsoSession]":
    from migrate.online.login.tokens import SsoSession
    from migrate.plan import load_plan

    sessions = load_plan(path).sso_sessions
    return {name: SsoSession(name, s.sso_start_url, s.sso_region, s.sso_registration_scopes) for name, s in sessions.items()}


def _chosen(files: "AwsFiles", planned: "dict[str, SsoSession]", name: str | None, config: Path) -> "SsoSession":
    """The session to log in to, as `aws sso login` has it: the one named, else that of the profile in use, else the only one."""
    from migrate.online.login.tokens import session_of

    names = list(dict.fromkeys([*files.sessions, *planned]))
    if name is None:
        profile = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
        used = files.profiles[profile].values.get("sso_session") if profile in files.profiles else None
        if used is not None:
            name = used
        elif len(names) == 1:
            name = names[0]
        elif not names:
            help = "create one with `aws-sso-migrate config`, or use --plan FILE for a session in a plan"
            raise Refusal("there is no sso-session to log in to", path=config, help=help)
        else:
            raise Refusal(f"there are {len(names)} sso-sessions; name one", path=config, help=f"the sessions are: {', '.join(names)}")
    if name not in names:
        help = f"the sessions are: {', '.join(names)}" if names else "there are no sessions yet; use --plan FILE for one of a plan"
        raise Refusal(f"there is no sso-session {name}", path=config, help=did_you_mean(name, names) or help)
    found = session_of(files, name) or planned.get(name)
    if found is None:
        line = files.sessions[name].section.line + 1
        raise Refusal(f"sso-session {name} needs sso_start_url and sso_region", path=config, line=line)
    return found


def _show_code(code: "Code", browser: bool) -> None:
    from migrate.online.login.sso import may_be_opened

    opened = browser and may_be_opened(code.whole) and _open(code.whole)
    lines = ["A browser was opened. If it does not show the page, open this URL:" if opened else "Open this URL in a browser:"]
    lines += ["", f"    {code.url}", "", "Check that the page shows this code, or enter it:", "", f"    {code.code}", ""]
    if code.whole != code.url:
        lines += ["URL that includes the code:", "", f"    {code.whole}", ""]
    tell(printable(line) for line in [*lines, "Waiting for your confirmation. Press Ctrl-C to cancel."])


def _open(url: str) -> bool:
    """Opens a browser if there is one with a window: one in the terminal would take the terminal away. Never raises."""
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME")
    ):
        return False
    with suppress(Exception):
        import webbrowser

        return webbrowser.open(url, new=2)
    return False
