"""Rows for tests, as plain functions; everything not said is made up and unique."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Kind, Organization
from accounts.tests.factories import ON_PLANTING, make_actor, make_provider
from accounts.work import acting
from dids.destinations import Destination
from dids.emergency_rules import RULES
from dids.models import (
    Assignment,
    BackOrder,
    Document,
    DocumentType,
    EmergencyLocation,
    Filing,
    FilingPart,
    FoundOffer,
    MessagesTo,
    MessagingRoute,
    NumberOrder,
    NumberSearch,
    OrderLine,
    PhoneNumber,
)
from dids.sieve import Sieve
from dids.states import LocationStatus, NumberStatus
from dids.workflows import back_ordering, feature_wishes, ordering, recording, vault
from dids.workflows.handover import open_holding, status_with
from dids.workflows.ordering import LineWish
from trunks.models import CarrierAccount, Trunk
from trunks.offers import Wanted
from trunks.tests.factories import make_carrier_account

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MAIN = Destination("EXTENSION", "101")

# Past the numbers that tests name themselves: +1 312 555 01xx.
_serial = count(100)


def new_e164() -> str:
    """Make up a fictional North American number."""
    serial = next(_serial)
    return f"+1{312 + serial // 100 % 400}5550{100 + serial % 100}"


def make_number(
    *,
    holder: Organization | None = None,
    e164: str = "",
    account: CarrierAccount | None = None,
    status: NumberStatus | None = None,
    source: Organization | None = None,
    destination: Destination | None = None,
    label: str = "",
    used: bool = False,
    carrier_reference: str = "",
    country: str = "US",
    now: datetime = NOW,
) -> PhoneNumber:
    """
    Store a number with its open holding, in the status in which it rests with its holder.

    :param source: to whom it returns; the holder's parent by default
    """
    holder = holder or make_provider()
    with transaction.atomic():
        number = PhoneNumber.objects.create(
            e164=e164 or new_e164(),
            country=country,
            type="LOCAL",
            region="IL",
            locality="Chicago",
            capabilities=["VOICE"],
            carrier_account=account or make_carrier_account(),
            carrier_reference=carrier_reference,
            status=status or status_with(holder),
            status_since=now,
            quarantine_until=(
                now + timedelta(days=45) if status == NumberStatus.QUARANTINE else None
            ),
            used_since=now if used or status == NumberStatus.IN_SERVICE else None,
            holder=holder,
            label=label,
            setup=Decimal(1),
            monthly=Decimal(1),
            currency="USD",
            bought_at=now,
        )
        open_holding(number, source=source or holder.parent, now=now)
        Organization.objects.filter(pk=holder.pk).exclude(kind="PROVIDER").update(
            numbers_held=F("numbers_held") + 1
        )
        holder.refresh_from_db()
        if destination is not None:
            Assignment.objects.create(
                number=number,
                kind=destination.kind,
                value=destination.value,
                assigned_at=now,
            )
    return number


def make_document(
    *,
    organization: Organization,
    type: DocumentType = DocumentType.IDENTITY,  # noqa: A002
    content: bytes = b"",
    expires_on: date | None = None,
    keep_until: date | None = None,
    actor: Actor | None = None,
    now: datetime | None = None,
) -> Document:
    """Put a paper into the vault; each has a content of its own unless told otherwise."""
    return vault.store(
        organization=organization,
        paper=vault.Paper(
            type=type, name="paper.pdf", expires_on=expires_on, keep_until=keep_until
        ),
        content=content or f"%PDF-1.7 {next(_serial)}".encode(),
        actor=actor or make_actor(organization=organization),
        now=now or timezone.now(),
    )


def make_location(
    *, organization: Organization, country: str = "US", is_default: bool = True
) -> EmergencyLocation:
    """Store an active emergency location."""
    return EmergencyLocation.objects.create(
        organization=organization,
        label=f"Office in {country} {next(_serial)}",
        name=organization.name[:60],
        house_number="100",
        street="Main St",
        city="Chicago",
        state="IL",
        postal_code="60601",
        country=country,
        is_default=is_default,
        status=LocationStatus.ACTIVE,
        status_since=NOW,
        validated_at=NOW,
        created_at=NOW,
    )


def make_locations(organization: Organization) -> None:
    """Give a tenant a default location in each country that asks for one."""
    if organization.kind == Kind.TENANT:
        for country in RULES:
            make_location(organization=organization, country=country)


ON_PLANTING.append(make_locations)


def make_filing(account: CarrierAccount, organization: Organization) -> Filing:
    """Store what a carrier asks for, of which nothing is answered."""
    filing = Filing.objects.create(
        organization=organization,
        carrier_account=account,
        country="GB",
        type="LOCAL",
        status_since=NOW,
        failure="MARK-CARRIER minds something",
        problems=[{"field": "company", "words": "MARK-CARRIER minds it"}],
    )
    for position, (key, asks) in enumerate((("bill", "DOCUMENT"), ("company", "TEXT"))):
        FilingPart.objects.create(
            filing=filing, key=key, position=position, asks=asks, name=key.title()
        )
    return filing


def make_texts(
    number: PhoneNumber, actor: Actor, address: str = "https://messages.oak.example/in"
) -> MessagingRoute:
    """Have the messages of a number routed, whether the networks allow them or not."""
    now = timezone.now()
    with acting(actor):
        row, _ = MessagingRoute.objects.get_or_create(
            number=number,
            defaults={
                "organization": number.holder,
                "carrier_account": number.carrier_account,
                "status_since": now,
            },
        )
        feature_wishes.want(row, actor=actor, now=now, target=MessagesTo.WEBHOOK, address=address)
    return row


def make_search(
    *,
    organization: Organization | None = None,
    now: datetime | None = None,
) -> NumberSearch:
    """Store a search that nobody answers."""
    at = now or timezone.now()
    return NumberSearch.objects.create(
        organization=organization or make_provider(),
        wanted={
            "country": "US",
            "type": "LOCAL",
            "area_code": "312",
            "prefix": "",
            "contains": "",
            "locality": "",
            "region": "",
            "capabilities": [],
            "limit": 20,
        },
        months=12,
        status_since=at,
        asked_at=at,
        expires_at=at + timedelta(minutes=15),
    )


def make_found_offer(
    *,
    account: CarrierAccount | None = None,
    e164: str = "",
    search: NumberSearch | None = None,
    setup: str | None = "1.0000",
    monthly: str | None = "1.0000",
    currency: str = "USD",
    needs_documents: bool = False,
    expires_at: datetime | None = None,
) -> FoundOffer:
    """Store an offer as a search finds it."""
    search = search or make_search()
    return FoundOffer.objects.create(
        search=search,
        carrier_account=account or make_carrier_account(),
        e164=e164 or new_e164(),
        country="US",
        type="LOCAL",
        region="IL",
        capabilities=["VOICE"],
        setup=None if setup is None else Decimal(setup),
        monthly=None if monthly is None else Decimal(monthly),
        currency=currency if setup or monthly else "",
        needs_documents=needs_documents,
        expires_at=expires_at or search.expires_at,
    )


def make_order(
    *,
    offers: Sequence[FoundOffer] = (),
    payer: Organization | None = None,
    holder: Organization | None = None,
    destination: Destination | None = None,
    trunk: Trunk | None = None,
    label: str = "",
    actor: Actor | None = None,
    now: datetime | None = None,
    submit: bool = False,
) -> NumberOrder:
    """Make a preview of offers, and submit it if asked to."""
    at = now or timezone.now()
    payer = payer or make_provider()
    actor = actor or make_actor(organization=make_provider())
    wishes = [
        LineWish(
            offer_id=offer.uuid, holder=holder, label=label, destination=destination, trunk=trunk
        )
        for offer in offers or [make_found_offer()]
    ]
    order = ordering.draft(lines=wishes, payer=payer, actor=actor, now=at)
    if submit:
        ordering.submit(order=order, actor=actor, now=at)
    return order


def make_back_order(
    *,
    payer: Organization | None = None,
    quantity: int = 2,
    when_found: str = "BUY",
    most_each: str | None = "5",
    area_code: str = "312",
    actor: Actor | None = None,
    **more: Any,
) -> BackOrder:
    """Have numbers wanted as soon as they are there; nobody has looked yet."""
    now = timezone.now()
    given = {
        "wanted": Wanted(country="US", area_code=area_code),
        "sieve": Sieve(),
        "quantity": quantity,
        "when_found": when_found,
        "most_each": None if most_each is None else Decimal(most_each),
        "until": now + timedelta(days=30),
        **more,
    }
    return back_ordering.want(
        wish=back_ordering.Wish(**given),
        payer=payer or make_provider(),
        actor=actor or make_actor(organization=make_provider()),
        now=now,
    )


def make_failed_line(
    *,
    payer: Organization | None = None,
    holder: Organization | None = None,
    destination: Destination | None = None,
    account: CarrierAccount | None = None,
    trunk: Trunk | None = None,
    label: str = "",
    actor: Actor,
) -> OrderLine:
    """Make an order of one line, which its carrier refuses."""
    order = make_order(
        offers=[make_found_offer(account=account)],
        payer=payer,
        holder=holder,
        destination=destination,
        trunk=trunk,
        label=label,
        actor=actor,
        submit=True,
    )
    for row in order.carrier_orders.all():
        recording.failed(row, attempt=None, words="Gone.", why="gone", now=timezone.now())
    return order.lines.select_related("order", "carrier_order__order__payer").get()
