"""An account that cannot be used gives its place to the next best of the same search."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from dids import passing_over
from dids.models import FoundOffer, NumberSearch, RequirementList
from dids.passing_over import SILENT, UNUSABLE, PassedOver
from dids.tests.factories import make_found_offer, make_number, make_order, make_search
from dids.workflows import ordering
from dids.workflows.ordering import LineWish
from trunks import pacing
from trunks.models import CarrierAccount
from trunks.tests.factories import make_carrier_account

pytestmark = pytest.mark.django_db

PAUSED = CarrierAccount.Status.PAUSED


@pytest.fixture
def search() -> NumberSearch:
    return make_search()


@pytest.fixture
def silent() -> CarrierAccount:
    """Store an account whose breaker is open."""
    account = make_carrier_account()
    for _ in range(pacing.FAILURES_TO_OPEN):
        pacing.note_failure(account)
    return account


def offer(
    search: NumberSearch,
    e164: str,
    *,
    monthly: str = "1.0000",
    account: CarrierAccount | None = None,
) -> FoundOffer:
    return make_found_offer(search=search, e164=e164, monthly=monthly, account=account)


def look(*chosen: FoundOffer, up_to: Decimal | None = None) -> list[PassedOver]:
    return passing_over.look(chosen, now=timezone.now(), up_to=up_to)


class TestLook:
    def test_asks_no_more_for_many_than_for_one(
        self, search: NumberSearch, silent: CarrierAccount
    ) -> None:
        chosen = [offer(search, f"+1312555010{place}", account=silent) for place in range(4)]
        for place in range(5, 9):
            offer(search, f"+1312555010{place}")
        with CaptureQueriesContext(connection) as one:
            look(chosen[0])
        with CaptureQueriesContext(connection) as many:
            passed = look(*chosen)

        assert len({row.instead.e164 for row in passed if row.instead}) == 4
        assert len(many) == len(one)

    def test_takes_the_cheapest_of_the_same_kind(
        self, search: NumberSearch, silent: CarrierAccount
    ) -> None:
        chosen = offer(search, "+13125550101", account=silent)
        offer(search, "+13125550102", monthly="3.0000")
        cheap = offer(search, "+13125550103", monthly="2.0000")
        offer(search, "+12125550104", monthly="0.5000")
        offer(search, "+13125550105", monthly="0.1000", account=silent)
        offer(make_search(), "+13125550106", monthly="0.1000")

        (passed,) = look(chosen)

        assert (passed.why, passed.instead) == (SILENT, cheap)
        assert passed.cost is not None
        # Set-up of 1, and twelve months.
        assert passed.cost.amount == Decimal("25.0000")

    def test_never_goes_beyond_the_limit(
        self, search: NumberSearch, silent: CarrierAccount
    ) -> None:
        chosen = offer(search, "+13125550101", account=silent)
        offer(search, "+13125550102", monthly="2.0000")

        assert look(chosen, up_to=Decimal("24.9999"))[0].instead is None
        assert look(chosen, up_to=Decimal(25))[0].instead is not None

    def test_gives_no_number_twice_and_none_that_is_ours(
        self, search: NumberSearch, silent: CarrierAccount
    ) -> None:
        first = offer(search, "+13125550101", account=silent)
        second = offer(search, "+13125550102", account=silent)
        one = offer(search, "+13125550103")
        offer(search, "+13125550104")
        make_number(e164="+13125550104")

        assert [passed.instead for passed in look(first, second)] == [one, None]

    def test_takes_what_can_do_as_much(self, search: NumberSearch, silent: CarrierAccount) -> None:
        chosen = offer(search, "+13125550101", account=silent)
        FoundOffer.objects.filter(pk=chosen.pk).update(capabilities=["SMS", "VOICE"])
        chosen.refresh_from_db()
        offer(search, "+13125550102")

        assert look(chosen)[0].instead is None

    def test_has_nobody_wait_for_documents_who_did_not_choose_to(
        self, search: NumberSearch, silent: CarrierAccount
    ) -> None:
        chosen = offer(search, "+13125550101", account=silent)
        asking = offer(search, "+13125550102")
        FoundOffer.objects.filter(pk=asking.pk).update(needs_documents=True)
        RequirementList.objects.create(
            carrier_account=asking.carrier_account,
            country=asking.country,
            type=asking.type,
            asked_at=timezone.now(),
        )
        assert look(chosen)[0].instead is None

        FoundOffer.objects.filter(pk=chosen.pk).update(needs_documents=True)
        chosen.refresh_from_db()
        assert look(chosen)[0].instead == asking

    def test_leaves_accounts_alone_that_answer(self, search: NumberSearch) -> None:
        assert look(offer(search, "+13125550101")) == []

    def test_passes_over_a_paused_account_and_never_to_one(self, search: NumberSearch) -> None:
        paused = make_carrier_account(status=PAUSED)
        chosen = offer(search, "+13125550101", account=paused)
        offer(search, "+13125550102", account=make_carrier_account(status=PAUSED))

        (passed,) = look(chosen)
        assert (passed.why, passed.instead) == (UNUSABLE, None)


class TestAPreview:
    def test_journals_what_was_passed_over_and_why(
        self, search: NumberSearch, silent: CarrierAccount, cast: Cast
    ) -> None:
        chosen, other = offer(search, "+13125550101", account=silent), offer(search, "+13125550102")
        (passed,) = look(chosen)
        order = ordering.draft(
            lines=[LineWish(offer_id=other.uuid)],
            payer=cast.provider,
            actor=cast.staff,
            now=timezone.now(),
            passed_over=[passed],
        )

        event = Event.objects.get(action="dids.order.passed_over")
        assert (event.subject, event.number) == (order.subject, other.e164)
        assert (event.after, event.reason) == ({"instead_of": chosen.e164}, SILENT)

    def test_proposes_the_next_best_while_its_account_is_silent(
        self, search: NumberSearch, cast: Cast
    ) -> None:
        account = make_carrier_account()
        chosen = offer(search, "+13125550101", account=account)
        other = offer(search, "+13125550102")
        order = make_order(offers=[chosen], actor=cast.staff)
        assert passing_over.of_preview(order, now=timezone.now()) == {}

        for _ in range(pacing.FAILURES_TO_OPEN):
            pacing.note_failure(account)

        found = passing_over.of_preview(order, now=timezone.now())
        assert found[chosen.e164].instead == other
