"""Programs that put the values of a `.env` into one dict with the environment's or those of other files."""

from tests.codemod.carriers import OUTSIDE, PAIR, SERVER, STANDARD, Case, call

HEAD = "import os\nimport boto3\nfrom dotenv import dotenv_values\n"
BOTH = HEAD + 'config = {**dotenv_values(".env"), **os.environ}\n'
OWN = call('config["UPLOAD_KEY"]', 'config["UPLOAD_SECRET"]')
GET = call('config.get("UPLOAD_KEY")', 'config.get("UPLOAD_SECRET")')
EXPLICIT = call('config["AWS_ACCESS_KEY_ID"]', 'config["AWS_SECRET_ACCESS_KEY"]')
SHARED = {".env.shared": "BUCKET=b\n"}
OTHER = {**OUTSIDE, "AWS_PROFILE": "prod"}


def merged(code: str, env: str = PAIR, **more: str) -> Case:
    files = {".env": env, "main.py": code, **{("." + n.replace("_", ".")): t for n, t in more.items()}}
    return Case(files, [{}, OUTSIDE, SERVER, OTHER, {"AWS_PROFILE": "prod"}])


REWRITTEN = {
    "merged, own": merged(BOTH + OWN),
    "merged, get": merged(BOTH + GET),
    "merged, standard": merged(BOTH + EXPLICIT, STANDARD),
    "merged, beside the chain": merged(BOTH + OWN + "boto3.client('sqs', region_name='eu-west-1').list_queues()\n"),
    "merged, names": merged(BOTH + "KEY = config['UPLOAD_KEY']\nSECRET = config['UPLOAD_SECRET']\n" + call("KEY", "SECRET")),
    "merged, guard": merged(BOTH + "if not config.get('UPLOAD_KEY'):\n    raise SystemExit('no key')\n" + OWN),
    "merged, pipe": merged(HEAD + 'config = dotenv_values(".env") | os.environ\n' + OWN),
    "merged, dict": merged(HEAD + 'config = dict(dotenv_values(), **os.environ)\n' + OWN),
    "merged, chain map": merged(
        HEAD + 'from collections import ChainMap\nconfig = ChainMap(os.environ, dotenv_values(".env"))\n' + OWN),
    "merged, the file last": merged(HEAD + 'config = {**os.environ, **dotenv_values(".env")}\n' + OWN),
    "merged, another file before": merged(
        HEAD + 'config = {**dotenv_values(".env.shared"), **dotenv_values(".env"), **os.environ}\nprint(config["BUCKET"])\n' + OWN, env_shared="BUCKET=b\n"),
    "merged, another file behind": merged(
        HEAD + 'config = {**dotenv_values(".env"), **dotenv_values(".env.local")}\n' + OWN),
    "merged, in a module": Case(
        {".env": PAIR, "conf.py": HEAD + 'config = {**dotenv_values(".env"), **os.environ}\n',
         "main.py": "import boto3\nfrom conf import config\n" + OWN}, [{}, OUTSIDE, SERVER]),
}  # fmt: skip
LEFT = {
    "merged, a file before that may be elsewhere": merged(HEAD + 'config = {**dotenv_values(".env.shared"), **dotenv_values(".env")}\n' + OWN),
    "merged, the same names before": merged(
        HEAD + 'config = {**dotenv_values(".env.shared"), **dotenv_values(".env")}\n' + OWN, env_shared="UPLOAD_KEY=x\nUPLOAD_SECRET=y\n"),
    "merged, the same names behind": merged(
        HEAD + 'config = {**dotenv_values(".env"), **dotenv_values(".env.local")}\n' + OWN, env_local="UPLOAD_KEY=x\nUPLOAD_SECRET=y\n"),
    "merged, with values of its own": merged(HEAD + 'config = {"UPLOAD_KEY": "x", **dotenv_values(".env"), **os.environ}\n' + OWN),
    "merged, with what is unknown": merged(HEAD + "import conf\n" + 'config = {**dotenv_values(".env"), **conf.more()}\n' + OWN),
    "merged, and put back": merged(BOTH + "os.environ.update(config)\n" + OWN),
    "merged, and put back one by one": merged(BOTH + "for name in config:\n    os.environ[name] = config[name]\n" + OWN),
    "merged, and handed to a program": merged(BOTH + "import subprocess\nsubprocess.run(['true'], env=config)\n" + OWN),
    "merged, and written to": merged(BOTH + "config['UPLOAD_KEY'] = 'x'\n" + OWN),
    "merged, and updated": merged(BOTH + "config.update(other)\n" + OWN),
    "merged, and shown": merged(BOTH + "print(config)\n" + OWN),
    "merged, and loaded as well": merged(BOTH + "from dotenv import load_dotenv\nload_dotenv()\n" + OWN),
    "merged, half of it": merged(BOTH + call('config["UPLOAD_KEY"]', 'os.getenv("UPLOAD_SECRET")')),
    "merged, and read apart": merged(BOTH + "KEY = os.environ.get('UPLOAD_KEY', config['UPLOAD_KEY'])\n" + call("KEY", "config['UPLOAD_SECRET']")),
}  # fmt: skip
