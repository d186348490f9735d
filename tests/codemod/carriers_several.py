"""Programs whose `.env` holds several keys: each call keeps its own."""

from tests.codemod.carriers import HANDED, LOAD, OUTSIDE, SERVER, STANDARD, call, dotenv

TWO = "DEV_KEY=<id>\nDEV_SECRET=<secret>\nPROD_KEY=<id2>\nPROD_SECRET=<secret2>\nBUCKET=b\n"
FIRST = {"DEV_KEY": "<outside>", "DEV_SECRET": "x" * 40}
SECOND = {"PROD_KEY": "<outside>", "PROD_SECRET": "x" * 40}
SUFFIXED = (
    "AWS_ACCESS_KEY_ID_DEV=<id>\nAWS_SECRET_ACCESS_KEY_DEV=<secret>\nAWS_ACCESS_KEY_ID_PROD=<id2>\nAWS_SECRET_ACCESS_KEY_PROD=<secret2>\n"
)
MIXED = STANDARD + "PROD_KEY=<id2>\nPROD_SECRET=<secret2>\n"
CLASS = (
    "import boto3\nfrom pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    model_config = {'env_file': '.env'}\n"
    "    dev_key: str\n    dev_secret: str\n    prod_key: str\n    prod_secret: str\n    bucket: str\ns = Settings()\n"
)


def both(read: str, first: str = "DEV", second: str = "PROD", key: str = "{}_KEY", secret: str = "{}_SECRET") -> str:
    return "".join(call(read.format(key.format(n)), read.format(secret.format(n))) for n in (first, second))


QUEUES = "boto3.client('sqs', region_name='eu-west-1').list_queues()\n"
PRODS = call("os.environ['PROD_KEY']", "os.environ['PROD_SECRET']")
CONFIG = "import boto3\nfrom decouple import config\n"
VALUES = "import boto3\nfrom dotenv import dotenv_values\nc = dotenv_values('.env')\n"
SESSIONS = "".join(
    f"{n} = boto3.Session(aws_access_key_id=os.environ['{p}_KEY'], aws_secret_access_key=os.environ['{p}_SECRET'])\n"
    for n, p in (("a", "DEV"), ("b", "PROD"))
)

REWRITTEN = {
    "several, getenv": dotenv(LOAD + both("os.getenv('{}')"), TWO, FIRST, SECOND, {**FIRST, **SECOND}, texts=("DEV_PROFILE=dev\nPROD_PROFILE=prod\nBUCKET=b\n",)),
    "several, brackets": dotenv(LOAD + both("os.environ['{}']"), TWO, FIRST, SECOND),
    "several, sessions": dotenv(LOAD + SESSIONS + "a.client('s3').list_buckets()\nb.client('s3').list_buckets()\n", TWO, FIRST, SECOND),
    "several, suffixes": dotenv(LOAD + both("os.getenv('{}')", key="AWS_ACCESS_KEY_ID_{}", secret="AWS_SECRET_ACCESS_KEY_{}"), SUFFIXED, SERVER),
    "several, decouple": dotenv(CONFIG + both("config('{}')"), TWO, FIRST, SECOND),
    "several, dotenv_values": dotenv(VALUES + both("c['{}']"), TWO, OUTSIDE),
    "several, pydantic": dotenv(CLASS + both("s.{}", "dev", "prod", "{}_key", "{}_secret"), TWO, FIRST, SECOND),
    "several, one of them standard": dotenv(LOAD + HANDED + PRODS, MIXED, SERVER, SECOND, {**SERVER, **SECOND}, texts=("AWS_PROFILE=dev\nPROD_PROFILE=prod\n",)),
    "several, one of them by the chain": dotenv(LOAD + QUEUES + PRODS, MIXED, SERVER, SECOND),
}  # fmt: skip

LEFT = {
    "several, one is not used": dotenv(LOAD + call("os.getenv('DEV_KEY')", "os.getenv('DEV_SECRET')"), TWO),
    "several, halves of two": dotenv(LOAD + call("os.getenv('DEV_KEY')", "os.getenv('PROD_SECRET')"), TWO),
    "several, one secret for both": dotenv(LOAD + both("os.getenv('{}')", secret="DEV_SECRET"), TWO),
    "several, chosen by name": dotenv(LOAD + "S = os.getenv('STAGE', 'DEV')\n" + call("os.getenv(S + '_KEY')", "os.getenv(S + '_SECRET')"), TWO),
    "several, names that say nothing": dotenv(LOAD + both("os.getenv('{}')", "A", "B", "KEY_{}", "X{}"), "KEY_A=<id>\nXA=<secret>\nKEY_B=<id2>\nXB=<secret2>\n"),
    "several, in branches": dotenv(
        LOAD + "if os.getenv('STAGE'):\n    K, S = os.getenv('PROD_KEY'), os.getenv('PROD_SECRET')\nelse:\n    K, S = os.getenv('DEV_KEY'), os.getenv('DEV_SECRET')\n"
        + call("K", "S"), TWO),
    "several, early": dotenv("import boto3\nc = boto3.client('sqs')\n" + LOAD + HANDED + PRODS, MIXED),
}  # fmt: skip
