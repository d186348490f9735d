"""PyAthena."""

from migrate.codemod.libraries.spec import Library, Takes

LIBRARY = Library(
    name="PyAthena",
    documentation="https://github.com/pyathena-dev/PyAthena",
    takes=(Takes(("pyathena.connect", "pyathena.connection.Connection", "pyathena.aio_connect"), "keyword"),),
    before='connect(s3_staging_dir="s3://…", aws_access_key_id=KEY, aws_secret_access_key=SECRET)',
    after='connect(s3_staging_dir="s3://…", profile_name="dev")',
    why="`connect` hands `profile_name` to the boto3 session that it makes.",
)
