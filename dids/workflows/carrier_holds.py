"""Having a carrier keep a number for us before it is ordered: claim, call, record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from accounts import journal
from accounts.actors import Actor, System
from accounts.models import Organization
from accounts.work import acting
from dids import events, nudging, tasks, timing
from dids.models import CarrierHold, FoundOffer, OrderLine, PhoneNumber
from dids.states import HOLD, HoldStatus, LineStatus
from dids.workflows import opening
from dids.workflows.recording import words_for
from dids.workflows.refusals import UnableToOrder
from lib import pauses
from lib.e164 import E164
from lib.locks import no_key
from lib.nudges import nudge
from lib.refusals import UnableTo
from lib.transitions import LostRace, UnableToMove
from trunks import connect, registry
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Misconfigured, OutcomeUnknown, Rejected, Unavailable
from trunks.offers import Hold
from trunks.roles import HoldsNumbers

_ACTOR = System("carrier_holds.hold")
_S = HoldStatus

MOST = 100
"""So many numbers an organization may hold at a time."""

TAKEN = "The carrier does not hold it: somebody else has it. Choose another number."
NOT_THERE = "The hold did not arrive at the carrier. The number can be ordered all the same."
GAVE_UP = "The carrier did not answer in time. The number can be ordered all the same."
UNDECIDED = "The carrier has not decided yet."


class UnableToHold(UnableTo):
    """The number cannot be held."""

    code = "cannot_hold"


class AlreadyTaken(UnableToHold):
    """Somebody else was there first."""

    conflict = True


def want(
    *, offers: Sequence[FoundOffer], organization: Organization, actor: Actor, now: datetime
) -> list[CarrierHold]:
    """
    Ask for found offers to be held, so that nobody else takes them; workers see to it.

    All of them or none: a hold that the carrier refuses later ends for itself.

    :raises UnableToHold: naming the offer that cannot be held
    """
    for place, offer in enumerate(offers):
        _require_holdable(offer, now=now, field=f"offers[{place}]")
    numbers = [offer.e164 for offer in offers]
    with acting(actor):
        _end_those_over(numbers, now=now)
        _require_free(numbers, now=now)
        there = CarrierHold.objects.live().filter(organization=organization).count()
        if there + len(offers) > MOST:
            raise UnableToHold(
                f"At most {MOST} numbers are held at a time. Order some or let them go first.",
                field="offers",
            )
        rows = _new(offers, organization, actor=actor, now=now)
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
        _note_all(rows, events.HOLD_WANTED, actor=actor, now=now)
        _note_all([row for row in rows if row.status == _S.HELD], events.HELD, now=now)
    for row in rows:
        if row.status == _S.WANTED:
            nudge(tasks.hold.delay, hold_id=row.pk)
    return rows


def want_what_can_be_held(
    *, offers: Sequence[FoundOffer], organization: Organization, actor: Actor, now: datetime
) -> list[CarrierHold]:
    """
    Ask for those offers of a preview to be held whose carriers hold numbers.

    :raises UnableToHold: if somebody else holds one
    """
    mine = CarrierHold.objects.live().filter(held_by=actor.name).exclude(until__lte=now)
    there = set(mine.values_list("e164", flat=True))
    able = [
        offer
        for offer in offers
        if offer.e164 not in there
        and issubclass(registry.carrier(offer.carrier_account.carrier), HoldsNumbers)
    ]
    try:
        return want(offers=able, organization=organization, actor=actor, now=now)
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
        _note(hold, events.HOLD_LET_GO, actor=actor, now=now)


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
            _note(hold, events.HOLD_USED, actor=actor, now=now)


def hold(*, hold_id: int, now: datetime) -> None:
    """
    Do what is due for a hold: ask the carrier for it, look it up, or end it.

    :raises UnableToMove: if another worker has it
    """
    row = CarrierHold.objects.select_related("organization", "carrier_account__owner")
    there = row.live().filter(pk=hold_id).first()
    if there is None:
        return
    clock = timing.Elapsed(now)
    try:
        if there.status == _S.HELD:
            _expire(there, now=now)
        elif there.status == _S.WANTED:
            _hold(there, clock)
        else:
            _settle(there, clock)
    except connect.NotNow as later:
        if _is_given_up(there, now=clock.now()):
            return
        message = {"hold_id": there.pk}
        _look_again(there, nudging.soon(tasks.hold, message, at=later.retry_at, now=now))


def _hold(row: CarrierHold, clock: timing.Elapsed) -> None:
    if _is_given_up(row, now=clock.now()):
        return
    carrier = _carrier(row, clock)
    pauses.at("hold.ready")
    with acting(_ACTOR):
        call_before = clock.now() + timing.span("PURCHASE_GRACE_SECONDS")
        attempt = HOLD.edges.claim(
            row,
            to=_S.HOLDING,
            now=clock.now(),
            call_before=call_before,
            next_attempt_at=_dead_from(call_before),
        )
        _note(row, events.HOLD_CLAIMED, now=clock.now(), attempt=str(attempt))
    pauses.at("hold.claimed")
    try:
        answer = carrier.hold(
            [E164(row.e164)],
            reference=str(row.uuid),
            deadline=Deadline(timing.seconds("PURCHASE_DEADLINE_SECONDS"), call_before),
        )
    except CarrierError as trouble:
        _record_trouble(row, attempt, trouble, now=clock.now())
    else:
        pauses.at("hold.called")
        _record(row, attempt, answer, now=clock.now())


def _settle(row: CarrierHold, clock: timing.Elapsed) -> None:
    """Look it up; nothing is ever sent from here: a reservation repeated is another one."""
    dead_from = _dead_from(row.call_before or row.status_since)
    if row.status == _S.HOLDING:
        if dead_from > clock.now():
            raise UnableToMove(f"{row} is being asked for by another worker.")
        _record_uncertain(row, row.attempt, "Nobody recorded an answer.", now=clock.now())
    carrier = _carrier(row, clock)
    try:
        answer = carrier.find_hold(
            reference=str(row.uuid),
            deadline=Deadline(timing.seconds("PURCHASE_DEADLINE_SECONDS")),
        )
    except CarrierError as trouble:
        if not _is_given_up(row, now=clock.now()):
            _look_again(row, nudging.after(trouble, now=clock.now()))
        return
    pauses.at("hold.looked_up")
    if answer is not None:
        _record(row, row.attempt, answer, now=clock.now())
    elif dead_from + carrier.lookup_lag <= clock.now():
        _record_refused(row, row.attempt, NOT_THERE, "Not there.", now=clock.now())
    else:
        _look_again(row, clock.now() + timing.span("LOOKUP_SECONDS"))


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


def _new(
    offers: Sequence[FoundOffer], organization: Organization, *, actor: Actor, now: datetime
) -> list[CarrierHold]:
    """Give rows not yet written; a number that the carrier still keeps for us is held by that."""
    kept = _kept_by_carriers(offers, now=now)
    rows = []
    for offer in sorted(offers, key=lambda offer: offer.e164):
        row = CarrierHold(
            organization=organization,
            held_by=actor.name,
            carrier_account=offer.carrier_account,
            e164=offer.e164,
            status_since=now,
            created_at=now,
            next_attempt_at=now + timing.span("NUDGE_AGAIN_SECONDS"),
            give_up_at=now + timing.span("HOLD_GIVE_UP_SECONDS"),
        )
        old = kept.get((offer.carrier_account_id, offer.e164))
        if old is not None:
            row.status, row.until, row.next_attempt_at = _S.HELD, old.until, old.until
            row.carrier_reference = old.carrier_reference
        rows.append(row)
    return rows


def _kept_by_carriers(
    offers: Sequence[FoundOffer], *, now: datetime
) -> dict[tuple[int, str], CarrierHold]:
    """Give our ended holds that carriers still keep: they would refuse another one."""
    over = CarrierHold.objects.filter(
        e164__in=[offer.e164 for offer in offers],
        status__in=[_S.LET_GO, _S.USED, _S.REFUSED],
        until__gt=now + timing.span("PURCHASE_DEADLINE_SECONDS"),
    )
    return {(row.carrier_account_id, row.e164): row for row in over.order_by("until")}


def _end_those_over(numbers: Sequence[str], *, now: datetime) -> None:
    over = CarrierHold.objects.filter(e164__in=numbers, status=_S.HELD, until__lte=now)
    for row in no_key(over.select_related("organization"), "e164"):
        _expire(row, now=now)


def _expire(row: CarrierHold, *, now: datetime) -> None:
    if row.until is not None and row.until > now:
        return
    with acting(_ACTOR):
        HOLD.edges.move(row, to=_S.EXPIRED, now=now, next_attempt_at=None)
        _note(row, events.HOLD_EXPIRED, now=now)


def _is_given_up(row: CarrierHold, *, now: datetime) -> bool:
    """End a hold that the carrier cannot be asked for or about; what it may hold lapses there."""
    if row.give_up_at > now or row.status not in {_S.WANTED, _S.UNCERTAIN}:
        return False
    _record_refused(row, row.attempt, GAVE_UP, row.carrier_says or "Gave up.", now=now)
    return True


def _record(row: CarrierHold, attempt: UUID | None, answer: Hold, *, now: datetime) -> None:
    """Write down what the carrier says; if the row was settled meanwhile, keep what is held."""
    number = E164(row.e164)
    if number in answer.pending:
        if _is_given_up(row, now=now):
            return
        if row.status == _S.UNCERTAIN:
            _look_again(row, now + timing.span("LOOKUP_SECONDS"))
        else:
            _record_uncertain(row, attempt, UNDECIDED, now=now)
        return
    if number not in answer.numbers or answer.until is None or answer.until <= now:
        _record_refused(row, attempt, TAKEN, "Not held.", now=now)
        return
    kept = {"carrier_reference": answer.carrier_reference, "until": answer.until}
    try:
        with acting(_ACTOR):
            HOLD.edges.record(
                row,
                attempt=attempt,
                to=_S.HELD,
                now=now,
                failure="",
                carrier_says="",
                next_attempt_at=answer.until,
                **kept,
            )
            _note(row, events.HELD, now=now, until=answer.until.isoformat())
            pauses.at("hold.recording")
    except LostRace:
        # The look-up came too early for a call that went out late: whoever holds it next takes it.
        CarrierHold.objects.filter(pk=row.pk, status=_S.REFUSED).update(**kept)
        raise
    pauses.at("hold.recorded")


def _record_trouble(
    row: CarrierHold, attempt: UUID | None, trouble: CarrierError, *, now: datetime
) -> None:
    why = str(trouble)
    if isinstance(trouble, OutcomeUnknown):
        _record_uncertain(row, attempt, why, now=now)
    elif isinstance(trouble, Rejected):
        _record_refused(row, attempt, words_for(trouble.reason), why, now=now)
    else:
        until = now + timing.span("PUT_OFF_SECONDS")
        if isinstance(trouble, Unavailable):
            until = trouble.retry_at(now, otherwise=timing.seconds("PUT_OFF_SECONDS"))
        with acting(_ACTOR):
            HOLD.edges.record(
                row,
                attempt=attempt,
                to=_S.WANTED,
                now=now,
                carrier_says=why[:200],
                next_attempt_at=min(until, max(row.give_up_at, now)),
            )
            _note(row, events.HOLD_PUT_OFF, now=now, why=why)
            if isinstance(trouble, Misconfigured):
                opening.credentials_refused(row.carrier_account, why=why, now=now)


def _record_uncertain(row: CarrierHold, attempt: UUID | None, why: str, *, now: datetime) -> None:
    with acting(_ACTOR):
        HOLD.edges.record(
            row,
            attempt=attempt,
            to=_S.UNCERTAIN,
            now=now,
            carrier_says=why[:200],
            next_attempt_at=now + timing.span("LOOKUP_SECONDS"),
        )
        _note(row, events.HOLD_UNCERTAIN, now=now, why=why)


def _record_refused(
    row: CarrierHold, attempt: UUID | None, words: str, why: str, *, now: datetime
) -> None:
    with acting(_ACTOR):
        HOLD.edges.record(
            row,
            attempt=attempt,
            to=_S.REFUSED,
            now=now,
            failure=words,
            carrier_says=why[:200],
            next_attempt_at=None,
        )
        _note(row, events.HOLD_REFUSED, now=now, reason=words, why=why)


def _dead_from(call_before: datetime) -> datetime:
    return call_before + timing.span("PURCHASE_DEADLINE_SECONDS")


def _carrier(row: CarrierHold, clock: timing.Elapsed) -> HoldsNumbers:
    connect.may_call(row.carrier_account, clock.now())
    carrier = connect.connected(row.carrier_account, purpose="hold")
    if not isinstance(carrier, HoldsNumbers):
        raise UnableToHold(f"{carrier.name} holds no numbers.")
    return carrier


def _held_by_another(hold: CarrierHold) -> str:
    if hold.until is None:
        return f"{hold.e164} is being held for somebody. Choose another number."
    return (
        f"{hold.e164} is held until {hold.until:%H:%M} UTC. Choose another number, or have it let "
        "go."
    )


def _look_again(row: CarrierHold, at: datetime) -> None:
    CarrierHold.objects.filter(pk=row.pk, status=row.status).update(next_attempt_at=at)


def _note_all(
    rows: Sequence[CarrierHold],
    event_type: journal.EventType,
    *,
    now: datetime,
    actor: Actor = _ACTOR,
) -> None:
    journal.record_many(
        actor,
        event_type,
        [
            journal.Row(
                subject=row.subject,
                organization=row.organization,
                number=row.e164,
                after={"until": row.until.isoformat()} if row.until else {},
            )
            for row in rows
        ],
        now=now,
    )


def _note(
    row: CarrierHold,
    event_type: journal.EventType,
    *,
    now: datetime,
    actor: Actor = _ACTOR,
    reason: str = "",
    **after: str,
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=row.subject,
        organization=row.organization,
        number=row.e164,
        reason=reason,
        after=after,
    )
