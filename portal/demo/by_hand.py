"""A carrier of the demo that has no interface: its quote, and an order that waits for a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from accounts.actors import Actor
from accounts.models import Organization
from dids.models import FoundOffer, NumberOrder
from dids.workflows import ordering, quoting
from dids.workflows.quoting import Quote, Quoted
from lib.e164 import E164
from trunks.models import CarrierAccount
from trunks.numbering import NumberType
from trunks.workflows import accounts

CARRIER, NAME = "gamma", "Gamma, by mail"
QUOTED = tuple(E164(f"+4420794609{last}") for last in ("60", "61", "62", "72"))
"""Set aside for stories, and sold by no sandbox carrier."""
KEPT = timedelta(days=30)


def ensure_quote(
    provider: Organization, buyer: Organization, *, actor: Actor, now: datetime
) -> None:
    """Connect the carrier, enter what it quoted, and order one of the numbers for a tenant."""
    if CarrierAccount.objects.filter(carrier=CARRIER, owner=provider).exists():
        return
    account = accounts.connect(carrier=CARRIER, name=NAME, credentials={}, actor=actor, now=now)
    search = quoting.enter(
        account=account,
        quote=Quote(type=NumberType.LOCAL, currency="GBP", until=now + KEPT, locality="London"),
        numbers=[
            Quoted(number=number, setup=Decimal("5.00"), monthly=Decimal("1.20"))
            for number in QUOTED
        ],
        actor=actor,
        now=now,
    )
    first = FoundOffer.objects.filter(search=search).order_by("e164")[0]
    line = ordering.LineWish(offer_id=first.uuid, holder=buyer, label="Tea room")
    order: NumberOrder = ordering.draft(lines=[line], payer=provider, actor=actor, now=now)
    ordering.submit(order=order, actor=actor, now=now)
