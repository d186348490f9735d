"""What is done, in one SQLite file of the working folder. Nothing in it is secret: URLs without passwords, views as reports show them."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from migrate.errors import Refusal

_TABLE = """CREATE TABLE IF NOT EXISTS work (id TEXT, settings TEXT, url TEXT, begun INTEGER, result TEXT, PRIMARY KEY (id, settings))"""


class State:
    """The results of repositories under given settings. Used from one thread."""

    def __init__(self, path: Path, settings: str) -> None:
        """Opens or makes the file. Raises Refusal where it is none of this program's or cannot be written."""
        self._path, self._settings = path, settings
        try:
            self._db = sqlite3.connect(path, timeout=30)
            path.chmod(0o600)
            # a crash of the machine may take the last results with it, which the next run finds on the remotes; one of ours takes nothing
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(_TABLE)
            self._db.commit()
        except (sqlite3.Error, OSError) as error:
            raise Refusal(f"the state file cannot be used: {error}", path=path, help="choose another folder with --workdir") from None

    def done(self) -> dict[str, dict[str, Any]]:
        """Repository's id to result, of all that came to one. Raises Refusal."""
        try:
            rows = self._db.execute("SELECT id, result FROM work WHERE settings = ? AND result IS NOT NULL", (self._settings,))
            return {id: json.loads(result) for id, result in rows}
        except (sqlite3.Error, ValueError):
            raise Refusal("the state file is damaged", path=self._path, help="choose another folder with --workdir") from None

    def begin(self, repositories: Iterable[tuple[str, str]], now: int) -> dict[str, int]:
        """Writes down that work on some (id, URL) begins, and gives when it first did. Raises Refusal."""
        try:
            with self._db:
                self._db.executemany(
                    "INSERT OR IGNORE INTO work VALUES (?, ?, ?, ?, NULL)", [(id, self._settings, url, now) for id, url in repositories]
                )
            return dict(self._db.execute("SELECT id, begun FROM work WHERE settings = ?", (self._settings,)).fetchall())
        except sqlite3.Error as error:
            raise Refusal(f"the state file cannot be written: {error}", path=self._path) from None

    def keep(self, id: str, result: dict[str, Any]) -> None:
        """Writes a result down. Raises Refusal."""
        try:
            with self._db:
                self._db.execute("UPDATE work SET result = ? WHERE id = ? AND settings = ?", (json.dumps(result), id, self._settings))
        except sqlite3.Error as error:
            raise Refusal(f"the state file cannot be written: {error}", path=self._path) from None

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
