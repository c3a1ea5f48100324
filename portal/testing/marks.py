"""
Secrets of the tests carry a mark, and no mark may turn up where things are kept or said.

Watched are log records with their tracebacks, what tests and the portal print, the arguments of
tasks, every row of every table before a test's rows are undone, and Redis at the end of the run.
A mark that is found fails the test that was running; one that is found afterwards fails the run.
"""

from __future__ import annotations

import base64
import logging
import secrets
from collections.abc import Generator, Iterable, Iterator
from typing import Any

import psycopg
import pytest
from celery.signals import before_task_publish
from django.conf import settings
from django.db import Error as DjangoError
from django.db import connection
from pytest_django.plugin import blocking_manager_key
from redis import Redis

MARK = "MARK-SECRET"
"""Stands in credentials, passwords, tokens and keys of tests, and in what is drawn meanwhile."""
SHOWS = "shows_secrets"
"""Marks tests of what shows a secret once on purpose, such as a command that enrols a node."""
KEPT_ON_PURPOSE = frozenset({"accounts_sentmail"})
"""The outbox of tests and demo: a mail holds the link that lets its reader in."""
_DATABASE = {"db", "transactional_db"}


def forms(mark: str) -> tuple[str, ...]:
    """Give a mark as it stands in a text, and as Base64 writes it at each of the three offsets."""
    coded = []
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + mark.encode()).decode().rstrip("=")
        # The outer characters mix with what stands before and behind.
        coded.append(text[4 if offset else 0 : -1])
    return (mark, *coded)


MARKS = forms(MARK)


def found_in(text: str) -> bool:
    """Tell whether a mark stands in a text."""
    return any(mark in text for mark in MARKS)


class Watch(logging.Handler):
    """Collects the places where a mark was seen."""

    def __init__(self) -> None:
        super().__init__(level=logging.NOTSET)
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        self.seen: list[str] = []

    def look(self, where: str, text: str) -> None:
        """Look at a text; what is told of it holds no more than the neighbourhood of the mark."""
        for mark in MARKS:
            at = text.find(mark)
            if at >= 0:
                self.seen.append(f"{where}: …{text[max(0, at - 120) : at + len(mark)]}…")
                return

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a log record, its arguments and its traceback."""
        try:
            self.look("log", f"{self.format(record)} {record.args!r}")
        except (TypeError, ValueError):
            self.look("log", f"{record.msg!r} {record.args!r}")

    def published(self, sender: object = None, body: object = None, **headers: object) -> None:
        """Look at the arguments of a task that is sent to a worker."""
        self.look(f"task {sender}", f"{body!r} {headers.get('headers')!r}")

    def rows(self, tables: Iterable[str]) -> None:
        """Look at every row of these tables, in one statement."""
        one = "SELECT {0!r} WHERE EXISTS (SELECT FROM \"{0}\" row WHERE row::text ~ '{1}')"
        pattern = "|".join(MARKS).replace("+", r"\+")
        union = " UNION ALL ".join(one.format(table, pattern) for table in tables)
        if not union:
            return
        connection.ensure_connection()
        # Planned once for each connection: it runs after every test.
        found = connection.connection.execute(union, prepare=True).fetchall()
        self.seen += [f"a row of {table}" for (table,) in found]

    def redis(self, store: Redis) -> None:
        """Look at every key and value of a store."""
        for key in store.scan_iter(count=1000):
            self.look("Redis", f"{key!r} {_value(store, key)!r}")

    def taken(self) -> list[str]:
        """Give what was seen since the last time."""
        seen, self.seen = self.seen, []
        return seen


def _value(store: Redis, key: bytes) -> object:
    match store.type(key):
        case b"string":
            return store.get(key)
        case b"stream":
            return store.xrange(key)
        case b"hash":
            return store.hgetall(key)
        case b"list":
            return store.lrange(key, 0, -1)
        case b"zset":
            return store.zrange(key, 0, -1)
        case b"set":
            return store.smembers(key)
    return None


class Plugin:
    """Has a watch kept through the whole run, in every worker."""

    def __init__(self) -> None:
        self.watch = Watch()
        self.late: list[str] = []
        self.tables: list[str] = []
        self._draw = secrets.token_urlsafe
        self._watched: list[logging.Logger] = []

    def pytest_sessionstart(self) -> None:
        """Begin to watch; secrets drawn from now on carry the mark."""
        secrets.token_urlsafe = self._marked
        before_task_publish.connect(self.watch.published, weak=False)
        loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
        self._watched = [logging.root, *(one for one in loggers if not one.propagate)]
        for logger in self._watched:
            logger.addHandler(self.watch)

    def _marked(self, nbytes: int | None = None) -> str:
        return f"{MARK}-{self._draw(nbytes)}"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        """Look at the rows of a test before they are undone."""
        names = set(getattr(item, "fixturenames", ()))
        if names & _DATABASE or item.get_closest_marker("django_db"):
            with item.config.stash[blocking_manager_key].unblock():
                self.look_at_rows()
        return (yield)

    def look_at_rows(self) -> None:
        """Look at all rows that the connection of the test sees."""
        if connection.needs_rollback:
            return
        try:
            if not self.tables:
                names = connection.introspection.table_names()
                self.tables = sorted(set(names) - KEPT_ON_PURPOSE)
            self.watch.rows(self.tables)
        except (psycopg.Error, DjangoError):
            # The test has stopped the store or broken its transaction: others see the same rows.
            return

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Fail the test in whose time a mark was seen."""
        report = yield
        if call.when == "teardown":
            for name, content in report.sections:
                self.watch.look(name, content)
            seen = self.watch.taken()
            if seen and not item.get_closest_marker(SHOWS):
                report.outcome = "failed"
                report.longrepr = "\n".join(["A secret was found:", *seen])
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look at what is left at the end, and hand it to whoever counts."""
        secrets.token_urlsafe = self._draw
        before_task_publish.disconnect(self.watch.published)
        for logger in self._watched:
            logger.removeHandler(self.watch)
        if session.testscollected:
            with Redis.from_url(settings.REDIS_URL) as store:
                self.watch.redis(store)
        self.late += self.watch.taken()
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["marks"] = self.late
        elif self.late:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker of xdist saw at its end."""
        self.late += getattr(node, "workeroutput", {}).get("marks", [])

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what was found after the last test."""
        for where in self.late:
            terminalreporter.write_line(f"A secret was found after the tests: {where}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Keep the watch."""
    config.addinivalue_line("markers", f"{SHOWS}: shows a secret once, on purpose")
    config.pluginmanager.register(Plugin(), "marks")
