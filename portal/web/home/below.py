"""The home of dealers and tenants, until each has its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.actors import Actor
from accounts.models import Organization
from accounts.permissions import Permission
from dids.models import Offer
from portal.web import pictures

MOST = 10
"""Rows in each of the page's short lists."""


def context(actor: Actor, now: datetime) -> dict[str, Any]:
    """Give the page what it shows."""
    below = _below(actor)
    may_claim = actor.may(Permission.CLAIM_NUMBERS)
    return {
        **pictures.in_short(actor, days=30, now=now),
        "offers": _offers_to_claim(actor) if may_claim else [],
        "below": below and below[:MOST],
        "more_below": len(below or []) > MOST,
        "may_claim": may_claim,
    }


def _offers_to_claim(actor: Actor) -> list[Offer]:
    if actor.reach is None:
        return []
    mine = Offer.objects.visible_to(actor).open().made_to(actor.reach)
    return list(mine.select_related("number", "offered_by").order_by("expires_at")[:MOST])


def _below(actor: Actor) -> list[Organization] | None:
    if not actor.may(Permission.ACT_FOR) or actor.acting_for:
        return None
    below = Organization.objects.visible_to(actor).filter(parent=actor.reach)
    return list(below.order_by("name")[: MOST + 1])
