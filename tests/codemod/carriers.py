"""Programs whose key is in a settings file: rewritten with the file, or left with it."""

from typing import NamedTuple

BOTO = "boto3.client('s3', aws_access_key_id={id}, aws_secret_access_key={secret}).list_buckets()\n"
PAIR = "UPLOAD_KEY=<id>\nUPLOAD_SECRET=<secret>\n"
STANDARD = "AWS_ACCESS_KEY_ID=<id>\nAWS_SECRET_ACCESS_KEY=<secret>\n"
LOAD = "import os\nimport boto3\nfrom dotenv import load_dotenv\nload_dotenv()\n"
OUTSIDE = {"UPLOAD_KEY": "<outside>", "UPLOAD_SECRET": "x" * 40}
SERVER = {"AWS_ACCESS_KEY_ID": "<outside>", "AWS_SECRET_ACCESS_KEY": "x" * 40}
EMPTY = {"UPLOAD_KEY": "", "UPLOAD_SECRET": ""}
NOBODY = {"PROFILES": ""}


class Case(NamedTuple):
    """Files before; `envs` in which old and new program must do the same; `texts` that must stand in some file afterwards."""

    files: dict[str, str]
    envs: list[dict[str, str]] = [{}]  # noqa: RUF012
    texts: tuple[str, ...] = ()
    script: str = "main.py"


def dotenv(code: str, env: str = PAIR, *envs: dict[str, str], texts: tuple[str, ...] = (), **more: str) -> Case:
    files = {".env": env, "main.py": code, **{n.replace("__", "."): t for n, t in more.items()}}
    return Case(files, [{}, *envs], texts)


def call(id: str, secret: str) -> str:
    return BOTO.format(id=id, secret=secret)


OWN = call('os.environ["UPLOAD_KEY"]', 'os.environ["UPLOAD_SECRET"]')
GETENV = call('os.getenv("UPLOAD_KEY")', 'os.getenv("UPLOAD_SECRET")')
HANDED = call('os.environ["AWS_ACCESS_KEY_ID"]', 'os.environ["AWS_SECRET_ACCESS_KEY"]')
SETTINGS = (
    "import boto3\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n"
    "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env', extra='ignore')\n"
    "    upload_key: str\n    upload_secret: str\ns = Settings()\n"
)
INI = "[aws]\nkey = <id>\nsecret = <secret>\nbucket = b\n"
JSON = '{\n  "aws": {"key": "<id>", "secret": "<secret>"},\n  "n": [1, 2]\n}\n'
YAML = "aws:\n  access_key: <id>  # of ops\n  secret_key: '<secret>'\nn: 1\n"
TOML = 'title = "x"\n[aws]\nkey = "<id>"  # id\nsecret = "<secret>"\n'
READ_JSON = "import json\nimport boto3\nwith open('conf.json') as f:\n    c = json.load(f)\n"
FROM_C = call("c['aws']['key']", "c['aws']['secret']")

