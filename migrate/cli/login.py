"""`login`: the SSO login with a device code."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrate.cli.options import Form, Format, NoColor, Quiet, ReportFile, Verbose, how_to_show
from migrate.cli.output import put, tell
from migrate.errors import Refusal
from migrate.masking import printable

if TYPE_CHECKING:
    from migrate.awsfiles.profiles import AwsFiles
    from migrate.online.sso import Code
    from migrate.online.tokens import SsoSession


def login(
    session: Annotated[
        str | None,
        typer.Argument(metavar="SESSION", help="The sso-session to log in to; that of AWS_PROFILE, or the only one, by default."),
    ] = None,
    plan: Annotated[Path | None, typer.Option(metavar="FILE", help="Also the sessions of this plan, which are in no file yet.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser; the address and the code are shown.")] = False,
    aws_cli: Annotated[bool, typer.Option("--aws-cli", help="Let the AWS CLI v2 that is on PATH do it: `aws sso login`.")] = False,
    format: Format = Form.text,
    report: ReportFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> int:
    """Log in to an sso-session, for this program, the AWS CLI and every SDK.

    Shows an address and a code to confirm in a browser, and keeps the token where all of them look, in ~/.aws/sso/cache.
    """
    how = how_to_show(format=format, report=report, quiet=quiet, verbose=verbose, no_color=no_color)
    from migrate.awsfiles.files import default_path, read_file
    from migrate.awsfiles.profiles import merge
    from migrate.cli.settle import show
    from migrate.online.awscli import log_in_by_cli
    from migrate.online.clients import Sessions
    from migrate.online.sso import log_in
    from migrate.online.tokens import cache_file, format_time
    from migrate.outcome import Outcome

    config = default_path(None, "AWS_CONFIG_FILE", "config")
    files = merge(read_file(config), read_file(default_path(None, "AWS_SHARED_CREDENTIALS_FILE", "credentials")))
    chosen = _chosen(files, {} if plan is None else _of_plan(plan), session, config)
    if aws_cli:
        if chosen.name not in files.sessions:
            raise Refusal(f"sso-session {chosen.name} is in no file that the AWS CLI reads", path=config, help="leave out --aws-cli")
        token = log_in_by_cli(chosen, not no_browser)
    else:
        token = log_in(Sessions(), chosen, lambda code: _show_code(code, not no_browser), lambda text: tell([f"Warning: {text}."]))
    if how.format == "text" and not how.quiet:
        put([printable(f"Logged in to session {chosen.name} until {format_time(token.expires_at)}.")])
        if how.verbose:
            put([printable(f"The token is kept in {cache_file(chosen)}")])
    return show(Outcome("login"), how) if how.format != "text" or how.report else 0


def _of_plan(path: Path) -> "dict[str, SsoSession]":
    from migrate.online.tokens import SsoSession
    from migrate.plan import load_plan

    sessions = load_plan(path).sso_sessions
    return {name: SsoSession(name, s.sso_start_url, s.sso_region, s.sso_registration_scopes) for name, s in sessions.items()}


def _chosen(files: "AwsFiles", planned: "dict[str, SsoSession]", name: str | None, config: Path) -> "SsoSession":
    """The session to log in to, as `aws sso login` has it: the one named, else that of the profile in use, else the only one."""
    from migrate.online.tokens import session_of

    names = list(dict.fromkeys([*files.sessions, *planned]))
    if name is None:
        profile = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
        used = files.profiles[profile].values.get("sso_session") if profile in files.profiles else None
        if used is not None:
            name = used
        elif len(names) == 1:
            name = names[0]
        elif not names:
            help = "`aws-sso-migrate config` makes one; for one that only a plan has: --plan FILE"
            raise Refusal("there is no sso-session to log in to", path=config, help=help)
        else:
            raise Refusal(f"there are {len(names)} sso-sessions, and none was named", path=config, help=f"one of {', '.join(names)}")
    if name not in names:
        raise Refusal(
            f"there is no sso-session {name}", path=config, help=f"there is {', '.join(names)}" if names else "there is none at all"
        )
    found = session_of(files, name) or planned.get(name)
    if found is None:
        line = files.sessions[name].section.line + 1
        raise Refusal(f"sso-session {name} needs sso_start_url and sso_region", path=config, line=line)
    return found


def _show_code(code: "Code", browser: bool) -> None:
    from migrate.online.sso import may_be_opened

    opened = browser and may_be_opened(code.whole) and _open(code.whole)
    lines = ["A browser was opened. If it does not show the page, go to" if opened else "Open this address in a browser"]
    lines += ["", f"    {code.url}", "", "and see that this code stands there, or enter it:", "", f"    {code.code}", ""]
    if code.whole != code.url:
        lines += ["The address with the code in it:", "", f"    {code.whole}", ""]
    tell(printable(line) for line in [*lines, "Waiting for your confirmation. Ctrl-C gives up."])


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
