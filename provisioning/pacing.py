"""Keep a bulk from running ahead of routers: what a person changes would wait behind it there."""

from __future__ import annotations

import time

from django.db import connection

AHEAD = 1
"""Versions that a router may have before it while the next one is computed."""
HEARD = 1.0
"""Seconds after which a router that said nothing is not waited for: it is down, or copies all."""
LONGEST = 0.5
"""Seconds that one batch is held back at most."""
_LOOK = 0.01

# Routers apply versions in their order, somewhat more slowly than a batch is published.
_HOLDS = """
    SELECT EXISTS (
            SELECT FROM provisioning_pbxnode n
              JOIN provisioning_nodeack a ON a.node_id = n.id AND a."table" = 'inbound'
              JOIN provisioning_routehead h ON h.pbx_id = n.pbx_id AND h."table" = 'inbound'
             WHERE n.pbx_id = %(pbx)s AND n.role = 'ROUTER' AND a.ready
               AND a.version < h.version - %(ahead)s
               AND a.seen_at > clock_timestamp() - make_interval(secs => %(heard)s))
       AND NOT EXISTS (
            SELECT FROM provisioning_dirtyroute WHERE pbx_id = %(pbx)s AND lane = 'INTERACTIVE')
"""


def wait(pbx_id: int) -> None:
    """Wait, outside any transaction, until the routers have followed or a person wants a thing."""
    end = time.monotonic() + LONGEST
    while _holds(pbx_id) and time.monotonic() < end:
        time.sleep(_LOOK)


def _holds(pbx_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_HOLDS, {"pbx": pbx_id, "ahead": AHEAD, "heard": HEARD})
        row = cursor.fetchone()
    return bool(row and row[0])
