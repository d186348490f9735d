"""The one table of finding codes. docs/codes/ is made from it (`python -m migrate.codes docs/codes`), and a test holds the two together.

AWS1xx the AWS files (config, plan) · AWS2xx Python code · AWS3xx scan · AWS4xx verify and login · AWS5xx retire · AWS6xx bulk.
A code never changes its meaning, and is never used again once dropped.
"""

from typing import Literal, NamedTuple


class Code(NamedTuple):
    """A kind of finding: how grave, what it is in one line, why it matters and what to do (Markdown, for docs/)."""

    severity: Literal["error", "warning", "note"]
    title: str
    why: str
    todo: str


CODES: dict[str, Code] = {}
