from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from dids.models import CarrierBinding, Holding, PhoneNumber, Release
from dids.states import BindingStatus, NumberStatus, ReleaseStatus
from dids.tests.carrier import Heard, Shop, bought, drive
from dids.tests.factories import MAIN, NOW, make_number, make_order
from dids.workflows import binding_work, release, sweeps
from dids.workflows.release import UnableToRelease
from dids.workflows.standing import UnableToStandIn
from lib.e164 import E164
from trunks.deadlines import Deadline
from trunks.roles import LocksDeletion


def owned(market: Shop, cast: Cast, carrier: str) -> PhoneNumber:
    order = make_order(
        offers=market.offers(carrier),
        trunk=market.trunk(carrier),
        actor=cast.staff,
        submit=True,
    )
    drive(order, now=timezone.now())
    return bought(order)[0]


def stocked(market: Shop, cast: Cast, carrier: str) -> PhoneNumber:
    order = make_order(offers=market.offers(carrier), actor=cast.staff, submit=True)
    drive(order, now=timezone.now())
    return bought(order)[0]


def set_lock(market: Shop, number: PhoneNumber) -> None:
    credentials = dict(market.account("telnyx").credentials)
    adapter = market.sandbox.adapter_for("telnyx", credentials)
    assert isinstance(adapter, LocksDeletion)
    adapter.set_lock(
        E164(number.e164),
        carrier_reference=number.carrier_reference,
        locked=True,
        deadline=Deadline(10),
    )


class TestSchedule:
    def test_waits_for_its_day_and_can_be_cancelled(self, cast: Cast) -> None:
        number = make_number()
        row = release.schedule(number=number, on=date(2026, 12, 1), actor=cast.staff, now=NOW)
        assert number.status == NumberStatus.RELEASING
        # Midnight in the holder's time zone, America/Chicago.
        assert row.due_at.isoformat() == "2026-12-01T00:00:00-06:00"
        release.carry_out(number_id=number.pk, now=NOW + timedelta(days=1))
        assert Release.objects.get().status == ReleaseStatus.SCHEDULED
        assert sweeps.releases(now=NOW + timedelta(days=1)) == 0
        assert sweeps.releases(now=NOW + timedelta(days=9)) == 1
        release.cancel(number=number, actor=cast.staff, now=NOW)
        assert number.status == NumberStatus.AVAILABLE
        assert Release.objects.get().status == ReleaseStatus.CANCELLED

    def test_returns_a_cancelled_one_to_quarantine(self, cast: Cast) -> None:
        number = make_number(status=NumberStatus.QUARANTINE)
        release.schedule(number=number, on=date(2026, 12, 1), actor=cast.staff, now=NOW)
        release.cancel(number=number, actor=cast.staff, now=NOW)
        assert number.status == NumberStatus.QUARANTINE

    def test_refuses_a_number_held_below(self, cast: Cast) -> None:
        with pytest.raises(UnableToRelease, match="given back first"):
            release.schedule(
                number=make_number(holder=cast.tenant), on=None, actor=cast.staff, now=NOW
            )

    def test_refuses_a_number_in_use(self, cast: Cast) -> None:
        with pytest.raises(UnableToRelease, match="in use"):
            release.schedule(
                number=make_number(destination=MAIN), on=None, actor=cast.staff, now=NOW
            )

    @pytest.mark.parametrize(
        ("status", "step"),
        [
            (NumberStatus.RESERVED, "Withdraw its offers first"),
            (NumberStatus.RELEASING, "Cancel its release"),
        ],
    )
    def test_refuses_a_number_that_is_not_free(
        self, cast: Cast, status: NumberStatus, step: str
    ) -> None:
        with pytest.raises(UnableToRelease, match=step):
            release.schedule(number=make_number(status=status), on=None, actor=cast.staff, now=NOW)

    def test_refuses_those_below_the_provider(self, cast: Cast) -> None:
        with pytest.raises(UnableToRelease, match="Give it back"):
            release.schedule(
                number=make_number(holder=cast.dealer), on=None, actor=cast.dealer_owner, now=NOW
            )
        with pytest.raises(UnableToStandIn):
            release.schedule(number=make_number(), on=None, actor=cast.dealer_owner, now=NOW)

    def test_refuses_a_day_that_is_over(self, cast: Cast) -> None:
        with pytest.raises(UnableToRelease) as refusal:
            release.schedule(number=make_number(), on=date(2026, 11, 22), actor=cast.staff, now=NOW)
        assert refusal.value.field == "on"


