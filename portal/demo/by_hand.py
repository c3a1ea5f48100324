"""Carriers of the demo without an interface: a quote, an order for a person, a trunk of texts."""

from __future__ import annotations

from dataclasses import replace
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
from trunks.profiles import PROFILES
from trunks.workflows import accounts, static_trunks

CARRIER, NAME = "gamma", "Gamma, by mail"
QUOTED = tuple(E164(f"+4420794609{last}") for last in ("60", "61", "62", "72"))
"""Set aside for stories, and sold by no sandbox carrier."""
KEPT = timedelta(days=30)
OTHERS = {
    "aire_networks": "Aire Networks, texts only",
    "voicemeup": "VoiceMeUp, by its panel",
    "voxtelesys": "Voxtelesys, by its portal",
}
TEXTS = "aire-sms"


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


def ensure_others(provider: Organization, *, actor: Actor, now: datetime) -> None:
    """Connect the other carriers at which people work; one carries texts and no calls."""
    known = set(CarrierAccount.objects.filter(owner=provider).values_list("carrier", flat=True))
    for carrier, name in OTHERS.items():
        if carrier in known:
            continue
        account = accounts.connect(carrier=carrier, name=name, credentials={}, actor=actor, now=now)
        profile = PROFILES[TEXTS]
        if profile.carrier == carrier:
            wish = replace(profile.description, name=profile.name, sender_id="OAK")
            static_trunks.describe(account=account, wish=wish, actor=actor, now=now)
