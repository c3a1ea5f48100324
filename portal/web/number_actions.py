"""What can be done with a number by whoever looks at it, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Kind, Organization
from accounts.permissions import OF_KIND, Permission
from dids.models import PhoneNumber
from dids.states import NumberStatus
from dids.workflows import holding, release, taking_back

P = Permission
HANDED_ON = frozenset({NumberStatus.AVAILABLE, NumberStatus.RESERVED})
NOT_YOUR_ROLE = "Your role does not include it. Ask an owner of your organization."


@dataclass(frozen=True)
class Action:
    """
    One thing to do.

    :ivar says: what comes of it
    :ivar at_once: whether it is done by its button; others lead to a page that asks first
    :ivar watched: the form of the page whose `seen` it carries
    :ivar why_not: why it cannot be done now, with the next step
    """

    label: str
    says: str
    address: str
    at_once: bool = False
    is_grave: bool = False
    watched: str = ""
    why_not: str = ""


def actions_for(actor: Actor, number: PhoneNumber, giver: Organization | None) -> list[Action]:
    """
    List what an actor may do, what is only not possible now included.

    :param giver: from whom the holder has the number
    """
    reach = actor.reach
    if reach is None:
        return []
    found = list(_own(actor, number) if reach == number.holder else _above(actor, number, giver))
    if actor.may(P.MANAGE_CARRIERS):
        found.append(
            Action(
                "Have it delivered",
                "Choose the trunk to which the carrier delivers it, or have it asked again.",
                reverse("delivery", args=[number.e164]),
                why_not="It leaves, and needs no trunk any more. Cancel its release to keep it."
                if number.status == NumberStatus.RELEASING
                else "",
            )
        )
    return found


def _own(actor: Actor, number: PhoneNumber) -> Iterator[Action]:
    kind, e164 = Kind(number.holder.kind), number.e164
    if kind == Kind.TENANT and hasattr(number, "assignment"):
        yield Action(
            "Let it ring nowhere",
            "Calls to it reach none of your phones until you point it somewhere. You keep it.",
            reverse("unassign", args=[e164]),
            at_once=True,
            watched="destination",
            why_not=_role(actor, P.ASSIGN_NUMBERS),
        )
    if P.ALLOT_NUMBERS in OF_KIND[kind]:
        yield Action(
            "Hand it on",
            "Allot it to an organization below, or offer it.",
            reverse("hand_on", args=[e164]),
            why_not=_role(actor, P.ALLOT_NUMBERS) or _why_not_handed_on(number),
        )
    if kind != Kind.PROVIDER:
        yield Action(
            "Give it back",
            "It returns to whoever you have it from.",
            reverse("ask_give_back", args=[e164]),
            is_grave=True,
            why_not=_role(actor, P.GIVE_BACK_NUMBERS) or holding.why_kept(number),
        )
    elif number.status == NumberStatus.RELEASING:
        yield Action(
            "Keep it after all",
            "Its release is cancelled; as long as the carrier was not told, nothing has happened.",
            reverse("cancel_release", args=[e164]),
            at_once=True,
            why_not=_role(actor, P.RELEASE_NUMBERS) or release.why_whole(number, release.KEPT),
        )
    else:
        yield Action(
            "Release it",
            "It goes back to its carrier, today or on a later day.",
            reverse("ask_release", args=[e164]),
            is_grave=True,
            why_not=_role(actor, P.RELEASE_NUMBERS)
            or release.why_kept(number)
            or release.why_whole(number, release.WHOLE),
        )


def _above(actor: Actor, number: PhoneNumber, giver: Organization | None) -> Iterator[Action]:
    if giver is not None and giver == actor.reach:
        yield Action(
            "Take it back",
            f"It returns to your stock; {number.holder.name} has not used it yet.",
            reverse("recall", args=[number.e164]),
            at_once=True,
            watched="recall",
            why_not=_role(actor, P.ALLOT_NUMBERS) or taking_back.in_use(number),
        )


def _role(actor: Actor, right: Permission) -> str:
    return "" if actor.may(right) else NOT_YOUR_ROLE


def _why_not_handed_on(number: PhoneNumber) -> str:
    if number.status in HANDED_ON:
        return ""
    words = number.get_status_display().lower()
    return f"It is {words}. Only a number that is available can be handed on."
