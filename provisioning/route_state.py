"""The route of one number on every router of its switch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from lib.e164 import digits
from provisioning import desired
from provisioning.live import lag

_NODES = """
    SELECT n.pbx_id, n.name, max(a.seen_at), coalesce(bool_or(f.fresh), false), r.value,
           coalesce(bool_or(f.fresh AND a."table" = 'inbound' AND a.ready
                            AND a.version >= r.version), false),
           max(a.version) FILTER (WHERE a."table" = 'inbound'), r.version
      FROM dids_phonenumber p
      JOIN provisioning_tenantonpbx h ON h.tenant_id = p.holder_id
      JOIN provisioning_pbxnode n ON n.pbx_id = h.pbx_id AND n.role = 'ROUTER'
      LEFT JOIN provisioning_nodeack a ON a.node_id = n.id
      LEFT JOIN provisioning_inboundroute r ON r.pbx_id = h.pbx_id AND r.did = substr(p.e164, 2)
     CROSS JOIN LATERAL (
           SELECT a.seen_at > clock_timestamp() - make_interval(secs => %(lag)s) AS fresh) f
     WHERE p.e164 = %(number)s AND p.status = ANY(%(routed)s)
     GROUP BY n.id, r.value, r.version ORDER BY n.name
"""


@dataclass(frozen=True)
class NodeState:
    """
    What one router knows of a number.

    :ivar is_up: whether it was seen within the lag
    :ivar has_route: whether it is up and has acknowledged the route that is wanted now
    :ivar version: the version of the routes that it acknowledged last; None if it never did
    :ivar wants: the version that published the route; None where it is not published
    """

    name: str
    is_up: bool
    has_route: bool
    seen_at: datetime | None
    version: int | None
    wants: int | None


def nodes_of(number: str) -> list[NodeState]:
    """Give what each router knows of a number (E.164); none where it rings on no switch."""
    with connection.cursor() as cursor:
        cursor.execute(_NODES, {"number": number, "routed": list(desired.ROUTED), "lag": lag()})
        rows = cursor.fetchall()
    wanted = {pbx: desired.inbound(pbx, [number]).routes for pbx in {pbx for pbx, *_ in rows}}
    return [
        NodeState(
            name=name,
            is_up=is_up,
            has_route=acknowledged and value == wanted[pbx].get(digits(number)),
            seen_at=seen_at,
            version=version,
            wants=wants,
        )
        for pbx, name, seen_at, is_up, value, acknowledged, version, wants in rows
    ]
