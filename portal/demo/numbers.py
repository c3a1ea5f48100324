"""The demo's numbers: searched, bought with a plan, one of them offered."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Organization
from dids import search_stream
from dids.destinations import Destination, DestinationKind
from dids.models import NumberOrder, OrderLine, PhoneNumber
from dids.states import LineStatus, NumberStatus, OrderStatus
from dids.workflows import holding, ordering, searching
from portal.demo.cast import OFFERED, PURCHASES
from portal.demo.waiting import WAIT_SECONDS, NotYet, wait
from trunks.models import CarrierAccount, Trunk
from trunks.numbering import NumberType
from trunks.offers import Wanted

OPEN = (OrderStatus.DRAFT, OrderStatus.SUBMITTED)


def ensure_numbers(
    companies: dict[str, Organization],
    trunks: dict[str, Trunk],
    *,
    actor: Actor,
) -> int:
    """
    Buy the demo's numbers once; gives how many there are.

    :raises NotYet: if workers do not answer in time
    """
    if not NumberOrder.objects.exists():
        order = _order(companies, trunks, actor=actor)
        ordering.submit(order=order, actor=actor, now=timezone.now())
    # Another one waits for a person, at a carrier without an interface.
    under_way = NumberOrder.objects.filter(status__in=OPEN, lines__trunk__in=trunks.values())
    wait("the demo's order", lambda: not under_way.exists())
    failed = OrderLine.objects.filter(status=LineStatus.FAILED).exclude(failure="")
    if failed and not PhoneNumber.objects.exists():
        raise NotYet(f"The demo's order failed: {failed[0].failure}")
    return PhoneNumber.objects.count()


def _order(
    companies: dict[str, Organization], trunks: dict[str, Trunk], *, actor: Actor
) -> NumberOrder:
    accounts = [trunk.carrier_account for trunk in trunks.values()]
    offers = _enough_offers(accounts, actor=actor)
    lines = []
    for purchase in PURCHASES:
        destination = None
        if purchase.extension:
            destination = Destination(DestinationKind.EXTENSION, purchase.extension)
        lines.append(
            ordering.LineWish(
                offer_id=offers[purchase.carrier].pop(0),
                holder=companies[purchase.holder],
                label=purchase.label,
                destination=destination,
                trunk=trunks[purchase.carrier],
            )
        )
    payer = companies["skyline"]
    return ordering.draft(lines=lines, payer=payer, actor=actor, now=timezone.now())


def _enough_offers(accounts: list[CarrierAccount], *, actor: Actor) -> dict[str, list[UUID]]:
    """Search until every carrier offers enough: on a busy machine the first one may be too late."""
    needed = Counter(purchase.carrier for purchase in PURCHASES)
    until = time.monotonic() + WAIT_SECONDS
    while True:
        offers = _search(accounts, actor=actor, now=timezone.now())
        late = [carrier for carrier, count in needed.items() if len(offers[carrier]) < count]
        if not late:
            return offers
        if time.monotonic() > until:
            raise NotYet(f"{' and '.join(late)} offers too few numbers; is the sandbox running?")


def _search(
    accounts: list[CarrierAccount], *, actor: Actor, now: datetime
) -> dict[str, list[UUID]]:
    wanted = Wanted(country="US", type=NumberType.LOCAL, limit=20)
    search = searching.start(wanted=wanted, accounts=accounts, actor=actor, now=now)
    found: dict[str, list[UUID]] = {account.carrier: [] for account in accounts}
    until, after, done = time.monotonic() + WAIT_SECONDS, 0, False
    while not done:
        if time.monotonic() > until:
            raise NotYet("Waiting for a search; are the workers running?")
        page = search_stream.read(search.uuid, after=after, wait=2.0)
        for offer in page.offers:
            found[offer["carrier"]].append(UUID(offer["id"]))
        after, done = page.next, page.done
    return found


def ensure_offer(companies: dict[str, Organization], *, actor: Actor, now: datetime) -> None:
    """Offer one number of a dealer's stock to a tenant, once."""
    seller, buyer = (companies[slug] for slug in OFFERED)
    stock = PhoneNumber.objects.filter(holder=seller).order_by("e164")
    if stock.exclude(status=NumberStatus.AVAILABLE).exists():
        return
    first = stock.first()
    if first is not None:
        holding.offer(number=first, to=buyer, actor=actor, now=now)
