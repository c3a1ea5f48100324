"""Stock offered to buyers: offer, withdraw, claim, and what ends an offer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import journal
from accounts.actors import Actor
from accounts.models import Event, Kind, Organization, OrganizationStatus
from accounts.work import acting
from dids import events, signals, timing
from dids.destinations import Destination
from dids.models import Offer, PhoneNumber
from dids.states import NUMBER, OFFER, NumberStatus, OfferStatus
from dids.workflows import assignment
from dids.workflows.handover import hand_over, locked, status_with
from dids.workflows.standing import UnableToStandIn, require_seat
from lib.locks import no_key
from lib.refusals import UnableTo


class UnableToOffer(UnableTo):
    """The number cannot be offered."""

    code = "cannot_offer"


class UnableToClaim(UnableTo):
    """The offer cannot be claimed."""

    code = "cannot_claim"
    conflict = True


def offer(*, number: PhoneNumber, to: Organization, actor: Actor, now: datetime) -> Offer:
    """
    Offer a number of one's own stock to a buyer below; several may have an offer of one number.

    :raises UnableToOffer: if `to` is not below, has that offer already, or the number is not free
    :raises UnableToStandIn: if the number is somebody else's
    """
    return _offer(number, to, actor=actor, now=now)


def offer_to_all(*, number: PhoneNumber, actor: Actor, now: datetime) -> Offer:
    """
    Offer a number of one's own stock to all organizations below, those to come included.

    :raises UnableToOffer: if they have that offer already, or the number is not free
    :raises UnableToStandIn: if the number is somebody else's
    """
    return _offer(number, None, actor=actor, now=now)


def withdraw(*, offer: Offer, actor: Actor, now: datetime) -> None:
    """
    Take an offer back; without another one the number is free again.

    :raises UnableToMove: if the offer is no longer open
    :raises UnableToStandIn: if somebody else made it
    """
    require_seat(actor, offer.offered_by, what="This offer")
    with acting(actor):
        _end([offer], to=OfferStatus.WITHDRAWN, actor=actor, now=now)


def expire(*, offers: Iterable[Offer], actor: Actor, now: datetime) -> None:
    """End offers whose time is over."""
    with acting(actor):
        _end(list(offers), to=OfferStatus.EXPIRED, actor=actor, now=now)


def claim(
    *,
    offer: Offer,
    destination: Destination | None,
    label: str,
    actor: Actor,
    now: datetime,
) -> PhoneNumber:
    """
    Take an offered number: holding and first assignment in one step.

    Whoever claims an offer to all takes it for the organization it acts as.

    :param destination: where it rings; a dealer takes it into stock and names none
    :raises UnableToClaim: if the offer is over, or somebody else was faster
    :raises UnableToPoint: if the destination is none
    :raises UnableToTake: if the number limit is reached
    :raises UnableToStandIn: if the offer was made to somebody else
    """
    buyer = _buyer(offer, actor)
    wanted = destination.checked() if destination else None
    if wanted and buyer.kind != Kind.TENANT:
        raise UnableToClaim(
            f"{buyer.name} takes the number into stock, where it rings nowhere. Leave the "
            "destination out.",
            field="destination",
        )
    words = assignment.checked_label(label)
    with acting(actor):
        (row,) = locked([offer.number])
        held = _claimable(offer, row, buyer, now=now)
        holder = row.holder
        hand_over([row], to=buyer, source=holder, status=status_with(buyer), now=now, label=words)
        OFFER.edges.move(held, to=OfferStatus.CLAIMED, now=now, claimed_by=buyer)
        _close_others(row, now=now)
        event = _record(actor, events.CLAIMED, held, row, now=now, holder=buyer.name, label=words)
        if wanted:
            event = assignment.point(row, wanted, actor=actor, now=now)
        signals.send([row.e164], event_id=event.pk)
    offer.status, offer.status_since, offer.claimed_by = held.status, held.status_since, buyer
    return row


def _offer(number: PhoneNumber, to: Organization | None, *, actor: Actor, now: datetime) -> Offer:
    with acting(actor):
        (row,) = locked([number])
        require_seat(actor, row.holder, what=row.e164)
        if to:
            _require_buyer(row, to)
        _require_offerable(row)
        if row.status == NumberStatus.AVAILABLE:
            NUMBER.edges.move(row, to=NumberStatus.RESERVED, now=now)
        made = _store(row, to, now=now)
        buyer = to.name if to else f"all organizations below {row.holder.name}"
        _record(actor, events.OFFERED, made, row, now=now, buyer=buyer)
    number.status, number.status_since = row.status, row.status_since
    return made


def _buyer(offer: Offer, actor: Actor) -> Organization:
    if offer.to:
        require_seat(actor, offer.to, what="This offer")
        return offer.to
    buyer = actor.reach
    if buyer is None or not buyer.is_below(offer.offered_by):
        raise UnableToStandIn(
            f"This offer is for the organizations below {offer.offered_by.name}. Act for one of "
            "them to do this."
        )
    return buyer


def _require_buyer(number: PhoneNumber, to: Organization) -> None:
    if not to.is_below(number.holder):
        raise UnableToOffer(
            f"{number.e164} is held by {number.holder.name}; it can be offered only to an "
            "organization below. Choose one of those.",
            field="to",
        )
    if to.status != OrganizationStatus.ACTIVE:
        raise UnableToOffer(
            f"{to.name} is {to.get_status_display().lower()} and gets no offers. Choose another "
            "organization.",
            field="to",
        )


def _require_offerable(number: PhoneNumber) -> None:
    if number.status not in {NumberStatus.AVAILABLE, NumberStatus.RESERVED}:
        refusal = UnableToOffer(
            f"{number.e164} is {number.get_status_display().lower()}, so it cannot be offered. "
            "Choose a number that is available."
        )
        refusal.conflict = True
        raise refusal


def _store(number: PhoneNumber, to: Organization | None, *, now: datetime) -> Offer:
    try:
        with transaction.atomic():
            return Offer.objects.create(
                number=number,
                offered_by=number.holder,
                to=to,
                to_all=to is None,
                status_since=now,
                offered_at=now,
                expires_at=now + timing.span("STOCK_OFFER_SECONDS"),
            )
    except IntegrityError as twice:
        whose = f"{to.name} already has" if to else "All organizations below already have"
        raise UnableToOffer(
            f"{whose} an offer of {number.e164}. Wait for the answer or withdraw it.",
            field="to" if to else "to_all",
        ) from twice


def _claimable(offer: Offer, number: PhoneNumber, buyer: Organization, *, now: datetime) -> Offer:
    """Read the offer anew under the number's lock, which every move of an offer holds."""
    held = Offer.objects.select_related("offered_by").get(pk=offer.pk)
    taken = held.status == OfferStatus.CLAIMED and held.claimed_by_id != buyer.pk
    if held.status == OfferStatus.TAKEN or taken:
        raise UnableToClaim(
            f"{number.e164} has just been claimed by somebody else. Choose another number."
        )
    if held.status != OfferStatus.OPEN or held.expires_at <= now:
        words = "expired" if held.status == OfferStatus.OPEN else held.get_status_display().lower()
        raise UnableToClaim(
            f"The offer of {number.e164} is {words}. Ask {held.offered_by.name} for another one."
        )
    if number.holder_id != held.offered_by_id:
        raise UnableToClaim(
            f"{held.offered_by.name} no longer holds {number.e164}. Choose another number."
        )
    # What the actor was signed in with may be older than the lock.
    if Organization.objects.get(pk=buyer.pk).status != OrganizationStatus.ACTIVE:
        raise UnableToClaim(
            f"{buyer.name} is not active and cannot take numbers. Ask your provider why."
        )
    return held


