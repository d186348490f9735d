"""Hugging Face's datasets: `storage_options` are s3fs's."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

_READERS = ("load_dataset", "load_dataset_builder", "load_from_disk", "Dataset.load_from_disk", "DatasetDict.load_from_disk")

LIBRARY = Library(
    name="Hugging Face datasets",
    documentation="https://huggingface.co/docs/datasets/filesystems",
    sinks=(
        SinkSpec(
            (*(f"datasets.{r}" for r in _READERS), "*.save_to_disk", "*.download_and_prepare"),
            Style.OPTIONS,
            key_id=("key", "username"),
            secret=("secret", "password"),
            token=("token",),
            profile="profile",
            options=("storage_options",),
            nested=("client_kwargs",),
            conflicts=("session",),
        ),
    ),
    before='load_from_disk("s3://bucket/set", storage_options={"key": KEY, "secret": SECRET})',
    after='load_from_disk("s3://bucket/set", storage_options={"profile": "dev"})',
    why="`storage_options` are arguments of s3fs; its `profile` replaces the keys.",
)
