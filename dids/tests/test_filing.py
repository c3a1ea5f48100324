"""Numbers that ask for documents: their order waits, and goes on once the carrier approves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from billing.models import Account
from dids.models import (
    CarrierOrder,
    Document,
    DocumentType,
    Filing,
    FilingPart,
    FoundOffer,
    NumberOrder,
    OrderLine,
    RequirementList,
)
from dids.states import CarrierOrderStatus, FeatureStatus, LineStatus, OrderStatus
from dids.tests.carrier import Shop, bought, carrier_orders, drive, open_money
from dids.tests.factories import make_document, make_order
from dids.tests.passing_time import let_pass
from dids.waiting import why_not_yet
from dids.workflows import filing, searching, sweeps, vault
from dids.workflows.refusals import UnableToOrder
from lib.transitions import LostRace
from trunks.deadlines import Deadline
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.regulation import Asks

F, C = FeatureStatus, CarrierOrderStatus
ADDRESS = {
    "name": "Oak Street Dental",
    "street": "1 Oak Street",
    "locality": "Leeds",
    "region": "",
    "postal_code": "LS1 1AA",
    "country": "gb",
}


def found(market: Shop, cast: Cast, *, kind: NumberType = NumberType.TOLL_FREE) -> list[FoundOffer]:
    now, account = timezone.now(), market.account("telnyx")
    search = searching.start(
        wanted=Wanted(country="GB", type=kind, limit=5),
        accounts=[account],
        actor=cast.staff,
        now=now,
    )
    searching.ask(
        search_id=search.pk, account_ids=[account.pk], until=now.timestamp() + 60, now=now
    )
    return list(FoundOffer.objects.filter(search=search).order_by("e164"))


def ordered(market: Shop, cast: Cast, *, count: int = 1, **plan: Any) -> NumberOrder:
    offers = [offer for offer in found(market, cast) if not _is_ordered(offer)][:count]
    return make_order(offers=offers, holder=cast.tenant, actor=cast.staff, submit=True, **plan)


def _is_ordered(offer: FoundOffer) -> bool:
    return OrderLine.objects.filter(e164=offer.e164).exists()


def part(asks: Asks) -> FilingPart:
    return FilingPart.objects.get(asks=asks)


def answer(cast: Cast, asks: Asks, **given: Any) -> Filing:
    one = part(asks)
    filing.answer(
        filing=one.filing, key=one.key, actor=cast.tenant_owner, now=timezone.now(), **given
    )
    return Filing.objects.get()


def complete(cast: Cast, *, text: str = "Oak Street Dental") -> Document:
    bill = make_document(organization=cast.tenant, type=DocumentType.ADDRESS)
    answer(cast, Asks.DOCUMENT, document=bill)
    answer(cast, Asks.ADDRESS, address=ADDRESS)
    answer(cast, Asks.TEXT, text=text)
    return bill


def approve() -> None:
    let_pass(timezone.now())
    sweeps.filings(now=timezone.now())


class TestSearching:
    def test_says_which_numbers_ask_for_documents(self, market: Shop, cast: Cast) -> None:
        assert all(offer.needs_documents for offer in found(market, cast))
        assert not any(o.needs_documents for o in found(market, cast, kind=NumberType.LOCAL))

    def test_asks_the_carrier_once_a_day(self, market: Shop, cast: Cast) -> None:
        for _ in range(3):
            found(market, cast)
        assert market.sandbox.seen("telnyx")["papers"] == 1
        RequirementList.objects.update(asked_at=timezone.now() - timedelta(days=2))
        found(market, cast)
        assert market.sandbox.seen("telnyx")["papers"] == 2

    def test_finds_numbers_also_while_nobody_tells_what_is_asked_for(
        self, market: Shop, cast: Cast
    ) -> None:
        market.account("telnyx")
        market.sandbox.fault("telnyx", "papers", "error_before", times=9)
        assert found(market, cast)


class TestAnOrder:
    def test_waits_with_its_money_until_everything_is_approved(
        self, market: Shop, cast: Cast
    ) -> None:
        order = ordered(market, cast, count=2)
        (carrier_order,) = carrier_orders(order)
        assert carrier_order.status == C.DOCUMENTS
        waiting = why_not_yet(order.lines.all()[0])
        assert waiting is not None
        assert waiting.who == "whoever the number is for"
        drive(order, now=timezone.now())
        assert not bought(order)

        complete(cast)
        assert Filing.objects.get().status == F.WANTED
        approve()
        assert Filing.objects.get().status == F.ACTIVE
        drive(order, now=timezone.now())
        assert order.status == OrderStatus.COMPLETED
        assert len(bought(order)) == 2

    def test_after_a_document_has_expired_waits_for_a_newer_one(
        self, market: Shop, cast: Cast
    ) -> None:
        first = ordered(market, cast)
        bill = complete(cast)
        approve()
        drive(first, now=timezone.now())
        Document.objects.filter(pk=bill.pk).update(
            expires_on=timezone.now().date() - timedelta(days=1)
        )

        order = ordered(market, cast)
        (carrier_order,) = carrier_orders(order)
        there = Filing.objects.get()
        assert carrier_order.status == C.DOCUMENTS
        assert [one.asks for one in there.missing()] == [Asks.DOCUMENT]
        assert bought(first)

        newer = make_document(organization=cast.tenant, type=DocumentType.ADDRESS)
        answer(cast, Asks.DOCUMENT, document=newer)
        approve()
        drive(order, now=timezone.now())
        assert len(bought(order)) == 1

    def test_what_expires_is_asked_for_again_once(self, market: Shop, cast: Cast) -> None:
        ordered(market, cast)
        bill = complete(cast)
        approve()
        later = timezone.now() + timedelta(days=1)
        assert not filing.open_expired(now=later, most=9)
        Document.objects.filter(pk=bill.pk).update(expires_on=timezone.now().date())

        assert filing.open_expired(now=later, most=9) == 1
        assert not filing.open_expired(now=later, most=9)
        assert Filing.objects.get().status == F.REJECTED

    def test_takes_what_the_vault_has(self, market: Shop, cast: Cast) -> None:
        bill = make_document(organization=cast.tenant, type=DocumentType.ADDRESS)
        ordered(market, cast)
        assert part(Asks.DOCUMENT).document == bill
        assert {one.asks for one in Filing.objects.get().missing()} == {Asks.TEXT, Asks.ADDRESS}
        with pytest.raises(vault.UnableToDelete, match="documents for GB toll-free numbers"):
            vault.delete(document=bill, actor=cast.tenant_owner, now=timezone.now())

    def test_goes_on_at_once_where_it_was_approved_before(self, market: Shop, cast: Cast) -> None:
        ordered(market, cast)
        complete(cast)
        approve()
        second = ordered(market, cast)
        assert carrier_orders(second)[0].status == C.WAITING
        drive(second, now=timezone.now())
        assert second.status == OrderStatus.COMPLETED
        assert Filing.objects.count() == 1

    def test_is_open_again_where_the_carrier_minds_something(
        self, market: Shop, cast: Cast
    ) -> None:
        order = ordered(market, cast)
        complete(cast, text="REFUSE")
        approve()
        row = Filing.objects.get()
        assert row.status == F.REJECTED
        assert [one.asks for one in row.missing()] == [Asks.TEXT]
        assert carrier_orders(order)[0].status == C.DOCUMENTS

        assert answer(cast, Asks.TEXT, text="Oak Street Dental Ltd").status == F.WANTED
        approve()
        drive(order, now=timezone.now())
        assert order.status == OrderStatus.COMPLETED

    def test_gives_the_money_back_when_it_is_cancelled(self, market: Shop, cast: Cast) -> None:
        open_money(cast.dealer)
        order = ordered(market, cast, payer=cast.dealer)
        assert Account.objects.get(organization=cast.dealer).reserved > 0
        filing.cancel(order=order, actor=cast.staff, now=timezone.now())
        order.refresh_from_db()
        assert order.status == OrderStatus.FAILED
        assert order.lines.get().failure == filing.CANCELLED
        assert Account.objects.get(organization=cast.dealer).reserved == Decimal(0)
        with pytest.raises(UnableToOrder):
            filing.cancel(order=order, actor=cast.staff, now=timezone.now())

    def test_does_not_wait_for_ever(self, market: Shop, cast: Cast) -> None:
        order = ordered(market, cast)
        sweeps.filings(now=timezone.now() + timedelta(days=29))
        assert carrier_orders(order)[0].status == C.DOCUMENTS
        sweeps.filings(now=timezone.now() + timedelta(days=31))
        assert order.lines.get().status == LineStatus.FAILED

    def test_is_let_go_on_by_one_of_two_sweeps(self, market: Shop, cast: Cast) -> None:
        order = ordered(market, cast)
        complete(cast)
        let_pass(timezone.now())
        (row,), (twin,) = carrier_orders(order), carrier_orders(order)
        filing.open_gate(row, now=timezone.now())
        with pytest.raises(LostRace):
            filing.open_gate(twin, now=timezone.now())
        assert sweeps.filings(now=timezone.now()) == 0


class TestHandingIn:
    @pytest.mark.parametrize("fault", ["timeout_after", "error_after", "timeout_before"])
    def test_happens_once_whatever_is_lost(self, market: Shop, cast: Cast, fault: str) -> None:
        order = ordered(market, cast)
        complete(cast)
        market.sandbox.fault("telnyx", "filing", fault, times=3)
        approve()
        adapter: Any = market.sandbox.adapter_for(
            "telnyx", dict(market.account("telnyx").credentials)
        )
        groups = adapter._call("GET", "requirement_groups", parse=list, deadline=Deadline(10))
        assert len(groups) == 1
        drive(order, now=timezone.now())
        assert order.status == OrderStatus.COMPLETED

    def test_waits_for_the_scanner(self, market: Shop, cast: Cast, settings: Any) -> None:
        ordered(market, cast)
        complete(cast)
        settings.DOCUMENT_SCANNER = "dids.tests.test_vault.is_away"
        let_pass(timezone.now(), unless=lambda: bool(Filing.objects.get().failure))
        row = Filing.objects.get()
        assert row.status == F.WANTED
        assert "scanned" in row.failure


class TestAnswering:
    @pytest.mark.parametrize(
        ("asks", "given", "field"),
        [
            (Asks.TEXT, {"text": " "}, "text"),
            (Asks.TEXT, {"text": "x" * 201}, "text"),
            (Asks.DOCUMENT, {}, "document"),
            (Asks.ADDRESS, {"address": {**ADDRESS, "street": ""}}, "street"),
        ],
    )
    def test_names_what_is_wrong(
        self, market: Shop, cast: Cast, asks: Asks, given: dict[str, Any], field: str
    ) -> None:
        ordered(market, cast)
        with pytest.raises(filing.UnableToAnswer) as refusal:
            answer(cast, asks, **given)
        assert refusal.value.field == field

    def test_takes_a_day_where_one_is_asked_for(self, market: Shop, cast: Cast) -> None:
        ordered(market, cast)
        FilingPart.objects.filter(asks=Asks.TEXT).update(asks=Asks.DATE)
        with pytest.raises(filing.UnableToAnswer, match="1980-02-29") as refusal:
            answer(cast, Asks.DATE, text="29.2.1980")
        assert refusal.value.field == "text"
        answer(cast, Asks.DATE, text=" 1980-02-29 ")
        assert part(Asks.DATE).text == "1980-02-29"

    def test_takes_no_document_of_somebody_else(self, market: Shop, cast: Cast) -> None:
        ordered(market, cast)
        with pytest.raises(filing.UnableToAnswer):
            answer(cast, Asks.DOCUMENT, document=make_document(organization=cast.dealer))

    def test_is_over_once_it_was_handed_in(self, market: Shop, cast: Cast) -> None:
        ordered(market, cast)
        complete(cast)
        with pytest.raises(filing.UnableToAnswer, match="handed in"):
            answer(cast, Asks.TEXT, text="Other")

    def test_lets_go_of_the_document_that_was_there(self, market: Shop, cast: Cast) -> None:
        first = make_document(organization=cast.tenant, type=DocumentType.ADDRESS)
        ordered(market, cast)
        second = make_document(organization=cast.tenant, type=DocumentType.ADDRESS)
        answer(cast, Asks.DOCUMENT, document=second)
        assert not first.uses.exists()
        assert second.uses.exists()


def test_no_order_waits_without_a_filing(market: Shop, cast: Cast) -> None:
    ordered(market, cast)
    assert not CarrierOrder.objects.filter(status=C.DOCUMENTS, filing=None).exists()
