"""What people do with holds: ask for them, let them go, and use them up by an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError

from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from dids import events, tasks, timing
from dids.models import CarrierHold, FoundOffer, OrderLine, PhoneNumber
from dids.states import HOLD, HoldStatus, LineStatus
from dids.workflows.carrier_hold_recording import expire, note, note_all
from dids.workflows.refusals import UnableToHold, UnableToOrder
from lib.locks import no_key
from lib.nudges import nudge
from trunks import registry
from trunks.roles import HoldsNumbers

_S = HoldStatus

MOST = 100
"""So many numbers an organization may hold at a time."""


class AlreadyTaken(UnableToHold):
    """Somebody else was there first."""

    conflict = True


def want(
    *,
    offers: Sequence[FoundOffer],
    organization: Organization,
    actor: Actor,
    now: datetime,
    held_by: str = "",
) -> list[CarrierHold]:
    """
    Ask for found offers to be held, so that nobody else takes them; workers see to it.

    All of them or none: a hold that the carrier refuses later ends for itself.

    :param held_by: for whom, as the journal names actors; empty for the actor
    :raises UnableToHold: naming the offer that cannot be held
    """
    for place, offer in enumerate(offers):
        _require_holdable(offer, now=now, field=f"offers[{place}]")
    numbers = [offer.e164 for offer in offers]
    with acting(actor):
        _end_those_over(numbers, now=now)
        _require_free(numbers, now=now)
        _require_room(organization, len(offers))
        rows = _new(offers, organization, held_by=held_by or actor.name, now=now)
        try:
            # Inside a savepoint of its own: the refusal is recorded in the transaction around it.
            with acting(actor):
                CarrierHold.objects.bulk_create(rows)
        except IntegrityError as other:
            # Somebody else has had one held since the look above.
            _require_free(numbers, now=now)
            raise AlreadyTaken(
                "One of these numbers was held by somebody else until a moment ago. Try again.",
                field="offers",
            ) from other
        note_all(rows, events.HOLD_WANTED, actor=actor, now=now)
    for row in rows:
        nudge(tasks.hold.delay, hold_id=row.pk)
    return rows


def want_what_can_be_held(
    *,
    offers: Sequence[FoundOffer],
    organization: Organization,
    actor: Actor,
    now: datetime,
    held_by: str = "",
) -> list[CarrierHold]:
    """
    Ask for those offers of a preview to be held whose carriers hold numbers.

    :param held_by: for whom, as the journal names actors; empty for the actor
    :raises UnableToHold: if somebody else holds one
    """
    mine = CarrierHold.objects.live().filter(held_by=held_by or actor.name).exclude(until__lte=now)
    there = set(mine.values_list("e164", flat=True))
    able = [
        offer
        for offer in offers
        if offer.e164 not in there
        and issubclass(registry.carrier(offer.carrier_account.carrier), HoldsNumbers)
    ]
    try:
        return want(offers=able, organization=organization, actor=actor, now=now, held_by=held_by)
    except UnableToHold as refusal:
        refusal.field = "lines"
        raise


def let_go(*, hold: CarrierHold, actor: Actor, now: datetime) -> None:
    """
    Give up a hold, so that others may order the number here.

    Telnyx ends no reservation when asked to: towards everybody else the number stays ours until
    `until`, and whoever holds it here next takes that over.

    :raises UnableToMove: if it is being held at this moment, or is over
    """
    with acting(actor):
        HOLD.edges.move(hold, to=_S.LET_GO, now=now, next_attempt_at=None)
        note(hold, events.HOLD_LET_GO, actor=actor, now=now)


def use(*, lines: Sequence[OrderLine], actor: Actor, now: datetime) -> None:
    """
    Let an order have the numbers that its actor holds; inside the order's own transaction.

    A hold that is asked for at this moment is left to its worker: both calls are ours, and the
    carrier serves either order of the two.

    :raises UnableToOrder: if somebody else holds one
    """
    numbers = [line.e164 for line in lines]
    there = CarrierHold.objects.live().filter(e164__in=numbers).select_related("organization")
    for hold in no_key(there, "e164"):
        if hold.status == _S.HELD and hold.until and hold.until <= now:
            continue
        if hold.held_by != actor.name:
            raise UnableToOrder(_held_by_another(hold), field="lines", conflict=True)
        if hold.status in {_S.WANTED, _S.HELD}:
            HOLD.edges.move(hold, to=_S.USED, now=now, next_attempt_at=None)
            note(hold, events.HOLD_USED, actor=actor, now=now)


def _require_holdable(offer: FoundOffer, *, now: datetime, field: str) -> None:
    if offer.expires_at <= now:
        raise UnableToHold("This offer has expired. Search again.", field=field)
    if not issubclass(registry.carrier(offer.carrier_account.carrier), HoldsNumbers):
        raise UnableToHold(
            f"The carrier of {offer.e164} holds no numbers. Order it without a hold.", field=field
        )


def _require_free(numbers: Sequence[str], *, now: datetime) -> None:
    for other in CarrierHold.objects.live().filter(e164__in=numbers).order_by("e164"):
        raise AlreadyTaken(_held_by_another(other), field="offers")
    bought = PhoneNumber.objects.live().filter(e164__in=numbers).values_list("e164", flat=True)
    coming = OrderLine.objects.filter(e164__in=numbers, status=LineStatus.WAITING)
    for e164 in sorted({*bought, *coming.values_list("e164", flat=True)}):
        raise AlreadyTaken(
            f"{e164} is ours already or being bought. Choose another number.", field="offers"
        )


def _require_room(organization: Organization, wanted: int) -> None:
    """Count under a lock that is held until the commit: whoever comes second counts ours too."""
    no_key(Organization.objects.filter(pk=organization.pk)).get()
    there = CarrierHold.objects.live().filter(organization=organization).count()
    if there + wanted > MOST:
        raise UnableToHold(
            f"At most {MOST} numbers are held at a time. Order some or let them go first.",
            field="offers",
        )


def _new(
    offers: Sequence[FoundOffer], organization: Organization, *, held_by: str, now: datetime
) -> list[CarrierHold]:
    return [
        CarrierHold(
            organization=organization,
            held_by=held_by,
            carrier_account=offer.carrier_account,
            e164=offer.e164,
            status_since=now,
            created_at=now,
            next_attempt_at=now + timing.span("NUDGE_AGAIN_SECONDS"),
            give_up_at=now + timing.span("HOLD_GIVE_UP_SECONDS"),
        )
        for offer in sorted(offers, key=lambda offer: offer.e164)
    ]


def _end_those_over(numbers: Sequence[str], *, now: datetime) -> None:
    over = CarrierHold.objects.filter(e164__in=numbers, status=_S.HELD, until__lte=now)
    for row in no_key(over.select_related("organization"), "e164"):
        expire(row, now=now)


def _held_by_another(hold: CarrierHold) -> str:
    if hold.until is None:
        return f"{hold.e164} is being held for somebody. Choose another number."
    return (
        f"{hold.e164} is held until {hold.until:%H:%M} UTC. Choose another number, or have it let "
        "go."
    )
