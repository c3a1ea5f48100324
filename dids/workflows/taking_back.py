"""Numbers taken back: by whoever gave one back too early, or handed one down to the wrong place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import prefetch_related_objects

from accounts import journal
from accounts.actors import Actor
from accounts.models import Kind, Organization
from accounts.work import acting
from dids import events, signals
from dids.destinations import Destination
from dids.models import Holding, PhoneNumber
from dids.states import NumberStatus
from dids.workflows import assignment, emergency_gate
from dids.workflows.handover import hand_over, locked, status_with
from dids.workflows.holding import back_to, givers_of, require_open
from dids.workflows.many import Refusals, fit
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
    (row,) = reclaim_many(
        numbers=[number], destination=destination, label=label, actor=actor, now=now
    )
    return row


def reclaim_many(
    *,
    numbers: Sequence[PhoneNumber],
    destination: Destination | None = None,
    label: str = "",
    actor: Actor,
    now: datetime,
    refusals: Refusals | None = None,
) -> list[PhoneNumber]:
    """Take many numbers that one gave back again and give them; refuses like `reclaim`."""
    wanted = destination.checked() if destination else None
    words = assignment.checked_label(label)
    with acting(actor):
        found = locked(numbers)
        former = last_holders(found)
        gate = emergency_gate.Gate(found if wanted else [], holders=former)

        def require(row: PhoneNumber) -> None:
            if row.pk not in former or actor.reach != former[row.pk]:
                raise UnableToStandIn(f"Somebody else gave {row.e164} back. Ask whoever holds it.")
            if row.status != NumberStatus.QUARANTINE:
                raise UnableToTakeBack(
                    f"{row.e164} does not rest any more. Ask whoever you had it from for it."
                )
            require_open(former[row.pk], field="")
            if wanted and former[row.pk].kind != Kind.TENANT:
                raise UnableToTakeBack("In stock it rings nowhere. Leave the destination out.")
            gate.require(row)

        rows = fit(found, require, refusals)
        sources = {row.holder_id: row.holder for row in rows}
        for source in sources.values():
            group = [row for row in rows if row.holder_id == source.pk]
            hand_over(
                group,
                to=former[group[0].pk],
                source=source,
                status=status_with(former[group[0].pk]),
                now=now,
                quarantine_until=None,
                label=words,
            )
        told = journal.record_many(
            actor,
            events.RECLAIMED,
            [
                journal.Row(
                    subject=row.subject,
                    organization=row.holder,
                    number=row.e164,
                    after={"holder": row.holder.name, "label": words},
                )
                for row in rows
            ],
            now=now,
        )
        if wanted:
            told = assignment.point_many([(row, wanted) for row in rows], actor=actor, now=now)
        signals.send((row.e164 for row in rows), event_id=told[0].pk if told else None)
    return rows


def recall(*, number: PhoneNumber, actor: Actor, now: datetime) -> None:
    """
    Take a number that one handed down back into stock, as long as nobody has used it there.

    :raises UnableToTakeBack: if it points somewhere, is offered on, or was in use
    :raises UnableToStandIn: if its holder has it from somebody else
    """
    recall_many(numbers=[number], actor=actor, now=now)


def recall_many(
    *,
    numbers: Sequence[PhoneNumber],
    actor: Actor,
    now: datetime,
    refusals: Refusals | None = None,
) -> None:
    """Take many numbers back into stock; refuses like `recall`, see `many`."""
    with acting(actor):
        found = locked(numbers)
        prefetch_related_objects(found, "assignment")
        givers = givers_of(found)

        def require(row: PhoneNumber) -> None:
            if row.pk not in givers or actor.reach != givers[row.pk]:
                name = row.holder.name
                raise UnableToStandIn(
                    f"{name} does not have {row.e164} from you. Act for {name} to give it back."
                )
            if refusal := in_use(row):
                raise UnableToTakeBack(refusal)

        rows = fit(found, require, refusals)
        before = {row.pk: row.holder for row in rows}
        for to, source, group in back_to(rows, givers):
            hand_over(group, to=to, source=source, status=status_with(to), now=now, label="")
        journal.record_many(
            actor,
            events.RECALLED,
            [
                journal.Row(
                    subject=row.subject,
                    organization=before[row.pk],
                    number=row.e164,
                    before={"holder": before[row.pk].name},
                )
                for row in rows
            ],
            now=now,
        )
        signals.send(row.e164 for row in rows)
    fresh = {row.pk: row for row in rows}
    for number in numbers:
        if row := fresh.get(number.pk):
            for field in ("holder", "status", "status_since", "label"):
                setattr(number, field, getattr(row, field))


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
    return next(iter(all_given_back(actor, [e164])), None)


def all_given_back(actor: Actor, wanted: Iterable[str]) -> list[PhoneNumber]:
    """Give those of many numbers that rest after somebody within the actor's reach gave them."""
    resting = PhoneNumber.objects.filter(e164__in=wanted, status=NumberStatus.QUARANTINE)
    numbers = list(resting.select_related("holder").order_by("e164"))
    former, reach = last_holders(numbers), actor.reach
    return [
        number
        for number in numbers
        if number.pk in former and (reach is None or reach.reaches(former[number.pk]))
    ]


def last_holder(number: PhoneNumber) -> Organization | None:
    """Give who held a number before its holder of now."""
    return last_holders([number]).get(number.pk)


def last_holders(numbers: Iterable[PhoneNumber]) -> dict[int, Organization]:
    """Give who held each of many numbers before its holder of now."""
    earlier = Holding.objects.filter(number__in=numbers, during__endswith__isnull=False)
    return {
        holding.number_id: holding.organization
        for holding in earlier.select_related("organization").order_by("during")
    }


def giver_of(number: PhoneNumber) -> Organization | None:
    """Give from whom its holder has a number."""
    return givers_of([number]).get(number.pk)
