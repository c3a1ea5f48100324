"""What comes in the next days by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet

from accounts.actors import Actor
from accounts.permissions import Permission
from dids.models import CarrierHold, Document, Offer, PhoneNumber, Release
from dids.states import HoldStatus, NumberStatus, ReleaseStatus
from portal.attention.matters import LOOKED_AT, Kind, Matter, numbers

P = Permission
AHEAD = timedelta(days=3)
DOCUMENTS_AHEAD = timedelta(days=30)


def returns(actor: Actor, now: datetime) -> list[Matter]:
    """Numbers that go back to their carriers."""
    if not actor.may(P.RELEASE_NUMBERS):
        return []
    rows = Release.objects.visible_to(actor).filter(
        status=ReleaseStatus.SCHEDULED, next_attempt_at__lte=now + AHEAD
    )
    then = "They leave the routes on their day, and cannot be had back for sure."
    words = "{} will go back to the carrier"
    return _one(Kind.RETURNS_DUE, rows, "next_attempt_at", words, then)


def quarantines(actor: Actor, now: datetime) -> list[Matter]:
    """Numbers that have rested long enough."""
    if not actor.may(P.ALLOT_NUMBERS):
        return []
    rows = PhoneNumber.objects.visible_to(actor).filter(
        status=NumberStatus.QUARANTINE, quarantine_until__lte=now + AHEAD
    )
    then = "They return to stock by themselves, and can be handed out then."
    words = "{} will have rested long enough"
    return _one(Kind.QUARANTINE_ENDS, rows, "quarantine_until", words, then)


def offers(actor: Actor, now: datetime) -> list[Matter]:
    """Offers of one's own that nobody has claimed."""
    if not actor.may(P.ALLOT_NUMBERS) or actor.reach is None:
        return []
    rows = Offer.objects.open().filter(offered_by=actor.reach, expires_at__lte=now + AHEAD)
    then = "What nobody claims until then returns to stock."
    words = "{} offered by you will not be on offer any more"
    return _one(Kind.OFFERS_END, rows, "expires_at", words, then)


def holds(actor: Actor, _now: datetime) -> list[Matter]:
    """Numbers that carriers keep for us for a while."""
    if not actor.may(P.ORDER_NUMBERS):
        return []
    rows = CarrierHold.objects.visible_to(actor).live().filter(status=HoldStatus.HELD)
    then = "What is not ordered until then may go to somebody else."
    return _one(Kind.HOLDS_END, rows, "until", "{} will not be held for you any more", then)


def documents(actor: Actor, now: datetime) -> list[Matter]:
    """Documents that prove nothing any more in a month."""
    if not actor.may(P.KEEP_DOCUMENTS):
        return []
    today = now.date()
    rows = Document.objects.visible_to(actor).shown()
    ending = rows.filter(expires_on__gte=today, expires_on__lte=today + DOCUMENTS_AHEAD)
    counted = ending.order_by().aggregate(count=Count("pk"), first=Min("expires_on"))
    if not counted["count"]:
        return []
    many = (
        "1 document expires" if counted["count"] == 1 else f"{counted['count']:,} documents expire"
    )
    then = "Put in new ones before; numbers that need them are not cut off, but flagged."
    words = f"{many} within {DOCUMENTS_AHEAD.days} days, the first on {counted['first']:%-d %B}"
    return [Matter(Kind.DOCUMENTS_EXPIRE, words, then)]


def _one(kind: Kind, rows: QuerySet[Any], when: str, words: str, then: str) -> list[Matter]:
    """Put everything of a kind into one line: how many, and when the first of them comes."""
    some = rows.order_by(when).values(when)[: LOOKED_AT + 1]
    counted = some.aggregate(count=Count(when), first=Min(when))
    if not counted["count"]:
        return []
    return [Matter(kind, words.format(numbers(counted["count"])), then, at=counted["first"])]
