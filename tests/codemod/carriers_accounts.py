"""Programs whose file has several accounts, of which code takes one by a loop, an index or a name; and what would take halves of two."""

from tests.codemod.carriers import OUTSIDE, SERVER, Case, call

OTHER = {"AWS_PROFILE": "prod"}
LIST = '{"accounts": [\n  {"name": "a", "key": "<id>", "secret": "<secret>"},\n  {"name": "b", "key": "<id2>", "secret": "<secret2>"}\n]}\n'
TABLE = '{"a": {"key": "<id>", "secret": "<secret>"}, "b": {"key": "<id2>", "secret": "<secret2>"}}\n'
READ = "import json\nimport os\nimport boto3\nwith open('conf.json') as f:\n    c = json.load(f)\n"
EACH = "for a in c['accounts']:\n    "
ACC = call("a['key']", "a['secret']")
INI = "[a]\nkey = <id>\nsecret = <secret>\n[b]\nkey = <id2>\nsecret = <secret2>\n"
PARSE = "import configparser\nimport boto3\nc = configparser.ConfigParser()\nc.read('a.ini')\n"
YAML = "accounts:\n  - key: <id>  # of ops\n    secret: <secret>\n    name: a\n  - key: <id2>\n    secret: '<secret2>'\n    name: b\n"
STAGES = "a:\n  aws:\n    key: <id>\n    secret: <secret>\nb:\n  aws:\n    key: <id2>\n    secret: <secret2>\n"
LOAD_YAML = "import os\nimport boto3\nimport yaml\nwith open('c.yaml') as f:\n    c = yaml.safe_load(f)\n"
TOML = 'title = "x"\n[[accounts]]\nname = "a"\nkey = "<id>"\nsecret = "<secret>"\n\n[[accounts]]\nname = "b"\nkey = "<id2>"\nsecret = "<secret2>"\n'


def listed(code: str, text: str = LIST) -> Case:
    return Case({"conf.json": text, "main.py": READ + code}, [{}, SERVER, OTHER])


def table(code: str, text: str = TABLE) -> Case:
    return Case({"conf.json": text, "main.py": READ + code}, [{}, {"STAGE": "b"}, OUTSIDE])


REWRITTEN = {
    "accounts, a loop": listed(EACH + ACC + "    print(a['name'])\n"),
    "accounts, names in a loop": listed("accounts = c['accounts']\nfor a in accounts:\n    key = a['key']\n    secret = a['secret']\n    " + call("key", "secret")),
    "accounts, counted": listed("for n, a in enumerate(c['accounts']):\n    print(n, len(c['accounts']))\n    " + ACC),
    "accounts, if any": listed("if not c['accounts']:\n    raise SystemExit('none')\n" + EACH + ACC),
    "accounts, none by default": listed("accounts = c.get('accounts', [])\nfor n in range(len(accounts)):\n    a = accounts[n]\n    " + ACC),
    "accounts, a comprehension": listed("s = [boto3.client('s3', aws_access_key_id=a['key'], aws_secret_access_key=a['secret']) for a in c['accounts']]\nfor x in s:\n    x.list_buckets()\n"),
    "accounts, a function": listed("def go(a):\n    " + ACC + EACH + "go(a)\n"),
    "accounts, arguments of a function": listed("def go(key, secret):\n    " + call("key", "secret") + EACH + "go(a['key'], a['secret'])\n"),
    "accounts, an index": listed("for n in range(2):\n    " + call("c['accounts'][n]['key']", "c['accounts'][n]['secret']")),
    "accounts, the first": listed(call("c['accounts'][0]['key']", "c['accounts'][0]['secret']") + call("c['accounts'][1]['key']", "c['accounts'][1]['secret']")),
    "accounts, the file is the list": listed("for a in c:\n    " + ACC, LIST[len('{"accounts": ') : -2] + "\n"),
    "accounts, one without a key": listed(EACH + "if a.get('key'):\n        " + ACC + "    else:\n        boto3.client('sqs').list_queues()\n",
                                          LIST.replace('"key": "<id2>", "secret": "<secret2>"', '"role": "r"')),
    "accounts, by name": table("a = c[os.getenv('STAGE', 'a')]\n" + ACC),
    "accounts, by a name that is kept": table("STAGE = os.getenv('STAGE', 'a')\n" + call("c[STAGE]['key']", "c[STAGE]['secret']")),
    "accounts, by get": table("def make(stage):\n    a = c.get(stage, {})\n    " + call("a.get('key')", "a.get('secret')") + "make('b')\nmake('x')\n"),
    "accounts, a function that gives one": table("def of(name):\n    return c[name]\na = of('a')\nb = of('b')\n" + ACC + call("b['key']", "b['secret']")),
    "accounts, items": table("for name, a in c.items():\n    print(name)\n    " + ACC),
    "accounts, values": table("for a in c.values():\n    " + ACC + "print(sorted(c), len(c), 'a' in c)\n"),
    "accounts, keys": table("for name in c:\n    " + call("c[name]['key']", "c[name]['secret']")),
    "accounts, beside other entries": table("a = c[os.getenv('STAGE', 'a')]\n" + ACC + "print(c['n'])\n", TABLE.replace("{", '{"n": 1, ', 1)),
    "accounts, sections": Case({"a.ini": INI, "main.py": PARSE + "for name in c.sections():\n    a = c[name]\n    " + ACC}),
    "accounts, sections by get": Case({"a.ini": INI, "main.py": PARSE + "def make(name):\n    " + call("c.get(name, 'key')", "c.get(name, 'secret')") + "make('a')\nmake('b')\n"}),
    "accounts, yaml": Case({"c.yaml": YAML, "main.py": LOAD_YAML + EACH + ACC}, texts=("accounts:\n  - profile: dev  # of ops\n    name: a\n",)),
    "accounts, yaml by stage": Case({"c.yaml": STAGES, "main.py": LOAD_YAML + "a = c[os.environ.get('STAGE', 'a')]['aws']\n" + ACC}, [{}, {"STAGE": "b"}]),
    "accounts, toml": Case({"c.toml": TOML, "main.py": "import tomllib\nimport boto3\nwith open('c.toml', 'rb') as f:\n    c = tomllib.load(f)\n" + EACH + ACC}),
}  # fmt: skip

