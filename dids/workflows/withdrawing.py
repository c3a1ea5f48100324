"""Offers that end before anybody claims them: withdrawn by their maker, or expired."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import prefetch_related_objects

from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from dids import events
from dids.models import Offer, PhoneNumber
from dids.states import OFFER, NumberStatus, OfferStatus
from dids.workflows.handover import locked, move_all
from dids.workflows.many import Refusals, fit
from dids.workflows.offering import UnableToOffer, bring_up_to_date, record_many
from dids.workflows.standing import require_seat
from lib.locks import no_key


def withdraw(*, offer: Offer, actor: Actor, now: datetime) -> None:
    """
    Take an offer back; without another one the number is free again.

    :raises UnableToMove: if the offer is no longer open
    :raises UnableToStandIn: if somebody else made it
    """
    require_seat(actor, offer.offered_by, what="This offer")
    with acting(actor):
        _end([offer], to=OfferStatus.WITHDRAWN, actor=actor, now=now)


def withdraw_many(
    *,
    numbers: Sequence[PhoneNumber],
    to: Organization | None = None,
    to_all: bool = False,
    actor: Actor,
    now: datetime,
    refusals: Refusals | None = None,
) -> None:
    """
    Take the actor's open offers of many numbers back, see `many`.

    :param to: only those to this organization
    :param to_all: only those to all below
    :raises UnableToOffer: if there is none of a number
    :raises UnableToStandIn: if a number is somebody else's
    """
    with acting(actor):
        found = locked(numbers)
        open_ones = Offer.objects.open().filter(number__in=found)
        if to or to_all:
            open_ones = open_ones.filter(to=to, to_all=to_all)
        offers = list(open_ones.select_related("number"))
        offered = {offer.number_id for offer in offers}

        def require(row: PhoneNumber) -> None:
            require_seat(actor, row.holder, what=row.e164)
            if row.pk not in offered:
                refusal = UnableToOffer(
                    f"{row.e164} has no such open offer. Look at its page for those it has."
                )
                refusal.conflict = True
                raise refusal

        kept = {row.pk for row in fit(found, require, refusals)}
        ended = [offer for offer in offers if offer.number_id in kept]
        fresh = _end(ended, to=OfferStatus.WITHDRAWN, actor=actor, now=now)
    bring_up_to_date(fresh, numbers)


def end_all(*, numbers: Iterable[PhoneNumber], actor: Actor, now: datetime) -> None:
    """End every offer of numbers that nobody can have any more, whoever made it."""
    with acting(actor):
        open_ones = Offer.objects.open().filter(number__in=numbers).select_related("number")
        _end(list(open_ones), to=OfferStatus.WITHDRAWN, actor=actor, now=now)


def expire(*, offers: Iterable[Offer], actor: Actor, now: datetime) -> None:
    """End offers whose time is over."""
    with acting(actor):
        _end(list(offers), to=OfferStatus.EXPIRED, actor=actor, now=now)


def _end(
    offers: Sequence[Offer], *, to: OfferStatus, actor: Actor, now: datetime
) -> list[PhoneNumber]:
    """End offers, and free their numbers that have no other; give those numbers."""
    numbers = {
        row.pk: row for row in locked({offer.number_id: offer.number for offer in offers}.values())
    }
    fresh = list(no_key(Offer.objects.filter(pk__in=[offer.pk for offer in offers])))
    prefetch_related_objects(fresh, "to", "offered_by", "claimed_by")
    # One that was claimed meanwhile does not expire; to withdraw it is refused.
    ended = [row for row in fresh if to != OfferStatus.EXPIRED or row.status == OfferStatus.OPEN]
    for row in ended:
        OFFER.edges.require(row, to)
    keys = [row.pk for row in ended]
    Offer.objects.filter(pk__in=keys).update(status=to, status_since=now)
    for row in ended:
        row.status, row.status_since = to, now
    wanted = events.OFFER_EXPIRED if to == OfferStatus.EXPIRED else events.OFFER_WITHDRAWN
    record_many(actor, wanted, [(row, numbers[row.number_id], {}) for row in ended], now=now)
    touched = {row.number_id for row in ended}
    others = Offer.objects.open().filter(number__in=touched)
    taken = set(others.values_list("number_id", flat=True))
    freed = [
        numbers[key] for key in touched - taken if numbers[key].status == NumberStatus.RESERVED
    ]
    move_all(freed, to=NumberStatus.AVAILABLE, now=now)
    moved = {row.pk: row for row in fresh}
    for given in offers:
        given.status, given.status_since = moved[given.pk].status, moved[given.pk].status_since
    return list(numbers.values())
