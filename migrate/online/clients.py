"""botocore sessions as this program uses them: with time-outs, few retries, and no way to send a token in the clear.

What goes over the wire is looked at where it leaves (`before-send`), so that no setting, variable or default can lead round it.
"""

import os
from typing import Any

from migrate.online.bounds import BoundedHttp
from migrate.online.hosts import fault_of, spare_loopback_the_proxy

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
ATTEMPTS = 3


class UnsafeEndpoint(Exception):
    """A request was about to go to a host that it must not go to; nothing was sent. The message is fit to be shown."""


class Sessions:
    """Makes botocore sessions that share what is costly to load. One for each command; many threads may use it."""

    def __init__(self, *, timeout: float = READ_SECONDS, attempts: int = ATTEMPTS) -> None:
        """`timeout`: seconds that an answer may take; `attempts`: how often a request is made at most."""
        from botocore.config import Config
        from botocore.loaders import create_loader

        spare_loopback_the_proxy()
        self._seconds = min(CONNECT_SECONDS, timeout) + timeout
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

        seconds = self._seconds

        class Bounded(Session):  # type: ignore[misc]
            """Its clients, also those that botocore makes to come by credentials, wait for no answer without end."""

            def create_client(self, *args: Any, **more: Any) -> Any:
                client = super().create_client(*args, **more)
                client._endpoint.http_session = BoundedHttp(client._endpoint.http_session, seconds)
                return client

        if profile is None:
            made = Bounded(session_vars={"profile": (None, None, None, None)})
        else:
            made = Bounded(profile=profile)
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


def _look_where_it_goes(request: Any, event_name: str = "", **_more: Any) -> None:
    """botocore's event `before-send.SERVICE.OPERATION`. Raises UnsafeEndpoint."""
    service = event_name.split(".")[1] if event_name.count(".") > 1 else ""
    fault = fault_of(service, request.url)
    if fault is not None:
        raise UnsafeEndpoint(f"{fault}: nothing was sent")
