"""Daft: its configuration of S3."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

LIBRARY = Library(
    name="Daft",
    documentation="https://docs.daft.ai/en/stable/api/config/",
    sinks=(
        SinkSpec(
            ("daft.io.S3Config", "daft.S3Config", "daft.daft.S3Config"),
            Style.KEYWORD,
            key_id=("key_id",),
            secret=("access_key",),
            token=("session_token",),
            conflicts=("credentials_provider",),
        ),
    ),
    before='IOConfig(s3=S3Config(key_id=KEY, access_key=SECRET, region_name="eu-west-1"))',
    after='IOConfig(s3=S3Config(profile_name="dev", region_name="eu-west-1"))',
    why="Daft loads the profile `profile_name` instead of `AWS_PROFILE`.",
)
