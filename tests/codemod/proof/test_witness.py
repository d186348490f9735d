"""Rewrites as somebody might make them, right and wrong: the witness takes the right ones and names the rule against the others."""

from pathlib import Path

import pytest

from tests.codemod.proof.proving import PROD, PROFILES, proof

CALL = 'boto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET).list_buckets()\n'
KEYS = 'KEY = "<id:dev>"\nSECRET = "<secret:dev>"\n'
MADE = 'boto3.Session(profile_name="dev").client("s3").list_buckets()\n'

FILL = (
    "import boto3\n\n\ndef go(key=None, secret=None):\n    kw = {'use_ssl': True}\n"
    "    if key and secret:\n        kw['aws_access_key_id'] = key\n        kw['aws_secret_access_key'] = secret\n"
)
FILLED = "import boto3\n\n\ndef go(profile=None):\n    kw = {'use_ssl': True}\n    if profile:\n        kw['profile_name'] = profile\n"
GO = "\n\ngo('<id:dev>', '<secret:dev>')\ngo()\n"
GONE = "\n\ngo('dev')\ngo()\n"
TAKEN = "boto3.Session(profile_name=kw.pop('profile_name', None)).client('s3', **kw)"


def with_options(body: str) -> tuple[dict[str, str], dict[str, str]]:
    """A function that fills options, and then does something with them: before, and with the profile taken out of them."""
    plain = body.replace("CALL", "boto3.client('s3', **kw)")
    return {"main.py": FILL + plain + GO}, {"main.py": FILLED + body.replace("CALL", TAKEN) + GONE}


