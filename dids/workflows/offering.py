"""Stock offered to buyers, and claimed by them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.models import Event, Kind, Organization, OrganizationStatus
from accounts.work import acting
from dids import events, signals, timing
from dids.destinations import Destination
from dids.models import Offer, PhoneNumber
from dids.states import OFFER, NumberStatus, OfferStatus
from dids.workflows import assignment
from dids.workflows.handover import hand_over, locked, move_all, status_with
from dids.workflows.many import Refusals, fit
from dids.workflows.standing import UnableToStandIn, require_seat
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
    return offer_many(numbers=[number], to=to, actor=actor, now=now)[0]


def offer_to_all(*, number: PhoneNumber, actor: Actor, now: datetime) -> Offer:
    """
    Offer a number of one's own stock to all organizations below, those to come included.

    :raises UnableToOffer: if they have that offer already, or the number is not free
    :raises UnableToStandIn: if the number is somebody else's
    """
    return offer_many(numbers=[number], to=None, actor=actor, now=now)[0]


def offer_many(
    *,
    numbers: Sequence[PhoneNumber],
    to: Organization | None,
    actor: Actor,
    now: datetime,
    refusals: Refusals | None = None,
) -> list[Offer]:
    """Offer many numbers to one buyer, or to all below; refuses like `offer`, see `many`."""
    with acting(actor):
        found = locked(numbers)
        # Every offer is made under its number's lock, so none can come in between.
        same = Offer.objects.open().filter(number__in=found, to=to, to_all=to is None)
        twice = set(same.values_list("number_id", flat=True))

        def require(row: PhoneNumber) -> None:
            require_seat(actor, row.holder, what=row.e164)
            if to:
                _require_buyer(row, to)
            _require_offerable(row)
            if row.pk in twice:
                raise _twice(row, to)

        rows = fit(found, require, refusals)
        free = [row for row in rows if row.status == NumberStatus.AVAILABLE]
        move_all(free, to=NumberStatus.RESERVED, now=now)
        made = [_offered(row, to, now=now) for row in rows]
        Offer.objects.bulk_create(made)
        buyers = {offer: to.name if to else _all_below(offer.number) for offer in made}
        record_many(
            actor,
            events.OFFERED,
            [(offer, offer.number, {"buyer": buyers[offer]}) for offer in made],
            now=now,
        )
    bring_up_to_date(rows, numbers)
    return made


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


def _twice(number: PhoneNumber, to: Organization | None) -> UnableToOffer:
    whose = f"{to.name} already has" if to else "All organizations below already have"
    return UnableToOffer(
        f"{whose} an offer of {number.e164}. Wait for the answer or withdraw it.",
        field="to" if to else "to_all",
    )


def _offered(number: PhoneNumber, to: Organization | None, *, now: datetime) -> Offer:
    return Offer(
        number=number,
        offered_by=number.holder,
        to=to,
        to_all=to is None,
        status_since=now,
        offered_at=now,
        expires_at=now + timing.span("STOCK_OFFER_SECONDS"),
    )


def _all_below(number: PhoneNumber) -> str:
    return f"all organizations below {number.holder.name}"


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


def bring_up_to_date(rows: Sequence[PhoneNumber], numbers: Sequence[PhoneNumber]) -> None:
    """Tell numbers how the locked rows of them stand."""
    fresh = {row.pk: row for row in rows}
    for number in numbers:
        if row := fresh.get(number.pk):
            number.status, number.status_since = row.status, row.status_since


def _record(
    actor: Actor,
    event_type: journal.EventType,
    offer: Offer,
    number: PhoneNumber,
    *,
    now: datetime,
    **after: str,
) -> Event:
    return record_many(actor, event_type, [(offer, number, after)], now=now)[0]


def record_many(
    actor: Actor,
    event_type: journal.EventType,
    told: Sequence[tuple[Offer, PhoneNumber, dict[str, str]]],
    *,
    now: datetime,
) -> list[Event]:
    """Write what became of offers of locked numbers."""
    return journal.record_many(
        actor,
        event_type,
        [
            journal.Row(
                subject=offer.subject,
                # What is offered to all is its maker's affair until somebody takes it.
                organization=offer.claimed_by or offer.to or offer.offered_by,
                number=number.e164,
                after=after,
            )
            for offer, number, after in told
        ],
        now=now,
    )
