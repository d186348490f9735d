"""polars: cloud storage options of its own."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

_READERS = ("read_parquet", "scan_parquet", "read_csv", "scan_csv", "read_ndjson", "scan_ndjson", "read_ipc", "scan_ipc", "scan_iceberg",
            "read_delta", "scan_delta", "read_avro", "read_lines", "scan_lines", "read_parquet_metadata", "read_parquet_schema")  # fmt: skip
_WRITERS = ("write_parquet", "write_csv", "write_ndjson", "write_ipc", "sink_parquet", "sink_csv", "sink_ndjson", "sink_ipc", "write_avro")

_PLAIN_IDS = ("aws_access_key_id", "access_key_id")
_PLAIN_SECRETS = ("aws_secret_access_key", "secret_access_key")
_PLAIN_TOKENS = ("aws_session_token", "session_token", "aws_token", "token")
_PLAIN_ENDPOINTS = ("aws_endpoint_url", "endpoint_url", "aws_endpoint", "endpoint", "aws_endpoint_url_s3", "endpoint_url_s3")
# What `CredentialProviderBuilder` does not take for "some sort of access key", beside which `aws_profile` is a ValueError
_ADMITS = (
    *(p + n for n in ("region", "default_region", "virtual_hosted_style_request", "request_payer") for p in ("", "aws_")),
    "allow_http", "allow_invalid_certificates", "connect_timeout", "default_content_type", "http1_only", "http2_only",
    "http2_keep_alive_interval", "http2_keep_alive_timeout", "http2_keep_alive_while_idle", "http2_max_frame_size", "pool_idle_timeout",
    "pool_max_idle_per_host", "proxy_url", "proxy_ca_certificate", "proxy_excludes", "timeout", "user_agent", "max_retries",
    "retry_timeout_ms", "rate_read_init", "rate_read_floor", "rate_read_ceiling", "retry_init_backoff_ms", "retry_max_backoff_ms", "retry_base_multiplier", "file_cache_ttl",
)  # fmt: skip


def _both(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return each name in small and in capital letters: object_store takes either."""
    return names + tuple(n.upper() for n in names)


LIBRARY = Library(
    name="polars",
    documentation="https://docs.pola.rs/user-guide/io/cloud-storage/",
    sinks=(
        SinkSpec(
            (*(f"polars.{r}" for r in _READERS if "delta" not in r and "iceberg" not in r), *(f"*.{w}" for w in _WRITERS)),
            Style.OPTIONS,
            key_id=_both(_PLAIN_IDS),
            secret=_both(_PLAIN_SECRETS),
            token=_both(_PLAIN_TOKENS),
            profile="aws_profile",
            options=("storage_options",),
            endpoint=_both(_PLAIN_ENDPOINTS),
            # keys go straight to object_store; a profile goes through the credential provider, which these replace or switch off
            conflicts_even_none=("credential_provider",),
            overridden_by="set_default_credential_provider",
            allowed_options=_ADMITS,
        ),
    ),
    before='pl.scan_parquet("s3://bucket/*.parquet", storage_options={"aws_access_key_id": KEY, "aws_secret_access_key": SECRET})',
    after='pl.scan_parquet("s3://bucket/*.parquet", storage_options={"aws_profile": "dev"})',
    why="With `aws_profile`, polars creates a `CredentialProviderAWS` for that profile and refreshes its credentials.",
)
