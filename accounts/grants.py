"""Rights of the application's database role, given by the owner after every migration."""

from __future__ import annotations

from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.db import connections, models, transaction
from django.db.backends.utils import CursorWrapper

OWNER = "owner"
_HISTORY = "django_migrations"


def grant_after_migrate(*, app_config: AppConfig, using: str, **_newer: Any) -> None:
    """Grant the application role what it needs on the tables of one app, and no more."""
    role = settings.DATABASES["default"].get("USER", "")
    if using != OWNER or not role or role == settings.DATABASES[OWNER].get("USER"):
        # One role for both (a developer's own database) already has every right.
        return
    connection = connections[using]
    # One transaction, so that a portal that runs meanwhile never sees a table without its rights.
    with transaction.atomic(using=using), connection.cursor() as cursor:
        # After a migration to an earlier step, some models have no table.
        there = set(connection.introspection.table_names(cursor))
        for model in app_config.get_models(include_auto_created=True):
            if model._meta.db_table in there and model._meta.managed:
                _grant(cursor, model, role)
        # Read by every command that asks whether a migration is missing.
        cursor.execute(f"GRANT SELECT ON TABLE {_HISTORY} TO {connection.ops.quote_name(role)}")


def _grant(cursor: CursorWrapper, model: type[models.Model], role: str) -> None:
    quote = connections[OWNER].ops.quote_name
    table, to = quote(model._meta.db_table), quote(role)
    append_only = getattr(model, "append_only", False)
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    # Taken away first: a table that becomes append-only must lose what it once had.
    cursor.execute(f"REVOKE ALL ON TABLE {table} FROM {to}")
    cursor.execute(f"GRANT {rights} ON TABLE {table} TO {to}")
    key = model._meta.pk.column
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key])
    (sequence,) = cursor.fetchone() or (None,)
    if sequence:
        cursor.execute(f"GRANT USAGE, SELECT ON SEQUENCE {sequence} TO {to}")
