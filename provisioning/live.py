"""
Whether a number is live, and on how many routers.

Live is never a status: it is true when the carrier delivers the number to us and every enrolled
router that is up has acknowledged the route that is wanted now. The clock is the database's, which
is the one that noted when each router was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import connection

from dids.states import BindingStatus
from lib.e164 import digits
from provisioning import desired


class State(StrEnum):
    """How live a number is."""

    LIVE = "LIVE"
    PARTLY = "PARTLY"
    """Some routers know the route, others don't yet."""
    WAITING = "WAITING"
    OFF = "OFF"
    """It points nowhere, so nothing is awaited."""


@dataclass(frozen=True)
class LiveState:
    """
    How live one number is.

    :ivar live_on: routers that are up and have the wanted route
    :ivar of: routers that are up
    :ivar waiting_for: a sentence that everybody may read; empty when nothing is awaited
    :ivar since: since when it has not been live; None where nothing is awaited
    """

    state: State
    live_on: int = 0
    of: int = 0
    waiting_for: str = ""
    since: datetime | None = None


OFF = LiveState(State.OFF)

_PLACES = """
    SELECT n.e164, h.pbx_id, b.status = %(bound)s AND t.id IS NOT NULL, r.value, r.version,
           s.assigned_at, c.at, b.status_since
      FROM unnest(%(numbers)s::text[]) AS asked(e164)
      JOIN dids_phonenumber n ON n.e164 = asked.e164 AND n.status = ANY(%(routed)s)
      JOIN provisioning_tenantonpbx h ON h.tenant_id = n.holder_id
      LEFT JOIN dids_carrierbinding b ON b.number_id = n.id
      LEFT JOIN provisioning_trunkonpbx t ON t.trunk_id = b.trunk_id AND t.pbx_id = h.pbx_id
      LEFT JOIN provisioning_inboundroute r ON r.pbx_id = h.pbx_id AND r.did = substr(n.e164, 2)
      LEFT JOIN dids_assignment s ON s.number_id = n.id
      LEFT JOIN provisioning_routechange c ON c.pbx_id = r.pbx_id AND c."table" = 'inbound'
           AND c.version = r.version AND c.key = r.did
"""

# A router that speaks of other tables is up, and takes calls: while it says nothing of its routes,
# it counts as one that has none of them.
_SEEN = """
    SELECT n.pbx_id, bool_or(f.fresh),
           coalesce(max(a.version) FILTER (WHERE f.fresh AND a."table" = 'inbound'), -1),
           coalesce(bool_and(a.ready) FILTER (WHERE f.fresh AND a."table" = 'inbound'), false),
           max(a.seen_at)
      FROM provisioning_pbxnode n
      JOIN provisioning_nodeack a ON a.node_id = n.id
     CROSS JOIN LATERAL (
           SELECT a.seen_at > clock_timestamp() - make_interval(secs => %s) AS fresh) f
     WHERE n.role = 'ROUTER' AND n.pbx_id = ANY(%s)
     GROUP BY n.id
"""

Acknowledged = tuple[int, bool]
"""The version of one router that is up, and whether it answers calls."""


def lag() -> float:
    """Give the seconds after which a router that was not seen counts as down."""
    return float(getattr(settings, "NODE_LAG_SECONDS", 15.0))


def state_of(numbers: Sequence[str]) -> dict[str, LiveState]:
    """Say how live each of these numbers (E.164) is."""
    with connection.cursor() as cursor:
        cursor.execute(
            _PLACES,
            {
                "numbers": list(numbers),
                "routed": list(desired.ROUTED),
                "bound": BindingStatus.BOUND.value,
            },
        )
        places = cursor.fetchall()
    pbxs = sorted({pbx_id for _, pbx_id, *_ in places})
    wanted = {
        pbx: desired.inbound(pbx, [n for n, p, *_ in places if p == pbx]).routes for pbx in pbxs
    }
    up, seen = _routers(pbxs)
    states = dict.fromkeys(numbers, OFF)
    for number, pbx_id, bound, value, version, assigned_at, changed_at, bound_since in places:
        route = wanted[pbx_id].get(digits(number))
        if route is not None:
            published = version if value == route else None
            state = judge(bound=bool(bound), published=published, up=up[pbx_id])
            moments = [changed_at or assigned_at] if published is not None else [assigned_at]
            if published is not None and not up[pbx_id]:
                moments.append(seen.get(pbx_id))
            elif state.live_on == state.of:
                moments.append(bound_since)
            states[number] = _dated(state, moments)
    return states


def _dated(state: LiveState, moments: Sequence[datetime | None]) -> LiveState:
    """Add since when it waits: the last of the moments from which it might have gone on."""
    known = [moment for moment in moments if moment is not None]
    return replace(state, since=max(known)) if state.waiting_for and known else state


def judge(*, bound: bool, published: int | None, up: Sequence[Acknowledged]) -> LiveState:
    """
    Put together what is known of one number with a wanted route. Pure.

    :param published: the version that published it; None while it is not
    """
    if published is None:
        return LiveState(State.WAITING, 0, len(up), "The route is about to be published.")
    live_on = sum(ready and version >= published for version, ready in up)
    if not up:
        return LiveState(State.WAITING, 0, 0, "No router of the PBX is up.")
    if live_on < len(up):
        state = State.PARTLY if live_on and bound else State.WAITING
        return LiveState(state, live_on, len(up), f"{live_on} of {len(up)} routers have the route.")
    if not bound:
        return LiveState(
            State.WAITING, live_on, len(up), "The carrier does not deliver the number to us yet."
        )
    return LiveState(State.LIVE, live_on, len(up))


def _routers(pbxs: list[int]) -> tuple[dict[int, list[Acknowledged]], dict[int, datetime]]:
    """Give the routers of each switch that are up, and when any of them was last seen."""
    up: dict[int, list[Acknowledged]] = {pbx: [] for pbx in pbxs}
    seen: dict[int, datetime] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [lag(), pbxs])
        for pbx_id, is_up, version, ready, seen_at in cursor.fetchall():
            seen[pbx_id] = max(seen.get(pbx_id, seen_at), seen_at)
            if is_up:
                up[pbx_id].append((version, ready))
    return up, seen
