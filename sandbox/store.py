"""Where the sandbox keeps what it knows: in memory, and in a file to survive a restart."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

Record = dict[str, Any]
"""What JSON can say. A changed record counts once it is put back."""


class Store:
    """
    Tables of records by key, in the order of their first appearance.

    Not thread-safe by itself: whoever uses it holds the world's lock.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Open the store; what an earlier run left in the file is there again."""
        self._tables: dict[str, dict[str, Record]] = {}
        self._base: sqlite3.Connection | None = None
        if file is not None:
            self._base = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
            # A sandbox that loses its last second in a power cut harms nobody.
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = OFF")
            self._base.execute(
                "CREATE TABLE IF NOT EXISTS record (position INTEGER PRIMARY KEY, area TEXT,"
                " key TEXT, value TEXT, UNIQUE (area, key))"
            )
            rows = self._base.execute("SELECT area, key, value FROM record ORDER BY position")
            for area, key, value in rows:
                self.table(area)[key] = json.loads(value)

    def table(self, name: str) -> dict[str, Record]:
        """Give a table to read from."""
        return self._tables.setdefault(name, {})

    def get(self, table: str, key: str) -> Record | None:
        """Find one record."""
        return self.table(table).get(key)

    def put(self, table: str, key: str, record: Record) -> None:
        """Write a record."""
        self.table(table)[key] = record
        if self._base is not None:
            self._base.execute(
                "INSERT INTO record (area, key, value) VALUES (?, ?, ?)"
                " ON CONFLICT (area, key) DO UPDATE SET value = excluded.value",
                (table, key, json.dumps(record)),
            )

    def remove(self, table: str, key: str) -> None:
        """Forget a record, if it is there."""
        self.table(table).pop(key, None)
        if self._base is not None:
            self._base.execute("DELETE FROM record WHERE area = ? AND key = ?", (table, key))

    def clear(self) -> None:
        """Forget everything."""
        self._tables.clear()
        if self._base is not None:
            self._base.execute("DELETE FROM record")

    def close(self) -> None:
        """Close the file."""
        if self._base is not None:
            self._base.close()
            self._base = None
