"""botocore sessions as this program uses them: with time-outs, few retries, and no way to send a token in the clear.

What goes over the wire is looked at where it leaves (`before-send`), so that no setting, variable or default can lead round it.
"""

import ipaddress
import os
from typing import Any
from urllib.parse import urlsplit

from migrate.awsfiles.endpoints import is_aws

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
ATTEMPTS = 3

_PORTAL = ("sso", "sso-oidc")


class UnsafeEndpoint(Exception):
    """A request was about to go to a host that it must not go to; nothing was sent. The message is fit to be shown."""


class Sessions:
    """Makes botocore sessions that share what is costly to load. One for each command; many threads may use it."""

    def __init__(self, *, timeout: float = READ_SECONDS, attempts: int = ATTEMPTS) -> None:
        """`timeout`: seconds that an answer may take; `attempts`: how often a request is made at most."""
        from botocore.config import Config
        from botocore.loaders import create_loader

        self._files: Any = None
        self._loader = create_loader(os.environ.get("AWS_DATA_PATH"))
        self._config = Config(
            connect_timeout=min(CONNECT_SECONDS, timeout),
            read_timeout=timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
            user_agent_extra="aws-sso-migrate",
            max_pool_connections=32,
        )

    def session(self, profile: str | None = None) -> Any:
        """A botocore session for `profile`; None: for no profile at all, whatever AWS_PROFILE says. Reads no credentials yet.

        Raises what `failures.failures` lists where botocore cannot read the files.
        """
        from botocore.session import Session

        if profile is None:
            made = Session(session_vars={"profile": (None, None, None, None)})
        else:
            made = Session(profile=profile)
        # what botocore read of the two files: each session would read them anew, which for 200 profiles took seconds
        if self._files is not None:
            made._config = self._files
        made.register_component("data_loader", self._loader)
        made.set_default_client_config(self._config)
        made.register("before-send", _look_where_it_goes)
        if self._files is None:
            self._files = made.full_config
        return made

    def unsigned(self, session: Any, service: str, region: str) -> Any:
        """A client of the portal's or the login's: what it sends is signed by nothing but the token in it."""
        from botocore import UNSIGNED
        from botocore.config import Config

        return session.create_client(service, region_name=region, config=Config(signature_version=UNSIGNED))


def is_loopback(host: str) -> bool:
    """Is it this machine's own address or name?"""
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _look_where_it_goes(request: Any, event_name: str = "", **_more: Any) -> None:
    """botocore's event `before-send.SERVICE.OPERATION`. Raises UnsafeEndpoint."""
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    if is_loopback(host):
        return
    service = event_name.split(".")[1] if event_name.count(".") > 1 else ""
    if parts.scheme != "https":
        raise UnsafeEndpoint(f"the endpoint of {service} is not https ({parts.scheme}://{host}): nothing was sent")
    if service in _PORTAL and not is_aws(request.url) and not _named_by_the_environment(service, host):
        raise UnsafeEndpoint(f"the endpoint of {service} would be {host}, which is not AWS's: the token was not sent")


def _named_by_the_environment(service: str, host: str) -> bool:
    """Did whoever started the program say so themselves? A file may hold an `endpoint_url` that was meant for S3."""
    names = (f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}", "AWS_ENDPOINT_URL")
    return any(urlsplit(os.environ.get(name, "")).hostname == host for name in names)
