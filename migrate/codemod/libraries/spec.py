"""The words in which a library is described: which callables take keys, under which names, and how each names a profile instead."""

from dataclasses import dataclass
from enum import Enum


class Style(Enum):
    """How a profile takes the place of keys."""

    KEYWORD = "the same call takes the profile's name"
    CLIENT = "a session with the profile makes the client"
    OPTIONS = "an entry of a dict that the call takes names the profile"
    CREDENTIALS = "the call is replaced by the credentials of a session with the profile"
    SIGNER = "the call gets such credentials as an argument"
    STATEMENT = "the call is replaced by another on the same object"
    ENVIRONMENT = "a variable of the environment names the profile"
    REPORT = "it cannot be done: the call is reported, with advice"

    __hash__ = object.__hash__


class Role(Enum):
    """What an argument of a call that signs is for."""

    KEY_ID = "the id of an access key"
    SECRET = "its secret"
    TOKEN = "the session token that temporary keys have"
    ENDPOINT = "the URL that requests go to"
    PROFILE = "the name of a profile"
    OTHER = "anything else"

    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class SinkSpec:
    """Callables that take keys. Parameter names are listed with all their spellings; `positional` is the order of the first ones."""

    callees: tuple[str, ...]
    style: Style
    key_id: tuple[str, ...] = ("aws_access_key_id",)
    secret: tuple[str, ...] = ("aws_secret_access_key",)
    token: tuple[str, ...] = ("aws_session_token",)
    positional: tuple[str, ...] = ()
    profile: str = "profile_name"
    endpoint: tuple[str, ...] = ("endpoint_url",)
    options: tuple[str, ...] = ()  # parameters whose dict holds the keys
    nested: tuple[str, ...] = ()  # parameters whose dict may hold keys beside the call's own (s3fs: client_kwargs)
    fallback: bool = False  # keys that are None are as good as not given, and the profile signs
    conflicts: tuple[str, ...] = ()  # parameters beside which the library would use the keys and no profile
    conflicts_even_none: tuple[str, ...] = ()  # the same for parameters that count where they are None, too
    overridden_by: str = ""  # a name that changes, wherever the program says it, whom such calls sign with
    allowed_options: tuple[str, ...] = ()  # the only other options (in small letters) that the library takes beside a profile; empty: all
    advice: str = ""  # for style report: what to do instead


@dataclass(frozen=True, slots=True)
class Library:
    """One library: its name, where its documentation says how a profile is named, and what takes keys."""

    name: str
    documentation: str
    sinks: tuple[SinkSpec, ...]
    before: str = ""
    after: str = ""
    why: str = ""


def report(
    *callees: str,
    advice: str,
    key_id: tuple[str, ...] = (),
    secret: tuple[str, ...] = (),
    positional: tuple[str, ...] = (),
    endpoint: tuple[str, ...] = ("endpoint_url",),
    options: tuple[str, ...] = (),
) -> SinkSpec:
    """Return the description of callables that are known to take keys and cannot take a profile; `pyspark.*` is all of a package.

    Parameters need naming only where the call may be for a store that is not AWS's: such a call is left, and no finding.
    """
    return SinkSpec(callees, Style.REPORT, key_id, secret, (), positional, endpoint=endpoint, options=options, advice=advice)
