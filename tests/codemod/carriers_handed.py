"""Programs that hand what they read on: through objects, classes, functions and their arguments."""

from tests.codemod.carriers import JSON, LOAD, OUTSIDE, PAIR, SERVER, STANDARD, Case, call, dotenv

START = "import json\nimport boto3\n"
READ = "with open('conf.json') as f:\n    c = json.load(f)\n"
KEY, SECRET = "c['aws']['key']", "c['aws']['secret']"
OBJECT = (
    "class A:\n    def __init__(self):\n        with open('conf.json') as f:\n            c = json.load(f)\n"
    f"        self.key = {KEY}\n        self.secret = {SECRET}\n"
)
MADE, USE = "a = A()\n", call("a.key", "a.secret")
SELF = "        " + call("self.key", "self.secret")
CLIENT = "boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret)\n"
MAKE = f"def make(key, secret):\n    return {CLIENT}"
STORE = f"class Store:\n    def __init__(self, key, secret):\n        self.c = {CLIENT}"
GIVEN = f"make({KEY}, {SECRET}).list_buckets()\n"
OWN, OWN_SECRET = "os.environ['UPLOAD_KEY']", "os.environ['UPLOAD_SECRET']"
ENV, ENV_SECRET = "os.environ['AWS_ACCESS_KEY_ID']", "os.environ['AWS_SECRET_ACCESS_KEY']"
FIELDS = "class A:\n    def __init__(self):\n        self.key = {}\n        self.secret = {}\n    def go(self):\n" + SELF + "A().go()\n"
SETTINGS = f"class Settings:\n    key = {KEY}\n    secret = {SECRET}\n    bucket = 'b'\nsettings = Settings()\n"
OF_SETTINGS = call("settings.key", "settings.secret")


def read(code: str, **more: str) -> Case:
    return Case({"conf.json": JSON, "main.py": START + code, **more}, [{}, SERVER, {"AWS_PROFILE": "prod"}])


def own(code: str) -> Case:
    return dotenv(LOAD + code, PAIR, OUTSIDE, SERVER, {"AWS_PROFILE": "prod"})


TABLE = '{"aws": {"aws_access_key_id": "<id>", "aws_secret_access_key": "<secret>", "region_name": "eu-west-1"}, "n": 1}\n'
FLAT = '{"aws_access_key_id": "<id>", "aws_secret_access_key": "<secret>"}\n'


def table(code: str, text: str = TABLE) -> Case:
    return Case({"conf.json": text, "main.py": START + READ + code}, [{}, SERVER, {"AWS_PROFILE": "prod"}])


