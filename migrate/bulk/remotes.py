"""The list of repositories, and what of a clone URL may be shown."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from migrate.errors import Refusal

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)(.*)", re.DOTALL)
_SCP = re.compile(r"(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9._\[\]-]+:(?!/{2}).+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository of the list. `url` may hold a password and goes to git alone; `clean` is the same without."""

    url: str = field(repr=False)
    clean: str

    @property
    def id(self) -> str:
        """A file name for it, the same in every run."""
        return sha256(self.clean.encode("utf-8", "surrogateescape")).hexdigest()[:20]

    @property
    def name(self) -> str:
        """The last two parts of its path, as in owner/name."""
        parts = [p for p in re.split(r"[/:\\]+", self.clean.removesuffix("/")) if p]
        return "/".join(parts[-2:]).removesuffix(".git")


def clean_url(url: str) -> str:
    """The URL without user, password, query and fragment: a token may stand in each. The user of ssh stays."""
    match = _SCHEME.fullmatch(url)
    if match is None:
        user, at, rest = url.rpartition("@")
        return rest if at and ":" in user else url
    scheme, host, rest = match.groups()
    user, at, host = host.rpartition("@")
    kept = f"{user.partition(':')[0]}@" if at and scheme.lower() in ("ssh", "git+ssh", "ssh+git") else ""
    return f"{scheme}://{kept}{host}{re.split('[?#]', rest, maxsplit=1)[0]}"


def read_remotes(text: str, folder: Path) -> list[Remote]:
    """The repositories of a list, each once: a line each, `#` comments and what follows a tab left out.

    Paths are relative to `folder`. Raises Refusal with the line (never its text) for what can be none.
    """
    out: dict[str, Remote] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        url = line.partition("\t")[0].strip()
        if not url or url.startswith("#"):
            continue
        if _CONTROL.search(url) or url.startswith("-") or "::" in url.partition("/")[0]:
            raise Refusal("is neither a clone URL nor a path", line=number, help="one clone URL or path on each line")
        if not _SCHEME.fullmatch(url) and ((folder / url).exists() or not _SCP.fullmatch(url)):
            url = str((folder / Path(url).expanduser()).absolute())
            if not Path(url).exists():
                url = url.rpartition("@")[2]  # likely a URL without its scheme, and what stands there a token
        remote = Remote(url, clean_url(url))
        out.setdefault(remote.clean, remote)
    return list(out.values())
