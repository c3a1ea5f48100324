"""A router's login can do its two things: read its own switch's feed, and acknowledge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.utils import timezone

from accounts.tests.factories import NOW
from provisioning import publisher
from provisioning.models import PbxNode
from provisioning.tests.scene import SYSTEM, Scene, make_numbers, make_pbx
from provisioning.workflows import nodes

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

ADDRESS = "sip:192.0.2.20:5060"
FEED = {"feed.me", "feed.head", "feed.entry", "feed.change"}
OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%%'"
TABLE_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
SERVER_FILES = "^(pg_read_|pg_ls_|pg_stat_file|pg_file_|lo_import|lo_export)"


@pytest.fixture
def dsn(committed: Scene) -> Iterator[str]:
    """Enrol a router."""
    make_numbers(committed.account, committed.tenant, count=3)
    publisher.run(pbx_id=committed.pbx.pk, clock=timezone.now)
    node, dsn = nodes.enrol(pbx=committed.pbx, name="r1", address=ADDRESS, actor=SYSTEM, now=NOW)
    yield dsn
    # Logins outlive the database of a test.
    for left in PbxNode.objects.filter(pk=node.pk):
        nodes.remove(node=left, actor=SYSTEM, now=NOW)


@pytest.fixture
def router(dsn: str) -> Iterator[psycopg.Connection]:
    """Sign in as it."""
    with psycopg.connect(dsn, autocommit=True) as router:
        yield router


@pytest.fixture
def login(router: psycopg.Connection) -> str:
    """Name its role."""
    return router.info.user


def ask(query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Ask the owner, who sees everything."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def test_of_all_relations_it_may_read_its_four_views_and_change_none(login: str) -> None:
    relations = ask(
        "SELECT n.nspname || '.' || c.relname, c.oid FROM pg_class c"  # noqa: S608
        f" JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r','p','v','m','f')"
        f" AND {OURS}"
    )
    assert len(relations) > 50
    may = {
        (name, right)
        for name, oid in relations
        for right in TABLE_RIGHTS
        if ask("SELECT has_table_privilege(%s, %s::oid, %s)", login, oid, right)[0][0]
    }
    assert may == {(name, "SELECT") for name in FEED}


def test_no_column_of_a_table_is_open_to_it(login: str) -> None:
    opened = ask(
        "SELECT n.nspname || '.' || c.relname FROM pg_class c"  # noqa: S608
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r','p','v','m','f')"
        f" AND {OURS}"
        " AND has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')",
        login,
    )
    assert {name for (name,) in opened} == FEED


def test_of_all_functions_it_can_call_its_acknowledgement(login: str) -> None:
    callable_ones = ask(
        "SELECT n.nspname || '.' || p.proname FROM pg_proc p"  # noqa: S608
        f" JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {OURS}"
        " AND has_schema_privilege(%s, n.oid, 'USAGE')"
        " AND has_function_privilege(%s, p.oid, 'EXECUTE')",
        login,
        login,
    )
    assert callable_ones == [("feed.acknowledge",)]


def test_it_can_neither_count_nor_create_nor_become_anyone(login: str) -> None:
    sequences = ask(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"  # noqa: S608
        f" WHERE c.relkind = 'S' AND {OURS}"
        # In this order: the question about rights fails for what is no sequence.
        " AND CASE WHEN c.relkind = 'S'"
        " THEN has_sequence_privilege(%s, c.oid, 'USAGE, SELECT, UPDATE') END",
        login,
    )
    schemas = ask(
        "SELECT n.nspname FROM pg_namespace n WHERE has_schema_privilege(%s, n.oid, 'CREATE')",
        login,
    )
    database = ask(
        "SELECT has_database_privilege(%s, current_database(), 'CREATE, TEMPORARY')", login
    )
    roles = ask(
        "SELECT r.rolname FROM pg_roles r WHERE r.rolname <> %s"
        " AND pg_has_role(%s, r.oid, 'MEMBER')",
        login,
        login,
    )
    assert (sequences, schemas, database, roles) == ([], [], [(False,)], [])


def test_it_reads_no_file_of_the_server_and_runs_no_program(
    login: str, router: psycopg.Connection
) -> None:
    reaching = ask(
        "SELECT p.oid::regprocedure::text FROM pg_proc p"
        " WHERE p.proname ~ %s"
        " AND has_function_privilege(%s, p.oid, 'EXECUTE')",
        SERVER_FILES,
        login,
    )
    assert reaching == []
    for words in ("TO PROGRAM 'cat'", "TO '/tmp/feed'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            router.execute(f"COPY (SELECT 1) {words}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        router.execute("CREATE EXTENSION dblink")


def test_it_sees_no_row_of_another_switch(router: psycopg.Connection) -> None:
    before = {view: router.execute(f"SELECT * FROM {view}").fetchall() for view in FEED}  # noqa: S608
    other = make_pbx()
    publisher.run(pbx_id=other.pk, clock=timezone.now)
    assert before["feed.head"]
    for view in FEED:
        assert router.execute(f"SELECT * FROM {view}").fetchall() == before[view]  # noqa: S608


def test_it_is_held_to_few_connections_and_to_statements_that_end(
    dsn: str, login: str, router: psycopg.Connection
) -> None:
    assert router.execute("SHOW statement_timeout").fetchone() == ("5min",)
    assert router.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("1min",)
    rights = ask(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolinherit,"
        " rolconnlimit FROM pg_roles WHERE rolname = %s",
        login,
    )
    assert rights == [(False, False, False, False, False, False, 5)]
    more: list[psycopg.Connection] = []
    try:
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            more.extend(psycopg.connect(dsn) for _ in range(5))
    finally:
        for each in more:
            each.close()