REWRITTEN = {
    "handed, a dataclass": read(READ + f"from dataclasses import dataclass\n@dataclass\nclass A:\n    key: str = {KEY}\n    secret: str = {SECRET}\na = A()\n" + USE),
    "handed, tested": read(OBJECT + "    def go(self):\n        if not self.key:\n            raise SystemExit(1)\n" + SELF + "A().go()\n"),
    "whole, a client": table("boto3.client('s3', **c['aws']).list_buckets()\n"),
    "whole, a resource": table("boto3.resource(service_name='s3', **c['aws']).meta.client.list_buckets()\n"),
    "whole, a session": table("boto3.Session(**c['aws']).client('s3').list_buckets()\n"),
    "whole, the file": table("boto3.client('s3', **c).list_buckets()\n", FLAT),
    "whole, and its halves": table("boto3.client('s3', **c['aws']).list_buckets()\n" + call("c['aws']['aws_access_key_id']", "c['aws']['aws_secret_access_key']")),
    "whole, to a function": table("def make(conf):\n    return boto3.client('s3', **conf)\nmake(c['aws']).list_buckets()\n"),
    "whole, in a name": table("aws = c['aws']\ns = boto3.Session(**aws)\ns.client('sqs').list_queues()\nprint(c['n'])\n"),
    "handed, an object's attributes": read(OBJECT + MADE + USE),
    "handed, attributes in a method": read(OBJECT + "    def go(self):\n" + SELF + "A().go()\n"),
    "handed, an object in a list": read(OBJECT + "for a in [A()]:\n    " + USE),
    "handed, an object to a function": read(OBJECT + "def f(a):\n    " + USE + "f(A())\n"),
    "handed, attributes with types": read(OBJECT.replace("class A:\n", "class A:\n    key: str\n    secret: str\n") + MADE + USE),
    "handed, the whole in an attribute": read(
        "class A:\n    def __init__(self):\n        with open('conf.json') as f:\n            self.data = json.load(f)\na = A()\n"
        + call("a.data['aws']['key']", "a.data['aws']['secret']")),
    "handed, a class and its object": Case({"conf.json": JSON, "conf.py": "import json\n" + READ + SETTINGS, "main.py": "import boto3\nfrom conf import settings\n" + OF_SETTINGS}, [{}, SERVER]),
    "handed, arguments": read(READ + MAKE + GIVEN),
    "handed, arguments with defaults": read(READ + MAKE.replace("secret)", "secret=None)", 1) + GIVEN),
    "handed, arguments by name": read(READ + MAKE.replace("(key", "(*, key", 1) + f"make(secret={SECRET}, key={KEY}).list_buckets()\n"),
    "handed, arguments among others": read(
        READ + "def make(name, key, secret, region=None):\n    return boto3.client(name, region, aws_access_key_id=key, aws_secret_access_key=secret)\n"
        f"make('s3', {KEY}, {SECRET}, 'eu-west-1').list_buckets()\n"),
    "handed, arguments over two functions": read(READ + "def a(key, secret):\n    return make(key, secret)\n" + MAKE + f"a({KEY}, {SECRET}).list_buckets()\n"),
    "handed, arguments of an object": read(READ + STORE + f"Store({KEY}, {SECRET}).c.list_buckets()\n"),
    "handed, arguments to attributes": read(
        READ + "class A:\n    def __init__(self, key, secret):\n        self.key = key\n        self.secret = secret\n    def go(self):\n" + SELF + f"A({KEY}, {SECRET}).go()\n"),
    "handed, arguments to another module": Case(
        {"conf.json": JSON, "store.py": "import boto3\n" + STORE, "main.py": START + "from store import Store\n" + READ + f"Store({KEY}, {SECRET}).c.list_buckets()\n"}, [{}, SERVER]),
    "handed, own variables in attributes": own(FIELDS.format(OWN, OWN_SECRET)),
    "handed, own variables to a function": own(MAKE + f"make({OWN}, {OWN_SECRET}).list_buckets()\n"),
    "handed, own variables by name": own(MAKE.replace("secret)", "secret=None)", 1).replace("(key,", "(key=None,", 1) + f"make(key={OWN}, secret={OWN_SECRET}).list_buckets()\n"),
    "handed, own variables to an object": own(STORE + f"Store({OWN}, {OWN_SECRET}).c.list_buckets()\n"),
    "handed, own variables of a class": own(f"class C:\n    K = {OWN}\n    S = {OWN_SECRET}\nc = C()\n" + call("c.K", "C.S")),
    "handed, own variables in brackets": own(MAKE + f"make(\n    ({OWN}),  # id\n    ({OWN_SECRET}),\n).list_buckets()\n"),
    "handed, standard variables in attributes": dotenv(LOAD + FIELDS.format(ENV, ENV_SECRET), STANDARD, SERVER),
    "handed, standard variables to a function": dotenv(LOAD + MAKE + f"make({ENV}, {ENV_SECRET}).list_buckets()\n", STANDARD, SERVER),
}  # fmt: skip

