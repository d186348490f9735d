"""Programs that descriptions of services name: compose, Kubernetes, ECS, systemd, supervisord, cron. They run where no profile is."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

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
_CRON = re.compile(r"(?i)(?:^|[._-])cron(?:tab)?(?:$|[._-])")
_ENDINGS = (".yml", ".yaml", ".json", ".service", ".conf", ".ini", ".cron", ".tpl", ".j2", ".tf", ".nomad", ".hcl")
_SCRIPT = re.compile(r"[\w./-]+\.py\b")
_MODULE = re.compile(
    r"""-m["',\s]+([A-Za-z_][\w.]*)|(?:gunicorn|uvicorn|hypercorn|waitress-serve|celery|module)\b.*?([A-Za-z_][\w.]*):[A-Za-z_]\w*"""
)
_RUNNING = re.compile(
    r"(?i)\b(?:command|args|entrypoint|module|wsgi-file|exec(?:start|stop)?\w*|python[\d.]*|gunicorn|uvicorn|celery)\b|^\s*-\s"
)


def described(files: Iterable[str], text_of: Callable[[Path], str]) -> Iterator[tuple[str, str]]:
    """Yield each path of a script that a service's description runs, as it is written there, and what runs it."""
    for name in files:
        path = Path(name)
        cron = _CRON.search(path.name) is not None or path.parent.name.startswith("cron.")
        if not cron and not path.name.endswith(_ENDINGS):
            continue
        text = text_of(path)
        what = "cron" if cron else next((what for sign, what in _KINDS if sign.search(text)), None)
        if what is None:
            continue
        for line in text.splitlines():
            if (cron and not line.lstrip().startswith("#")) or (not cron and _RUNNING.search(line)):
                modules = (m.group(1) or m.group(2) for m in _MODULE.finditer(line))
                scripts = (*_SCRIPT.findall(line), *(f"{module.replace('.', '/')}.py" for module in modules))
                yield from ((found, f"{what} runs it ({path.name})") for found in scripts)
