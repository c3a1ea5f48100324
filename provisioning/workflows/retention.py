"""Forget old changes of routes, never one that the head still promises to replay."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from provisioning.models import RouteHead

KEPT = timedelta(days=396)
"""Thirteen months."""
AT_ONCE = 5_000

# The horizon moves first: a router that asks meanwhile is told to read the table anew instead of
# replaying a version of which half is gone.
_HORIZON = """
    UPDATE provisioning_routehead h
       SET oldest = last.version + 1
      FROM (SELECT max(version) AS version FROM provisioning_routechange
             WHERE pbx_id = %(pbx)s AND "table" = %(table)s AND at < %(before)s) AS last
     WHERE h.pbx_id = %(pbx)s AND h."table" = %(table)s AND h.oldest <= last.version
"""

_FORGET = """
    DELETE FROM provisioning_routechange c
     USING (SELECT ch.pbx_id, ch."table", ch.version, ch.key
              FROM provisioning_routechange ch
              JOIN provisioning_routehead h ON h.pbx_id = ch.pbx_id AND h."table" = ch."table"
             WHERE ch.pbx_id = %(pbx)s AND ch."table" = %(table)s AND ch.version < h.oldest
             LIMIT %(size)s) AS gone
     WHERE (c.pbx_id, c."table", c.version, c.key)
         = (gone.pbx_id, gone."table", gone.version, gone.key)
"""


def forget(*, now: datetime, kept: timedelta = KEPT) -> int:
    """
    Delete the changes older than ``kept``, in short transactions.

    :return: how many
    """
    forgotten = 0
    for pbx_id, table in RouteHead.objects.values_list("pbx_id", "table"):
        where: dict[str, str | int | datetime] = {
            "pbx": pbx_id,
            "table": table,
            "before": now - kept,
            "size": AT_ONCE,
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_HORIZON, where)
        while True:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_FORGET, where)
                deleted = cursor.rowcount
            forgotten += deleted
            if deleted < AT_ONCE:
                break
    return forgotten
