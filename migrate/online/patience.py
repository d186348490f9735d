"""Asking again, where that may help: AWS says that it is asked too often, or broke off in the middle."""

import time
from collections.abc import Callable
from typing import TypeVar

from migrate.online.failures import breaks_off, failures, is_throttled

Result = TypeVar("Result")

_PATIENCE = (1.0, 2.0, 4.0)
"""Seconds to wait where AWS says that it is asked too often."""


def patiently(ask: Callable[[], Result]) -> Result:
    """Asks, again after a while where AWS says that it is asked too often, and once more where it broke off; not where it did not answer.

    Raises what `failures.failures` lists.
    """
    broke = False
    for seconds in _PATIENCE:
        try:
            return ask()
        except failures() as error:
            if not is_throttled(error):
                if broke or not breaks_off(error):
                    raise
                broke = True
        time.sleep(seconds)
    return ask()
