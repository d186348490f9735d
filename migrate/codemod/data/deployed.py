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
)
_CRON = re.compile(r"(?i)(?:^|[._-])cron(?:tab)?(?:$|[._-])")
_ENDINGS = (".yml", ".yaml", ".json", ".service", ".conf", ".ini", ".cron", ".tpl", ".j2")
_SCRIPT = re.compile(r"[\w./-]+\.py\b")
_RUNNING = re.compile(r"(?i)\b(?:command|args|entrypoint|exec(?:start|stop)?\w*|python[\d.]*|gunicorn|uvicorn|celery)\b|^\s*-\s")


def described(files: Iterable[str], text_of: Callable[[Path], str]) -> Iterator[tuple[str, str]]:
    """Yield each path of a script that a service's description runs, as it is written there, and what runs it."""
    for name in files:
        path = Path(name)
        cron = _CRON.search(path.name) is not None
        if not cron and not path.name.endswith(_ENDINGS):
            continue
        text = text_of(path)
        what = "cron" if cron else next((what for sign, what in _KINDS if sign.search(text)), None)
        if what is None:
            continue
        for line in text.splitlines():
            if (cron and not line.lstrip().startswith("#")) or (not cron and _RUNNING.search(line)):
                yield from ((found, f"{what} runs it ({path.name})") for found in _SCRIPT.findall(line))
