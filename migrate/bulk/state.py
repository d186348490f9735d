"""What is done, in one SQLite file of the working folder. Nothing in it is secret: URLs without passwords, views as reports show them."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from migrate.errors import Refusal

_TABLE = "CREATE TABLE IF NOT EXISTS repositories (id TEXT, settings TEXT, url TEXT, result TEXT, PRIMARY KEY (id, settings))"


class State:
    """The results of repositories under given settings. Used from one thread."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file. Raises Refusal where it is none of this program's or cannot be written."""
        try:
            self._db = sqlite3.connect(path, timeout=30)
            self._db.execute(_TABLE)
            self._db.commit()
        except sqlite3.Error as error:
            raise Refusal(f"the state file cannot be used: {error}", path=path, help="name another folder with --workdir") from None
        self._path = path

    def done(self, settings: str) -> dict[str, dict[str, Any]]:
        """Repository's id to result, of all that were looked at with these settings. Raises Refusal."""
        try:
            rows = self._db.execute("SELECT id, result FROM repositories WHERE settings = ?", (settings,)).fetchall()
            return {id: json.loads(result) for id, result in rows}
        except (sqlite3.Error, ValueError):
            raise Refusal("the state file is damaged", path=self._path, help="name another folder with --workdir") from None

    def keep(self, id: str, settings: str, url: str, result: dict[str, Any]) -> None:
        """Writes a result down, lasting. Raises Refusal."""
        try:
            with self._db:
                self._db.execute("INSERT OR REPLACE INTO repositories VALUES (?, ?, ?, ?)", (id, settings, url, json.dumps(result)))
        except sqlite3.Error as error:
            raise Refusal(f"the state file cannot be written: {error}", path=self._path) from None

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
