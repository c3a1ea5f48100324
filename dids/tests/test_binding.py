from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from dids.models import CarrierBinding, PhoneNumber, Task, TaskKind
from dids.states import BindingStatus, NumberStatus
from dids.tests.carrier import Shop, bought, drive
from dids.tests.factories import make_number, make_order
from dids.workflows import binding, binding_work, release, sweeps
from dids.workflows.binding import UnableToBind
from lib.e164 import E164
from sandbox.telnyx import numbers
from trunks.deadlines import Deadline
from trunks.models import Exchange
from trunks.roles import LocksDeletion, RoutesNumbers
from trunks.tests.factories import make_trunk


def owned(market: Shop, cast: Cast, carrier: str = "telnyx") -> PhoneNumber:
    order = make_order(offers=market.offers(carrier), actor=cast.staff, submit=True)
    drive(order, now=timezone.now())
    return bought(order)[0]


def never_ours(market: Shop) -> PhoneNumber:
    """Give a number that is ours here alone, and for longer than a carrier is slow to show it."""
    (offer,) = market.offers()
    number = make_number(account=market.account(), e164=offer.e164)
    PhoneNumber.objects.filter(pk=number.pk).update(bought_at=timezone.now() - timedelta(days=1))
    return number


def is_locked(market: Shop, number: PhoneNumber) -> bool:
    adapter = market.sandbox.adapter_for("telnyx", dict(market.account("telnyx").credentials))
    assert isinstance(adapter, LocksDeletion)
    return adapter.is_locked(
        E164(number.e164), carrier_reference=number.carrier_reference, deadline=Deadline(10)
    )


class TestWant:
    def test_is_bound_by_the_worker(self, market: Shop, cast: Cast) -> None:
        for carrier in ("telnyx", "twilio"):
            number, trunk = owned(market, cast, carrier), market.trunk(carrier)
            wanted = binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())
            assert wanted.status == BindingStatus.WANTED
            binding_work.bind(binding_id=wanted.pk, now=timezone.now())
            wanted.refresh_from_db()
            assert wanted.status == BindingStatus.BOUND
            assert market.sandbox.delivery(number.e164)["delivered"]
            said = Exchange.objects.filter(numbers__contains=[number.e164])
            assert set(said.values_list("purpose", flat=True)) == {"order", "bind"}
            again = binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())
            assert again.status == BindingStatus.BOUND

    def test_moves_to_another_trunk(self, market: Shop, cast: Cast) -> None:
        number = owned(market, cast)
        first, second = market.trunk(), market.trunk()
        for trunk in (first, second):
            wanted = binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())
            binding_work.bind(binding_id=wanted.pk, now=timezone.now())
        row = CarrierBinding.objects.get()
        assert (row.trunk, row.status) == (second, BindingStatus.BOUND)

    def test_refuses_another_accounts_trunk(self, cast: Cast) -> None:
        with pytest.raises(UnableToBind) as refusal:
            binding.want(
                number=make_number(), trunk=make_trunk(), actor=cast.staff, now=timezone.now()
            )
        assert refusal.value.field == "trunk"

    def test_refuses_a_number_that_is_leaving(self, cast: Cast) -> None:
        number = make_number(status=NumberStatus.RELEASING)
        trunk = make_trunk(account=number.carrier_account)
        with pytest.raises(UnableToBind):
            binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())