RIGHT = {
    "a profile that is taken out of options": with_options("    return CALL\n"),
    "constants of one file": ({"main.py": f"import boto3\n{KEYS}{CALL}"}, {"main.py": f"import boto3\n{MADE}"}),
    "constants of a module": (
        {"conf.py": KEYS, "main.py": f"import boto3\nfrom conf import KEY, SECRET\n{CALL}"},
        {"conf.py": "", "main.py": f"import boto3\n{MADE}"},
    ),
    "a default for the environment": (
        {"main.py": 'import os, boto3\nKEY = os.getenv("K", "<id:dev>")\nSECRET = os.getenv("S", "<secret:dev>")\n' + CALL},
        {
            "main.py": 'import os, boto3\nKEY = os.getenv("K")\nSECRET = os.getenv("S")\n'
            'boto3.Session(profile_name="dev" if KEY is None else None).client("s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET).list_buckets()\n'
        },
    ),
    "a parameter": (
        {
            "main.py": "import boto3\n\n\ndef s3(key, secret):\n"
            '    return boto3.client("s3", aws_access_key_id=key, aws_secret_access_key=secret)\n\n\n'
            's3("<id:dev>", "<secret:dev>").put()\ns3("<id:prod>", "<secret:prod>").put()\n'
        },
        {
            "main.py": "import boto3\n\n\ndef s3(profile):\n"
            '    return boto3.Session(profile_name=profile).client("s3")\n\n\n'
            's3("dev").put()\ns3("prod").put()\n'
        },
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_rewrite_is_accepted(name: str, tmp_path: Path) -> None:
    before, after = RIGHT[name]
    assert proof(tmp_path, before, after) is None


GUARDED = 'import os, boto3\nKEY = os.getenv("K")\nSECRET = os.getenv("S")\n'
FIELDS = "import boto3\nfrom pydantic_settings import BaseSettings\n\n\nclass S(BaseSettings):\n    key: {}\n    secret: {}\n\n\ns = S()\n"
OF_FIELDS = "{}.client('s3', aws_access_key_id=s.key, aws_secret_access_key=s.secret).list_buckets()\n"
JOINED = "boto3.client('s3', aws_access_key_id=A['key'], aws_secret_access_key=A['secret']).list_buckets()\n"
WRONG = {
    "an entry that a dict joined with it has already": (
        "name-in-use",
        {"main.py": "import boto3\nB = {'profile': 'x'}\nD = {'key': '<id:dev>', 'secret': '<secret:dev>'}\nA = B | D\nprint(A['profile'])\n" + JOINED},
        {"main.py": "import boto3\nB = {'profile': 'x'}\nD = {'profile': 'dev'}\nA = B | D\nprint(A['profile'])\nboto3.Session(profile_name=A['profile']).client('s3').list_buckets()\n"},
    ),
    "an entry that a dict joined with it has already, by their keywords": (
        "name-in-use",
        {"main.py": "import boto3\nB = dict(profile='x')\nD = dict(key='<id:dev>', secret='<secret:dev>')\nA = B | D\nprint(A['profile'])\n" + JOINED},
        {"main.py": "import boto3\nB = dict(profile='x')\nD = dict(profile='dev')\nA = B | D\nprint(A['profile'])\nboto3.Session(profile_name=A['profile']).client('s3').list_buckets()\n"},
    ),
    "a field of settings that is validated": (
        "open-carrier",
        {"main.py": FIELDS.format("str = '<id:dev>'", "str = '<secret:dev>'") + OF_FIELDS.format("boto3")},
        {"main.py": FIELDS.format("str = None", "str = None") + OF_FIELDS.format("boto3.Session(profile_name='dev' if s.key is None else None)")},
    ),
    "the left of two joined dicts, printed": (
        "open-carrier",
        {"main.py": "import boto3\nD = {'key': '<id:dev>', 'secret': '<secret:dev>'}\nA = D | {'n': 1}\nprint(str(A))\n" + JOINED},
        {"main.py": "import boto3\nD = {'profile': 'dev'}\nA = D | {'n': 1}\nprint(str(A))\nboto3.Session(profile_name=A['profile']).client('s3').list_buckets()\n"},
    ),
    "options that two calls take the profile out of": ("signers", *with_options("    CALL\n    return CALL\n")),
    "options that lose the profile in a loop": ("signers", *with_options("    for _ in range(2):\n        CALL\n")),
    "options that lose the profile before they are returned": ("signers", *with_options("    CALL\n    return kw\n")),
    "options that a function within takes the profile out of": (
        "signers",
        *with_options("    def again():\n        return CALL\n    again()\n    again()\n"),
    ),
    "options that another name has too": ("signers", *with_options("    other = kw\n    CALL\n    boto3.client('s3', **other)\n")),
    "a manager that swallows exceptions under the name of one that does not": (
        "signers",
        {"main.py": "from contextlib import suppress as closing\nimport boto3\nkey, secret = '<id:prod>', '<secret:prod>'\n"
         "with closing(OSError):\n    open('x')\n    key, secret = '<id:dev>', '<secret:dev>'\n"
         "boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret)\n"},
        {"main.py": "from contextlib import suppress as closing\nimport boto3\n"
         "with closing(OSError):\n    open('x')\nboto3.Session(profile_name='dev').client('s3')\n"},
    ),
    "another profile": ("signers", {"main.py": f"import boto3\n{KEYS}{CALL}"}, {"main.py": f"import boto3\n{MADE.replace('dev', 'prod')}"}),
    "no profile": ("signers", {"main.py": f"import boto3\n{KEYS}{CALL}"}, {"main.py": 'import boto3\nboto3.client("s3").list_buckets()\n'}),
    "a key that one branch sets": (
        "open-carrier",
        {"main.py": "import os, boto3\nconf = {}\nif os.getenv('X'):\n    conf['k'] = '<id:dev>'\n    conf['s'] = '<secret:dev>'\n"
         "boto3.client('s3', aws_access_key_id=conf.get('k'), aws_secret_access_key=conf.get('s'))\n"},
        {"main.py": "import os, boto3\nconf = {}\nif os.getenv('X'):\n    pass\nboto3.Session(profile_name='dev').client('s3')\n"},
    ),
    "a writer in another file": (
        "signers",
        {"conf.py": KEYS, "other.py": "import os\nimport conf\nconf.KEY = os.environ['K']\nconf.SECRET = os.environ['S']\n",
         "main.py": "import boto3\nimport conf\nboto3.client('s3', aws_access_key_id=conf.KEY, aws_secret_access_key=conf.SECRET)\n"},
        {"conf.py": "", "main.py": "import boto3\nboto3.Session(profile_name='dev').client('s3')\n"},
    ),
    "global in a function": (
        "signers",
        {"main.py": f"import os, boto3\n{KEYS}\n\ndef live():\n    global KEY, SECRET\n    KEY, SECRET = os.environ['K'], os.environ['S']\n\n\nlive()\n{CALL}"},
        {"main.py": f"import os, boto3\n\n\ndef live():\n    global KEY, SECRET\n    KEY, SECRET = os.environ['K'], os.environ['S']\n\n\nlive()\n{MADE}"},
    ),
    "globals()": ("reached-without-a-name", {"main.py": f"import boto3\n{KEYS}globals()['X'] = 1\n{CALL}"},
                  {"main.py": f"import boto3\nglobals()['X'] = 1\n{MADE}"}),
    "a text that names it": ("spoken-name", {"conf.py": KEYS, "main.py": f"import boto3\nfrom conf import KEY, SECRET\n{CALL}",
                                             "test_it.py": "from unittest import mock\nimport conf\nmock.patch('conf.KEY', 'x')\n"},
                             {"conf.py": "", "main.py": f"import boto3\n{MADE}"}),
    "a star import of what is not there": ("open-carrier", {"main.py": f"import boto3\n{KEYS}from local import *\n{CALL}"},
                                           {"main.py": f"import boto3\nfrom local import *\n{MADE}"}),
    "a reader in a file that is no Python": ("mentioned-elsewhere", {"conf.py": KEYS, "main.py": f"import boto3\nfrom conf import KEY, SECRET\n{CALL}",
                                                                     "deploy.yaml": "value: conf.KEY\n"},
                                             {"conf.py": "", "main.py": f"import boto3\n{MADE}"}),
    "boto3.client replaced": ("callee-replaced", {"main.py": f"import boto3\n{KEYS}boto3.client = print\n{CALL}"},
                              {"main.py": f"import boto3\nboto3.client = print\n{MADE}"}),
    "a default session of its own": ("default-session", {"main.py": f"import boto3\n{KEYS}boto3.DEFAULT_SESSION = boto3.Session(region_name='eu-west-1')\n{CALL}"},
                                     {"main.py": f"import boto3\nboto3.DEFAULT_SESSION = boto3.Session(region_name='eu-west-1')\n{MADE}"}),
    "an import that does something": ("import-effects", {"conf.py": f"print('here')\n{KEYS}", "main.py": f"import boto3\nfrom conf import KEY, SECRET\n{CALL}"},
                                      {"conf.py": "print('here')\n", "main.py": f"import boto3\n{MADE}"}),
    "a text that is nobody's": ("deleted-literal", {"main.py": f"import boto3\n{KEYS}SECRET_KEY = 'correct horse battery'\n{CALL}"},
                                {"main.py": f"import boto3\n{MADE}"}),
    "a call that does something": ("untouched", {"main.py": f"import boto3\n{KEYS}print('hello')\n{CALL}"}, {"main.py": f"import boto3\n{MADE}"}),
    "an argument": ("deleted-argument", {"main.py": f"import boto3\n{KEYS}{CALL.replace('SECRET)', 'SECRET, region_name=REGION)')}".replace("KEY =", "REGION = input()\nKEY =", 1)},
                    {"main.py": f"import boto3\nREGION = input()\n{MADE}"}),
    "an unguarded fallback": ("signers", {"main.py": 'import os, boto3\nKEY = os.getenv("K", "<id:dev>")\nSECRET = os.getenv("S", "<secret:dev>")\n' + CALL},
                              {"main.py": GUARDED + 'boto3.Session(profile_name="dev").client("s3", aws_access_key_id=KEY, aws_secret_access_key=SECRET).list_buckets()\n'}),
    "a name that is gone": ("undefined", {"main.py": f"import boto3\n{KEYS}{CALL}print(bool(KEY))\n"}, {"main.py": f"import boto3\n{MADE}print(bool(KEY))\n"}),
    "a cache of two keys": (
        "cache",
        {"main.py": "import functools, boto3\n\n\n@functools.lru_cache\ndef s3(key, secret):\n    return boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret)\n\n\n"
         "s3('<id:dev>', '<secret:dev>')\ns3('<id:prod>', '<secret:prod>')\n"},
        {"main.py": "import functools, boto3\n\n\n@functools.lru_cache\ndef s3(profile):\n    return boto3.Session(profile_name=profile).client('s3')\n\n\ns3('dev')\ns3('dev')\n"},
    ),
    "a role for twelve hours": (
        "session-refused",
        {"main.py": f"import boto3\n{KEYS}sts = boto3.client('sts', aws_access_key_id=KEY, aws_secret_access_key=SECRET)\nsts.assume_role(RoleArn='a', RoleSessionName='b', DurationSeconds=43200)\n"},
        {"main.py": "import boto3\nsts = boto3.Session(profile_name='dev').client('sts')\nsts.assume_role(RoleArn='a', RoleSessionName='b', DurationSeconds=43200)\n"},
    ),
    "a role for twelve hours, by another name": (
        "session-refused",
        {"main.py": f"import boto3\n{KEYS}sts = boto3.client('sts', aws_access_key_id=KEY, aws_secret_access_key=SECRET)\ntoken = sts.get_session_token\ntoken()\n"},
        {"main.py": "import boto3\nsts = boto3.Session(profile_name='dev').client('sts')\ntoken = sts.get_session_token\ntoken()\n"},
    ),
    "a generator that runs after its names have changed": (
        "signers",
        {"main.py": f"import boto3\n{KEYS}made = (boto3.client(s, aws_access_key_id=KEY, aws_secret_access_key=SECRET) for s in ('s3', 'sqs'))\n"
         "KEY, SECRET = input(), input()\nfor c in made:\n    c.describe()\n"},
        {"main.py": "import boto3\nmade = (boto3.Session(profile_name='dev').client(s) for s in ('s3', 'sqs'))\nfor c in made:\n    c.describe()\n"},
    ),
    "a pattern that binds before its guard fails": (
        "open-carrier",
        {"main.py": "import boto3\n\n\ndef s3(event):\n    key, secret = '<id:dev>', '<secret:dev>'\n    match event:\n"
         "        case {'key': key, 'secret': secret} if event.get('stop'):\n            return None\n"
         "    return boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret)\n"},
        {"main.py": "import boto3\n\n\ndef s3(event):\n    match event:\n"
         "        case {'key': key, 'secret': secret} if event.get('stop'):\n            return None\n"
         "    return boto3.Session(profile_name='dev').client('s3')\n"},
    ),
    "a session's method under another name": (
        "session-state",
        {"main.py": f"import boto3\n{KEYS}make = boto3.Session(region_name='eu-west-3').client\nmake('s3', aws_access_key_id=KEY, aws_secret_access_key=SECRET)\n"},
        {"main.py": "import boto3\nmake = boto3.Session(region_name='eu-west-3').client\nboto3.Session(profile_name='dev').client('s3')\n"},
    ),
    "a spread that has the new parameter's name": (
        "name-in-use",
        {"main.py": "import boto3\n\n\ndef s3(key, secret, **more):\n"
         "    return boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret), more\n\n\n"
         "extra = {'profile': 'large'}\ns3('<id:dev>', '<secret:dev>', **extra)\n"},
        {"main.py": "import boto3\n\n\ndef s3(profile, **more):\n    return boto3.Session(profile_name=profile).client('s3'), more\n\n\n"
         "extra = {'profile': 'large'}\ns3('dev', **extra)\n"},
    ),
    "defaults that are written over": (
        "open-carrier",
        {"main.py": "import boto3\n\n\ndef s3(*, key='<id:dev>', secret='<secret:dev>'):\n"
         "    return boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret)\n\n\ns3.__kwdefaults__.update({})\ns3()\n"},
        {"main.py": "import boto3\n\n\ndef s3(*, profile='dev'):\n"
         "    return boto3.Session(profile_name=profile).client('s3')\n\n\ns3.__kwdefaults__.update({})\ns3()\n"},
    ),
    "an example in a docstring": (
        "spoken-name",
        {"main.py": "import boto3\n\n\ndef s3(key, secret):\n    \"\"\"Make one.\n\n    >>> s3('a', 'b')\n    \"\"\"\n"
         "    return boto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret)\n\n\ns3('<id:dev>', '<secret:dev>')\n"},
        {"main.py": "import boto3\n\n\ndef s3(profile):\n    \"\"\"Make one.\n\n    >>> s3('a', 'b')\n    \"\"\"\n"
         "    return boto3.Session(profile_name=profile).client('s3')\n\n\ns3('dev')\n"},
    ),
    "a file that runs the settings": (
        "read-whole",
        {"conf.py": KEYS, "main.py": f"import boto3\nfrom conf import KEY, SECRET\n{CALL}",
         "unseen/dump.py": "from pathlib import Path\nspace = {}\nexec(Path('conf.py').read_text(), space)\nprint(space)\n"},
        {"conf.py": "", "main.py": f"import boto3\n{MADE}"},
    ),
    "a file that loads any module and reads all of it": (
        "read-whole",
        {"conf.py": KEYS, "main.py": f"import boto3\nfrom conf import KEY, SECRET\n{CALL}",
         "unseen/dump.py": "import importlib, sys\nprint(vars(importlib.import_module(sys.argv[1])))\n"},
        {"conf.py": "", "main.py": f"import boto3\n{MADE}"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rewrite_is_rejected(name: str, tmp_path: Path) -> None:
    rule, before, after = WRONG[name]
    same = dict.fromkeys(PROFILES, "dev") if name == "a cache of two keys" else None
    said = proof(tmp_path, before, after, same)
    assert said is not None
    assert said.rule == rule or (rule == "open-carrier" and said.rule == "signers")


def test_a_reason_shows_no_part_of_a_key(tmp_path: Path) -> None:
    for name, (_, before, after) in WRONG.items():
        said = proof(tmp_path / name.replace(" ", "-").replace("(", "").replace(")", ""), before, after)
        assert said is None or (PROD not in said.reason and "AKIA" not in said.reason)
