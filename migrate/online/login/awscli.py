"""The login by the AWS CLI, for whoever would rather have it do that: `aws sso login`, and a look at what it left.

https://docs.aws.amazon.com/cli/latest/reference/sso/login.html; it keeps its token where this program and every SDK look.
"""

import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta

from migrate.errors import Refusal
from migrate.online.login.sso import require_safe
from migrate.online.login.tokens import NoLogin, SsoSession, Token, read_token

_VERSION = re.compile(r"aws-cli/(\d+)\.(\d+)")
_VERSION_SECONDS = 30
"""The CLI takes seconds to start on a slow disk; one that takes longer than this is none."""

_DEVICE_CODE = (2, 22)
"""Since then the CLI logs in by way of a local web server, which needs a browser on this machine, unless it is told otherwise."""

_HELP = "install the AWS CLI v2, or remove --aws-cli"


def log_in_by_cli(session: SsoSession, browser: bool) -> Token:
    """Has `aws sso login` do it, its words on stderr; gives the token that is kept afterwards.

    Raises Refusal where there is no AWS CLI v2, it fails, or leaves no login; KeyboardInterrupt passes through.
    """
    require_safe(session)
    program, version = _find()
    command = [program, "sso", "login", "--sso-session", session.name]
    command += [] if browser else ["--no-browser"]
    command += ["--use-device-code"] if version >= _DEVICE_CODE else []
    # a profile that does not exist ends the CLI, whatever session it is to log in to
    # and an endpoint for all services (a MinIO, say) would be sent the login
    env = {name: value for name, value in os.environ.items() if name not in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL")}
    try:
        # stdout may be a document
        status = subprocess.run(command, stdout=sys.stderr.fileno(), env={**env, "AWS_PAGER": ""}, check=False).returncode
    except OSError as error:
        raise Refusal(f"`aws` cannot be started: {error.strerror}", path=program, help=_HELP) from None
    if status in (-2, 130):
        raise KeyboardInterrupt
    if status:
        raise Refusal(f"`aws sso login` failed with status {status}", help="see its output above, or log in without --aws-cli")
    try:
        token = read_token(session)
    except NoLogin as error:
        raise Refusal(f"`aws sso login` succeeded, but {error.message}", help=_HELP) from None
    if token.left <= timedelta(0):
        raise Refusal("`aws sso login` succeeded, but the cached login has expired", help="check this machine's clock")
    return token


def _find() -> tuple[str, tuple[int, int]]:
    """The AWS CLI v2 on PATH, and its version. Raises Refusal."""
    program = shutil.which("aws")
    if program is None:
        raise Refusal("there is no `aws` on PATH", help=_HELP)
    try:
        said = subprocess.run(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise Refusal("`aws --version` does not respond", path=program, help=_HELP) from None
    match = _VERSION.match(said.stdout.strip() or said.stderr.strip())  # the oldest wrote it to stderr
    if match is None:
        raise Refusal("the `aws` on PATH is not the AWS CLI", path=program, help=_HELP)
    version = int(match[1]), int(match[2])
    if version < (2, 9):  # sso-session sections are known since 2.9
        raise Refusal(
            f"the `aws` on PATH has version {version[0]}.{version[1]}, which does not support sso-session", path=program, help=_HELP
        )
    return program, version