class TestBind:
    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            ("timeout_after", BindingStatus.UNCERTAIN),
            ("timeout_before", BindingStatus.UNCERTAIN),
            ("rate_limited", BindingStatus.WANTED),
        ],
    )
    def test_is_settled_whatever_happened_to_the_answer(
        self, market: Shop, cast: Cast, kind: str, status: BindingStatus
    ) -> None:
        number, trunk = owned(market, cast, "twilio"), market.trunk("twilio")
        wanted = binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())
        market.sandbox.fault("twilio", "bind", kind)
        binding_work.bind(binding_id=wanted.pk, now=timezone.now())
        wanted.refresh_from_db()
        assert wanted.status == status

        ends = timezone.now() + timedelta(seconds=15)
        at = timezone.now()
        while wanted.status != BindingStatus.BOUND and timezone.now() < ends:
            at += timedelta(seconds=20)
            binding_work.bind(binding_id=wanted.pk, now=max(at, timezone.now()))
            wanted.refresh_from_db()
            if wanted.status == BindingStatus.WANTED:
                at = timezone.now() - timedelta(seconds=20)
        assert wanted.status == BindingStatus.BOUND
        assert market.sandbox.delivery(number.e164)["delivered"]

    @pytest.mark.parametrize(
        ("kind", "locks"), [("timeout_after", 1), ("timeout_before", 2), ("wrong_credentials", 2)]
    )
    def test_is_bound_whatever_happens_to_the_lock_which_is_tried_again(
        self, market: Shop, cast: Cast, kind: str, locks: int
    ) -> None:
        number, trunk = owned(market, cast), market.trunk()
        wanted = binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())
        market.sandbox.fault("telnyx", "lock", kind)
        binding_work.bind(binding_id=wanted.pk, now=timezone.now())
        wanted.refresh_from_db()
        assert wanted.status == BindingStatus.BOUND
        assert market.sandbox.delivery(number.e164)["delivered"]
        asked_for = Task.objects.filter(kind=TaskKind.CREDENTIALS_REFUSED)
        assert asked_for.exists() == (kind == "wrong_credentials")

        since, again = wanted.status_since, wanted.next_attempt_at
        assert again is not None
        assert sweeps.bindings(now=again) == 1
        binding_work.bind(binding_id=wanted.pk, now=again)
        wanted.refresh_from_db()
        assert (wanted.status, wanted.status_since) == (BindingStatus.BOUND, since)
        assert wanted.next_attempt_at is None
        assert is_locked(market, number)
        assert market.sandbox.seen("telnyx")["lock"] == locks

    def test_leaves_a_number_that_is_being_released_unlocked(
        self, market: Shop, cast: Cast
    ) -> None:
        number, trunk = owned(market, cast), market.trunk()
        wanted = binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())
        release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
        binding_work.bind(binding_id=wanted.pk, now=timezone.now())
        assert not is_locked(market, number)

        release.cancel(number=number, actor=cast.staff, now=timezone.now())
        binding_work.bind(binding_id=wanted.pk, now=timezone.now())
        assert is_locked(market, number)

    def test_gives_a_lock_up_when_a_binding_would_be(
        self, market: Shop, cast: Cast, settings: Any
    ) -> None:
        settings.BINDING_GIVE_UP_SECONDS = 0.0
        wanted = binding.want(
            number=owned(market, cast),
            trunk=market.trunk(),
            actor=cast.staff,
            now=timezone.now(),
        )
        market.sandbox.fault("telnyx", "lock", "wrong_credentials")
        binding_work.bind(binding_id=wanted.pk, now=timezone.now())
        wanted.refresh_from_db()
        assert (wanted.status, wanted.next_attempt_at) == (BindingStatus.BOUND, None)
        assert Event.objects.filter(action="dids.binding.not_locked").exists()

    def test_holds_without_a_lock_where_the_carrier_refuses_one(
        self, market: Shop, cast: Cast
    ) -> None:
        number, trunk = owned(market, cast), market.trunk()
        adapter = market.sandbox.adapter_for("telnyx", dict(market.account("telnyx").credentials))
        assert isinstance(adapter, RoutesNumbers)
        adapter.bind(
            E164(number.e164),
            carrier_reference=number.carrier_reference,
            trunk_reference=trunk.carrier_reference,
            deadline=Deadline(10),
        )
        there = market.sandbox._app.world.store.get(numbers.TABLE, number.carrier_reference)
        assert there is not None
        there["status"] = "port-out-pending"
        market.sandbox._app.world.store.put(numbers.TABLE, number.carrier_reference, there)

        wanted = binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())
        binding_work.bind(binding_id=wanted.pk, now=timezone.now())

        wanted.refresh_from_db()
        assert wanted.status == BindingStatus.BOUND
        assert wanted.next_attempt_at is None
        (event,) = Event.objects.filter(action="dids.binding.not_locked")
        assert "not active" in event.after["why"]

    def test_fails_for_a_number_that_is_not_ours(self, market: Shop, cast: Cast) -> None:
        wanted = binding.want(
            number=never_ours(market), trunk=market.trunk(), actor=cast.staff, now=timezone.now()
        )
        binding_work.bind(binding_id=wanted.pk, now=timezone.now())
        wanted.refresh_from_db()
        assert wanted.status == BindingStatus.FAILED
        assert wanted.failure

    def test_ends_for_a_number_that_vanished_while_nobody_knew(
        self, market: Shop, cast: Cast
    ) -> None:
        wanted = binding.want(
            number=never_ours(market), trunk=market.trunk(), actor=cast.staff, now=timezone.now()
        )
        CarrierBinding.objects.filter(pk=wanted.pk).update(
            status=BindingStatus.UNCERTAIN, attempt=wanted.uuid, call_before=timezone.now()
        )
        binding_work.bind(binding_id=wanted.pk, now=timezone.now())
        wanted.refresh_from_db()
        assert wanted.status == BindingStatus.UNCERTAIN
        binding_work.bind(binding_id=wanted.pk, now=timezone.now() + timedelta(minutes=1))
        wanted.refresh_from_db()
        assert wanted.status == BindingStatus.FAILED
