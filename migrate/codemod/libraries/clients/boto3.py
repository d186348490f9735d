"""boto3 and aioboto3: sessions, clients, resources, the default session."""

from migrate.codemod.libraries.sessions import PARAMETERS
from migrate.codemod.libraries.spec import Library, SinkSpec, Style

_CLIENT = ("service_name", "region_name", "api_version", "use_ssl", "verify", "endpoint_url", "aws_access_key_id", "aws_secret_access_key",
           "aws_session_token", "config", "aws_account_id")  # fmt: skip

LIBRARY = Library(
    name="boto3",
    documentation="https://boto3.amazonaws.com/v1/documentation/api/latest/guide/credentials.html",
    sinks=(
        SinkSpec(("boto3.Session", "aioboto3.Session"), Style.KEYWORD, positional=PARAMETERS, endpoint=(), fallback=True),
        SinkSpec(("boto3.setup_default_session", "aioboto3.setup_default_session"), Style.KEYWORD, endpoint=(), fallback=True),
        SinkSpec(
            (
                "boto3.client",
                "boto3.resource",
                "aioboto3.client",
                "aioboto3.resource",
                "boto3.Session().client",
                "boto3.Session().resource",
                "aioboto3.Session().client",
                "aioboto3.Session().resource",
            ),
            Style.CLIENT,
            positional=_CLIENT,
            fallback=True,
        ),
    ),
    before='s3 = boto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET, region_name="eu-west-1")',
    after='s3 = boto3.Session(profile_name="dev").client("s3", region_name="eu-west-1")',
    why="Only a session accepts a profile; `client()` and `resource()` do not. Region, endpoint and configuration are not changed.",
)
