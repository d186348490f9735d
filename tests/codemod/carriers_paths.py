"""Programs that reach their settings file by a path of several parts, or read it in a function."""

from tests.codemod.carriers import FROM_C, HANDED, INI, JSON, OUTSIDE, OWN, PAIR, SERVER, STANDARD, TOML, Case, call, dotenv

OTHER = {"AWS_PROFILE": "prod"}
START = "import json\nimport os\nfrom pathlib import Path\nimport boto3\n"
BASE = "BASE = os.path.dirname(os.path.abspath(__file__))\n"
OPEN = "with open({}) as f:\n    c = json.load(f)\n"
LATE = "import os\nimport boto3\nfrom dotenv import load_dotenv\n"
MAIN = "if __name__ == '__main__':\n    main()\n"
MAKE = "def make():\n    return " + HANDED.replace(".list_buckets()", "")


def read(code: str, path: str = "conf.json", text: str = JSON, **more: str) -> Case:
    return Case({path: text, "main.py": code + FROM_C, **more}, [{}, SERVER, OTHER])


def loads(code: str, imports: str = "", path: str = "conf.toml", text: str = TOML) -> Case:
    return read(f"import boto3\n{imports}{code}", path, text)


PARSER = "import configparser\nimport boto3\nc = configparser.{}\nc.read('a.ini')\n"
STREAMLIT = {".streamlit/secrets.toml": '[aws]\nkey = "<id>"\nsecret = "<secret>"\n'}

FLASK = "import json\nimport boto3\nfrom flask import Flask, current_app\napp = Flask(__name__)\napp.config.from_file('conf.json', load=json.load)\n"
OF_FLASK = call("app.config['AWS_KEY']", "app.config.get('AWS_SECRET')")
REQUEST = (
    "@app.route('/')\ndef index():\n    " + call("current_app.config['AWS_KEY']", "current_app.config['AWS_SECRET']") + "    return 'x'\n"
)


def flask(code: str, text: str = '{"AWS_KEY": "<id>", "AWS_SECRET": "<secret>", "DEBUG": false}\n', **more: str) -> Case:
    return Case({"conf.json": text, "main.py": FLASK + code, **more}, [{}, SERVER, OTHER])


REWRITTEN = {
    "flask": flask(OF_FLASK + "print(app.config['DEBUG'])\n"),
    "flask, in a request": flask(REQUEST + "print(app.test_client().get('/').status)\n"),
    "flask, another name": flask("conf = app.config\n" + OF_FLASK.replace("app.config", "conf")),
    "path, an f-string of the folder": read(START + BASE + OPEN.format("f'{BASE}/conf.json'")),
    "path, an f-string of a constant": read(START + "D = 'conf'\n" + OPEN.format("f'{D}/a.json'"), "conf/a.json"),
    "path, an f-string of the name": read(START + "N = 'conf'\n" + OPEN.format("f'{N}.json'")),
    "path, put together": read(START + BASE + OPEN.format("BASE + '/conf' + '.json'")),
    "path, the folder above": Case(
        {"conf.json": JSON, "app/main.py": START + "c = json.loads((Path(__file__).resolve().parents[1] / 'conf.json').read_text())\n" + FROM_C}, script="app/main.py"
    ),
    "path, joined": read(START + "p = Path(__file__).parent.joinpath('conf', 'a.json')\nwith p.open() as f:\n    c = json.load(f)\n", "conf/a.json"),
    "path, given to a function": read(START + "def load(path):\n    with open(path) as f:\n        return json.load(f)\nc = load('conf.json')\n"),
    "path, given to a function by name": read(START + "P = 'conf.json'\ndef load(n, *, path):\n    return json.loads(Path(path).read_text())\nc = load(1, path=P)\n"),
    "path, given to a function of another module": read(
        "import boto3\nfrom load import load\nc = load('conf.json')\n", **{"load.py": "import json\ndef load(path):\n    with open(path) as f:\n        return json.load(f)\n"}
    ),
    "path, the same name elsewhere": read(START + OPEN.format("'conf.json'"), **{"sub/conf.toml": "a = 1\n"}),
    "toml, by its older form": loads("with open('conf.toml', 'rb') as f:\n    c = tomllib.load(f)\n", "try:\n    import tomllib\nexcept ModuleNotFoundError:\n    import tomli as tomllib\n"),
    "ini, without interpolation": read(PARSER.format("ConfigParser(interpolation=None)"), "a.ini", INI),
    "dotenv, found by itself": dotenv("import os\nimport boto3\nfrom dotenv import find_dotenv, load_dotenv\nload_dotenv(find_dotenv())\n" + OWN, PAIR, OUTSIDE),
    "dotenv, client by its name": dotenv("import os\nfrom boto3 import client\nfrom dotenv import load_dotenv\nload_dotenv()\n" + OWN.replace("boto3.client", "client"), PAIR, OUTSIDE),
    "dotenv, read in a function": dotenv(LATE + "def main():\n    load_dotenv()\n    " + OWN + MAIN, PAIR, OUTSIDE),
    "dotenv, standard, read in a function": dotenv(LATE + "def main():\n    load_dotenv()\n    " + HANDED + MAIN, STANDARD, SERVER),
    "dotenv, standard, called later": dotenv(LATE + MAKE + "def main():\n    load_dotenv()\n    make().list_buckets()\n" + MAIN, STANDARD, SERVER),
    "dotenv, standard, an object made later": dotenv(
        LATE + "class A:\n    def __init__(self):\n        self.c = boto3.client('s3')\ndef main():\n    load_dotenv()\n    A().c.list_buckets()\n" + MAIN, STANDARD, SERVER
    ),
}  # fmt: skip

