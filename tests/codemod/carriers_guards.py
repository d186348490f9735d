"""Programs that ask whether the key is there, overwrite the environment, have a default for a missing key, or set the default session."""

from tests.codemod.carriers import (
    EMPTY,
    FROM_C,
    HANDED,
    JSON,
    LOAD,
    NOBODY,
    OUTSIDE,
    OWN,
    PAIR,
    READ_JSON,
    SERVER,
    SETTINGS,
    STANDARD,
    Case,
    call,
    dotenv,
)

OTHER = {"AWS_PROFILE": "prod"}
NAMES = "KEY = os.getenv('AWS_ACCESS_KEY_ID')\nSECRET = os.getenv('AWS_SECRET_ACCESS_KEY')\n"
OWN_NAMES = NAMES.replace("AWS_ACCESS_KEY_ID", "UPLOAD_KEY").replace("AWS_SECRET_ACCESS_KEY", "UPLOAD_SECRET")
BY_NAMES = call("KEY", "SECRET")
RAISE = "    raise SystemExit('set the keys')\n"
OVER = LOAD.replace("load_dotenv()\n", "load_dotenv(override=True)\n")
DEFAULT = "boto3.setup_default_session(aws_access_key_id={}, aws_secret_access_key={}, region_name='eu-west-1')\nboto3.client('s3').list_buckets()\n"


def standard(code: str, **more: str) -> Case:
    return dotenv(LOAD + code, STANDARD, SERVER, **more)


def own(code: str, start: str = LOAD) -> Case:
    return dotenv(start + code, PAIR, OUTSIDE, EMPTY, {**OUTSIDE, **NOBODY}, OTHER, SERVER)


REWRITTEN = {
    "asked, reads": standard("if not os.getenv('AWS_ACCESS_KEY_ID') or not os.environ.get('AWS_SECRET_ACCESS_KEY'):\n" + RAISE + HANDED),
    "asked, names": standard(NAMES + "if not KEY or not SECRET:\n" + RAISE + BY_NAMES),
    "asked, brackets": standard("if not os.environ['AWS_ACCESS_KEY_ID']:\n" + RAISE + HANDED),
    "asked, is None": standard(NAMES + "if KEY is None or SECRET is None:\n" + RAISE + BY_NAMES),
    "asked, all": standard(NAMES + "if not all([KEY, SECRET]):\n" + RAISE + BY_NAMES),
    "asked, a pair of names": standard("KEY, SECRET = os.getenv('AWS_ACCESS_KEY_ID'), os.getenv('AWS_SECRET_ACCESS_KEY')\nif not KEY or not SECRET:\n" + RAISE + BY_NAMES),
    "asked, in the environment": standard(
        "if 'AWS_ACCESS_KEY_ID' not in os.environ or not 'AWS_SECRET_ACCESS_KEY' in os.environ:\n" + RAISE + HANDED + "print('HOME' in os.environ)\n"),
    "asked, asserted": standard(NAMES + "assert KEY and SECRET, 'set the keys'\n" + BY_NAMES),
    "asked, else the chain": standard(NAMES + "if KEY and SECRET:\n    " + BY_NAMES + "else:\n    boto3.client('sqs').list_queues()\n"),
    "asked, in a function": standard(
        "def main():\n    key = os.getenv('AWS_ACCESS_KEY_ID')\n    secret = os.getenv('AWS_SECRET_ACCESS_KEY')\n    if not (key and secret):\n"
        "        print('missing')\n        return\n    " + call("key", "secret") + "main()\n"),
    "asked, attributes": standard(
        "class Up:\n    def __init__(self):\n        self.key = os.getenv('AWS_ACCESS_KEY_ID')\n        self.secret = os.getenv('AWS_SECRET_ACCESS_KEY')\n"
        "        if not self.key or not self.secret:\n            raise ValueError('missing')\n        self.s3 = " + call("self.key", "self.secret") + "Up()\n"),
    "asked, another module": Case(
        {".env": STANDARD, "settings.py": "import os\nfrom dotenv import load_dotenv\nload_dotenv()\n" + NAMES,
         "main.py": "import boto3\nfrom settings import KEY, SECRET\nif bool(KEY) and SECRET is not None:\n    " + BY_NAMES}, [{}, SERVER]),
    "asked, own reads": own("if not os.getenv('UPLOAD_KEY') or not os.getenv('UPLOAD_SECRET'):\n" + RAISE + OWN),
    "asked, own names": own(OWN_NAMES + "if KEY is None or SECRET is None:\n" + RAISE + BY_NAMES),
    "asked, own names, else the chain": own(OWN_NAMES + "if KEY and SECRET:\n    " + BY_NAMES + "else:\n    boto3.client('sqs').list_queues()\n"),
    "asked, pydantic": own(
        "if not s.upload_key or not s.upload_secret:\n" + RAISE + call("s.upload_key", "s.upload_secret"),
        SETTINGS.replace("_key: str", "_key: str | None = None").replace("_secret: str", "_secret: str | None = None")),
    "asked, json": Case({"conf.json": JSON, "main.py": READ_JSON + "if not c['aws'].get('key') or not c['aws']['secret']:\n" + RAISE + FROM_C}),
    "asked, json, names": Case({"conf.json": JSON, "main.py": READ_JSON + "KEY = c['aws']['key']\nSECRET = c['aws']['secret']\n"
                                "if not all((KEY, SECRET)):\n" + RAISE + BY_NAMES}),
    "overwritten": dotenv(OVER + HANDED + "boto3.client('sqs').list_queues()\n", STANDARD, SERVER, OTHER, {**SERVER, **OTHER}, texts=('AWS_ACCESS_KEY_ID=""\n',)),
    "overwritten and asked": dotenv(OVER + NAMES + "if not KEY or SECRET is None:\n" + RAISE + BY_NAMES, STANDARD, SERVER, {**SERVER, **OTHER}),
    "empty by default, own": own("s = boto3.Session(aws_access_key_id=os.getenv('UPLOAD_KEY', ''), aws_secret_access_key=os.getenv('UPLOAD_SECRET', ''))\n"
                                 "s.client('s3').list_buckets()\n"),
    "empty by default, standard": standard(NAMES.replace("')", "', '')") + BY_NAMES),
    "empty by default, pydantic": own(call("s.upload_key", "s.upload_secret"), SETTINGS.replace(": str", ": str = ''")),
    "set and empty, session": own("boto3.Session(aws_access_key_id=os.getenv('UPLOAD_KEY'), aws_secret_access_key=os.getenv('UPLOAD_SECRET')).client('s3').list_buckets()\n"),
    "default session, json": Case({"conf.json": JSON, "main.py": READ_JSON + DEFAULT.format("c['aws']['key']", "c['aws']['secret']")}, [{}, SERVER, OTHER]),
    "default session, standard": standard(DEFAULT.format("os.environ['AWS_ACCESS_KEY_ID']", "os.environ['AWS_SECRET_ACCESS_KEY']")),
    "default session, own": own(DEFAULT.format("os.getenv('UPLOAD_KEY')", "os.getenv('UPLOAD_SECRET')")),
    "told of in messages": Case({"conf.json": JSON, "main.py": "import json, os\nimport boto3\nPATH = 'conf.json'\nif not os.path.exists(PATH):\n    raise FileNotFoundError(PATH)\n"
                                 "print('reads conf.json')\nwith open(PATH) as f:\n    c = json.load(f)\n" + FROM_C + "with open('/dev/null', 'w') as f:\n    f.write('x')\n"
                                 "for k, v in {'a': 1}.items():\n    print(k, v)\n"}),
}  # fmt: skip