LEFT = {
    "halves of two rounds": listed("last = None\n" + EACH + "if last:\n        " + call("last['key']", "a['secret']") + "    last = a\n"),
    "half of an earlier round": listed(EACH + "if a['name'] == 'a':\n        k = a['key']\n    " + call("k", "a['secret']")),
    "halves of two loops": listed("for b in c['accounts']:\n    " + EACH.replace("\n    ", "\n        ") + call("b['key']", "a['secret']")),
    "halves by two indexes": listed("for n in range(1):\n    " + call("c['accounts'][n]['key']", "c['accounts'][n + 1]['secret']")),
    "halves of two answers": table("def of(name):\n    return c[name]\na = of('a')\nb = of('b')\n" + call("a['key']", "b['secret']")),
    "halves of two objects": table("class A:\n    def __init__(self, n):\n        self.a = c[n]\nx, y = A('a'), A('b')\n" + call("x.a['key']", "y.a['secret']")),
    "a coroutine that waits": listed(
        "import asyncio\nasync def go():\n    k = a['key']\n    await asyncio.sleep(0)\n    " + call("k", "a['secret']")
        + "async def main():\n    global a\n    t = []\n    for a in c['accounts']:\n        t.append(asyncio.create_task(go()))\n        await asyncio.sleep(0)\n    await asyncio.gather(*t)\nasyncio.run(main())\n"),
    "a function that reads the loop's name": listed("def go():\n    k = a['key']\n    " + call("k", "a['secret']") + EACH + "go()\n"),
    "a function called later": listed("todo = []\n" + EACH + "k = a['key']\n    todo.append(lambda: k)\n    " + call("k", "a['secret']")),
    "a generator that runs later": listed("def go(k):\n    yield " + call("k", "a['secret']") + "todo = []\n" + EACH + "todo.append(go(a['key']))\nfor t in todo:\n    list(t)\n"),
    "an account that has none": listed(EACH + ACC, LIST.replace('"key": "<id2>", "secret": "<secret2>"', '"key": null, "secret": null')),
    "an account whose key is empty": listed(EACH + "if a['key']:\n        " + ACC, LIST.replace('"key": "<id2>", "secret": "<secret2>"', '"key": "", "secret": ""')),
    "names of entries": listed(EACH + ACC + "    for k, v in a.items():\n        print(k)\n"),
    "a computed half": table("for h in ('key',):\n    " + call("c['a'][h]", "c['a']['secret']")),
    "sorted by the key": listed("for a in sorted(c['accounts'], key=lambda a: a['key']):\n    " + ACC),
}  # fmt: skip
