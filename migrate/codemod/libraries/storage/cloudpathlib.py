"""cloudpathlib: its S3 client."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

_NAMES = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "no_sign_request", "botocore_session", "profile_name",
          "boto3_session", "file_cache_mode", "local_cache_dir", "endpoint_url")  # fmt: skip

LIBRARY = Library(
    name="cloudpathlib",
    documentation="https://cloudpathlib.drivendata.org/stable/authentication/",
    sinks=(
        SinkSpec(
            ("cloudpathlib.S3Client", "cloudpathlib.s3.S3Client", "cloudpathlib.s3.s3client.S3Client"),
            Style.KEYWORD,
            positional=_NAMES,
            conflicts=("boto3_session",),
        ),
    ),
    before="client = S3Client(aws_access_key_id=KEY, aws_secret_access_key=SECRET)",
    after='client = S3Client(profile_name="dev")',
    why="The client creates a boto3 session with `profile_name`; a `boto3_session` argument would take precedence.",
)
