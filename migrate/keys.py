"""What an AWS key is: its shapes, the account id inside it, and how it is masked. Every part of the product speaks these words.

Shapes are AWS's: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html (prefixes `AKIA` for
long-lived and `ASIA` for temporary keys); a key id is 20 characters, a secret access key 40 of the base64 alphabet.
"""

import base64
import re
from collections.abc import Iterable

KEY_ID = re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])")
"""A key id in a text, not inside a longer run of letters and digits."""

TEMPORARY = "ASIA"
"""What the ids of temporary keys begin with. They end by themselves, and there is nothing to retire."""

_KEY_ID_LOOSE = re.compile(r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}")
_SECRET_RUN = re.compile(
    r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"
)  # 40 characters of base64 are never padded: `=` may follow
_TOKEN_RUN = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+=]{100,}")
_CREDENTIAL_VALUE = re.compile(
    r"""(?ix) ( (?:aws_?)? (?: secret_?(?:access_?)?key | session_?token | security_?token ) ["']? \s* (?:[=:]|=>) \s* ["']? )
        ( [^\s"',;]{8,} )"""
)

_OTHER_VALUE = re.compile(
    r"""(?x) ( (?i: [\w.-]{0,64} (?<![^\W_]) (?: password | passwd | pwd | secret | token | api_?key ) ) ["']? [ \t]* (?:[=:]|=>) [ \t]* )
        (?: (["']) ([^"'\s]{6,}) \2 | (?=[^\s"']*\d) ([A-Za-z0-9!@$%^&*_+=/~-]{8,}) (?![\w.(\[]) )"""
)
"""A setting that is called a password, a secret or a token, of whatever service: a text in quotes, or a word with a digit in it."""

_OTHER_TOKEN = re.compile(
    r"""(?x) (?<![A-Za-z0-9_]) (?: gh[pousr]_[A-Za-z0-9]{36,} | github_pat_\w{22,} | glpat-[\w-]{20,} | xox[abeprs]-[\w-]{10,} | sk_live_\w{16,}
        | sk-[\w-]{20,} | AIza[\w-]{35} | npm_[A-Za-z0-9]{36} | pypi-[\w-]{32,} | eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]* | aoa[A-Z][\w:/+=-]{20,} )"""
)
"""Tokens of GitHub, GitLab, Slack, Stripe, OpenAI, Google, npm and PyPI, JSON web tokens, and those of an SSO login."""

_CODE = re.compile(r"[A-Za-z_][\w.]*[()\[\]]")
"""Where a name is followed by a bracket, it is code (`aws_secret_access_key=SECRET)`), and no secret of AWS's holds one."""

DOCUMENTATION_KEY_ID = re.compile(r"^(?:AKIA|ASIA)(?:.*EXAMPLE.*|(.)\1{15})$")
"""Key ids of AWS's own documentation (`AKIAIOSFODNN7EXAMPLE`, `ASIA…EXAMPLE`) and fillers of one letter: nobody's keys."""


_FILLER = re.compile(
    r"EXAMPLE|SAMPLE|DUMMY|PLACEHOLDER|CHANGEME|REPLACE|YOURKEY|YOURACCESS|NOTAREAL|FAKEKEY|TESTKEY|TESTING|XXXXX|AAAAA|ABCDEFGH|234567"
)


def is_placeholder(key_id: str) -> bool:
    """Is a key id a filler that stands for somebody's key (`AKIAABCDEFGHIJKLMNOP`, `AKIAXXXXXXXXXXXXXXXX`)?

    The words are long enough that a random key holds one of them less than once in a million.
    """
    return DOCUMENTATION_KEY_ID.match(key_id) is not None or _FILLER.search(key_id[4:]) is not None


def is_key_id(text: str) -> bool:
    """Is the whole of `text` a key id by its shape (documentation keys included)?"""
    return len(text) == 20 and KEY_ID.fullmatch(text) is not None


def is_secret(text: str) -> bool:
    """Does the whole of `text` look like a secret access key even where nothing names it so?

    40 characters of the base64 alphabet, with capitals, small letters and digits among them: a SHA-1 in hex, a
    path or a word list is none. Where an argument or a setting is *called* a secret, any 40 characters will do.
    """
    return (
        len(text) == 40
        and _SECRET_RUN.fullmatch(text) is not None
        and any(c.isupper() for c in text)
        and any(c.islower() for c in text)
        and any(c.isdigit() for c in text)
        and text.count("/") < 6
    )


def account_id(key_id: str) -> str | None:
    """The 12-digit account id that a key id encodes; None for keys of before 2019, which do not hold it.

    The 16 characters after the prefix are base32; of their first six bytes, bits 7 to 46 are the account.
    Keys whose fifth character is I or J are of the old kind. Not documented by AWS; measured, and relied on by
    open-source tools since 2021.
    """
    if not is_key_id(key_id) or key_id[4] in "IJ" or DOCUMENTATION_KEY_ID.match(key_id):
        return None
    head = int.from_bytes(base64.b32decode(key_id[4:])[:6], "big")
    account = (head & 0x7FFFFFFFFF80) >> 7
    return f"{account:012d}" if account < 10**12 else None


def mask_key_id(key_id: str) -> str:
    """A key id as it may be shown: `AKIA…` and its last four characters."""
    return f"{key_id[:4]}…{key_id[-4:]}"


HIDDEN = "****"
"""What stands in the place of a secret in everything that is shown."""


def mask(text: str, known: Iterable[str] = ()) -> str:
    """`text` as it may be shown, logged or reported: no secret, no whole key id.

    `known` are values that are secret by where they stand (a file's `aws_secret_access_key`, whatever its shape).
    Beyond those, everything goes that has the shape of a key id, secret or session token, or stands at a setting
    or argument of such a name.
    """
    for value in sorted({v for v in known if len(v) >= 4}, key=len, reverse=True):
        if KEY_ID.fullmatch(value):
            continue
        text = text.replace(value, HIDDEN)
    text = _KEY_ID_LOOSE.sub(lambda m: mask_key_id(m.group()), text)
    text = _CREDENTIAL_VALUE.sub(
        lambda m: m.group() if _CODE.match(m.group(2)) and m.group(1)[-1] not in "\"'" else m.group(1) + HIDDEN, text
    )
    text = _OTHER_TOKEN.sub(HIDDEN, text)
    text = _OTHER_VALUE.sub(lambda m: f"{m.group(1)}{m.group(2) or ''}{HIDDEN}{m.group(2) or ''}", text)
    text = _SECRET_RUN.sub(lambda m: HIDDEN if is_secret(m.group()) else m.group(), text)
    return _TOKEN_RUN.sub(lambda m: HIDDEN if any(c.isdigit() for c in m.group()) else m.group(), text)


def real_ids(text: str) -> set[str]:
    """Return the key ids in a text, without AWS's documentation keys and fillers."""
    return {k for k in KEY_ID.findall(text) if not DOCUMENTATION_KEY_ID.match(k)}
