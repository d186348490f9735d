"""What is known to take AWS keys and has no way to name a profile: always reported."""

from migrate.codemod.libraries.spec import Library, report

LIBRARY = Library(
    name="libraries without profiles",
    documentation="https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html",
    takes=(
        report(
            "pyarrow.fs.S3FileSystem",
            key_id=("access_key",),
            secret=("secret_key",),
            advice="leave the keys out and set AWS_PROFILE, or hand it an s3fs filesystem with profile= wrapped in pyarrow.fs.FSSpecHandler",
        ),
        report("deltalake.DeltaTable", "deltalake.write_deltalake", advice="leave the keys out of storage_options and set AWS_PROFILE"),
        report(
            "duckdb.connect().execute",
            "duckdb.execute",
            "duckdb.sql",
            advice="CREATE SECRET (TYPE s3, PROVIDER credential_chain, CHAIN 'sso', PROFILE '…')",
        ),
        report("minio.Minio", advice="the MinIO client signs with keys only; use boto3 with a profile for AWS"),
    ),
    why="These sign by themselves, in another language or by another chain, and take no profile's name.",
)
