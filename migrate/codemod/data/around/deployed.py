"""Programs that descriptions of services and functions name: compose, Kubernetes, ECS, systemd, cron, CDK. They run where no profile is."""

import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePosixPath

_KINDS = (
    (re.compile(r"(?m)^services:\s*$"), "a compose service"),
    (re.compile(r"(?m)^\s*apiVersion:"), "a Kubernetes object"),
    (re.compile(r'"containerDefinitions"|"jobDefinitionName"'), "an ECS task"),
    (re.compile(r"(?m)^\[Service\]"), "a systemd unit"),
    (re.compile(r"(?m)^\[program:"), "supervisord"),
    (re.compile(r"(?m)^\[uwsgi\]"), "uWSGI"),
    (re.compile(r"container_definitions|aws_lambda_function"), "Terraform"),
    (re.compile(r'(?m)^\s*(?:job|task) "[^"]+" \{'), "a Nomad job"),
)
_NAMES = (
    (re.compile(r"(?i)(?:.*[._-])?ecosystem(?:[._-].*)?\.(?:[cm]?js|json|ya?ml)|pm2\..*"), "pm2"),
    (re.compile(r"(?i)(?:fly|railway|nixpacks|apprunner|heroku|render|app)\.(?:toml|ya?ml|json)|.*\.config"), "the platform"),
)
_FUNCTION = re.compile(
    r"aws_lambda_function|AWS::(?:Serverless|Lambda)::Function|[lL]ambda_?\.Function|PythonFunction|Code\.(?:from_?asset)|Code\.from[aA]sset"
)
"""What describes a Lambda function in CDK, Terraform, Pulumi and CloudFormation."""
_HANDLER = re.compile(r"""(?im)\b(?:handler|lambda_handler)["']?\s*[:=]\s*["']([\w./-]+)\.\w+["']|^\s*handler:\s*([\w./-]+)\.\w+\s*$""")
_ASSET = re.compile(r"""(?i)(?:from_?asset\(|\bentry\s*[:=]|\bsource_dir\s*=|\bCodeUri:)([^)\n]*)""")
_TEXT = re.compile(r"""["']([^"'\n]*)["']""")
_CRON = re.compile(r"(?i)(?:^|[._-])cron(?:tab)?(?:$|[._-])")
_ENDINGS = (
    ".js",
    ".cjs",
    ".mjs",
    ".ts",
    ".py",
    ".toml",
    ".config",
    ".yml",
    ".yaml",
    ".json",
    ".service",
    ".conf",
    ".ini",
    ".cron",
    ".tpl",
    ".j2",
    ".tf",
    ".nomad",
    ".hcl",
)
_SCRIPT = re.compile(r"[\w./-]+\.py\b")
_MODULE = re.compile(
    r"""-m["',\s]+([A-Za-z_][\w.]*)|(?:gunicorn|uvicorn|hypercorn|waitress-serve|celery|module)\b.*?([A-Za-z_][\w.]*):[A-Za-z_]\w*"""
)
_RUNNING = re.compile(
    r"(?i)\b(?:command|args|entrypoint|module|wsgi-file|exec(?:start|stop)?\w*|python[\d.]*|gunicorn|uvicorn|celery)\b|^\s*-\s|^\s*[\"'][\w./-]+\.py[\"'],?\s*\]?,?\s*$"
)
_PM2 = re.compile(r"\b(?:script|args|interpreter_args)\b")


def described(files: Collection[str], text_of: Callable[[Path], str]) -> Iterator[tuple[str, str]]:
    """Yield each path of a script that a description runs, as it is written there, and what runs it. One of a folder ends with a slash."""
    charts = {Path(f).parent for f in files if f.endswith(("/Chart.yaml", "/Chart.yml"))}
    for name in files:
        path = Path(name)
        cron = _CRON.search(path.name) is not None or path.parent.name.startswith("cron.")
        if not cron and not path.name.endswith(_ENDINGS):
            continue
        text = text_of(path)
        if _FUNCTION.search(text) is not None:
            yield from ((written, f"a Lambda function is made of it ({path.name})") for written in _functions(text))
        if path.suffix == ".py":
            continue
        if cron:
            what: str | None = "cron"
        elif charts and any(folder in charts for folder in path.parents):
            what = "a Helm chart"
        else:
            what = next((what for sign, what in _KINDS if sign.search(text)), None) or next(
                (what for sign, what in _NAMES if sign.fullmatch(path.name)), None
            )
        if what is None:
            continue
        for line in text.splitlines():
            if (cron and not line.lstrip().startswith("#")) or (
                not cron and (_RUNNING.search(line) or (what == "pm2" and _PM2.search(line)))
            ):
                modules = (m.group(1) or m.group(2) for m in _MODULE.finditer(line))
                scripts = (*_SCRIPT.findall(line), *(f"{module.replace('.', '/')}.py" for module in modules))
                yield from ((found, f"{what} runs it ({path.name})") for found in scripts)


def _functions(text: str) -> Iterator[str]:
    """Yield the modules of Lambda functions and the folders that they are made of."""
    for m in _HANDLER.finditer(text):
        module = m.group(1) or m.group(2)
        yield (module if "/" in module else module.replace(".", "/")) + ".py"
    for m in _ASSET.finditer(text):
        parts = [part for said in _TEXT.findall(m.group(1)) or [m.group(1).strip()] for part in PurePosixPath(said).parts]
        folder = "/".join(part for part in parts if part not in ("..", ".", "/") and "$" not in part)
        if folder and not folder.endswith((".zip", ".jar")):
            yield folder + "/"
