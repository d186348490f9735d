"""Rasterio: its AWS session."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style, report

LIBRARY = Library(
    name="Rasterio",
    documentation="https://rasterio.readthedocs.io/en/stable/api/rasterio.session.html",
    sinks=(
        SinkSpec(
            ("rasterio.session.AWSSession",),
            Style.KEYWORD,
            positional=("session", "aws_unsigned", "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "region_name",
                        "profile_name", "endpoint_url", "requester_pays"),
            conflicts=("session",),
        ),
        report("rasterio.*", advice="pass AWSSession(profile_name=…) instead of the keys"),
    ),
    before="with rasterio.Env(AWSSession(aws_access_key_id=KEY, aws_secret_access_key=SECRET)): …",
    after='with rasterio.Env(AWSSession(profile_name="dev")): …',
    why="GDAL gets its credentials from a boto3 session with `profile_name`; a `session` argument would take precedence.",
)  # fmt: skip
