"""The list of repositories, and what of a clone URL may be shown."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

from migrate.errors import Refusal

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)(.*)", re.DOTALL)
_SCP = re.compile(r"(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9._\[\]-]+:(?!/{2}).+")
_OWNER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_COMMENT = re.compile(r"\s#.*")
_SSH_USER = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,18}|APKA[A-Z0-9]{16}")
"""A name, or the id of an SSH key as CodeCommit takes it; what is longer may be a token."""
_TAKEN = ("file", "git", "http", "https", "ssh")


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository of the list. `url` may hold a password and goes to git alone; `clean` is the same without."""

    url: str = field(repr=False)
    clean: str

    @staticmethod
    def of(url: str) -> "Remote":
        """The repository at a clone URL or path."""
        return Remote(url, clean_url(url))

    @property
    def id(self) -> str:
        """A file name for it, the same in every run."""
        return sha256(self.clean.encode("utf-8", "surrogateescape")).hexdigest()[:20]

    @property
    def name(self) -> str:
        """The last two parts of its path, as in owner/name."""
        parts = [p for p in re.split(r"[/:\\]+", self.clean.removesuffix("/")) if p]
        return "/".join(parts[-2:]).removesuffix(".git")

    @property
    def is_path(self) -> bool:
        """Is it on this machine, so that whatever it runs runs here?"""
        return self.clean.startswith(("/", "file:"))

    @property
    def login(self) -> tuple[str, str] | None:
        """User and password (empty: none) that stand in an http URL, as a server wants them; None where none do."""
        match = _SCHEME.fullmatch(self.url)
        if match is None or match[1].lower() not in ("http", "https") or "@" not in match[2]:
            return None
        user, _, password = match[2].rpartition("@")[0].partition(":")
        return unquote(user), unquote(password)

    @property
    def host(self) -> str:
        """Scheme and host, as git's settings name them."""
        match = _SCHEME.fullmatch(self.clean)
        return f"{match[1]}://{match[2]}" if match is not None else self.clean

    @property
    def secret(self) -> bool:
        """Does a user's name, a password or a token stand in the URL?"""
        return self.url != self.clean


def clean_url(url: str) -> str:
    """The URL without user, password, query and fragment: a token may stand in each. The user of ssh stays, where it is a name."""
    match = _SCHEME.fullmatch(url)
    if match is None:
        user, at, rest = url.rpartition("@")
        return rest if at and not _SSH_USER.fullmatch(user) and "/" not in user.partition(":")[0] else url
    scheme, host, rest = match.groups()
    user, at, host = host.rpartition("@")
    name = user.partition(":")[0]
    kept = f"{name}@" if at and scheme.lower() == "ssh" and _SSH_USER.fullmatch(name) else ""
    return f"{scheme}://{kept}{host}{re.split('[?#]', rest, maxsplit=1)[0]}"


def read_remotes(text: str, folder: Path, host: str | None = None) -> list[Remote]:
    """The repositories of a list, each once: a line each; `#` comments and what follows a tab left out.

    `owner/name`, as `gh repo list` prints it, is the repository of that name at `host` (`https://github.com`, say), where one is
    given. Paths are relative to `folder`. Raises Refusal with the line (never its text) for what can be none.
    """
    out: dict[str, Remote] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        written = line.lstrip()
        url = _COMMENT.sub("", written.partition("\t")[0]).strip().strip("\"'")
        if url and not url.startswith("#"):
            remote = Remote.of(_url(url, folder, host, number))
            out.setdefault(remote.clean.removesuffix("/").removesuffix(".git"), remote)
    return list(out.values())


def _url(url: str, folder: Path, host: str | None, line: int) -> str:
    if _CONTROL.search(url) or url.startswith("-") or "::" in url.partition("/")[0]:
        raise Refusal("is neither a clone URL nor a path", line=line, help="use one clone URL or path per line")
    scheme = _SCHEME.fullmatch(url)
    if scheme:
        if scheme[1].lower() not in _TAKEN:
            raise Refusal("is a URL with an unsupported scheme", line=line, help=f"supported: {', '.join(_TAKEN)}")
        if "@" in re.split("[?#]", scheme[3], maxsplit=1)[0] and scheme[1].lower() != "file":
            # likely a password with a slash in it, of which git would make a host and a path
            raise Refusal("has an @ after its first slash", line=line, help="percent-encode it: %40 for @, %2F for a slash in a password")
        return url
    path = folder / url
    if path.exists() or url.startswith(("~", "/", "./", "../")):
        return str((folder / Path(url).expanduser()).absolute())
    if _SCP.fullmatch(url):
        return url
    if _OWNER_NAME.fullmatch(url):
        if host is None:
            raise Refusal(
                "looks like owner/name, and no such path exists",
                line=line,
                help="name the host with --host https://github.com (or ssh://git@github.com), or list clone URLs: "
                "gh repo list OWNER --json sshUrl --jq '.[].sshUrl'",
            )
        return f"{host.rstrip('/')}/{url}.git" if "://" in host else f"{host.rstrip(':')}:{url}.git"
    url = str(path.absolute())
    return url if Path(url).exists() else url.rpartition("@")[2]  # likely a URL without its scheme, and what stands there a token
