"""What keeps help from finding whoever calls it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.actors import Actor
from accounts.models import Kind as OrganizationKind
from accounts.permissions import Permission
from dids import emergency
from dids.models import EmergencyLocation, PhoneNumber
from dids.states import LOCATION, LocationStatus
from portal.attention.matters import LOOKED_AT, Kind, Matter, numbers, told

P = Permission


def addresses(actor: Actor, _now: datetime) -> list[Matter]:
    """Addresses of one's own that were not accepted."""
    if not _calls(actor):
        return []
    rows = EmergencyLocation.objects.visible_to(actor).filter(status=LocationStatus.REJECTED)
    found = list(rows.order_by("status_since")[:LOOKED_AT])
    then = LOCATION.waits[LocationStatus.REJECTED].then

    def line(row: Any, more: int) -> Matter:
        return Matter(
            Kind.ADDRESS,
            f"The emergency address of {row.label} was not accepted",
            then,
            since=row.status_since,
            about=row.uuid,
            more=more,
        )

    return told(found, len(found), line)


def unfound(actor: Actor, _now: datetime) -> list[Matter]:
    """Numbers of one's own that are in use since before a location was asked for."""
    if not _calls(actor):
        return []
    rows = emergency.uncovered(PhoneNumber.objects.visible_to(actor))
    count = len(rows.values_list("pk", flat=True)[: LOOKED_AT + 1])
    if not count:
        return []
    return [
        Matter(
            Kind.NO_LOCATION,
            f"{numbers(count)} in use without an emergency location",
            "Enter where help is to be sent when somebody calls it from there.",
        )
    ]


def _calls(actor: Actor) -> bool:
    """Tell whether the actor's own organization is one from whose numbers people call."""
    reach = actor.reach
    is_tenant = reach is not None and reach.kind == OrganizationKind.TENANT
    return is_tenant and actor.may(P.VIEW_NUMBERS)
