"""What is known to take AWS keys and has no way to name a profile: always reported, with what to do instead."""

from migrate.codemod.libraries.spec import Library, report

_MINIO = ("endpoint", "access_key", "secret_key", "session_token", "secure", "region")

_IDS = ("AWS_ACCESS_KEY_ID", "aws_access_key_id", "access_key_id", "s3.access-key-id")
_SECRETS = ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key", "secret_access_key", "s3.secret-access-key")
_ENDPOINTS = ("AWS_ENDPOINT_URL", "aws_endpoint_url", "endpoint_url", "AWS_ENDPOINT", "aws_endpoint", "endpoint", "s3.endpoint")

LIBRARY = Library(
    name="libraries without profiles",
    documentation="https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html",
    sinks=(
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
            advice="boto 2 does not support SSO: replace this call with boto3.Session(profile_name=…)",
        ),
        report("boto.*", advice="boto 2 does not support SSO: replace this call with boto3.Session(profile_name=…)"),
        report(
            "pyspark.*",
            "findspark.*",
            advice="remove the keys, set fs.s3a.aws.credentials.provider to "
            "software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider (Hadoop 3.4 or newer), and start with AWS_PROFILE",
        ),
        report(
            "pyarrow.fs.S3FileSystem",
            key_id=("access_key",),
            secret=("secret_key",),
            positional=("access_key",),
            endpoint=("endpoint_override",),
            advice="remove the keys and set AWS_PROFILE, or pass an s3fs filesystem with profile= wrapped in pyarrow.fs.FSSpecHandler",
        ),
        report(
            "deltalake.DeltaTable",
            "deltalake.write_deltalake",
            key_id=_IDS,
            secret=_SECRETS,
            endpoint=_ENDPOINTS,
            options=("storage_options",),
            advice="remove the keys from storage_options and set AWS_PROFILE: its default chain supports SSO profiles",
        ),
        report("deltalake.*", advice="remove the keys from storage_options and set AWS_PROFILE: its default chain supports SSO profiles"),
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
            advice="remove the keys from storage_options, and pass credential_provider=pl.CredentialProviderAWS(profile_name=…)",
        ),
        report(
            "pyiceberg.*",
            advice="remove the keys, set client.profile-name, and read files with py-io-impl pyiceberg.io.fsspec.FsspecFileIO",
        ),
        report("duckdb.*", advice="CREATE SECRET (TYPE s3, PROVIDER credential_chain, CHAIN 'sso', PROFILE '…')"),
        report(
            "aws_msk_iam_sasl_signer.*",
            advice="use MSKAuthTokenProvider.generate_auth_token_from_profile(REGION, PROFILE)",
        ),
        report("snowflake.*", advice="use a STORAGE INTEGRATION with a role in Snowflake"),
        report("clickhouse_connect.*", advice="give the server a role (use_environment_credentials), or use a named collection"),
        report(
            "minio.Minio",
            key_id=("access_key",),
            secret=("secret_key",),
            positional=_MINIO,
            endpoint=("endpoint",),
            advice="the MinIO client does not accept a profile name: use boto3 with a profile for AWS",
        ),
        report("minio.*", advice="the MinIO client does not accept a profile name: use boto3 with a profile for AWS"),
        report(
            "pynamodb.*",
            advice="remove the keys and set AWS_PROFILE: PynamoDB signs with botocore's default credential chain",
        ),
        report(
            "celery.*",
            "kombu.*",
            advice="remove the keys (`sqs://`) and set AWS_PROFILE for the worker: kombu uses boto3's default credential chain",
        ),
        report(
            *(f"airflow.{m}.Connection" for m in ("models", "models.connection", "sdk", "sdk.definitions.connection")),
            advice='leave login and password empty, and set {"profile_name": "…"} in the connection\'s extra',
        ),
        report("airflow.*", advice="let the task use an Airflow connection with profile_name in its extra, or the worker's role"),
        report(
            "smtplib.*",
            "aiosmtplib.*",
            advice="SES over SMTP needs a password derived from a key: send with boto3.Session(profile_name=…).client('sesv2') instead",
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
            advice="remove the keys and set AWS_PROFILE, which the Bedrock components read with aws_profile_name",
        ),
        report(
            "django_s3_storage.*",
            "django_ses.*",
            "flask_s3.*",
            "tinys3.*",
            "simples3.*",
            "s3cmd.*",
            "S3.*",
            advice="it does not accept a profile name: use boto3.Session(profile_name=…), or remove the keys and set AWS_PROFILE",
        ),
        report(
            "datafusion.*",
            advice="pass AmazonS3 the credentials of boto3.Session(profile_name=…).get_credentials().get_frozen_credentials()",
        ),
        report(
            "obstore.*",
            "object_store.*",
            advice="pass credential_provider=obstore.auth.boto3.Boto3CredentialProvider(boto3.Session(profile_name=…))",
        ),
        report("libcloud.*", advice="libcloud signs with keys only: use boto3.Session(profile_name=…)"),
        report("crewai.*", "instructor.*", "fs_s3fs.*", "lancedb.*", "tiledb.*", advice="remove the keys and set AWS_PROFILE"),
        report("smolagents.*", advice="pass client=boto3.Session(profile_name=…).client('bedrock-runtime')"),
        report("sagemaker.*", advice="jobs and endpoints have a role: remove the keys from the environment and the hyperparameters"),
        report(
            *("aws_cdk.*", "troposphere.*", "chalice.*", "kubernetes.*"),
            advice="this code runs with a role of its own (function, task or pod): remove the keys from its environment",
        ),
        report("sqlalchemy_redshift.*", advice="pass iam_role_arns=… instead of the keys"),
        report(
            "osgeo.*",
            advice="open it with rasterio and AWSSession(profile_name=…), or remove the keys and set AWS_PROFILE if this GDAL version supports SSO",
        ),
        report("unstructured_ingest.*", "mem0.*", advice="remove the keys and set AWS_PROFILE"),
        report("agno.*", advice="pass session=boto3.Session(profile_name=…)"),
        report("prefect_aws.*", advice="replace the keys with the profile: AwsCredentials(profile_name=…)"),
        report(
            "awswrangler.redshift.*",
            advice="remove the keys and pass boto3_session=boto3.Session(profile_name=…), whose credentials go into the statement, or pass iam_role",
        ),
        report(
            "dlt.*",
            advice="remove the keys and set profile_name (in the credentials of a filesystem or Athena destination), or AWS_PROFILE",
        ),
    ),
    why="These libraries sign requests in their own way and do not accept a profile name.",
)
