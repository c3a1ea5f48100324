"""
Offers of accounts that cannot be used at this moment, and the next best of the same search.

A number is never at two carriers, so what takes its place is one of the same kind: country, type,
area and capabilities. Nothing is changed here; `ordering.draft` journals what was passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dids import asked_for, extras
from dids.models import FoundOffer, NumberOrder, PhoneNumber
from lib.e164 import area_code
from lib.money import Money
from trunks import capabilities, pacing, registry
from trunks.models import CarrierAccount
from trunks.operations import Operation, Way

SILENT = "Its carrier did not answer several times in a row and is left alone for a moment."
UNUSABLE = "Its carrier cannot be used now."


_Shelf = list[tuple[FoundOffer, Money]]


@dataclass(frozen=True)
class PassedOver:
    """
    An offer that cannot be had now.

    :ivar why: as a sentence that everybody may read
    :ivar instead: the next best; None where the search found none, or none within the limit
    :ivar cost: what that costs over the search's term; None where it has none
    """

    offer: FoundOffer
    why: str
    instead: FoundOffer | None
    cost: Money | None


def held_back(accounts: Iterable[CarrierAccount]) -> dict[int, str]:
    """Say of each account that cannot be used now why, by its key."""
    known = list({account.pk: account for account in accounts}.values())
    paces = pacing.look(known) if known else {}
    found = {}
    for account in known:
        if account.status != CarrierAccount.Status.ACTIVE:
            found[account.pk] = UNUSABLE
        elif paces[account.pk].open_for:
            found[account.pk] = SILENT
    return found


def look(
    chosen: Sequence[FoundOffer], *, now: datetime, up_to: Decimal | None = None
) -> list[PassedOver]:
    """
    Find what takes the place of chosen offers whose account cannot be used now.

    :param chosen: read with their accounts and searches
    :param up_to: what a number may cost over the search's term, in the currency of its search;
        None for any price
    """
    why = held_back(offer.carrier_account for offer in chosen)
    taken = {offer.e164 for offer in chosen}
    shelves: dict[tuple[int, str, str], _Shelf] = {}
    found = []
    for offer in chosen:
        if offer.carrier_account_id not in why:
            continue
        kind = (offer.search_id, offer.country, offer.type)
        shelf = shelves[kind] if kind in shelves else shelves.setdefault(kind, _shelf(offer, now))
        instead, cost = _next_best(offer, shelf, taken, up_to=up_to)
        if instead is not None:
            taken.add(instead.e164)
        found.append(PassedOver(offer, why[offer.carrier_account_id], instead, cost))
    return found


def of_preview(order: NumberOrder, *, now: datetime) -> dict[str, PassedOver]:
    """Find what of a preview cannot be had now, by the number (E.164) of its line."""
    lines = list(order.lines.all())
    accounts = held_back(line.carrier_account for line in lines)
    numbers = [line.e164 for line in lines if line.carrier_account_id in accounts]
    if not numbers:
        return {}
    offers = FoundOffer.objects.filter(
        e164__in=numbers, carrier_account__in=accounts, expires_at__gt=now
    ).select_related("search", "carrier_account")
    newest = {offer.e164: offer for offer in offers.order_by("pk")}
    return {one.offer.e164: one for one in look(list(newest.values()), now=now)}


def _next_best(
    offer: FoundOffer, shelf: _Shelf, taken: set[str], *, up_to: Decimal | None
) -> tuple[FoundOffer | None, Money | None]:
    fitting = (
        (one, cost)
        for one, cost in shelf
        if one.e164 not in taken
        and _is_alike(one, offer)
        and (up_to is None or cost.amount <= up_to)
    )
    return next(fitting, (None, None))


def _shelf(offer: FoundOffer, now: datetime) -> _Shelf:
    """Give what the search found of an offer's kind and can be had, the cheapest first."""
    rows = FoundOffer.objects.filter(
        asked_for.ORDERABLE,
        search=offer.search_id,
        country=offer.country,
        type=offer.type,
        expires_at__gt=now,
    )
    there = list(rows.select_related("search", "carrier_account").order_by("pk"))
    unusable = held_back(one.carrier_account for one in there)
    numbers = [one.e164 for one in there]
    ours = set(PhoneNumber.objects.live().filter(e164__in=numbers).values_list("e164", flat=True))
    priced = [
        (one, cost)
        for one in there
        if one.carrier_account_id not in unusable
        and one.e164 not in ours
        and (cost := _cost(one)) is not None
    ]
    return sorted(priced, key=lambda one: one[1].amount)


def _is_alike(other: FoundOffer, offer: FoundOffer) -> bool:
    sells = capabilities.way(registry.carrier(other.carrier_account.carrier), Operation.ORDER)
    return (
        sells == Way.API
        # Whoever chose a number that is sold at once waits for no documents instead.
        and other.needs_documents <= offer.needs_documents
        and area_code(other.e164) == area_code(offer.e164)
        and set(offer.capabilities) <= set(other.capabilities)
    )


def _cost(offer: FoundOffer) -> Money | None:
    """Give what an offer costs over its search's term, in the currency of whoever asked."""
    return extras.cost_kept(offer.search, offer, months=offer.search.months).amount
