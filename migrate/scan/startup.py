"""Shell start-up files of the home folder: those that set AWS keys beat a profile, whatever they set them to."""

import os
import re
from pathlib import Path

from migrate.findings import Finding
from migrate.keys import is_placeholder
from migrate.scan.pairs import Pair
from migrate.scan.places import Places, listed, look_into, unreadable
from migrate.scan.wording import named
from migrate.silence import silenced_by

STARTUP = (
    ".profile", ".bashrc", ".bash_profile", ".bash_login", ".bash_aliases", ".bash_logout", ".zshrc", ".zshenv", ".zprofile",
    ".zlogin", ".zlogout", ".kshrc", ".mkshrc", ".cshrc", ".tcshrc", ".login", ".xprofile", ".xsession", ".xsessionrc", ".xinitrc",
    ".pam_environment", ".envrc", ".direnvrc", ".env", ".aliases", ".exports", ".functions", ".extra", ".localrc", ".shrc", ".config/fish/config.fish", ".config/nushell/config.nu",
    ".config/nushell/env.nu", ".config/powershell/profile.ps1", ".config/powershell/Microsoft.PowerShell_profile.ps1", ".xonshrc",
    ".config/xonsh/rc.xsh", ".config/plasma-workspace/env/aws.sh", ".launchd.conf",
)  # fmt: skip
"""What a shell or a session reads when it starts (bash(1), zsh(1), fish(1), environment.d(5), pam_env.conf(5))."""
_STARTUP_FOLDERS = (".bashrc.d", ".bash_profile.d", ".zshrc.d", ".zsh", ".oh-my-zsh/custom", ".config/fish/conf.d", ".config/fish/functions",
                    ".config/environment.d", ".config/direnv", ".config/direnv/lib", ".config/zsh", ".config/bash", ".config/plasma-workspace/env", ".profile.d")  # fmt: skip
_STARTUP_ALSO = (
    ".bashrc.*", ".bash_profile.*", ".zshrc.*", ".zshenv.*", ".profile.*", ".env.*", ".bash_*", ".aws_*", ".aws-*", ".secrets*",
)  # fmt: skip

_VARIABLES = r"AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)"
_SETS = re.compile(
    rf"""^\s*(?:[^#\n]*?(?:;|&&|\|\||\bthen|\bdo|\{{)\s*)?(?:(?:builtin\s+)?(?:export|declare|typeset|set|setenv|setx|env)\b[^#\n=]*?[\s:])?
        (?:\$env:|\$env\.|\$\{{\.\.\.\}})?['"]?({_VARIABLES})['"]?(?:\s+DEFAULT)?\s*(?:=|\s)\s*(\S[^\n]*)?$""",
    re.X,
)
_SOURCES = re.compile(r"""(?:^|[;&]|\bthen)\s*(?:source|\.)\s+["']?((?:~|\$HOME|\$\{HOME\}|/)[^\s"';&]+)""", re.M)
_EMPTY = re.compile(r"""^(?:["']{2}|;.*|#.*|)$""")
_LARGEST_STARTUP = 4 << 20


def scan_startup(home: Path, places: Places) -> None:
    """Start-up files, and what they source."""
    zdotdir = os.environ.get("ZDOTDIR", "")
    folders = [home / f for f in _STARTUP_FOLDERS] + ([Path(zdotdir)] if Path(zdotdir).is_absolute() else [])
    queue = [home / name for name in STARTUP]
    for pattern in _STARTUP_ALSO:
        queue += sorted(home.glob(pattern))
    for folder in folders:
        queue += listed(folder)
    done: set[str] = set()
    for path in queue:  # grows by what is sourced
        real = os.path.realpath(path)
        if real in done or real in places.looked or len(done) > 500:
            continue
        done.add(real)
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST_STARTUP:
                continue
            data = path.read_bytes()
        except OSError as e:
            if not isinstance(e, FileNotFoundError):
                places.findings.append(unreadable(path, e.strerror))
            continue
        text = data.decode("utf-8", "replace")
        history = "history" in path.name
        lines = {} if history else _set_in(path, text, places)
        places.findings += lines.values()
        hit = look_into(path, "AWS314" if history else "AWS303", places)
        for pair in hit.pairs if hit else ():
            _one_for(pair, path, lines, places)
        for m in _SOURCES.finditer(text) if not history else ():
            queue.append(Path(re.sub(r"^(?:~|\$HOME|\$\{HOME\})", lambda _: str(home), m.group(1))))


def _one_for(pair: Pair, path: Path, lines: dict[int, Finding], places: Places) -> None:
    """A key that a line sets is one finding, with the key; not one for the line and one for the key."""
    plain = lines.get(pair.line)
    twin = next((f for f in places.findings if f.path == str(path) and f.key == pair.key and f.line == pair.line), None)
    if plain is not None and twin is not None:
        places.findings.remove(twin)
        places.findings[places.findings.index(plain)] = Finding(
            plain.code,
            plain.path,
            plain.message.replace(";", f" to {named(pair.key)};", 1),
            plain.line,
            plain.column,
            plain.help,
            pair.key,
        )


def _set_in(path: Path, text: str, places: Places) -> dict[int, Finding]:
    """The line of a start-up file that sets the variables, whatever to: keys in the environment beat a profile."""
    for number, line in enumerate(text.splitlines(), 1):
        m = _SETS.match(line) if "AWS_" in line and len(line) < 4000 else None
        if m is None or line.lstrip().startswith("#"):
            continue
        value = (m.group(2) or "").strip()
        bare = value.strip("\"'; ")
        if _EMPTY.match(value) or not bare or is_placeholder(bare[:20]) or "EXAMPLE" in value or re.match(r"<|your|\.\.\.|xxx", bare, re.I):
            continue
        codes = silenced_by(line)
        if "*" in codes or "AWS303" in codes:
            places.silenced.append(str(path))
            continue
        message = f"this line sets {m.group(1)}; keys in the environment override AWS_PROFILE and the default profile"
        help = "delete the lines that set AWS keys, and start a new shell"
        return {number: Finding("AWS303", str(path), message, number, m.start(1) + 1, help)}
    return {}
