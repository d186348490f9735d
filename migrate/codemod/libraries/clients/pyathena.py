"""PyAthena."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

LIBRARY = Library(
    name="PyAthena",
    documentation="https://github.com/pyathena-dev/PyAthena",
    sinks=(
        SinkSpec(
            (
                "pyathena.connect",
                "ibis.athena.connect",
                "pyathena.connection.Connection",
                "pyathena.aio_connect",
                "pyathena.aio.connection.AioConnection.create",
            ),
            Style.KEYWORD,
            # a session of the caller's own makes the client, with the keys or without; a session with SSO cannot get a token for an MFA device
            conflicts=("session", "serial_number"),
        ),
    ),
    before='connect(s3_staging_dir="s3://…", aws_access_key_id=KEY, aws_secret_access_key=SECRET)',
    after='connect(s3_staging_dir="s3://…", profile_name="dev")',
    why="`connect` creates a boto3 session with `profile_name`; Ibis passes unknown arguments on to it.",
)
