"""Numbers on their way down to tenants, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.models import Organization, OrganizationStatus
from accounts.work import acting
from dids import events, signals, timing
from dids.models import Holding, PhoneNumber
from dids.states import NumberStatus
from dids.workflows import assignment
from dids.workflows.handover import hand_over, locked, status_with
from dids.workflows.many import Refusals, fit
from dids.workflows.offering import claim, offer, offer_to_all
from dids.workflows.standing import require_seat
from dids.workflows.withdrawing import withdraw
from lib.refusals import UnableTo

__all__ = [
    "UnableToAllot",
    "UnableToGiveBack",
    "allot",
    "allot_many",
    "claim",
    "give_back",
    "give_back_many",
    "offer",
    "offer_to_all",
    "withdraw",
]


class UnableToAllot(UnableTo):
    """The number cannot be handed down."""

    code = "cannot_allot"


class UnableToGiveBack(UnableTo):
    """The number cannot be given back."""

    code = "cannot_give_back"
    conflict = True


def allot(*, number: PhoneNumber, to: Organization, actor: Actor, now: datetime) -> None:
    """
    Hand a number of one's own stock to an organization below.

    :raises UnableToAllot: if `to` is not below the holder, or the number is not free
    :raises UnableToTake: if the number limit of `to` is reached
    :raises UnableToStandIn: if the number is somebody else's
    """
    allot_many(numbers=[number], to=to, actor=actor, now=now)


def allot_many(
    *,
    numbers: Sequence[PhoneNumber],
    to: Organization,
    actor: Actor,
    now: datetime,
    refusals: Refusals | None = None,
) -> None:
    """Hand many numbers down at once; refuses like `allot`, see `many`."""

    def require(row: PhoneNumber) -> None:
        require_seat(actor, row.holder, what=row.e164)
        _require_free(row, to)

    with acting(actor):
        rows = fit(locked(numbers), require, refusals)
        sources = {row.holder_id: row.holder for row in rows}
        before = {row.pk: row.holder.name for row in rows}
        for source in sources.values():
            hand_over(
                [row for row in rows if row.holder_id == source.pk],
                to=to,
                source=source,
                status=status_with(to),
                now=now,
                label="",
            )
        journal.record_many(
            actor,
            events.ALLOTTED,
            [
                journal.Row(
                    subject=row.subject,
                    organization=to,
                    number=row.e164,
                    before={"holder": before[row.pk]},
                    after={"holder": to.name},
                )
                for row in rows
            ],
            now=now,
        )
        signals.send(row.e164 for row in rows)
    _copy(rows, numbers)


def give_back(*, number: PhoneNumber, actor: Actor, now: datetime) -> None:
    """
    Return a number to the stock it came from; one that was used rests in quarantine first.

    :raises UnableToGiveBack: if the holder has it from nobody, or it is offered or being released
    :raises UnableToStandIn: if the number is somebody else's
    """
    give_back_many(numbers=[number], actor=actor, now=now)


def give_back_many(
    *,
    numbers: Sequence[PhoneNumber],
    actor: Actor,
    now: datetime,
    refusals: Refusals | None = None,
) -> None:
    """Return many numbers at once; refuses like `give_back`, see `many`."""
    with acting(actor):
        found = locked(numbers)
        givers = givers_of(found)

        def require(row: PhoneNumber) -> None:
            require_seat(actor, row.holder, what=row.e164)
            if row.pk not in givers:
                raise UnableToGiveBack(
                    f"{row.holder.name} has {row.e164} from nobody. Release it instead."
                )
            if refusal := why_kept(row):
                raise UnableToGiveBack(refusal)

        rows = fit(found, require, refusals)
        _return(rows, {row.pk: givers[row.pk] for row in rows}, actor=actor, now=now)
        signals.send(row.e164 for row in rows)
    _copy(rows, numbers)


_FIRST: dict[str, str] = {
    NumberStatus.RESERVED: "Withdraw its offers first.",
    NumberStatus.QUARANTINE: "Wait until it has rested.",
    NumberStatus.RELEASING: "Cancel its release first.",
    NumberStatus.RELEASED: "It is no longer yours.",
    NumberStatus.PORTED_OUT: "It is no longer yours.",
}
RETURNABLE = frozenset({NumberStatus.AVAILABLE, NumberStatus.ASSIGNED, NumberStatus.IN_SERVICE})


def why_kept(number: PhoneNumber) -> str:
    """Say why a number in its status cannot be given back; empty where it can."""
    if number.status in RETURNABLE:
        return ""
    words = number.get_status_display().lower()
    return f"{number.e164} is {words} and cannot be given back. {_FIRST[number.status]}"


def require_open(organization: Organization, *, field: str) -> None:
    """
    Make sure that an organization may receive numbers.

    :raises UnableToAllot: if it is suspended or closed
    """
    if organization.status != OrganizationStatus.ACTIVE:
        raise UnableToAllot(
            f"{organization.name} is {organization.get_status_display().lower()} and gets no "
            "numbers. Choose another organization.",
            field=field,
        )


def _require_free(number: PhoneNumber, to: Organization) -> None:
    if not to.is_below(number.holder):
        raise UnableToAllot(
            f"{number.e164} is held by {number.holder.name}; it can be allotted only to an "
            "organization below. Choose one of those.",
            field="to",
        )
    require_open(to, field="to")
    if number.status != NumberStatus.AVAILABLE:
        refusal = UnableToAllot(
            f"{number.e164} is {number.get_status_display().lower()}, so it cannot be allotted. "
            "Choose a number that is available."
        )
        refusal.conflict = True
        raise refusal


def givers_of(numbers: Iterable[PhoneNumber]) -> dict[int, Organization]:
    """Give from whom the holder of each number has it; whoever has it from nobody is left out."""
    holdings = Holding.objects.open().filter(number__in=numbers, source__isnull=False)
    return {
        holding.number_id: holding.source
        for holding in holdings.select_related("source__parent")
        if holding.source is not None
    }


def back_to(
    numbers: Iterable[PhoneNumber], givers: Mapping[int, Organization]
) -> list[tuple[Organization, Organization | None, list[PhoneNumber]]]:
    """Group numbers by the giver whose stock they return to, and by whom that one had them from."""
    held = Holding.objects.filter(number__in=givers, organization__in=givers.values())
    earlier = {
        (holding.number_id, holding.organization_id): holding.source
        for holding in held.select_related("source").order_by("during")
    }
    groups: dict[tuple[str, int], tuple[Organization, Organization | None, list[PhoneNumber]]] = {}
    for number in numbers:
        to = givers[number.pk]
        home = None if to.is_provider else to.parent
        source = earlier.get((number.pk, to.pk), home)
        key = (to.path, source.pk if source else 0)
        groups.setdefault(key, (to, source, []))[2].append(number)
    # Leaf to root, the order in which counters are locked.
    return [groups[key] for key in sorted(groups, reverse=True)]


def _return(
    numbers: Sequence[PhoneNumber],
    givers: Mapping[int, Organization],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    assignment.take_off(numbers, actor=actor, now=now)
    before = {number.pk: (number.holder, number.status) for number in numbers}
    for to, source, group in back_to(numbers, givers):
        for until, resting in _by_rest(group, now):
            hand_over(
                resting,
                to=to,
                source=source,
                status=NumberStatus.QUARANTINE if until else NumberStatus.AVAILABLE,
                now=now,
                quarantine_until=until,
                label="",
            )
    journal.record_many(
        actor,
        events.GIVEN_BACK,
        [
            journal.Row(
                subject=number.subject,
                organization=before[number.pk][0],
                number=number.e164,
                before={"holder": before[number.pk][0].name, "status": before[number.pk][1]},
                after={
                    "status": number.status,
                    "until": number.quarantine_until.isoformat() if number.quarantine_until else "",
                },
            )
            for number in numbers
        ],
        now=now,
    )


def _by_rest(
    numbers: Iterable[PhoneNumber], now: datetime
) -> list[tuple[datetime | None, list[PhoneNumber]]]:
    """Group numbers by how long they rest; one that nobody used does not."""
    groups: dict[datetime | None, list[PhoneNumber]] = {}
    for number in numbers:
        until = now + timing.quarantine(number.country) if number.used_since else None
        groups.setdefault(until, []).append(number)
    return list(groups.items())


def _copy(rows: Sequence[PhoneNumber], numbers: Sequence[PhoneNumber]) -> None:
    fresh = {row.pk: row for row in rows}
    for number in numbers:
        if row := fresh.get(number.pk):
            for field in ("holder", "status", "status_since", "label", "quarantine_until"):
                setattr(number, field, getattr(row, field))
            number._state.fields_cache.pop("assignment", None)
