"""What is known of whole packages, a line each, by the name that programs import."""

from enum import Enum
from functools import cache


class Trait(Enum):
    """What a package does that decides whether keys may go."""

    SDK = "its sessions and clients are boto3's or botocore's own, or made of them"
    READS_PROFILE = "its calls may make a session read its profile"
    READS_NO_KEYS = "it signs by botocore, which reads AWS_PROFILE too, or it does not sign at all"
    FLASK = "may be given a Flask application: it reads settings with a prefix of its own, and none of AWS"
    STARTS_PROGRAMS = "starts programs, which inherit the environment"
    STANDS_IN = "imitates AWS, so keys beside it sign nothing"
    PLAIN_MANAGERS = "its context managers are known, see `standard.MANAGERS`"

    __hash__ = object.__hash__


_ = Trait
PACKAGES: dict[str, tuple[Trait, ...]] = {
    # AWS
    "aioboto3": (_.SDK, _.READS_PROFILE, _.READS_NO_KEYS, _.PLAIN_MANAGERS),
    "aiobotocore": (_.SDK, _.READS_PROFILE, _.READS_NO_KEYS),
    "awswrangler": (_.READS_PROFILE, _.READS_NO_KEYS),
    "boto3": (_.SDK, _.READS_PROFILE, _.READS_NO_KEYS, _.PLAIN_MANAGERS),
    "botocore": (_.SDK, _.READS_PROFILE, _.READS_NO_KEYS, _.PLAIN_MANAGERS),
    "cloudpathlib": (_.READS_PROFILE,),
    "dask": (_.READS_PROFILE,),
    "duckdb": (_.READS_PROFILE, _.READS_NO_KEYS),
    "dvc": (_.READS_PROFILE,),
    "fsspec": (_.SDK, _.READS_PROFILE, _.READS_NO_KEYS),
    "localstack": (_.STANDS_IN,),
    "localstack_client": (_.STANDS_IN,),
    "mlflow": (_.READS_PROFILE,),
    "moto": (_.READS_PROFILE, _.READS_NO_KEYS, _.STANDS_IN),
    "mypy_boto3": (_.READS_NO_KEYS,),
    "mypy_boto3_s3": (_.READS_NO_KEYS,),
    "pandas": (_.READS_PROFILE, _.READS_NO_KEYS),
    "placebo": (_.STANDS_IN,),
    "polars": (_.READS_PROFILE,),
    "pyarrow": (_.READS_PROFILE,),
    "pyathena": (_.READS_PROFILE, _.READS_NO_KEYS),
    "pynamodb": (_.READS_PROFILE, _.READS_NO_KEYS),
    "pytest_localstack": (_.STANDS_IN,),
    "rasterio": (_.READS_PROFILE,),
    "responses": (_.STANDS_IN,),
    "s3fs": (_.SDK, _.READS_PROFILE, _.READS_NO_KEYS),
    "s3transfer": (_.READS_PROFILE, _.READS_NO_KEYS),
    "sagemaker": (_.READS_PROFILE, _.READS_NO_KEYS),
    "smart_open": (_.READS_PROFILE, _.READS_NO_KEYS),
    "storages": (_.READS_PROFILE,),
    "types_boto3": (_.READS_NO_KEYS,),
    "vcr": (_.STANDS_IN,),
    "xarray": (_.READS_PROFILE,),
    "zarr": (_.READS_PROFILE,),
    # Flask and what goes with it
    "flask": (_.READS_NO_KEYS, _.FLASK),
    "flask_bcrypt": (_.FLASK,),
    "flask_bootstrap": (_.FLASK,),
    "flask_cors": (_.FLASK,),
    "flask_jwt_extended": (_.FLASK,),
    "flask_limiter": (_.FLASK,),
    "flask_login": (_.FLASK,),
    "flask_mail": (_.FLASK,),
    "flask_marshmallow": (_.FLASK,),
    "flask_migrate": (_.FLASK,),
    "flask_moment": (_.FLASK,),
    "flask_restful": (_.FLASK,),
    "flask_socketio": (_.FLASK,),
    "flask_sqlalchemy": (_.FLASK,),
    "flask_talisman": (_.FLASK,),
    "flask_wtf": (_.FLASK,),
    "werkzeug": (_.READS_NO_KEYS, _.FLASK),
    # What starts programs
    "docker": (_.STARTS_PROGRAMS,),
    "fabric": (_.STARTS_PROGRAMS,),
    "invoke": (_.STARTS_PROGRAMS,),
    "paramiko": (_.STARTS_PROGRAMS,),
    "pexpect": (_.STARTS_PROGRAMS,),
    "plumbum": (_.STARTS_PROGRAMS,),
    "sh": (_.STARTS_PROGRAMS,),
    "subprocess": (_.STARTS_PROGRAMS,),
    # What does not sign
    **dict.fromkeys(("PIL", "attr", "attrs", "bs4", "click", "colorama", "dateutil", "django", "fastapi", "gunicorn", "jinja2", "lxml", "matplotlib",
                     "numpy", "psycopg2", "pydantic", "pytest", "pytz", "redis", "rich", "scipy", "simplejson", "six", "sklearn", "sqlalchemy",
                     "starlette", "tabulate", "tqdm", "typer", "urllib3", "uvicorn", "yaml"), (_.READS_NO_KEYS,)),
    "aiohttp": (_.PLAIN_MANAGERS,),
    "httpx": (_.READS_NO_KEYS, _.PLAIN_MANAGERS),
    "requests": (_.READS_NO_KEYS, _.PLAIN_MANAGERS),
    **dict.fromkeys(("asyncio", "concurrent", "contextlib", "gzip", "io", "multiprocessing", "tempfile", "threading"), (_.PLAIN_MANAGERS,)),
}  # fmt: skip


@cache
def having(trait: Trait) -> frozenset[str]:
    """Return the packages that have a trait."""
    return frozenset(name for name, traits in PACKAGES.items() if trait in traits)


READING_NO_PROFILE = frozenset({"Session", "get_session", "setup_default_session", "Config", "AioConfig", "TransferConfig", "DataFrame", "Series",
                                "AioSession", "to_datetime", "Timestamp", "set_option", "Key", "Attr"})  # fmt: skip
"""Calls of what reads a profile, by their last names, that read none yet: a session does so when it makes its first client."""
SENDING = (
    "json.", "pickle.", "yaml.", "toml.", "tomli_w.", "tomlkit.", "marshal.", "shelve.", "csv.", "requests.", "httpx.", "aiohttp.", "urllib.request.",
    "urllib3.", "http.client", "socket.", "logging.", "configparser.", "configobj.", "redis.", "pathlib.", "dotenv.", "ruamel.", "orjson.", "open().",
    "sys.stdout.",
)  # fmt: skip
"""How the names begin of what prints, writes or sends what it is given."""
STARTING = (
    "subprocess.", "os.system", "os.putenv", "os.popen", "os.exec", "os.spawn", "os.posix_spawn", "asyncio.create_subprocess", "pexpect", "fabric",
    "paramiko", "invoke.", "sh.", "plumbum", "docker.", "ray.init",
)  # fmt: skip
"""How the names begin of what starts a program, or hands variables on to one."""
