"""Calls of boto3 that take keys as keywords, in the plain form that can be rewritten without knowing more."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from migrate.codemod.data.following.names import File, Sources
from migrate.codemod.keys.sinks import is_aws

ROLES = {"aws_access_key_id": "id", "aws_secret_access_key": "secret", "aws_session_token": "token"}
CLIENTS = {f"{lib}.{m}" for lib in ("boto3", "aioboto3") for m in ("client", "resource")}
SESSIONS = {"boto3.Session", "boto3.session.Session", "aioboto3.Session", "aioboto3.session.Session"}
_DEFAULT = {"boto3.setup_default_session"}


@dataclass(frozen=True, slots=True)
class Call:
    """A call that signs with the keys that it is given. `session`: it makes a session, `of` is what is called.

    `credentials` are its keywords, or the statements that fill a dict that it gets by `**`.
    """

    node: ast.Call
    session: bool
    of: ast.expr
    library: str
    credentials: Mapping[ast.AST, str]
    bound: bool = False  # made by a session of the program's, which has no keys or profile of its own

    @property
    def region(self) -> bool:
        """Does it name a region?"""
        return any(k.arg == "region_name" for k in self.node.keywords) or len(self.node.args) > 1


def call_of(sources: Sources, file: File, node: ast.Call) -> Call | None:
    """The call, where it is one of boto3's in plain form; None for any other, and for one that is not AWS's or has more to it."""
    name = sources.library(file, node.func)
    session = name in SESSIONS | _DEFAULT
    bound = name is None and _by_plain_session(sources, file, node.func)
    if not session and name not in CLIENTS and not bound:
        return None
    if len(node.args) > (0 if session else 2) or any(isinstance(a, ast.Starred) for a in node.args):
        return None
    for k in node.keywords:
        if k.arg is None or k.arg in ("profile_name", "botocore_session", "aws_account_id"):
            return None
        if k.arg == "endpoint_url" and not at_aws(k.value):
            return None
    given: dict[ast.AST, str] = {k: ROLES[k.arg] for k in node.keywords if k.arg in ROLES}
    return Call(node, session, node.func, (name or "boto3").partition(".")[0], given, bound) if given else None


def _by_plain_session(sources: Sources, file: File, function: ast.expr) -> bool:
    """Is it `session.client` or `session.resource` of a session that is made once, without keys or a profile?"""
    if not isinstance(function, ast.Attribute) or function.attr not in ("client", "resource") or not isinstance(function.value, ast.Name):
        return False
    bound = file.bound(function.value)
    up = file.source.parents.get(bound) if bound is not None else None
    made = up.value if isinstance(up, ast.Assign) and up.targets == [bound] else None
    if not isinstance(made, ast.Call) or sources.library(file, made.func) not in SESSIONS or made.args:
        return False
    return all(k.arg == "region_name" for k in made.keywords)


def at_aws(value: ast.expr) -> bool:
    """Return whether an endpoint is AWS's own, or none."""
    return isinstance(value, ast.Constant) and (value.value is None or (isinstance(value.value, str) and is_aws(value.value)))