LEFT = {
    "flask, printed": flask(OF_FLASK + "print(app.config)\n"),
    "flask, set": flask("app.config['AWS_KEY'] = 'x'\n" + OF_FLASK),
    "flask, other settings": flask("app.config.from_object('conf')\n" + OF_FLASK, **{"conf.py": "AWS_KEY = 'x'\n"}),
    "flask, the environment": flask("app.config.from_prefixed_env()\n" + OF_FLASK),
    "flask, an extension": flask("import flask_cors\n" + OF_FLASK),
    "flask, a template": flask(OF_FLASK, **{"templates/a.html": "{{ config.AWS_SECRET }}\n"}),
    "flask, a part of the settings": flask("print(app.config.get_namespace('AWS_'))\n" + OF_FLASK),
    "flask, its own secret": flask(call("app.config['KEY']", "app.config['SECRET_KEY']"), '{"KEY": "<id>", "SECRET_KEY": "<secret>"}\n'),
    "path, a folder of somebody else's": read(START + "D = '/etc/app'\n" + OPEN.format("f'{D}/conf.json'")),
    "path, joined to a folder of somebody else's": read(START + "D = Path('/etc/app')\n" + OPEN.format("D / 'conf.json'")),
    "path, another folder": read(START + BASE + OPEN.format("f'{BASE}/sub/conf.json'")),
    "path, an f-string of what is not known": read(START + "D = os.environ.get('D', '.')\n" + OPEN.format("f'{D}/conf.json'")),
    "path, a folder above the start": read(START + OPEN.format("f'../{Path.cwd().name}/conf.json'")),
    "path, given to a function twice": read(START + "def load(path):\n    with open(path) as f:\n        return json.load(f)\nc = load('conf.json')\nd = load('other.json')\n"),
    "path, given to a function that is handed on": read(START + "def load(path):\n    with open(path) as f:\n        return json.load(f)\nc = load('conf.json')\nprint(list(map(load, [])))\n"),
    "path, given to a method": read(START + "class L:\n    def load(self, path):\n        with open(path) as f:\n            return json.load(f)\nc = L().load('conf.json')\n"),
    "ini, interpolation": read(PARSER.format("ConfigParser(interpolation=configparser.ExtendedInterpolation())"), "a.ini", INI),
    "dotenv, read on a condition": dotenv(LATE + "def main():\n    if os.getenv('X'):\n        load_dotenv()\n    " + OWN + MAIN),
    "dotenv, found under another name": dotenv("import os\nimport boto3\nfrom dotenv import find_dotenv, load_dotenv\nload_dotenv(find_dotenv('.env.prod'))\n" + OWN),
    "dotenv, standard, called before": dotenv(LATE + MAKE + "def main():\n    make()\n    load_dotenv()\n    make().list_buckets()\n" + MAIN, STANDARD),
    "dotenv, standard, made by the module": dotenv(LATE + "c = boto3.client('sqs')\ndef main():\n    load_dotenv()\n    " + HANDED + MAIN, STANDARD),
    "dotenv, standard, called by a text": dotenv(
        LATE + MAKE + "globals()['ma' + 'ke']()\ndef main():\n    load_dotenv()\n    make().list_buckets()\n" + MAIN, STANDARD),
    "dotenv, standard, a property": dotenv(
        LATE + "class A:\n    @property\n    def c(self):\n        return boto3.client('s3')\nA().c\ndef main():\n    load_dotenv()\n    A().c.list_buckets()\n" + MAIN, STANDARD),
    "streamlit, handed on": Case({**STREAMLIT, "main.py": "import boto3\nimport streamlit as st\nprint(st.secrets.aws)\n" + call("st.secrets.aws.key", "st.secrets.aws.secret")}),
}  # fmt: skip
