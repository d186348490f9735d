"""Everything below one root that the question of a settings file needs, read once."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from migrate.codemod.data.around.mentions import files_below
from migrate.codemod.data.following.names import File, NotebookReader, Sources
from migrate.codemod.data.following.trail import Problem
from migrate.codemod.libraries.spec import Style
from migrate.tree.files import ENDINGS, is_script, read
from migrate.tree.unrelated import is_unrelated

_DEFAULT = {"boto3.setup_default_session", "aioboto3.setup_default_session", "boto3.DEFAULT_SESSION"}
_OWN_WAY = {
    *("polars", "deltalake", "duckdb", "ibis", "chdb", "clickhouse_connect", "lance", "lancedb", "icechunk", "daft", "datafusion"),
    *("object_store", "obstore", "minio", "rclone", "tensorflow", "tensorflow_io", "tiledb", "kvikio", "vineyard", "s3torchconnector"),
    *("rasterio", "osgeo", "gdal", "odc", "titiler", "pdal"),
    *("pyspark", "findspark", "sparknlp", "delta", "databricks", "pyflink", "ray", "modal", "coiled", "dask_cloudprovider", "sky"),
    *("mlflow", "clearml", "wandb", "dvc", "lakefs", "litdata", "feast", "metaflow", "zenml"),
    *("litellm", "langchain", "langchain_aws", "langchain_community", "llama_index", "haystack", "crewai", "agno", "phi", "dspy"),
    *("autogen", "autogen_ext", "ag2", "aisuite", "mem0", "embedchain", "txtai", "semantic_kernel", "instructor", "smolagents", "strands"),
    *("browser_use", "llama_stack", "unstructured", "unstructured_ingest", "pathway", "airbyte", "dlt", "sling", "ansible", "pulumi"),
    *("boto", "libcloud", "simples3", "tinys3", "s3cmd", "s4cmd", "flask_s3", "airflow", "prefect", "dagster", "docker", "testcontainers"),
}
"""Libraries that look for keys in the environment by themselves, or hand it on: not all of them look for a profile as well."""
_ON_S3 = {"rioxarray", "fiona", "geopandas", "pyogrio", "zarr", "xarray", "datasets", "webdataset", "streaming"}
"""The same, where a source speaks of S3."""


_READING = {
    "os",
    "io",
    "builtins",
    "pathlib",
    "json",
    "yaml",
    "configparser",
    "tomllib",
    "tomli",
    "toml",
    "dotenv",
    "decouple",
    "environs",
    "environ",
}
"""Libraries that read settings."""
_REGISTERING = {"add_constructor", "add_multi_constructor", "add_implicit_resolver", "add_path_resolver"}
"""Functions of PyYAML that change what its loaders give."""


class Tree:
    """The files below a root. `after` are bytes that this run leaves in files that it has changed already."""

    def __init__(self, root: Path, after: dict[Path, bytes], notebook: NotebookReader | None = None) -> None:
        self.root = root
        self.files = files_below(root)
        self.python = [f for f in self.files if f.endswith(ENDINGS) or ("." not in f.rpartition("/")[2] and is_script(f))]
        self.sources = Sources(root, self.python, lambda path: after[path] if path in after else read(path), notebook)

    def part(self, paths: Iterable[Path]) -> "Tree":
        """The tree with some of its sources alone."""
        few = Tree.__new__(Tree)
        few.root, few.files, few.python, few.sources = self.root, self.files, self.python, self.sources.part(paths)
        return few

    def parsed(self, word: bytes) -> Iterator[File]:
        """The parsed files in which some bytes stand."""
        for path in self.sources.holding(word):
            if (file := self.sources.file(path)) is not None:
                yield file

    def related(self, word: bytes) -> Iterator[File]:
        """The parsed files in which some bytes stand, without those that a person says are unrelated."""
        return (file for file in self.parsed(word) if not is_unrelated(file.path))

    @cached_property
    def default_session(self) -> Problem | None:
        """Where the default session is set, in another way than by one call that stands for itself."""
        for word in (b"DEFAULT_SESSION", b"setup_default_session"):
            for file in self.related(word):
                if not re.search(rf"(?<!\w){word.decode()}(?!\w)", file.source.text):
                    continue
                if word == b"DEFAULT_SESSION" or self.default_set_by is None:
                    return Problem(file, file.source.tree.body[0], "the default session is set in this file")
        return None

    @cached_property
    def default_set_by(self) -> ast.Call | None:
        """The one call that sets the default session; None where there is none, or more than one."""
        mentions = 0
        found: list[ast.Call] = []
        for file in self.parsed(b"setup_default_session"):
            mentions += file.source.text.count("setup_default_session")
            for node in file.source.parents:
                if isinstance(node, ast.Call) and self.sources.library(file, node.func) == "boto3.setup_default_session":
                    if isinstance(file.source.parents[node], ast.Expr) and isinstance(node.func, ast.Attribute):
                        found.append(node)
        return found[0] if len(found) == mentions == 1 else None

    @cached_property
    def flask(self) -> tuple[File, ast.AST] | None:
        """Where Flask is imported, whose own start reads `.env` into the environment."""
        for file in self.parsed(b"flask"):
            for node in file.source.parents:
                top = node.names[0].name if isinstance(node, ast.Import) else node.module if isinstance(node, ast.ImportFrom) else None
                if top is not None and top.split(".")[0] == "flask":
                    return file, node
        return None

    @cached_property
    def endpoint(self) -> Problem | None:
        """Where a source names the variable of an endpoint, which need not be AWS's."""
        for file in self.related(b"AWS_ENDPOINT_URL"):
            for node in file.source.parents:
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("AWS_ENDPOINT_URL"):
                    return Problem(file, node, "an endpoint is set or read here, which may not belong to AWS")
        return None

    @cached_property
    def patched(self) -> Problem | None:
        """Where boto3 is named in a text, or an attribute of a library that reads settings is set: something else may take its place."""
        for path in self.sources.paths:
            if (
                not is_unrelated(path)
                and (file := self.sources.file(path)) is not None
                and (problem := self._sets_of_library(file)) is not None
            ):
                return problem
        for file in self.related(b"boto3"):
            for node in file.source.parents:
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and "boto3" in node.value.split("."):
                    up = file.source.parents[node]
                    logger = isinstance(up, ast.Call) and isinstance(up.func, ast.Attribute) and up.func.attr == "getLogger"
                    if not logger and not isinstance(up, ast.Expr):
                        return Problem(file, node, "boto3 is mentioned in a string and may be replaced")
        return None

    def _sets_of_library(self, file: File) -> Problem | None:
        for node in file.source.parents:
            target: ast.AST | None = None
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                target = node
            elif isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr"):
                target = node.args[0]
            elif isinstance(node, ast.Attribute) and node.attr in _REGISTERING:
                return Problem(file, node, f"`{node.attr}` changes what reading a file gives")
            name = self.sources.library(file, target) if isinstance(target, ast.Attribute | ast.Name) else None
            if name is not None and name.partition(".")[0] in _READING:
                return Problem(file, node, f"`{name}` is replaced, which may change what reading a file gives")
        return None

    @cached_property
    def other_signers(self) -> Problem | None:
        """Where something signs with the environment's keys that reads no profile."""
        from migrate.codemod.libraries import by_callee

        known = {callee.partition(".")[0] for callee, spec in by_callee().items() if spec.style is Style.REPORT} | _OWN_WAY
        known -= {"boto3", "botocore", "aiobotocore", "aioboto3", "*", "smtplib"}
        for file in self.parsed(b"import"):
            for node in file.source.parents:
                if isinstance(node, ast.Import):
                    roots = {a.name.split(".")[0] for a in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    roots = {(node.module or "").split(".")[0]}
                else:
                    continue
                its = roots & (known | _ON_S3 if b"s3:" in self.sources.data(file.path) else known)
                if its:
                    return Problem(file, node, f"{sorted(its)[0]} may read keys from the environment, but no profile")
        return None