LEFT = {
    "asked for its length": dotenv(LOAD + NAMES + "if len(KEY) != 20:\n" + RAISE + BY_NAMES, STANDARD),
    "asked, and given on": dotenv(LOAD + NAMES + "name = KEY or 'none'\nprint(name)\n" + BY_NAMES, STANDARD),
    "asked, a parameter": dotenv(
        LOAD + "def make(key, secret):\n    if not key:\n        raise ValueError\n    return boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret)\n"
        "make(os.getenv('AWS_ACCESS_KEY_ID'), os.getenv('AWS_SECRET_ACCESS_KEY')).list_buckets()\n", STANDARD),
    "asked in the environment, own names": dotenv(LOAD + "if 'UPLOAD_KEY' not in os.environ:\n" + RAISE + OWN),
    "asked in the environment by another program": dotenv(LOAD + HANDED, STANDARD, check__py="import os\nprint('AWS_ACCESS_KEY_ID' in os.environ)\n"),
    "overwritten, own names": dotenv(OVER + OWN),
    "overwritten on a condition": dotenv(LOAD + "if os.getenv('X'):\n    load_dotenv(override=True)\n" + HANDED, STANDARD),
    "overwritten by one of two": dotenv(LOAD + "load_dotenv(override=True)\n" + HANDED, STANDARD),
    "a default of its own": dotenv(LOAD + call("os.getenv('UPLOAD_KEY', 'none')", "os.getenv('UPLOAD_SECRET', '')")),
    "default session of another": Case({"conf.json": JSON, "main.py": READ_JSON + "boto3.setup_default_session(region_name='eu-west-1')\n" + FROM_C}),
    "two default sessions": Case({"conf.json": JSON, "main.py": READ_JSON + 2 * DEFAULT.format("c['aws']['key']", "c['aws']['secret']")}),
    "default session asked": Case({"conf.json": JSON, "main.py": READ_JSON + DEFAULT.format("c['aws']['key']", "c['aws']['secret']") + "print(boto3.DEFAULT_SESSION)\n"}),
}  # fmt: skip