LEFT = {
    "whole, with an endpoint": table("boto3.client('s3', **c['aws']).list_buckets()\n", TABLE.replace('"region_name": "eu-west-1"', '"endpoint_url": "http://x"')),
    "whole, with what a session does not take": table("boto3.client('s3', **c['aws']).list_buckets()\n", TABLE.replace('"region_name"', '"use_ssl": true, "region_name"')),
    "whole, beside a region": table("boto3.client('sqs', region_name='us-west-2', **c).list_queues()\n", FLAT),
    "whole, to another library": table("import s3fs\ns3fs.S3FileSystem(**c['aws'])\n"),
    "whole, to any function": table("def f(**kw):\n    return boto3.client('s3', **kw)\nf(**c['aws']).list_buckets()\n"),
    "whole, under other names": table("boto3.client('s3', **c['aws'])\n", TABLE.replace("aws_access_key_id", "key")),
    "whole, copied": table("boto3.client('s3', **{**c['aws'], 'region_name': 'us-west-2'})\n"),
    "handed, set on a condition": read(OBJECT.replace("        self.key", "        if c['n']:\n            self.key") + MADE + USE),
    "handed, set by a method": read(OBJECT.replace("def __init__", "def load") + MADE + "a.load()\n" + USE),
    "handed, set again": read(OBJECT + MADE + "a.key = 'x'\n" + USE),
    "handed, set again in another module": read(OBJECT + MADE + USE, **{"other.py": "import main\nmain.a.key = 'x'\n"}),
    "handed, the same name in another class": read(OBJECT + "class B:\n    def __init__(self):\n        self.key = 'z'\nprint(B().key)\n" + MADE + USE),
    "handed, the same name of something else": read(OBJECT + "import types\nprint(types.SimpleNamespace(key=1).key)\n" + MADE + USE),
    "handed, a subclass": read(OBJECT + "class B(A):\n    key = 'x'\na = B()\n" + USE),
    "handed, a class of a library": read(OBJECT.replace("class A:", "import threading\nclass A(threading.Thread):") + MADE + USE),
    "handed, getattr": read(OBJECT + MADE + "print(getattr(a, 'key'))\n" + USE),
    "handed, all attributes": read(OBJECT + MADE + "print(a.__dict__)\n" + USE),
    "handed, a format": read(OBJECT + MADE + "print('{0.key}'.format(a))\n" + USE),
    "handed, a text of itself": read(OBJECT + "    def __repr__(self):\n        return f'{self.key}'\n" + MADE + USE),
    "handed, a default of the class": read(OBJECT.replace("class A:\n", "class A:\n    key = None\n") + MADE + USE),
    "handed, the secret signs something else": read(OBJECT + "    def sign(self):\n        return self.secret.encode()\n" + MADE + USE),
    "handed, slots": read(OBJECT.replace("class A:\n", "class A:\n    __slots__ = ('key', 'secret')\n") + MADE + USE),
    "handed, a template": read("from jinja2 import Template\n" + OBJECT + MADE + USE),
    "handed, of any object": read("class A:\n    @staticmethod\n    def f(o):\n        with open('conf.json') as f:\n            o.key = json.load(f)['aws']['key']\nclass O: ...\na = O()\nA.f(a)\n" + USE),
    "handed, a class as a whole": Case({"conf.json": JSON, "conf.py": "import json\n" + READ + SETTINGS, "main.py": "import boto3\nfrom conf import Settings, settings\nprint(Settings)\n" + OF_SETTINGS}),
    "handed, called without": read(READ + "def make(key=None, secret=None):\n    return " + CLIENT + GIVEN + "make().list_buckets()\n"),
    "handed, called with others": read(READ + MAKE + GIVEN + "make('a', 'b').list_buckets()\n"),
    "handed, called the wrong way round": read(READ + MAKE + f"make({SECRET}, {KEY}).list_buckets()\n"),
    "handed, printed in the function": read(READ + MAKE.replace("    return", "    print(key)\n    return") + GIVEN),
    "handed, called with a list": read(READ + MAKE + GIVEN + "make(*['a', 'b'])\n"),
    "handed, the function handed on": read(READ + MAKE + GIVEN + "x = [make]\n"),
    "handed, two objects": read(READ + STORE + f"Store({KEY}, {SECRET}).c.list_buckets()\nStore('x', 'y').c.list_buckets()\n"),
    "handed, an object of a subclass": read(READ + STORE + f"class B(Store):\n    pass\nStore({KEY}, {SECRET}).c.list_buckets()\n"),
    "handed, half from elsewhere": read(READ + MAKE + f"make({KEY}, 'x').list_buckets()\n"),
}  # fmt: skip
