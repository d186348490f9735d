"""Programs that make an object of their settings: a dataclass or a model of pydantic's that gets a table whole."""

from tests.codemod.carriers import SERVER, Case, call

OTHER = {"AWS_PROFILE": "prod"}
FLAT = '{"key": "<id>", "secret": "<secret>", "bucket": "b"}\n'
START = "import json\nimport boto3\nfrom dataclasses import dataclass, asdict\n"
CLASS = "@dataclass\nclass Config:\n    key: str\n    secret: str\n    bucket: str\n"
MADE = "with open('conf.json') as f:\n    c = Config(**json.load(f))\n"
USE = call("c.key", "c.secret") + "print(c.bucket)\n"
MODEL = CLASS.replace("@dataclass\nclass Config:", "from pydantic import BaseModel\nclass Config(BaseModel):")


def made(code: str, cls: str = CLASS, text: str = FLAT, **more: str) -> Case:
    return Case(
        {"conf.json": text, "main.py": START + cls + code, **{n.replace("__", "."): t for n, t in more.items()}}, [{}, SERVER, OTHER]
    )


METHOD = "    def client(self):\n        return boto3.client('s3', aws_access_key_id=self.key, aws_secret_access_key=self.secret)\n"
REWRITTEN = {
    "object, dataclass": made(MADE + USE),
    "object, frozen": made(MADE + USE, CLASS.replace("@dataclass", "@dataclass(frozen=True)")),
    "object, model": made(MADE + USE, MODEL),
    "object, a table of the file": made(MADE.replace("json.load(f)", "json.load(f)['aws']") + USE, text='{"n": 1, "aws": ' + FLAT.strip() + "}\n"),
    "object, model, settings": made(MADE + USE, MODEL + "    model_config = {'frozen': True}\n"),
    "object, a method": made(MADE + "c.client().list_buckets()\n", CLASS + METHOD),
    "object, asked": made(MADE + USE, CLASS + "    def __post_init__(self):\n        if not self.key or not self.secret:\n            raise ValueError('missing')\n"),
    "object, a property of another field": made(MADE + USE + "print(c.url)\n", CLASS + "    @property\n    def url(self):\n        return 's3://' + self.bucket\n"),
    "object, from a function": made("def load() -> Config:\n    with open('conf.json') as f:\n        d = json.load(f)\n    return Config(**d)\nc = load()\n" + USE),
    "object, of another module": Case(
        {"conf.json": FLAT, "conf.py": START + CLASS, "main.py": "import json\nimport boto3\nfrom conf import Config\n" + MADE + USE}, [{}, SERVER]),
}  # fmt: skip
LEFT = {
    "object, printed": made(MADE + USE + "print(c)\n"),
    "object, as a dict": made(MADE + USE + "print(len(asdict(c)))\n"),
    "object, its dict": made(MADE + USE + "print(len(c.__dict__))\n"),
    "object, made twice": made(MADE + USE + "d = Config('a', 'b', 'c')\nprint(d.key)\n"),
    "object, a subclass": made(MADE + USE + "class More(Config): ...\n"),
    "object, a field that is shown": made(MADE + USE, CLASS + "    def __post_init__(self):\n        print(self.key)\n"),
    "object, a method that gives it": made(MADE + call("c.id()", "c.secret"), CLASS + "    def id(self):\n        return self.key\n"),
    "object, given on": made(MADE + USE, CLASS + "    def __post_init__(self):\n        print(self)\n"),
    "object, a validator": made(MADE + USE, MODEL.replace("BaseModel\n", "BaseModel, field_validator\n", 1) + "    @field_validator('key')\n    @classmethod\n    def check(cls, v):\n        return v.strip()\n"),
    "object, an alias": made(MADE + USE.replace("c.key", "c.id"), MODEL.replace("BaseModel\n", "BaseModel, Field\n", 1).replace("    key: str", "    id: str = Field(alias='key')")),
    "object, a type of its own": made(MADE + USE, MODEL.replace("BaseModel\n", "BaseModel, constr\n", 1).replace("key: str", "key: constr(min_length=16)")),
    "object, names of its own": made(MADE + USE, MODEL + "    model_config = {'alias_generator': str.lower}\n"),
    "object, compared": made(MADE + USE + "print(c == None)\n"),
    "object, more arguments": made(MADE.replace("**json", "region='x', **json") + USE, CLASS + "    region: str = ''\n"),
}  # fmt: skip
