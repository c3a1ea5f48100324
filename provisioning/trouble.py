"""Which routers somebody has to look after, and where changes wait to be published for too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from provisioning.checks import OLDEST_AFTER, OLDEST_DIRTY
from provisioning.live import lag

# Behind by more than the lag: a version that was published a moment ago is no trouble. The first
# version that a router misses tells since when; where it is forgotten already, the newest does.
_ROUTERS = """
    SELECT p.uuid, p.name, n.name, coalesce(n.enrolled_at, n.created_at),
           count(*) - count(a.version), max(a.seen_at),
           max(a.seen_at) > clock_timestamp() - make_interval(secs => %(lag)s),
           bool_and(a.ready), max(h.version - a.version),
           min(coalesce((SELECT c.at FROM provisioning_routechange c
                          WHERE c.pbx_id = h.pbx_id AND c."table" = h."table"
                            AND c.version = a.version + 1 LIMIT 1), h.published_at))
               FILTER (WHERE a.version < h.version)
      FROM provisioning_pbxnode n
      JOIN provisioning_pbx p ON p.id = n.pbx_id
      JOIN provisioning_routehead h ON h.pbx_id = n.pbx_id
      LEFT JOIN provisioning_nodeack a ON a.node_id = n.id AND a."table" = h."table"
     WHERE n.role = 'ROUTER'
       AND (h.published_at IS NULL
            OR h.published_at < clock_timestamp() - make_interval(secs => %(lag)s))
     GROUP BY p.id, n.id
     ORDER BY p.name, n.name
"""

# The oldest row of each lane, found in its index: a first publish has millions of them.
_WAITING = """
    SELECT p.uuid, p.name, min(d.at)
      FROM provisioning_pbx p
     CROSS JOIN unnest(ARRAY['INTERACTIVE', 'BULK', 'AFTER']) AS l(lane)
     CROSS JOIN LATERAL (
           SELECT at FROM provisioning_dirtyroute
            WHERE pbx_id = p.id AND lane = l.lane ORDER BY id LIMIT 1) d
     WHERE clock_timestamp() - d.at
           > make_interval(secs => CASE WHEN l.lane = 'AFTER' THEN %(after)s ELSE %(dirty)s END)
     GROUP BY p.id
     ORDER BY p.name
"""


@dataclass(frozen=True)
class Trouble:
    """
    What is the matter with a switch or one of its routers.

    :ivar pbx: the public id of the switch
    :ivar words: what is the matter, without a full stop
    """

    pbx: UUID
    words: str
    since: datetime | None


def routers() -> list[Trouble]:
    """Give the routers that are silent, behind, or not ready to answer calls; in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_ROUTERS, {"lag": lag()})
        rows = cursor.fetchall()
    found = []
    for pbx, switch, name, enrolled_at, unsaid, seen_at, is_up, ready, behind, missed_at in rows:
        where = f"Router {name} of {switch}"
        if seen_at is None:
            found.append(Trouble(pbx, f"{where} has not reported yet", enrolled_at))
        elif not is_up:
            found.append(Trouble(pbx, f"{where} is silent", seen_at))
        elif unsaid or not ready:
            found.append(Trouble(pbx, f"{where} does not answer calls yet", seen_at))
        elif behind > 0:
            found.append(Trouble(pbx, f"{where} is {_versions(behind)} behind", missed_at))
    return found


def publishing() -> list[Trouble]:
    """Give the switches whose changes wait to be published for too long."""
    patience = {"dirty": OLDEST_DIRTY.total_seconds(), "after": OLDEST_AFTER.total_seconds()}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, patience)
        rows = cursor.fetchall()
    return [Trouble(pbx, f"Changes for {name} are not published", at) for pbx, name, at in rows]


def _versions(count: int) -> str:
    return f"{count:,} change" if count == 1 else f"{count:,} changes"
