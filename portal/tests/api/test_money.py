"""Staff order on behalf of a dealer, whose account pays: reserved, posted, released, refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Event, Organization
from accounts.tests.cast import Cast
from billing.verify import ledger
from billing.workflows import accounts as money
from dids.models import FoundOffer, NumberOrder, PhoneNumber
from dids.tests.carrier import Shop, drive, shop
from portal.tests.api.caller import Answer, Caller, caller_of
from portal.tests.api.world import SYSTEM

LIMIT = Decimal(20)


@pytest.fixture
def market() -> Iterator[Shop]:
    """Open a sandbox carrier with an account of ours."""
    with shop() as opened:
        yield opened


@pytest.fixture
def dealer(cast: Cast) -> Organization:
    """Give a dealer who may spend twenty dollars on credit."""
    money.open(
        organization=cast.dealer,
        currency="USD",
        credit_limit=LIMIT,
        actor=SYSTEM,
        now=timezone.now(),
    )
    return cast.dealer


@pytest.fixture
def staff(cast: Cast) -> Caller:
    """Give a program of the provider."""
    return caller_of(cast.provider)


def priced(offers: list[FoundOffer], *, setup: str, monthly: str) -> list[FoundOffer]:
    """Have offers cost what a test says."""
    for offer in offers:
        offer.setup, offer.monthly, offer.currency = Decimal(setup), Decimal(monthly), "USD"
        offer.save()
    return offers


def wish(offers: list[FoundOffer], **more: object) -> dict[str, Any]:
    """Make the body of an order."""
    return {"lines": [{"offer": str(offer.uuid)} for offer in offers], **more}


def account(of: Organization) -> dict[str, Decimal]:
    """Read an account as its owner does."""
    body = caller_of(of).get("account").body
    names = ("balance", "reserved", "credit_limit", "available")
    return {name: Decimal(body[name]) for name in names}


def work(answer: Answer) -> None:
    """Do what the workers do with a submitted order."""
    drive(NumberOrder.objects.get(uuid=answer.body["id"]), now=timezone.now())


class TestADealerWhoPays:
    def test_sees_the_money_reserved_and_then_posted(
        self, dealer: Organization, cast: Cast, staff: Caller, market: Shop
    ) -> None:
        offers = priced(market.offers(count=2), setup="1.50", monthly="2.25")
        made = staff.post("orders", wish(offers, payer=str(dealer.uuid)))
        assert made.status == 201, made.text
        assert (made.body["payer"]["name"], made.body["total"]) == (dealer.name, "7.5000")
        assert {line["holder"]["name"] for line in made.body["lines"]} == {dealer.name}
        assert account(dealer)["reserved"] == 0

        submitted = staff.post(f"orders/{made.body['id']}/submit", {})
        assert submitted.status == 202, submitted.text
        held = account(dealer)
        assert (held["balance"], held["reserved"], held["available"]) == (
            Decimal(0),
            Decimal("7.5"),
            Decimal("12.5"),
        )

        work(made)
        assert staff.get(f"orders/{made.body['id']}").body["status"] == "COMPLETED"
        spent = account(dealer)
        assert (spent["balance"], spent["reserved"]) == (Decimal("-7.5"), Decimal(0))
        assert ledger() == []
        held_by_dealer = caller_of(dealer).get("numbers").body["results"]
        assert [row["number"] for row in held_by_dealer] == sorted(offer.e164 for offer in offers)

    def test_gets_the_money_of_a_failed_line_back(
        self, dealer: Organization, staff: Caller, market: Shop
    ) -> None:
        (gone,) = priced(market.offers("twilio"), setup="3.00", monthly="1.00")
        (good,) = priced(market.offers("telnyx"), setup="1.00", monthly="1.00")
        market.sandbox.fault("twilio", "order", "number_gone")
        made = staff.post("orders", wish([gone, good], payer=str(dealer.uuid)))
        staff.post(f"orders/{made.body['id']}/submit", {})
        assert account(dealer)["reserved"] == Decimal(6)

        work(made)
        order = staff.get(f"orders/{made.body['id']}").body
        assert {line["number"]: line["status"] for line in order["lines"]} == {
            gone.e164: "FAILED",
            good.e164: "BOUGHT",
        }
        settled = account(dealer)
        assert (settled["balance"], settled["reserved"]) == (Decimal(-2), Decimal(0))
        assert ledger() == []

    def test_is_told_nothing_of_the_carrier(
        self, dealer: Organization, staff: Caller, market: Shop
    ) -> None:
        (gone,) = market.offers("twilio")
        (good,) = market.offers("telnyx")
        market.sandbox.fault("twilio", "order", "number_gone")
        made = staff.post("orders", wish([gone, good], payer=str(dealer.uuid)))
        staff.post(f"orders/{made.body['id']}/submit", {})
        work(made)
        reader = caller_of(dealer)
        told = [
            reader.get(path).text.lower()
            for path in ("events", "numbers", f"numbers/{good.e164}", f"numbers/{good.e164}/events")
        ]
        accounts = [row.name.lower() for row in market.accounts.values()]
        reference = PhoneNumber.objects.get(e164=good.e164).carrier_reference.lower()
        for mark in ("telnyx", "twilio", "setup", "monthly", "carrier_account", *accounts):
            assert not [text for text in told if mark in text], mark
        assert not [text for text in told if reference in text]
        assert reader.get("orders").is_problem(403)

    def test_does_not_pay_for_a_rival(
        self, dealer: Organization, cast: Cast, staff: Caller, market: Shop
    ) -> None:
        body = wish(market.offers(), payer=str(dealer.uuid))
        body["lines"][0]["holder"] = str(cast.rival_dealer.uuid)
        assert staff.post("orders", body).is_problem(422, "lines[0].holder")


class TestTheLimit:
    def test_refuses_with_the_sum_and_the_next_step_and_keeps_the_preview(
        self, dealer: Organization, staff: Caller, market: Shop
    ) -> None:
        offers = priced(market.offers(), setup="20.00", monthly="0.01")
        made = staff.post("orders", wish(offers, payer=str(dealer.uuid)))
        refused = staff.post(f"orders/{made.body['id']}/submit", {})
        assert refused.is_problem(409)
        assert refused.body["type"] == "/problems/insufficient-funds"
        for words in ("20.01 USD is needed", f"20.00 USD is available to {dealer.name}", "Ask for"):
            assert words in refused.body["detail"]
        assert staff.get(f"orders/{made.body['id']}").body["status"] == "DRAFT"
        assert account(dealer)["reserved"] == 0
        assert Event.objects.filter(action="dids.order.refused").count() == 1

    def test_allows_the_last_cent(self, dealer: Organization, staff: Caller, market: Shop) -> None:
        offers = priced(market.offers(), setup="19.00", monthly="1.00")
        made = staff.post("orders", wish(offers, payer=str(dealer.uuid)))
        assert staff.post(f"orders/{made.body['id']}/submit", {}).status == 202
        assert account(dealer)["available"] == 0

    def test_is_tried_out_by_a_dry_run(
        self, dealer: Organization, staff: Caller, market: Shop
    ) -> None:
        made = staff.post("orders", wish(market.offers(), payer=str(dealer.uuid)))
        path = f"orders/{made.body['id']}/submit?dry_run=true"
        assert staff.post(path, {}).body["status"] == "SUBMITTED"
        assert account(dealer)["reserved"] == 0


class TestThePayer:
    def test_is_ones_own_organization_by_default(
        self, cast: Cast, staff: Caller, market: Shop
    ) -> None:
        made = staff.post("orders", wish(market.offers()))
        assert made.body["payer"]["name"] == cast.provider.name
        assert made.body["lines"][0]["holder"]["name"] == cast.provider.name

    def test_without_an_account_is_told_so(self, cast: Cast, staff: Caller, market: Shop) -> None:
        made = staff.post("orders", wish(market.offers(), payer=str(cast.sub_dealer.uuid)))
        refused = staff.post(f"orders/{made.body['id']}/submit", {})
        assert refused.is_problem(409)
        assert "has no account yet" in refused.body["detail"]

    @pytest.mark.parametrize("payer", ["nobody", "00000000-0000-4000-8000-000000000000", 7])
    def test_is_refused_by_name_where_there_is_none(
        self, staff: Caller, market: Shop, payer: object
    ) -> None:
        answer = staff.post("orders", wish(market.offers(), payer=payer))
        assert answer.is_problem(422, "payer")

    def test_is_refused_while_closed(
        self, dealer: Organization, staff: Caller, market: Shop
    ) -> None:
        Organization.objects.filter(pk=dealer.pk).update(status="SUSPENDED")
        answer = staff.post("orders", wish(market.offers(), payer=str(dealer.uuid)))
        assert answer.is_problem(422, "payer")


class TestAnAccount:
    def test_that_is_not_there_yet_is_a_404_that_says_so(
        self, cast: Cast, by: Callable[..., Caller]
    ) -> None:
        answer = by(cast.tenant).get("account")
        assert answer.is_problem(404)
        assert answer.body["detail"].startswith("Oak Street Dental has no account yet.")

    def test_of_the_provider_is_none(self, cast: Cast, by: Callable[..., Caller]) -> None:
        answer = by(cast.provider).get("account")
        assert answer.is_problem(404)
        assert "pays the carriers directly" in answer.body["detail"]

    def test_only_staff_read_a_word_of_the_carrier_that_nobody_knows(
        self, dealer: Organization, staff: Caller, market: Shop
    ) -> None:
        market.sandbox.fault("telnyx", "", "unknown_word", times=1000, seed=3)
        made = staff.post("orders", wish(market.offers("telnyx"), payer=str(dealer.uuid)))
        staff.post(f"orders/{made.body['id']}/submit", {})
        work(made)
        (line,) = staff.get(f"orders/{made.body['id']}").body["lines"]
        assert line["status"] == "WAITING"
        # A person is asked what the carrier means; meanwhile the order is read again.
        assert line["waiting"]["who"] == "the provider"
        assert "which we do not know" in line["carrier_says"]
        assert caller_of(dealer).get(f"orders/{made.body['id']}").status == 403
