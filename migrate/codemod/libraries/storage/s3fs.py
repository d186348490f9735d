"""s3fs, and fsspec and universal_pathlib where they stand for s3fs."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

_NAMES = ("anon", "endpoint_url", "key", "secret", "token", "use_ssl", "client_kwargs", "requester_pays", "default_block_size",
          "default_fill_cache", "default_cache_type", "version_aware", "config_kwargs", "s3_additional_kwargs", "session", "username",
          "password", "cache_regions", "asynchronous", "loop", "max_concurrency", "fixed_upload_size", "local_expiry_check")  # fmt: skip
_ID, _SECRET = ("key", "username"), ("secret", "password")
_SESSION = (
    "session",
    "anon",
)  # a session that is given makes the client, and `profile` is not looked at; nobody signs an anonymous request

LIBRARY = Library(
    name="s3fs",
    documentation="https://s3fs.readthedocs.io/en/latest/#credentials",
    sinks=(
        SinkSpec(
            ("s3fs.S3FileSystem", "s3fs.S3FileSystem.current", "s3fs.core.S3FileSystem"),
            Style.KEYWORD,
            key_id=_ID,
            secret=_SECRET,
            token=("token",),
            positional=_NAMES,
            profile="profile",
            nested=("client_kwargs",),
            conflicts=_SESSION,
        ),
        SinkSpec(
            (
                "fsspec.filesystem",
                "fsspec.open",
                "fsspec.open_files",
                "fsspec.get_mapper",
                "fsspec.core.url_to_fs",
                "fsspec.url_to_fs",
                "fsspec.core.open",
                "fsspec.get_fs_token_paths",
                "fsspec.core.open_files",
                "fsspec.core.get_fs_token_paths",
                "fsspec.mapping.get_mapper",
            ),
            Style.KEYWORD,
            key_id=_ID,
            secret=_SECRET,
            token=("token",),
            positional=("urlpath",),
            profile="profile",
            options=("target_options", "remote_options", "s3", "storage_options"),
            nested=("client_kwargs",),
            conflicts=_SESSION,
        ),
        SinkSpec(
            ("upath.UPath", "upath.core.UPath", "upath.implementations.cloud.S3Path"),
            Style.KEYWORD,
            key_id=_ID,
            secret=_SECRET,
            token=("token",),
            positional=("urlpath",),
            profile="profile",
            nested=("client_kwargs",),
            conflicts=_SESSION,
        ),
    ),
    before="fs = s3fs.S3FileSystem(key=KEY, secret=SECRET)",
    after='fs = s3fs.S3FileSystem(profile="dev")',
    why="aiobotocore's session uses `profile`; keys would take precedence, so they are removed.",
)
