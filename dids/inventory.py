"""Numbers as lists and pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from django.db.models import Prefetch

from accounts.actors import Actor
from accounts.models import Organization
from dids.models import (
    CarrierHold,
    NumberOrder,
    NumberTag,
    Offer,
    OrderLine,
    PhoneNumber,
    Task,
)
from dids.models.carrier_holds import LIVE
from dids.models.numbers import PhoneNumberQuerySet
from dids.models.offers import OfferQuerySet
from dids.models.orders import NumberOrderQuerySet
from dids.narrowing import Narrowing, narrowed
from dids.states import HoldStatus

_LINES = (
    OrderLine.objects.select_related(
        *("holder", "carrier_account__owner", "trunk", "carrier_order", "replaces"),
        *("emergency_location", "number__binding", "number__emergency"),
    )
    .prefetch_related(Prefetch("replacements", OrderLine.objects.select_related("order")))
    .order_by("pk")
)


def numbers(actor: Actor, **wanted: Unpack[Narrowing]) -> PhoneNumberQuerySet:
    """Give the live numbers that the actor can reach and wants, ready to be shown."""
    rows = PhoneNumber.objects.visible_to(actor).live()
    return shown(narrowed(rows, wanted, actor)).order_by("e164")


def shown(rows: PhoneNumberQuerySet) -> PhoneNumberQuerySet:
    """Add what every list and page of numbers shows, in a fixed number of queries."""
    return rows.select_related(
        "holder", "carrier_account", "assignment", "binding__trunk", "block", "emergency"
    ).prefetch_related("releases", _open_tasks("tasks"))


def tags(organization: Organization, numbers: Iterable[PhoneNumber]) -> dict[int, list[str]]:
    """Give an organization's own words on numbers, by the number's key, in one query."""
    rows = NumberTag.objects.filter(organization=organization, number__in=numbers)
    found: dict[int, list[str]] = {}
    for key, word in rows.order_by("word").values_list("number_id", "word"):
        found.setdefault(key, []).append(word)
    return found


def number(actor: Actor, e164: str) -> PhoneNumber:
    """
    Give one live number.

    :raises PhoneNumber.DoesNotExist: if there is none that the actor can reach
    """
    return shown(PhoneNumber.objects.visible_to(actor).live()).get(e164=e164)


def orders(actor: Actor) -> NumberOrderQuerySet:
    """Give the orders that the actor can reach, the newest first."""
    return (
        NumberOrder.objects.visible_to(actor)
        .select_related("payer")
        .prefetch_related(
            "carrier_orders",
            _open_tasks("carrier_orders__tasks"),
            Prefetch("lines", _LINES),
            "lines__number__releases",
            _open_tasks("lines__number__tasks"),
            _open_tasks("lines__carrier_order__tasks"),
        )
        .order_by("-created_at", "-pk")
    )


def holds_for(actor: Actor, order: NumberOrder) -> dict[str, CarrierHold]:
    """Give, by number, what became of each hold that the actor asked for with a preview."""
    rows = CarrierHold.objects.visible_to(actor).filter(
        held_by=actor.name,
        e164__in=[line.e164 for line in order.lines.all()],
        status__in=[*LIVE, HoldStatus.REFUSED],
    )
    return {hold.e164: hold for hold in rows.order_by("created_at")}


def _open_tasks(way: str) -> Prefetch[str]:
    return Prefetch(way, Task.objects.open().select_related("organization").order_by("pk"))


def offers(actor: Actor) -> OfferQuerySet:
    """Give the open offers that the actor made or received, the newest first."""
    return (
        Offer.objects.visible_to(actor)
        .open()
        .select_related("number", "to", "offered_by", "claimed_by")
        .order_by("-offered_at", "-pk")
    )
