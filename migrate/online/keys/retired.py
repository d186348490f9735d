"""What was done to keys, and when: a file of the program's own beside the journals. It holds no whole key id.

A key is told by its masked id and by a digest, so that a key of the same last four characters is not taken for it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

from migrate.changes.state import locked, ready_state, state_folder
from migrate.changes.write import look, replace_private
from migrate.errors import Refusal
from migrate.keys import mask_key_id
from migrate.online.login.tokens import format_time, parse_time

Action = Literal["deactivate", "reactivate", "delete"]
_FILE = "retired.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that was done to a key. `done` is False from before AWS was asked until it has answered."""

    key: str
    digest: str
    action: Action
    time: str
    account_id: str
    user: str
    done: bool = True


class Records:
    """All that was ever done, oldest first. Reading it raises Refusal where the file is damaged."""

    def __init__(self) -> None:
        self._path = state_folder() / _FILE
        self.all: list[Record] = _read(self._path)

    def last(self, key_id: str) -> Record | None:
        """The last thing that was surely done to a key."""
        wanted = digest(key_id)
        return next((record for record in reversed(self.all) if record.digest == wanted and record.done), None)

    def deactivated_since(self, key_id: str) -> timedelta | None:
        """For how long the key has been inactive by this program's doing; None where it is not."""
        last = self.last(key_id)
        when = parse_time(last.time) if last is not None and last.action == "deactivate" else None
        return None if when is None else datetime.now(UTC) - when

    def has_deleted(self, shown: str) -> bool:
        """Was a key that is shown like this deleted?"""
        return any(record.key == shown and record.action == "delete" and record.done for record in self.all)

    def add(self, record: Record) -> None:
        """Notes something, replacing the note that it was about to be done. Raises Refusal where it cannot be kept."""
        state = ready_state()
        with locked(state):
            self.all = _read(self._path)
            if self.all and not self.all[-1].done and (self.all[-1].digest, self.all[-1].action) == (record.digest, record.action):
                self.all.pop()
            _write(self._path, [*self.all, record])
            self.all.append(record)


def note(key_id: str, action: Action, account_id: str, user: str, *, done: bool) -> Record:
    """A record of now."""
    return Record(mask_key_id(key_id), digest(key_id), action, format_time(datetime.now(UTC)), account_id, user, done)


def digest(key_id: str) -> str:
    """What stands for a whole key id here."""
    return sha256(b"aws-sso-migrate retired key " + key_id.encode()).hexdigest()


def _read(path: Path) -> list[Record]:
    data = look(path).data
    if data is None:
        return []
    try:
        content = json.loads(data)
        if content["version"] != _VERSION:
            raise Refusal("was written by another version of this program", path=path)
        return [Record(**row) for row in content["keys"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refusal(
            "is damaged: it is unknown which keys were deactivated or deleted",
            path=path,
            help="move it away; then `--force` is needed to delete keys",
        ) from None


def _write(path: Path, records: Sequence[Record]) -> None:
    content = {"version": _VERSION, "keys": [asdict(record) for record in records]}
    try:
        replace_private(path, json.dumps(content, indent=1).encode())
    except OSError as error:
        raise Refusal(f"cannot be written: {error.strerror}", path=path, help="no further requests were sent to AWS") from None
