"""Toll-free numbers: verified first, and without messages until they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from dids.models import PhoneNumber, Task, TaskKind, TollFreeVerification
from dids.states import FeatureStatus
from dids.tests.carrier import Shop
from dids.tests.factories import make_number
from dids.tests.passing_time import let_pass
from dids.tests.test_caller_names import owned
from dids.tests.test_messaging import brand_of, campaign_of, route
from dids.tests.words import VERIFICATION_WORDS
from dids.workflows import doing, features, messaging, toll_free
from dids.workflows.messaging import UnableToMessage
from dids.workflows.standing import UnableToStandIn
from trunks.models import Exchange

S = FeatureStatus


def free(number: PhoneNumber) -> PhoneNumber:
    """Make a number a toll-free one."""
    PhoneNumber.objects.filter(pk=number.pk).update(type="TOLL_FREE")
    number.refresh_from_db()
    return number


def verify(number: PhoneNumber, cast: Cast, **words: Any) -> TollFreeVerification:
    return toll_free.verify(
        number=number,
        words={**VERIFICATION_WORDS, **words},
        actor=cast.staff,
        now=timezone.now(),
    )


def status() -> str:
    return TollFreeVerification.objects.get().status


class TestGate:
    @pytest.mark.parametrize(("country", "is_gated"), [("US", True), ("CA", True), ("GB", False)])
    def test_is_shut_where_networks_want_toll_free_numbers_verified(
        self, db: None, country: str, is_gated: bool
    ) -> None:
        number = free(make_number(country=country))
        assert bool(messaging.why_gated(number)) == is_gated


class TestVerify:
    def test_opens_the_way_for_messages_and_keeps_no_contact(
        self, market: Shop, cast: Cast
    ) -> None:
        number = free(owned(market, cast))
        with pytest.raises(UnableToMessage, match="verified"):
            route(number, cast)

        verify(number, cast)
        let_pass(timezone.now())

        assert status() == S.ACTIVE
        assert messaging.why_gated(number) == ""
        said = Exchange.objects.filter(url__contains="messaging_tollfree")
        assert said.exists()
        assert not said.filter(request_body__contains="desk@oak.example").exists()

    def test_what_was_refused_is_corrected(self, market: Shop, cast: Cast) -> None:
        number = free(owned(market, cast))
        verify(number, cast, use_case="MIXED")
        # The sandbox minds a verification without evidence.
        TollFreeVerification.objects.update(opt_in_urls=[])
        let_pass(timezone.now())
        assert status() == S.REJECTED
        assert messaging.why_gated(number)

        verify(number, cast)
        let_pass(timezone.now())
        assert status() == S.ACTIVE

    def test_a_person_does_it_where_the_carrier_has_no_interface(self, cast: Cast) -> None:
        number = free(make_number())
        number.carrier_account.carrier = "manual"
        number.carrier_account.save()
        verify(number, cast)
        let_pass(timezone.now())

        task = Task.objects.open().get()
        assert "toll-free verification" in task.title
        doing.complete(task=task, note="", actor=cast.staff, now=timezone.now())
        assert status() == S.ACTIVE
        assert messaging.why_gated(number) == ""

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("business", ""),
            ("registration", ""),
            ("country", "us"),
            ("summary", "Messages."),
            ("opt_in", "They agree."),
            ("opt_in_urls", []),
            ("opt_in_urls", ["form.png"]),
            ("website", "oak"),
            ("phone", "555"),
            ("volume", 7),
        ],
    )
    def test_names_the_field_that_must_change(self, cast: Cast, field: str, value: Any) -> None:
        with pytest.raises(UnableToMessage) as refusal:
            verify(make_number(), cast, **{field: value})
        assert refusal.value.field == field

    def test_is_for_ones_own_toll_free_numbers(self, cast: Cast) -> None:
        with pytest.raises(UnableToMessage, match="no toll-free number"):
            verify(make_number(), cast)
        with pytest.raises(UnableToStandIn):
            verify(free(make_number(holder=cast.tenant)), cast)

    def test_a_toll_free_number_is_in_no_campaign(self, market: Shop, cast: Cast) -> None:
        number = free(owned(market, cast))
        campaign = campaign_of(cast, brand_of(cast))
        with pytest.raises(UnableToMessage, match="toll-free"):
            messaging.join(number=number, campaign=campaign, actor=cast.staff, now=timezone.now())


class TestInForce:
    def test_what_is_not_any_more_is_known_and_a_task(self, market: Shop, cast: Cast) -> None:
        number = free(owned(market, cast))
        row = verify(number, cast)
        let_pass(timezone.now())
        row.refresh_from_db()
        assert row.next_attempt_at is not None
        store = market.sandbox.world.store
        for key, there in list(store.table("telnyx.toll_free").items()):
            store.put("telnyx.toll_free", key, {**there, "verificationStatus": "Rejected"})

        kind = "tollfreeverification"
        features.see_to(kind=kind, feature_id=row.pk, now=row.next_attempt_at)

        assert status() == S.REJECTED
        assert Task.objects.open().get().kind == TaskKind.FEATURE_LAPSED
        assert messaging.why_gated(number)


class TestWithdraw:
    def test_waits_for_the_end_of_messages(self, market: Shop, cast: Cast) -> None:
        number = free(owned(market, cast))
        verify(number, cast)
        let_pass(timezone.now())
        route(number, cast)
        with pytest.raises(UnableToMessage, match="Switch them off"):
            toll_free.withdraw(number=number, actor=cast.staff, now=timezone.now())

        route(number, cast, "OFF")
        let_pass(timezone.now())
        toll_free.withdraw(number=number, actor=cast.staff, now=timezone.now())
        let_pass(timezone.now())
        assert status() == S.OFF
        left = TollFreeVerification.objects.get()
        assert {getattr(left, name) for name in left.erased_when_off} == {""}
        with pytest.raises(UnableToMessage, match="no verification"):
            toll_free.withdraw(number=number, actor=cast.staff, now=timezone.now())
