"""Signers for requests: requests-aws4auth."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style, report

LIBRARY = Library(
    name="requests-aws4auth",
    documentation="https://github.com/tedder/requests-aws4auth",
    sinks=(
        SinkSpec(
            tuple(
                f"{m}.{c}"
                for m in ("requests_aws4auth", "requests_aws4auth.aws4auth")
                for c in ("AWS4Auth", "StrictAWS4Auth", "PassiveAWS4Auth")
            ),
            Style.SIGNER,
            key_id=("access_id",),
            secret=("secret_key",),
            token=("session_token",),
            positional=("access_id", "secret_key", "region", "service", "date"),
            profile="refreshable_credentials",
            endpoint=(),
        ),
        report(
            "requests_aws4auth.AWS4SigningKey",
            "requests_aws4auth.aws4signingkey.AWS4SigningKey",
            advice="use AWS4Auth with refreshable_credentials=boto3.Session(profile_name=…).get_credentials() instead of signing with a fixed signing key",
        ),
        report(
            "aws_requests_auth.aws_auth.AWSRequestsAuth",
            key_id=("aws_access_key",),
            secret=("aws_secret_access_key",),
            advice="use aws_requests_auth.boto_utils.BotoAWSRequestsAuth with AWS_PROFILE set, or requests-aws4auth with refreshable_credentials",
        ),
    ),
    before='auth = AWS4Auth(KEY, SECRET, "eu-west-1", "es")',
    after='auth = AWS4Auth(refreshable_credentials=boto3.Session(profile_name="dev").get_credentials(), region="eu-west-1", service="es")',
    why="A session's credentials expire; `refreshable_credentials` fetches current ones for each request.",
)
