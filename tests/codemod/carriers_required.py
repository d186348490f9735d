"""Programs that require the variables of their key by a list of names."""

from tests.codemod.carriers import EMPTY, HANDED, LOAD, OUTSIDE, OWN, PAIR, SERVER, STANDARD, Case, dotenv

NAMES = '("UPLOAD_KEY", "UPLOAD_SECRET", "BUCKET")'
ALSO = PAIR + "BUCKET=b\n"
AWS = '["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]'


def own(code: str, *envs: dict[str, str], env: str = ALSO, after: str = OWN) -> Case:
    return dotenv(LOAD + code + after, env, OUTSIDE, EMPTY, SERVER, {"AWS_PROFILE": "prod"}, *envs)


def standard(code: str) -> Case:
    return dotenv(LOAD + code + HANDED, STANDARD, SERVER, texts=("AWS_PROFILE=dev",))


REWRITTEN = {
    "required, loop": own(f"for name in {NAMES}:\n    if name not in os.environ:\n        raise RuntimeError(f'no {{name}}')\n"),
    "required, loop over a name": own(f"REQUIRED = {NAMES}\nfor name in REQUIRED:\n    if not os.getenv(name):\n        raise SystemExit(name)\n"),
    "required, list of the missing": own(
        f"missing = [v for v in {NAMES} if not os.environ.get(v)]\nif missing:\n    raise SystemExit(', '.join(missing))\n"),
    "required, gathered": own(
        f"missing = []\nfor name in {NAMES}:\n    if os.getenv(name) is None:\n        missing.append(name)\nif missing:\n    raise SystemExit(missing)\n"),
    "required, all": own(f"if not all(os.getenv(v) for v in {NAMES}):\n    raise SystemExit(1)\n"),
    "required, any": own(f"assert not any(v not in os.environ for v in {NAMES})\n"),
    "required, before it is loaded": dotenv(
        f"import os\nimport boto3\nfrom dotenv import load_dotenv\nREQUIRED = {NAMES}\nload_dotenv()\n"
        "for name in REQUIRED:\n    if name not in os.environ:\n        raise RuntimeError(name)\n" + OWN, ALSO, OUTSIDE, EMPTY),
    "required, in a function": own(
        f"REQUIRED = {NAMES}\ndef check():\n    for name in REQUIRED:\n        if not os.environ.get(name):\n            raise SystemExit(name)\ncheck()\n"),
    "required, in a walrus": own(
        f"if missing := [v for v in {NAMES} if not os.getenv(v)]:\n    print('missing:', *missing)\n    raise SystemExit(', '.join(missing))\n"),
    "required, asserted": own(f"missing = [v for v in {NAMES} if v not in os.environ]\nassert not missing, missing\n"),
    "required, messages": own(
        f"errors = []\nfor name in {NAMES}:\n    if not os.getenv(name):\n        errors.append(f'{{name}} is not set')\n"
        "if errors:\n    print('; '.join(errors))\n    raise SystemExit(1)\n"),
    "required, otherwise": own(f"for name in {NAMES}:\n    if name in os.environ:\n        pass\n    else:\n        raise SystemExit(name)\n"),
    "required, going on": own(f"for name in {NAMES}:\n    if os.getenv(name):\n        continue\n    print('missing', name)\n    raise SystemExit(1)\n"),
    "required, in two loops": own(
        f"for name in {NAMES}:\n    if name not in os.environ:\n        raise SystemExit(name)\nfor name in ('a', 'b'):\n    print(name)\n"),
    "required, standard": standard(f"for name in {AWS}:\n    if name not in os.environ:\n        raise RuntimeError(name)\n"),
    "required, standard, missing": standard(f"missing = [v for v in {AWS} if not os.getenv(v)]\nif missing:\n    raise SystemExit(missing)\n"),
    "required, the id alone": own("for name in ('UPLOAD_KEY',):\n    if name not in os.environ:\n        raise RuntimeError(name)\n"),
}  # fmt: skip
LEFT = {
    "required, and read": own(f"values = {{}}\nfor name in {NAMES}:\n    values[name] = os.environ[name]\nprint(values)\n"),
    "required, and shown": own(f"for name in {NAMES}:\n    if name not in os.environ:\n        raise RuntimeError(name)\n    print(os.environ[name][:2])\n"),
    "required, and set": own(f"for name in {NAMES}:\n    if name not in os.environ:\n        os.environ[name] = input(name)\n"),
    "required, and another's default": own(f"for name in {NAMES}:\n    print(os.getenv(name, 'nothing'))\n"),
    "required, and used elsewhere": own(f"REQUIRED = {NAMES}\nfor name in REQUIRED:\n    if name not in os.environ:\n        raise SystemExit(name)\nprint(REQUIRED)\n"),
    "required, by another module": Case(
        {".env": ALSO, "names.py": f"REQUIRED = {NAMES}\n",
         "main.py": LOAD + "from names import REQUIRED\nfor name in REQUIRED:\n    if name not in os.environ:\n        raise SystemExit(name)\n" + OWN}),
    "required, before os is there": dotenv(
        f"REQUIRED = {NAMES}\n" + LOAD + "for name in REQUIRED:\n    if name not in os.environ:\n        raise RuntimeError(name)\n" + OWN, ALSO),
    "required, with another file": own(
        f"load_dotenv('.env.local')\nfor name in {NAMES}:\n    if name not in os.environ:\n        raise RuntimeError(name)\n"),
    "required, by a value": own(f"for name in {NAMES}:\n    if os.getenv(name) == 'x':\n        raise RuntimeError(name)\n"),
    "required, and handed on": own(f"def see(name):\n    return os.environ[name]\nfor name in {NAMES}:\n    see(name)\n"),
    "required, and those that are set": own(f"present = [n for n in {NAMES} if n in os.environ]\nprint(present)\n"),
    "required, and counted": own(f"present = {{n for n in {NAMES} if os.getenv(n)}}\nif len(present) != 3:\n    raise SystemExit('no')\n"),
    "required, and how many are missing": own(f"missing = {{n for n in {NAMES} if not os.getenv(n)}}\nif len(missing) == 2:\n    raise SystemExit('no')\n"),
    "required, and found": own(f"found = []\nfor n in {NAMES}:\n    if os.getenv(n):\n        found.append(n)\nprint(found)\n"),
    "required, and told in both cases": own(f"for n in {NAMES}:\n    print(n, 'ok' if os.getenv(n) else 'missing')\n"),
    "required, and told where it is there": own(f"for n in {NAMES}:\n    if not os.getenv(n):\n        raise SystemExit(n)\n    else:\n        print(n)\n"),
    "required, and arguments": own(
        f"args = []\nfor n in {NAMES}:\n    if n in os.environ:\n        args.append('-e')\n        args.append(n)\nprint(*args)\n"),
    "required, and the last one": own(f"for n in {NAMES}:\n    if not os.getenv(n):\n        raise SystemExit(n)\nprint(n)\n"),
    "required, and compared": own(f"missing = [n for n in {NAMES} if not os.getenv(n)]\nif missing == ['UPLOAD_KEY']:\n    raise SystemExit(1)\n"),
    "required, and printed anyway": own(f"missing = [n for n in {NAMES} if not os.getenv(n)]\nprint(missing)\n"),
    "required, and returned": own(f"def missing():\n    return [n for n in {NAMES} if not os.getenv(n)]\nprint(missing())\n"),
    "required, before anything is loaded": dotenv(
        f"import os\nimport boto3\nfrom dotenv import load_dotenv\nfresh = [n for n in {NAMES} if n not in os.environ]\nprint(fresh)\nload_dotenv()\n" + OWN, ALSO, OUTSIDE),
}  # fmt: skip
