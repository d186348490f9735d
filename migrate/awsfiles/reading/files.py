"""The two files: where they are, and their text. The only place of the converter that touches the disk, and it only reads."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from migrate.awsfiles.reading.document import Document
from migrate.errors import Refusal

LARGEST = 32 * 1024 * 1024
"""No AWS file comes near it: 20,000 profiles are 5 MB. Larger ones are refused, since reading them would take gigabytes."""

_MARK = "\ufeff"


@dataclass(slots=True)
class AwsFile:
    """One of the two files as read. `data` is None where the file does not exist; the document is then empty."""

    path: Path
    data: bytes | None
    document: Document
    marked: bool = False  # did it begin with a byte-order mark?


def default_path(option: Path | None, variable: str, name: str) -> Path:
    """The file to work on: the option, else the environment variable (an empty one counts as none), else `~/.aws/NAME`.

    As botocore does, `~` and variables are expanded. Raises Refusal where there is no home folder.
    """
    if option is not None:
        return _home(str(option))
    value = os.environ.get(variable)
    if value:
        return _home(os.path.expandvars(value))
    return _home(f"~/.aws/{name}")


def must_be_there(option: Path | None) -> None:
    """Raise Refusal where an option names a file of keys that there is not: whoever mistyped it would be told that nothing is to be done."""
    if option is not None and not _home(str(option)).exists():
        raise Refusal("the file does not exist", path=option, help="correct --credentials-file, or omit it")


def _home(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise Refusal(
            "the home directory is unknown", help="set HOME, or name the files with --config-file and --credentials-file"
        ) from None


def read_file(path: Path) -> AwsFile:
    """Reads one file; a missing one is empty. Raises Refusal for whatever cannot be read, or is not what botocore reads."""
    data = _bytes(path)
    if data is None:
        return AwsFile(path, None, Document("", path))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refusal("the file is not valid UTF-8", path=path, line=line, help="save it as UTF-8, then run again") from None
    marked = text.startswith(_MARK)
    return AwsFile(path, data, Document(text.removeprefix(_MARK), path), marked)


def _bytes(path: Path) -> bytes | None:
    try:
        # not to hang on a FIFO: its kind is asked before it is opened, and again behind
        kind = path.stat().st_mode
        if is_null(path):
            return b""
        if not stat.S_ISREG(kind):
            raise Refusal(f"is {_kind(kind)}, not a file", path=path)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Refusal("is not a file", path=path)
            data = _all(descriptor)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise Refusal("is inside something that is not a directory", path=path) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not a valid file name"
        raise Refusal(f"cannot be read: {reason}", path=path) from None
    if len(data) > LARGEST:
        raise Refusal(f"is larger than {LARGEST // 2**20} MiB, too large for an AWS file", path=path)
    return data


def is_null(path: Path) -> bool:
    """Is it /dev/null? AWS_SHARED_CREDENTIALS_FILE=/dev/null is a usual way to say that there shall be no such file."""
    try:
        return path.samefile(os.devnull)
    except (OSError, ValueError):
        return False


def _all(descriptor: int) -> bytes:
    parts, size = [], 0
    while size <= LARGEST and (part := os.read(descriptor, 1 << 20)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a directory"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device or socket"
