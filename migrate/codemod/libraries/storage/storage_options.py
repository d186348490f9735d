"""pandas, Dask and whatever else hands `storage_options` to s3fs."""

from migrate.codemod.libraries.spec import Library, SinkSpec, Style

_READERS = ("read_csv", "read_parquet", "read_json", "read_excel", "read_feather", "read_pickle", "read_table", "read_orc", "read_fwf", "read_xml",
            "read_stata", "read_sas", "read_text", "read_bytes", "read_html", "read_avro")  # fmt: skip
_WRITERS = ("to_csv", "to_parquet", "to_json", "to_excel", "to_feather", "to_pickle", "to_orc", "to_stata", "to_xml", "to_zarr", "to_textfiles",
            "to_markdown", "to_html", "to_hdf")  # fmt: skip

LIBRARY = Library(
    name="pandas and Dask",
    documentation="https://pandas.pydata.org/docs/user_guide/io.html#reading-writing-remote-files",
    sinks=(
        SinkSpec(
            (
                *(f"{m}.{r}" for m in ("pandas", "dask.dataframe", "dask.bag", "geopandas", "xarray", "modin.pandas") for r in _READERS),
                *(f"*.{w}" for w in _WRITERS),
                "xarray.open_zarr",
                "xarray.open_dataset",
                "xarray.open_mfdataset",
                "xarray.open_dataarray",
                "xarray.load_dataset",
                "xarray.open_datatree",
                "pandas.ExcelWriter",
                "pandas.ExcelFile",
                "dask.array.from_zarr",
                "dask.array.to_zarr",
                "dask.dataframe.to_json",
                "dask.dataframe.to_orc",
                "zarr.open_array",
                "zarr.open_consolidated",
                "zarr.storage.FsspecStore.from_url",
                "zarr.open",
                "zarr.open_group",
                "zarr.storage.FSStore",
                "dask.bytes.read_bytes",
                "*.to_zarr",
                "intake.open_csv",
                "dask.dataframe.to_parquet",
                "dask.dataframe.to_csv",
            ),
            Style.OPTIONS,
            key_id=("key", "username"),
            secret=("secret", "password"),
            token=("token",),
            profile="profile",
            options=("storage_options", "backend_kwargs"),
            nested=("client_kwargs",),
            conflicts=("session", "anon"),
        ),
    ),
    before='pd.read_csv("s3://bucket/a.csv", storage_options={"key": KEY, "secret": SECRET})',
    after='pd.read_csv("s3://bucket/a.csv", storage_options={"profile": "dev"})',
    why="`storage_options` are arguments of s3fs; its `profile` replaces the keys.",
)
