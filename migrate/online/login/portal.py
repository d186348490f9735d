"""The access portal: which accounts and roles the person who is logged in may use.

https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/Welcome.html; asked at most 20 times a second.
"""

import time
from collections.abc import Iterator
from itertools import count
from typing import Any

from migrate.awsfiles.reading.sso import account_id_fault, role_name_fault
from migrate.online.bounds import within
from migrate.online.clients import Sessions
from migrate.online.failures import failures, is_throttled
from migrate.online.login.tokens import SsoSession, Token
from migrate.online.parallel import Pace

PER_SECOND = 20.0
_PATIENCE = (1.0, 2.0, 4.0, 8.0)
"""Seconds to wait where the portal says that it is asked too often, beyond botocore's own attempts."""


class AccessPortal:
    """One portal as one login sees it. Its methods may be called by many threads, and raise what `failures.failures` lists."""

    def __init__(self, sessions: Sessions, session: SsoSession, token: Token, pace: Pace) -> None:
        self._client = sessions.unsigned(sessions.session(), "sso", session.region)
        self._token = token.access_token
        self._pace = pace

    def accounts(self) -> dict[str, str]:
        """Account id to name. What is no account id is left out: it would stand in a plan."""
        found = {row["accountId"]: row.get("accountName", "") for row in self._pages("list_accounts", "accountList")}
        return {account: name for account, name in found.items() if account_id_fault(account) is None}

    def roles(self, account: str) -> list[str]:
        """The roles of an account that may be used, in the portal's order."""
        found = [row["roleName"] for row in self._pages("list_account_roles", "roleList", accountId=account)]
        return [role for role in found if role_name_fault(role) is None]

    def _pages(self, operation: str, rows: str, **arguments: str) -> Iterator[dict[str, Any]]:
        more: dict[str, str] = {}
        for number in count():
            within(number)
            answer = self._ask(operation, accessToken=self._token, **arguments, **more)
            yield from answer.get(rows, ())
            if not answer.get("nextToken") or answer["nextToken"] == more.get("nextToken"):
                return
            more = {"nextToken": answer["nextToken"]}

    def _ask(self, operation: str, **arguments: str) -> dict[str, Any]:
        for seconds in _PATIENCE:
            self._pace.wait()
            try:
                return self._call(operation, arguments)
            except failures() as error:
                if not is_throttled(error):
                    raise
            time.sleep(seconds)
        return self._call(operation, arguments)

    def _call(self, operation: str, arguments: dict[str, str]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        return answer
