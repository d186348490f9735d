"""Programs that descriptions of services and functions name: compose, Kubernetes, ECS, systemd, cron, CDK. They run where no profile is."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from migrate.codemod.data.around.programs.functions import functions
from migrate.codemod.data.around.programs.running import Running
from migrate.codemod.data.around.programs.services import joined, unknown

_KINDS = (
    (re.compile(r"(?m)^services:\s*(?:#.*)?$"), "a compose service"),
    (re.compile(r"(?m)^\s*apiVersion:"), "a Kubernetes object"),
    (re.compile(r'"containerDefinitions"|"jobDefinitionName"'), "an ECS task"),
    (re.compile(r"(?m)^\[Service\]"), "a systemd unit"),
    (re.compile(r"(?m)^\[program:"), "supervisord"),
    (re.compile(r"(?m)^\[uwsgi\]"), "uWSGI"),
    (re.compile(r"container_definitions|aws_lambda_function|\buser_data\b|startup_script"), "Terraform"),
    (re.compile(r"(?m)^(?:- |  )hosts:|^- (?:ansible\.builtin\.)?import_playbook:"), "Ansible"),
    (re.compile(r'(?m)^\s*(?:job|task) "[^"]+" \{'), "a Nomad job"),
)
_NAMES = (
    (re.compile(r"(?i)(?:.*[._-])?ecosystem(?:[._-].*)?\.(?:[cm]?js|json|ya?ml)|pm2\..*"), "pm2"),
    (
        re.compile(r"(?i)(?:fly|railway|nixpacks|apprunner|heroku|render|app|databricks|prefect)\.(?:toml|ya?ml|json)|.*\.config"),
        "the platform",
    ),
)
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
    ".sh",
    ".bash",
    "Makefile",
)
_SCRIPT = re.compile(r"[\w./-]+\.(?:py|ipynb)\b")
_SETTING = re.compile(r"^[\s-]*[\"']?[\w.-]+[\"']?\s*[:=]\s*[-@+!|>\"']*|^\s*-\s+")
_TIMES = re.compile(r"^\s*(?:@\w+|\S+(?:\s+\S+){4})\s+(?:[\w-]+\s+(?=/))?")
_DEFAULT = re.compile(r"(?m)^runtime:\s*[\"']?python")
_MODULE = re.compile(
    r"""-m["',\s]+([A-Za-z_][\w.]*)|(?:gunicorn|uvicorn|hypercorn|waitress-serve|celery|module)\b.*?([A-Za-z_][\w.]*):[A-Za-z_]\w*"""
)
_RUNNING = re.compile(
    r"(?i)\b(?:command|args|entrypoint|module|wsgi-file|exec(?:start|stop)?\w*|shell|script|cmd|python_file|python[\d.]*|gunicorn|uvicorn|celery)\b|^\s*-\s|^\s*[\"'][\w./-]+\.py[\"'],?\s*\]?,?\s*$"
)
_PM2 = re.compile(r"\b(?:script|args|interpreter_args)\b")


def described(root: Path, files: Collection[str], python: Sequence[Path], text_of: Callable[[Path], str]) -> Iterator[tuple[str, str]]:
    """Yield each path of a script that a description runs, as it is written there, and what runs it. One of a folder ends with a slash."""
    charts = {Path(f).parent for f in files if f.endswith(("/Chart.yaml", "/Chart.yml"))}
    running = Running(root, files, python, text_of)
    for name in files:
        path = Path(name)
        cron = _CRON.search(path.name) is not None or path.parent.name.startswith("cron.")
        if not cron and not path.name.endswith(_ENDINGS):
            continue
        text = text_of(path)
        yield from ((written, f"{what} is made of it ({path.name})") for written, what in functions(text))
        if path.suffix in (".py", ".sh", ".bash") or path.name == "Makefile":
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
        said = f"{what} runs it ({path.name})"
        lines = _lines(joined(text), what)
        for line in lines:
            modules = (m.group(1) or m.group(2) for m in _MODULE.finditer(line))
            yield from ((found, said) for found in (*_SCRIPT.findall(line), *(f"{module.replace('.', '/')}.py" for module in modules)))
        whole = "\n".join((_TIMES if cron else _SETTING).sub("", line, count=1) for line in lines)
        yield from ((source.relative_to(root).as_posix(), said) for source, test in running.of(whole) if not test)
        if what == "a compose service":
            yield from ((source.relative_to(root).as_posix(), said) for source in unknown(path.parent, text, running))
        if path.name in ("app.yaml", "app.yml") and _DEFAULT.search(text) is not None and "entrypoint" not in text:
            yield (path.parent / "main.py").relative_to(root).as_posix(), said


def _lines(text: str, what: str) -> list[str]:
    """Return the lines of a description that may name what it runs."""
    if what == "cron":
        return [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [line for line in text.splitlines() if _RUNNING.search(line) or (what == "pm2" and _PM2.search(line))]
