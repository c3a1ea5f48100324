"""
The router's SQLite file: what Kamailio loads at start, and what the agent knows it has applied.

Tables have the columns that ``htable`` (table version 2) and ``dispatcher`` (4) of Kamailio 5.6
read, so the router needs nothing but this file. A rollback journal and not a write-ahead log: the
file is replaced as a whole by renaming, which a log beside it would not survive.

SQLite notices a page that makes no sense, but not a digit that became another one. So each row has
a checksum of itself, which only we read: no call goes where a damaged row says.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioning.pbx.kamailio.targets import as_target

TABLES = ("settings", "sources", "targets", "inbound")
"""In the order in which changes are applied: a route never comes before what it leans on."""

HTABLES = ("settings", "sources", "inbound")
"""Those that live in hash tables; targets live in the dispatcher."""

READY = "ready"

_HTABLE = """
CREATE TABLE {name} (
    key_name VARCHAR(64) NOT NULL PRIMARY KEY, key_type INTEGER NOT NULL DEFAULT 0,
    value_type INTEGER NOT NULL DEFAULT 0, key_value VARCHAR(128) NOT NULL DEFAULT '',
    expires INTEGER NOT NULL DEFAULT 0, checksum INTEGER NOT NULL) WITHOUT ROWID
"""
_DISPATCHER = """
CREATE TABLE dispatcher (
    id INTEGER PRIMARY KEY, setid INTEGER NOT NULL, destination VARCHAR(192) NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0, priority INTEGER NOT NULL DEFAULT 0,
    attrs VARCHAR(128) NOT NULL DEFAULT '', description VARCHAR(64) NOT NULL UNIQUE,
    checksum INTEGER NOT NULL)
