"""What is known to take AWS keys and has no way to name a profile: always reported, with what to do instead."""

from migrate.codemod.libraries.spec import Library, report

_MINIO = ("endpoint", "access_key", "secret_key", "session_token", "secure", "region")

_IDS = ("AWS_ACCESS_KEY_ID", "aws_access_key_id", "access_key_id", "s3.access-key-id")
_SECRETS = ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key", "secret_access_key", "s3.secret-access-key")
_ENDPOINTS = ("AWS_ENDPOINT_URL", "aws_endpoint_url", "endpoint_url", "AWS_ENDPOINT", "aws_endpoint", "endpoint", "s3.endpoint")

LIBRARY = Library(
    name="libraries without profiles",
    documentation="https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html",
    takes=(
        report(
            *(f"boto.{f}" for f in ("connect_s3", "s3.connection.S3Connection", "s3.S3Connection")),
            key_id=("aws_access_key_id",),
            secret=("aws_secret_access_key",),
            positional=(
                "aws_access_key_id",
                "aws_secret_access_key",
                "is_secure",
                "port",
                "proxy",
                "proxy_port",
                "proxy_user",
                "proxy_pass",
                "host",
            ),
            endpoint=("host",),
            advice="boto 2 knows no SSO: move this call to boto3.Session(profile_name=…)",
        ),
        report("boto.*", advice="boto 2 knows no SSO: move this call to boto3.Session(profile_name=…)"),
        report(
            "pyspark.*",
            "findspark.*",
            advice="leave the keys out, set fs.s3a.aws.credentials.provider to "
            "software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider (Hadoop 3.4 or newer), and start with AWS_PROFILE",
        ),
        report(
            "pyarrow.fs.S3FileSystem",
            key_id=("access_key",),
            secret=("secret_key",),
            positional=("access_key",),
            endpoint=("endpoint_override",),
            advice="leave the keys out and set AWS_PROFILE, or hand it an s3fs filesystem with profile= wrapped in pyarrow.fs.FSSpecHandler",
        ),
        report(
            "deltalake.DeltaTable",
            "deltalake.write_deltalake",
            key_id=_IDS,
            secret=_SECRETS,
            endpoint=_ENDPOINTS,
            options=("storage_options",),
            advice="leave the keys out of storage_options and set AWS_PROFILE: its default chain knows SSO profiles",
        ),
        report("deltalake.*", advice="leave the keys out of storage_options and set AWS_PROFILE: its default chain knows SSO profiles"),
        report(
            "polars.read_delta",
            "polars.scan_delta",
            "*.write_delta",
            "*.sink_delta",
            "polars.scan_iceberg",
            key_id=_IDS,
            secret=_SECRETS,
            endpoint=_ENDPOINTS,
            options=("storage_options",),
            advice="leave the keys out of storage_options, and give credential_provider=pl.CredentialProviderAWS(profile_name=…)",
        ),
        report(
            "pyiceberg.*",
            advice="leave the keys out, set client.profile-name, and read files by py-io-impl pyiceberg.io.fsspec.FsspecFileIO",
        ),
        report("duckdb.*", advice="CREATE SECRET (TYPE s3, PROVIDER credential_chain, CHAIN 'sso', PROFILE '…')"),
        report(
            "aws_msk_iam_sasl_signer.*",
            advice="MSKAuthTokenProvider.generate_auth_token_from_profile(REGION, PROFILE) makes the token of a profile",
        ),
        report("snowflake.*", advice="let Snowflake use a STORAGE INTEGRATION with a role"),
        report("clickhouse_connect.*", advice="let the server have a role (use_environment_credentials), or use a named collection"),
        report(
            "minio.Minio",
            key_id=("access_key",),
            secret=("secret_key",),
            positional=_MINIO,
            endpoint=("endpoint",),
            advice="the MinIO client takes no profile by name: use boto3 with a profile for AWS",
        ),
        report("minio.*", advice="the MinIO client takes no profile by name: use boto3 with a profile for AWS"),
        report(
            "pynamodb.*",
            advice="leave the keys out: PynamoDB signs with botocore's default chain, so set AWS_PROFILE",
        ),
        report(
            "celery.*",
            "kombu.*",
            advice="leave the keys out (`sqs://`): kombu takes boto3's default chain, so set AWS_PROFILE for the worker",
        ),
        report(
            *(f"airflow.{m}.Connection" for m in ("models", "models.connection", "sdk", "sdk.definitions.connection")),
            advice='leave login and password empty, and put {"profile_name": "…"} into the connection\'s extra',
        ),
        report("airflow.*", advice="let the task use an Airflow connection with profile_name in its extra, or the worker's role"),
        report(
            "smtplib.*",
            "aiosmtplib.*",
            advice="SES's SMTP takes a password made from a key and no profile: send with boto3.Session(profile_name=…).client('sesv2')",
        ),
        report(
            "hmac.*",
            "hashlib.*",
            advice="sign with botocore.auth.SigV4Auth and the credentials of boto3.Session(profile_name=…)",
        ),
        report(
            "haystack.utils.Secret.from_token",
            "haystack.utils.auth.Secret.from_token",
            "haystack.Secret.from_token",
            advice="leave the keys out and set AWS_PROFILE, which the Bedrock components take by their aws_profile_name",
        ),
        report(
            "django_s3_storage.*",
            "django_ses.*",
            "flask_s3.*",
            "tinys3.*",
            "simples3.*",
            "s3cmd.*",
            "S3.*",
            advice="it takes no profile by name: use boto3.Session(profile_name=…), or leave the keys out and set AWS_PROFILE",
        ),
        report(
            "datafusion.*",
            advice="hand AmazonS3 the credentials of boto3.Session(profile_name=…).get_credentials().get_frozen_credentials()",
        ),
        report(
            "obstore.*",
            "object_store.*",
            advice="give credential_provider=obstore.auth.boto3.Boto3CredentialProvider(boto3.Session(profile_name=…))",
        ),
        report("libcloud.*", advice="libcloud signs with keys only: use boto3.Session(profile_name=…)"),
        report("crewai.*", "instructor.*", "fs_s3fs.*", "lancedb.*", "tiledb.*", advice="leave the keys out and set AWS_PROFILE"),
        report("smolagents.*", advice="hand it client=boto3.Session(profile_name=…).client('bedrock-runtime')"),
        report("sagemaker.*", advice="a job or an endpoint has a role: leave the keys out of its environment and its hyperparameters"),
        report(
            *("aws_cdk.*", "troposphere.*", "chalice.*", "kubernetes.*"),
            advice="what runs there has a role of its own (a function's, a task's, a pod's): leave the keys out of its environment",
        ),
        report("sqlalchemy_redshift.*", advice="give iam_role_arns=… in the place of the keys"),
        report(
            "osgeo.*",
            advice="open it by rasterio with AWSSession(profile_name=…), or leave the keys out and set AWS_PROFILE where this GDAL knows SSO",
        ),
        report("unstructured_ingest.*", "mem0.*", advice="leave the keys out and set AWS_PROFILE"),
        report("agno.*", advice="hand it session=boto3.Session(profile_name=…)"),
        report("prefect_aws.*", advice="leave the keys out and name the profile: AwsCredentials(profile_name=…)"),
        report(
            "awswrangler.redshift.*",
            advice="leave the keys out: it puts those of boto3_session=boto3.Session(profile_name=…) into the statement, or takes iam_role",
        ),
        report(
            "dlt.*",
            advice="leave the keys out and set profile_name (credentials of a filesystem or Athena destination take it), or AWS_PROFILE",
        ),
    ),
    why="These sign by themselves, in another language or by another chain, and take no profile's name.",
)
