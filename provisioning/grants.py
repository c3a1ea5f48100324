"""
Who may do what in the database, beside what each app grants on its tables.

A router's agent signs in with a login of its own. It may read the views of schema `feed` and call
`feed.acknowledge`: what PostgreSQL gives to everyone by default is taken away here.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql


def after_migrate(*, using: str, **_more: Any) -> None:
    """Close the doors of the database that was just migrated."""
    with connections[using].cursor() as cursor:
        close_doors(cursor)


def close_doors(cursor: CursorWrapper) -> None:
    """
    Leave to everyone nothing but connecting, and to the application what it needs.

    Repeated at each enrolment, because a database made from a template keeps the rights on its
    schemas but not those on itself. Needs the owner's connection.
    """
    app = sql.Identifier(_app_role(cursor))
    database = sql.Identifier(_one(cursor, "SELECT current_database()"))
    for statement in (
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
        "GRANT TEMPORARY ON DATABASE {database} TO {app}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}",
    ):
        cursor.execute(sql.SQL(statement).format(app=app, database=database).as_string())


def _app_role(cursor: CursorWrapper) -> str:
    """Give the role of the ordinary connection; the current one where the settings name none."""
    return str(settings.DATABASES["default"].get("USER") or _one(cursor, "SELECT current_user"))


def _one(cursor: CursorWrapper, query: str) -> str:
    cursor.execute(query)
    row = cursor.fetchone()
    return str(row[0]) if row else ""
