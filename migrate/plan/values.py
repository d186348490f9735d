"""Values and comments as a plan can hold them."""

import re

from migrate.keys import mask
from migrate.masking import printable

_PLAIN_VALUE = re.compile(r"[^\s\"'#](?:[^\"'#]*[^\s\"'#])?")


def value_of(value: str) -> str:
    """Return a value as a plan writes it, in quotes where ConfigObj needs them."""
    return value if _PLAIN_VALUE.fullmatch(value) else f"'{value}'" if '"' in value else f'"{value}"'


def plain_comment(text: str) -> str:
    """Return a comment of one line, without keys and control characters."""
    return printable(mask(text)).replace("\n", " ").replace("\r", " ")
