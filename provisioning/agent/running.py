"""The agent as a process: one at a time for a file, patient with everything it depends on."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from provisioning.agent.feed import Feed, connected
from provisioning.agent.options import Options
from provisioning.agent.syncing import Sync
from provisioning.pbx.kamailio.memory import Memory
from provisioning.pbx.kamailio.rpc import Refused, RouterAway, Rpc

_log = logging.getLogger(__name__)
_SHORTEST, _LONGEST = 0.2, 5.0


class AlreadyRunning(Exception):
    """Another agent owns the file."""


def run(options: Options, stop: threading.Event) -> None:
    """Feed the router until told to stop."""
    with _alone(options.file):
        rpc = Rpc(options.rpc, own=options.own)
        sync = Sync(options, Memory(rpc))
        try:
            _keep_on(options, sync, stop)
        finally:
            sync.close()
            rpc.close()


def _keep_on(options: Options, sync: Sync, stop: threading.Event) -> None:
    pause = _SHORTEST
    while not stop.is_set():
        # Without the database the router is still brought to what the file holds.
        _patiently(sync.agree)
        try:
            with connected(options.dsn) as feed:
                _log.info("connected to the database")
                pause = _SHORTEST
                _follow(options, sync, feed, stop)
        except psycopg.Error as trouble:
            _log.warning("no database, trying again in %.1f s: %s", pause, _line(trouble))
            stop.wait(pause)
            pause = min(pause * 2, _LONGEST)


def _follow(options: Options, sync: Sync, feed: Feed, stop: threading.Event) -> None:
    while not stop.is_set():
        feed.wait(options.poll if _patiently(lambda: sync.step(feed)) else _SHORTEST)


_said: set[str] = set()


def _patiently(work: Callable[[], object]) -> bool:
    """Run it; a router that is away or refuses, or a full disk, is tried again at the next look."""
    try:
        work()
    except (RouterAway, Refused, sqlite3.Error, OSError) as trouble:
        sentence = f"{type(trouble).__name__}, trying again: {trouble}"
        if sentence not in _said:
            _said.add(sentence)
            _log.warning(sentence)
        return False
    _said.clear()
    return True


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    file.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{file}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise AlreadyRunning(f"Another agent owns {file}. Stop it first.") from taken
        yield


def _line(trouble: psycopg.Error) -> str:
    return " ".join(str(trouble).split()) or type(trouble).__name__
