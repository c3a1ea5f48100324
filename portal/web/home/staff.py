"""The home of staff: what needs somebody this morning, and how much there is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.actors import Actor
from accounts.permissions import Permission
from dids.models import NumberOrder
from dids.states import OrderStatus
from portal.web import pictures
from portal.web.first_steps import steps_for
from portal.web.home import morning

MOST = 10
"""Orders under way that are listed."""
DAYS = 30
"""Days of the small pictures."""


def context(actor: Actor, now: datetime) -> dict[str, Any]:
    """Give the page what it shows."""
    orders = NumberOrder.objects.none()
    if actor.may(Permission.ORDER_NUMBERS):
        orders = NumberOrder.objects.visible_to(actor).filter(status=OrderStatus.SUBMITTED)
    return {
        **morning.context(actor, now),
        "steps": steps_for(actor),
        **pictures.in_short(actor, days=DAYS, now=now),
        "orders": orders.order_by("-created_at", "-pk")[:MOST],
    }