def _close_others(number: PhoneNumber, *, now: datetime) -> None:
    Offer.objects.open().filter(number=number).update(status=OfferStatus.TAKEN, status_since=now)


def _end(offers: list[Offer], *, to: OfferStatus, actor: Actor, now: datetime) -> None:
    numbers = {
        row.pk: row for row in locked({offer.number_id: offer.number for offer in offers}.values())
    }
    fresh = list(no_key(Offer.objects.filter(pk__in=[offer.pk for offer in offers])))
    for row in fresh:
        number = numbers[row.number_id]
        if to == OfferStatus.EXPIRED and row.status != OfferStatus.OPEN:
            continue
        OFFER.edges.move(row, to=to, now=now)
        wanted = events.OFFER_EXPIRED if to == OfferStatus.EXPIRED else events.OFFER_WITHDRAWN
        _record(actor, wanted, row, number, now=now)
        others = Offer.objects.open().filter(number=number).exists()
        if number.status == NumberStatus.RESERVED and not others:
            NUMBER.edges.move(number, to=NumberStatus.AVAILABLE, now=now)
    moved = {row.pk: row for row in fresh}
    for given in offers:
        given.status, given.status_since = moved[given.pk].status, moved[given.pk].status_since


def _record(
    actor: Actor,
    event_type: journal.EventType,
    offer: Offer,
    number: PhoneNumber,
    *,
    now: datetime,
    **after: str,
) -> Event:
    return journal.record(
        actor,
        event_type,
        now=now,
        subject=offer.subject,
        # What is offered to all is its maker's affair until somebody takes it.
        organization=offer.claimed_by or offer.to or offer.offered_by,
        number=number.e164,
        after=after,
    )
