"""Numbers as lists and pages show them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Prefetch
from django.db.models.expressions import RawSQL

from accounts.actors import Actor
from accounts.models import Organization
from dids.models import (
    CarrierHold,
    NumberBlock,
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
from dids.states import HoldStatus

# The hits are collected first and ordered afterwards: with a plain LIKE and ORDER BY e164 LIMIT n
# the planner walks the whole unique index for one pattern in ten.
_HITS = "WITH hits AS MATERIALIZED (SELECT id FROM dids_phonenumber WHERE {}) SELECT id FROM hits"

_LINES = (
    OrderLine.objects.select_related(
        "holder", "carrier_account", "trunk", "carrier_order", "number__binding", "replaces"
    )
    .prefetch_related(Prefetch("replacements", OrderLine.objects.select_related("order")))
    .order_by("pk")
)

_DIGITS = re.compile(r"[+\d\s().-]+", re.ASCII)


def numbers(
    actor: Actor,
    *,
    search: str = "",
    status: str = "",
    holder: Organization | None = None,
    country: str = "",
    type: str = "",  # noqa: A002
    tag: str = "",
    block: NumberBlock | None = None,
) -> PhoneNumberQuerySet:
    """
    Give the live numbers that the actor can reach, ready to be shown.

    :param search: digits anywhere in the number, its beginning with the plus, or words of a label
    :param holder: only what this organization and those below it hold
    :param tag: only what the actor's organization has put this word on
    """
    rows = PhoneNumber.objects.visible_to(actor).live()
    if search.strip():
        rows = rows.filter(pk__in=_hits(search.strip()))
    if status:
        rows = rows.filter(status=status.upper())
    if holder is not None:
        rows = rows.filter(holder__path__startswith=holder.path)
    if country:
        rows = rows.filter(country=country.upper())
    if type:
        rows = rows.filter(type=type.upper())
    if block is not None:
        rows = rows.filter(block=block)
    if tag:
        tagged = NumberTag.objects.visible_to(actor).filter(word=tag.casefold())
        rows = rows.filter(pk__in=tagged.values("number"))
    return shown(rows).order_by("e164")


def shown(rows: PhoneNumberQuerySet) -> PhoneNumberQuerySet:
    """Add what every list and page of numbers shows, in a fixed number of queries."""
    return rows.select_related(
        "holder", "carrier_account", "assignment", "binding__trunk", "block"
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


def _hits(text: str) -> RawSQL:
    if not _DIGITS.fullmatch(text):
        return _like("label ILIKE %s", f"%{_escaped(text)}%")
    digits = re.sub(r"\D", "", text)
    if text.startswith("+") or not digits:
        return _like("e164 LIKE %s", f"+{digits}%")
    return _like("SUBSTRING(e164, 2) LIKE %s", f"%{digits}%")


def _like(condition: str, pattern: str) -> RawSQL:
    return RawSQL(_HITS.format(condition), [pattern])  # noqa: S611


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
