"""Dagster: its S3 resource."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

LIBRARY = Library(
    name="Dagster",
    documentation="https://docs.dagster.io/api/libraries/dagster-aws",
    sinks=(SinkSpec(("dagster_aws.s3.S3Resource", "dagster_aws.s3.resources.S3Resource"), Style.KEYWORD),),
    before="s3 = S3Resource(aws_access_key_id=KEY, aws_secret_access_key=SECRET)",
    after='s3 = S3Resource(profile_name="dev")',
    why="The resource creates a boto3 session with `profile_name`.",
)