REWRITTEN = {
    "standard": dotenv(LOAD + HANDED, STANDARD, SERVER, {"FOO": ""}, texts=("AWS_PROFILE=dev",)),
    "standard, session": dotenv(
        LOAD + "s = boto3.Session(aws_access_key_id=os.getenv('AWS_ACCESS_KEY_ID'), aws_secret_access_key=os.getenv('AWS_SECRET_ACCESS_KEY'))\n"
        "s.client('sqs', region_name='eu-west-1').list_queues()\n", STANDARD, SERVER),
    "standard, names": dotenv(
        LOAD + "KEY = os.environ['AWS_ACCESS_KEY_ID']\nSECRET = os.environ['AWS_SECRET_ACCESS_KEY']\n" + call("KEY", "SECRET"), STANDARD, SERVER),
    "standard, chain only": dotenv(LOAD + "boto3.client('s3').list_buckets()\n", STANDARD, SERVER, texts=("AWS_PROFILE=dev",)),
    "standard, export and comments": dotenv(
        LOAD + HANDED, "# keys\nexport AWS_ACCESS_KEY_ID='<id>' # id\nBUCKET=x\nexport AWS_SECRET_ACCESS_KEY=\"<secret>\"\n",
        texts=("# keys\nexport AWS_PROFILE='dev' # id\nBUCKET=x\n",)),
    "standard, settings module": Case(
        {".env": STANDARD, "settings.py": "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nKEY = os.getenv('AWS_ACCESS_KEY_ID')\n"
         "SECRET = os.getenv('AWS_SECRET_ACCESS_KEY')\nBUCKET = 'b'\n",
         "main.py": "import boto3\nfrom settings import BUCKET, KEY, SECRET\n" + call("KEY", "SECRET") + "print(BUCKET)\n"}, [{}, SERVER]),
    "standard, module attribute": Case(
        {".env": STANDARD, "settings.py": "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nKEY = os.getenv('AWS_ACCESS_KEY_ID')\n"
         "SECRET = os.getenv('AWS_SECRET_ACCESS_KEY')\n", "main.py": "import boto3\nimport settings\n" + call("settings.KEY", "settings.SECRET")}, [{}, SERVER]),
    "standard, class": Case(
        {".env": STANDARD, "conf.py": "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nclass Config:\n    KEY = os.getenv('AWS_ACCESS_KEY_ID')\n"
         "    SECRET = os.getenv('AWS_SECRET_ACCESS_KEY')\n    B = 1\n", "main.py": "import boto3\nfrom conf import Config\n" + call("Config.KEY", "Config.SECRET")}, [{}, SERVER]),
    "standard, token": dotenv(
        LOAD
        + "boto3.client('s3', aws_access_key_id=os.getenv('AWS_ACCESS_KEY_ID'), aws_secret_access_key=os.getenv('AWS_SECRET_ACCESS_KEY'), "
        "aws_session_token=os.getenv('AWS_SESSION_TOKEN')).list_buckets()\n",
        STANDARD,
        SERVER,
    ),
    "standard, flask": dotenv(
        "import os\nimport boto3\nfrom flask import Flask\nfrom flask.cli import load_dotenv\nload_dotenv()\napp = Flask(__name__)\n" + HANDED, STANDARD, SERVER
    ),
    "own, brackets": dotenv(LOAD + OWN, PAIR, OUTSIDE, {**OUTSIDE, **NOBODY}, {"AWS_PROFILE": "prod"}, SERVER),
    "own, getenv": dotenv(LOAD + GETENV, PAIR, OUTSIDE, EMPTY, {**OUTSIDE, "PROFILES": "dev"}, SERVER),
    "own, beside the chain": dotenv(LOAD + GETENV + "boto3.client('sqs', region_name='eu-west-1').list_queues()\n", PAIR, OUTSIDE, {"AWS_PROFILE": "prod"}),
    "own, names in a module": Case(
        {".env": PAIR, "settings.py": "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nKEY = os.environ['UPLOAD_KEY']\nSECRET = os.environ['UPLOAD_SECRET']\n",
         "main.py": "import boto3\nfrom settings import (\n    KEY,\n    SECRET,\n)\n" + call("KEY", "SECRET")}, [{}, OUTSIDE]),
    "own, module attribute": Case(
        {".env": PAIR, "settings.py": "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nKEY = os.getenv('UPLOAD_KEY')\nSECRET = os.getenv('UPLOAD_SECRET')\n",
         "main.py": "import boto3\nimport settings\n" + call("settings.KEY", "settings.SECRET")}, [{}, OUTSIDE]),
    "own, session": dotenv(
        LOAD + "s = boto3.session.Session(\n    aws_access_key_id=os.getenv('UPLOAD_KEY'),\n    aws_secret_access_key=os.getenv('UPLOAD_SECRET'),\n    region_name='eu-west-1',\n)\n"
        "s.client('s3').list_buckets()\n", PAIR, OUTSIDE),
    "own, path of the module": Case(
        {"app/.env": PAIR, "app/main.py": "import os\nfrom pathlib import Path\nimport boto3\nfrom dotenv import load_dotenv\nBASE = Path(__file__).resolve().parent\n"
         "load_dotenv(BASE / '.env')\n" + OWN}, [{}, OUTSIDE], script="app/main.py"),
    "dotenv_values": dotenv(
        "import boto3\nfrom dotenv import dotenv_values\nc = dotenv_values('.env')\n" + call("c['UPLOAD_KEY']", "c['UPLOAD_SECRET']"), PAIR, OUTSIDE, {"AWS_PROFILE": "prod"}),
    "decouple": dotenv("import boto3\nfrom decouple import config\n" + call('config("UPLOAD_KEY")', 'config("UPLOAD_SECRET")'), PAIR, OUTSIDE),
    "environs": dotenv(
        "import boto3\nfrom environs import Env\nenv = Env()\nenv.read_env()\n" + call('env("UPLOAD_KEY")', 'env.str("UPLOAD_SECRET")'), PAIR, OUTSIDE),
    "pydantic": dotenv(SETTINGS + call("s.upload_key", "s.upload_secret"), PAIR, OUTSIDE, {**OUTSIDE, **NOBODY}),
    "ini": Case({"a.ini": INI, "main.py": "import configparser\nimport boto3\nc = configparser.ConfigParser()\nc.read('a.ini')\n"
                 + call("c['aws']['key']", "c['aws']['secret']") + "print(c['aws']['bucket'])\n"}, [{}, SERVER, {"AWS_PROFILE": "prod"}]),
    "ini, get": Case({"a.ini": INI, "main.py": "from configparser import ConfigParser\nimport boto3\nc = ConfigParser()\nc.read('a.ini')\n"
                      "KEY = c.get('aws', 'key')\nSECRET = c.get('aws', 'secret')\n" + call("KEY", "SECRET") + "print(c.get('aws', 'bucket'))\n"}),
    "json": Case({"conf.json": JSON, "main.py": READ_JSON + FROM_C + "print(c['n'])\n"}, texts=('{\n  "aws": {"profile": "dev"},\n  "n": [1, 2]\n}\n',)),
    "json, pair of names": Case({"conf.json": JSON, "main.py": READ_JSON + "KEY, SECRET = c['aws']['key'], c['aws']['secret']\n" + call("KEY", "SECRET")}),
    "json, default": Case({"conf.json": JSON, "main.py": "import json\nimport boto3\ndef load(path='conf.json'):\n    with open(path) as f:\n        return json.load(f)\nc = load()\n" + FROM_C}),
    "own, pair of names": dotenv(LOAD + "KEY, SECRET = os.getenv('UPLOAD_KEY'), os.getenv('UPLOAD_SECRET')\n" + call("KEY", "SECRET"), PAIR, OUTSIDE),
    "standard, pair of names": dotenv(LOAD + "KEY, SECRET, N = os.getenv('AWS_ACCESS_KEY_ID'), os.getenv('AWS_SECRET_ACCESS_KEY'), 1\n" + call("KEY", "SECRET") + "print(N)\n", STANDARD, SERVER),
    "standard, client of a session": dotenv(
        LOAD + "s = boto3.Session(region_name='eu-west-1')\n"
        "s.client('s3', aws_access_key_id=os.getenv('AWS_ACCESS_KEY_ID'), aws_secret_access_key=os.getenv('AWS_SECRET_ACCESS_KEY')).list_buckets()\n",
        STANDARD,
        SERVER,
    ),
    "pydantic, kept": dotenv(
        SETTINGS.replace("s = Settings()\n", "from functools import lru_cache\n@lru_cache\ndef get():\n    return Settings()\n")
        + call("get().upload_key", "get().upload_secret"),
        PAIR,
        OUTSIDE,
    ),
    "json, read_text": Case({"conf.json": JSON, "main.py": "import json\nfrom pathlib import Path\nimport boto3\n"
                             "c = json.loads((Path(__file__).parent / 'conf.json').read_text())\naws = c['aws']\n" + call("aws['key']", "aws['secret']")}),
    "json, function": Case({"conf.json": JSON, "main.py": "import json\nimport boto3\ndef load():\n    with open('conf.json') as f:\n        return json.load(f)\n"
                            "def make(c):\n    " + FROM_C + "make(load())\n"}),
    "json, module": Case({"conf.json": JSON, "conf.py": "import json\nwith open('conf.json') as f:\n    c = json.load(f)\n",
                          "main.py": "import boto3\nfrom conf import c\n" + FROM_C}),
    "yaml": Case({"c.yaml": YAML, "main.py": "import boto3\nimport yaml\nwith open('c.yaml') as f:\n    c = yaml.safe_load(f)\n"
                  + call("c['aws']['access_key']", "c['aws'].get('secret_key')")}, texts=("aws:\n  profile: dev  # of ops\nn: 1\n",)),
    "toml": Case({"c.toml": TOML, "main.py": "import tomllib\nimport boto3\nwith open('c.toml', 'rb') as f:\n    c = tomllib.load(f)\n" + FROM_C},
                 texts=('title = "x"\n[aws]\nprofile = "dev"  # id\n',)),
}  # fmt: skip

