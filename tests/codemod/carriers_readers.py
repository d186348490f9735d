"""Programs that read `.env` by a library of its own: pydantic-settings, decouple, environs."""

from tests.codemod.carriers import NOBODY, OUTSIDE, PAIR, SERVER, STANDARD, Case, call, dotenv

OTHER = {"AWS_PROFILE": "prod"}
OWN = ("s.upload_key", "s.upload_secret")
FIELDS = "    upload_key: str\n    upload_secret: str\n"
IGNORE = "model_config = SettingsConfigDict(env_file='.env', extra='ignore')"


def settings(
    config: str = IGNORE,
    fields: str = FIELDS,
    use: tuple[str, str] = OWN,
    env: str = PAIR,
    before: str = "",
    made: str = "s = Settings()\n",
) -> Case:
    """A program with a settings class, run with the variables from the file and from outside."""
    code = f"import boto3\n{before}from pydantic_settings import BaseSettings, SettingsConfigDict\nclass Settings(BaseSettings):\n    {config}\n{fields}{made}"
    return dotenv(code + call(*use), env, OUTSIDE, SERVER, OTHER, {**OUTSIDE, **SERVER, **NOBODY})


def reads(start: str, key: str, secret: str, env: str = PAIR, more: str = "") -> Case:
    return dotenv(
        "import os\nimport boto3\n" + start + call(key, secret) + more, env, OUTSIDE, SERVER, OTHER, {**OUTSIDE, **SERVER, **NOBODY}
    )


SECRET = "from pydantic import Field, SecretStr\n"
FIELD = "from pydantic import Field\n"
ALIASED = "    key: str = Field({}='UPLOAD_KEY')\n    secret: str = Field({}='UPLOAD_SECRET')\n"
ENVIRONS = "from environs import Env\nenv = Env()\nenv.read_env()\n"
KEY, SEC = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
STANDARD_FIELDS = "    aws_access_key_id: str\n    aws_secret_access_key: str\n"

REWRITTEN = {
    "pydantic, the secret is asked": settings(before=SECRET, fields="    upload_key: str\n    upload_secret: SecretStr\n", use=("s.upload_key", "s.upload_secret.get_secret_value()"), made="s = Settings()\nif not s.upload_secret.get_secret_value():\n    raise SystemExit(1)\n"),
    "pydantic, standard names": settings(fields=STANDARD_FIELDS, use=("s.aws_access_key_id", "s.aws_secret_access_key"), env=STANDARD),
    "pydantic, inner class": settings("class Config:\n        env_file = '.env'\n        extra = 'ignore'"),
    "pydantic, dict": settings("model_config = {'env_file': '.env', 'extra': 'ignore'}"),
    "pydantic, nothing more allowed": settings("model_config = SettingsConfigDict(env_file='.env')"),
    "pydantic, optional": settings(before="from typing import Optional\n", fields="    upload_key: Optional[str] = None\n    upload_secret: str | None = None\n"),
    "pydantic, optional and needed": settings(before="from typing import Optional\n", fields="    upload_key: Optional[str]\n    upload_secret: Optional[str]\n"),
    "pydantic, secret": settings(before=SECRET, fields="    upload_key: str\n    upload_secret: SecretStr\n", use=("s.upload_key", "s.upload_secret.get_secret_value()")),
    "pydantic, secrets": settings(
        before=SECRET, fields="    upload_key: SecretStr\n    upload_secret: SecretStr = Field(...)\n",
        use=("s.upload_key.get_secret_value()", "s.upload_secret.get_secret_value()")),
    "pydantic, secrets to a function": settings(
        before=SECRET, fields="    upload_key: SecretStr\n    upload_secret: SecretStr\n", use=("None", "None"),
        made="s = Settings()\ndef make(k, x):\n    return boto3.client('s3', aws_access_key_id=k.get_secret_value(), aws_secret_access_key=x.get_secret_value())\n"
        "make(s.upload_key, s.upload_secret).list_buckets()\n"),
    "pydantic, secrets in names": settings(
        before=SECRET, fields="    upload_key: SecretStr\n    upload_secret: SecretStr\n",
        made="s = Settings()\nK = s.upload_key.get_secret_value()\nS = s.upload_secret.get_secret_value()\n", use=("K", "S")),
    "pydantic, upper case": settings(fields="    UPLOAD_KEY: str\n    UPLOAD_SECRET: str\n", use=("s.UPLOAD_KEY", "s.UPLOAD_SECRET")),
    "pydantic, prefix": settings("model_config = SettingsConfigDict(env_file='.env', env_prefix='UPLOAD_')", "    key: str\n    secret: str\n", ("s.key", "s.secret")),
    "pydantic, alias": settings(before=FIELD, fields=ALIASED.format("alias", "validation_alias"), use=("s.key", "s.secret")),
    "pydantic, a property of something else": settings(fields=FIELDS + "    bucket: str = 'b'\n    @property\n    def url(self):\n        return f's3://{self.bucket}'\n"),
    "decouple, standard names": reads("from decouple import config\n", f"config('{KEY}')", f"config('{SEC}')", STANDARD),
    "decouple, AutoConfig": reads("from decouple import AutoConfig\nconfig = AutoConfig()\n", "config('UPLOAD_KEY')", "config('UPLOAD_SECRET')"),
    "decouple, a path": reads("from decouple import Config, RepositoryEnv\nconfig = Config(RepositoryEnv('.env'))\n", "config('UPLOAD_KEY')", "config.get('UPLOAD_SECRET')"),
    "decouple, a name of its own": Case(
        {"local.env": PAIR, "main.py": "import boto3\nfrom decouple import Config, RepositoryEnv\nconfig = Config(RepositoryEnv('local.env'))\n"
         + call("config('UPLOAD_KEY')", "config('UPLOAD_SECRET')")}, [{}, OUTSIDE, OTHER]),
    "decouple, cast": reads("from decouple import config\n", "config('UPLOAD_KEY', cast=str)", "config('UPLOAD_SECRET', cast=str)"),
    "environs, standard names": reads(ENVIRONS, f"env('{KEY}')", f"env.str('{SEC}')", STANDARD),
    "environs, its own object": reads("from environs import env\nenv.read_env()\n", "env('UPLOAD_KEY')", "env.str('UPLOAD_SECRET', None)"),
    "environs, in another module": Case(
        {".env": PAIR, "conf.py": ENVIRONS + "KEY = env('UPLOAD_KEY')\nSECRET = env('UPLOAD_SECRET')\n", "main.py": "import boto3\nfrom conf import KEY, SECRET\n" + call("KEY", "SECRET")},
        [{}, OUTSIDE, OTHER]),
}  # fmt: skip

