"""Numbers taken back: by whoever gave one back too early, or handed one down to the wrong place."""

from __future__ import annotations

from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.models import Kind, Organization
from accounts.work import acting
from dids import events, signals
from dids.destinations import Destination
from dids.models import Holding, PhoneNumber
from dids.states import NumberStatus
from dids.workflows import assignment
from dids.workflows.handover import hand_over, locked, status_with
from dids.workflows.holding import require_open, source_of
from dids.workflows.standing import UnableToStandIn
from lib.refusals import UnableTo

HANDED_DOWN = frozenset({NumberStatus.ASSIGNED, NumberStatus.AVAILABLE})


class UnableToTakeBack(UnableTo):
    """The number is not there to be taken back, or somebody uses it."""

    code = "cannot_take_back"
    conflict = True


def reclaim(
    *,
    number: PhoneNumber,
    destination: Destination | None = None,
    label: str = "",
    actor: Actor,
    now: datetime,
) -> PhoneNumber:
    """
    Take a number that one gave back out of its quarantine again, before anybody else gets it.

    :param destination: where it rings at once; only a tenant names one
    :raises UnableToTakeBack: if it does not rest any more
    :raises UnableToPoint: if the destination is none
    :raises UnableToTake: if the number limit is reached
    :raises UnableToStandIn: if somebody else gave it back
    """
    wanted = destination.checked() if destination else None
    words = assignment.checked_label(label)
    with acting(actor):
        (row,) = locked([number])
        former = last_holder(row)
        if former is None or actor.reach != former:
            raise UnableToStandIn(f"Somebody else gave {row.e164} back. Ask whoever holds it.")
        if row.status != NumberStatus.QUARANTINE:
            raise UnableToTakeBack(
                f"{row.e164} does not rest any more. Ask whoever you had it from for it."
            )
        require_open(former, field="")
        if wanted and former.kind != Kind.TENANT:
            raise UnableToTakeBack("In stock it rings nowhere. Leave the destination out.")
        hand_over(
            [row],
            to=former,
            source=row.holder,
            status=status_with(former),
            now=now,
            quarantine_until=None,
            label=words,
        )
        event = journal.record(
            actor,
            events.RECLAIMED,
            now=now,
            subject=row.subject,
            organization=former,
            number=row.e164,
            after={"holder": former.name, "label": words},
        )
        if wanted:
            event = assignment.point(row, wanted, actor=actor, now=now)
        signals.send([row.e164], event_id=event.pk)
    return row


def recall(*, number: PhoneNumber, actor: Actor, now: datetime) -> None:
    """
    Take a number that one handed down back into stock, as long as nobody has used it there.

    :raises UnableToTakeBack: if it points somewhere, is offered on, or was in use
    :raises UnableToStandIn: if its holder has it from somebody else
    """
    with acting(actor):
        (row,) = locked([number])
        holder, giver = row.holder, giver_of(row)
        if giver is None or actor.reach != giver:
            raise UnableToStandIn(
                f"{holder.name} does not have {row.e164} from you. Act for {holder.name} to give "
                "it back."
            )
        if refusal := in_use(row):
            raise UnableToTakeBack(refusal)
        hand_over(
            [row],
            to=giver,
            source=source_of(row, giver),
            status=status_with(giver),
            now=now,
            label="",
        )
        journal.record(
            actor,
            events.RECALLED,
            now=now,
            subject=row.subject,
            organization=holder,
            number=row.e164,
            before={"holder": holder.name},
        )
        signals.send([row.e164])
    number.holder, number.status, number.status_since = row.holder, row.status, row.status_since
    number.label = row.label


def in_use(number: PhoneNumber) -> str:
    """Say why a number that was handed down is not simply taken back; empty where it can be."""
    name = number.holder.name
    if hasattr(number, "assignment"):
        return f"{name} has pointed {number.e164} already. Act for {name} to give it back."
    if number.status not in HANDED_DOWN:
        words = number.get_status_display().lower()
        return f"{number.e164} is {words} there. Act for {name} to give it back."
    if number.used_since is not None:
        return f"{number.e164} was in use and must rest. Act for {name} to give it back."
    return ""


def given_back(actor: Actor, e164: str) -> PhoneNumber | None:
    """Give a number that rests after somebody within the actor's reach gave it back."""
    resting = PhoneNumber.objects.filter(e164=e164, status=NumberStatus.QUARANTINE)
    number = resting.select_related("holder").first()
    former = last_holder(number) if number else None
    within = former is not None and (actor.reach is None or actor.reach.reaches(former))
    return number if within else None


def last_holder(number: PhoneNumber) -> Organization | None:
    """Give who held a number before its holder of now."""
    earlier = Holding.objects.filter(number=number, during__endswith__isnull=False)
    last = earlier.select_related("organization").order_by("-during").first()
    return last.organization if last else None


def giver_of(number: PhoneNumber) -> Organization | None:
    """Give from whom its holder has a number."""
    there = Holding.objects.open().filter(number=number).select_related("source").first()
    return there.source if there else None
