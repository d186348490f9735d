"""botocore and aiobotocore: sessions, clients, credentials."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

_CLIENT = ("service_name", "region_name", "api_version", "use_ssl", "verify", "endpoint_url", "aws_access_key_id", "aws_secret_access_key",
           "aws_session_token", "config", "aws_account_id")  # fmt: skip
_KEYS = {"key_id": ("access_key",), "secret": ("secret_key",), "token": ("token",), "positional": ("access_key", "secret_key", "token")}

LIBRARY = Library(
    name="botocore",
    documentation="https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html",
    sinks=(
        SinkSpec(
            ("botocore.session.Session().create_client", "aiobotocore.session.AioSession().create_client"),
            Style.CLIENT,
            positional=_CLIENT,
            profile="profile",
            fallback=True,
        ),
        SinkSpec(
            ("botocore.session.Session().set_credentials", "aiobotocore.session.AioSession().set_credentials"),
            Style.STATEMENT,
            endpoint=(),
            profile='set_config_variable("profile", {})',
            **_KEYS,  # type: ignore[arg-type]
        ),
        SinkSpec(("botocore.credentials.Credentials", "botocore.credentials.ReadOnlyCredentials"), Style.CREDENTIALS, endpoint=(), **_KEYS),  # type: ignore[arg-type]
    ),
    before='SigV4Auth(Credentials(KEY, SECRET), "execute-api", "eu-west-1").add_auth(request)',
    after='SigV4Auth(boto3.Session(profile_name="dev").get_credentials(), "execute-api", "eu-west-1").add_auth(request)',
    why="A session's credentials refresh automatically and include the session token that temporary credentials need.",
)
