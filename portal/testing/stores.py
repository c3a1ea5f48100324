"""
A PostgreSQL database for each test worker, as the application's own role.

The owner migrates a template once a run; every worker clones it, and clones it again after a test
that committed (the application role may not TRUNCATE, and a clone takes some dozen milliseconds).
Beside it may stand more clones, with what many tests begin with (`portal.testing.standing`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from portal.celery import app

_LOCK = 7_211_001
_A_MOMENT = 0.5
_STEP = 0.005
_CLIENTS = "FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
_THERE = f"SELECT 1 {_CLIENTS} LIMIT 1"
_GO = f"SELECT pg_terminate_backend(pid) {_CLIENTS}"
KINDS = ("", "world", "cast")
"""Of a worker's databases: its own, and those of what stands."""
_BASE = str(settings.DATABASES["default"]["NAME"])
TEMPLATE = f"test_{_BASE}_template"


def clone_name(kind: str = "") -> str:
    """Give the name of this worker's database, or of its other one of a kind."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return "_".join(filter(None, ("test", _BASE, worker, kind)))


def make_clone(name: str, *, of: str = TEMPLATE) -> None:
    """Make a database as another one is, instead of one of that name, and work there."""
    connections.close_all()
    with _maintenance() as server:
        _recreate(server, name, template=of)
    use(name)


def _maintenance() -> psycopg.Connection:
    owner = connections["owner"].get_connection_params()
    wanted = {key: owner[key] for key in ("host", "port", "user", "password") if key in owner}
    return psycopg.connect(**wanted, dbname="postgres", autocommit=True)


def use(name: str) -> None:
    """Work in a database from now on."""
    if connections["default"].settings_dict["NAME"] == name:
        return
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def _recreate(server: psycopg.Connection, name: str, *, template: str) -> None:
    _drop(server, name)
    server.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def _see_off(server: psycopg.Connection, name: str) -> None:
    """Give backends that are about to go a moment, and ask those who stay to go."""
    until = time.monotonic() + _A_MOMENT
    while server.execute(_THERE, [name]).fetchone():
        if time.monotonic() > until:
            # An owner elsewhere may not: then the server waits for them.
            with suppress(psycopg.errors.InsufficientPrivilege):
                server.execute(_GO, [name])
            return
        time.sleep(_STEP)


def _drop(server: psycopg.Connection, name: str) -> None:
    # The server itself would look every 100 ms only.
    _see_off(server, name)
    plain = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    try:
        # Waits some seconds for backends that are about to go. FORCE would refuse instead: the
        # owner may not end the application's backends, nor an autovacuum.
        server.execute(plain)
    except psycopg.errors.ObjectInUse:
        server.execute(plain + sql.SQL(" WITH (FORCE)"))


def _comment(server: psycopg.Connection, name: str) -> str | None:
    found = server.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return found[0] if found else None


def _migrate_template(server: psycopg.Connection, run: str) -> None:
    _recreate(server, TEMPLATE, template="template0")
    use(TEMPLATE)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections["owner"].close()
    server.execute(
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(TEMPLATE), sql.Literal(run))
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give this worker a fresh clone of the migrated template."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"pid-{os.getpid()}"
    app.conf.update(broker_url="memory://")
    with django_db_blocker.unblock(), _maintenance() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        if _comment(server, TEMPLATE) != run:
            _migrate_template(server, run)
        _recreate(server, clone_name(), template=TEMPLATE)
        server.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        use(clone_name())
    yield
    with django_db_blocker.unblock(), _maintenance() as server:
        connections.close_all()
        for kind in KINDS:
            _drop(server, clone_name(kind))


def _clone_again(_self: TransactionTestCase) -> None:
    make_clone(str(connections["default"].settings_dict["NAME"]))


setattr(TransactionTestCase, "_fixture_teardown", _clone_again)  # noqa: B010 -- not in its stubs
