"""What carriers ask for that cannot be asked: written down by staff, then asked of buyers."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from dids import events, picking
from dids.models import (
    Document,
    DocumentType,
    Filing,
    FilingPart,
    FoundOffer,
    NumberOrder,
    RequirementList,
    Task,
    TaskKind,
)
from dids.states import CarrierOrderStatus, FeatureStatus, LineStatus
from dids.suggested_requirements import SUGGESTIONS
from dids.tests.carrier import carrier_orders
from dids.tests.factories import make_document, make_found_offer, make_order, make_search
from dids.tests.test_by_hand import FIRST, gamma, quoted
from dids.workflows import doing, features, filing, purchase, requirement_keeping, sweeps
from dids.workflows.refusals import UnableToOrder
from dids.workflows.requirement_keeping import Asked, UnableToKeep
from trunks.models import CarrierAccount
from trunks.numbering import NumberType
from trunks.regulation import Asks
from trunks.tests.factories import make_carrier_account

pytestmark = pytest.mark.django_db

PROOF = Asked(name="Proof of address", asks=Asks.DOCUMENT, accepts=(DocumentType.ADDRESS,))


def keep(cast: Cast, account: CarrierAccount, *asked: Asked, **more: Any) -> RequirementList:
    """Write down what an account asks for before it sells local numbers in Great Britain."""
    key: dict[str, Any] = {"country": "GB", "type_": NumberType.LOCAL, **more}
    return requirement_keeping.keep(
        account=account, asked=asked or (PROOF,), actor=cast.staff, now=timezone.now(), **key
    )


def forget(cast: Cast, account: CarrierAccount, country: str = "GB") -> None:
    """Strike that out."""
    requirement_keeping.forget(
        account=account,
        country=country,
        type_=NumberType.LOCAL,
        actor=cast.staff,
        now=timezone.now(),
    )


def order_of(cast: Cast, offers: list[FoundOffer]) -> NumberOrder:
    """Order for the tenant, whom the carrier asks."""
    return make_order(offers=offers, holder=cast.tenant, actor=cast.staff, submit=True)


def hand_in(cast: Cast, paper: Document) -> None:
    """Answer the one thing that is asked for with a document of the vault."""
    part = FilingPart.objects.get()
    filing.answer(
        filing=part.filing,
        key=part.key,
        document=paper,
        actor=cast.tenant_owner,
        now=timezone.now(),
    )


def see_to(row: Filing) -> None:
    """Do what the workers would do with a filing."""
    features.see_to(kind="filing", feature_id=row.pk, now=timezone.now())


class TestFromAQuoteToANumber:
    def test_the_order_waits_until_a_person_has_seen_to_the_documents(self, cast: Cast) -> None:
        account = gamma()
        keep(cast, account)
        (offer,) = quoted(cast, FIRST, account=account)
        assert offer.needs_documents
        order = order_of(cast, [offer])
        (gated,) = carrier_orders(order)
        assert gated.status == CarrierOrderStatus.DOCUMENTS
        assert Task.objects.count() == 0

        hand_in(cast, make_document(organization=cast.tenant, type=DocumentType.ADDRESS))
        see_to(Filing.objects.get())
        task = Task.objects.get(kind=TaskKind.FEATURE_BY_HAND)
        doing.take(task=task, actor=cast.staff, now=timezone.now())
        doing.complete(task=task, note="Taken.", actor=cast.staff, now=timezone.now())
        assert Filing.objects.get().status == FeatureStatus.ACTIVE

        sweeps.filings(now=timezone.now())
        (gated,) = carrier_orders(order)
        assert gated.status == CarrierOrderStatus.WAITING
        purchase.place(carrier_order_id=gated.pk, now=timezone.now())
        assert Task.objects.filter(kind=TaskKind.CARRIER_ORDER, carrier_order=gated).exists()

    def test_what_the_carrier_refuses_is_asked_for_again(self, cast: Cast) -> None:
        account = gamma()
        keep(cast, account)
        paper = make_document(organization=cast.tenant, type=DocumentType.ADDRESS)
        order = order_of(cast, quoted(cast, FIRST, account=account))
        see_to(Filing.objects.get())
        task = Task.objects.get(kind=TaskKind.FEATURE_BY_HAND)
        doing.take(task=task, actor=cast.staff, now=timezone.now())
        doing.abandon(
            task=task, reason="The bill is too old.", actor=cast.staff, now=timezone.now()
        )

        row = Filing.objects.get()
        assert row.status == FeatureStatus.REJECTED
        assert [part.name for part in row.missing()] == [PROOF.name]
        assert carrier_orders(order)[0].status == CarrierOrderStatus.DOCUMENTS
        assert order.lines.get().status == LineStatus.WAITING
        hand_in(cast, paper)
        assert Filing.objects.get().status == FeatureStatus.WANTED

    def test_counts_for_quotes_that_were_there_before(self, cast: Cast) -> None:
        account = gamma()
        (offer,) = quoted(cast, FIRST, account=account)
        assert not offer.needs_documents
        keep(cast, account)
        order = order_of(cast, [offer])
        assert order.lines.get().needs_documents
        assert carrier_orders(order)[0].status == CarrierOrderStatus.DOCUMENTS

    def test_asks_nothing_of_other_types_and_after_it_was_struck_out(self, cast: Cast) -> None:
        account = gamma()
        keep(cast, account, type_=NumberType.MOBILE)
        keep(cast, account)
        forget(cast, account)
        forget(cast, account)
        (offer,) = quoted(cast, FIRST, account=account)
        assert not offer.needs_documents
        assert carrier_orders(order_of(cast, [offer]))[0].status == CarrierOrderStatus.WAITING
        said = Event.objects.filter(action=events.REQUIREMENTS_FORGOTTEN.name)
        assert said.get().after["what"] == "GB local numbers"


class TestOffersOfInterfaces:
    def test_are_ordered_once_it_is_known_what_is_asked_for(self, cast: Cast) -> None:
        account = make_carrier_account(carrier="vonage")
        offer = make_found_offer(account=account, needs_documents=True)
        with pytest.raises(UnableToOrder, match="not known which"):
            make_order(offers=[offer], actor=cast.staff)
        keep(cast, account, country="US")
        assert make_order(offers=[offer], actor=cast.staff).lines.get().needs_documents

    def test_are_picked_once_it_is_known_what_is_asked_for(self, cast: Cast) -> None:
        search, account = make_search(), make_carrier_account(carrier="vonage")
        offer = make_found_offer(search=search, account=account, needs_documents=True)
        assert picking.candidates_of(search) == []
        keep(cast, account, country="US")
        assert [one.offer for one in picking.candidates_of(search)] == [offer.uuid]


class TestKeep:
    def test_takes_the_place_of_what_was_there(self, cast: Cast) -> None:
        account = gamma()
        keep(cast, account)
        keep(cast, account, Asked(name=" Tax  number ", asks=Asks.TEXT))
        row = RequirementList.objects.get()
        assert row.requirements == [
            {"key": "tax-number", "asks": "TEXT", "name": "Tax number", "words": "", "accepts": []}
        ]
        assert Event.objects.filter(action=events.REQUIREMENTS_KEPT.name).count() == 2

    def test_leaves_a_carrier_alone_that_tells_it_by_its_interface(self, cast: Cast) -> None:
        account = make_carrier_account(carrier="telnyx")
        for step in (keep, forget):
            with pytest.raises(UnableToKeep, match="its interface") as refusal:
                step(cast, account)
            assert refusal.value.conflict

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ([Asked(name="", asks=Asks.TEXT)], "requirements[0].name"),
            ([Asked(name="x" * 101, asks=Asks.TEXT)], "requirements[0].name"),
            ([PROOF, Asked(name="Day", asks=Asks.DATE, words="x" * 301)], "requirements[1].words"),
            (
                [Asked(name="Day", asks=Asks.DATE, accepts=(DocumentType.BILL,))],
                "requirements[0].accepts",
            ),
            ([PROOF, Asked(name="Proof of Address", asks=Asks.TEXT)], "requirements[1].name"),
            ([PROOF] * 13, "requirements"),
        ],
    )
    def test_names_what_must_change(self, cast: Cast, asked: list[Asked], field: str) -> None:
        with pytest.raises(UnableToKeep) as refusal:
            keep(cast, gamma(), *asked)
        assert refusal.value.field == field

    @pytest.mark.parametrize("country", ["gb", "GBR", "\0", ""])
    def test_takes_countries_by_their_two_letters(self, cast: Cast, country: str) -> None:
        account = gamma()
        with pytest.raises(UnableToKeep):
            keep(cast, account, country=country)
        with pytest.raises(UnableToKeep):
            forget(cast, account, country)

    @pytest.mark.parametrize("suggestion", SUGGESTIONS.values(), ids=lambda one: one.what)
    def test_takes_every_suggestion_as_it_is(self, cast: Cast, suggestion: Any) -> None:
        row = keep(
            cast,
            gamma(),
            *suggestion.asked,
            country=suggestion.country,
            type_=suggestion.type,
        )
        assert len(row.requirements) == len(suggestion.asked)
