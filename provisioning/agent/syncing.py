"""One agent's work: file and memory of one router are kept equal to what was published."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Iterator

from lib import pauses
from provisioning.agent import full
from provisioning.agent.feed import Feed, News
from provisioning.agent.options import Options
from provisioning.pbx.kamailio.file import (
    HTABLES,
    TABLES,
    Held,
    RouteFile,
    Unusable,
    open_file,
    prepare,
)
from provisioning.pbx.kamailio.memory import Memory, NotYet, State
from provisioning.pbx.kamailio.targets import BadTarget

_log = logging.getLogger(__name__)
BEAT = 1.0
"""Seconds between two acknowledgements when nothing changes: how others see that we are up."""


class Sync:
    """
    Bring one router up to date and keep it there.

    What holds at any moment, whoever is killed: the version in the router's memory is never ahead
    of the file's, and never ahead of its own rows. So the file can always bring the router up to
    date without the database, and replaying from the file's version is always enough. A router that
    restarts between its rows and their version reads the file as it was before: the version names
    the start that it was noted for, so it is not believed.
    """

    def __init__(self, options: Options, memory: Memory) -> None:
        self._options = options
        self._memory = memory
        self._file: RouteFile | None = None
        self._known = ""
        self._acknowledged = 0.0
        self._later: set[str] = set()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def agree(self) -> State:
        """
        Make the router hold what the file holds; needs no database.

        :raises RouterAway: if there is no router to speak to
        """
        file = self._opened()
        state = self._memory.state()
        if state.boot != self._known:
            _log.info("the router is up with %s", dict(state.versions) or "nothing")
            self._known = state.boot
        with self._trusting():
            held = file.held()
        behind = [t for t in TABLES if t in held and state.versions.get(t) != held[t].version]
        self._load(behind, held, boot=state.boot)
        if file.ready() and not state.ready and not self._later:
            self._memory.set_ready()
        return self._memory.state() if behind or not state.ready else state

    def step(self, feed: Feed) -> None:
        """Take in whatever was published since, and report it."""
        state = self.agree()
        file = self._opened()
        held = file.held()
        news = feed.news(held, limit=self._options.bulk + 1)
        pauses.at("agent.read")
        why = self._why_full(file, held, news)
        if why:
            _log.info("full sync: %s", why)
            self._sync_fully(feed)
            return
        for table in TABLES:
            if table in news and news[table].version > held[table].version:
                self._replay(feed, file, table, news[table], state)
        if time.monotonic() - self._acknowledged >= BEAT:
            self._beat(feed)

    def _why_full(self, file: RouteFile, held: dict[str, Held], news: dict[str, News]) -> str:
        if not file.ready() or set(held) != set(TABLES):
            return "the file has never been whole"
        for table, one in news.items():
            mine = held[table].version
            if one.version < mine:
                return f"{table} was published anew from version {one.version}"
            if one.version > mine and one.oldest > mine + 1:
                return f"changes of {table} after version {mine} are no longer kept"
            if one.count > self._options.bulk:
                return f"more than {self._options.bulk} changes of {table} wait"
        return ""

    def _replay(self, feed: Feed, file: RouteFile, table: str, news: News, state: State) -> None:
        """Rows in memory, commit of the file, version in memory, in this order: see the class."""
        try:
            with self._trusting(), file.changing():
                rows = file.apply(table, version=news.version, changes=news.changes)
                if table in HTABLES:
                    self._memory.apply(table, news.changes)
                pauses.at("agent.applied")
        except BadTarget as trouble:
            _log.error("%s stay as they were: %s", table, trouble)
            return
        pauses.at("agent.written")
        held = {table: Held(news.version, rows)}
        if table in HTABLES:
            self._memory.set_held(table, held[table], boot=state.boot)
        else:
            self._load([table], held, boot=state.boot)
        pauses.at("agent.held")
        now = self._memory.state()
        if now.boot == state.boot and now.versions.get(table) == news.version:
            feed.acknowledge(held, mode="delta", ready=now.ready)

    def _sync_fully(self, feed: Feed) -> None:
        self.close()
        self._file = full.write(feed, self._options.file)
        pauses.at("agent.whole")
        held = self._file.held()
        self._load(TABLES, held, boot=self._memory.state().boot)
        if not self._later:
            self._memory.set_ready()
        self._beat(feed, mode="full")

    def _load(
        self, tables: list[str] | tuple[str, ...], held: dict[str, Held], *, boot: str
    ) -> None:
        for table in tables:
            try:
                self._memory.load(table)
            except NotYet:
                self._later.add(table)
                continue
            self._memory.set_held(table, held[table], boot=boot)
            self._later.discard(table)

    def _beat(self, feed: Feed, *, mode: str = "delta") -> None:
        """Report what memory really holds; rows that went astray come back from the file."""
        counts = self._memory.counts()
        state = self._memory.state()
        held = self._opened().held()
        # A file that was lost meanwhile holds nothing until the next step has written it anew.
        astray = [t for t, rows in counts.items() if t in held and held[t].rows != rows]
        if astray:
            _log.error("the router's rows differ from the file's, loading again: %s", astray)
            self._load(astray, held, boot=state.boot)
            state = self._memory.state()
        current = {t: h for t, h in held.items() if state.versions.get(t) == h.version}
        feed.acknowledge(current, mode=mode, ready=state.ready)
        self._acknowledged = time.monotonic()

    @contextlib.contextmanager
    def _trusting(self) -> Iterator[None]:
        """A file that turns out to be damaged is looked at as a whole before it is used again."""
        try:
            yield
        except sqlite3.OperationalError:
            # Locked, or the disk is full: that is not the file's fault.
            raise
        except sqlite3.DatabaseError:
            self.close()
            raise

    def _opened(self) -> RouteFile:
        if self._file is not None and self._file.is_there():
            return self._file
        self.close()
        try:
            self._file = open_file(self._options.file)
        except (Unusable, sqlite3.Error) as trouble:
            _log.warning("%s; starting with an empty one", trouble)
            prepare(self._options.file)
            self._file = open_file(self._options.file)
        return self._file