"""
_VERSIONS = {"meta": 2, "settings": 2, "sources": 2, "inbound": 2, "dispatcher": 4, "version": 2}
"""Kamailio asks for those of its tables; that of ``version`` is ours."""
_ENTRY = ("key_name", "key_value", "key_type", "value_type", "expires")
_TARGET = ("description", "setid", "destination", "priority", "flags", "attrs")
_PLAIN = (0, 0, 0)
"""Types and expiry of every entry: text that stays."""
_COLUMNS = {**dict.fromkeys(("meta", *HTABLES), _ENTRY), "dispatcher": _TARGET}

Change = tuple[str, str | None]
"""A key and its new value; None when the key goes."""


class Unusable(Exception):
    """The file is missing, damaged or not ours; a full sync writes a new one."""


class NotThere(Unusable):
    """There is no such file."""


@dataclass(frozen=True)
class Held:
    """What the file holds of one table."""

    version: int
    rows: int


class RouteFile:
    """One router's file, opened by the only process that writes it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection
        self._inode = path.stat().st_ino

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def is_there(self) -> bool:
        """Tell whether the path still leads to the file that was opened."""
        try:
            return self.path.stat().st_ino == self._inode
        except OSError:
            return False

    def ready(self) -> bool:
        """Tell whether the tables have been whole at least once."""
        return self._meta().get(READY) == "1"

    def held(self) -> dict[str, Held]:
        """Give version and row count of every table that has been synced."""
        meta = self._meta()
        return {
            table: Held(int(meta[table]), int(meta[f"{table}.rows"]))
            for table in TABLES
            if table in meta
        }

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Make what happens inside one step: it is all in the file, or nothing is."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            # A commit that fails, on a full disk for example, leaves the step open as well.
            self._db.execute("ROLLBACK")
            raise

    def apply(self, table: str, *, version: int, changes: Mapping[str, str | None]) -> int:
        """Write the changes and the version they lead to; gives the new row count."""
        gone = self._delete(table, changes)
        came = self.insert(table, ((k, v) for k, v in changes.items() if v is not None))
        rows = self._rows(table) - gone + came
        self.set_held(table, Held(version, rows))
        return rows

    def insert(self, table: str, entries: Iterable[tuple[str, str]]) -> int:
        """Add rows whose keys are not there; gives how many."""
        if table == "targets":
            return self._insert("dispatcher", (as_target(k, v).row for k, v in entries), (0, ""))
        return self._insert(table, entries, _PLAIN)

    def count(self, table: str) -> int:
        """Count the rows that are really there."""
        name = _named("dispatcher" if table == "targets" else table)
        (rows,) = self._db.execute(f"SELECT count(*) FROM {name}").fetchone()  # noqa: S608
        return int(rows)

    def set_held(self, table: str, held: Held) -> None:
        """Write down version and row count of a table."""
        self._set_meta(table, str(held.version))
        self._set_meta(f"{table}.rows", str(held.rows))

    def set_ready(self) -> None:
        """Write down that every table is whole."""
        self._set_meta(READY, "1")

    def _delete(self, table: str, keys: Iterable[str]) -> int:
        column, name = ("description", "dispatcher") if table == "targets" else ("key_name", table)
        return self._db.executemany(
            f"DELETE FROM {_named(name)} WHERE {column} = ?",  # noqa: S608
            ((key,) for key in keys),
        ).rowcount

    def _rows(self, table: str) -> int:
        return int(self._meta().get(f"{table}.rows", "0"))

    def _meta(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT key_name, key_value FROM meta").fetchall())

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("DELETE FROM meta WHERE key_name = ?", (key,))
        self._insert("meta", [(key, value)], _PLAIN)

    def _insert(
        self, name: str, rows: Iterable[tuple[object, ...]], rest: tuple[object, ...]
    ) -> int:
        columns = _COLUMNS[name]
        return self._db.executemany(
            f"INSERT INTO {name} ({', '.join(columns)}, checksum)"  # noqa: S608
            f" VALUES ({', '.join('?' * (len(columns) + 1))})",
            ((*row, *rest, _checksum(*row, *rest)) for row in rows),
        ).rowcount


def _checksum(*values: object) -> int:
    return zlib.crc32("\0".join(map(str, values)).encode())


def _named(table: str) -> str:
    if table not in _VERSIONS:
        raise ValueError(f"There is no table {table!r} in the file.")
    return table


def open_file(path: Path) -> RouteFile:
    """
    Open a file and make sure that it is whole.

    :raises Unusable: if it is not
    """
    if not path.is_file():
        raise NotThere(f"{path} is not there")
    db = _connect(path)
    try:
        (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
        versions = dict(db.execute("SELECT table_name, table_version FROM version").fetchall())
        whole = (
            verdict == "ok" and versions == _VERSIONS and all(_is_whole(db, n) for n in _COLUMNS)
        )
        file = RouteFile(path, db)
        whole = whole and all(file.count(t) == held.rows for t, held in file.held().items())
    except (sqlite3.DatabaseError, ValueError, KeyError) as trouble:
        db.close()
        raise Unusable(f"{path} cannot be read: {trouble}") from trouble
    if not whole:
        db.close()
        raise Unusable(f"{path} is damaged or of another release")
    return file


def _is_whole(db: sqlite3.Connection, name: str) -> bool:
    """Tell whether every row of a table is as it was written."""
    db.create_function("checksum", -1, _checksum, deterministic=True)
    query = f"SELECT 1 FROM {name} WHERE checksum IS NOT checksum({', '.join(_COLUMNS[name])})"  # noqa: S608
    return db.execute(f"{query} LIMIT 1").fetchone() is None


def create_file(path: Path) -> RouteFile:
    """Write an empty file, which makes its router answer 503 until it is filled."""
    path.unlink(missing_ok=True)
    Path(f"{path}-journal").unlink(missing_ok=True)
    db = _connect(path)
    db.execute("BEGIN")
    db.execute("CREATE TABLE version (table_name VARCHAR(32) PRIMARY KEY, table_version INTEGER)")
    for name in ("meta", *HTABLES):
        db.execute(_HTABLE.format(name=name))
    db.execute(_DISPATCHER)
    db.executemany("INSERT INTO version VALUES (?, ?)", _VERSIONS.items())
    db.execute("COMMIT")
    path.chmod(0o644)
    return RouteFile(path, db)


def prepare(path: Path) -> bool:
    """
    Make sure that a router can start from the path; gives whether the file there was usable.

    A damaged file is kept beside as ``.damaged``; an empty one takes its place.
    """
    try:
        open_file(path).close()
    except NotThere:
        path.parent.mkdir(parents=True, exist_ok=True)
    except Unusable:
        path.replace(path.with_name(path.name + ".damaged"))
    else:
        return True
    beside = new_path(path)
    create_file(beside).close()
    put_in_place(beside, path)
    return False


def new_path(path: Path) -> Path:
    """Give the name under which a new file is written beside the old one."""
    return path.with_name(path.name + ".new")


def put_in_place(new: Path, path: Path) -> None:
    """Let a finished file take the place of the old one, at once and for good."""
    # A journal left by a killed writer belongs to the old file and must not be played into this.
    Path(f"{path}-journal").unlink(missing_ok=True)
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