LEFT = {
    "decouple, export": reads("from decouple import config\n", "config('UPLOAD_KEY')", "config('UPLOAD_SECRET')", PAIR.replace("UPLOAD_KEY", "export UPLOAD_KEY")),
    "decouple, a comment": reads("from decouple import config\n", "config('UPLOAD_KEY')", "config('UPLOAD_SECRET')", PAIR.replace("<id>", "<id> # of ops")),
    "django-environ, a comment": reads("import environ\nenv = environ.Env()\nenv.read_env('.env')\n", "env('UPLOAD_KEY')", "env('UPLOAD_SECRET')", PAIR.replace("<id>", "<id> # of ops")),
    "pydantic, cases differ": settings("model_config = SettingsConfigDict(env_file='.env', case_sensitive=True)", "    UPLOAD_KEY: str\n    UPLOAD_SECRET: str\n", ("s.UPLOAD_KEY", "s.UPLOAD_SECRET")),
    "pydantic, two aliases": settings(
        before="from pydantic import AliasChoices, Field\n", fields="    key: str = Field(validation_alias=AliasChoices('UPLOAD_KEY', 'KEY'))\n    secret: str = Field(alias='UPLOAD_SECRET')\n", use=("s.key", "s.secret")),
    "pydantic, a default": settings(before=FIELD, fields="    upload_key: str = Field('x')\n    upload_secret: str = ''\n"),
    "pydantic, a constraint": settings(before=FIELD, fields="    upload_key: str = Field(min_length=16)\n    upload_secret: str\n"),
    "pydantic, a validator": settings(before="from pydantic import field_validator\n", fields=FIELDS + "    @field_validator('*')\n    def known(cls, v):\n        return v\n"),
    "pydantic, a method that gives all": settings(fields=FIELDS + "    def all(self):\n        return self.model_dump()\n"),
    "pydantic, a method that hands itself on": settings(fields=FIELDS + "    @property\n    def text(self):\n        return str(self)\n"),
    "pydantic, shown": settings(made="s = Settings()\nprint(s)\n"),
    "pydantic, the secret is shown": settings(before=SECRET, fields="    upload_key: str\n    upload_secret: SecretStr\n", use=("s.upload_key", "s.upload_secret.get_secret_value()"), made="s = Settings()\nprint(s.upload_secret)\n"),
    "pydantic, another file": settings("model_config = SettingsConfigDict(env_file=('.env', '.env.prod'))"),
    "pydantic, a source": settings(made="s = Settings(upload_key='x')\n"),
    "pydantic, a subclass": settings(made="class More(Settings):\n    pass\ns = More()\n"),
    "decouple, two files": Case(
        {".env": PAIR, "b.env": "X=1\n", "main.py": "import boto3\nfrom decouple import Config, RepositoryEnv\nconfig = Config(RepositoryEnv('.env'))\nother = Config(RepositoryEnv('b.env'))\n"
         + call("config('UPLOAD_KEY')", "other('UPLOAD_SECRET')")}),
    "decouple, a cast": reads("from decouple import config\n", "config('UPLOAD_KEY', cast=lambda v: v.upper())", "config('UPLOAD_SECRET')"),
    "decouple, a text of nothing": reads("from decouple import config\n", "config('UPLOAD_KEY')", "config('UPLOAD_SECRET', cast=str, default=None)"),
    "pydantic, set by the program": settings(before="import os\nos.environ['UPLOAD_KEY'] = 'x'\n"),
    "pydantic, the environment filled": settings(before="import json, os\nos.environ.update(json.loads('{}'))\n"),
    "environs, half from the environment": reads(ENVIRONS, "env('UPLOAD_KEY')", "os.environ['UPLOAD_SECRET']"),
    "environs, by prefix": reads(ENVIRONS + "with env.prefixed('UPLOAD_'):\n    K = env('KEY')\n    S = env('SECRET')\n", "K", "S"),
    "environs, another call signs": reads(ENVIRONS, f"env('{KEY}')", f"env.str('{SEC}')", STANDARD, "boto3.client('sqs', region_name='eu-west-1').list_queues()\n"),
}  # fmt: skip