LEFT = {
    "compose": dotenv(LOAD + HANDED, STANDARD, compose__yml="services:\n  web:\n    env_file: .env\n"),
    "compose, variable": dotenv(LOAD + HANDED, STANDARD, compose__yml="services:\n  web:\n    environment:\n      - AWS_ACCESS_KEY_ID\n"),
    "script of the shell": dotenv(LOAD + HANDED, STANDARD, start__sh="set -a\n. ./.env\n"),
    "printed": dotenv(LOAD + "KEY = os.environ['UPLOAD_KEY']\nprint(KEY)\n" + call("KEY", "os.environ['UPLOAD_SECRET']")),
    "computed name": dotenv(LOAD + "P = 'UPLOAD'\n" + call("os.environ[P + '_KEY']", "os.environ['UPLOAD_SECRET']")),
    "child": dotenv("import subprocess\n" + LOAD + HANDED + "subprocess.run(['aws', 's3', 'ls'])\n", STANDARD),
    "two keys": dotenv(LOAD + OWN, PAIR + "OTHER_KEY=<id2>\nOTHER_SECRET=<secret2>\n"),
    "endpoint": dotenv(LOAD + "boto3.client('s3', endpoint_url='http://minio:9000', aws_access_key_id=os.environ['UPLOAD_KEY'], aws_secret_access_key=os.environ['UPLOAD_SECRET'])\n"),
    "default": dotenv(LOAD + call("os.getenv('UPLOAD_KEY', 'x')", "os.getenv('UPLOAD_SECRET')")),
    "half from elsewhere": dotenv(LOAD + call("os.getenv('UPLOAD_KEY')", "os.getenv('OTHER_SECRET')")),
    "global": dotenv(LOAD + "KEY = os.getenv('UPLOAD_KEY')\ndef f():\n    global KEY\n    KEY = None\n" + call("KEY", "os.getenv('UPLOAD_SECRET')")),
    "setting of django": Case({
        ".env": STANDARD,
        "settings.py": "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nDEFAULT = 'django'\nAWS_ACCESS_KEY_ID = os.environ['AWS_ACCESS_KEY_ID']\nAWS_SECRET_ACCESS_KEY = os.environ['AWS_SECRET_ACCESS_KEY']\n",
        "main.py": "import settings\n",
    }),
    "class for flask": Case({
        ".env": PAIR,
        "conf.py": "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nclass Config:\n    KEY = os.getenv('UPLOAD_KEY')\n    SECRET = os.getenv('UPLOAD_SECRET')\n",
        "main.py": "import boto3\nfrom conf import Config\n" + call("Config.KEY", "Config.SECRET") + "app.config.from_object('conf.Config')\n",
    }),
    "earlier call": dotenv("import os\nimport boto3\nfrom dotenv import load_dotenv\nboto3.client('sqs')\nload_dotenv()\n" + HANDED, STANDARD),
    "whole environment": dotenv(LOAD + OWN + "print(dict(os.environ))\n"),
    "nobody reads it": dotenv("import os\nimport boto3\n" + OWN),
    "patched": dotenv(LOAD + OWN, PAIR, test_main__py="from unittest import mock\ndef test():\n    with mock.patch('boto3.client'):\n        import main\n"),
    "own boto3": dotenv(LOAD + OWN, PAIR, boto3__py="def client(*a, **k): ...\n"),
    "other signer": dotenv("import duckdb\n" + LOAD + HANDED, STANDARD),
    "method": dotenv(SETTINGS.replace("s = ", "    def show(self):\n        return self.upload_key\ns = ") + call("s.upload_key", "s.upload_secret")),
    "model_dump": dotenv(SETTINGS + call("s.upload_key", "s.upload_secret") + "print(s.model_dump())\n"),
    "prefix": dotenv(SETTINGS.replace("extra='ignore'", "env_prefix='upload_'") + call("s.upload_key", "s.upload_secret")),
    "json, computed path": Case({"conf/dev.json": JSON, "main.py": "import json, os\nimport boto3\nc = json.load(open(f\"conf/{os.getenv('S', 'dev')}.json\"))\n" + FROM_C}),
    "json, listed": Case({"conf/dev.json": JSON, "main.py": "import json, glob\nimport boto3\nfor f in glob.glob('conf/*.json'):\n    c = json.load(open(f))\n    " + FROM_C}),
    "json, written back": Case({"conf.json": JSON, "main.py": READ_JSON + FROM_C + "json.dump(c, open('conf.json', 'w'))\n"}),
    "json, default given": Case({"conf.json": JSON, "main.py": "import json\nimport boto3\ndef load(path='conf.json'):\n    with open(path) as f:\n        return json.load(f)\nc = load('conf.json')\nd = load('other.json')\n" + FROM_C}),
    "endpoint in the environment": dotenv(LOAD + HANDED, STANDARD + "AWS_ENDPOINT_URL=http://localhost:4566\n"),
    "json, ignored at the call": Case({"conf.json": JSON, "main.py": READ_JSON + FROM_C.rstrip() + "  # aws-sso-migrate: ignore\n"}),
    "own, client of a session": dotenv(
        LOAD + "s = boto3.Session(profile_name='prod')\n"
        "s.client('s3', aws_access_key_id=os.getenv('UPLOAD_KEY'), aws_secret_access_key=os.getenv('UPLOAD_SECRET')).list_buckets()\n"
    ),
    "json, looped over": Case({"conf.json": JSON, "main.py": READ_JSON + FROM_C + "for k, v in c['aws'].items():\n    print(k)\n"}),
    "json, printed": Case({"conf.json": JSON, "main.py": READ_JSON + FROM_C + "print(c)\n"}),
    "json, other language": Case({"conf.json": JSON, "main.py": READ_JSON + FROM_C, "index.js": "const c = require('./conf.json')\n"}),
    "json, star": Case({"conf.json": JSON, "conf.py": READ_JSON, "main.py": "import boto3\nfrom conf import *\n" + FROM_C}),
    "json, set": Case({"conf.json": JSON, "main.py": READ_JSON + "c['aws']['key'] = 'x'\n" + FROM_C}),
    "json, named in a text": Case({"conf.json": JSON, "conf.py": READ_JSON + "KEY = c['aws']['key']\nSECRET = c['aws']['secret']\n",
                                   "main.py": "import boto3\nimport conf\ngetattr(conf, 'KEY')\n" + call("conf.KEY", "conf.SECRET")}),
    "yaml, anchors": Case({"c.yaml": "base: &b\n  access_key: <id>\n  secret_key: <secret>\naws: *b\n",
                           "main.py": "import boto3\nimport yaml\nc = yaml.safe_load(open('c.yaml'))\n" + call("c['aws']['access_key']", "c['aws']['secret_key']")}),
    "yaml, twice": Case({"c.yaml": YAML + "# old: <secret>\n", "main.py": "import boto3\nimport yaml\nc = yaml.safe_load(open('c.yaml'))\n"
                         + call("c['aws']['access_key']", "c['aws']['secret_key']")}),
    "ini, two files": Case({"a.ini": INI, "b.ini": "[aws]\nkey = x\n", "main.py": "import configparser\nimport boto3\nc = configparser.ConfigParser()\nc.read(['a.ini', 'b.ini'])\n"
                            + call("c['aws']['key']", "c['aws']['secret']")}),
    "ini, interpolated": Case({"a.ini": INI + "copy = %(key)s\n", "main.py": "import configparser\nimport boto3\nc = configparser.ConfigParser()\nc.read('a.ini')\n"
                               + call("c['aws']['key']", "c['aws']['secret']") + "print(c['aws']['copy'])\n"}),
    "ci": Case({".github/workflows/a.yml": "on: push\nenv:\n  AWS_ACCESS_KEY_ID: <id>\n  AWS_SECRET_ACCESS_KEY: <secret>\n", "main.py": "x = 1\n"}),
    "terraform": Case({"main.tf": 'provider "aws" {\n  access_key = "<id>"\n  secret_key = "<secret>"\n}\n', "main.py": "x = 1\n"}),
    "broken yaml": Case({"c.yaml": YAML + "\t- x: [", "main.py": "import boto3\nimport yaml\nc = yaml.safe_load(open('c.yaml'))\n"}),
    "no python": Case({"c.json": JSON}),
}  # fmt: skip
