"""What is offered to an organization, ready to be claimed."""

from __future__ import annotations

from typing import Any

from accounts.actors import Actor
from accounts.permissions import Permission
from dids.models import Offer

MOST = 10
"""Offers that are listed."""


def context(actor: Actor) -> dict[str, Any]:
    """Give the offers, the first to end first, to whoever may claim them."""
    if actor.reach is None or not actor.may(Permission.CLAIM_NUMBERS):
        return {"may_claim": False, "offers": []}
    mine = Offer.objects.visible_to(actor).open().made_to(actor.reach)
    rows = mine.select_related("number", "offered_by").order_by("expires_at", "pk")[: MOST + 1]
    offers = list(rows)
    return {"may_claim": True, "offers": offers[:MOST], "more_offers": len(offers) > MOST}
