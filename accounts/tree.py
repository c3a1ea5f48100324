"""Where organizations hang: the one place that knows how a path is made."""

from __future__ import annotations

from typing import Any

from django.db import connection

from accounts.models import Organization

_NEXT_KEY = "SELECT nextval(pg_get_serial_sequence('accounts_organization', 'id'))"


def plant(*, parent: Organization | None, **fields: Any) -> Organization:
    """Store an organization below its parent; the key is drawn first, since the path ends in it."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_KEY)
        (key,) = cursor.fetchone() or (None,)
    above = parent.path if parent else "/"
    return Organization.objects.create(id=key, parent=parent, path=f"{above}{key}/", **fields)
