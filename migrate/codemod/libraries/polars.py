"""polars: cloud storage options of its own."""

from migrate.codemod.libraries.spec import Library, Takes

_READERS = ("read_parquet", "scan_parquet", "read_csv", "scan_csv", "read_ndjson", "scan_ndjson", "read_ipc", "scan_ipc", "scan_iceberg",
            "read_delta", "scan_delta", "read_avro")  # fmt: skip
_WRITERS = ("write_parquet", "write_csv", "write_ndjson", "write_ipc", "sink_parquet", "sink_csv", "sink_ndjson", "sink_ipc", "write_avro")

LIBRARY = Library(
    name="polars",
    documentation="https://docs.pola.rs/user-guide/io/cloud-storage/",
    takes=(
        Takes(
            (*(f"polars.{r}" for r in _READERS if "delta" not in r and "iceberg" not in r), *(f"*.{w}" for w in _WRITERS)),
            "options",
            key_id=("aws_access_key_id", "access_key_id"),
            secret=("aws_secret_access_key", "secret_access_key"),
            token=("aws_session_token", "session_token", "aws_token", "token"),
            profile="aws_profile",
            options=("storage_options",),
            endpoint=("aws_endpoint_url", "endpoint_url", "aws_endpoint", "endpoint", "aws_endpoint_url_s3"),
        ),
    ),
    before='pl.scan_parquet("s3://bucket/*.parquet", storage_options={"aws_access_key_id": KEY, "aws_secret_access_key": SECRET})',
    after='pl.scan_parquet("s3://bucket/*.parquet", storage_options={"aws_profile": "dev"})',
    why="With `aws_profile` polars makes its own `CredentialProviderAWS` for that profile and refreshes it.",
)