class TestCancel:
    def test_refuses_a_number_that_is_not_being_released(self, cast: Cast) -> None:
        with pytest.raises(UnableToRelease):
            release.cancel(number=make_number(), actor=cast.staff, now=NOW)

    def test_refuses_once_the_carrier_has_been_told(self, cast: Cast) -> None:
        number = make_number()
        row = release.schedule(number=number, on=None, actor=cast.staff, now=NOW)
        Release.objects.filter(pk=row.pk).update(status=ReleaseStatus.UNBOUND)
        with pytest.raises(UnableToRelease, match="cannot be kept"):
            release.cancel(number=number, actor=cast.staff, now=NOW)

    @pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
    def test_has_the_number_delivered_again_where_unbinding_was_tried(
        self, market: Shop, cast: Cast, kind: str
    ) -> None:
        number = owned(market, cast, "telnyx")
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        market.sandbox.fault("telnyx", "bind", kind)
        release.carry_out(number_id=number.pk, now=timezone.now())
        assert Release.objects.get().status == ReleaseStatus.CLEARED

        release.cancel(number=number, actor=cast.staff, now=timezone.now())

        row = CarrierBinding.objects.get()
        assert row.status == BindingStatus.WANTED
        binding_work.bind(binding_id=row.pk, now=timezone.now())
        row.refresh_from_db()
        assert row.status == BindingStatus.BOUND
        assert market.sandbox.delivery(number.e164)["delivered"]


class TestCarryOut:
    @pytest.mark.parametrize("carrier", ["telnyx", "twilio"])
    def test_unroutes_unbinds_and_disconnects(
        self, market: Shop, cast: Cast, heard: Heard, carrier: str
    ) -> None:
        number = owned(market, cast, carrier)
        heard.numbers.clear()
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        release.carry_out(number_id=number.pk, now=timezone.now())
        number.refresh_from_db()
        assert number.status == NumberStatus.RELEASED
        assert not CarrierBinding.objects.exists()
        assert not Holding.objects.open().exists()
        assert heard.numbers == [number.e164, number.e164]
        assert market.sandbox.delivery(number.e164)["delivered"] is False
        # History never blocks the number's return.
        make_number(e164=number.e164)

    @pytest.mark.parametrize("operation", ["lock", "release"])
    @pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
    def test_settles_what_is_uncertain(
        self, market: Shop, cast: Cast, kind: str, operation: str
    ) -> None:
        number = owned(market, cast, "telnyx")
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        market.sandbox.fault("telnyx", operation, kind)
        release.carry_out(number_id=number.pk, now=timezone.now())
        assert Release.objects.get().status == ReleaseStatus.UNCERTAIN
        for seconds in (10, 30, 60):
            if Release.objects.get().status == ReleaseStatus.UNCERTAIN:
                release.carry_out(
                    number_id=number.pk, now=timezone.now() + timedelta(seconds=seconds)
                )
        if Release.objects.get().status == ReleaseStatus.UNBOUND:
            release.carry_out(number_id=number.pk, now=timezone.now())
        number.refresh_from_db()
        assert number.status == NumberStatus.RELEASED

    def test_unlocks_what_binding_locked_and_nothing_else(self, market: Shop, cast: Cast) -> None:
        bound, unbound = owned(market, cast, "telnyx"), stocked(market, cast, "telnyx")
        for number in (bound, unbound):
            set_lock(market, number)
            release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
            release.carry_out(number_id=number.pk, now=timezone.now())
        bound.refresh_from_db()
        assert bound.status == NumberStatus.RELEASED
        # Somebody else locked it: a person decides.
        assert Release.objects.get(number=unbound).status == ReleaseStatus.REFUSED

    def test_takes_a_number_that_is_gone_as_released(self, market: Shop, cast: Cast) -> None:
        account = market.account("twilio")
        (offer,) = market.offers("twilio")
        number = make_number(account=account, e164=offer.e164)
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        release.carry_out(number_id=number.pk, now=timezone.now())
        number.refresh_from_db()
        assert number.status == NumberStatus.RELEASED
