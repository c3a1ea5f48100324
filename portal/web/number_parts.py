"""The parts of a number that two people may change at once, as `portal.web.seen` wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Event
from dids import events, inventory
from dids.models import PhoneNumber
from dids.states import BindingStatus
from portal.actor import PortalRequest
from portal.web.feature_rows import caller_name_of
from portal.web.seen import Part, token, unchanged

Maker = Callable[[PhoneNumber, Actor], Part]


def destination(number: PhoneNumber, _actor: Actor) -> Part:
    """Give where it rings."""
    assigned = getattr(number, "assignment", None)
    there = str(assigned.destination) if assigned else ""
    return Part(
        "destination",
        f"{assigned.kind} {assigned.value}" if assigned else "",
        f"It rings at {there} now." if there else "It rings nowhere now.",
        (events.ASSIGNED, events.UNASSIGNED, events.SWAPPED),
    )


def label(number: PhoneNumber, _actor: Actor) -> Part:
    """Give its holder's words for it."""
    says = f"Its label is “{number.label}” now." if number.label else "It has no label now."
    # Pointing a number and claiming it may write the label too.
    return Part("label", number.label, says, (events.LABELLED, events.ASSIGNED, events.CLAIMED))


def tags(number: PhoneNumber, actor: Actor) -> Part:
    """Give the actor's own tags on it."""
    words = inventory.tags(actor.reach, [number]).get(number.pk, []) if actor.reach else []
    says = f"Its tags are {', '.join(words)} now." if words else "It has no tags now."
    return Part("tags", "\n".join(words), says, (events.TAGGED,))


def holder(number: PhoneNumber, actor: Actor) -> Part:
    """Give who has it."""
    mine = actor.reach is None or actor.reach.reaches(number.holder)
    says = f"It is held by {number.holder.name} now." if mine else "You do not hold it any more."
    told_by = (
        events.BOUGHT,
        events.ALLOTTED,
        events.CLAIMED,
        events.GIVEN_BACK,
        events.RECLAIMED,
        events.RECALLED,
    )
    return Part("holder", str(number.holder.uuid), says, told_by)


def status(number: PhoneNumber, _actor: Actor) -> Part:
    """Give how it stands."""
    says = f"It is {number.get_status_display().lower()} now."
    told_by = (
        events.OFFERED,
        events.OFFER_WITHDRAWN,
        events.OFFER_EXPIRED,
        events.RELEASE_SCHEDULED,
        events.RELEASE_CANCELLED,
        events.QUARANTINE_ENDED,
    )
    return Part("status", number.status, says, told_by)


def delivery(number: PhoneNumber, _actor: Actor) -> Part:
    """Give the trunk to which the carrier delivers it; for those only who may see that."""
    there = getattr(number, "binding", None)
    says = (
        f"{there.trunk.name} is its trunk now, {there.get_status_display().lower()}."
        if there
        else "It has no trunk now."
    )
    value = f"{there.trunk_id} {there.status == BindingStatus.FAILED}" if there else ""
    return Part("delivery", value, says, (events.BINDING_WANTED, events.BINDING_FAILED))


def caller_name(number: PhoneNumber, actor: Actor) -> Part:
    """Give the name that its calls show, as far as it is its holder's."""
    there = caller_name_of(actor, number)
    if there is None:
        return Part("caller_name", "", "No name is asked for now.", (events.FEATURE_UNWANTED,))
    says = f"Its name is “{there.text}” now." if there.text else "It has no name now."
    told_by = (events.FEATURE_WANTED, events.FEATURE_UNWANTED)
    return Part("caller_name", f"{there.text} {there.shows_callers}", says, told_by)


def seen(number: PhoneNumber, actor: Actor, makers: Sequence[Maker]) -> str:
    """Give what a form about these parts carries."""
    return token([make(number, actor) for make in makers])


def events_of(number: PhoneNumber, actor: Actor) -> QuerySet[Event]:
    """Give what happened to a number, as far as the actor may see."""
    return Event.objects.visible_to(actor).filter(number=number.e164)


@contextmanager
def as_seen(request: PortalRequest, number: PhoneNumber, makers: Sequence[Maker]) -> Iterator[None]:
    """
    Do a step inside only if these parts are as the sender of the form saw them.

    :raises ChangedMeanwhile: if one is another by now
    """
    actor = request.actor

    def read(row: PhoneNumber) -> list[Part]:
        return [make(row, actor) for make in makers]

    with unchanged(request, number, read, happened=events_of(number, actor)):
        yield
