"""The full sync: a new file written beside the old one, put in its place, loaded by the router."""

from __future__ import annotations

import itertools
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provisioning.agent.feed import Feed, Snapshot
from provisioning.pbx.kamailio.file import (
    TABLES,
    Held,
    RouteFile,
    create_file,
    new_path,
    open_file,
    put_in_place,
)
from provisioning.pbx.kamailio.targets import BadTarget, as_target

_log = logging.getLogger(__name__)
_CHUNK = 10_000
_Entry = tuple[Any, ...]
"""Table, key, value."""


def write(feed: Feed, path: Path) -> RouteFile:
    """Copy everything that was published into a new file; the old one serves until it is whole."""
    beside = new_path(path)
    new = create_file(beside)
    try:
        with feed.snapshot() as snapshot, new.changing():
            _fill(new, snapshot)
    finally:
        new.close()
    put_in_place(beside, path)
    return open_file(path)


def _fill(file: RouteFile, snapshot: Snapshot) -> None:
    rows: Counter[str] = Counter()
    for chunk in _chunks(snapshot.entries()):
        for table, entries in itertools.groupby(chunk, key=lambda entry: entry[0]):
            if table in TABLES:
                rows[table] += file.insert(table, ((k, v) for _, k, v in _readable(entries)))
    for table in TABLES:
        file.set_held(table, Held(snapshot.versions[table], rows[table]))
    file.set_ready()


def _readable(entries: Iterator[_Entry]) -> Iterator[_Entry]:
    """Leave out a target that cannot be read: it must not keep every number off the air."""
    for entry in entries:
        if entry[0] == "targets":
            try:
                as_target(entry[1], entry[2])
            except BadTarget as trouble:
                _log.error("left out: %s", trouble)
                continue
        yield entry


def _chunks(entries: Iterator[_Entry]) -> Iterator[list[_Entry]]:
    while chunk := list(itertools.islice(entries, _CHUNK)):
        yield chunk
