"""The home of dealers: tenants, stock, what is offered and bought, and what may still be had."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, ExpressionWrapper, F, FloatField, QuerySet
from django.db.models.functions import NullIf

from accounts.actors import Actor
from accounts.models import Organization
from accounts.permissions import Permission
from billing.models import Account
from dids.models import Offer, OrderLine, PhoneNumber
from dids.states import LINE, LineStatus, NumberStatus
from portal.web import pictures
from portal.web.first_steps import steps_for
from portal.web.home import morning, offered

P = Permission
MOST = 10
"""Rows in each of the page's short lists."""
DAYS = 30
"""Days of the small pictures."""
STOCK = (NumberStatus.AVAILABLE, NumberStatus.RESERVED, NumberStatus.QUARANTINE)


def context(actor: Actor, now: datetime) -> dict[str, Any]:
    """Give the page what it shows."""
    own = actor.reach
    if own is None:
        return {}
    below = list(_below(actor)[: MOST + 1]) if actor.may(P.VIEW_ORGANIZATIONS) else []
    made = list(_offers(actor)[: MOST + 1])
    coming = list(_coming(actor)[: MOST + 1])
    return {
        **morning.context(actor, now),
        **offered.context(actor),
        **pictures.in_short(actor, days=DAYS, now=now),
        "steps": steps_for(actor),
        "own": own,
        "below": below[:MOST],
        "more_below": len(below) > MOST,
        "stock": _stock(actor),
        "made": made[:MOST],
        "more_made": len(made) > MOST,
        "coming_numbers": coming[:MOST],
        "more_coming": len(coming) > MOST,
        "coming_next": LINE.waits[LineStatus.WAITING].then,
        "may_act_for": actor.may(P.ACT_FOR) and not actor.acting_for,
        "may_add_tenants": actor.may(P.MANAGE_TENANTS),
        "may_hand_out": actor.may(P.ALLOT_NUMBERS),
        **_money(actor),
    }


def _below(actor: Actor) -> QuerySet[Organization]:
    """Give those directly below, the ones nearest to their limit first."""
    used = ExpressionWrapper(
        F("numbers_held") * 1.0 / NullIf(F("number_limit"), 0), output_field=FloatField()
    )
    rows = Organization.objects.visible_to(actor).filter(parent=actor.reach).annotate(used=used)
    return rows.order_by(F("used").desc(nulls_last=True), "name", "pk")


def _stock(actor: Actor) -> list[tuple[str, int]]:
    rows = (
        PhoneNumber.objects.visible_to(actor)
        .filter(holder=actor.reach, status__in=STOCK)
        .order_by()
    )
    counts = dict(rows.values_list("status").annotate(Count("pk")))
    return [(status, counts.get(status, 0)) for status in STOCK]


def _offers(actor: Actor) -> QuerySet[Offer]:
    """Give what this organization offers, the first to end first."""
    rows = (
        Offer.objects.visible_to(actor)
        .open()
        .filter(offered_by=actor.reach)
        .select_related("number", "to")
    )
    return rows.order_by("expires_at", "pk")


def _coming(actor: Actor) -> QuerySet[OrderLine]:
    """Give the numbers that are being bought at the organization's expense."""
    rows = OrderLine.objects.visible_to(actor).filter(status=LineStatus.WAITING)
    return rows.select_related("holder").order_by("status_since", "pk")


def _money(actor: Actor) -> dict[str, Any]:
    if not actor.may(P.VIEW_MONEY):
        return {}
    account = Account.objects.visible_to(actor).filter(organization=actor.reach).first()
    if account is None:
        return {}
    owed = max(Decimal(0), account.reserved - account.posted)
    return {"account": account, "credit_used": min(owed, account.credit_limit)}
