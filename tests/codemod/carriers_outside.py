"""Programs that reach the variables by their beginning, as bytes or as a whole, or ask a session for more than to sign: left."""

from tests.codemod.carriers import GETENV, HANDED, LOAD, PAIR, SETTINGS, STANDARD, Case, call, dotenv

CLICK = "import click\n@click.command()\n@click.option('--key')\ndef cli(key):\n    print(key is None)\n"
ENVIRONS = "import boto3\nfrom environs import Env\nenv = Env()\nenv.read_env()\n" + call("env('UPLOAD_KEY')", "env('UPLOAD_SECRET')")
DECOUPLE = "import boto3\nfrom decouple import config\n" + call("config('UPLOAD_KEY')", "config('UPLOAD_SECRET')")
REWRITTEN = {
    "a class with a prefix": dotenv(
        SETTINGS.replace("extra='ignore'", "extra='ignore', env_prefix='UPLOAD_'").replace("upload_key: str", "key: str").replace("upload_secret: str", "secret: str")
        + call("s.key", "s.secret"), PAIR),
    "the region of a session": dotenv(LOAD + HANDED + "print(boto3.Session().region_name)\n", STANDARD),
}  # fmt: skip
LEFT = {
    "the token of a session": dotenv(LOAD + HANDED + "print(boto3.Session().get_credentials().token)\n", STANDARD),
    "posix.environ": dotenv("import posix\n" + LOAD + GETENV + "print(len(posix.environ))\n"),
    "bytes": dotenv(LOAD + GETENV + "print(os.getenvb(b'UPLOAD_KEY') is None)\n"),
    "environs, all of it": dotenv(ENVIRONS + "print(sorted(env.dump()))\n"),
    "environs, given on": dotenv(ENVIRONS + "def show(e):\n    print(e.dump())\nshow(env)\n"),
    "decouple, all of it": dotenv(DECOUPLE + "print(sorted(config.config.repository.data))\n"),
    "decouple, given on": dotenv(DECOUPLE + "def show(c):\n    print(c('UPLOAD_KEY'))\nshow(config)\n"),
    "click, a prefix": dotenv(LOAD + GETENV + CLICK + "cli(auto_envvar_prefix='UPLOAD', standalone_mode=False)\n"),
    "click, a prefix in a table": dotenv(LOAD + GETENV + CLICK.replace("command()", "command(context_settings={'auto_envvar_prefix': 'upload'})") + "cli([])\n"),
    "click, a prefix that is not known": dotenv(LOAD + GETENV + CLICK + "cli(auto_envvar_prefix=str(cli.name), standalone_mode=False)\n"),
    "click, a variable": dotenv(LOAD + GETENV + CLICK.replace("'--key'", "'--key', envvar='UPLOAD_KEY'") + "cli([])\n"),
    "where the keys come from": dotenv(LOAD + HANDED + "print(boto3.Session().get_credentials().method)\n", STANDARD),
    "halves without the token": dotenv(LOAD + HANDED + "k = boto3.Session().get_credentials()\nprint(len(k.access_key), len(k.secret_key))\n", STANDARD),
    "botocore's profile": dotenv("import botocore.session\n" + LOAD + HANDED + "print(botocore.session.get_session().profile)\n", STANDARD),
    "botocore's settings": dotenv("import botocore.session\n" + LOAD + HANDED + "print(botocore.session.get_session().get_config_variable('profile'))\n", STANDARD),
    "a library of its own way": dotenv("import icechunk\n" + LOAD + HANDED, STANDARD),
    "a library on S3": dotenv("import geopandas\n" + LOAD + HANDED + "geopandas.read_file('s3://b/x.gpkg')\n", STANDARD),
    "a connection of Streamlit's": Case({".streamlit/secrets.toml": '[connections.s3]\nkey = "<id>"\nsecret = "<secret>"\n',
                                         "main.py": "import boto3\nimport streamlit as st\nst.connection('s3')\n" + call("st.secrets['connections']['s3']['key']", "st.secrets['connections']['s3']['secret']")}),
}  # fmt: skip
